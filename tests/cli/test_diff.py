"""artemis-replay diff as users type it: commit by commit and net, both ends' columns, facts, events and limits."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shell import FAILED, USAGE
from test_events import check, documented, events_of  # noqa: F401  (a fixture among them)

NAME = "sda.voltages"


class Story:
    """Rows 1 and 2; then 3, under a new name of the column; then 1 is deleted and 4 added."""

    def __init__(self, shell):
        self.shell = shell
        shell.write_arrow("like.arrow", pa.table({"id": pa.array([], pa.int64()), "voltage": pa.array([], pa.float64())}))
        shell.table("create", NAME, "--like", "like.arrow")
        self.append([1, 2], "voltage")
        shell.table("alter", NAME, "rename-column", "voltage", "panel_voltage")
        shell.table("alter", NAME, "add-column", "flux:double")
        self.append([3], "panel_voltage")
        shell.table("delete", NAME, "--where", "id in (1, 3)")
        self.append([3], "panel_voltage")
        self.ids = [each["snapshot_id"] for each in shell.snapshots(NAME)]

    def append(self, ids, column):
        rows = pa.table({"id": pa.array(ids, pa.int64()), column: pa.array([i / 2 for i in ids])})
        self.shell.table("append", NAME, self.shell.write_arrow(f"{column}{ids[0]}.arrow", rows))

    def diff(self, *arguments, **options):
        return self.shell.replay("diff", NAME, "--from-snapshot", self.ids[0], *arguments, **options)


@pytest.fixture
def story(shell):
    return Story(shell)


def brief(lines):
    return [(line["_change_type"], line["_change_ordinal"], line["_commit_snapshot_id"], line["id"]) for line in lines]


def test_each_commit_is_told_in_its_order(story):
    result = story.diff("--format", "jsonl")
    _, second, third, fourth = story.ids
    found = brief(result.lines)
    assert found[0] == ("insert", 0, second, 3)
    assert sorted(found[1:3]) == [("delete", 1, third, 1), ("delete", 1, third, 3)]
    assert found[3:] == [("insert", 2, fourth, 3)]
    assert result.err.startswith("2 rows removed and 2 added by 3 commits from snapshot ")
    assert "column voltage double was renamed: panel_voltage double\n" in result.err
    assert "column flux double was added\n" in result.err


def test_net_is_what_the_two_ends_do_not_share(story):
    result = story.diff("--net", "--format", "jsonl")
    assert brief(result.lines) == [("delete", 0, None, 1), ("insert", 0, None, 3)]
    assert result.err.startswith("1 row only in snapshot ")


def test_both_ends_columns_stand_side_by_side(story):
    lines = story.diff("--net", "--project", "both", "--format", "jsonl").lines
    rows = [{key: value for key, value in line.items() if not key.startswith("_")} for line in lines]
    assert rows == [
        {"from_id": 1, "from_voltage": 0.5, "to_id": None, "to_panel_voltage": None, "to_flux": None},
        {"from_id": None, "from_voltage": None, "to_id": 3, "to_panel_voltage": 1.5, "to_flux": None},
    ]
    assert list(rows[0]) == ["from_id", "from_voltage", "to_id", "to_panel_voltage", "to_flux"]


def test_explain_gives_commits_files_and_columns_as_data(story):
    facts = story.diff("--explain", "--format", "json").json
    assert facts["kind"] == "gross" and facts["instead_because"] is None
    assert [each["snapshot_id"] for each in facts["commits"]] == story.ids[1:]
    assert [each["ordinal"] for each in facts["commits"]] == [0, 1, 2]
    assert facts["schema_changes"] == [
        {"field_id": 2, "change": "renamed", "from_name": "voltage", "from_type": "double", "to_name": "panel_voltage",
         "to_type": "double"},
        {"field_id": 3, "change": "added", "from_name": None, "from_type": None, "to_name": "flux", "to_type": "double"},
    ]
    assert "panel_voltage" in story.diff("--explain").text
    story.diff("--explain", "--format", "csv", exits=USAGE)


def test_every_format_holds_the_same_rows(story):
    def ordered(lines):  # rows that a commit deleted have no order among each other
        return sorted(lines, key=lambda line: (line["_change_ordinal"], line["_change_type"], line["id"]))

    expected = story.diff("--format", "jsonl").lines
    assert ordered(json.loads(story.diff("--format", "json").text)) == ordered(expected)
    story.diff("-o", "changes.parquet")
    assert pq.read_table(story.shell.folder / "changes.parquet").num_rows == len(expected)
    assert len(story.diff("--format", "csv").text.splitlines()) == len(expected) + 1
    assert "update" not in story.diff("--format", "markdown").text


def test_filter_columns_and_limit_hold(story):
    result = story.diff("--where", "id = 3", "--columns", "id", "--limit", 2, "--format", "jsonl")
    assert [line["_change_type"] for line in result.lines] == ["insert", "delete"]
    assert list(result.lines[0])[3:] == ["id"]
    assert "of which 2 are shown" in result.err


def test_a_rollback_between_the_ends_gives_the_net_difference_and_says_so(story):
    story.shell.table("rollback", NAME, "--snapshot", story.ids[1])
    result = story.shell.replay("diff", NAME, "--from-snapshot", story.ids[3], "--to-ref", "main", exits=FAILED)
    assert "exchange" in result.err
    story.append([9], "panel_voltage")
    result = story.shell.replay("diff", NAME, "--from-snapshot", story.ids[3], "--format", "jsonl")
    assert sorted(brief(result.lines)) == [("insert", 0, None, 1), ("insert", 0, None, 9)]
    assert "they lie on different lines of snapshots): this is their net difference" in result.err


def test_a_diff_has_a_beginning(story):
    """Without one it would compare today with today, and say that nothing changed."""
    result = story.shell.replay("diff", NAME, "--net", exits=USAGE)
    assert "--from-snapshot" in result.err
    assert story.shell.replay("diff", NAME, "--from", "now", "--format", "jsonl").lines == []


def test_rows_past_the_memory_limit_are_the_same(observations):
    name = "sda.observations"
    snapshot = observations.info(name)["current_snapshot_id"]
    observations.table("overwrite", name, observations.telemetry("other.arrow", seed=5), "--where", "true")
    log = ("--log", "events.jsonl", "--format", "jsonl")
    rows = observations.replay("diff", name, "--from-snapshot", snapshot, *log).lines
    small = observations.replay("diff", name, "--from-snapshot", snapshot, "--memory-limit", "64KiB", "--temp-dir", ".", *log).lines
    assert sorted(map(json.dumps, rows)) == sorted(map(json.dumps, small))
    spilled = [event["spilled_bytes"] for event in events_of(observations) if event["event"] == "diff"]
    assert spilled[0] == 0 and spilled[1] > 0


def test_a_diff_is_told(story, documented):  # noqa: F811
    story.diff("--format", "csv", "--log", "events.jsonl")
    story.diff("--format", "csv", "--net", "--log", "events.jsonl")
    events = events_of(story.shell)
    check(events, documented)
    assert [event["event"] for event in events] == ["diff", "diff"]
    assert [(event["kind"], event["commits"], event["rows_added"], event["rows_removed"]) for event in events] == [
        ("gross", 3, 2, 2),
        ("net", 0, 1, 1),
    ]
