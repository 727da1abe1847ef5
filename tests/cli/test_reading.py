"""What info, history, check and files --orphans say, and that it is true."""

import os
import pathlib
import re
import time

import pyarrow as pa
import pytest
from shell import DONE, FAILED, NOT_FOUND, USAGE

NAME = "sda.observations"
AGO = r"\d+ (?:s|min|h|d|years) ago"


def facts(shell, *arguments, **options):
    return shell.table(*arguments, "--format", "json", **options).json


def folder(shell):
    return shell.warehouse / "sda" / "observations"


# history


def test_ten_appends_are_eleven_lines_of_which_the_first_is_the_creation(shell):
    rows = shell.telemetry("rows.arrow", rows=10)
    shell.table("create", NAME, "--canonical")
    for number in range(10):
        shell.table("append", NAME, rows, "--message", f"load {number}")
    lines = shell.table("history", NAME).text.splitlines()
    assert len(lines) == 11
    assert re.match(rf"\| \S+Z  +{AGO} +create ", lines[0])
    assert "12 columns" in lines[0]
    for number, line in enumerate(lines[1:]):
        assert re.search(rf" append +\d+ +\+10 rows  \+1 files  .*load {number}$", line), line
    assert [line[0] for line in lines] == ["|"] * 10 + ["*"]
    snapshots = shell.snapshots(NAME)
    assert len(snapshots) == 10
    assert [each["parent_id"] for each in snapshots] == [None] + [each["snapshot_id"] for each in snapshots[:-1]]


def test_history_marks_what_was_rolled_back(observations):
    first = observations.info(NAME)["current_snapshot_id"]
    observations.table("append", NAME, "rows.arrow")
    observations.table("rollback", NAME, "--snapshot", first, "--author", "ada")
    lines = observations.table("history", NAME).text.splitlines()
    assert [line[0] for line in lines] == ["|", "|", " ", "*"]
    assert re.search(r" rollback .* ada +to the state of \S+Z$", lines[-1])
    history = facts(observations, "history", NAME)["history"]
    assert [line["current_ancestor"] for line in history] == [None, True, False, True]
    assert [line["current"] for line in history] == [False, False, False, True]


def test_history_says_what_an_alter_altered(observations):
    for change in (
        ("add-column", "flux:double"),
        ("rename-column", "notes", "remarks"),
        ("set-property", "owner=esoc"),
        ("set-sort", "payload_id"),
        ("set-partition", "mission_id"),
        ("move-column", "remarks", "--first"),
        ("upgrade", "3"),
    ):
        observations.table("alter", NAME, *change)
    history = facts(observations, "history", NAME)["history"]
    assert [line["changes"] for line in history[2:]] == [
        ["add-column flux double"],
        ["rename-column notes remarks"],
        ["set-property owner=esoc"],
        ["set-sort payload_id asc nulls first"],
        ["set-partition mission_id"],
        ["move-column remarks --first"],
        ["upgrade 3"],
    ]
    text = observations.table("history", NAME).text
    assert "add-column flux double" in text and "upgrade 3" in text


def test_history_counts_what_came_and_went(observations):
    observations.table("delete", NAME, "--where", "payload_id = 101", "--message", "101 is broken")
    line = facts(observations, "history", NAME)["history"][-1]
    info = observations.info(NAME)
    assert line["total_rows"] == info["rows"] == 1000 + line["added_rows"] - line["removed_rows"]
    assert line["total_files"] == info["files"] == 4 + line["added_files"] - line["removed_files"]
    assert line["removed_rows"] > line["added_rows"] >= 0
    text = observations.table("history", NAME).text.splitlines()[-1]
    assert re.search(r" -[\d,]+ +\+[\d,]+ rows  -\d \+\d files .*101 is broken$", text), text


