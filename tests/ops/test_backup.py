"""A backup is whole or not there; a restore changes nothing, or everything."""

import gzip
import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis

from server.ops.backup import BackupError, backup, restore
from server.security.secret import load, read
from server.settings import Settings
from server.store import atomic_restore
from server.store.data_folder import StoreError, is_held, recover
from server.store.embedded import EmbeddedStore
from support.disks import fill, small_disk


def settings(folder, **more):
    return Settings(data=str(folder), **more)


def boards(folder):
    """Which boards a data folder holds."""
    with EmbeddedStore(folder) as store, redis.from_url(store.url) as client:
        return sorted(client.keys("sv:*:meta"))


MARKS = {"touched": "1795801855712", "keep": "1895801855712", "overdue": "1795801855712 3"}
"""By which boards expire."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What the tests start with, made once: two data folders, and a backup of the first."""
    folder = tmp_path_factory.mktemp("made")
    load(folder / "data" / "secret")
    with EmbeddedStore(folder / "data") as store, redis.from_url(store.url) as client:
        for code in "AB":
            client.hset(f"sv:{{{code}}}:meta", mapping={"epoch": "e", **MARKS})
            client.xadd(f"sv:{{{code}}}:log", {"t": 1, "e": code}, id="0-*")
        # Something that cannot be packed smaller.
        client.set("ballast", os.urandom(50_000))
        backup(settings(folder / "data"), folder / "backup")
    load(folder / "other" / "secret")
    with EmbeddedStore(folder / "other") as store, redis.from_url(store.url) as client:
        client.hset("sv:{C}:meta", "epoch", "e")
    return folder


@pytest.fixture
def data(made, tmp_path):
    """A data folder with two boards and a secret."""
    return shutil.copytree(made / "data", tmp_path / "data")


@pytest.fixture
def other(made, tmp_path):
    """Another data folder, with board C and a secret of its own."""
    return shutil.copytree(made / "other", tmp_path / "other")


@pytest.fixture
def file(made, tmp_path):
    """A backup of the first."""
    return shutil.copy(made / "backup", tmp_path / "backup")


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
        marks = client.hgetall("sv:{A}:meta")
        assert {name.decode(): mark.decode() for name, mark in marks.items()} == {
            "epoch": "e",
            **MARKS,
        }


def test_what_was_there_is_kept_aside(other, file):
    mine = read(other / "secret")
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
        (lambda file: file.write_bytes(b"x" * 5000), "not a Stackvote backup"),
        (lambda file: file.unlink(), "There is no file"),
        (lambda file: changed(file, **{"store.rdb": b"REDIS0011" + b"\xff" * 99}), "is damaged"),
        (lambda file: changed(file, **{"store.rdb": None}), "not a Stackvote backup"),
        (lambda file: changed(file, secret=b"short"), "secret is too short"),
        (lambda file: changed(file, **{"about.json": b"[]"}), "not a Stackvote backup"),
        (lambda file: changed(file, **{"about.json": LATER}), "a later version, 9.9"),
    ],
)
def test_a_damaged_backup_changes_nothing(data, file, damage, words):
    before = read(data / "secret")
    damage(file)
    with pytest.raises(BackupError, match=words):
        restore(settings(data), file)
    assert read(data / "secret") == before
    assert boards(data) == [b"sv:{A}:meta", b"sv:{B}:meta"]
    assert not list(data.glob("before-restore*"))
    assert not list(data.glob(".restoring*"))


def tree(folder):
    """All that lies in a folder, byte for byte, but the locks and what the store says of itself."""
    left_out = {"lock", "store.lock", "workers.lock", "valkey.log", "valkey.sock", "room"}
    return {
        str(each.relative_to(folder)): (each.lstat().st_mode, each.is_file() and each.read_bytes())
        for each in folder.rglob("*")
        if each.name not in left_out
    }


def packed(file, *members, mode="w:gz"):
    """Write an archive of what is given: name, content, and what else its head says."""
    with tarfile.open(file, mode) as archive:
        for name, content, more in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            for each, value in more.items():
                setattr(member, each, value)
            archive.addfile(member, io.BytesIO(content))


def parts(file):
    with tarfile.open(file, "r:gz") as archive:
        return [(each.name, archive.extractfile(each).read(), {}) for each in archive]


def with_more(name, content=b"x", **more):
    return lambda file: packed(file, *parts(file), (name, content, more))


def resized(file, size):
    """Have the head of the store say another size than it has."""
    raw = bytearray(gzip.decompress(file.read_bytes()))
    at = raw.index(b"store.rdb\0")
    raw[at + 124 : at + 136] = f"{size:011o}\0".encode()
    raw[at + 148 : at + 156] = b" " * 8
    raw[at + 148 : at + 156] = f"{sum(raw[at : at + 512]):06o}\0 ".encode()
    file.write_bytes(gzip.compress(bytes(raw)))


