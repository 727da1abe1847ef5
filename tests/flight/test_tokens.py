"""Tokens: the command that keeps them, who is let in, and what each may see."""

import base64
import json
import re
import signal
import stat
import subprocess
import sys

import pyarrow as pa
import pyarrow.flight as fl
import pytest

from conftest import ROWS
from flight_server import wait_for

COUNT = "SELECT count(*) AS n FROM artemis.sda.observations"


def test_create_prints_the_token_alone(make_server):
    server = make_server()
    done = server.attempt("token", "create", "--tokens", server.tokens_path, "--principal", "ada")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"art_[0-9a-f]{12}_[0-9a-f]{64}\n", done.stdout)
    secret = done.stdout.strip().split("_")[2]
    for path in (server.tokens_path, server.tokens_path.with_name("flight.tokens.key")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert secret not in path.read_text()


def test_list_tells_all_but_the_secret(make_server):
    server = make_server()
    token = server.token("ada", "--expires", "90d", "--namespace", "sda", "--namespace", "ground.eu")
    gone = server.token("grace")
    server.revoke(gone)
    listed = json.loads(server.run("token", "list", "--tokens", server.tokens_path, "--format", "json"))["tokens"]
    assert [entry["state"] for entry in listed] == ["valid", "revoked"]
    assert listed[0]["id"] == token.split("_")[1]
    assert listed[0]["namespaces"] == "sda, ground.eu"
    assert listed[1]["principal"] == "grace"
    assert token.split("_")[2] not in server.run("token", "list", "--tokens", server.tokens_path)


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["token", "create", "--principal", "ada"], 2),
        (["token", "create", "--tokens", "t"], 2),
        (["token", "create", "--tokens", "t", "--principal", "a:b"], 2),
        (["token", "create", "--tokens", "t", "--principal", "ada", "--expires", "soon"], 2),
        (["token", "create", "--tokens", "t", "--principal", "ada", "--statements", "0"], 2),
        (["token"], 2),
        (["--listen", "127.0.0.1:0"], 2),
        (["--tokens", "t"], 2),
        (["--tokens", "t", "--listen", "nowhere"], 2),
        (["--tokens", "t", "--listen", "0.0.0.0:0"], 2),
        (["--tokens", "t", "--listen", "[::]:0"], 2),
        (["--tokens", "t", "--listen", "127.0.0.1:0", "--tls-cert", "c"], 2),
        (["--tokens", "t", "--listen", "127.0.0.1:0", "--tls-client-ca", "c"], 2),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(make_server, arguments, code):
    done = make_server().attempt(*arguments)
    assert done.returncode == code, done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_file_of_tokens_must_be_there_and_private(make_server):
    server = make_server()
    missing = server.attempt("--listen", "127.0.0.1:0", "--tokens", server.tokens_path)
    assert missing.returncode == 3 and "flight.tokens" in missing.stderr
    server.token()
    server.tokens_path.chmod(0o644)
    readable = server.attempt("--listen", "127.0.0.1:0", "--tokens", server.tokens_path)
    assert readable.returncode == 1 and "chmod 600" in readable.stderr


def refused_headers(token):
    other = token[:-1] + ("0" if token[-1] != "0" else "1")

    def basic(text):
        return b"Basic " + base64.b64encode(text.encode())

    yield "nothing", []
    yield "no scheme", [token.encode()]
    yield "an empty bearer", [b"Bearer "]
    yield "another secret", [f"Bearer {other}".encode()]
    yield "another id", [f"Bearer {token[:4]}{'0' * 12}{token[16:]}".encode()]
    yield "the id alone", [f"Bearer {token[:16]}".encode()]
    yield "a blank before", [f"Bearer  {token}".encode()]
    yield "upper case", [f"Bearer {token.upper()}".encode()]
    yield "a long one", [b"Bearer " + b"a" * 5000]
    yield "a login of no shape", [f"Bearer {token}.x".encode()]
    yield "another user", [basic(f"grace:{token}")]
    yield "a password that is no token", [basic("ada:secret")]
    yield "no colon", [basic(token)]
    yield "no base64", [b"Basic !!!"]
    yield "digest", [b"Digest " + token.encode()]
    yield "user and no password", [basic("ada:")]
    yield "a token of SQL", [b"Bearer ' OR 1=1 --"]
    yield "a path", [b"Bearer ../../etc/passwd"]
    yield "the hash of nothing", [b"Bearer art_000000000000_" + b"0" * 64]
    yield "null bytes", [b"Bearer %00" + token.encode()]


def test_calls_without_a_valid_token_are_refused_and_logged(server):
    cases = list(refused_headers(server.ada))
    assert len(cases) >= 20
    before = len(server.events("flight_login"))
    with server.client() as client:
        for what, values in cases:
            options = fl.FlightCallOptions(headers=[(b"authorization", value) for value in values])
            for call in (
                lambda: client.do_get(fl.Ticket(COUNT.encode()), options).read_all(),
                lambda: list(client.do_action(fl.Action("CloseSession", b""), options)),
                lambda: client.get_flight_info(fl.FlightDescriptor.for_command(COUNT.encode()), options),
            ):
                with pytest.raises(fl.FlightUnauthenticatedError):
                    call()
                    pytest.fail(f"was let in with {what}")
    logged = server.events("flight_login")[before:]
    assert [event["outcome"] for event in logged] == ["refused"] * 3 * len(cases)
    assert all(event["peer"].startswith("ipv4:127.0.0.1:") for event in logged)
    assert server.ada.split("_")[2] not in server.log_path.read_text()


