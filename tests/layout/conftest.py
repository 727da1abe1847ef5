"""Fixtures of the tests of layout."""

import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.fixtures import bin_dir, pytest_terminal_summary  # noqa: E402, F401

from tables import Tables  # noqa: E402


@pytest.fixture(scope="session")
def tables(bin_dir):  # noqa: F811
    """Tables in one warehouse, which goes when the last test is done: it is large."""
    folder = tempfile.mkdtemp(prefix="artemis-layout-")
    yield Tables(bin_dir, folder)
    shutil.rmtree(folder)
