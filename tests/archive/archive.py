"""Runs artemis-write in a folder, and measures what it holds while it runs."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import typing

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

DONE, FAILED, USAGE = 0, 1, 2
SIGKILLED = -signal.SIGKILL
UNFINISHED = ".inprogress"
MIB = 1 << 20

# The map that the archive's readers rely on, by column; the other columns have a dictionary.
MANDATED = {
    "sample_timestamp_ns": "DELTA_BINARY_PACKED",
    "sequence_number": "DELTA_BINARY_PACKED",
    "panel_voltage": "BYTE_STREAM_SPLIT",
    "temperature_c": "BYTE_STREAM_SPLIT",
    "pressure_kpa": "BYTE_STREAM_SPLIT",
    "archive_uri": "DELTA_BYTE_ARRAY",
    "object_path": "DELTA_BYTE_ARRAY",
}

# Starts a program and says how much of it was resident at most. The kernel counts into this figure what the process was
# before it became the program, so whoever starts it must be small: not the tests' own process.
_LAUNCH = """
import os, sys
report, command = sys.argv[1], sys.argv[2:]
process = os.posix_spawn(command[0], command, os.environ)
_, status, usage = os.wait4(process, 0)
with open(report, "w") as file:
    file.write(str(usage.ru_maxrss * 1024))
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""
# Every so many allocated bytes, and at the end, jemalloc says what it holds of the machine.
_JEMALLOC = "stats_interval:4194304,stats_interval_opts:gmdablxeh,stats_print:true,stats_print_opts:gmdablxeh"


class Memory(typing.NamedTuple):
    """The most that a process held: as the kernel counts it, and of that what jemalloc has."""

    resident: int
    jemalloc: int

    def __sub__(self, other):
        return Memory(self.resident - other.resident, self.jemalloc - other.jemalloc)

    def __str__(self):
        return f"{self.resident / MIB:.1f} MiB resident, {self.jemalloc / MIB:.1f} MiB of jemalloc"


class Archive:
    """artemis-write in `folder`; names are relative to it."""

    def __init__(self, bin_dir, folder):
        self.bin_dir = pathlib.Path(bin_dir)
        self.folder = pathlib.Path(folder)
        self._environment = {key: value for key, value in os.environ.items() if not key.startswith("ARTEMIS_")}
        self._environment["HOME"] = str(folder)

    def path(self, name):
        return str(self.folder / name)

    def command(self, *arguments, program="artemis-write"):
        path = self.bin_dir / program
        if not path.exists():
            pytest.fail(f"{path} is not there: build first, or set ARTEMIS_BIN_DIR")
        return [str(path), *map(str, arguments)]

    def start(self, *arguments, program="artemis-write", stdin=subprocess.DEVNULL, env=None, **options):
        return subprocess.Popen(
            self.command(*arguments, program=program),
            stdin=stdin,
            env={**self._environment, **(env or {})},
            cwd=self.folder,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )

    def attempt(self, *arguments, **options):
        """Runs artemis-write to its end: (exit code, stdout, stderr)."""
        with self.start(*arguments, **options) as process:
            out, err = process.communicate(timeout=300)
        return process.returncode, out.decode(), err.decode()

    def write(self, source, name, *arguments, **options):
        """Writes a file, and gives its summary; fails unless the program does it."""
        code, out, err = self.attempt(source, "-o", name, "--format", "json", *arguments, **options)
        assert code == DONE, f"artemis-write ended with {code}\n{err[-4000:]}"
        return json.loads(out)

    def write_logged(self, source, name, *arguments):
        """(summary, events)"""
        log = self.folder / f"{name}.log"
        log.unlink(missing_ok=True)
        summary = self.write(source, name, "--log", log, *arguments)
        return summary, [json.loads(line) for line in log.read_text().splitlines()]

    def telemetry(self, name, rows, *arguments):
        """Makes synthetic telemetry and returns its path."""
        with open(self.folder / name, "wb") as file:
            self._telemetry(rows, *arguments, stdout=file).communicate(timeout=300)
        return self.path(name)

    def _telemetry(self, rows, *arguments, stdout):
        options = ["--rows", rows, "--seed", 1, *arguments]
        return self.start("telemetry", *options, program="artemis", stdout=stdout, stderr=None)

    def telemetry_pipe(self, rows, *arguments):
        """A process that makes telemetry on its stdout."""
        return self._telemetry(rows, *arguments, stdout=subprocess.PIPE)

    def write_arrow(self, name, table, batch_rows=None):
        """Writes rows as an Arrow stream and returns its path."""
        with pa.OSFile(self.path(name), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table, batch_rows)
        return self.path(name)

    def measured_write(self, source, name, *arguments, stdin=subprocess.DEVNULL):
        """Writes a file: (summary, the memory it took)."""
        report, log = self.folder / f"{name}.rss", self.folder / f"{name}.jemalloc"
        written = self.command(source, "-o", name, "--format", "json", *arguments)
        with open(log, "wb") as stderr:
            done = subprocess.run(
                [sys.executable, "-ISc", _LAUNCH, str(report), *written],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env={**self._environment, "MALLOC_CONF": _JEMALLOC},
                cwd=self.folder,
                timeout=300,
            )
        said = log.read_text()
        assert done.returncode == DONE, f"artemis-write ended with {done.returncode}\n{said[-2000:]}"
        held = [int(found) for found in re.findall(r"^Allocated: .* resident: (\d+)", said, re.MULTILINE)]
        assert held, "jemalloc said nothing: it is not the program's malloc"
        return json.loads(done.stdout), Memory(int(report.read_text()), max(held))

    def remove(self, name):
        for suffix in ("", UNFINISHED):
            (self.folder / (name + suffix)).unlink(missing_ok=True)

    def exists(self, name):
        return (self.folder / name).exists()


def read_arrow(path):
    with pa.OSFile(str(path), "rb") as file, pa.ipc.open_stream(file) as reader:
        return reader.read_all()


def data_encodings(path):
    """Of each row group: the encodings of each column, RLE of the levels left out."""
    footer = pq.read_metadata(path)
    groups = []
    for i in range(footer.num_row_groups):
        group = footer.row_group(i)
        columns = (group.column(k) for k in range(group.num_columns))
        groups.append({column.path_in_schema: set(column.encodings) - {"RLE"} for column in columns})
    return groups


def encoding_arguments(encodings):
    return [part for column, encoding in encodings.items() for part in ("--encoding", f"{column}={encoding}")]
