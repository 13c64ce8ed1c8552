"""Measure what people cost who do not read, or do not end: `make bench-misuse`."""

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

from bench import filling, machine
from bench.measuring import Measured, Scenario, parser, produce
from bench.results import MISUSE, Measure
from bench.stackvote import Stackvote, running
from server.domain import actions as act
from server.domain.options import Option
from server.domain.rules import RoundSettings

REPLIES, OPTIONS, ROUNDS = 1000, 50, 100
LIVE = f"/b/{filling.CODE}/live"
ROUNDS_PATH = f"/api/boards/{filling.CODE}/rounds"
LOOK = 0.02
"""Seconds between two looks at the memory, and two questions of somebody else."""
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
ASK = f"GET {ROUNDS_PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def talk() -> list[bytes]:
    """Return what makes a board on which a comment has a thousand long replies."""
    said = [act.Comment(comment="t", option=filling.OPTIONS[0], kind=act.Kind.NOTE, text="Why?")]
    said += [
        act.Comment(
            comment=f"r{n}",
            option=filling.OPTIONS[0],
            kind=act.Kind.NOTE,
            text="\N{THUMBS UP SIGN}" * 2000,
            parent="t",
        )
        for n in range(REPLIES)
    ]
    return [
        act.encode(act.Entry(by=f"person-{n % 20:09}", action=each)) for n, each in enumerate(said)
    ]


def rounds() -> list[bytes]:
    """Return what makes a board with many ranked rounds that are over, of many options."""
    ids = [f"the-option-with-a-long-name-{n:02}" for n in range(OPTIONS)]
    acts: list[act.AnyAction] = [act.RevealRound(round=1)]
    acts += [act.AddOption(option=Option(id=id_, name=id_, hue=0)) for id_ in ids[: OPTIONS - 7]]
    for n in range(2, ROUNDS + 2):
        acts.append(act.OpenRound(method="ranked", settings=RoundSettings()))
        acts.append(act.Vote(round=n, ballot={"ranking": [[id_] for id_ in ids[: OPTIONS - 7]]}))
        acts.append(act.RevealRound(round=n))
    return [
        act.encode(act.Entry(rules=act.RULES, by="person", host="first", action=each))
        for each in acts
    ]


class Watch:
    """Looks at a worker while it is misused: its memory, and how long others wait."""

    def __init__(self, server: Stackvote) -> None:
        self.begun = server.resident_kib()
        self.most = self.begun
        self.longest = 0.0
        self._server = server
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=partial(self._again, each)) for each in (self._look, self._ask)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _again(self, act: Callable[[], None]) -> None:
        while not self._over.wait(LOOK):
            act()

    def _look(self) -> None:
        self.most = max(self.most, machine.resident_kib(*self._server.pids))

    def _ask(self) -> None:
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        with suppress(OSError):  # A minute without an answer counts as one.
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        connection.close()
        self.longest = max(self.longest, time.monotonic() - began)


@contextmanager
def connections(server: Stackvote, count: int, *, small: bool) -> Iterator[list[socket.socket]]:
    """Connect so often; where it is `small`, the system takes little for whoever does not read."""
    with ExitStack() as opened:
        made = []
        for _ in range(count):
            each = opened.enter_context(socket.socket())
            if small:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            each.connect(("127.0.0.1", server.port))
            made.append(each)
        yield made


def greet(sockets: Sequence[socket.socket]) -> None:
    """Shake hands, say hello, and leave the welcome unread."""
    for each in sockets:
        each.sendall(HANDSHAKE)
    for each in sockets:
        said = b""
        while not said.endswith(b"\r\n\r\n"):
            said += each.recv(1)
        each.sendall(HELLO)


def read_all(sockets: Sequence[socket.socket], seconds: float) -> None:
    """Read like a page, as fast as it comes."""
    for each in sockets:
        each.settimeout(0)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for each in sockets:
            _take(each, 65_536)
        time.sleep(LOOK)


def trickle(sockets: Sequence[socket.socket], seconds: float) -> None:
    """Read a few bytes a second."""
    for each in sockets:
        each.settimeout(0)
    for _ in range(int(seconds)):
        for each in sockets:
            _take(each, 8)
        time.sleep(1.0)


def _take(each: socket.socket, size: int) -> None:
    with suppress(OSError):  # Nothing there, or sent away.
        each.recv(size)


def idle(sockets: Sequence[socket.socket], seconds: float) -> None:
    greet(sockets)
    read_all(sockets, seconds)


def silent(sockets: Sequence[socket.socket], seconds: float) -> None:
    greet(sockets)
    time.sleep(seconds)


def trickling(sockets: Sequence[socket.socket], seconds: float) -> None:
    greet(sockets)
    trickle(sockets, seconds)


def unread(sockets: Sequence[socket.socket], seconds: float) -> None:
    for each in sockets:
        each.sendall(ASK)
    time.sleep(seconds)


def uploading(sockets: Sequence[socket.socket], seconds: float) -> None:
    for each in sockets:
        each.settimeout(5)
        with suppress(OSError):  # Sent away.
            each.sendall(POST + b" " * BODY)
    time.sleep(seconds)


class Misuse(NamedTuple):
    """So many people who do something wrong, on a board of its own."""

    name: str
    title: str
    entries: Iterable[bytes]
    """What makes the board."""
    act: Callable[[Sequence[socket.socket], float], None]
    people: int
    seconds: float


def misuse(folder: Path, how: Misuse) -> Measured:
    filling.fill(folder / how.name, [(filling.CODE, list(how.entries))])
    with running(folder, how.name, machine.cores()) as server:
        # Read once, so that the board itself is not taken for what its readers cost.
        server.call("GET", f"/api/boards/{filling.CODE}")
        server.call("GET", ROUNDS_PATH)
        small = how.act is not idle
        with Watch(server) as watch, connections(server, how.people, small=small) as sockets:
            how.act(sockets, how.seconds)
        grown = (watch.most - watch.begun) / 1024
        measures = [
            Measure("memory of the worker before", "MiB", [watch.begun / 1024]),
            Measure("memory of the worker, growth at most", "MiB", [grown]),
            Measure("of that, each", "KiB", [1024 * grown / how.people]),
            Measure("others wait at most", "ms", [1000 * watch.longest]),
        ]
    return Measured(measures)


def main() -> int:
    given = parser("bench.misuse", __doc__).parse_args()
    share, seconds = (10, 3.0) if given.quick else (1, 15.0)

    def scenarios(folder: Path) -> Iterator[Scenario]:
        for how in (
            Misuse("idle", "people read all that comes", talk(), idle, 1000, seconds),
            Misuse("silent", "say hello and read nothing", talk(), silent, 1000, seconds),
            Misuse("trickling", "read 8 bytes a second", talk(), trickling, 200, 3 * seconds),
            Misuse("unread", "ask for 100 rounds, read nothing", rounds(), unread, 200, seconds),
            Misuse("uploading", "send 250 kB of a body and no end", (), uploading, 800, seconds),
        ):
            fewer = how._replace(people=how.people // share)
            title = f"{fewer.people:,} {how.title}"
            yield Scenario(how.name, title, partial(misuse, folder, fewer))

    return produce(MISUSE, scenarios, given)


if __name__ == "__main__":
    sys.exit(main())
