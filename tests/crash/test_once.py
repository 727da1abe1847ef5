"""--once KEY: however often a command is run, after a kill or at the same time, its change is made once."""

import pytest

import ledger
from ledger import Ledger, write_batch
from support.programs import EXIT_DONE

NAME = "lab.readings"


@pytest.fixture
def table(programs):
    ledger.create(programs, NAME)
    made = Ledger(programs, NAME)
    made.append(made.new_batch())
    return made


def _once(table, batch, key):
    return "table", "append", NAME, write_batch(table.programs, batch), "--once", key


def test_a_repeated_key_changes_nothing_and_names_the_snapshot(table):
    batch = table.new_batch()
    table.programs.run(*_once(table, batch, "delivery 7"))
    table.settle(True, table.landed, table.landed | {batch})
    held_by = table.files.snapshots()[-1]["snapshot-id"]
    location = table.files.metadata_location()
    again = table.programs.run(*_once(table, batch, "delivery 7"))
    assert str(held_by) in again.stdout.decode("utf-8") + again.stderr
    assert table.files.metadata_location() == location
    table.check()
    assert table.files.orphans() == set(), "the second run left files behind"


def test_another_key_is_another_change(table):
    for key in ("monday", "tuesday"):
        batch = table.new_batch()
        table.programs.run(*_once(table, batch, key))
        table.settle(True, table.landed, table.landed | {batch})
    table.check()


def test_a_killed_run_is_repeated_under_its_key(table):
    batch = table.new_batch()
    killed = table.programs.with_environment(ARTEMIS_TEST_KILL="before_swap")
    assert killed.attempt(*_once(table, batch, "delivery 8")).exit_code < 0
    for _ in range(2):
        table.programs.run(*_once(table, batch, "delivery 8"))
    table.settle(True, table.landed, table.landed | {batch})
    table.check()


def test_two_overwrites_at_once_with_one_key_make_one_snapshot(table, folder):
    table.append(table.new_batch(), table.new_batch())
    old, new = max(table.landed), table.new_batch()
    command = "table", "overwrite", NAME, write_batch(table.programs, new), "--where", f"batch = {old}", "--once", "key"
    _run_both(table, folder, command)
    table.settle(True, table.landed, table.landed - {old} | {new})
    table.check()
    assert table.files.orphans() == set()


def test_two_runs_at_once_with_one_key_make_one_snapshot(table, folder):
    batch = table.new_batch()
    _run_both(table, folder, _once(table, batch, "delivery 9"))
    table.settle(True, table.landed, table.landed | {batch})
    table.check()
    assert table.files.orphans() == set()


def _run_both(table, folder, command):
    held = table.programs.with_environment(ARTEMIS_TEST_BARRIER=f"before_swap:{folder('barrier')}/2")
    processes = [held.start(*command) for _ in range(2)]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in processes]
    assert [code for *_, code in ended] == [EXIT_DONE] * 2, ended
