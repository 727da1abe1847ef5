#!/usr/bin/env python3
"""What each encoding makes of each canonical column: size and time.

    .deps/judges/bin/python bench/encodings/sizes.py [--rows N] [--hold N] [--rounds N] [--columns a,b]

Each column is written alone by artemis-write, in one row group, on one thread, once with each encoding that its type
allows; the time is the shortest of the rounds and includes reading the column. The policy's choice has a *. A column
`continuous` is added, which no converter has quantised: a sine with noise in all its digits. Prints a table of Markdown.
Needs the programs of build/dev/bin, or of ARTEMIS_BIN_DIR.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
BIN_DIR = pathlib.Path(os.environ.get("ARTEMIS_BIN_DIR", SOURCE_DIR / "build" / "dev" / "bin"))
ENCODINGS = ["plain", "dictionary", "delta", "byte_stream_split", "delta_byte_array"]
POLICY = {
    "sample_timestamp_ns": "delta",
    "sequence_number": "delta",
    "panel_voltage": "byte_stream_split",
    "temperature_c": "byte_stream_split",
    "pressure_kpa": "byte_stream_split",
    "archive_uri": "delta_byte_array",
    "object_path": "delta_byte_array",
}


def allowed(kind):
    """The encodings that Parquet has for the type."""
    if pa.types.is_string(kind):
        return ["plain", "dictionary", "delta_byte_array"]
    if pa.types.is_floating(kind):
        return ["plain", "dictionary", "byte_stream_split"]
    return ["plain", "dictionary", "delta", "byte_stream_split"]


def continuous(rows):
    """Doubles that use all their bits, of a magnitude that moves slowly."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SELECT setseed(0.5)").fetchall()
        return connection.sql(
            f"SELECT 20 + 5 * sin(i / 5000.0) + 0.01 * random() AS continuous FROM range({rows}) t(i)"
        ).to_arrow_table()


def write(source, output, *arguments):
    command = [BIN_DIR / "artemis-write", source, "-o", output, "--format", "json", "--threads", "1"]
    done = subprocess.run(
        [*command, "--row-group-bytes", "16GiB", *arguments], stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def measure(source, folder, column, encoding, rounds):
    """(bytes, encoded bytes before compression, seconds)"""
    output = os.path.join(folder, "column.parquet")
    seconds = []
    for _ in range(rounds):
        summary = write(source, output, "--encoding", f"{column}={encoding}")
        chunk = pq.read_metadata(output).row_group(0).column(0)
        os.remove(output)
        seconds.append(summary["elapsed_ms"] / 1000)
    assert summary["row_groups"] == 1
    return chunk.total_compressed_size, chunk.total_uncompressed_size, min(seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--hold", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--columns", default="")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows.arrow")
        with open(path, "wb") as file:
            telemetry = ["telemetry", "--rows", str(options.rows), "--seed", "1", "--hold", str(options.hold)]
            subprocess.run([BIN_DIR / "artemis", *telemetry], stdout=file, check=True)
        with pa.memory_map(path) as file, pa.ipc.open_stream(file) as stream:
            rows = stream.read_all()
            rows = rows.append_column("continuous", continuous(options.rows)["continuous"])
            print(f"{options.rows:,} rows, --hold {options.hold}, zstd 3, one thread, best of {options.rounds}\n")
            print("| column | encoding | bytes a value | before zstd | ns a value |\n|---|---|---|---|---|")
            for column in options.columns.split(",") if options.columns else rows.column_names:
                source = os.path.join(folder, "column.arrow")
                alone = rows.select([column])
                with pa.OSFile(source, "wb") as out, pa.ipc.new_stream(out, alone.schema) as stream:
                    stream.write_table(alone)
                for encoding in allowed(alone.schema.field(0).type):
                    size, encoded, seconds = measure(source, folder, column, encoding, options.rounds)
                    mark = " *" if POLICY.get(column, "dictionary") == encoding else ""
                    print(
                        f"| {column} | {encoding}{mark} | {size / options.rows:.4f} | {encoded / options.rows:.4f} | "
                        f"{1e9 * seconds / options.rows:.1f} |",
                        flush=True,
                    )


main()
