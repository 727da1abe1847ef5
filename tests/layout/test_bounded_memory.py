"""Rows of a thousand tuples that do not fit in memory: sorted over a file that leaves no trace."""

import os
import signal
import subprocess
import sys
import time

import pyarrow.compute as pc

from tables import MIB, ROWS, WIDE, read

# With the long tests five million rows, nearly a gigabyte; fewer pass the writer's budget of 256 MiB, too.
WIDE_ROWS = max(ROWS, 1_300_000)
TUPLES = 1000
LIMIT = 512 * MIB


def test_a_thousand_tuples_are_clustered_within_512_mib(tables):
    rows = tables.rows(WIDE, WIDE_ROWS)
    spill = tables.folder / "spill"
    spill.mkdir()
    tables.create("layout.wide", rows, "--sort", "zorder(payload_id, sensor_kind)")
    resident = tables.measured("table", "append", "layout.wide", rows, "--temp-dir", spill)
    files = tables.data_files("layout.wide")
    print(f"{WIDE_ROWS:,} rows of {os.path.getsize(rows) / WIDE_ROWS:.0f} bytes: {resident / MIB:.0f} MiB resident")
    # Of a budget of 256 MiB three quarters are for rows that wait.
    assert os.path.getsize(rows) > 224 * MIB, "the rows fit in memory"
    assert resident <= LIMIT, f"{resident / MIB:.0f} MiB"
    assert len(files) == TUPLES
    assert sum(read(path, ["row_number"]).num_rows for path in files) == WIDE_ROWS
    assert list(spill.iterdir()) == []


def test_a_program_over_the_limit_would_be_noticed(tables):
    resident = tables.measured_command([sys.executable, "-c", f"len(bytearray({LIMIT} + {64 * MIB}))"])
    assert resident > LIMIT


def test_a_killed_append_leaves_nothing_to_clean_up_in_the_spill_folder(tables):
    rows = tables.rows(WIDE, WIDE_ROWS)
    spill = tables.folder / "spill-killed"
    spill.mkdir()
    tables.create("layout.killed", rows, "--sort", "payload_id, sensor_kind")
    process = subprocess.Popen(
        tables.command("table", "append", "layout.killed", rows, "--temp-dir", spill),
        env=tables.environment, cwd=tables.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    held = False
    deadline = time.monotonic() + 60
    while not held and time.monotonic() < deadline and process.poll() is None:
        held = any(str(spill) in target for target in open_files(process.pid))
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert held, "nothing was spilled"
    assert list(spill.iterdir()) == []


def open_files(pid):
    try:
        return [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return []


def test_sorted_files_of_a_partition_do_not_overlap(tables):
    rows = tables.rows(WIDE, WIDE_ROWS)
    tables.run("table", "create", "layout.sorted", "--like", rows, "--sort", "row_number desc",
               "--property", f"write.target-file-size-bytes={4 * MIB}")
    resident = tables.measured("table", "append", "layout.sorted", rows)
    spans = [pc.min_max(read(path, ["row_number"])["row_number"]) for path in tables.data_files("layout.sorted")]
    spans = sorted((span["min"].as_py(), span["max"].as_py()) for span in spans)
    print(f"one partition: {len(spans)} files, {resident / MIB:.0f} MiB resident")
    assert resident <= LIMIT, f"{resident / MIB:.0f} MiB"
    assert len(spans) > 5
    assert all(before[1] < after[0] for before, after in zip(spans, spans[1:]))
    assert (spans[0][0], spans[-1][1]) == (0, WIDE_ROWS - 1)
