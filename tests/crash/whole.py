"""Checks that a table on disk is what a history says, through every reader there is, and that nothing lies about."""

import collections
import json
import os
import random
import time

from pyiceberg.table import StaticTable

import serial
from support.fixtures import SEED
from support.kinds import kind as kind_of
from support.table_files import path_of

CLOCK_SLACK_S = 0.1


def check_whole(place, name, entries, version=2, copies=True, samples=None):
    """The table is what `entries` make of it; returns its history.

    `copies`: its deletes write files anew, so that summaries count the rows that are live. `samples`: so many of its
    snapshots are read, or all.
    """
    files = place.files(name)
    history = serial.replay(entries, place.swaps(name), counts_rows=copies)
    check_rows(place, name, history, _sampled(history, samples))
    files.check_history()
    report = json.loads(place.programs.table("check", name, "--deep", "--format", "json").stdout)
    assert report["sound"] and report["complete"], report
    assert report["snapshots"] == len(history.snapshots)
    if version == 2:
        rows = StaticTable.from_metadata(files.metadata_location()).scan().to_arrow()
        check_table(rows.to_pylist(), history.states[-1], f"{name} by PyIceberg")
    if copies:
        files.check_files()
    _check_orphans(place, name, entries)
    return history


def _sampled(history, samples):
    snapshots = list(history.snapshots)
    return snapshots if samples is None else random.Random(SEED).sample(snapshots, min(samples, len(snapshots)))


def _check_orphans(place, name, entries):
    """Only tries whose outcome is unknown leave files that no metadata names, and they wrote them while they lived."""
    arguments = ("--orphans", "--older-than", "0s", "--format", "json")
    report = json.loads(place.programs.table("files", name, *arguments).stdout)
    lives = [life for entry in entries for life in entry.lost]
    to_monotonic = time.monotonic() - time.time()
    for orphan in report["orphans"]:
        written = os.stat(path_of(orphan["path"])).st_mtime + to_monotonic
        owned = any(start - CLOCK_SLACK_S <= written <= end + CLOCK_SLACK_S for start, end in lives)
        assert owned, f"{name}: left behind by nobody who may: {orphan['path']}"


def check_rows(place, name, history, snapshots):
    """The exact rows of snapshots, by one run of our SQL, and of the table today, by our replay."""
    statements, wanted = [], list(snapshots)
    for i, snapshot in enumerate(wanted):
        statements.append(f"SELECT {i} AS place, * FROM artemis.{name} AS OF SNAPSHOT {snapshot}")
    found = collections.defaultdict(list)
    for line in place.programs.sql_lines(statements):
        found[int(line.pop("place"))].append(line)
    for i, snapshot in enumerate(wanted):
        check_table(found[i], history.states[history.snapshots[snapshot]], f"{name} at {snapshot}")
    state = history.states[-1]
    rows = place.programs.replay(name, "--ref", "main", "--mode", "current")
    check_types(rows.schema, state, name)
    check_table(rows.to_pylist(), state, f"{name} today")


def check_types(schema, state, what):
    expected = [(column, kind_of(type).arrow) for _, column, type in state.fields]
    assert [(field.name, field.type) for field in schema] == expected, f"{what}: {schema}"


def check_table(rows, state, what):
    """`rows` as dicts by name are those of the state, each as often."""
    names = [name for _, name, _ in state.fields]
    found = collections.Counter(tuple(row[name] for name in names) for row in rows)
    expected = state.multiset()
    assert found == expected, f"{what}: missing {list((expected - found))[:5]}, too many {list(found - expected)[:5]}"
    assert all(set(row) == set(names) for row in rows), f"{what}: expected the columns {names}"
