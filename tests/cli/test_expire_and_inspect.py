"""What expiry takes out of a history, what is said of it afterwards, and the history as `inspect` draws it."""

import json
import os
import pty
import re
import subprocess

import pytest
from shell import DONE, NOT_FOUND, USAGE
from test_journeys import NAME, Timeline, at, timeline  # noqa: F401 (a fixture)


def expire(line, minute, *arguments, **options):
    return line.table(minute, "expire", NAME, *arguments, "--format", "json", **options)


def inspect(line, *arguments, now=120, **options):
    return line.shell.run(
        "artemis-testing", "replay", "inspect", NAME, *arguments, env={"ARTEMIS_TEST_NOW": at(now)}, **options
    )


def history(line, *arguments):
    return inspect(line, *arguments, "--format", "json").json["history"]


# ---- expire: rows at 10, renamed at 20, rows at 30, a column at 40, rows at 50 ----


def test_a_dry_run_says_what_would_go_and_changes_nothing(timeline):
    first, second, third = [each["snapshot_id"] for each in timeline.shell.snapshots(NAME)]
    facts = expire(timeline, 60, "--older-than", "25m", "--dry-run").json
    assert (facts["dry_run"], facts["snapshots_expired"], facts["snapshots_left"]) == (True, 2, 1)
    assert [each["snapshot_id"] for each in facts["snapshots"]] == [first, second]
    assert (facts["older_than"], facts["oldest_available"]) == ("2024-03-15T07:35:00.000Z", "2024-03-15T07:50:00.000Z")
    assert len(timeline.shell.snapshots(NAME)) == 3


def test_history_ends_at_the_oldest_time_that_is_named(timeline):
    facts = expire(timeline, 60, "--before", at(30)).json
    assert (facts["operation"], facts["snapshots_expired"], facts["attempts"]) == ("expire", 1, 1)
    assert timeline.ids("--at", at(30)) == [1, 2, 3]
    for minute in (10, 29):
        result = timeline.rows("--at", at(minute), exits=NOT_FOUND)
        assert "2024-03-15T07:30:00.000Z" in result.err and result.err.count("\n") == 1
    # Before the first commit it was empty, and that is still known.
    assert timeline.rows("--at", at(5)) == []


def test_tags_and_the_number_to_keep_hold_what_is_old(timeline):
    first, second, third = [each["snapshot_id"] for each in timeline.shell.snapshots(NAME)]
    timeline.table(55, "tag", "create", NAME, "incident", "--snapshot", first)
    assert expire(timeline, 60, "--older-than", "0s", "--keep", 2, "--dry-run").json["snapshots"] == []
    facts = expire(timeline, 60, "--older-than", "0s").json
    assert [each["snapshot_id"] for each in facts["snapshots"]] == [second]
    assert timeline.ids("--ref", "incident") == [1, 2]
    # The timeline knows that the tagged snapshot was in force then.
    assert timeline.ids("--at", at(15)) == [1, 2]
    timeline.rows("--at", at(35), exits=NOT_FOUND)


def test_files_that_only_expired_snapshots_named_are_orphans(timeline):
    def orphans():
        facts = timeline.shell.table("files", NAME, "--orphans", "--older-than", "0s", "--format", "json").json
        return [each["path"] for each in facts["orphans"]]

    timeline.table(60, "delete", NAME, "--where", "id = 4")
    assert orphans() == []
    expire(timeline, 70, "--before", at(60))
    found = orphans()
    # The file of row 4, and the manifest lists of three snapshots.
    assert len([path for path in found if path.endswith(".parquet")]) == 1
    assert len([path for path in found if "/snap-" in path]) == 3
    assert timeline.ids() == [1, 2, 3]


def test_expire_says_what_it_did(timeline):
    text = timeline.table(60, "expire", NAME, "--older-than", "25m").text
    assert "expired 2 snapshots of sda.voltages, older than 2024-03-15T07:35:00.000Z" in text
    assert "--orphans" in text
    assert timeline.table(60, "expire", NAME, "--older-than", "25m").text.startswith("nothing to expire in sda.voltages")


