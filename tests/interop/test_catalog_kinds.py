"""PostgreSQL and path catalogs, shared with PyIceberg's SqlCatalog and Spark's catalog of type hadoop: each writes, the
other reads and goes on writing."""

import pathlib
import sys
import uuid

import pyarrow as pa
import pytest
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.table import StaticTable

from judges import ICEBERG
from programs import Programs

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.postgres import postgres  # noqa: E402, F401

NAME = "lab.values"
SCHEMA = pa.schema([("id", pa.int64()), ("name", pa.string())])


def _rows(*ids):
    return pa.table({"id": list(ids), "name": [f"row {i}" for i in ids]}, SCHEMA)


def _ids(table):
    assert all(name == f"row {i}" for i, name in zip(table["id"].to_pylist(), table["name"].to_pylist()))
    return sorted(table["id"].to_pylist())


class _Ours(Programs):
    """Our programs on a catalog by its URI."""

    def __init__(self, bin_dir, uri, warehouse, scratch):
        super().__init__(bin_dir, "unused", warehouse, scratch)
        self._environment["ARTEMIS_CATALOG"] = uri

    def append(self, *ids):
        self.table("append", NAME, self.write_arrow(_rows(*ids)))

    def ids(self):
        found = _ids(self.replay(NAME, "--ref", "main"))
        assert self.sql_lines(f"SELECT count(*) AS n FROM artemis.{NAME}") == [{"n": len(found)}]
        return found


@pytest.fixture
def postgres_database(postgres, bin_dir, folder):  # noqa: F811
    """Our programs and PyIceberg's catalog of the same name on one new database."""
    database, warehouse = postgres.new_database(), folder("warehouse")
    ours = _Ours(bin_dir, postgres.uri(database), warehouse, folder("scratch"))

    def theirs():
        return SqlCatalog(
            "artemis",
            uri=f"postgresql+psycopg2://artemis@/{database}?host={postgres.folder}",
            warehouse=f"file://{warehouse}",
        )

    return ours, theirs


def test_pyiceberg_and_we_append_in_turn_to_our_table_in_postgresql(postgres_database):
    ours, theirs = postgres_database
    ours.table("create", NAME, "--like", ours.write_arrow(_rows(0)))
    catalog = theirs()
    for turn in range(0, 20, 2):
        ours.append(turn)
        catalog.load_table(NAME).append(_rows(turn + 1))
        expected = list(range(turn + 2))
        assert ours.ids() == expected
        assert _ids(catalog.load_table(NAME).scan().to_arrow()) == expected
    assert catalog.list_tables("lab") == [("lab", "values")]
    assert len(catalog.load_table(NAME).metadata.snapshots) == 20


def test_we_go_on_in_a_database_that_pyiceberg_made(postgres_database):
    ours, theirs = postgres_database
    catalog = theirs()
    catalog.create_namespace("lab", {"owner": "ada"})
    catalog.create_table(NAME, SCHEMA).append(_rows(1))
    ours.append(2)
    assert ours.ids() == [1, 2]
    assert _ids(catalog.load_table(NAME).scan().to_arrow()) == [1, 2]
    assert catalog.load_namespace_properties("lab")["owner"] == "ada"
    ours.table("rename", NAME, "lab.renamed")
    assert catalog.list_tables("lab") == [("lab", "renamed")]
    ours.table("drop", "lab.renamed")
    assert not catalog.table_exists("lab.renamed")


@pytest.fixture
def path_catalog(spark, bin_dir, folder):
    """Our programs and Spark's catalog of type hadoop on one new folder."""
    tables = folder("tables")
    session, name = spark._root.newSession(), f"hadoop_{uuid.uuid4().hex[:8]}"
    settings = {"": f"{ICEBERG}.SparkCatalog", ".type": "hadoop", ".warehouse": f"file://{tables}", ".cache-enabled": "false"}
    for key, value in settings.items():
        session.conf.set(f"spark.sql.catalog.{name}{key}", value)
    session.sql(f"USE {name}")
    return _Ours(bin_dir, f"path:{tables}", tables, folder("scratch")), session, pathlib.Path(tables)


def _spark_ids(session):
    return _ids(session.sql(f"SELECT * FROM {NAME}").toArrow())


def _spark_append(session, number):
    session.sql(f"INSERT INTO {NAME} VALUES ({number}, 'row {number}')")


def test_spark_goes_on_with_our_path_table_and_we_with_its_commits(path_catalog):
    ours, session, tables = path_catalog
    ours.table("create", NAME, "--like", ours.write_arrow(_rows(0)))
    for turn in range(0, 8, 2):
        ours.append(turn)
        assert _spark_ids(session) == list(range(turn + 1))
        _spark_append(session, turn + 1)
        assert ours.ids() == list(range(turn + 2))
    metadata = tables / "lab" / "values" / "metadata"
    assert (metadata / "version-hint.text").read_text().strip() == "9"
    assert _ids(StaticTable.from_metadata(str(metadata / "v9.metadata.json")).scan().to_arrow()) == list(range(8))


@pytest.mark.parametrize("codec", ["none", "gzip"])
def test_we_go_on_with_a_path_table_that_spark_made(path_catalog, codec):
    ours, session, tables = path_catalog
    session.sql(
        f"CREATE TABLE {NAME} (id BIGINT, name STRING) USING iceberg"
        f" TBLPROPERTIES ('write.metadata.compression-codec' = '{codec}')"
    )
    for turn in range(0, 4, 2):
        _spark_append(session, turn)
        assert ours.ids() == list(range(turn + 1))
        ours.append(turn + 1)
        assert _spark_ids(session) == list(range(turn + 2))
    stdout, _ = ours.table("list", "--format", "json")
    assert NAME.encode() in stdout
    names = {path.name for path in (tables / "lab" / "values" / "metadata").iterdir()}
    assert ("v2.gz.metadata.json" in names) == (codec == "gzip")


def test_spark_does_not_open_a_path_table_that_we_dropped(path_catalog):
    ours, session, _ = path_catalog
    session.sql(f"CREATE TABLE {NAME} (id BIGINT, name STRING) USING iceberg")
    _spark_append(session, 1)
    ours.table("drop", NAME)
    with pytest.raises(Exception):
        session.sql(f"SELECT * FROM {NAME}").collect()
    ours.table("create", NAME, "--like", ours.write_arrow(_rows(0)))
    ours.append(7)
    assert _spark_ids(session) == [7]
