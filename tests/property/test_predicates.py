"""One predicate, one meaning: replay and SQL keep the same rows, which are those of a plain evaluation, over all types,
NaN, both zeros, infinities, nulls and years before 1970, under several partitionings and in files by two writers."""

import decimal
import random
import uuid

import duckdb
import pyarrow as pa
import pytest

from predicates import Column, evaluate, kinds_in, random_leaf, random_predicate, to_json, to_sql
from support.fixtures import SEED
from support.kinds import exact, from_arrow, kind, to_arrow
from support.programs import iceberg_schema, on_all_cores
from support.table_files import TableFiles, pyiceberg_catalog

NAME = "lab.kinds"
PREDICATES, BY_SQL_TEXT = 240, 80
_DAY = 86_400_000_000
_D = decimal.Decimal


def _column(text, *domain):
    return Column(kind(text), domain)


def _uuid(number):
    return uuid.UUID(int=number).bytes


_NAN, _INF = float("nan"), float("inf")
_MOMENTS = (-62_135_500_000_000_000, -2 * _DAY, -_DAY - 1, -_DAY, -1, 0, 1, _DAY - 1, _DAY, 19_800 * _DAY + 5)

_BIG = "-1234567890123456789012345678.0000000001 -1.5 0 0.0000000001 99.9 1234567890123456789012345677.1"
_TEXTS = ("", "A", "a", "ab", "abc", "o'brien", "100%", "z" * 40, "z" * 40 + "a", "é", "\uffee", "\U0001f680")

