"""A table as plain Python: columns by field id, rows as dicts from field id to value, and a state for each snapshot."""

import bisect
import collections
import dataclasses

import pyarrow as pa

from support.kinds import Kind, exact, from_arrow, to_arrow


@dataclasses.dataclass(frozen=True)
class Field:
    id: int
    name: str
    kind: Kind


@dataclasses.dataclass(frozen=True)
class State:
    """The table at a snapshot: its schema at that time, and its rows."""

    fields: tuple
    rows: tuple

    def projected(self, fields):
        """The rows as a multiset of tuples; what a row never had is null."""
        return collections.Counter(tuple(exact(row.get(field.id)) for field in fields) for row in self.rows)

    def counted(self):
        return self.projected(self.fields)

    def where(self, fields, keeps):
        """The state of the rows that `keeps` likes, given as dicts by the names of `fields`."""
        rows = (row for row in self.rows if keeps({field.name: row.get(field.id) for field in fields}))
        return dataclasses.replace(self, rows=tuple(rows))


def counted_rows(table, fields):
    """The rows of an Arrow table as the same multiset; fails unless it has exactly these columns in this order."""
    assert table.column_names == [field.name for field in fields]
    for field, column in zip(fields, table.schema):
        assert column.type == field.kind.arrow, f"{field.name}: expected {field.kind.arrow}, found {column.type}"
    columns = [map(exact, from_arrow(column)) for column in table.columns]
    return collections.Counter(zip(*columns))


class Model:
    """The table now, and at every snapshot."""

    def __init__(self, columns):
        self.fields = [Field(i, name, kind) for i, (name, kind) in enumerate(columns, start=1)]
        self.rows = []
        self.states = {}
        self._next_id = len(self.fields) + 1
        self._log_times = []
        self._log_ids = []

    def field(self, name):
        return next(field for field in self.fields if field.name == name)

    def named(self, row):
        """A row by today's names."""
        return {field.name: row.get(field.id) for field in self.fields}

    def commit(self, snapshot_id, time_ms):
        """The rows as they are became a snapshot."""
        self.states[snapshot_id] = State(tuple(self.fields), tuple(self.rows))
        self.make_current(snapshot_id, time_ms)

    def make_current(self, snapshot_id, time_ms):
        self._log_times.append(time_ms)
        self._log_ids.append(snapshot_id)

    def roll_back(self, snapshot_id, time_ms):
        self.rows = list(self.states[snapshot_id].rows)
        self.make_current(snapshot_id, time_ms)

    def snapshot_at(self, time_ms):
        """By the log: the last entry not after the time."""
        return self._log_ids[bisect.bisect_right(self._log_times, time_ms) - 1]

    def random_time(self, rng, until_ms):
        """A time since the first commit, often the very one of a commit or the last before it."""
        exact = rng.choice(self._log_times) - rng.choice([0, 1])
        return rng.choice([max(exact, self._log_times[0]), rng.randint(self._log_times[0], until_ms)])

    # ---- Changes of the schema, by field id ----

    def add(self, name, kind):
        self.fields.append(Field(self._next_id, name, kind))
        self._next_id += 1

    def rename(self, old, new):
        self._replace(self.field(old), name=new)

    def widen(self, name, kind):
        self._replace(self.field(name), kind=kind)

    def drop(self, name):
        self.fields.remove(self.field(name))

    def _replace(self, field, **changes):
        self.fields[self.fields.index(field)] = dataclasses.replace(field, **changes)

    def arrow(self, rows):
        """New rows as an Arrow table under today's schema."""
        return pa.table({f.name: to_arrow(f.kind, [row.get(f.id) for row in rows]) for f in self.fields})
