"""One table whose schema and partitioning all of us change in turn, and to which all append in between.

Each step changes the table by one hand and appends by another. A model in plain Python goes along: rows are dicts under
the names of today, and what it holds is what every reader must have. Of the types, lists of structs hold no null: PyIceberg
reads those as empty (test_types.py).
"""

import dataclasses
import decimal
import typing

import pyarrow as pa
import pytest
from pyiceberg.types import DecimalType, StringType

from lab import READERS, ids, only
from rows import assert_same_rows

SCHEMA = [
    {"name": "id", "type": "long", "required": True},
    ["a", "int"],
    ["ratio", "float"],
    ["price", "decimal(9, 2)"],
    ["name", "string"],
    [
        "point",
        {
            "type": "struct",
            "fields": [
                {"id": 101, "name": "x", "type": "double", "required": False},
                {"id": 102, "name": "frame", "type": "string", "required": False},
            ],
        },
    ],
    [
        "items",
        {
            "type": "list",
            "element-id": 103,
            "element-required": False,
            "element": {
                "type": "struct",
                "fields": [
                    {"id": 104, "name": "key", "type": "string", "required": False},
                    {"id": 105, "name": "n", "type": "int", "required": False},
                ],
            },
        },
    ],
]


def _value(kind, i):
    """The value of row `i` in a column of this type: a null now and then."""
    if pa.types.is_struct(kind):
        return None if i % 5 == 0 else {field.name: _value(field.type, i + 1) for field in kind}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [_value(kind.value_type, 5 * i + 1 + j) for j in range(i % 3)]
    if i % 4 == 0:
        return None
    if pa.types.is_integer(kind):
        return (-1) ** i * i * 1000
    if pa.types.is_floating(kind):
        return i / 4 - 3
    if pa.types.is_decimal(kind):
        return decimal.Decimal(i - 20).scaleb(-2)
    assert pa.types.is_string(kind) or pa.types.is_large_string(kind), kind
    return f"text {i % 3}"


# ---- Changes to the rows of the model ----


def _rename(old, new):
    return lambda row: {new if key == old else key: value for key, value in row.items()}


def _add(name):
    return lambda row: {**row, name: None}


def _drop(name):
    return lambda row: {key: value for key, value in row.items() if key != name}


def _same(row):
    return row


def _within(column, change):
    """A change of a struct's fields, or of those of a list's elements."""

    def changed(value):
        if isinstance(value, list):
            return [changed(element) for element in value]
        return None if value is None else change(value)

    return lambda row: {**row, column: changed(row[column])}


@dataclasses.dataclass
class Step:
    what: str
    # (lab) -> None
    alter: typing.Callable
    model: typing.Callable
    writer: str


def _ours(*arguments):
    return lambda lab: lab.alter("walk", *arguments)


def _spark(change):
    return lambda lab: lab.sql(f"ALTER TABLE lab.walk {change}")


def _pyiceberg(change):
    def run(lab):
        with lab.catalog.load_table("lab.walk").update_schema() as update:
            change(update)

    return run


def _pyiceberg_spec(change):
    def run(lab):
        with lab.catalog.load_table("lab.walk").update_spec() as update:
            change(update)

    return run


STEPS = [
    Step("as it is", lambda lab: None, _same, "ours"),
    Step("we rename", _ours("rename-column", "a", "alpha"), _rename("a", "alpha"), "spark"),
    Step("Spark adds", _spark("ADD COLUMN note STRING AFTER id"), _add("note"), "pyiceberg"),
    Step("PyIceberg drops", _pyiceberg(lambda u: u.delete_column("note")), _drop("note"), "ours"),
    # The same name for another column: what the first one held does not come back.
    Step("we add it again", _ours("add-column", "note:int"), _add("note"), "spark"),
    Step("Spark widens int to long", _spark("ALTER COLUMN alpha TYPE BIGINT"), _same, "ours"),
    Step("we widen float to double", _ours("widen-column", "ratio", "double"), _same, "pyiceberg"),
    Step("PyIceberg widens a decimal", _pyiceberg(lambda u: u.update_column("price", DecimalType(12, 2))), _same, "spark"),
    Step("we move", _ours("move-column", "note", "--first"), _same, "pyiceberg"),
    Step("Spark moves", _spark("ALTER COLUMN price AFTER name"), _same, "ours"),
    Step(
        "we rename in a struct",
        _ours("rename-column", "point.x", "east"),
        _within("point", _rename("x", "east")),
        "spark",
    ),
    Step("we add to a struct", _ours("add-column", "point.z:double"), _within("point", _add("z")), "spark"),
    Step("Spark drops from a struct", _spark("DROP COLUMN point.frame"), _within("point", _drop("frame")), "ours"),
    Step(
        "Spark adds within a list",
        _spark("ADD COLUMN items.element.unit STRING"),
        _within("items", _add("unit")),
        "ours",
    ),
    Step(
        "PyIceberg adds to a struct",
        _pyiceberg(lambda u: u.add_column(("point", "frame"), StringType())),
        _within("point", _add("frame")),
        "pyiceberg",
    ),
    Step("we partition", _ours("set-partition", "bucket(3, id), name"), _same, "spark"),
    Step("Spark partitions", _spark("ADD PARTITION FIELD truncate(2, name)"), _same, "ours"),
    Step("PyIceberg partitions", _pyiceberg_spec(lambda u: u.remove_field("name")), _same, "pyiceberg"),
    Step("we need no id", _ours("make-optional", "id"), _same, "ours"),
]
READ_BY_ALL = {"we add it again", "Spark moves", "PyIceberg adds to a struct", "we need no id"}


