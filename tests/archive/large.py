"""Writes of 10 million canonical rows, each made once for all tests that ask."""

import functools
import typing

from archive import MIB, Archive, Memory

ROWS = 10_000_000


class LargeWrite(typing.NamedTuple):
    name: str
    summary: dict
    memory: Memory  # above what the program takes for an empty input


class LargeWrites:
    def __init__(self, archive: Archive):
        self.archive = archive

    @functools.cached_property
    def baseline(self):
        """What the program holds when there is nothing to write."""
        empty = self.archive.telemetry("empty.arrow", 0)
        return self.archive.measured_write(empty, "empty.parquet")[1]

    @functools.cached_property
    def stream(self):
        """The rows as a file, 1.7 GB."""
        return self.archive.telemetry("rows.arrow", ROWS)

    @functools.cache
    def write(self, target_mib, source, *arguments):
        """The rows in row groups of `target_mib`, from a "pipe" or a "file"."""
        name = "-".join([source, str(target_mib), *(argument.strip("-") for argument in arguments)]) + ".parquet"
        options = ["--row-group-bytes", target_mib * MIB, *arguments]
        if source == "file":
            summary, memory = self.archive.measured_write(self.stream, name, *options)
        else:
            with self.archive.telemetry_pipe(ROWS) as rows:
                summary, memory = self.archive.measured_write("-", name, *options, stdin=rows.stdout)
            assert rows.returncode == 0
        return LargeWrite(name, summary, memory - self.baseline)