@pytest.mark.parametrize("user", ["ada", "token", ""])
def test_a_login_with_the_token_as_password_gives_a_bearer(server, user):
    with server.client() as client:
        name, value = client.authenticate_basic_token(user, server.ada)
        assert name == b"authorization" and value.startswith(b"Bearer " + server.ada.encode())
        options = fl.FlightCallOptions(headers=[(name, value)])
        assert client.do_get(fl.Ticket(COUNT.encode()), options).read_all()["n"].to_pylist() == [ROWS]


def test_a_token_sees_its_namespaces_alone(server):
    token = server.token("grace", "--namespace", "ground")
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: server.events("flight_reload"), "the tokens are read again")
    assert server.query(token, "SELECT count(*) AS n FROM artemis.\"ground.eu\".passes")["n"].to_pylist() == [0]
    for sql in (COUNT, "SELECT * FROM artemis.sda.nothing", "DESCRIBE artemis.sda.observations",
                "EXPLAIN " + COUNT, "SELECT * FROM artemis.snapshots('sda.observations')"):
        with pytest.raises((KeyError, pa.ArrowInvalid)) as refused:
            server.query(token, sql)
        assert "apollo" not in str(refused.value)
    listed = server.query(token, "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = 'artemis'")
    assert listed.to_pylist() == [{"table_schema": "ground.eu", "table_name": "passes"}]


def test_a_token_added_to_a_running_server_is_good_within_a_second(server):
    token = server.token("late")

    def is_good():
        try:
            return server.query(token, "SELECT 1 AS one")["one"].to_pylist() == [1]
        except fl.FlightUnauthenticatedError:
            return False

    assert wait_for(is_good, "the new token is known", 3) < 3


def test_sessions_are_their_clients_own(server):
    """Settings of one login are no other's, of the same token over the same connection."""
    with server.client() as client:
        first = fl.FlightCallOptions(headers=[client.authenticate_basic_token("ada", server.ada)])
        second = fl.FlightCallOptions(headers=[client.authenticate_basic_token("ada", server.ada)])

        def count(options):
            return client.do_get(fl.Ticket(COUNT.encode()), options).read_all()["n"][0].as_py()

        client.do_get(fl.Ticket(b"SET artemis.as_of = '2001-01-01T00:00:00Z'"), first).read_all()
        with pytest.raises(KeyError):
            count(first)
        assert count(second) == ROWS
        client.do_get(fl.Ticket(b"RESET artemis.as_of"), first).read_all()
        assert count(first) == ROWS


def test_a_session_that_is_closed_has_no_settings(server):
    with server.client() as client:
        options = fl.FlightCallOptions(headers=[client.authenticate_basic_token("ada", server.ada)])
        client.do_get(fl.Ticket(b"SET artemis.as_of = '2001-01-01T00:00:00Z'"), options).read_all()
        with pytest.raises(KeyError):
            client.do_get(fl.Ticket(COUNT.encode()), options).read_all()
        (closed,) = client.do_action(fl.Action("CloseSession", b""), options)
        assert closed.body.to_pybytes() == b"\x08\x01"  # CloseSessionResult: CLOSED
        assert client.do_get(fl.Ticket(COUNT.encode()), options).read_all()["n"].to_pylist() == [ROWS]


def test_use_names_the_schema_of_a_session(server):
    with server.client() as client:
        options = fl.FlightCallOptions(headers=[client.authenticate_basic_token("ada", server.ada)])
        client.do_get(fl.Ticket(b"USE artemis.sda"), options).read_all()
        table = client.do_get(fl.Ticket(b"SELECT count(*) AS n FROM observations"), options).read_all()
        assert table["n"].to_pylist() == [ROWS]


def test_a_session_of_another_process_is_another(server):
    """Without logins and cookies a session is its connection's."""
    script = (
        "import pyarrow.flight as fl, sys\n"
        "client = fl.FlightClient(sys.argv[1])\n"
        "options = fl.FlightCallOptions(headers=[(b'authorization', b'Bearer ' + sys.argv[2].encode())])\n"
        "for sql in sys.argv[3:]:\n"
        "    print(client.do_get(fl.Ticket(sql.encode()), options).read_all().num_rows)\n"
    )

    def run(*statements):
        return subprocess.run(
            [sys.executable, "-c", script, server.uri, server.ada, *statements], capture_output=True, text=True, timeout=30
        )

    pinned = run("SET artemis.as_of = '2001-01-01T00:00:00Z'", "SELECT payload_id FROM artemis.sda.observations")
    assert pinned.returncode != 0
    free = run("SELECT payload_id FROM artemis.sda.observations")
    assert free.stdout.split() == [str(ROWS)], free.stderr
