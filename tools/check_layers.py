#!/usr/bin/env python3
"""Checks that the tree is the architecture: ranks of folders, walls, include cycles, length of files.

    tools/check_layers.py [--root FOLDER]    prints every violation, ends with 1 if there is one
    tools/check_layers.py --self-test        shows on small trees made for it that each rule can fail

A file of src/artemis/<folder> may include its own folder and folders of a lower rank. A test (*_test.cc, *_test.h,
*_fixture.h, *_fixture.cc) may also include its folder's neighbours of the same rank, and is let through the walls
between folders, but not through those around a library. tests/ and bench/ may include everything.
"""

import argparse
import pathlib
import re
import sys
import tempfile

RANKS = {
    "base": 0,
    "io": 1, "schema": 1,
    "expr": 2, "avro": 2, "parquet": 2,
    "table": 3, "layout": 3, "ingest": 3, "output": 3,
    "catalog": 4, "scan": 4, "write": 4,
    "read": 5, "commit": 5,
    "check": 6, "replay": 6, "rewrite": 6, "synth": 6, "advise": 6,
    "maintain": 7,
    "timetravel": 8, "sql": 8,
    "serve": 9, "shell": 9,
    "cli": 10,
    "cli_sql": 11,  # a second library of cli/
}

# (folder, folder it must not include, why): what the ranks alone would allow, or what must hold whatever the ranks are.
FOLDER_WALLS = [
    ("replay", "commit", "replay is read-only"),
    ("replay", "write", "replay is read-only"),
    ("write", "commit", "the writer never commits"),
    ("write", "catalog", "the writer never commits"),
    ("scan", "catalog", "a scan plans over what it is given"),
    ("commit", "read", "a commit reads no rows"),
    ("commit", "parquet", "a commit reads no rows"),
    ("parquet", "table", "the Parquet layer knows no table"),
    ("avro", "table", "the Avro layer knows no table"),
]

# (library, library it must not be linked with, why): a folder of two libraries has files of both.
LIBRARY_WALLS = [
    ("cli", "sql", "the program artemis starts without DuckDB"),
    ("cli", "serve", "the program artemis starts without Flight"),
    ("cli", "shell", "the program artemis starts without DuckDB"),
]

# (pattern of an included header, pattern of the files of src/artemis that may include it, why)
HEADER_WALLS = [
    (r"duckdb(\.h|\.hpp|/)", r"sql/", "DuckDB stays in sql/"),
    (r"arrow/flight/", r"serve/", "Flight stays in serve/"),
    (r"sqlite3\.h$", r"catalog/", "SQLite stays in catalog/"),
    (r"(postgresql/)?libpq", r"catalog/", "libpq stays in catalog/"),
    (r"(histedit\.h|editline/)", r"shell/line_editor\.cc$", "libedit stays behind shell/line_editor.h"),
    (r"spdlog/", r"base/log\.cc$", "spdlog stays behind base/log.cc"),
    (r"CLI/", r"cli/command_line_builder\.h$", "CLI11 stays behind cli/command_line_builder.h"),
    (r"nlohmann/json\.hpp$", r".*(\.cc|_json\.h)$", "nlohmann's full header costs 3 s in every source that sees it"),
    (r"simdjson\.h$", r"(table|schema|avro)/", "simdjson reads metadata, and nothing else"),
]

SOURCE_SUFFIXES = {".h", ".cc"}
LINES_MAX = 800
CLI11_SOURCES_MAX = 6
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
LIBRARY = re.compile(r"artemis_library\(\s*(\w+)(.*?)\)", re.DOTALL)


def is_test(path):
    return re.search(r"_(test|fixture)\.(h|cc)$", path.name) is not None


def wall_between(folder, other):
    return next((why for a, b, why in FOLDER_WALLS if (a, b) == (folder, other)), None)


def check_folder_include(where, folder, other, test):
    if other == folder:
        return []
    if other not in RANKS:
        return [f"{where}: includes {other}/, which has no rank"]
    rank, other_rank = RANKS[folder], RANKS[other]
    if other_rank > rank:
        return [f"{where}: {folder}/ ({rank}) includes upward: {other}/ ({other_rank})"]
    if test:
        return []
    if other_rank == rank:
        return [f"{where}: {folder}/ includes sideways: {other}/ has the same rank {rank}"]
    why = wall_between(folder, other)
    return [f"{where}: {folder}/ must not include {other}/: {why}"] if why else []


def check_header_include(where, inside, header):
    found = []
    for pattern, allowed, why in HEADER_WALLS:
        if re.match(pattern, header) and not re.match(allowed, inside):
            found.append(f"{where}: includes {header}: {why}")
    return found


