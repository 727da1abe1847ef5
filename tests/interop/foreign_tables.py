"""Tables that others write and we read, under the catalog name `prod`.

Every builder takes an empty folder, makes <folder>/catalog.db and <folder>/warehouse, and returns a
ForeignTable for each table it made. Values depend on the row number alone: two runs make the same
rows.
"""

import contextlib
import dataclasses
import datetime
import decimal
import json
import os
import sqlite3
import uuid

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.expressions import EqualTo, GreaterThanOrEqual, And, LessThan
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform, DayTransform, IdentityTransform, TruncateTransform
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FixedType,
    FloatType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StringType,
    StructType,
    TimestampType,
    TimestamptzType,
    TimeType,
    UUIDType,
)

from judges import metadata_location, pyiceberg_catalog, pyiceberg_rows, snapshot_ids, spark_rows

CATALOG = "prod"
# Names that a folder or a URL cannot hold as they are; a reader must decode nothing.
MISSIONS = ["apollo/7", "lunar gateway", "münchen=50%", None]
EPOCH = datetime.datetime(1970, 1, 1)
DAY = datetime.timedelta(days=1)


@dataclasses.dataclass
class ForeignTable:
    folder: str
    name: str
    # Snapshots from the oldest, and the rows at each as its creator reads them.
    snapshots: list
    rows: dict

    @property
    def database(self):
        return os.path.join(self.folder, "catalog.db")

    @property
    def warehouse(self):
        return os.path.join(self.folder, "warehouse")


def _open_pyiceberg(folder):
    warehouse = os.path.join(folder, "warehouse")
    os.makedirs(warehouse)
    catalog = pyiceberg_catalog(os.path.join(folder, "catalog.db"), warehouse, CATALOG)
    catalog.create_namespace("lab")
    return catalog


def _read_all(folder, catalog, name):
    ids = snapshot_ids(catalog, name)
    return ForeignTable(folder, name, ids, {i: pyiceberg_rows(catalog, name, i) for i in ids})


# ---- PyIceberg, format version 2 ----


def _reading(i):
    """Row `i` of the readings: nulls, NaN, infinities, both zeros, times around 1970."""
    doubles = [1.5 * i, float("nan"), -0.0, 0.0, float("inf"), float("-inf"), None, -1e-300 * i]
    taken_at = (
        EPOCH
        + (i % 3 - 1) * DAY
        - datetime.timedelta(microseconds=i % 2)
        + datetime.timedelta(seconds=i % 5)
    )
    sent_at = None if i % 7 == 0 else (taken_at - 20000 * DAY).replace(tzinfo=datetime.timezone.utc)
    return {
        "id": i - 100,
        "mission": MISSIONS[i % 4],
        "taken_at": None if i % 31 == 0 else taken_at,
        "sent_at": sent_at,
        "valid": None if i % 5 == 0 else i % 2 == 0,
        "small": None if i % 11 == 0 else (-1) ** i * i,
        "ratio": None if i % 9 == 0 else (float("nan") if i % 13 == 0 else i / 3),
        "voltage": doubles[i % 8],
        "price": None if i % 6 == 0 else decimal.Decimal(i - 150).scaleb(-2),
        "mass": None if i % 8 == 0 else decimal.Decimal(10**13 * (i - 150)).scaleb(-4),
        "distance": None if i % 10 == 0 else decimal.Decimal(-(10**30) * i - 7).scaleb(-10),
        "day": None if i % 12 == 0 else datetime.date(1969, 12, 1) + i * DAY,
        "clock": None if i % 14 == 0 else datetime.time(i % 24, i % 60, 59, 999999 - i),
        "token": None if i % 15 == 0 else uuid.UUID(int=(i * 2**120 + i) % 2**128).bytes,
        "code": None if i % 16 == 0 else bytes([i % 256, 0, 255, i % 7]),
        "payload": None if i % 17 == 0 else b"\x00\xff" * (i % 4),
        "note": None if i % 18 == 0 else ["", "x", "emoji \U0001f680", "a" * 40 + str(i)][i % 4],
    }


