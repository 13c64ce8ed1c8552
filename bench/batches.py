"""What the store itself can do: the script of the log, a hundred votes at a time, over one
connection on which the next batches always wait."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import hiredis

from bench import machine
from bench.generator import Window
from server.domain import actions as act
from server.log.embedded import EmbeddedStore
from server.log.store import Script

BATCH = 100
UNDER_WAY = 4
"""Batches that the store has not answered yet."""
KEYS = ("sv:{BENCH2}:log", "sv:{BENCH2}:meta")
LIVE, RETENTION_MS = "sv:{BENCH2}:live", 86_400_000
EPOCH, WORD = "be0c4be0c4be", "be0c4be0"


def windows(store: EmbeddedStore, count: int, seconds: float, cores: machine.Cores) -> list[Window]:
    """Have votes appended for some windows; this process takes the server's place and core."""
    with _pinned(cores.server), socket.socket(socket.AF_UNIX) as line:
        line.connect(str(store.socket_path))
        votes = _votes(line)
        next(votes)
        return [_window(votes, store.pid, seconds, cores) for _ in range(count)]


def _votes(line: socket.socket) -> Iterator[int]:
    """Append batches for ever; yield how many votes were acknowledged since the last time."""
    reader = hiredis.Reader()
    for command in (
        ("HSET", KEYS[1], "epoch", EPOCH),
        ("XADD", KEYS[0], "0-*", "t", "1", "e", "{}"),
        ("SCRIPT", "LOAD", Script("append").source),
    ):
        line.sendall(_packed(*command))
        _answers(line, reader)
    request = _batch()
    line.sendall(request * UNDER_WAY)
    while True:
        done = _answers(line, reader)
        yield done * BATCH
        line.sendall(request * done)


def _batch() -> bytes:
    vote = act.Vote(round=1, ballot={"approve": ["fastapi", "tornado", "django"]})
    entry = act.encode(act.Entry(by="b" * 16, once="o" * 16, action=vote))
    head = ("EVALSHA", Script("append").sha, str(len(KEYS)), *KEYS, LIVE, str(RETENTION_MS))
    return _packed(*head, WORD, *[entry] * BATCH)


def _packed(*parts: str | bytes) -> bytes:
    # By its own types, hiredis takes a command of one part.
    packed: bytes = hiredis.pack_command(parts)  # type: ignore[arg-type]
    return packed


def _window(votes: Iterator[int], store: int, seconds: float, cores: machine.Cores) -> Window:
    def spent() -> tuple[float, float, float]:
        own, stores = time.process_time(), machine.cpu_seconds(store)
        return own, stores, machine.busy_seconds(set(cores)) - own - stores

    before, began, acks = spent(), time.monotonic(), 0
    while time.monotonic() - began < seconds:
        acks += next(votes)
    took = time.monotonic() - began
    own, stores, others = (b - a for a, b in zip(before, spent(), strict=True))
    return Window(took, 0, 0, acks, own, stores, 0.0, max(0.0, others))


def _answers(line: socket.socket, reader: hiredis.Reader) -> int:
    """Read what has come, at least one answer. Raises hiredis.ReplyError."""
    count = 0
    while not count:
        reader.feed(line.recv(65_536))
        while (answer := reader.gets()) is not False:
            if isinstance(answer, Exception):
                raise answer
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
