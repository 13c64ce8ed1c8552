"""The parent of all processes is killed, and the server started again."""

import asyncio
import os
import signal

import pytest

from faults.meeting import hold
from support.processes import wait_until_ended
from support.wait import eventually


@pytest.mark.parametrize("kind", [pytest.param("embedded", marks=pytest.mark.quick), "debian"])
def test_the_parent_is_killed_and_the_server_started_again(request, kind):
    deployment = request.getfixturevalue(kind)
    begun = {}

    async def kill(meeting):
        meeting.keep_calm()
        server, everybody = meeting.server, meeting.crowd.all
        begun.update({p: (len(p.closes), len(p.goodbyes)) for p in everybody if p.present})
        workers = server.workers()
        os.kill(server.pid, signal.SIGKILL)
        # The workers notice by themselves, say goodbye, and end; the last one closes the store.
        await asyncio.to_thread(wait_until_ended, workers)
        await asyncio.to_thread(server.ended)
        await eventually(lambda: not any(person.present for person in everybody))
        port = str(server.port)
        meeting.server = await asyncio.to_thread(deployment.serve, STACKVOTE_PORT=port)

    hold(
        deployment,
        kill,
        says={
            r"parent process is gone\. Closing connections, then exiting": 1,
            r"Worker \d+ is ready": 3,
            r"The store can be reached again": 1,
            r"\d+ connections were closed": 1,
        },
    )
    for person, (closes, goodbyes) in begun.items():
        assert person.closes[closes] == 1012, person.closes[closes:]
        assert len(person.goodbyes) > goodbyes
