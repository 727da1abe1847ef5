"""Encodings chosen from a sample: what is chosen is small, written, recorded, and read the same by others. Bloom filters."""

import json
import math

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive import MANDATED, MIB, data_encodings, read_arrow
from bits import assert_same_columns
from readers import READERS, with_types_of

ROWS = 200_000
CONVERTER_COLUMNS = ["panel_voltage", "temperature_c", "pressure_kpa"]
AUTO = ["--encoding", "auto"]


@pytest.fixture
def source(archive):
    return archive.telemetry("rows.arrow", ROWS)


def _metadata(archive, name):
    return json.loads(pq.read_metadata(archive.path(name)).metadata[b"artemis.encodings"])


def test_each_column_is_written_as_the_smallest_of_its_sample_or_as_the_map_has_it_within_a_tenth(archive, source):
    summary = archive.write(source, "rows.parquet", *AUTO, "--row-group-bytes", 8 * MIB)
    (first, *_) = data_encodings(archive.path("rows.parquet"))
    for column in summary["columns"]:
        assert column["chosen_by"] == "auto"
        sizes = dict(column["sample_bytes"])
        by_map = MANDATED.get(column["name"], "RLE_DICTIONARY")
        # A dictionary is out where it would pass its limit within a row group, however small it is in the sample.
        if "RLE_DICTIONARY" not in column["encodings"]:
            del sizes["RLE_DICTIONARY"]
        chosen = min(sizes, key=sizes.get)
        if by_map in sizes and 10 * sizes[by_map] <= 11 * sizes[chosen]:
            chosen = by_map
        assert chosen in column["encodings"], column
        assert chosen in first[column["name"]], column


def test_converter_values_get_a_dictionary_and_continuous_ones_are_split(archive, source):
    archive.write(source, "rows.parquet", *AUTO)
    for group in data_encodings(archive.path("rows.parquet")):
        assert all("RLE_DICTIONARY" in group[column] for column in CONVERTER_COLUMNS)
    # A slow sine whose low digits are another, fast one: no value comes twice, and the high bytes hardly change.
    values = [20 + 5 * math.sin(i / 5000) + 0.01 * math.sin(i * i) for i in range(ROWS)]
    continuous = archive.write_arrow("continuous.arrow", pa.table({"value": pa.array(values)}), batch_rows=10_000)
    archive.write(continuous, "continuous.parquet", *AUTO)
    assert data_encodings(archive.path("continuous.parquet")) == [{"value": {"BYTE_STREAM_SPLIT"}}]


def test_the_choice_is_in_the_files_metadata_as_in_the_summary(archive, source):
    summary = archive.write(source, "rows.parquet", *AUTO)
    recorded = _metadata(archive, "rows.parquet")
    for column in summary["columns"]:
        found = recorded[column["name"]]
        assert found["encoding"] in column["encodings"]
        assert found["chosen_by"] == "auto"
        assert found["sample_bytes"] == column["sample_bytes"]


def test_auto_for_one_column_leaves_the_others_to_the_map(archive, source):
    summary = archive.write(source, "rows.parquet", "--encoding", "panel_voltage=auto")
    assert {column["name"] for column in summary["columns"] if column["chosen_by"] == "auto"} == {"panel_voltage"}
    for group in data_encodings(archive.path("rows.parquet")):
        assert "RLE_DICTIONARY" in group["panel_voltage"]
        for column in MANDATED.keys() - {"panel_voltage"}:
            assert group[column] == {MANDATED[column]}


def test_an_encoding_named_for_a_column_goes_before_auto(archive, source):
    archive.write(source, "rows.parquet", *AUTO, "--encoding", "panel_voltage=byte_stream_split")
    for group in data_encodings(archive.path("rows.parquet")):
        assert group["panel_voltage"] == {"BYTE_STREAM_SPLIT"}
        assert "RLE_DICTIONARY" in group["temperature_c"]


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_every_reader_reads_what_auto_chose(archive, source, reader):
    archive.write(source, "rows.parquet", *AUTO, "--row-group-bytes", MIB)
    rows = read_arrow(source)
    assert_same_columns(with_types_of(reader(archive.path("rows.parquet")), rows), rows)


def _excluded(connection, path, column, value):
    """Of each row group: whether its bloom filter rules the value out, as DuckDB reads it."""
    query = "SELECT bloom_filter_excludes FROM parquet_bloom_probe(?, ?, ?)"
    return [row[0] for row in connection.execute(query, [path, column, value]).fetchall()]


def test_duckdb_finds_values_by_their_bloom_filter_and_rules_out_others(archive, source):
    archive.write(source, "rows.parquet", "--bloom-filter", "object_path", "--row-group-bytes", 4 * MIB)
    path = archive.path("rows.parquet")
    file = pq.ParquetFile(path)
    assert file.num_row_groups >= 2
    absent = [f"nowhere/{i}" for i in range(200)]
    with duckdb.connect() as connection:
        for i in range(file.num_row_groups):
            for value in file.read_row_group(i, ["object_path"])["object_path"].unique().to_pylist()[:50]:
                assert not _excluded(connection, path, "object_path", value)[i]
        passed = sum(not out for value in absent for out in _excluded(connection, path, "object_path", value))
    # Five of a hundred are let pass at most; three times that is beyond chance.
    assert passed <= 0.15 * len(absent) * file.num_row_groups
