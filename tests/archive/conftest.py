"""Fixtures of the archive writer's suite."""

import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.fixtures import bin_dir, pytest_terminal_summary, rng  # noqa: E402, F401

from archive import Archive  # noqa: E402
from large import LargeWrites  # noqa: E402


@pytest.fixture
def archive(bin_dir, tmp_path):  # noqa: F811
    """artemis-write in an empty folder."""
    return Archive(bin_dir, tmp_path)


@pytest.fixture(scope="session")
def large(bin_dir):  # noqa: F811
    """Writes of the same 10 million rows. Gigabytes, so they go as soon as the last test is done."""
    folder = tempfile.mkdtemp(prefix="artemis-archive-")
    yield LargeWrites(Archive(bin_dir, folder))
    shutil.rmtree(folder)
