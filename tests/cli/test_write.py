"""artemis-write: options, summary, text into archive files; what was written is read by pyarrow."""

import gzip
import json
import os
import signal
import subprocess
import time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from shell import FAILED, INTERRUPTED, USAGE

SCHEMA = {
    "type": "struct",
    "schema-id": 0,
    "fields": [
        {"id": 3, "name": "id", "required": True, "type": "long"},
        {"id": 7, "name": "key", "required": False, "type": "uuid"},
        {"id": 9, "name": "name", "required": False, "type": "string"},
    ],
}


def run(shell, *arguments, **options):
    return shell.run("artemis-write", *arguments, **options)


def read(shell, name="out.parquet"):
    return pq.read_table(shell.folder / name)


def rows_of(shell, name):
    with pa.OSFile(str(shell.folder / name)) as file:
        return pa.ipc.open_stream(file).read_all()


def json_lines_of(table):
    """Telemetry as the old archive keeps it: timestamps as numbers of nanoseconds."""
    place = table.column_names.index("sample_timestamp_ns")
    numbers = table.column(place).cast(pa.int64())
    plain = table.set_column(place, "sample_timestamp_ns", numbers)
    return b"".join(json.dumps(row).encode() + b"\n" for row in plain.to_pylist())


def assert_one_line(result, *says):
    assert result.err.count("\n") == 1, result.err
    for text in says:
        assert text in result.err, result.err


def test_the_old_archive_becomes_parquet(shell):
    """Gzipped JSON lines with nanoseconds as numbers, bad lines set aside."""
    table = rows_of(shell, shell.telemetry("rows.arrow", 2000))
    text = json_lines_of(table)
    first, rest = text.split(b"\n", 1)
    bad = first.replace(b'"payload_id": ', b'"payload_id": -')
    (shell.folder / "old.jsonl.gz").write_bytes(gzip.compress(first + b"\n" + bad + b"\n") + gzip.compress(rest))
    result = run(shell, "--from-jsonl", "old.jsonl.gz", "--canonical", "--rejects", "bad.jsonl", "-o", "out.parquet",
                 "--format", "json")
    assert result.json["rows"] == 2000 and result.json["rejected_lines"] == 1
    assert (shell.folder / "bad.jsonl").read_bytes() == bad + b"\n"
    assert "line 2, column 'payload_id'" in result.err
    assert read(shell).cast(table.schema).equals(table)
    assert read(shell).schema.field("payload_id").type == pa.uint32()


def test_a_schema_gives_types_and_field_ids(shell):
    (shell.folder / "schema.json").write_text(json.dumps(SCHEMA))
    key = "f79c3e09-677c-4bbd-a479-3f349cb785e7"
    (shell.folder / "rows.csv").write_text(f"name,id,key\nx,1,{key}\n,2,\n")
    run(shell, "rows.csv", "--from-csv", "--schema", "schema.json", "--iceberg", "-o", "out.parquet")
    table = read(shell)
    assert table.column("id").to_pylist() == [1, 2] and table.column("name").to_pylist() == ["x", None]
    file = pq.ParquetFile(shell.folder / "out.parquet")
    assert [file.schema_arrow.field(name).metadata[b"PARQUET:field_id"] for name in ("id", "key", "name")] == [b"3", b"7", b"9"]
    assert "UUID" in str(file.schema.column(1).logical_type)
    assert not table.schema.field("id").nullable


def test_text_needs_a_schema(shell):
    (shell.folder / "rows.jsonl").write_text('{"id": 1}\n')
    assert_one_line(run(shell, "--from-jsonl", "rows.jsonl", "-o", "out.parquet", exits=USAGE), "--schema", "--canonical")
    assert_one_line(run(shell, "rows.jsonl", "-o", "out.parquet", exits=FAILED), "rows.jsonl is JSON lines", "schema")
    shell.telemetry("rows.arrow", 10)
    assert_one_line(run(shell, "rows.arrow", "--canonical", "-o", "out.parquet", exits=USAGE), "types of its own")
    assert not (shell.folder / "out.parquet").exists()


def test_a_bad_line_leaves_no_file(shell):
    (shell.folder / "schema.json").write_text(json.dumps(SCHEMA))
    (shell.folder / "rows.jsonl").write_text('{"id": 1}\n{"id": true}\n')
    result = run(shell, "rows.jsonl", "--schema", "schema.json", "-o", "out.parquet", exits=FAILED)
    assert_one_line(result, "rows.jsonl, line 2, column 'id'", "true")
    assert not (shell.folder / "out.parquet").exists()


def test_an_existing_output_is_kept_unless_told(shell):
    shell.telemetry("rows.arrow", 100)
    (shell.folder / "out.parquet").write_bytes(b"mine")
    assert_one_line(run(shell, "rows.arrow", "-o", "out.parquet", exits=FAILED), "out.parquet", "--overwrite")
    assert (shell.folder / "out.parquet").read_bytes() == b"mine"
    run(shell, "rows.arrow", "-o", "out.parquet", "--overwrite")
    assert read(shell).num_rows == 100


def test_many_inputs_become_one_file(shell):
    (shell.folder / "in").mkdir()
    shell.telemetry("in/a.arrow", 100)
    shell.telemetry("in/b.arrow", 50, 2)
    run(shell, "in", "-o", "out.parquet")
    assert read(shell).num_rows == 150
    shell.write_arrow("in/c.arrow", pa.table({"x": [1]}))
    assert_one_line(run(shell, "in", "-o", "no.parquet", exits=FAILED), "in/c.arrow", "one schema")
    assert not (shell.folder / "no.parquet").exists()


