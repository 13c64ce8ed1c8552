"""The store alone, as an upper bound: the script that appends to a log, with a hundred votes per
call and several calls in flight on one connection.
"""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import hiredis

from bench import machine
from bench.generator import Window
from server.domain import actions as act
from server.store.embedded import EmbeddedStore
from server.store.node import Script

BATCH = 100
IN_FLIGHT = 4
"""Batches sent that the store has not answered yet."""
KEYS = ("sv:{BENCH2}:log", "sv:{BENCH2}:meta")
LIVE = "sv:{BENCH2}:live"
EPOCH, BATCH_ID = "be0c4be0c4be", "be0c4be0"


def measure(store: EmbeddedStore, count: int, seconds: float, cores: machine.Cores) -> list[Window]:
    """Append votes for some windows. This process takes the place of the server, and its core."""
    with _pinned(cores.server), socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(store.socket_path))
        votes = _votes(connection)
        next(votes)
        return [_window(votes, store.pid, seconds, cores) for _ in range(count)]


def _votes(connection: socket.socket) -> Iterator[int]:
    """Append batches forever; yield how many votes were acknowledged since the last time."""
    reader = hiredis.Reader()
    for command in (
        ("HSET", KEYS[1], "epoch", EPOCH),
        ("XADD", KEYS[0], "0-*", "t", "1", "e", "{}"),
        ("SCRIPT", "LOAD", Script("append").source),
    ):
        connection.sendall(_encoded(*command))
        _read_replies(connection, reader)
    request = _batch()
    connection.sendall(request * IN_FLIGHT)
    while True:
        replies = _read_replies(connection, reader)
        yield replies * BATCH
        connection.sendall(request * replies)


def _batch() -> bytes:
    vote = act.Vote(round=1, ballot={"approve": ["fastapi", "tornado", "django"]})
    entry = act.encode(act.Entry(by="b" * 16, idempotency_key="o" * 16, action=vote))
    command = ("EVALSHA", Script("append").sha, str(len(KEYS)), *KEYS, LIVE, "PUBLISH")
    return _encoded(*command, BATCH_ID, *[entry] * BATCH)


def _encoded(*parts: str | bytes) -> bytes:
    # Contrary to its own type hints, hiredis accepts a command of one part.
    encoded: bytes = hiredis.pack_command(parts)  # type: ignore[arg-type]
    return encoded


def _window(votes: Iterator[int], store: int, seconds: float, cores: machine.Cores) -> Window:
    def used() -> tuple[float, float, float]:
        own, stores = time.process_time(), machine.cpu_seconds(store)
        return own, stores, machine.busy_seconds(set(cores)) - own - stores

    before, started_at, acks = used(), time.monotonic(), 0
    while time.monotonic() - started_at < seconds:
        acks += next(votes)
    seconds_taken = time.monotonic() - started_at
    own, stores, others = (b - a for a, b in zip(before, used(), strict=True))
    return Window(seconds_taken, 0, 0, acks, own, stores, 0.0, max(0.0, others))


def _read_replies(connection: socket.socket, reader: hiredis.Reader) -> int:
    """Read what has arrived, at least one reply, and return how many. Raises hiredis.ReplyError."""
    count = 0
    while not count:
        reader.feed(connection.recv(65_536))
        while (reply := reader.gets()) is not False:
            if isinstance(reply, Exception):
                raise reply
            count += 1
    return count


@contextmanager
def _pinned(core: int) -> Iterator[None]:
    free = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, free)
