"""Strangers do what no one should, beside a meeting that must not notice."""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from faults.meeting import hold
from support.connections import served
from support.wait import eventually

HOSTILE_CLIENTS = Path(__file__).parent / "hostile_clients.py"
LIMITS = {"STACKVOTE_MESSAGE_RATE": "50", "STACKVOTE_MESSAGE_BURST": "200"}
"""As tight as the people of the meeting can bear."""
PAGES = ("deaf to a page", "deaf to the API", "deaf to a file")
FEW_FILES = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (700, 700))"
UNREAD = 96 * 1024
"""KiB that a worker may grow by while 60 strangers read nothing of what they ask for."""
DEAF = 50
KEPT_ONCE, KEPT_AGAIN, KEPT_EACH = 10, 6 * 1024, 16
"""KiB by which a worker stays larger that a crowd has filled: so many for each person who stood
there. It is the interpreter's, which gives back only what is wholly empty. Another crowd adds no
more than the second, and the third for each person by whom it was the larger one.
"""
CALM = (10, 20)
"""Seconds between two things that someone says meanwhile, who at the usual pace would fill more
memory than the strangers: all that is said stays on the board.
"""
NO_ROOM = r"No room for more connections: too many connections are open"
WRONG = {
    "huge": "1009",
    "over-huge": "1009",
    "compressed": "1002",
    "unmasked": "1002",
    "unknown": "1002",
    "long ping": "1002",
    "close 1005": "1002",
    "close 999": "1002",
    "close of a byte": "1002",
    "close in no words": "1007",
    "no words": "1007",
    "bytes": "4000",
    "piece of nothing": "1002",
    "two begun": "1002",
}


class HostileClients:
    """Some who do the same wrong thing, in a process of their own."""

    def __init__(self, server, kind, count):
        self.became = {}
        """How many were sent away, by the code of the close; the others are `here`."""
        self._process = subprocess.Popen(
            [sys.executable, HOSTILE_CLIENTS, kind, server.host, str(server.port), str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self):
        assert self._process.stdout.readline() == "ready\n"

    def leave(self):
        with self._process:
            self._process.stdin.close()
            self.became |= json.loads(self._process.stdout.read())


@contextlib.asynccontextmanager
async def hostile_clients(meeting, kind, count):
    """Have strangers of a kind; what became of them is known afterwards."""
    them = HostileClients(meeting.server, kind, count)
    await asyncio.to_thread(them.begin)
    try:
        yield them
    finally:
        await asyncio.to_thread(them.leave)


@pytest.mark.quick
def test_who_floods_the_connection_is_sent_away(embedded):
    async def flood(meeting):
        for kind, code in {
            "pings": "4029",
            "pongs": "4029",
            "empty": "4000",
            "empty pieces": "4029",
            "endless": "1009",
        }.items():
            async with hostile_clients(meeting, kind, 50) as them:
                await meeting.answered(200)
            assert them.became == {code: 50}, kind

    hold(embedded, flood, says={}, touches_all=False, settings=LIMITS)


@pytest.mark.quick
def test_who_breaks_the_rules_is_sent_away(embedded):
    async def break_all_rules(meeting):
        for kind, code in WRONG.items():
            async with hostile_clients(meeting, kind, 10) as them:
                await meeting.answered(50)
            assert them.became == {code: 10}, kind

    hold(embedded, break_all_rules, says={}, touches_all=False)


def test_who_speaks_slowly_is_heard_for_so_long_and_no_longer(embedded):
    async def drip(meeting):
        async with (
            hostile_clients(meeting, "drip hello", 100) as greeting,
            hostile_clients(meeting, "drip body", 100) as posting,
            hostile_clients(meeting, "drip head", 100) as asking,
            hostile_clients(meeting, "in pieces", 50) as odd,
        ):
            # A hello may take 10 s, a form 30 s, a request 120 s.
            await asyncio.sleep(40)  # This is the event itself, not a wait for one.
        assert greeting.became == {"4000": 100}
        assert posting.became == {"cut": 100}
        assert asking.became == {"here": 100}
        assert odd.became == {"1000 after ['welcome']": 50}

    hold(embedded, drip, says={}, touches_all=False)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "end"), [("hush", "4000"), ("mute", "cut")])
