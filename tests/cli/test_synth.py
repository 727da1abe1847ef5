"""Tables of metadata alone, and logs of queries: what planning is measured with."""

import json
import os

import pytest
from shell import FAILED, USAGE

BIG = "sda.big"
CANONICAL = {
    "sample_timestamp_ns", "mission_id", "payload_id", "sensor_kind", "sequence_number", "panel_voltage", "temperature_c",
    "pressure_kpa", "quality_flag", "archive_uri", "object_path", "notes",
}
OPERATORS = {"eq", "ne", "lt", "le", "gt", "ge", "in", "between", "is_null", "not_null", "starts_with"}


def synth(shell, name=BIG, *arguments):
    """1,000 files of 40 partitions in ten manifests."""
    sizes = ["--files", 1000, "--missions", 4, "--days", 10, "--files-per-manifest", 100]
    return shell.table("synth", name, *sizes, *arguments, "--format", "json").json


def files_of(shell, name=BIG):
    return shell.table("files", name, "--format", "json").json["files"]


def entries_of(shell, name=BIG):
    """Of each manifest, its entries."""
    manifests = shell.table("manifests", name, "--format", "json").json["manifests"]
    return [shell.table("inspect-manifest", each["path"], "--format", "json").json["entries"] for each in manifests]


def local(path):
    return path.removeprefix("file://")


def bounds(entry, name):
    found = next(column for column in entry["metrics"] if column["column"] == name)
    return found["lower"], found["upper"]


def payload_bounds(entry):
    low, high = bounds(entry, "payload_id")
    return int(low), int(high)


def test_a_table_of_metadata_has_the_files_partitions_and_manifests_asked_for(shell):
    made = synth(shell)
    assert {key: made[key] for key in ("table", "files", "partitions", "manifests")} == {
        "table": BIG, "files": 1000, "partitions": 40, "manifests": 10,
    }
    info = shell.info(BIG)
    assert (info["files"], info["partitions"], info["columns"]) == (1000, 40, 12)
    assert info["current_snapshot_id"] == made["snapshot_id"]
    files = files_of(shell)
    assert len({file["path"] for file in files}) == 1000
    assert info["rows"] == sum(file["rows"] for file in files)
    partitions = [(file["partition"]["mission_id"], file["partition"]["day"]) for file in files]
    # 25 files each, on the days from the first of 2023.
    assert {partitions.count(partition) for partition in set(partitions)} == {25}
    assert {day for _, day in partitions} == {f"2023-01-{day:02}" for day in range(1, 11)}


def test_the_files_of_a_table_of_metadata_are_not_there(shell):
    synth(shell)
    assert not [path for path in shell.files() if path.endswith(".parquet")]
    result = shell.replay("query", BIG, "--limit", 1, exits=FAILED)
    assert "missing" in result.err and ".parquet" in result.err


def test_every_column_of_every_file_has_bounds_and_counts(shell):
    synth(shell)
    for entry in (entry for manifest in entries_of(shell) for entry in manifest):
        assert {column["column"] for column in entry["metrics"]} == CANONICAL
        for column in entry["metrics"]:
            assert column["lower"] is not None and column["upper"] is not None and column["nulls"] == 0
            assert column["values"] == entry["rows"]
        low, high = payload_bounds(entry)
        assert low <= high


def test_clustered_files_share_the_payloads_out_and_others_have_them_all(shell):
    synth(shell)
    synth(shell, "sda.wide", "--unclustered")
    narrow = [payload_bounds(entry) for manifest in entries_of(shell) for entry in manifest]
    wide = [payload_bounds(entry) for manifest in entries_of(shell, "sda.wide") for entry in manifest]
    # Payloads are 101 to 907; 25 files of a partition hold a part each, and a channel stands in two of them at most.
    assert sum(low <= 401 <= high for low, high in narrow) <= 2 * 40
    assert all(low <= 401 <= high for low, high in wide)
    # The first and the last kind by name stand in the middle: attitude is payload 501, valve 421.
    kinds = {bounds(entry, "sensor_kind") for manifest in entries_of(shell, "sda.wide") for entry in manifest}
    assert kinds == {("attitude", "valve")}