def check_includes(source_root):
    found, graph = [], {}
    for path in sorted(source_root.rglob("*")):
        if path.suffix not in SOURCE_SUFFIXES:
            continue
        inside = path.relative_to(source_root)
        if len(inside.parts) < 2 or inside.parts[0] not in RANKS:
            found.append(f"src/artemis/{inside}: lies in no folder that has a rank")
            continue
        folder = inside.parts[0]
        text = path.read_text(encoding="utf-8")
        edges = graph.setdefault(str(inside), [])
        for match in INCLUDE.finditer(text):
            header = match.group(1)
            where = f"src/artemis/{inside}:{text.count(chr(10), 0, match.start()) + 1}"
            if header.startswith("artemis/"):
                target = header.removeprefix("artemis/")
                edges.append(target)
                found += check_folder_include(where, folder, target.split("/")[0], is_test(path))
            else:
                found += check_header_include(where, str(inside), header)
    cli11 = [f for f in source_root.glob("cli/*.cc") if "artemis/cli/command_line_builder.h" in f.read_text()]
    if len(cli11) > CLI11_SOURCES_MAX:
        found.append(f"src/artemis/cli: CLI11 is included by {len(cli11)} sources, and costs 8 s in each; "
                     f"the limit is {CLI11_SOURCES_MAX}")
    return found + check_cycles(graph)


def check_cycles(graph):
    found, state, stack = [], {}, []

    def visit(node):
        state[node] = "open"
        stack.append(node)
        for target in graph.get(node, []):
            if state.get(target) == "open":
                cycle = stack[stack.index(target):] + [target]
                found.append("include cycle: " + " -> ".join(cycle))
            elif target not in state:
                visit(target)
        stack.pop()
        state[node] = "done"

    sys.setrecursionlimit(10000)
    for node in sorted(graph):
        if node not in state:
            visit(node)
    return found


def check_declared_dependencies(source_root):
    """A library must not be linked with what it may not include."""
    found = []
    for path in sorted(source_root.glob("*/CMakeLists.txt")):
        text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
        for name, body in LIBRARY.findall(text):
            where = f"src/artemis/{path.relative_to(source_root)}"
            if name not in RANKS:
                found.append(f"{where}: the library {name} has no rank")
                continue
            words, in_deps = body.split(), False
            for word in words:
                if word.isupper():
                    in_deps = word == "DEPS"
                elif in_deps:
                    found += check_folder_include(where, name, word, test=False)
                    found += [f"{where}: {name} must not be linked with {word}: {why}"
                              for a, b, why in LIBRARY_WALLS if (a, b) == (name, word)]
    return found


def check_readme(source_root):
    readme = source_root / "README.md"
    if not readme.exists():
        return ["src/artemis/README.md is missing"]
    listed = {m[0]: int(m[1]) for m in re.findall(r"^\| (\w+) \| (\d+) \|", readme.read_text(), re.MULTILINE)}
    found = []
    for folder in sorted(p.name for p in source_root.iterdir() if p.is_dir()):
        if folder in RANKS and listed.get(folder) != RANKS[folder]:
            found.append(f"src/artemis/README.md: {folder}/ should be listed with rank {RANKS[folder]}")
    return found


def check_lengths(root):
    found = []
    for top in ("src", "tests", "bench", "tools", "cmake", "python"):
        for path in sorted((root / top).rglob("*")) if (root / top).is_dir() else []:
            if path.suffix in {".h", ".cc", ".py", ".sh", ".cmake"} and path.is_file():
                lines = path.read_text(encoding="utf-8").count("\n")
                if lines > LINES_MAX:
                    found.append(f"{path.relative_to(root)}: {lines} lines; the limit is {LINES_MAX}")
    return found


def check(root):
    source_root = root / "src" / "artemis"
    return (check_includes(source_root) + check_declared_dependencies(source_root) + check_readme(source_root)
            + check_lengths(root))


