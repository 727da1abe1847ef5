"""The end of a server that changes tables: what ends in time is whole, what does not leaves nothing, as a server started afterwards sees it."""

import signal
import threading

import adbc_driver_flightsql.dbapi as dbapi
import pyarrow as pa
import pyarrow.flight as fl
import pytest

from conftest import BIG_BUDGET
from flight_changes import (
    ROWS, connect, count, data_files, end, ingest_command, run, snapshots, start_upload, update,
)
from flight_messages import varint_field
from flight_server import wait_for

PATIENT = ("--drain-timeout", "120")
HASTY = ("--drain-timeout", "0.5")
# So many rows of work before the commit.
SOME = "INSERT INTO artemis.lab.t SELECT range, 'x' FROM range(1000) WHERE (SELECT sum(hash(range)::HUGEINT % 7) FROM range({rows})) > 0"


@pytest.fixture
def drained(make_server, make_warehouse):
    """Makes a server with a table lab.t of two rows; `check(rows, snapshots)` ends it, looks at the table, and at its files."""
    made = []

    def make(options):
        server = make_server("--allow-writes", *options, warehouse=make_warehouse())
        server.ada = server.token("ada", *BIG_BUDGET, "--write")
        made.append(server.start())
        with connect(server, "ada", server.ada) as ada:
            run(ada, "CREATE SCHEMA artemis.lab")
            run(ada, "CREATE TABLE artemis.lab.t (id BIGINT, name VARCHAR)")
            run(ada, "INSERT INTO artemis.lab.t VALUES (1, 'a'), (2, 'b')")
        server.files = data_files(server, "t")
        return server

    yield make
    for server in made:
        server.__exit__()


def terminate(server):
    server.process.send_signal(signal.SIGTERM)
    wait_for(lambda: server.http("/health")[0] == 503, "the server says that it drains")


def check(server, rows, number):
    """The server has ended well; one that is started afterwards finds so many rows and snapshots."""
    assert server.process.wait(15) == 0
    with server, connect(server, "ada", server.ada) as ada:
        assert (count(ada, "t"), snapshots(ada, "t")) == (rows, number)
        assert server.stop() == 0


def last_statement(server):
    return server.events("flight_statement")[-1]


def test_an_upload_that_ends_while_the_server_drains_is_whole(drained):
    server = drained(PATIENT)
    with server.client() as client:
        descriptor = fl.FlightDescriptor.for_command(ingest_command("t", "append"))
        writer, reader = client.do_put(descriptor, ROWS.schema, server.bearer(server.ada))
        with writer:
            writer.write_table(ROWS)
            wait_for(lambda: server.running() == 1, "the upload runs")
            terminate(server)
            with pytest.raises(fl.FlightUnavailableError, match="shutting down"):
                server.query(server.ada, "SELECT 1")
            writer.write_table(ROWS)
            writer.done_writing()
            assert reader.read().to_pybytes() == varint_field(1, 2000)
    check(server, 2002, 2)


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_an_upload_that_does_not_end_leaves_nothing(drained, mode):
    server = drained(HASTY)
    process = start_upload(server, server.ada, "t", mode)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(15) == 0
    end(process)
    assert last_statement(server)["outcome"] == "cancelled" and "shutting down" in last_statement(server)["error"]
    assert data_files(server, "t") == server.files
    check(server, 2, 1)


def start_statement(server, sql):
    """Runs it in a thread; what it has returned, or how it has failed."""
    outcome = []

    def work():
        with connect(server, "ada", server.ada) as ada:
            try:
                outcome.append(update(ada, sql))
            except dbapi.Error as error:
                outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    wait_for(lambda: server.running() == 1, "the statement runs")
    return thread, outcome


def test_a_statement_that_ends_while_the_server_drains_is_committed(drained):
    server = drained(PATIENT)
    thread, outcome = start_statement(server, SOME.format(rows=1_000_000))
    server.process.send_signal(signal.SIGTERM)
    thread.join()
    assert outcome == [1000]
    check(server, 1002, 2)


def test_a_statement_that_does_not_end_is_not_committed(drained):
    server = drained(HASTY)
    thread, outcome = start_statement(server, SOME.format(rows=1_000_000_000_000))
    terminate(server)
    thread.join()
    assert isinstance(outcome[0], dbapi.Error) and "shutting down" in str(outcome[0])
    assert server.process.wait(15) == 0
    assert data_files(server, "t") == server.files
    check(server, 2, 1)


def test_a_transaction_that_is_open_is_rolled_back(drained):
    server = drained(HASTY)
    mine = connect(server, "ada", server.ada, autocommit=False)
    assert update(mine, "INSERT INTO artemis.lab.t VALUES (3, 'c')") == 1
    assert len(data_files(server, "t")) > len(server.files)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(15) == 0
    assert data_files(server, "t") == server.files
    with pytest.raises(dbapi.Error):
        mine.commit()
    mine.close()
    check(server, 2, 1)
