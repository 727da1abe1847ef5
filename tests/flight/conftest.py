"""Fixtures of the Flight server's tests: one warehouse, and one server that most of them share."""

import os
import pathlib
import subprocess

import pytest

from flight_server import FlightServer

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
ROWS = 2000
BIG_BUDGET = ("--requests-per-second", "100000", "--request-burst", "100000", "--statements", "16")
PARTITION = "mission_id, day(sample_timestamp_ns) as day"


@pytest.fixture(scope="session")
def bin_dir():
    found = os.environ.get("ARTEMIS_BIN_DIR")
    return str(pathlib.Path(found).resolve() if found else SOURCE_DIR / "build" / "dev" / "bin")


@pytest.fixture(scope="session")
def make_warehouse(bin_dir, tmp_path_factory):
    """Makes a warehouse: sda.observations of 2000 rows, which had 1000 when its tag `early` was made; ground.eu.passes with a key, empty."""

    def make():
        folder = tmp_path_factory.mktemp("flight_warehouse")
        environment = {"HOME": str(folder), "ARTEMIS_WAREHOUSE": str(folder / "warehouse"), "PATH": os.environ["PATH"]}

        def run(program, *arguments, stdout=subprocess.PIPE):
            done = subprocess.run(
                [os.path.join(bin_dir, program), *arguments], env=environment, cwd=folder, stdout=stdout,
                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60,
            )
            assert done.returncode == 0, done.stderr.decode()

        run("artemis-table", "create", "sda.observations", "--canonical", "--partition", PARTITION)
        for seed in ("1", "2"):
            with open(folder / "rows.arrow", "wb") as file:
                run("artemis", "telemetry", "--rows", str(ROWS // 2), "--seed", seed, stdout=file)
            run("artemis-table", "append", "sda.observations", "rows.arrow")
            if seed == "1":
                run("artemis-table", "tag", "create", "sda.observations", "early")
        (folder / "passes.json").write_text(
            '{"type": "struct", "schema-id": 0, "identifier-field-ids": [1], "fields": ['
            '{"id": 1, "name": "pass_id", "required": true, "type": "long", "doc": "which pass"},'
            '{"id": 2, "name": "station", "required": false, "type": "string"},'
            '{"id": 3, "name": "cost", "required": false, "type": "decimal(10, 2)"}]}'
        )
        run("artemis-table", "create", "ground.eu.passes", "--schema", "passes.json")
        return folder / "warehouse"

    return make


@pytest.fixture(scope="session")
def warehouse(make_warehouse):
    """The one that most tests share; nobody writes to it."""
    return make_warehouse()


@pytest.fixture(scope="session")
def make_server(bin_dir, warehouse, tmp_path_factory):
    """Makes a server that is not started, in a folder of its own."""

    def make(*options, tls=None, warehouse=warehouse):
        return FlightServer(bin_dir, warehouse, tmp_path_factory.mktemp("flight_server"), *options, tls=tls)

    return make


@pytest.fixture(scope="session")
def server(make_server):
    """A running server, whose token `server.ada` has a large budget."""
    made = make_server()
    made.ada = made.token("ada", *BIG_BUDGET)
    with made as running:
        yield running
