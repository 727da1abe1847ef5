#!/usr/bin/env python3
"""The archive writer against Arrow C++'s own, pyarrow and DuckDB, on the same rows in one run.

    .deps/judges/bin/python bench/write/compare.py [--rows N] [--rounds N] [--row-group-mib N] [--hold N] [--json FILE]

Every write is a process of its own that has the rows in memory before its clock starts. The writers take turns: a round
is each of them once, and a ratio to Arrow's writer is that of the same round; by CPU time it also holds on a machine that
does other work. Prints a table of Markdown, of medians.
Needs build/bench (make bench) and the programs of build/dev or build/bench.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import pyarrow.parquet as pq

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
BIN_DIR = pathlib.Path(os.environ.get("ARTEMIS_BIN_DIR", SOURCE_DIR / "build" / "bench" / "bin"))
NAMES = {
    "artemis": "artemis, the policy",
    "auto": "artemis, auto",
    "arrow": "Arrow C++, use_threads",
    "pyarrow": "pyarrow, write_table",
    "duckdb": "DuckDB, COPY",
}
PEER_OF_ALL = "arrow"


def run(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def measure(writer, rows, output, group_rows, group_bytes):
    if writer in ("pyarrow", "duckdb"):
        figures = run(sys.executable, pathlib.Path(__file__).with_name("peers.py"), writer, rows, output, group_rows)
    else:
        figures = run(
            BIN_DIR / "archive_speed", writer, rows, output, "--group-rows", group_rows, "--row-group-bytes", group_bytes
        )
    os.remove(output)
    return figures


def rows_of_a_group(rows, output, group_bytes):
    """How many rows our row groups have by the policy: the others are told to make theirs as large."""
    run(BIN_DIR / "archive_speed", "artemis", rows, output, "--row-group-bytes", group_bytes)
    group_rows = pq.read_metadata(output).row_group(0).num_rows
    os.remove(output)
    return group_rows


def table(measured):
    arrow_bytes = measured[PEER_OF_ALL][0]["arrow_bytes"]
    yield (
        "| writer | MB/s of Arrow bytes | times Arrow C++ | MB/s by CPU time | times Arrow C++ | file bytes | "
        "of Arrow C++ | peak memory MB |"
    )
    yield "|---" * 8 + "|"
    for writer, rounds in measured.items():
        peers = measured[PEER_OF_ALL]
        seconds = statistics.median(figures["seconds"] for figures in rounds)
        ratio = statistics.median(peer["seconds"] / own["seconds"] for own, peer in zip(rounds, peers))
        cpu = statistics.median(figures["cpu_seconds"] for figures in rounds)
        cpu_ratio = statistics.median(peer["cpu_seconds"] / own["cpu_seconds"] for own, peer in zip(rounds, peers))
        size = rounds[0]["file_bytes"]
        peak = statistics.median(figures["peak_bytes"] for figures in rounds)
        yield (
            f"| {NAMES[writer]} | {arrow_bytes / 1e6 / seconds:.0f} | {ratio:.2f} | "
            f"{arrow_bytes / 1e6 / cpu:.0f} | {cpu_ratio:.2f} | {size:,} | "
            f"{100 * size / peers[0]['file_bytes']:.2f} % | {peak / 1e6:.0f} |"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--row-group-mib", type=int, default=128)
    parser.add_argument("--hold", type=int, default=10)
    parser.add_argument("--writers", default=",".join(NAMES))
    parser.add_argument("--json", help="a file for the figures of every round")
    options = parser.parse_args()
    group_bytes = options.row_group_mib << 20

    with tempfile.TemporaryDirectory() as folder:
        rows, output = os.path.join(folder, "rows.arrow"), os.path.join(folder, "out.parquet")
        with open(rows, "wb") as file:
            telemetry = ["telemetry", "--rows", str(options.rows), "--seed", "1", "--hold", str(options.hold)]
            subprocess.run([BIN_DIR / "artemis", *telemetry], stdout=file, check=True)
        group_rows = rows_of_a_group(rows, output, group_bytes)
        writers = options.writers.split(",")
        measured = {writer: [] for writer in writers}
        for _ in range(options.rounds):
            for writer in writers:
                measured[writer].append(measure(writer, rows, output, group_rows, group_bytes))

    arrow_mb = measured[PEER_OF_ALL][0]["arrow_bytes"] / 1e6
    print(f"{options.rows:,} rows, {arrow_mb:.0f} MB of Arrow, row groups of {group_rows:,} rows "
          f"({options.row_group_mib} MiB by the policy), {os.cpu_count()} cores, medians of {options.rounds} rounds\n")
    print("\n".join(table(measured)))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(measured, file, indent=1)


main()
