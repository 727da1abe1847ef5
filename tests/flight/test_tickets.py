"""Simple clients: pyarrow.flight with a JSON ticket, the text of a statement, the path of a table."""

import io
import json
import os
import subprocess

import pyarrow as pa
import pyarrow.flight as fl
import pytest

from conftest import ROWS

COUNT = "SELECT count(*) AS n FROM artemis.sda.observations"


@pytest.fixture(scope="module")
def client(server):
    with server.client() as made:
        yield made


@pytest.fixture(scope="module")
def bearer(server):
    return server.bearer(server.ada)


def test_a_json_ticket_gives_rows(server, client):
    assert server.query(server.ada, COUNT, client).to_pydict() == {"n": [ROWS]}


def test_the_text_of_a_statement_is_a_ticket(client, bearer):
    assert client.do_get(fl.Ticket(COUNT.encode()), bearer).read_all().to_pydict() == {"n": [ROWS]}


@pytest.mark.parametrize("command", [COUNT, json.dumps({"sql": COUNT})])
def test_flight_info_of_a_statement_tells_its_schema_and_a_ticket(client, bearer, command):
    info = client.get_flight_info(fl.FlightDescriptor.for_command(command.encode()), bearer)
    assert info.schema == pa.schema([("n", pa.int64())])
    assert len(info.endpoints) == 1
    assert client.do_get(info.endpoints[0].ticket, bearer).read_all()["n"].to_pylist() == [ROWS]


def test_the_path_of_a_table_is_its_rows(client, bearer):
    info = client.get_flight_info(fl.FlightDescriptor.for_path("sda", "observations"), bearer)
    assert client.do_get(info.endpoints[0].ticket, bearer).read_all().num_rows == ROWS


def test_the_schema_alone_is_told_without_running(client, bearer):
    found = client.get_schema(fl.FlightDescriptor.for_command(COUNT.encode()), bearer).schema
    assert found.names == ["n"]


def test_a_ticket_may_be_read_twice(client, bearer):
    info = client.get_flight_info(fl.FlightDescriptor.for_command(COUNT.encode()), bearer)
    for _ in range(2):
        assert client.do_get(info.endpoints[0].ticket, bearer).read_all()["n"].to_pylist() == [ROWS]


def test_time_travel_reads_the_tag(server, client):
    sql = "SELECT count(*) AS n FROM artemis.sda.observations AS OF 'early'"
    assert server.query(server.ada, sql, client)["n"].to_pylist() == [ROWS // 2]


@pytest.mark.parametrize(
    "ticket, kind, message",
    [
        (b'{"sql": "SELEC 1"}', pa.ArrowInvalid, "SELEC"),
        (b'{"query": "SELECT 1"}', pa.ArrowInvalid, "sql"),
        (b"\x00\x01", pa.ArrowInvalid, "Flight SQL"),
        (b'{"sql": "SELECT * FROM artemis.sda.nothing"}', KeyError, "nothing"),
        (b'{"sql": "SELECT * FROM artemis.sda.observations AS OF \'nope\'"}', KeyError, "nope"),
        (b'{"sql": "SELECT 1; SELECT 2"}', pa.ArrowInvalid, "one SQL statement"),
        (b'{"sql": ""}', pa.ArrowInvalid, "one SQL statement"),
    ],
)
def test_what_is_wrong_with_a_ticket_is_said(client, bearer, ticket, kind, message):
    with pytest.raises(kind, match=message):
        client.do_get(fl.Ticket(ticket), bearer).read_all()


def test_batches_have_a_shape_that_the_schema_decides(server, client, bearer):
    sql = "SELECT a.payload_id, b.temperature_c FROM artemis.sda.observations a, artemis.sda.observations b LIMIT 400000"
    counts = [
        [chunk.data.num_rows for chunk in client.do_get(fl.Ticket(sql.encode()), bearer)] for _ in range(2)
    ]
    assert counts[0] == counts[1]
    assert counts[0] == [65536] * 6 + [400000 - 6 * 65536]


def test_no_message_is_larger_than_4_mib(client, bearer):
    sql = "SELECT repeat('x', 20000) AS t FROM artemis.sda.observations"
    sizes = [chunk.data.nbytes for chunk in client.do_get(fl.Ticket(sql.encode()), bearer)]
    assert sum(sizes) > 40_000_000
    assert max(sizes) <= 4 << 20


def test_the_types_of_columns_are_told(client, bearer):
    url = b"type.googleapis.com/arrow.flight.protocol.sql.CommandGetXdbcTypeInfo"
    command = b"\x0a" + bytes([len(url)]) + url
    info = client.get_flight_info(fl.FlightDescriptor.for_command(command), bearer)
    types = client.do_get(info.endpoints[0].ticket, bearer).read_all()
    assert types.schema == info.schema
    assert {"BOOLEAN", "BIGINT", "DECIMAL", "DOUBLE", "VARCHAR", "DATE", "TIMESTAMP"} <= set(types["type_name"].to_pylist())


def ordered_queries():
    """50 queries with a total order."""
    table = "artemis.sda.observations"
    columns = ["payload_id", "temperature_c", "mission_id", "sample_timestamp_ns"]
    for i in range(10):
        yield f"SELECT {columns[i % 4]} AS k, count(*) AS n FROM {table} GROUP BY 1 ORDER BY ALL"
        yield f"SELECT * FROM {table} ORDER BY ALL LIMIT {7 + 100 * i}"
        yield f"SELECT mission_id, min(temperature_c), max(payload_id) FROM {table} GROUP BY 1 HAVING count(*) > {i} ORDER BY ALL"
        yield f"SELECT payload_id, row_number() OVER (ORDER BY sample_timestamp_ns, payload_id, mission_id) AS r FROM {table} AS OF 'early' ORDER BY ALL LIMIT {50 + i}"
        yield f"SELECT DISTINCT payload_id % {2 + i} AS m FROM {table} ORDER BY ALL"


def as_stream(table):
    sink = io.BytesIO()
    combined = table.combine_chunks().replace_schema_metadata(None)
    with pa.ipc.new_stream(sink, combined.schema) as stream:
        stream.write_table(combined)
    return sink.getvalue()


def test_flight_gives_the_bytes_that_sql_in_process_gives(make_server, warehouse, bin_dir, tmp_path):
    queries = list(ordered_queries())
    assert len(queries) == 50
    server = make_server("--threads", "1")
    token = server.token("ada", "--requests-per-second", "10000", "--request-burst", "10000")
    environment = {"HOME": str(tmp_path), "ARTEMIS_WAREHOUSE": str(warehouse)}
    with server, server.client() as client:
        for n, sql in enumerate(queries):
            done = subprocess.run(
                [os.path.join(bin_dir, "artemis-sql"), "--threads", "1", "--format", "arrow", "--query", sql],
                env=environment, capture_output=True, timeout=60,
            )
            assert done.returncode == 0, done.stderr
            local = pa.ipc.open_stream(done.stdout).read_all()
            assert as_stream(server.query(token, sql, client)) == as_stream(local), f"query {n}: {sql}"
