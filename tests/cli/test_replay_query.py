"""query: several tables at one instant, pins, order, results in folders, deadlines, and plans that repeat."""

import json
import random
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shell import FAILED, NOT_FOUND, USAGE

NAME = "sda.observations"


def ids(*numbers):
    return pa.table({"id": pa.array(numbers, pa.int64())})


@pytest.fixture
def two(shell):
    """sda.a and sda.b, each with one row, then each with another."""
    for name, number in (("sda.a", 1), ("sda.b", 10)):
        path = shell.write_arrow("one.arrow", ids(number))
        shell.table("create", name, "--like", path)
        shell.table("append", name, path)
    shell.instant = shell.snapshots("sda.b")[-1]["committed_at"]
    for name, number in (("sda.a", 2), ("sda.b", 20)):
        shell.table("append", name, shell.write_arrow("one.arrow", ids(number)))
    return shell


def rows_of(shell, *arguments):
    return sorted(line["id"] for line in shell.replay("query", *arguments, "--format", "jsonl").lines)


# Several tables


def test_prints_the_pins_of_several_tables(two):
    manifest = two.replay("query", "--tables", "sda.a,sda.b", "--at", two.instant, "--format", "json").json
    assert manifest["artemis_pins"] == 1
    assert [pin["table"] for pin in manifest["pins"]] == ["sda.a", "sda.b"]
    assert [pin["snapshot_id"] for pin in manifest["pins"]] == [
        two.snapshots(name)[0]["snapshot_id"] for name in ("sda.a", "sda.b")
    ]
    text = two.replay("query", "--tables", "sda.a,sda.b", "--at", two.instant).text
    assert "sda.a" in text and str(manifest["pins"][1]["snapshot_id"]) in text


def test_pins_are_used_again_by_any_query(two):
    two.replay("query", "--tables", "sda.a,sda.b", "--at", two.instant, "--save-pins", "pins.json")
    two.table("alter", "sda.a", "rename-column", "id", "number")
    assert rows_of(two, "sda.a", "--pins", "pins.json") == [1]
    assert rows_of(two, "sda.b", "--pins", "pins.json", "--where", "id > 5") == [10]
    explained = two.replay("query", "sda.b", "--pins", "pins.json", "--explain", "--format", "json").json
    assert explained["target"] == two.instant
    two.table("create", "sda.c", "--like", "one.arrow")
    assert "does not pin the table sda.c" in two.replay("query", "sda.c", "--pins", "pins.json", exits=FAILED).err


def test_the_rows_of_several_tables_go_to_a_folder(two):
    two.replay("query", "--tables", "sda.a,sda.b", "--at", two.instant, "-o", "rows/")
    folder = two.folder / "rows"
    assert sorted(path.name for path in folder.iterdir()) == ["pins.json", "sda.a.parquet", "sda.b.parquet"]
    assert pq.read_table(folder / "sda.a.parquet")["id"].to_pylist() == [1]
    assert pq.read_table(folder / "sda.b.parquet")["id"].to_pylist() == [10]
    two.replay("query", "--tables", "sda.a,sda.b", "--pins", "rows/pins.json", "-o", "again/", "--format", "csv")
    assert (two.folder / "again" / "sda.b.csv").read_text() == "id\n10\n"
    assert "holds files" in two.replay("query", "--tables", "sda.a", "-o", "rows/", exits=FAILED).err


@pytest.mark.parametrize("arguments, says", [
    ((), "NAME is required"),
    (("sda.a", "--tables", "sda.b"), "exclude each other"),
    (("--tables", "sda.a,sda.b", "--ref", "main"), "--at"),
    (("--tables", "sda.a,sda.b", "--where", "id = 1"), "-o DIR/"),
    (("--tables", "sda.a,sda.b", "-o", "rows.csv"), "-o DIR/"),
    (("sda.a", "--pins", "pins.json", "--at", "-1h"), "--pins"),
    (("sda.a", "--max-file-bytes", "1MiB", "-o", "rows.csv"), "-o DIR/"),
    (("sda.a", "--deadline", "0"), "--deadline"),
])
def test_refuses_what_makes_no_sense_together(two, arguments, says):
    assert says in two.replay("query", *arguments, exits=USAGE).err


def test_a_table_that_cannot_be_pinned_is_named(two):
    assert "sda.gone" in two.replay("query", "--tables", "sda.a,sda.gone", exits=NOT_FOUND).err
    assert "sda.b: " in two.replay("query", "--tables", "sda.b,sda.a", "--at", "2020-01-01T00:00:00Z", exits=NOT_FOUND).err


# Order


