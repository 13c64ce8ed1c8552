"""Who holds the seat of an invitation: decided by the log, and by nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.changes import Change
from server.domain.invitations import MAX_RENEWALS, OFFER_MS, InvitedSeat, Loss
from server.domain.refusals import Code, Refusal
from server.domain.rules import BoardSettingsChange, Names, Visibility
from support.strategies import Meeting, entry, refused, replayed, snapshot

BROWSERS = ("phone", "laptop", "tablet")


@pytest.fixture
def meeting():
    made = Meeting()
    made.do(act.MakeInvites(batch="b1", count=3, by_claim=True), "host")
    return made


def claim(meeting, invite="b1-1", by="phone", renewal=0):
    return meeting.do(act.ClaimInvite(invite=invite, renewal=renewal), by)


def renew(meeting, invite="b1-1", round_=0, voters=()):
    return meeting.do(act.RenewInvite(invite=invite, round=round_, voters=voters), "host")


def seated(meeting, browser):
    """The invitation in whose seat a browser sits."""
    place = meeting.board.invitations.invited_seat_of(browser)
    return place.invite if place and not place.lost else None


def test_the_first_claim_in_the_log_has_the_seat(meeting):
    assert claim(meeting) == Change(people=True, browsers=("phone",))
    refused(claim(meeting, by="laptop"), Code.TAKEN, "another browser holds its seat")
    assert seated(meeting, "phone") == "b1-1"
    assert meeting.board.invitations.invited_seat_of("laptop") is None
    # Its holder may say it again, because the answer was lost.
    taken_at = dict(meeting.board.invitations.taken_at)
    assert claim(meeting) == Change(people=True, browsers=("phone",))
    assert meeting.board.invitations.taken_at == taken_at


@pytest.mark.parametrize(
    ("invite", "renewal", "words"),
    [
        ("b1-4", 0, "no such"),
        ("x", 0, "no such"),
        ("b1-2", 0, "was revoked"),
        ("b1-1", 1, "renewed"),
    ],
)
def test_what_cannot_be_claimed_is_told_in_words(meeting, invite, renewal, words):
    meeting.do(act.RevokeInvite(invite="b1-2"), "host")
    refused(claim(meeting, invite, renewal=renewal), Code.NOT_ALLOWED, words)


def test_a_browser_sits_in_one_seat_and_comes_back_to_those_that_it_left(meeting):
    for invite in ("b1-1", "b1-2", "b1-1"):
        assert claim(meeting, invite) == Change(people=True, browsers=("phone",))
        assert seated(meeting, "phone") == invite
    refused(claim(meeting, "b1-2", "laptop"), Code.TAKEN, "claimed only once")


def test_a_seat_moves_once_within_five_minutes(meeting):
    claim(meeting)
    meeting.do(act.OfferSeat(offer="late"), "phone")
    late = meeting.do(act.MoveSeat(offer="late"), "laptop", after=OFFER_MS)
    refused(late, Code.NOT_ALLOWED, "five minutes")
    assert meeting.do(act.OfferSeat(offer="one"), "phone") == Change()
    moved = meeting.do(act.MoveSeat(offer="one"), "laptop")
    assert moved == Change(people=True, browsers=("phone", "laptop"))
    assert [seated(meeting, each) for each in BROWSERS] == [None, "b1-1", None]
    assert meeting.board.invitations.invited_seat_of("phone") == InvitedSeat("b1-1", 0, Loss.MOVED)
    # Once more by the one who has it, because the answer was lost; by no one else.
    assert meeting.do(act.MoveSeat(offer="one"), "laptop") == Change()
    for browser in ("phone", "tablet"):
        refused(meeting.do(act.MoveSeat(offer="one"), browser), Code.NOT_ALLOWED, "works once")
    refused(claim(meeting), Code.TAKEN, "another browser")


def test_only_who_sits_there_offers_a_seat_and_only_the_newest_offer_is_good(meeting):
    refused(meeting.do(act.OfferSeat(offer="one"), "phone"), Code.NOT_ALLOWED, "Only the browser")
    claim(meeting)
    for offer in ("one", "two"):
        meeting.do(act.OfferSeat(offer=offer), "phone")
    refused(meeting.do(act.MoveSeat(offer="one"), "laptop"), Code.NOT_ALLOWED, "works once")
    refused(meeting.do(act.MoveSeat(offer="two"), "phone"), Code.NOT_ALLOWED, "already")
    renew(meeting)
    refused(meeting.do(act.MoveSeat(offer="two"), "laptop"), Code.NOT_ALLOWED, "works once")
    refused(meeting.do(act.OfferSeat(offer="one"), "phone"), Code.NOT_ALLOWED, "Only the browser")


def test_renewing_empties_the_seat_and_withdraws_the_ballot_in_one_step(meeting):
    claim(meeting)
    meeting.open()
    meeting.vote("seat", "flask")
    meeting.vote("seat", "django")
    meeting.vote("ann", "flask")
    votes = tuple(
        seq
        for seq, _, each in meeting.log
        if each.by == "seat" and isinstance(each.action, act.Vote)
    )
    change = renew(meeting, round_=1, voters=("seat", "seat of before"))
    assert change == Change(roles=True, tally=True, people=True, erased=votes)
    assert list(meeting.board.round.ballots) == ["ann"]
    assert seated(meeting, "phone") is None
    assert meeting.board.invitations.invited_seat_of("phone") == InvitedSeat(
        "b1-1", 0, Loss.RENEWED
    )
    # What was on its way then counts no more, whichever process took it in.
    refused(meeting.vote("seat", "flask"), Code.NOT_ALLOWED, "renewed your invitation")
    refused(claim(meeting), Code.NOT_ALLOWED, "renewed")
    assert claim(meeting, by="laptop", renewal=1) == Change(people=True, browsers=("laptop",))
    assert meeting.board.invitations.invited_seat_of("laptop") == InvitedSeat("b1-1", 1)


def test_a_ballot_leaves_a_round_that_is_locked_and_stays_in_one_that_is_revealed(meeting):
    claim(meeting)
    for n in (1, 2):
        meeting.open()
        meeting.vote("seat", "flask")
        meeting.do(act.LockRound(round=n), "host")
        if n == 1:
            renew(meeting, round_=1, voters=("seat",))
        meeting.do(act.RevealRound(round=n), "host")
    renew(meeting, round_=0)
    assert [each.voters for each in meeting.board.rounds] == [0, 1]


def test_a_renewal_that_knew_another_round_is_asked_for_again(meeting):
    claim(meeting)
    meeting.open()
    refused(renew(meeting, round_=0), Code.ROUND_OPEN, "again")
    meeting.do(act.RevealRound(round=1), "host")
    refused(renew(meeting, round_=1), Code.ROUND_OPEN, "again")
    assert seated(meeting, "phone") == "b1-1"


@pytest.mark.parametrize("how", [Visibility.LIVE, Visibility.AFTER_VOTE, "the host"])
def test_no_ballot_leaves_a_secret_round_whose_result_is_seen(meeting, how):
    claim(meeting)
    if how == "the host":
        change = act.SetBoard(settings=BoardSettingsChange(host_sees_results=True))
        meeting.do(change, "host")
    meeting.open(**({} if how == "the host" else {"visibility": how}))
    refused(renew(meeting, round_=1), Code.ROUND_OPEN, "after the reveal")
    assert renew(meeting, "b1-2", round_=1) == Change(roles=True, tally=True, people=True)
    meeting.do(act.RevealRound(round=1), "host")
    assert renew(meeting).roles


def test_with_open_names_the_log_keeps_what_left(meeting):
    claim(meeting)
    meeting.open(names=Names.OPEN, visibility=Visibility.LIVE)
    meeting.vote("seat", "flask")
    assert renew(meeting, round_=1, voters=("seat",)).erased == ()
    assert meeting.board.round.voters == 0


def test_an_invitation_that_was_taken_back_is_not_renewed_and_one_is_so_often(meeting):
    meeting.do(act.RevokeInvite(invite="b1-2"), "host")
    refused(renew(meeting, "b1-2"), Code.NOT_ALLOWED, "was revoked")
    refused(renew(meeting, "b1-9"), Code.NOT_ALLOWED, "no such")
    for _ in range(MAX_RENEWALS):
        assert renew(meeting).roles
    refused(renew(meeting), Code.TOO_MANY, "100 times")


_browsers = st.sampled_from(BROWSERS)
_invites = st.sampled_from(("b1-1", "b1-2"))
_offers = st.sampled_from(("o1", "o2"))
_acts = st.one_of(
    st.builds(
        lambda by, invite, renewal: entry(act.ClaimInvite(invite=invite, renewal=renewal), by),
        *(_browsers, _invites, st.integers(0, 2)),
    ),
    st.builds(lambda by, offer: entry(act.OfferSeat(offer=offer), by), _browsers, _offers),
    st.builds(lambda by, offer: entry(act.MoveSeat(offer=offer), by), _browsers, _offers),
    st.builds(lambda invite: entry(act.RenewInvite(invite=invite), "host"), _invites),
    st.builds(lambda invite: entry(act.RevokeInvite(invite=invite), "host"), _invites),
)


@given(st.lists(_acts, max_size=60))
def test_at_most_one_browser_holds_a_seat_and_renewing_takes_it_away(happened):
    meeting = Meeting()
    meeting.do(act.MakeInvites(batch="b1", count=2, by_claim=True), "host")
    invitations = meeting.board.invitations
    for each in happened:
        before = {browser: seated(meeting, browser) for browser in BROWSERS}
        holders = dict(invitations.holders)
        outcome = meeting.do(each)
        after = {browser: seated(meeting, browser) for browser in BROWSERS}
        sitting = [invite for invite in after.values() if invite]
        assert len(set(sitting)) == len(sitting)
        assert all(invitations.holders[after[b]] == b for b in BROWSERS if after[b])
        if isinstance(outcome, Refusal):
            assert (after, invitations.holders) == (before, holders)
            continue
        changed = {browser for browser in BROWSERS if after[browser] != before[browser]}
        match each.action:
            case act.ClaimInvite(invite=invite):
                # A seat comes to a browser only where no other one held it.
                assert holders.get(invite, each.by) == each.by
                assert changed <= {each.by}
            case act.MoveSeat():
                assert changed <= set(outcome.browsers)
                assert after[each.by] in before.values()
            case act.RenewInvite(invite=invite) | act.RevokeInvite(invite=invite):
                assert invite not in after.values()
                assert changed == {browser for browser in BROWSERS if before[browser] == invite}
    assert snapshot(replayed(meeting.log)) == snapshot(meeting.board)
