"""Where tables may be: a warehouse with a catalog of each kind; and what the catalog says of a table, read without our
programs: its metadata files in the order of the swaps, and who made each."""

import contextlib
import json
import os
import re
import sqlite3
import typing

from support.table_files import TableFiles, path_of

KINDS = ["sqlite", "postgres", "path"]


class Swap(typing.NamedTuple):
    """One metadata file of a table. `author` is what the catalog recorded; None where it records none (path tables)."""

    location: str
    author: str | None
    metadata: dict


class Place:
    """A new warehouse, and a catalog of a kind for it; `server` is the PostgreSQL server if that is its kind."""

    def __init__(self, kind, programs, server=None):
        self._base = programs
        self._server = server
        self.kind = kind
        if kind == "postgres":
            self._postgres_database = server.new_database()
            self.uri = server.uri(self._postgres_database)
        else:
            self.uri = {"sqlite": f"sqlite:{programs.database}", "path": f"path:{programs.warehouse}"}[kind]
        self.programs = self.programs_with()

    def programs_with(self, **environment):
        """Our programs on this catalog, with more variables in their environment."""
        return self._base.with_environment(ARTEMIS_CATALOG=self.uri, **environment)

    def files(self, name):
        return _PlacedFiles(self, name)

    def query(self, sql):
        """Rows of the catalog's database as tuples of text."""
        if self.kind == "postgres":
            lines = self._server.psql(sql, self._postgres_database).splitlines()
            return [tuple(line.split("\t")) for line in lines]
        with contextlib.closing(sqlite3.connect(self._base.database)) as connection:
            return [tuple(map(str, row)) for row in connection.execute(sql)]

    def metadata_location(self, name):
        namespace, _, table = name.rpartition(".")
        if self.kind == "path":
            return _newest_version(os.path.join(self._base.warehouse, namespace, table, "metadata"))
        found = self.query(
            f"SELECT metadata_location FROM iceberg_tables WHERE table_namespace = '{namespace}'"
            f" AND table_name = '{table}'"
        )
        assert len(found) == 1, f"{name} is in the catalog {len(found)} times"
        return found[0][0]

    def swaps(self, name):
        """Every metadata file of the table, oldest first; fails where the catalog's history says otherwise."""
        newest = self.metadata_location(name)
        metadata = _read_json(newest)
        locations = [entry["metadata-file"] for entry in metadata["metadata-log"]] + [newest]
        assert len(set(map(path_of, locations))) == len(locations), f"{name}: a metadata file is in its log twice"
        authors = self._authors(metadata["table-uuid"], locations)
        return [Swap(location, authors.get(location), _read_json(location)) for location in locations]

    def _authors(self, table_uuid, locations):
        if self.kind == "path":
            return {}
        # The row is entered by the transaction that swaps: their order is that of the swaps.
        rows = self.query(
            f"SELECT metadata_location, principal FROM artemis_history WHERE table_uuid = '{table_uuid}' ORDER BY id"
        )
        assert [location for location, _ in rows] == locations, "artemis_history and metadata-log disagree"
        return dict(rows)


class _PlacedFiles(TableFiles):
    """A table on disk, found through its place."""

    def __init__(self, place, name):
        super().__init__(place.programs, name)
        self._place = place

    def metadata_location(self):
        return self._place.metadata_location(self._name)

    def present(self):
        return {path for path in super().present() if os.path.basename(path) != "version-hint.text"}


def _newest_version(folder):
    matches = [re.fullmatch(r"v(\d+)\.metadata\.json", name) for name in os.listdir(folder)]
    versions = {int(match[1]): match[0] for match in matches if match}
    assert sorted(versions) == list(range(1, len(versions) + 1)), f"{folder}: a version is missing"
    return os.path.join(folder, versions[len(versions)])


def _read_json(location):
    with open(path_of(location), encoding="utf-8") as file:
        return json.load(file)
