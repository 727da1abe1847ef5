"""Where results go and what they look like: formats, files that appear whole, closed pipes, progress, logs."""

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shell import DONE, FAILED, INTERRUPTED, USAGE

ROWS = [(1, "a", 1.5), (2, 'say "b", twice', None), (3, None, float("nan")), (4, "", float("-inf")), (5, "x\ny", -0.0)]


@pytest.fixture
def small(shell):
    shell.small_table(rows=ROWS)
    return shell


def test_jsonl_has_an_object_a_line(small):
    lines = small.replay("query", "sda.small", "--format", "jsonl", "--threads", "1").lines
    assert lines == [
        {"id": 1, "name": "a", "value": 1.5},
        {"id": 2, "name": 'say "b", twice', "value": None},
        {"id": 3, "name": None, "value": "NaN"},
        {"id": 4, "name": "", "value": "-Infinity"},
        {"id": 5, "name": "x\ny", "value": -0.0},
    ]


def test_columns_may_be_listed_with_blanks(small):
    lines = small.replay("query", "sda.small", "--format", "jsonl", "--columns", " value , id", "--limit", "1", "--threads", "1").lines
    assert lines == [{"value": 1.5, "id": 1}]


def test_json_is_one_array(small):
    assert small.sql("SELECT id FROM artemis.sda.small ORDER BY id", "--format", "json").json == [
        {"id": i} for i in range(1, 6)
    ]
    assert small.sql("SELECT id FROM artemis.sda.small WHERE id > 9", "--format", "json").json == []


def test_csv_tells_null_from_empty(small):
    text = small.replay("query", "sda.small", "--format", "csv", "--threads", "1").text
    assert text.splitlines()[:5] == ["id,name,value", "1,a,1.5", '2,"say ""b"", twice",', "3,,NaN", '4,"",-Infinity']
    assert list(csv.reader(io.StringIO(text)))[-1] == ["5", "x\ny", "-0"]


def test_table_aligns_numbers_to_the_right(small):
    lines = small.replay("query", "sda.small", "--threads", "1").text.splitlines()
    assert lines == [
        "id  name                value",
        "--  --------------  ---------",
        " 1  a                     1.5",
        ' 2  say "b", twice       NULL',
        " 3  NULL                  NaN",
        " 4                  -Infinity",
        " 5  x\\ny                   -0",
    ]


def test_markdown_is_a_table(small):
    text = small.sql("SELECT 1 AS a, 'x|y' AS b", "--format", "markdown").text
    assert text.splitlines() == ["| a | b |", "| ---: | --- |", "| 1 | x\\|y |"]


def test_arrow_and_parquet_keep_types(small):
    rows = pa.ipc.open_stream(small.replay("query", "sda.small", "--format", "arrow").out).read_all()
    assert rows.schema.types == [pa.int64(), pa.string(), pa.float64()]
    assert rows.num_rows == 5
    parquet = pq.read_table(io.BytesIO(small.replay("query", "sda.small", "--format", "parquet").out))
    assert parquet.schema.types == rows.schema.types
    assert sorted(parquet.column("id").to_pylist()) == [1, 2, 3, 4, 5]


def test_times_are_iso_8601(shell):
    nanos = pa.array([1_710_486_000_000_001_000, -1_000], pa.timestamp("ns"))
    zoned = pa.array([1_710_486_000_000_001, -1], pa.timestamp("us", "Europe/Berlin"))
    data = pa.table({"local": nanos, "zoned": zoned, "day": pa.array([0, -1], pa.date32())})
    shell.table("create", "sda.times", "--like", shell.write_arrow("times.arrow", data))
    shell.table("append", "sda.times", "times.arrow")
    assert shell.replay("query", "sda.times", "--format", "jsonl", "--threads", "1").lines == [
        {"local": "2024-03-15T07:00:00.000001", "zoned": "2024-03-15T07:00:00.000001Z", "day": "1970-01-01"},
        {"local": "1969-12-31T23:59:59.999999", "zoned": "1969-12-31T23:59:59.999999Z", "day": "1969-12-31"},
    ]


