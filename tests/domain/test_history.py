import pytest

from server.domain import actions as act
from server.domain import board as board_module
from server.domain import history
from server.domain.board import Board
from server.domain.options import Option
from server.domain.rules import (
    BoardSettingsChange,
    Comments,
    Entrance,
    Proposing,
    RoundSettings,
    TieBreak,
    Visibility,
)
from support.strategies import T0, Meeting, option, replayed

NOT_OF_A_HOST = {
    act.ClaimInvite,
    act.OfferSeat,
    act.MoveSeat,
    act.Vote,
    act.Withdraw,
    act.Comment,
    act.EditComment,
    act.DeleteComment,
    act.React,
    act.Rename,
    act.Observe,
    act.Propose,
    act.WithdrawProposal,
    act.TakeStance,
    act.SayExperience,
    act.MovedBy,
}


@pytest.fixture
def meeting():
    return Meeting()


def last(meeting):
    event = meeting.board.history[-1]
    return f"{event.who} {event.what}"


def test_every_act_of_a_host_is_told_and_nothing_else():
    assert set(history._WORDS) == set(act.AnyAction.__args__) - NOT_OF_A_HOST


def test_every_setting_of_a_board_has_its_words():
    told = {name for name, _ in history._SETTINGS}
    assert told == set(BoardSettingsChange.__struct_fields__)
    assert {value for name, value in history._SETTINGS if name == "entry"} == set(Entrance)
    assert {value for name, value in history._SETTINGS if name == "comments"} == set(Comments)
    assert {value for name, value in history._SETTINGS if name == "proposals"} == set(Proposing)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (act.SetBoard(title="Which?", context=""), "named the board “Which?”, changed what"),
        (
            act.SetBoard(
                settings=BoardSettingsChange(
                    show_names=False, comments=Comments.CLOSED, entry=Entrance.INVITED
                )
            ),
            "hid names, closed comments, let only people with an invitation take part",
        ),
        (act.SetBoard(), "changed nothing"),
        (act.AddOption(option=option("quart")), "added Quart"),
        (act.EditOption(option=option("flask")), "edited Flask"),
        (act.RemoveOption(option="flask"), "removed Flask"),
        (
            act.OpenRound(
                method="single",
                settings=RoundSettings(visibility=Visibility.LIVE, seconds=90),
                options=("flask", "django"),
            ),
            "opened round 1: One choice, results shown live, secret ballots, 2 of 3 options, 1 min 30 s",
        ),
        (
            act.OpenRound(
                method="single",
                settings=RoundSettings(visibility=Visibility.LIVE, tie_break=TieBreak.LISTED),
            ),
            "opened round 1: One choice, results shown live, secret ballots, ties settled by the board's order",
        ),
        (act.Decide(option="flask", because="PRIVATE"), "decided for Flask"),
        (act.MakeInvites(batch="b1", count=1), "made an invitation"),
    ],
)
def test_what_a_host_did_is_told_in_words(meeting, action, words):
    meeting.do(action, "host")
    assert last(meeting).startswith(f"The host {words}")
    assert "PRIVATE" not in last(meeting)


def test_a_round_is_told_from_its_opening_to_its_end(meeting):
    meeting.open(seconds=60)
    meeting.vote("ann", "flask")
    for action in (
        act.PauseRound(round=1, on=True),
        act.PauseRound(round=1, on=False),
        act.ExtendRound(round=1, seconds=120),
        act.LockRound(round=1),
        act.LockRound(round=1),
        act.RevealRound(round=1),
        act.RevealRound(round=1),
    ):
        meeting.do(action, "host")
    assert [event.what for event in meeting.board.history][2:] == [
        "paused the clock in round 1",
        "resumed the clock in round 1",
        "gave round 1 2 min more",
        "closed voting in round 1",
        "revealed round 1",
    ]


def test_the_clock_closes_a_round_and_a_server_opens_its_own(meeting):
    meeting.do(act.OpenRound(method="single", settings=RoundSettings(seconds=5)), "")
    assert last(meeting).startswith("The server opened round 1")
    meeting.do(act.LockRound(round=1), "", after=5000)
    meeting.do(act.LockRound(round=1), "", after=5000)
    assert last(meeting) == "The clock closed voting in round 1"
    assert len(meeting.board.history) == 3


