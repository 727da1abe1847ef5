"""Every transform of every source type, by every writer: the partition tuples are the same, and a filter on the source
finds the same rows whoever wrote the file and whoever reads it.

lab.tuples has one column for each pair of transform and source type, and one partition field on each of them. A row is
a file of its own, so that a field that is wrong in one of them hides a row, or opens a file too many.
"""

import dataclasses
import datetime
import decimal
import json
import pathlib
import struct
import sys
import uuid

import pyarrow as pa
import pytest
from pyiceberg import expressions
from pyiceberg.expressions import literals

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from programs import EXIT_FAILED  # noqa: E402
from support import kinds  # noqa: E402

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)


def _days(*texts):
    return [(datetime.date.fromisoformat(text) - EPOCH.date()).days for text in texts]


def _micros(*texts):
    moments = [datetime.datetime.fromisoformat(text) for text in texts]
    return [(moment - EPOCH) // datetime.timedelta(microseconds=1) for moment in moments]


MOMENTS = _micros(
    *("1900-02-28T23:59:59.999999", "1969-11-30T23:00:00", "1969-12-31T23:59:59.999999"),
    *("1970-01-01T00:00:00", "2024-02-29T12:30:00.000001", "2100-12-31T23:00:00"),
)

# Six values of each type in ascending order, around zero: plain values, as tests/support/kinds.py has them.
VALUES = {
    "boolean": [False, True, False, True, False, True],
    "int": [-1000000007, -10, -1, 0, 7, 1000000007],
    "long": [-(10**15) - 7, -10, -1, 0, 7, 10**15 + 7],
    "float": [-(2.0**100), -2.5, -0.25, 0.0, 0.25, 2.0**100],
    "double": [-1.5e300, -2.5, -0.25, 0.0, 0.25, 1.5e300],
    "decimal(9, 2)": [decimal.Decimal(n).scaleb(-2) for n in (-12345678, -51, -1, 0, 49, 999999999)],
    "decimal(38, 10)": [decimal.Decimal(n).scaleb(-10) for n in (-(10**30) - 7, -51, -1, 0, 49, 10**30 + 7)],
    "date": _days("1900-02-28", "1969-11-30", "1969-12-31", "1970-01-01", "2024-02-29", "2100-12-31"),
    "time": [0, 1, 3_600_000_000, 43_200_000_000, 43_200_000_001, 86_399_999_999],
    "timestamp": MOMENTS,
    "timestamptz": MOMENTS,
    "string": ["", "a", "abc", "abcd", "münchen \U0001f680 x", "z/=%"],
    "uuid": [uuid.UUID(int=n).bytes for n in (0, 1, 2**64, 2**100, 2**127, 2**128 - 1)],
    "fixed[4]": [b"\0\0\0\0", b"\0\0\0\1", b"abcd", b"abce", b"\x7f\xff\0\0", b"\xff\xff\xff\xff"],
    "binary": [b"", b"\0", b"abc", b"abcd", b"\x7f\xff\0\0\0", b"\xff" * 9],
}
# The same decimals with another width. PyIceberg reads no manifest of Java in which two partition fields are of one
# decimal type: Avro's second mention of a type is by its name.
VALUES |= {"decimal(11, 2)": VALUES["decimal(9, 2)"], "decimal(37, 10)": VALUES["decimal(38, 10)"]}
NUMBERS = ["int", "long", "decimal(11, 2)", "decimal(37, 10)"]
MOMENT_TYPES = ["timestamp", "timestamptz"]
SOURCES = {
    "identity": [kind for kind in VALUES if kind not in ("time", "uuid", "fixed[4]", *NUMBERS[2:])],
    "bucket": [*NUMBERS, "date", *MOMENT_TYPES, "string", "uuid", "fixed[4]", "binary"],
    "truncate": [*NUMBERS, "string", "binary"],
    "year": ["date", *MOMENT_TYPES],
    "month": ["date", *MOMENT_TYPES],
    "day": ["date", *MOMENT_TYPES],
    "hour": MOMENT_TYPES,
    "void": ["int", "string"],
}
ARGUMENTS = {"bucket": "bucket(5, {})", "truncate": "truncate(3, {})", "identity": "{} as {}_part"}


@dataclasses.dataclass(frozen=True)
class Column:
    name: str
    transform: str
    kind: kinds.Kind
    # Null first.
    values: tuple

    @property
    def term(self):
        text = ARGUMENTS.get(self.transform, self.transform + "({})").format(self.name, self.name)
        return text if " as " in text else f"{text} as {self.name}_part"


def _column(transform, text):
    name = f"{transform}_" + text.replace("(", "_").replace(", ", "_").rstrip(")").replace("[", "_").rstrip("]")
    return Column(name, transform, kinds.kind(text.replace(", ", ",")), (None, *VALUES[text]))


COLUMNS = [_column(transform, text) for transform, texts in SOURCES.items() for text in texts]
# Each table with who writes it: Spark has no time of day, PyIceberg does not write partitions of times and UUIDs, and
# what Java makes of a fixed partition is not Avro (apache/iceberg#17501).
TABLES = {
    "tuples": (COLUMNS, ["ours", "pyiceberg", "spark"]),
    "clock": ([_column(transform, "time") for transform in ("identity", "bucket", "void")], ["ours"]),
    "tokens": ([_column("identity", "uuid")], ["ours", "spark"]),
    "codes": ([_column("identity", "fixed[4]")], ["ours", "pyiceberg"]),
}
ROWS = 7


def _rows(columns, writer):
    arrays = {"id": pa.array(range(ROWS), pa.int64()), "writer": pa.array([writer] * ROWS)}
    arrays |= {c.name: kinds.to_arrow(c.kind, c.values) for c in columns}
    return pa.table(arrays)


def _create(lab, name, columns):
    schema = [["id", "long"], ["writer", "string"], *([c.name, c.kind.text] for c in columns)]
    # Fanout writers do not sort first.
    lab.create(
        name, schema, "--partition", ", ".join(c.term for c in columns),
        *("--property", "write.spark.fanout.enabled=true", "--property", "write.distribution-mode=none"),
    )  # fmt: skip


def _pyiceberg_append(lab, name, rows):
    lab.catalog.load_table(f"lab.{name}").append(rows)


@pytest.fixture(scope="module")
def lab(labs):
    lab = labs("transforms")
    for name, (columns, writers) in TABLES.items():
        _create(lab, name, columns)
        lab.append(name, _rows(columns, "ours"))
        if "pyiceberg" in writers:
            lab.catalog.load_table(f"lab.{name}").append(_rows(columns, "pyiceberg"))
        if "spark" in writers:
            names = ", ".join(c.name for c in columns)
            lab.sql(f"INSERT INTO lab.{name} SELECT id, 'spark', {names} FROM lab.{name} WHERE writer = 'ours'")
    return lab


def _tuples(lab, name):
    """The partition of each file by its writer and row: a dict from column to value."""
    columns, _ = TABLES[name]
    found = {}
    for task in lab.catalog.load_table(f"lab.{name}").scan().plan_files():
        file = task.file
        assert file.record_count == 1, "a row is a file of its own"
        (row,) = struct.unpack("<q", file.lower_bounds[1])
        found[file.lower_bounds[2].decode(), row] = {c.name: file.partition[i] for i, c in enumerate(columns)}
    return found


@pytest.fixture(scope="module")
def tuples(lab):
    return {name: _tuples(lab, name) for name in TABLES}


@pytest.mark.parametrize("name", TABLES)
def test_all_writers_give_a_row_the_same_partition(tuples, name):
    columns, writers = TABLES[name]
    found = tuples[name]
    assert sorted(found) == sorted((writer, i) for writer in writers for i in range(ROWS))
    differences = []
    for column in columns:
        for i in range(ROWS):
            parts = {writer: found[writer, i][column.name] for writer in writers}
            if len({repr(part) for part in parts.values()}) > 1:
                differences.append(f"{column.name} of {column.values[i]!r}: {parts}")
            is_null = column.values[i] is None or column.transform == "void"
            assert (parts["ours"] is None) == is_null, column.name
    assert not differences, "\n".join(differences)


# ---- Filters ----


@dataclasses.dataclass(frozen=True)
class Case:
    column: Column
    op: str
    # Which of the column's values it compares with; 0 is the null.
    place: int

    @property
    def value(self):
        return self.column.values[self.place]

    def expected(self, writers):
        """(writer, id) of each row that matches."""
        compare = {"eq": lambda v: v == self.value, "lt": lambda v: v < self.value, "ge": lambda v: v >= self.value}
        values = self.column.values
        if self.op == "is_null":
            matching = [i for i in range(ROWS) if values[i] is None]
        else:
            matching = [i for i in range(ROWS) if values[i] is not None and compare[self.op](values[i])]
        return sorted((writer, i) for writer in writers for i in matching)

    def __str__(self):
        return f"{self.column.name} {self.op} {self.value!r}"

    def json(self):
        leaf = {"op": self.op, "column": self.column.name}
        return json.dumps(leaf if self.op == "is_null" else {**leaf, "value": kinds.json_value(self.column.kind, self.value)})

    def sql(self, literal):
        if self.op == "is_null":
            return f"{self.column.name} IS NULL"
        return f"{self.column.name} {dict(eq='=', lt='<', ge='>=')[self.op]} {literal(self.column.kind, self.value)}"


def _cases(columns, wanted):
    found = [Case(c, op, place) for c in columns for op, place in wanted]
    return [case for case in found if case.column.kind.name != "boolean" or case.place < 3 and case.op != "lt"]


FEW = [("eq", 3), ("lt", 4)]
MANY = [("eq", 1), ("eq", 2), ("eq", 3), ("eq", 6), ("lt", 3), ("lt", 4), ("ge", 3), ("ge", 5), ("is_null", 0)]


def _spark_literal(kind, value):
    if kind.name in ("date", "timestamp", "timestamptz"):
        text = kinds.moment_text(kind, value, " ", "Z")
        return {"timestamp": "TIMESTAMP_NTZ", "timestamptz": "TIMESTAMP"}.get(kind.name, "DATE") + f"'{text}'"
    if kind.name == "uuid":
        return f"'{uuid.UUID(bytes=value)}'"
    if kind.bytes_like:
        return f"X'{value.hex()}'"
    if kind.floating:
        return f"CAST('{value!r}' AS {kind.name.upper()})"
    if kind.name == "decimal":
        return f"CAST('{value:f}' AS {kind.text})"
    return kinds.sql_text(value) if kind.name == "string" else repr(value)


def _assert_found(found, cases, writers, reader):
    wrong = []
    for case in cases:
        rows = sorted(found.get(case, []))
        if rows != case.expected(writers):
            wrong.append(f"{case}: found {rows}, expected {case.expected(writers)}")
    assert not wrong, f"{reader}: {len(wrong)} of {len(cases)}\n" + "\n".join(wrong)


def _in_one_query(cases, table, literal):
    """Each filter is a scan of its own, and their rows come in one result."""
    parts = [f"SELECT {i} AS n, writer, id FROM {table} WHERE {case.sql(literal)}" for i, case in enumerate(cases)]
    return " UNION ALL ".join(parts)


def _by_case(table, cases):
    found = {}
    for row in table.to_pylist():
        found.setdefault(cases[row["n"]], []).append((row["writer"], row["id"]))
    return found


@pytest.mark.parametrize("name", TABLES)
def test_replay_finds_the_rows_of_every_writer(lab, name):
    columns, writers = TABLES[name]
    cases = _cases(columns, FEW)
    found = {}
    for case in cases:
        rows = lab.ours.replay(f"lab.{name}", "--ref", "main", "--where", case.json(), "--columns", "writer,id")
        found[case] = [(row["writer"], row["id"]) for row in rows.to_pylist()]
    _assert_found(found, cases, writers, "replay")


@pytest.mark.parametrize("name", TABLES)
def test_sql_finds_the_rows_of_every_writer(lab, name):
    columns, writers = TABLES[name]
    cases = _cases(columns, MANY)
    rows = lab.ours.sql(_in_one_query(cases, f"artemis.lab.{name}", kinds.sql_value))
    _assert_found(_by_case(rows, cases), cases, writers, "SQL")


# Where DuckDB's reader asks for another partition than the one that the specification puts the value in, and finds nothing:
# days and months before 1970, which it rounds towards zero, and buckets of UUIDs.
DUCKDB_LOSES = {"bucket_uuid", "month_timestamp", "month_timestamptz", "day_timestamp", "day_timestamptz"}


@pytest.mark.parametrize("name", ["tuples", "clock", "codes"])
def test_duckdb_finds_the_rows_of_every_writer(lab, duckdb_iceberg, name):
    columns, writers = TABLES[name]
    cases = _cases(columns, FEW)
    rows = duckdb_iceberg.query(_in_one_query(cases, f"iceberg_scan('{lab.path(name)}')", kinds.sql_value))
    found = _by_case(rows, cases)
    lost = {case.column.name for case in cases if case not in found}
    assert lost == DUCKDB_LOSES & {c.name for c in columns}
    _assert_found(found, [case for case in cases if case in found], writers, "DuckDB")


def test_bounds_of_uuids_in_the_order_of_java_lose_us_no_row(lab, duckdb_iceberg):
    """Java takes the halves of UUIDs for signed numbers, and so the summary of its manifest has those from 2^127 up below the
    others. DuckDB believes that, and Java cannot find what lies in bounds of ours."""
    (column,), writers = TABLES["tokens"]
    cases = _cases([column], MANY)
    rows = lab.ours.sql(_in_one_query(cases, "artemis.lab.tokens", kinds.sql_value))
    _assert_found(_by_case(rows, cases), cases, writers, "SQL")
    rows = duckdb_iceberg.query(_in_one_query(cases, f"iceberg_scan('{lab.path('tokens')}')", kinds.sql_value))
    assert _by_case(rows, cases)[Case(column, "eq", 3)] == [("ours", 3)]
    case = [Case(column, "eq", 3)]
    rows = lab.sql(_in_one_query(case, "lab.tokens", _spark_literal)).toArrow()
    assert _by_case(rows, case) == {case[0]: [("spark", 3)]}


def test_spark_finds_the_rows_of_every_writer(lab):
    columns, writers = TABLES["tuples"]
    # One for each column: a branch of the query costs Spark a tenth of a second and more.
    hashed = [c for c in columns if c.transform == "bucket"]
    cases = _cases(hashed, [("eq", 3)]) + _cases([c for c in columns if c not in hashed], [("lt", 4)])
    rows = lab.sql(_in_one_query(cases, "lab.tuples", _spark_literal)).toArrow()
    _assert_found(_by_case(rows, cases), cases, writers, "Spark")


def _pyiceberg_filter(case):
    value, kind = case.value, case.column.kind
    if kind.name == "date":
        value = literals.DateLiteral(value)
    elif kind.name == "time":
        value = literals.TimeLiteral(value)
    elif kind.name in ("timestamp", "timestamptz"):
        value = literals.TimestampLiteral(value)
    elif kind.name == "uuid":
        value = literals.UUIDLiteral(value)
    elif kind.name == "fixed":
        value = literals.FixedLiteral(value)
    compare = {"eq": expressions.EqualTo, "lt": expressions.LessThan}[case.op]
    return compare(case.column.name, value)


def _pyiceberg_found(lab, name, case):
    rows = lab.catalog.load_table(f"lab.{name}").scan(_pyiceberg_filter(case), selected_fields=("writer", "id")).to_arrow()
    return [(row["writer"], row["id"]) for row in rows.to_pylist()]


@pytest.mark.parametrize("name", ["tuples", "clock", "codes"])
def test_pyiceberg_finds_the_rows_of_every_writer(lab, name):
    columns, writers = TABLES[name]
    cases = [case for case in _cases(columns, FEW) if case.column.kind.name != "uuid"]
    _assert_found({case: _pyiceberg_found(lab, name, case) for case in cases}, cases, writers, "PyIceberg")


@pytest.mark.parametrize("name, column", [("tuples", "bucket_uuid"), ("tokens", "identity_uuid")])
def test_pyiceberg_does_not_filter_by_uuid(lab, name, column):
    (column,) = [c for c in TABLES[name][0] if c.name == column]
    with pytest.raises((pa.ArrowNotImplementedError, TypeError)):
        _pyiceberg_found(lab, name, Case(column, "lt", 4))


def test_a_fixed_partition_that_java_wrote_is_refused_and_not_misread(lab):
    column = _column("identity", "fixed[4]")
    _create(lab, "java_codes", [column])
    lab.sql("INSERT INTO lab.java_codes VALUES (1, 'spark', X'61626364')")
    _, said = lab.ours.run("artemis-replay", "query", "lab.java_codes", "--ref", "main", exit_code=EXIT_FAILED)
    assert "corrupt file" in said and "-m0.avro" in said
    with pytest.raises(Exception):
        lab.rows("pyiceberg", "java_codes")
    with pytest.raises(Exception):
        lab.rows("spark", "codes")


# ---- Pruning ----


PARTED = [(name, c) for name, (columns, _) in TABLES.items() for c in columns if c.transform != "void"]


@pytest.mark.parametrize("name, column", PARTED, ids=lambda part: getattr(part, "name", part))
def test_files_of_all_writers_are_dropped_by_their_partition(lab, tuples, name, column):
    """An equality keeps the partitions whose tuple its value has, and no other."""
    # A time after 1970: before it, the partition behind is kept, too, for writers that once rounded towards zero.
    case = Case(column, "eq", 5 if column.transform in ("year", "month", "day", "hour") else 3)
    parts = [part[column.name] for part in tuples[name].values()]
    wanted = tuples[name]["ours", case.place][column.name]
    files = lab.explain(name, case.json())["files"]
    by_partition = sum(file["reason"] == "dropped in pass 2 by its partition" for file in files)
    assert by_partition == sum(repr(part) != repr(wanted) for part in parts) > 0, files
    assert sum(file["kept"] for file in files) == len(case.expected(TABLES[name][1]))
