#!/usr/bin/env python3
"""Clients of one Flight server, with and without one that asks for a hundred times its budget; and how soon a slot is free.

    .deps/judges/bin/python bench/flight/load.py [--seconds 30] [--clients 64] [--rounds 2] [--only greedy|free]

The clients are programs of the bench preset that cost little beside the server. The greedy one asks a hundred times its budget
whatever it is answered. Prints one JSON object: for each run the clients' answers, errors, median and 99th percentile, the processor
time of server, clients and whatever else the machine did, and what the greedy client has offered and was served; the ratio of the 99th percentiles of all answers with
and without it, and of each pair; the server's memory and descriptors before and after; and the times until the slot of a client is free
that was killed (also while it uploads), has cancelled, stalls, is out of time or has its token revoked.
"""

import argparse
import json
import os
import pathlib
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
STEADY_SQL = f"SELECT count(*), max(temperature_c) FROM {TABLE} WHERE payload_id = 7"
GREEDY_SQL = f"SELECT count(*) FROM {TABLE}"
GREEDY_RATE = 10


def start_load(options, program, *arguments):
    return subprocess.Popen([os.path.join(options.load, program), *map(str, arguments)], stdout=subprocess.PIPE)


def cpu_s(pid):
    """Seconds of processor time that a process has taken, its threads with it."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine_cpu_s():
    """Seconds of processor time that all processes have taken, and other machines on the same processors."""
    with open("/proc/stat", encoding="utf-8") as file:
        user, nice, system, _, _, interrupts, soft, stolen = map(int, file.readline().split()[1:9])
    return (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")


def finish(process):
    """What it prints, with the processor time that it took."""
    text = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.args
    return {**json.loads(text), "cpu_s": round(used.ru_utime + used.ru_stime, 2)}


def percentile_ms(times, part):
    return round(sorted(times)[int(len(times) * part)], 2)


def run_clients(server, token, greedy, options, seed):
    machine_s, server_s = machine_cpu_s(), cpu_s(server.process.pid)
    steady = start_load(options, "steady_load", server.uri, token, options.clients, 1000 * options.pause, options.seconds, seed, STEADY_SQL)
    hurried = greedy and start_load(options, "greedy_load", server.port, greedy, 100 * GREEDY_RATE, options.seconds, GREEDY_SQL, options.streams)
    found = finish(steady)
    more = {"greedy": finish(hurried)} if hurried else {}
    server_s = cpu_s(server.process.pid) - server_s
    ours_s = server_s + found["cpu_s"] + (more["greedy"]["cpu_s"] if more else 0)
    times = found["times_ms"]
    return times, {
        "answers": len(times),
        "errors": found["errors"],
        "p50_ms": percentile_ms(times, 0.5),
        "p99_ms": percentile_ms(times, 0.99),
        "server_cpu_s": round(server_s, 2),
        "clients_cpu_s": found["cpu_s"],
        "others_cpu_s": round(machine_cpu_s() - machine_s - ours_s, 2),
        **more,
    }


def measure_rounds(server, token, greedy, options):
    """Each round is a pair, the next the other way round; both of a pair ask at the same times."""
    runs, ratios = [], []
    pooled = {"alone": [], "with_greedy": []}
    for seed in range(options.rounds):
        pair = {}
        for name in ("alone", "with_greedy")[:: -1 if seed % 2 else 1]:
            times, pair[name] = run_clients(server, token, greedy if name == "with_greedy" else None, options, seed)
            pooled[name] += times
            time.sleep(1.5)
        runs.append(pair)
        ratios.append(round(pair["with_greedy"]["p99_ms"] / pair["alone"]["p99_ms"], 3))
    p99 = {name: percentile_ms(times, 0.99) for name, times in pooled.items()}
    return {"runs": runs, "ratios": ratios, "p99_ms": p99, "p99_ratio": round(p99["with_greedy"] / p99["alone"], 3)}


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


def measure_greedy(bin_dir, warehouse, folder, options):
    server = FlightServer(bin_dir, warehouse, folder, "--statements", "256")
    token = server.token("many", "--requests-per-second", "100000", "--request-burst", "100000", "--statements", "128")
    greedy = server.token("greedy", "--requests-per-second", str(GREEDY_RATE), "--request-burst", str(GREEDY_RATE))
    with server:
        size = lambda: {"descriptors": len(os.listdir(f"/proc/{server.process.pid}/fd")), "resident_bytes": server.resident_bytes()}
        warm = argparse.Namespace(**{**vars(options), "seconds": 5})
        run_clients(server, token, greedy, warm, 1)
        time.sleep(2)
        before = size()
        found = measure_rounds(server, token, greedy, options)
        time.sleep(2)
        return {**found, "before": before, "after": size()}


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
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds from one question of a client to its next, on average")
    parser.add_argument("--streams", type=int, default=1_000_000, help="of the greedy client at once, as a proxy may limit them")
    parser.add_argument("--only", choices=["greedy", "free"], help="half of what is measured")
    parser.add_argument("--bin", default=str(SOURCE_DIR / "build" / "dev" / "bin"))
    parser.add_argument("--load", default=str(SOURCE_DIR / "build" / "bench" / "bin"), help="where the clients are")
    options = parser.parse_args()
    bin_dir = str(pathlib.Path(options.bin).resolve())
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        warehouse = make_warehouse(bin_dir, folder)
        if options.only != "free":
            found = measure_greedy(bin_dir, warehouse, folder, options)
        if options.only != "greedy":
            found["free_s"] = free_times(bin_dir, warehouse, folder)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
