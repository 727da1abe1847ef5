"""Runs our programs on one catalog, as a user's script would."""

import json
import os
import subprocess
import uuid

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_NOT_FOUND = 0, 1, 2, 3


class Programs:
    """Our programs with the catalog `database`; `scratch` takes what they write besides tables."""

    def __init__(self, bin_dir, database, warehouse, scratch):
        self._bin_dir = bin_dir
        self._scratch = scratch
        # A home of its own: the user's artemis.toml is not read.
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("ARTEMIS_")},
            "HOME": scratch,
            "ARTEMIS_CATALOG": f"sqlite:{database}",
            "ARTEMIS_WAREHOUSE": warehouse,
        }

    def run(self, program, *arguments, exit_code=EXIT_DONE, output=None):
        """Runs a program; fails unless it ends with `exit_code`. Returns (stdout, stderr)."""
        path = os.path.join(self._bin_dir, program)
        if not os.path.exists(path):
            pytest.fail(f"{path} is not there: build first, or set ARTEMIS_BIN_DIR")
        command = [path, *map(str, arguments)]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
            cwd=self._scratch,
            timeout=120,
        )
        stderr = done.stderr.decode("utf-8", "replace")
        if done.returncode != exit_code:
            said = f"ended with {done.returncode}, expected {exit_code}\n{stderr[-4000:]}"
            pytest.fail(f"{' '.join(command)}\n{said}")
        return done.stdout, stderr

    def scratch_path(self, suffix):
        return os.path.join(self._scratch, f"{uuid.uuid4().hex}{suffix}")

    def telemetry(self, *arguments):
        """Synthetic telemetry: (path of the Arrow file, its rows)."""
        path = self.scratch_path(".arrow")
        with open(path, "wb") as file:
            self.run("artemis", "telemetry", *arguments, output=file)
        return path, read_arrow(path)

    def write_arrow(self, table):
        """Writes rows as an Arrow stream and returns its path."""
        path = self.scratch_path(".arrow")
        with pa.OSFile(path, "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
        return path

    def table(self, command, *arguments, **options):
        return self.run("artemis-table", command, *arguments, **options)

    def snapshot_ids(self, name):
        """Ids as `artemis-table snapshots` lists them, in its order."""
        stdout, _ = self.table("snapshots", name, "--format", "json")
        return [int(entry["snapshot_id"]) for entry in json.loads(stdout)["snapshots"]]

    def replay(self, name, *arguments):
        path = self.scratch_path(".parquet")
        self.run("artemis-replay", "query", name, *arguments, "--format", "parquet", "-o", path)
        return pq.read_table(path)

    def sql(self, query, *arguments):
        stdout, _ = self.run("artemis-sql", "--query", query, "--format", "arrow", *arguments)
        return pa.ipc.open_stream(stdout).read_all()

    def sql_lines(self, query):
        stdout, _ = self.run("artemis-sql", "--query", query, "--format", "jsonl")
        return [json.loads(line) for line in stdout.decode("utf-8").splitlines() if line]


def read_arrow(path):
    """Reads an Arrow stream or an Arrow file."""
    with pa.OSFile(path, "rb") as file:
        magic = file.read(6)
        file.seek(0)
        reader = pa.ipc.open_file(file) if magic == b"ARROW1" else pa.ipc.open_stream(file)
        return reader.read_all()
