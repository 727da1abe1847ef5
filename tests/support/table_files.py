"""What a table is on disk, read without our programs: the catalog row with sqlite3, the metadata as JSON, manifests
with PyIceberg, data files with pyarrow. Raises AssertionError where something is not as the specification wants it."""

import contextlib
import hashlib
import json
import os
import sqlite3

import pyarrow.parquet as pq
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.manifest import read_manifest_list


def path_of(location):
    """The path of a location; decodes nothing, as Iceberg does."""
    if location.startswith("file:"):
        location = location.removeprefix("file:")
        return "/" + location.lstrip("/")
    return location


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pyiceberg_catalog(programs):
    return SqlCatalog("artemis", uri=f"sqlite:///{programs.database}", warehouse=f"file://{programs.warehouse}")


class TableFiles:
    """One table of a catalog file. Every call sees the table anew; manifests, which never change, are read once."""

    def __init__(self, programs, name):
        self._database = programs.database
        self._name = name
        self._io = PyArrowFileIO()
        self._entries = {}
        self._checked = set()

    def metadata_location(self):
        namespace, _, name = self._name.rpartition(".")
        query = "SELECT metadata_location FROM iceberg_tables WHERE table_namespace = ? AND table_name = ?"
        with contextlib.closing(sqlite3.connect(self._database)) as connection:
            found = connection.execute(query, (namespace, name)).fetchall()
        assert len(found) == 1, f"{self._name} is in {self._database} {len(found)} times"
        return found[0][0]

    def metadata(self):
        with open(path_of(self.metadata_location()), encoding="utf-8") as file:
            return json.load(file)

    def current_id(self):
        """The current snapshot; None before the first."""
        found = self.metadata().get("current-snapshot-id")
        return None if found == -1 else found

    def snapshots(self):
        """Oldest first."""
        return sorted(self.metadata().get("snapshots", []), key=lambda snapshot: snapshot["sequence-number"])

    def _manifests(self, snapshot):
        return list(read_manifest_list(self._io.new_input(snapshot["manifest-list"])))

    def _live_files(self, manifest):
        path = manifest.manifest_path
        if path not in self._entries:
            entries = manifest.fetch_manifest_entry(self._io, discard_deleted=True)
            self._entries[path] = [entry.data_file for entry in entries]
        return self._entries[path]

    def data_files(self, snapshot):
        return [file for manifest in self._manifests(snapshot) for file in self._live_files(manifest)]

    def reachable(self):
        """The path of every file that the table names, at any snapshot."""
        metadata = self.metadata()
        found = {path_of(self.metadata_location())}
        found |= {path_of(entry["metadata-file"]) for entry in metadata.get("metadata-log", [])}
        for snapshot in metadata.get("snapshots", []):
            found.add(path_of(snapshot["manifest-list"]))
            for manifest in self._manifests(snapshot):
                found.add(path_of(manifest.manifest_path))
                found |= {path_of(file.file_path) for file in self._live_files(manifest)}
        return found

    def present(self):
        """The path of every file in the table's folder."""
        top = path_of(self.metadata()["location"])
        return {os.path.join(folder, name) for folder, _, names in os.walk(top) for name in names}

    def orphans(self):
        return self.present() - self.reachable()

    def check_files(self):
        """I4: every file that any snapshot names is there, has the recorded size and rows, and opens."""
        for snapshot in self.metadata().get("snapshots", []):
            total = 0
            for manifest in self._manifests(snapshot):
                path = path_of(manifest.manifest_path)
                assert os.path.getsize(path) == manifest.manifest_length, f"{path}: other length than its list says"
                for file in self._live_files(manifest):
                    self._check_file(file)
                    total += file.record_count
            recorded = snapshot["summary"].get("total-records")
            assert recorded is None or int(recorded) == total, f"snapshot {snapshot['snapshot-id']}: total-records"

    def _check_file(self, file):
        path = path_of(file.file_path)
        if path in self._checked:
            return
        assert not path.endswith(".inprogress"), f"{path} is not finished"
        assert os.path.getsize(path) == file.file_size_in_bytes, f"{path}: other size than its manifest says"
        assert pq.read_table(path, partitioning=None).num_rows == file.record_count, f"{path}: rows"
        self._checked.add(path)

    def check_history(self):
        """I3: sequence numbers and snapshot-log times strictly increase, the parent chain is unbroken and linear."""
        metadata = self.metadata()
        snapshots = self.snapshots()
        ids = [snapshot["snapshot-id"] for snapshot in snapshots]
        assert len(set(ids)) == len(ids), "a snapshot id twice"
        assert [s["sequence-number"] for s in snapshots] == list(range(1, len(ids) + 1))
        assert [s.get("parent-snapshot-id") for s in snapshots] == [None, *ids[:-1]][: len(ids)]
        log = metadata.get("snapshot-log", [])
        assert [entry["snapshot-id"] for entry in log] == ids
        _strictly_increasing([entry["timestamp-ms"] for entry in log], "snapshot-log")
        assert [entry["timestamp-ms"] for entry in log] == [s["timestamp-ms"] for s in snapshots]
        times = [entry["timestamp-ms"] for entry in metadata.get("metadata-log", [])]
        _strictly_increasing([*times, metadata["last-updated-ms"]], "metadata-log")
        assert self.current_id() == (ids[-1] if ids else None)


def _strictly_increasing(values, what):
    assert all(a < b for a, b in zip(values, values[1:])), f"{what} does not strictly increase: {values}"
