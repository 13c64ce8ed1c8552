"""The clock of one worker is an hour wrong, ahead or behind, and is set so while people vote."""

import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from tornado.httpclient import AsyncHTTPClient

from faults.meeting import SLOWNESS, hold
from support.wait import eventually

HOUR = 3600
AGREE = 1000 * SLOWNESS
"""Milliseconds that what a process says the time is may be wrong, or late."""

# The parent gives the first worker that it starts a clock of its own, which goes by a file.
ONE_BY_ANOTHER_CLOCK = """
import asyncio
start = asyncio.create_subprocess_exec
clocks = [{clock!r}]
async def start_one(*command, env, **more):
    return await start(*command, env=env | (clocks.pop() if clocks else {{}}), **more)
asyncio.create_subprocess_exec = start_one
"""


@pytest.fixture
def faketime():
    return next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


@pytest.mark.parametrize(
    "wrong",
    [pytest.param(HOUR, marks=pytest.mark.quick, id="ahead"), pytest.param(-HOUR, id="behind")],
)
@pytest.mark.needs("faketime")
def test_the_clock_of_one_worker_is_an_hour_wrong(embedded, tmp_path, faketime, wrong):
    setting = tmp_path / "clock"
    setting.write_text("+0")
    clock = {
        "LD_PRELOAD": str(faketime),
        "FAKETIME_TIMESTAMP_FILE": str(setting),
        "FAKETIME_NO_CACHE": "1",
        # A clock that is set does not change how long a second is.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }

    async def set_clock(meeting):
        crowd, server, host = meeting.crowd, meeting.server, meeting.host
        assert len(_by_another_clock(server)) == 1
        assert not await _hours_off(server)
        setting.write_text(f"{wrong:+d}")
        assert await _hours_off(server) == {wrong // HOUR}
        await meeting.answered(200)

        # Cookies and invitations of one process are good in all the others.
        newcomers = await crowd.join(server, 12)
        newcomers += await crowd.join_invited(server, 3)
        assert not any(person.closes for person in newcomers), {p: p.closes for p in newcomers}
        assert all(person.welcomes[-1]["you"]["votes"] for person in newcomers)
        for person in newcomers:
            person.cut_connection()
        await eventually(lambda: all(person.present for person in newcomers))
        assert all(len(person.seats) == 1 for person in newcomers)

        await meeting.stop_hosting()
        if host.round["state"] != "revealed":
            await host.send("reveal_round", round=host.round["n"])
        n = host.round["n"] + 1
        assert (await host.send("open_round", method="approval", settings={"seconds": 8})).seq
        everybody = crowd.all
        await eventually(lambda: all((p.round or {}).get("n") == n for p in everybody if p.present))
        assert len({p.round["deadline"] for p in everybody if p.present}) == 1
        # Nobody's page is closed before the time is up by the store's clock, nor long after.
        await eventually(lambda: any(p.round["state"] == "locked" for p in everybody))
        early = host.round["deadline"] - _store_s_time(meeting)
        assert early <= 0, f"closed {early} ms before its time"
        await eventually(lambda: all(p.round["state"] == "locked" for p in everybody if p.present))
        assert -early < 3 * AGREE
        for person in everybody:
            person.cut_connection()
        before = {person: len(person.welcomes) for person in everybody}
        await eventually(lambda: all(len(p.welcomes) > before[p] for p in everybody))
        for person in everybody:
            assert abs(person.clock_off) < AGREE, f"{person} is told another time"
        setting.write_text("+0")

    meeting = hold(
        embedded,
        set_clock,
        says={},
        touches_all=False,
        prelude=ONE_BY_ANOTHER_CLOCK.format(clock=clock),
    )
    assert {person.round["state"] for person in meeting.crowd.all} == {"locked"}


def _by_another_clock(server):
    return [
        pid for pid in server.workers() if b"FAKETIME" in Path(f"/proc/{pid}/environ").read_bytes()
    ]


async def _hours_off(server):
    """Ask all processes for the time, as they write it into answers; give what is not now."""
    off = set()
    for _ in range(24):
        answer = await AsyncHTTPClient().fetch(f"{server.address}/healthz")
        told = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        off.add(round((told - time.time()) / HOUR))
    return off - {0}


def _store_s_time(meeting):
    with meeting.deployment.store.client() as client:
        seconds, micros = client.time()
    return seconds * 1000 + micros // 1000
