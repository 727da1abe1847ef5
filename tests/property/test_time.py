"""Times to the millisecond, with the programs' clock set: which snapshot a moment means, and which schema."""

import json

import pyarrow as pa
import pytest

from support.programs import EXIT_NOT_FOUND, iceberg_schema
from support.table_files import TableFiles, path_of

NAME = "lab.times"
MINUTE = 60_000
T = 1_773_576_000_000  # 2026-03-15T12:00:00Z
CREATED, FIRST, SECOND, THIRD, AFTER = T - 10 * MINUTE, T - 5 * MINUTE, T - MINUTE, T + MINUTE, T + 60 * MINUTE


def _rows(*ids, voltage="voltage"):
    return pa.table({"id": pa.array(ids, pa.int64()), voltage: pa.array([id / 4 for id in ids], pa.float64())})


class Timed:
    """A table with rows 1, 2 and 3, committed at FIRST, SECOND and THIRD."""

    def __init__(self, programs):
        self.programs = programs
        self.now = programs.at(AFTER)
        self.files = TableFiles(programs, NAME)
        schema = iceberg_schema([("id", "long"), ("voltage", "double")])
        programs.at(CREATED).table("create", NAME, "--schema", programs.write_json(schema))
        for id, time in enumerate((FIRST, SECOND, THIRD), start=1):
            self.append(time, id)

    def append(self, time, *ids, **names):
        self.programs.at(time).table("append", NAME, self.programs.write_arrow(_rows(*ids, **names)))

    def ids_at(self, time):
        return sorted(self.now.replay(NAME, "--at", time).column("id").to_pylist())


@pytest.fixture(scope="module")
def timed(make_programs):
    return Timed(make_programs())


@pytest.fixture
def own(make_programs):
    """A table for a test that changes it."""
    return Timed(make_programs())


def test_a_time_reads_the_last_commit_before_it(timed):
    assert timed.ids_at(T) == [1, 2]


@pytest.mark.parametrize(
    "time, ids",
    [(FIRST, [1]), (SECOND - 1, [1]), (SECOND, [1, 2]), (THIRD - 1, [1, 2]), (THIRD, [1, 2, 3]), (AFTER, [1, 2, 3])],
)
def test_a_commit_counts_from_its_own_millisecond(timed, time, ids):
    assert timed.ids_at(time) == ids


@pytest.mark.parametrize("time", ["2026-03-15T12:00:00Z", "2026-03-15T13:00:00+01:00", "-60m", "-1h", str(T)])
def test_a_time_may_be_written_in_many_ways(timed, time):
    assert timed.ids_at(time) == [1, 2]


def test_now_is_the_current_state_also_where_the_clock_is_behind(timed):
    assert sorted(timed.programs.at(T).replay(NAME, "--at", "now").column("id").to_pylist()) == [1, 2, 3]


def test_other_times_count_from_the_clock_of_the_machine(timed):
    assert sorted(timed.programs.at(T).replay(NAME, "--at", "-0s").column("id").to_pylist()) == [1, 2]


def test_sql_reads_the_same_moment(timed):
    query = f"SELECT id FROM artemis.{NAME} AS OF TIMESTAMP '2026-03-15T12:00:00Z' ORDER BY id"
    assert timed.now.sql(query).column("id").to_pylist() == [1, 2]


def test_before_its_creation_there_is_no_table_and_the_creation_is_named(timed):
    done = timed.now.run("replay", "query", NAME, "--at", CREATED - 1, exit_code=EXIT_NOT_FOUND)
    assert NAME in done.stderr and "2026-03-15T11:50:00.000Z" in done.stderr


@pytest.mark.parametrize("time", [CREATED, FIRST - 1])
def test_between_creation_and_first_commit_it_is_empty_with_a_schema(timed, time):
    found = timed.now.replay(NAME, "--at", time)
    assert found.num_rows == 0
    assert found.schema.names == ["id", "voltage"]
    assert found.schema.types == [pa.int64(), pa.float64()]


def test_an_unknown_snapshot_is_not_found(timed):
    done = timed.now.run("replay", "query", NAME, "--snapshot", 12345, exit_code=EXIT_NOT_FOUND)
    assert "12345" in done.stderr


