"""Tables that PyIceberg and Spark made in format versions 1 and 2, raised in place by us; then all go on with them."""

import json
import os
import sqlite3
import uuid

import pyarrow as pa
import pytest
from pyiceberg.manifest import read_manifest_list
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform, IdentityTransform
from pyiceberg.types import DoubleType, LongType, NestedField, StringType

from judges import DuckDbError
from lab import READERS, ids

# (who makes the table, its version, the version we raise it to)
CASES = [
    ("spark", 1, 2),
    ("spark", 1, 3),
    ("spark", 2, 3),
    ("pyiceberg", 1, 2),
    ("pyiceberg", 1, 3),
    ("pyiceberg", 2, 3),
]


@pytest.fixture(scope="module")
def lab(labs):
    lab = labs("upgrade")
    lab.ours.table("namespace", "create", "lab")
    return lab


def _rows(first, count):
    numbers = range(first, first + count)
    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "mission": ["apollo" if n % 2 else "gemini" for n in numbers],
            "value": pa.array([n / 4 for n in numbers], pa.float64()),
        }
    )


_MERGE_ON_READ = "'write.delete.mode'='merge-on-read'"


def _make_by_spark(lab, name, version):
    """Rows 0 to 19 in two snapshots and two specs, then without 5 and 6; in version 2 by a delete file."""
    lab.sql(
        f"CREATE TABLE lab.{name} (id BIGINT, mission STRING, value DOUBLE) USING iceberg PARTITIONED BY (mission, bucket(2, id))"
        f" TBLPROPERTIES ('format-version'='{version}'{', ' + _MERGE_ON_READ if version > 1 else ''})"
    )
    rows = "SELECT id, IF(id % 2 = 1, 'apollo', 'gemini'), id / 4D FROM range({}, {})"
    lab.sql(f"INSERT INTO lab.{name} {rows.format(0, 10)}")
    lab.sql(f"ALTER TABLE lab.{name} DROP PARTITION FIELD bucket(2, id)")
    lab.sql(f"INSERT INTO lab.{name} {rows.format(10, 20)}")
    lab.sql(f"DELETE FROM lab.{name} WHERE id IN (5, 6)")


def _make_by_pyiceberg(lab, name, version):
    schema = Schema(
        NestedField(1, "id", LongType(), required=False),
        NestedField(2, "mission", StringType(), required=False),
        NestedField(3, "value", DoubleType(), required=False),
    )
    spec = PartitionSpec(
        PartitionField(2, 1000, IdentityTransform(), "mission"), PartitionField(1, 1001, BucketTransform(2), "id_bucket")
    )
    table = lab.catalog.create_table(f"lab.{name}", schema, partition_spec=spec, properties={"format-version": str(version)})
    table.append(_rows(0, 10))
    with table.update_spec() as change:
        change.remove_field("id_bucket")
    table.append(_rows(10, 10))
    table.delete("id in (5, 6)")


MAKERS = {"spark": _make_by_spark, "pyiceberg": _make_by_pyiceberg}


def _assert_read(lab, name, expected, readers=READERS):
    for reader in readers:
        assert ids(lab.rows(reader, name)) == expected, f"{name}, {reader}"


def _snapshots_read_by_us(lab, name):
    return {i: ids(lab.rows("replay", name, i)) for i in lab.snapshot_ids(name)}


