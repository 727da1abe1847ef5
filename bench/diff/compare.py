#!/usr/bin/env python3
"""Measures a diff of rows beside DuckDB's EXCEPT ALL over the same Parquet files, in turns, in one run.

    .deps/judges/bin/python bench/diff/compare.py [--rows 12000000] [--files 100] [--rounds 3] [--folder FOLDER]

Builds nothing: `make` first. The table has FILES files of equal size; one of them is rewritten with some rows deleted. Artemis is a
process of its own, its start included; DuckDB runs in this one, over the files of both snapshots. With FOLDER the table is made there,
or used again where it is there already. Prints Markdown.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import duckdb
import pyarrow as pa

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARTEMIS = ROOT / "build/dev/bin/artemis"
NAME = "bench.rows"


def artemis(warehouse, *arguments):
    command = [ARTEMIS, *map(str, arguments), "--warehouse", warehouse]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def make(warehouse, rows, files):
    source = warehouse / "rows.arrow"
    with open(source, "wb") as out:
        subprocess.run([ARTEMIS, "telemetry", "--rows", str(rows), "--seed", "7"], check=True, stdout=out)
    table = pa.ipc.open_stream(source).read_all()
    artemis(warehouse, "table", "create", NAME, "--like", source)
    part = warehouse / "part.arrow"
    size = -(-rows // files)
    for begin in range(0, rows, size):
        piece = table.slice(begin, size)
        with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_stream(sink, piece.schema) as writer:
            writer.write_table(piece)
        artemis(warehouse, "table", "append", NAME, part)
    source.unlink()
    part.unlink()


def paths(warehouse, snapshot):
    listed = json.loads(artemis(warehouse, "table", "files", NAME, "--snapshot", snapshot, "--format", "json"))
    entries = listed["files"] if isinstance(listed, dict) else listed
    return [each["path"].removeprefix("file://") for each in entries]


def current(warehouse):
    return json.loads(artemis(warehouse, "table", "info", NAME, "--format", "json"))["current_snapshot_id"]


def change(warehouse):
    """Deletes the rows of one instant; returns the snapshots before and after."""
    before = current(warehouse)
    first = duckdb.sql(f"SELECT min(sample_timestamp_ns)::VARCHAR FROM read_parquet('{paths(warehouse, before)[0]}')").fetchall()[0][0]
    artemis(warehouse, "table", "delete", NAME, "--where", f"sample_timestamp_ns = '{first.replace(' ', 'T')}'")
    return before, current(warehouse)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=12_000_000)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3, help="0: make the table only")
    parser.add_argument("--folder", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warehouse = options.folder or pathlib.Path(folder)
        ends = warehouse / "ends.json"
        if not ends.exists():
            warehouse.mkdir(parents=True, exist_ok=True)
            make(warehouse, options.rows, options.files)
            ends.write_text(json.dumps(change(warehouse)))
        before, after = json.loads(ends.read_text())
        if options.rounds == 0:
            return
        old, new = paths(warehouse, before), paths(warehouse, after)
        ours, theirs = [], []
        for _ in range(options.rounds):
            begin = time.monotonic()
            lines = artemis(warehouse, "replay", "diff", NAME, "--from-snapshot", before, "--net", "--format", "jsonl")
            ours.append(time.monotonic() - begin)
            begin = time.monotonic()
            count = sum(
                duckdb.sql(f"SELECT count(*) FROM (FROM read_parquet({a}) EXCEPT ALL FROM read_parquet({b}))").fetchall()[0][0]
                for a, b in ((old, new), (new, old))
            )
            theirs.append(time.monotonic() - begin)
            assert count == len(lines.splitlines()), (count, len(lines.splitlines()))
        ratio = statistics.median(b / a for a, b in zip(ours, theirs))
        print("| diff | seconds | times |\n|---|---|---|")
        print(f"| artemis-replay diff --net | {statistics.median(ours):.2f} | {ratio:.1f} |")
        print(f"| DuckDB, EXCEPT ALL both ways | {statistics.median(theirs):.2f} | 1.0 |")


if __name__ == "__main__":
    main()
