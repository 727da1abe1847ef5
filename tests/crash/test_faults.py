"""The n-th file operation of a commit goes wrong, for n = 1, 2, 3 … until the command is done without meeting it.

An operation that fails, or whose reply is lost: the command ends with one line, the table is as it was, and no file is
left behind; or it succeeds, and the table is whole. An operation at which the process is killed: as for any kill.
"""

import pytest

import ledger
from ledger import Ledger, write_batch
from support.programs import EXIT_CONFLICT, EXIT_DONE, EXIT_FAILED, arrow_table

NAME = "lab.readings"
CALLS_MAX = 400
# Kills are tried at every so many calls, from a random one on.
KILL_STEP = 4
SIGKILLED = -9


@pytest.fixture
def table(programs):
    # Two files a commit: every call of every file is tried.
    ledger.create(programs, NAME, partition="station")
    made = Ledger(programs, NAME)
    for _ in range(2):
        made.append(made.new_batch(), made.new_batch())
    return made


def _append(table, batch):
    """The arguments of a command, and the batches after it."""
    return ("table", "append", NAME, write_batch(table.programs, batch)), table.landed | {batch}


def _overwrite(table, batch):
    # Files hold two batches: one leaves, the other is written again.
    old = min(table.landed)
    arguments = "table", "overwrite", NAME, write_batch(table.programs, batch), "--where", f"batch = {old}"
    return arguments, table.landed - {old} | {batch}


COMMANDS = pytest.mark.parametrize("command", [_append, _overwrite], ids=["append", "overwrite"])


def _attempt(table, command, fault):
    """Runs the command with a fault: (how it ended, whether the table now has its change)."""
    batch = table.new_batch()
    arguments, after = command(table, batch)
    location = table.files.metadata_location()
    done = table.programs.with_environment(ARTEMIS_TEST_FAULT=fault).attempt(*arguments)
    if done.exit_code != EXIT_DONE and table.files.metadata_location() == location:
        return done, False  # nothing to read: the table is the same file as before
    return done, table.settle(done.exit_code == EXIT_DONE, table.landed, after)


def _sweep(table, command, action, check):
    """Each call in turn, until one is never reached; how many calls there are."""
    for call in range(1, CALLS_MAX):
        before = table.files.present()
        done, landed = _attempt(table, command, f"*:{call}:{action}")
        check(f"call {call}", done, landed, table.files.present() - before)
        if done.exit_code == EXIT_DONE and "injected fault" not in done.stderr:
            return call - 1
    raise AssertionError(f"still failing at call {CALLS_MAX}")


def _check_failure(what, done, landed, left):
    assert done.exit_code >= 0, f"{what}: killed by a signal\n{done.stderr}"
    if done.exit_code == EXIT_DONE:
        return
    assert len(done.stderr.strip().splitlines()) == 1, f"{what}: one line was expected:\n{done.stderr}"
    if done.exit_code == EXIT_CONFLICT:
        # The outcome is unknown to the command: nothing may be missing, and something may be left.
        return
    assert not landed, f"{what}: a command that failed changed the table: {done.stderr}"
    assert not left, f"{what}: {done.stderr.strip()}\nleft behind: {sorted(left)}"


@COMMANDS
@pytest.mark.parametrize("action", ["fail", "lose"])
def test_a_command_whose_files_fail_is_whole_or_leaves_nothing(table, command, action):
    calls = _sweep(table, command, action, _check_failure)
    print(f"{calls} file operations")
    assert calls >= 10, "a commit has more file operations than that"
    table.check()
    assert table.files.orphans() == set()


@COMMANDS
@pytest.mark.parametrize("action", ["kill", "kill_after"])
def test_a_command_killed_at_a_file_operation_is_whole_or_not_there(table, command, action, rng):
    killed = 0
    for call in range(rng.randint(1, KILL_STEP), CALLS_MAX, KILL_STEP):
        done, _ = _attempt(table, command, f"*:{call}:{action}")
        assert done.exit_code in (EXIT_DONE, SIGKILLED), f"call {call}: ended with {done.exit_code}\n{done.stderr}"
        if done.exit_code == EXIT_DONE:
            break
        killed += 1
    assert killed > 1, "a commit has more file operations than that"
    table.append(table.new_batch())
    table.check()


def _read(table, how):
    first, last = (table.files.snapshots()[place]["snapshot-id"] for place in (0, -1))
    return {
        "replay": ("replay", "query", NAME, "--format", "arrow"),
        "diff": ("replay", "diff", NAME, "--from-snapshot", first, "--to-snapshot", last, "--format", "arrow"),
        "sql": ("sql", "--query", f"SELECT * FROM artemis.{NAME}", "--format", "arrow"),
    }[how]


@pytest.mark.parametrize("how", ["replay", "diff", "sql"])
def test_a_read_whose_files_fail_gives_all_rows_or_an_error(table, how):
    arguments = _read(table, how)
    expected = arrow_table(table.programs.run(*arguments).stdout)
    failed = 0
    for call in range(1, CALLS_MAX):
        done = table.programs.with_environment(ARTEMIS_TEST_FAULT=f"*:{call}:fail").attempt(*arguments)
        if done.exit_code == EXIT_DONE:
            assert arrow_table(done.stdout).num_rows == expected.num_rows, f"call {call}: rows are missing in silence"
            break
        assert done.exit_code == EXIT_FAILED, f"call {call}: ended with {done.exit_code}\n{done.stderr}"
        assert "injected fault" in done.stderr, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, f"one line was expected:\n{done.stderr}"
        failed += 1
    assert failed >= 3, "a read has more file operations than that"
