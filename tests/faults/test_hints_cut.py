"""The connections on which processes hear of each other are cut, again and again."""

import asyncio

import pytest

from faults.meeting import hold

MESSAGES = 3000
CUT = r"The connection to the store was cut and has been reopened"
"""Said at once, and then once a minute."""
BETWEEN = 0.3
"""Seconds between two cuts."""


@pytest.mark.quick
@pytest.mark.needs("redis-server")
def test_pub_sub_is_cut_while_three_thousand_messages_go_through(debian):
    async def cut(meeting):
        meeting.pace = (0.5, 1.5)
        enough = len(meeting.acks) + MESSAGES
        cuts = 0
        with meeting.deployment.store.client() as client:
            while len(meeting.acks) < enough:
                cuts += client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
                await asyncio.sleep(BETWEEN)
        assert cuts > MESSAGES / 200

    meeting = hold(debian, cut, says={CUT: 2}, touches_all=False)
    # The store was there all the time, so no one was told anything else.
    assert not any("away" in person.stores for person in meeting.crowd.all)
    assert not meeting.deployment.recording.put_off