READINGS_SCHEMA = Schema(
    NestedField(1, "id", LongType(), required=True),
    NestedField(2, "mission", StringType()),
    NestedField(3, "taken_at", TimestampType()),
    NestedField(4, "sent_at", TimestamptzType()),
    NestedField(5, "valid", BooleanType()),
    NestedField(6, "small", IntegerType()),
    NestedField(7, "ratio", FloatType()),
    NestedField(8, "voltage", DoubleType()),
    NestedField(9, "price", DecimalType(9, 2)),
    NestedField(10, "mass", DecimalType(18, 4)),
    NestedField(11, "distance", DecimalType(38, 10)),
    NestedField(12, "day", DateType()),
    NestedField(13, "clock", TimeType()),
    NestedField(14, "token", UUIDType()),
    NestedField(15, "code", FixedType(4)),
    NestedField(16, "payload", BinaryType()),
    NestedField(17, "note", StringType()),
)


def _readings(table, first, count, **computed):
    """Rows first..first+count-1 as an Arrow table of the table's present columns."""
    schema = table.schema().as_arrow()
    rows = []
    for i in range(first, first + count):
        row = _reading(i)
        row["bus_voltage"] = row["voltage"]
        row["flux"] = None if i % 4 == 0 else i * 0.25
        rows.append(row)
    columns = []
    for field in schema:
        kind = (
            field.type.storage_type if isinstance(field.type, pa.BaseExtensionType) else field.type
        )
        column = pa.array([row[field.name] for row in rows], kind)
        columns.append(
            pa.ExtensionArray.from_storage(field.type, column) if kind is not field.type else column
        )
    return pa.table(columns, schema=schema)


def _make_readings(catalog):
    spec = PartitionSpec(
        PartitionField(2, 1000, IdentityTransform(), "mission"),
        PartitionField(3, 1001, DayTransform(), "taken_day"),
        PartitionField(1, 1002, BucketTransform(2), "id_bucket"),
    )
    table = catalog.create_table(
        "lab.readings", READINGS_SCHEMA, partition_spec=spec, properties={"format-version": "2"}
    )
    table.append(_readings(table, 0, 120))
    table.append(_readings(table, 120, 60))
    with table.update_schema() as change:
        change.rename_column("voltage", "bus_voltage")
        change.add_column("flux", DoubleType())
    table.append(_readings(table, 180, 60))
    # Neither predicate follows partition bounds, so files are written again with what is left.
    table.delete(And(GreaterThanOrEqual("id", -60), LessThan("id", -40)))
    table.overwrite(_readings(table, 1, 8), overwrite_filter=EqualTo("mission", "lunar gateway"))
    with table.update_schema() as change:
        change.update_column("small", LongType())
        change.delete_column("note")
    with table.update_spec() as change:
        change.remove_field("id_bucket")
        change.add_field("id", TruncateTransform(50), "id_range")
    table.append(_readings(table, 240, 40))
    return table


def _make_nested(catalog):
    position = StructType(
        NestedField(10, "x", DoubleType(), required=False),
        NestedField(11, "frame", StringType(), required=False),
    )
    schema = Schema(
        NestedField(1, "id", IntegerType(), required=False),
        NestedField(2, "position", position),
        NestedField(3, "samples", ListType(12, IntegerType(), element_required=False)),
        NestedField(4, "labels", MapType(13, StringType(), 14, LongType(), value_required=False)),
    )
    table = catalog.create_table("lab.nested", schema)

    def batch(first, names):
        arrow = table.schema().as_arrow()
        rows = []
        for i in range(first, first + 20):
            position = (
                None
                if i % 5 == 0
                else {names[0]: i / 2, "frame": None if i % 3 else f"f{i}", "y": -i * 1.0}
            )
            rows.append(
                {
                    "id": i,
                    "position": position,
                    "samples": (
                        None if i % 4 == 0 else [None if j == 1 else j * i for j in range(i % 4)]
                    ),
                    "labels": (
                        None
                        if i % 6 == 0
                        else [(f"k{j}", None if j == 2 else j) for j in range(i % 4)]
                    ),
                }
            )
        return pa.Table.from_pylist(rows, schema=arrow)

    table.append(batch(0, ["x"]))
    with table.update_schema() as change:
        change.rename_column("position.x", "east")
        change.add_column(("position", "y"), DoubleType())
    table.append(batch(20, ["east"]))