def test_an_age_and_a_time_are_not_mixed_up(timeline):
    for arguments in ((), ("--older-than", "7d", "--before", at(30)), ("--older-than", "604800000"), ("--keep", "0", "--older-than", "7d")):
        assert timeline.table(60, "expire", NAME, *arguments, exits=USAGE).err.count("\n") >= 1


# ---- inspect ----


def test_the_history_says_what_each_change_did(timeline):
    timeline.table(55, "tag", "create", NAME, "audit")
    lines = history(timeline)
    assert [line["operation"] for line in lines] == ["create", "append", "alter", "append", "alter", "append", "tag"]
    assert [line["added_rows"] for line in lines] == [None, 2, None, 1, None, 1, None]
    assert [line["added_files"] for line in lines] == [None, 1, None, 1, None, 1, None]
    assert [line["schema_id"] for line in lines] == [0, 0, 1, 1, 2, 2, 2]
    assert lines[2]["changes"] == ["rename-column voltage panel_voltage"]
    assert lines[4]["changes"] == ["add-column flux double"]
    assert lines[5]["refs"] == ["audit", "main"]
    assert [line["state"] for line in lines] == ["ancestor"] * 6 + ["current"]
    assert not any(line["in_force"] for line in lines)


def test_a_spec_change_is_told(timeline):
    timeline.table(60, "alter", NAME, "set-partition", "bucket(4, id)")
    last = history(timeline)[-1]
    assert (last["operation"], last["spec_id"]) == ("alter", 1)
    assert any("bucket(4, id)" in change for change in last["changes"])


def test_what_was_rolled_back_is_marked(timeline):
    first, second, third = [each["snapshot_id"] for each in timeline.shell.snapshots(NAME)]
    timeline.table(60, "rollback", NAME, "--snapshot", second)
    lines = history(timeline, "--at", at(52))
    assert [line["state"] for line in lines] == ["ancestor"] * 5 + ["rolled_back", "current"]
    assert [line["in_force"] for line in lines] == [False] * 5 + [True, False]
    text = inspect(timeline, "--at", at(52)).text
    drawn = text.split("\n\n")[1].splitlines()
    assert drawn[5].startswith("x 2024-03-15T07:50:00.000Z  append") and "rolled back" in drawn[5]
    assert drawn[5].endswith("<- asked for") and "+1 row " in drawn[5] and "+1 file" in drawn[5]
    assert drawn[6].startswith("* 2024-03-15T08:00:00.000Z  rollback") and "[main]" in drawn[6]
    assert "\x1b" not in text


def on_a_terminal(line, *arguments, **environment):
    master, slave = pty.openpty()
    command = line.shell.command("artemis-testing", "replay", "inspect", NAME, *arguments)
    done = subprocess.run(
        command, stdout=slave, stderr=subprocess.PIPE, cwd=line.shell.folder, timeout=60,
        env={**line.shell.environment, "ARTEMIS_TEST_NOW": at(120), **environment},
    )
    os.close(slave)
    out = b""
    while True:
        try:
            read = os.read(master, 65536)
        except OSError:
            break
        if not read:
            break
        out += read
    os.close(master)
    assert done.returncode == DONE, done.stderr
    return out.decode().replace("\r\n", "\n")


def test_on_a_terminal_what_no_longer_counts_is_grey(timeline):
    second = timeline.shell.snapshots(NAME)[1]["snapshot_id"]
    timeline.table(60, "rollback", NAME, "--snapshot", second)
    text = on_a_terminal(timeline)
    grey = re.findall("\x1b\\[90m(.*)\x1b\\[0m\n", text)
    assert len(grey) == 1 and grey[0].startswith("x 2024-03-15T07:50:00.000Z")
    assert re.sub("\x1b\\[[0-9]+m", "", text) == inspect(timeline).text
    assert "\x1b" not in on_a_terminal(timeline, NO_COLOR="1")