def test_our_commits_never_share_a_time(own):
    own.append(AFTER, 4)
    own.append(AFTER, 5)
    own.append(T, 6)  # a clock that went back
    times = [entry["timestamp-ms"] for entry in own.files.metadata()["snapshot-log"]]
    assert times == [FIRST, SECOND, THIRD, AFTER, AFTER + 1, AFTER + 2]
    own.files.check_history()
    own.now = own.programs.at(AFTER + MINUTE)
    assert own.ids_at(AFTER) == [1, 2, 3, 4]
    assert own.ids_at(AFTER + 1) == [1, 2, 3, 4, 5]


def test_of_equal_times_the_last_entry_counts(own):
    path = path_of(own.files.metadata_location())
    with open(path, encoding="utf-8") as file:
        metadata = json.load(file)
    # As another writer may have left it: the second and the third commit within one millisecond.
    metadata["snapshot-log"][1]["timestamp-ms"] = THIRD
    metadata["snapshots"][1]["timestamp-ms"] = THIRD
    with open(path, "w", encoding="utf-8") as file:
        json.dump(metadata, file)
    assert own.ids_at(THIRD) == [1, 2, 3]
    assert own.ids_at(THIRD - 1) == [1]


def test_after_a_rollback_the_log_decides(own):
    ids = [snapshot["snapshot-id"] for snapshot in own.files.snapshots()]
    own.programs.at(THIRD + MINUTE).table("rollback", NAME, "--snapshot", ids[0])
    own.append(THIRD + 2 * MINUTE, 4)
    assert own.ids_at(THIRD) == [1, 2, 3]
    assert own.ids_at(THIRD + MINUTE) == [1]
    assert own.ids_at(AFTER) == [1, 4]


@pytest.fixture(scope="module")
def evolved(make_programs):
    """voltage became panel_voltage and flux was added, after the third commit."""
    made = Timed(make_programs())
    later = made.programs.at(THIRD + MINUTE)
    later.table("alter", NAME, "rename-column", "voltage", "panel_voltage")
    later.table("alter", NAME, "add-column", "flux:double")
    return made


def test_an_old_time_has_the_old_name(evolved):
    found = evolved.now.replay(NAME, "--at", T).sort_by("id")
    assert found.to_pydict() == {"id": [1, 2], "voltage": [0.25, 0.5]}


def test_current_mode_has_the_new_name_with_the_same_values(evolved):
    found = evolved.now.replay(NAME, "--at", T, "--mode", "current").sort_by("id")
    assert found.to_pydict() == {"id": [1, 2], "panel_voltage": [0.25, 0.5], "flux": [None, None]}


def test_sql_has_both_modes(evolved):
    query = f"SELECT * FROM artemis.{NAME} AS OF TIMESTAMP '2026-03-15T12:00:00Z' ORDER BY id"
    assert evolved.now.sql(query).to_pydict() == {"id": [1, 2], "voltage": [0.25, 0.5]}
    lines = evolved.now.sql_lines(["SET artemis.projection_mode = 'current'", query])
    assert lines == [{"id": 1, "panel_voltage": 0.25, "flux": None}, {"id": 2, "panel_voltage": 0.5, "flux": None}]


def test_filters_use_the_names_of_the_mode(evolved):
    by = {"snapshot_time": "voltage", "current": "panel_voltage"}
    for mode, name in by.items():
        found = evolved.now.replay(NAME, "--at", T, "--mode", mode, "--where", f"{name} > 0.3")
        assert found.column("id").to_pylist() == [2]


def test_a_later_commit_has_the_new_schema(own):
    own.programs.at(THIRD + MINUTE).table("alter", NAME, "rename-column", "voltage", "panel_voltage")
    own.append(THIRD + 2 * MINUTE, 4, voltage="panel_voltage")
    assert own.now.replay(NAME, "--at", THIRD).schema.names == ["id", "voltage"]
    found = own.now.replay(NAME, "--at", AFTER).sort_by("id")
    assert found.to_pydict() == {"id": [1, 2, 3, 4], "panel_voltage": [0.25, 0.5, 0.75, 1.0]}
