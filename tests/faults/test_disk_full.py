"""The disk is full under the append-only file, and then there is room again."""

import asyncio
from contextlib import ExitStack

import pytest

from faults.meeting import hold
from support.deployments import Embedded, External
from support.disks import fill, small_disk
from support.wait import eventually

# Said again where it stays away for a reason of its own, such as that nothing listens any more.
AWAY = r"The store is away \(.+\)\. Votes wait until it is back"
THERE = r"The store can be reached again"
ANEW = r"The store was restarted or replaced\. All boards are read again"
DIES = {AWAY: 3, THERE: 1, ANEW: 1}
"""Connections are cut, then nothing listens, and then it may still be loading its data."""
FULL = 8.0
"""Seconds for which nothing can be written."""


@pytest.fixture
def disk_on():
    """What puts a disk of 16 MiB on a folder, until the test is over."""
    with ExitStack() as disks:
        yield lambda folder: disks.enter_context(small_disk(folder, "16m"))


async def nobody_can_vote(meeting, folder):
    filler = fill(folder)
    acks, everybody = meeting.acks, meeting.crowd.all
    await eventually(lambda: all(p.stores[-1:] == ["away"] for p in everybody if p.present))
    await eventually(lambda: meeting.server.get("/readyz")[0] == 503)
    before = len(acks)
    await asyncio.sleep(FULL)  # This is the fault itself.
    assert (await asyncio.to_thread(meeting.server.get, "/readyz"))[0] == 503
    assert "store_away" in meeting.deployment.recording.put_off
    assert len(acks) == before
    filler.unlink()


@pytest.mark.quick
def test_the_disk_of_the_embedded_store_is_full(disk_on, deploy_on, tmp_path):
    folder = disk_on(tmp_path / "server" / "data")
    deployment = deploy_on(Embedded(tmp_path / "store"))
    hold(
        deployment,
        lambda meeting: nobody_can_vote(meeting, folder),
        says={
            r"The store ended \(exit status 1\): .+AOF write error": 1,
            r"The data folder .+ cannot be written \(No space left on device\)": 1,
            r"The data folder can be written again": 1,
            r"The store is back": 1,
        }
        | DIES,
    )


@pytest.mark.needs("redis-server")
def test_a_store_that_refuses_to_write_is_waited_for(disk_on, deploy_on, tmp_path):
    """A store that writes every second stays, and answers MISCONF."""
    folder = disk_on(tmp_path / "redis")
    deployment = deploy_on(External(folder, appendfsync="everysec"))
    hold(
        deployment,
        lambda meeting: nobody_can_vote(meeting, folder),
        says={AWAY: 2, THERE: 1},
    )


@pytest.mark.needs("redis-server")
def test_a_store_of_one_s_own_that_dies_of_it_is_started_again(disk_on, deploy_on, tmp_path):
    folder = disk_on(tmp_path / "redis")
    deployment = deploy_on(External(folder))

    async def fill_and_start(meeting):
        await nobody_can_vote(meeting, folder)
        await asyncio.to_thread(deployment.store.down)
        await asyncio.to_thread(deployment.store.up)

    hold(deployment, fill_and_start, says=DIES)
