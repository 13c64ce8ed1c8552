import os
import shutil

import pytest

from server.store.data_files import APPENDED, MANIFEST, StoreFiles, identity, identity_of, sync


@pytest.fixture
def folder(tmp_path):
    """A data folder as a store makes it."""
    appended = tmp_path / APPENDED
    appended.mkdir()
    rewritten(appended, 1)
    return tmp_path


def rewritten(appended, n):
    """The store has put new files in the place of the old ones, which it then deletes."""
    old = [each for each in appended.iterdir() if each.name != MANIFEST]
    names = [f"appendonly.aof.{n}.base.rdb", f"appendonly.aof.{n}.incr.aof"]
    for name in names:
        (appended / name).write_text(name)
    lines = [f"file {name} seq {n} type {kind}\n" for name, kind in zip(names, "bi", strict=True)]
    (appended / "draft").write_text("".join(lines))
    (appended / "draft").rename(appended / MANIFEST)
    for each in old:
        each.unlink()


def test_nothing_is_missing_while_the_store_puts_new_files_in_place(folder):
    files = StoreFiles(folder)
    for n in range(2, 50):
        assert files.missing() is None
        rewritten(folder / APPENDED, n)
    assert files.missing() is None


@pytest.mark.parametrize(
    "gone", [MANIFEST, "appendonly.aof.1.base.rdb", "appendonly.aof.1.incr.aof"]
)
def test_a_file_that_was_deleted_or_replaced_is_named(folder, gone):
    files, path = StoreFiles(folder), folder / APPENDED / gone
    assert files.missing() is None
    path.rename(folder / "away")
    assert files.missing() == path
    if gone != MANIFEST:
        shutil.copy2(folder / "away", path)
        assert files.missing() == path
        path.unlink()
    (folder / "away").rename(path)
    assert files.missing() is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"file\n", b"junk junk junk\n"])
def test_a_list_that_names_nothing_ends_no_one(folder, content):
    (folder / APPENDED / MANIFEST).write_bytes(content)
    StoreFiles(folder).missing()


def test_what_is_written_again_is_believed_once_it_is_asked_for(folder):
    files = StoreFiles(folder)
    assert files.missing() is None
    shutil.copytree(folder / APPENDED, folder / "copy")
    shutil.rmtree(folder / APPENDED)
    assert files.missing() == folder / APPENDED / MANIFEST
    (folder / "copy").rename(folder / APPENDED)
    assert files.missing() is not None
    files.forget()
    assert files.missing() is None


def test_an_open_file_is_told_from_another_of_its_name(tmp_path):
    path = tmp_path / "lock"
    path.touch()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        assert identity(path) == identity_of(descriptor)
        path.unlink()
        assert identity(path) is None
        (tmp_path / "other").touch()
        (tmp_path / "other").rename(path)
        assert identity(path) != identity_of(descriptor)
    finally:
        os.close(descriptor)
    sync(tmp_path)