def test_rows_come_by_time_in_every_format(observations):
    """The table is partitioned by mission and day: its files overlap in time."""
    observations.table("append", NAME, observations.telemetry("more.arrow", seed=2))
    times = [line["sample_timestamp_ns"] for line in
             observations.replay("query", NAME, "--ordered", "--format", "jsonl", "--columns", "sample_timestamp_ns").lines]
    assert len(times) == 2000 and times == sorted(times)
    for form in ("arrow", "parquet", "csv", "json", "jsonl", "table", "markdown"):
        observations.replay("query", NAME, "--ordered", "--format", form, "-o", f"rows.{form}")
    found = pq.read_table(observations.folder / "rows.parquet")
    assert found["sample_timestamp_ns"].to_pylist() == sorted(found["sample_timestamp_ns"].to_pylist())
    with pa.ipc.open_stream(str(observations.folder / "rows.arrow")) as stream:
        assert stream.read_all()["sample_timestamp_ns"].equals(found["sample_timestamp_ns"])
    limited = observations.replay("query", NAME, "--ordered", "--limit", "5", "--format", "jsonl").lines
    assert [line["sample_timestamp_ns"] for line in limited] == times[:5]


def test_another_column_orders_rows(two):
    lines = two.replay("query", "sda.a", "--ordered=id", "--format", "jsonl").lines
    assert [line["id"] for line in lines] == [1, 2]
    assert "did you mean 'id'" in two.replay("query", "sda.a", "--ordered=ID", exits=FAILED).err
    assert "no time column" in two.replay("query", "sda.a", "--ordered", exits=FAILED).err


# Folders


@pytest.mark.parametrize("form, reader", [
    ("csv", lambda path: [int(line.split(",")[0]) for line in path.read_text().splitlines()[1:]]),
    ("jsonl", lambda path: [json.loads(line)["id"] for line in path.read_text().splitlines()]),
    ("json", lambda path: [row["id"] for row in json.loads(path.read_text())]),
    ("parquet", lambda path: pq.read_table(path)["id"].to_pylist()),
    ("arrow", lambda path: pa.ipc.open_stream(str(path)).read_all()["id"].to_pylist()),
])
def test_large_results_go_to_several_files(shell, form, reader):
    count = 20_000
    # Text that does not compress.
    text = [str(random.Random(number).random()) for number in range(count)]
    path = shell.write_arrow("many.arrow", pa.table({"id": range(count), "text": text}))
    shell.table("create", "sda.many", "--like", path)
    shell.table("append", "sda.many", path)
    shell.replay("query", "sda.many", "--format", form, "-o", "rows/", "--max-file-bytes", "100KiB")
    folder = shell.folder / "rows"
    parts = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    assert len(parts) > 1
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.jsonl"] + [part["path"] for part in parts]
    found = []
    for part in parts:
        rows = reader(folder / part["path"])
        assert (len(rows), (folder / part["path"]).stat().st_size) == (part["rows"], part["bytes"])
        assert part["bytes"] < 400 * 1024
        found += rows
    assert sorted(found) == list(range(count))


def test_an_empty_result_is_one_part(two):
    two.replay("query", "sda.a", "--where", "id = 99", "-o", "rows/")
    assert (two.folder / "rows" / "manifest.jsonl").read_text().count("\n") == 1
    assert pq.read_table(two.folder / "rows" / "part-00000.parquet").num_rows == 0


# Deadlines and plans


def test_a_deadline_ends_a_query_with_its_own_outcome(observations):
    result = observations.replay("query", NAME, "--deadline", "0.0001", "--format", "csv", "-o", "rows.csv", exits=FAILED)
    assert "deadline" in result.err and not (observations.folder / "rows.csv").exists()
    assert len(observations.replay("query", NAME, "--deadline", "60", "--format", "jsonl").lines) == 1000


def test_a_deadline_that_passes_while_rows_are_read_is_told(observations):
    """A reader that dawdles: the pipe is full, the rows are not all out."""
    arguments = ("query", NAME, "--deadline", "1.5", "--format", "jsonl", "--log", "events.jsonl")
    process = observations.start("artemis-replay", *arguments)
    time.sleep(2)
    out, err = process.communicate(timeout=60)
    assert process.returncode == FAILED and b"deadline" in err and out.count(b"\n") <= 1000
    events = [json.loads(line) for line in (observations.folder / "events.jsonl").read_text().splitlines()]
    assert [event["event"] for event in events] == ["plan", "replay"]
    assert events[1]["outcome"] == "deadline"


def test_the_same_replay_gives_the_same_plan(observations):
    """Byte for byte but for the time it took, in ten runs, with other specs coming in between."""
    observations.table("append", NAME, observations.telemetry("more.arrow", seed=2))
    at = observations.snapshots(NAME)[-1]["committed_at"]
    asked = ("query", NAME, "--at", at, "--where", "payload_id < 104 AND mission_id IS NOT NULL", "--explain", "--format", "json")

    def plan():
        text = observations.replay(*asked).text
        took = json.loads(text)["plan_us"]
        return text.replace(f'"plan_us":{took}', '"plan_us":0')

    first = plan()
    assert json.loads(first)["files_total"] > 1
    observations.table("alter", NAME, "set-partition", "payload_id")
    observations.table("append", NAME, "rows.arrow")
    for _ in range(9):
        assert plan() == first
