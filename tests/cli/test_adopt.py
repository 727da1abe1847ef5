"""artemis-table commit: Parquet files of pyarrow, DuckDB and artemis-write, read back by replay, SQL and PyIceberg."""

import datetime
import decimal
import json
import threading

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.catalog.sql import SqlCatalog

from shell import FAILED, NOT_FOUND, USAGE

DAY = datetime.datetime(2024, 3, 15)
SCHEMA = pa.schema([("mission_id", pa.string()), ("ts", pa.timestamp("us")), ("n", pa.int64())])


def rows(mission, day, numbers):
    count = len(numbers)
    times = [DAY + datetime.timedelta(days=day, seconds=second) for second in range(count)]
    return pa.table({"mission_id": [mission] * count, "ts": pa.array(times, pa.timestamp("us")),
                     "n": pa.array(numbers, pa.int64())}, SCHEMA)


def write(shell, name, table, **options):
    path = shell.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, **options)
    return str(path)


@pytest.fixture
def table(shell):
    """sda.t, partitioned by mission and day, without rows."""
    schema = {"type": "struct", "schema-id": 0, "fields": [
        {"id": 1, "name": "mission_id", "required": False, "type": "string"},
        {"id": 2, "name": "ts", "required": False, "type": "timestamp"},
        {"id": 3, "name": "n", "required": False, "type": "long"}]}
    (shell.folder / "schema.json").write_text(json.dumps(schema))
    shell.table("create", "sda.t", "--schema", "schema.json", "--partition", "mission_id, day(ts) as day")
    return shell


def commit(shell, *arguments, **options):
    return shell.table("commit", "sda.t", *arguments, "--format", "json", **options).json


def numbers(shell):
    """n of every row, by each of the readers; they must agree."""
    query = ("query", "sda.t", "--ref", "main", "--columns", "mission_id,n", "--format", "jsonl")
    replayed = sorted((row["mission_id"], row["n"]) for row in shell.replay(*query).lines)
    asked = shell.sql("SELECT mission_id, n FROM artemis.sda.t", "--format", "jsonl").lines
    assert sorted((row["mission_id"], row["n"]) for row in asked) == replayed
    scanned = pyiceberg(shell).scan(selected_fields=("mission_id", "n")).to_arrow().to_pylist()
    assert sorted((row["mission_id"], row["n"]) for row in scanned) == replayed
    return replayed


def pyiceberg(shell):
    folder = shell.warehouse
    catalog = SqlCatalog("artemis", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}")
    return catalog.load_table("sda.t")


def test_commits_files_of_pyarrow_from_standard_input(table):
    paths = [write(table, f"in/{day}.parquet", rows("apollo-7", day, [day])) for day in range(3)]
    done = commit(table, input="\n".join(paths).encode() + b"\n\n")
    assert (done["operation"], done["files_added"], done["rows_added"]) == ("append", 3, 3)
    assert done["name_mapping_changed"] is True and done["files_skipped"] == 0 and done["already_done"] is False
    assert done["snapshot_id"] == table.info("sda.t")["current_snapshot_id"]
    assert numbers(table) == [("apollo-7", 0), ("apollo-7", 1), ("apollo-7", 2)]
    # Planning sees the partitions that the bounds gave.
    plan = pyiceberg(table).scan(row_filter="ts < '2024-03-16T00:00:00'").plan_files()
    assert [task.file.file_path for task in plan] == [f"file://{paths[0]}"]
    listed = pyiceberg(table).inspect.files().to_pylist()
    assert sorted(file["file_size_in_bytes"] for file in listed) == sorted(
        (table.folder / f"in/{day}.parquet").stat().st_size for day in range(3))


