"""The store is stopped for a while, as a machine is that swaps or is moved: nothing is lost."""

import asyncio
import os
import signal

import pytest

from faults.meeting import hold
from support.wait import eventually

TOLD = {
    r"The store is away \(.+\)\. Votes wait until it is back": 2,
    r"The store can be reached again": 1,
}


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        *[("embedded", 3), ("embedded", 10), ("embedded", 30), ("debian", 3), ("debian", 30)],
        pytest.param("debian", 10, marks=pytest.mark.quick),
    ],
)
def test_the_store_is_stopped_for_a_while(request, kind, seconds):
    deployment = request.getfixturevalue(kind)

    async def stop(meeting):
        os.kill(deployment.store.pid, signal.SIGSTOP)
        try:
            if seconds > 3:
                # All are told, and so is whoever asks whether people can be sent here.
                everybody = meeting.crowd.all
                await eventually(
                    lambda: all(p.stores[-1:] == ["away"] for p in everybody if p.present)
                )
                assert (await asyncio.to_thread(meeting.server.get, "/readyz"))[0] == 503
            await asyncio.sleep(seconds)  # This is the fault itself.
        finally:
            os.kill(deployment.store.pid, signal.SIGCONT)

    noticed = seconds > 3
    hold(deployment, stop, says=TOLD if noticed else {}, may_say=TOLD)