def of_what(file, about=None, **members):
    """Change members, and the checksums with them: an archive that is right in itself."""
    with tarfile.open(file, "r:gz") as archive:
        said = json.load(archive.extractfile("about.json"))
    for name, content in members.items():
        said["sha256"][name.replace("_", ".")] = hashlib.sha256(content.strip()).hexdigest()
    said |= about or {}
    named = {name.replace("_", "."): content for name, content in members.items()}
    changed(file, **{"about.json": json.dumps(said).encode()}, **named)


def flipped(at):
    def flip(file):
        raw = bytearray(file.read_bytes())
        raw[int(len(raw) * at)] ^= 0x10
        file.write_bytes(raw)

    return flip


def another_store(file, folder, *entries, **fields):
    """Put another store into a backup, with a board of these entries, and right checksums."""
    load(folder / "secret")
    with EmbeddedStore(folder) as store, redis.from_url(store.url) as client:
        client.hset("sv:{B}:meta", mapping={"epoch": "abc"} | fields)
        for entry in entries:
            client.xadd("sv:{B}:log", {"t": 1, "e": entry}, id="0-*")
        backup(settings(folder), folder / "other")
    store = {name: content for name, content, _ in parts(folder / "other")}["store.rdb"]
    of_what(file, {"damaged": {}}, store_rdb=store)