def _arrow_schema(lab, name="walk"):
    return lab.catalog.load_table(f"lab.{name}").schema().as_arrow()


def _table(rows, schema):
    plain = pa.schema([pa.field(field.name, field.type) for field in schema])
    return pa.Table.from_pylist(rows, plain)


def _append(lab, writer, rows, schema, name="walk"):
    table = pa.Table.from_pylist(rows, schema)
    if writer == "ours":
        lab.append(name, table)
    elif writer == "pyiceberg":
        lab.catalog.load_table(f"lab.{name}").append(table)
    else:
        lab.session.createDataFrame(_small(table)).writeTo(f"lab.{name}").append()


def _small(table):
    """Spark takes rows with 32-bit offsets."""

    def small(kind):
        if pa.types.is_large_string(kind):
            return pa.string()
        if pa.types.is_large_list(kind) or pa.types.is_list(kind):
            return pa.list_(small(kind.value_type))
        if pa.types.is_struct(kind):
            return pa.struct([(field.name, small(field.type)) for field in kind])
        return kind

    return table.cast(pa.schema([pa.field(f.name, small(f.type), f.nullable) for f in table.schema]))


def _assert_read(lab, reader, expected, what, snapshot_id=None):
    assert_same_rows(_small(lab.rows(reader, "walk", snapshot_id)), _small(expected), f"{what}, {reader}")


@pytest.fixture(scope="module")
def walk(labs):
    """(lab, the rows after each step): made step by step, and read by all at some."""
    lab = labs("evolution")
    lab.create("walk", SCHEMA)
    rows, after = [], []
    for number, step in enumerate(STEPS):
        step.alter(lab)
        rows = [step.model(row) for row in rows]
        schema = _arrow_schema(lab)
        new = [{f.name: _value(f.type, i) for f in schema} | {"id": i} for i in range(6 * number, 6 * number + 6)]
        _append(lab, step.writer, new, schema)
        rows = rows + new
        after.append(_table(rows, schema))
        what = f"step {number}: {step.what}, {step.writer} appends"
        for reader in READERS if step.what in READ_BY_ALL else ["replay"]:
            _assert_read(lab, reader, after[-1], what)
    return lab, after


def test_all_agree_while_all_change_the_table(walk):
    lab, after = walk
    assert after[-1].num_rows == 6 * len(STEPS)
    lab.ours.table("check", "lab.walk", "--deep")


@pytest.mark.parametrize("reader", ["replay", "sql", "spark"])
def test_each_snapshot_has_the_schema_of_its_time(walk, reader):
    lab, after = walk
    snapshots = lab.snapshot_ids("walk")
    assert len(snapshots) == len(STEPS)
    # Spark takes a while for each.
    for number in range(0, len(STEPS), 5 if reader == "spark" else 1):
        _assert_read(lab, reader, after[number], f"snapshot of step {number}", snapshots[number])


