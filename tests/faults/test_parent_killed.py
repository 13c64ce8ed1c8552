"""The parent of all processes is killed, and the server started anew."""

import asyncio
import os
import signal

import pytest
from meeting import hold
from people import eventually
from running import wait_gone


@pytest.mark.parametrize("kind", [pytest.param("embedded", marks=pytest.mark.quick), "debian"])
def test_the_parent_is_killed_and_the_server_started_anew(request, kind):
    place = request.getfixturevalue(kind)
    begun = {}

    async def kill(meeting):
        meeting.keep_calm()
        server, everybody = meeting.server, meeting.crowd.all
        begun.update({p: (len(p.closes), len(p.goodbyes)) for p in everybody if p.present})
        workers = server.workers()
        os.kill(server.pid, signal.SIGKILL)
        # The workers notice by themselves, say goodbye, and end; the last one closes the store.
        await asyncio.to_thread(wait_gone, workers)
        await asyncio.to_thread(server.ended)
        await eventually(lambda: not any(person.present for person in everybody))
        port = str(server.port)
        meeting.server = await asyncio.to_thread(place.serve, STACKVOTE_PORT=port)

    hold(
        place,
        kill,
        says={
            r"parent process is gone\. Sending people away, then ending": 1,
            r"Worker \d+ is ready": 3,
            r"The store is there": 1,
            r"\d+ connections were sent away": 1,
        },
    )
    for person, (closes, goodbyes) in begun.items():
        assert person.closes[closes] == 1012, person.closes[closes:]
        assert len(person.goodbyes) > goodbyes
