#!/usr/bin/env python3
"""Measures SQL over tables beside DuckDB's read_parquet over their data files, query by query, in one run.

    .deps/judges/bin/python bench/sql/compare.py [--suite tpch] [--suite hits] [--suite log] [--suite groups] [--rounds 5] [--keep DIR]

tpch    the 22 queries of TPC-H on its data at scale 1 (`pip install tpchgen-cli`; --tpchgen names the program)
hits    questions in the manner of ClickBench, of a table of hits made here, a file for each of 31 days
log     the analysts' queries (`artemis telemetry --query-log`), of telemetry partitioned by mission and day
groups  GROUP BY over days, beside a scan of the same columns and days that only adds them up, both of a table

One process runs both sides in turns (sql_speed), each in a DuckDB instance of its own of the same library, with the same threads,
memory limit and settings. The peer has a view for each table, read_parquet over the list of its data files: it prunes by the
statistics of their footers, and its hive partitions are off, since the tuples of an Iceberg table are in its manifests and
not in its paths. A ratio is of one turn; their median is a query's, the geometric mean of these a suite's. "Pruned" are the queries
whose plan here leaves files out. Prints Markdown; ends with 1 where an answer differs. Builds nothing:
`cmake --preset bench && ninja -C build/bench sql_speed` first.
"""
import argparse
import glob
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAM = pathlib.Path(os.environ.get("SQL_SPEED", ROOT / "build/bench/bin/sql_speed"))
ARTEMIS = ROOT / "build/dev/bin/artemis"
TPCH = "region nation supplier customer part partsupp orders lineitem".split()

# Uniform, skewed and sparse columns out of hashes of the row number; strings long, short and mostly empty.
HITS = """
SELECT (hash(i) >> 1)::BIGINT AS watch_id, is_refresh, counter_id, event_date,
       event_date + to_seconds((hash(i, 4) % 86400)::BIGINT) AS event_time,
       (hash((power(u, 1.5) * {rows} / 6)::BIGINT, 5) >> 1)::BIGINT AS user_id, (hash(i // 3, 6) % 4294967296)::BIGINT AS client_ip,
       (power((hash(i, 7) % 1000000) / 1e6, 3) * 5000)::INT AS region_id,
       [1024, 1280, 1366, 1440, 1600, 1920, 2560, 0][(hash(i, 8) % 8)::INT + 1]::INT AS resolution_width,
       CASE WHEN hash(i, 9) % 100 < 4 THEN (hash(i, 10) % 60)::INT ELSE 0 END AS adv_engine_id,
       CASE WHEN hash(i, 11) % 100 < 13 THEN 2 + (hash(i, 12) % 5)::INT ELSE 0 END AS search_engine_id,
       CASE WHEN hash(i, 11) % 100 < 13 THEN 'how to ' || (power((hash(i, 13) % 1000000) / 1e6, 4) * 400000)::BIGINT || ' in ' ||
            (hash(i, 14) % 40)::VARCHAR ELSE '' END AS search_phrase,
       CASE WHEN hash(i, 15) % 100 < 5 THEN 'model ' || (hash(i, 16) % 160)::VARCHAR ELSE '' END AS mobile_phone_model,
       page || repeat('x', (hash(p, 17) % 40)::INT) AS url,
       'Title of ' || page || ' — ' || (hash(p, 18) % 9)::VARCHAR AS title,
       CASE WHEN hash(i, 19) % 3 = 0 THEN '' ELSE 'http://referrer.example/' || (hash(p, 20) % 90000)::VARCHAR END AS referer
FROM (SELECT *, 'http://' || CASE WHEN p % 211 = 0 THEN 'google.example/' ELSE 'site' || (counter_id % 997)::VARCHAR || '.example/' END ||
             CASE WHEN p % 7 = 0 THEN 'catalogue/items/' ELSE 'news/' END || p::VARCHAR AS page
      FROM (SELECT i, (hash(i, 1) % 1000000) / 1e6 AS u, hash(i, 2) % 8 = 0 AS is_refresh,
                   CASE WHEN hash(i, 3) % 10 = 0 THEN 62 ELSE (power((hash(i, 3) % 999983) / 999983.0, 4) * 6000)::INT END AS counter_id,
                   DATE '2013-07-01' + (i * 31 // {rows})::INT AS event_date,
                   (power((hash(i, 21) % 1000000) / 1e6, 3) * {rows} / 4)::BIGINT AS p
            FROM range({rows}) AS t(i)))
"""


def artemis(warehouse, *arguments, **more):
    environment = {**os.environ, "ARTEMIS_WAREHOUSE": str(warehouse)}
    environment.pop("ARTEMIS_CATALOG", None)
    subprocess.run([ARTEMIS, *map(str, arguments)], env=environment, check=True, stdout=subprocess.DEVNULL, **more)


