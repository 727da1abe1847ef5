"""query --evidence and verify: what a record says, and that every difference is found, as a user would meet it."""

import hashlib
import json
import os
import shutil
import struct

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shell import FAILED, NOT_FOUND, USAGE

NAME = "sda.small"
ROWS = [(1, "sun", 1.5), (2, "moon", None), (3, None, float("nan")), (4, "", -0.0)]


@pytest.fixture
def small(shell):
    shell.small_table(rows=ROWS)
    return shell


def record(shell, *arguments, name="e.json", table=NAME):
    shell.replay("query", table, "--evidence", name, "-o", "rows.parquet", *arguments)
    return json.loads((shell.folder / name).read_text())


def verify(shell, exits=0, name="e.json", *arguments):
    return shell.replay("verify", name, "--format", "json", *arguments, exits=exits)


def differing(shell, name="e.json"):
    found = verify(shell, FAILED, name)
    assert found.json["outcome"] == "differs"
    return {difference["what"] for difference in found.json["differences"]}


def local(path):
    return path.removeprefix("file://")


def canonical(row):
    """The formula of docs/evidence.md for (long, string, double)."""
    number, text, value = row
    parts = [b"\x01" + struct.pack("<q", number)]
    parts.append(b"\x00" if text is None else b"\x01" + struct.pack("<q", len(text.encode())) + text.encode())
    parts.append(b"\x00" if value is None else b"\x01" + struct.pack("<d", value))
    return b"".join(parts)


def sum_of(rows):
    return "%064x" % (sum(int.from_bytes(hashlib.sha256(canonical(row)).digest(), "big") for row in rows) % 2**256)