def make_pyiceberg_tables(folder):
    """lab.readings: every primitive type, all kinds of evolution. lab.nested: struct, list and map."""
    catalog = _open_pyiceberg(folder)
    _make_readings(catalog)
    _make_nested(catalog)
    return [_read_all(folder, catalog, name) for name in ("lab.readings", "lab.nested")]


def make_pyiceberg_v1_table(folder):
    """lab.old: format version 1, two schemas, rows deleted by rewriting their files."""
    catalog = _open_pyiceberg(folder)
    spec = PartitionSpec(PartitionField(2, 1000, IdentityTransform(), "mission"))
    schema = Schema(*READINGS_SCHEMA.fields[:8])
    table = catalog.create_table(
        "lab.old", schema, partition_spec=spec, properties={"format-version": "1"}
    )
    table.append(_readings(table, 0, 60))
    table.append(_readings(table, 60, 60))
    with table.update_schema() as change:
        change.rename_column("voltage", "bus_voltage")
        change.add_column("flux", DoubleType())
    table.append(_readings(table, 120, 60))
    table.delete(LessThan("id", -80))
    return [_read_all(folder, catalog, "lab.old")]


def forget_schema_ids(table, with_log=True):
    """Strips from a v1 table's newest metadata what v1 does not demand: schema ids, lists of specs, the metadata-log unless `with_log`."""
    location = metadata_location(table.database, table.name)
    path = location.removeprefix("file://")
    with open(path, encoding="utf-8") as file:
        metadata = json.load(file)
    assert metadata["format-version"] == 1
    current = next(
        s for s in metadata["schemas"] if s["schema-id"] == metadata["current-schema-id"]
    )
    metadata["schema"] = {"type": "struct", "fields": current["fields"]}
    metadata["partition-spec"] = metadata["partition-specs"][0]["fields"]
    for key in (
        "schemas",
        "current-schema-id",
        "partition-specs",
        "default-spec-id",
        "sort-orders",
        "default-sort-order-id",
    ):
        metadata.pop(key, None)
    for snapshot in metadata["snapshots"]:
        snapshot.pop("schema-id", None)
    if not with_log:
        metadata.pop("metadata-log")
    stripped = os.path.join(os.path.dirname(path), f"90000-{uuid.uuid4()}.metadata.json")
    with open(stripped, "w", encoding="utf-8") as file:
        json.dump(metadata, file)
    with contextlib.closing(sqlite3.connect(table.database)) as connection, connection:
        connection.execute(
            "UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = ?"
            " WHERE metadata_location = ?",
            (f"file://{stripped}", location, location),
        )


def make_pyiceberg_adopted_table(folder):
    """lab.adopted: files without field ids, read through the table's name mapping."""
    catalog = _open_pyiceberg(folder)
    rows = pa.table(
        {
            "id": pa.array(range(40), pa.int64()),
            "volts": pa.array([None if i % 7 == 0 else i / 4 for i in range(40)], pa.float64()),
            "position": pa.array(
                [None if i % 5 == 0 else {"x": i * 1.5, "frame": f"f{i % 3}"} for i in range(40)],
                pa.struct([("x", pa.float64()), ("frame", pa.string())]),
            ),
        }
    )
    table = catalog.create_table("lab.adopted", rows.schema)
    for i in range(2):
        # The columns of the second file are in another order: they go by name.
        part = rows.slice(20 * i, 20).select(["id", "volts", "position"][:: 1 - 2 * i])
        path = os.path.join(folder, f"adopted-{i}.parquet")
        pq.write_table(part, path)
        table.add_files([f"file://{path}"])
    with table.update_schema() as change:
        change.rename_column("volts", "bus_voltage")
        change.rename_column("position.x", "east")
    table.append(
        pa.Table.from_pylist(
            [{"id": 40, "bus_voltage": 10.0, "position": {"east": 1.0, "frame": "f9"}}],
            schema=table.schema().as_arrow(),
        )
    )
    return _read_all(folder, catalog, "lab.adopted")


