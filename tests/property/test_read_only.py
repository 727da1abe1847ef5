"""A warehouse that nobody may write to is read by replay and SQL; writing to it fails with an error that says why."""

import contextlib
import os
import shutil
import sqlite3
import stat
import subprocess

import pyarrow as pa
import pytest

from support.killed_catalog import die_in_transaction
from support.programs import EXIT_FAILED, iceberg_schema
from support.table_files import TableFiles

NAME = "lab.shelf"
# Root ignores file modes by these capabilities; without them it is as bound as anybody.
BOUND_ROOT = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")


def _rows(*ids):
    return pa.table({"id": pa.array(ids, pa.int64())})


def _seal(top):
    """chmod -R a-w"""
    for folder, _, files in os.walk(top):
        for path in (folder, *(os.path.join(folder, file) for file in files)):
            os.chmod(path, stat.S_IMODE(os.stat(path).st_mode) & ~0o222)


def _unseal(top):
    for folder, folders, _ in os.walk(top):
        for path in (folder, *(os.path.join(folder, name) for name in folders)):
            os.chmod(path, 0o755)


def _state(top):
    """Every file and when it last changed."""
    paths = [os.path.join(folder, name) for folder, _, names in os.walk(top) for name in names]
    return {path: (os.stat(path).st_mtime_ns, os.stat(path).st_size) for path in paths}


def _bound(programs):
    """The programs as a user whom file modes bind."""
    if os.geteuid() != 0:
        return programs
    if shutil.which("setpriv") is None:
        pytest.skip("root ignores file modes, and there is no setpriv to make it obey")
    return programs.with_wrapper(*BOUND_ROOT)


@pytest.fixture(params=["no one connected", "a writer connected", "a writer killed"])
def shelf(make_programs, request):
    """The programs on a sealed warehouse with one table of three rows in two commits."""
    programs = make_programs()
    programs.table("create", NAME, "--schema", programs.write_json(iceberg_schema([("id", "long")])))
    with contextlib.ExitStack() as held:
        if request.param == "a writer connected":
            # Keeps what SQLite has beside the file in a mode that has anything there.
            connection = held.enter_context(contextlib.closing(sqlite3.connect(programs.database)))
            connection.execute("SELECT count(*) FROM iceberg_tables").fetchall()
        programs.table("append", NAME, programs.write_arrow(_rows(1)))
        programs.table("append", NAME, programs.write_arrow(_rows(2, 3)))
        programs.snapshots = TableFiles(programs, NAME).snapshots()
        if request.param == "a writer killed":
            die_in_transaction(programs.database)
        _seal(programs.warehouse)
        bound = _bound(programs)
        bound.snapshots = programs.snapshots
        yield bound
        _unseal(programs.warehouse)


def _can_write(programs):
    command = ["touch", os.path.join(programs.warehouse, "written")]
    wrapper = BOUND_ROOT if os.geteuid() == 0 else ()
    return subprocess.run([*wrapper, *command], stderr=subprocess.DEVNULL).returncode == 0


def test_it_is_really_read_only(shelf):
    assert not _can_write(shelf)


def test_replay_reads_it(shelf):
    before = _state(shelf.warehouse)
    assert sorted(shelf.current_rows(NAME).column("id").to_pylist()) == [1, 2, 3]
    first = shelf.snapshots[0]["snapshot-id"]
    assert shelf.replay(NAME, "--snapshot", first).column("id").to_pylist() == [1]
    assert sorted(shelf.replay(NAME, "--at", "now").column("id").to_pylist()) == [1, 2, 3]
    assert _state(shelf.warehouse) == before


def test_diff_reads_it(shelf):
    first, second = (snapshot["snapshot-id"] for snapshot in shelf.snapshots)
    found = shelf.diff(NAME, "--from-snapshot", first, "--to-snapshot", second)
    assert sorted(found.column("id").to_pylist()) == [2, 3]


def test_sql_reads_it(shelf):
    before = _state(shelf.warehouse)
    first = shelf.snapshots[0]["snapshot-id"]
    found = shelf.sql(f"SELECT count(*) AS n, sum(id)::BIGINT AS s FROM artemis.{NAME}")
    assert found.to_pylist() == [{"n": 3, "s": 6}]
    assert shelf.sql(f"SELECT id FROM artemis.{NAME} AS OF SNAPSHOT {first}").to_pydict() == {"id": [1]}
    assert _state(shelf.warehouse) == before


def test_the_table_is_listed_and_described(shelf):
    assert NAME in shelf.tables()
    for command in ("info", "schema", "history", "snapshots", "files"):
        shelf.table(command, NAME)


def test_an_append_fails_and_says_why(shelf):
    before = _state(shelf.warehouse)
    done = shelf.run("table", "append", NAME, shelf.write_arrow(_rows(4)), exit_code=EXIT_FAILED)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    said = done.stderr.lower()
    assert shelf.warehouse.lower() in said or "catalog.db" in said, "the error names the place"
    assert any(word in said for word in ("permission", "read-only", "readonly", "not writable")), done.stderr
    assert _state(shelf.warehouse) == before
    assert sorted(shelf.current_rows(NAME).column("id").to_pylist()) == [1, 2, 3]
