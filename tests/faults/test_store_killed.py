"""The store is killed, and started again; with all it knew, or without."""

import asyncio
import os
import signal

import pytest

from faults.meeting import hold
from support.wait import eventually

AWAY_AND_BACK = {
    r"The store is away \(.+\)\. Votes wait until it is back": 2,
    r"The store can be reached again": 1,
    r"The store was restarted or replaced\. All boards are read again": 1,
}
EMBEDDED = {r"The store ended \(killed by SIGKILL\)": 1, r"The store is back": 1}
FRESH = {r"The board FRAMEWORKS is open": 1}
DOWN = 2.0
"""Seconds for which a store of one's own is down."""


@pytest.mark.quick
def test_the_embedded_store_is_killed(embedded):
    async def kill(meeting):
        os.kill(meeting.deployment.store.pid, signal.SIGKILL)

    hold(embedded, kill, says=AWAY_AND_BACK | EMBEDDED)


def test_the_embedded_store_is_killed_time_and_again(embedded):
    async def kill(meeting):
        for n in range(3):
            told = meeting.server.log.count("The store is back.")
            os.kill(meeting.deployment.store.pid, signal.SIGKILL)
            if n < 2:
                await eventually(lambda: meeting.server.log.count("The store is back.") > told)  # noqa: B023
                await meeting.answered(300)

    hold(embedded, kill, says={line: 3 * most for line, most in (AWAY_AND_BACK | EMBEDDED).items()})


@pytest.mark.needs("redis-server")
def test_a_store_of_one_s_own_is_killed(debian):
    hold(debian, _down_and_up, says=AWAY_AND_BACK)


@pytest.mark.quick
@pytest.mark.needs("redis-server")
def test_a_store_that_kept_nothing_is_killed(forgetful):
    """All start again together: no one is shown what the store does not know."""
    before = set()

    async def kill(meeting):
        before.update(person.epoch for person in meeting.crowd.all)
        await _down_and_up(meeting)

    # What waited for the old board is asked of the new one, whose rounds are others.
    refusals = {"bad_ballot", "no_such_option"}
    meeting = hold(forgetful, kill, says=AWAY_AND_BACK | FRESH, refusals=refusals)
    for person in meeting.crowd.all:
        assert person.epoch not in before
        anew = next(each for each in person.welcomes if each["epoch"] == person.epoch)
        assert not anew["resumed"]
    # The new board holds nothing but what was acknowledged at that very place.
    told = {(ack.seq, ack.message["type"], ack.message.get("comment")) for ack in meeting.acks}
    for seq in meeting.reference.counted:
        action = meeting.reference.entries[seq]["action"]
        if action["type"] in {"vote", "withdraw", "comment"}:
            assert (seq, action["type"], action.get("comment")) in told, action


async def _down_and_up(meeting):
    store = meeting.deployment.store
    await asyncio.to_thread(store.down)
    await asyncio.sleep(DOWN)  # This is the fault itself.
    await asyncio.to_thread(store.up)
