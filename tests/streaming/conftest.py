"""Fixtures of the suite on streams."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.fixtures import bin_dir, pytest_terminal_summary  # noqa: E402, F401
