"""Many writers at once, each change a process of its own, and the ledger of how every change ended."""

import collections
import concurrent.futures
import itertools
import json
import random
import subprocess
import threading
import time
import typing

import pytest

from changes import ROW_CHANGES, SCHEMA_CHANGES, Author, Change
from support.programs import EXIT_CONFLICT, EXIT_DONE, EXIT_FAILED, EXIT_NOT_FOUND, Finished

# How a change ended. Refused by the rules, or (conflict) beaten at every attempt at the swap: nothing of it may be in the
# table. Unknown: the program was killed, or said that it does not know. Absent: it failed for another reason, or somebody
# has looked: it is not in the table, and never may be.
DONE, REFUSED, CONFLICT, UNKNOWN, ABSENT = "done", "refused", "conflict", "unknown", "absent"
WAIT_S = 600


class Entry(typing.NamedTuple):
    """A change that was tried between `start` and `end` (seconds of the monotonic clock)."""

    change: Change
    outcome: str
    start: float
    end: float
    report: dict  # what the program printed; empty unless done
    stderr: str = ""
    lost: tuple = ()  # start and end of every try whose outcome was unknown: they may have left files behind

    @property
    def committed(self):
        """Whether it says to have changed the table."""
        return self.outcome == DONE and (self.change.kind not in ROW_CHANGES or self.snapshot_id is not None)

    @property
    def snapshot_id(self):
        return self.report.get("snapshot_id")


def outcome_of(finished):
    if finished.exit_code == EXIT_DONE:
        return DONE
    if finished.exit_code < 0:
        return UNKNOWN
    if finished.exit_code == EXIT_CONFLICT:
        return CONFLICT if "nothing was changed" in finished.stderr else UNKNOWN
    if finished.exit_code in (EXIT_FAILED, EXIT_NOT_FOUND):
        return REFUSED
    raise AssertionError(f"ended with {finished.exit_code}: {finished.stderr}")


def attempt(programs, change, more=()):
    """Makes a change, with more arguments, and tells how it ended."""
    command = (*change.command(programs), *more)
    start = time.monotonic()
    return _entry(change, start, _run(programs, command))


def _run(programs, command):
    """Runs a program to its end; it has longer than others, since many share two cores."""
    with programs.start(*command) as process:
        try:
            stdout, stderr = process.communicate(timeout=WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            pytest.fail(f"artemis {' '.join(map(str, command))}\nis not done after {WAIT_S} s")
    return Finished(process.returncode, stdout, stderr.decode("utf-8", "replace"))


def _entry(change, start, finished):
    outcome = outcome_of(finished)
    report = json.loads(finished.stdout) if outcome == DONE else {}
    end = time.monotonic()
    return Entry(change, outcome, start, end, report, finished.stderr, ((start, end),) if outcome == UNKNOWN else ())


def attempt_killed(place, change, point, delay_s=None):
    """Makes a change in a process that is killed at a point (before_swap, after_swap), or some time after its start."""
    programs = place.programs_with(ARTEMIS_TEST_KILL=point) if point else place.programs
    command = change.command(programs)
    start = time.monotonic()
    process = programs.start(*command)
    try:
        stdout, stderr = process.communicate(timeout=WAIT_S if point else delay_s)
    except subprocess.TimeoutExpired:
        process.kill()
        stdout, stderr = process.communicate()
    return _entry(change, start, Finished(process.returncode, stdout, stderr.decode("utf-8", "replace")))


class Ledger:
    """How every change ended, and what writers may know of the tables from each other. Thread-safe."""

    def __init__(self):
        self.entries = []
        self.committed = 0
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._columns = collections.defaultdict(list)
        self._tags = collections.defaultdict(list)

    def new_id(self):
        with self._lock:
            return next(self._ids)

    def add(self, entry):
        with self._lock:
            self.entries.append(entry)
            self.committed += entry.committed
            if entry.committed:
                self._learn(entry.change)

    def of(self, table):
        with self._lock:
            return [entry for entry in self.entries if entry.change.table == table]

    def counted(self):
        """How many changes of each kind ended how."""
        return collections.Counter((entry.change.kind, entry.outcome) for entry in self.entries)

    def columns(self, table):
        """Names of columns that were added, some of which may be gone: that is for the rules to find."""
        with self._lock:
            return list(self._columns[table])

    def tags(self, table):
        with self._lock:
            return list(self._tags[table])

    def _learn(self, change):
        columns, tags = self._columns[change.table], self._tags[change.table]
        if change.kind == "tag-create":
            tags.append(change.tag)
        elif change.kind == "tag-delete" and change.tag in tags:
            tags.remove(change.tag)
        elif change.kind in SCHEMA_CHANGES:
            if change.kind in ("rename-column", "drop-column") and change.column in columns:
                columns.remove(change.column)
            if change.kind in ("add-column", "rename-column"):
                columns.append(change.new_name or change.column)


def seed_tables(place, ledger, tables):
    """A first append to each table, so that there is something to tag."""
    for table in tables:
        entry = attempt(place.programs, Change(ledger.new_id(), table, "append", groups=(0, 1, 2, 3, 4, 5)))
        if entry.outcome != DONE:
            pytest.fail(f"the first append to {table} failed: {entry.stderr}")
        ledger.add(entry)


def run_writers(ledger, tables, writers, commits, seed, make, kinds=tuple(Author.WEIGHTS), shares=Author.SHARES):
    """Writers that change tables at random, all at once, until the ledger has so many more commits.

    `make(change, rng)` makes a change and returns its entry; `kinds` and `shares` are those of Author.
    """
    until = ledger.committed + commits

    def write(number):
        rng = random.Random(f"{seed}/{number}")
        author = Author(rng, ledger, kinds, shares)
        while ledger.committed < until:
            ledger.add(make(author.change(ledger.new_id(), rng.choice(tables)), rng))

    with concurrent.futures.ThreadPoolExecutor(writers) as pool:
        for done in [pool.submit(write, number) for number in range(writers)]:
            done.result()
