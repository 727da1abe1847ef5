"""Fixtures: our programs, one Spark for the whole run, and the tables that several tests read."""

import os
import pathlib

import pytest

import foreign_tables
from judges import DuckDbJudge, SparkJudge
from lab import Lab
from programs import Programs

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def bin_dir():
    found = os.environ.get("ARTEMIS_BIN_DIR")
    return str(pathlib.Path(found).resolve() if found else SOURCE_DIR / "build" / "dev" / "bin")


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Makes a new empty folder."""
    return lambda name: str(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def programs(bin_dir, folder):
    """Our programs for the catalog file and warehouse given."""
    return lambda database, warehouse: Programs(bin_dir, database, warehouse, folder("scratch"))


@pytest.fixture(scope="session")
def programs_for(programs):
    """Our programs for the catalog of a ForeignTable."""
    made = {}

    def open_catalog(table):
        if table.database not in made:
            made[table.database] = programs(table.database, table.warehouse)
        return made[table.database]

    return open_catalog


@pytest.fixture(scope="session")
def spark(folder):
    judge = SparkJudge(str(SOURCE_DIR / ".deps" / "judges" / "jars"), folder("spark"))
    yield judge
    judge.stop()


@pytest.fixture(scope="session")
def duckdb_iceberg(folder):
    judge = DuckDbJudge(str(SOURCE_DIR / ".deps" / "judges" / "duckdb-iceberg"), folder("duckdb"))
    yield judge
    judge.stop()


@pytest.fixture(scope="session")
def labs(programs, folder, spark, duckdb_iceberg):
    """Makes a new catalog that all of us open."""
    return lambda name: Lab(folder(name), programs, spark, duckdb_iceberg)


def _by_name(tables):
    return {table.name: table for table in tables}


@pytest.fixture(scope="session")
def pyiceberg_tables(folder):
    return _by_name(foreign_tables.make_pyiceberg_tables(folder("pyiceberg")))


@pytest.fixture(scope="session")
def spark_tables(spark, folder):
    return _by_name(foreign_tables.make_spark_tables(spark, folder("spark_tables")))


@pytest.fixture(scope="session")
def merge_on_read_tables(spark, folder):
    return _by_name(foreign_tables.make_spark_merge_on_read_tables(spark, folder("merge_on_read")))


@pytest.fixture(scope="session")
def row_group_tables(spark, folder):
    """The creator's session, and the tables by name."""
    session, tables = foreign_tables.make_spark_row_group_tables(spark, folder("row_groups"))
    return session, _by_name(tables)
