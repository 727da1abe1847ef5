"""Changes over Flight: statements, parameters, ingest and transactions, as an ADBC client makes them; who may, and what is left when it ends."""

import os
import random
import re
import signal
import subprocess
import threading
import time

import adbc_driver_flightsql.dbapi as dbapi
import pyarrow as pa
import pyarrow.flight as fl
import pytest

from conftest import BIG_BUDGET
from flight_changes import ROWS, connect, count, data_files, end, ingest, ingest_command, run, snapshots, start_upload, update
from flight_messages import packed_bytes, text_field, varint, varint_field
from flight_server import wait_for


@pytest.fixture(scope="module")
def writable(make_server, make_warehouse):
    """A server that lets `writable.ada` write everywhere, `writable.eu` below ground, `writable.bob` nowhere."""
    made = make_server("--allow-writes", "--stall-timeout", "3", warehouse=make_warehouse())
    made.ada = made.token("ada", *BIG_BUDGET, "--write")
    made.eu = made.token("eu", *BIG_BUDGET, "--write", "--namespace", "ground")
    made.bob = made.token("bob", *BIG_BUDGET)
    with made as running:
        yield running


@pytest.fixture(scope="module")
def ada(writable):
    with connect(writable, "ada", writable.ada) as made:
        run(made, "CREATE SCHEMA artemis.lab")
        yield made


@pytest.fixture
def table(ada, request):
    """A new table lab.<test>(id, name) of two rows."""
    name = re.sub(r"\W+", "_", request.node.name.removeprefix("test_")).strip("_")
    run(ada, f"CREATE TABLE artemis.lab.{name} (id BIGINT, name VARCHAR)")
    run(ada, f"INSERT INTO artemis.lab.{name} VALUES (1, 'a'), (2, 'b')")
    return name


def last(server, **fields):
    """The last audit line with these fields."""
    found = [e for e in server.events("flight_statement") if all(e.get(k) == v for k, v in fields.items())]
    return found[-1] if found else None


def test_every_statement_that_changes_tables_is_run(writable, ada):
    run(ada, "CREATE SCHEMA artemis.other")
    run(ada, "CREATE TABLE artemis.other.t (id BIGINT, name VARCHAR) PARTITIONED BY (bucket(4, id))")
    assert update(ada, "INSERT INTO artemis.other.t VALUES (1, 'a'), (2, 'b'), (3, 'c')") == 3
    assert update(ada, "UPDATE artemis.other.t SET name = upper(name) WHERE id > 1") == 2
    assert update(ada, "DELETE FROM artemis.other.t WHERE id = 3") == 1
    event = last(writable, method="DoPut", outcome="done")
    assert (event["principal"], event["rows_changed"]) == ("ada", 1)
    assert writable.events("commit")[-1]["principal"] == "ada"
    run(ada, "ALTER TABLE artemis.other.t ADD COLUMN volts DOUBLE")
    run(ada, "COMMENT ON TABLE artemis.other.t IS 'of the bus'")
    run(ada, "MERGE INTO artemis.other.t AS t USING (VALUES (9, 'i', 0.5)) AS s(id, name, volts) ON t.id = s.id WHEN NOT MATCHED THEN INSERT")
    run(ada, "CREATE TABLE artemis.other.copied AS SELECT * FROM artemis.other.t")
    assert run(ada, "SELECT * FROM artemis.other.copied ORDER BY id") == [(1, "a", None), (2, "B", None), (9, "i", 0.5)]
    for sql in ("DROP TABLE artemis.other.copied", "DROP TABLE artemis.other.t", "DROP SCHEMA artemis.other"):
        run(ada, sql)


