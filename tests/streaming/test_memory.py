"""Replaying takes no more memory for more rows or more files, nor where nobody takes the rows: docs/streaming-memory.md.

Counted is resident memory, as the kernel counts it, of the program that replays. Rows and files are a twentieth of what the requirements
name, unless ARTEMIS_STREAM_ROWS and ARTEMIS_STREAM_FILES say more.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import pytest

ROWS = int(os.environ.get("ARTEMIS_STREAM_ROWS", 5_000_000))
FILES = int(os.environ.get("ARTEMIS_STREAM_FILES", 500))
LIMIT_MB = 300
MISSIONS = 4


class Tables:
    """Tables of the same rows in one file, a hundred, and FILES of them."""

    def __init__(self, bin_dir):
        self.bin_dir = pathlib.Path(bin_dir)
        self.warehouse = tempfile.mkdtemp(prefix="artemis-streaming-")
        self.made = {}

    def environment(self):
        environment = {**os.environ, "ARTEMIS_WAREHOUSE": self.warehouse}
        environment.pop("ARTEMIS_CATALOG", None)
        return environment

    def run(self, *arguments, **options):
        program, *rest = map(str, arguments)
        return subprocess.run([self.bin_dir / program, *rest], env=self.environment(), check=True,
                              stdout=subprocess.DEVNULL, **options)

    def table(self, files):
        if files not in self.made:
            days = 25 if files <= 100 else -(-files // (MISSIONS * 24))
            name = f"sda.files{files}"
            partition = {1: [], 100: ["--partition", "mission_id, day(sample_timestamp_ns) as day"]}.get(
                files, ["--partition", "mission_id, hour(sample_timestamp_ns) as hour"])
            one_file = ["--property", f"write.target-file-size-bytes={64 << 30}"]
            self.run("artemis-table", "create", name, "--canonical", *partition, *one_file)
            make = subprocess.Popen([self.bin_dir / "artemis", "telemetry", "--rows", str(ROWS), "--seed", "3",
                                     "--missions", str(MISSIONS), "--days", str(days)], stdout=subprocess.PIPE)
            self.run("artemis-table", "append", name, "-", stdin=make.stdout)
            assert make.wait() == 0
            data = pathlib.Path(self.warehouse, *name.split("."), "data")
            found = sum(1 for _ in data.rglob("*.parquet"))
            assert found == files or files > 100 and found >= files, f"{found} files, not {files}"
            self.made[files] = name
        return self.made[files]


@pytest.fixture(scope="module")
def tables(bin_dir):
    made = Tables(bin_dir)
    yield made
    shutil.rmtree(made.warehouse)


def replay(tables, files, consume):
    """Replays all rows of a table into `consume`; the peak of resident memory in MB."""
    command = [tables.bin_dir / "artemis-replay", "query", tables.table(files), "--format", "arrow", "--threads", "2"]
    child = subprocess.Popen(command, env=tables.environment(), stdout=subprocess.PIPE)
    taken = consume(child)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    # Of a row in Arrow's form the numbers alone take 52 bytes.
    assert taken > 52 * ROWS
    return usage.ru_maxrss / 1000


def drain(child):
    taken = 0
    while block := os.read(child.stdout.fileno(), 1 << 20):
        taken += len(block)
    return taken


def sleep_first(child):
    """Takes a little, then nothing until the program has stood still for a while."""
    taken = len(os.read(child.stdout.fileno(), 1 << 16))
    used = -1
    while used != (now := ticks_of(child.pid)):
        used = now
        time.sleep(0.5)
    return taken + drain(child)


def ticks_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    # It polls for a stop meanwhile, which takes next to nothing.
    return (int(fields[11]) + int(fields[12])) // 10


@pytest.mark.parametrize("files", [1, 100, FILES])
@pytest.mark.parametrize("consume", [drain, sleep_first])
def test_replaying_takes_less_than_300_mb(tables, files, consume):
    peak = replay(tables, files, consume)
    print(f"{ROWS:,} rows of {files:,} files, {consume.__name__}: {peak:.0f} MB")
    assert peak < LIMIT_MB


def test_a_reader_that_holds_all_rows_would_be_noticed(tables):
    data = pathlib.Path(tables.warehouse, *tables.table(1).split("."), "data")
    # No more than five million, for the sake of the machine.
    read = """
import sys, pyarrow.dataset as ds
print(ds.dataset(sys.argv[1], format="parquet").head(5_000_000).nbytes)
"""
    child = subprocess.Popen([sys.executable, "-c", read, str(data)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    assert usage.ru_maxrss / 1000 > 2 * LIMIT_MB
