"""Strangers do what nobody should, beside a meeting that must not notice.

Each kind is tried on a meeting of its own kind of trouble: what `strangers.py` does comes from a
process of its own, and the people of the meeting are answered as promptly as ever.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from meeting import hold

STRANGERS = Path(__file__).parent / "strangers.py"
LIMITS = {"STACKVOTE_MESSAGE_RATE": "50", "STACKVOTE_MESSAGE_BURST": "200"}
"""As tight as the people of the meeting can bear."""


@contextlib.asynccontextmanager
async def strangers(meeting, kind, count):
    """Have strangers of a kind; gives a table that tells afterwards what became of them."""
    outcomes = {}
    with subprocess.Popen(
        [sys.executable, STRANGERS, kind, "127.0.0.1", str(meeting.server.port), str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert await asyncio.to_thread(process.stdout.readline) == "ready\n"
        try:
            yield outcomes
        finally:
            process.stdin.close()
            outcomes |= json.loads(await asyncio.to_thread(process.stdout.read))


@pytest.mark.quick
def test_who_floods_the_line_is_sent_away(embedded):
    async def flood(meeting):
        for kind, code in {
            "pings": "4029",
            "pongs": "4029",
            "empty": "4000",
            "empty pieces": "4029",
            "endless": "1009",
        }.items():
            async with strangers(meeting, kind, 50) as outcomes:
                await meeting.answered(200)
            assert outcomes == {code: 50}, kind

    hold(embedded, flood, says={}, touches_all=False, settings=LIMITS)
