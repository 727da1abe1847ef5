#!/usr/bin/env python3
"""Runs a command with a PostgreSQL server of its own: with_postgres.py -- build/dev/bin/catalog_postgres_test

The command finds the server's URI in ARTEMIS_TEST_POSTGRES; its exit code is ours. The server ends with it.
"""

import os
import pathlib
import signal
import subprocess
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
try:
    import pytest  # noqa: F401
except ImportError:
    # Only the fixtures of the module want it; the compiler's machine may not have it.
    sys.modules["pytest"] = types.SimpleNamespace(fixture=lambda *a, **k: a[0] if a else lambda f: f)
from support.postgres import Postgres  # noqa: E402


def main():
    command = sys.argv[1:]
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    # Ended by ctest or a user: the server is stopped all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Postgres() as server:
        environment = {**os.environ, "ARTEMIS_TEST_POSTGRES": server.uri()}
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
