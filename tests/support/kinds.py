"""Primitive types of Iceberg as plain Python values: how they look in Arrow, in JSON and SQL, and how they are ordered.

Dates are days since 1970, times and timestamps microseconds, UUIDs and bytes are bytes. The order is the one of
Artemis: NaN equals NaN and is greater than every number, -0.0 equals 0.0, strings and bytes compare by bytes.
"""

import dataclasses
import datetime
import math
import uuid

import pyarrow as pa

_EPOCH = datetime.datetime(1970, 1, 1)


@dataclasses.dataclass(frozen=True)
class Kind:
    """A type: its text in a schema, and its Arrow type."""

    text: str
    arrow: pa.DataType

    @property
    def name(self):
        return self.text.partition("(")[0].partition("[")[0]

    @property
    def floating(self):
        return self.name in ("float", "double")

    @property
    def bytes_like(self):
        return self.name in ("uuid", "fixed", "binary")


def kind(text):
    return Kind(text, _arrow_type(text))


def _arrow_type(text):
    if text.startswith("decimal("):
        return pa.decimal128(*map(int, text[len("decimal(") : -1].split(",")))
    if text.startswith("fixed["):
        return pa.binary(int(text[len("fixed[") : -1]))
    return {
        "boolean": pa.bool_(),
        "int": pa.int32(),
        "long": pa.int64(),
        "float": pa.float32(),
        "double": pa.float64(),
        "date": pa.date32(),
        "time": pa.time64("us"),
        "timestamp": pa.timestamp("us"),
        "timestamptz": pa.timestamp("us", "UTC"),
        "string": pa.string(),
        "uuid": pa.uuid(),
        "binary": pa.binary(),
    }[text]


def to_arrow(kind, values):
    """An Arrow array of plain values."""
    if kind.name == "date":
        return pa.array(values, pa.int32()).view(pa.date32())
    if kind.name in ("time", "timestamp", "timestamptz"):
        return pa.array(values, pa.int64()).view(kind.arrow)
    if kind.name == "uuid":
        return pa.ExtensionArray.from_storage(pa.uuid(), pa.array(values, pa.binary(16)))
    return pa.array(values, kind.arrow)


def from_arrow(column):
    """The plain values of an Arrow column of any of these types."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_date(column.type):
        column = column.cast(pa.date32()).view(pa.int32())
    elif pa.types.is_time(column.type):
        column = column.cast(pa.time64("us")).view(pa.int64())
    elif pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz)).view(pa.int64())
    return column.to_pylist()


def order_key(value):
    """What values of one kind are compared by; numbers of different kinds compare by value."""
    if isinstance(value, float):
        return (1, 0) if math.isnan(value) else (0, value)
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, bytes):
        return value
    return (0, value)


def exact(value):
    """A value as a member of a row that is compared bit by bit and may be counted."""
    return repr(value) if isinstance(value, float) else value


def json_value(kind, value):
    if kind.floating and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if kind.name in ("boolean", "string") or (kind.name in ("int", "long", "float", "double")):
        return value
    if kind.name == "decimal":
        return f"{value:f}"
    if kind.name == "uuid":
        return str(uuid.UUID(bytes=value))
    if kind.bytes_like:
        return "0x" + value.hex()
    return moment_text(kind, value, "T", "Z")


def sql_value(kind, value):
    if kind.floating:
        return _sql_double(value)
    if kind.name == "boolean":
        return str(value).upper()
    if kind.name == "decimal":
        return f"{value:f}"
    if kind.name == "string":
        return sql_text(value)
    if kind.name == "uuid":
        return f"CAST('{uuid.UUID(bytes=value)}' AS UUID)"
    if kind.bytes_like:
        return "'" + "".join(f"\\x{byte:02X}" for byte in value) + "'::BLOB"
    if kind.name in ("date", "time", "timestamp", "timestamptz"):
        return f"{kind.name.upper()} '{moment_text(kind, value, ' ', '+00')}'"
    return repr(value)


def _sql_double(value):
    """With an exponent, because DuckDB takes a number without one for a decimal."""
    if not math.isfinite(value):
        return f"'{value}'"
    return repr(value) if "e" in repr(value) else f"{value!r}e0"


def sql_text(value):
    return "'" + value.replace("'", "''") + "'"


def moment_text(kind, value, separator, utc):
    """A date, a time or a timestamp in ISO form."""
    if kind.name == "date":
        return (_EPOCH + datetime.timedelta(days=value)).strftime("%Y-%m-%d").zfill(10)
    moment = _EPOCH + datetime.timedelta(microseconds=value)
    text = moment.isoformat(separator, "microseconds")
    if kind.name == "time":
        return text.partition(separator)[2]
    return text + (utc if kind.name == "timestamptz" else "")
