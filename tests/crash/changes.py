"""Changes of a table that many writers make at once, and what each does to a table that is plain Python.

Every change has an id, which is its author, the value of `change` in the rows it adds, and part of the names it makes:
whatever is in a table tells who put it there. Rows are known by (change, row); columns that changes add are known by
their field ids, and no name is used for two of them unless it begins with `shared`."""

import collections
import dataclasses

import pyarrow as pa

from support.programs import iceberg_schema

COLUMNS = (("change", "long"), ("row", "int"), ("grp", "int"))
GROUPS = 6
SCHEMA_CHANGES = ("add-column", "rename-column", "widen-column", "drop-column")
TAG_CHANGES = ("tag-create", "tag-replace", "tag-delete")
ROW_CHANGES = ("append", "overwrite", "delete")


class Refused(Exception):
    """A change that the rules do not let into the table as it is."""


@dataclasses.dataclass(frozen=True)
class Where:
    """Rows of one group, perhaps only those of changes up to one, or the first of each change."""

    group: int
    change_max: int | None = None
    row_below: int | None = None

    def sql(self):
        text = f"grp = {self.group}"
        text += "" if self.change_max is None else f" AND change <= {self.change_max}"
        return text + ("" if self.row_below is None else f' AND "row" < {self.row_below}')

    def matches(self, key, values):
        change, row = key
        return (
            values[3] == self.group
            and (self.change_max is None or change <= self.change_max)
            and (self.row_below is None or row < self.row_below)
        )


@dataclasses.dataclass(frozen=True)
class Change:
    id: int
    table: str
    kind: str
    groups: tuple = ()  # of the rows it adds, in order
    column: str = ""  # what a schema change is about, or the added column that new rows have values for
    new_name: str = ""
    where: Where | None = None
    tag: str = ""

    @property
    def author(self):
        return f"c{self.id}"

    def arrow(self):
        count = len(self.groups)
        columns = {
            "change": pa.array([self.id] * count, pa.int64()),
            "row": pa.array(range(count), pa.int32()),
            "grp": pa.array(self.groups, pa.int32()),
        }
        if self.column:
            columns[self.column] = pa.array([self._extra(row) for row in range(count)], pa.int32())
        return pa.table(columns)

    def _extra(self, row):
        return self.id * 100 + row

    def command(self, programs):
        """The arguments of the program that makes the change; writes its rows to a file."""
        if self.kind in TAG_CHANGES:
            verb = self.kind.removeprefix("tag-")
            command = ("tag", verb, self.table, self.tag, *(("--ref", "main") if verb == "replace" else ()))
        elif self.kind in SCHEMA_CHANGES:
            subject = f"{self.column}:int" if self.kind == "add-column" else self.column
            argument = {"rename-column": (self.new_name,), "widen-column": ("long",)}.get(self.kind, ())
            command = ("alter", self.table, self.kind, subject, *argument)
        else:
            rows = () if self.kind == "delete" else (programs.write_arrow(self.arrow()),)
            where = () if self.where is None else ("--where", self.where.sql())
            command = (self.kind, self.table, *rows, *where)
        return ("table", *command, "--author", self.author, "--format", "json")

    def rows(self, state):
        """The rows it adds, by key, as values by field id."""
        rows = {(self.id, row): {1: self.id, 2: row, 3: group} for row, group in enumerate(self.groups)}
        if self.column:
            # Written under the schema that the writer saw: the column may be gone or renamed by the time of the swap.
            for (_, row), values in rows.items():
                values[state.ids[self.column]] = self._extra(row)
        return rows