def test_parameters_in_many_rows_are_one_commit(ada, table):
    before = snapshots(ada, table)
    with ada.cursor() as cursor:
        cursor.executemany(f"INSERT INTO artemis.lab.{table} VALUES (?, ?)", [(i, f"n{i}") for i in range(3000)])
        assert cursor.rowcount == 3000
        cursor.executemany(f"UPDATE artemis.lab.{table} SET name = ? WHERE id = ?", [("x", 10), ("y", 11), ("z", 12)])
        assert cursor.rowcount == 3
    assert snapshots(ada, table) == before + 2
    assert run(ada, f"SELECT count(*), max(name) FROM artemis.lab.{table}") == [(3002, "z")]
    with pytest.raises(dbapi.Error), ada.cursor() as cursor:
        cursor.executemany(f"INSERT INTO artemis.lab.{table} VALUES (?::INTEGER + 0, 'x')", [("1",), ("one",)])
    with pytest.raises(dbapi.Error), ada.cursor() as cursor:
        cursor.executemany(f"UPDATE artemis.lab.{table} SET id = ?::INTEGER WHERE id = 10 OR id = 20", [("20",), ("one",)])
    assert snapshots(ada, table) == before + 2


# Mode, whether the table is there, what comes of it.
MODES = [
    ("create", False, 1000), ("create", True, "AlreadyExists|ALREADY_EXISTS"),
    ("append", False, "NoSuchTable"), ("append", True, 1002),
    ("replace", False, 1000), ("replace", True, 1000),
    ("create_append", False, 1000), ("create_append", True, 1002),
]


@pytest.mark.parametrize("mode, exists, expected", MODES)
def test_ingest(writable, ada, mode, exists, expected):
    name = f"{mode}_{exists}".lower()
    if exists:
        run(ada, f"CREATE TABLE artemis.lab.{name} AS SELECT 1::BIGINT AS id, 'a' AS name UNION ALL SELECT 2, 'b'")
    before = snapshots(ada, name) if exists else 0
    if isinstance(expected, str):
        with pytest.raises(dbapi.Error, match=expected):
            ingest(ada, name, mode=mode)
        assert last(writable, table=f"lab.{name}")["outcome"] == "failed"
        return
    assert ingest(ada, name, mode=mode) == 1000
    assert (count(ada, name), snapshots(ada, name)) == (expected, before + 1)
    assert run(ada, f"SELECT name FROM artemis.lab.{name} WHERE id = 999") == [("n999",)]
    event = last(writable, table=f"lab.{name}")
    assert (event["outcome"], event["rows"], event["rows_changed"], event["method"]) == ("done", 1000, 1000, "DoPut")


def test_replace_takes_other_columns_and_keeps_what_was(ada, table):
    ingest(ada, table, pa.table({"id": [7], "volts": [0.5]}), mode="replace")
    assert run(ada, f"SELECT * FROM artemis.lab.{table}") == [(7, 0.5)]
    ((first,),) = run(ada, f"SELECT min_by(snapshot_id, committed_at) FROM artemis.snapshots('lab.{table}')")
    assert run(ada, f"SELECT * FROM artemis.lab.{table} AS OF SNAPSHOT {first} ORDER BY id") == [(1, "a"), (2, "b")]


def test_ingest_says_what_does_not_fit(ada, table):
    for rows, message in (
        (pa.table({"id": [1], "nmae": ["x"]}), "nmae"),
        (pa.table({"id": ["x"], "name": ["x"]}), "id"),
    ):
        with pytest.raises(dbapi.Error, match=message):
            ingest(ada, table, rows, mode="append")
    with pytest.raises(dbapi.NotSupportedError, match="temporary"):
        ingest(ada, "t", mode="create", temporary=True)
    with pytest.raises(dbapi.Error, match="no catalog other"):
        ingest(ada, "t", mode="create", catalog_name="other")
    assert count(ada, table) == 2


def test_a_stream_of_batches_is_one_snapshot_and_bounded_in_memory(writable, ada, table):
    """64 batches of 4 MB go through buffers of 64 MiB."""
    batch = pa.record_batch({"id": pa.array(range(4000), pa.int64()), "name": [random.Random(1).randbytes(500).hex()] * 4000})
    reader = pa.RecordBatchReader.from_batches(batch.schema, (batch for _ in range(64)))
    before = writable.resident_bytes()
    assert ingest(ada, table, reader, mode="append") == 64 * 4000
    assert writable.resident_bytes() - before < 400 << 20
    assert (count(ada, table), snapshots(ada, table)) == (64 * 4000 + 2, 2)


