"""Limits of the server hold over all its processes, whichever answers; see docs/operations.md."""

import contextlib
import itertools
import json
import os
import signal
import time
import urllib.error
import urllib.request

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.security.guess_limit import A_MINUTE
from support.client import connect_blocking
from support.server import launched
from support.wait import until


@pytest.fixture
def server(tmp_path):
    options = ("--processes", "2", "--board-rate", "10", "--max-connections", "3")
    rates = ("--message-rate", "0.01", "--message-burst", "5")
    with launched(tmp_path / "server", *options, *rates) as server:
        server.await_greeting()
        until(lambda: len(server.workers()) == 2)
        yield server


@contextlib.contextmanager
def only(server, n):
    """Have one of the workers answer all that comes: the other is frozen."""
    frozen = sorted(server.workers())[1 - n]
    os.kill(frozen, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(frozen, signal.SIGCONT)


def post(server, path, body, cookie=""):
    request = urllib.request.Request(
        f"{server.address}{path}",
        json.dumps(body).encode(),
        {"Cookie": cookie},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as got:
            return got.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def read_all(connection):
    while True:
        connection.recv(timeout=10)


def test_codes_that_are_guessed_of_all_processes_together(server):
    codes = (f"/b/22222{n}" for n in itertools.count())
    began = time.monotonic()
    allowed = 0
    for n in (0, 1, 0):
        with only(server, n):
            while server.get(next(codes))[0] == 404:
                allowed += 1
            # A right one tells as little, on each of them.
            assert server.get("/b/FRAMEWORKS")[0] == 429
    assert A_MINUTE <= allowed <= A_MINUTE + 2 + time.monotonic() - began


def test_boards_that_are_made_of_all_processes_together(server):
    began = time.monotonic()
    made = 0
    for n in (0, 1, 0):
        with only(server, n):
            while post(server, "/api/boards", {"template": "databases"}) == 201:
                made += 1
    assert 10 <= made <= 11 + (time.monotonic() - began) / 6


def test_limits_outlive_the_worker_that_counted(server):
    while post(server, "/api/boards", {"template": "databases"}) == 201:
        pass
    began = time.monotonic()
    before = server.workers()
    server.signal(signal.SIGHUP)
    until(lambda: len(server.workers()) == 2 and not server.workers() & before)
    until(server.is_ready)
    statuses = [post(server, "/api/boards", {"template": "databases"}) for _ in range(15)]
    # One more is allowed each six seconds.
    assert statuses.count(201) <= 1 + (time.monotonic() - began) / 6


def test_who_was_let_in_by_one_process_is_known_to_the_other(server):
    with only(server, 0):
        request = urllib.request.urlopen(f"{server.address}/b/FRAMEWORKS", timeout=10)
        with request as got:
            cookie = got.headers["Set-Cookie"].partition(";")[0]
    codes = (f"/b/22222{n}" for n in itertools.count())
    while server.get(next(codes))[0] == 404:
        pass
    message = {"type": "rename", "id": "a", "name": "Ann"}
    with only(server, 1):
        assert post(server, "/api/boards/FRAMEWORKS/actions", message, cookie) == 200
        assert post(server, "/api/boards/FRAMEWORKS/actions", message) == 429


def test_messages_of_a_seat_and_connections_are_counted_by_each_process(server):
    """As the documents say of `message_rate` and `max_connections`."""
    for n in (0, 1):
        with only(server, n), contextlib.ExitStack() as stack:
            lines = [
                stack.enter_context(connect_blocking(server.address, "FRAMEWORKS"))
                for _ in range(3)
            ]
            with pytest.raises(InvalidStatus, match="503"):
                connect_blocking(server.address, "FRAMEWORKS")
            lines[0].send(json.dumps({"type": "hello", "view": "screen"}))
            for id_ in range(30):
                lines[0].send(json.dumps({"type": "rename", "id": f"{id_}", "name": "Ann"}))
            with pytest.raises(ConnectionClosed, match="4029"):
                read_all(lines[0])
