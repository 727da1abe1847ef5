"""Journeys through a table's time: which rows, under which names, at which moment; and what lies outside."""

import datetime
import os
import subprocess

import pyarrow as pa
import pytest
from shell import DONE, NOT_FOUND, USAGE

NAME = "sda.voltages"
T0 = datetime.datetime(2024, 3, 15, 7, 0, 0, tzinfo=datetime.timezone.utc)


def at(minutes):
    return (T0 + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Timeline:
    """Runs artemis-testing at chosen minutes after 2024-03-15T07:00Z."""

    def __init__(self, shell):
        self.shell = shell

    def table(self, minute, *arguments, **options):
        return self.shell.run("artemis-testing", "table", *arguments, env={"ARTEMIS_TEST_NOW": at(minute)}, **options)

    def append(self, minute, ids, column="voltage", **extra):
        data = pa.table({"id": pa.array(ids, pa.int64()), column: pa.array([i / 2 for i in ids]), **extra})
        return self.table(minute, "append", NAME, self.shell.write_arrow(f"rows{minute}.arrow", data))

    def rows(self, *arguments, now=120, **options):
        result = self.shell.run(
            "artemis-testing", "replay", "query", NAME, *arguments, "--format", "jsonl",
            env={"ARTEMIS_TEST_NOW": at(now)}, **options,
        )
        return sorted(result.lines, key=lambda row: row["id"]) if result.exit_code == DONE else result

    def ids(self, *arguments, **options):
        return [row["id"] for row in self.rows(*arguments, **options)]


@pytest.fixture
def timeline(shell):
    """Created at minute 0, rows at 10, renamed at 20, rows at 30, a column added at 40, rows at 50."""
    shell.write_arrow("like.arrow", pa.table({"id": pa.array([], pa.int64()), "voltage": pa.array([], pa.float64())}))
    line = Timeline(shell)
    line.table(0, "create", NAME, "--like", "like.arrow")
    line.append(10, [1, 2])
    line.table(20, "alter", NAME, "rename-column", "voltage", "panel_voltage")
    line.append(30, [3], "panel_voltage")
    line.table(40, "alter", NAME, "add-column", "flux:double")
    line.append(50, [4], "panel_voltage", flux=pa.array([0.25]))
    return line


def test_a_moment_reads_the_last_commit_before_it(timeline):
    assert timeline.ids("--at", at(10)) == [1, 2]
    assert timeline.ids("--at", at(29)) == [1, 2]
    assert timeline.ids("--at", at(30)) == [1, 2, 3]
    assert timeline.ids("--at", at(49)) == [1, 2, 3]
    assert timeline.ids("--at", at(50)) == [1, 2, 3, 4]
    assert timeline.ids() == [1, 2, 3, 4]


def test_the_issue_of_five_one_and_minus_one_minutes(shell):
    shell.write_arrow("like.arrow", pa.table({"id": pa.array([], pa.int64()), "voltage": pa.array([], pa.float64())}))
    line = Timeline(shell)
    line.table(-10, "create", NAME, "--like", "like.arrow")
    line.append(-5, [1])
    line.append(-1, [2])
    line.append(1, [3])
    assert line.ids("--at", at(0)) == [1, 2]


def test_a_moment_can_be_written_in_several_ways(timeline):
    moment = T0 + datetime.timedelta(minutes=30)
    for text in (
        "2024-03-15T07:30:00Z",
        "2024-03-15T08:30:00+01:00",
        "2024-03-15T07:30:00.999Z",
        str(int(moment.timestamp() * 1000)),
        "-90m",
        "-1h30m",
    ):
        assert timeline.ids("--at", text) == [1, 2, 3], text
    assert timeline.ids("--at", "2024-03-15T08:30:00", "--timezone", "Europe/Berlin") == [1, 2, 3]
    assert timeline.ids("--at", "now") == [1, 2, 3, 4]


def test_between_creation_and_the_first_commit_there_are_no_rows_but_a_schema(timeline):
    for minute in (0, 9):
        assert timeline.rows("--at", at(minute)) == []
    result = timeline.shell.replay("query", NAME, "--at", at(5), "--format", "csv")
    assert result.text == "id,voltage\n"
    result = timeline.shell.replay("query", NAME, "--at", at(5), "--mode", "current", "--format", "csv")
    assert result.text == "id,panel_voltage,flux\n"


def test_before_the_creation_there_is_no_such_table(timeline):
    result = timeline.shell.replay("query", NAME, "--at", at(-1), exits=NOT_FOUND)
    assert NAME in result.err and "2024-03-15T07:00:00.000Z" in result.err
    assert result.err.count("\n") == 1


def test_the_future_is_a_usage_error(timeline):
    result = timeline.rows("--at", at(122), now=120, exits=USAGE)
    assert "future" in result.err


def test_a_renamed_column_has_the_name_of_its_time(timeline):
    assert timeline.rows("--at", at(25)) == [{"id": 1, "voltage": 0.5}, {"id": 2, "voltage": 1.0}]
    assert timeline.rows("--at", at(35)) == [
        {"id": 1, "panel_voltage": 0.5}, {"id": 2, "panel_voltage": 1.0}, {"id": 3, "panel_voltage": 1.5},
    ]


def test_mode_current_has_the_names_of_today(timeline):
    assert timeline.rows("--at", at(25), "--mode", "current") == [
        {"id": 1, "panel_voltage": 0.5, "flux": None}, {"id": 2, "panel_voltage": 1.0, "flux": None},
    ]
    assert timeline.ids("--at", at(25), "--mode", "current", "--where", "panel_voltage > 0.5") == [2]
    assert timeline.ids("--at", at(25), "--where", "voltage > 0.5") == [2]


def test_sql_sees_the_same_moments(timeline):
    def sql(query):
        return timeline.shell.run("artemis-sql", "--query", query, "--format", "jsonl").lines

    table = f"artemis.{NAME}"
    assert sql(f"SELECT * FROM {table} AS OF TIMESTAMP '{at(25)}' ORDER BY id") == timeline.rows("--at", at(25))
    assert sql(f"SET artemis.projection_mode='current'; SELECT * FROM {table} AS OF TIMESTAMP '{at(25)}' ORDER BY id") == (
        timeline.rows("--at", at(25), "--mode", "current")
    )
    assert sql(f"SELECT * FROM {table} ORDER BY id") == timeline.rows()
    assert sql("SHOW TABLES IN artemis.sda") == [{"name": "voltages"}]


def test_a_snapshot_and_a_ref_can_be_named(timeline):
    first, second, third = [each["snapshot_id"] for each in timeline.shell.snapshots(NAME)]
    assert timeline.ids("--snapshot", first) == [1, 2]
    assert timeline.ids("--snapshot", second) == [1, 2, 3]
    assert timeline.ids("--ref", "main") == [1, 2, 3, 4]
    assert third == timeline.shell.info(NAME)["current_snapshot_id"]


def test_a_rollback_is_a_moment_of_its_own(timeline):
    timeline.table(60, "rollback", NAME, "--to", at(35))
    assert timeline.ids() == [1, 2, 3]
    assert timeline.ids("--at", at(55)) == [1, 2, 3, 4]
    assert timeline.ids("--at", at(60)) == [1, 2, 3]
    timeline.append(70, [5], "panel_voltage")
    assert timeline.ids() == [1, 2, 3, 5]


def test_a_rollback_before_the_first_commit_is_refused(timeline):
    result = timeline.table(60, "rollback", NAME, "--to", at(5), exits=1)
    assert "no snapshot yet" in result.err
    assert timeline.ids() == [1, 2, 3, 4]


def test_diff_leads_with_the_change(timeline):
    timeline.table(60, "delete", NAME, "--where", "id = 1")
    result = timeline.shell.replay("diff", NAME, "--from", at(35), "--to", at(65), "--net", "--format", "jsonl")
    assert result.lines == [
        {"_change_type": "delete", "_change_ordinal": 0, "_commit_snapshot_id": None, "id": 1, "panel_voltage": 0.5, "flux": None},
        {"_change_type": "insert", "_change_ordinal": 0, "_commit_snapshot_id": None, "id": 4, "panel_voltage": 2.0, "flux": 0.25},
    ]
    assert result.err.startswith("1 row only in snapshot ")
    last = timeline.shell.snapshots(NAME)[-1]["snapshot_id"]
    result = timeline.shell.replay("diff", NAME, "--from", at(55), "--format", "jsonl", "--columns", "id")
    assert result.lines == [{"_change_type": "delete", "_change_ordinal": 0, "_commit_snapshot_id": last, "id": 1}]


def test_diff_counts_all_rows_and_prints_the_limit(timeline):
    result = timeline.shell.replay("diff", NAME, "--from", at(5), "--to", at(55), "--net", "--limit", 1, "--format", "jsonl")
    assert len(result.lines) == 1
    assert result.err.startswith("0 rows only in the empty table before its first commit, 4 only in snapshot ")


def test_diff_of_one_moment_is_empty(timeline):
    result = timeline.shell.replay("diff", NAME, "--from", at(35), "--to", at(45), "--format", "jsonl")
    assert result.lines == []


def test_diff_refuses_a_newer_first_end(timeline):
    result = timeline.shell.replay("diff", NAME, "--from", at(55), "--to", at(15), exits=1)
    assert "exchange" in result.err


def test_diff_shows_the_columns_of_either_end(timeline):
    result = timeline.shell.replay("diff", NAME, "--from", at(15), "--to", at(35), "--format", "jsonl", "--project", "old")
    assert [list(line)[3:] for line in result.lines] == [["id", "voltage"]]
    result = timeline.shell.replay("diff", NAME, "--from", at(15), "--to", at(35), "--format", "jsonl", "--project", "current")
    assert [list(line)[3:] for line in result.lines] == [["id", "panel_voltage", "flux"]]


def test_inspect_tells_the_schema_of_the_snapshot_from_the_tables(timeline):
    facts = timeline.shell.replay("inspect", NAME, "--at", at(25), "--format", "json").json
    first = timeline.shell.snapshots(NAME)[0]["snapshot_id"]
    assert (facts["snapshot_id"], facts["committed_at"]) == (first, "2024-03-15T07:10:00.000Z")
    assert (facts["schema_id"], facts["table_schema_id"]) == (0, 1)
    assert [column["column"] for column in facts["columns"]] == ["id", "voltage"]
    assert [column["column"] for column in facts["table_schema"]] == ["id", "panel_voltage"]
    assert facts["previous"]["operation"] == "append" and facts["next"]["operation"] == "append"
    assert facts["next"]["time"] == "2024-03-15T07:30:00.000Z"
    assert facts["metadata_location"].split("/")[-1].startswith("00002-")
    assert facts["spec_ids"] == [0]
    same = timeline.shell.replay("inspect", NAME, "--at", at(15), "--format", "json").json
    assert (same["table_schema_id"], same["table_schema"]) == (0, None)


def test_inspect_before_the_first_commit(timeline):
    facts = timeline.shell.replay("inspect", NAME, "--at", at(5), "--format", "json").json
    assert (facts["snapshot_id"], facts["previous"], facts["next"]["operation"]) == (None, None, "append")
    timeline.shell.replay("inspect", NAME, "--at", at(-5), exits=NOT_FOUND)


@pytest.fixture
def read_only(timeline):
    """The timeline's programs, with a warehouse that nobody may write to, root neither."""
    shell = timeline.shell
    paths = [shell.warehouse, *shell.warehouse.rglob("*")]
    for path in paths:
        os.chmod(path, 0o555 if path.is_dir() else 0o444)
    # Root ignores file modes by a capability, which is taken from it.
    lost = "-dac_override,-dac_read_search"
    prefix = ["setpriv", f"--inh-caps={lost}", f"--bounding-set={lost}"] if os.geteuid() == 0 else []

    def run(program, *arguments):
        command = [*prefix, *shell.command(program, *arguments)]
        return subprocess.run(command, capture_output=True, cwd=shell.folder, env=shell.environment, timeout=60)

    yield run
    for path in paths:
        os.chmod(path, 0o755 if path.is_dir() else 0o644)


def test_a_read_only_warehouse_can_be_replayed_and_queried(timeline, read_only):
    before = timeline.shell.files()
    done = read_only("artemis-replay", "query", NAME, "--at", at(25), "--columns", "id", "--format", "csv")
    assert (done.returncode, done.stdout) == (DONE, b"id\n1\n2\n"), done.stderr
    done = read_only("artemis-sql", "--query", f"SELECT sum(id) AS s FROM artemis.{NAME}", "--format", "csv")
    assert (done.returncode, done.stdout) == (DONE, b"s\n10\n"), done.stderr
    assert timeline.shell.files() == before


@pytest.mark.parametrize(
    "command",
    [("delete", NAME, "--where", "id = 1"), ("append", NAME, "rows10.arrow"), ("alter", NAME, "drop-column", "id"), ("drop", NAME)],
    ids=lambda command: command[0],
)
def test_a_read_only_warehouse_refuses_to_be_changed(timeline, read_only, command):
    before = timeline.shell.files()
    done = read_only("artemis-table", *command)
    assert done.returncode == 1
    assert done.stderr.startswith(b"artemis-table: ") and done.stderr.count(b"\n") == 1, done.stderr
    assert timeline.shell.files() == before


def test_alter_changes_the_schema_only(timeline):
    shell = timeline.shell
    timeline.table(60, "alter", NAME, "add-column", "small", "int", "--doc", "a small one")
    timeline.table(61, "alter", NAME, "widen-column", "small", "long")
    timeline.table(62, "alter", NAME, "move-column", "flux", "--first")
    timeline.table(63, "alter", NAME, "move-column", "small", "--after", "id")
    timeline.table(64, "alter", NAME, "set-property", "owner=ada", "color=")
    columns = shell.table("schema", NAME, "--format", "json").json["schema"]["fields"]
    assert [column["name"] for column in columns] == ["flux", "id", "small", "panel_voltage"]
    assert columns[2]["type"] == "long" and columns[2]["doc"] == "a small one"
    assert shell.info(NAME)["properties"]["owner"] == "ada"
    timeline.table(65, "alter", NAME, "drop-column", "small")
    assert timeline.rows()[3] == {"flux": 0.25, "id": 4, "panel_voltage": 2.0}
    assert len(shell.snapshots(NAME)) == 3
    result = timeline.table(66, "alter", NAME, "drop-column", "smal", exits=1)
    assert "smal" in result.err
    result = timeline.table(66, "alter", NAME, "widen-column", "flux", "int", exits=1)
    assert "flux" in result.err


def test_a_moved_warehouse_is_read_through_a_map(timeline):
    shell = timeline.shell
    old, new = shell.warehouse, shell.folder / "warehouse-moved"
    old.rename(new)
    where = ("--warehouse", "warehouse-moved")
    result = shell.replay("query", NAME, *where, "--at", at(25), exits=NOT_FOUND)
    assert "warehouse/sda/voltages" in result.err
    mapped = (*where, "--map", f"{old}={new}")
    result = shell.replay("query", NAME, *mapped, "--at", at(25), "--columns", "id", "--format", "csv")
    assert result.text == "id\n1\n2\n"
    assert shell.sql(f"SELECT sum(id) AS s FROM artemis.{NAME}", *mapped, "--format", "csv").text == "s\n10\n"
    assert "--map is for reading" in shell.table("delete", NAME, "--where", "true", *mapped, exits=USAGE).err
    assert "OLD=NEW" in shell.replay("query", NAME, *where, "--map", "nowhere", exits=USAGE).err
