"""A real PostgreSQL server for tests: made anew in a temporary folder, on a Unix socket in it, under an unprivileged user
(the server refuses root), and gone afterwards, whatever becomes of the test.

    server = Postgres(); server.start(); server.uri() -> "postgresql://artemis@/artemis?host=/tmp/artemis-pg-…"

Fixtures: `postgres` is one server for the whole run, `postgres_uri` the URI of a new database in it.
"""

import ctypes
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

USER = "artemis"
START_TIMEOUT_S = 60
_PR_SET_PDEATHSIG = 1

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "fsync": "off",  # a test's server does not outlive the machine
    "shared_buffers": "16MB",
    "max_connections": "200",
    "log_min_messages": "warning",
    "autovacuum": "off",
}


def binary(name):
    """The path of a program of PostgreSQL; Debian keeps them out of PATH."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    path = found[-1] if found else shutil.which(name)
    if path is None:
        raise RuntimeError(f"{name} is not there: install postgresql-15 (tools/bootstrap test does)")
    return path


def _unprivileged():
    """The user a server is started as, when we are root; None when we are nobody special."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")


def _become(user):
    """In the child: gives up root, and asks to die with the parent."""

    def run():
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
        # Ctrl-C at the test is not for the server, which is stopped in order.
        os.setpgid(0, 0)

    return run


class Postgres:
    def __init__(self, **settings):
        """`settings` are the server's own, such as listen_addresses, and come before those above."""
        self._settings = {**_SETTINGS, **settings}
        self._user = _unprivileged()
        # A socket's path has room for about a hundred bytes: not below a deep TMPDIR.
        self.folder = tempfile.mkdtemp(prefix="artemis-pg-", dir="/tmp")
        self._data = os.path.join(self.folder, "data")
        self._log = os.path.join(self.folder, "log")
        self._server = None
        self._databases = 0
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        os.chmod(self.folder, 0o755)

    def _run(self, *command):
        done = subprocess.run(
            command,
            preexec_fn=_become(self._user),
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed: {done.stdout}")

    def start(self):
        """Makes the server's folder at the first time; returns when connections are taken."""
        if not os.path.exists(self._data):
            self._run(
                *(binary("initdb"), "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8"),
                *("--no-sync", "--no-instructions"),
            )
        settings = [f"-c{name}={value}" for name, value in self._settings.items()]
        with open(self._log, "ab") as log:
            self._server = subprocess.Popen(
                [binary("postgres"), "-D", self._data, "-k", self.folder, *settings],
                preexec_fn=_become(self._user),
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_until_ready()
        return self

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        ready = [binary("pg_isready"), "-q", "-h", self.folder]
        while subprocess.run(ready).returncode != 0:
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {pathlib.Path(self._log).read_text()}")
            time.sleep(0.05)

    def stop(self, how=signal.SIGINT):
        """SIGINT ends sessions and shuts down in order, SIGQUIT at once, as a crash does."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(START_TIMEOUT_S)
            self._server = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()

    def psql(self, sql, database="postgres"):
        """Runs SQL; gives the cells of the result, parted by tabs and line ends."""
        done = subprocess.run(
            [binary("psql"), "-h", self.folder, "-U", USER, "-d", database, "-XAtq", "-F", "\t"]
            + ["-v", "ON_ERROR_STOP=1", "-c", sql],
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"psql failed: {done.stderr}")
        return done.stdout.rstrip("\n")

    def new_database(self):
        """The name of a new, empty database."""
        self._databases += 1
        name = f"db{self._databases}"
        self.psql(f"CREATE DATABASE {name}")
        return name

    def uri(self, database="postgres", user=USER):
        return f"postgresql://{user}@/{database}?host={self.folder}"


@pytest.fixture(scope="session")
def postgres():
    with Postgres() as server:
        yield server


@pytest.fixture
def postgres_uri(postgres):
    return postgres.uri(postgres.new_database())
