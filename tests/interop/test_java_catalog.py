"""Java's JdbcCatalog on PostgreSQL: one table that Spark and we write in turn, and one that Spark made."""

import pathlib
import random
import sys

import pytest

from lab import ids
from test_catalog_kinds import NAME, _Ours, _rows

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.postgres import Postgres  # noqa: E402


@pytest.fixture(scope="module")
def server():
    """(server, its address). Java has no Unix sockets; an address of our own leaves other servers of this machine alone."""
    address = "127." + ".".join(str(random.SystemRandom().randrange(1, 255)) for _ in range(3))
    with Postgres(listen_addresses=address) as started:
        yield started, address


@pytest.fixture
def shared(server, spark, bin_dir, folder):
    """Our programs and Spark on one new database."""
    postgres, address = server
    database, warehouse = postgres.new_database(), folder("warehouse")
    ours = _Ours(bin_dir, postgres.uri(database), warehouse, folder("scratch"))
    uri = f"jdbc:postgresql://{address}:5432/{database}"
    return ours, spark.open_uri(uri, warehouse, "artemis", **{"jdbc.user": "artemis"})


def _spark_ids(session):
    return ids(session.sql(f"SELECT * FROM {NAME}").toArrow())


def test_spark_and_we_append_in_turn_to_our_table_in_postgresql(shared):
    ours, session = shared
    ours.table("create", NAME, "--like", ours.write_arrow(_rows(0)))
    for turn in range(0, 4, 2):
        ours.append(turn)
        session.sql(f"INSERT INTO {NAME} VALUES ({turn + 1}, 'row {turn + 1}')")
        assert ours.ids() == _spark_ids(session) == list(range(turn + 2))


def test_we_go_on_in_a_database_that_spark_made(shared):
    ours, session = shared
    session.sql("CREATE NAMESPACE lab")
    session.sql(f"CREATE TABLE {NAME} (id BIGINT, name STRING) USING iceberg")
    session.sql(f"INSERT INTO {NAME} VALUES (1, 'row 1')")
    ours.append(2)
    assert ours.ids() == _spark_ids(session) == [1, 2]
    ours.table("rename", NAME, "lab.renamed")
    assert [row.tableName for row in session.sql("SHOW TABLES IN lab").collect()] == ["renamed"]
    session.sql("DROP TABLE lab.renamed")
    stdout, _ = ours.table("list", "--format", "json")
    assert b"renamed" not in stdout
