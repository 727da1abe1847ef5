"""Changes of tables as clients make them: ADBC's calls, and processes that upload."""

import subprocess
import sys

import adbc_driver_flightsql.dbapi as dbapi
import pyarrow as pa

from flight_messages import packed_bytes, text_field, varint_field
from flight_server import wait_for

ROWS = pa.table({"id": pa.array(range(1000), pa.int64()), "name": [f"n{i}" for i in range(1000)]})


def connect(server, user, token, autocommit=True):
    return dbapi.connect(server.uri, db_kwargs={"username": user, "password": token}, autocommit=autocommit)


def run(connection, sql, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def update(connection, sql):
    """As DoPut: the number of rows."""
    with connection.cursor() as cursor:
        cursor.adbc_statement.set_sql_query(sql)
        return cursor.adbc_statement.execute_update()


def ingest(connection, table, rows=ROWS, **options):
    with connection.cursor() as cursor:
        return cursor.adbc_ingest(table, rows, db_schema_name="lab", **options)


def count(connection, table):
    return run(connection, f"SELECT count(*) FROM artemis.lab.{table}")[0][0]


def snapshots(connection, table):
    return run(connection, f"SELECT count(*) FROM artemis.snapshots('lab.{table}')")[0][0]


def data_files(server, table):
    folder = server.warehouse / "lab" / table / "data"
    return sorted(folder.rglob("*.parquet")) if folder.exists() else []


def ingest_command(table, mode, more=b""):
    """CommandStatementIngest into lab.<table>, as the bytes of a descriptor."""
    when_missing, when_there = {"append": (2, 2), "create": (1, 1), "replace": (1, 3)}[mode]
    options = varint_field(1, when_missing) + varint_field(2, when_there)
    return packed_bytes("CommandStatementIngest", text_field(1, options) + text_field(2, table.encode()) + text_field(3, b"lab") + more)


UPLOADER = """
import sys, time
import pyarrow as pa
import pyarrow.flight as fl
batch = pa.record_batch({"id": pa.array(range(20000), pa.int64()), "name": ["x"] * 20000})
client = fl.FlightClient(sys.argv[1])
options = fl.FlightCallOptions(headers=[(b"authorization", b"Bearer " + sys.argv[2].encode())])
descriptor = fl.FlightDescriptor.for_command(bytes.fromhex(sys.argv[3]))
writer, reader = client.do_put(descriptor, batch.schema, options)
for i in range(100000):
    writer.write_batch(batch)
    if i == 3:
        print("sent", flush=True)
    if i == int(sys.argv[4]):
        time.sleep(600)
"""


def start_upload(server, token, table, mode, stop_at=-1):
    """A process that uploads on and on, or rests after the batch `stop_at`, and that the server knows of."""
    process = subprocess.Popen(
        [sys.executable, "-c", UPLOADER, server.uri, token, ingest_command(table, mode).hex(), str(stop_at)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    assert process.stdout.readline() == "sent\n"
    wait_for(lambda: server.running() == 1, "the upload runs")
    return process


def end(process):
    process.kill()
    process.wait()
    process.stdout.close()