def test_snapshots_tell_lineage_and_refs(observations):
    first = observations.info(NAME)["current_snapshot_id"]
    observations.table("append", NAME, "rows.arrow")
    observations.table("tag", "create", NAME, "audit", "--snapshot", first)
    snapshots = facts(observations, "snapshots", NAME)["snapshots"]
    assert [each["refs"] for each in snapshots] == [["audit"], ["main"]]
    assert [each["current_ancestor"] for each in snapshots] == [True, True]
    lines = observations.table("snapshots", NAME).text.splitlines()
    assert lines[2].endswith("audit  ancestor") and lines[3].endswith("main   current")


# info


def test_info_reads_like_a_page(observations):
    observations.table("alter", NAME, "set-sort", "payload_id desc")
    text = observations.table("info", NAME).text
    assert re.search(rf"^created_at +\S+Z \({AGO}\)$", text, re.MULTILINE)
    assert re.search(r"^rows +1,000$", text, re.MULTILINE)
    assert re.search(r"^small_files +4 of 4 \(100 %\) below 384\.0 MiB$", text, re.MULTILINE)
    header = next(line for line in text.splitlines() if line.startswith("id  "))
    assert header.split() == ["id", "column", "type", "required", "partition", "sort"] or "doc" in header
    assert re.search(r"sample_timestamp_ns +timestamp +yes +day", text)
    assert re.search(r"payload_id +long +yes +1 desc", text)
    assert re.search(rf"^main +branch +\d+ +\S+Z \({AGO}\)$", text, re.MULTILINE)


def test_info_measures_files_and_partitions(observations):
    info = observations.info(NAME)
    files = facts(observations, "files", NAME)["files"]
    assert info["average_file_bytes"] == sum(file["bytes"] for file in files) // 4
    assert (info["small_files"], info["small_file_bytes"], info["delete_files"], info["partitions"]) == (4, 384 << 20, 0, 4)
    observations.table("alter", NAME, "set-property", "write.target-file-size-bytes=1000")
    assert observations.info(NAME)["small_files"] == 0
    partitions = facts(observations, "partitions", NAME)["partitions"]
    assert sum(each["rows"] for each in partitions) == 1000
    assert sum(each["bytes"] for each in partitions) == info["bytes"]
    assert all(re.fullmatch(r"\S+Z", each["last_added"]) for each in partitions)


def test_info_of_an_empty_table(shell):
    shell.table("create", NAME, "--canonical")
    info = shell.info(NAME)
    assert (info["rows"], info["current_snapshot_id"], info["delete_files"], info["average_file_bytes"]) == (None, None, 0, None)
    assert "unpartitioned" in shell.table("info", NAME).text


def test_info_says_what_it_can_without_the_manifests(observations):
    for path in folder(observations).glob("metadata/*-m0.avro"):
        path.unlink()
    result = observations.table("info", NAME, "--format", "json")
    assert (result.json["rows"], result.json["small_files"]) == (1000, None)
    assert "sizes are not known" in result.err


# check


def test_a_sound_table_is_said_to_be_so(observations):
    for arguments in ((), ("--deep",)):
        report = facts(observations, "check", NAME, *arguments)
        assert (report["sound"], report["problems"], report["data_files"], report["rows"]) == (True, [], 4, 1000)
    text = observations.table("check", NAME).text
    assert text.startswith(f"{NAME} is sound: looked at 1 snapshot, 1 manifest, 4 data files")


def test_tables_of_every_operation_are_sound(observations):
    """Whatever was done to a table, its summaries, counts and files agree, deep down."""
    rows = observations.telemetry("more.arrow", rows=500, seed=9)
    observations.table("append", NAME, rows)
    observations.table("delete", NAME, "--where", "payload_id = 101")
    observations.table("overwrite", NAME, rows, "--where", "payload_id = 102")
    observations.table("alter", NAME, "set-partition", "bucket(3, payload_id)")
    observations.table("alter", NAME, "widen-column", "quality_flag", "long")
    observations.table("alter", NAME, "rename-column", "notes", "remarks")
    observations.table("append", NAME, "rows.arrow", exits=FAILED)
    observations.table("rollback", NAME, "--to", "now")
    observations.table("tag", "create", NAME, "audit")
    observations.table("delete", NAME, "--where", "true")
    assert facts(observations, "check", NAME, "--deep")["problems"] == []
    assert facts(observations, "files", NAME, "--orphans", "--older-than", "0s")["orphans"] == []


