import asyncio

import pytest

from server.domain.rules import Visibility
from server.live import membership
from server.live.authorization import Actor
from server.live.membership import Membership
from server.live.messages import View
from server.live.views import Audience
from support.strategies import PSEUDONYMS, Meeting

VOTER, HOST = Audience(host=False, result=False), Audience(host=True, result=False)
SEES = Audience(host=False, result=True)


class Page:
    """As much of a client as has a place."""

    def __init__(self, seat=None, view=View.BALLOT, *, is_host=False):
        self.actor = Actor(seat=seat, is_host=is_host)
        self.view = view
        self.audience = self.voter = None
        self.ballots = []

    def show_ballot(self, data):
        self.ballots.append(data)

    def await_welcome(self):
        """It is told nothing from now on; that is tried with a real one."""


class StubRoom:
    """A board, its results, the membership, and who was welcomed."""

    def __init__(self):
        self.meeting = Meeting()
        self.welcomed = []
        self.counts = None
        """Who wait for a result that takes long to count; None where none does."""
        self.membership = Membership(self, PSEUDONYMS, self, self.welcomed.append)

    @property
    def board(self):
        return self.meeting.board

    def ready(self, audiences, go):
        if self.counts is None:
            return True
        self.counts.append(go)
        return False

    def seated(self):
        return {
            audience: list(pages) for audience, pages in self.membership.audiences.items() if pages
        }

    def come(self, *pages):
        for page in pages:
            self.membership.enter(page)
        return pages


def test_everyone_sits_with_those_who_may_see_the_same():
    room = StubRoom()
    ann, screen, console = room.come(
        Page("ann"), Page(view=View.SCREEN), Page("maria", View.HOST, is_host=True)
    )
    # On the ballot page a host sees what everybody sees.
    (ballot,) = room.come(Page("maria", is_host=True))
    assert room.seated() == {VOTER: [ann, screen, ballot], HOST: [console]}
    room.meeting.open("single", visibility=Visibility.LIVE)
    room.membership.move_all()
    assert room.seated()[SEES] == [ann, screen, ballot]
    room.membership.leave(ann)
    assert room.seated()[SEES] == [screen, ballot]


def test_who_has_voted_moves_to_those_who_see_and_every_tab_shows_the_ballot():
    room = StubRoom()
    one, two, other = room.come(Page("ann"), Page("ann"), Page("ben"))
    room.meeting.open("single", visibility=Visibility.AFTER_VOTE)
    room.membership.move_all()
    voter = room.membership.voter("ann")
    assert voter not in (None, "ann")
    room.meeting.vote(voter, "flask")
    room.membership.show_ballot(voter)
    assert room.seated() == {VOTER: [other], SEES: [one, two]}
    assert one.ballots == two.ballots
    assert b'"choice":"flask"' in one.ballots[0]
    assert not other.ballots


def test_the_shared_screen_in_a_voters_browser_shows_the_room_no_more_than_the_room_may_see():
    room = StubRoom()
    ballot, screen = room.come(Page("ann"), Page("ann", View.SCREEN))
    room.meeting.open("single", visibility=Visibility.AFTER_VOTE)
    room.membership.move_all()
    voter = room.membership.voter("ann")
    room.meeting.vote(voter, "flask")
    room.membership.show_ballot(voter)
    assert room.seated() == {SEES: [ballot], VOTER: [screen]}


def test_nothing_is_kept_of_those_who_have_left():
    room = StubRoom()
    room.meeting.open("single")
    pages = room.come(Page("ann"), Page("ann"), Page("ben"))
    assert room.membership.voter("nobody here")
    for page in pages:
        room.membership.leave(page)
    assert room.membership._voters == room.membership._tabs == {}


@pytest.fixture
def slices(monkeypatch):
    monkeypatch.setattr(membership, "SLICE", 2)


@pytest.mark.usefixtures("slices")
async def test_who_is_welcomed_again_sits_nowhere_until_then_and_the_loop_goes_on():
    room = StubRoom()
    pages = room.come(*(Page(f"{n}") for n in range(5)))
    room.membership.send_fresh_welcomes(room.membership.clients)
    assert room.seated() == {}
    assert not room.welcomed
    # What happens meanwhile seats no one who waits, and is in the welcome.
    room.meeting.open("single", visibility=Visibility.LIVE)
    room.membership.move_all()
    assert room.seated() == {}
    room.membership.leave(pages[4])
    room.membership.send_fresh_welcomes(pages[:1])
    for welcomed in (2, 4, 4):
        await asyncio.sleep(0)
        assert room.welcomed == list(pages[:welcomed])
        assert room.seated() == {SEES: list(pages[:welcomed])}


@pytest.mark.usefixtures("slices")
async def test_a_result_that_takes_long_is_waited_for_once_however_many_come():
    room = StubRoom()
    pages = room.come(*(Page(f"{n}") for n in range(3)))
    room.counts = []
    room.membership.send_fresh_welcomes(room.membership.clients)
    for _ in range(5):
        await asyncio.sleep(0)
        room.membership.send_fresh_welcomes(pages[:1])
    assert len(room.counts) == 1
    assert not room.welcomed
    (go,), room.counts = room.counts, None
    go()
    await asyncio.sleep(0)
    assert sorted(map(id, room.welcomed)) == sorted(map(id, pages))