def test_a_record_says_what_was_read(small):
    evidence = record(small, "--evidence-full", "--where", "id > 0", "--at", "-0s")
    info = small.info(NAME)
    assert list(evidence) == [
        "artemis_evidence", "created_at", "principal", "versions", "catalog", "table", "table_uuid", "metadata", "target",
        "snapshot_id", "committed_at", "manifest_list", "schema_id", "spec_ids", "mode", "predicate", "columns", "limit",
        "files", "delete_files", "result", "record_sha256",
    ]
    assert (evidence["table"], evidence["snapshot_id"]) == (NAME, info["current_snapshot_id"])
    assert evidence["predicate"] == {"op": "gt", "column": "id", "value": 0}
    assert list(evidence["target"]) == ["time"]
    assert {"artemis", "Arrow C++", "Parquet C++"} <= set(evidence["versions"])
    (file,) = evidence["files"]
    data = open(local(file["path"]), "rb").read()
    assert file["size_bytes"] == len(data)
    assert file["record_count"] == 4
    assert file["footer_bytes"] == struct.unpack("<I", data[-8:-4])[0] + 8
    assert file["footer_sha256"] == hashlib.sha256(data[-file["footer_bytes"]:]).hexdigest()
    assert file["sha256"] == hashlib.sha256(data).hexdigest()
    for part in ("metadata", "manifest_list"):
        told = evidence[part]
        assert told["sha256"] == hashlib.sha256(open(local(told["location"]), "rb").read()).hexdigest()
    assert [column["name"] for column in evidence["result"]["columns"]] == ["id", "name", "value"]
    members = {key: value for key, value in evidence.items() if key != "record_sha256"}
    text = json.dumps(members, separators=(",", ":"), ensure_ascii=False)
    assert evidence["record_sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_the_result_hash_is_the_documented_formula(small):
    """Computed here a second time, from the rows as PyArrow reads them."""
    result = record(small)["result"]
    rows = [tuple(row.values()) for row in pq.read_table(small.folder / "rows.parquet").to_pylist()]
    assert result["rows"] == 4
    assert result["hash"] == sum_of(rows)
    assert record(small, "--where", "id = 2")["result"]["hash"] == sum_of([ROWS[1]])
    assert record(small, "--where", "id = 99")["result"]["hash"] == "0" * 64


def test_nothing_differs_while_the_table_goes_on(small):
    record(small)
    record(small, "--limit", "2", "--columns", "name,_pos", name="limited.json")
    record(small, "--ordered=id", "--threads", "4", name="ordered.json")
    small.table("append", NAME, "small.arrow")
    small.table("alter", NAME, "rename-column", "name", "label")
    for name in ("e.json", "limited.json", "ordered.json"):
        found = verify(small, 0, name).json
        assert (found["outcome"], found["differences"]) == ("same", [])
    assert "outcome" in small.replay("verify", "e.json").text


def test_finds_a_changed_byte(small):
    evidence = record(small, "--evidence-full")
    path = local(evidence["files"][0]["path"])
    data = bytearray(open(path, "rb").read())
    data[8] ^= 1
    os.chmod(path, 0o644)
    open(path, "wb").write(data)
    assert "file" in differing(small)


def test_finds_a_swapped_file(small):
    small.table("append", NAME, "small.arrow")
    evidence = record(small)
    other = small.write_arrow("other.arrow", pa.table({"id": [7], "name": ["x"], "value": [0.5]}))
    small.table("append", NAME, other)
    paths = [local(file["path"]) for file in evidence["files"]]
    (added,) = set(small.files()) & {
        local(file["path"]) for file in small.table("files", NAME, "--format", "json").json["files"]
    } - set(paths)
    shutil.copyfile(added, paths[0])
    assert {"file", "rows", "hash"} <= differing(small)
    found = small.replay("verify", "e.json", exits=FAILED)
    assert "differs" in found.text and os.path.basename(paths[0]) in found.text
    assert "e.json: " in found.err and "from the record" in found.err


def test_finds_a_removed_row(small):
    evidence = record(small)
    path = local(evidence["files"][0]["path"])
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    assert {"file", "rows", "hash"} <= differing(small)


def test_finds_another_snapshot(small):
    first = small.info(NAME)["current_snapshot_id"]
    small.table("append", NAME, "small.arrow")
    evidence = record(small, "--at", "-0s")
    evidence["snapshot_id"] = first
    del evidence["record_sha256"]
    text = json.dumps(evidence, separators=(",", ":"), ensure_ascii=False)
    evidence["record_sha256"] = hashlib.sha256(text.encode()).hexdigest()
    (small.folder / "e.json").write_text(json.dumps(evidence))
    assert {"target", "plan", "rows", "hash"} <= differing(small)


def test_finds_a_missing_file_and_tells_an_expired_snapshot(small):
    evidence = record(small)
    path = local(evidence["files"][0]["path"])
    os.rename(path, path + ".away")
    (difference,) = verify(small, FAILED).json["differences"]
    assert (difference["what"], difference["found"]) == ("file", "missing")
    assert difference["path"] == evidence["files"][0]["path"]
    os.rename(path + ".away", path)
    small.table("drop", NAME)
    assert "sda.small" in verify(small, NOT_FOUND).err


@pytest.mark.parametrize("spoil, says", [
    (lambda text: text[: len(text) // 2], "is cut off, or no JSON"),
    (lambda text: "", "is cut off, or no JSON"),
    (lambda text: "{}", "is no evidence record"),
    (lambda text: text.replace('"rows": 4', '"rows": 3'), "was changed after it was written"),
])
def test_a_spoiled_record_is_a_clear_error(small, spoil, says):
    record(small)
    path = small.folder / "e.json"
    path.write_text(spoil(path.read_text()))
    result = verify(small, FAILED)
    assert says in result.err and "e.json" in result.err and result.err.count("\n") == 1


def test_a_record_that_is_not_there_is_not_found(small):
    assert "gone.json" in verify(small, NOT_FOUND, "gone.json").err


@pytest.mark.parametrize("arguments, says", [
    (("--evidence-full",), "--evidence"),
    (("--evidence", "e.json", "--explain"), "--explain"),
    (("--evidence", "e.json", "--ordered=id", "--limit", "2"), "--limit"),
])
def test_refuses_evidence_that_would_not_repeat(small, arguments, says):
    assert says in small.replay("query", NAME, *arguments, exits=USAGE).err


def test_a_failed_query_leaves_no_record(small):
    evidence = record(small)
    os.remove(small.folder / "e.json")
    os.rename(local(evidence["files"][0]["path"]), local(evidence["files"][0]["path"]) + ".away")
    small.replay("query", NAME, "--evidence", "e.json", "--format", "csv", exits=FAILED)
    assert not (small.folder / "e.json").exists()
