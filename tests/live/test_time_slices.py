import asyncio
from itertools import pairwise

import pytest

from server.live.time_slices import SLICE_SECONDS, TimeSlice


class Clock:
    """A clock that goes on by what each piece of work takes."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


async def work(name, clock, pieces, took, done):
    async with TimeSlice(clock) as share:
        for _ in range(pieces):
            await share.pause()
            clock.now += took
            done.append(name)


async def test_work_gives_way_when_its_share_is_used_up():
    clock, done = Clock(), []
    task = asyncio.create_task(work("a", clock, 100, 0.26 * SLICE_SECONDS, done))
    seen = []
    while not task.done():
        await asyncio.sleep(0)
        seen.append(len(done))
    assert seen[-1] == 100
    # Four pieces fill a share, whatever the machine's own clock says.
    assert max(after - before for before, after in pairwise(seen)) == 4


async def test_of_all_who_work_one_has_its_share_in_a_turn():
    clock, done = Clock(), []
    names = [f"{n}" for n in range(20)]
    tasks = [
        asyncio.create_task(work(name, clock, 30, 0.35 * SLICE_SECONDS, done)) for name in names
    ]
    before = 0
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        assert len(done) - before <= 3
        before = len(done)
    assert len(done) == 20 * 30
    # Nobody has to wait until another is through.
    assert set(done[:80]) == set(names)


@pytest.mark.parametrize("where", ["waiting", "working"])
async def test_who_is_cancelled_keeps_no_one_waiting(where):
    clock, done = Clock(), []
    first = asyncio.create_task(work("first", clock, 1000, SLICE_SECONDS, done))
    second = asyncio.create_task(work("second", clock, 5, SLICE_SECONDS, done))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gone, stays = (second, first) if where == "waiting" else (first, second)
    gone.cancel()
    await asyncio.wait([gone])
    if where == "waiting":
        stays.cancel()
        await asyncio.wait([stays])
    else:
        await stays
        assert done.count("second") == 5
    async with asyncio.timeout(5), TimeSlice(clock):
        pass
