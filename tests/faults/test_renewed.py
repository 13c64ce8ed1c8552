"""All workers are renewed while everybody is busy, several times."""

import signal

import pytest

from faults.meeting import SLOWNESS, hold
from support.wait import eventually

TIMES = 3


@pytest.mark.quick
def test_all_workers_are_renewed_under_load(embedded):
    begun = {}

    async def renew(meeting):
        meeting.keep_calm()
        # Someone who has just dropped a connection notices it a moment later.
        await eventually(lambda: all(person.present for person in meeting.crowd.all))
        begun.update({p: (len(p.closes), len(p.goodbyes)) for p in meeting.crowd.all})
        before = meeting.server.workers()
        for n in range(1, TIMES + 1):
            meeting.server.signal(signal.SIGHUP)
            done = n
            await eventually(
                lambda: meeting.server.log.count("All workers are new.") == done,  # noqa: B023
                patience=60 * SLOWNESS,
            )
        assert not before & meeting.server.workers()

    meeting = hold(
        embedded,
        renew,
        says={
            r"Replacing the workers one by one": TIMES,
            r"All workers are new": TIMES,
            r"The store can be reached again": 1,
            r"\d+ connections were closed": 1,
        },
        touches_all=False,
    )
    sent_away = 0
    for person, (closes, goodbyes) in begun.items():
        # Everybody was told first, and by the one code that says: come back.
        codes = person.closes[closes:]
        assert set(codes) <= {1012}, (person, codes)
        told = person.goodbyes[goodbyes:]
        assert len(told) == len(codes)
        assert all(each["reason"] and 0 < each["retry_after_ms"] <= 3000 for each in told), told
        sent_away += len(codes)
    assert sent_away >= TIMES * len(begun)
    assert not meeting.deployment.recording.put_off or set(
        meeting.deployment.recording.put_off
    ) == {"going_away"}
