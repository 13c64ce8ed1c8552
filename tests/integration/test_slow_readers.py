"""What a real worker keeps in memory for people who do not read: what it keeps for those who do."""

import json
import re
import select
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.client import connect_blocking
from support.server import launched
from support.wait import until

PEOPLE = 150
SLACK_KIB = 8 * 1024
FREE = ("--message-rate", "10000", "--message-burst", "100000")
LONG = "\N{THUMBS UP SIGN}" * 2000
HANDSHAKE = (
    b"GET /b/FRAMEWORKS/live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\n\r\n"
)
_HELLO = b'{"type":"hello","view":"screen"}'
HELLO = bytes([0x81, 0x80 | len(_HELLO)]) + bytes(4) + _HELLO


@pytest.fixture
def server(tmp_path):
    """A server on whose board one comment has hundreds of long replies."""
    with launched(tmp_path, *FREE) as running:
        running.await_greeting()
        talk(running)
        yield running


def talk(server):
    with socket.create_connection(("127.0.0.1", server.port)) as browser:
        browser.sendall(
            b"GET /b/FRAMEWORKS HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        head = browser.recv(4096, socket.MSG_WAITALL).decode("latin1")
    cookie = re.search(r"Set-Cookie: ([^;]+)", head)[1]
    with connect_blocking(
        server.address, "FRAMEWORKS", cookie=cookie, max_size=None, max_queue=None
    ) as connection:
        connection.send(json.dumps({"type": "hello", "view": "ballot"}))
        said = {"type": "comment", "option": "flask", "kind": "note"}
        say(connection, [said | {"id": "t", "comment": "t", "text": "Why?"}])
        replies = [{"id": f"r{n}", "comment": f"r{n}"} for n in range(400)]
        say(connection, [said | reply | {"text": LONG, "parent": "t"} for reply in replies])


def say(connection, messages):
    """Say something until all of it is taken: a busy machine takes the store for away."""
    waiting = {each["id"]: json.dumps(each, ensure_ascii=False) for each in messages}
    for message in waiting.values():
        connection.send(message)
    while waiting:
        told = json.loads(connection.recv(timeout=30))
        if told["type"] == "ack":
            del waiting[told["id"]]
        elif told["type"] == "refused":
            assert told["code"] == "store_away", told
            connection.send(waiting[told["id"]])


def memory(server):
    """The KiB of the worker that are in memory."""
    (pid,) = server.workers()
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def arrive(server, opened):
    """Connect as someone from whom the system takes little that is not read."""
    each = opened.enter_context(socket.socket())
    each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    each.settimeout(30)
    each.connect(("127.0.0.1", server.port))
    return each


def greet(sockets):
    """Shake hands and say hello; what is welcomed with waits to be read."""
    for each in sockets:
        each.sendall(HANDSHAKE)
    for each in sockets:
        said = b""
        while not said.endswith(b"\r\n\r\n"):
            said += each.recv(1)
        each.sendall(HELLO)
    for each in sockets:
        assert select.select([each], [], [], 30)[0]


def growth(server, misuse):
    """How much memory it takes at most while people do something, in KiB."""
    with ExitStack() as opened:
        before = memory(server)
        misuse(server, [arrive(server, opened) for _ in range(PEOPLE)])
        return memory(server) - before


def read_all(_, sockets):
    greet(sockets)
    waiting = set(sockets)
    while waiting:
        # A pulse comes soon enough: who has nothing to read for a second has read the welcome.
        ready, _, _ = select.select(waiting, [], [], 1)
        waiting &= {each for each in ready if len(each.recv(65_536))} if ready else set()


def read_nothing(_, sockets):
    greet(sockets)


def ask_and_read_nothing(path):
    def ask(_, sockets):
        for each in sockets:
            each.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        for each in sockets:
            assert select.select([each], [], [], 30)[0]

    return ask


def test_who_reads_nothing_costs_what_everyone_costs(server):
    idle = growth(server, read_all)
    for misuse in (
        read_nothing,
        ask_and_read_nothing("/api/boards/FRAMEWORKS"),
        ask_and_read_nothing("/api/boards/FRAMEWORKS/rounds"),
    ):
        assert growth(server, misuse) < 3 * max(idle, 0) + SLACK_KIB


def test_who_trickles_is_closed_with_the_words_of_the_contract(server):
    """It reads some bytes a second, which keeps no line open for ever."""
    with ExitStack() as opened:
        eve = arrive(server, opened)
        greet([eve])
        got = b""

        def is_sent_away():
            nonlocal got
            got += eve.recv(20)
            return 'code="4008"} 1.0' in server.get("/metrics")[1]

        until(is_sent_away, 40)
        while not got.endswith(b"too slow to keep up."):
            more = eve.recv(65_536)
            assert more, got[-100:]
            got += more
        assert (4008).to_bytes(2, "big") in got[-60:]