def test_nested_values_are_json(shell):
    data = pa.table(
        {
            "position": pa.array([{"lat": 1.5, "name": "x"}, None]),
            "tags": pa.array([["a", None], []], pa.list_(pa.string())),
            "raw": pa.array([b"\x00\xff", None], pa.binary()),
        }
    )
    shell.table("create", "sda.nested", "--like", shell.write_arrow("nested.arrow", data))
    shell.table("append", "sda.nested", "nested.arrow")
    assert shell.replay("query", "sda.nested", "--format", "jsonl", "--threads", "1").lines == [
        {"position": {"lat": 1.5, "name": "x"}, "tags": ["a", None], "raw": "00ff"},
        {"position": None, "tags": [], "raw": None},
    ]


@pytest.mark.parametrize("name", ["out.parquet", "out.arrow", "out.csv", "out.jsonl"])
def test_a_file_appears_whole_in_the_format_of_its_name(small, name):
    result = small.replay("query", "sda.small", "-o", name)
    assert result.out == b""
    first = (small.folder / name).read_bytes()[:6]
    assert first.startswith({"out.parquet": b"PAR1", "out.arrow": b"\xff\xff\xff\xff", "out.csv": b"id,", "out.jsonl": b'{"id"'}[name])
    assert sorted(path.name for path in small.folder.glob("out.*")) == [name]


def test_a_failure_leaves_the_file_that_was_there(small):
    (small.folder / "out.csv").write_text("before")
    small.replay("query", "sda.small", "--where", "nothing = 1", "-o", "out.csv", exits=FAILED)
    for path in (small.warehouse / "sda").rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:100])
    small.replay("query", "sda.small", "-o", "out.csv", exits=FAILED)
    assert (small.folder / "out.csv").read_text() == "before"
    assert not list(small.folder.glob("*.inprogress"))


def test_a_device_is_written_as_it_is(small):
    small.replay("query", "sda.small", "-o", "/dev/null")
    assert os.path.exists("/dev/null") and not os.path.isfile("/dev/null")


def test_an_unknown_format_is_a_usage_error(small):
    result = small.replay("query", "sda.small", "--format", "xml", exits=USAGE)
    assert "'xml'" in result.err and "jsonl" in result.err


def test_results_go_to_standard_output_and_all_else_to_standard_error(small):
    result = small.replay("query", "sda.small")
    assert len(result.text.splitlines()) == 7
    assert re.fullmatch(r"5 rows from snapshot \d+ of \S+; read 1 of 1 file \(.*\), .*\n", result.err)
    result = small.replay("query", "sda.small", "--limit", 2)
    assert len(result.text.splitlines()) == 4
    assert re.fullmatch(r"2 rows from snapshot \d+ of \S+; stopped there, of 1 of 1 file to read \(.*\), .*\n", result.err)
    assert small.replay("query", "sda.small", "--format", "jsonl").err == ""


def test_a_closed_pipe_ends_quietly(shell):
    for command in (
        "artemis telemetry --rows 3000000 --seed 1",
        "artemis telemetry --rows 3000000 --seed 1 --format jsonl",
    ):
        done = subprocess.run(
            ["bash", "-c", f"{shell.bin_dir}/{command} | head -c 100 > /dev/null; echo ${{PIPESTATUS[0]}}"],
            capture_output=True, cwd=shell.folder, env=shell.environment, timeout=60,
        )
        assert done.stderr == b""
        assert done.stdout == b"0\n"


def progress_on_a_terminal(shell, *arguments, command="query"):
    """What a replay with its rows in a file writes on a terminal, one line after the other."""
    master, slave = pty.openpty()
    process = subprocess.Popen(shell.command("artemis-replay", command, *arguments), stdout=slave, stderr=slave,
                               cwd=shell.folder, env=shell.environment)
    os.close(slave)
    written = b""
    try:
        while block := os.read(master, 65536):
            written += block
    except OSError:
        pass
    os.close(master)
    assert process.wait(timeout=60) == DONE, written
    return [line for line in re.split("\r|\n|\x1b\\[K", written.decode()) if line]


