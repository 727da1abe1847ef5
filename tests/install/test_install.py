"""An installed Artemis as another project uses it: find_package, headers, libraries, programs."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
BUILD_DIR = pathlib.Path(os.environ.get("ARTEMIS_BIN_DIR", SOURCE_DIR / "build" / "dev" / "bin")).resolve().parent
PROGRAMS = ["artemis", "artemis-write", "artemis-table", "artemis-replay", "artemis-sql", "partition-bench"]
# An installed program finds its libraries by itself.
CLEARED = ("LD_LIBRARY_PATH", "CMAKE_PREFIX_PATH", "DESTDIR")
ENVIRONMENT = {key: value for key, value in os.environ.items() if key not in CLEARED}


def run(*command, destdir=None):
    environment = ENVIRONMENT if destdir is None else {**ENVIRONMENT, "DESTDIR": str(destdir)}
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment)
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """Installed, then moved: nothing may depend on the place it was installed to."""
    folder = tmp_path_factory.mktemp("install")
    run("cmake", "--install", BUILD_DIR, "--prefix", folder / "first")
    os.rename(folder / "first", folder / "moved")
    return folder / "moved"


@pytest.fixture(scope="module")
def examples(prefix, tmp_path_factory):
    build = tmp_path_factory.mktemp("examples")
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    run("cmake", "-S", SOURCE_DIR / "examples", "-B", build, *generator, f"-DCMAKE_PREFIX_PATH={prefix}",
        "-DCMAKE_CXX_FLAGS=-O0 -Wall -Wextra -Werror")
    run("cmake", "--build", build)
    return build


def test_programs_run_from_where_they_lie(prefix):
    for program in PROGRAMS:
        assert "artemis" in run(prefix / "bin" / program, "--version")


def test_programs_and_libraries_name_no_folder_of_the_build(prefix):
    for path in [prefix / "bin" / "artemis", *(prefix / "lib" / "artemis").glob("*.so*")]:
        found = re.search(r"R(?:UN)?PATH\)\s+Library r(?:un)?path: \[(.*)\]", run("readelf", "-d", path))
        for folder in (found.group(1) if found else "").split(":"):
            assert folder == "" or folder.startswith("$ORIGIN"), f"{path.name}: {folder}"
    for path in (prefix / "lib" / "cmake").rglob("*.cmake"):
        assert str(SOURCE_DIR) not in path.read_text(), path.name
    assert (prefix / "share" / "doc" / "artemis" / "LICENSE").is_file()


def test_headers_include_only_what_is_installed(prefix):
    include = prefix / "include"
    headers = [path for path in (include / "artemis").rglob("*.h") if "deps" not in path.relative_to(include).parts]
    assert len(headers) > 80
    for path in headers:
        for name in re.findall(r'^#include [<"]([^>"]+)[>"]', path.read_text(), re.MULTILINE):
            place = f"{path.name} includes {name}"
            if name.startswith("artemis/"):
                assert (include / name).is_file(), place
            elif "/" in name:
                assert (include / "artemis" / "deps" / name).is_file(), place
            else:
                assert re.fullmatch("[a-z_]+", name), place
    assert not (include / "artemis" / "deps" / "arrow" / "flight").exists()


EXAMPLES = [
    ("write", "rows.parquet", r"2 rows in 1 row group\nmission: .*\nvolts: .*\n"),
    ("table", "w", "appended 2 files\nappended 1 files\n"),
    # gemini-4's first file holds 24.5 only.
    ("plan", "w", r"2 of 3 files may hold rows with volts > 25\n(?:.+\n){3}"),
    ("replay", "w", "2 rows then, 1 added and 0 removed since\n"),
    ("time_travel", "w", "2 rows then, 1 deleted, 1 left; 3 intervals, the last a rollback\n"),
    ("sql", "w", r"3 31(?:\.0)? \n2 28\.1 \n"),
]


def test_examples_are_built_and_say_what_they_should(examples, tmp_path):
    for name, argument, expected in EXAMPLES:
        out = run(examples / name, tmp_path / argument)
        assert re.fullmatch(expected, out), f"{name}: {out}"


def test_a_package_is_made_below_destdir(tmp_path):
    run("cmake", "--install", BUILD_DIR, "--prefix", "/usr/local", destdir=tmp_path)
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if not path.is_dir() or path.is_symlink()}
    assert all(path.startswith("usr/local/") for path in found)
    for name in ("bin/artemis", "bin/artemis-sql", "lib/artemis/libartemis_base.a", "include/artemis/base/error.h",
                 "include/artemis/base/version.h", "lib/cmake/Artemis/ArtemisConfig.cmake"):
        assert f"usr/local/{name}" in found


def test_a_later_installation_replaces_headers(prefix):
    stale = prefix / "include" / "artemis" / "base" / "no_longer_ours.h"
    stale.write_text("")
    run("cmake", "--install", BUILD_DIR, "--prefix", prefix)
    assert not stale.exists()
    assert (prefix / "include" / "artemis" / "deps" / "arrow" / "api.h").is_file()
