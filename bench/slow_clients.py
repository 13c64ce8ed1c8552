"""Measure the cost of clients that read slowly or never finish a request: `make bench-misuse`, or
`python -m bench.slow_clients --help`.
"""

import http.client
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self

from bench import machine, seeding
from bench.harness import Measured, Scenario, options_parser, run_scenarios
from bench.results import SLOW_CLIENTS, Measure
from bench.stackvote import Stackvote, running
from server.domain import actions as act
from server.domain.options import Option
from server.domain.rules import RoundSettings

REPLIES, OPTIONS, ROUNDS = 1000, 50, 100
LIVE = f"/b/{seeding.CODE}/live"
ROUNDS_PATH = f"/api/boards/{seeding.CODE}/rounds"
POLL_INTERVAL = 0.02
"""Seconds between two measurements of memory, and between two requests of another client."""
HANDSHAKE = (
    f"GET {LIVE} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: stackvote.v1\r\n\r\n"
).encode()
_HELLO = b'{"type":"hello","view":"screen"}'
HELLO = bytes([0x81, 0x80 | len(_HELLO)]) + bytes(4) + _HELLO
BODY = 250_000
POST = (
    f"POST /api/boards HTTP/1.1\r\nHost: localhost\r\nContent-Length: {BODY + 1}\r\n\r\n".encode()
)
GET_ROUNDS = f"GET {ROUNDS_PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def long_thread() -> list[bytes]:
    """Return the entries of a board on which a comment has a thousand long replies."""
    comments = [
        act.Comment(comment="t", option=seeding.OPTIONS[0], kind=act.Kind.NOTE, text="Why?")
    ]
    comments += [
        act.Comment(
            comment=f"r{n}",
            option=seeding.OPTIONS[0],
            kind=act.Kind.NOTE,
            text="\N{THUMBS UP SIGN}" * 2000,
            parent="t",
        )
        for n in range(REPLIES)
    ]
    return [
        act.encode(act.Entry(by=f"person-{n % 20:09}", action=comment))
        for n, comment in enumerate(comments)
    ]


def rounds() -> list[bytes]:
    """Return the entries of a board with many finished ranked rounds, on many options."""
    ids = [f"the-option-with-a-long-name-{n:02}" for n in range(OPTIONS)]
    actions: list[act.AnyAction] = [act.RevealRound(round=1)]
    actions += [act.AddOption(option=Option(id=id_, name=id_, hue=0)) for id_ in ids[: OPTIONS - 7]]
    for n in range(2, ROUNDS + 2):
        actions.append(act.OpenRound(method="ranked", settings=RoundSettings()))
        actions.append(act.Vote(round=n, ballot={"ranking": [[id_] for id_ in ids[: OPTIONS - 7]]}))
        actions.append(act.RevealRound(round=n))
    return [
        act.encode(act.Entry(rules=act.RULES, by="person", host="first", action=action))
        for action in actions
    ]


class Monitor:
    """Polls a worker's memory, and measures how long another client waits for `/healthz`."""

    def __init__(self, server: Stackvote) -> None:
        self.memory_before = server.resident_kib()
        self.memory_peak = self.memory_before
        self.longest_wait = 0.0
        self._server = server
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=partial(self._repeat, poll))
            for poll in (self._poll_memory, self._poll_health)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, poll: Callable[[], None]) -> None:
        while not self._stopped.wait(POLL_INTERVAL):
            poll()

    def _poll_memory(self) -> None:
        self.memory_peak = max(self.memory_peak, machine.resident_kib(*self._server.pids))

    def _poll_health(self) -> None:
        started_at = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        with suppress(OSError):  # No response within the timeout counts as that long.
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        connection.close()
        self.longest_wait = max(self.longest_wait, time.monotonic() - started_at)


@contextmanager
def connections(
    server: Stackvote, count: int, *, small_buffers: bool
) -> Iterator[list[socket.socket]]:
    """Open connections; with `small_buffers`, the kernel holds little that is not read."""
    with ExitStack() as opened:
        sockets = []
        for _ in range(count):
            connection = opened.enter_context(socket.socket())
            if small_buffers:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", server.port))
            sockets.append(connection)
        yield sockets


def open_boards(sockets: Sequence[socket.socket]) -> None:
    """Complete the handshake, send a hello, and leave the welcome unread."""
    for connection in sockets:
        connection.sendall(HANDSHAKE)
    for connection in sockets:
        response = b""
        while not response.endswith(b"\r\n\r\n"):
            response += connection.recv(1)
        connection.sendall(HELLO)


