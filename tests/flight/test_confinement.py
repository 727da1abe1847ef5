"""Attempts to leave the catalog by SQL: each is refused, leaves a line, and shows nothing of the machine."""

import os

import pyarrow as pa
import pyarrow.flight as fl
import pytest

from conftest import BIG_BUDGET, ROWS
from flight_messages import packed_bytes, text_field

SECRET = "the-secret-of-the-machine"
TABLE = "artemis.sda.observations"
PASSES = 'artemis."ground.eu".passes'

# {file} is a CSV file that holds SECRET, {folder} its folder, {data} a data file of a table.
ATTEMPTS = [
    "SELECT * FROM '{file}'",
    "SELECT * FROM \"{file}\"",
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_csv_auto('{file}')",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM read_json('{file}')",
    "SELECT * FROM read_json_objects('{file}')",
    "SELECT * FROM read_ndjson('{file}')",
    "SELECT * FROM read_parquet('{data}')",
    "SELECT * FROM parquet_scan('{data}')",
    "SELECT * FROM parquet_metadata('{data}')",
    "SELECT * FROM parquet_schema('{data}')",
    "SELECT * FROM parquet_kv_metadata('{data}')",
    "SELECT * FROM parquet_file_metadata('{data}')",
    "SELECT * FROM '{data}'",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('{file}')",
    "SELECT * FROM 'https://example.com/a.csv'",
    "SELECT * FROM read_csv(['{file}'])",
    "SELECT (SELECT content FROM read_text('{file}'))",
    "WITH a AS (SELECT * FROM read_text('{file}')) SELECT * FROM a",
    "SELECT * FROM (SELECT * FROM (SELECT * FROM read_text('{file}')))",
    "SELECT 1 WHERE EXISTS (SELECT * FROM read_text('{file}'))",
    "SELECT * FROM " + TABLE + ", read_text('{file}') LIMIT 1",
    "SELECT 1 UNION ALL SELECT content FROM read_text('{file}')",
    "DESCRIBE SELECT * FROM read_csv('{file}')",
    "SUMMARIZE SELECT * FROM read_csv('{file}')",
    "EXPLAIN SELECT * FROM read_csv('{file}')",
    "EXPLAIN ANALYZE SELECT * FROM read_csv('{file}')",
    "FROM read_text('{file}')",
    "FROM query('SELECT * FROM read_text(''{file}'')')",
    "FROM query_table('{file}')",
    "PIVOT read_csv('{file}') ON column0",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM which_secret('s3://a', 's3')",
    "SELECT getenv('HOME')",
    "SELECT current_setting('temp_directory')",
    "SELECT current_setting('home_directory')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM duckdb_extensions()",
    "SELECT * FROM duckdb_temporary_files()",
    "SELECT * FROM duckdb_memory()",
    "SELECT * FROM duckdb_logs",
    "CALL duckdb_settings()",
    "PRAGMA enable_logging",
    "PRAGMA storage_info('x')",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY " + TABLE + " TO '{folder}/out.parquet' (FORMAT parquet)",
    "COPY " + TABLE + " FROM '{file}'",
    "COPY (SELECT 1) TO '/dev/stdout'",
    "EXPORT DATABASE '{folder}/export'",
    "IMPORT DATABASE '{folder}'",
    "ATTACH '{folder}/other.db' AS other",
    "ATTACH ':memory:' AS other",
    "ATTACH 'sqlite:{folder}/catalog.db' AS other",
    "DETACH artemis",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{folder}/evil.duckdb_extension'",
    "FORCE INSTALL httpfs FROM 'https://example.com'",
    "SET enable_external_access = true",
    "SET GLOBAL enable_external_access = true",
    "SET lock_configuration = false",
    "SET allowed_directories = ['/']",
    "SET allowed_paths = ['{file}']",
    "SET disabled_filesystems = ''",
    "SET temp_directory = '{folder}'",
    "SET memory_limit = '100GB'",
    "SET threads = 1000",
    "SET allow_unsigned_extensions = true",
    "SET autoinstall_known_extensions = true",
    "SET custom_extension_repository = 'https://example.com'",
    "SET log_query_path = '{folder}/log'",
    "SET profiling_output = '{folder}/profile'",
    "SET enable_profiling = 'json'",
    "SET secret_directory = '{folder}'",
    "SET home_directory = '{folder}'",
    "SET file_search_path = '{folder}'",
    "RESET enable_external_access",
    "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "CREATE TABLE t AS SELECT 1",
    "CREATE TABLE memory.main.t (a INTEGER)",
    "CREATE VIEW v AS SELECT * FROM read_text('{file}')",
    "CREATE TEMP VIEW v AS SELECT * FROM read_text('{file}')",
    "CREATE MACRO m() AS TABLE SELECT * FROM read_text('{file}')",
    "CREATE FUNCTION f() AS getenv('HOME')",
    "CREATE SEQUENCE s",
    "CREATE TYPE t AS ENUM ('a')",
    "CREATE SCHEMA memory.other",
    "CHECKPOINT",
    "FORCE CHECKPOINT",
    "VACUUM",
    "ANALYZE",
    "EXECUTE nothing",
    "PREPARE p AS SELECT * FROM read_text('{file}')",
    "SELECT 1; SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_text('{file}') AS OF 'early'",
    "SELECT write_log('x')",
    "SELECT parse_duckdb_log_message('a', 'b')",
]


