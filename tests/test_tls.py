"""HTTPS in the process itself: the pages, and the live connection over a stream."""

import json
import ssl
import urllib.request

import pytest
import trustme
from running import launched
from websockets.sync.client import connect

from server import tls
from server.settings import Settings


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def files(authority, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def trust(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def server(files, tmp_path):
    cert, key = files
    with launched(tmp_path, "--tls-cert", str(cert), "--tls-key", str(key)) as server:
        server.read_greeting()
        yield server


def hear(line, type_):
    while (message := json.loads(line.recv(timeout=10)))["type"] != type_:
        pass
    return message


def test_a_vote_is_cast_and_shown_over_https(server, trust):
    base = f"127.0.0.1:{server.port}"
    with urllib.request.urlopen(f"https://{base}/b/FRAMEWORKS", context=trust) as page:
        cookie = page.headers["Set-Cookie"]
    assert "Secure" in cookie
    address = f"wss://{base}/b/FRAMEWORKS/live"
    voter = connect(address, ssl=trust, additional_headers={"Cookie": cookie.partition(";")[0]})
    with voter, connect(address, ssl=trust) as screen:
        screen.send(json.dumps({"type": "hello", "view": "screen"}))
        hear(screen, "welcome")
        voter.send(json.dumps({"type": "hello", "view": "ballot"}))
        hear(voter, "welcome")
        vote = {"type": "vote", "id": "1", "round": 1, "ballot": {"approve": ["tornado"]}}
        voter.send(json.dumps(vote))
        assert hear(voter, "ack")["seq"] == hear(screen, "tally")["seq"] == 3


def test_whoever_is_sent_away_hears_it_over_https(server, trust):
    address = f"wss://127.0.0.1:{server.port}/b/FRAMEWORKS/live"
    with connect(address, ssl=trust) as screen:
        screen.send(json.dumps({"type": "hello", "view": "screen"}))
        hear(screen, "welcome")
        server.stop()
        assert hear(screen, "goodbye")["reason"] == "restart"


def test_a_certificate_that_is_none_ends_the_start_in_words(files, tmp_path):
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    with pytest.raises(tls.TlsError, match="cannot be used"):
        tls.context(Settings(tls_cert=str(bad), tls_key=str(files[1])))


def test_without_a_certificate_there_is_no_context():
    assert tls.context(Settings()) is None
