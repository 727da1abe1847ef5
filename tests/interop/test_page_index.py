"""Page indexes of other writers: rows are found through them, and row groups without a matching page are not read."""

import json
import math
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

CATALOG = "artemis"
COUNT = 400


def number(row):
    """Ascends, with a gap of 1000 after each 20 rows."""
    return row + row // 20 * 1000


def rows():
    return [
        {
            "n": number(row),
            # Longer than the 64 bytes that parquet-java keeps of a bound.
            "text": None if 40 <= row < 60 else f"{'x' * 70}{row:04d}",
            "value": float("nan") if row % 50 == 7 else None if row % 30 == 3 else row * 0.5,
        }
        for row in range(COUNT)
    ]


def with_id(name, field_id, kind):
    return pa.field(name, kind, metadata={"PARQUET:field_id": str(field_id)})


TYPES = pa.schema([with_id("n", 1, pa.int64()), with_id("text", 2, pa.string()), with_id("value", 3, pa.float64())])


def write_pyarrow(request, ours, folder):
    """An adopted file."""
    path = os.path.join(folder, "f.parquet")
    pq.write_table(pa.Table.from_pylist(rows(), TYPES), path, row_group_size=100, write_page_index=True,
                   max_rows_per_page=10, write_batch_size=10)
    ours.table("create", "sda.pages", "--like", ours.write_arrow(TYPES.empty_table()))
    ours.table("commit", "sda.pages", path)


def write_spark(request, ours, folder):
    """A table of Spark's, whose pages and row groups are small."""
    source = os.path.join(folder, "source.parquet")
    pq.write_table(pa.Table.from_pylist(rows(), TYPES), source)
    spark = request.getfixturevalue("spark")
    session = spark.open(os.path.join(folder, "catalog.db"), os.path.join(folder, "warehouse"), CATALOG)
    session.sql("CREATE NAMESPACE sda")
    properties = {"page-row-limit": 10, "row-group-size-bytes": 4000,
                  "row-group-check-min-record-count": 50, "row-group-check-max-record-count": 100}
    listed = ", ".join(f"'write.parquet.{key}' = '{value}'" for key, value in properties.items())
    session.sql(f"CREATE TABLE sda.pages (n BIGINT, text STRING, value DOUBLE) USING iceberg TBLPROPERTIES ({listed})")
    session.read.parquet(f"file://{source}").coalesce(1).sortWithinPartitions("n").writeTo("sda.pages").append()


WRITERS = {"pyarrow": write_pyarrow, "spark": write_spark}


@pytest.fixture(scope="module", params=WRITERS)
def paged(request, programs, folder):
    """Our programs with a table sda.pages, whose one file another writer has made."""
    place = folder(f"pages_{request.param}")
    os.makedirs(os.path.join(place, "warehouse"))
    ours = programs(os.path.join(place, "catalog.db"), os.path.join(place, "warehouse"))
    WRITERS[request.param](request, ours, place)
    stdout, _ = ours.table("files", "sda.pages", "--format", "json")
    [file] = json.loads(stdout)["files"]
    written = pq.ParquetFile(file["path"].removeprefix("file://")).metadata
    assert written.num_row_groups > 1 and written.row_group(0).column(0).has_column_index
    return ours


def asked():
    """Predicates, and what they say of a row."""
    return {
        "n = 0": lambda row: row["n"] == 0,
        "n >= 5200 AND n < 6000": lambda row: False,
        "n >= 5100 AND n <= 7125": lambda row: 5100 <= row["n"] <= 7125,
        "n IN (3, 1025, 19399)": lambda row: row["n"] in (3, 1025, 19399),
        "n < 25 OR n > 19390": lambda row: row["n"] < 25 or row["n"] > 19390,
        f"text = '{'x' * 70}0123'": lambda row: row["text"] == "x" * 70 + "0123",
        f"text > '{'x' * 70}0390'": lambda row: row["text"] is not None and row["text"] > "x" * 70 + "0390",
        f"text < '{'x' * 70}0005' AND n > 2": lambda row: row["text"] is not None
        and row["text"] < "x" * 70 + "0005" and row["n"] > 2,
        "text IS NULL": lambda row: row["text"] is None,
        "text IS NULL AND n < 2045": lambda row: row["text"] is None and row["n"] < 2045,
        "value IS NULL AND n > 18000": lambda row: row["value"] is None and row["n"] > 18000,
        # NaN is greater than every number.
        "value > 199": lambda row: row["value"] is not None and (math.isnan(row["value"]) or row["value"] > 199),
        "value < 2": lambda row: row["value"] is not None and row["value"] < 2,
    }


@pytest.mark.parametrize("where", asked())
def test_every_matching_row_is_found(paged, where):
    expected = [row["n"] for row in rows() if asked()[where](row)]
    assert sorted(paged.replay("sda.pages", "--where", where)["n"].to_pylist()) == expected
    [counted] = paged.sql_lines(f"SELECT count(*) AS count FROM artemis.sda.pages WHERE {where}")
    assert counted["count"] == len(expected)


# Spark looks at the limit of a page only now and then, so where its pages end is not known here.
@pytest.mark.parametrize("paged", ["pyarrow"], indirect=True)
def test_row_groups_without_a_matching_page_are_dropped(paged):
    def explain(where):
        stdout, _ = paged.table("files", "sda.pages", "--where", where, "--explain", "--format", "json")
        return json.loads(stdout)["files"][0]

    # In a gap of n that lies within a row group.
    assert explain("n = 1500")["pass"] == 3
    found = explain("n = 1025")
    assert found["kept"] and found["row_groups_kept"] == 1 < found["row_groups_total"]
    # Bounds of 64 bytes exclude no text of 74 that begins as all do.
    assert explain(f"text = '{'x' * 70}0123'")["kept"]
    assert explain("text = 'y'")["kept"] is False
