"""The readers that are not ours: PyIceberg and Spark, each opening a SQLite catalog file."""

import contextlib
import glob
import os
import sqlite3

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

        jar_files = sorted(glob.glob(os.path.join(jars, "*.jar")))
        assert len(jar_files) == 2, f"two jars were expected in {jars}: run tools/bootstrap_judges"
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
        session = self._root.newSession()
        settings = {
            "": f"{ICEBERG}.SparkCatalog",
            ".type": "jdbc",
            ".uri": f"jdbc:sqlite:file:{database}",
            ".jdbc.schema-version": "V1",
            ".warehouse": f"file://{warehouse}",
            # Others change the tables between two queries of ours.
            ".cache-enabled": "false",
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
