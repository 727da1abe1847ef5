"""What JDBC clients call: the Flight SQL JDBC driver, with DBeaver's questions about metadata among the calls.

The driver runs in a Java process that py4j starts; calls are made from here.
"""

import pathlib
import subprocess

import py4j.java_gateway as java
import pyarrow.flight as fl
import pytest

from conftest import BIG_BUDGET, ROWS, SOURCE_DIR

JUDGES = SOURCE_DIR / ".deps" / "judges"
TABLE = "artemis.sda.observations"
COUNT = f"SELECT count(*) AS n FROM {TABLE}"


@pytest.fixture(scope="session")
def gateway():
    (py4j_jar,) = (JUDGES / "share" / "py4j").glob("py4j*.jar")
    (driver,) = (JUDGES / "jars").glob("flight-sql-jdbc-driver-18.3.0.jar")
    port = java.launch_gateway(
        jarpath=str(py4j_jar),
        classpath=str(driver),
        javaopts=["--add-opens=java.base/java.nio=ALL-UNNAMED", "-Xmx256m", "-XX:TieredStopAtLevel=1"],
        die_on_exit=True,
        redirect_stdout=subprocess.DEVNULL,
        redirect_stderr=subprocess.DEVNULL,
    )
    made = java.JavaGateway(gateway_parameters=java.GatewayParameters(port=port, auto_convert=True))
    yield made
    made.shutdown()


def connect(gateway, server, **properties):
    settings = gateway.jvm.java.util.Properties()
    for key, value in {"useEncryption": "false", **properties}.items():
        settings.setProperty(key, value)
    driver = gateway.jvm.org.apache.arrow.driver.jdbc.ArrowFlightJdbcDriver()
    return driver.connect(f"jdbc:arrow-flight-sql://127.0.0.1:{server.port}", settings)


@pytest.fixture(scope="module")
def connection(gateway, server):
    made = connect(gateway, server, user="ada", password=server.ada)
    yield made
    made.close()


def all_rows(results, *columns):
    """The named columns of a result set, or all of them."""
    facts = results.getMetaData()
    names = columns or [facts.getColumnLabel(i) for i in range(1, facts.getColumnCount() + 1)]
    found = []
    while results.next():
        found.append(tuple(results.getObject(name) for name in names))
    results.close()
    return found


def query(connection, sql, *columns):
    statement = connection.createStatement()
    try:
        return all_rows(statement.executeQuery(sql), *columns)
    finally:
        statement.close()


def prepared(connection, sql, *bind):
    """`bind` are (setter, value) in the order of the parameters."""
    statement = connection.prepareStatement(sql)
    try:
        for i, (setter, value) in enumerate(bind, start=1):
            getattr(statement, setter)(i, value)
        return all_rows(statement.executeQuery())
    finally:
        statement.close()


def error_of(connection, sql):
    with pytest.raises(Exception) as caught:
        query(connection, sql)
    return str(caught.value)


def meta(connection):
    return connection.getMetaData()


def strings(gateway, *values):
    array = gateway.new_array(gateway.jvm.java.lang.String, len(values))
    for i, value in enumerate(values):
        array[i] = value
    return array


def columns_of(connection, schema, table):
    return all_rows(meta(connection).getColumns("artemis", schema, table, "%"), "COLUMN_NAME", "TYPE_NAME", "NULLABLE")


def statement_is_query(connection, sql):
    statement = connection.createStatement()
    try:
        return statement.execute(sql), statement.getUpdateCount()
    finally:
        statement.close()


def result_columns(connection, sql):
    statement = connection.createStatement()
    results = statement.executeQuery(sql)
    facts = results.getMetaData()
    found = [(facts.getColumnLabel(i), facts.getColumnTypeName(i)) for i in range(1, facts.getColumnCount() + 1)]
    results.close()
    statement.close()
    return found


def limited(connection):
    statement = connection.createStatement()
    statement.setMaxRows(5)
    found = len(all_rows(statement.executeQuery(f"SELECT payload_id FROM {TABLE}")))
    statement.close()
    return found


def closed_early(connection):
    statement = connection.createStatement()
    results = statement.executeQuery(f"SELECT a.payload_id FROM {TABLE} a, {TABLE} b")
    results.next()
    results.close()
    statement.close()
    return query(connection, COUNT, "n")


def parameter_count(connection):
    statement = connection.prepareStatement(f"SELECT * FROM {TABLE} WHERE payload_id = ? AND mission_id = ?")
    try:
        return statement.getParameterMetaData().getParameterCount()
    finally:
        statement.close()