def test_a_terminal_is_told_files_bytes_and_rows(shell):
    shell.table("create", "sda.observations", "--canonical", "--partition", "mission_id, day(sample_timestamp_ns) as day")
    shell.table("append", "sda.observations", shell.telemetry("rows.arrow", 20_000, 1, 4))
    files = len(list(shell.folder.rglob("*.parquet")))
    assert files == 8
    size = r"[0-9.]+ (?:[KMGT]i)?B"
    shape = re.compile(rf"artemis-replay: (\d+) of 8 files, ({size}) of ({size}), ([0-9,]+) rows(, .+ left)? \((\d+) %\)")
    for threads in ("1", "2"):
        for more in ((), ("--ordered",)):
            lines = progress_on_a_terminal(shell, "sda.observations", "--format", "csv", "-o", "out.csv", "--threads", threads, *more)
            found = [shape.fullmatch(line) for line in lines]
            assert found and all(found), lines
            last = found[-1]
            assert (last[1], last[4], last[6]) == ("8", "20,000", "100") and last[2] == last[3], lines
            assert last[5] is None
    lines = progress_on_a_terminal(shell, "sda.observations", "--format", "csv", "-o", "out.csv", "--limit", "100", "--threads", "1")
    assert lines[-1].startswith("artemis-replay: ") and "100 rows" in lines[-1] and lines[-1].endswith("(100 %)"), lines


def test_a_terminal_is_told_how_far_a_diff_is(shell):
    shell.table("create", "sda.observations", "--canonical", "--partition", "mission_id, day(sample_timestamp_ns) as day")
    shell.table("append", "sda.observations", shell.telemetry("rows.arrow", 20_000, 1, 4))
    before = shell.snapshots("sda.observations")[-1]["snapshot_id"]
    shell.table("append", "sda.observations", shell.telemetry("more.arrow", 20_000, 2, 4))
    shell.table("delete", "sda.observations", "--where", "payload_id < 3")
    size = r"[0-9.]+ (?:[KMGT]i)?B"
    shape = re.compile(rf"artemis-replay: (\d+) of (\d+) files?, ({size}) of ({size}), ([0-9,]+) rows?(, .+ left)? \((\d+) %\)")
    for more in ((), ("--net",), ("--net", "--project", "both")):
        lines = progress_on_a_terminal(shell, "sda.observations", "--from-snapshot", str(before), "--format", "csv", "-o", "out.csv",
                                       "--progress", "on", *more, command="diff")
        found = [shape.fullmatch(line) for line in lines if line.startswith("artemis-replay: ")]
        assert found and all(found), lines
        assert found[-1][1] == found[-1][2] and found[-1][3] == found[-1][4] and found[-1][7] == "100", lines