def test_plain_flight_uploads_rows(writable, ada, table):
    descriptor = fl.FlightDescriptor.for_command(ingest_command(table, "append"))
    with writable.client() as client:
        writer, reader = client.do_put(descriptor, ROWS.schema, writable.bearer(writable.ada))
        with writer:
            writer.write_table(ROWS, max_chunksize=100)
            writer.done_writing()
            assert reader.read().to_pybytes() == varint_field(1, 1000)  # DoPutUpdateResult
    assert (count(ada, table), snapshots(ada, table)) == (1002, 2)


def test_a_transaction_is_seen_when_it_is_committed(writable, ada, table):
    with connect(writable, "ada", writable.ada, autocommit=False) as mine:
        assert update(mine, f"INSERT INTO artemis.lab.{table} VALUES (3, 'c'), (4, 'd')") == 2
        assert update(mine, f"DELETE FROM artemis.lab.{table} WHERE id < 4") == 3
        assert (count(mine, table), count(ada, table)) == (1, 2)
        mine.rollback()
        assert (count(mine, table), snapshots(ada, table)) == (2, 1)
        run(mine, f"ALTER TABLE artemis.lab.{table} ADD COLUMN volts DOUBLE")
        run(mine, f"INSERT INTO artemis.lab.{table} VALUES (4, 'd', 0.5)")
        mine.commit()
        assert run(ada, f"SELECT * FROM artemis.lab.{table} WHERE id = 4") == [(4, "d", 0.5)]
        assert snapshots(ada, table) == 2
        with pytest.raises(dbapi.Error, match="transaction changes one table"):
            run(mine, f"DELETE FROM artemis.lab.{table}")
            run(mine, "INSERT INTO artemis.sda.observations SELECT * FROM artemis.sda.observations LIMIT 1")
        mine.rollback()


def action(client, server, name, body=b""):
    return [r.body.to_pybytes() for r in client.do_action(fl.Action(name, body), server.bearer(server.ada))]


def test_an_ingest_is_part_of_its_transaction(writable, ada, table):
    """ADBC's driver sends an ingest outside of its transaction; the protocol lets a client send it within."""
    begin = packed_bytes("ActionBeginTransactionRequest")
    with writable.client() as client:
        for end, expected in ((2, 2), (1, 1002)):  # roll back, commit
            (result,) = action(client, writable, "BeginTransaction", begin)
            transaction = result[-32:]
            descriptor = fl.FlightDescriptor.for_command(ingest_command(table, "append", text_field(6, transaction)))
            writer, reader = client.do_put(descriptor, ROWS.schema, writable.bearer(writable.ada))
            with writer:
                writer.write_table(ROWS)
                writer.done_writing()
                assert reader.read().to_pybytes() == varint_field(1, 1000)
            assert count(ada, table) == 2
            action(client, writable, "EndTransaction", packed_bytes("ActionEndTransactionRequest", text_field(1, transaction) + varint_field(2, end)))
            assert count(ada, table) == expected
    assert snapshots(ada, table) == 2


def test_a_conflict_says_to_retry(writable, ada, table):
    with connect(writable, "ada", writable.ada, autocommit=False) as mine:
        run(mine, f"UPDATE artemis.lab.{table} SET name = 'mine' WHERE id = 1")
        run(ada, f"UPDATE artemis.lab.{table} SET name = 'theirs' WHERE id = 1")
        with pytest.raises(dbapi.Error, match="(?s)CommitConflict.*retry.*Unavailable"):
            mine.commit()
        assert last(writable, outcome="conflict")["method"] == "DoAction"
    # The driver wants a new connection after a commit that failed.
    with connect(writable, "ada", writable.ada, autocommit=False) as mine:
        run(mine, f"UPDATE artemis.lab.{table} SET name = 'mine' WHERE id = 1")
        mine.commit()
    assert run(ada, f"SELECT name FROM artemis.lab.{table} WHERE id = 1") == [("mine",)]