@pytest.mark.parametrize("maker, version, raised", CASES)
def test_a_table_of_others_is_upgraded_in_place_and_all_go_on(lab, maker, version, raised):
    name = f"{maker}_{version}_to_{raised}"
    MAKERS[maker](lab, name, version)
    assert lab.metadata(name)["format-version"] == version
    expected = [n for n in range(20) if n not in (5, 6)]
    _assert_read(lab, name, expected, ["replay", "sql"])
    before = _snapshots_read_by_us(lab, name)

    lab.alter(name, "upgrade", raised)
    metadata = lab.metadata(name)
    assert metadata["format-version"] == raised
    assert "schema" not in metadata and "partition-spec" not in metadata, "keys of version 1"
    assert _snapshots_read_by_us(lab, name) == before, "no snapshot is changed"
    # DuckDB takes no sequence number for 0, as the specification does for what version 1 left.
    readers = READERS if version > 1 else READERS[:-1]
    _assert_read(lab, name, expected, readers)

    # Everyone appends and deletes; in version 3, where PyIceberg does not write, the others do.
    lab.append(name, _rows(100, 4))
    lab.sql(f"INSERT INTO lab.{name} VALUES (200, 'apollo', 1.0D), (201, 'gemini', NULL)")
    expected += [100, 101, 102, 103, 200, 201]
    if raised == 2:
        lab.catalog.load_table(f"lab.{name}").append(_rows(300, 2))
        expected += [300, 301]
    _assert_read(lab, name, expected, readers)
    lab.alter(name, "set-property", "write.delete.mode=merge-on-read")
    lab.delete(name, "id = 7 or id = 101")
    lab.sql(f"DELETE FROM lab.{name} WHERE id IN (8, 100)")
    _assert_read(lab, name, [n for n in expected if n not in (7, 101, 8, 100)], readers)
    if version == 1:
        with pytest.raises(DuckDbError, match="sequence_number"):
            lab.rows("duckdb", name)
    lab.ours.table("check", f"lab.{name}", "--deep")


def test_rows_of_an_upgraded_table_have_row_ids(lab):
    name = "lineage"
    _make_by_spark(lab, name, 2)
    lab.alter(name, "upgrade", 3)
    lab.append(name, _rows(100, 4))
    found = lab.sql(f"SELECT id, _row_id, _last_updated_sequence_number AS updated FROM lab.{name}").collect()
    assert len({row._row_id for row in found}) == len(found) == 22
    assert lab.metadata(name)["next-row-id"] >= 24
    lab.sql(f"INSERT INTO lab.{name} VALUES (200, 'apollo', 1.0D)")
    found = lab.sql(f"SELECT _row_id FROM lab.{name} WHERE id = 200").collect()
    assert found[0]._row_id >= 22


def _embed_manifests(lab, name):
    """Writes the table's metadata as version 1 also allows it: a snapshot names its manifests itself, and has no list."""
    metadata = lab.metadata(name)
    io = lab.catalog.load_table(f"lab.{name}").io
    for snapshot in metadata["snapshots"]:
        manifests = read_manifest_list(io.new_input(snapshot.pop("manifest-list")))
        snapshot["manifests"] = [manifest.manifest_path for manifest in manifests]
    old = lab.location(name)
    path = os.path.join(os.path.dirname(old.removeprefix("file://")), f"90000-{uuid.uuid4()}.metadata.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(metadata, file)
    connection = sqlite3.connect(lab.database)
    with connection:
        connection.execute("UPDATE iceberg_tables SET metadata_location = ? WHERE metadata_location = ?", (f"file://{path}", old))
    connection.close()


def test_a_version_1_table_with_embedded_manifests_is_read_and_upgraded(lab):
    name = "embedded"
    _make_by_pyiceberg(lab, name, 1)
    before = _snapshots_read_by_us(lab, name)
    _embed_manifests(lab, name)
    assert _snapshots_read_by_us(lab, name) == before
    lab.alter(name, "upgrade", 2)
    assert _snapshots_read_by_us(lab, name) == before
    _assert_read(lab, name, [n for n in range(20) if n not in (5, 6)], READERS[:-1])
    lab.append(name, _rows(100, 1))
    lab.sql(f"INSERT INTO lab.{name} VALUES (200, 'apollo', 1.0D)")
    _assert_read(lab, name, [*(n for n in range(20) if n not in (5, 6)), 100, 200], READERS[:-1])
