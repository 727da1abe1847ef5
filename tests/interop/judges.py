"""The readers that are not ours: PyIceberg and Spark, each opening a SQLite catalog file, and DuckDB, which opens a
table by its metadata file."""

import contextlib
import glob
import json
import os
import sqlite3
import subprocess
import sys

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog

ICEBERG = "org.apache.iceberg.spark"


def pyiceberg_catalog(database, warehouse, name):
    """Opens `database` as PyIceberg's SqlCatalog under the catalog name `name`."""
    return SqlCatalog(name, uri=f"sqlite:///{database}", warehouse=f"file://{warehouse}")


def pyiceberg_rows(catalog, table, snapshot_id=None, row_filter=None):
    options = {} if row_filter is None else {"row_filter": row_filter}
    return catalog.load_table(table).scan(snapshot_id=snapshot_id, **options).to_arrow()


def snapshot_ids(catalog, table):
    """Every snapshot of the table, oldest first."""
    snapshots = sorted(
        catalog.load_table(table).metadata.snapshots,
        key=lambda s: (s.sequence_number or 0, s.timestamp_ms),
    )
    return [snapshot.snapshot_id for snapshot in snapshots]


def metadata_location(database, table):
    namespace, _, name = table.rpartition(".")
    with contextlib.closing(sqlite3.connect(database)) as connection:
        found = connection.execute(
            "SELECT metadata_location FROM iceberg_tables"
            " WHERE table_namespace = ? AND table_name = ?",
            (namespace, name),
        ).fetchall()
    assert len(found) == 1, f"{table} is in {database} {len(found)} times"
    return found[0][0]


class SparkJudge:
    """One Spark process; each catalog file gets a session of its own, since names repeat."""

    def __init__(self, jars, scratch):
        # Another Spark of the machine must not answer.
        for variable in ("SPARK_HOME", "SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS"):
            os.environ.pop(variable, None)
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        from pyspark.sql import SparkSession

        # Drivers that other tests load lie beside them.
        names = ("iceberg-spark-runtime-*.jar", "postgresql-*.jar", "sqlite-jdbc-*.jar")
        jar_files = [path for name in names for path in glob.glob(os.path.join(jars, name))]
        assert len(jar_files) == 3, f"three jars were expected in {jars}: run tools/bootstrap_judges"
        java_options = (
            f"-Duser.timezone=UTC -Djava.io.tmpdir={scratch} -XX:+UseSerialGC"
            " -XX:TieredStopAtLevel=1"
        )
        settings = {
            "spark.driver.memory": "2g",
            "spark.driver.extraClassPath": ":".join(jar_files),
            "spark.driver.extraJavaOptions": java_options,
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": scratch,
            "spark.sql.warehouse.dir": os.path.join(scratch, "spark-warehouse"),
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.extensions": f"{ICEBERG}.extensions.IcebergSparkSessionExtensions",
            "spark.sql.shuffle.partitions": "2",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        builder = SparkSession.builder.master("local[2]").appName("artemis-interop")
        for key, value in settings.items():
            builder = builder.config(key, value)
        self._root = builder.getOrCreate()
        self._root.sparkContext.setLogLevel("ERROR")

    def open(self, database, warehouse, name):
        """A session in which `name` is the Iceberg JDBC catalog in the SQLite file `database`."""
        return self.open_uri(f"jdbc:sqlite:file:{database}", warehouse, name)

    def open_uri(self, uri, warehouse, name, **more):
        """A session in which `name` is the Iceberg JDBC catalog at `uri`."""
        session = self._root.newSession()
        settings = {
            "": f"{ICEBERG}.SparkCatalog",
            ".type": "jdbc",
            ".uri": uri,
            ".jdbc.schema-version": "V1",
            ".warehouse": f"file://{warehouse}",
            # Others change the tables between two queries of ours.
            ".cache-enabled": "false",
            **{f".{key}": value for key, value in more.items()},
        }
        for key, value in settings.items():
            session.conf.set(f"spark.sql.catalog.{name}{key}", value)
        session.sql(f"USE {name}")
        return session

    def stop(self):
        self._root.stop()


def spark_rows(session, table, snapshot_id=None, where=None):
    version = "" if snapshot_id is None else f" VERSION AS OF {snapshot_id}"
    condition = "" if where is None else f" WHERE {where}"
    return session.sql(f"SELECT * FROM {table}{version}{condition}").toArrow()


class DuckDbError(Exception):
    """What DuckDB said instead of an answer."""


class DuckDbJudge:
    """One process with the DuckDB that reads Iceberg tables: another release than the one that `import duckdb` gives."""

    def __init__(self, site, scratch):
        assert os.path.isdir(site), f"there is no {site}: run tools/bootstrap_judges"
        self._result = os.path.join(scratch, "result.arrow")
        self._process = subprocess.Popen(
            [sys.executable, "-B", os.path.join(os.path.dirname(__file__), "duckdb_reader.py")],
            env={**os.environ, "PYTHONPATH": site},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def query(self, sql):
        """The result as an Arrow table; DuckDbError where there is none."""
        request = {"query": sql, "path": self._result}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"DuckDB ended at {sql}"
        if json.loads(answer)["error"] is not None:
            raise DuckDbError(json.loads(answer)["error"])
        with pa.OSFile(self._result, "rb") as file, pa.ipc.open_stream(file) as stream:
            return stream.read_all()

    def rows(self, location, snapshot_id=None, where=None):
        """Rows of the table whose metadata file is at `location`."""
        version = "" if snapshot_id is None else f", snapshot_from_id = {snapshot_id}"
        condition = "" if where is None else f" WHERE {where}"
        path = "/" + location.removeprefix("file:").lstrip("/")
        return self.query(f"SELECT * FROM iceberg_scan('{path}'{version}){condition}")

    def stop(self):
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()
