"""Checks that the history of a table is that of the acknowledged changes, one after the other.

`replay` is given what the writers know (the ledger) and what the table says (its swaps), and fails with AssertionError
unless
- every acknowledged change is there once, every refused one is not, every unknown one is there at most once, and there
  is nothing that nobody made;
- what was acknowledged before another change began comes before it;
- a plain model of the table, changed in that order, has the schema, tags and count of rows of every metadata file;
- each swap makes at most one snapshot, on top of the one before;
- what was refused, or changed nothing, had a reason to at some moment between its start and its end."""

import bisect
import dataclasses

from changes import ROW_CHANGES, State
from writers import ABSENT, CONFLICT, DONE, REFUSED, UNKNOWN


@dataclasses.dataclass
class History:
    """The states of a table: states[i] is that after swaps[i], and snapshots maps a snapshot to its i."""

    states: list
    snapshots: dict


def replay(entries, swaps, counts_rows=True):
    """The history of a table; fails unless it is that of `entries`. `counts_rows`: summaries count live rows alone."""
    placed = _place(entries, swaps)
    times = _Times(placed)
    states, snapshots, current = [State()], {}, [None]
    _check_metadata(states[0], swaps[0].metadata, counts_rows=False)
    for i, entry in enumerate(placed[1:], start=1):
        before, metadata, change = swaps[i - 1].metadata, swaps[i].metadata, entry.change
        what = f"swap {i}, {change}"
        states.append(_next_state(entry, states, current, times, metadata, what))
        new = _new_snapshot(before, metadata, what)
        assert (new is not None) == (change.kind in ROW_CHANGES), f"{what}: made snapshot {new and new['snapshot-id']}"
        if new is not None:
            _check_snapshot(new, entry, current[-1], metadata, what)
            snapshots[new["snapshot-id"]] = i
        current.append(metadata.get("current-snapshot-id"))
        _check_metadata(states[i], metadata, counts_rows and change.kind in ROW_CHANGES, what)
    _check_unplaced(entries, placed, states, times)
    return History(states, snapshots)


def _place(entries, swaps):
    """The entry of every swap; None for the creation."""
    by_author = {entry.change.author: entry for entry in entries}
    assert len(by_author) == len(entries), "a change is in the ledger twice"
    placed, seen = [None], set()
    for before, swap in zip(swaps, swaps[1:]):
        author = _author(before.metadata, swap)
        assert author in by_author, f"{swap.location}: nobody made the change of {author}"
        assert author not in seen, f"the change of {author} is there twice"
        entry = by_author[author]
        assert entry.outcome in (DONE, UNKNOWN), f"{entry.outcome}, and yet it is there: {entry.change}"
        seen.add(author)
        placed.append(entry)
    return placed


def _author(before, swap):
    """Who made a swap: as the catalog says, or, of path tables, as the name of what came."""
    new = _new_snapshot(before, swap.metadata, swap.location)
    said = new["summary"]["artemis.author"] if new is not None else swap.author
    assert swap.author in (None, said), f"{swap.location}: the catalog says {swap.author}, the snapshot {said}"
    if said is not None:
        return said
    names = (_tags(swap.metadata).keys() - _tags(before).keys()) | (
        {name for _, name, _ in _fields(swap.metadata)} - {name for _, name, _ in _fields(before)}
    )
    assert len(names) == 1, f"{swap.location}: one new name was expected, found {sorted(names)}"
    return "c" + names.pop()[1:]


class _Times:
    """Which states a change may have seen, by the times of the swaps. Swap i begins and ends with its process."""

    def __init__(self, placed):
        self._index = {entry.change.id: i for i, entry in enumerate(placed) if i > 0}
        starts = [entry.start for entry in placed[1:]]
        ends = [entry.end for entry in placed[1:]]
        for i in range(len(starts) - 1, 0, -1):
            ends[i - 1] = min(ends[i - 1], ends[i])
        for i, start in enumerate(starts[:-1]):
            assert ends[i + 1] >= start, f"{placed[i + 1].change} began after a change that comes later had ended"
        self._all = placed
        self._by_end = sorted((entry.end, i) for i, entry in enumerate(placed) if i > 0)
        self._last_by_end = _running_max([i for _, i in self._by_end])
        self._by_start = sorted((entry.start, i) for i, entry in enumerate(placed) if i > 0)
        self._last_by_start = _running_max([i for _, i in self._by_start])

    def place(self, entry):
        return self._index.get(entry.change.id)

    def first(self, entry):
        """The oldest state it may have seen: with all that had ended when it began."""
        ended = bisect.bisect_left(self._by_end, (entry.start, -1))
        return self._last_by_end[ended - 1] if ended else 0

    def last(self, entry):
        """The newest state it may have seen: with all that had begun when it ended."""
        begun = bisect.bisect_left(self._by_start, (entry.end, -1))
        return self._last_by_start[begun - 1] if begun else 0


