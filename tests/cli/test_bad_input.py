"""Bad input: one line that names what and where, the exit code, and the table as it was."""

import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shell import FAILED, NOT_FOUND, USAGE

NAME = "sda.observations"


def assert_one_line(result, program, *says):
    assert result.err.startswith(f"{program}: "), result.err
    assert result.err.count("\n") == 1, result.err
    for text in says:
        assert text in result.err, result.err


@pytest.fixture
def unchanged(observations):
    """Programs with a table; at the end, no file of the warehouse has come, gone or changed."""
    before = {path: pathlib.Path(path).read_bytes() for path in observations.files()}
    yield observations
    after = {path: pathlib.Path(path).read_bytes() for path in observations.files()}
    assert sorted(after) == sorted(before)
    assert after == before


def test_append_of_a_missing_file(unchanged):
    result = unchanged.table("append", NAME, "missing.arrow", exits=NOT_FOUND)
    assert_one_line(result, "artemis-table", "missing.arrow")


def test_append_of_a_file_that_is_neither_arrow_nor_parquet(unchanged):
    (unchanged.folder / "notes.txt").write_text("these are no rows\n")
    result = unchanged.table("append", NAME, "notes.txt", exits=FAILED)
    assert_one_line(result, "artemis-table", "notes.txt")


def test_append_of_an_empty_file(unchanged):
    (unchanged.folder / "empty.arrow").write_bytes(b"")
    result = unchanged.table("append", NAME, "empty.arrow", exits=FAILED)
    assert_one_line(result, "artemis-table", "empty.arrow", "empty")


