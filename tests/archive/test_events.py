"""The events of a write say what the footer says, and what the summary says."""

import string

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive import MIB, read_arrow

DICTIONARY_LIMIT = MIB
ROWS = 300_000


def _named(events, name):
    return [event for event in events if event["event"] == name]


@pytest.fixture(scope="module")
def rows(large):
    return read_arrow(large.archive.telemetry("events.arrow", ROWS))


def _check_flushes(archive, name, summary, events):
    footer = pq.read_metadata(archive.path(name))
    flushes = _named(events, "row_group_flush")
    assert [event["rg_idx"] for event in flushes] == list(range(footer.num_row_groups))
    assert len(flushes) == summary["row_groups"]
    for event in flushes:
        group = footer.row_group(event["rg_idx"])
        columns = [group.column(k) for k in range(group.num_columns)]
        assert event["path"] == name
        assert event["rows"] == group.num_rows
        assert event["compressed_bytes"] == sum(column.total_compressed_size for column in columns)
        assert event["elapsed_ms"] >= 0


def test_one_flush_for_each_row_group_with_the_figures_of_the_footer(archive, rows):
    source = archive.write_arrow("rows.arrow", rows)
    summary, events = archive.write_logged(source, "rows.parquet", "--row-group-bytes", 2 * MIB)
    assert summary["row_groups"] >= 3
    _check_flushes(archive, "rows.parquet", summary, events)
    assert not _named(events, "dictionary_fallback")


def test_the_summary_is_what_the_footer_says(archive, rows):
    source = archive.write_arrow("rows.arrow", rows)
    summary = archive.write(source, "rows.parquet", "--row-group-bytes", 2 * MIB)
    footer = pq.read_metadata(archive.path("rows.parquet"))
    groups = [footer.row_group(i) for i in range(footer.num_row_groups)]
    assert summary["rows"] == footer.num_rows == ROWS
    assert summary["row_groups"] == footer.num_row_groups
    assert summary["compressed_bytes"] == (archive.folder / "rows.parquet").stat().st_size
    assert [column["name"] for column in summary["columns"]] == footer.schema.names
    for k, column in enumerate(summary["columns"]):
        assert column["compressed_bytes"] == sum(group.column(k).total_compressed_size for group in groups)
        found = {encoding for group in groups for encoding in group.column(k).encodings} - {"RLE"}
        assert set(column["encodings"]) <= found


def _noted(rows, rng):
    """The rows, with a note of its own on each row of the middle third and one note on all others."""
    letters = string.ascii_letters + string.digits
    third = len(rows) // 3
    own = ["".join(rng.choices(letters, k=90)) for _ in range(third)]
    notes = ["nominal"] * third + own + ["nominal"] * (len(rows) - 2 * third)
    return rows.set_column(rows.schema.get_field_index("notes"), rows.schema.field("notes"), pa.array(notes))


def _dictionary_bytes(notes):
    """Of a dictionary of these values: its page, which is plain with lengths of four bytes."""
    return sum(4 + len(note) for note in set(notes.to_pylist()))


def test_one_fallback_for_each_row_group_whose_notes_pass_the_limit(archive, rows, rng):
    noted = _noted(rows, rng)
    source = archive.write_arrow("noted.arrow", noted, batch_rows=10_000)
    summary, events = archive.write_logged(source, "noted.parquet", "--row-group-bytes", 4 * MIB)
    _check_flushes(archive, "noted.parquet", summary, events)
    file = pq.ParquetFile(archive.path("noted.parquet"))
    sizes = [_dictionary_bytes(file.read_row_group(i, ["notes"])["notes"]) for i in range(file.num_row_groups)]
    print([f"{size / MIB:.2f} MiB" for size in sizes])
    # The limit is looked at between pages: a dictionary may pass it by a page's values before it is given up.
    assert all(size < 0.9 * DICTIONARY_LIMIT or size > 1.5 * DICTIONARY_LIMIT for size in sizes), "unclear, other rows"
    affected = [i for i, size in enumerate(sizes) if size > DICTIONARY_LIMIT]
    assert affected and len(affected) < len(sizes), "some groups and not all, or the test shows nothing"

    fallbacks = _named(events, "dictionary_fallback")
    assert [(event["column"], event["row_group"]) for event in fallbacks] == [("notes", i) for i in affected]
    counts = {column["name"]: column["fallback_row_groups"] for column in summary["columns"]}
    assert counts == {name: len(affected) if name == "notes" else 0 for name in noted.column_names}
    assert file.read()["notes"].equals(noted["notes"])
