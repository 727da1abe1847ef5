"""The comparison that the other tests stand on: it must see every difference, and no other."""

import pyarrow as pa
import pytest

from rows import assert_same_rows


def _table(values, kind):
    return pa.table(
        {"id": pa.array(range(len(values)), pa.int64()), "value": pa.array(values, kind)}
    )


def test_order_and_encoding_do_not_matter():
    left = pa.table(
        {"id": pa.array([2, 1], pa.uint32()), "value": pa.array(["b", None]).dictionary_encode()}
    )
    right = pa.table(
        {"id": pa.array([1, 2], pa.int64()), "value": pa.array([None, "b"], pa.string_view())}
    )
    assert_same_rows(left, right, "same")


def test_nan_equals_nan():
    assert_same_rows(
        _table([float("nan")], pa.float64()), _table([-float("nan")], pa.float64()), "NaN"
    )


DIFFERENT = {
    "a sign of zero": (_table([0.0], pa.float64()), _table([-0.0], pa.float64())),
    "a last bit": (_table([0.1 + 0.2], pa.float64()), _table([0.3], pa.float64())),
    "null and NaN": (_table([None], pa.float64()), _table([float("nan")], pa.float64())),
    "null and empty": (_table([None], pa.string()), _table([""], pa.string())),
    "a microsecond": (_table([-1], pa.timestamp("us")), _table([0], pa.timestamp("us"))),
    "a time zone": (_table([0], pa.timestamp("us")), _table([0], pa.timestamp("us", "UTC"))),
    "a row twice": (_table([1, 1], pa.int32()).slice(0, 1), _table([1, 1], pa.int32())),
    "swapped values": (_table([1, 2], pa.int32()), _table([2, 1], pa.int32())),
    "a name": (_table([1], pa.int32()), _table([1], pa.int32()).rename_columns(["id", "Value"])),
    "an order of columns": (
        _table([1], pa.int32()),
        _table([1], pa.int32()).select(["value", "id"]),
    ),
    "a float for a double": (_table([1.5], pa.float32()), _table([1.5], pa.float64())),
    "a decimal's scale": (_table([1], pa.decimal128(9, 2)), _table([1], pa.decimal128(9, 3))),
    "a nested value": (
        _table([{"x": 1}], None),
        _table([{"x": None}], pa.struct([("x", pa.int64())])),
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_difference_is_seen(name):
    left, right = DIFFERENT[name]
    with pytest.raises(AssertionError):
        assert_same_rows(left, right, name)


def test_times_finer_than_microseconds_are_not_cut():
    with pytest.raises(pa.ArrowInvalid):
        assert_same_rows(
            _table([1], pa.timestamp("ns")), _table([0], pa.timestamp("us")), "a nanosecond"
        )