def test_the_retention_edge_is_drawn_where_history_ends(timeline):
    expire(timeline, 60, "--before", at(30))
    facts = inspect(timeline, "--format", "json").json
    assert facts["oldest_available"] == "2024-03-15T07:30:00.000Z"
    assert [line["state"] for line in facts["history"]] == ["ancestor", "expired", "expired", "ancestor", "ancestor", "ancestor", "current"]
    drawn = inspect(timeline).text.split("\n\n")[1].splitlines()
    assert drawn[1].startswith("~ 2024-03-15T07:10:00.000Z  append")
    assert drawn[3] == "- - - - 2024-03-15T07:30:00.000Z is the oldest time that can be read - - - -"
    assert drawn[4].startswith("| 2024-03-15T07:30:00.000Z  append")


def test_what_would_be_read_at_a_time(timeline):
    sizes = [each["bytes"] for each in timeline.shell.table("files", NAME, "--format", "json").json["files"]]
    for minute, files in ((5, 0), (15, 1), (35, 2), (55, 3)):
        read = inspect(timeline, "--at", at(minute), "--format", "json").json["would_read"]
        assert (read["files"], read["row_groups"], read["delete_files"]) == (files, files, 0), minute
        assert read["rows"] == [0, 2, 3, 4][files]
    assert read["bytes"] == sum(sizes)
    assert "would_read" in inspect(timeline, "--at", at(35)).text
    assert "2 files, 2 row groups, " in inspect(timeline, "--at", at(35)).text


def test_the_keys_scripts_rely_on_are_there(timeline):
    facts = json.loads(inspect(timeline, "--at", at(35), "--format", "json").out)
    assert list(facts) == [
        "table", "target", "snapshot_id", "committed_at", "schema_id", "mode", "operation", "author", "message", "rows", "columns",
        "spec_ids", "metadata_location", "table_schema_id", "table_schema", "previous", "next", "would_read", "oldest_available",
        "refs", "history",
    ]
    assert facts["refs"] == [{"name": "main", "type": "branch", "snapshot_id": timeline.shell.snapshots(NAME)[-1]["snapshot_id"]}]


def test_a_table_without_commits_has_a_history(shell):
    import pyarrow as pa

    shell.write_arrow("like.arrow", pa.table({"id": pa.array([], pa.int64())}))
    line = Timeline(shell)
    line.table(0, "create", NAME, "--like", "like.arrow")
    facts = inspect(line, "--format", "json").json
    assert [each["operation"] for each in facts["history"]] == ["create"]
    assert (facts["oldest_available"], facts["would_read"]["files"], facts["refs"]) == (None, 0, [])


# ---- The spec of then ----


@pytest.mark.parametrize("runs", [10])
def test_the_old_spec_lifts_at_its_time_and_the_plan_is_the_same_each_time(timeline, runs):
    timeline.table(60, "alter", NAME, "set-partition", "bucket(4, id)")
    timeline.append(70, [7, 8, 9, 10], "panel_voltage")
    timeline.table(80, "alter", NAME, "set-partition", "truncate(5, id)")
    timeline.append(90, [11, 12], "panel_voltage")

    def plan(minute):
        facts = timeline.shell.run(
            "artemis-testing", "replay", "query", NAME, "--at", at(minute), "--where", "id = 7", "--explain", "--format", "json",
            env={"ARTEMIS_TEST_NOW": at(120)},
        ).json
        facts.pop("plan_us")
        return facts

    assert plan(55)["spec_ids"] == [0]
    then = plan(75)
    assert then["spec_ids"] == [0, 1]
    assert plan(95)["spec_ids"] == [0, 1, 2]
    # Bounds drop the three files of spec 0; of the new one only the bucket of 7 is left.
    assert then["files_kept"] == 1
    assert all(plan(75) == then for _ in range(runs))
