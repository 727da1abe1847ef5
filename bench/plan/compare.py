#!/usr/bin/env python3
"""Measures planning beside PyIceberg, on one table of metadata, in one run.

    .deps/judges/bin/python bench/plan/compare.py [--files 250000] [--queries 3200] [--sample 300] [--curve] [--codecs]

Builds nothing: `cmake --preset bench && ninja -C build/bench plan_speed` first. Prints Markdown.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/bench/bin/plan_speed"
ARTEMIS = ROOT / "build/dev/bin/artemis"


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def expression(predicate):
    from pyiceberg import expressions as e
    op = predicate["op"]
    if op == "and":
        result = expression(predicate["args"][0])
        for argument in predicate["args"][1:]:
            result = e.And(result, expression(argument))
        return result
    leaf = {"eq": e.EqualTo, "lt": e.LessThan, "le": e.LessThanOrEqual, "gt": e.GreaterThan,
            "ge": e.GreaterThanOrEqual}[op]
    return leaf(predicate["column"], predicate["value"])


def open_table(warehouse):
    from pyiceberg.catalog.sql import SqlCatalog
    catalog = SqlCatalog("artemis", uri=f"sqlite:///{warehouse}/catalog.db",
                         warehouse=f"file://{warehouse}", init_catalog_tables="false")
    return catalog.load_table("bench.telemetry")


def peer_seconds(table, text):
    begin = time.monotonic()
    files = sum(1 for _ in table.scan(row_filter=text).plan_files())
    return time.monotonic() - begin, files


def compare_sets(warehouse, log, sample):
    """Every file that we keep, PyIceberg keeps; the other way round, a tighter rule of ours drops it."""
    table = open_table(warehouse)
    lines = log.read_text().splitlines()
    picked = lines[::max(1, len(lines) // sample)][:sample]
    picked_log = log.with_suffix(".sample.tsv")
    picked_log.write_text("\n".join(picked) + "\n")
    ours = {entry["query"]: set(entry["files"]) for entry in run("kept", warehouse, picked_log)}
    wrong, tighter = [], 0
    for line in picked:
        name, predicate, _ = line.split("\t")
        scan = table.scan(row_filter=expression(json.loads(predicate)))
        theirs = {task.file.file_path for task in scan.plan_files()}
        if not ours[name] <= theirs:
            wrong.append(name)
        tighter += len(theirs - ours[name])
    return len(picked), wrong, tighter


def compare_codecs(folder, options):
    """The same entries, compressed otherwise; PyIceberg needs a package of its own for snappy."""
    print("\n| codec, level | metadata | no partition predicate | one partition | PyIceberg |\n|---|---|---|---|---|")
    for codec, level in (("deflate", 1), ("deflate", 6), ("zstandard", 3), ("zstandard", 9), ("null", 0)):
        place = folder / f"codec-{codec}-{level}"
        run("make", place, "--files", options.files, "--codec", codec, "--level", level)
        size = sum(path.stat().st_size for path in place.rglob("*.avro"))
        entry = {e["cold"]: e for e in run("cold", place)}
        peer = peer_seconds(open_table(place), "temperature_c > 119.9")[0] if options.rounds > 0 else 0
        print(f"| {codec} {level} | {size / 1e6:.0f} MB | {entry['no partition predicate']['median_ms']:.1f} ms "
              f"| {entry['one partition']['median_ms']:.2f} ms | {peer:.1f} s |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=250_000)
    parser.add_argument("--queries", type=int, default=3_200)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--curve", action="store_true", help="also plan tables of 10,000 to 2,000,000 files")
    parser.add_argument("--codecs", action="store_true", help="also plan the table with manifests of other codecs")
    parser.add_argument("--rounds", type=int, default=3, help="how often PyIceberg plans")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plan-") as folder:
        folder = pathlib.Path(folder)
        warehouse = folder / "clustered"
        run("make", warehouse, "--files", options.files)
        cold = {entry["cold"]: entry for entry in run("cold", warehouse)}
        (log,) = run("log", warehouse, "--queries", options.queries)
        table = open_table(warehouse)
        peer = statistics.median(peer_seconds(table, "temperature_c > 119.9")[0] for _ in range(options.rounds))
        again = {entry["cold"]: entry for entry in run("cold", warehouse)}
        print("| plan | Artemis | PyIceberg | ratio |\n|---|---|---|---|")
        ours = min(cold["no partition predicate"]["median_ms"], again["no partition predicate"]["median_ms"])
        print(f"| {options.files:,} files, no partition predicate, nothing cached | {ours:.1f} ms | {peer * 1000:.0f} ms "
              f"| {peer * 1000 / ours:.0f} |")
        print(f"| one partition, nothing cached | {cold['one partition']['median_ms']:.2f} ms | | |")
        print(f"| {log['queries']:,} logged queries after the first load | {log['total_ms']:.0f} ms, p99 "
              f"{log['p99_ms']:.2f} ms | | |")
        print(f"| index | {log['index_bytes'] / options.files:.0f} bytes a file | | |")
        if options.codecs:
            compare_codecs(folder, options)
        if options.curve:
            print("\n| files | no partition predicate | one partition |\n|---|---|---|")
            for files in (10_000, 50_000, 250_000, 1_000_000, 2_000_000):
                place = folder / f"curve-{files}"
                run("make", place, "--files", files)
                entry = {e["cold"]: e for e in run("cold", place)}
                print(f"| {files:,} | {entry['no partition predicate']['median_ms']:.1f} ms "
                      f"| {entry['one partition']['median_ms']:.2f} ms |")
        small = folder / "small"
        run("make", small, "--files", 20_000, "--missions", 12, "--days", 120)
        text = subprocess.run([ARTEMIS, "telemetry", "--query-log", str(options.queries), "--seed", "7",
                               "--missions", "12", "--days", "120", "--first-day", "2023-01-01"],
                              check=True, capture_output=True, text=True).stdout
        (folder / "log.tsv").write_text(text)
        count, wrong, tighter = compare_sets(small, folder / "log.tsv", options.sample)
        print(f"\n{count} sampled queries: {len(wrong)} keep a file that PyIceberg drops; {tighter} files only "
              "PyIceberg keeps.")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
