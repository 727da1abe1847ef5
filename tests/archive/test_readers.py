"""pyarrow, DuckDB and arrow-rs read what we write: same rows, same nulls, same values as in the stream we were given."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import all_types
from archive import FAILED, MIB, UNFINISHED, Archive, read_arrow
from bits import assert_same_columns
from readers import READERS, read_pyarrow, with_types_of

CANONICAL_ROWS = 200_000

EVERY_READER = pytest.mark.parametrize("reader", READERS.values(), ids=READERS)


@pytest.fixture(scope="module")
def module_archive(bin_dir, tmp_path_factory):
    return Archive(bin_dir, tmp_path_factory.mktemp("readers"))


@pytest.fixture(scope="module")
def canonical(module_archive):
    """(the stream, the Parquet file): canonical rows with nanoseconds, in several row groups."""
    source = module_archive.telemetry("rows.arrow", CANONICAL_ROWS, "--nanos")
    summary = module_archive.write(source, "rows.parquet", "--row-group-bytes", 2 * MIB)
    assert summary["row_groups"] >= 3
    return read_arrow(source), module_archive.path("rows.parquet")


@EVERY_READER
def test_canonical_rows_are_read_as_they_were_written(canonical, reader):
    rows, path = canonical
    found = reader(path)
    assert_same_columns(with_types_of(found, rows), rows)


def test_arrow_types_come_back_from_an_archive(canonical):
    rows, path = canonical
    assert pq.read_schema(path).equals(rows.schema)


@pytest.fixture(scope="module")
def judged(module_archive):
    rows = all_types.table(all_types.judged_columns())
    module_archive.write(module_archive.write_arrow("judged.arrow", rows), "judged.parquet")
    return rows, module_archive.path("judged.parquet")


@EVERY_READER
def test_every_type_is_read_with_its_values(judged, reader):
    rows, path = judged
    found = reader(path)
    assert found.column_names == rows.column_names
    for name in rows.column_names:
        assert found[name].null_count == rows[name].null_count, name
        assert all_types.plain_values(found[name]) == all_types.plain_values(rows[name]), name


def test_arrow_reads_every_type_to_the_bit(archive):
    rows = all_types.table([*all_types.judged_columns(), *all_types.arrow_columns()])
    archive.write(archive.write_arrow("rows.arrow", rows), "rows.parquet")
    found = read_pyarrow(archive.path("rows.parquet"))
    assert found.schema.equals(rows.schema)
    assert_same_columns(found, rows)


def test_seconds_and_dates_in_milliseconds_come_back_in_the_next_finer_type(archive):
    rows = all_types.table(all_types.widened_columns())
    archive.write(archive.write_arrow("rows.arrow", rows), "rows.parquet")
    expected = rows.cast(pa.schema([(name, all_types.WIDENED[name]) for name in rows.column_names]))
    assert_same_columns(read_pyarrow(archive.path("rows.parquet")), expected)


@EVERY_READER
def test_the_bits_of_nan_and_the_sign_of_zero_are_kept(judged, reader):
    rows, path = judged
    columns = ["float", "double"]
    assert_same_columns(reader(path).select(columns), rows.select(columns))


@pytest.mark.parametrize("encoding", ["plain", "dictionary", "byte_stream_split"])
def test_the_bits_of_nan_are_kept_by_every_encoding(archive, encoding):
    rows = all_types.table(all_types.judged_columns()).select(["float", "double"])
    source = archive.write_arrow("rows.arrow", rows)
    options = [part for name in rows.column_names for part in ("--encoding", f"{name}={encoding}")]
    archive.write(source, "rows.parquet", *options)
    assert_same_columns(read_pyarrow(archive.path("rows.parquet")), rows)


@EVERY_READER
def test_no_rows_make_a_file_with_the_schema(archive, reader):
    archive.write(archive.telemetry("none.arrow", 0), "none.parquet")
    found = reader(archive.path("none.parquet"))
    assert found.num_rows == 0
    assert found.column_names == read_arrow(archive.path("none.arrow")).column_names


def test_sliced_and_empty_batches_are_written_as_one_table(archive):
    rows = all_types.table([*all_types.judged_columns(), *all_types.arrow_columns()])
    parts = [rows.slice(0, 0), rows.slice(1, 3), rows.slice(4, 1), rows.slice(2, 0), rows.slice(3, 6), rows.slice(9, 0)]
    expected = pa.concat_tables(parts)
    # Empty batches are lost by write_table: batch by batch, then.
    with pa.OSFile(archive.path("parts.arrow"), "wb") as file, pa.ipc.new_stream(file, rows.schema) as stream:
        for part in parts:
            stream.write_batch(part.combine_chunks().to_batches()[0] if len(part) else _no_rows(rows.schema))
    archive.write("parts.arrow", "parts.parquet")
    assert_same_columns(read_pyarrow(archive.path("parts.parquet")), expected)


def _no_rows(schema):
    return pa.record_batch([pa.array([], field.type) for field in schema], schema=schema)


UNWRITABLE = {
    "interval": pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
    "union": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1]), pa.array(["a"])]),
    "nested_interval": pa.array([[(1, 2, 3)]], pa.list_(pa.month_day_nano_interval())),
}


@pytest.mark.parametrize("name", UNWRITABLE)
def test_a_type_that_parquet_cannot_hold_is_an_error_before_anything_is_written(archive, name):
    rows = pa.table({"fine": pa.array([1]), name: UNWRITABLE[name]})
    source = archive.write_arrow("rows.arrow", rows)
    code, _, err = archive.attempt(source, "-o", "rows.parquet")
    assert code == FAILED
    assert f"'{name}'" in err, err
    assert not archive.exists("rows.parquet")
    unfinished = archive.folder / f"rows.parquet{UNFINISHED}"
    assert not unfinished.exists() or unfinished.stat().st_size == 0
