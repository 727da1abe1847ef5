"""The programs on catalogs of every kind: a server, a folder, names from artemis.toml, replies that get lost."""

import json
import pathlib
import sys

import pytest

from shell import CONFLICT, FAILED, NOT_FOUND, USAGE

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.postgres import postgres, postgres_uri  # noqa: E402, F401

NAME = "sda.small"


@pytest.fixture(params=["sqlite", "postgresql", "path"])
def uri(request, tmp_path):
    """A catalog of each kind that holds nothing yet."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_uri")
    return {"sqlite": f"sqlite:{tmp_path}/own.db", "path": f"path:{tmp_path}/tables"}[request.param]


def test_the_journey_is_the_same_on_every_kind_of_catalog(shell, uri):
    shell.environment["ARTEMIS_CATALOG"] = uri
    shell.small_table(NAME)
    shell.table("append", NAME, "small.arrow")
    assert [row["table"] for row in shell.table("list", "--format", "json").json["tables"]] == [NAME]
    assert len(shell.snapshots(NAME)) == 2
    rows = shell.replay("query", NAME, "--at", "now", "--columns", "id", "--format", "csv").text.split()
    assert sorted(rows) == ["1", "1", "2", "2", "3", "3", "id"]
    oldest = next(row["snapshot_id"] for row in shell.snapshots(NAME) if row["parent_id"] is None)
    assert len(shell.replay("query", NAME, "--snapshot", oldest, "--format", "jsonl").lines) == 3
    assert "3" in shell.sql(f"SELECT count(DISTINCT id) AS n FROM artemis.{NAME}", "--format", "csv").text
    shell.table("delete", NAME, "--where", "id = 2")
    assert shell.table("drop", NAME)
    assert NAME in shell.table("info", NAME, exits=NOT_FOUND).err


def test_a_path_catalog_that_is_not_there_is_named(shell):
    for command in (("list",), ("info", NAME)):
        assert "nowhere" in shell.table(*command, "--catalog", "path:nowhere", exits=NOT_FOUND).err


def test_a_server_that_cannot_be_reached_is_an_error_in_one_line(shell):
    result = shell.table("list", "--catalog", "postgresql://ada@/lab?host=/nowhere", exits=FAILED)
    assert "postgresql://ada@/lab cannot be reached" in result.err
    assert len(result.err.strip().splitlines()) == 1


@pytest.mark.parametrize("uri", ["postgresql://ada:geheim@h/d", "postgresql://ada@h/d?password=geheim",
                                 "mysql://ada:geheim@h/d"])
def test_a_password_in_a_uri_is_refused_and_told_nobody(shell, uri):
    result = shell.table("list", "--catalog", uri, "--log", "events.log", exits=FAILED)
    told = result.err + result.text + (shell.folder / "events.log").read_text()
    assert "geheim" not in told


def test_a_named_catalog_is_found(shell, postgres_uri):  # noqa: F811
    (shell.folder / "artemis.toml").write_text(
        f'default = "lab"\n[catalog.lab]\nuri = "{postgres_uri}"\nwarehouse = "lab-files"\n'
        '[catalog.archive]\nuri = "path:tables"\n'
    )
    shell.small_table(NAME)
    assert (shell.folder / "lab-files" / "sda" / "small" / "metadata").is_dir()
    shell.table("create", "sda.other", "--like", "small.arrow", "--catalog", "archive")
    assert (shell.folder / "tables" / "sda" / "other" / "metadata" / "v1.metadata.json").is_file()
    assert NAME in shell.table("list").text
    assert NAME not in shell.table("list", "--catalog", "archive").text
    # A warehouse alone means the catalog in it, whatever the file says.
    assert "lab-files" in shell.table("list", "--warehouse", "lab-files", exits=NOT_FOUND).err


def test_an_unknown_name_lists_the_known_ones(shell):
    (shell.folder / "artemis.toml").write_text('[catalog.lab]\nuri = "sqlite:a.db"\n[catalog.flight]\nuri = "path:b"\n')
    assert "known are flight, lab" in shell.table("list", "--catalog", "lob", exits=USAGE).err


def test_a_mistake_in_the_file_is_named_with_its_line(shell):
    config = shell.folder / ".config" / "artemis" / "artemis.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[catalog.lab]\nuri = "sqlite:a.db"\nwarehose = "w"\n')
    result = shell.table("list", "--catalog", "lab", exits=USAGE)
    assert f"{config}:3: unknown key 'warehose' (did you mean 'warehouse'?)" in result.err
    # Whoever needs no name is not bothered.
    shell.run("artemis", "telemetry", "--rows", 10, "--seed", 1, "-o", "rows.arrow")
    shell.table("list", "--warehouse", "w", exits=NOT_FOUND)


def test_named_catalogs_are_listed(shell):
    assert shell.table("catalogs").text == ""
    assert shell.table("catalogs", "--format", "json").json == {"default": None, "catalogs": []}
    (shell.folder / "artemis.toml").write_text(
        'default = "lab"\n[catalog.lab]\nuri = "postgresql://ada@db.example/lab"\nwarehouse = "/data/lab"\n'
        '[catalog.archive]\nuri = "path:/data/archive"\n'
    )
    home = shell.folder / ".config" / "artemis" / "artemis.toml"
    home.parent.mkdir(parents=True)
    home.write_text('default = "notes"\n[catalog.lab]\nuri = "path:/hidden"\n[catalog.notes]\nwarehouse = "/data/notes"\n')
    listed = shell.table("catalogs", "--format", "json").json
    assert listed["default"] == "lab"
    assert [(row["name"], row["kind"], row["uri"], row["warehouse"], row["is_default"]) for row in listed["catalogs"]] == [
        ("archive", "path", "path:/data/archive", None, False),
        ("lab", "postgresql", "postgresql://ada@db.example/lab", "/data/lab", True),
        ("notes", "sqlite", "sqlite:/data/notes/catalog.db", "/data/notes", False),
    ]
    assert [row["file"] for row in listed["catalogs"]] == ["./artemis.toml:5", "./artemis.toml:2", f"{home}:4"]
    text = shell.table("catalogs").text
    assert "notes" in text and "postgresql://ada@db.example/lab" in text
    # Nothing was opened, and nothing made.
    assert not shell.warehouse.exists()


@pytest.mark.parametrize("line", ['uri = "postgresql://ada:geheim@h/d"', 'password = "geheim"'])
def test_secrets_in_the_file_are_refused_and_not_listed(shell, line):
    (shell.folder / "artemis.toml").write_text(f"[catalog.lab]\n{line}\n")
    result = shell.table("catalogs", exits=USAGE)
    assert "./artemis.toml:2" in result.err
    assert "geheim" not in result.err + result.text


def test_a_catalogs_map_is_used_for_reading_only(shell):
    shell.small_table(NAME)
    moved = shell.folder / "moved"
    shell.warehouse.rename(moved)
    (shell.folder / "artemis.toml").write_text(
        f'[catalog.lab]\nwarehouse = "moved"\nmap = ["{shell.warehouse}={moved}"]\n'
    )
    lab = ("--catalog", "lab")
    assert len(shell.replay("query", NAME, "--at", "now", "--format", "jsonl", *lab).lines) == 3
    assert "for reading" in shell.table("append", NAME, "small.arrow", *lab, exits=USAGE).err


def _testing(shell, *arguments, exits, fault):
    return shell.run("artemis-testing", "table", *arguments, exits=exits, env={"ARTEMIS_TEST_CATALOG_FAULT": fault})


def test_a_lost_reply_is_an_unknown_outcome_or_settled_and_once_makes_it_safe(shell, uri):
    shell.environment["ARTEMIS_CATALOG"] = uri
    shell.small_table(NAME)
    for number, fault in enumerate(("Commit:1:lose", "Commit:1:lose_request")):
        append = ("append", NAME, "small.arrow", "--once", f"load-{number}")
        process = shell.start("artemis-testing", "table", *append, env={"ARTEMIS_TEST_CATALOG_FAULT": fault})
        _, err = process.communicate(timeout=120)
        # What is found out by looking again is no longer unknown.
        assert process.returncode in (0, CONFLICT), err.decode()
        shell.table(*append)
        rows = shell.replay("query", NAME, "--at", "now", "--format", "jsonl").lines
        assert len(rows) == 3 * (2 + number)


def test_a_failed_request_and_a_doubled_one_do_no_harm(shell, uri):
    shell.environment["ARTEMIS_CATALOG"] = uri
    shell.small_table(NAME)
    _testing(shell, "append", NAME, "small.arrow", exits=FAILED, fault="Commit:1:fail")
    assert len(shell.snapshots(NAME)) == 1
    _testing(shell, "append", NAME, "small.arrow", exits=0, fault="*:0:double")
    assert len(shell.snapshots(NAME)) == 2
    assert len(shell.replay("query", NAME, "--at", "now", "--format", "jsonl").lines) == 6


def test_a_fault_that_is_not_understood_is_named(shell):
    assert "ARTEMIS_TEST_CATALOG_FAULT" in _testing(shell, "list", exits=USAGE, fault="Comit:1:lose").err


def test_no_append_of_many_processes_is_lost(shell, uri):
    shell.environment["ARTEMIS_CATALOG"] = uri
    shell.small_table(NAME)
    writers = 6
    running = [shell.start("artemis-table", "append", NAME, "small.arrow") for _ in range(writers)]
    for process in running:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err.decode()
    snapshots = shell.snapshots(NAME)
    assert len(snapshots) == 1 + writers
    assert len({row["parent_id"] for row in snapshots}) == 1 + writers
    rows = shell.replay("query", NAME, "--at", "now", "--format", "jsonl").lines
    assert len(rows) == 3 * (1 + writers)