def test_planning_keeps_few_files_of_clustered_ones_and_all_of_a_partition_of_others(shell):
    synth(shell)
    synth(shell, "sda.wide", "--unclustered")

    def kept(name, predicate):
        return len(shell.table("files", name, "--where", predicate, "--format", "json").json["files"])

    # One mission of four has ten partitions of 25 files; a channel stands in two files of a partition at most.
    assert kept(BIG, "mission_id = 'apollo-7'") == kept("sda.wide", "mission_id = 'apollo-7'") == 250
    assert 10 <= kept(BIG, "mission_id = 'apollo-7' AND payload_id = 401") <= 20
    assert kept("sda.wide", "mission_id = 'apollo-7' AND payload_id = 401") == 250
    day = "sample_timestamp_ns >= '2023-01-03T00:00:00' AND sample_timestamp_ns < '2023-01-04T00:00:00'"
    assert kept(BIG, f"mission_id = 'apollo-7' AND {day}") == 25
    assert kept(BIG, "mission_id = 'voyager-9'") == 0


def test_manifests_hold_neighbouring_partitions_or_any(shell):
    synth(shell)
    synth(shell, "sda.scattered", "--scattered")

    def partitions(name):
        return [{json.dumps(entry["partition"]) for entry in manifest} for manifest in entries_of(shell, name)]

    # A hundred files of partitions of 25: four partitions, where they stand together.
    assert all(len(found) == 4 for found in partitions(BIG))
    assert all(len(found) > 20 for found in partitions("sda.scattered"))


def test_a_seed_makes_the_same_files_again(shell):
    for name, seed in (("a.same", 5), ("b.same", 5), ("c.same", 6)):
        synth(shell, name, "--seed", seed)

    def facts(name):
        return [(file["path"].split("/data/")[1], file["rows"], file["bytes"]) for file in files_of(shell, name)]

    assert facts("a.same") == facts("b.same")
    assert facts("a.same") != facts("c.same")


def avro_codec(path):
    """What "avro.codec" says in the header of an Avro container: "Obj", 1, a map of bytes."""
    with open(path, "rb") as file:
        assert file.read(4) == b"Obj\x01"

        def number():
            value, shift, byte = 0, 0, 0x80
            while byte & 0x80:
                byte = file.read(1)[0]
                value |= (byte & 0x7F) << shift
                shift += 7
            return (value >> 1) ^ -(value & 1)

        header = {}
        while (count := number()) != 0:
            if count < 0:
                count, _ = -count, number()
            for _ in range(count):
                key = file.read(number()).decode()
                header[key] = file.read(number())
    return header.get("avro.codec", b"null").decode()


@pytest.mark.parametrize("choice, codec", [("zstd", "zstandard"), ("snappy", "snappy"), ("none", "null"), ("gzip", "deflate")])
def test_the_codec_of_manifests_changes_their_bytes_and_no_plan(shell, choice, codec):
    synth(shell, "sda.usual")
    synth(shell, BIG, "--manifest-codec", choice)

    def manifests(name):
        return shell.table("manifests", name, "--format", "json").json["manifests"]

    def planned(name, *arguments):
        files = shell.table("files", name, *arguments, "--format", "json").json["files"]
        return [(file["path"].split("/data/")[1], file["rows"], file["bytes"], file["partition"]) for file in files]

    assert {avro_codec(local(each["path"])) for each in manifests("sda.usual")} == {"deflate"}
    made = [local(each["path"]) for each in manifests(BIG)]
    assert len(made) == 10 and {avro_codec(path) for path in made} == {codec}
    if choice == "none":
        usual = sum(os.path.getsize(local(each["path"])) for each in manifests("sda.usual"))
        assert sum(os.path.getsize(path) for path in made) > 2 * usual
    for where in ([], ["--where", "mission_id = 'apollo-7' AND payload_id = 401"]):
        assert planned(BIG, *where) == planned("sda.usual", *where) != []


def test_a_codec_that_is_none_is_refused_with_those_that_are(shell):
    result = shell.table("synth", BIG, "--manifest-codec", "brotli", exits=USAGE)
    assert "brotli" in result.err and all(name in result.err for name in ("gzip", "zstd", "snappy", "none"))
    assert not shell.warehouse.exists()


def test_a_name_that_is_taken_is_refused_before_anything_is_written(shell):
    synth(shell)
    before = shell.files()
    result = shell.table("synth", BIG, exits=FAILED)
    assert result.err == f"artemis-table: table {BIG} exists\n"
    assert shell.files() == before


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--files", 0], "files must be 1 to 100000000, found 0"),
        (["--missions", 1001], "missions must be 1 to 1000, found 1001"),
        (["--days", 0], "days must be 1 to 3650, found 0"),
        (["--files-per-manifest", 0], "files per manifest must be 1 to 1000000, found 0"),
        (["--first-day", "1969-12-31"], "first day"),
        (["--first-day", "soon"], "'soon' is no day"),
        (["--files", "many"], "many"),
    ],
)
def test_a_size_outside_its_limits_is_refused_before_anything_is_written(shell, arguments, says):
    result = shell.table("synth", BIG, *arguments, exits=USAGE)
    assert says in result.err and result.err.count("\n") == 1
    assert not shell.warehouse.exists()


