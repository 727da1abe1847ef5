"""Fixtures of the crash suite."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.fixtures import *  # noqa: E402, F403
from support.postgres import postgres  # noqa: E402, F401
from places import Place  # noqa: E402


@pytest.fixture(scope="session")
def full():
    """Whether counts are those of `make test-all`."""
    return bool(os.environ.get("ARTEMIS_TEST_FULL"))


@pytest.fixture(scope="session")
def make_place(request, make_programs):
    """Makes a new warehouse with a catalog of a kind; the PostgreSQL server is started when it is wanted."""

    def make(kind):
        return Place(kind, make_programs(), request.getfixturevalue("postgres") if kind == "postgres" else None)

    return make
