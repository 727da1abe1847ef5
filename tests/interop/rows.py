"""Compares tables as multisets of rows, exactly: doubles by their bits, times to the microsecond."""

import json

import pyarrow as pa
import pyarrow.compute as pc


def _plain(column):
    """Undoes what does not change a value: chunks, extension types, dictionaries."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column


def _double_bits(column):
    """A double as an integer: every NaN the same, the two zeros different."""
    column = column.cast(pa.float64())
    column = pc.if_else(pc.is_nan(column), pa.scalar(float("nan")), column)
    return column.view(pa.int64())


def _json_value(value):
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def _canonical_column(column):
    """Returns (kind, values): what a column means, and values that sort and compare exactly."""
    column = _plain(column)
    kind = column.type
    if pa.types.is_boolean(kind):
        return "boolean", column.cast(pa.int64())
    if pa.types.is_integer(kind):
        return "integer", column.cast(pa.int64())
    if pa.types.is_floating(kind):
        return ("double" if kind == pa.float64() else "float"), _double_bits(column)
    if pa.types.is_timestamp(kind):
        zone = "timestamptz" if kind.tz else "timestamp"
        return zone, column.cast(pa.timestamp("us", kind.tz)).cast(pa.int64())
    if pa.types.is_date(kind):
        return "date", column.cast(pa.date32()).cast(pa.int32()).cast(pa.int64())
    if pa.types.is_time(kind):
        return "time", column.cast(pa.time64("us")).cast(pa.int64())
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})", column.cast(pa.string())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or kind == pa.string_view():
        return "string", column.cast(pa.large_string())
    if pa.types.is_null(kind):
        return "null", column.cast(pa.int64())
    if pa.types.is_nested(kind):
        texts = [
            None if v is None else json.dumps(v, default=_json_value, sort_keys=True)
            for v in column.to_pylist()
        ]
        return "nested", pa.array(texts, pa.large_string())
    return "binary", column.cast(pa.binary()).cast(pa.large_binary())


def kinds(table):
    """What each column means, by name."""
    return {
        name: _canonical_column(table.column(i).slice(0, 0))[0]
        for i, name in enumerate(table.column_names)
    }


def canonical(table):
    """The rows of `table`, each value in one exact form, sorted by all columns."""
    columns = [_canonical_column(column)[1] for column in table.columns]
    places = [f"c{i}" for i in range(len(columns))]
    plain = pa.table(columns, names=places)
    order = pc.sort_indices(plain, sort_keys=[(place, "ascending") for place in places])
    return plain.take(order).rename_columns(table.column_names)


def _first_differences(actual, expected, limit=3):
    found = []
    for i in range(actual.num_rows):
        left, right = actual.slice(i, 1).to_pylist()[0], expected.slice(i, 1).to_pylist()[0]
        if left != right:
            found.append(f"  sorted row {i}:\n    found    {left}\n    expected {right}")
        if len(found) == limit:
            break
    return "\n".join(found)


def assert_same_rows(actual, expected, what, same_kinds=True):
    """Fails unless both hold the same columns in the same order and the same rows, in any order."""
    assert actual.column_names == expected.column_names, f"{what}: column names differ"
    if same_kinds:
        assert kinds(actual) == kinds(expected), f"{what}: column types differ"
    assert actual.num_rows == expected.num_rows, f"{what}: row counts differ"
    nulls = [
        {name: table.column(i).null_count for i, name in enumerate(table.column_names)}
        for table in (actual, expected)
    ]
    assert nulls[0] == nulls[1], f"{what}: null counts differ"
    left, right = canonical(actual), canonical(expected)
    if not left.equals(right):
        raise AssertionError(
            f"{what}: rows differ; the first, as integers where exact:\n"
            + _first_differences(left, right)
        )
