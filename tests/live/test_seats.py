"""What the log does not know of seats by invitation, because it holds none by its name."""

import pytest

from server.domain import actions as act
from server.domain.refusals import Code, Refused
from server.domain.rules import Names
from server.live import seats
from server.live.seats import completed, seats_of, shared_links
from support.strategies import PSEUDONYMS, Meeting

CODE = "K7QF2M"
OLD = ("b0-1", "b0-2", "b0-3")


@pytest.fixture
def meeting():
    made = Meeting()
    made.do(act.MakeInvites(batch="b0", count=3), "host")
    made.do(act.MakeInvites(batch="b1", count=2, by_claim=True), "host")
    return made


def shared(meeting):
    return shared_links(meeting.board, PSEUDONYMS, [id_ for _, id_ in meeting.board.invitations])


def voter(meeting, seat):
    return PSEUDONYMS.voter(seat, CODE, meeting.board.round)


@pytest.mark.parametrize("how", ["name", "watch", "say", "react", "vote", "open vote"])
def test_an_older_link_is_taken_once_someone_acted_in_its_seat(meeting, how):
    assert shared(meeting) == set()
    seat = PSEUDONYMS.shared("b0-2", CODE)
    meeting.open(names=Names.OPEN if how == "open vote" else Names.SECRET)
    meeting.say("ann")
    match how:
        case "name":
            meeting.do(act.Rename(name="Ben"), seat)
        case "watch":
            meeting.do(act.Observe(on=True), seat)
        case "say":
            meeting.say(seat, "c2")
        case "react":
            meeting.do(act.React(comment="c1", emoji="👍", on=True), seat)
        case "vote" | "open vote":
            meeting.vote(voter(meeting, seat), "flask")
    # Also when that round is long over.
    meeting.do(act.RevealRound(round=1), "host")
    meeting.open()
    assert shared(meeting) == {"b0-2"}
    with pytest.raises(Refused) as caught:
        completed(meeting.board, PSEUDONYMS, act.ClaimInvite(invite="b0-2"))
    assert caught.value.code is Code.TAKEN
    for free in (*OLD[::2], "b1-1"):
        completed(meeting.board, PSEUDONYMS, act.ClaimInvite(invite=free))
    meeting.do(act.RevealRound(round=2), "host")
    meeting.do(act.RenewInvite(invite="b0-2"), "host")
    assert shared(meeting) == set()


def test_a_renewal_names_all_under_which_the_seat_may_have_voted(meeting):
    asked = act.RenewInvite(invite="b0-1")
    assert completed(meeting.board, PSEUDONYMS, asked) == asked
    meeting.do(asked, "host")
    meeting.open()
    names = {voter(meeting, seat) for seat in seats_of(meeting.board, PSEUDONYMS, "b0-1")}
    whole = completed(meeting.board, PSEUDONYMS, asked)
    assert (whole.round, set(whole.voters)) == (1, names)
    # The shared one, the one of before, and the one that it has now.
    assert len(names) == 3
    assert len(completed(meeting.board, PSEUDONYMS, act.RenewInvite(invite="b1-1")).voters) == 1
    meeting.do(act.RevealRound(round=1), "host")
    assert completed(meeting.board, PSEUDONYMS, asked) == asked


def test_a_code_that_moves_a_seat_is_read_as_people_type_it():
    codes = {seats.new_code() for _ in range(100)}
    assert len(codes) == 100
    for code in codes:
        shown = seats.show_move(code)
        assert len(shown) == 11
        for typed in (code, shown, shown.lower(), f" {code[:3]} {code[3:]}\n"):
            assert seats.read_move(typed) == code
    for wrong in ("", "K7QF2", "K7QF2-M9ABCD", "K7QF2-M9AB0", "K7QF2-M9AB1", "é" * 10, "2" * 99):
        assert seats.read_move(wrong) is None
