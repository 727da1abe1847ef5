"""Loading text and folders with artemis-table append: what arrives is read back by pyarrow and PyIceberg."""

import bz2
import datetime
import decimal
import gzip
import json
import uuid

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.catalog.sql import SqlCatalog
from shell import FAILED, NOT_FOUND, USAGE

NAME = "sda.loads"
UTC = datetime.timezone.utc

SCHEMA = {
    "type": "struct",
    "schema-id": 0,
    "fields": [
        {"id": 1, "name": "id", "required": True, "type": "long"},
        {"id": 2, "name": "small", "required": False, "type": "int"},
        {"id": 3, "name": "value", "required": False, "type": "double"},
        {"id": 4, "name": "price", "required": False, "type": "decimal(20, 4)"},
        {"id": 5, "name": "good", "required": False, "type": "boolean"},
        {"id": 6, "name": "day", "required": False, "type": "date"},
        {"id": 7, "name": "at", "required": False, "type": "timestamptz"},
        {"id": 8, "name": "name", "required": False, "type": "string"},
        {"id": 9, "name": "key", "required": False, "type": "uuid"},
        {"id": 10, "name": "raw", "required": False, "type": "binary"},
        {"id": 11, "name": "tags", "required": False,
         "type": {"type": "list", "element-id": 12, "element": "string", "element-required": False}},
        {"id": 13, "name": "place", "required": False,
         "type": {"type": "struct", "fields": [
             {"id": 14, "name": "lat", "required": True, "type": "double"},
             {"id": 15, "name": "lon", "required": False, "type": "double"}]}},
        {"id": 16, "name": "counts", "required": False,
         "type": {"type": "map", "key-id": 17, "key": "string", "value-id": 18, "value": "long", "value-required": False}},
    ],
}  # fmt: skip

ROW = {
    "id": 9223372036854775807,
    "small": -5,
    "value": 0.1,
    "price": "1234567890123456.7891",
    "good": True,
    "day": "2024-03-15",
    "at": "2024-03-15T08:00:00.000001+01:00",
    "name": 'ä "quoted"\n',
    "key": "f79c3e09-677c-4bbd-a479-3f349cb785e7",
    "raw": "0x00ff",
    "tags": ["a", None],
    "place": {"lon": 2.5, "lat": 1.5},
    "counts": {"a": 1, "b": None},
}

ARRIVED = {
    **ROW,
    "price": decimal.Decimal("1234567890123456.7891"),
    "day": datetime.date(2024, 3, 15),
    "at": datetime.datetime(2024, 3, 15, 7, 0, 0, 1, UTC),
    "key": uuid.UUID("f79c3e09-677c-4bbd-a479-3f349cb785e7"),
    "raw": b"\x00\xff",
    "place": {"lat": 1.5, "lon": 2.5},
    "counts": [("a", 1), ("b", None)],
}


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.fixture
def loads(shell):
    (shell.folder / "schema.json").write_text(json.dumps(SCHEMA))
    shell.table("create", NAME, "--schema", "schema.json")
    return shell


def write(shell, name, content):
    path = shell.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return name


def arrived(shell, name=NAME):
    """The table's rows as PyIceberg reads them."""
    catalog = SqlCatalog("artemis", uri=f"sqlite:///{shell.warehouse}/catalog.db", warehouse=str(shell.warehouse))
    return catalog.load_table(name).scan().to_arrow().sort_by("id").to_pylist()


def ids(shell):
    return [row["id"] for row in arrived(shell)]


def append(shell, *arguments, **options):
    return shell.table("append", NAME, *arguments, **options)


def assert_refused(result, *says):
    assert result.err.count("\n") == 1, result.err
    for text in says:
        assert text in result.err, result.err


def test_every_type_arrives_as_it_was(loads):
    append(loads, write(loads, "rows.jsonl", lines(ROW, {"id": 1})))
    first, second = arrived(loads)
    assert second == ARRIVED
    assert first == {**dict.fromkeys(ARRIVED), "id": 1}