DAMAGED = {
    **{f"cut at {cut}": (lambda file, cut=cut: os.truncate(file, file.stat().st_size - cut))
       for cut in (1, 4, 8, 9, 100, 5000)},
    **{f"a bit flipped at {at}": flipped(at) for at in (0.001, 0.2, 0.4, 0.6, 0.8, 0.95, 0.9999)},
    "empty": lambda file: file.write_bytes(b""),
    "a zip": lambda file: zipfile.ZipFile(file, "w").close(),
    "a tar": lambda file: packed(file, *parts(file), mode="w:"),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
    "a store of no bytes": lambda file: changed(file, **{"store.rdb": b""}),
    "a store of no bytes, with its checksum": lambda file: of_what(file, store_rdb=b""),
    "commands": lambda file: of_what(file, store_rdb=b"*1\r\n$8\r\nFLUSHALL\r\n"),
    "a store cut short": lambda file: of_what(
        file, store_rdb=next(c for n, c, _ in parts(file) if n == "store.rdb")[:-9]
    ),
    "junk behind": lambda file: file.write_bytes(file.read_bytes() + b"x" * 99),
    "a bomb behind": lambda file: file.write_bytes(file.read_bytes() + gzip.compress(bytes(9 << 20))),
    "a path outside": with_more("../../outside"),
    "an absolute path": with_more("/outside"),
    "a part twice": with_more("secret", b"x" * 64),
    "a link": with_more("store", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
    "a device": with_more("null", type=tarfile.CHRTYPE),
    "a store that is a folder": lambda file: packed(
        file, *parts(file)[:2], ("store.rdb", b"", {"type": tarfile.DIRTYPE})
    ),
    "a store that is a link": lambda file: packed(
        file, *parts(file)[:2], ("store.rdb", b"", {"type": tarfile.SYMTYPE, "linkname": "secret"})
    ),
    "a store as large as no disk": lambda file: resized(file, 0o77777777777),
    "a store larger than it is": lambda file: resized(file, 1 << 20),
    "a head as large as no memory": with_more("x", pax_headers={"comment": "x" * (9 << 20)}),
    "a secret as large as no memory": lambda file: changed(file, secret=b"x" * (1 << 20)),
    "a number that is none": lambda file: of_what(file, {"boards": "many"}),
    "fewer boards than none": lambda file: of_what(file, {"boards": -1}),
    "a time that is none": lambda file: of_what(file, {"taken_at": 17}),
    "a version that is none": lambda file: of_what(file, {"version": ["\x1b[2J"]}),
    "a later format": lambda file: of_what(file, {"format": 2}),
    "an earlier format": lambda file: of_what(file, {"format": 0}),
    "no format": lambda file: of_what(file, {"format": None}),
    "about nothing": lambda file: changed(file, **{"about.json": b"null"}),
    "about junk": lambda file: changed(file, **{"about.json": b"\xff" * 99}),
    "another secret": lambda file: changed(file, secret=b"y" * 64),
    "an entry that cannot be read": lambda file: another_store(
        file, file.with_name("x"), '{"action":{"type":"of tomorrow"}}'
    ),
    "a board without its beginning": lambda file: another_store(
        file, file.with_name("x"), '{"action":{"type":"rename","name":"Ann"}}'
    ),
    "a board of later rules": lambda file: another_store(
        file, file.with_name("x"), '{"rules":99,"action":{"type":"rename","name":"Ann"}}'
    ),
    "an epoch that is none": lambda file: another_store(file, file.with_name("x"), "{}", epoch="?"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGED)
def test_what_was_there_is_the_same_after_a_restore_that_failed(other, file, tmp_path, damage):
    before = tree(other)
    DAMAGED[damage](file)
    with pytest.raises(BackupError) as why:
        restore(settings(other), file)
    assert tree(other) == before
    assert str(file) in str(why.value)
    assert not (tmp_path.parent / "outside").exists()


def test_a_backup_of_an_earlier_version_is_restored(file, tmp_path):
    old = {"format": 1, "version": "0.1.0", "boards": 2, "taken_at": "2026-01-01T00:00:00Z"}
    changed(file, **{"about.json": json.dumps(old).encode()})
    assert restore(settings(tmp_path / "other"), file).boards == 2


def test_a_damaged_board_is_backed_up_and_told_of_both_times(data, tmp_path):
    told, file = {}, tmp_path / "backup"
    with EmbeddedStore(data) as store, redis.from_url(store.url) as client:
        client.xadd("sv:{B}:log", {"foo": "bar"})
        client.set("sv:{C}:meta", "junk")
        assert backup(settings(data), file, told.__setitem__) == 3
    assert "another program has added an entry" in told["B"]
    assert "it is no hash" in told["C"]
    done = restore(settings(tmp_path / "other"), file)
    assert done.damaged == told
    assert done.boards == 3


CUT = """
import os, sys
from pathlib import Path
from server.ops.backup import restore
from server.settings import Settings

left = int(sys.argv[3])

def cut(name):
    do = getattr(os, name)
    def step(*args, **more):
        global left
        if str(sys.argv[1]) in str(args[0]) and ".restoring" not in str(args[0]).split("/")[-1]:
            left -= 1
            if left < 0:
                os._exit(9)
        return do(*args, **more)
    setattr(os, name, step)

for name in ("rename", "replace", "unlink", "mkdir", "rmdir"):
    cut(name)
restore(Settings(data=sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_power_that_fails_between_two_steps_leaves_the_old_or_the_new_whole(data, other, file):
    before = tree(other)
    seen = set()
    for step in range(200):
        done = subprocess.run(
            [sys.executable, "-c", CUT, str(other), str(file), str(step)], check=False
        )
        assert done.returncode in {0, 9}
        recover(other)
        now = tree(other)
        if now["secret"] == before["secret"]:
            kept = {
                name: what
                for name, what in now.items()
                if not name.startswith((".restoring-", "before-restore-", ".restore-"))
            }
            assert kept == before, step
            seen.add("old")
        else:
            assert now["secret"][1] == (data / "secret").read_bytes()
            seen.add("new")
        if done.returncode == 0:
            break
    assert seen == {"old", "new"}
    assert boards(other) == [b"sv:{A}:meta", b"sv:{B}:meta"]
    # What had been prepared is removed by the next start.
    assert not list(other.glob(".restoring-*"))


def test_a_server_that_starts_after_the_power_failed_has_what_was_there(other, file):
    before = tree(other)

    def power_fails(*_):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atomic_restore, "undo", lambda _: False)
        patch.setattr(atomic_restore.secret, "put", power_fails)
        with pytest.raises(KeyboardInterrupt):
            restore(settings(other), file)
    assert (other / atomic_restore.NOTE).exists()
    assert tree(other) != before
    assert boards(other) == [b"sv:{C}:meta"]
    assert not (other / atomic_restore.NOTE).exists()


@pytest.mark.parametrize("step", ["rename", "secret"])
def test_a_step_that_fails_undoes_those_before(other, file, monkeypatch, step):
    before = tree(other)
    full = OSError(28, "No space left on device")
    if step == "secret":
        monkeypatch.setattr(atomic_restore.secret, "put", lambda *_: (_ for _ in ()).throw(full))
    else:
        rename = Path.rename

        def fail(path, target):
            if "data/appendonlydir" in str(path) and ".restoring" in str(path):
                raise full
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(BackupError, match="No space left"):
        restore(settings(other), file)
    assert tree(other) == before


def test_a_disk_that_is_full_in_the_middle_changes_nothing(data, tmp_path):
    file = tmp_path / "backup"
    with EmbeddedStore(data) as store, redis.from_url(store.url) as client:
        client.set("ballast", os.urandom(2_000_000))
        backup(settings(data), file)
    with small_disk(tmp_path / "small", "4m") as small:
        other = small / "data"
        load(other / "secret")
        with EmbeddedStore(other) as store, redis.from_url(store.url) as client:
            client.hset("sv:{C}:meta", "epoch", "e")
        before = tree(other)
        with pytest.raises(BackupError, match="MiB are free"):
            restore(settings(other), file)
        assert tree(other) == before
        # Not even the head of it fits.
        filler = fill(small)
        with pytest.raises(BackupError):
            restore(settings(other), file)
        filler.unlink()
        assert tree(other) == before


def test_nothing_is_restored_under_a_server_that_runs(data, file):
    with EmbeddedStore(data), pytest.raises(StoreError, match="Stop it first"):
        restore(settings(data), file)


def test_a_store_of_ones_own_is_not_ours_to_copy(tmp_path):
    own = settings(tmp_path, redis_url="redis://store:6379/0")
    with pytest.raises(BackupError, match="copy it with its own tools"):
        backup(own, tmp_path / "backup")
    with pytest.raises(BackupError, match="restore it with its own tools"):
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