def test_the_making_of_a_table_is_in_its_history_with_its_author(shell):
    synth(shell, BIG, "--author", "ada", "--log", "events.jsonl")
    entries = shell.table("history", BIG, "--format", "json").json["history"]
    assert [(entry["operation"], entry["author"]) for entry in entries] == [("create", "ada")]
    (event,) = [json.loads(line) for line in (shell.folder / "events.jsonl").read_text().splitlines()]
    assert (event["event"], event["operation"], event["principal"]) == ("commit", "create", "ada")


def query_log(shell, *arguments):
    return shell.run("artemis", "telemetry", "--query-log", *arguments).text


def leaves(predicate):
    if predicate["op"] in ("and", "or", "not"):
        return [leaf for each in predicate["args"] for leaf in leaves(each)]
    return [predicate]


def test_a_line_of_the_log_is_an_id_a_predicate_and_columns(shell):
    lines = query_log(shell, 200, "--seed", 7).split("\n")
    assert lines.pop() == ""
    assert len(lines) == 200
    for number, line in enumerate(lines, 1):
        query_id, predicate, columns = line.split("\t")
        assert query_id == f"q{number:05}"
        for leaf in leaves(json.loads(predicate)):
            assert leaf["op"] in OPERATORS and leaf["column"] in CANONICAL
        assert columns and set(columns.split(",")) <= CANONICAL


def test_a_log_is_the_same_for_the_same_seed_and_for_no_other(shell):
    first = query_log(shell, 100, "--seed", 7)
    assert query_log(shell, 100, "--seed", 7) == first
    assert query_log(shell, 100, "--seed", 8) != first
    shell.run("artemis", "telemetry", "--query-log", 100, "--seed", 7, "-o", "log.tsv")
    assert (shell.folder / "log.tsv").read_text() == first


def test_a_log_asks_of_the_missions_and_days_it_is_told(shell):
    arguments = ["--missions", 2, "--days", 3, "--first-day", "2025-02-27"]
    asked = [
        leaf
        for line in query_log(shell, 300, "--seed", 1, *arguments).splitlines()
        for leaf in leaves(json.loads(line.split("\t")[1]))
    ]
    assert {leaf["value"] for leaf in asked if leaf["column"] == "mission_id"} == {"apollo-7", "artemis-2"}
    times = [leaf["value"] for leaf in asked if leaf["column"] == "sample_timestamp_ns"]
    assert min(times) >= "2025-02-27" and max(times) <= "2025-03-02T00:00:00"


def test_the_queries_of_a_log_find_rows_of_the_telemetry_with_the_same_options(shell):
    options = ["--seed", 3, "--missions", 2, "--days", 2]
    shell.run("artemis", "telemetry", "--rows", 60_000, *options, "-o", "rows.arrow")
    shell.table("create", "sda.observations", "--canonical")
    shell.table("append", "sda.observations", "rows.arrow")
    found = 0
    for line in query_log(shell, 12, *options).splitlines():
        _, predicate, columns = line.split("\t")
        arguments = ["--where", predicate, "--columns", columns, "--limit", 1, "--format", "jsonl"]
        found += len(shell.replay("query", "sda.observations", *arguments).lines)
    assert found >= 6


def test_an_empty_log_has_no_lines(shell):
    assert query_log(shell, 0) == ""


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--query-log", -1], "queries must be 0 to 10000000, found -1"),
        (["--query-log", 5, "--rows", 5], "--query-log"),
        (["--query-log", 5, "--nanos"], "--nanos"),
        (["--query-log", 5, "--hold", 2], "--hold"),
        (["--query-log", 5, "--format", "csv"], "--format"),
        (["--query-log", 5, "--missions", 0], "missions must be 1 to 1000, found 0"),
        (["--query-log", 5, "--days", 3651], "days must be 1 to 3650, found 3651"),
        (["--seed", 5], "--rows N"),
    ],
)
def test_a_log_that_cannot_be_made_is_a_usage_error(shell, arguments, says):
    result = shell.run("artemis", "telemetry", *arguments, exits=USAGE)
    assert says in result.err and result.err.count("\n") == 1
    assert result.out == b""