def test_text_is_read_packed_and_from_a_pipe(loads):
    append(loads, write(loads, "one.jsonl.gz", gzip.compress(lines({"id": 1})) + gzip.compress(lines({"id": 2}))))
    append(loads, "-", input=lines({"id": 3}))
    append(loads, "-", input=gzip.compress(lines({"id": 4})))
    append(loads, write(loads, "five.json", b"\xef\xbb\xbf" + lines({"id": 5}).replace(b"\n", b"\r\n")))
    append(loads, write(loads, "six.txt", b"id\n6\n"), "--format-in", "csv")
    append(loads, "-", "--format-in", "csv", input=b"name,id\n,7\n")
    packed = pa.Codec("zstd").compress(lines({"id": 8}), asbytes=True)
    append(loads, write(loads, "eight.ndjson.zst", packed))
    assert ids(loads) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_csv_tells_null_from_empty_and_keeps_line_breaks(loads):
    text = 'name,id,value,good,at,raw\r\n"two\nlines, ""q""",1,NaN,TRUE,2024-03-15T07:00:00Z,61\r\n,2,,,,\r\n"",3,1e3,false,5,\r\n'
    append(loads, write(loads, "rows.csv", text.encode()))
    one, two, three = arrived(loads)
    assert one["name"] == 'two\nlines, "q"' and one["value"] != one["value"] and one["good"] is True and one["raw"] == b"a"
    assert two["name"] is None and two["value"] is None and two["good"] is None
    assert three["name"] == "" and three["at"] == datetime.datetime(1970, 1, 1, 0, 0, 0, 5, UTC)


def test_a_folder_is_all_its_files_of_rows_in_one_commit(loads):
    write(loads, "in/b.jsonl", lines({"id": 2}))
    write(loads, "in/sub/c.csv.gz", gzip.compress(b"id\n3\n"))
    pq.write_table(pa.table({"id": pa.array([1], pa.int64())}), loads.folder / "in" / "a.parquet")
    loads.write_arrow("in/d.arrow", pa.table({"id": pa.array([4], pa.int64())}))
    write(loads, "in/_SUCCESS.json", b"no rows")
    write(loads, "in/.hidden.jsonl", b"no rows")
    write(loads, "in/README.md", b"no rows")
    append(loads, "in")
    assert ids(loads) == [1, 2, 3, 4]
    assert len(loads.snapshots(NAME)) == 1


def test_a_bad_line_ends_the_load_and_names_itself(loads):
    before = loads.files()
    write(loads, "bad.jsonl", lines({"id": 1}, {"id": 2, "place": {"lat": "north"}}))
    assert_refused(append(loads, "bad.jsonl", exits=FAILED), "bad.jsonl, line 2", "'place.lat'", "'north'", "--rejects")
    assert loads.files() == before
    assert loads.snapshots(NAME) == []


@pytest.mark.parametrize(
    "line, says",
    [
        ({"small": 1}, ("'id'", "missing")),
        ({"id": None}, ("'id'", "null")),
        ({"id": 1, "small": 2**31}, ("'small'", "2147483648")),
        ({"id": 2**63}, ("'id'", "9223372036854775808")),
        ({"id": 1, "value": 2**53 + 1}, ("'value'", "9007199254740993")),
        ({"id": 1, "price": "0.00001"}, ("'price'", "decimals")),
        ({"id": 1, "day": "2024-02-30"}, ("'day'", "2024-02-30")),
        ({"id": 1, "at": "2024-03-15T08:00:00"}, ("'at'", "zone")),
        ({"id": 1, "at": "2024-03-15T08:00:00.0000001Z"}, ("'at'", "--truncate-timestamps")),
        ({"id": 1, "key": "f79c"}, ("'key'", "UUID")),
        ({"id": 1, "nmae": "x"}, ("'nmae'", "did you mean 'name'")),
    ],
    ids=lambda each: str(each)[:40],
)
def test_what_does_not_fit_is_refused_by_column(loads, line, says):
    write(loads, "bad.jsonl", lines(line))
    assert_refused(append(loads, "bad.jsonl", exits=FAILED), "bad.jsonl, line 1", *says)


