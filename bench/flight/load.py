#!/usr/bin/env python3
"""Clients of one Flight server, with and without one that asks for a hundred times its budget; and how soon a slot is free.

    .deps/judges/bin/python bench/flight/load.py [--seconds 30] [--clients 64] [--rounds 1] [--bin build/dev/bin]

Prints one JSON object: for each run the clients' answers, errors, median and 99th percentile, and of the greedy client what it was
served against its budget; the ratio of the 99th percentiles (median of the rounds, each a pair in turns); the server's memory and
descriptors before and after; and the times until the slot of a killed client is free.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE_DIR / "tests" / "flight"))

import pyarrow.flight as fl  # noqa: E402

from flight_server import FlightServer, wait_for  # noqa: E402

TABLE = "artemis.sda.observations"
GREEDY_RATE = 10
PROCESSES = 4


def ask(client, options, sql):
    return client.do_get(fl.Ticket(sql.encode()), options).read_all()


def one_client(uri, token, number, pause_s, until, out):
    options = FlightServer.bearer(token)
    times, errors = [], 0
    with fl.FlightClient(uri, generic_options=[("grpc.use_local_subchannel_pool", 1)]) as client:
        turn = number
        time.sleep(pause_s * number / 64)
        while time.monotonic() < until:
            began = time.monotonic()
            try:
                ask(client, options, f"SELECT count(*), max(temperature_c) FROM {TABLE} WHERE payload_id = {turn % 97}")
                times.append(time.monotonic() - began)
            except fl.FlightError:
                errors += 1
            turn += 1
            time.sleep(max(0, began + pause_s - time.monotonic()))
    out.append((times, errors))


def client_process(uri, token, numbers, pause_s, until, queue):
    out = []
    threads = [threading.Thread(target=one_client, args=(uri, token, n, pause_s, until, out)) for n in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put(([t for times, _ in out for t in times], sum(errors for _, errors in out)))


def greedy_process(uri, token, until, queue):
    """Asks GREEDY_RATE * 100 times a second as far as it is let."""
    counts = {"asked": 0, "served": 0}
    lock = threading.Lock()

    def run():
        options = FlightServer.bearer(token)
        with fl.FlightClient(uri, generic_options=[("grpc.use_local_subchannel_pool", 1)]) as client:
            due = time.monotonic()
            while time.monotonic() < until:
                due += 16 / (100 * GREEDY_RATE)
                time.sleep(max(0, due - time.monotonic()))
                try:
                    ask(client, options, f"SELECT count(*) FROM {TABLE}")
                    served = 1
                except fl.FlightUnavailableError:
                    served = 0
                with lock:
                    counts["asked"] += 1
                    counts["served"] += served

    threads = [threading.Thread(target=run) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put(counts)


def run_clients(server, token, greedy, options):
    context = multiprocessing.get_context("spawn")
    queue, greedy_queue = context.Queue(), context.Queue()
    until = time.monotonic() + options.seconds + 2
    processes = [
        context.Process(
            target=client_process,
            args=(server.uri, token, range(i, options.clients, PROCESSES), options.pause, until, queue),
        )
        for i in range(PROCESSES)
    ]
    if greedy:
        processes.append(context.Process(target=greedy_process, args=(server.uri, greedy, until, greedy_queue)))
    for process in processes:
        process.start()
    results = [queue.get() for _ in range(PROCESSES)]
    found = {"greedy": greedy_queue.get()} if greedy else {}
    for process in processes:
        process.join()
    times = sorted(t for each, _ in results for t in each)
    return {
        "answers": len(times),
        "errors": sum(errors for _, errors in results),
        "p50_ms": round(1000 * times[len(times) // 2], 2),
        "p99_ms": round(1000 * times[int(len(times) * 0.99)], 2),
        **found,
    }


def slot_times(server, token, count=5):
    """Seconds until the slot of a client that was killed in mid-stream is free."""
    script = (
        "import pyarrow.flight as fl, sys, time\n"
        "c = fl.FlightClient(sys.argv[1])\n"
        "o = fl.FlightCallOptions(headers=[(b'authorization', b'Bearer ' + sys.argv[2].encode())])\n"
        "print(c.do_get(fl.Ticket(sys.argv[3].encode()), o).read_chunk().data.num_rows, flush=True)\n"
        "time.sleep(600)\n"
    )
    times = []
    for _ in range(count):
        sql = f"SELECT a.* FROM {TABLE} a, {TABLE} b"
        reader = subprocess.Popen([sys.executable, "-c", script, server.uri, token, sql], stdout=subprocess.PIPE)
        reader.stdout.readline()
        reader.kill()
        times.append(round(wait_for(lambda: server.running() == 0, "the slot is free"), 3))
        reader.wait()
    return times


def make_warehouse(bin_dir, folder):
    environment = {"HOME": folder, "ARTEMIS_WAREHOUSE": f"{folder}/warehouse", "PATH": os.environ["PATH"]}

    def run(program, *arguments, stdout=subprocess.DEVNULL):
        subprocess.run(
            [f"{bin_dir}/{program}", *arguments], env=environment, cwd=folder, check=True, stdout=stdout,
            stderr=subprocess.DEVNULL,
        )

    with open(f"{folder}/rows.arrow", "wb") as file:
        run("artemis", "telemetry", "--rows", "200000", "--seed", "1", stdout=file)
    run("artemis-table", "create", "sda.observations", "--canonical")
    run("artemis-table", "append", "sda.observations", "rows.arrow")
    return f"{folder}/warehouse"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds from one question of a client to its next")
    parser.add_argument("--bin", default=str(SOURCE_DIR / "build" / "dev" / "bin"))
    options = parser.parse_args()
    bin_dir = str(pathlib.Path(options.bin).resolve())
    with tempfile.TemporaryDirectory() as folder:
        server = FlightServer(bin_dir, make_warehouse(bin_dir, folder), folder, "--statements", "256")
        token = server.token("many", "--requests-per-second", "100000", "--request-burst", "100000", "--statements", "128")
        greedy = server.token("greedy", "--requests-per-second", str(GREEDY_RATE), "--request-burst", str(GREEDY_RATE))
        with server:
            descriptors = lambda: len(os.listdir(f"/proc/{server.process.pid}/fd"))
            run_clients(server, token, None, argparse.Namespace(**{**vars(options), "seconds": 3}))
            before = {"descriptors": descriptors(), "resident_bytes": server.resident_bytes()}
            runs = []
            for _ in range(options.rounds):
                runs.append({"alone": run_clients(server, token, None, options), "with_greedy": run_clients(server, token, greedy, options)})
            time.sleep(2)
            after = {"descriptors": descriptors(), "resident_bytes": server.resident_bytes()}
            ratios = [run["with_greedy"]["p99_ms"] / run["alone"]["p99_ms"] for run in runs]
            print(json.dumps({
                "runs": runs, "p99_ratio": round(statistics.median(ratios), 3), "before": before, "after": after,
                "slot_free_s": slot_times(server, token),
            }, indent=1))


if __name__ == "__main__":
    main()
