import pytest

from server.domain import actions as act
from server.domain.refusals import Code, Refusal
from server.domain.rules import Names, Visibility
from server.domain.suspense import HOLD_MS, LEAD_MS, suspense_ms
from support.strategies import Meeting, refused


@pytest.fixture
def meeting():
    return Meeting()


@pytest.fixture
def voting(meeting):
    meeting.open()
    return meeting


@pytest.mark.parametrize(("places", "ms"), [(1, 0), (2, 450), (4, 1_350), (6, 2_000), (50, 2_000)])
def test_more_options_take_longer_up_to_a_limit(places, ms):
    assert suspense_ms(places) == LEAD_MS + ms + HOLD_MS
    assert suspense_ms(places) < 4_500


@pytest.mark.parametrize("locked", [True, False])
def test_a_result_that_was_hidden_is_shown_a_little_after_the_reveal(voting, locked):
    voting.vote("ann", "flask")
    if locked:
        voting.do(act.LockRound(round=1), "host")
    current = voting.board.round
    assert current.shown_at is None
    at = voting.now
    assert voting.do(act.RevealRound(round=1), "host").round
    assert current.shown_at == at + suspense_ms(len(current.names))


@pytest.mark.parametrize("visibility", [Visibility.LIVE, Visibility.AFTER_VOTE])
def test_what_people_have_seen_is_shown_at_once(meeting, visibility):
    meeting.open(visibility=visibility, names=Names.OPEN)
    meeting.vote("ann", "flask")
    at = meeting.now
    meeting.do(act.RevealRound(round=1), "host")
    assert meeting.board.round.shown_at == at


def test_where_no_one_voted_there_is_nothing_to_wait_for(voting):
    voting.vote("ann", "flask")
    voting.do(act.Withdraw(round=1), "ann")
    at = voting.now
    voting.do(act.RevealRound(round=1), "host")
    assert voting.board.round.shown_at == at


def test_a_host_may_show_it_without_what_leads_up_to_it(voting):
    voting.vote("ann", "flask")
    at = voting.now
    voting.do(act.RevealRound(round=1, at_once=True), "host")
    assert voting.board.round.shown_at == at
    again = voting.do(act.RevealRound(round=1, at_once=True), "host")
    refused(again, Code.ROUND_CLOSED, "already revealed")


def test_a_host_may_bring_the_instant_forward_until_it_is_there(voting):
    voting.vote("ann", "flask")
    voting.do(act.RevealRound(round=1), "host")
    due = voting.board.round.shown_at
    refused(voting.do(act.RevealRound(round=1), "host"), Code.ROUND_CLOSED, "already revealed")
    at = voting.now
    assert at < due
    assert not isinstance(voting.do(act.RevealRound(round=1, at_once=True), "host"), Refusal)
    assert voting.board.round.shown_at == at
    hurried = act.RevealRound(round=1, at_once=True)
    refused(voting.do(hurried, "host"), Code.ROUND_CLOSED, "already revealed")
    assert [event.what for event in voting.board.history][-2:] == [
        "revealed round 1",
        "showed the result of round 1 at once",
    ]


def test_after_the_instant_nothing_is_brought_forward(voting):
    voting.vote("ann", "flask")
    voting.do(act.RevealRound(round=1), "host")
    due = voting.board.round.shown_at
    late = voting.do(act.RevealRound(round=1, at_once=True), "host", after=due - voting.now)
    refused(late, Code.ROUND_CLOSED, "already revealed")
    assert voting.board.round.shown_at == due
