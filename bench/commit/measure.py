#!/usr/bin/env python3
"""Commits per second, and the cost of a long history.

    bench/commit/measure.py [--seconds 5]     needs build/bench/bin/commit_speed and PostgreSQL

Each rate is taken on the disk of the temporary folder and on a file system in memory, where an fsync costs nothing: the
difference is what the disk takes. PostgreSQL runs with fsync on, its folder on the disk.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "bench" / "bin" / "commit_speed"
MEMORY = "/dev/shm"

sys.path.insert(0, str(ROOT / "tests"))


def measure(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def rate(label, uri, folder, writers, tables, seconds):
    with tempfile.TemporaryDirectory(dir=folder) as warehouse:
        found = measure("rate", uri, warehouse, writers, tables, seconds)
    print(f"| {label} | {writers} | {tables} | {found['commits_per_second']:.0f} | {found['p50_ms']:.1f} | "
          f"{found['p95_ms']:.1f} | {found['attempts'] / max(1, found['commits']):.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()

    from support import postgres

    postgres._SETTINGS["fsync"] = "on"
    print("| catalog | writers | tables | commits/s | p50 ms | p95 ms | attempts a commit |")
    print("|---|---|---|---|---|---|---|")
    with postgres.Postgres() as server:
        for writers, tables in ((1, 1), (8, 1), (8, 8)):
            rate("SQLite, disk", "", None, writers, tables, options.seconds)
            rate("SQLite, memory", "", MEMORY, writers, tables, options.seconds)
            rate("PostgreSQL, disk", server.uri(server.new_database()), None, writers, tables, options.seconds)
            rate("PostgreSQL, files in memory", server.uri(server.new_database()), MEMORY, writers, tables, options.seconds)
    print("\nMilliseconds, and in brackets those of the processor:")
    print("| snapshots | metadata | load | commit | load and commit |\n|---|---|---|---|---|")
    for snapshots in (100, 1_000, 10_000):
        with tempfile.TemporaryDirectory(dir=MEMORY) as warehouse:
            found = measure("history", warehouse, snapshots)
        cells = [f"{found[f'{what}_ms']:.1f} ({found[f'{what}_cpu_ms']:.1f})"
                 for what in ("load", "commit", "load_and_commit")]
        print(f"| {snapshots:,} | {found['metadata_bytes'] / 2**20:.1f} MiB | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
