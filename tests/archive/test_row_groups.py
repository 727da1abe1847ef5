"""Row groups by bytes, and the mandated encodings, as pyarrow reads them from the footer of a 10-million-row file."""

import pyarrow.parquet as pq
import pytest

from archive import MANDATED, data_encodings
from large import ROWS

DICTIONARY_COLUMNS = ["mission_id", "payload_id", "sensor_kind", "quality_flag", "notes"]


@pytest.fixture(scope="module")
def written(large):
    return large.write(128, "pipe")


@pytest.fixture(scope="module")
def path(large, written):
    return large.archive.path(written.name)


def test_ten_million_rows_at_128_mib_make_three_row_groups_or_more(path, written):
    footer = pq.read_metadata(path)
    print([footer.row_group(i).num_rows for i in range(footer.num_row_groups)])
    assert footer.num_rows == ROWS
    assert footer.num_row_groups >= 3
    assert footer.num_row_groups == written.summary["row_groups"]


def test_no_row_group_but_the_last_is_far_from_the_target(path):
    # Encoded bytes before compression, which the target counts. Half a target is what one batch and the pages' headers
    # could never make up.
    footer = pq.read_metadata(path)
    sizes = [footer.row_group(i).total_byte_size for i in range(footer.num_row_groups)]
    print([f"{size / 2**20:.1f} MiB" for size in sizes])
    assert all(0.5 * 2**27 <= size <= 1.25 * 2**27 for size in sizes[:-1])
    assert sizes[-1] <= 1.25 * 2**27


@pytest.mark.parametrize("column", MANDATED)
def test_mandated_encodings_stand_alone_in_every_row_group(path, column):
    assert [group[column] for group in data_encodings(path)] == [{MANDATED[column]}] * pq.read_metadata(
        path
    ).num_row_groups


@pytest.mark.parametrize("column", DICTIONARY_COLUMNS)
def test_labels_have_a_dictionary_in_every_row_group(path, column):
    # PLAIN is the encoding of the dictionary's own page.
    assert all(
        {"RLE_DICTIONARY", "PLAIN_DICTIONARY"} & encodings[column] and encodings[column] <= {
            "RLE_DICTIONARY", "PLAIN_DICTIONARY", "PLAIN"
        }
        for encodings in data_encodings(path)
    )


def test_every_column_has_statistics_a_page_index_and_zstd(path):
    footer = pq.read_metadata(path)
    for i in range(footer.num_row_groups):
        group = footer.row_group(i)
        for k in range(group.num_columns):
            column = group.column(k)
            where = f"row group {i}, {column.path_in_schema}"
            assert column.compression == "ZSTD", where
            assert column.has_column_index and column.has_offset_index, where
            assert column.statistics.null_count is not None, where
            assert column.statistics.has_min_max, where


def test_pages_are_read_with_their_checksums(path):
    columns = ["sample_timestamp_ns", "panel_voltage", "notes"]
    assert pq.ParquetFile(path, page_checksum_verification=True).read_row_group(0, columns).num_columns == len(columns)


def test_a_page_that_was_changed_is_noticed_by_its_checksum(path, large):
    footer = pq.read_metadata(path)
    column = footer.row_group(0).column(footer.schema.names.index("panel_voltage"))
    changed = large.archive.path("changed.parquet")
    with open(path, "rb") as file:
        data = bytearray(file.read())
    # Towards the end of the column, within a page's bytes.
    data[column.data_page_offset + column.total_compressed_size - 100] ^= 1
    with open(changed, "wb") as file:
        file.write(data)
    with pytest.raises(OSError, match="(?i)crc|checksum"):
        pq.ParquetFile(changed, page_checksum_verification=True).read_row_group(0, ["panel_voltage"])