def make_pyiceberg_expired_table(folder):
    """lab.expired: five snapshots, of which PyIceberg expired the first three.

    Returns it, the time of the first snapshot, and the oldest time that can still be read.
    """
    catalog = _open_pyiceberg(folder)
    table = catalog.create_table("lab.expired", Schema(*READINGS_SCHEMA.fields[:8]))
    for i in range(5):
        table.append(_readings(table, 10 * i, 10))
    log = catalog.load_table("lab.expired").metadata.snapshot_log
    for entry in log[:3]:
        table.maintenance.expire_snapshots().by_id(entry.snapshot_id).commit()
    return _read_all(folder, catalog, "lab.expired"), log[0].timestamp_ms, log[3].timestamp_ms


def make_pyiceberg_thinned_table(folder):
    """lab.thinned: three snapshots, of which PyIceberg expired the second.

    Returns it and the log of its snapshots as it was before.
    """
    catalog = _open_pyiceberg(folder)
    table = catalog.create_table("lab.thinned", Schema(*READINGS_SCHEMA.fields[:8]))
    for i in range(3):
        table.append(_readings(table, 10 * i, 10))
    log = catalog.load_table("lab.thinned").metadata.snapshot_log
    table.maintenance.expire_snapshots().by_id(log[1].snapshot_id).commit()
    return _read_all(folder, catalog, "lab.thinned"), log


# ---- Spark ----


def _open_spark(spark, folder):
    warehouse = os.path.join(folder, "warehouse")
    os.makedirs(warehouse)
    session = spark.open(os.path.join(folder, "catalog.db"), warehouse, CATALOG)
    session.sql("CREATE NAMESPACE lab")
    return session


def _read_all_spark(folder, session, name):
    listed = session.sql(
        f"SELECT snapshot_id FROM {name}.snapshots ORDER BY committed_at"
    ).collect()
    ids = [row.snapshot_id for row in listed]
    return ForeignTable(folder, name, ids, {i: spark_rows(session, name, i) for i in ids})


_FRAMES_COLUMNS = """
    id BIGINT NOT NULL, mission STRING, taken_at TIMESTAMP, local_at TIMESTAMP_NTZ, valid BOOLEAN,
    small INT, ratio FLOAT, voltage DOUBLE, price DECIMAL(9,2), mass DECIMAL(18,4),
    distance DECIMAL(38,10), day DATE, payload BINARY, note STRING"""

_FRAMES_ROWS = """
    SELECT id - 50 AS id,
      element_at(array('apollo/7', 'lunar gateway', 'münchen=50%', NULL), int(id % 4 + 1)) AS mission,
      IF(id % 31 = 0, NULL, timestamp_micros((id % 3 - 1) * 86400000000 - id % 2)) AS taken_at,
      IF(id % 7 = 0, NULL, TIMESTAMP_NTZ'1969-12-31 23:59:59.999999' - make_dt_interval(id * 400))
        AS local_at,
      CASE WHEN id % 5 != 0 THEN id % 2 = 0 END AS valid,
      CASE WHEN id % 11 != 0 THEN CAST(-id AS INT) END AS small,
      CASE WHEN id % 13 = 0 THEN float('NaN') WHEN id % 9 != 0 THEN float(id / 3) END AS ratio,
      CASE id % 8 WHEN 0 THEN double('NaN') WHEN 1 THEN double('-Infinity')
        WHEN 2 THEN double('Infinity') WHEN 3 THEN -0.0D WHEN 4 THEN NULL ELSE id * -1.5D END AS voltage,
      CASE WHEN id % 6 != 0 THEN CAST((id - 60) / 100 AS DECIMAL(9,2)) END AS price,
      CASE WHEN id % 8 != 0 THEN CAST((id - 60) * 1000000007 AS DECIMAL(18,4)) END AS mass,
      CASE WHEN id % 10 != 0 THEN CAST(id AS DECIMAL(38,10)) * -1e20BD END AS distance,
      CASE WHEN id % 12 != 0 THEN date_add(DATE'1969-12-01', int(id)) END AS day,
      IF(id % 17 = 0, NULL, CAST(repeat(chr(id % 128), int(id % 3)) AS BINARY)) AS payload,
      CASE WHEN id % 18 != 0 THEN concat('note ', id) END AS note
    FROM range({first}, {last})"""


def _frames(first, last):
    return _FRAMES_ROWS.format(first=first, last=last)


def _create_frames(session, name, partitioning, **properties):
    listed = ", ".join(f"'{key}'='{value}'" for key, value in properties.items())
    session.sql(
        f"CREATE TABLE {name} ({_FRAMES_COLUMNS}) USING iceberg {partitioning}"
        f" TBLPROPERTIES ({listed})"
    )


