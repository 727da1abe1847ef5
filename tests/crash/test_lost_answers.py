"""Thirty percent of the catalog's replies are lost or arrive twice, on every kind of catalog: nothing is lost, doubled,
or deleted while it is live.

With --once, a command is repeated until it is acknowledged. Without, whoever does not know the outcome looks at the
table. 40 and 20 commits on each of three catalogs; 2,000 and 1,000 with ARTEMIS_TEST_FULL set."""

import itertools
import json

import pytest

from changes import ROW_CHANGES, Change, create_table
from places import KINDS
from support.fixtures import SEED
from support.table_files import path_of
from whole import check_whole
from writers import ABSENT, CONFLICT, DONE, REFUSED, UNKNOWN, Ledger, attempt, run_writers, seed_tables

WRITERS = 8
ONCE, ONCE_FULL = 40, 2000
LOOKED, LOOKED_FULL = 20, 1000
SAMPLES = 25
TRIES_MAX = 200
# Of every reply of the catalog, reads included. A lost request is a lost reply of a call that was never made.
LOST, LOST_REQUESTS, DOUBLED = 0.12, 0.06, 0.12
CALLS_MAX = 60
TABLES = ("lab.copied", "lab.marked", "lab.vectors")
# Those that can be told by what they leave, also where the catalog records no author: a path table.
TOLD = ("append", "overwrite", "delete", "add-column", "tag-create")


@pytest.fixture(params=KINDS)
def place(request, make_place):
    made = make_place(request.param)
    marks = ("write.delete.mode=merge-on-read",)
    create_table(made.programs, TABLES[0])
    create_table(made.programs, TABLES[1], properties=marks)
    create_table(made.programs, TABLES[2], version=3, properties=marks)
    return made


@pytest.fixture
def ledger(place):
    made = Ledger()
    seed_tables(place, made, TABLES)
    return made


def _random_faults(rng):
    actions = ["lose", "lose_request", "double", None]
    weights = [LOST, LOST_REQUESTS, DOUBLED, 1 - LOST - LOST_REQUESTS - DOUBLED]
    drawn = enumerate(rng.choices(actions, weights, k=CALLS_MAX), start=1)
    return ",".join(f"*:{call}:{action}" for call, action in drawn if action)


def _try(place, change, faults, more=()):
    """One run; a failure that is none of the rules is a change that is not there."""
    entry = attempt(place.programs_with(ARTEMIS_TEST_CATALOG_FAULT=faults), change, more)
    if entry.outcome == REFUSED and "injected fault" in entry.stderr:
        return entry._replace(outcome=ABSENT)
    return entry


def _repeat(place, change, faults):
    """Runs a change under its key until it is acknowledged, or refused by the rules; `faults()` are those of a run."""
    lost, start = (), None
    for _ in range(TRIES_MAX):
        entry = _try(place, change, faults(), ("--once", _key(change)))
        lost, start = lost + entry.lost, start or entry.start
        if entry.outcome in (DONE, REFUSED):
            return entry._replace(lost=lost, start=start if entry.committed else entry.start)
    raise AssertionError(f"not acknowledged after {TRIES_MAX} tries: {change}")


def _key(change):
    return f"key, of change {change.id}"


def _look(place, change, faults):
    """Runs a change once; where its outcome is unknown, looks whether it is in the table."""
    entry = _try(place, change, faults())
    if entry.outcome != UNKNOWN:
        return entry
    with open(path_of(place.metadata_location(change.table)), encoding="utf-8") as file:
        there, snapshot = _find(change, json.load(file))
    return entry._replace(outcome=DONE if there else ABSENT, report={"snapshot_id": snapshot} if there else {})


def _find(change, metadata):
    """Whether a change is in a table, and its snapshot."""
    if change.kind in ROW_CHANGES:
        authors = {found["summary"]["artemis.author"]: found["snapshot-id"] for found in metadata["snapshots"]}
        return change.author in authors, authors.get(change.author)
    if change.kind == "tag-create":
        ref = metadata["refs"].get(change.tag, {})
        return bool(ref), ref.get("snapshot-id")
    return change.column in {field["name"] for schema in metadata["schemas"] for field in schema["fields"]}, None


