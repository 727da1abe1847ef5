"""Writers killed at random times, and right before the swap: acknowledged commits stay, others are whole or absent."""

import statistics
import subprocess
import time

import pytest

import ledger
from ledger import Ledger, write_batch
from support.killed_catalog import die_in_transaction
from support.programs import EXIT_FAILED, EXIT_NOT_FOUND
from support.table_files import pyiceberg_catalog

NAME = "lab.readings"
APPENDS, OVERWRITES, CREATES = 50, 12, 12
KILL_BEFORE_SWAP = {"ARTEMIS_TEST_KILL": "before_swap"}
SIGKILLED = -9


@pytest.fixture
def table(programs):
    ledger.create(programs, NAME)
    return Ledger(programs, NAME)


def _duration_s(run):
    """How long a run takes: the median of three."""
    times = []
    for _ in range(3):
        begin = time.monotonic()
        run()
        times.append(time.monotonic() - begin)
    return statistics.median(times)


def _killed_after(process, delay_s):
    """Kills the process after a delay, unless it is done by then; whether it acknowledged."""
    try:
        process.communicate(timeout=delay_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    assert process.returncode in (0, SIGKILLED), f"ended with {process.returncode}"
    return process.returncode == 0


def _append_killed(table, delay_s):
    batch = table.new_batch()
    process = table.programs.start("table", "append", NAME, write_batch(table.programs, batch))
    return table.settle(_killed_after(process, delay_s), table.landed, table.landed | {batch})


def _read_by_pyiceberg(table):
    rows = pyiceberg_catalog(table.programs).load_table(NAME).scan().to_arrow()
    assert ledger.batches_in(rows) == table.landed


def test_appends_killed_at_random_times_land_whole_or_not_at_all(table, rng):
    duration_s = _duration_s(lambda: table.append(table.new_batch()))
    landed = [_append_killed(table, rng.uniform(0, 1.2 * duration_s)) for _ in range(APPENDS)]
    print(f"{sum(landed)} of {APPENDS} landed, an append takes {duration_s * 1000:.0f} ms")
    table.check()
    table.append(table.new_batch())
    table.check()
    _read_by_pyiceberg(table)


def test_appends_killed_before_the_swap_leave_no_trace_for_readers(table):
    table.append(table.new_batch())
    killed = table.programs.with_environment(**KILL_BEFORE_SWAP)
    for _ in range(5):
        batch = table.new_batch()
        process = killed.start("table", "append", NAME, write_batch(table.programs, batch))
        process.communicate(timeout=60)
        assert process.returncode == SIGKILLED
        assert not table.settle(False, table.landed, table.landed | {batch})
    assert table.files.orphans(), "it was killed after it wrote files, or the point is not where it should be"
    table.append(table.new_batch())
    table.check()
    _read_by_pyiceberg(table)


def test_overwrites_killed_at_random_times_replace_all_or_nothing(table, rng):
    # Files that hold several batches must be split.
    for _ in range(4):
        table.append(*(table.new_batch() for _ in range(5)))

    def arguments(old, new):
        return "overwrite", NAME, write_batch(table.programs, new), "--where", f"batch = {old}"

    def overwrite():
        old, new = min(table.landed), table.new_batch()
        table.programs.table(*arguments(old, new))
        table.settle(True, table.landed, table.landed - {old} | {new})

    duration_s = _duration_s(overwrite)
    for _ in range(OVERWRITES):
        old, new = min(table.landed), table.new_batch()
        process = table.programs.start("table", *arguments(old, new))
        acknowledged = _killed_after(process, rng.uniform(0, 1.2 * duration_s))
        table.settle(acknowledged, table.landed, table.landed - {old} | {new})
    overwrite()
    table.check()
    _read_by_pyiceberg(table)


def test_creates_killed_at_random_times_make_a_usable_table_or_none(programs, rng):
    schema = programs.write_json(ledger.iceberg_schema(ledger.COLUMNS))

    def arguments(name):
        return "create", name, "--schema", schema, "--partition", ledger.PARTITION

    ledger.create(programs, "lab.first")
    duration_s = _duration_s(lambda: programs.table(*arguments(f"lab.t{time.monotonic_ns()}")))
    for i in range(CREATES):
        name = f"lab.killed{i}"
        process = programs.start("table", *arguments(name))
        acknowledged = _killed_after(process, rng.uniform(0, 1.2 * duration_s))
        there = name in programs.tables()
        assert there or not acknowledged, "an acknowledged table is lost"
        if not there:
            programs.table(*arguments(name))
        assert programs.replay(name, "--at", "now").column_names == [column for column, _ in ledger.COLUMNS]
        table = Ledger(programs, name)
        table.append(1)
        table.check()


def test_first_creates_killed_at_random_times_leave_a_usable_warehouse(make_programs, rng):
    def arguments(programs, name):
        return "create", name, "--schema", programs.write_json(ledger.iceberg_schema(ledger.COLUMNS))

    fresh = make_programs()
    duration_s = _duration_s(lambda: fresh.table(*arguments(fresh, f"lab.t{time.monotonic_ns()}")))
    for _ in range(CREATES):
        programs = make_programs()
        process = programs.start("table", *arguments(programs, NAME))
        acknowledged = _killed_after(process, rng.uniform(0.3, 1.2) * duration_s)
        listed = programs.attempt("table", "list")
        assert listed.exit_code in (0, EXIT_FAILED, EXIT_NOT_FOUND), listed.stderr
        there = NAME in listed.stdout.decode("utf-8")
        assert there or not acknowledged, "an acknowledged table is lost"
        if not there:
            programs.table(*arguments(programs, NAME))
        Ledger(programs, NAME).append(1)


def test_a_catalog_left_within_a_transaction_is_read_and_written(table):
    table.append(table.new_batch())
    for write_first in (False, True):
        die_in_transaction(table.programs.database)
        if not write_first:
            assert ledger.batches_in(table.programs.current_rows(NAME)) == table.landed
            assert table.programs.tables() == [NAME]
        table.append(table.new_batch())
    table.check()