def test_hosts_are_told_by_their_names(meeting):
    for host, action, words in (
        ("first", act.AddHost(host="h1", name="Maria", key="1"), "The host made Maria a host"),
        ("h1", act.AddHost(host="h2", name="Li", key="2"), "Maria made Li a host"),
        ("h1", act.RemoveHost(host="first"), "Maria took host rights from the first host"),
        ("h1", act.RemoveHost(host="h2"), "Maria took host rights from Li"),
        ("h1", act.AddHost(host="h3", name="Kim", key="3"), "Maria made Kim a host"),
        ("h1", act.RemoveHost(host="h1"), "Maria stopped being a host"),
        ("h3", act.MakeInvites(batch="b", count=20), "Kim made 20 invitations"),
        ("h3", act.RevokeInvite(invite="b-7"), "Kim revoked invitation 7"),
        ("h3", act.RenewInvite(invite="b-8"), "Kim renewed invitation 8"),
    ):
        meeting.do(act.Entry(by="ann", host=host, action=action))
        assert last(meeting) == words


def test_a_comment_is_named_by_its_option_and_its_words_are_not_told(meeting):
    meeting.say("ann", text="SECRET WORDS")
    for action, words in (
        (act.PinComment(comment="c1", on=True), "pinned a comment on Flask"),
        (act.PinComment(comment="c1", on=False), "unpinned a comment on Flask"),
        (act.HideComment(comment="c1", on=True), "hid a comment on Flask"),
        (act.HideComment(comment="c1", on=False), "unhid a comment on Flask"),
    ):
        meeting.do(action, "host")
        assert last(meeting) == f"The host {words}"


def test_what_a_host_did_to_a_comment_stays_told_when_the_comment_is_erased(meeting, monkeypatch):
    meeting.say("ann", text="SECRET WORDS")
    meeting.do(act.HideComment(comment="c1", on=True), "host")
    meeting.do(act.EditOption(option=Option(id="flask", name="Flask 4")), "host")
    meeting.do(act.PinComment(comment="c1", on=True), "host")
    (erased,) = meeting.do(act.DeleteComment(comment="c1", option="flask"), "ann").erased
    later = [row for row in meeting.log if row[0] != erased]
    assert [event.what for event in meeting.board.history][1:] == [
        "hid a comment on Flask",
        "edited Flask",
        "pinned a comment on Flask 4",
    ]
    assert replayed(later).history == meeting.board.history
    # Also where only so many events are kept.
    monkeypatch.setattr(board_module, "KEPT", 2)
    assert list(replayed(later).history) == list(replayed(meeting.log).history)


def test_what_is_refused_or_comes_again_is_not_told(meeting):
    meeting.do(act.Reopen(), "host")
    meeting.do(act.SetBoard(title="New"), "host", idempotency_key="1")
    meeting.do(act.SetBoard(title="New"), "host", idempotency_key="1")
    assert [(event.seq, event.at) for event in meeting.board.history] == [(1, T0), (3, T0 + 2000)]


def test_a_decision_is_taken_back_and_both_stay_told(meeting):
    meeting.do(act.Decide(option="flask", because=""), "host")
    assert meeting.do(act.Reopen(), "host").board
    assert meeting.board.decision is None
    meeting.do(act.Decide(option="django", because=""), "host")
    assert meeting.board.decision.option == "django"
    assert [event.what for event in meeting.board.history][1:] == [
        "decided for Flask",
        "took back the decision for Flask",
        "decided for Django",
    ]


def test_only_so_much_is_remembered_and_the_same_by_all(meeting, monkeypatch):
    monkeypatch.setattr(board_module, "KEPT", 3)
    meeting.board = Board()
    log, meeting.log = meeting.log, []
    meeting.do(log[0][2])
    for n in range(5):
        meeting.do(act.SetBoard(title=f"{n}"), "host")
    assert [event.what for event in meeting.board.history] == [
        f"named the board “{n}”" for n in (2, 3, 4)
    ]
    assert replayed(meeting.log).history == meeting.board.history
