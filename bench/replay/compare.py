#!/usr/bin/env python3
"""Measures replay beside pyarrow's threaded read, on the files of one table, in one run.

    .deps/judges/bin/python bench/replay/compare.py [--rows 12000000] [--rounds 5] [--threads 2] [--keep DIR]

Two tables of the same canonical rows, two missions and seven days, partitioned by mission and day: one as rows come, by time; one
sorted by channel (payload_id, one of 128) and time. Artemis and pyarrow take turns, a process each, whose first read is not counted;
a ratio is that of one turn, by wall clock and by processor time, and the median of all turns is printed, as Markdown. pyarrow
reads with a dataset of all files of the table and its threads (the better of to_table and to_batches), with the filter and columns that
Artemis has; its tuples of hive partitions are not used, its row group statistics are. Ends with 1 where rows differ in number.
Builds nothing: `cmake --preset bench && ninja -C build/bench replay_speed` first.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("REPLAY_SPEED", ROOT / "build/bench/bin/replay_speed"))
ARTEMIS = ROOT / "build/dev/bin/artemis"
COLUMNS = "sample_timestamp_ns,payload_id,temperature_c"

PEER = r"""
import datetime, glob, json, resource, sys, time
import pyarrow as pa, pyarrow.compute as pc, pyarrow.dataset as ds
warehouse, table, threads, rounds, query = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), json.loads(sys.argv[5])
pa.set_cpu_count(threads)
paths = sorted(glob.glob(f"{warehouse}/{table.replace('.', '/')}/data/**/*.parquet", recursive=True))
expression = None
for column, op, value in query["filter"]:
    if column == "sample_timestamp_ns":
        value = pa.scalar(datetime.datetime.fromisoformat(value), pa.timestamp("us"))
    leaf = {"eq": pc.field(column) == value, "ge": pc.field(column) >= value, "lt": pc.field(column) < value}[op]
    expression = leaf if expression is None else expression & leaf
def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
def once(way):
    begin, before = time.monotonic(), cpu()
    data = ds.dataset(paths, format="parquet")
    arguments = dict(columns=query["columns"], filter=expression, use_threads=True)
    if way == "table":
        rows = data.to_table(**arguments).num_rows
    else:
        rows = sum(batch.num_rows for batch in data.to_batches(**arguments))
    return time.monotonic() - begin, cpu() - before, rows
seconds, cpus = [], []
for i in range(rounds + 1):
    best = min(once("table"), once("batches"))
    if i:
        seconds.append(best[0]); cpus.append(best[1])
print(json.dumps({"rows": best[2], "seconds": seconds, "cpu_seconds": cpus,
                  "peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
"""


def leaf(column, op, value):
    return {"op": op, "column": column, "value": value}


def queries():
    window = [("sample_timestamp_ns", "ge", "2024-03-13T10:00:00"), ("sample_timestamp_ns", "lt", "2024-03-13T11:41:00")]
    channel = [("payload_id", "eq", 305)]
    return [("full scan", "time", [], None), ("3 of 12 columns", "time", [], COLUMNS.split(",")),
            ("1 % time window", "time", window, None), ("one channel of 128", "channel", channel, None),
            ("one channel of 128, rows as they come", "time", channel, None)]


def make_tables(warehouse, rows):
    environment = {**os.environ, "ARTEMIS_WAREHOUSE": str(warehouse)}
    environment.pop("ARTEMIS_CATALOG", None)
    for name, sort in (("time", []), ("channel", ["--sort", "payload_id, sample_timestamp_ns"])):
        subprocess.run([ARTEMIS, "table", "create", f"bench.{name}", "--canonical", "--partition",
                        "mission_id, day(sample_timestamp_ns) as day", *sort], env=environment, check=True,
                       stdout=subprocess.DEVNULL)
        make = subprocess.Popen([ARTEMIS, "telemetry", "--rows", str(rows), "--seed", "7", "--missions", "2", "--days", "7"],
                                stdout=subprocess.PIPE)
        subprocess.run([ARTEMIS, "table", "append", f"bench.{name}", "-"], env=environment, stdin=make.stdout, check=True,
                       stdout=subprocess.DEVNULL)
        if make.wait() != 0:
            raise SystemExit("compare: no rows")


def ours(warehouse, table, threads, rounds, filters, columns):
    command = [PROGRAM, warehouse, f"bench.{table}", "--threads", threads, "--rounds", rounds]
    if filters:
        leaves = [leaf(*each) for each in filters]
        command += ["--where", json.dumps(leaves[0] if len(leaves) == 1 else {"op": "and", "args": leaves})]
    if columns:
        command += ["--columns", ",".join(columns)]
    return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)


def theirs(warehouse, table, threads, rounds, filters, columns):
    query = json.dumps({"filter": filters, "columns": columns})
    return json.loads(subprocess.run([sys.executable, "-c", PEER, str(warehouse), f"bench.{table}", str(threads), str(rounds),
                                      query], check=True, capture_output=True, text=True).stdout)


def ratio_of(turns, key):
    return statistics.median(statistics.median(b[key]) / statistics.median(a[key]) for a, b in turns)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=12_000_000)
    parser.add_argument("--rounds", type=int, default=5, help="turns; in each, a process reads three times")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep", type=pathlib.Path, help="the tables are here, or are made here and stay")
    options = parser.parse_args()
    folder = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="replay-"))
    wrong = False
    try:
        if not (folder / "catalog.db").exists():
            make_tables(folder, options.rows)
        print("| query | rows | Artemis ms | CPU ms | peak MB | pyarrow ms | CPU ms | peak MB | times as fast | by CPU time |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for name, table, filters, columns in queries():
            turns = [(ours(folder, table, options.threads, 3, filters, columns),
                      theirs(folder, table, options.threads, 3, filters, columns)) for _ in range(options.rounds)]
            wrong = wrong or any(a["rows"] != b["rows"] for a, b in turns)
            cells = [f"{turns[0][0]['rows']:,}"]
            for side in (0, 1):
                for key in ("seconds", "cpu_seconds"):
                    cells.append(f"{statistics.median(statistics.median(t[side][key]) for t in turns) * 1000:.1f}")
                cells.append(f"{max(t[side]['peak_kb'] for t in turns) / 1000:.0f}")
            print(f"| {name} | " + " | ".join(cells) +
                  f" | {ratio_of(turns, 'seconds'):.2f} | {ratio_of(turns, 'cpu_seconds'):.2f} |", flush=True)
        pairs = [(ours(folder, "time", 1, 3, [], None), ours(folder, "time", 2, 3, [], None)) for _ in range(options.rounds)]
        one_to_two = statistics.median(min(a["seconds"]) / min(b["seconds"]) for a, b in pairs)
        by_cpu = statistics.median(min(b["cpu_seconds"]) / min(a["cpu_seconds"]) for a, b in pairs)
        print(f"\nFull scan on two threads: {one_to_two:.2f} times as fast as on one, for {by_cpu:.2f} of its processor time.")
    finally:
        if options.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
