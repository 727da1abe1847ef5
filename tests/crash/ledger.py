"""A table made of batches, each written by one commit: whole and right, or not there at all."""

import pyarrow as pa

from support.programs import iceberg_schema
from support.table_files import TableFiles

COLUMNS = [("batch", "long"), ("row", "long"), ("station", "string"), ("ts", "timestamp"), ("value", "double")]
PARTITION = "station, day(ts) as day"
ROWS = 120
_STATIONS = ["kiruna", "svalbard"]
_DAY_US = 86_400_000_000


def create(programs, name, partition=PARTITION):
    programs.table("create", name, "--schema", programs.write_json(iceberg_schema(COLUMNS)), "--partition", partition)


def batch_rows(batch):
    """The rows of one batch: four files' worth, every value a function of batch and row."""
    numbers = range(ROWS)
    times = pa.array([(row % 4 // 2) * _DAY_US + batch * 1000 + row for row in numbers], pa.int64())
    return pa.table(
        {
            "batch": pa.array([batch] * ROWS, pa.int64()),
            "row": pa.array(numbers, pa.int64()),
            "station": pa.array([_STATIONS[row % 2] for row in numbers], pa.string()),
            "ts": times.cast(pa.timestamp("us")),
            "value": pa.array([batch + row / 256 for row in numbers], pa.float64()),
        }
    )


def write_batch(programs, batch):
    return programs.write_arrow(batch_rows(batch))


def batches_in(rows):
    """The batches that `rows` hold; fails unless each is whole, unchanged and there once."""
    rows = rows.select([name for name, _ in COLUMNS]).sort_by([("batch", "ascending"), ("row", "ascending")])
    found = sorted(set(rows.column("batch").to_pylist()))
    expected = pa.concat_tables([batch_rows(batch) for batch in found] or [batch_rows(0).slice(0, 0)])
    assert rows.num_rows == expected.num_rows, f"expected {expected.num_rows} rows, found {rows.num_rows}: {found}"
    assert rows.cast(expected.schema).equals(expected), "a batch is not as it was written"
    return set(found)


class Ledger:
    """What is known of a table's commits: acknowledged, or certain not to be there."""

    def __init__(self, programs, name):
        self.programs = programs
        self.name = name
        self.files = TableFiles(programs, name)
        self.landed = set()
        self.commits = 0
        self._next = 0

    def new_batch(self):
        self._next += 1
        return self._next

    def append(self, *batches):
        """A commit that nothing disturbs; several batches share its files."""
        rows = pa.concat_tables([batch_rows(batch) for batch in batches])
        self.programs.table("append", self.name, self.programs.write_arrow(rows))
        self.landed |= set(batches)
        self.commits += 1

    def settle(self, acknowledged, before, after):
        """After a commit that may have been cut off: the table holds `before` or `after`, and `after` if acknowledged.

        Returns whether the commit landed. Our own reader comes first: it must cope with what a killed writer left.
        """
        found = batches_in(self.programs.current_rows(self.name)) if self.commits or acknowledged else self._first()
        assert found in (before, after), f"found {sorted(found)}, expected {sorted(before)} or {sorted(after)}"
        assert found == after or not acknowledged, "an acknowledged commit is lost"
        landed = found == after
        self.landed = found
        self.commits += landed
        assert len(self.files.snapshots()) == self.commits, "as many snapshots as commits that landed"
        return landed

    def _first(self):
        """The rows of a table that may have no snapshot yet."""
        return batches_in(self.programs.replay(self.name, "--at", "now"))

    def check(self):
        """Everything that holds of a table when nobody writes."""
        assert batches_in(self.programs.current_rows(self.name)) == self.landed
        self.files.check_files()
        self.files.check_history()
