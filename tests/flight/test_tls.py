"""TLS with certificates that openssl makes, clients' certificates, and new certificates at SIGHUP."""

import collections
import pathlib
import signal
import ssl
import subprocess

import adbc_driver_flightsql
import adbc_driver_flightsql.dbapi as dbapi
import pyarrow.flight as fl
import pytest

from conftest import ROWS
from flight_server import wait_for

COUNT = "SELECT count(*) AS n FROM artemis.sda.observations"
Pem = collections.namedtuple("Pem", "cert key")


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=30)


def make_certificate(folder, name, authority=None):
    """A certificate for localhost, by an authority or by itself."""
    key, cert = folder / f"{name}.key", folder / f"{name}.crt"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    subject = ("-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    if authority is None:
        openssl("req", "-x509", "-new", "-key", key, "-days", "2", *subject, "-out", cert)
        return Pem(cert, key)
    request, extensions = folder / f"{name}.csr", folder / f"{name}.ext"
    openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
    extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", request, "-CA", authority.cert, "-CAkey", authority.key, "-CAcreateserial", "-days",
            "2", "-extfile", extensions, "-out", cert)
    return Pem(cert, key)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("authority"), "authority")


@pytest.fixture
def pem(authority, tmp_path):
    return make_certificate(tmp_path, "server", authority)


def count(server, token, **options):
    with server.client(**options) as client:
        return server.query(token, COUNT, client)["n"].to_pylist()


def test_clients_come_by_tls_alone(make_server, authority, pem):
    server = make_server(tls=pem)
    token = server.token()
    with server:
        assert count(server, token, tls_root_certs=authority.cert.read_bytes()) == [ROWS]
        with pytest.raises(fl.FlightUnavailableError):
            count(server, token)
        plain = fl.FlightClient(f"grpc+tcp://127.0.0.1:{server.port}")
        with pytest.raises(fl.FlightUnavailableError):
            server.query(token, COUNT, plain)
        plain.close()


def test_adbc_comes_by_tls(make_server, authority, pem):
    server = make_server(tls=pem)
    token = server.token()
    options = {
        "username": "ada",
        "password": token,
        adbc_driver_flightsql.DatabaseOptions.TLS_ROOT_CERTS.value: authority.cert.read_text(),
    }
    with server, dbapi.connect(server.uri, db_kwargs=options, autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute(COUNT)
            assert cursor.fetchall() == [(ROWS,)]


def test_a_client_without_a_certificate_is_not_let_in_where_one_is_asked_for(make_server, authority, pem, tmp_path):
    server = make_server("--tls-client-ca", authority.cert, tls=pem)
    token = server.token()
    own = make_certificate(tmp_path, "client", authority)
    other = make_certificate(tmp_path, "stranger")
    roots = {"tls_root_certs": authority.cert.read_bytes()}
    with server:
        known = {"cert_chain": own.cert.read_bytes(), "private_key": own.key.read_bytes()}
        assert count(server, token, **roots, **known) == [ROWS]
        with pytest.raises(fl.FlightUnavailableError):
            count(server, token, **roots)
        with pytest.raises(fl.FlightUnavailableError):
            count(server, token, **roots, cert_chain=other.cert.read_bytes(), private_key=other.key.read_bytes())
        with pytest.raises(fl.FlightUnauthenticatedError):
            count(server, token[:-1] + "x", **roots, **known)


def served_certificate(server):
    return ssl.get_server_certificate(("127.0.0.1", server.port), timeout=5)


def test_sighup_takes_a_new_certificate(make_server, authority, pem, tmp_path):
    server = make_server(tls=pem)
    token = server.token()
    roots = {"tls_root_certs": authority.cert.read_bytes()}
    with server, server.client(**roots) as client:
        before = served_certificate(server)
        sql = "SELECT a.* FROM artemis.sda.observations a, artemis.sda.observations b LIMIT 300000"
        reader = client.do_get(fl.Ticket(sql.encode()), server.bearer(token))
        read = reader.read_chunk().data.num_rows
        folder = tmp_path / "next"
        folder.mkdir()
        following = make_certificate(folder, "server", authority)
        pem.key.write_bytes(following.key.read_bytes())
        pem.cert.write_bytes(following.cert.read_bytes())
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: server.events("flight_reload"), "the certificate is read again")
        assert server.events("flight_reload")[-1]["outcome"] == "done"
        assert served_certificate(server) != before
        assert served_certificate(server).split() == pathlib.Path(following.cert).read_text().split()
        assert count(server, token, **roots) == [ROWS]
        # What ran when the certificate changed runs on.
        assert read + sum(chunk.data.num_rows for chunk in reader) == 300_000
        assert server.stop() == 0


def test_a_broken_certificate_at_sighup_changes_nothing(make_server, authority, pem):
    server = make_server(tls=pem)
    token = server.token()
    with server:
        pem.cert.write_text("no certificate")
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: server.events("flight_reload"), "the failure is told")
        assert server.events("flight_reload")[-1]["outcome"] == "failed"
        assert count(server, token, tls_root_certs=authority.cert.read_bytes()) == [ROWS]
