"""Attempts to leave the catalog by SQL: each is refused, leaves a line, and shows nothing of the machine."""

import os

import pyarrow as pa
import pyarrow.flight as fl
import pytest

from conftest import ROWS

SECRET = "the-secret-of-the-machine"
TABLE = "artemis.sda.observations"

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
    "SELECT * FROM pragma_database_list()",
    "SELECT * FROM duckdb_extensions()",
    "SELECT * FROM duckdb_temporary_files()",
    "SELECT * FROM duckdb_memory()",
    "SELECT * FROM duckdb_logs",
    "CALL duckdb_settings()",
    "PRAGMA database_list",
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
    "DROP TABLE " + TABLE,
    "DROP SCHEMA artemis.sda",
    "ALTER TABLE " + TABLE + " ADD COLUMN x INTEGER",
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


@pytest.fixture(scope="module")
def places(warehouse, tmp_path_factory):
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.csv").write_text(f"a,b\n{SECRET},1\n")
    data = next(str(path) for path in warehouse.rglob("*.parquet"))
    return {"file": folder / "secret.csv", "folder": folder, "data": data}


@pytest.fixture(scope="module")
def client(server):
    with server.client() as made:
        yield made


def test_there_are_enough_attempts():
    assert len(set(ATTEMPTS)) == len(ATTEMPTS) >= 60


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_attempt_is_refused_and_logged(server, client, places, attempt):
    sql = attempt.format(**places)
    before = len(server.events("flight_statement"))
    files = sorted(os.listdir(places["folder"]))
    with pytest.raises((pa.ArrowException, fl.FlightError, KeyError, pa.ArrowNotImplementedError)) as refused:
        client.do_get(fl.Ticket(sql.encode()), server.bearer(server.ada)).read_all()
    assert SECRET not in str(refused.value)
    logged = server.events("flight_statement")[before:]
    assert len(logged) == 1, logged
    assert logged[0]["outcome"] in ("refused", "failed")
    assert logged[0]["principal"] == "ada"
    assert sorted(os.listdir(places["folder"])) == files


def test_the_server_serves_on(server, client):
    assert server.query(server.ada, f"SELECT count(*) AS n FROM {TABLE}", client)["n"].to_pylist() == [ROWS]
    assert os.path.exists(server.log_path)
    assert SECRET not in server.log_path.read_text()
