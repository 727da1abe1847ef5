#!/usr/bin/env python3
"""Clients of one Flight server, with and without one that asks for a hundred times its budget; and how soon a slot is free.

    .deps/judges/bin/python bench/flight/load.py [--seconds 30] [--clients 64] [--rounds 1] [--bin build/dev/bin]

Prints one JSON object: for each run the clients' answers, errors, median and 99th percentile, and of the greedy client what it was
served against its budget; the ratio of the 99th percentiles (median of the rounds, each a pair in turns); the server's memory and
descriptors before and after; and the times until the slot of a client is free that was killed (also while it uploads), has cancelled,
stalls, is out of time or has its token revoked.
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

from flight_messages import packed_bytes, text_field, varint_field  # noqa: E402
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


def greedy_process(uri, token, until, idle, queue):
    """Asks GREEDY_RATE * 100 times a second as far as it is let; `idle`: in the time that the others leave."""
    if idle:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
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
        processes.append(context.Process(target=greedy_process, args=(server.uri, greedy, until, options.idle_greedy, greedy_queue)))
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


READER = """
import pyarrow.flight as fl, sys, time
c = fl.FlightClient(sys.argv[1])
o = fl.FlightCallOptions(headers=[(b"authorization", b"Bearer " + sys.argv[2].encode())])
reader = c.do_get(fl.Ticket(sys.argv[3].encode()), o)
print(reader.read_chunk().data.num_rows, flush=True)
time.sleep(600)
"""
UPLOADER = """
import pyarrow as pa, pyarrow.flight as fl, sys
c = fl.FlightClient(sys.argv[1])
o = fl.FlightCallOptions(headers=[(b"authorization", b"Bearer " + sys.argv[2].encode())])
batch = pa.record_batch({"id": pa.array(range(20000), pa.int64())})
writer, _ = c.do_put(fl.FlightDescriptor.for_command(bytes.fromhex(sys.argv[3])), batch.schema, o)
for i in range(10**9):
    writer.write_batch(batch)
    if i == 10:
        print("sent", flush=True)
"""
MANY = f"SELECT a.* FROM {TABLE} a, {TABLE} b"
LONG = f"SELECT sum(hash(a.payload_id, b.payload_id) % 7) FROM {TABLE} a, {TABLE} b"
LIMIT_S = 2


def start(script, server, token, argument):
    process = subprocess.Popen([sys.executable, "-c", script, server.uri, token, argument], stdout=subprocess.PIPE)
    assert process.stdout.readline()
    return process


def freed(server, after_s=0.0):
    return round(wait_for(lambda: server.running() == 0, "the slot is free") - after_s, 3)


def killed(server, token, script, argument):
    process = start(script, server, token, argument)
    process.kill()
    time_s = freed(server)
    process.wait()
    return time_s


def stalled(server, token):
    process = start(READER, server, token, MANY)
    time_s = freed(server, LIMIT_S)
    process.kill()
    process.wait()
    return time_s


def cancelled(server, token):
    with server.client() as client:
        reader = client.do_get(fl.Ticket(MANY.encode()), server.bearer(token))
        reader.read_chunk()
        reader.cancel()
        return freed(server)


def timed_out(server, token):
    def ask_long():
        try:
            server.query(token, LONG)
        except fl.FlightError:
            pass

    asking = threading.Thread(target=ask_long)
    asking.start()
    wait_for(lambda: server.running() == 1, "the statement runs")
    time_s = freed(server, LIMIT_S)
    asking.join()
    return time_s


def revoked(server):
    token = server.token("gone")
    wait_for(lambda: server.knows(token), "the token is known")
    process = start(READER, server, token, MANY)
    server.revoke(token)
    time_s = freed(server)
    process.kill()
    process.wait()
    return time_s


def free_times(bin_dir, warehouse, folder, count=5):
    """Seconds until a slot is free, after what ended its statement: the client's death, or the limit that passed."""
    command = packed_bytes(
        "CommandStatementIngest",
        text_field(1, varint_field(1, 1) + varint_field(2, 2)) + text_field(2, b"uploaded") + text_field(3, b"sda"),
    )
    os.makedirs(f"{folder}/free")
    limits = ("--stall-timeout", str(LIMIT_S), "--statement-timeout", str(2 * LIMIT_S))
    server = FlightServer(bin_dir, warehouse, f"{folder}/free", "--allow-writes", *limits)
    token = server.token("many", "--requests-per-second", "100000", "--request-burst", "100000", "--write")
    hurried = FlightServer(bin_dir, warehouse, f"{folder}/free", "--statement-timeout", str(LIMIT_S))
    times = {}
    with server:
        server.query(token, f"SELECT count(*) FROM {TABLE}")
        before = server.resident_bytes()
        times["killed"] = [killed(server, token, READER, MANY) for _ in range(count)]
        times["killed while uploading"] = [killed(server, token, UPLOADER, command.hex()) for _ in range(count)]
        times["cancelled"] = [cancelled(server, token) for _ in range(count)]
        times["stalled"] = [stalled(server, token) for _ in range(2)]
        times["revoked"] = [revoked(server) for _ in range(count)]
        times["resident_bytes_more"] = server.resident_bytes() - before
    with hurried:
        times["timed out"] = [timed_out(hurried, token) for _ in range(2)]
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
    parser.add_argument("--idle-greedy", action="store_true", help="the greedy client works in the time that the others leave")
    parser.add_argument("--bin", default=str(SOURCE_DIR / "build" / "dev" / "bin"))
    options = parser.parse_args()
    bin_dir = str(pathlib.Path(options.bin).resolve())
    with tempfile.TemporaryDirectory() as folder:
        warehouse = make_warehouse(bin_dir, folder)
        server = FlightServer(bin_dir, warehouse, folder, "--statements", "256")
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
                "free_s": free_times(bin_dir, warehouse, folder),
            }, indent=1))


if __name__ == "__main__":
    main()
