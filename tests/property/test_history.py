"""A hundred mixed changes: no file of an earlier snapshot changes, and replay, diff and SQL agree with a model of the
table at every snapshot and time."""

import decimal
import random

import pytest

from model import Model, counted_rows
from predicates import Column, evaluate, random_leaf, random_predicate, to_json, to_sql
from support.fixtures import SEED
from support.kinds import kind
from support.programs import iceberg_schema, on_all_cores
from support.table_files import TableFiles, sha256_of

NAME = "lab.history"
OPERATIONS, AT_TIMES, DIFFS, FILTERS, SQL_READS, CURRENT_READS = 100, 25, 30, 60, 8, 8
START_MS = 1_773_576_000_000
COLUMNS = [
    ("key", "long"), ("station", "string"), ("ts", "timestamp"), ("value", "float"), ("count", "int"),
    ("price", "decimal(9,2)"), ("flag", "boolean"),
]
# The columns that partitions may be made of stay; the others come and go.
_TRANSFORMS = {
    "key": ["bucket(3, {})"],
    "station": ["{}", "truncate(2, {})"],
    "ts": ["day({})", "month({})"],
    "count": ["truncate(50, {})", "bucket(2, {})"],
}
_NAMES = ("note", "gain", "mode", "extra", "flag", "price")
_WIDER = {"int": "long", "float": "double", "decimal(9,2)": "decimal(12,2)"}
_DAY = 86_400_000_000
_DOMAINS = {
    "long": (-5, 0, 7, 40, 1000),
    "int": (-51, -50, -1, 0, 1, 49, 50, 99),
    "string": ("kiruna", "kir", "svalbard", "", "punta arenas"),
    "timestamp": tuple(day * _DAY + shift for day in (-2, -1, 0, 20_000) for shift in (-1, 0, 3_600_000_000)),
    "float": (-1.5, 0.25, 3.0, 1024.0, float("nan")),
    "double": (-1.5, 0.25, 3.0, 1024.0, float("nan")),
    "decimal(9,2)": tuple(map(decimal.Decimal, ("-1.50", "0.00", "0.01", "99.99"))),
    "decimal(12,2)": tuple(map(decimal.Decimal, ("-1.50", "0.00", "0.01", "99.99"))),
    "boolean": (False, True),
}


def _columns_of(fields):
    return {field.name: Column(field.kind, _DOMAINS[field.kind.text]) for field in fields}