def test_commits_hive_folders_of_duckdb(table):
    source = table.folder / "hive"
    duckdb.sql(f"""COPY (SELECT 'apollo/' || (i % 2) AS mission_id, TIMESTAMP '2024-03-15 07:00:00' AS ts, i AS n
                         FROM range(6) t(i)) TO '{source}' (FORMAT parquet, PARTITION_BY (mission_id))""")
    done = commit(table, source)
    assert (done["files_added"], done["rows_added"]) == (2, 6)
    assert numbers(table) == [("apollo/0", 0), ("apollo/0", 2), ("apollo/0", 4),
                              ("apollo/1", 1), ("apollo/1", 3), ("apollo/1", 5)]
    # The mission is in no file: it prunes, and filters, by the partition.
    found = table.sql("SELECT count(*) AS c FROM artemis.sda.t WHERE mission_id = 'apollo/1'", "--format", "jsonl")
    assert found.lines == [{"c": 3}]
    where = ("--where", "mission_id = 'apollo/1' AND n > 1", "--format", "jsonl")
    assert len(table.replay("query", "sda.t", "--ref", "main", *where).lines) == 2


def test_commits_iceberg_files_of_artemis_write(table):
    arrow = table.write_arrow("a.arrow", rows("gemini-4", 0, [7, 8]))
    table.run("artemis-write", arrow, "-o", "a.parquet", "--iceberg")
    done = commit(table, "a.parquet")
    assert done["files_added"] == 1 and done["name_mapping_changed"] is False
    assert numbers(table) == [("gemini-4", 7), ("gemini-4", 8)]


def test_refuses_archive_files_and_names_append(shell):
    path = shell.telemetry("rows.arrow", 100)
    shell.table("create", "sda.observations", "--canonical")
    shell.run("artemis-write", path, "-o", "archive.parquet")
    refused = shell.table("commit", "sda.observations", "archive.parquet", exits=FAILED)
    assert "artemis-table append" in refused.err and "archive.parquet" in refused.err
    shell.run("artemis-write", path, "-o", "conforming.parquet", "--iceberg")
    shell.table("commit", "sda.observations", "conforming.parquet")
    assert shell.sql("SELECT count(*) AS c FROM artemis.sda.observations", "--format", "jsonl").lines == [{"c": 100}]


@pytest.mark.parametrize("column, values, expected", [
    ("n", pa.array([1], pa.uint64()), "unsigned columns"),
    ("n", pa.array([1], pa.uint8()), "unsigned columns"),
    ("ts", pa.array([DAY], pa.timestamp("ns")), "nanoseconds as microseconds"),
    ("n", pa.array([1.5], pa.float64()), "column n is double in the file: expected long"),
    ("ts", pa.array([DAY], pa.timestamp("us", "UTC")), "expected timestamp"),
    ("misson_id", pa.array(["x"]), "(did you mean 'mission_id'?)"),
])
def test_refuses_what_does_not_fit_by_name(table, column, values, expected):
    path = write(table, "x.parquet", pa.table({column: values}))
    refused = table.table("commit", "sda.t", path, exits=FAILED)
    assert expected in refused.err and path in refused.err
    assert table.snapshots("sda.t") == []


def test_refuses_a_file_of_two_partitions_naming_both(table):
    mixed = pa.concat_tables([rows("apollo-7", 0, [1]), rows("apollo-7", 1, [2])])
    refused = table.table("commit", "sda.t", write(table, "x.parquet", mixed), exits=FAILED)
    assert "day=2024-03-15 and day=2024-03-16" in refused.err


def test_reads_rows_where_a_file_has_no_statistics(table):
    path = write(table, "x.parquet", rows("apollo-7", 0, [1, 2]), write_statistics=False)
    commit(table, path)
    assert numbers(table) == [("apollo-7", 1), ("apollo-7", 2)]


def test_says_in_a_dry_run_what_would_be_done(table):
    good = write(table, "in/a.parquet", rows("apollo-7", 0, [1, 2]))
    empty = write(table, "in/b.parquet", rows("apollo-7", 0, []))
    refused = write(table, "in/c.parquet", pa.table({"volts": [1.5]}))
    done = table.table("commit", "sda.t", "in", "--dry-run", "--format", "json", exits=FAILED)
    facts = done.json
    assert facts["dry_run"] is True
    assert (facts["files_added"], facts["rows_added"], facts["files_skipped"], facts["files_refused"]) == (1, 2, 1, 1)
    by_path = {file["path"]: file for file in facts["files"]}
    assert list(by_path) == [f"file://{path}" for path in (good, empty, refused)]
    assert by_path[f"file://{good}"]["action"] == "add"
    assert by_path[f"file://{good}"]["partition"] == "mission_id=apollo-7/day=2024-03-15"
    assert by_path[f"file://{good}"]["rows"] == 2
    assert by_path[f"file://{empty}"]["action"] == "skip_empty"
    assert by_path[f"file://{refused}"]["reason"] == "column volts is not in the table"
    assert table.snapshots("sda.t") == []
    assert "volts" in table.table("commit", "sda.t", "in", exits=FAILED).err
    assert table.snapshots("sda.t") == []