def make_tpch(folder, options):
    files = folder / "generated"
    subprocess.run([options.tpchgen, "parquet", "-s", str(options.scale), "--output-dir", files], check=True)
    for table in TPCH:
        artemis(folder, "table", "create", f"bench.{table}", "--like", files / f"{table}.parquet")
        artemis(folder, "table", "append", f"bench.{table}", files / f"{table}.parquet")
    shutil.rmtree(files)


def make_hits(folder, options):
    import duckdb  # The judges' own, only to make rows.
    rows = folder / "hits.parquet"
    duckdb.sql(f"COPY ({HITS.format(rows=options.hits)}) TO '{rows}' (FORMAT parquet)")
    artemis(folder, "table", "create", "bench.hits", "--like", rows, "--partition", "event_date", "--sort", "counter_id, event_time")
    artemis(folder, "table", "append", "bench.hits", rows)
    rows.unlink()


def make_telemetry(folder, options):
    shape = ["--seed", "7", "--missions", "4", "--days", "30"]
    artemis(folder, "table", "create", "bench.telemetry", "--canonical", "--partition",
            "mission_id, day(sample_timestamp_ns) as day", "--sort", "payload_id, sample_timestamp_ns")
    make = subprocess.Popen([ARTEMIS, "telemetry", "--rows", str(options.telemetry), *shape], stdout=subprocess.PIPE)
    artemis(folder, "table", "append", "bench.telemetry", "-", stdin=make.stdout)
    if make.wait() != 0:
        raise SystemExit("compare: no telemetry")
    with open(folder / "log.tsv", "w") as log:
        subprocess.run([ARTEMIS, "telemetry", "--query-log", "3200", *shape], stdout=log, check=True)


def peer_view(folder, table, derived=""):
    files = sorted(glob.glob(f"{folder}/bench/{table}/data/**/*.parquet", recursive=True))
    names = ", ".join(f"'{name}'" for name in files)
    return f"CREATE TEMP VIEW {table} AS SELECT *{derived} FROM read_parquet([{names}], hive_partitioning = false)"


def from_file(name, table_names):
    queries, title, text = [], None, []
    for line in (HERE / name).read_text().splitlines() + ["-- end"]:
        if not line.startswith("-- "):
            text.append(line.strip())
            continue
        if title:
            queries.append((title, " ".join(text)))
        word = line[3:]
        title, text = (word, []) if len(word.split()) == 1 else (None, [])
    return queries


def literal(column, value):
    if column == "sample_timestamp_ns":
        return f"TIMESTAMP '{value}'"
    return f"'{value}'" if isinstance(value, str) else str(value)


def condition(predicate):
    if predicate["op"] in ("and", "or"):
        return "(" + f" {predicate['op'].upper()} ".join(map(condition, predicate["args"])) + ")"
    sign = {"eq": "=", "ge": ">=", "lt": "<", "gt": ">", "le": "<="}[predicate["op"]]
    return f"{predicate['column']} {sign} {literal(predicate['column'], predicate['value'])}"


def logged(folder, every):
    for i, line in enumerate((folder / "log.tsv").read_text().splitlines()):
        if i % every == 0:
            yield line.split("\t")


def suite(name, folder, options):
    """The lines of sql_speed, and how many tables' files are compared."""
    lines = ["ours\tUSE artemis.bench"]
    if name == "tpch":
        lines += [f"peer\t{peer_view(folder, table)}" for table in TPCH]
        lines += [f"query\t{title}\t{sql}" for title, sql in from_file("tpch.sql", TPCH)]
    elif name == "hits":
        lines.append(f"peer\t{peer_view(folder, 'hits')}")
        lines += [f"query\t{title}\t{sql}" for title, sql in from_file("hits.sql", ["hits"])]
    elif name == "log":
        lines.append(f"peer\t{peer_view(folder, 'telemetry')}")
        for title, predicate, columns in logged(folder, options.log_every):
            lines.append(f"query\t{title}\tSELECT {columns} FROM telemetry WHERE {condition(json.loads(predicate))}")
    else:
        measures = "sum(panel_voltage), sum(temperature_c), sum(pressure_kpa)"
        for first, last in (("11", "11"), ("11", "13"), ("15", "21"), ("11", "31")):
            where = f"FROM telemetry WHERE day BETWEEN '2024-03-{first}' AND '2024-03-{last}'"
            lines.append(f"pair\tdays {first} to {last} of March\tSELECT payload_id, {measures} {where} GROUP BY payload_id\t"
                         f"SELECT sum(payload_id), {measures} {where}")
        for title, predicate, _ in logged(folder, options.log_every):
            where = f"FROM telemetry WHERE {condition(json.loads(predicate))}"
            lines.append(f"pair\t{title}\tSELECT payload_id, {measures} {where} GROUP BY payload_id\t"
                         f"SELECT sum(payload_id), {measures} {where}")
    return lines