def test_check_names_what_is_wrong_and_ends_with_1(observations):
    path = sorted(folder(observations).rglob("*.parquet"))[0]
    path.unlink()
    result = observations.table("check", NAME, "--format", "json", exits=FAILED)
    assert [(each["rule"], each["where"]) for each in result.json["problems"]] == [("missing", f"file://{path}")]
    assert result.json["sound"] is False
    result = observations.table("check", NAME, exits=FAILED)
    assert str(path.relative_to(folder(observations))) in result.text
    assert result.err == f"artemis-table: table {NAME} has 1 problem\n"


def test_a_damaged_page_is_found_when_deep(observations):
    path = sorted(folder(observations).rglob("*.parquet"))[0]
    content = bytearray(path.read_bytes())
    for place in range(40, 80):
        content[place] ^= 0x5A
    path.write_bytes(content)
    observations.table("check", NAME)
    problems = observations.table("check", NAME, "--deep", "--format", "json", exits=FAILED).json["problems"]
    assert [each["rule"] for each in problems] == ["pages"]


def test_check_shows_how_far_it_is(observations):
    result = observations.table("check", NAME, "--progress", "on")
    assert "check: 4 of 4 files (100 %)" in result.err


def test_check_of_a_copied_warehouse(observations):
    (observations.folder / "warehouse").rename(observations.folder / "moved")
    moved = observations.folder / "moved"
    old_and_new = f"{observations.warehouse}={moved}"
    failed = observations.table("check", NAME, "--warehouse", moved, exits=NOT_FOUND)
    assert f"--map {old_and_new}" in failed.err
    observations.table("check", NAME, "--warehouse", moved, "--map", old_and_new)
    orphans = facts(observations, "files", NAME, "--orphans", "--older-than", "0s", "--warehouse", moved, "--map", old_and_new)
    assert orphans["orphans"] == [] and orphans["named"] == orphans["files"] > 0
    result = observations.run("artemis-sql", "--query", f"SELECT 1 FROM artemis.{NAME}", "--warehouse", moved, exits=NOT_FOUND)
    assert f"--map {old_and_new}" in result.err


# orphans


def test_orphans_are_what_no_metadata_names(observations):
    left = folder(observations) / "data" / "00000-left.parquet"
    left.write_bytes(b"12345")
    found = facts(observations, "files", NAME, "--orphans", "--older-than", "0s")
    assert [(each["path"], each["bytes"]) for each in found["orphans"]] == [(f"file://{left}", 5)]
    assert "age" not in found["orphans"][0]
    result = observations.table("files", NAME, "--orphans", "--older-than", "0s")
    assert "data/00000-left.parquet" in result.text
    assert "1 file of " in result.err


def test_young_files_are_left_to_their_writers(observations):
    left = folder(observations) / "data" / "00000-left.parquet"
    left.write_bytes(b"12345")
    found = facts(observations, "files", NAME, "--orphans")
    assert (found["orphans"], found["young"]) == ([], 1)
    assert "1 younger file" in observations.table("files", NAME, "--orphans").err
    old = time.time() - 2 * 86400
    os.utime(left, (old, old))
    assert len(facts(observations, "files", NAME, "--orphans")["orphans"]) == 1


def test_a_killed_writer_leaves_orphans_and_a_sound_table(observations):
    observations.run("artemis-testing", "table", "append", NAME, "rows.arrow", exits=-9, env={"ARTEMIS_TEST_KILL": "before_swap"})
    assert facts(observations, "check", NAME, "--deep")["sound"] is True
    orphans = facts(observations, "files", NAME, "--orphans", "--older-than", "0s")["orphans"]
    assert len([each for each in orphans if each["path"].endswith(".parquet")]) == 4


def test_options_of_orphans_belong_to_it(observations):
    assert "--orphans" in observations.table("files", NAME, "--older-than", "1d", exits=USAGE).err
    assert "exclude" in observations.table("files", NAME, "--orphans", "--at", "now", exits=USAGE).err
    assert "no age" in observations.table("files", NAME, "--orphans", "--older-than", "x", exits=USAGE).err


