"""One SQLite catalog that we, PyIceberg, Spark and DuckDB open side by side, and its tables as each of them reads them."""

import json
import os
import uuid

import pyarrow as pa

from judges import metadata_location, pyiceberg_catalog, pyiceberg_rows, spark_rows

READERS = ["replay", "sql", "pyiceberg", "spark", "duckdb"]


class Lab:
    """Tables are named without their namespace, which is `lab`; the catalog's name is `artemis`."""

    def __init__(self, folder, programs, spark, duckdb):
        self.database = os.path.join(folder, "catalog.db")
        self.warehouse = os.path.join(folder, "warehouse")
        os.makedirs(self.warehouse)
        self.ours = programs(self.database, self.warehouse)
        self._open_spark = lambda: spark.open(self.database, self.warehouse, "artemis")
        self._duckdb = duckdb
        self._session = None

    @property
    def catalog(self):
        return pyiceberg_catalog(self.database, self.warehouse, "artemis")

    @property
    def session(self):
        """Spark, in a session of this catalog alone; it keeps no table between two statements."""
        if self._session is None:
            self._session = self._open_spark()
        return self._session

    def create(self, name, schema, *arguments):
        """Makes a table of an Iceberg schema, given as a list of [name, type] or of fields."""
        path = self.ours.scratch_path(".json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(iceberg_schema(schema), file)
        self.ours.table("create", f"lab.{name}", "--schema", path, *arguments)

    def append(self, name, rows, *arguments):
        self.ours.table("append", f"lab.{name}", self.ours.write_arrow(rows), *arguments)

    def alter(self, name, *arguments):
        self.ours.table("alter", f"lab.{name}", *arguments)

    def delete(self, name, where, *arguments):
        self.ours.table("delete", f"lab.{name}", "--where", where, *arguments)

    def sql(self, text):
        """Runs a statement in Spark."""
        return self.session.sql(text)

    def snapshot_ids(self, name):
        """Oldest first."""
        return [s["snapshot-id"] for s in self.metadata(name)["snapshots"]]

    def location(self, name):
        return metadata_location(self.database, f"lab.{name}")

    def path(self, name):
        """Where the table's metadata file is."""
        return "/" + self.location(name).removeprefix("file:").lstrip("/")

    def metadata(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return json.load(file)

    def rows(self, reader, name, snapshot_id=None, where=None):
        """The rows as `reader` has them. A predicate must mean the same in every dialect that it is given to."""
        table = f"lab.{name}"
        if reader == "replay":
            arguments = ["--ref", "main"] if snapshot_id is None else ["--snapshot", snapshot_id]
            arguments += [] if where is None else ["--where", where]
            return self.ours.replay(table, *arguments)
        if reader == "sql":
            version = "" if snapshot_id is None else f" AS OF SNAPSHOT {snapshot_id}"
            condition = "" if where is None else f" WHERE {where}"
            return self.ours.sql(f"SELECT * FROM artemis.{table}{version}{condition}")
        if reader == "pyiceberg":
            return pyiceberg_rows(self.catalog, table, snapshot_id, where)
        if reader == "spark":
            return spark_rows(self.session, table, snapshot_id, where)
        assert reader == "duckdb"
        return self._duckdb.rows(self.path(name), snapshot_id, where)

    def explain(self, name, where):
        """What `artemis-replay query --explain` says, as a document."""
        stdout, _ = self.ours.run(
            *("artemis-replay", "query", f"lab.{name}", "--ref", "main", "--where", where),
            *("--explain", "--format", "json"),
        )
        return json.loads(stdout)


def iceberg_schema(columns):
    """The JSON of a schema; columns given as [name, type] are optional, and ids are numbered in order."""
    fields = []
    for i, column in enumerate(columns, start=1):
        if not isinstance(column, dict):
            column = {"name": column[0], "type": column[1], "required": False}
        fields.append({"id": i, **column})
    return {"type": "struct", "schema-id": 0, "fields": fields}


def _uuid_column(column):
    """UUIDs that are text, as the bytes they are."""
    texts = column.cast(pa.string()).to_pylist()
    return pa.array([None if t is None else uuid.UUID(t).bytes for t in texts], pa.binary())


def like(found, expected):
    """Undoes what readers do to types without changing values: UUIDs as text, wider decimals never."""
    for i, field in enumerate(found.schema):
        if field.name not in expected.column_names:
            continue
        wanted = expected.schema.field(field.name).type
        if isinstance(wanted, pa.UuidType) and pa.types.is_string(field.type):
            found = found.set_column(i, field.name, _uuid_column(found.column(i)))
    return found


def only(table, keep):
    """The rows for which `keep(row)` holds."""
    return table.filter(pa.array([bool(keep(row)) for row in table.to_pylist()], pa.bool_()))


def ids(table):
    return sorted(table.column("id").to_pylist())
