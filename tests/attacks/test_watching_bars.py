"""Someone who watches everything around one vote of a secret round, to learn how it was cast.

Two boards are run side by side on which everyone votes alike, but for one person. As long as all
that anyone can see is the same on both, byte for byte, that ballot is not to be told.
"""

import pytest

from attacks.attempts import bearer
from attacks.test_hidden_results import PATHS, Twin
from support.worker import worker

PEOPLE = 24
FIRST, STEP = 10, 5
"""With how many voters there is a result, and by how many ballots it moves."""
WATCHED = {
    "live": ({"visibility": "live"}, {}),
    "after the vote": ({"visibility": "after_vote"}, {}),
    "the host's": ({}, {"host_sees_results": True}),
}


class Room(Twin):
    """People who vote one after another, and pages that see every result there is to see."""

    async def open(self, settings, board):
        self.code, self.key = await self.server.board(settings=board)
        self.host = await self.server.host(self.code, self.key)
        self.voters = [await self.server.page(self.code) for _ in range(PEOPLE)]
        screen = await self.server.page(self.code, "screen")
        self.pages = {"host": self.host, "screen": screen, "first": self.voters[0]}
        for page in self.pages.values():
            await page.receive("people", lambda f: f["people"]["here"] == PEOPLE)
        await self.host.done("open_round", method="single", settings=settings | {"shuffle": False})

    async def vote(self, n, choice):
        seq = await self.voters[n].done("vote", round=1, ballot={"choice": choice})
        await self.told(seq)

    async def told(self, seq):
        for page in self.pages.values():
            await page.receive("tally", lambda f: f["seq"] >= seq)
            await page.receive("people", lambda f: f["people"]["here"] == PEOPLE)

    def tallies(self):
        """The tally as each page shows it."""
        return {kind: page.of("tally")[-1]["tally"] for kind, page in self.pages.items()}

    async def everything(self):
        """All that can be seen now, by anyone, but the round itself and who is here."""
        seen = [self.tallies()]
        for path in PATHS:
            got = await self.asked(path, **bearer(self.key))
            seen.append(self.plain(got.body.decode()))
        late = await self.server.page(self.code, "screen")
        seen.append(late.welcome["tally"])
        again = await self.server.page(self.code, cookie=self.voters[0].cookie)
        seen.append(again.welcome["tally"])
        return seen


async def rooms(server, how):
    both = Room(server, ()), Room(server, ())
    for room in both:
        await room.open(*WATCHED[how])
    return both


@pytest.mark.parametrize("how", WATCHED)
@pytest.mark.parametrize("victim", [11, PEOPLE - 1])
async def test_one_vote_is_told_by_nothing_that_anyone_can_see(embedded, how, victim):
    async with worker(embedded) as server:
        one, other = await rooms(server, how)
        sees = "host" if how == "the host's" else "first"
        # Until so many have voted, the victim's ballot is among those who voted last.
        until = 20 if victim == 11 else PEOPLE + 1
        counted = 0
        for n in range(PEOPLE):
            usual = ("flask", "django")[n % 2]
            await one.vote(n, "tornado" if n == victim else usual)
            await other.vote(n, usual)
            told = one.tallies()
            now = told[sees].get("counted", 0)
            assert now in {counted, counted + STEP}
            assert (now > 0) == (n + 1 >= FIRST)
            assert ("result" in told[sees]) == (now > 0)
            counted = now
            if n + 1 < until:
                assert told == other.tallies(), n
            if n in {victim - 1, victim, victim + 1, until - 2} and n + 1 < until:
                assert await one.everything() == await other.everything(), n
        assert (one.tallies() == other.tallies()) == (victim != 11)
        assert counted == 15
        for room in (one, other):
            await room.told(await room.host.done("lock_round", round=1))
        assert one.tallies()[sees]["counted"] == counted
        assert (one.tallies() == other.tallies()) == (victim != 11)
        for room in (one, other):
            await room.told(await room.host.done("reveal_round", round=1))
        # Everyone's ballot counts; those that the reveal adds are many.
        for room, tornado in ((one, 1), (other, 0)):
            for tally in room.tallies().values():
                assert tally["result"]["totals"] == {
                    "django": 12 - tornado * (victim % 2),
                    "flask": 12 - tornado * (1 - victim % 2),
                    "tornado": tornado,
                }
        assert PEOPLE - counted >= STEP


@pytest.mark.parametrize("how", WATCHED)
async def test_one_person_moves_no_bar_however_often_they_change_their_mind(embedded, how):
    async with worker(embedded) as server:
        room = Room(server, ())
        await room.open(*WATCHED[how])
        for n in range(12):
            await room.vote(n, "flask")
        before = room.tallies()
        for n in range(12):
            # One whose ballot is shown, and one of those who voted last.
            for eve in (1, 11):
                await room.vote(eve, ("django", "tornado", "flask")[n % 3])
        assert room.tallies() == before
        await room.told(await room.voters[1].done("withdraw", round=1))
        for tally, then in zip(room.tallies().values(), before.values(), strict=True):
            assert tally == then | {"voters": 11}


async def test_a_round_that_is_closed_and_opened_again_shows_no_single_ballot(embedded):
    async with worker(embedded) as server:
        room = Room(server, ())
        await room.open(*WATCHED["live"])
        for n in range(12):
            await room.vote(n, "flask")
        shown = room.tallies()
        for n in (12, 13):
            await room.told(await room.host.done("lock_round", round=1))
            await room.told(await room.host.done("reopen_round", round=1))
            await room.vote(n, "tornado")
        assert room.tallies() == {kind: tally | {"voters": 14} for kind, tally in shown.items()}


async def test_every_process_and_one_that_starts_later_show_the_same_step(embedded):
    async with worker(embedded) as here, worker(embedded, own=True) as there:
        room = Room(here, ())
        await room.open(*WATCHED["live"])
        elsewhere = await there.page(room.code, "screen")
        for n in (*range(17), 3, 4, 16, 3):
            seq = await room.voters[n].done("vote", round=1, ballot={"choice": "django"})
            await room.told(seq)
            told = await elsewhere.receive("tally", lambda f, seq=seq: f["seq"] >= seq)
            assert told["tally"] == room.tallies()["screen"]
        async with worker(embedded, own=True) as later:
            late = await later.page(room.code, "screen")
            assert late.welcome["tally"] == room.tallies()["screen"]
            assert late.welcome["tally"]["counted"] == 10
