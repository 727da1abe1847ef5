"""The archive against what it replaces: the same rows as lines of JSON, packed by gzip."""

import zlib

ROWS = 1_000_000
GZIP_LEVEL = 6
TIMES_SMALLER = 5


def _gzip_bytes(archive, *arguments):
    """How large the rows are as lines of JSON after gzip -6."""
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, wbits=31)
    size = 0
    with archive.telemetry_pipe(ROWS, "--format", "jsonl", *arguments) as lines:
        while part := lines.stdout.read(1 << 20):
            size += len(packer.compress(part))
    assert lines.returncode == 0
    return size + len(packer.flush())


def _parquet_bytes(archive, rows, *arguments):
    summary = archive.write(rows, "rows.parquet", *arguments)
    assert summary["rows"] == ROWS
    archive.remove("rows.parquet")
    return summary["compressed_bytes"]


AUTO = ["--encoding", "auto"]


def test_with_auto_the_archive_is_a_fifth_of_the_lines_it_replaces(archive):
    lines = _gzip_bytes(archive)
    size = _parquet_bytes(archive, archive.telemetry("rows.arrow", ROWS), *AUTO)
    print(f"auto: gzip {lines:,}, Parquet {size:,}: {lines / size:.2f} times smaller")
    assert TIMES_SMALLER * size <= lines


def test_with_the_mandated_map_the_archive_is_a_fifth_of_the_lines_it_replaces(archive):
    lines = _gzip_bytes(archive)
    size = _parquet_bytes(archive, archive.telemetry("rows.arrow", ROWS))
    print(f"mandated: gzip {lines:,}, Parquet {size:,}: {lines / size:.2f} times smaller")
    assert TIMES_SMALLER * size <= lines


def test_without_held_values_both_maps_are_smaller_than_the_lines_they_replace(archive):
    # Reported, not bound to a figure: every value is new, and so are most bytes of all three.
    lines = _gzip_bytes(archive, "--hold", 1)
    rows = archive.telemetry("rows.arrow", ROWS, "--hold", 1)
    mandated, auto = _parquet_bytes(archive, rows), _parquet_bytes(archive, rows, *AUTO)
    print(f"--hold 1: gzip {lines:,}; mandated {mandated:,}, {lines / mandated:.2f} times; auto {auto:,}, "
          f"{lines / auto:.2f} times")
    assert auto < mandated < lines
