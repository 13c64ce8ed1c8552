"""Two faults that servers of this kind have had, and this one must never have."""

import asyncio

import pytest

from faults.meeting import hold
from model.clients import Person

DEAD, TIMES = 20, 6
COLLECT_ALL_THE_TIME = """
import gc, os, threading, time
def collect():
    while True:
        with open(os.path.join({folder!r}, str(os.getpid())), "ab") as note:
            gc.collect()
            note.write(b".")
        time.sleep(0.02)
threading.Thread(target=collect, daemon=True).start()
"""
CUT = r"The connection to the store was cut and has been reopened"


@pytest.mark.quick
def test_dead_clients_take_no_connection_to_the_store_along(embedded):
    """Their lines end in the middle of what is sent to them, with an error for whoever sends."""

    async def die(meeting):
        for _ in range(TIMES):
            dead = Person(meeting.crowd, meeting.server.address, "dead", view="screen")
            lines = await asyncio.gather(*(dead.connect() for _ in range(DEAD)))
            for line in lines:
                await line.send('{"type": "hello", "view": "screen"}')
                await line.recv()
                # What it does not take in makes the kernel answer with a reset at the end.
                line.transport.pause_reading()
            await meeting.answered(60)
            for line in lines:
                line.transport.abort()
            await meeting.answered(60)

    meeting = hold(embedded, die, says={}, touches_all=False)
    assert not any("away" in person.stores for person in meeting.crowd.all)
    assert not meeting.deployment.recording.put_off


@pytest.mark.quick
@pytest.mark.needs("redis-server")
def test_no_one_who_listens_is_collected_as_garbage(debian, tmp_path):
    """Every task has to be held by someone, or the collector may take it in mid-wait."""
    notes, patch = tmp_path / "notes", tmp_path / "patch"
    notes.mkdir()
    patch.mkdir()
    # Workers import from where their parent does; this is the first that each of them imports.
    (patch / "sitecustomize.py").write_text(COLLECT_ALL_THE_TIME.format(folder=str(notes)))

    async def cut(meeting):
        with meeting.deployment.store.client() as client:
            for _ in range(5):
                assert client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
                await meeting.answered(100)

    def collected(pid):
        found = notes / str(pid)
        return found.exists() and len(found.read_bytes()) > 20

    meeting = hold(
        debian, cut, says={CUT: 1}, prelude=f"import sys; sys.path.insert(0, {str(patch)!r})"
    )
    assert all(collected(pid) for pid in meeting.server.workers())
