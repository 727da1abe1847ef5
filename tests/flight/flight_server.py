"""Runs artemis-flight as its users do: a process, tokens from its own command, ports that are free."""

import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pyarrow.flight as fl
import pytest

PATIENCE_S = 10


def wait_for(condition, what, patience_s=PATIENCE_S):
    """Polls until `condition` is true and returns the seconds it took."""
    start = time.monotonic()
    while time.monotonic() - start < patience_s:
        if condition():
            return time.monotonic() - start
        time.sleep(0.02)
    pytest.fail(f"not within {patience_s} s: {what}")


class FlightServer:
    """A server over `warehouse`, in `folder`. Options are those of artemis-flight."""

    def __init__(self, bin_dir, warehouse, folder, *options, tls=None):
        self.folder = pathlib.Path(folder)
        self.warehouse = pathlib.Path(warehouse)
        self.tokens_path = self.folder / "flight.tokens"
        self.log_path = self.folder / "flight.log"
        self.tls = tls
        self._bin_dir = bin_dir
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("ARTEMIS_")},
            "HOME": str(folder),
            "ARTEMIS_WAREHOUSE": str(warehouse),
        }
        self._options = options
        self.process = None
        self.port = None
        self.metrics_port = None

    def command(self, *arguments):
        return [os.path.join(self._bin_dir, "artemis-flight"), *map(str, arguments)]

    def attempt(self, *arguments):
        return subprocess.run(
            self.command(*arguments), env=self._environment, cwd=self.folder, capture_output=True, text=True, timeout=30
        )

    def run(self, *arguments):
        done = self.attempt(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def token(self, principal="ada", *options):
        return self.run("token", "create", "--tokens", self.tokens_path, "--principal", principal, *options).strip()

    def revoke(self, token):
        self.run("token", "revoke", "--tokens", self.tokens_path, token.split("_")[1])

    def start(self):
        arguments = ["--listen", "127.0.0.1:0", "--tokens", self.tokens_path, "--metrics-listen", "127.0.0.1:0"]
        if self.tls:
            arguments += ["--tls-cert", self.tls.cert, "--tls-key", self.tls.key]
        self.process = subprocess.Popen(
            self.command(*arguments, "--log", self.log_path, *self._options),
            env=self._environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self.process.stderr.readline()
        found = re.search(r"listening on grpc\+t\w+://127\.0\.0\.1:(\d+), .*http://127\.0\.0\.1:(\d+)", line)
        assert found, line + self.process.stderr.read()
        self.port, self.metrics_port = map(int, found.groups())
        self._rest = []
        threading.Thread(target=lambda: self._rest.extend(self.process.stderr), daemon=True).start()
        return self

    def stop(self, patience_s=PATIENCE_S):
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            pytest.fail(f"the server was not done {patience_s} s after SIGTERM")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def uri(self):
        return f"grpc+{'tls' if self.tls else 'tcp'}://127.0.0.1:{self.port}"

    def client(self, **options):
        return fl.FlightClient(self.uri, **options)

    @staticmethod
    def bearer(token):
        return fl.FlightCallOptions(headers=[(b"authorization", f"Bearer {token}".encode())], timeout=60)

    def query(self, token, sql, client=None):
        """The rows of a statement, by a JSON ticket."""
        ticket = fl.Ticket(json.dumps({"sql": sql}).encode())
        if client is not None:
            return client.do_get(ticket, self.bearer(token)).read_all()
        with self.client() as own:
            return own.do_get(ticket, self.bearer(token)).read_all()

    def knows(self, token):
        """Whether the server has read the token by now."""
        try:
            return self.query(token, "SELECT 1 AS one").num_rows == 1
        except fl.FlightUnauthenticatedError:
            return False

    def http(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}{path}", timeout=10) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name):
        """The sum of a metric over its labels; 0 when it is not there."""
        _, text = self.http("/metrics")
        found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE)
        return sum(map(float, found))

    def running(self):
        return self.metric("artemis_flight_running_statements")

    def events(self, name):
        if not self.log_path.exists():
            return []
        with open(self.log_path, encoding="utf-8") as file:
            return [event for event in map(json.loads, file) if event["event"] == name]

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/statm", encoding="utf-8") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