def test_rejected_lines_are_set_aside_as_they_are(loads):
    bad = [b'{"id":"x"}\r\n', b"\xff not json\n", b'{"id":3,"id":4}\n']
    write(loads, "mixed.jsonl", lines({"id": 1}) + bad[0] + bad[1] + lines({"id": 2}) + bad[2])
    result = append(loads, "mixed.jsonl", "--rejects", "bad.txt", "--format", "json", "--log", "events.jsonl")
    assert result.json["rejected_lines"] == 3 and result.json["rows_added"] == 2
    assert (loads.folder / "bad.txt").read_bytes() == b"".join(bad)
    assert "mixed.jsonl, line 2, column 'id'" in result.err and "3 bad lines in bad.txt" in result.err
    events = [json.loads(line) for line in (loads.folder / "events.jsonl").read_text().splitlines()]
    rejected = [event for event in events if event["event"] == "line_rejected"]
    assert [event["line"] for event in rejected] == [2, 3, 5]
    assert [event.get("column") for event in rejected] == ["id", None, "id"]
    assert ids(loads) == [1, 2]


def test_rejects_have_a_limit_and_replace_no_file(loads):
    write(loads, "bad.jsonl", b"x\ny\n" + lines({"id": 1}))
    assert_refused(append(loads, "bad.jsonl", "--rejects-max", 2, exits=USAGE), "--rejects")
    result = append(loads, "bad.jsonl", "--rejects", "out.txt", "--rejects-max", 1, exits=FAILED)
    assert "more than 1 bad lines" in result.err
    assert not (loads.folder / "out.txt").exists() and loads.snapshots(NAME) == []
    append(loads, "bad.jsonl", "--rejects", "out.txt", "--rejects-max", 2)
    assert_refused(append(loads, "bad.jsonl", "--rejects", "out.txt", exits=FAILED), "out.txt")
    assert ids(loads) == [1]


def test_rejected_records_of_csv_can_be_mended_and_loaded(loads):
    write(loads, "rows.csv", b"id,name\n1,a\nx,b\n2,c\n3\n")
    append(loads, "rows.csv", "--rejects", "bad.csv")
    assert (loads.folder / "bad.csv").read_bytes() == b"id,name\nx,b\n3\n"
    write(loads, "bad.csv", b"id,name\n4,b\n3,\n")
    append(loads, "bad.csv")
    assert ids(loads) == [1, 2, 3, 4]


def test_columns_in_another_order_and_without_optional_ones(loads):
    table = pa.table({"name": pa.array(["x"]), "small": pa.array([1], pa.int16()), "id": pa.array([1], pa.int32())})
    append(loads, loads.write_arrow("some.arrow", table))
    row = arrived(loads)[0]
    assert (row["id"], row["small"], row["name"], row["value"]) == (1, 1, "x", None)


@pytest.mark.parametrize("form", ["arrow", "jsonl", "csv"])
def test_a_renamed_column_is_named_with_its_new_name(loads, form):
    loads.table("alter", NAME, "rename-column", "name", "title")
    if form == "arrow":
        loads.write_arrow("old.arrow", pa.table({"id": pa.array([1], pa.int64()), "name": ["x"]}))
    else:
        write(loads, f"old.{form}", lines({"id": 1, "name": "x"}) if form == "jsonl" else b"id,name\n1,x\n")
    assert_refused(append(loads, f"old.{form}", exits=FAILED), f"old.{form}", "'name'", "renamed to 'title'")


def test_missing_and_narrower_columns_are_refused_by_name(loads):
    loads.write_arrow("no_id.arrow", pa.table({"small": pa.array([1], pa.int32())}))
    assert_refused(append(loads, "no_id.arrow", exits=FAILED), "no_id.arrow", "'id'")
    loads.write_arrow("wide.arrow", pa.table({"id": pa.array([1], pa.int64()), "small": pa.array([1], pa.int64())}))
    assert_refused(append(loads, "wide.arrow", exits=FAILED), "wide.arrow", "'small'")
    assert_refused(append(loads, write(loads, "no_id.csv", b"small\n1\n"), exits=FAILED), "no_id.csv", "'id'")


def test_unknown_columns_of_text_can_be_left_out(loads):
    write(loads, "more.jsonl", lines({"id": 1, "extra": {"a": [1, 2]}}))
    append(loads, "more.jsonl", "--ignore-unknown")
    append(loads, write(loads, "more.csv", b"extra,id\nx,2\n"), "--ignore-unknown")
    assert ids(loads) == [1, 2]


