#!/usr/bin/env python3
"""What the size of row groups costs and gives: memory, file size, what a query must read, and how it runs in parallel.

    .deps/judges/bin/python bench/write/row_groups.py [--rows N] [--targets 32,128,256]

The rows are written at each target (MiB). The reference query is one channel of one mission within ten minutes: the row
groups that the footer's minima and maxima keep, their bytes, and the shortest of nine runs by DuckDB. For reading all rows,
the speed-up over one thread that is possible at best for threads that read whole row groups, and the one that DuckDB has with
two threads for the means of three columns, in turns with one thread. Prints a table of Markdown.
Needs the programs of build/dev/bin, or of ARTEMIS_BIN_DIR.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
BIN_DIR = pathlib.Path(os.environ.get("ARTEMIS_BIN_DIR", SOURCE_DIR / "build" / "dev" / "bin"))
THREADS = [2, 4, 8]
MINUTE_NS = 60 * 10**9
# Starts a program from a small process, since the kernel counts what a process was before; prints the peak in bytes.
LAUNCH = """
import os, sys
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
_, status, usage = os.wait4(process, 0)
print(usage.ru_maxrss * 1024)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""


def write(rows, output, target_mib):
    """(seconds, peak of resident bytes)"""
    command = [BIN_DIR / "artemis-write", rows, "-o", output, "--row-group-bytes", f"{target_mib}MiB"]
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-ISc", LAUNCH, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.monotonic() - begin, int(done.stdout)


def kept(footer, ranges):
    """Of the row groups: how many may hold rows within all ranges, by column, and their compressed bytes."""
    names = footer.schema.names
    groups, size = 0, 0
    for i in range(footer.num_row_groups):
        group = footer.row_group(i)
        statistics = {name: group.column(names.index(name)).statistics for name in ranges}
        if all(low <= _bound(found.max_raw) and _bound(found.min_raw) <= high
               for (low, high), found in zip(ranges.values(), statistics.values())):
            groups += 1
            size += sum(group.column(k).total_compressed_size for k in range(group.num_columns))
    return groups, size


def _bound(value):
    return value.decode() if isinstance(value, bytes) else value


def run_time(query, threads=None):
    """Seconds that DuckDB takes."""
    with duckdb.connect(config={"threads": threads} if threads else {}) as connection:
        connection.sql("SELECT 1").fetchall()
        begin = time.monotonic()
        connection.sql(query).fetchall()
        return time.monotonic() - begin


def fastest(query):
    return min(run_time(query) for _ in range(9))


def speed_up_of_two(query):
    """How many times faster two threads are than one: of nine turns of each, the shortest."""
    turns = [(run_time(query, 1), run_time(query, 2)) for _ in range(9)]
    return min(one for one, _ in turns) / min(two for _, two in turns)


def parallelism(rows_of_groups, threads):
    """How many times faster than one thread these are at best, each reading whole row groups, the largest first."""
    loads = [0] * threads
    for rows in sorted(rows_of_groups, reverse=True):
        loads[loads.index(min(loads))] += rows
    return sum(rows_of_groups) / max(loads)


def reference_query(rows):
    """The middle row's mission and channel, and ten minutes about it, as ranges and as SQL."""
    with pa.memory_map(rows) as file, pa.ipc.open_stream(file) as stream:
        table = stream.read_all()
        middle = table.slice(table.num_rows // 2, 1)
        at = middle["sample_timestamp_ns"].cast(pa.int64())[0].as_py()
        mission, payload = middle["mission_id"][0].as_py(), middle["payload_id"][0].as_py()
    low, high = at - 5 * MINUTE_NS, at + 5 * MINUTE_NS
    ranges = {"sample_timestamp_ns": (low, high), "mission_id": (mission, mission), "payload_id": (payload, payload)}
    where = (
        f"sample_timestamp_ns BETWEEN make_timestamp_ns({low}) AND make_timestamp_ns({high}) "
        f"AND mission_id = '{mission}' AND payload_id = {payload}"
    )
    return ranges, where


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--targets", default="8,32,128,256,512")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        rows, output = os.path.join(folder, "rows.arrow"), os.path.join(folder, "out.parquet")
        empty = os.path.join(folder, "empty.arrow")
        for path, count in ((rows, options.rows), (empty, 0)):
            with open(path, "wb") as file:
                telemetry = ["telemetry", "--rows", str(count), "--seed", "1"]
                subprocess.run([BIN_DIR / "artemis", *telemetry], stdout=file, check=True)
        ranges, where = reference_query(rows)
        _, baseline = write(empty, output, 128)
        os.remove(output)
        print(f"{options.rows:,} rows in order of arrival; {os.cpu_count()} cores; reference query: {where}\n")
        print(
            "| target MiB | row groups | rows a group | file MB | write s | memory MiB | groups kept | MB kept | "
            f"reference ms | {' | '.join(f'{threads} threads' for threads in THREADS)} | 2 threads, measured |"
        )
        print("|---" * (10 + len(THREADS)) + "|")
        for target in map(int, options.targets.split(",")):
            seconds, peak = write(rows, output, target)
            footer = pq.read_metadata(output)
            groups, size = kept(footer, ranges)
            mean_of = f"SELECT avg(panel_voltage), avg(temperature_c), avg(pressure_kpa) FROM read_parquet('{output}')"
            reference = fastest(f"{mean_of} WHERE {where}")
            rows_of_groups = [footer.row_group(i).num_rows for i in range(footer.num_row_groups)]
            speed_up = " | ".join(f"{parallelism(rows_of_groups, threads):.1f}" for threads in THREADS)
            print(
                f"| {target} | {footer.num_row_groups} | {footer.row_group(0).num_rows:,} | "
                f"{os.path.getsize(output) / 1e6:.1f} | {seconds:.1f} | {(peak - baseline) / 2**20:.0f} | {groups} | "
                f"{size / 1e6:.1f} | {1e3 * reference:.0f} | {speed_up} | {speed_up_of_two(mean_of):.1f} |",
                flush=True,
            )
            os.remove(output)


main()