# What used to annoy.


def test_now_is_the_current_state_with_and_without_the_word(observations):
    snapshot = observations.info(NAME)["current_snapshot_id"]
    observations.table("append", NAME, "rows.arrow")
    observations.table("alter", NAME, "rename-column", "notes", "remarks")
    one = observations.replay("diff", NAME, "--from-snapshot", snapshot, "--limit", 1, "--format", "jsonl").lines
    two = observations.replay("diff", NAME, "--from-snapshot", snapshot, "--to", "now", "--limit", 1, "--format", "jsonl").lines
    assert list(one[0]) == list(two[0]) and "remarks" in one[0]


def test_a_limit_of_a_diff_shows_both_sides(observations):
    snapshot = observations.info(NAME)["current_snapshot_id"]
    observations.table("overwrite", NAME, observations.telemetry("other.arrow", seed=5), "--where", "true")
    result = observations.replay("diff", NAME, "--from-snapshot", snapshot, "--limit", 4, "--format", "jsonl")
    assert [row["_change_type"] for row in result.lines] == ["delete", "delete", "insert", "insert"]
    assert "of which 4 are shown" in result.err


def test_a_limit_is_not_said_to_have_read_all_that_was_planned(observations):
    err = observations.replay("query", NAME, "--limit", 1).err
    assert "; stopped there, of 4 of 4 files to read" in err
    assert "; read 4 of 4 files (" in observations.replay("query", NAME, "--limit", 2000).err


def test_explain_lists_manifests_that_were_dropped(observations):
    observations.table("append", NAME, observations.telemetry("late.arrow", 256, 3, 1, "--first-day", "2024-05-01"))
    result = observations.replay(
        "query", NAME, "--where", "sample_timestamp_ns >= '2024-05-01T00:00:00'", "--explain", "--format", "json"
    ).json
    assert sorted((each["kept"], each["files"]) for each in result["manifests"]) == [(False, 4), (True, 2)]
    assert result["manifests_kept"] == 1
    text = observations.replay("query", NAME, "--where", "sample_timestamp_ns >= '2024-05-01T00:00:00'", "--explain").text
    assert "dropped in pass 1" in text


def test_paths_are_whole(shell):
    deep = "/".join(["folder-with-a-long-name"] * 8)
    data = pa.table({"id": pa.array([1], pa.int64())})
    shell.write_arrow("one.arrow", data)
    where = ("--warehouse", shell.folder / deep)
    shell.table("create", "sda.t", "--like", "one.arrow", *where)
    shell.table("append", "sda.t", "one.arrow", *where)
    manifest = shell.table("manifests", "sda.t", "--format", "json", *where).json["manifests"][0]["path"]
    text = shell.table("inspect-manifest", manifest).text
    data_file = shell.table("files", "sda.t", "--format", "json", *where).json["files"][0]["path"]
    assert data_file in text


def test_a_moment_in_the_future_is_said_to_be_so(observations):
    err = observations.replay("query", NAME, "--at", "2099-01-01T00:00:00Z", exits=USAGE).err
    assert "lies in the future" in err and "RFC 3339" not in err


@pytest.mark.parametrize("command", ["rename-column", "widen-column", "set-partition", "upgrade"])
def test_positionals_of_alter_are_explained(shell, command):
    text = shell.table("alter", command, "--help").text
    positionals = text.split("Positionals:")[1].split("Options:")[0]
    assert all(len(line.split()) > 2 for line in positionals.strip().splitlines())


def test_documents_name_commands_that_exist(shell):
    """Each command line of docs/operations.md is one the programs understand."""
    source = pathlib.Path(__file__).resolve().parents[2] / "docs" / "operations.md"
    commands = set(re.findall(r"^artemis-table ([a-z-]+)", source.read_text(encoding="utf-8"), re.MULTILINE))
    assert {"check", "files", "register"} <= commands
    for command in commands:
        assert shell.table(command, "--help").exit_code == DONE
