"""Writing holds one open row group and a batch, whatever the size of the input.

Counted is what the program holds above what it holds to write nothing: as the kernel counts it, and as its allocator
does. The limit of both is 1.5 times the target of a row group.
"""

import os

import pyarrow as pa
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


def _random_batch(rows):
    def column(kind, width):
        return pa.Array.from_buffers(kind, rows, [None, pa.py_buffer(os.urandom(rows * width))])

    columns = {f"double{i}": column(pa.float64(), 8) for i in range(3)}
    columns |= {f"counter{i}": column(pa.int64(), 8) for i in range(3)}
    columns |= {f"code{i}": column(pa.int32(), 4) for i in range(2)}
    columns["digest"] = column(pa.binary(64), 64)
    return pa.record_batch(columns)


def test_rows_that_do_not_compress_take_no_more_either(large):
    # What the buffers of a row group hold is then as large as what the target counts.
    archive, target_mib, batches = large.archive, 128, 200
    with pa.OSFile(archive.path("random.arrow"), "wb") as file:
        batch = _random_batch(20_000)
        with pa.ipc.new_stream(file, batch.schema) as stream:
            for _ in range(batches):
                stream.write_batch(batch)
                batch = _random_batch(20_000)
    summary, memory = archive.measured_write("random.arrow", "random.parquet", "--row-group-bytes", target_mib * MIB)
    memory -= large.baseline
    print(f"{target_mib} MiB: {memory}")
    assert summary["rows"] == 20_000 * batches
    assert summary["row_groups"] >= 3
    assert _within_limit(memory, target_mib), f"{memory}, with a target of {target_mib} MiB"


def test_a_write_that_holds_all_rows_would_be_noticed(large):
    written = large.write(UNBOUNDED_MIB, "file")
    print(f"all rows in one group: {written.memory}")
    assert written.summary["row_groups"] == 1
    assert written.memory.resident > LIMIT * 32 * MIB, "the resident memory of a larger write was not seen"
    assert written.memory.jemalloc > LIMIT * 32 * MIB, "what jemalloc holds for a larger write was not seen"
