"""Files and folders are deleted under a server that runs: nothing is called saved that is not."""

import asyncio
import errno
import os
import shutil
import signal

import pytest

from model.checker import settled
from support.connections import spread
from support.deployments import Embedded, deployments
from support.wait import until


@pytest.fixture
def deployment(tmp_path):
    with deployments(tmp_path) as make:
        yield make(Embedded(tmp_path / "store"))


def data_of(deployment):
    return deployment.folder / "server" / "data"


def gone(path):
    if not path.is_dir():
        path.unlink()
        return
    for again in range(10):
        try:
            shutil.rmtree(path)
        except OSError as error:
            # The server has written a file meanwhile.
            if error.errno != errno.ENOTEMPTY or again == 9:
                raise
        else:
            return


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
def test_every_vote_that_was_acknowledged_is_there_after_all_is_killed(deployment, damage):
    server = deployment.serve(processes=2)
    data = data_of(deployment)

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 10)
            await spread(crowd, server)

            async def trouble():
                await deployment.answered(30)
                DAMAGE[damage](data)
                await asyncio.to_thread(until, lambda: "was written to" in server.log)
                await asyncio.to_thread(until, server.is_ready)
                # Nothing is called saved from here on that is not where the next start looks.
                await deployment.answered(50)

            await crowd.busy(trouble())
            store = server.store()
            server.kill()
            os.kill(store, signal.SIGKILL)
            again = await asyncio.to_thread(deployment.serve, STACKVOTE_PORT=str(server.port))
            await settled(deployment.store, crowd, deployment.recording)
            assert again.log.count("Traceback") == 0

    asyncio.run(meeting())
    assert "was deleted or replaced while the store was using it" in server.log
    assert str(data) in server.log
    assert "Traceback" not in server.log