def self_test():
    # (name, files, what one of the violations must contain; None where there must be none)
    cases = [
        ("a lower rank", {"table/a.h": '#include "artemis/base/b.h"\n', "base/b.h": ""}, None),
        ("upward", {"base/a.h": '#include "artemis/table/b.h"\n'}, "upward"),
        ("upward from a test", {"base/a_test.cc": '#include "artemis/table/b.h"\n'}, "upward"),
        ("sideways", {"scan/a.cc": '#include "artemis/write/b.h"\n'}, "sideways"),
        ("sideways from a test", {"scan/a_test.cc": '#include "artemis/write/b.h"\n'}, None),
        ("scan and catalog", {"scan/a.cc": '#include "artemis/catalog/b.h"\n'}, "scan/"),
        ("replay and commit", {"replay/a.cc": '#include "artemis/commit/b.h"\n'}, "read-only"),
        ("a replay test and commit", {"replay/a_test.cc": '#include "artemis/commit/b.h"\n'}, None),
        ("write and catalog", {"write/a.cc": '#include "artemis/catalog/b.h"\n'}, "write/"),
        ("write and commit", {"write/a.cc": '#include "artemis/commit/b.h"\n'}, "upward"),
        ("commit and rows", {"commit/a.cc": '#include "artemis/read/b.h"\n'}, "commit/"),
        ("parquet and table", {"parquet/a.cc": '#include "artemis/table/b.h"\n'}, "upward"),
        ("parquet and schema", {"parquet/a.cc": '#include "artemis/schema/b.h"\n'}, None),
        ("duckdb in sql", {"sql/a.cc": "#include <duckdb.hpp>\n#include <duckdb/main/config.hpp>\n"}, None),
        ("duckdb elsewhere", {"cli/a.cc": "#include <duckdb/main/config.hpp>\n"}, "DuckDB"),
        ("duckdb in a test", {"read/a_test.cc": "#include <duckdb.hpp>\n"}, "DuckDB"),
        ("flight elsewhere", {"sql/a.cc": "#include <arrow/flight/api.h>\n"}, "Flight"),
        ("sqlite elsewhere", {"base/a.cc": "#include <sqlite3.h>\n"}, "SQLite"),
        ("libpq elsewhere", {"base/a.cc": "#include <libpq-fe.h>\n"}, "libpq"),
        ("spdlog elsewhere", {"io/a.cc": "#include <spdlog/spdlog.h>\n"}, "spdlog"),
        ("libedit elsewhere", {"shell/a.cc": "#include <histedit.h>\n"}, "libedit"),
        ("nlohmann in a header", {"schema/a.h": "#include <nlohmann/json.hpp>\n"}, "nlohmann"),
        ("simdjson elsewhere", {"cli/a.cc": "#include <simdjson.h>\n"}, "simdjson"),
        ("CLI11 elsewhere", {"cli/a.cc": "#include <CLI/CLI.hpp>\n"}, "CLI11"),
        ("CLI11 in its header", {"cli/command_line_builder.h": "#include <CLI/CLI.hpp>\n"}, None),
        ("CLI11 too often", {f"cli/{n}.cc": '#include "artemis/cli/command_line_builder.h"\n'
                             for n in range(CLI11_SOURCES_MAX + 1)}, "CLI11"),
        ("a cycle", {"base/a.h": '#include "artemis/base/b.h"\n', "base/b.h": '#include "artemis/base/a.h"\n'}, "cycle"),
        ("a folder without a rank", {"util/a.h": ""}, "no folder that has a rank"),
        ("a file too long", {"base/a.cc": "//\n" * (LINES_MAX + 1)}, "the limit"),
        ("a file just short enough", {"base/a.cc": "//\n" * LINES_MAX}, None),
        ("declared upward", {"base/CMakeLists.txt": "artemis_library(base SOURCES a.cc DEPS table)"}, "upward"),
        ("declared through a wall", {"replay/CMakeLists.txt": "artemis_library(replay DEPS base\n commit PCH light)"},
         "read-only"),
        ("artemis with DuckDB", {"cli/CMakeLists.txt": "artemis_library(cli DEPS base shell)"}, "without DuckDB"),
        ("artemis-sql with DuckDB", {"cli/CMakeLists.txt": "artemis_library(cli_sql DEPS cli shell)"}, None),
        ("declared well", {"replay/CMakeLists.txt": "artemis_library(replay DEPS base read LINK zstd)"}, None),
        ("a folder not listed", {"README.md": "", "base/a.h": ""}, "should be listed"),
    ]
    table = "".join(f"| {folder} | {rank} | |\n" for folder, rank in RANKS.items())
    failed = 0
    for name, files, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in {"README.md": table, **files}.items():
                target = root / "src" / "artemis" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
            found = check(root)
        right = not found if expected is None else any(expected in line for line in found)
        if not right:
            failed += 1
            print(f"self test, {name}: expected {expected or 'no violation'!r}, found {found}")
    print(f"check_layers: {len(cases) - failed} of {len(cases)} cases of the self test are right")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    found = check(arguments.root)
    for line in found:
        print(line)
    if found:
        print(f"check_layers: {len(found)} violations; the ranks are in src/artemis/README.md")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