def _make_frames(session):
    _create_frames(
        session,
        "lab.frames",
        "PARTITIONED BY (mission, days(taken_at), bucket(2, id))",
        **{
            "format-version": "2",
            "write.delete.mode": "copy-on-write",
            "write.update.mode": "copy-on-write",
        },
    )
    session.sql(f"INSERT INTO lab.frames {_frames(0, 100)}")
    session.sql(f"INSERT INTO lab.frames {_frames(100, 150)}")
    session.sql("ALTER TABLE lab.frames RENAME COLUMN voltage TO bus_voltage")
    session.sql("ALTER TABLE lab.frames ADD COLUMN flux DOUBLE")
    session.sql(
        "INSERT INTO lab.frames SELECT *, IF(id % 4 = 0, NULL, id * 0.25D)"
        f" FROM ({_frames(150, 200)})"
    )
    session.sql("DELETE FROM lab.frames WHERE id BETWEEN -10 AND 10")
    session.sql(
        "UPDATE lab.frames SET bus_voltage = 28.5D, note = 'corrected' WHERE id BETWEEN 40 AND 55"
    )
    session.sql("ALTER TABLE lab.frames ALTER COLUMN small TYPE BIGINT")
    session.sql("ALTER TABLE lab.frames DROP COLUMN note")
    session.sql(
        "ALTER TABLE lab.frames REPLACE PARTITION FIELD bucket(2, id) WITH truncate(50, id)"
    )
    session.sql(f"INSERT INTO lab.frames SELECT * EXCEPT (note), 1.0D FROM ({_frames(200, 230)})")
    session.sql("ALTER TABLE lab.frames CREATE TAG reviewed")
    session.sql("DELETE FROM lab.frames WHERE mission = 'lunar gateway'")


def _make_rolled(session):
    """lab.rolled: a snapshot that was current for a while, then rolled back."""
    session.sql("CREATE TABLE lab.rolled (id BIGINT, taken_at TIMESTAMP) USING iceberg")
    for first in (0, 10, 20):
        session.sql(
            "INSERT INTO lab.rolled SELECT id, timestamp_seconds(id - 15)"
            f" FROM range({first}, {first + 10})"
        )
    second = session.sql(
        "SELECT snapshot_id FROM lab.rolled.history ORDER BY made_current_at"
    ).collect()[1][0]
    session.sql(f"CALL {CATALOG}.system.rollback_to_snapshot('lab.rolled', {second})")
    session.sql("INSERT INTO lab.rolled SELECT id, NULL FROM range(100, 105)")


def make_spark_tables(spark, folder):
    """lab.frames: types and evolution by copy-on-write. lab.rolled: history with a rollback."""
    session = _open_spark(spark, folder)
    _make_frames(session)
    _make_rolled(session)
    return [_read_all_spark(folder, session, name) for name in ("lab.frames", "lab.rolled")]


def make_spark_expired_table(spark, folder):
    """lab.expired: four snapshots, of which Spark expired the first two and deleted their files.

    Returns it, the time of the first snapshot, and the oldest time that can still be read.
    """
    session = _open_spark(spark, folder)
    session.sql("CREATE TABLE lab.expired (id BIGINT) USING iceberg")
    for i in range(4):
        session.sql(f"INSERT OVERWRITE lab.expired SELECT id FROM range({10 * i}, {10 * i + 10})")
    times = session.sql(
        "SELECT unix_millis(made_current_at) AS ms FROM lab.expired.history"
        " ORDER BY made_current_at"
    ).collect()
    session.sql(
        f"CALL {CATALOG}.system.expire_snapshots(table => 'lab.expired', retain_last => 2, "
        "older_than => TIMESTAMP'2999-01-01')"
    )
    return _read_all_spark(folder, session, "lab.expired"), times[0].ms, times[2].ms


def _java_table(session, name):
    return session._jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(
        session._jsparkSession, f"{CATALOG}.{name}"
    )


def _java_array(session, kind, values):
    array = session._sc._gateway.new_array(kind, len(values))
    for i, value in enumerate(values):
        array[i] = value
    return array