class History:
    """Makes changes to the table and the model alike, a minute apart."""

    def __init__(self, programs, rng):
        self.rng = rng
        self.now_ms = START_MS
        self._programs = programs
        self.files = TableFiles(programs, NAME)
        self.model = Model([(name, kind(text)) for name, text in COLUMNS])
        self.stable = {1, 2, 3, 5}  # field ids that partition specs have used
        self.hashes = {}
        self.changes = []
        self._parents = {}
        schema = programs.write_json(iceberg_schema(COLUMNS))
        self._table("create", "--schema", schema, "--partition", "station, day(ts)")
        self.append()

    def programs(self):
        return self._programs.at(self.now_ms)

    def _table(self, command, *arguments):
        """Runs a change; returns the snapshot that is current after it."""
        self.now_ms += 60_000
        self.changes.append(" ".join(map(str, (command, *arguments))))
        self.programs().table(command, NAME, *arguments)
        self._hash_files()
        return self.files.current_id()

    def _commit(self, *arguments):
        """A change of rows, which the model has made already."""
        before = self.files.current_id()
        now = self._table(*arguments)
        if now == before:
            assert list(self.model.states[now].rows) == self.model.rows, f"no snapshot for: {self.changes[-1]}"
            return
        self._parents[now] = before
        self.model.commit(now, self.now_ms)

    def _hash_files(self):
        for path in self.files.reachable() - self.hashes.keys():
            self.hashes[path] = sha256_of(path)

    # ---- One kind of change each ----

    def _new_rows(self, count):
        fields = [(field.id, _DOMAINS[field.kind.text]) for field in self.model.fields]
        return [{id: self.rng.choice((None, *domain, *domain)) for id, domain in fields} for _ in range(count)]

    def append(self):
        rows = self._new_rows(self.rng.randint(1, 60))
        self.model.rows = self.model.rows + rows
        self._commit("append", self._programs.write_arrow(self.model.arrow(rows)))

    def _where(self):
        """A predicate that most rows do not fulfil, and its JSON form."""
        columns = _columns_of(self.model.fields)
        leaves = [random_leaf(self.rng, self.rng.choice(sorted(columns)), columns) for _ in range(2)]
        predicate = ("and", *leaves)
        kept = [row for row in self.model.rows if evaluate(predicate, self.model.named(row)) is not True]
        return to_json(predicate, columns), kept

    def delete(self):
        where, self.model.rows = self._where()
        self._commit("delete", "--where", where)

    def overwrite(self):
        where, kept = self._where()
        rows = self._new_rows(self.rng.randint(1, 40))
        self.model.rows = kept + rows
        self._commit("overwrite", self._programs.write_arrow(self.model.arrow(rows)), "--where", where)

    def add_column(self):
        text = self.rng.choice(sorted(_DOMAINS))
        # Names of dropped columns come back, as other columns.
        free = [name for name in _NAMES if name not in {field.name for field in self.model.fields}]
        name = self.rng.choice(free or [f"c{len(self.changes)}"])
        self.model.add(name, kind(text))
        self._table("alter", "add-column", f"{name}:{text}")

    def rename_column(self):
        field = self.rng.choice(self.model.fields)
        name = f"{field.name.partition('_')[0]}_{len(self.changes)}"
        self.model.rename(field.name, name)
        self._table("alter", "rename-column", field.name, name)

    def drop_column(self):
        loose = [field for field in self.model.fields if field.id not in self.stable]
        if loose:
            name = self.rng.choice(loose).name
            self.model.drop(name)
            self._table("alter", "drop-column", name)

    def widen_column(self):
        narrow = [field for field in self.model.fields if field.kind.text in _WIDER]
        if narrow:
            field = self.rng.choice(narrow)
            wider = _WIDER[field.kind.text]
            self.model.widen(field.name, kind(wider))
            self._table("alter", "widen-column", field.name, wider)

    def set_partition(self):
        sources = {1: "key", 2: "station", 3: "ts", 5: "count"}
        chosen = self.rng.sample(sorted(sources), self.rng.randint(1, 2))
        names = {field.id: field.name for field in self.model.fields}
        terms = [self.rng.choice(_TRANSFORMS[sources[id]]).format(names[id]) for id in chosen]
        self._table("alter", "set-partition", ", ".join(terms))

    def roll_back(self):
        ancestors = []
        parent = self._parents[self.files.current_id()]
        while parent is not None:
            ancestors.append(parent)
            parent = self._parents[parent]
        if ancestors:
            target = self.rng.choice(ancestors[:5])
            assert self._table("rollback", "--snapshot", target) == target
            self.model.roll_back(target, self.now_ms)


@pytest.fixture(scope="module")
def history(make_programs):
    made = History(make_programs(), random.Random(f"{SEED}/history"))
    weights = {
        made.append: 30, made.overwrite: 16, made.delete: 14, made.add_column: 8, made.rename_column: 8,
        made.drop_column: 6, made.widen_column: 5, made.set_partition: 7, made.roll_back: 6,
    }
    while len(made.changes) < OPERATIONS:
        made.rng.choices(list(weights), weights.values())[0]()
    return made


@pytest.fixture(scope="module")
def snapshots(history):
    """Every snapshot, oldest first."""
    return [snapshot["snapshot-id"] for snapshot in history.files.snapshots()]


def _shown(history):
    return "\n".join(history.changes[-OPERATIONS:])


def test_every_kind_of_change_was_made(history, snapshots):
    words = {change.split()[0] if not change.startswith("alter") else change.split()[1] for change in history.changes}
    assert {"append", "overwrite", "delete", "add-column", "rename-column", "set-partition", "rollback"} <= words
    assert sorted(history.model.states) == sorted(snapshots)


def test_no_file_of_an_earlier_snapshot_changed(history):
    history.files.check_files()
    assert history.files.reachable() == history.hashes.keys()
    changed = [path for path, before in history.hashes.items() if sha256_of(path) != before]
    assert changed == []


def test_replay_agrees_at_every_snapshot(history, snapshots):
    tables = on_all_cores(lambda id: history.programs().replay(NAME, "--snapshot", id), snapshots)
    for snapshot_id, found in zip(snapshots, tables):
        state = history.model.states[snapshot_id]
        assert counted_rows(found, state.fields) == state.counted(), f"at {snapshot_id}\n{_shown(history)}"


def test_replay_agrees_at_random_times(history):
    for _ in range(AT_TIMES):
        time_ms = history.model.random_time(history.rng, history.now_ms)
        state = history.model.states[history.model.snapshot_at(time_ms)]
        found = history.programs().replay(NAME, "--at", time_ms)
        assert counted_rows(found, state.fields) == state.counted(), f"at {time_ms}\n{_shown(history)}"


