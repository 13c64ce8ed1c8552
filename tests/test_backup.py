"""A backup is whole or not there; a restore changes nothing, or everything."""

import io
import json
import os
import stat
import tarfile
from contextlib import ExitStack

import pytest
import redis
from disks import fill, small_disk

from server.backup import BackupError, backup, restore
from server.log.embedded import EmbeddedStore, StoreError, is_held
from server.secret import load, read
from server.settings import Settings


def settings(folder, **more):
    return Settings(data=str(folder), **more)


def boards(folder):
    """Which boards a data folder holds."""
    with EmbeddedStore(folder) as store, redis.from_url(store.url) as client:
        return sorted(client.keys("sv:*:meta"))


@pytest.fixture
def data(tmp_path):
    """A data folder with two boards and a secret."""
    folder = tmp_path / "data"
    load(folder / "secret")
    with EmbeddedStore(folder) as store, redis.from_url(store.url) as client:
        for code in "AB":
            client.hset(f"sv:{{{code}}}:meta", "epoch", "e")
            client.xadd(f"sv:{{{code}}}:log", {"t": 1, "e": code}, id="0-*")
    return folder


@pytest.mark.parametrize("running", [True, False])
def test_what_is_backed_up_comes_back_elsewhere(data, tmp_path, running):
    file = tmp_path / "backup"
    if running:
        with EmbeddedStore(data):
            assert backup(settings(data), file) == 2
            assert is_held(data)
    else:
        assert backup(settings(data), file) == 2
        assert not is_held(data)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not (data / "dump.rdb").exists()
    assert not list(tmp_path.glob(".stackvote-*"))
    other = tmp_path / "other"
    done = restore(settings(other), file)
    assert (done.boards, done.of, done.kept) == (2, 2, None)
    assert boards(other) == [b"sv:{A}:meta", b"sv:{B}:meta"]
    assert read(other / "secret") == read(data / "secret")
    with EmbeddedStore(other) as store, redis.from_url(store.url) as client:
        assert client.xrange("sv:{A}:log") == [(b"0-1", {b"t": b"1", b"e": b"A"})]
        assert client.xadd("sv:{A}:log", {"t": 2, "e": "x"}, id="0-*") == b"0-2"


def test_what_was_there_is_kept_aside(data, tmp_path):
    file, other = tmp_path / "backup", tmp_path / "other"
    backup(settings(data), file)
    mine = load(other / "secret")
    with EmbeddedStore(other) as store, redis.from_url(store.url) as client:
        client.hset("sv:{C}:meta", "epoch", "e")
    kept = restore(settings(other), file).kept
    assert boards(other) == [b"sv:{A}:meta", b"sv:{B}:meta"]
    assert read(kept / "secret") == mine
    assert boards(kept) == [b"sv:{C}:meta"]


def test_boards_that_have_expired_since_are_told(data, tmp_path):
    with EmbeddedStore(data) as store, redis.from_url(store.url) as client:
        client.pexpire("sv:{B}:meta", 600_000)
        backup(settings(data), tmp_path / "whole")
        client.pexpire("sv:{B}:meta", 300)
        file = tmp_path / "backup"
        assert backup(settings(data), file) == 2
        while client.exists("sv:{B}:meta"):
            pass
    done = restore(settings(tmp_path / "other"), file)
    assert (done.boards, done.of) == (1, 2)


def changed(file, **members):
    """Write a backup again with members that are others."""
    with tarfile.open(file, "r:gz") as archive:
        content = {each.name: archive.extractfile(each).read() for each in archive}
    with tarfile.open(file, "w:gz") as archive:
        for name, text in (content | members).items():
            if text is not None:
                member = tarfile.TarInfo(name)
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text))


LATER = json.dumps({"format": 2, "version": "9.9", "boards": 1, "taken_at": "x"}).encode()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-2000]), "damaged"),
        (lambda file: file.write_bytes(b"x" * 5000), "no backup of Stackvote"),
        (lambda file: file.unlink(), "There is no file"),
        (lambda file: changed(file, **{"store.rdb": b"REDIS0011" + b"\xff" * 99}), "is damaged"),
        (lambda file: changed(file, **{"store.rdb": None}), "no backup of Stackvote"),
        (lambda file: changed(file, secret=b"short"), "secret is too short"),
        (lambda file: changed(file, **{"about.json": b"[]"}), "no backup of Stackvote"),
        (lambda file: changed(file, **{"about.json": LATER}), "a later version, 9.9"),
    ],
)
def test_a_damaged_backup_changes_nothing(data, tmp_path, damage, words):
    file = tmp_path / "backup"
    with EmbeddedStore(data) as store, redis.from_url(store.url) as client:
        client.set("ballast", bytes(range(256)) * 200)
        backup(settings(data), file)
    before = read(data / "secret")
    damage(file)
    with pytest.raises(BackupError, match=words):
        restore(settings(data), file)
    assert read(data / "secret") == before
    assert boards(data) == [b"sv:{A}:meta", b"sv:{B}:meta"]
    assert not list(data.glob("before-restore*"))
    assert not list(data.glob(".restoring*"))


def test_nothing_is_restored_under_a_server_that_runs(data, tmp_path):
    backup(settings(data), tmp_path / "backup")
    with EmbeddedStore(data), pytest.raises(StoreError, match="Stop it first"):
        restore(settings(data), tmp_path / "backup")


def test_a_store_of_ones_own_is_not_ours_to_copy(tmp_path):
    own = settings(tmp_path, redis_url="redis://store:6379/0")
    with pytest.raises(BackupError, match="copy it by its own means"):
        backup(own, tmp_path / "backup")
    with pytest.raises(BackupError, match="restore it by its own means"):
        restore(own, tmp_path / "backup")


def test_a_folder_without_boards_is_not_backed_up(tmp_path):
    with pytest.raises(BackupError, match="is this the right --data"):
        backup(settings(tmp_path / "nothing"), tmp_path / "backup")
    load(tmp_path / "half" / "secret")
    with pytest.raises(StoreError, match="There is no store"):
        backup(settings(tmp_path / "half"), tmp_path / "backup")


def test_a_backup_that_cannot_be_written_leaves_the_last_one(data, tmp_path):
    with pytest.raises(BackupError, match="cannot be written"):
        backup(settings(data), tmp_path / "no" / "such" / "backup")


def test_a_full_disk_is_told_and_once_there_is_room_it_works(tmp_path):
    with ExitStack() as stack:
        small = stack.enter_context(small_disk(tmp_path / "small", "3m"))
        data, file = small / "data", tmp_path / "backup"
        load(data / "secret")
        store = stack.enter_context(EmbeddedStore(data))
        client = stack.enter_context(redis.from_url(store.url))
        client.set("ballast", os.urandom(600_000))
        filler = fill(small)
        with pytest.raises(StoreError, match="is its disk full"):
            backup(settings(data), file)
        assert not file.exists()
        filler.unlink()
        backup(settings(data), file)
        filler.write_bytes(bytes(3 << 19))
        with pytest.raises(BackupError, match="No space left"):
            backup(settings(data), small / "backup")
        assert not (small / "backup").exists()
        assert client.ping()
    assert restore(settings(tmp_path / "other"), file).of == 0