def test_ten_thousand_who_say_nothing_leave_nothing_behind(embedded, kind, end):
    """Those who never say hello, and those who say no word of HTTP: twice as many thousands."""

    async def stand_there(meeting):
        pace, meeting.pace = meeting.pace, CALM
        left, stood = [meeting.memory()], []
        for _ in range(2):
            async with hostile_clients(meeting, kind, 10_000) as them:
                stood.append(served(meeting.server))
                await newcomers(meeting)
                # A hello may take 10 s, a request two minutes.
                honest = len(meeting.crowd.all)
                await eventually(
                    lambda: sum(served(meeting.server).values()) <= honest,  # noqa: B023
                    patience=200,
                )
            assert them.became == {end: 10_000}
            left.append(await meeting.memory_at_rest())
        meeting.pace = pace
        # What the first ones took is kept for those who come next; the next take no more, but
        # for those beyond them: how many come to which process is chance.
        before, first, second = left
        for pid, people in stood[0].items():
            once, again = first[pid] - before[pid], second[pid] - first[pid]
            more = max(0, stood[1][pid] - people)
            print(f"{people} people, {once} KiB; then {more} more people, {again} KiB.")  # noqa: T201
            assert once < KEPT_ONCE * people
            assert again < KEPT_AGAIN + KEPT_EACH * more

    hold(embedded, stand_there, says={}, touches_all=False, growth=KEPT_ONCE * 10_000)


@pytest.mark.quick
def test_a_full_server_finds_room_for_people_and_says_so_once(embedded):
    """Three processes with 700 open files each, and 3,000 who only stand in the door."""

    async def crowd_the_door(meeting):
        async with hostile_clients(meeting, "mute", 3000) as them:
            await newcomers(meeting)
            await meeting.answered(300)
        assert 0 < them.became["here"] < 3 * 700
        assert them.became["cut"] + them.became["here"] == 3000

    hold(embedded, crowd_the_door, says={NO_ROOM: 1}, touches_all=False, prelude=FEW_FILES)


def test_who_reads_no_page_takes_neither_memory_nor_time(embedded):
    async def read_nothing(meeting):
        await much_is_said(meeting)
        before = meeting.memory()
        for kind in PAGES:
            async with hostile_clients(meeting, kind, 60):
                await meeting.answered(300)
                grown = {pid: kib - before[pid] for pid, kib in meeting.memory().items()}
                assert max(grown.values()) < UNREAD, (kind, grown)

    hold(embedded, read_nothing, says={}, touches_all=False)


@pytest.mark.quick
def test_who_does_not_listen_is_sent_away_and_slows_no_one(embedded):
    async def talk_to_the_deaf(meeting):
        delays = meeting.deployment.recording.delays

        async def answers():
            """Give how long answers take while much is said."""
            begun = len(delays)
            await much_is_said(meeting)
            await meeting.answered(500)
            return sorted(delay.seconds for delay in delays[begun:])

        usual, then = await answers(), []
        async with hostile_clients(meeting, "deaf", DEAF):
            while await asyncio.to_thread(closes, meeting.server, 4008) < DEAF:
                then += await answers()
        then.sort()
        # Whoever waited for the deaf would wait for the ten seconds that their lines may stand;
        # a machine that does something else meanwhile is felt by the slowest ones.
        for share, spread in ((0.5, 0.1), (0.9, 1.0), (0.99, 3.0)):
            was, is_ = usual[int(share * len(usual))], then[int(share * len(then))]
            print(f"{share:.0%} of the answers: {was:.4f} s before, {is_:.4f} s beside.")  # noqa: T201
            assert is_ < 3 * was + spread

    hold(embedded, talk_to_the_deaf, says={})


def closes(server, code):
    """Say how many connections the server has closed with a code."""
    _, told = server.get("/metrics")
    found = re.search(rf'stackvote_closes_total{{code="{code}"}} (\d+)', told)
    return int(found[1]) if found else 0


async def much_is_said(meeting):
    """Have a hundred people say as much as they may."""
    for person in meeting.crowd.voters[:100]:
        person.comment(
            person.board["options"][0]["id"], f"{person} " + ("on and on " * 190).strip()
        )
    await meeting.answered(100)


async def newcomers(meeting):
    """Have people come in meanwhile."""
    came = await meeting.crowd.join(meeting.server, 10, view="screen")
    assert all(person.present for person in came)
