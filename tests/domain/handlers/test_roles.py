import pytest

from server.domain import actions as act
from server.domain.changes import Change
from server.domain.hosts import MAX_HOSTS
from server.domain.invitations import MAX_INVITES
from server.domain.refusals import Code, Refusal
from server.domain.rules import BoardSettingsChange, Entrance
from support.strategies import Meeting


@pytest.fixture
def meeting():
    return Meeting()


def as_host(meeting, host, action):
    return meeting.do(act.Entry(by="ann", host=host, action=action))


def add_host(id_, name):
    return act.AddHost(host=id_, name=name, key=id_ * 32)


def refused(outcome, code, words):
    assert isinstance(outcome, Refusal), outcome
    assert (outcome.code, words in outcome.message) == (code, True), outcome
    return True


def test_a_board_begins_with_one_host_whose_key_the_log_always_held(meeting):
    (id_,) = meeting.board.hosts
    host = meeting.board.hosts[id_]
    assert (id_, host.name, host.key) == ("first", None, "0" * 64)


def test_a_board_is_handed_over_by_adding_one_and_removing_oneself(meeting):
    assert as_host(meeting, "first", add_host("h1", "Maria")) == Change()
    assert as_host(meeting, "h1", act.RemoveHost(host="first")) == Change(roles=True)
    assert list(meeting.board.hosts) == ["h1"]
    refused(as_host(meeting, "h1", act.RemoveHost(host="h1")), Code.NOT_ALLOWED, "needs a host")


def test_what_a_removed_host_asked_for_counts_up_to_the_removal_and_not_behind_it(meeting):
    as_host(meeting, "first", add_host("h1", "Maria"))
    assert as_host(meeting, "h1", act.SetBoard(title="By Maria")) == Change(board=True, people=True)
    as_host(meeting, "first", act.RemoveHost(host="h1"))
    late = as_host(meeting, "h1", act.SetBoard(title="By nobody"))
    refused(late, Code.NOT_ALLOWED, "no longer a host")
    assert meeting.board.title == "By Maria"


def test_hosts_have_names_of_their_own_and_are_so_many(meeting):
    as_host(meeting, "first", add_host("h1", "Maria"))
    twin = as_host(meeting, "first", add_host("h2", "Maria"))
    refused(twin, Code.BAD_SETTINGS, "already a host named Maria")
    refused(as_host(meeting, "first", add_host("h1", "Li")), Code.NOT_ALLOWED, "already")
    refused(as_host(meeting, "h1", act.RemoveHost(host="h9")), Code.NOT_ALLOWED, "no such host")
    for n in range(MAX_HOSTS - 2):
        assert as_host(meeting, "first", add_host(f"x{n}", f"Host {n}")) == Change()
    refused(as_host(meeting, "first", add_host("one", "One more")), Code.TOO_MANY, "at most 20")


def test_invitations_are_numbered_through_all_batches(meeting):
    for batch, count in (("b1", 2), ("b2", 3), ("b1", 2)):
        assert meeting.do(act.MakeInvites(batch=batch, count=count), "host") == Change()
    invitations = meeting.board.invitations
    assert list(invitations) == [(1, "b1-1"), (2, "b1-2"), (3, "b2-1"), (4, "b2-2"), (5, "b2-3")]
    assert list(invitations.of("b2")) == [(3, "b2-1"), (4, "b2-2"), (5, "b2-3")]
    assert invitations.count == 5
    too_many = meeting.do(act.MakeInvites(batch="b3", count=MAX_INVITES - 4), "host")
    refused(too_many, Code.TOO_MANY, "at most 2,000")


@pytest.mark.parametrize(
    "no_such",
    ["b1-0", "b1-3", "b1-01", "b1-+1", "b1-1 ", "b1-\u0661", "b1-", "b1", "-1", "", "b2-1"],
)
def test_an_invitation_has_one_name_and_no_other(meeting, no_such):
    meeting.do(act.MakeInvites(batch="b1", count=2), "host")
    assert meeting.board.invitations.number("b1-2") == 2
    assert meeting.board.invitations.number(no_such) is None
    assert not meeting.board.invitations.admits(no_such)
    outcome = meeting.do(act.RevokeInvite(invite=no_such), "host")
    refused(outcome, Code.NOT_ALLOWED, "no such invitation")


def test_an_invitation_is_taken_back_once(meeting):
    meeting.do(act.MakeInvites(batch="b1", count=2), "host")
    assert meeting.do(act.RevokeInvite(invite="b1-1"), "host") == Change(roles=True)
    assert not meeting.board.invitations.admits("b1-1")
    assert meeting.board.invitations.number("b1-1") == 1
    assert meeting.board.invitations.admits("b1-2")
    again = meeting.do(act.RevokeInvite(invite="b1-1"), "host")
    refused(again, Code.NOT_ALLOWED, "already revoked")


def test_a_seat_watches_only_and_takes_part_again(meeting):
    assert meeting.do(act.Observe(on=True), "ann") == Change(people=True, observer="ann")
    assert meeting.board.observing == {"ann"}
    meeting.do(act.Observe(on=False), "ann")
    meeting.do(act.Observe(on=False), "ben")
    assert meeting.board.observing == set()


def test_who_may_vote_is_settled_while_a_round_is_on(meeting):
    invited = act.SetBoard(settings=BoardSettingsChange(entry=Entrance.INVITED))
    meeting.open()
    refused(
        meeting.do(invited, "host"), Code.ROUND_OPEN, "Who may vote cannot change until round 1"
    )
    meeting.do(act.RevealRound(round=1), "host")
    assert meeting.do(invited, "host") == Change(board=True, people=True, roles=True)
    assert meeting.board.settings.entry is Entrance.INVITED
    assert not meeting.do(invited, "host").roles


def closed(*present):
    return act.SetBoard(settings=BoardSettingsChange(entry=Entrance.ADMITTED), present=present)


def test_who_is_here_and_who_has_a_name_is_in_when_the_door_is_closed(meeting):
    meeting.do(act.Rename(name="Ann"), "ann")
    meeting.do(closed("ben"), "host")
    assert meeting.board.admitted == {"ann", "ben"}
    # From then on a name lets no one in, nor does closing it once more.
    meeting.do(act.Rename(name="Eve"), "eve")
    meeting.do(closed("kim"), "host")
    assert meeting.board.admitted == {"ann", "ben"}
    change = meeting.do(act.Admit(seats=("eve", "kim")), "host")
    assert change.roles
    assert meeting.board.admitted == {"ann", "ben", "eve", "kim"}


def test_the_door_is_closed_and_opened_while_a_round_is_on_and_invitations_are_not(meeting):
    meeting.do(act.OpenRound(method="approval"), "host")
    for entry in (Entrance.ADMITTED, Entrance.OPEN, Entrance.ADMITTED):
        change = act.SetBoard(settings=BoardSettingsChange(entry=entry))
        assert not isinstance(meeting.do(change, "host"), Refusal)
    invited = act.SetBoard(settings=BoardSettingsChange(entry=Entrance.INVITED))
    assert meeting.do(invited, "host").code is Code.ROUND_OPEN
