"""Files and folders are deleted under a server that runs: nothing is called saved that is not."""

import asyncio
import os
import shutil
import signal

import pytest
from checker import settled
from places import places
from running import until
from serving import spread
from stores import Embedded


@pytest.fixture
def place(tmp_path):
    with places(tmp_path) as make:
        yield make(Embedded(tmp_path / "store"))


def data_of(place):
    return place.folder / "server" / "data"


def gone(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def moved(path):
    path.rename(path.with_name(f"{path.name}-moved"))


def replaced(path):
    """Another of the same name and content is there, and the store has the first one open."""
    copy = path.with_name(f"{path.name}-copy")
    if path.is_dir():
        shutil.copytree(path, copy, ignore=shutil.ignore_patterns("*.sock"))
    else:
        shutil.copy2(path, copy)
    moved(path)
    copy.rename(path)


def files_of(data):
    return sorted((data / "appendonlydir").iterdir())


DAMAGE = {
    "the data folder is deleted": gone,
    "the data folder is moved": moved,
    "the data folder is put back from a copy": replaced,
    "the folder of the files is deleted": lambda data: gone(data / "appendonlydir"),
    "the folder of the files is copied": lambda data: replaced(data / "appendonlydir"),
    "the list of files is deleted": lambda data: gone(
        data / "appendonlydir/appendonly.aof.manifest"
    ),
    "all files are deleted": lambda data: [gone(each) for each in files_of(data)],
    "the newest file is deleted": lambda data: gone(
        next(each for each in files_of(data) if "incr" in each.name)
    ),
    "the oldest file is deleted": lambda data: gone(
        next(each for each in files_of(data) if "base" in each.name)
    ),
    "the socket is deleted": lambda data: gone(data / "valkey.sock"),
    "the lock is deleted": lambda data: gone(data / "lock"),
    "the store's lock is deleted": lambda data: gone(data / "store.lock"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_every_vote_that_was_acknowledged_is_there_after_all_is_killed(place, damage):
    server = place.serve(processes=2)
    data = data_of(place)

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.join(server, 10)
            await spread(crowd, server)

            async def trouble():
                await place.answered(30)
                DAMAGE[damage](data)
                await asyncio.to_thread(until, lambda: "was written to" in server.log)
                await asyncio.to_thread(until, server.is_ready)
                # Nothing is called saved from here on that is not where the next start looks.
                await place.answered(50)

            await crowd.busy(trouble())
            store = server.store()
            server.kill()
            os.kill(store, signal.SIGKILL)
            again = await asyncio.to_thread(place.serve, STACKVOTE_PORT=str(server.port))
            await settled(place.store, crowd, place.journal)
            assert again.log.count("Traceback") == 0

    asyncio.run(meeting())
    assert "was deleted or replaced while the store uses it" in server.log
    assert str(data) in server.log
    assert "Traceback" not in server.log
