"""Rows that one side deletes by delete files and the other reads, goes on deleting, and updates, in one table.

What Spark deletes alone is in test_foreign_tables.py, what we delete alone in test_written_deletes.py.
"""

import pyarrow as pa
import pytest

import foreign_tables
from lab import READERS, ids

COLUMNS = [["id", "long"], ["mission", "string"], ["note", "string"]]
MERGE_ON_READ = [f"write.{verb}.mode=merge-on-read" for verb in ("delete", "update", "merge")]


@pytest.fixture(scope="module")
def lab(labs):
    lab = labs("deletes")
    lab.ours.table("namespace", "create", "lab")
    return lab


def _rows(first, count):
    numbers = range(first, first + count)
    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "mission": ["apollo" if n % 2 else "gemini" for n in numbers],
            "note": [f"note {n}" for n in numbers],
        }
    )


def _assert_notes(lab, name, expected, what, readers=READERS):
    """The table holds these ids, with these notes."""
    for reader in readers:
        found = lab.rows(reader, name)
        notes = sorted(zip(found.column("id").to_pylist(), found.column("note").to_pylist()))
        assert notes == sorted(expected.items()), f"{what}, {reader}"


# Position deletes are of one file or of a partition, as a property says; a deletion vector is always of one file.
@pytest.mark.parametrize("version, granularity", [("2", "file"), ("2", "partition"), ("3", "file")])
def test_deletes_of_both_sides_add_up_in_one_file(lab, version, granularity):
    name = f"both_{version}_{granularity}"
    properties = [*MERGE_ON_READ, f"write.delete.granularity={granularity}"]
    lab.create(
        name, COLUMNS, "--partition", "mission", "--format-version", version,
        *(part for text in properties for part in ("--property", text)),
    )  # fmt: skip
    lab.append(name, _rows(0, 100))
    expected = {n: f"note {n}" for n in range(100)}

    def gone(*numbers):
        for n in numbers:
            expected.pop(n, None)

    lab.sql(f"DELETE FROM lab.{name} WHERE id BETWEEN 10 AND 19")
    lab.delete(name, "id >= 15 and id < 25")
    gone(*range(10, 25))
    _assert_notes(lab, name, expected, "Spark's deletes, then ours")
    lab.sql(f"UPDATE lab.{name} SET note = 'corrected' WHERE id BETWEEN 20 AND 29")
    expected.update({n: "corrected" for n in range(25, 30)})
    lab.delete(name, "id = 26 or id = 40")
    gone(26, 40)
    _assert_notes(lab, name, expected, "a row that Spark updated and we deleted")
    lab.sql(
        f"MERGE INTO lab.{name} AS t USING (SELECT id FROM range(38, 43)) AS s ON t.id = s.id"
        " WHEN MATCHED AND t.id = 41 THEN DELETE WHEN MATCHED THEN UPDATE SET note = 'merged'"
        " WHEN NOT MATCHED THEN INSERT (id, mission, note) VALUES (s.id, 'apollo', 'inserted')"
    )
    gone(41)
    expected.update({38: "merged", 39: "merged", 40: "inserted", 42: "merged"})
    # Files that hold deleted rows are written again, and the delete files of others go out of use.
    lab.delete(name, "id = 39 or id = 40", "--mode", "copy-on-write")
    gone(39, 40)
    _assert_notes(lab, name, expected, "after Spark's merge and our rewriting")
    if version == "2":
        lab.catalog.load_table(f"lab.{name}").delete("id >= 90")
        gone(*range(90, 100))
        _assert_notes(lab, name, expected, "after PyIceberg rewrote files with deletes")
    lab.ours.table("check", f"lab.{name}", "--deep")


def test_each_version_has_delete_files_of_its_kind(lab):
    for version, kind in (("2", "PARQUET"), ("3", "PUFFIN")):
        name = f"kinds_{version}"
        lab.create(name, COLUMNS, "--format-version", version, *("--property", MERGE_ON_READ[0]))
        lab.append(name, _rows(0, 10))
        lab.delete(name, "id = 1")
        lab.sql(f"DELETE FROM lab.{name} WHERE id = 2")
        lab.delete(name, "id = 3")
        found = lab.sql(f"SELECT file_format, content, record_count FROM lab.{name}.delete_files").collect()
        assert {(row.file_format, row.content) for row in found} == {(kind, 1)}
        if version == "3":
            assert [row.record_count for row in found] == [3], "one vector for one file, whoever wrote it last"
        _assert_notes(lab, name, {n: f"note {n}" for n in range(10) if n not in (1, 2, 3)}, name)


def test_version_2_deletes_become_vectors_after_our_upgrade(lab):
    name = "raised"
    lab.create(name, COLUMNS, *("--property", MERGE_ON_READ[0]))
    lab.append(name, _rows(0, 20))
    lab.sql(f"DELETE FROM lab.{name} WHERE id < 3")
    lab.delete(name, "id = 4")
    lab.alter(name, "upgrade", 3)
    lab.delete(name, "id = 6")
    lab.sql(f"DELETE FROM lab.{name} WHERE id = 8")
    _assert_notes(lab, name, {n: f"note {n}" for n in range(20) if n not in (0, 1, 2, 4, 6, 8)}, name)


def test_equality_deletes_are_read_by_duckdb_and_refused_by_pyiceberg(merge_on_read_tables, duckdb_iceberg):
    """Spark has no statement for them; foreign_tables.py writes them with the library below it, as Flink does."""
    table = merge_on_read_tables["lab.equality"]
    expected = ids(table.rows[table.snapshots[-1]])
    location = foreign_tables.metadata_location(table.database, table.name)
    assert ids(duckdb_iceberg.rows(location)) == expected
    catalog = foreign_tables.pyiceberg_catalog(table.database, table.warehouse, foreign_tables.CATALOG)
    with pytest.raises(Exception, match="(?i)equality"):
        catalog.load_table(table.name).scan().to_arrow()


@pytest.mark.parametrize("name", ["lab.positions", "lab.vectors"])
def test_deletes_of_spark_are_applied_by_all(merge_on_read_tables, duckdb_iceberg, name):
    table = merge_on_read_tables[name]
    expected = ids(table.rows[table.snapshots[-1]])
    location = foreign_tables.metadata_location(table.database, table.name)
    assert ids(duckdb_iceberg.rows(location)) == expected
    catalog = foreign_tables.pyiceberg_catalog(table.database, table.warehouse, foreign_tables.CATALOG)
    assert ids(catalog.load_table(name).scan(selected_fields=("id",)).to_arrow()) == expected
