"""PyIceberg agrees with the reference values of tests/golden/transforms.toml."""

import datetime
import decimal
import pathlib
import tomllib
import uuid

import pytest
from pyiceberg import transforms
from pyiceberg.types import NestedField

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden" / "transforms.toml"
with open(GOLDEN, "rb") as golden_file:
    REFERENCES = tomllib.load(golden_file)


def _type(name):
    field = NestedField.model_validate({"id": 1, "name": "c", "type": name, "required": False})
    return field.field_type


def _value(name, text):
    """The value as PyIceberg's transforms take it: days, microseconds or nanoseconds since 1970 as numbers."""
    kind = name.split("(")[0].split("[")[0]
    if kind in ("int", "long"):
        return int(text)
    if kind == "decimal":
        return decimal.Decimal(text)
    if kind == "double":
        return float(text)
    if kind == "boolean":
        return text == "true"
    if kind == "date":
        return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days
    if kind == "time":
        at = datetime.time.fromisoformat(text)
        return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond
    if kind.startswith("timestamp"):
        return _ticks(text, nanos=kind.endswith("_ns"))
    if kind == "uuid":
        return uuid.UUID(text).bytes
    if kind in ("fixed", "binary"):
        return bytes.fromhex(text.removeprefix("0x"))
    return text


def _ticks(text, nanos):
    zone = datetime.timezone.utc
    for sign in ("+", "-"):
        clock = text.split("T")[1]
        if sign in clock:
            hours, minutes = clock.split(sign)[1].split(":")
            offset = datetime.timedelta(hours=int(hours), minutes=int(minutes))
            zone = datetime.timezone(offset if sign == "+" else -offset)
            text = text[: len("0000-00-00T") + len(clock.split(sign)[0])]
    whole, _, fraction = text.partition(".")
    moment = datetime.datetime.fromisoformat(whole).replace(tzinfo=zone)
    seconds = (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // (
        datetime.timedelta(seconds=1)
    )
    digits = 9 if nanos else 6
    return seconds * 10**digits + int(fraction.ljust(digits, "0")[:digits] or 0)


def _name(row):
    return " ".join(row.get(key, "") for key in ("transform", "type", "value"))


@pytest.mark.parametrize("row", REFERENCES["result"], ids=_name)
def test_pyiceberg_gives_the_same_result(row):
    source = _type(row["type"])
    transform = transforms.parse_transform(row["transform"])
    result = transform.transform(source)(_value(row["type"], row["value"]))
    if row["transform"].startswith(("truncate", "identity")):
        expected = _value(row["type"], row["result"])
    else:
        expected = int(row["result"])
    assert result == expected


@pytest.mark.parametrize("row", REFERENCES["hash"], ids=_name)
def test_pyiceberg_gives_the_same_hash(row):
    # With as many buckets as there are hashes without a sign, the bucket is the hash without its sign.
    buckets = 2**31 - 1
    transform = transforms.BucketTransform(buckets)
    bucket = transform.transform(_type(row["type"]))(_value(row["type"], row["value"]))
    assert bucket == (row["hash"] & 0x7FFFFFFF) % buckets


def test_the_references_cover_every_transform_and_type():
    kinds = {row["transform"].split("[")[0] for row in REFERENCES["result"]}
    assert kinds == {"identity", "bucket", "truncate", "year", "month", "day", "hour"}
    assert len({row["type"] for row in REFERENCES["hash"]}) >= 13