def test_append_of_a_truncated_parquet_file(unchanged):
    with pa.OSFile(str(unchanged.folder / "rows.arrow")) as file:
        pq.write_table(pa.ipc.open_stream(file).read_all(), unchanged.folder / "rows.parquet")
    whole = (unchanged.folder / "rows.parquet").read_bytes()
    (unchanged.folder / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    result = unchanged.table("append", NAME, "cut.parquet", exits=FAILED)
    assert_one_line(result, "artemis-table", "cut.parquet")


def test_append_of_a_truncated_arrow_stream(unchanged):
    whole = (unchanged.folder / "rows.arrow").read_bytes()
    (unchanged.folder / "cut.arrow").write_bytes(whole[: len(whole) - 1000])
    result = unchanged.table("append", NAME, "cut.arrow", exits=FAILED)
    assert_one_line(result, "artemis-table", "cut.arrow")


def test_append_with_a_column_of_another_type(unchanged):
    with pa.OSFile(str(unchanged.folder / "rows.arrow")) as file:
        rows = pa.ipc.open_stream(file).read_all()
    place = rows.column_names.index("temperature_c")
    rows = rows.set_column(place, "temperature_c", rows.column(place).cast(pa.string()))
    result = unchanged.table("append", NAME, unchanged.write_arrow("bad.arrow", rows), exits=FAILED)
    assert_one_line(result, "artemis-table", "temperature_c", "double", "string")


def test_append_with_a_second_bad_file_writes_nothing_of_the_first(unchanged):
    (unchanged.folder / "notes.txt").write_text("these are no rows\n")
    unchanged.table("append", NAME, "rows.arrow", "notes.txt", exits=FAILED)


def test_append_with_an_unknown_column_names_its_neighbour(unchanged):
    with pa.OSFile(str(unchanged.folder / "rows.arrow")) as file:
        rows = pa.ipc.open_stream(file).read_all()
    names = ["misson_id" if name == "mission_id" else name for name in rows.column_names]
    result = unchanged.table("append", NAME, unchanged.write_arrow("bad.arrow", rows.rename_columns(names)), exits=FAILED)
    assert_one_line(result, "artemis-table", "misson_id", "mission_id")


with_where = pytest.mark.parametrize(
    "program, arguments",
    [
        ("artemis-table", ("delete", NAME, "--where")),
        ("artemis-table", ("overwrite", NAME, "rows.arrow", "--where")),
        ("artemis-replay", ("query", NAME, "--where")),
        ("artemis-replay", ("diff", NAME, "--from", "now", "--where")),
    ],
    ids=str,
)


@with_where
@pytest.mark.parametrize(
    "where", ["misson_id = 'x'", json.dumps({"op": "eq", "column": "misson_id", "value": "x"})], ids=["sql", "json"]
)
def test_an_unknown_column_in_a_predicate(unchanged, program, arguments, where):
    result = unchanged.run(program, *arguments, where, exits=FAILED)
    assert_one_line(result, program, "misson_id", "mission_id")


@with_where
@pytest.mark.parametrize("where", ["", " \n"], ids=["empty", "blank"])
def test_a_blank_predicate_does_not_take_all_rows(unchanged, program, arguments, where):
    """Of a variable that is not set, for instance."""
    result = unchanged.run(program, *arguments, where, exits=USAGE)
    assert_one_line(result, program, "--where: it is empty; for all rows write: true")


@pytest.mark.parametrize("limit", ["-1", "abc", "1.5", "9223372036854775808"])
def test_a_limit_is_a_whole_number(unchanged, limit):
    result = unchanged.replay("query", NAME, f"--limit={limit}", exits=USAGE)
    assert_one_line(result, "artemis-replay", f"--limit: '{limit}' is no whole number from 0;")


def test_a_value_of_another_type_in_a_predicate(unchanged):
    result = unchanged.table("delete", NAME, "--where", "payload_id = 'seven'", exits=FAILED)
    assert_one_line(result, "artemis-table", "payload_id", "seven")


@pytest.mark.parametrize("time", ["yesterday", "2024-13-01T00:00:00Z", "2024-03-15T07:00:00", "2099-01-01T00:00:00Z"])
def test_a_malformed_time(unchanged, time):
    result = unchanged.replay("query", NAME, "--at", time, exits=USAGE)
    assert_one_line(result, "artemis-replay", time)
    result = unchanged.table("rollback", NAME, "--to", time, exits=USAGE)
    assert_one_line(result, "artemis-table", time)


def test_an_unknown_column_to_show(unchanged):
    result = unchanged.replay("query", NAME, "--columns", "mission_id,temprature_c", exits=FAILED)
    assert_one_line(result, "artemis-replay", "temprature_c", "temperature_c")


def test_a_missing_table_names_its_neighbour(unchanged):
    result = unchanged.replay("query", "sda.observation", exits=NOT_FOUND)
    assert_one_line(result, "artemis-replay", "sda.observation", "sda.observations")
    assert_one_line(unchanged.table("info", "sda.absent", exits=NOT_FOUND), "artemis-table", "sda.absent")


def test_a_missing_snapshot_and_a_missing_ref(unchanged):
    assert_one_line(unchanged.replay("query", NAME, "--snapshot", 1, exits=NOT_FOUND), "artemis-replay", "1")
    assert_one_line(unchanged.replay("query", NAME, "--ref", "nightly", exits=NOT_FOUND), "artemis-replay", "nightly")
    assert_one_line(unchanged.table("rollback", NAME, "--snapshot", 1, exits=NOT_FOUND), "artemis-table", "1")


def test_create_of_a_table_that_is_there(unchanged):
    result = unchanged.table("create", NAME, "--canonical", exits=FAILED)
    assert_one_line(result, "artemis-table", NAME)


def test_sql_that_does_not_parse_and_sql_that_writes(unchanged):
    assert_one_line(unchanged.sql("SELEKT 1", exits=FAILED), "artemis-sql", "SELEKT")
    result = unchanged.sql(f"DELETE FROM artemis.{NAME}", "--read-only", exits=FAILED)
    assert_one_line(result, "artemis-sql", "may only read")
    result = unchanged.sql(f"INSERT INTO artemis.{NAME} (nosuch) VALUES (1)", exits=FAILED)
    assert_one_line(result, "artemis-sql", "nosuch")


def test_sql_of_a_missing_table_and_a_missing_snapshot(unchanged):
    assert_one_line(unchanged.sql("SELECT * FROM artemis.sda.observation", exits=NOT_FOUND), "artemis-sql", "observation")
    result = unchanged.sql(f"SELECT * FROM artemis.{NAME} AS OF SNAPSHOT 1", exits=NOT_FOUND)
    assert_one_line(result, "artemis-sql", "1")


def corrupt(shell, pattern, content=b"\x00 garbage", keep=0):
    """Damages the files of the table that match; returns their names."""
    names = []
    for path in sorted((shell.warehouse / "sda").rglob(pattern)):
        path.write_bytes(path.read_bytes()[:keep] + content)
        names.append(path.name)
    assert names
    return names


READS = [
    ("artemis-replay", "query", NAME),
    ("artemis-sql", "--query", f"SELECT sum(payload_id) FROM artemis.{NAME}"),
    ("artemis-table", "delete", NAME, "--where", "payload_id = 101"),
]


@pytest.mark.parametrize("command", READS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    "pattern, content, keep",
    [
        ("00001-*.metadata.json", b"{", 0),
        ("00001-*.metadata.json", b'{"format-version":2}', 0),
        ("snap-*.avro", b"\x00 garbage", 0),
        ("snap-*.avro", b"", 300),
        ("*-m0.avro", b"\x00 garbage", 0),
        ("*-m0.avro", b"", 300),
    ],
    ids=["metadata", "half metadata", "manifest list", "cut manifest list", "manifest", "cut manifest"],
)
def test_corrupt_metadata_is_named(observations, command, pattern, content, keep):
    names = corrupt(observations, pattern, content, keep)
    before = observations.files()
    result = observations.run(*command, exits=FAILED)
    assert_one_line(result, command[0])
    assert any(name in result.err for name in names), result.err
    assert observations.files() == before


@pytest.mark.parametrize("command", READS, ids=lambda command: command[0])
def test_a_corrupt_data_file_is_named(observations, command):
    names = corrupt(observations, "*.parquet", b"", 200)
    result = observations.run(*command, exits=FAILED)
    assert_one_line(result, command[0])
    assert any(name in result.err for name in names), result.err


def test_inspect_manifest_of_another_file(observations):
    result = observations.table("inspect-manifest", "rows.arrow", exits=FAILED)
    assert_one_line(result, "artemis-table", "rows.arrow")
    assert_one_line(observations.table("inspect-manifest", "absent.avro", exits=NOT_FOUND), "artemis-table", "absent.avro")
