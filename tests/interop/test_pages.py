"""Pages that name tests name tests that exist: docs/interoperability.md and docs/read-plan-correctness.md."""

import ast
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ["docs/interoperability.md", "docs/read-plan-correctness.md"]
PYTHON_NAME = re.compile(r"`(test_\w+\.py)::(test_\w+)(?:\[[^`]*\])?`")
CPP_NAME = re.compile(r"`([A-Z]\w+)\.([A-Z]\w+)`")


def _python_tests():
    found = set()
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found.add((path.name, node.name))
    return found


def _cpp_tests():
    named = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", re.MULTILINE)
    found = set()
    for path in sorted((ROOT / "src").rglob("*_test.cc")):
        found.update(named.findall(path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_exists(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    python, cpp = set(PYTHON_NAME.findall(text)), set(CPP_NAME.findall(text))
    assert len(python) + len(cpp) >= 20, "the page names its tests"
    missing = sorted(python - _python_tests()) + sorted(cpp - _cpp_tests())
    assert not missing, f"{page} names tests that are not there: {missing}"


def _tables(page):
    """The tables of a page, each a list of rows, each a list of cells; the first row is the head."""
    rows = []
    for line in [*(ROOT / page).read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("|"):
            if not re.fullmatch(r"[|\s:-]+", line):
                rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            yield rows
            rows = []


def test_every_row_of_the_matrix_names_a_test():
    matrices = [table for table in _tables("docs/interoperability.md") if table[0][-1] == "test"]
    assert len(matrices) >= 7
    rows = [row for table in matrices for row in table[1:]]
    bare = [row[0] for row in rows if not PYTHON_NAME.search(row[-1]) and not CPP_NAME.search(row[-1])]
    assert not bare, f"rows without a test: {bare}"