def test_files_of_four_specs_are_in_one_snapshot(walk):
    lab, _ = walk
    files = lab.catalog.load_table("lab.walk").inspect.files()
    assert len(set(files.column("spec_id").to_pylist())) == 4


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "where, keep",
    [
        ("id = 97", lambda row: row["id"] == 97),
        ("name = 'text 1' and id > 80", lambda row: row["name"] == "text 1" and row["id"] > 80),
        ("name is null", lambda row: row["name"] is None),
        ("alpha < 0 and price > 0.25", lambda row: row["alpha"] is not None and row["price"] is not None
            and row["alpha"] < 0 and row["price"] > decimal.Decimal("0.25")),
        ("note is not null and note > 0", lambda row: row["note"] is not None and row["note"] > 0),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)  # fmt: skip
def test_a_filter_finds_rows_of_every_spec_and_schema(walk, reader, where, keep):
    lab, after = walk
    expected = ids(only(after[-1], keep))
    assert expected
    if reader == "pyiceberg":
        where = where.replace("0.25", "'0.25'")
    assert ids(lab.rows(reader, "walk", where=where)) == expected


# ---- Default values, in version 3 ----

DEFAULTS = [
    ("boolean", "true", True),
    ("int", "-7", -7),
    ("long", "5000000000", 5000000000),
    ("float", "0.5", 0.5),
    ("double", "-2.25", -2.25),
    ("date", "1969-12-31", "1969-12-31"),
    ("timestamp", "1969-12-31T23:59:59.999999", "1969-12-31 23:59:59.999999"),
    ("timestamptz", "2024-02-29T12:00:00Z", "2024-02-29 12:00:00+00:00"),
    ("string", "münchen", "münchen"),
]


def _default_name(kind):
    return f"d_{kind.partition('(')[0]}"


@pytest.fixture(scope="module")
def defaults(labs):
    """lab.defaults: rows 0 to 2, then columns with a default, then rows 3 and 4 that leave them out, 5 by Spark."""
    lab = labs("defaults")
    lab.create("defaults", [["id", "long"]], "--format-version", "3")
    lab.append("defaults", pa.table({"id": pa.array([0, 1, 2], pa.int64())}))
    for kind, text, _ in DEFAULTS:
        lab.alter("defaults", "add-column", f"{_default_name(kind)}:{kind}", "--default", text)
    lab.append("defaults", pa.table({"id": pa.array([3, 4], pa.int64())}))
    names = ", ".join(f"CAST(NULL AS {_spark_type(kind)})" for kind, _, _ in DEFAULTS)
    lab.sql(f"INSERT INTO lab.defaults SELECT 5L, {names}")
    return lab


def _spark_type(kind):
    return {"long": "BIGINT", "timestamp": "TIMESTAMP_NTZ", "timestamptz": "TIMESTAMP"}.get(kind, kind)


@pytest.mark.parametrize("reader", READERS)
def test_a_default_stands_for_what_older_files_do_not_have(defaults, reader):
    found = defaults.rows(reader, "defaults").sort_by("id").to_pylist()
    assert [row["id"] for row in found] == list(range(6))
    wrong = []
    for kind, _, value in DEFAULTS:
        values = [row[_default_name(kind)] for row in found]
        values = [v if v is None or isinstance(value, (bool, int, float, decimal.Decimal)) else str(v) for v in values]
        if values != [value] * 5 + [None]:
            wrong.append(f"{kind}: {values}")
    assert not wrong, "\n".join(wrong)


def test_a_decimal_default_needs_sparks_slower_reader(labs):
    """Its vectorised reader takes the default of a short decimal for an int, in files that Spark itself wrote."""
    lab = labs("decimal_default")
    lab.create("prices", [["id", "long"]], "--format-version", "3")
    lab.append("prices", pa.table({"id": pa.array([0, 1], pa.int64())}))
    lab.alter("prices", "add-column", "price:decimal(9,2)", "--default", "-12.34")
    lab.append("prices", pa.table({"id": pa.array([2], pa.int64())}))
    expected = {"id": [0, 1, 2], "price": [decimal.Decimal("-12.34")] * 3}
    assert lab.rows("spark", "prices").sort_by("id").to_pydict() == expected
    lab.sql("INSERT INTO lab.prices VALUES (3, 1.00)")
    expected = {"id": [0, 1, 2, 3], "price": [*expected["price"], decimal.Decimal("1.00")]}
    for reader in ("replay", "sql", "pyiceberg", "duckdb"):
        assert lab.rows(reader, "prices").sort_by("id").to_pydict() == expected, reader
    with pytest.raises(Exception, match="default value"):
        lab.rows("spark", "prices")
    lab.alter("prices", "set-property", "read.parquet.vectorization.enabled=false")
    assert lab.rows("spark", "prices").sort_by("id").to_pydict() == expected
