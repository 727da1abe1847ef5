"""What an ADBC client calls: adbc-driver-flightsql, in its DBAPI and below it."""

import datetime

import adbc_driver_flightsql
import adbc_driver_flightsql.dbapi as dbapi
import adbc_driver_manager
import pyarrow as pa
import pytest

from conftest import ROWS

TABLE = "artemis.sda.observations"
COUNT = f"SELECT count(*) AS n FROM {TABLE}"
Options = adbc_driver_flightsql.DatabaseOptions


@pytest.fixture(scope="module")
def connection(server):
    with dbapi.connect(server.uri, db_kwargs={"username": "ada", "password": server.ada}, autocommit=True) as made:
        yield made


def rows(connection, sql, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def objects(connection, **filters):
    return connection.adbc_get_objects(**filters).read_all().to_pylist()


def found_tables(connection, **filters):
    return [
        (schema["db_schema_name"], table["table_name"])
        for catalog in objects(connection, depth="tables", **filters)
        for schema in catalog["catalog_db_schemas"] or []
        for table in schema["db_schema_tables"] or []
    ]


def error_of(connection, sql, parameters=None):
    with pytest.raises(dbapi.Error) as caught:
        rows(connection, sql, parameters)
    return caught.value


def fetch_in_parts(connection):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT payload_id FROM {TABLE}")
        return len(cursor.fetchmany(10)), cursor.fetchone() is not None, len(cursor.fetchall())


def prepared_schema(connection):
    with connection.cursor() as cursor:
        return cursor.adbc_prepare(f"SELECT payload_id FROM {TABLE} WHERE payload_id = ?")


def executed_schema(connection):
    with connection.cursor() as cursor:
        return cursor.adbc_execute_schema(COUNT).names


def description(connection):
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        return [column[0] for column in cursor.description]


def two_cursors(connection):
    with connection.cursor() as one, connection.cursor() as two:
        one.execute(f"SELECT payload_id FROM {TABLE}")
        two.execute(COUNT)
        return len(one.fetchall()), two.fetchall()


def partitions(connection):
    with connection.cursor() as cursor:
        descriptors, schema = cursor.adbc_execute_partitions(COUNT)
        cursor.adbc_read_partition(descriptors[0])
        return len(descriptors), schema.names, cursor.fetchall()


def update_count(connection, sql):
    with connection.cursor() as cursor:
        return cursor.executescript(sql)


def statement_below(connection, sql):
    """Through the driver manager alone."""
    with adbc_driver_manager.AdbcStatement(connection.adbc_connection) as statement:
        statement.set_sql_query(sql)
        stream, _ = statement.execute_query()
        return pa.RecordBatchReader._import_from_c(stream.address).read_all()


def table_columns(connection, **filters):
    return [
        column["column_name"]
        for catalog in objects(connection, depth="columns", **filters)
        for schema in catalog["catalog_db_schemas"] or []
        for table in schema["db_schema_tables"] or []
        for column in table["table_columns"] or []
    ]


TAGGED = f"SELECT count(*) FROM {TABLE} AS OF 'early'"

CALLS = [
    ("select a constant", lambda c: rows(c, "SELECT 1"), [(1,)]),
    ("count", lambda c: rows(c, COUNT), [(ROWS,)]),
    ("count as of a tag", lambda c: rows(c, TAGGED), [(ROWS // 2,)]),
    ("filter", lambda c: rows(c, f"SELECT count(*) > 0 FROM {TABLE} WHERE payload_id >= 0"), [(True,)]),
    ("group", lambda c: len(rows(c, f"SELECT mission_id, count(*) FROM {TABLE} GROUP BY 1")) > 0, True),
    ("order and limit", lambda c: len(rows(c, f"SELECT * FROM {TABLE} ORDER BY ALL LIMIT 7")), 7),
    ("join two times of a table",
     lambda c: rows(c, f"SELECT (SELECT count(*) FROM {TABLE}) - (SELECT count(*) FROM {TABLE} AS OF 'early')"),
     [(ROWS // 2,)]),
    ("values", lambda c: rows(c, "VALUES (1, 'a'), (2, NULL)"), [(1, "a"), (2, None)]),
    ("a timestamp", lambda c: rows(c, "SELECT TIMESTAMP '2024-03-15 07:00:00'"), [(datetime.datetime(2024, 3, 15, 7),)]),
    ("a date", lambda c: rows(c, "SELECT DATE '2024-03-15'"), [(datetime.date(2024, 3, 15),)]),
    ("a decimal", lambda c: str(rows(c, "SELECT 1.25::DECIMAL(10, 2)")[0][0]), "1.25"),
    ("a text", lambda c: rows(c, "SELECT 'grüße'"), [("grüße",)]),
    ("bytes", lambda c: rows(c, "SELECT '\\x00\\xFF'::BLOB"), [(b"\x00\xff",)]),
    ("a boolean", lambda c: rows(c, "SELECT true, false, NULL"), [(True, False, None)]),
    ("a list", lambda c: rows(c, "SELECT [1, 2, 3]"), [([1, 2, 3],)]),
    ("a struct", lambda c: rows(c, "SELECT {'a': 1}"), [({"a": 1},)]),
    ("no rows", lambda c: rows(c, f"SELECT payload_id FROM {TABLE} LIMIT 0"), []),
    ("describe", lambda c: len(rows(c, f"DESCRIBE {TABLE}")) > 5, True),
    ("explain", lambda c: len(rows(c, f"EXPLAIN {COUNT}")) > 0, True),
    ("show tables", lambda c: ("observations",) in rows(c, "SHOW TABLES FROM artemis.sda"), True),
    ("information schema",
     lambda c: rows(c, "SELECT count(*) FROM information_schema.tables WHERE table_catalog = 'artemis'"), [(2,)]),
    ("parameters of a number", lambda c: rows(c, f"SELECT count(*) FROM {TABLE} WHERE payload_id > ?", [-1]), [(ROWS,)]),
    ("parameters of a text", lambda c: rows(c, f"SELECT count(*) FROM {TABLE} WHERE mission_id = ?", ["nobody"]), [(0,)]),
    ("several parameters", lambda c: rows(c, "SELECT ?::INTEGER + ?::INTEGER", [40, 2]), [(42,)]),
    ("parameters that alone tell the types", lambda c: rows(c, "SELECT ?, ?::INTEGER + 1", ["a", 1]), [("a", 2)]),
    ("a time as a parameter", lambda c: rows(c, COUNT + " AS OF TIMESTAMP ?", ["now"]), [(ROWS,)]),
    ("a parameter of null", lambda c: rows(c, "SELECT ?::INTEGER IS NULL", [None]), [(True,)]),
    ("a prepared statement's parameters", lambda c: len(prepared_schema(c)), 1),
    ("a schema without a run", executed_schema, ["n"]),
    ("names of columns", description, ["n"]),
    ("fetch in parts", fetch_in_parts, (10, True, ROWS - 11)),
    ("two cursors at once", two_cursors, (ROWS, [(ROWS,)])),
    ("partitions", partitions, (1, ["n"], [(ROWS,)])),
    ("an arrow table", lambda c: statement_below(c, COUNT).to_pydict(), {"n": [ROWS]}),
    ("get info", lambda c: c.adbc_get_info()["vendor_name"], "Artemis"),
    ("get table types", lambda c: c.adbc_get_table_types(), ["TABLE"]),
    ("get table schema",
     lambda c: c.adbc_get_table_schema("passes", db_schema_filter="ground.eu").names, ["pass_id", "station", "cost"]),
    ("objects: catalogs", lambda c: [o["catalog_name"] for o in objects(c, depth="catalogs")], ["artemis"]),
    ("objects: schemas",
     lambda c: [s["db_schema_name"] for o in objects(c, depth="db_schemas") for s in o["catalog_db_schemas"]],
     ["ground.eu", "sda"]),
    ("objects: tables", found_tables, [("ground.eu", "passes"), ("sda", "observations")]),
    ("objects: tables by pattern", lambda c: found_tables(c, table_name_filter="pass%"), [("ground.eu", "passes")]),
    ("objects: tables of a schema", lambda c: found_tables(c, db_schema_filter="sda"), [("sda", "observations")]),
    ("objects: tables of no type", lambda c: found_tables(c, table_types_filter=["VIEW"]), []),
    ("objects: columns", lambda c: table_columns(c, table_name_filter="passes"), ["pass_id", "station", "cost"]),
    ("objects: of another catalog", lambda c: found_tables(c, catalog_filter="other"), []),
    ("the current catalog", lambda c: c.adbc_current_catalog, "artemis"),
    ("an error of syntax", lambda c: "SELEC" in str(error_of(c, "SELEC 1")), True),
    ("an error of a missing table", lambda c: "NoSuchTable" in str(error_of(c, "SELECT * FROM artemis.sda.nothing")), True),
    ("an error of a missing ref", lambda c: "nope" in str(error_of(c, f"SELECT * FROM {TABLE} AS OF 'nope'")), True),
    ("an error while running", lambda c: "Conversion" in str(error_of(c, f"SELECT CAST(mission_id AS INTEGER) FROM {TABLE}")), True),
    ("a statement after an error", lambda c: rows(c, COUNT), [(ROWS,)]),
]


def test_the_list_is_long_enough():
    assert len(CALLS) >= 40


@pytest.mark.parametrize("call, expected", [call[1:] for call in CALLS], ids=[call[0] for call in CALLS])
def test_call(connection, call, expected):
    assert call(connection) == expected


def test_a_schema_is_set_for_one_connection(server):
    arguments = {"db_kwargs": {"username": "ada", "password": server.ada}, "autocommit": True}
    with dbapi.connect(server.uri, **arguments) as one, dbapi.connect(server.uri, **arguments) as two:
        one.adbc_current_db_schema = "sda"
        assert one.adbc_current_db_schema == "sda"
        assert rows(one, "SELECT count(*) FROM observations") == [(ROWS,)]
        with pytest.raises(dbapi.Error):
            rows(two, "SELECT count(*) FROM observations")


def test_an_instant_is_set_for_one_connection(server):
    option = "adbc.flight.sql.session.option.artemis.as_of"
    arguments = {"db_kwargs": {"username": "ada", "password": server.ada}, "autocommit": True}
    with dbapi.connect(server.uri, **arguments) as one, dbapi.connect(server.uri, **arguments) as two:
        one.adbc_connection.set_options(**{option: "2001-01-01T00:00:00Z"})
        assert one.adbc_connection.get_option(option) == "2001-01-01T00:00:00Z"
        with pytest.raises(dbapi.Error):
            rows(one, COUNT)
        assert rows(two, COUNT) == [(ROWS,)]


def test_a_projection_mode_is_set_for_one_connection(server):
    option = "adbc.flight.sql.session.option.artemis.projection_mode"
    arguments = {"db_kwargs": {"username": "ada", "password": server.ada}, "autocommit": True}
    current = "SELECT current_setting('artemis.projection_mode')"
    with dbapi.connect(server.uri, **arguments) as one, dbapi.connect(server.uri, **arguments) as two:
        one.adbc_connection.set_options(**{option: "current"})
        assert (rows(one, current), rows(two, current)) == ([("current",)], [("snapshot_time",)])


def test_a_bearer_does_without_a_login(server):
    header = {Options.AUTHORIZATION_HEADER.value: f"Bearer {server.ada}"}
    with dbapi.connect(server.uri, db_kwargs=header, autocommit=True) as made:
        assert rows(made, COUNT) == [(ROWS,)]


def test_a_wrong_password_is_told(server):
    with pytest.raises(dbapi.Error, match="(?i)unauthenticated"):
        dbapi.connect(server.uri, db_kwargs={"username": "ada", "password": "wrong"}).close()


def test_a_transaction_keeps_what_it_read(server):
    with dbapi.connect(server.uri, db_kwargs={"username": "ada", "password": server.ada}) as made:
        assert rows(made, COUNT) == [(ROWS,)]
        assert rows(made, COUNT) == [(ROWS,)]
        made.commit()
        assert rows(made, COUNT) == [(ROWS,)]
        made.rollback()
        assert rows(made, COUNT) == [(ROWS,)]


def test_a_temporary_table_lives_in_its_transaction(server):
    with dbapi.connect(server.uri, db_kwargs={"username": "ada", "password": server.ada}) as made:
        rows(made, "CREATE TEMP TABLE kept AS SELECT 7 AS seven")
        assert rows(made, "SELECT seven FROM kept") == [(7,)]
        made.rollback()
        with pytest.raises(dbapi.Error):
            rows(made, "SELECT seven FROM kept")


def test_ingesting_where_the_server_only_reads_says_so(connection):
    with connection.cursor() as cursor:
        with pytest.raises(dbapi.Error, match="the server only reads"):
            cursor.adbc_ingest("new", pa.table({"a": [1]}), mode="create", db_schema_name="sda")


def test_a_cancelled_cursor_ends(server, connection):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT a.* FROM {TABLE} a, {TABLE} b")
        cursor.fetchone()
        cursor.adbc_cancel()
        with pytest.raises(dbapi.Error):
            cursor.fetchall()
