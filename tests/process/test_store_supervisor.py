import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import urllib.error
import urllib.request

import pytest
import redis

from server.store.data_folder import is_held
from server.store.embedded import EmbeddedStore
from support.ports import free_port
from support.processes import command_of
from support.server import launched
from support.store import REDIS, StoreProcess, stores_on_ports
from support.wait import until


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
        until(lambda: f"The data folder {data} cannot be recreated" in server.log)
        status, answer = post(server, "/api/boards", made)
        assert (status, answer["error"]["code"]) == (503, "store_away")
        until(lambda: server.get("/readyz")[0] == 503)
        data.unlink()
        until(lambda: f"was written to {data} again" in server.log)
        until(server.is_ready)
        until(lambda: post(server, "/api/boards", made)[0] == 201)
        assert (data / "secret").read_bytes() == (tmp_path / "moved" / "secret").read_bytes()
        assert "The secret file" in server.log
        assert server.log.count("was deleted or replaced") == 1
        assert server.log.count("cannot be recreated") == 1
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
        until(lambda: f"{files}, are gone, and the store has stopped" in server.log)
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
        until(lambda: f"was written to {data} again" in server.log)


def post(server, path, body):
    request = urllib.request.Request(f"{server.address}{path}", json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=10) as got:
            return got.status, json.load(got)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@contextlib.contextmanager
def tls_port(folder):
    """Give a port on which TLS is spoken, and nothing else."""
    names = ("-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-subj", "/CN=localhost")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")

    def serve(listener):
        with contextlib.suppress(OSError):
            while True:
                with listener.accept()[0] as came, contextlib.suppress(OSError):
                    context.wrap_socket(came, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=[listener], daemon=True).start()
        yield listener.getsockname()[1]


@pytest.fixture
def redis_server(tmp_path):
    """Debian's own server, which the test launches at its time."""
    store = StoreProcess(tmp_path / "redis", program=REDIS, requirepass="s3cret")
    yield store
    store.stop()


def with_password(store, password="s3cret"):
    return f"unix://:{password}@{store.socket}"


@pytest.mark.needs("redis-server")
def test_an_external_store_is_waited_for_and_its_password_kept(tmp_path, redis_server):
    with launched(tmp_path, STACKVOTE_REDIS_URL=with_password(redis_server)) as server:
        until(lambda: "Waiting for the store" in server.log)
        redis_server.launch()
        server.await_greeting()
        assert server.is_ready()
        shown = "".join(map(command_of, [server.pid, *server.workers()]))
        assert server.stop() == 0
    for text in (server.log, server.greeting, shown):
        assert "s3cret" not in text
    assert f"unix://:***@{redis_server.socket}" in server.greeting
    assert not (tmp_path / "data" / "valkey.sock").exists()


@pytest.mark.needs("redis-server")
def test_a_store_that_turns_us_away_ends_the_start_in_words(tmp_path, redis_server):
    redis_server.start()
    url = with_password(redis_server, "wr0ng")
    soon = "import server.process.store_supervisor\nserver.process.store_supervisor.UNFIT_PATIENCE = 1.0"
    with launched(tmp_path, prelude=soon, STACKVOTE_REDIS_URL=url) as server:
        assert server.ended() == 1
    assert "refuses the user or password" in server.log
    assert "wr0ng" not in server.log


@pytest.mark.needs("redis-server")
def test_told_to_stop_it_waits_for_an_external_store_no_longer(tmp_path, redis_server):
    with launched(tmp_path, STACKVOTE_REDIS_URL=with_password(redis_server)) as server:
        until(lambda: "Waiting for the store" in server.log)
        assert server.stop() == 0
        assert "Worker" not in server.log


@pytest.fixture
def store(tmp_path):
    with stores_on_ports(tmp_path) as start:
        yield start


RIGHTS = {
    "no channels": ("~* +@all", "&sv:*"),
    "no EVALSHA": ("~* &* +@all -evalsha", "+evalsha"),
    "no MULTI": ("~* &* +@all -multi", "+multi"),
    "no streams": ("~* &* +@all -xadd -xrange -xdel", "+xadd +xdel +xrange"),
    "no SUBSCRIBE": ("~* &* +@all -subscribe", "+subscribe"),
    "no PUBLISH": ("~* &* +@all -publish", "+publish"),
    "no TIME": ("~* &* +@all -time", "+time"),
    "no INFO": ("~* &* +@all -info", "+info"),
    "other keys": ("~app:* &* +@all", "~sv:*"),
    "next to nothing": ("+ping", "+evalsha +info +xadd"),
}


@pytest.mark.parametrize("case", RIGHTS)
def test_a_right_that_is_missing_is_named_with_the_rule_that_gives_it(tmp_path, store, case):
    has, lacks = RIGHTS[case]
    external = store()
    external.run("ACL", "SETUSER", "app", "on", ">s3cret", *has.split())
    url = external.url_as("app", "s3cret")
    with launched(tmp_path / "server", STACKVOTE_REDIS_URL=url) as server:
        until(lambda: "ACL SETUSER app" in server.log, 15)
        assert all(right in server.log for right in lacks.split())
        assert server.process.poll() is None
        # What is printed is what has to be typed. Whether a key or a channel is allowed comes out
        # once the commands are.
        external.run("ACL", "SETUSER", "app", *_rule(server.log))
        if case == "next to nothing":
            until(lambda: _rule(server.log) == ["&sv:*", "~sv:*"])
            external.run("ACL", "SETUSER", "app", *_rule(server.log))
        server.await_greeting()
        assert server.get("/b/FRAMEWORKS")[0] == 200
    assert "s3cret" not in server.log + server.greeting