def _add_equality_delete(session, name, column, condition):
    """Deletes by the values that `column` has where `condition` holds, as Flink does.

    Spark has no statement for it, so this uses the library below Spark.
    """
    iceberg = session._jvm.org.apache.iceberg
    table = _java_table(session, name)
    keys = table.schema().select(_java_array(session, session._jvm.java.lang.String, [column]))
    ids = _java_array(session, session._jvm.int, [table.schema().findField(column).fieldId()])
    factory = iceberg.data.GenericAppenderFactory(table.schema(), table.spec(), ids, keys, None)
    path = f"{table.location()}/data/equality-delete-{uuid.uuid4()}.parquet"
    output = iceberg.encryption.EncryptedFiles.encryptedOutput(
        table.io().newOutputFile(path), iceberg.encryption.EncryptionKeyMetadata.EMPTY
    )
    writer = factory.newEqDeleteWriter(output, iceberg.FileFormat.PARQUET, None)
    # The records stay in Java: a long that passes through Python comes back as an int.
    names = _java_array(session, session._jvm.java.lang.String, [column])
    selected = iceberg.data.IcebergGenerics.read(table).where(condition).select(names).build()
    records = selected.iterator()
    while records.hasNext():
        writer.write(records.next())
    selected.close()
    writer.close()
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit()


def _add_column_with_default(session, name, column, value):
    iceberg = session._jvm.org.apache.iceberg
    change = _java_table(session, name).updateSchema()
    kind = iceberg.types.Types.StringType.get()
    change.addColumn(
        column, kind, "added later", iceberg.expressions.Expressions.lit(value)
    ).commit()


def _merge_on_read(session, name, version, partitioning):
    modes = {f"write.{verb}.mode": "merge-on-read" for verb in ("delete", "update", "merge")}
    _create_frames(session, name, partitioning, **{"format-version": version, **modes})
    session.sql(f"INSERT INTO {name} {_frames(0, 100)}")
    session.sql(f"DELETE FROM {name} WHERE id BETWEEN -20 AND -5")
    session.sql(f"INSERT INTO {name} {_frames(40, 60)}")
    session.sql(f"UPDATE {name} SET note = 'corrected' WHERE id % 7 = 0")
    session.sql(f"ALTER TABLE {name} RENAME COLUMN voltage TO bus_voltage")
    session.sql(f"DELETE FROM {name} WHERE bus_voltage > 0 AND id > 20")


def make_spark_merge_on_read_tables(spark, folder):
    """Rows deleted by delete files, which a reader must apply.

    lab.positions: v2 position deletes. lab.equality: v2 equality deletes, then the same keys again.
    lab.vectors: v3 deletion vectors, row lineage and a column with a default value.
    """
    session = _open_spark(spark, folder)
    _merge_on_read(session, "lab.positions", "2", "PARTITIONED BY (mission)")
    _merge_on_read(session, "lab.vectors", "3", "PARTITIONED BY (mission)")
    _add_column_with_default(session, "lab.vectors", "station", "svalbard")
    session.sql(f"INSERT INTO lab.vectors SELECT *, 'kiruna' FROM ({_frames(70, 80)})")
    _create_frames(session, "lab.equality", "", **{"format-version": "2"})
    session.sql(f"INSERT INTO lab.equality {_frames(0, 60)}")
    conditions = session._jvm.org.apache.iceberg.expressions.Expressions
    _add_equality_delete(session, "lab.equality", "id", conditions.lessThan("id", -45))
    # An equality delete does not reach rows that were written after it.
    session.sql(f"INSERT INTO lab.equality {_frames(0, 3)}")
    _add_equality_delete(session, "lab.equality", "note", conditions.isNull("note"))
    return [
        _read_all_spark(folder, session, name)
        for name in ("lab.positions", "lab.equality", "lab.vectors")
    ]


