"""The n-th call on the output's folder fails, for n = 1, 2, 3 … until a write is done without meeting it.

A disk that is full or broken, a table of open files that is full: an error, exit 1, and nothing at the path. The calls
are those that reach libc, failing_calls.cc lets them fail; the input lies in another folder.
"""

import errno

import pyarrow.parquet as pq
import pytest

from archive import DONE, FAILED, MIB

ROWS = 200_000
CALLS_MAX = 200
# After the rename the file has its name, whole and synced, whatever the folder's fsync says.
AFTER_RENAME = ("open", "fsync", "close")


@pytest.fixture
def source(archive):
    return archive.telemetry("rows.arrow", ROWS)


@pytest.fixture
def sweep(archive, source):
    """Writes with each call failing in turn; (call, exit code, what was said, name of the call) of each."""

    def attempts(error, *arguments):
        report = archive.folder / "failed_call"
        for call in range(1, CALLS_MAX):
            report.unlink(missing_ok=True)
            failing = {
                "LD_PRELOAD": str(archive.bin_dir / "failing_calls.so"),
                "FAILING_FOLDER": archive.path("out"),
                "FAILING_CALL": str(call),
                "FAILING_ERRNO": str(error),
                "FAILING_REPORT": str(report),
            }
            options = ["--row-group-bytes", 4 * MIB, *arguments]
            code, _, said = archive.attempt(source, "-o", archive.path("out/rows.parquet"), *options, env=failing)
            if not report.exists():
                assert code == DONE, said
                return
            yield call, code, said, report.read_text()
        raise AssertionError(f"still failing at call {CALLS_MAX}")

    (archive.folder / "out").mkdir()
    return attempts


def _remains(archive):
    return sorted(path.name for path in (archive.folder / "out").iterdir())


def _is_whole(archive):
    return pq.read_table(archive.path("out/rows.parquet")).num_rows == ROWS


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EMFILE], ids=["ENOSPC", "EIO", "EMFILE"])
def test_a_call_that_fails_is_an_error_and_leaves_nothing_at_the_path(archive, sweep, error):
    met = []
    for call, code, said, name in sweep(error):
        met.append(name)
        where = f"call {call}, {name}: exit {code}\n{said}"
        renamed = any("rename" in earlier for earlier in met[:-1])
        if code == DONE:
            # Nothing was asked of this call but to let go of a descriptor.
            assert name == "close" and _is_whole(archive), where
        elif renamed and archive.exists("out/rows.parquet"):
            assert code == FAILED and name in AFTER_RENAME and _is_whole(archive), where
        else:
            assert code == FAILED, where
            assert len(said.strip().splitlines()) == 1 and archive.path("out") in said, where
            assert not archive.exists("out/rows.parquet"), where
        archive.remove("out/rows.parquet")
    print(f"{len(met)} calls: {' '.join(met)}")
    assert met.count("write") >= 2 and {"open", "flock", "fsync"} <= set(met)
    assert any("rename" in name for name in met)
    assert "rows.parquet" in _remains(archive) and _is_whole(archive)


def test_a_failed_write_leaves_what_was_there_when_it_was_to_be_replaced(archive, sweep, source):
    archive.write(source, "out/rows.parquet")
    before = (archive.folder / "out/rows.parquet").read_bytes()
    for call, code, said, name in sweep(errno.ENOSPC, "--overwrite"):
        kept = (archive.folder / "out/rows.parquet").read_bytes() == before
        assert kept or _is_whole(archive), f"call {call}, {name}: {said}"
        if name == "write":
            assert code == FAILED and kept, f"call {call}: {said}"
    assert _is_whole(archive)


def test_a_failed_write_does_not_stand_in_the_way_of_the_next(archive, sweep, source):
    for call, _, _, name in sweep(errno.EIO):
        # A file that is there after all stands in the way, as any file does.
        (archive.folder / "out/rows.parquet").unlink(missing_ok=True)
        archive.write(source, archive.path("out/rows.parquet"))
        assert _remains(archive) == ["rows.parquet"], f"after call {call}, {name}"
        archive.remove("out/rows.parquet")


def test_a_write_of_half_the_bytes_is_gone_on_with(archive, sweep):
    for call, code, said, name in sweep(0):
        assert code == DONE, f"call {call}, {name}: {said}"
        assert _is_whole(archive), f"call {call}, {name}"
        archive.remove("out/rows.parquet")