def _rule(log):
    return log.rpartition("ACL SETUSER app ")[2].splitlines()[0].strip(". ").split()


def wrong(case, external):
    """Give an address with which something is wrong."""
    return {
        "password": external.url_as("default", "wr0ng-w0rd"),
        "database": f"redis://127.0.0.1:{external.port}/99",
        "plain port": f"rediss://127.0.0.1:{external.port}/0",
        "name": "redis://no-such-host.invalid:6379/0",
        "port": f"redis://127.0.0.1:{free_port()}/0",
    }[case]


@pytest.mark.parametrize(
    ("case", "options", "words"),
    [
        ("password", {"requirepass": "right"}, "refuses the user or password"),
        ("database", {}, "has no database of the number"),
        ("plain port", {}, "redis:// instead of rediss://"),
        ("name", {}, "The host name in --redis-url cannot be resolved here"),
        ("port", {}, "Nothing listens there"),
    ],
)
def test_what_is_wrong_with_the_address_is_said_within_seconds(
    tmp_path, store, case, options, words
):
    url = wrong(case, store(**options))
    with launched(tmp_path / "server", STACKVOTE_REDIS_URL=url) as server:
        until(lambda: words in server.log, 15)
        assert server.process.poll() is None, server.log
        assert "ready" not in server.greeting
        assert server.stop() == 0
    assert "wr0ng" not in server.log


@pytest.mark.parametrize(
    ("options", "words", "mend"),
    [
        ({"replicaof": "127.0.0.1 1"}, "its primary", "REPLICAOF NO ONE"),
        (
            {"maxmemory-policy": "allkeys-lru"},
            "maxmemory-policy is allkeys-lru",
            "CONFIG SET maxmemory-policy noeviction",
        ),
    ],
)
def test_a_store_that_is_unfit_is_waited_for_while_it_is_mended(
    tmp_path, store, options, words, mend
):
    options = {name.replace("-", "_"): value for name, value in options.items()}
    external = store(**options)
    with launched(tmp_path / "server", STACKVOTE_REDIS_URL=external.url) as server:
        until(lambda: words in server.log, 15)
        external.run(*mend.split())
        server.await_greeting()


def test_a_plain_address_of_a_tls_port_is_told_so(tmp_path):
    with tls_port(tmp_path) as port:
        url = f"redis://127.0.0.1:{port}/0"
        with launched(tmp_path / "server", STACKVOTE_REDIS_URL=url) as server:
            until(lambda: "want TLS (rediss://)?" in server.log, 15)


def test_a_right_that_is_taken_while_it_runs_is_named_too(tmp_path, store):
    external = store()
    external.run("ACL", "SETUSER", "app", "on", ">s3cret", "~*", "&*", "+@all")
    url = external.url_as("app", "s3cret")
    with launched(tmp_path / "server", STACKVOTE_REDIS_URL=url) as server:
        server.await_greeting()
        external.run("ACL", "SETUSER", "app", "resetchannels")
        until(lambda: "Give its user the right: ACL SETUSER app &sv:*" in server.log)
        external.run("ACL", "SETUSER", "app", "&sv:*")
        until(server.is_ready)


@pytest.mark.parametrize("renewed", [False, True])
def test_ready_is_said_when_votes_are_taken_and_no_sooner(tmp_path, store, renewed):
    """Between the look at the store and the first worker its user loses a right."""
    external = store()
    external.run("ACL", "SETUSER", "app", "on", ">s3cret", "~*", "&*", "+@all")
    prelude = """
import server.process.store_supervisor as keeper
inspect = keeper.inspect_rights
def and_then_no_more(url, durability):
    found = inspect(url, durability)
    import redis
    redis.Redis(port=PORT).execute_command("ACL", "SETUSER", "app", "resetchannels")
    return found
keeper.inspect_rights = and_then_no_more
""".replace("PORT", str(external.port))
    url = external.url_as("app", "s3cret")
    with launched(tmp_path / "server", prelude=prelude, STACKVOTE_REDIS_URL=url) as server:
        until(lambda: "Give its user the right: ACL SETUSER app &sv:*" in server.log)
        until(lambda: "is ready after" in server.log)
        read = threading.Thread(target=server.await_greeting)
        read.start()
        read.join(1.0)
        assert not server.greeting
        if renewed:
            server.signal(signal.SIGHUP)
            until(lambda: "All workers are new." in server.log)
            assert not server.greeting
        external.run("ACL", "SETUSER", "app", "&sv:*")
        read.join(20)
        assert "Stackvote is ready." in server.greeting


def test_a_store_that_is_full_at_the_start_is_no_reason_to_end(tmp_path, store):
    external = store()
    with launched(tmp_path / "first", STACKVOTE_REDIS_URL=external.url) as server:
        server.await_greeting()
    external.run("CONFIG", "SET", "maxmemory", "1")
    with launched(tmp_path / "server", STACKVOTE_REDIS_URL=external.url) as server:
        # It opens no board and takes no vote, and says so; when there is room, it goes on.
        until(lambda: "is ready after" in server.log)
        external.run("CONFIG", "SET", "maxmemory", "0")
        server.await_greeting()


def test_another_secret_on_the_same_database_is_mentioned(tmp_path, store):
    external = store()
    for name in ("one", "one", "two"):
        with launched(tmp_path / name, STACKVOTE_REDIS_URL=external.url) as server:
            server.await_greeting()
            server.stop()
    assert "had another secret" not in (tmp_path / "one" / "stderr").read_text()
    assert "had another secret" in (tmp_path / "two" / "stderr").read_text()