def test_replay_in_current_mode_agrees(history, snapshots):
    fields = history.model.fields
    for snapshot_id in history.rng.sample(snapshots, min(CURRENT_READS, len(snapshots))):
        found = history.programs().replay(NAME, "--snapshot", snapshot_id, "--mode", "current")
        expected = history.model.states[snapshot_id].projected(fields)
        assert counted_rows(found, fields) == expected, f"at {snapshot_id}\n{_shown(history)}"


@pytest.fixture(scope="module")
def filters(history, snapshots):
    """Predicates at snapshots: (snapshot, whether under today's schema, its columns, predicate, rows it keeps)."""
    found = []
    for place in range(FILTERS):
        snapshot_id, current = history.rng.choice(snapshots), place % 4 == 0
        state = history.model.states[snapshot_id]
        fields = history.model.fields if current else state.fields
        columns = _columns_of(fields)
        predicate = random_predicate(history.rng, columns, depth=2)
        kept = state.where(fields, lambda row: evaluate(predicate, row) is True).projected(fields)
        found.append((snapshot_id, current, fields, predicate, kept))
    return found


def test_filters_agree_at_random_snapshots(history, filters):
    def replayed(filter):
        snapshot_id, current, fields, predicate, _ = filter
        mode = "current" if current else "snapshot_time"
        where = to_json(predicate, _columns_of(fields))
        return history.programs().replay(NAME, "--snapshot", snapshot_id, "--mode", mode, "--where", where)

    for filter, found in zip(filters, on_all_cores(replayed, filters)):
        snapshot_id, current, fields, predicate, kept = filter
        what = to_json(predicate, _columns_of(fields))
        assert counted_rows(found, fields) == kept, f"{what} at {snapshot_id}, {current=}\n{_shown(history)}"


def test_filters_agree_in_sql(history, filters):
    statements, modes = [], {False: "snapshot_time", True: "current"}
    for i, (snapshot_id, current, fields, predicate, _) in enumerate(filters):
        where = to_sql(predicate, _columns_of(fields))
        statements.append(f"SET artemis.projection_mode = '{modes[current]}'")
        source = f"artemis.{NAME} AS OF SNAPSHOT {snapshot_id}"
        statements.append(f"SELECT {i} AS place, count(*) AS n FROM {source} WHERE {where}")
    found = {int(line["place"]): int(line["n"]) for line in history.programs().sql_lines(statements)}
    expected = {i: kept.total() for i, (*_, kept) in enumerate(filters)}
    wrong = [(statements[2 * i : 2 * i + 2], found.get(i), n) for i, n in expected.items() if found.get(i) != n]
    assert not wrong, f"{wrong[:3]}\n{_shown(history)}"


def test_diffs_of_random_pairs_agree(history, snapshots):
    for _ in range(DIFFS):
        older, newer = sorted(history.rng.sample(range(len(snapshots)), 2))
        old, new = (history.model.states[snapshots[i]] for i in (older, newer))
        found = history.programs().diff(
            NAME, "--from-snapshot", snapshots[older], "--to-snapshot", snapshots[newer], "--project", "new", "--net"
        )
        before, after = old.projected(new.fields), new.projected(new.fields)
        where = f"from {snapshots[older]} to {snapshots[newer]}\n{_shown(history)}"
        assert _changed(found, "insert", new.fields) == after - before, f"added {where}"
        assert _changed(found, "delete", new.fields) == before - after, f"removed {where}"


def _changed(diff, change, fields):
    mask = [found == change for found in diff.column("_change_type").to_pylist()]
    own = [name for name in diff.column_names if name not in ("_change_type", "_change_ordinal", "_commit_snapshot_id")]
    return counted_rows(diff.filter(mask).select(own), fields)


def test_sql_counts_agree_at_every_snapshot(history, snapshots):
    statements = [
        f"SELECT {i} AS place, count(*) AS n FROM artemis.{NAME} AS OF SNAPSHOT {id}" for i, id in enumerate(snapshots)
    ]
    found = {int(line["place"]): int(line["n"]) for line in history.programs().sql_lines(statements)}
    assert found == {i: len(history.model.states[id].rows) for i, id in enumerate(snapshots)}


def test_sql_rows_agree_at_some_snapshots(history, snapshots):
    for snapshot_id in history.rng.sample(snapshots, min(SQL_READS, len(snapshots))):
        state = history.model.states[snapshot_id]
        found = history.programs().sql(f"SELECT * FROM artemis.{NAME} AS OF SNAPSHOT {snapshot_id}")
        assert counted_rows(found, state.fields) == state.counted(), f"at {snapshot_id}\n{_shown(history)}"