# Ways out for who may change tables; they are tried by who may not, too.
CHANGES = [
    "INSERT INTO " + PASSES + " SELECT 9, content, 1 FROM read_text('{file}')",
    "INSERT INTO " + PASSES + " SELECT 9, a, 1 FROM read_csv('{file}')",
    "INSERT INTO " + PASSES + " VALUES (9, (SELECT content FROM read_text('{file}')), 1)",
    "INSERT INTO " + PASSES + " VALUES (9, getenv('HOME'), 1)",
    "INSERT INTO " + PASSES + " SELECT 9, a, 1 FROM '{file}'",
    "INSERT INTO " + PASSES + " SELECT 9, 'x', count(*) FROM glob('{folder}/*')",
    "WITH s AS (SELECT * FROM read_text('{file}')) INSERT INTO " + PASSES + " SELECT 9, content, 1 FROM s",
    "UPDATE " + TABLE + " SET notes = (SELECT content FROM read_text('{file}'))",
    "UPDATE " + TABLE + " SET notes = content FROM read_text('{file}')",
    "DELETE FROM " + TABLE + " USING read_csv('{file}')",
    "DELETE FROM " + TABLE + " WHERE notes IN (SELECT content FROM read_text('{file}'))",
    "MERGE INTO " + TABLE + " AS t USING read_csv('{file}') AS s ON t.notes = s.a WHEN MATCHED THEN DELETE",
    "CREATE TABLE artemis.sda.taken AS SELECT * FROM read_text('{file}')",
    "CREATE TABLE artemis.sda.taken AS SELECT * FROM '{file}'",
    "CREATE TABLE artemis.sda.taken AS SELECT * FROM read_parquet('{data}')",
    "CREATE TABLE artemis.sda.taken (a VARCHAR DEFAULT getenv('HOME'))",
    "CREATE TABLE artemis.sda.taken (a VARCHAR) WITH ('write.data.path' = '{folder}')",
    "CREATE TABLE artemis.sda.taken WITH ('write.data.path' = '{folder}') AS SELECT 1 AS a",
    "CREATE TABLE artemis.sda.taken (a INTEGER) WITH ('write.metadata.path' = '{folder}')",
    "CREATE TABLE artemis.sda.taken (a INTEGER) WITH (location = '{folder}')",
    "CREATE TABLE artemis.sda.\"../../../taken\" (a INTEGER)",
    "CREATE TABLE artemis.sda.\"{folder}/taken\" (a INTEGER)",
    "CREATE SCHEMA artemis.\"../taken\"",
    "CREATE SCHEMA artemis.\"{folder}\"",
    "CREATE SCHEMA taken",
    "CREATE TABLE main.taken (a INTEGER)",
    "CREATE TABLE system.main.taken (a INTEGER)",
    "CREATE TABLE memory.main.taken AS SELECT 1 AS a",
    "CREATE TABLE temp.taken (a INTEGER)",
    "CREATE TEMP TABLE taken AS SELECT * FROM read_text('{file}')",
    "CREATE TEMP TABLE taken AS SELECT * FROM range(1000)",
    "CREATE TEMP TABLE taken (a INTEGER)",
    "CREATE VIEW artemis.sda.v AS SELECT 1",
    "CREATE OR REPLACE VIEW memory.main.v AS SELECT 1",
    "CREATE MACRO artemis.sda.m() AS 1",
    "CREATE TEMP MACRO m() AS getenv('HOME')",
    "CREATE FUNCTION artemis.sda.f() AS TABLE SELECT * FROM read_text('{file}')",
    "CREATE TYPE artemis.sda.e AS ENUM (SELECT content FROM read_text('{file}'))",
    "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "DROP SECRET s",
    "DROP FUNCTION read_csv",
    "DROP SCHEMA memory.main",
    "ALTER TABLE " + TABLE + " SET ('write.data.path' = '{folder}')",
    "ALTER TABLE " + TABLE + " SET ('write.object-storage.path' = '{folder}')",
    "ALTER TABLE " + TABLE + " ADD COLUMN x VARCHAR DEFAULT getenv('HOME')",
    "ALTER TABLE " + TABLE + " ALTER notes TYPE VARCHAR USING getenv('HOME')",
    "ALTER TABLE " + TABLE + " RENAME TO \"../taken\"",
    "ALTER DATABASE artemis RENAME TO taken",
    "COMMENT ON TABLE pg_catalog.pg_class IS 'x'",
    "COMMENT ON TABLE information_schema.tables IS 'x'",
    "COMMENT ON COLUMN pg_catalog.pg_class.oid IS 'x'",
    "COMMENT ON VIEW duckdb_tables IS 'x'",
    "COMMENT ON FUNCTION read_csv IS 'x'",
    "COMMENT ON DATABASE artemis IS 'x'",
    "INSERT INTO duckdb_tables VALUES (1)",
    "DELETE FROM pg_catalog.pg_class",
    "COPY FROM DATABASE artemis TO memory",
    "COPY " + PASSES + " FROM '{file}'",
    "PREPARE p AS INSERT INTO " + PASSES + " SELECT 9, content, 1 FROM read_text('{file}')",
    "PREPARE p AS COPY " + TABLE + " TO '{folder}/out.csv'",
    "EXECUTE p('{file}')",
    "EXPLAIN ANALYZE INSERT INTO " + PASSES + " SELECT 9, content, 1 FROM read_text('{file}')",
    "SELECT * FROM query('DELETE FROM " + TABLE + "')",
    "PRAGMA import_database('{folder}')",
    "SET VARIABLE x = (SELECT content FROM read_text('{file}'))",
]


