"""Every type of Iceberg with values at its edges, as columns of a table.

A sample is (column, type in a schema's JSON, Arrow type, values). Row `i` has each column's value `i`, counted round;
every column begins with a null.
"""

import dataclasses
import datetime
import decimal
import uuid

import pyarrow as pa

UTC = datetime.timezone.utc
NAN, INF = float("nan"), float("inf")
ROWS = 12


@dataclasses.dataclass(frozen=True)
class Sample:
    name: str
    type: object
    arrow: pa.DataType
    values: list


def _decimals(precision, scale):
    digits = "9" * precision
    numbers = [int(digits), -int(digits), 0, 1, -1]
    values = [decimal.Decimal(n).scaleb(-scale, decimal.Context(prec=60)) for n in numbers]
    name = f"decimal_{precision}_{scale}"
    return Sample(name, f"decimal({precision}, {scale})", pa.decimal128(precision, scale), values)


def _moment(year, month, day, hour=0, minute=0, second=0, micros=0):
    return datetime.datetime(year, month, day, hour, minute, second, micros)


MOMENTS = [
    _moment(1970, 1, 1),
    _moment(1969, 12, 31, 23, 59, 59, 999999),
    _moment(1582, 10, 4, 12),
    _moment(1, 1, 1),
    _moment(9999, 12, 31, 23, 59, 59, 999999),
    _moment(2024, 2, 29, 6, 30, 0, 1),
]
TEXTS = ["", "plain", "münchen \U0001f680", "z" * 300, "\U0010ffff", "a\nb\t'\"\\", "100%/=&"]
UUIDS = [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.UUID("f79c3e09-677c-4bbd-a479-3f349cb785e7")]

PRIMITIVES = [
    Sample("boolean", "boolean", pa.bool_(), [True, False]),
    Sample("int", "int", pa.int32(), [-(2**31), 2**31 - 1, 0, -1]),
    Sample("long", "long", pa.int64(), [-(2**63), 2**63 - 1, 0, -1]),
    Sample("float", "float", pa.float32(), [NAN, INF, -INF, -0.0, 0.0, 1.5, -1e-45, 3.4028234663852886e38]),
    Sample("double", "double", pa.float64(), [NAN, INF, -INF, -0.0, 0.0, 0.1, 5e-324, -1.7976931348623157e308]),
    # As int, as long and as bytes in Parquet, and the widths at which each ends.
    *(_decimals(*sizes) for sizes in [(1, 0), (9, 2), (10, 3), (18, 18), (19, 0), (38, 10), (38, 38)]),
    Sample("date", "date", pa.date32(), [moment.date() for moment in MOMENTS]),
    Sample("timestamp", "timestamp", pa.timestamp("us"), MOMENTS),
    Sample("timestamptz", "timestamptz", pa.timestamp("us", "UTC"), [m.replace(tzinfo=UTC) for m in MOMENTS]),
    Sample("string", "string", pa.string(), TEXTS),
    Sample("uuid", "uuid", pa.uuid(), [u.bytes for u in UUIDS]),
    Sample("fixed_1", "fixed[1]", pa.binary(1), [b"\x00", b"\xff"]),
    Sample("fixed_20", "fixed[20]", pa.binary(20), [bytes(20), b"\xff" * 20, bytes(range(20))]),
    Sample("binary", "binary", pa.binary(), [b"", b"\x00", b"\xff" * 300, "münchen".encode()]),
]

# Spark has no such type, and opens no table that has one.
TIME = Sample(
    "time",
    "time",
    pa.time64("us"),
    [datetime.time(0), datetime.time(23, 59, 59, 999999), datetime.time(12, 0, 0, 1)],
)


def _field(field_id, name, kind, required=False):
    return {"id": field_id, "name": name, "type": kind, "required": required}


def _struct(*fields):
    return {"type": "struct", "fields": list(fields)}


def _list(element_id, element, required=False):
    return {"type": "list", "element-id": element_id, "element": element, "element-required": required}


def _map(key_id, key, value_id, value, required=False):
    return {
        "type": "map", "key-id": key_id, "key": key,
        "value-id": value_id, "value": value, "value-required": required,
    }  # fmt: skip


_POINT = pa.struct([("x", pa.float64()), ("frame", pa.string())])
_READING = pa.struct([("at", pa.timestamp("us", "UTC")), ("price", pa.decimal128(18, 4)), ("raw", pa.binary())])
_DEEP = pa.struct([("inner", pa.struct([("runs", pa.list_(pa.map_(pa.int32(), pa.list_(pa.int64()))))]))])


def _reading(i):
    return {"at": MOMENTS[i].replace(tzinfo=UTC), "price": decimal.Decimal(i - 3).scaleb(-4), "raw": bytes([i, 0, 255])}


NESTED = [
    Sample(
        "point",
        _struct(_field(101, "x", "double"), _field(102, "frame", "string")),
        _POINT,
        [{"x": -1.5, "frame": "eci"}, {"x": None, "frame": ""}, {"x": 0.0, "frame": None}, {"x": None, "frame": None}],
    ),
    Sample("ints", _list(103, "int"), pa.list_(pa.int32()), [[], [None], [-1, None, 2**31 - 1], [0]]),
    Sample("texts", _list(104, "string", required=True), pa.list_(pa.field("element", pa.string(), False)), [[], ["", "b"]]),
    Sample(
        "readings",
        _list(
            105,
            _struct(_field(106, "at", "timestamptz"), _field(107, "price", "decimal(18, 4)"), _field(108, "raw", "binary")),
        ),
        pa.list_(_READING),
        [[], [None], [_reading(0), _reading(1)], [_reading(2), None, _reading(3)]],
    ),
    Sample(
        "labels",
        _map(109, "string", 110, "long"),
        pa.map_(pa.string(), pa.int64()),
        [[], [("", None)], [("a", -1), ("münchen", 2**63 - 1)]],
    ),
    Sample(
        "by_day",
        _map(111, "date", 112, _struct(_field(113, "x", "float"), _field(114, "ok", "boolean"))),
        pa.map_(pa.date32(), pa.struct([("x", pa.float32()), ("ok", pa.bool_())])),
        [[], [(datetime.date(1969, 12, 31), {"x": -0.5, "ok": None})], [(datetime.date(1970, 1, 1), None)]],
    ),
    Sample(
        "deep",
        _struct(_field(115, "inner", _struct(_field(116, "runs", _list(117, _map(118, "int", 119, _list(120, "long"))))))),
        _DEEP,
        [{"inner": None}, {"inner": {"runs": []}}, {"inner": {"runs": [[], None, [(1, []), (2, None), (-3, [4, None])]]}}],
    ),
]


def schema(samples):
    """The columns as lab.iceberg_schema takes them; `id` comes first and is required."""
    fields = [{"name": "id", "type": "long", "required": True}]
    return fields + [{"name": s.name, "type": s.type, "required": False} for s in samples]


def _array(sample, values):
    if isinstance(sample.arrow, pa.UuidType):
        return pa.ExtensionArray.from_storage(sample.arrow, pa.array(values, pa.binary(16)))
    return pa.array(values, sample.arrow)


def rows(samples, count=ROWS):
    columns = {"id": pa.array(range(count), pa.int64())}
    for sample in samples:
        values = [None, *sample.values]
        columns[sample.name] = _array(sample, [values[i % len(values)] for i in range(count)])
    fields = [pa.field(name, array.type, name != "id") for name, array in columns.items()]
    return pa.table(list(columns.values()), pa.schema(fields))
