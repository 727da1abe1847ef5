"""Facts as JSON: the shapes that scripts rely on, and that they are true."""

import json
import re

import pytest
from shell import DONE

NAME = "sda.observations"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def facts(shell, *arguments):
    return shell.table(*arguments, "--format", "json").json


def test_create_says_what_it_made(shell):
    made = facts(shell, "create", NAME, "--canonical", "--partition", "mission_id", "--sort", "payload_id desc")
    assert list(made) == ["table", "uuid", "location", "format_version", "columns", "partitioning", "sort_order"]
    assert made["location"] == f"file://{shell.warehouse}/sda/observations"
    assert (made["format_version"], made["columns"], made["partitioning"]) == (2, 12, "mission_id")
    assert made["sort_order"] == "payload_id desc nulls last"


def test_append_says_what_it_committed(observations):
    done = facts(observations, "append", NAME, "rows.arrow", "rows.arrow", "--author", "ada", "--message", "twice")
    assert list(done) == [
        "table", "operation", "snapshot_id", "files_added", "rows_added", "files_removed", "rows_deleted",
        "attempts", "already_done", "elapsed_ms",
    ]
    assert (done["operation"], done["rows_added"], done["files_added"], done["attempts"]) == ("append", 2000, 4, 1)
    newest = observations.snapshots(NAME)[-1]
    assert newest["snapshot_id"] == done["snapshot_id"]
    assert (newest["author"], newest["message"]) == ("ada", "twice")


def test_info_counts_rows_files_and_bytes(observations):
    info = observations.info(NAME)
    assert (info["rows"], info["files"], info["snapshots"], info["columns"]) == (1000, 4, 1, 12)
    files = facts(observations, "files", NAME)["files"]
    assert info["bytes"] == sum(file["bytes"] for file in files)
    assert info["rows"] == sum(file["rows"] for file in files)
    assert re.fullmatch(TIME, info["created_at"]) and re.fullmatch(TIME, info["last_updated"])


def test_lists_name_tables_and_namespaces(observations):
    observations.table("create", "ground.eu.passes", "--canonical")
    observations.table("namespace", "create", "empty")
    assert [table["table"] for table in facts(observations, "list")["tables"]] == ["ground.eu.passes", NAME]
    assert facts(observations, "list", "sda")["tables"] == [{"table": NAME, "namespace": "sda", "name": "observations"}]
    assert facts(observations, "namespace", "list")["namespaces"] == ["empty", "ground.eu", "sda"]
    assert observations.table("list").text == f"ground.eu.passes\n{NAME}\n"


def test_files_carry_their_partition(observations):
    files = facts(observations, "files", NAME)["files"]
    assert sorted(tuple(file["partition"].values()) for file in files) == sorted(
        (mission, day) for mission in {file["partition"]["mission_id"] for file in files} for day in ("2024-03-11", "2024-03-12")
    )
    for file in files:
        assert file["path"].startswith(f"file://{observations.warehouse}/sda/observations/data/mission_id=")
        assert file["content"] == "data"


def test_manifests_can_be_inspected(observations):
    manifest = facts(observations, "manifests", NAME)["manifests"][0]
    assert (manifest["added_files"], manifest["existing_files"], manifest["deleted_files"]) == (4, 0, 0)
    inside = facts(observations, "inspect-manifest", manifest["path"])
    assert (inside["kind"], inside["content"], inside["format_version"]) == ("manifest", "data", 2)
    assert len(inside["entries"]) == 4
    entry = inside["entries"][0]
    assert entry["status"] == "added"
    voltage = next(column for column in entry["metrics"] if column["column"] == "panel_voltage")
    assert voltage["nulls"] == 0 and voltage["nans"] == 0 and voltage["values"] == entry["rows"]
    assert float(voltage["lower"]) <= float(voltage["upper"])
    snapshot = observations.snapshots(NAME)[0]
    path = next(path for path in observations.files() if f"snap-{snapshot['snapshot_id']}" in path)
    listed = facts(observations, "inspect-manifest", path)
    assert listed["kind"] == "manifest_list"
    assert [each["path"] for each in listed["manifests"]] == [manifest["path"]]


def test_schema_is_the_specifications_json(observations):
    schema = facts(observations, "schema", NAME)["schema"]
    assert schema["type"] == "struct"
    field = next(field for field in schema["fields"] if field["name"] == "payload_id")
    assert (field["type"], field["required"]) == ("long", True)
    text = observations.table("schema", NAME).text.splitlines()
    assert text[0].split() == ["id", "column", "type", "required", "doc"]
    assert text[2].split()[:4] == ["1", "sample_timestamp_ns", "timestamp", "yes"]


