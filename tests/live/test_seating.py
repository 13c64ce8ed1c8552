import asyncio

import pytest
from domain.happenings import PSEUDONYMS, Meeting

from server.domain.rules import Visibility
from server.live import seating
from server.live.admission import Actor
from server.live.messages import View
from server.live.seating import Seating
from server.live.views import Audience

VOTER, HOST = Audience(host=False, result=False), Audience(host=True, result=False)
SEES = Audience(host=False, result=True)


class Page:
    """As much of a connection as has a place."""

    def __init__(self, seat=None, view=View.BALLOT, *, is_host=False):
        self.actor = Actor(seat=seat, is_host=is_host)
        self.view = view
        self.audience = self.voter = None
        self.ballots = []

    def show_ballot(self, data):
        self.ballots.append(data)

    def await_welcome(self):
        """It is told nothing from now on; that is tried with a real one."""


class Hall:
    """A board, the seating around it, and who was welcomed."""

    def __init__(self):
        self.meeting = Meeting()
        self.members = {}
        self.welcomed = []
        self.counts = None
        """Who wait for a result that takes long to count; None where none does."""
        self.seating = Seating(self, PSEUDONYMS, self.members, self.welcomed.append)

    @property
    def board(self):
        return self.meeting.board

    def ready(self, audiences, go):
        if self.counts is None:
            return True
        self.counts.append(go)
        return False

    def seated(self):
        return {audience: list(pages) for audience, pages in self.members.items() if pages}

    def come(self, *pages):
        for page in pages:
            self.seating.enter(page)
        return pages


def test_everybody_sits_with_those_who_may_see_the_same():
    hall = Hall()
    ann, screen, console = hall.come(
        Page("ann"), Page(view=View.SCREEN), Page("maria", View.HOST, is_host=True)
    )
    # On the ballot page a host sees what everybody sees.
    (ballot,) = hall.come(Page("maria", is_host=True))
    assert hall.seated() == {VOTER: [ann, screen, ballot], HOST: [console]}
    hall.meeting.open("single", visibility=Visibility.LIVE)
    hall.seating.move_all()
    assert hall.seated()[SEES] == [ann, screen, ballot]
    hall.seating.leave(ann)
    assert hall.seated()[SEES] == [screen, ballot]


def test_who_has_voted_moves_to_those_who_see_and_every_tab_shows_the_ballot():
    hall = Hall()
    one, two, other = hall.come(Page("ann"), Page("ann"), Page("ben"))
    hall.meeting.open("single", visibility=Visibility.AFTER_VOTE)
    hall.seating.move_all()
    voter = hall.seating.voter("ann")
    assert voter not in (None, "ann")
    hall.meeting.vote(voter, "flask")
    hall.seating.show_ballot(voter)
    assert hall.seated() == {VOTER: [other], SEES: [one, two]}
    assert one.ballots == two.ballots
    assert b'"choice":"flask"' in one.ballots[0]
    assert not other.ballots


def test_nothing_is_kept_of_those_who_have_left():
    hall = Hall()
    hall.meeting.open("single")
    pages = hall.come(Page("ann"), Page("ann"), Page("ben"))
    assert hall.seating.voter("nobody here")
    for page in pages:
        hall.seating.leave(page)
    assert hall.seating._voters == hall.seating._tabs == {}


@pytest.fixture
def slices(monkeypatch):
    monkeypatch.setattr(seating, "SLICE", 2)


@pytest.mark.usefixtures("slices")
async def test_who_is_welcomed_anew_sits_nowhere_until_then_and_the_loop_goes_on():
    hall = Hall()
    pages = hall.come(*(Page(f"{n}") for n in range(5)))
    hall.seating.welcome_anew(hall.seating.connections)
    assert hall.seated() == {}
    assert not hall.welcomed
    # What happens meanwhile seats nobody who waits, and is in the welcome.
    hall.meeting.open("single", visibility=Visibility.LIVE)
    hall.seating.move_all()
    assert hall.seated() == {}
    hall.seating.leave(pages[4])
    hall.seating.welcome_anew(pages[:1])
    for welcomed in (2, 4, 4):
        await asyncio.sleep(0)
        assert hall.welcomed == list(pages[:welcomed])
        assert hall.seated() == {SEES: list(pages[:welcomed])}


@pytest.mark.usefixtures("slices")
async def test_a_result_that_takes_long_is_waited_for_once_however_many_come():
    hall = Hall()
    pages = hall.come(*(Page(f"{n}") for n in range(3)))
    hall.counts = []
    hall.seating.welcome_anew(hall.seating.connections)
    for _ in range(5):
        await asyncio.sleep(0)
        hall.seating.welcome_anew(pages[:1])
    assert len(hall.counts) == 1
    assert not hall.welcomed
    (go,), hall.counts = hall.counts, None
    go()
    await asyncio.sleep(0)
    assert sorted(map(id, hall.welcomed)) == sorted(map(id, pages))
