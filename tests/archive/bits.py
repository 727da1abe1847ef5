"""Compares tables to the bit: NaN payloads and the signs of zeros count, what lies under a null does not."""

import pyarrow as pa

_INTEGERS = {pa.float16(): pa.uint16(), pa.float32(): pa.uint32(), pa.float64(): pa.uint64()}


def as_bits(column):
    """Floating point as integers of the same bits; other columns as they are."""
    integer = _INTEGERS.get(column.type)
    if integer is None:
        return column
    return pa.chunked_array([chunk.view(integer) for chunk in column.chunks], integer)


def assert_same_columns(found, expected):
    """Same names, row count, null counts and values; types are the caller's matter, and must agree."""
    assert found.column_names == expected.column_names
    assert found.num_rows == expected.num_rows
    for name in expected.column_names:
        ours, theirs = expected[name], found[name]
        assert theirs.null_count == ours.null_count, f"{name}: nulls"
        assert theirs.type == ours.type, f"{name}: type"
        assert as_bits(theirs).equals(as_bits(ours)), f"{name}: values differ"