def test_spec_tells_old_from_new(observations):
    observations.table("alter", NAME, "set-partition", "bucket(4, payload_id)")
    specs = facts(observations, "spec", NAME)["specs"]
    assert [(spec["spec_id"], spec["default"], spec["partitioning"]) for spec in specs] == [
        (0, False, "mission_id, day(sample_timestamp_ns) as day"),
        (1, True, "bucket(4, payload_id)"),
    ]


def test_history_names_every_change(observations):
    observations.table("alter", NAME, "rename-column", "notes", "remarks", "--author", "ada")
    observations.table("append", NAME, observations.telemetry("more.arrow", 10), exits=1)
    # Files lose some of their rows, so others take their place: the specification's "overwrite".
    observations.table("delete", NAME, "--where", "payload_id = 101", "--message", "101 is broken")
    history = facts(observations, "history", NAME)["history"]
    assert [entry["operation"] for entry in history] == ["create", "append", "alter", "overwrite"]
    assert [entry["current"] for entry in history] == [False, False, False, True]
    assert [entry["schema_id"] for entry in history] == [0, 0, 1, 1]
    assert history[2]["author"] == "ada" and history[2]["message"] is None
    assert history[3]["message"] == "101 is broken"
    assert history[1]["snapshot_id"] == history[2]["snapshot_id"] != history[3]["snapshot_id"]
    times = [entry["time"] for entry in history]
    assert times == sorted(set(times))


def test_refs_name_main(observations):
    refs = facts(observations, "refs", NAME)["refs"]
    assert [(ref["name"], ref["type"], ref["snapshot_id"]) for ref in refs] == [
        ("main", "branch", observations.snapshots(NAME)[0]["snapshot_id"])
    ]


def test_a_delete_of_nothing_makes_no_snapshot(observations):
    before = observations.info(NAME)["metadata_location"]
    done = facts(observations, "delete", NAME, "--where", "payload_id = 77777")
    assert (done["snapshot_id"], done["rows_deleted"]) == (None, 0)
    assert observations.info(NAME)["metadata_location"] == before


@pytest.mark.parametrize(
    "command", [("append", "rows.arrow"), ("delete", "--where", "payload_id = 101"), ("overwrite", "rows.arrow", "--where", "true")],
    ids=lambda command: command[0],
)
def test_once_is_done_once(observations, command):
    operation, *arguments = command
    first = facts(observations, operation, NAME, *arguments, "--once", "job-17")
    files = observations.files()
    again = facts(observations, operation, NAME, *arguments, "--once", "job-17")
    assert (first["already_done"], again["already_done"]) == (False, True)
    assert again["snapshot_id"] == first["snapshot_id"]
    assert observations.files() == files


def test_drop_keeps_the_files_and_register_brings_them_back(observations):
    dropped = facts(observations, "drop", NAME)
    assert observations.table("list").text == ""
    facts(observations, "register", "sda.found", dropped["metadata_location"])
    assert observations.info("sda.found")["rows"] == 1000
    facts(observations, "rename", "sda.found", "sda.archive")
    assert observations.table("list").text == "sda.archive\n"


def test_explain_says_what_is_pruned_and_why(observations):
    result = observations.replay(
        "query", NAME, "--where", "sample_timestamp_ns >= '2024-03-12T00:00:00'", "--explain", "--format", "json"
    ).json
    assert (result["manifests_total"], result["files_total"], result["files_kept"]) == (1, 4, 2)
    kept = [file["path"] for file in result["files"] if file["kept"]]
    assert len(kept) == 2 and all("day=2024-03-12" in path for path in kept)
    assert all(file["reason"] for file in result["files"])


def test_two_writers_at_a_barrier_both_land(observations):
    """Exactly one of them finds the other's commit, and says so."""
    environment = {"ARTEMIS_TEST_BARRIER": f"before_swap:{observations.folder}/barrier/2"}
    writers = [
        observations.start("artemis-testing", "table", "append", NAME, "rows.arrow", "--format", "json", env=environment)
        for _ in range(2)
    ]
    done = []
    for writer in writers:
        out, err = writer.communicate(timeout=60)
        assert writer.returncode == DONE, err
        done.append(json.loads(out))
    assert sorted(each["attempts"] for each in done) == [1, 2]
    assert observations.info(NAME)["rows"] == 3000
    assert {each["snapshot_id"] for each in done} <= {each["snapshot_id"] for each in observations.snapshots(NAME)}


def test_a_writer_killed_before_the_swap_leaves_the_table(observations):
    before = observations.info(NAME)
    observations.run("artemis-testing", "table", "append", NAME, "rows.arrow", exits=-9, env={"ARTEMIS_TEST_KILL": "before_swap"})
    assert observations.info(NAME) == before
    observations.table("append", NAME, "rows.arrow")
    assert observations.info(NAME)["rows"] == 2000
