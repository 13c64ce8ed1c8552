import json
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request

import pytest
import redis
from running import launched, until

from server.log.embedded import EmbeddedStore, is_held


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


def test_no_vote_is_taken_while_the_folder_cannot_be_made_again(tmp_path):
    with launched(tmp_path) as server:
        server.await_greeting()
        made = {"title": "?", "options": [{"name": "A"}, {"name": "B"}]}
        assert post(server, "/api/boards", made)[0] == 201
        data = tmp_path / "data"
        data.rename(tmp_path / "moved")
        data.write_text("in the way")
        until(lambda: f"The data folder {data} cannot be made again" in server.log)
        status, answer = post(server, "/api/boards", made)
        assert (status, answer["error"]["code"]) == (503, "store_away")
        until(lambda: server.get("/readyz")[0] == 503)
        data.unlink()
        until(lambda: f"was written to {data} anew" in server.log)
        until(server.is_ready)
        until(lambda: post(server, "/api/boards", made)[0] == 201)
        assert (data / "secret").read_bytes() == (tmp_path / "moved" / "secret").read_bytes()
        assert "The secret file" in server.log
        assert server.log.count("was deleted or replaced") == 1
        assert server.log.count("cannot be made again") == 1
        assert "Traceback" not in server.log
        assert server.stop() == 0
    with EmbeddedStore(data) as store, redis.from_url(store.url) as client:
        assert len(client.keys("sv:*:meta")) == 3


def test_a_store_that_died_without_its_files_is_not_started_empty(tmp_path):
    with launched(tmp_path) as server:
        store = server.await_greeting().store()
        made = {"title": "?", "options": [{"name": "A"}, {"name": "B"}]}
        assert post(server, "/api/boards", made)[0] == 201
        files = tmp_path / "data" / "appendonlydir"
        # Both at once, as where a disk is taken away.
        server.signal(signal.SIGSTOP)
        os.kill(store, signal.SIGKILL)
        files.rename(tmp_path / "away")
        server.signal(signal.SIGCONT)
        until(lambda: f"{files}, are gone, and the store has ended" in server.log)
        assert post(server, "/api/boards", made)[1]["error"]["code"] == "store_away"
        assert not files.exists()
        (tmp_path / "away").rename(files)
        until(lambda: "The store is back." in server.log)
        until(server.is_ready)
        assert server.stop() == 0
    with EmbeddedStore(tmp_path / "data") as store, redis.from_url(store.url) as client:
        assert len(client.keys("sv:*:meta")) == 2


def test_a_folder_that_another_server_took_meanwhile_is_left_to_it(tmp_path):
    with launched(tmp_path / "first") as server:
        server.await_greeting()
        data = tmp_path / "first" / "data"
        # So quick that the first one has no chance to look in between.
        server.signal(signal.SIGSTOP)
        data.rename(tmp_path / "moved")
        with EmbeddedStore(data) as store, redis.from_url(store.url) as client:
            client.set("theirs", "1")
            server.signal(signal.SIGCONT)
            until(lambda: f"Another Stackvote has taken the data folder {data}" in server.log)
            assert client.keys() == [b"theirs"]
            assert is_held(data)
        until(lambda: f"was written to {data} anew" in server.log)


def post(server, path, body):
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", json.dumps(body).encode()
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as got:  # noqa: S310
            return got.status, json.load(got)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


class Redis:
    """Debian's own server, started by hand."""

    def __init__(self, folder, password):
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("redis-server is not installed")
        self.path = folder / "redis.sock"
        self.url = f"unix://:{password}@{self.path}"
        options = {"port": "0", "unixsocket": self.path, "requirepass": password}
        options |= {"dir": folder, "appendonly": "yes", "save": "", "logfile": folder / "redis.log"}
        self.command = [program, *(str(p) for k, v in options.items() for p in (f"--{k}", v))]


@pytest.fixture
def redis_server(tmp_path):
    return Redis(tmp_path, "s3cret")


def test_an_external_store_is_waited_for_and_its_password_kept(tmp_path, redis_server):
    with launched(tmp_path, STACKVOTE_REDIS_URL=redis_server.url) as server:
        until(lambda: "Waiting for the store" in server.log)
        with subprocess.Popen(redis_server.command) as store:
            try:
                server.await_greeting()
                assert server.is_ready()
                commands = [server.pid, *server.workers()]
                shown = subprocess.run(
                    ["ps", "-ww", "-o", "args=", "-p", ",".join(map(str, commands))],
                    capture_output=True,
                    text=True,
                    check=True,
                )
                assert server.stop() == 0
            finally:
                store.terminate()
    for text in (server.log, server.greeting, shown.stdout):
        assert "s3cret" not in text
    assert f"unix://:***@{redis_server.path}" in server.greeting
    assert not (tmp_path / "data" / "valkey.sock").exists()


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


def test_told_to_stop_it_waits_for_an_external_store_no_longer(tmp_path, redis_server):
    with launched(tmp_path, STACKVOTE_REDIS_URL=redis_server.url) as server:
        until(lambda: "Waiting for the store" in server.log)
        assert server.stop() == 0
        assert "Worker" not in server.log