def test_encodings_and_bloom_filters(shell):
    shell.telemetry("rows.arrow", 3000)
    run(shell, "rows.arrow", "-o", "out.parquet", "--encoding", "payload_id=plain", "--encoding", "pressure_kpa=auto",
        "--bloom-filter", "mission_id", "--level", 5, "--threads", 2)
    group = pq.ParquetFile(shell.folder / "out.parquet").metadata.row_group(0)
    columns = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert "PLAIN" in columns["payload_id"].encodings and "RLE_DICTIONARY" not in columns["payload_id"].encodings
    assert "RLE_DICTIONARY" in columns["mission_id"].encodings
    chosen = run(shell, "rows.arrow", "-o", "auto.parquet", "--encoding", "auto", "--encoding", "notes=plain",
                 "--format", "json").json["columns"]
    by = {column["name"]: column["chosen_by"] for column in chosen}
    assert by["notes"] == "override" and by["panel_voltage"] == "auto"
    assert read(shell, "auto.parquet").equals(read(shell))


@pytest.mark.parametrize(
    "arguments, says",
    [
        (("--encoding", "payload_id=zip"), "zip"),
        (("--encoding", "payload_id"), "COLUMN=ENCODING"),
        (("--encoding", "notes=plain", "--encoding", "notes=auto"), "twice"),
        (("--level", "99"), "--level"),
        (("--format-in", "xml"), "xml"),
        (("--delimiter", "ab"), "ab"),
        (("--schema", "a.json", "--canonical"), "--canonical"),
    ],
    ids=str,
)
def test_wrong_options_are_usage_errors(shell, arguments, says):
    shell.telemetry("rows.arrow", 10)
    assert_one_line(run(shell, "rows.arrow", "-o", "out.parquet", *arguments, exits=USAGE), says)
    assert not (shell.folder / "out.parquet").exists()


def test_options_of_unknown_columns_are_refused(shell):
    shell.telemetry("rows.arrow", 10)
    for option in ("--encoding", "--bloom-filter"):
        value = "misson_id" + ("=plain" if option == "--encoding" else "")
        result = run(shell, "rows.arrow", "-o", "out.parquet", option, value, exits=FAILED)
        assert_one_line(result, "misson_id")
    assert not (shell.folder / "out.parquet").exists()


def test_the_summary_is_made_for_reading(shell):
    shell.telemetry("rows.arrow", 3000)
    text = run(shell, "rows.arrow", "-o", "out.parquet").text
    assert "wrote 3,000 rows to out.parquet" in text and "1 row group" in text and "1 : " in text
    assert "DELTA_BINARY_PACKED" in text and " %" in text
    for name in pq.read_schema(shell.folder / "out.parquet").names:
        assert name in text


def test_the_json_summary_is_true(shell):
    shell.telemetry("rows.arrow", 3000)
    facts = run(shell, "rows.arrow", "-o", "out.parquet", "--rejects", "bad.txt", "--format", "json").json
    file = pq.ParquetFile(shell.folder / "out.parquet").metadata
    assert facts["rows"] == file.num_rows == 3000 and facts["row_groups"] == file.num_row_groups
    assert facts["compressed_bytes"] == os.path.getsize(shell.folder / "out.parquet")
    assert [column["name"] for column in facts["columns"]] == [file.schema.column(i).path for i in range(file.num_columns)]
    assert facts["rejected_lines"] == 0 and not (shell.folder / "bad.txt").exists()


def test_progress_tells_rows_and_speed(shell):
    shell.telemetry("rows.arrow", 3000)
    err = run(shell, "rows.arrow", "-o", "out.parquet", "--progress", "on").err
    assert "writing: 3000 rows" in err and "MB/s" in err
    assert run(shell, "rows.arrow", "-o", "more.parquet").err == ""


def test_an_interrupted_write_leaves_no_file(shell):
    """The input is a pipe that stays open: the write is under way when the signal comes."""
    shell.telemetry("rows.arrow", 200_000)
    whole = (shell.folder / "rows.arrow").read_bytes()
    process = shell.start("artemis-write", "-", "-o", "out.parquet", stdin=subprocess.PIPE)
    process.stdin.write(whole[: len(whole) // 2])
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    try:
        process.stdin.write(whole[len(whole) // 2 :])
        process.stdin.close()
    except BrokenPipeError:
        pass
    process.stdin = None
    _, err = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED, err
    assert not (shell.folder / "out.parquet").exists()


def test_nanoseconds_of_a_table_are_refused_cut_or_kept(shell):
    shell.telemetry("rows.arrow", 100, 1, 2, "--nanos")
    result = run(shell, "rows.arrow", "--iceberg", "-o", "out.parquet", exits=FAILED)
    assert_one_line(result, "sample_timestamp_ns", "--truncate-timestamps")
    run(shell, "rows.arrow", "--iceberg", "--truncate-timestamps", "-o", "cut.parquet")
    run(shell, "rows.arrow", "--iceberg", "--timestamps", "nanos", "-o", "kept.parquet")
    times = rows_of(shell, "rows.arrow").column("sample_timestamp_ns").cast(pa.int64())
    cut = read(shell, "cut.parquet").column("sample_timestamp_ns").cast(pa.int64())
    assert cut.to_pylist() == [each // 1000 for each in times.to_pylist()]
    kept = read(shell, "kept.parquet").column("sample_timestamp_ns").cast(pa.int64())
    assert pc.equal(kept, times).to_pylist() == [True] * 100
