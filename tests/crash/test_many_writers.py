"""Thirty-two writers at once, on SQLite and on PostgreSQL: each table is what its acknowledged changes make of it, one
after the other; nothing is lost, doubled, or let in against the rules.

250 commits over ten tables; 5,000 with ARTEMIS_TEST_FULL set."""

import dataclasses
import json

import pytest

import serial
from changes import Change, Where, create_table
from places import Swap
from support.fixtures import SEED
from support.programs import on_all_cores
from whole import check_table, check_whole
from writers import CONFLICT, DONE, REFUSED, UNKNOWN, Ledger, attempt, attempt_killed, run_writers, seed_tables

WRITERS = 32
COMMITS, COMMITS_FULL = 250, 5000
SAMPLES_FULL = 25
KILLED = 0.1  # of the changes of tables whose writers are killed
NO_RETRIES = "commit.retry.num-retries=0"
MERGE_ON_READ = "write.delete.mode=merge-on-read"


@dataclasses.dataclass(frozen=True)
class Kind:
    """A table: how it is made, and what its writers suffer."""

    version: int = 2
    partition: str = "grp"
    properties: tuple = ()
    killed: bool = False

    @property
    def copies(self):
        return MERGE_ON_READ not in self.properties


TABLES = {
    "lab.plain": Kind(),
    "lab.flat": Kind(partition=""),
    "lab.merged": Kind(properties=("commit.manifest.min-count-to-merge=3",)),
    "lab.once": Kind(properties=(NO_RETRIES,)),
    "lab.marked": Kind(properties=(MERGE_ON_READ,)),
    "lab.marked_flat": Kind(partition="", properties=(MERGE_ON_READ, NO_RETRIES)),
    "lab.vectors": Kind(version=3, properties=(MERGE_ON_READ,)),
    "lab.lineage": Kind(version=3, partition="bucket(3, grp)"),
    "lab.killed": Kind(killed=True),
    "lab.killed_flat": Kind(partition="", properties=("commit.manifest.min-count-to-merge=3",), killed=True),
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def place(request, make_place):
    return make_place(request.param)


def _make(place):
    def make(change, rng):
        if TABLES[change.table].killed and rng.random() < KILLED:
            point = rng.choice(["before_swap", "after_swap", None])
            return attempt_killed(place, change, point, delay_s=rng.uniform(0.01, 0.3))
        return attempt(place.programs, change)

    return make


def _check_table(place, ledger, name, kind=Kind(), samples=None):
    return check_whole(place, name, ledger.of(name), kind.version, kind.copies, samples)


def _print(ledger, kind):
    for (change, outcome), count in sorted(ledger.counted().items()):
        print(f"{kind}: {change} {outcome}: {count}")


def test_ten_tables_are_what_their_acknowledged_changes_make_of_them(place, full):
    ledger = Ledger()
    for name, kind in TABLES.items():
        create_table(place.programs, name, kind.partition, kind.version, kind.properties)
    seed_tables(place, ledger, TABLES)
    commits = COMMITS_FULL if full else COMMITS
    for name in (name for name, kind in TABLES.items() if kind.killed):
        ledger.add(attempt_killed(place, Change(ledger.new_id(), name, "append", groups=(0, 1)), point="before_swap"))
    run_writers(ledger, list(TABLES), WRITERS, commits, f"{SEED}/{place.kind}", _make(place))
    _print(ledger, place.kind)
    assert ledger.committed >= commits
    samples = SAMPLES_FULL if full else None
    on_all_cores(lambda name: _check_table(place, ledger, name, TABLES[name], samples), TABLES)
    outcomes = {entry.outcome for entry in ledger.entries}
    assert {DONE, UNKNOWN} <= outcomes <= {DONE, UNKNOWN, REFUSED, CONFLICT}


# ---- One table ----

HUNDRED = "lab.hundred"


@pytest.fixture(scope="module")
def hundred(place):
    """A hundred commits of all writers on one table."""
    ledger = Ledger()
    create_table(place.programs, HUNDRED)
    seed_tables(place, ledger, [HUNDRED])
    make = lambda change, rng: attempt(place.programs, change)  # noqa: E731
    run_writers(ledger, [HUNDRED], WRITERS, 100, f"{SEED}/{place.kind}/hundred", make)
    _print(ledger, place.kind)
    return ledger


def test_a_hundred_commits_on_one_table_are_as_if_one_after_the_other(place, hundred):
    assert hundred.committed > 100
    history = _check_table(place, hundred, HUNDRED)
    assert len(history.states) == hundred.committed + 1
    retried = [entry for entry in hundred.entries if entry.report.get("attempts", 0) > 1]
    assert retried, "no two of them ever met"


def _place_of(entries, kind):
    """The last entry of a kind that changed rows of others, or, of an append, the table."""
    return max(
        i
        for i, entry in enumerate(entries)
        if entry.change.kind == kind and entry.committed and (kind == "append" or entry.report["rows_deleted"] > 0)
    )


def _doctor_entry(entries, kind, **values):
    place = _place_of(entries, kind)
    entries[place] = entries[place]._replace(**values)


def _leave_out_a_change(entries, swaps):
    del entries[_place_of(entries, "append")]


def _add_a_change(entries, swaps):
    change = Change(10**6, HUNDRED, "append", groups=(1,))
    entries.append(entries[-1]._replace(change=change, outcome=DONE, report={"attempts": 1, "snapshot_id": 1}))


def _acknowledge_a_change_twice(entries, swaps):
    entries.append(next(entry for entry in entries if entry.committed))


def _call_a_change_refused(entries, swaps):
    _doctor_entry(entries, "append", outcome=REFUSED, report={})


def _call_a_change_a_conflict(entries, swaps):
    _doctor_entry(entries, "overwrite", outcome=CONFLICT, report={})


def _refuse_without_a_reason(entries, swaps):
    change = Change(10**6, HUNDRED, "add-column", column="c1000000")
    entries.append(entries[-1]._replace(change=change, outcome=REFUSED, report={}))


def _acknowledge_another_snapshot(entries, swaps):
    _doctor_entry(entries, "append", report={"attempts": 1, "snapshot_id": 1})


def _delay_the_first_change(entries, swaps):
    entries[0] = entries[0]._replace(start=entries[-1].end + 1, end=entries[-1].end + 2)


def _lose_the_rows_of_a_change(entries, swaps):
    change = entries[_place_of(entries, "append")].change
    _doctor_entry(entries, "append", change=dataclasses.replace(change, groups=(0,) * 9))


def _merge_what_another_change_had_seen(entries, swaps):
    """An overwrite, planned on an older state, that does not see what came since."""
    overwrite = entries[_place_of(entries, "overwrite")].change
    blind = dataclasses.replace(overwrite, where=dataclasses.replace(overwrite.where, change_max=0))
    _doctor_entry(entries, "overwrite", change=blind)


def _lose_a_swap(entries, swaps):
    del swaps[len(swaps) // 2]


def _double_a_swap(entries, swaps):
    swaps.append(swaps[-1])


def _change_metadata(swaps, change):
    """Changes the newest metadata file that made a snapshot."""
    place = max(i for i in range(1, len(swaps)) if len(swaps[i].metadata["snapshots"]) > _count(swaps[i - 1]))
    metadata = json.loads(json.dumps(swaps[place].metadata))
    change(metadata)
    swaps[place] = Swap(swaps[place].location, swaps[place].author, metadata)


def _count(swap):
    return len(swap.metadata.get("snapshots", []))


def _skip_a_parent(entries, swaps):
    def skip(metadata):
        newest = max(metadata["snapshots"], key=lambda snapshot: snapshot["sequence-number"])
        newest["parent-snapshot-id"] = metadata["snapshots"][0]["snapshot-id"]

    _change_metadata(swaps, skip)


def _drop_a_snapshot(entries, swaps):
    _change_metadata(swaps, lambda metadata: metadata["snapshots"].pop(0))


def _forget_a_tag(entries, swaps):
    metadata = json.loads(json.dumps(swaps[-1].metadata))
    tags = [name for name, ref in metadata["refs"].items() if ref["type"] == "tag"]
    metadata["refs"].pop(tags[0]) if tags else metadata["refs"].update(t0={"type": "tag", "snapshot-id": 1})
    swaps[-1] = swaps[-1]._replace(metadata=metadata)


def _rename_a_column(entries, swaps):
    metadata = json.loads(json.dumps(swaps[-1].metadata))
    for schema in metadata["schemas"]:
        schema["fields"][1]["name"] = "other"
    swaps[-1] = swaps[-1]._replace(metadata=metadata)


@pytest.mark.parametrize(
    "doctor",
    [
        _leave_out_a_change, _add_a_change, _acknowledge_a_change_twice, _call_a_change_refused,
        _call_a_change_a_conflict, _refuse_without_a_reason, _acknowledge_another_snapshot, _delay_the_first_change,
        _lose_the_rows_of_a_change, _merge_what_another_change_had_seen, _lose_a_swap, _double_a_swap, _skip_a_parent,
        _drop_a_snapshot, _forget_a_tag, _rename_a_column,
    ],
)  # fmt: skip
def test_the_check_finds_what_is_wrong(place, hundred, doctor):
    entries, swaps = hundred.of(HUNDRED), place.swaps(HUNDRED)
    serial.replay(entries, swaps)
    doctor(entries, swaps)
    with pytest.raises(AssertionError):
        serial.replay(entries, swaps)


def test_the_check_of_rows_finds_a_row_that_is_missing_twice_or_changed(place, hundred):
    state = serial.replay(hundred.of(HUNDRED), place.swaps(HUNDRED)).states[-1]
    rows = place.programs.replay(HUNDRED, "--ref", "main", "--mode", "current").to_pylist()
    check_table(rows, state, HUNDRED)
    for doctored in (rows[1:], rows + rows[:1], [{**rows[0], "grp": -1}, *rows[1:]]):
        with pytest.raises(AssertionError):
            check_table(doctored, state, HUNDRED)


# ---- Two changes that exclude each other ----


@dataclasses.dataclass(frozen=True)
class Meeting:
    """Two changes that meet before the swap: how the second of them ends, and what it says."""

    first: dict
    second: dict
    outcome: str
    message: str
    properties: tuple = ()


ADDED = dict(kind="add-column", column="shared")
MEETINGS = {
    "drop": Meeting(
        dict(kind="drop-column", column="c2"), dict(kind="drop-column", column="c2"), REFUSED, "no such column"
    ),
    "add": Meeting(ADDED, ADDED, REFUSED, "there is a column shared"),
    "rename": Meeting(
        dict(kind="rename-column", column="c2", new_name="r3"), dict(kind="rename-column", column="c2", new_name="r4"),
        REFUSED, "no such column",
    ),
    "widen": Meeting(
        dict(kind="widen-column", column="c2"), dict(kind="widen-column", column="c2"), REFUSED, "cannot be widened"
    ),
    "rename_and_drop": Meeting(
        dict(kind="rename-column", column="c2", new_name="r3"), dict(kind="drop-column", column="c2"),
        REFUSED, "no such column",
    ),
    "tag": Meeting(
        dict(kind="tag-create", tag="shared"), dict(kind="tag-create", tag="shared"), REFUSED, "tag 'shared' exists"
    ),
    "append": Meeting(
        dict(kind="append", groups=(1, 2)), dict(kind="append", groups=(1, 2)), CONFLICT, "gave up after 1 attempts",
        (NO_RETRIES,),
    ),
    "append_and_alter": Meeting(
        dict(kind="append", groups=(1, 2)), ADDED, CONFLICT, "gave up after 1 attempts", (NO_RETRIES,)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MEETINGS)
def test_of_two_changes_that_exclude_each_other_the_second_is_refused(place, folder, name):
    meeting, table, ledger = MEETINGS[name], f"lab.meeting_{name}", Ledger()
    create_table(place.programs, table, properties=meeting.properties)
    seed_tables(place, ledger, [table])
    ledger.add(attempt(place.programs, Change(ledger.new_id(), table, "add-column", column="c2")))
    held = place.programs_with(ARTEMIS_TEST_BARRIER=f"before_swap:{folder('barrier')}/2")
    pair = [Change(ledger.new_id(), table, **values) for values in (meeting.first, meeting.second)]
    entries = on_all_cores(lambda change: attempt(held, change), pair)
    for entry in entries:
        ledger.add(entry)
    assert sorted(entry.outcome for entry in entries) == sorted([DONE, meeting.outcome]), entries
    assert [meeting.message in entry.stderr for entry in entries if entry.outcome != DONE] == [True], entries
    _check_table(place, ledger, table)


def test_two_overwrites_of_the_same_rows_leave_the_rows_of_the_second(place, folder):
    table, ledger = "lab.meeting_overwrite", Ledger()
    create_table(place.programs, table)
    seed_tables(place, ledger, [table])
    held = place.programs_with(ARTEMIS_TEST_BARRIER=f"before_swap:{folder('barrier')}/2")
    pair = [Change(ledger.new_id(), table, "overwrite", groups=(1, 1), where=Where(1)) for _ in range(2)]
    for entry in on_all_cores(lambda change: attempt(held, change), pair):
        assert entry.outcome == DONE, entry
        ledger.add(entry)
    history = _check_table(place, ledger, table)
    last = {change for (change, _), values in history.states[-1].rows.items() if values[3] == 1}
    assert len(last) == 1, "rows of both: one did not see the other"