ONE_FAULT = (
    "Commit:1:lose", "Commit:1:lose_request", "Commit:1:double", "Commit:1:fail", "Load:0:double",
    # The look after the lost answer is lost as well.
    "Commit:1:lose,Load:3:lose", "Commit:1:lose_request,Load:3:lose",
)  # fmt: skip


def _change_of(id, kind):
    return {
        "append": Change(id, TABLES[0], kind, groups=(1, 2)),
        "add-column": Change(id, TABLES[0], kind, column=f"c{id}"),
        "tag-create": Change(id, TABLES[0], kind, tag=f"t{id}"),
    }[kind]


def _begin(place, ledger, make):
    """Every way to lose an answer, in the first run of a change of rows and of changes of metadata alone."""
    for fault in ONE_FAULT:
        for kind in ("append", "add-column", "tag-create"):
            faults = itertools.chain([fault], itertools.repeat(""))
            ledger.add(make(place, _change_of(ledger.new_id(), kind), lambda faults=faults: next(faults)))


def _run(place, ledger, make, commits, kinds):
    def make_one(change, rng):
        entry = make(place, change, lambda: _random_faults(rng))
        return entry if entry.outcome != CONFLICT else entry._replace(outcome=ABSENT)

    run_writers(ledger, TABLES, WRITERS, commits, f"{SEED}/{place.kind}", make_one, kinds, shares=0)
    for (kind, outcome), count in sorted(ledger.counted().items()):
        print(f"{place.kind}: {kind} {outcome}: {count}")
    lost = [entry for entry in ledger.entries if entry.lost]
    print(f"{place.kind}: {len(lost)} changes of unknown outcome, {sum(e.outcome == DONE for e in lost)} are there")
    assert ledger.committed >= commits


def _check(place, ledger, name):
    version = 3 if name == TABLES[2] else 2
    check_whole(place, name, ledger.of(name), version, copies=name == TABLES[0], samples=SAMPLES)


def test_commands_repeated_under_their_keys_change_the_table_once(place, ledger, full):
    _begin(place, ledger, _repeat)
    assert all(entry.outcome == DONE for entry in ledger.entries)
    # Of other changes of metadata a path table does not tell whose they are.
    kinds = TOLD if place.kind == "path" else (*TOLD, "widen-column", "tag-replace")
    _run(place, ledger, _repeat, ONCE_FULL if full else ONCE, kinds)
    for name in TABLES:
        _check(place, ledger, name)
        keys = {entry.change.author: _key(entry.change) for entry in ledger.of(name)}
        summaries = [snapshot["summary"] for snapshot in place.files(name).snapshots()]
        # The first append had no key.
        assert [summary.get("artemis.once") for summary in summaries[1:]] == [
            keys[summary["artemis.author"]] for summary in summaries[1:]
        ]


def test_commands_of_unknown_outcome_are_in_the_table_once_or_not_at_all(place, ledger, full):
    _begin(place, ledger, _look)
    lost = {(entry.change.kind, entry.outcome) for entry in ledger.entries if entry.lost}
    assert lost == {(kind, outcome) for kind in ("append", "add-column", "tag-create") for outcome in (DONE, ABSENT)}
    _run(place, ledger, _look, LOOKED_FULL if full else LOOKED, TOLD)
    for name in TABLES:
        _check(place, ledger, name)


def test_commands_whose_every_request_arrives_twice_are_made_once_and_leave_nothing(place, ledger):
    _run(place, ledger, lambda place, change, _: _try(place, change, "*:0:double"), 20, TOLD)
    assert {entry.outcome for entry in ledger.entries} <= {DONE, REFUSED}
    for name in TABLES:
        _check(place, ledger, name)


def test_a_client_that_neither_has_a_key_nor_looks_doubles_its_change(place, ledger):
    """The control: answers are really lost, and what comes of it is found."""
    change = _change_of(ledger.new_id(), "append")
    assert _try(place, change, "Commit:1:lose,Load:3:lose").outcome == UNKNOWN
    ledger.add(_try(place, change, ""))
    with pytest.raises(AssertionError, match="is there twice"):
        _check(place, ledger, TABLES[0])
