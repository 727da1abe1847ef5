"""Writes an Arrow stream to one Parquet file by pyarrow or DuckDB, and says what that took: the peers of archive_speed,
with the same line of JSON.

    peers.py pyarrow|duckdb ROWS.arrow OUT.parquet GROUP_ROWS
"""

import json
import os
import resource
import sys
import time

import pyarrow as pa

DELTA = ["sample_timestamp_ns", "sequence_number"]
SPLIT = ["panel_voltage", "temperature_c", "pressure_kpa"]
PREFIXED = ["archive_uri", "object_path"]
DICTIONARY = ["mission_id", "payload_id", "sensor_kind", "quality_flag", "notes"]


def _status_bytes(name):
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name + ":"))


def _reset_peak():
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def _cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _pyarrow(rows, path, group_rows):
    import pyarrow.parquet as pq

    encodings = {column: "DELTA_BINARY_PACKED" for column in DELTA}
    encodings |= {column: "BYTE_STREAM_SPLIT" for column in SPLIT}
    encodings |= {column: "DELTA_BYTE_ARRAY" for column in PREFIXED}
    pq.write_table(
        rows,
        path,
        row_group_size=group_rows,
        compression="zstd",
        compression_level=3,
        use_dictionary=DICTIONARY,
        column_encoding=encodings,
        write_page_index=True,
        write_page_checksum=True,
    )


def _duckdb(rows, path, group_rows):
    import duckdb

    # DuckDB chooses encodings itself; V2 lets it take those of Parquet's second version.
    with duckdb.connect() as connection:
        connection.register("canonical", rows)
        connection.execute(
            f"COPY (SELECT * FROM canonical) TO '{path}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, "
            f"PARQUET_VERSION v2, ROW_GROUP_SIZE {group_rows})"
        )


def main(peer, source, path, group_rows):
    pa.set_memory_pool(pa.system_memory_pool())
    with pa.OSFile(source, "rb") as file, pa.ipc.open_stream(file) as stream:
        rows = stream.read_all()
    {"pyarrow": lambda: __import__("pyarrow.parquet"), "duckdb": lambda: __import__("duckdb")}[peer]()
    _reset_peak()
    before, cpu_before = _status_bytes("VmRSS"), _cpu_s()
    begin = time.monotonic()
    {"pyarrow": _pyarrow, "duckdb": _duckdb}[peer](rows, path, int(group_rows))
    figures = {
        "rows": rows.num_rows,
        "arrow_bytes": rows.get_total_buffer_size(),
        "seconds": time.monotonic() - begin,
        "cpu_seconds": _cpu_s() - cpu_before,
        "file_bytes": os.path.getsize(path),
        "peak_bytes": _status_bytes("VmHWM") - before,
    }
    print(json.dumps(figures))


main(*sys.argv[1:])
