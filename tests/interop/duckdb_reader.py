"""The other side of judges.DuckDbJudge: a process with the DuckDB that has a reader of Iceberg tables.

Takes {"query", "path"} as lines of JSON, writes each result to `path` as an Arrow stream, and answers {"error"}: null, or
what DuckDB said.
"""

import glob
import json
import os
import sys

import duckdb
import pyarrow as pa


def _connect():
    # DuckDB loads only extensions that are signed by its makers; nothing is fetched.
    settings = {"autoinstall_known_extensions": False, "threads": 1}
    connection = duckdb.connect(config=settings)
    site = os.path.dirname(os.path.dirname(duckdb.__file__))
    for name in ("avro", "iceberg"):
        (path,) = glob.glob(f"{site}/duckdb_extension_{name}/extensions/*/{name}.duckdb_extension")
        connection.execute(f"LOAD '{path}'")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _answer(connection, request):
    try:
        rows = connection.execute(request["query"]).to_arrow_table()
    except duckdb.Error as error:
        return str(error)
    with pa.OSFile(request["path"], "wb") as file, pa.ipc.new_stream(file, rows.schema) as stream:
        stream.write_table(rows)
    return None


def main():
    connection = _connect()
    for line in sys.stdin:
        print(json.dumps({"error": _answer(connection, json.loads(line))}), flush=True)


main()
