"""HTTPS in the process itself: the pages, and the live connection over a stream."""

import asyncio
import contextlib
import json
import socket
import ssl
import struct
import urllib.request
from pathlib import Path

import pytest
import trustme
from websockets.sync.client import connect

from server.security import tls
from server.settings import Settings
from server.store.embedded import EmbeddedStore
from server.web import http_server
from support.server import launched
from support.wait import eventually
from support.worker import worker


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


def test_anyone_who_is_sent_away_hears_it_over_https(server, trust):
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


def client_hello():
    """Give what a browser says first."""
    said = ssl.MemoryBIO()
    line = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), said, server_hostname="a.example")
    with contextlib.suppress(ssl.SSLWantReadError):
        line.do_handshake()
    return said.read()


HELLO = client_hello()
UNFINISHED = [b"", HELLO[: len(HELLO) // 2], HELLO, b"\x16\x03\x01\x40\x00" + bytes(range(256))]
"""Nothing, half a greeting, a whole one and then nothing, and one that never ends."""
NO_TLS = [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", bytes(range(256)) * 8]
MANY, HASTY = 60, 20
"""Strangers of each kind, and others of it who have hung up before they are let in."""


def hang_up(client):
    """Leave without a goodbye: the other side is told that the line was reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


async def let_go(client):
    """Read until the other side ends it."""
    client.setblocking(False)
    with contextlib.suppress(ConnectionResetError):
        while await asyncio.get_running_loop().sock_recv(client, 65_536):
            pass


def open_files():
    return len(list(Path("/dev/fd").iterdir()))


async def test_who_never_ends_the_handshake_is_let_go_and_hinders_no_one(
    files, trust, tmp_path, monkeypatch, caplog
):
    async with contextlib.AsyncExitStack() as stack:
        store = stack.enter_context(EmbeddedStore(tmp_path))
        cert, key = map(str, files)
        server = await stack.enter_async_context(
            worker(store, trust=trust, tls_cert=cert, tls_key=key)
        )

        def connect(said):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            client.sendall(said)
            return client

        asking = server.server._asking
        code, host_key = await server.board()
        host, ann = await server.host(code, host_key), await server.page(code)
        await host.done("open_round", method="approval")
        await eventually(lambda: not asking)
        files_before = open_files()

        slow, wrong = [], []
        for said in UNFINISHED:
            for _ in range(HASTY):
                hang_up(connect(said))
            slow += [connect(said) for _ in range(MANY)]
            await eventually(lambda: len(asking) == len(slow))  # noqa: B023
        for said in NO_TLS:
            wrong += [connect(said) for _ in range(MANY)]
            async with asyncio.timeout(10):
                await asyncio.gather(*map(let_go, wrong[-MANY:]))
        for client in slow[::2]:
            hang_up(client)
        await eventually(lambda: len(asking) == len(slow) / 2)

        async with asyncio.timeout(5):
            await ann.done("vote", round=1, ballot={"approve": ["tornado"]})
            ben = await server.page(code)
            await ben.done("vote", round=1, ballot={"approve": ["flask"]})
            await ben.socket.close()
        assert len(asking) >= len(slow) / 2

        monkeypatch.setattr(http_server, "PATIENCE", 0.0)
        async with asyncio.timeout(10):
            await asyncio.gather(*map(let_go, slow[1::2]))
        await eventually(lambda: not asking)
        for client in slow + wrong:
            client.close()
        await eventually(lambda: open_files() <= files_before)
        await ann.done("vote", round=1, ballot={"approve": ["flask"]})
        assert not caplog.records
