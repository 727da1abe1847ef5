"""Fixtures and hooks for the conftest.py of a suite: from support.fixtures import *"""

import os
import pathlib
import random

import pytest

from support.programs import Programs

__all__ = ["bin_dir", "folder", "make_programs", "programs", "rng", "pytest_terminal_summary"]

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
SEED = os.environ.get("ARTEMIS_TEST_SEED") or str(random.SystemRandom().randrange(10**9))


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"the same random choices again: ARTEMIS_TEST_SEED={SEED}")


@pytest.fixture(scope="session")
def bin_dir():
    found = os.environ.get("ARTEMIS_BIN_DIR")
    return str(pathlib.Path(found).resolve() if found else SOURCE_DIR / "build" / "dev" / "bin")


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Makes a new empty folder."""
    return lambda name: str(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def make_programs(bin_dir, folder):
    """Makes our programs on a new warehouse."""
    return lambda: Programs(bin_dir, folder("warehouse"), folder("scratch"))


@pytest.fixture
def programs(make_programs):
    return make_programs()


@pytest.fixture
def rng(request):
    """Random choices of this test alone, from the seed of the run."""
    return random.Random(f"{SEED}/{request.node.name}")
