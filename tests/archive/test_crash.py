"""Writers that are killed, and writers that meet: what is at the path is whole, and the next run is not hindered."""

import collections
import fcntl
import statistics
import subprocess
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive import DONE, FAILED, MIB, SIGKILLED, UNFINISHED, read_arrow
from bits import assert_same_columns

KILLS = 100
ROWS = 100_000
NAME = "rows.parquet"
OPTIONS = ["-o", NAME, "--row-group-bytes", MIB]
MESSAGE_IN_USE = "is being written by another"


@pytest.fixture
def source(archive):
    return archive.telemetry("rows.arrow", ROWS)


def _duration_s(archive, source):
    times = []
    for _ in range(3):
        begin = time.monotonic()
        archive.write(source, *OPTIONS[1:])
        times.append(time.monotonic() - begin)
        archive.remove(NAME)
    return statistics.median(times)


def _run_killed(archive, source, delay_s):
    """Kills a write after a delay, unless it is done by then; whether it said that it was done."""
    with archive.start(source, *OPTIONS) as process:
        try:
            process.communicate(timeout=delay_s)
        except subprocess.TimeoutExpired:
            process.kill()
            _, said = process.communicate()
            assert process.returncode in (DONE, SIGKILLED), said
    return process.returncode == DONE


def _check_unfinished(archive, rows):
    """What a killed write left: "nothing", a file that is "no Parquet", or, killed in its last step, the "whole" file."""
    unfinished = archive.path(NAME + UNFINISHED)
    if not archive.exists(NAME + UNFINISHED):
        return "nothing"
    try:
        found = pq.read_table(unfinished)
    except pa.ArrowInvalid:
        return "no Parquet"
    assert_same_columns(found, rows)
    return "whole"


def test_writes_killed_at_random_moments_leave_a_whole_file_or_none(archive, source, rng):
    rows = read_arrow(source)
    duration_s = _duration_s(archive, source)
    done, renamed, left = 0, 0, collections.Counter()
    for _ in range(KILLS):
        # Each starts over what the last one left behind.
        acknowledged = _run_killed(archive, source, rng.uniform(0, 1.1 * duration_s))
        there = archive.exists(NAME)
        assert there or not acknowledged, "an acknowledged file is lost"
        if there:
            assert_same_columns(pq.read_table(archive.path(NAME)), rows)
            (archive.folder / NAME).unlink()
        done += acknowledged
        renamed += there and not acknowledged
        left[_check_unfinished(archive, rows)] += 1
    print(f"{KILLS} runs of {duration_s * 1000:.0f} ms: {done} done, {renamed} killed with the file there; {UNFINISHED}: "
          f"{dict(left)}")
    assert left["no Parquet"] > KILLS / 10, "hardly any was killed while it wrote"
    archive.write(source, *OPTIONS[1:])
    assert sorted(path.name for path in archive.folder.iterdir() if NAME in path.name) == [NAME]
    assert_same_columns(pq.read_table(archive.path(NAME)), rows)


def test_a_killed_replacement_leaves_the_old_file_or_the_new(archive, source, rng):
    old = read_arrow(source).slice(0, 1000)
    old_source = archive.write_arrow("old.arrow", old)
    duration_s = _duration_s(archive, source)
    for _ in range(KILLS // 10):
        archive.remove(NAME)
        archive.write(old_source, NAME)
        with archive.start(source, *OPTIONS, "--overwrite") as process:
            try:
                process.communicate(timeout=rng.uniform(0.2, 1.1) * duration_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
        found = pq.read_table(archive.path(NAME))
        assert found.num_rows in (old.num_rows, ROWS)
        assert process.returncode != DONE or found.num_rows == ROWS


def _wait_until_locked(path):
    """Waits until a writer has made the file and locked it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with open(path, "rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            pass
        except BlockingIOError:
            return
        time.sleep(0.005)
    pytest.fail(f"{path} was not locked")


def test_the_second_of_two_writers_is_refused(archive, source):
    with archive.start("-", *OPTIONS, stdin=subprocess.PIPE) as first:
        with open(source, "rb") as rows:
            stream = rows.read()
        # All but the end of the stream: the writer is in the midst of it.
        first.stdin.write(stream[:-8])
        first.stdin.flush()
        _wait_until_locked(archive.path(NAME + UNFINISHED))
        for arguments in ([], ["--overwrite"]):
            code, _, said = archive.attempt(source, *OPTIONS, *arguments)
            assert code == FAILED
            assert MESSAGE_IN_USE in said, said
        _, said = first.communicate(stream[-8:])
    assert first.returncode == DONE, said
    assert_same_columns(pq.read_table(archive.path(NAME)), read_arrow(source))


def test_a_writer_that_is_stopped_and_killed_gives_the_path_free(archive, source):
    with archive.start("-", *OPTIONS, stdin=subprocess.PIPE) as first:
        _feed(first, source, 1 << 20)
        _wait_until_locked(archive.path(NAME + UNFINISHED))
        first.kill()
        first.wait()
    assert _check_unfinished(archive, None) == "no Parquet"
    archive.write(source, *OPTIONS[1:])
    assert not archive.exists(NAME + UNFINISHED)
    assert_same_columns(pq.read_table(archive.path(NAME)), read_arrow(source))


def _feed(process, source, size):
    with open(source, "rb") as rows:
        process.stdin.write(rows.read(size))
    process.stdin.flush()


def test_an_input_that_breaks_off_leaves_nothing_at_the_path(archive, source):
    with archive.start("-", *OPTIONS, stdin=subprocess.PIPE) as process:
        with open(source, "rb") as rows:
            stream = rows.read()
        _, said = process.communicate(stream[: len(stream) * 3 // 4])
    assert process.returncode == FAILED, said
    assert not archive.exists(NAME)
    assert _check_unfinished(archive, None) in ("nothing", "no Parquet")


def test_an_existing_file_is_kept_unless_it_is_to_be_replaced(archive, source):
    archive.write(source, *OPTIONS[1:])
    before = (archive.folder / NAME).read_bytes()
    code, _, said = archive.attempt(archive.telemetry("none.arrow", 0), "-o", NAME)
    assert code == FAILED
    assert "exists" in said and NAME in said, said
    assert (archive.folder / NAME).read_bytes() == before
    assert archive.write("none.arrow", NAME, "--overwrite")["rows"] == 0
    assert pq.read_metadata(archive.path(NAME)).num_rows == 0
