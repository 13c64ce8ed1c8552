"""A worker is killed, again and again."""

import os
import signal

import pytest

from faults.meeting import hold
from support.connections import served
from support.wait import eventually

KILLS = 5


@pytest.mark.quick
def test_a_worker_is_killed_again_and_again(embedded):
    async def kill_five(meeting):
        spared = min(meeting.server.workers())
        for n in range(KILLS):
            held = served(meeting.server)
            del held[spared]
            victim = max(held, key=held.get)
            os.kill(victim, signal.SIGKILL)
            if n < KILLS - 1:
                await eventually(lambda gone=victim: _are_three(meeting.server, gone))
                await meeting.answered(100)

    hold(
        embedded,
        kill_five,
        says={
            r"Worker \d+ ended \(killed by SIGKILL\); starting another": KILLS,
            r"Worker \d+ is ready": KILLS,
            r"The store can be reached again": 1,
        },
        touches_all=False,
    )


def _are_three(server, gone):
    workers = server.workers()
    return (
        gone not in workers
        and len(workers) == 3
        and f"Worker {max(workers)} is ready" in server.log
    )