def test_refuses_or_skips_files_that_the_table_holds(table):
    a = write(table, "in/a.parquet", rows("apollo-7", 0, [1]))
    commit(table, a)
    b = write(table, "in/b.parquet", rows("apollo-7", 1, [2]))
    assert "it is in the table" in table.table("commit", "sda.t", "in", exits=FAILED).err
    done = commit(table, "in", "--skip-existing")
    assert (done["files_added"], done["files_skipped"]) == (1, 1)
    again = commit(table, a, b, "--skip-existing")
    assert (again["files_added"], again["files_skipped"], again["snapshot_id"]) == (0, 2, None)
    assert len(table.snapshots("sda.t")) == 2


def test_does_nothing_the_second_time_with_the_same_key(table):
    path = write(table, "a.parquet", rows("apollo-7", 0, [1]))
    first = commit(table, path, "--once", "night-7")
    second = commit(table, path, "--once", "night-7")
    assert second["already_done"] is True and second["snapshot_id"] == first["snapshot_id"]
    assert numbers(table) == [("apollo-7", 1)]


def test_commits_nothing_that_could_not_be_synced(table):
    path = write(table, "a.parquet", rows("apollo-7", 0, [1]))
    faults = {"ARTEMIS_TEST_FAULT": "SyncFile:1:fail"}
    arguments = ("table", "commit", "sda.t", path)
    assert "SyncFile" in table.run("artemis-testing", *arguments, env=faults, exits=FAILED).err
    assert table.snapshots("sda.t") == []
    table.run("artemis-testing", *arguments)
    assert numbers(table) == [("apollo-7", 1)]


def test_asks_for_paths_that_are_there(table):
    assert table.table("commit", "sda.t", exits=USAGE).err.count("paths") == 1
    assert "gone.parquet" in table.table("commit", "sda.t", "gone.parquet", exits=NOT_FOUND).err
    (table.folder / "empty").mkdir()
    assert "no files named *.parquet" in table.table("commit", "sda.t", "empty", exits=FAILED).err
    table.table("commit", "sda.none", "gone.parquet", exits=NOT_FOUND)


def test_keeps_reading_after_a_rename_and_adopts_files_of_both_names(table):
    commit(table, write(table, "a.parquet", rows("apollo-7", 0, [1])))
    table.table("alter", "sda.t", "rename-column", "n", "number")
    commit(table, write(table, "b.parquet", rows("apollo-7", 0, [2]).rename_columns(["mission_id", "ts", "number"])))
    commit(table, write(table, "c.parquet", rows("apollo-7", 0, [3])))
    found = table.replay("query", "sda.t", "--ref", "main", "--columns", "number", "--format", "jsonl").lines
    assert sorted(row["number"] for row in found) == [1, 2, 3]
    scanned = pyiceberg(table).scan(selected_fields=("number",)).to_arrow()
    assert sorted(scanned["number"].to_pylist()) == [1, 2, 3]


