"""Fixtures of the programs' tests."""

import os
import pathlib

import pytest

from shell import PARTITION, Shell

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def bin_dir():
    found = os.environ.get("ARTEMIS_BIN_DIR")
    return str(pathlib.Path(found).resolve() if found else SOURCE_DIR / "build" / "dev" / "bin")


@pytest.fixture
def shell(bin_dir, tmp_path):
    """Programs in an empty folder."""
    return Shell(bin_dir, tmp_path)


@pytest.fixture
def observations(shell):
    """Programs with a partitioned table of telemetry, sda.observations, of 1000 rows."""
    shell.table("create", "sda.observations", "--canonical", "--partition", PARTITION)
    shell.table("append", "sda.observations", shell.telemetry("rows.arrow"))
    return shell
