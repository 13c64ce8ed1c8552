import os
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import redis

from server.store import embedded
from server.store.data_folder import StoreError, is_held, socket_path
from server.store.embedded import EmbeddedStore, tenancy

ABANDON = """
import os, sys
from pathlib import Path
from server.store.embedded import EmbeddedStore
store = EmbeddedStore(Path(sys.argv[1]))
store.start()
print(store.pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def store(tmp_path):
    with EmbeddedStore(tmp_path / "data") as store:
        yield store


@pytest.fixture
def orphan(tmp_path):
    """The number of a store whose parent was killed, and its folder."""
    folder = tmp_path / "data"
    parent = subprocess.run(
        [sys.executable, "-c", ABANDON, str(folder)], stdout=subprocess.PIPE, check=False
    )
    assert parent.returncode == -signal.SIGKILL
    pid = int(parent.stdout)
    yield pid, folder
    if is_held(folder):
        os.kill(pid, signal.SIGKILL)


def connect(store):
    return redis.from_url(store.url)


def test_it_is_as_durable_as_promised_and_drops_nothing(store):
    with connect(store) as client:
        wanted = {
            "appendonly": "yes",
            "appendfsync": "always",
            "maxmemory-policy": "noeviction",
            "save": "",
            "port": "0",
        }
        assert client.config_get(*wanted) == wanted
    assert store.data_dir.stat().st_mode & 0o077 == 0
    assert store.socket_path.stat().st_mode & 0o077 == 0
    for file in (store.data_dir / "appendonlydir").iterdir():
        assert file.stat().st_mode & 0o077 == 0


def test_what_was_acknowledged_is_there_after_a_kill(store):
    with connect(store) as client:
        client.xadd("votes", {"n": 1}, id="0-*")
        run = client.info("server")["run_id"]
    os.kill(store.pid, signal.SIGKILL)
    assert store.wait() == -signal.SIGKILL
    store.start()
    with connect(store) as client:
        assert client.xlen("votes") == 1
        assert client.info("server")["run_id"] != run


def test_what_was_acknowledged_is_there_after_a_stop(tmp_path):
    for expected in (1, 2, 3):
        with EmbeddedStore(tmp_path) as store, connect(store) as client:
            assert client.incr("starts") == expected
    assert not is_held(tmp_path)


def test_a_folder_may_have_spaces_and_quotes(tmp_path):
    with EmbeddedStore(tmp_path / 'the team\'s "votes" %20 é') as store, connect(store) as client:
        assert client.ping()


def test_a_deep_folder_gets_its_socket_elsewhere_and_always_the_same(tmp_path):
    deep = tmp_path / ("x" * 120)
    assert socket_path(deep).is_relative_to(tempfile.gettempdir())
    assert len(os.fsencode(socket_path(deep))) < 104
    assert socket_path(deep) == socket_path(deep)
    assert socket_path(deep) != socket_path(tmp_path / ("y" * 120))
    with EmbeddedStore(deep) as store, connect(store) as client:
        assert client.ping()
        assert store.socket_path.parent.stat().st_mode & 0o777 == 0o700
    store.socket_path.parent.rmdir()


def test_a_socket_folder_that_others_can_enter_is_refused(tmp_path):
    deep = tmp_path / ("x" * 120)
    folder = socket_path(deep).parent
    folder.mkdir()
    folder.chmod(0o777)
    try:
        with pytest.raises(StoreError, match="open to others"):
            EmbeddedStore(deep).start()
    finally:
        folder.rmdir()


def test_a_second_one_on_the_same_folder_is_refused_in_words(store):
    with pytest.raises(StoreError, match=r"Another Stackvote is running on .* --data"):
        EmbeddedStore(store.data_dir).start()
    with connect(store) as client:
        assert client.ping()


def test_a_store_left_behind_is_stopped_and_followed(orphan):
    pid, folder = orphan
    assert is_held(folder)
    left_behind = EmbeddedStore(folder)
    with connect(left_behind) as client:
        client.set("vote", "cast")
    with left_behind as store, connect(store) as client:
        assert store.pid != pid
        assert client.get("vote") == b"cast"


def test_a_store_left_behind_that_hangs_is_never_doubled(orphan, monkeypatch):
    pid, folder = orphan
    monkeypatch.setattr("server.store.embedded._PATIENCE", 0.2)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(StoreError, match="does not stop"):
        EmbeddedStore(folder).start()
    os.kill(pid, signal.SIGCONT)


def test_the_last_worker_of_a_killed_parent_closes_the_store(orphan):
    _, folder = orphan
    with tenancy(folder):
        with tenancy(folder):
            pass
        assert is_held(folder)
    with EmbeddedStore(folder) as store:
        assert "ready to exit" in store.log_path.read_text()


def test_a_worker_leaves_the_store_to_a_parent_that_lives(store):
    with tenancy(store.data_dir):
        pass
    with connect(store) as client:
        assert client.ping()


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="file/data cannot be used"):
        EmbeddedStore(tmp_path / "file" / "data").start()


def test_a_broken_log_says_so(tmp_path):
    with EmbeddedStore(tmp_path) as store, connect(store) as client:
        client.set("vote", "cast")
    (log,) = Path(tmp_path / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(b"nonsense" + log.read_bytes())
    store = EmbeddedStore(tmp_path)
    try:
        with pytest.raises(StoreError, match="Bad file format"):
            store.start()
    finally:
        store.close()


def test_its_last_words_say_why_it_ended(store):
    with connect(store) as client:
        client.shutdown()
    assert store.wait() == 0
    words = store.last_output()
    assert "ready to exit" in words
    assert "overcommit" not in words


def test_one_that_was_never_started_says_so(tmp_path):
    with pytest.raises(StoreError, match="has not been started"):
        EmbeddedStore(tmp_path).wait()


def test_a_folder_that_cannot_be_written_is_told_in_words(store):
    assert store.write_fault() is None
    before = sorted(path.name for path in store.data_dir.iterdir())
    assert "room" not in before
    # A limit for files of this process is met as a disk is that is full.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, limits[1]))
    try:
        assert store.write_fault() == "File too large"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, heard)
    assert sorted(path.name for path in store.data_dir.iterdir()) == before


def test_a_system_for_which_there_is_no_valkey_is_told_what_to_use(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded.metadata, "files", lambda _: None)
    with pytest.raises(StoreError, match=r"no embedded store for this system.*--redis-url"):
        EmbeddedStore(tmp_path / "data").start()
