"""The disk is full under the append-only file, and then there is room again."""

import asyncio
import contextlib
import os
import subprocess

import pytest
from meeting import hold
from people import eventually
from stores import Debian, Embedded

AWAY = r"The store is away \(.+\)\. Votes wait until it is back"
THERE = r"The store is there"
ANEW = r"The store runs anew\. All boards are read again"
FULL = 8.0
"""Seconds for which nothing can be written."""


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 16 MiB on a folder."""
    if os.geteuid():
        pytest.skip("only root mounts disks")
    with contextlib.ExitStack() as stack:

        def mount(folder):
            folder.mkdir(parents=True)
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], check=True)
            stack.callback(subprocess.run, ["umount", "--lazy", folder], check=True)
            return folder

        yield mount


def fill(folder):
    """Leave no byte free."""
    with (folder / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(b"x" * 4096)


async def nobody_can_vote(meeting, folder):
    fill(folder)
    acks, everybody = meeting.acks, meeting.crowd.all
    await eventually(lambda: all(p.stores[-1:] == ["away"] for p in everybody if p.present))
    await eventually(lambda: meeting.server.get("/readyz")[0] == 503)
    before = len(acks)
    await asyncio.sleep(FULL)  # This is the fault itself.
    assert (await asyncio.to_thread(meeting.server.get, "/readyz"))[0] == 503
    assert "store_away" in meeting.place.journal.put_off
    assert len(acks) == before
    (folder / "filler").unlink()


@pytest.mark.quick
def test_the_disk_of_the_embedded_store_is_full(small_disk, place_on, tmp_path):
    folder = small_disk(tmp_path / "server" / "data")
    place = place_on(Embedded(tmp_path / "store"))
    hold(
        place,
        lambda meeting: nobody_can_vote(meeting, folder),
        says={
            r"The store ended \(exit status 1\): .+AOF write error": 1,
            r"The data folder .+ cannot be written \(No space left on device\)": 1,
            r"The data folder can be written again": 1,
            r"The store is back": 1,
        }
        | {AWAY: 1, THERE: 1, ANEW: 1},
    )


def test_a_store_that_refuses_to_write_is_waited_for(small_disk, place_on, tmp_path):
    """A store that writes every second stays, and answers MISCONF."""
    folder = small_disk(tmp_path / "redis")
    place = place_on(Debian(folder, fsync="everysec"))
    hold(
        place,
        lambda meeting: nobody_can_vote(meeting, folder),
        says={AWAY: 1, THERE: 1},
    )


def test_a_store_of_one_s_own_that_dies_of_it_is_started_again(small_disk, place_on, tmp_path):
    folder = small_disk(tmp_path / "redis")
    place = place_on(Debian(folder))

    async def fill_and_start(meeting):
        await nobody_can_vote(meeting, folder)
        await asyncio.to_thread(place.store.down)
        await asyncio.to_thread(place.store.up)

    hold(place, fill_and_start, says={AWAY: 1, THERE: 1, ANEW: 1})