def measure(folder, name, options, only=None):
    queries = folder / f"{name}.queries"
    queries.write_text("\n".join(suite(name, folder, options)) + "\n")
    command = [PROGRAM, folder, queries, "--threads", options.threads, "--rounds", options.rounds]
    command += ["--only", only] if only else []
    command += ["--memory-limit", options.memory_limit_mib << 20]
    done = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    *results, last = map(json.loads, done.stdout.splitlines())
    return results, last["peak_kb"]


def ratio(query, key=""):
    return statistics.median(a / b for a, b in zip(query["ours" + key], query["peer" + key]))


def mean_of(queries, key=""):
    return math.exp(statistics.mean(math.log(max(ratio(query, key), 1e-9)) for query in queries)) if queries else float("nan")


def milliseconds(seconds):
    return f"{statistics.median(seconds) * 1000:.1f}"


def totals(title, queries):
    pruned = [query for query in queries if query["files_kept"] < query["files_total"]]
    sums = [sum(statistics.median(query[side]) for query in queries) for side in ("ours", "peer")]
    print(f"| {title} | {len(queries)} | {mean_of(queries):.3f} | {sums[0]:.2f} | {sums[1]:.2f} | {len(pruned)} | "
          f"{1 / mean_of(pruned):.2f} | {max(ratio(query) for query in queries):.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", action="append", choices=["tpch", "hits", "log", "groups"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-limit-mib", type=int, default=2048, help="of each side's DuckDB")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--hits", type=int, default=4_000_000, help="rows")
    parser.add_argument("--telemetry", type=int, default=12_000_000, help="rows")
    parser.add_argument("--log-every", type=int, default=16, help="of the 3,200 logged queries, every n-th")
    parser.add_argument("--tpchgen", default="tpchgen-cli")
    parser.add_argument("--only", choices=["ours", "peer"], help="no comparison: the time and the peak of memory of one side")
    parser.add_argument("--details", action="store_true", help="a row for each query")
    parser.add_argument("--make-only", action="store_true", help="makes the tables of --keep, and measures nothing")
    parser.add_argument("--keep", type=pathlib.Path, help="the tables are here, or are made here and stay")
    options = parser.parse_args()
    names = options.suite or ["tpch", "hits", "log", "groups"]
    root = (options.keep or pathlib.Path(tempfile.mkdtemp(prefix="sql-"))).resolve()
    makers = {"tpch": make_tpch, "hits": make_hits, "log": make_telemetry, "groups": make_telemetry}
    folders = {"groups": "log"}
    wrong, everything = [], []
    try:
        for name in names:
            folder = root / folders.get(name, name)
            if not (folder / "made").exists():
                folder.mkdir(parents=True, exist_ok=True)
                makers[name](folder, options)
                (folder / "made").touch()
        if options.make_only:
            return 0
        for name in names:
            queries, peak_kb = measure(root / folders.get(name, name), name, options, options.only)
            if options.only:
                side = "ours" if options.only == "ours" else "peer"
                seconds = sum(statistics.median(query[side]) for query in queries)
                print(f"{name}: {seconds:.2f} s, peak of resident memory {peak_kb / 1024:.0f} MiB")
                continue
            if name == "groups":
                print("\n| GROUP BY | ms | scan ms | ratio |\n|---|---|---|---|")
                for query in queries[:4]:
                    print(f"| {query['name']} | {milliseconds(query['ours'])} | {milliseconds(query['peer'])} | {ratio(query):.2f} |")
                sums = [sum(statistics.median(query[side]) for query in queries[4:]) for side in ("ours", "peer")]
                print(f"| {len(queries) - 4} logged queries, in sum | {sums[0] * 1000:.0f} | {sums[1] * 1000:.0f} | {sums[0] / sums[1]:.2f} |")
                continue
            wrong += [query["name"] for query in queries if not query["same"]]
            everything += queries
            if options.details:
                print("\n| query | rows | files | Artemis ms | read_parquet ms | ratio | by CPU time |\n|---|---|---|---|---|---|---|")
                for query in queries:
                    print(f"| {query['name']} | {query['rows']:,} | {query['files_kept']} of {query['files_total']} | "
                          f"{milliseconds(query['ours'])} | {milliseconds(query['peer'])} | {ratio(query):.2f} | {ratio(query, '_cpu'):.2f} |")
            print("\n| suite | queries | geometric mean of ratios | Artemis s | read_parquet s | pruned | times as fast where pruned | worst ratio |")
            print("|---|---|---|---|---|---|---|---|")
            totals(name, queries)
        if len(names) > 1 and everything:
            totals("all", everything)
    finally:
        if options.keep is None:
            shutil.rmtree(root, ignore_errors=True)
    for name in wrong:
        print(f"compare: other rows: {name}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
