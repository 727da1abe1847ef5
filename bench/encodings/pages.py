#!/usr/bin/env python3
"""What the length of pages and the level of zstd do to the size of a canonical file with the mandated encodings.

    .deps/judges/bin/python bench/encodings/pages.py [ROWS]

Written by pyarrow, whose pages end after a number of rows that can be set; with 20,000 it makes what artemis-write makes.
Prints a table of Markdown. Needs the programs of build/dev/bin, or of ARTEMIS_BIN_DIR.
"""

import os
import pathlib
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
BIN_DIR = pathlib.Path(os.environ.get("ARTEMIS_BIN_DIR", SOURCE_DIR / "build" / "dev" / "bin"))
ENCODINGS = {
    "sample_timestamp_ns": "DELTA_BINARY_PACKED",
    "sequence_number": "DELTA_BINARY_PACKED",
    "panel_voltage": "BYTE_STREAM_SPLIT",
    "temperature_c": "BYTE_STREAM_SPLIT",
    "pressure_kpa": "BYTE_STREAM_SPLIT",
    "archive_uri": "DELTA_BYTE_ARRAY",
    "object_path": "DELTA_BYTE_ARRAY",
}


def size(rows, page_rows, level):
    output = pa.BufferOutputStream()
    pq.write_table(
        rows,
        output,
        row_group_size=rows.num_rows,
        compression="zstd",
        compression_level=level,
        use_dictionary=[name for name in rows.column_names if name not in ENCODINGS],
        column_encoding=ENCODINGS,
        data_page_size=8 << 20,
        max_rows_per_page=page_rows,
        write_page_index=True,
        write_page_checksum=True,
    )
    return output.getvalue().size


def main():
    count = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    telemetry = [BIN_DIR / "artemis", "telemetry", "--rows", count, "--seed", "1"]
    rows = pa.ipc.open_stream(subprocess.run(telemetry, stdout=subprocess.PIPE, check=True).stdout).read_all()
    print("| rows a page | zstd level | bytes |\n|---|---|---|")
    for page_rows, level in ((20_000, 3), (131_072, 3), (1 << 20, 3), (20_000, 9), (1 << 20, 19)):
        print(f"| {page_rows:,} | {level} | {size(rows, page_rows, level):,} |", flush=True)


main()
