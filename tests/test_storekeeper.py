import os
import signal
import subprocess

import pytest
from programs import path_of
from running import command_of, launched, until

from server.log.embedded import is_held


def test_a_store_that_is_killed_is_back_at_once(tmp_path):
    with launched(tmp_path, "--processes", "2") as server:
        before, workers = server.await_greeting().store(), server.workers()
        os.kill(before, signal.SIGKILL)
        until(lambda: "The store is back." in server.log)
        assert server.store() != before
        until(server.is_ready)
        assert server.workers() == workers
        assert server.log.count("The store ended (killed by SIGKILL): ") == 1


def test_a_store_that_cannot_be_started_is_tried_until_it_can(tmp_path):
    with launched(tmp_path) as server:
        store = server.await_greeting().store()
        kept = tmp_path / "data" / "valkey.log"
        kept.rename(tmp_path / "moved.log")
        kept.mkdir()
        os.kill(store, signal.SIGKILL)
        until(lambda: "The embedded store cannot be started: [Errno 21]" in server.log)
        kept.rmdir()
        until(lambda: "The store is back." in server.log)
        until(server.is_ready)
        assert server.stop() == 0
        assert "Traceback" not in server.log


def test_told_to_stop_while_the_store_is_away_the_store_stays_away(tmp_path):
    with launched(tmp_path) as server:
        store = server.await_greeting().store()
        # Nothing can be written: who starts the store again waits for that to change.
        (tmp_path / "data" / "room").mkdir()
        os.kill(store, signal.SIGKILL)
        until(lambda: "cannot be written (Is a directory)" in server.log)
        assert server.stop() == 0
        assert "The store is back." not in server.log
    assert not is_held(tmp_path / "data")


class Redis:
    """Debian's own server, started by hand."""

    def __init__(self, folder, password):
        self.path = folder / "redis.sock"
        self.url = f"unix://:{password}@{self.path}"
        options = {"port": "0", "unixsocket": self.path, "requirepass": password}
        options |= {"dir": folder, "appendonly": "yes", "save": "", "logfile": folder / "redis.log"}
        self.command = [
            path_of("redis-server"),
            *(str(p) for k, v in options.items() for p in (f"--{k}", v)),
        ]


@pytest.fixture
def redis_server(tmp_path):
    return Redis(tmp_path, "s3cret")


@pytest.mark.needs("redis-server")
def test_an_external_store_is_waited_for_and_its_password_kept(tmp_path, redis_server):
    with launched(tmp_path, STACKVOTE_REDIS_URL=redis_server.url) as server:
        until(lambda: "Waiting for the store" in server.log)
        with subprocess.Popen(redis_server.command) as store:
            try:
                server.await_greeting()
                assert server.is_ready()
                shown = "".join(map(command_of, [server.pid, *server.workers()]))
                assert server.stop() == 0
            finally:
                store.terminate()
    for text in (server.log, server.greeting, shown):
        assert "s3cret" not in text
    assert f"unix://:***@{redis_server.path}" in server.greeting
    assert not (tmp_path / "data" / "valkey.sock").exists()


@pytest.mark.needs("redis-server")
def test_a_store_that_turns_us_away_ends_the_start_in_words(tmp_path, redis_server):
    with subprocess.Popen(redis_server.command) as store:
        try:
            until(redis_server.path.exists)
            url = redis_server.url.replace("s3cret", "wr0ng")
            with launched(tmp_path, STACKVOTE_REDIS_URL=url) as server:
                assert server.ended() == 1
        finally:
            store.terminate()
    assert "refuses the user or password" in server.log
    assert "wr0ng" not in server.log


@pytest.mark.needs("redis-server")
def test_told_to_stop_it_waits_for_an_external_store_no_longer(tmp_path, redis_server):
    with launched(tmp_path, STACKVOTE_REDIS_URL=redis_server.url) as server:
        until(lambda: "Waiting for the store" in server.log)
        assert server.stop() == 0
        assert "Worker" not in server.log