@pytest.fixture(scope="module")
def places(warehouse, tmp_path_factory):
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.csv").write_text(f"a,b\n{SECRET},1\n")
    data = next(str(path) for path in warehouse.rglob("*.parquet"))
    return {"file": folder / "secret.csv", "folder": folder, "data": data}


@pytest.fixture(scope="module")
def writable(make_server, make_warehouse):
    made = make_server("--allow-writes", warehouse=make_warehouse())
    made.ada = made.token("ada", *BIG_BUDGET, "--write")
    with made as running:
        yield running


@pytest.fixture(scope="module", params=["reader", "writer"])
def served(request, server, writable):
    """A server and its client; the token may write on the second."""
    found = server if request.param == "reader" else writable
    with found.client() as client:
        yield found, client


def test_there_are_enough_attempts():
    assert len(set(ATTEMPTS)) == len(ATTEMPTS) >= 60
    assert len(set(CHANGES)) == len(CHANGES) >= 60


def check_refused(served, places, sql, call):
    server, client = served
    before = len(server.events("flight_statement"))
    files = sorted(os.listdir(places["folder"]))
    with pytest.raises((pa.ArrowException, fl.FlightError, KeyError, pa.ArrowNotImplementedError)) as refused:
        call(server, client, sql)
    assert SECRET not in str(refused.value)
    logged = server.events("flight_statement")[before:]
    assert len(logged) == 1, logged
    assert logged[0]["outcome"] in ("refused", "failed")
    assert logged[0]["principal"] == "ada"
    assert sorted(os.listdir(places["folder"])) == files


def get(server, client, sql):
    client.do_get(fl.Ticket(sql.encode()), server.bearer(server.ada)).read_all()


def prepare(server, client, sql):
    body = packed_bytes("ActionCreatePreparedStatementRequest", text_field(1, sql.encode()))
    list(client.do_action(fl.Action("CreatePreparedStatement", body), server.bearer(server.ada)))


def put(server, client, sql):
    descriptor = fl.FlightDescriptor.for_command(packed_bytes("CommandStatementUpdate", text_field(1, sql.encode())))
    writer, reader = client.do_put(descriptor, pa.schema([]), server.bearer(server.ada))
    with writer:
        writer.done_writing()
        reader.read()


@pytest.mark.parametrize("attempt", ATTEMPTS + CHANGES)
def test_attempt_is_refused_and_logged(served, places, attempt):
    check_refused(served, places, attempt.format(**places), get)


@pytest.mark.parametrize("attempt", CHANGES)
def test_change_is_refused_as_an_update_too(served, places, attempt):
    check_refused(served, places, attempt.format(**places), put)


@pytest.mark.parametrize("attempt", ["COPY " + TABLE + " TO '{folder}/out.csv'", CHANGES[0], CHANGES[16]])
def test_attempt_is_refused_when_it_is_prepared(served, places, attempt):
    check_refused(served, places, attempt.format(**places), prepare)


# What drivers and tools send when they connect.
HARMLESS = ["SELECT version()", "PRAGMA version", "CALL pragma_version()", "PRAGMA database_list", "PRAGMA show_tables",
            "PRAGMA table_info('" + TABLE + "')", "SHOW DATABASES", "SHOW SCHEMAS", "SHOW ALL TABLES", "SELECT 1",
            "SELECT current_database(), current_schema(), current_user", "SELECT current_setting('TimeZone')",
            "SELECT * FROM information_schema.schemata", "SELECT * FROM pg_catalog.pg_class LIMIT 1"]


@pytest.mark.parametrize("sql", HARMLESS)
def test_what_clients_ask_when_they_connect_is_answered_and_reveals_nothing(served, places, sql):
    server, client = served
    text = str(server.query(server.ada, sql, client).to_pydict())
    for place in (server.warehouse, places["folder"], "/tmp", "artemis://"):
        assert str(place) not in text


def test_the_server_serves_on(served):
    server, client = served
    assert server.query(server.ada, f"SELECT count(*) AS n FROM {TABLE}", client)["n"].to_pylist() == [ROWS]
    assert server.query(server.ada, f"SELECT count(*) AS n FROM {PASSES}", client)["n"].to_pylist() == [0]
    tables = server.query(server.ada, "SELECT table_name FROM information_schema.tables", client)["table_name"].to_pylist()
    assert sorted(tables) == ["observations", "passes"]
    assert SECRET not in server.log_path.read_text()