def read_all(sockets: Sequence[socket.socket], seconds: float) -> None:
    """Read like a page, as fast as data arrives."""
    for connection in sockets:
        connection.settimeout(0)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for connection in sockets:
            _receive(connection, 65_536)
        time.sleep(POLL_INTERVAL)


def read_slowly(sockets: Sequence[socket.socket], seconds: float) -> None:
    """Read a few bytes per second."""
    for connection in sockets:
        connection.settimeout(0)
    for _ in range(int(seconds)):
        for connection in sockets:
            _receive(connection, 8)
        time.sleep(1.0)


def _receive(connection: socket.socket, size: int) -> None:
    with suppress(OSError):  # No data, or disconnected.
        connection.recv(size)


def reading(sockets: Sequence[socket.socket], seconds: float) -> None:
    open_boards(sockets)
    read_all(sockets, seconds)


def not_reading(sockets: Sequence[socket.socket], seconds: float) -> None:
    open_boards(sockets)
    time.sleep(seconds)


def slow_reading(sockets: Sequence[socket.socket], seconds: float) -> None:
    open_boards(sockets)
    read_slowly(sockets, seconds)


def unread_responses(sockets: Sequence[socket.socket], seconds: float) -> None:
    for connection in sockets:
        connection.sendall(GET_ROUNDS)
    time.sleep(seconds)


def unfinished_bodies(sockets: Sequence[socket.socket], seconds: float) -> None:
    for connection in sockets:
        connection.settimeout(5)
        with suppress(OSError):  # Disconnected.
            connection.sendall(POST + b" " * BODY)
    time.sleep(seconds)


class Behavior(NamedTuple):
    """What some clients do, on a board of their own."""

    name: str
    title: str
    entries: Iterable[bytes]
    """The entries of the board."""
    act: Callable[[Sequence[socket.socket], float], None]
    clients: int
    seconds: float


def measure(folder: Path, behavior: Behavior) -> Measured:
    seeding.seed(folder / behavior.name, [(seeding.CODE, list(behavior.entries))])
    with running(folder, behavior.name, machine.cores()) as server:
        # Read once, so that the board itself is not counted as a cost of its clients.
        server.call("GET", f"/api/boards/{seeding.CODE}")
        server.call("GET", ROUNDS_PATH)
        small_buffers = behavior.act is not reading
        with (
            Monitor(server) as monitor,
            connections(server, behavior.clients, small_buffers=small_buffers) as sockets,
        ):
            behavior.act(sockets, behavior.seconds)
        grown = (monitor.memory_peak - monitor.memory_before) / 1024
        measures = [
            Measure("memory of the worker before", "MiB", [monitor.memory_before / 1024]),
            Measure("memory of the worker, maximum growth", "MiB", [grown]),
            Measure("of that, per client", "KiB", [1024 * grown / behavior.clients]),
            Measure("longest wait of another client", "ms", [1000 * monitor.longest_wait]),
        ]
    return Measured(measures)


def main() -> int:
    options = options_parser("bench.slow_clients", __doc__).parse_args()
    share, seconds = (10, 3.0) if options.quick else (1, 15.0)

    def scenarios(folder: Path) -> Iterator[Scenario]:
        for behavior in (
            Behavior("reading", "clients read everything", long_thread(), reading, 1000, seconds),
            Behavior(
                "not-reading",
                "say hello and read nothing",
                long_thread(),
                not_reading,
                1000,
                seconds,
            ),
            Behavior(
                "slow-reading",
                "read 8 bytes per second",
                long_thread(),
                slow_reading,
                200,
                3 * seconds,
            ),
            Behavior(
                "unread-responses",
                "request 100 rounds, read nothing",
                rounds(),
                unread_responses,
                200,
                seconds,
            ),
            Behavior(
                "unfinished-bodies",
                "send 250 kB of an unfinished body",
                (),
                unfinished_bodies,
                800,
                seconds,
            ),
        ):
            scaled = behavior._replace(clients=behavior.clients // share)
            title = f"{scaled.clients:,} {behavior.title}"
            yield Scenario(behavior.name, title, partial(measure, folder, scaled))

    return run_scenarios(SLOW_CLIENTS, scenarios, options)


if __name__ == "__main__":
    sys.exit(main())
