"""Runs the programs in a folder of their own, as a user's shell would."""

import json
import os
import pathlib
import subprocess

import pyarrow as pa

DONE, FAILED, USAGE, NOT_FOUND, CONFLICT, INTERRUPTED = 0, 1, 2, 3, 4, 130

PARTITION = "mission_id, day(sample_timestamp_ns) as day"


class Result:
    def __init__(self, exit_code, out, err):
        self.exit_code = exit_code
        self.out = out
        self.err = err

    @property
    def text(self):
        return self.out.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines()]


class Shell:
    """Programs that work in `folder`, with the warehouse ./warehouse in it."""

    def __init__(self, bin_dir, folder):
        self.bin_dir = bin_dir
        self.folder = pathlib.Path(folder)
        self.warehouse = self.folder / "warehouse"
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("ARTEMIS_")}
        self.environment["HOME"] = str(folder)

    def command(self, program, *arguments):
        return [os.path.join(self.bin_dir, program), *map(str, arguments)]

    def start(self, program, *arguments, env=None, **options):
        return subprocess.Popen(
            self.command(program, *arguments),
            env={**self.environment, **(env or {})},
            cwd=self.folder,
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,
        )

    def run(self, program, *arguments, exits=DONE, input=None, env=None, **options):
        """Runs a program; fails unless it ends with `exits`."""
        done = subprocess.run(
            self.command(program, *arguments),
            env={**self.environment, **(env or {})},
            cwd=self.folder,
            capture_output=True,
            timeout=120,
            **({"input": input} if input is not None else {"stdin": subprocess.DEVNULL}),
            **options,
        )
        result = Result(done.returncode, done.stdout, done.stderr.decode("utf-8"))
        assert result.exit_code == exits, f"{program} {arguments}: {result.exit_code}, expected {exits}\n{result.err}"
        return result

    def table(self, *arguments, **options):
        return self.run("artemis-table", *arguments, **options)

    def replay(self, *arguments, **options):
        return self.run("artemis-replay", *arguments, **options)

    def sql(self, query, *arguments, **options):
        return self.run("artemis-sql", "--query", query, *arguments, **options)

    def telemetry(self, name, rows=1000, seed=1, days=2, *arguments):
        self.run("artemis", "telemetry", "--rows", rows, "--seed", seed, "--missions", 2, "--days", days, "-o", name,
                 *arguments)
        return name

    def write_arrow(self, name, table):
        with pa.OSFile(str(self.folder / name), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
        return name

    def small_table(self, name="sda.small", rows=((1, "a", 1.5), (2, "b", None), (3, None, float("nan")))):
        """A table of three columns, with rows appended."""
        data = pa.table(
            {
                "id": pa.array([row[0] for row in rows], pa.int64()),
                "name": pa.array([row[1] for row in rows], pa.string()),
                "value": pa.array([row[2] for row in rows], pa.float64()),
            }
        )
        path = self.write_arrow("small.arrow", data)
        self.table("create", name, "--like", path)
        self.table("append", name, path)
        return name

    def info(self, name):
        return self.table("info", name, "--format", "json").json

    def snapshots(self, name):
        return self.table("snapshots", name, "--format", "json").json["snapshots"]

    def files(self):
        """Every file of the warehouse."""
        return sorted(str(path) for path in self.warehouse.rglob("*") if path.is_file())
