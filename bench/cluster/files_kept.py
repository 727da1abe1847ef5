#!/usr/bin/env python3
"""How many files a log of queries keeps of the same rows, laid out one way and another.

    .deps/judges/bin/python bench/cluster/files_kept.py [--rows N] [--queries N] [--files-per-partition N]

Makes telemetry of 3 missions and 7 days, a table of it for each order of rows, and a log of queries (artemis telemetry
--query-log), and plans the log on every table (partition-bench). Prints a table of Markdown: the share of files that
planning keeps, of all queries and by kind of question, and what the load took in processor time.
Needs the programs of build/dev, or of ARTEMIS_BIN_DIR.
"""

import argparse
import json
import os
import pathlib
import resource
import subprocess
import tempfile

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("ARTEMIS_BIN_DIR", SOURCE_DIR / "build" / "dev" / "bin")) / "artemis"
ORDERS = {
    "as they come": "",
    "payload_id, sample_timestamp_ns": "payload_id, sample_timestamp_ns",
    "sample_timestamp_ns": "sample_timestamp_ns",
    "zorder(payload_id, sample_timestamp_ns)": "zorder(payload_id, sample_timestamp_ns)",
    "hilbert(payload_id, sample_timestamp_ns)": "hilbert(payload_id, sample_timestamp_ns)",
    "zorder of those and temperature_c": "zorder(payload_id, sample_timestamp_ns, temperature_c)",
    "hilbert of those and temperature_c": "hilbert(payload_id, sample_timestamp_ns, temperature_c)",
}
PARTITION = "mission_id, day(sample_timestamp_ns) as day"
MISSIONS, DAYS = 3, 7


class Warehouse:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self._environment = {key: value for key, value in os.environ.items() if not key.startswith("ARTEMIS_")}
        self._environment |= {"HOME": folder, "ARTEMIS_WAREHOUSE": str(self.folder / "warehouse")}

    def run(self, *arguments, **options):
        command = [str(PROGRAM), *map(str, arguments)]
        return subprocess.run(command, env=self._environment, cwd=self.folder, check=True, **options)

    def write(self, name, *arguments):
        with open(self.folder / name, "wb") as file:
            self.run(*arguments, stdout=file)
        return self.folder / name

    def lay_out(self, name, order, rows, file_bytes):
        """Makes the table; gives the processor time of the load."""
        self.run("table", "create", name, "--canonical", "--partition", PARTITION, "--sort", order,
                 "--property", f"write.target-file-size-bytes={file_bytes}", stdout=subprocess.DEVNULL)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.run("table", "append", name, rows, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def bench(self, name, log):
        report = self.folder / f"{name}.json"
        self.run("partition-bench", name, "--queries", log, "--json", report, stdout=subprocess.DEVNULL)
        return json.loads(report.read_text())


def kept(queries):
    return sum(query["files_kept"] for query in queries) / max(1, sum(query["files_total"] for query in queries))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--queries", type=int, default=3_200)
    parser.add_argument("--files-per-partition", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(folder)
        asked = ["--seed", options.seed, "--missions", MISSIONS, "--days", DAYS]
        rows = warehouse.write("rows.arrow", "telemetry", "--rows", options.rows, *asked)
        log = warehouse.write("queries.tsv", "telemetry", "--query-log", options.queries, *asked)
        # Telemetry takes about four bytes a row in a file.
        file_bytes = options.rows * 4 // (MISSIONS * DAYS * options.files_per_partition)
        print(f"{options.rows:,} rows, {options.queries:,} queries\n")
        shapes = []
        for number, (title, order) in enumerate(ORDERS.items()):
            name = f"bench.t{number}"
            seconds = warehouse.lay_out(name, order, rows, file_bytes)
            queries = warehouse.bench(name, log)["queries"]
            if not shapes:
                shapes = sorted({query["shape"] for query in queries})
                print(f"| rows within a partition | files | all queries | {' | '.join(shapes)} | load, CPU s |")
                print("|---" * (len(shapes) + 4) + "|")
            shares = [kept(queries)] + [kept([query for query in queries if query["shape"] == shape]) for shape in shapes]
            cells = " | ".join(f"{share:.2%}" for share in shares)
            print(f"| {title} | {queries[0]['files_total']} | {cells} | {seconds:.1f} |", flush=True)


main()