CHANGES = [
    "INSERT INTO artemis.lab.{table} VALUES (3, 'c')",
    "DELETE FROM artemis.lab.{table}",
    "UPDATE artemis.lab.{table} SET name = 'x'",
    "DROP TABLE artemis.lab.{table}",
    "ALTER TABLE artemis.lab.{table} ADD COLUMN x INTEGER",
    "COMMENT ON TABLE artemis.lab.{table} IS 'x'",
    "CREATE TABLE artemis.lab.taken AS SELECT 1 AS a",
    "CREATE SCHEMA artemis.taken",
    "MERGE INTO artemis.lab.{table} AS t USING (SELECT 1 AS id) AS s ON t.id = s.id WHEN MATCHED THEN DELETE",
]


def test_a_token_that_may_only_read_is_refused_and_logged(writable, ada, table):
    with connect(writable, "bob", writable.bob) as bob:
        for sql in CHANGES:
            for call in (run, update):
                before = len(writable.events("flight_statement"))
                with pytest.raises(dbapi.Error, match="PermissionDenied: the token may only read"):
                    call(bob, sql.format(table=table))
                (event,) = writable.events("flight_statement")[before:]
                assert (event["outcome"], event["principal"]) == ("refused", "bob")
        with pytest.raises(dbapi.Error, match="the token may only read"):
            ingest(bob, table, mode="append")
        assert last(writable, table=f"lab.{table}")["outcome"] == "refused"
        assert info(writable, writable.bob) == {3: True, 10: False, 11: False, 501: False, 502: False, 572: False}
    assert info(writable, writable.ada) == {3: False, 10: True, 11: True, 501: True, 502: True, 572: True}
    assert count(ada, table) == 2


def info(server, token):
    """The SqlInfo about changes."""
    command = packed_bytes("CommandGetSqlInfo", b"".join(b"\x08" + varint(i) for i in (3, 10, 11, 501, 502, 572)))
    with server.client() as client:
        rows = client.do_get(fl.Ticket(command), server.bearer(token)).read_all()
    return dict(zip(rows["info_name"].to_pylist(), rows["value"].to_pylist()))


def test_a_server_without_the_option_only_reads(make_server, writable):
    server = make_server(warehouse=writable.warehouse)
    token = server.token("ada", *BIG_BUDGET, "--write")
    with server, connect(server, "ada", token) as made:
        with pytest.raises(dbapi.Error, match="the server only reads"):
            run(made, "CREATE SCHEMA artemis.taken")
        assert info(server, token)[3] is True


def test_scopes_hold_for_what_is_written_and_for_what_is_read(writable, ada, table):
    with connect(writable, "eu", writable.eu) as eu:
        run(eu, "CREATE SCHEMA artemis.\"ground.new\"")
        run(eu, "CREATE TABLE artemis.\"ground.new\".t AS SELECT 1::BIGINT AS id")
        for sql in (
            f"INSERT INTO artemis.\"ground.new\".t SELECT id FROM artemis.lab.{table}",
            f"CREATE TABLE artemis.\"ground.new\".stolen AS SELECT * FROM artemis.lab.{table}",
            f"UPDATE artemis.\"ground.new\".t SET id = (SELECT max(id) FROM artemis.lab.{table})",
            f"DELETE FROM artemis.\"ground.new\".t USING artemis.lab.{table} AS o WHERE o.id = t.id",
            f"INSERT INTO artemis.lab.{table} VALUES (9, 'x')",
            f"DROP TABLE artemis.lab.{table}",
            "CREATE TABLE artemis.lab.taken (a INTEGER)",
            "CREATE SCHEMA artemis.taken",
            "DROP SCHEMA artemis.lab",
        ):
            with pytest.raises(dbapi.Error):
                run(eu, sql)
            assert last(writable, principal="eu")["outcome"] in ("failed", "refused")
        with pytest.raises(dbapi.Error):
            ingest(eu, table, mode="append")
        assert run(eu, "SELECT * FROM artemis.\"ground.new\".t") == [(1,)]
        assert update(eu, "INSERT INTO artemis.\"ground.new\".t SELECT id + 1 FROM artemis.\"ground.new\".t") == 1
    assert count(ada, table) == 2
    for sql in ("DROP TABLE artemis.\"ground.new\".t", "DROP SCHEMA artemis.\"ground.new\""):
        run(ada, sql)


