"""Who may do what, by what a browser shows and what the board says."""

import pytest

from server.domain import actions as act
from server.domain.refusals import Refusal, Refused
from server.domain.rules import BoardSettingsChange, Entrance
from server.live.authorization import Credentials, authorize, require_no_ballot, require_right, you
from server.live.commands.outcomes import Reopen
from server.live.commands.people import Observe, Rename
from server.live.commands.talk import DeleteComment, React
from server.live.commands.voting import Vote, Withdraw
from server.live.messages import Role, View, You
from support.strategies import PSEUDONYMS, Meeting

ANN = Credentials(browser="ann")


@pytest.fixture
def meeting():
    made = Meeting()
    made.do(act.MakeInvites(batch="b1", count=3), "host")
    return made


@pytest.fixture
def closed(meeting):
    meeting.do(act.SetBoard(settings=BoardSettingsChange(entry=Entrance.INVITED)), "host")
    return meeting


def admitted(meeting, view=View.BALLOT, **credentials):
    return authorize(meeting.board, PSEUDONYMS, ANN._replace(**credentials), view)


def claim(meeting, invite, browser, renewal=0):
    outcome = meeting.do(act.ClaimInvite(invite=invite, renewal=renewal), browser)
    assert not isinstance(outcome, Refusal)


def refusal(meeting, actor, request):
    with pytest.raises(Refused) as caught:
        require_right(meeting.board, actor, request)
    assert caught.value.code == "not_allowed"
    return caught.value.message


VOTE = Vote(id="1", round=1, ballot={})
TALK = React(id="1", comment="c", emoji="+", on=True)
HOSTS = Reopen(id="1")
STAY = (
    Withdraw(id="1", round=1),
    DeleteComment(id="1", comment="c"),
    Rename(id="1", name="Ann"),
    Observe(id="1", on=False),
)


def test_on_an_open_board_a_browser_is_a_seat(meeting):
    actor = admitted(meeting)
    assert you(meeting.board, actor) == You(
        seat="ann", name=None, role=Role.VOTER, votes=True, invite=None
    )
    for request in (VOTE, TALK, *STAY):
        require_right(meeting.board, actor, request)
    assert "Only the host" in refusal(meeting, actor, HOSTS)


def test_a_screen_watches_only_also_the_one_of_a_host(meeting):
    for host in ("", "first"):
        actor = admitted(meeting, View.SCREEN, host=host)
        assert actor.seat is None
        assert you(meeting.board, actor).votes is False
        assert "watching only" in refusal(meeting, actor, VOTE)
    require_right(meeting.board, actor, HOSTS)
    assert you(meeting.board, actor).role is Role.HOST


def test_by_invitation_a_browser_without_one_watches_only(closed):
    actor = admitted(closed)
    assert you(closed.board, actor).role is Role.OBSERVER
    assert "by invitation" in refusal(closed, actor, VOTE)
    assert "by invitation" in refusal(closed, actor, TALK)


@pytest.mark.parametrize("entry", Entrance)
def test_an_invitation_is_a_seat_of_its_own_in_the_browser_that_claimed_it(meeting, entry):
    meeting.do(act.SetBoard(settings=BoardSettingsChange(entry=entry)), "host")
    claim(meeting, "b1-1", "ann")
    claim(meeting, "b1-2", "ben")
    one, other = admitted(meeting), admitted(meeting, browser="ben")
    assert one.seat == PSEUDONYMS.invited("b1-1", 0, "K7QF2M")
    assert len({one.seat, other.seat, "ann", "ben"}) == 4
    assert (you(meeting.board, one).invite, you(meeting.board, other).invite) == (1, 2)
    require_right(meeting.board, one, VOTE)
    # Nobody else has it, whatever they show.
    assert admitted(meeting, browser="cleo", host="first").seat in {"cleo", None}


def test_a_renewed_invitation_has_another_seat(meeting):
    claim(meeting, "b1-1", "ann")
    before = admitted(meeting)
    meeting.do(act.RenewInvite(invite="b1-1"), "host")
    lost = admitted(meeting)
    assert (lost.seat, you(meeting.board, lost).seat_lost) == (None, "renewed")
    assert "renewed your invitation" in refusal(meeting, lost, VOTE)
    claim(meeting, "b1-1", "ben", renewal=1)
    after = admitted(meeting, browser="ben")
    assert after.seat != before.seat
    assert you(meeting.board, after).invite == 1


def test_a_seat_that_moved_is_the_same_elsewhere(meeting):
    claim(meeting, "b1-1", "ann")
    before = admitted(meeting)
    meeting.do(act.OfferSeat(offer="code"), "ann")
    meeting.do(act.MoveSeat(offer="code"), "ben")
    assert admitted(meeting, browser="ben").seat == before.seat
    lost = admitted(meeting)
    assert (lost.seat, you(meeting.board, lost).seat_lost) == (None, "moved")
    assert "another device" in refusal(meeting, lost, VOTE)


@pytest.mark.parametrize("entry", Entrance)
def test_an_invitation_that_was_taken_back_is_no_seat_and_not_the_browser_s_either(meeting, entry):
    meeting.do(act.SetBoard(settings=BoardSettingsChange(entry=entry)), "host")
    claim(meeting, "b1-1", "ann")
    meeting.do(act.RevokeInvite(invite="b1-1"), "host")
    actor = admitted(meeting)
    shown = you(meeting.board, actor)
    assert (shown.seat, shown.role, shown.invite) == (None, Role.OBSERVER, 1)
    assert "was revoked" in refusal(meeting, actor, VOTE)


def test_a_host_without_an_invitation_comments_and_has_no_ballot(closed):
    actor = admitted(closed, View.HOST, host="first")
    shown = you(closed.board, actor)
    assert (shown.seat, shown.role, shown.votes) == ("ann", Role.HOST, False)
    require_right(closed.board, actor, TALK)
    require_right(closed.board, actor, HOSTS)
    assert "by invitation" in refusal(closed, actor, VOTE)
    claim(closed, "b1-1", "ann")
    require_right(closed.board, admitted(closed, host="first"), VOTE)


def test_a_host_who_was_removed_is_what_the_browser_is(meeting):
    meeting.do(act.AddHost(host="h1", name="Maria", key="1"), "host")
    before = admitted(meeting, host="h1")
    assert before.is_host
    meeting.do(act.RemoveHost(host="h1"), "host")
    after = admitted(meeting, host="h1")
    assert you(meeting.board, after).role is Role.VOTER
    assert "Only the host" in refusal(meeting, after, HOSTS)
    assert after.credentials == before.credentials


def test_who_observes_by_choice_can_leave_and_come_back_but_not_take_part(meeting):
    meeting.do(act.Observe(on=True), "ann")
    actor = admitted(meeting)
    assert you(meeting.board, actor) == You(
        seat="ann", name=None, role=Role.OBSERVER, votes=False, invite=None
    )
    for request in (VOTE, TALK):
        assert "chosen to watch only" in refusal(meeting, actor, request)
    for request in STAY:
        require_right(meeting.board, actor, request)
    as_host = admitted(meeting, host="first")
    assert you(meeting.board, as_host).role is Role.HOST
    require_right(meeting.board, as_host, HOSTS)


def test_no_one_watches_only_whose_ballot_counts_in_an_open_round(meeting):
    meeting.open()
    require_no_ballot(meeting.board, None)
    with pytest.raises(Refused, match="Withdraw it first") as caught:
        require_no_ballot(meeting.board, {"approve": []})
    assert caught.value.code == "round_open"
    meeting.do(act.RevealRound(round=1), "host")
    require_no_ballot(meeting.board, {"approve": []})