COLUMNS = {
    "c_bool": _column("boolean", False, True),
    "c_int": _column("int", -(2**31), -101, -100, -99, -1, 0, 1, 7, 99, 100, 2**31 - 1),
    "c_long": _column("long", -(2**63), -(2**53) - 1, -5, 0, 3, 2**31, 2**53 + 1, 2**63 - 1),
    "c_float": _column("float", -_INF, -3.4028234663852886e38, -0.25, -0.0, 0.0, 0.5, 1.5, 2.0**24 + 2, _INF, _NAN),
    "c_double": _column("double", -_INF, -1.5e300, -0.1, -0.0, 0.0, 5e-324, 0.1, 1.0, 2.5, 1e300, _INF, _NAN),
    "c_dec": _column("decimal(9,2)", *map(_D, "-9999999.99 -1.00 -0.01 0.00 0.01 1.00 4.99 5.00 1234567.89".split())),
    "c_big": _column("decimal(38,10)", *map(_D, _BIG.split())),
    "c_date": _column("date", -719_161, -366, -365, -31, -1, 0, 1, 31, 19_800),
    "c_time": _column("time", 0, 1, 3_600_000_000, 43_200_000_000, _DAY - 1),
    "c_ts": _column("timestamp", *_MOMENTS),
    "c_tstz": _column("timestamptz", *_MOMENTS),
    "c_str": _column("string", *_TEXTS),
    "c_uuid": _column("uuid", _uuid(0), _uuid(1), _uuid(2**127 - 1), _uuid(2**127), _uuid(2**128 - 1)),
    "c_fix": _column("fixed[4]", b"\0\0\0\0", b"\0\0\0\1", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\xff\xff\xff\xff"),
    "c_bin": _column("binary", b"", b"\0", b"\0\0", b"\x7f", b"\x80", b"\xff" * 20, b"\xff" * 20 + b"\0"),
}

# Each is in force for one append of ours. The first append is PyIceberg's, with row groups of a few rows.
FIRST_PARTITION = "c_bool"
PARTITIONS = [
    "bucket(3, c_uuid), day(c_ts) as d",
    "truncate(100, c_int), bucket(2, c_long)",
    "truncate(2, c_str), bucket(2, c_fix)",
    "c_double",
    "truncate(500, c_dec), month(c_date)",
    "truncate(1, c_bin), year(c_tstz)",
    "bucket(4, c_time), bucket(2, c_big), hour(c_ts)",
]
ROWS_EACH = 200


class Kinds:
    """The table with its rows, and the predicates."""

    def __init__(self, programs):
        self.rng = random.Random(f"{SEED}/kinds")
        self.programs = programs
        self.rows = []
        schema = [("id", "long"), *((name, column.kind.text) for name, column in COLUMNS.items())]
        programs.table("create", NAME, "--schema", programs.write_json(iceberg_schema(schema)),
                       "--partition", FIRST_PARTITION, "--property", "write.parquet.row-group-limit=16")
        self._append_by_pyiceberg()
        for partition in PARTITIONS:
            programs.table("alter", NAME, "set-partition", partition)
            programs.table("append", NAME, programs.write_arrow(self._new_rows()))
        self.predicates = self._predicates()
        self.expected = [self._kept(predicate) for predicate in self.predicates]

    def _new_rows(self):
        rows = []
        for _ in range(ROWS_EACH):
            row = {name: self.rng.choice((None, *column.domain)) for name, column in COLUMNS.items()}
            rows.append({"id": len(self.rows) + len(rows), **row})
        self.rows += rows
        columns = {"id": pa.array([row["id"] for row in rows], pa.int64())}
        for name, column in COLUMNS.items():
            columns[name] = to_arrow(column.kind, [row[name] for row in rows])
        return pa.table(columns)

    def _append_by_pyiceberg(self):
        table = pyiceberg_catalog(self.programs).load_table(NAME)
        table.append(self._new_rows().cast(table.schema().as_arrow()))

    def _predicates(self):
        # Every column at least four times alone, whatever the seed.
        alone = [random_leaf(self.rng, name, COLUMNS) for name in COLUMNS for _ in range(4)]
        return alone + [random_predicate(self.rng, COLUMNS) for _ in range(PREDICATES - len(alone))]

    def _kept(self, predicate):
        return [row["id"] for row in self.rows if evaluate(predicate, row) is True]


@pytest.fixture(scope="module")
def kinds(make_programs):
    return Kinds(make_programs())


def _replayed(kinds, where):
    return kinds.programs.replay(NAME, "--columns", "id", "--where", where).column("id").to_pylist()


def _say(predicate, found, expected):
    missing, extra = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    forms = f"{to_sql(predicate, COLUMNS)}\n  {to_json(predicate, COLUMNS)}"
    return f"{forms}\n  missing {missing[:8]}, too many {extra[:8]}"


def _assert_all(kinds, places, found):
    wrong = [
        _say(kinds.predicates[place], ids, kinds.expected[place])
        for place, ids in zip(places, found)
        if sorted(ids) != kinds.expected[place]
    ]
    assert not wrong, f"{len(wrong)} predicates keep other rows:\n" + "\n".join(wrong[:5])


def test_the_table_has_many_files_row_groups_and_specs(kinds):
    files = TableFiles(kinds.programs, NAME)
    files.check_files()
    data_files = files.data_files(files.snapshots()[-1])
    assert len(data_files) >= 12
    assert any(len(file.split_offsets or []) > 1 for file in data_files), "no file with several row groups"
    assert len({file.spec_id for file in data_files}) == 1 + len(PARTITIONS)


def test_unfiltered_rows_are_those_that_were_written(kinds):
    names = ["id", *COLUMNS]
    expected = sorted([tuple(exact(row[name]) for name in names) for row in kinds.rows], key=lambda row: row[0])
    # DuckDB hands UUIDs to Arrow as text.
    query = f"SELECT * REPLACE (unhex(replace(c_uuid::VARCHAR, '-', '')) AS c_uuid) FROM artemis.{NAME}"
    for found in (kinds.programs.current_rows(NAME), kinds.programs.sql(query)):
        rows = zip(*(map(exact, from_arrow(found.column(name))) for name in names))
        assert sorted(rows, key=lambda row: row[0]) == expected


def test_replay_keeps_the_rows_of_each_predicate(kinds):
    found = on_all_cores(lambda predicate: _replayed(kinds, to_json(predicate, COLUMNS)), kinds.predicates)
    _assert_all(kinds, range(len(found)), found)


def test_sql_keeps_the_rows_of_each_predicate(kinds):
    statements = [
        f"SELECT {i} AS query, id FROM artemis.{NAME} WHERE {to_sql(predicate, COLUMNS)}"
        for i, predicate in enumerate(kinds.predicates)
    ]
    found = [[] for _ in statements]
    for line in kinds.programs.sql_lines(statements):
        found[line["query"]].append(int(line["id"]))
    _assert_all(kinds, range(len(found)), found)


def test_duckdb_keeps_the_rows_of_each_predicate_over_the_same_files(kinds):
    """Its own reader of Parquet, told that floating point columns may hold NaN; without that it prunes row groups that have it."""
    files = TableFiles(kinds.programs, NAME)
    paths = [file.file_path.removeprefix("file://") for file in files.data_files(files.snapshots()[-1])]
    with duckdb.connect() as peer:
        peer.execute("SET TimeZone = 'UTC'; SET parquet_metadata_cache = true")
        peer.execute(f"CREATE VIEW kinds AS SELECT * FROM read_parquet({paths}, can_have_nan = true, hive_partitioning = false)")
        found = [
            [row[0] for row in peer.execute(f"SELECT id FROM kinds WHERE {to_sql(predicate, COLUMNS)}").fetchall()]
            for predicate in kinds.predicates
        ]
    _assert_all(kinds, range(len(found)), found)


def test_replay_takes_the_same_predicates_as_sql_text(kinds):
    # Bytes have no literal among the constants that --where takes as SQL.
    places = [i for i, p in enumerate(kinds.predicates) if not kinds_in(p, COLUMNS) & {"fixed", "binary"}]
    places = places[:: max(1, len(places) // BY_SQL_TEXT)]
    found = on_all_cores(lambda place: _replayed(kinds, to_sql(kinds.predicates[place], COLUMNS)), places)
    _assert_all(kinds, places, found)


def test_predicates_are_neither_all_empty_nor_all_full(kinds):
    """A control of the generator: most predicates must tell rows apart."""
    counts = [len(kept) for kept in kinds.expected]
    telling = [count for count in counts if 0 < count < len(kinds.rows)]
    assert len(telling) > len(counts) // 2