def check_nothing_came(server, ada, table, files):
    wait_for(lambda: server.running() == 0, "the slot of the upload is free")
    wait_for(lambda: data_files(server, table) == files, "the files of the upload are gone")
    assert (count(ada, table), snapshots(ada, table)) == (2, 1)


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_a_client_killed_while_it_uploads_leaves_nothing(writable, ada, table, mode):
    files = data_files(writable, table)
    for attempt in range(4):
        process = start_upload(writable, writable.ada, table, mode)
        time.sleep(0.1 * attempt)
        end(process)
        check_nothing_came(writable, ada, table, files)
        assert last(writable, table=f"lab.{table}")["outcome"] == "cancelled"


def test_a_client_killed_while_it_makes_a_table_leaves_none(writable, ada):
    end(start_upload(writable, writable.ada, "never", "create"))
    wait_for(lambda: writable.running() == 0, "the slot of the upload is free")
    wait_for(lambda: data_files(writable, "never") == [], "the files of the upload are gone")
    with pytest.raises(dbapi.Error, match="NoSuchTable"):
        count(ada, "never")


def test_a_client_that_sends_no_more_loses_its_slot(writable, ada, table):
    files = data_files(writable, table)
    process = start_upload(writable, writable.ada, table, "append", 4)
    try:
        check_nothing_came(writable, ada, table, files)
        assert "sent no rows for 3000 ms" in last(writable, table=f"lab.{table}")["error"]
    finally:
        end(process)


def test_a_revoked_token_ends_its_upload_and_its_transactions(writable, ada, table):
    token = writable.token("mallory", *BIG_BUDGET, "--write")
    writable.process.send_signal(signal.SIGHUP)
    wait_for(lambda: writable.knows(token), "the token is known")
    files = data_files(writable, table)
    mine = connect(writable, "mallory", token, autocommit=False)
    update(mine, f"INSERT INTO artemis.lab.{table} VALUES (3, 'c')")
    assert len(data_files(writable, table)) > len(files)
    process = start_upload(writable, token, table, "append")
    try:
        writable.revoke(token)
        check_nothing_came(writable, ada, table, files)
    finally:
        end(process)
        with pytest.raises(dbapi.Error):
            mine.commit()
        mine.close()


def test_uploads_side_by_side_are_all_there(writable, ada, table):
    failures = []

    def work(number):
        try:
            with connect(writable, "ada", writable.ada) as mine:
                ingest(mine, table, ROWS.slice(number * 100, 100), mode="append")
        except Exception as error:  # whatever it is, the test tells it
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (count(ada, table), snapshots(ada, table)) == (602, 7)


def test_what_was_changed_is_there_for_other_programs(writable, ada, table, bin_dir):
    ingest(ada, table, mode="append")
    done = subprocess.run(
        [os.path.join(bin_dir, "artemis-table"), "check", f"lab.{table}"],
        env={"HOME": str(writable.folder), "ARTEMIS_WAREHOUSE": str(writable.warehouse)}, capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_catalog_that_cannot_be_written_is_told_at_the_start(make_server, writable):
    server = make_server(warehouse=writable.warehouse)
    server.token()
    refused = server.attempt("--listen", "127.0.0.1:0", "--tokens", server.tokens_path, "--allow-writes", "--map", "/a=/b")
    assert refused.returncode == 2, refused.stderr