def _make_frames_in_row_groups(session, name, version):
    """20,000 rows in one file of many row groups, some of which lose rows, one of which loses all."""
    session.sql(
        f"CREATE TABLE {name} (id BIGINT, kind INT, note STRING) USING iceberg TBLPROPERTIES ("
        f"'format-version'='{version}', 'write.delete.mode'='merge-on-read',"
        " 'write.parquet.row-group-size-bytes'='16384',"
        " 'write.parquet.row-group-check-min-record-count'='500',"
        " 'write.parquet.row-group-check-max-record-count'='500')"
    )
    session.sql(
        f"INSERT INTO {name} SELECT /*+ COALESCE(1) */ id, int(id % 97),"
        " concat('note ', id * 7919 % 10007) FROM range(0, 20000, 1, 1)"
    )
    files = session.sql(f"SELECT file_path FROM {name}.files").collect()
    assert len(files) == 1
    groups = pq.ParquetFile(files[0].file_path.removeprefix("file:")).metadata.num_row_groups
    assert groups >= 8, f"{groups} row groups are too few to skip any"
    session.sql(f"DELETE FROM {name} WHERE id % 1000 = 7 OR id BETWEEN 12000 AND 15000")


def make_spark_row_group_tables(spark, folder):
    """Deletes in a file of many row groups, of which a filter skips some.

    lab.long_positions: v2 position deletes, then equality deletes. lab.long_vectors: v3 deletion
    vectors.
    """
    session = _open_spark(spark, folder)
    _make_frames_in_row_groups(session, "lab.long_positions", "2")
    kind_is_five = session._jvm.org.apache.iceberg.expressions.Expressions.equal("kind", 5)
    _add_equality_delete(session, "lab.long_positions", "kind", kind_is_five)
    _make_frames_in_row_groups(session, "lab.long_vectors", "3")
    names = ("lab.long_positions", "lab.long_vectors")
    return session, [_read_all_spark(folder, session, name) for name in names]


def make_spark_migrated_table(spark, folder):
    """lab.migrated: Hive's files, which hold neither field ids nor the column they are grouped by."""
    session = _open_spark(spark, folder)
    source = os.path.join(folder, "hive")
    session.sql(
        "SELECT id, id * 0.5D AS voltage,"
        " element_at(array('apollo', 'lunar gateway', NULL), int(id % 3 + 1)) AS mission,"
        " int(id % 2) AS shift FROM range(0, 60, 1, 1)"
    ).write.partitionBy("mission", "shift").parquet(source)
    session.sql(
        "CREATE TABLE lab.migrated (id BIGINT, voltage DOUBLE, mission STRING, shift INT)"
        " USING iceberg PARTITIONED BY (mission, shift)"
    )
    session.sql(f"CALL {CATALOG}.system.add_files('lab.migrated', '`parquet`.`{source}`')")
    session.sql("ALTER TABLE lab.migrated ALTER COLUMN shift TYPE BIGINT")
    session.sql("ALTER TABLE lab.migrated RENAME COLUMN mission TO craft")
    session.sql("INSERT INTO lab.migrated SELECT id, NULL, 'apollo', 7 FROM range(60, 65)")
    return _read_all_spark(folder, session, "lab.migrated")


def make_spark_upgraded_table(spark, folder):
    """lab.upgraded: rows deleted by position in format version 2, then by vectors in version 3."""
    session = _open_spark(spark, folder)
    session.sql(
        "CREATE TABLE lab.upgraded (id BIGINT, note STRING) USING iceberg TBLPROPERTIES ("
        "'format-version'='2', 'write.delete.mode'='merge-on-read')"
    )
    for first in (0, 100):
        session.sql(
            "INSERT INTO lab.upgraded SELECT id, concat('note ', id)"
            f" FROM range({first}, {first + 100}, 1, 1)"
        )
    session.sql("DELETE FROM lab.upgraded WHERE id % 10 = 3")
    session.sql("ALTER TABLE lab.upgraded SET TBLPROPERTIES ('format-version'='3')")
    session.sql("DELETE FROM lab.upgraded WHERE id BETWEEN 20 AND 40")
    session.sql("INSERT INTO lab.upgraded SELECT id, NULL FROM range(30, 34, 1, 1)")
    return _read_all_spark(folder, session, "lab.upgraded")


def make_spark_avro_table(spark, folder):
    """lab.avro: data files that are not Parquet."""
    session = _open_spark(spark, folder)
    session.sql(
        "CREATE TABLE lab.avro (id BIGINT) USING iceberg"
        " TBLPROPERTIES ('write.format.default'='avro')"
    )
    session.sql("INSERT INTO lab.avro SELECT id FROM range(10)")
    return _read_all_spark(folder, session, "lab.avro")
