"""Leaves a catalog file as a writer leaves it, at worst, that is killed within a transaction: some of its pages have
reached the file, and a journal says how to undo them."""

import os
import signal
import subprocess
import sys

_DIE = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 2")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE iceberg_tables SET metadata_location = 'file:///nowhere'")
connection.execute("CREATE TABLE ballast(text)")
for _ in range(200):
    connection.execute("INSERT INTO ballast VALUES (?)", ("x" * 3000,))
os.kill(os.getpid(), signal.SIGKILL)
"""


def die_in_transaction(database):
    ended = subprocess.run([sys.executable, "-c", _DIE, database])
    assert ended.returncode == -signal.SIGKILL
    journals = [database + suffix for suffix in ("-journal", "-wal")]
    assert any(os.path.exists(path) and os.path.getsize(path) > 0 for path in journals)