def test_a_key_is_looked_at_before_anything_is_read(loads):
    write(loads, "rows.jsonl", lines({"id": 1}))
    first = append(loads, "rows.jsonl", "--once", "monday", "--format", "json").json
    again = append(loads, "gone.jsonl", "--once", "monday", "--rejects", "bad.txt", "--format", "json").json
    assert again["already_done"] is True and again["snapshot_id"] == first["snapshot_id"]
    assert ids(loads) == [1] and not (loads.folder / "bad.txt").exists()


def test_cut_off_gzip_tells_the_rows_before(loads):
    packed = gzip.compress(b"".join(lines({"id": i, "name": str(i * 7919)}) for i in range(100_000)))
    write(loads, "cut.jsonl.gz", packed[: len(packed) // 2])
    result = append(loads, "cut.jsonl.gz", exits=FAILED)
    assert_refused(result, "cut.jsonl.gz", "cut off after ")
    assert " after 0 rows" not in result.err
    broken = bytearray(packed)
    broken[len(packed) // 2] ^= 0x55
    assert_refused(append(loads, write(loads, "broken.jsonl.gz", bytes(broken)), exits=FAILED), "broken.jsonl.gz")
    assert loads.snapshots(NAME) == []


def test_a_bad_file_among_many_is_named_and_nothing_is_loaded(loads):
    write(loads, "in/1.jsonl", lines({"id": 1}))
    write(loads, "in/2.jsonl", lines({"id": "x"}))
    assert_refused(append(loads, "in", exits=FAILED), "in/2.jsonl, line 1")
    append(loads, "in/1.jsonl", "missing.jsonl", exits=NOT_FOUND)
    write(loads, "empty/readme.txt", b"nothing")
    assert_refused(append(loads, "empty", exits=FAILED), "empty has no file of rows")
    assert loads.snapshots(NAME) == []


def test_input_of_no_format_is_told_apart(loads):
    write(loads, "rows.bz2", bz2.compress(lines({"id": 1})))
    assert_refused(append(loads, "rows.bz2", exits=FAILED), "rows.bz2", "neither Arrow IPC nor Parquet", "--format-in")
    write(loads, "array.json", b'[{"id": 1}]')
    assert_refused(append(loads, "array.json", exits=FAILED), "array.json", "one object a line")
    write(loads, "rows.jsonl", lines({"id": 1}))
    assert_refused(append(loads, "rows.jsonl", "--format-in", "parquet", exits=FAILED), "JSON lines, not Parquet")


def test_a_long_line_is_refused_by_its_limit(loads):
    write(loads, "long.jsonl", lines({"id": 1}, {"id": 2, "name": "x" * 5000}))
    assert_refused(append(loads, "long.jsonl", "--line-bytes-max", "4096", exits=FAILED), "line 2", "--line-bytes-max")
    append(loads, "long.jsonl")
    assert ids(loads) == [1, 2]


def test_numbers_of_time_take_their_unit_from_the_option(loads):
    write(loads, "times.jsonl", lines({"id": 1, "at": 1710486000}))
    append(loads, "times.jsonl", "--epoch-unit", "s")
    assert arrived(loads)[0]["at"] == datetime.datetime(2024, 3, 15, 7, tzinfo=UTC)


def test_bytes_as_base64(loads):
    write(loads, "bytes.jsonl", lines({"id": 1, "raw": "AP8="}))
    append(loads, "bytes.jsonl", "--binary", "base64")
    assert arrived(loads)[0]["raw"] == b"\x00\xff"


def test_the_old_archive_of_json_goes_into_a_table_of_telemetry(shell):
    """What artemis-replay prints as JSON lines comes back as the same rows."""
    shell.table("create", "sda.one", "--canonical")
    shell.table("create", "sda.two", "--canonical")
    shell.table("append", "sda.one", shell.telemetry("rows.arrow", 5000))
    shell.replay("query", "sda.one", "--format", "jsonl", "-o", "rows.jsonl")
    shell.replay("query", "sda.one", "--format", "csv", "-o", "rows.csv")
    shell.table("append", "sda.two", "rows.jsonl", "rows.csv")
    expected = sorted(shell.replay("query", "sda.one", "--format", "jsonl").text.splitlines() * 2)
    assert sorted(shell.replay("query", "sda.two", "--format", "jsonl").text.splitlines()) == expected
