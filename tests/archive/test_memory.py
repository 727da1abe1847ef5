"""Writing holds one open row group and a batch, whatever the size of the input.

Counted is what the program holds above what it holds to write nothing: as the kernel counts it, and as its allocator
does. The limit of both is 1.5 times the target of a row group.
"""

import pytest

from archive import MIB
from large import ROWS

LIMIT = 1.5
# Larger than all rows: one row group that is held to the end.
UNBOUNDED_MIB = 16 << 10


def _within_limit(memory, target_mib):
    return max(memory.resident, memory.jemalloc) <= LIMIT * target_mib * MIB


@pytest.mark.parametrize("source", ["pipe", "file"])
@pytest.mark.parametrize("target_mib", [32, 128, 256])
def test_ten_million_rows_take_no_more_than_half_a_row_group_over_the_target(large, target_mib, source):
    written = large.write(target_mib, source)
    print(f"{target_mib} MiB from a {source}: {written.memory}, above {large.baseline}")
    assert written.summary["rows"] == ROWS
    assert _within_limit(written.memory, target_mib), f"{written.memory}, with a target of {target_mib} MiB"


def test_a_write_that_holds_all_rows_would_be_noticed(large):
    written = large.write(UNBOUNDED_MIB, "file")
    print(f"all rows in one group: {written.memory}")
    assert written.summary["row_groups"] == 1
    assert written.memory.resident > LIMIT * 32 * MIB, "the resident memory of a larger write was not seen"
    assert written.memory.jemalloc > LIMIT * 32 * MIB, "what jemalloc holds for a larger write was not seen"
