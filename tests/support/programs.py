"""Runs our programs on one warehouse, as a user's script would: each call is a process of its own."""

import concurrent.futures
import io
import json
import os
import subprocess
import tempfile
import typing

import pyarrow as pa
import pytest

EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_NOT_FOUND, EXIT_CONFLICT = 0, 1, 2, 3, 4
# What a run may take; at full counts a table has hundreds of snapshots, and a deep check reads them all.
TIMEOUT_S = 900 if os.environ.get("ARTEMIS_TEST_FULL") else 60


class Finished(typing.NamedTuple):
    exit_code: int
    stdout: bytes
    stderr: str


class Programs:
    """The programs on `warehouse`, whose catalog is the file catalog.db in it.

    All run as subcommands of artemis-testing, which listens to ARTEMIS_TEST_NOW, _BARRIER, _KILL and _FAULT and is the
    same program without them. `environment` is added to every run; `wrapper` is put before every command.
    """

    def __init__(self, bin_dir, warehouse, scratch, environment=None, wrapper=()):
        self.warehouse = warehouse
        self.database = os.path.join(warehouse, "catalog.db")
        self.scratch = scratch
        self._program = os.path.join(bin_dir, "artemis-testing")
        self._wrapper = list(wrapper)
        self._bin_dir = bin_dir
        # A home of its own: the user's artemis.toml is not read.
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("ARTEMIS_")},
            "HOME": scratch,
            "ARTEMIS_WAREHOUSE": warehouse,
            **(environment or {}),
        }

    def with_environment(self, **environment):
        """The same programs with more variables in their environment."""
        own = {key: value for key, value in self._environment.items() if key.startswith("ARTEMIS_TEST_")}
        return Programs(self._bin_dir, self.warehouse, self.scratch, {**own, **environment}, self._wrapper)

    def with_wrapper(self, *wrapper):
        own = {key: value for key, value in self._environment.items() if key.startswith("ARTEMIS_TEST_")}
        return Programs(self._bin_dir, self.warehouse, self.scratch, own, wrapper)

    def at(self, epoch_ms):
        """The same programs at a fixed time."""
        return self.with_environment(ARTEMIS_TEST_NOW=str(epoch_ms))

    def start(self, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE):
        """Starts a subcommand: ("table", "append", …)."""
        if not os.path.exists(self._program):
            pytest.fail(f"{self._program} is not there: build first, or set ARTEMIS_BIN_DIR")
        # /dev/null, so that a program which reads stdin by mistake ends at once.
        return subprocess.Popen(
            [*self._wrapper, self._program, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env=self._environment,
            cwd=self.scratch,
        )

    def attempt(self, *arguments):
        """Runs a subcommand to its end, however it ends."""
        with self.start(*arguments) as process:
            try:
                stdout, stderr = process.communicate(timeout=TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                pytest.fail(f"artemis {' '.join(map(str, arguments))}\nis not done after {TIMEOUT_S} s")
        return Finished(process.returncode, stdout, stderr.decode("utf-8", "replace"))

    def run(self, *arguments, exit_code=EXIT_DONE):
        """Runs a subcommand; fails unless it ends with `exit_code`."""
        done = self.attempt(*arguments)
        if done.exit_code != exit_code:
            command = " ".join(map(str, arguments))
            pytest.fail(f"artemis {command}\nended with {done.exit_code}, expected {exit_code}\n{done.stderr[-4000:]}")
        return done

    def table(self, command, *arguments, **options):
        return self.run("table", command, *arguments, **options)

    def replay(self, name, *arguments):
        """The rows that `artemis-replay query` gives, as an Arrow table."""
        return arrow_table(self.run("replay", "query", name, *arguments, "--format", "arrow").stdout)

    def current_rows(self, name):
        return self.replay(name, "--ref", "main")

    def diff(self, name, *arguments):
        return arrow_table(self.run("replay", "diff", name, *arguments, "--format", "arrow").stdout)

    def sql(self, query):
        return arrow_table(self.run("sql", "--query", query, "--format", "arrow").stdout)

    def sql_lines(self, statements):
        """Runs many statements in one process; every row of every result, as a dict."""
        path = self.scratch_path(".sql")
        with open(path, "w", encoding="utf-8") as file:
            file.write(";\n".join(statements) + ";\n")
        lines = self.run("sql", "-f", path, "--format", "jsonl").stdout.decode("utf-8").splitlines()
        return [json.loads(line) for line in lines if line]

    def tables(self):
        """The names of all tables."""
        document = json.loads(self.table("list", "--format", "json").stdout)
        return [entry["table"] for entry in document["tables"]]

    def scratch_path(self, suffix):
        handle, path = tempfile.mkstemp(suffix, dir=self.scratch)
        os.close(handle)
        return path

    def write_arrow(self, table):
        """Writes rows as an Arrow stream and returns its path."""
        path = self.scratch_path(".arrow")
        with pa.OSFile(path, "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
        return path

    def write_json(self, document):
        path = self.scratch_path(".json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file)
        return path


def on_all_cores(function, items):
    """function(item) for each, several at once: for calls that spend their time in a program."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, items))


def arrow_table(stream):
    with pa.ipc.open_stream(io.BytesIO(stream)) as reader:
        return reader.read_all()


def iceberg_schema(columns):
    """The JSON of an Iceberg schema of optional columns, given as (name, type) pairs; ids count from 1."""
    fields = [
        {"id": i, "name": name, "required": False, "type": kind} for i, (name, kind) in enumerate(columns, start=1)
    ]
    return {"type": "struct", "schema-id": 0, "fields": fields}