def bound_twice(connection):
    statement = connection.prepareStatement(f"SELECT count(*) > 0 AS b FROM {TABLE} WHERE payload_id > ?")
    found = []
    for value in (-1, 2_000_000_000):
        statement.setLong(1, value)
        found += all_rows(statement.executeQuery())
    statement.close()
    return found


CALLS = [
    ("select a constant", lambda c: query(c, "SELECT 1 AS one"), [(1,)]),
    ("count", lambda c: query(c, COUNT), [(ROWS,)]),
    ("count as of a tag", lambda c: query(c, f"SELECT count(*) AS n FROM {TABLE} AS OF 'early'"), [(ROWS // 2,)]),
    ("many rows", lambda c: len(query(c, f"SELECT payload_id FROM {TABLE} LIMIT 500")), 500),
    ("all columns", lambda c: len(query(c, f"SELECT * FROM {TABLE} LIMIT 3")), 3),
    ("a text", lambda c: query(c, "SELECT 'grüße' AS t"), [("grüße",)]),
    ("a decimal", lambda c: str(query(c, "SELECT 1.25::DECIMAL(10, 2) AS d")[0][0]), "1.25"),
    ("a boolean", lambda c: query(c, "SELECT true AS b"), [(True,)]),
    ("a date", lambda c: query(c, "SELECT DATE '2024-03-15' AS d")[0][0].toString(), "2024-03-15"),
    ("a timestamp", lambda c: query(c, "SELECT TIMESTAMP '2024-03-15 07:00:00' AS t")[0][0].toString()[:10], "2024-03-15"),
    ("null", lambda c: query(c, "SELECT NULL::INTEGER AS n"), [(None,)]),
    ("no rows", lambda c: query(c, f"SELECT payload_id FROM {TABLE} LIMIT 0"), []),
    ("columns of a result", lambda c: [name for name, _ in result_columns(c, COUNT)], ["n"]),
    ("a limit of the client", limited, 5),
    ("closed before its end", closed_early, [(ROWS,)]),
    ("execute of a query", lambda c: statement_is_query(c, COUNT)[0], True),
    ("execute of a setting", lambda c: statement_is_query(c, "SET artemis.projection_mode = 'snapshot_time'"), (False, 0)),
    ("explain", lambda c: len(query(c, f"EXPLAIN {COUNT}")) > 0, True),
    ("describe", lambda c: len(query(c, f"DESCRIBE {TABLE}")) > 5, True),
    ("a prepared number", lambda c: prepared(c, f"SELECT count(*) FROM {TABLE} WHERE payload_id > ?", ("setLong", -1)), [(ROWS,)]),
    ("a prepared text", lambda c: prepared(c, f"SELECT count(*) FROM {TABLE} WHERE mission_id = ?", ("setString", "x")), [(0,)]),
    ("two parameters", lambda c: prepared(c, "SELECT ?::INTEGER + ?::INTEGER", ("setInt", 40), ("setInt", 2)), [(42,)]),
    ("a parameter of null", lambda c: prepared(c, "SELECT ?::INTEGER IS NULL", ("setNull", 4)), [(True,)]),
    ("bound twice", bound_twice, [(True,), (False,)]),
    ("how many parameters", parameter_count, 2),
    ("an error of syntax", lambda c: "SELEC" in error_of(c, "SELEC 1"), True),
    ("a missing table", lambda c: "nothing" in error_of(c, "SELECT * FROM artemis.sda.nothing"), True),
    ("a statement after an error", lambda c: query(c, COUNT), [(ROWS,)]),
    ("is valid", lambda c: c.isValid(5), True),
    ("autocommit", lambda c: c.getAutoCommit(), True),
    # What DBeaver asks when it opens a connection and its tree.
    ("product name", lambda c: meta(c).getDatabaseProductName(), "Artemis"),
    ("product version", lambda c: meta(c).getDatabaseProductVersion() != "", True),
    ("quote", lambda c: meta(c).getIdentifierQuoteString(), '"'),
    ("read only", lambda c: meta(c).isReadOnly(), True),
    ("terms", lambda c: (meta(c).getCatalogTerm(), meta(c).getSchemaTerm(), meta(c).getProcedureTerm()),
     ("catalog", "schema", "procedure")),
    ("catalog separator at start", lambda c: meta(c).isCatalogAtStart(), True),
    ("keywords", lambda c: "QUALIFY" in meta(c).getSQLKeywords(), True),
    ("functions", lambda c: ["ABS" in meta(c).getNumericFunctions(), "UPPER" in meta(c).getStringFunctions(),
                             "NOW" in meta(c).getTimeDateFunctions(), "COALESCE" in meta(c).getSystemFunctions()],
     [True] * 4),
    ("escape of patterns", lambda c: meta(c).getSearchStringEscape(), "\\"),
    ("extra characters", lambda c: meta(c).getExtraNameCharacters(), ""),
    ("support of the grammar",
     lambda c: [meta(c).supportsGroupBy(), meta(c).supportsOuterJoins(), meta(c).supportsSubqueriesInExists(),
                meta(c).supportsUnionAll(), meta(c).supportsCorrelatedSubqueries(), meta(c).supportsColumnAliasing()],
     [True] * 6),
    ("support of changes",
     lambda c: [meta(c).supportsStoredProcedures(), meta(c).supportsSavepoints(), meta(c).supportsBatchUpdates(),
                meta(c).supportsSelectForUpdate()],
     [False] * 4),
    ("limits",
     lambda c: [meta(c).getMaxColumnNameLength(), meta(c).getMaxConnections(), meta(c).getMaxTablesInSelect(),
                meta(c).getMaxRowSize(), meta(c).getMaxStatementLength()],
     [0] * 5),
    # The driver gives the code of Flight SQL as it is.
    ("isolation", lambda c: meta(c).getDefaultTransactionIsolation(), 4),
    ("catalogs", lambda c: all_rows(meta(c).getCatalogs(), "TABLE_CAT"), [("artemis",)]),
    ("schemas", lambda c: all_rows(meta(c).getSchemas(), "TABLE_SCHEM"), [("ground.eu",), ("sda",)]),
    ("schemas of a catalog", lambda c: all_rows(meta(c).getSchemas("artemis", "s%"), "TABLE_SCHEM"), [("sda",)]),
    ("table types", lambda c: all_rows(meta(c).getTableTypes(), "TABLE_TYPE"), [("TABLE",)]),
    ("tables", lambda c: all_rows(meta(c).getTables("artemis", "%", "%", None), "TABLE_SCHEM", "TABLE_NAME"),
     [("ground.eu", "passes"), ("sda", "observations")]),
    ("tables of a schema", lambda c: all_rows(meta(c).getTables("artemis", "sda", "%", None), "TABLE_NAME"), [("observations",)]),
    ("columns", lambda c: columns_of(c, "ground.eu", "passes"),
     [("pass_id", "BIGINT", 0), ("station", "VARCHAR", 1), ("cost", "DECIMAL", 1)]),
    ("columns of telemetry", lambda c: len(columns_of(c, "sda", "observations")) > 5, True),
    ("primary keys", lambda c: all_rows(meta(c).getPrimaryKeys("artemis", "ground.eu", "passes"), "COLUMN_NAME", "KEY_SEQ"),
     [("pass_id", 1)]),
    ("imported keys", lambda c: all_rows(meta(c).getImportedKeys("artemis", "ground.eu", "passes")), []),
    ("exported keys", lambda c: all_rows(meta(c).getExportedKeys("artemis", "ground.eu", "passes")), []),
    ("cross references",
     lambda c: all_rows(meta(c).getCrossReference("artemis", "sda", "observations", "artemis", "ground.eu", "passes")), []),
]


def test_the_list_is_long_enough():
    assert len(CALLS) >= 40


@pytest.mark.parametrize("call, expected", [call[1:] for call in CALLS], ids=[call[0] for call in CALLS])
def test_call(connection, call, expected):
    found = call(connection)
    assert (list(found) if isinstance(expected, list) else found) == expected


def test_tables_are_filtered_by_type(gateway, connection):
    assert len(all_rows(meta(connection).getTables(None, None, "%", strings(gateway, "TABLE")), "TABLE_NAME")) == 2
    assert all_rows(meta(connection).getTables(None, None, "%", strings(gateway, "VIEW")), "TABLE_NAME") == []


def test_every_info_that_the_driver_knows_is_sent(gateway, server):
    """The driver's own list of ids against ours."""
    known = gateway.jvm.java.lang.Class.forName(
        "org.apache.arrow.driver.jdbc.shaded.org.apache.arrow.flight.sql.impl.FlightSql$SqlInfo"
    ).getEnumConstants()
    ids = {each.getNumber() for each in known if each.name() != "UNRECOGNIZED"}
    url = b"type.googleapis.com/arrow.flight.protocol.sql.CommandGetSqlInfo"
    command = b"\x0a" + bytes([len(url)]) + url
    with server.client() as client:
        sent = client.do_get(fl.Ticket(command), server.bearer(server.ada)).read_all()
    assert ids <= set(sent["info_name"].to_pylist())


def test_a_token_is_a_credential_too(gateway, server):
    made = connect(gateway, server, token=server.ada)
    assert query(made, COUNT) == [(ROWS,)]
    made.close()


def test_settings_are_a_connection_s_own(gateway, server, connection):
    made = connect(gateway, server, user="ada", password=server.ada)
    statement = made.createStatement()
    statement.execute("SET artemis.as_of = '2001-01-01T00:00:00Z'")
    assert "observations" in error_of(made, COUNT)
    assert query(connection, COUNT) == [(ROWS,)]
    statement.close()
    made.close()


def test_a_catalog_is_a_property_of_the_connection(gateway, server):
    made = connect(gateway, server, user="ada", password=server.ada, catalog="artemis")
    assert query(made, COUNT) == [(ROWS,)]
    # With this property the driver ends its session, and then again over the channel that it has closed.
    with pytest.raises(Exception, match="Channel shutdown"):
        made.close()
    with pytest.raises(Exception, match="(?i)catalog|invalid"):
        connect(gateway, server, user="ada", password=server.ada, catalog="other")


def test_a_wrong_password_is_told(gateway, server):
    with pytest.raises(Exception, match="(?i)unauthenticated|not valid"):
        connect(gateway, server, user="ada", password="wrong")


@pytest.fixture(scope="module")
def writer(gateway, make_server, make_warehouse):
    """A connection that may change tables, and sda.passes(id, name, seen) to change."""
    server = make_server("--allow-writes", warehouse=make_warehouse())
    token = server.token("ada", *BIG_BUDGET, "--write")
    with server:
        made = connect(gateway, server, user="ada", password=token)
        assert update(made, "CREATE TABLE artemis.sda.passes (id BIGINT, name VARCHAR, seen TIMESTAMP)") == 0
        yield made
        made.close()


def update(connection, sql):
    statement = connection.createStatement()
    try:
        return statement.executeUpdate(sql)
    finally:
        statement.close()


def passes(connection):
    return query(connection, "SELECT id, name FROM artemis.sda.passes ORDER BY id")


def test_updates_tell_how_many_rows_they_changed(writer):
    assert update(writer, "INSERT INTO artemis.sda.passes VALUES (1, 'a', NULL), (2, 'b', TIMESTAMP '2024-03-15 07:00:00')") == 2
    assert update(writer, "UPDATE artemis.sda.passes SET name = 'z' WHERE id = 2") == 1
    assert update(writer, "DELETE FROM artemis.sda.passes WHERE id = 1") == 1
    assert statement_is_query(writer, "DELETE FROM artemis.sda.passes WHERE id = 9") == (False, 0)
    assert passes(writer) == [(2, "z")]
    assert update(writer, "ALTER TABLE artemis.sda.passes ADD COLUMN volts DOUBLE") == 0
    assert ("volts", "DOUBLE", 1) in columns_of(writer, "sda", "passes")
    assert update(writer, "DELETE FROM artemis.sda.passes") == 1


def test_prepared_updates_take_parameters_and_batches(gateway, writer):
    statement = writer.prepareStatement("INSERT INTO artemis.sda.passes (id, name) VALUES (?, ?)")
    statement.setLong(1, 10)
    statement.setString(2, "ten")
    assert statement.executeUpdate() == 1
    before = query(writer, "SELECT count(*) FROM artemis.snapshots('sda.passes')")[0][0]
    for i in range(11, 14):
        statement.setLong(1, i)
        statement.setString(2, f"n{i}")
        statement.addBatch()
    counts = list(statement.executeBatch())
    statement.close()
    assert passes(writer) == [(10, "ten"), (11, "n11"), (12, "n12"), (13, "n13")]
    assert counts
    assert query(writer, "SELECT count(*) FROM artemis.snapshots('sda.passes')")[0][0] == before + 1
    assert update(writer, "DELETE FROM artemis.sda.passes") == 4


def test_the_driver_knows_no_transactions(writer):
    """Its commit and rollback send nothing: what a statement changes is there at once, whatever autocommit is."""
    writer.setAutoCommit(False)
    assert update(writer, "INSERT INTO artemis.sda.passes (id, name) VALUES (20, 'x')") == 1
    writer.rollback()
    assert passes(writer) == [(20, "x")]
    writer.commit()
    writer.setAutoCommit(True)
    assert update(writer, "DELETE FROM artemis.sda.passes") == 1


def test_who_may_write_is_told_so(writer):
    assert [meta(writer).isReadOnly(), meta(writer).supportsBatchUpdates(), meta(writer).supportsTransactions()] == [False, True, True]


def test_who_may_not_write_is_refused(connection):
    with pytest.raises(Exception, match="the server only reads"):
        update(connection, "DELETE FROM artemis.sda.observations")
