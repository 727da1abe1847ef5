"""Rows that we delete without rewriting their files: the others leave them out, too, and go on from there."""

import os

import pyarrow as pa
import pytest

import judges

ROWS = 100
SCHEMA = """{"type": "struct", "fields": [
    {"id": 1, "name": "id", "required": false, "type": "long"},
    {"id": 2, "name": "mission", "required": false, "type": "string"}]}"""


def _left(*deleted):
    gone = {i for part in deleted for i in part}
    return [i for i in range(ROWS) if i not in gone]


@pytest.fixture(scope="module", params=["2", "3"])
def marked(request, programs, folder):
    """(version, programs, folder) of lab.marked, of which two deletes have marked 22 rows."""
    place = folder(f"marked_v{request.param}")
    warehouse = os.path.join(place, "warehouse")
    ours = programs(f"{os.path.join(place, 'catalog.db')}?name=prod", warehouse)
    schema = os.path.join(place, "schema.json")
    with open(schema, "w", encoding="utf-8") as file:
        file.write(SCHEMA)
    ours.run(
        "artemis-table", "create", "lab.marked", "--schema", schema, "--partition", "mission",
        "--format-version", request.param,
        "--property", "write.delete.mode=merge-on-read",
    )  # fmt: skip
    rows = pa.table({"id": range(ROWS), "mission": ["apollo", "gemini"] * (ROWS // 2)})
    ours.run("artemis-table", "append", "lab.marked", ours.write_arrow(rows))
    ours.run("artemis-table", "delete", "lab.marked", "--where", "id >= 10 and id < 30")
    ours.run("artemis-table", "delete", "lab.marked", "--where", "id = 50 or id = 51")
    return request.param, ours, place


def _ids(table):
    return sorted(table.column("id").to_pylist())


def test_pyiceberg_leaves_the_rows_out(marked):
    _, _, place = marked
    catalog = judges.pyiceberg_catalog(
        os.path.join(place, "catalog.db"), os.path.join(place, "warehouse"), "prod"
    )
    expected = _left(range(10, 30), (50, 51))
    assert _ids(judges.pyiceberg_rows(catalog, "lab.marked")) == expected


def test_spark_leaves_the_rows_out_and_deletes_on(marked, spark):
    version, ours, place = marked
    session = spark.open(
        os.path.join(place, "catalog.db"), os.path.join(place, "warehouse"), "prod"
    )
    expected = _left(range(10, 30), (50, 51))
    assert _ids(judges.spark_rows(session, "lab.marked")) == expected
    kinds = session.sql("SELECT file_format, content FROM lab.marked.delete_files").collect()
    assert {(row.file_format, row.content) for row in kinds} == {
        ("PARQUET" if version == "2" else "PUFFIN", 1)
    }
    if version == "3":
        lineage = session.sql(
            "SELECT id, _row_id, _last_updated_sequence_number AS updated FROM lab.marked"
        ).collect()
        assert len({row._row_id for row in lineage}) == len(expected)
        assert {row.updated for row in lineage} == {1}

    # Spark merges its deletes into ours: in version 3 each file keeps one vector.
    session.sql("DELETE FROM lab.marked WHERE id BETWEEN 60 AND 69")
    expected = _left(range(10, 30), (50, 51), range(60, 70))
    assert _ids(judges.spark_rows(session, "lab.marked")) == expected
    assert _ids(ours.replay("lab.marked")) == expected

    if version == "3":
        # A merge of Spark's rewrites files: rows that were there have their ids stored with them, the new one has none.
        session.sql(
            "MERGE INTO lab.marked t USING "
            "(SELECT 0 AS id, 'apollo' AS mission UNION ALL SELECT 200, 'apollo') s ON t.id = s.id "
            "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
        )
        lineage = "SELECT id, _row_id, _last_updated_sequence_number FROM {} ORDER BY id"
        theirs = [tuple(row) for row in session.sql(lineage.format("lab.marked")).collect()]
        assert [row[0] for row in theirs] == sorted([*expected, 200])
        found = ours.sql(lineage.format("artemis.lab.marked")).to_pydict()
        assert list(zip(*found.values())) == theirs
