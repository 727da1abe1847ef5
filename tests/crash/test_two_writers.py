"""Writers that meet: all commits land, none twice, and the loser of a swap applies its change again."""

import concurrent.futures
import json

import pytest

import ledger
from ledger import Ledger, batches_in, write_batch
from support.programs import EXIT_DONE

NAME = "lab.readings"
COMMITS = 50
CHANGES = 30


@pytest.fixture
def table(programs):
    ledger.create(programs, NAME)
    return Ledger(programs, NAME)


def _run_together(starts):
    """Starts processes at once and waits for all: [(exit code, stderr)]."""
    processes = [start() for start in starts]
    ended = [process.communicate(timeout=100) for process in processes]
    return [(process.returncode, stderr.decode("utf-8", "replace")) for process, (_, stderr) in zip(processes, ended)]


def _commit_event(path):
    """The one commit event of a log."""
    with open(path, encoding="utf-8") as file:
        events = [json.loads(line) for line in file if line.strip()]
    commits = [event for event in events if event["event"] == "commit"]
    assert len(commits) == 1, f"one commit event was expected: {events}"
    return commits[0]


def _barrier(programs, folder):
    return programs.with_environment(ARTEMIS_TEST_BARRIER=f"before_swap:{folder('barrier')}/2")


def test_two_writers_land_fifty_commits_each(table):
    batches = [range(1, COMMITS + 1), range(COMMITS + 1, 2 * COMMITS + 1)]

    def write(own):
        for batch in own:
            table.programs.table("append", NAME, write_batch(table.programs, batch))

    with concurrent.futures.ThreadPoolExecutor(len(batches)) as pool:
        for done in [pool.submit(write, own) for own in batches]:
            done.result()
    assert batches_in(table.programs.current_rows(NAME)) == {batch for own in batches for batch in own}
    assert len(table.files.snapshots()) == 2 * COMMITS
    table.files.check_history()
    table.files.check_files()
    assert table.files.orphans() == set(), "an attempt that lost left files behind"


def test_at_a_barrier_exactly_one_swap_fails_and_is_tried_again(table, folder):
    table.append(table.new_batch())
    held = _barrier(table.programs, folder)
    logs = [table.programs.scratch_path(".log") for _ in range(2)]
    batches = [table.new_batch() for _ in logs]
    files = [write_batch(table.programs, batch) for batch in batches]
    ended = _run_together(
        [lambda f=f, log=log: held.start("table", "append", NAME, f, "--log", log) for f, log in zip(files, logs)]
    )
    assert [code for code, _ in ended] == [EXIT_DONE] * 2, ended
    events = [_commit_event(log) for log in logs]
    assert sorted(event["attempts"] for event in events) == [1, 2]
    assert {event["outcome"] for event in events} == {"committed"}
    assert {event["added_rows"] for event in events} == {ledger.ROWS}
    # The one that lost made the later snapshot, on top of the winner's.
    by_attempts = {event["attempts"]: int(event["snapshot_id"]) for event in events}
    snapshots = table.files.snapshots()
    assert [s["snapshot-id"] for s in snapshots[1:]] == [by_attempts[1], by_attempts[2]]
    table.landed |= set(batches)
    table.check()
    assert table.files.orphans() == set()


def test_an_overwrite_that_meets_an_append_sees_it_or_comes_before_it(table, folder):
    table.append(1)
    held = _barrier(table.programs, folder)
    # Both belong to the overwrite's predicate: whichever is second must know of the first.
    late, corrected = 2, 3
    appended, overwritten = (write_batch(table.programs, batch) for batch in (late, corrected))
    ended = _run_together(
        [
            lambda: held.start("table", "append", NAME, appended),
            lambda: held.start("table", "overwrite", NAME, overwritten, "--where", f"batch <= {late}"),
        ]
    )
    assert [code for code, _ in ended] == [EXIT_DONE] * 2, ended
    found = batches_in(table.programs.current_rows(NAME))
    operations = [snapshot["summary"]["operation"] for snapshot in table.files.snapshots()]
    serial = {("append", "overwrite"): {corrected}, ("overwrite", "append"): {corrected, late}}
    assert found == serial[tuple(operations[1:])]
    table.landed = found
    table.check()


def _random_change(table, rng, id):
    """A change of batches: (its arguments, what it makes of the batches before)."""
    kind = rng.choice(["append", "overwrite", "delete"])
    old = set(rng.sample(range(1, id), min(2, id - 1)))
    where = ("--where", "batch IN (" + ", ".join(map(str, sorted(old))) + ")", "--message", str(id))
    if kind == "append" or not old:
        return ("append", NAME, write_batch(table.programs, id), "--message", str(id)), lambda before: before | {id}
    if kind == "overwrite":
        return ("overwrite", NAME, write_batch(table.programs, id), *where), lambda before: before - old | {id}
    return ("delete", NAME, *where), lambda before: before - old


def test_changes_of_all_kinds_by_three_writers_are_as_if_one_after_the_other(table, rng):
    changes = {id: _random_change(table, rng, id) for id in range(1, CHANGES + 1)}

    def write(id):
        table.programs.table(*changes[id][0])

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(write, id) for id in changes]:
            done.result()
    batches, made = set(), []
    for snapshot in table.files.snapshots():
        made.append(int(snapshot["summary"]["artemis.message"]))
        after = changes[made[-1]][1](batches)
        batches = batches_in(table.programs.replay(NAME, "--snapshot", snapshot["snapshot-id"]))
        assert batches == after, f"after the changes {made}"
    assert len(set(made)) == len(made), "a change twice"
    # Only a delete that found nothing makes no snapshot.
    assert {changes[id][0][0] for id in changes.keys() - set(made)} <= {"delete"}
    table.files.check_history()
    table.files.check_files()
    assert table.files.orphans() == set()


def test_two_first_creates_share_a_new_warehouse(programs):
    schema = programs.write_json(ledger.iceberg_schema(ledger.COLUMNS))
    names = ["lab.one", "lab.two"]
    ended = _run_together([lambda n=n: programs.start("table", "create", n, "--schema", schema) for n in names])
    assert [code for code, _ in ended] == [EXIT_DONE] * 2, ended
    assert sorted(programs.tables()) == names


def test_two_creates_of_one_name_have_one_winner(programs, folder):
    schema = programs.write_json(ledger.iceberg_schema(ledger.COLUMNS))
    ledger.create(programs, "lab.other")
    for i in range(5):
        name = f"lab.contested{i}"
        ended = _run_together([lambda: programs.start("table", "create", name, "--schema", schema)] * 2)
        assert sorted(code == EXIT_DONE for code, _ in ended) == [False, True], ended
        assert programs.tables().count(name) == 1
        table = Ledger(programs, name)
        table.append(1)
        table.check()