@dataclasses.dataclass(frozen=True)
class State:
    """A table after some changes. Values are shared between states: nothing of one is ever written to."""

    fields: tuple = tuple((id, name, type) for id, (name, type) in enumerate(COLUMNS, start=1))
    last_id: int = len(COLUMNS)
    ids: dict = dataclasses.field(default_factory=dict)  # of every name that a column ever had
    rows: dict = dataclasses.field(default_factory=dict)
    tags: dict = dataclasses.field(default_factory=dict)

    def after(self, change, tagged=None):
        """The state after a change; `tagged` is the snapshot that a tag was given. Refused where that cannot be."""
        if change.kind in ROW_CHANGES:
            return self._with_rows(change)
        if change.kind in TAG_CHANGES:
            return self._with_tags(change, tagged)
        return self._with_fields(change)

    def refuses(self, change):
        """Whether a writer that reads this state cannot make the change."""
        if change.kind in ROW_CHANGES:
            return bool(change.column) and self._position(change.column) is None
        try:
            self.after(change)
        except Refused:
            return True
        return False

    def is_same(self, other):
        return (self.fields, self.rows, self.tags) == (other.fields, other.rows, other.tags)

    def multiset(self):
        """The rows as tuples in the order of the columns."""
        ids = [id for id, _, _ in self.fields]
        return collections.Counter(tuple(map(values.get, ids)) for values in self.rows.values())

    def _with_rows(self, change):
        rows = self.rows
        if change.where is not None:
            rows = {key: values for key, values in rows.items() if not change.where.matches(key, values)}
        return dataclasses.replace(self, rows={**rows, **change.rows(self)})

    def _with_tags(self, change, tagged):
        there = change.tag in self.tags
        if there == (change.kind == "tag-create"):
            raise Refused(f"tag {change.tag} is {'' if there else 'not '}there")
        tags = {name: snapshot for name, snapshot in self.tags.items() if name != change.tag}
        if change.kind != "tag-delete":
            tags[change.tag] = tagged
        return dataclasses.replace(self, tags=tags)

    def _position(self, name):
        return next((place for place, (_, found, _) in enumerate(self.fields) if found == name), None)

    def _with_fields(self, change):
        place = self._position(change.column)
        if (place is None) != (change.kind == "add-column"):
            raise Refused(f"column {change.column} is {'not ' if place is None else ''}there")
        if change.kind == "add-column":
            id = self.last_id + 1
            fields = (*self.fields, (id, change.column, "int"))
            return dataclasses.replace(self, fields=fields, last_id=id, ids={**self.ids, change.column: id})
        id, name, type = self.fields[place]
        changed = ()
        ids = self.ids
        if change.kind == "rename-column":
            if self._position(change.new_name) is not None:
                raise Refused(f"column {change.new_name} is there")
            changed, ids = ((id, change.new_name, type),), {**ids, change.new_name: id}
        elif change.kind == "widen-column":
            if type != "int":
                raise Refused(f"column {name} is {type}")
            changed = ((id, name, "long"),)
        return dataclasses.replace(self, fields=self.fields[:place] + changed + self.fields[place + 1 :], ids=ids)


def create_table(programs, name, partition="grp", version=2, properties=()):
    """A table that keeps every metadata file it ever had in its log."""
    kept = ("write.metadata.previous-versions-max=100000", *properties)
    programs.table(
        *("create", name, "--schema", programs.write_json(iceberg_schema(COLUMNS)), "--partition", partition),
        *("--format-version", version, "--author", "creator"),
        *(argument for text in kept for argument in ("--property", text)),
    )


class Author:
    """Makes up changes at random; `known` is what is said to be in the tables, which may be out of date."""

    WEIGHTS = {
        "append": 40, "overwrite": 14, "delete": 16, "add-column": 7, "rename-column": 4, "widen-column": 3,
        "drop-column": 4, "tag-create": 7, "tag-replace": 3, "tag-delete": 2,
    }  # fmt: skip
    SHARES = 0.2  # how often a new name is one that others want as well

    def __init__(self, rng, known, kinds=tuple(WEIGHTS), shares=SHARES):
        self._rng = rng
        self._known = known
        self._kinds = kinds
        self._shares = shares

    def change(self, id, table):
        rng = self._rng
        kind = rng.choices(self._kinds, [self.WEIGHTS[kind] for kind in self._kinds])[0]
        columns, tags = self._known.columns(table), self._known.tags(table)
        if (kind in SCHEMA_CHANGES[1:] and not columns) or (kind in TAG_CHANGES[1:] and not tags):
            kind = "append"
        if kind in ROW_CHANGES:
            return self._row_change(id, table, kind, columns)
        shared = rng.random() < self._shares
        if kind in TAG_CHANGES:
            name = f"shared{id // 40}" if shared else f"t{id}"
            return Change(id, table, kind, tag=name if kind == "tag-create" else rng.choice(tags))
        if kind == "add-column":
            return Change(id, table, kind, column=f"shared{id // 40}" if shared else f"c{id}")
        return Change(id, table, kind, column=rng.choice(columns), new_name=f"r{id}")

    def _row_change(self, id, table, kind, columns):
        rng = self._rng
        where, groups, column = None, (), ""
        if kind != "append":
            limit = rng.choice([{}, {}, {"change_max": id - rng.randint(1, 60)}, {"row_below": rng.randint(1, 3)}])
            where = Where(rng.randrange(GROUPS), **limit)
        if kind != "delete":
            among = rng.sample(range(GROUPS), rng.randint(1, 2))
            groups = tuple(rng.choice(among) for _ in range(rng.randint(1, 6)))
            own = [name for name in columns if not name.startswith("shared")]
            column = rng.choice(own) if own and rng.random() < 0.4 else ""
        return Change(id, table, kind, groups=groups, column=column, where=where)