def test_an_interrupt_ends_with_130_and_leaves_no_file(shell):
    process = shell.start("artemis", "telemetry", "--rows", 100_000_000, "--seed", 1, "-o", "big.arrow")
    deadline = time.monotonic() + 30
    while not list(shell.folder.glob("big.arrow.inprogress")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == INTERRUPTED
    assert err == b"artemis: interrupted\n"
    assert not list(shell.folder.glob("big.arrow*"))


def test_an_interrupted_append_leaves_the_table_as_it_was(shell):
    shell.small_table()
    before = shell.files()
    reading, writing = os.pipe()
    process = shell.start("artemis-table", "append", "sda.small", "-", stdin=reading)
    os.close(reading)
    schema = pa.schema([("id", pa.int64()), ("name", pa.string()), ("value", pa.float64())])
    with os.fdopen(writing, "wb") as pipe:
        stream = pa.ipc.new_stream(pipe, schema)
        stream.write_batch(pa.record_batch([[7], ["g"], [7.0]], schema=schema))
        pipe.flush()
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        stream.write_batch(pa.record_batch([[8], ["h"], [8.0]], schema=schema))
        stream.close()
    _, err = process.communicate(timeout=30)
    assert process.returncode == INTERRUPTED, err
    assert shell.files() == before


def test_standard_input_and_output_make_a_pipeline(shell):
    shell.table("create", "sda.observations", "--canonical")
    done = subprocess.run(
        [
            "bash", "-o", "pipefail", "-c",
            f"{shell.bin_dir}/artemis telemetry --rows 5000 --seed 3 | {shell.bin_dir}/artemis-table append sda.observations -",
        ],
        capture_output=True, cwd=shell.folder, env=shell.environment, timeout=60,
    )
    assert done.returncode == DONE, done.stderr
    assert b"appended 5,000 rows in 1 file to sda.observations" in done.stdout


def test_telemetry_is_the_same_for_a_seed_and_another_for_another(shell):
    first, again, other = (shell.run("artemis", "telemetry", "--rows", 3000, "--seed", seed).out for seed in (5, 5, 6))
    assert first == again
    assert first != other
    assert pa.ipc.open_stream(first).read_all().num_rows == 3000


def test_write_makes_one_parquet_file(shell):
    shell.telemetry("rows.arrow", 2000)
    result = shell.run("artemis-write", "rows.arrow", "-o", "rows.parquet", "--encoding", "notes=plain", "--format", "json")
    summary = result.json
    assert list(summary) == ["path", "rows", "compressed_bytes", "row_groups", "columns", "fallbacks", "elapsed_ms"]
    assert list(summary["columns"][0]) == ["name", "encodings", "compressed_bytes", "fallback_row_groups", "chosen_by"]
    assert summary["rows"] == 2000
    assert summary["compressed_bytes"] == os.path.getsize(shell.folder / "rows.parquet")
    written = pq.read_table(shell.folder / "rows.parquet")
    assert written.schema.field("payload_id").type == pa.uint32()
    assert written.schema.field("sample_timestamp_ns").type == pa.timestamp("ns")
    assert written.equals(pa.ipc.open_stream((shell.folder / "rows.arrow").read_bytes()).read_all())


def test_write_for_a_table_has_its_types_and_field_ids(shell):
    shell.telemetry("rows.arrow", 100)
    shell.run("artemis-write", "rows.arrow", "-o", "rows.parquet", "--iceberg")
    schema = pq.read_schema(shell.folder / "rows.parquet")
    assert schema.field("payload_id").type == pa.int64()
    assert schema.field("sample_timestamp_ns").type == pa.timestamp("us")
    assert schema.field(0).metadata[b"PARQUET:field_id"] == b"1"


@pytest.mark.parametrize("encoding", ["notes", "notes=fancy", "=plain"])
def test_write_refuses_an_encoding_it_does_not_know(shell, encoding):
    shell.telemetry("rows.arrow", 100)
    shell.run("artemis-write", "rows.arrow", "-o", "rows.parquet", "--encoding", encoding, exits=USAGE)
    assert not (shell.folder / "rows.parquet").exists()


def test_events_are_json_lines(observations):
    observations.table("append", "sda.observations", "rows.arrow", "--log", "events.jsonl", "--author", "ada")
    observations.replay(
        "query", "sda.observations", "--at", "now", "--log", "events.jsonl", "--format", "csv", "--where", "payload_id = 101"
    )
    events = [json.loads(line) for line in (observations.folder / "events.jsonl").read_text().splitlines()]
    assert all(list(event)[:3] == ["ts", "level", "event"] for event in events)
    commit = next(event for event in events if event["event"] == "commit")
    assert commit["principal"] == "ada"
    assert (commit["operation"], commit["attempts"], commit["added_rows"], commit["outcome"]) == ("append", 1, 1000, "committed")
    replay = next(event for event in events if event["event"] == "replay")
    assert replay["table"] == "sda.observations"
    assert replay["mode"] == "snapshot_time"
    assert replay["outcome"] == "done"
    assert replay["files_total"] == 8
    plan = next(event for event in events if event["event"] == "plan")
    assert plan["query_id"] == replay["query_id"]


def test_metrics_are_prometheus_text(observations):
    observations.replay("query", "sda.observations", "--metrics-file", "metrics.prom", "--format", "csv")
    text = (observations.folder / "metrics.prom").read_text()
    assert re.search(r"^artemis_replay_rows_total 1000$", text, re.MULTILINE)
    assert re.search(r"^artemis_command_exit_code 0$", text, re.MULTILINE)
    assert "# TYPE artemis_replay_rows_total counter" in text


def test_sql_runs_statements_of_a_file_and_of_standard_input(small):
    (small.folder / "q.sql").write_text("SELECT 1 AS a; -- one\nSELECT 2 AS b;")
    assert small.run("artemis-sql", "-f", "q.sql", "--format", "csv").text == "a\n1\nb\n2\n"
    assert small.run("artemis-sql", "--format", "csv", input=b"SELECT 3 AS c").text == "c\n3\n"


def test_sql_refuses_two_results_for_one_binary_output(small):
    result = small.sql("SELECT 1 AS a; SELECT 2 AS b", "-o", "out.parquet", exits=USAGE)
    assert "several results" in result.err
