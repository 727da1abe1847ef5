"""One table in one SQLite file, to which PyIceberg and we append in turn; in PostgreSQL, test_catalog_kinds.py does it."""

import pyarrow as pa
import pytest

from lab import ids

TURNS = 100


@pytest.fixture(scope="module")
def turns(labs):
    """(lab, what each commit must have left) after a hundred turns, every second one ours."""
    lab = labs("turns")
    lab.create("turns", [["id", "long"], ["writer", "string"]])
    for turn in range(TURNS):
        rows = pa.table({"id": pa.array([2 * turn, 2 * turn + 1], pa.int64()), "writer": [_writer(turn)] * 2})
        if _writer(turn) == "ours":
            lab.append("turns", rows)
        else:
            lab.catalog.load_table("lab.turns").append(rows)
    return lab


def _writer(turn):
    return "ours" if turn % 2 == 0 else "pyiceberg"


@pytest.mark.parametrize("reader", ["replay", "sql", "pyiceberg", "spark", "duckdb"])
def test_no_row_is_lost_or_doubled_in_a_hundred_turns(turns, reader):
    found = turns.rows(reader, "turns")
    assert ids(found) == list(range(2 * TURNS))
    assert all(row["writer"] == _writer(row["id"] // 2) for row in found.to_pylist())


def test_a_hundred_turns_make_one_line_of_snapshots(turns):
    metadata = turns.metadata("turns")
    snapshots = metadata["snapshots"]
    assert len(snapshots) == TURNS
    assert [s["sequence-number"] for s in snapshots] == list(range(1, TURNS + 1))
    assert [s.get("parent-snapshot-id") for s in snapshots] == [None, *(s["snapshot-id"] for s in snapshots[:-1])]
    assert [entry["snapshot-id"] for entry in metadata["snapshot-log"]] == [s["snapshot-id"] for s in snapshots]
    for turn, snapshot in enumerate(snapshots):
        summary = snapshot["summary"]
        counts = [int(summary[key]) for key in ("added-records", "total-records", "total-data-files")]
        assert counts == [2, 2 * (turn + 1), turn + 1], f"{_writer(turn)} at turn {turn}"


@pytest.mark.parametrize("turn", [0, 1, 49, 98])
def test_a_past_turn_is_the_same_to_all(turns, turn):
    snapshot = turns.snapshot_ids("turns")[turn]
    for reader in ("replay", "sql", "pyiceberg", "spark"):
        assert ids(turns.rows(reader, "turns", snapshot)) == list(range(2 * (turn + 1))), reader


def test_a_table_of_a_hundred_turns_is_sound(turns):
    turns.ours.table("check", "lab.turns", "--deep")