def _running_max(values):
    highest, result = 0, []
    for value in values:
        highest = max(highest, value)
        result.append(highest)
    return result


def _next_state(entry, states, current, times, metadata, what):
    change, i = entry.change, len(states)
    # Rows are written under the schema that the writer saw; everything else is applied to the newest state.
    seen = states[times.first(entry) :] if change.kind in ROW_CHANGES else states[-1:]
    assert not all(state.refuses(change) for state in seen), f"{what}: the rules should have refused it"
    tagged = _tags(metadata).get(change.tag)
    if tagged is not None:
        assert tagged in current[times.first(entry) : i], f"{what}: {tagged} was not current when it was tagged"
        assert entry.outcome != DONE or tagged == entry.snapshot_id, f"{what}: acknowledged {entry.snapshot_id}"
    return states[-1].after(change, tagged)


def _new_snapshot(before, metadata, what):
    known = {snapshot["snapshot-id"] for snapshot in before.get("snapshots", [])}
    new = [snapshot for snapshot in metadata.get("snapshots", []) if snapshot["snapshot-id"] not in known]
    assert len(metadata.get("snapshots", [])) == len(known) + len(new), f"{what}: a snapshot is gone"
    assert len(new) <= 1, f"{what}: {len(new)} snapshots at once"
    return new[0] if new else None


def _check_snapshot(new, entry, parent, metadata, what):
    assert new.get("parent-snapshot-id") == parent, f"{what}: its parent is not the one before"
    assert metadata["current-snapshot-id"] == new["snapshot-id"], f"{what}: its snapshot is not current"
    assert new["sequence-number"] == metadata["last-sequence-number"], f"{what}: sequence number"
    assert entry.outcome != DONE or entry.snapshot_id == new["snapshot-id"], f"{what}: acknowledged {entry.snapshot_id}"
    added = int(new["summary"].get("added-records", 0))
    assert added >= len(entry.change.groups), f"{what}: added {added} rows"


def _fields(metadata):
    schema = next(found for found in metadata["schemas"] if found["schema-id"] == metadata["current-schema-id"])
    return tuple((field["id"], field["name"], field["type"]) for field in schema["fields"])


def _tags(metadata):
    return {name: ref["snapshot-id"] for name, ref in metadata.get("refs", {}).items() if ref["type"] == "tag"}


def _check_metadata(state, metadata, counts_rows, what="the creation"):
    assert _fields(metadata) == state.fields, f"{what}: expected {state.fields}, found {_fields(metadata)}"
    assert metadata["last-column-id"] == state.last_id, f"{what}: last-column-id"
    assert _tags(metadata) == state.tags, f"{what}: expected {state.tags}, found {_tags(metadata)}"
    if counts_rows:
        newest = max(metadata["snapshots"], key=lambda snapshot: snapshot["sequence-number"])
        total = int(newest["summary"]["total-records"])
        assert total == len(state.rows), f"{what}: expected {len(state.rows)} rows, found {total}"


def _check_unplaced(entries, placed, states, times):
    there = {entry.change.id for entry in placed[1:]}
    for entry in entries:
        if entry.change.id in there or entry.outcome in (UNKNOWN, ABSENT):
            continue
        change = entry.change
        first, last = times.first(entry), times.last(entry)
        seen = states[first : last + 1]
        if entry.outcome == DONE:
            assert not entry.committed or change.kind == "tag-replace", f"acknowledged, and lost: {change}"
            assert any(_is_nothing(state, entry) for state in seen), f"acknowledged, and lost: {change}"
        elif entry.outcome == CONFLICT:
            assert last > first, f"a conflict with nobody: {change}\n{entry.stderr}"
        else:
            assert entry.outcome == REFUSED
            assert any(state.refuses(change) for state in seen), f"refused without a reason: {change}\n{entry.stderr}"


def _is_nothing(state, entry):
    return not state.refuses(entry.change) and state.is_same(state.after(entry.change, entry.snapshot_id))