def test_several_commit_at_once(table):
    """Each adds its own files; none is lost, none is doubled."""
    folders = []
    for writer in range(4):
        for day in range(3):
            write(table, f"w{writer}/{day}.parquet", rows("apollo-7", day, [10 * writer + day]))
        folders.append(f"w{writer}")
    threads = [threading.Thread(target=commit, args=(table, folder)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(table) == [("apollo-7", 10 * writer + day) for writer in range(4) for day in range(3)]
    assert len(table.snapshots("sda.t")) == 4


def test_reads_every_type_of_a_file_without_ids(shell):
    """Narrower types, other storage, nested columns: the values come back, to replay, SQL and PyIceberg."""
    types = {"b": "boolean", "i": "int", "l": "long", "f": "float", "d": "double", "n": "decimal(18, 2)", "day": "date",
             "t": "time", "ts": "timestamp", "tz": "timestamptz", "s": "string", "cat": "string", "x": "binary",
             "fx": "fixed[4]", "u": "uuid"}
    fields = [{"id": i, "name": name, "required": False, "type": types[name]} for i, name in enumerate(types, 1)]
    fields += [
        {"id": 20, "name": "p", "required": False, "type": {"type": "struct", "fields": [
            {"id": 21, "name": "lat", "required": False, "type": "double"},
            {"id": 22, "name": "lon", "required": False, "type": "double"}]}},
        {"id": 23, "name": "tags", "required": False,
         "type": {"type": "list", "element-id": 24, "element": "string", "element-required": False}},
        {"id": 25, "name": "m", "required": False,
         "type": {"type": "map", "key-id": 26, "key": "string", "value-id": 27, "value": "long", "value-required": False}}]
    (shell.folder / "types.json").write_text(json.dumps({"type": "struct", "schema-id": 0, "fields": fields}))
    shell.table("create", "sda.t", "--schema", "types.json")
    time = datetime.time(7, 0, 0, 5000)
    columns = {
        "b": pa.array([True, None]), "i": pa.array([-5, None], pa.int8()), "l": pa.array([7, None], pa.int32()),
        "f": pa.array([1.5, None], pa.float32()), "d": pa.array([2.5, None], pa.float32()),
        "n": pa.array([decimal.Decimal("-1.25"), None], pa.decimal128(5, 2)),
        "day": pa.array([DAY.date(), None]), "t": pa.array([time, None], pa.time64("us")),
        "ts": pa.array([DAY, None], pa.timestamp("ms")), "tz": pa.array([DAY, None], pa.timestamp("us", "UTC")),
        "s": pa.array(["a", None], pa.large_string()), "cat": pa.array(["c", None]).dictionary_encode(),
        "x": pa.array([b"\x00\xff", None]), "fx": pa.array([b"abcd", None], pa.binary(4)),
        "u": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes(range(16)), None], pa.binary(16))),
        "p": pa.array([{"lon": 1.0, "lat": 2.0}, None], pa.struct([("lon", pa.float32()), ("lat", pa.float64())])),
        "tags": pa.array([["x", None], None], pa.large_list(pa.string())),
        "m": pa.array([[("k", 5)], None], pa.map_(pa.string(), pa.int32()))}
    path = write(shell, "types.parquet", pa.table(columns))
    shell.table("commit", "sda.t", path)
    expected = {"b": True, "i": -5, "l": 7, "f": 1.5, "d": 2.5, "n": decimal.Decimal("-1.25"), "day": DAY.date(),
                "t": time, "ts": DAY, "s": "a", "cat": "c", "x": b"\x00\xff", "fx": b"abcd", "p": {"lat": 2.0, "lon": 1.0},
                "tags": ["x", None], "m": [("k", 5)]}
    arrow = ("--format", "arrow")
    tables = [pa.ipc.open_stream(shell.replay("query", "sda.t", "--ref", "main", *arrow).out).read_all(),
              pa.ipc.open_stream(shell.sql("SELECT * FROM artemis.sda.t", *arrow).out).read_all(),
              pyiceberg(shell).scan().to_arrow()]
    for found in tables:
        rows_found = sorted(found.to_pylist(), key=lambda row: row["b"] is None)
        assert {name: rows_found[0][name] for name in expected} == expected
        assert rows_found[0]["tz"].timestamp() == DAY.replace(tzinfo=datetime.timezone.utc).timestamp()
        assert all(value is None for value in rows_found[1].values())
    # The milliseconds of ts are microseconds in its bounds.
    for condition, files in (("ts = '2024-03-15T00:00:00'", 1), ("ts > '2024-03-15T00:00:00'", 0), ("l < 7", 0)):
        assert len(list(pyiceberg(shell).scan(row_filter=condition).plan_files())) == files, condition
