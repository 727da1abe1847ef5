"""Every type, written by each of us and read by all the others, column by column."""

import json

import pyarrow as pa
import pytest

import type_samples
from judges import DuckDbError
from lab import READERS, iceberg_schema, like
from programs import EXIT_FAILED
from rows import assert_same_rows
from type_samples import NESTED, PRIMITIVES, TIME

SAMPLES = PRIMITIVES + NESTED
WRITERS = ["ours_v2", "ours_v3", "pyiceberg_v2", "spark_v2", "spark_v3", "spark_made"]


@pytest.fixture(scope="module")
def lab(labs):
    """Tables of all types but time, named by their writer; each holds the same rows."""
    lab = labs("types")
    expected = type_samples.rows(SAMPLES)
    for writer in WRITERS[:-1]:
        lab.create(writer, type_samples.schema(SAMPLES), "--format-version", writer[-1])
    for writer in ("ours_v2", "ours_v3"):
        lab.append(writer, expected)
    table = lab.catalog.load_table("lab.pyiceberg_v2")
    table.append(expected.cast(table.schema().as_arrow()))
    for version in ("v2", "v3"):
        lab.sql(f"INSERT INTO lab.spark_{version} SELECT * FROM lab.ours_{version}")
    lab.sql("CREATE TABLE lab.spark_made USING iceberg AS SELECT * FROM lab.ours_v2")
    return lab


# PyIceberg takes the offsets of lists and maps that hold structs, but not their nulls: it reads and writes "empty".
NULL_IS_EMPTY_IN_PYICEBERG = ["readings", "by_day"]


def _expected(writer, reader):
    rows = type_samples.rows(SAMPLES)
    if "pyiceberg" in (writer[: len("pyiceberg")], reader):
        for name in NULL_IS_EMPTY_IN_PYICEBERG:
            place = rows.column_names.index(name)
            values = [v if v is not None else [] for v in rows.column(place).to_pylist()]
            rows = rows.set_column(place, rows.schema.field(place), pa.array(values, rows.schema.field(place).type))
    return rows


def _differences(found, expected, samples):
    said = []
    for sample in samples:
        names = ["id", sample.name]
        try:
            assert_same_rows(found.select(names), expected.select(names), sample.name)
        except AssertionError as difference:
            said.append(str(difference))
    return said


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("writer", WRITERS)
def test_values_of_every_type_are_read_as_they_were_written(lab, writer, reader):
    expected = _expected(writer, reader)
    found = like(lab.rows(reader, writer), expected)
    assert found.column_names == expected.column_names
    said = _differences(found, expected, SAMPLES)
    assert not said, f"{writer} read by {reader}:\n" + "\n".join(said)


def test_the_samples_hold_every_type():
    names = [s.type if isinstance(s.type, str) else s.type["type"] for s in [*SAMPLES, TIME]]
    kinds = {name.partition("(")[0].partition("[")[0] for name in names}
    assert kinds == {
        *("boolean", "int", "long", "float", "double", "decimal", "date", "time", "timestamp", "timestamptz"),
        *("string", "uuid", "fixed", "binary", "struct", "list", "map"),
    }
    assert all(type_samples.ROWS > len(sample.values) for sample in [*SAMPLES, TIME]), "each value is in some row"


# ---- What only some of them know ----


@pytest.fixture(scope="module")
def clock(labs):
    """lab.clock has a time, written by us, then by PyIceberg."""
    lab = labs("clock")
    rows = type_samples.rows([TIME])
    lab.create("clock", type_samples.schema([TIME]))
    lab.append("clock", rows)
    table = lab.catalog.load_table("lab.clock")
    table.append(rows.cast(table.schema().as_arrow()))
    return lab, pa.concat_tables([rows, rows])


@pytest.mark.parametrize("reader", ["replay", "sql", "pyiceberg", "duckdb"])
def test_a_time_of_day_is_read_as_it_was_written(clock, reader):
    lab, expected = clock
    assert_same_rows(lab.rows(reader, "clock"), expected, reader)


def test_spark_opens_no_table_with_a_time_of_day(clock):
    lab, _ = clock
    with pytest.raises(Exception, match="time"):
        lab.rows("spark", "clock")


