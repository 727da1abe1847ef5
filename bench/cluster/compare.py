#!/usr/bin/env python3
"""Clustering and writing, by the table writer against DuckDB's ORDER BY and COPY, on the same rows in one run.

    .deps/judges/bin/python bench/cluster/compare.py [--rows N] [--rounds N] [--writers LIST] [--data FOLDER] [--json FILE]

The rows are synthetic telemetry of 16 satellites and 128 channels. DuckDB has them in a table in memory and sorts them
by the two columns that we cluster by, or by our Z-order's key, computed beforehand and not counted: what a Z-order would
cost it at least. Every write is a process of its own that has the rows in memory before its clock starts; the writers
take turns, and a ratio is that of the same round. Compression is zstd 3 everywhere. DuckDB's row groups are asked to have as
many rows as ours ("same row groups"), and are of its own size else (122,880 rows). Prints a table of Markdown, of medians.
--data keeps the rows in a folder, for another run. Needs build/bench (make bench).
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
BIN_DIR = pathlib.Path(os.environ.get("ARTEMIS_BIN_DIR", SOURCE_DIR / "build" / "bench" / "bin"))
COLUMNS = "satellite_id, channel"
NAMES = {
    "zorder": f"artemis, zorder({COLUMNS})",
    "hilbert": f"artemis, hilbert({COLUMNS})",
    "sorted": f"artemis, sorted by {COLUMNS}",
    "plain": "artemis, as they come",
    "duckdb": f"DuckDB, ORDER BY {COLUMNS}, same row groups",
    "duckdb-key": "DuckDB, ORDER BY a precomputed Z-order key, same row groups",
    "duckdb-own": f"DuckDB, ORDER BY {COLUMNS}",
    "duckdb-key-own": "DuckDB, ORDER BY a precomputed Z-order key",
    "duckdb-plain": "DuckDB, as they come",
}
PEERS = ("duckdb", "duckdb-key", "duckdb-own", "duckdb-key-own")
ORDERS = {"zorder": f"zorder({COLUMNS})", "hilbert": f"hilbert({COLUMNS})", "sorted": COLUMNS, "plain": ""}
DUCKDB_ORDERS = {"duckdb": f"ORDER BY {COLUMNS}", "duckdb-key": "ORDER BY curve_key", "duckdb-plain": ""}
DUCKDB_ORDERS |= {"duckdb-own": DUCKDB_ORDERS["duckdb"], "duckdb-key-own": DUCKDB_ORDERS["duckdb-key"]}

# Frames of 128 channels come in the order of time, one satellite after the other.
TELEMETRY = """
    SELECT TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_microseconds((i // 128 * 1000 + hash(i // 128) % 500)::BIGINT) AS ts,
           (hash(i // 128, 1) % 16)::INTEGER AS satellite_id,
           'subsystem/ch-' || lpad((i % 128)::VARCHAR, 4, '0') AS channel,
           i AS seq,
           (hash(i, 2) % 512 + i % 128 * 24)::INTEGER AS raw,
           (hash(i, 2) % 512 + i % 128 * 24)::DOUBLE * (0.01 + i % 128) AS value,
           (CASE WHEN hash(i, 3) % 200 = 0 THEN 1 ELSE 0 END)::INTEGER AS quality
    FROM range({rows}) AS t(i)
"""


def make_rows(path, count):
    import duckdb
    import pyarrow as pa

    reader = duckdb.connect().sql(TELEMETRY.format(rows=count)).to_arrow_reader(65_536)
    with pa.OSFile(path, "wb") as file, pa.ipc.new_stream(file, reader.schema) as stream:
        for batch in reader:
            stream.write_batch(batch)


def run(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def measure(writer, rows, keyed, folder, group_rows):
    if writer in DUCKDB_ORDERS:
        path = os.path.join(folder, "duckdb.parquet")
        asked = 0 if writer.endswith("-own") else group_rows
        return run(sys.executable, __file__, "--duckdb", writer, keyed, path, asked)
    with tempfile.TemporaryDirectory(dir=folder) as table:
        return run(BIN_DIR / "cluster_speed", ORDERS[writer], rows, table)


def duckdb_peer(writer, source, path, group_rows):
    import resource

    import duckdb
    import pyarrow as pa

    def cpu_s():
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime

    with duckdb.connect() as connection:
        with pa.OSFile(source, "rb") as file, pa.ipc.open_stream(file) as stream:
            connection.register("stream", stream)
            connection.execute("CREATE TABLE telemetry AS SELECT * FROM stream")
        rows = connection.execute("SELECT count(*) FROM telemetry").fetchone()[0]
        grouped = f", ROW_GROUP_SIZE {group_rows}" if int(group_rows) > 0 else ""
        cpu_before, begin = cpu_s(), time.monotonic()
        connection.execute(
            f"COPY (SELECT * EXCLUDE (curve_key) FROM telemetry {DUCKDB_ORDERS[writer]}) TO '{path}' "
            f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, PARQUET_VERSION v2{grouped})"
        )
        figures = {"rows": rows, "seconds": time.monotonic() - begin, "cpu_seconds": cpu_s() - cpu_before}
        groups = f"SELECT count(DISTINCT row_group_id) FROM parquet_metadata('{path}')"
        figures["row_groups"] = connection.execute(groups).fetchone()[0]
    figures["file_bytes"] = os.path.getsize(path)
    os.remove(path)
    print(json.dumps(figures))


def table(measured):
    """The ratios are of the wall clock, and by processor time in brackets."""
    peers = [peer for peer in PEERS if peer in measured]
    ratios = "".join(f" | times {NAMES[peer]}" for peer in peers)
    yield f"| writer | seconds | Mrow/s | CPU seconds{ratios} | row groups | file bytes |"
    yield "|---" * (6 + len(peers)) + "|"
    for writer, rounds in measured.items():
        cells = [NAMES[writer]]
        seconds = statistics.median(figures["seconds"] for figures in rounds)
        cells += [f"{seconds:.2f}", f"{rounds[0]['rows'] / seconds / 1e6:.1f}"]
        cells += [f"{statistics.median(figures['cpu_seconds'] for figures in rounds):.2f}"]
        for peer in peers:
            pairs = list(zip(rounds, measured[peer]))
            clock, cpu = (statistics.median(other[unit] / own[unit] for own, other in pairs) for unit in ("seconds", "cpu_seconds"))
            cells.append(f"{clock:.2f} ({cpu:.2f})")
        yield "| " + " | ".join(cells + [str(rounds[0]["row_groups"]), f"{rounds[0]['file_bytes']:,}"]) + " |"


def prepare(folder, count):
    rows, keyed = os.path.join(folder, f"rows-{count}.arrow"), os.path.join(folder, f"keyed-{count}.arrow")
    if not os.path.exists(rows):
        make_rows(rows, count)
    if not os.path.exists(keyed):
        subprocess.run([BIN_DIR / "cluster_speed", "keys", ORDERS["zorder"], rows, keyed], check=True)
    return rows, keyed


def main():
    if sys.argv[1:2] == ["--duckdb"]:
        return duckdb_peer(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=12_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--writers", default=",".join(NAMES))
    parser.add_argument("--data", help="a folder for the rows, which are made unless they are there")
    parser.add_argument("--json", help="a file for the figures of every round")
    options = parser.parse_args()
    writers = options.writers.split(",")
    measured = {writer: [] for writer in writers}
    with tempfile.TemporaryDirectory() as folder:
        rows, keyed = prepare(options.data or folder, options.rows)
        # Ours come first, so that DuckDB can be asked for row groups of as many rows.
        writers.sort(key=lambda writer: writer in DUCKDB_ORDERS)
        group_rows = 0
        for _ in range(options.rounds):
            for writer in writers:
                figures = measure(writer, rows, keyed, folder, group_rows)
                measured[writer].append(figures)
                if writer not in DUCKDB_ORDERS:
                    group_rows = group_rows or -(-options.rows // figures["row_groups"])
    arrow_mb = measured[writers[0]][0].get("arrow_bytes", 0) / 1e6
    print(f"{options.rows:,} rows, {arrow_mb:.0f} MB of Arrow, {os.cpu_count()} cores, medians of {options.rounds} rounds\n")
    print("\n".join(table(measured)))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(measured, file, indent=1)


main()
