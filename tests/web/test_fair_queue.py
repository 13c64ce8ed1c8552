"""Who asks for much waits, and no one else."""

import asyncio

from server.web.fair_queue import FairQueue

AT_A_TIME = 3


async def test_so_many_go_ahead_in_each_turn_in_the_order_in_which_they_came():
    turns, done = FairQueue(AT_A_TIME), []

    async def ask(name):
        await turns.acquire()
        done.append(name)

    asking = [asyncio.create_task(ask(name)) for name in range(10)]
    asking[4].cancel()
    before = 0
    while len(done) < 9:
        await asyncio.sleep(0)
        assert len(done) - before <= AT_A_TIME
        before = len(done)
    assert done == [0, 1, 2, 3, 5, 6, 7, 8, 9]


async def test_who_asks_alone_never_waits():
    turns = FairQueue(1)
    for _ in range(5):
        await asyncio.wait_for(turns.acquire(), 5)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert not turns._waiting