@pytest.fixture(scope="module")
def nanos(labs):
    """lab.nanos has times to the nanosecond, with and without a zone."""
    lab = labs("nanos")
    # The last two lie a nanosecond within what 64 bits hold: the ends themselves are infinite to DuckDB.
    ticks = [None, 0, -1, 1, 2**63 - 2, -(2**63) + 2]
    plain = pa.array(ticks, pa.int64())
    rows = pa.table(
        {
            "id": pa.array(range(len(ticks)), pa.int64()),
            "at": plain.cast(pa.timestamp("ns")),
            "sent": plain.cast(pa.timestamp("ns", "UTC")),
        }
    )
    path = lab.ours.write_arrow(rows)
    lab.ours.table("create", "lab.nanos", "--like", path, "--timestamps", "nanos")
    lab.ours.table("append", "lab.nanos", path)
    return lab, rows


def _ticks(table):
    return {
        name: [None if v is None else int(v) for v in table.sort_by("id").column(name).cast(pa.int64()).to_pylist()]
        for name in ("at", "sent")
    }


@pytest.mark.parametrize("reader", ["replay", "pyiceberg"])
def test_nanoseconds_are_read_as_they_were_written(nanos, reader):
    lab, expected = nanos
    assert _ticks(lab.rows(reader, "nanos")) == _ticks(expected)


def test_sql_cuts_zoned_nanoseconds_to_microseconds(nanos):
    lab, expected = nanos
    found = lab.rows("sql", "nanos")
    assert found.schema.field("sent").type == pa.timestamp("us", "UTC"), "DuckDB has no zoned nanoseconds"
    assert _ticks(found)["at"] == _ticks(expected)["at"]
    # Towards zero: what is left of a nanosecond before 1970 is 1970.
    whole = [None, 0, 0, 0, 2**63 // 1000, -(2**63 // 1000)]
    assert found.sort_by("id").column("sent").cast(pa.int64()).to_pylist() == whole


def test_duckdb_opens_nanoseconds_without_a_zone_only(nanos):
    lab, expected = nanos
    with pytest.raises(DuckDbError, match="timestamptz_ns"):
        lab.rows("duckdb", "nanos")
    plain = expected.select(["id", "at"])
    lab.ours.table("create", "lab.plain", "--like", lab.ours.write_arrow(plain), "--timestamps", "nanos")
    lab.append("plain", plain)
    found = lab.rows("duckdb", "plain").sort_by("id")
    assert found.column("at").cast(pa.int64()).to_pylist() == plain.column("at").cast(pa.int64()).to_pylist()


def test_spark_opens_no_table_with_nanoseconds(nanos):
    lab, _ = nanos
    with pytest.raises(Exception, match="(?i)timestamp_ns|unsupported"):
        lab.rows("spark", "nanos")


def test_a_variant_of_spark_is_refused_by_name(labs):
    lab = labs("variant")
    lab.sql("CREATE NAMESPACE lab")
    lab.sql("CREATE TABLE lab.loose (id BIGINT, facts VARIANT) USING iceberg TBLPROPERTIES ('format-version'='3')")
    lab.sql("INSERT INTO lab.loose VALUES (1, parse_json('{}'))")
    _, said = lab.ours.run("artemis-replay", "query", "lab.loose", "--ref", "main", exit_code=EXIT_FAILED)
    assert "variant" in said and "facts" in said
    # What does not touch the column is answered.
    stdout, _ = lab.ours.table("schema", "lab.loose")
    assert b"variant" in stdout


# Types that the specification has and no writer of ours makes.
@pytest.mark.parametrize(
    "kind",
    ["geometry", "geometry(srid:3857)", "geography", "geography(OGC:CRS84, karney)", "variant", "interval"],
)
def test_a_type_that_is_not_supported_is_refused_by_name(labs, kind):
    lab = labs("refused")
    path = lab.ours.scratch_path(".json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(iceberg_schema([["id", "long"], ["odd", kind]]), file)
    create = ("create", "lab.odd", "--schema", path, "--format-version", "3")
    _, said = lab.ours.table(*create, exit_code=EXIT_FAILED)
    assert kind.partition("(")[0] in said and "odd" in said


def test_a_column_of_unknown_type_is_null_to_all(labs):
    lab = labs("unknown")
    lab.create("empty", [["id", "long"], ["nothing", "unknown"]], "--format-version", "3")
    lab.append("empty", pa.table({"id": pa.array([1, 2], pa.int64())}))
    for reader in ("replay", "sql", "pyiceberg", "spark"):
        found = lab.rows(reader, "empty").sort_by("id")
        assert found.to_pydict() == {"id": [1, 2], "nothing": [None, None]}, reader
    with pytest.raises(DuckDbError, match="unknown"):
        lab.rows("duckdb", "empty")
