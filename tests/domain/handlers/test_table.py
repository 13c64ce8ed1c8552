import pytest
from msgspec import UNSET

from server.domain import actions as act
from server.domain.changes import Change
from server.domain.handlers import rounds, table
from server.domain.limits import MAX_OPTIONS
from server.domain.refusals import Code
from server.domain.rounds import State
from server.domain.rules import (
    BoardSettingsChange,
    Comments,
    RoundSettings,
    TieBreak,
    Visibility,
)
from support.strategies import (
    CRITERIA,
    OPTIONS,
    T0,
    Meeting,
    create,
    entry,
    option,
    refused,
    visible,
)


@pytest.fixture
def meeting():
    return Meeting()


@pytest.fixture
def voting(meeting):
    meeting.open("approval")
    return meeting


def test_every_kind_of_action_has_its_rule():
    assert set(table.HANDLERS) == set(act.AnyAction.__args__)


# The board


def test_texts_and_settings_are_set_one_by_one(meeting):
    meeting.do(act.SetBoard(title="Which database?"), "host")
    meeting.do(act.SetBoard(context="For the new service."), "host")
    change = meeting.do(
        act.SetBoard(settings=BoardSettingsChange(comments=Comments.CLOSED)), "host"
    )
    board = meeting.board
    assert (board.title, board.context) == ("Which database?", "For the new service.")
    assert board.settings.comments is Comments.CLOSED
    assert board.settings.show_names
    assert change == Change(board=True, people=True)


def test_when_names_are_shown_or_not_everyone_is_welcomed_again(meeting):
    meeting.do(act.Rename(name="Ann"), "ann")
    meeting.say("ann")
    change = meeting.do(act.SetBoard(settings=BoardSettingsChange(show_names=False)), "host")
    assert change == Change(board=True, people=True, resync=True)
    assert meeting.board.comments.resync == meeting.board.comments.changed == meeting.board.seq
    assert b"Ann" not in visible(meeting.board)


# Options


def test_options_come_change_and_go_between_rounds(meeting):
    assert meeting.do(act.AddOption(option=option("quart")), "host") == Change(board=True)
    assert meeting.do(act.EditOption(option=option("quart", strapline="New")), "host").board
    assert meeting.board.options[-1].strapline == "New"
    assert meeting.do(act.RemoveOption(option="quart"), "host").board
    assert [o.id for o in meeting.board.options] == list(OPTIONS)


@pytest.mark.parametrize(
    "action",
    [
        act.AddOption(option=option("quart")),
        act.EditOption(option=option("flask", strapline="x")),
        act.RemoveOption(option="flask"),
        act.Decide(option="flask", because="It won."),
    ],
)
@pytest.mark.parametrize("locked", [False, True])
def test_options_are_frozen_until_the_reveal(voting, action, locked):
    if locked:
        voting.do(act.LockRound(round=1), "host")
    refused(voting.do(action, "host"), Code.ROUND_OPEN, "Round 1 is not over")
    voting.do(act.RevealRound(round=1), "host")
    outcome = voting.do(action, "host")
    assert isinstance(outcome, Change) != isinstance(action, act.RemoveOption)


def test_an_option_is_there_once_by_id_and_by_name(meeting):
    for double in (option("flask"), act.Option(id="flask-2", name="FLASK")):
        outcome = meeting.do(act.AddOption(option=double), "host")
        refused(outcome, Code.BAD_SETTINGS, "already has 'Flask'")
    clash = act.Option(id="django", name="flask")
    refused(meeting.do(act.EditOption(option=clash), "host"), Code.BAD_SETTINGS, "'Flask'")
    assert meeting.do(act.EditOption(option=act.Option(id="flask", name="FLASK")), "host").board


def test_an_option_that_is_not_there_is_neither_changed_nor_removed(meeting):
    gone = option("nothing")
    for action in (
        act.EditOption(option=gone),
        act.RemoveOption(option="nothing"),
        act.Decide(option="nothing", because=""),
        act.OpenRound(method="single", options=("flask", "nothing")),
    ):
        refused(meeting.do(action, "host"), Code.NO_SUCH_OPTION, "no option 'nothing'")


def test_what_was_voted_or_decided_on_stays(meeting):
    meeting.do(act.Decide(option="django", because="It has all we need."), "host")
    refused(meeting.do(act.RemoveOption(option="django"), "host"), Code.NOT_ALLOWED, "decided on")
    meeting.open("single", options=("flask", "tornado"))
    meeting.do(act.RevealRound(round=1), "host")
    outcome = meeting.do(act.RemoveOption(option="flask"), "host")
    refused(outcome, Code.NOT_ALLOWED, "Round 1 voted on this option")


def test_a_board_keeps_its_last_option_and_holds_fifty():
    small = Meeting(create(options=("flask",)))
    refused(small.do(act.RemoveOption(option="flask"), "host"), Code.BAD_SETTINGS, "at least one")
    full = Meeting(create(options=tuple(f"o{n}" for n in range(MAX_OPTIONS))))
    outcome = full.do(act.AddOption(option=option("more")), "host")
    refused(outcome, Code.TOO_MANY, "at most 50 options")


# Rounds


def test_a_round_by_criteria_weighs_those_of_the_board(meeting):
    outcome = meeting.open("matrix")
    refused(outcome, Code.BAD_SETTINGS, "A round by criteria needs some")
    weighing = Meeting(create(criteria=CRITERIA))
    assert weighing.open("matrix").round
    assert weighing.board.round.settings.criteria == CRITERIA


def test_a_lot_is_drawn_among_all_options_of_the_round(meeting):
    lot = RoundSettings(tie_break=TieBreak.LOT)
    opened = act.OpenRound(method="single", settings=lot, drawn=OPTIONS[::-1])
    meeting.do(act.AddOption(option=option("quart")), "host")
    refused(meeting.do(opened, "host"), Code.BAD_SETTINGS, "changed while the lot was drawn")
    meeting.do(act.RemoveOption(option="quart"), "host")
    assert meeting.do(opened, "host").round
    assert meeting.board.round.tie_order == OPTIONS[::-1]


def test_a_round_freezes_its_options_in_the_order_of_the_board(meeting):
    change = meeting.open("single", options=("tornado", "django"), further_discussion=True)
    assert change == Change(round=True, tally=True, people=True)
    assert list(meeting.board.round.names) == ["django", "tornado", "further-discussion"]
    refused(meeting.vote("ann", "flask"), Code.NO_SUCH_OPTION, "no option 'flask'")
    assert meeting.vote("ann", "further-discussion").tally


def test_one_round_after_the_other(voting):
    refused(voting.open("single"), Code.ROUND_OPEN, "Round 1 is not over. Reveal it, then open")
    voting.do(act.LockRound(round=1), "host")
    refused(voting.open("single"), Code.ROUND_OPEN, "Round 1 is not over. Reveal it, then open")
    voting.do(act.RevealRound(round=1), "host")
    assert voting.open("single").round
    assert voting.board.round.n == 2
    assert [each.state for each in voting.board.rounds] == [State.REVEALED, State.OPEN]


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        (
            {"method": "lottery"},
            Code.UNKNOWN_METHOD,
            "voting methods are approval, score, ranked, dots",
        ),
        ({"options": ("flask",)}, Code.BAD_SETTINGS, "at least 2 options"),
        ({"options": ()}, Code.BAD_SETTINGS, "at least 2 options"),
        ({"options": ("flask", "flask")}, Code.BAD_SETTINGS, "twice"),
        ({"dots": 5}, Code.BAD_SETTINGS, "belongs to the method `dots`"),
        ({"method": "dots", "dots": 101}, Code.BAD_SETTINGS, "from 1 to 100 dots"),
        ({"seconds": 4}, Code.BAD_SETTINGS, "from 5 seconds to a day"),
        ({"seconds": 0}, Code.BAD_SETTINGS, "from 5 seconds to a day"),
        ({"seconds": 86_401}, Code.BAD_SETTINGS, "from 5 seconds to a day"),
    ],
)
def test_a_round_that_cannot_be(meeting, asked, code, words):
    refused(meeting.open(**asked), code, words)
    assert meeting.board.round is None


def test_a_hundred_rounds_are_enough(meeting, monkeypatch):
    monkeypatch.setattr(rounds, "MAX_ROUNDS", 2)
    for n in (1, 2):
        meeting.open()
        meeting.do(act.RevealRound(round=n), "host")
    refused(meeting.open(), Code.TOO_MANY, "at most 2 rounds")


@pytest.mark.parametrize("action", [act.LockRound, act.RevealRound, act.ReopenRound, act.Withdraw])
def test_a_round_that_is_not_there_or_over_takes_nothing(voting, action):
    refused(voting.do(action(round=2), "host"), Code.NO_SUCH_ROUND, "no round 2")
    refused(voting.do(action(round=0), "host"), Code.NO_SUCH_ROUND, "no round 0")
    voting.do(act.RevealRound(round=1), "host")
    voting.open("single")
    refused(voting.do(action(round=1), "host"), Code.ROUND_CLOSED, "Round 1 is over; round 2 is on")


def test_locking_and_revealing_happen_once(voting):
    assert voting.do(act.LockRound(round=1), "host").round
    refused(voting.do(act.LockRound(round=1), "host"), Code.ROUND_CLOSED, "already closed")
    refused(voting.vote("ann", "flask"), Code.ROUND_CLOSED, "Voting in round 1 is closed")
    refused(voting.do(act.Withdraw(round=1)), Code.ROUND_CLOSED, "closed")
    assert voting.do(act.RevealRound(round=1), "host").tally
    refused(voting.do(act.RevealRound(round=1), "host"), Code.ROUND_CLOSED, "already revealed")


def test_time_runs_out_by_the_stores_clock_and_can_be_added(meeting):
    meeting.open("single", seconds=10)
    opened = meeting.board.round.opened_at
    assert meeting.board.round.deadline == opened + 10_000
    refused(meeting.do(act.LockRound(round=1), ""), Code.ROUND_OPEN, "still has time")
    meeting.do(act.ExtendRound(round=1, seconds=5), "host")
    assert meeting.board.round.deadline == opened + 15_000
    ballot = act.Vote(round=1, ballot={"choice": "flask"})
    assert meeting.board.apply(90, opened + 15_000, entry(ballot)).tally
    refused(
        meeting.board.apply(91, opened + 15_001, entry(ballot, "ben")), Code.ROUND_CLOSED, "closed"
    )
    late = entry(act.ExtendRound(round=1, seconds=5), "host")
    refused(meeting.board.apply(92, opened + 15_001, late), Code.ROUND_CLOSED, "closed")
    server = entry(act.LockRound(round=1), "")
    assert meeting.board.apply(93, opened + 15_000, server).round
    assert meeting.board.round.state is State.LOCKED


def test_closing_is_undone_until_the_reveal(voting):
    again = act.ReopenRound(round=1)
    refused(voting.do(again, "host"), Code.ROUND_OPEN, "open already")
    voting.vote("ann", "flask")
    voting.do(act.LockRound(round=1), "host")
    assert voting.do(again, "host") == Change(round=True, tally=True, people=True)
    assert voting.vote("ben", "flask").tally
    assert voting.board.round.voters == 2
    voting.do(act.LockRound(round=1), "host")
    voting.do(act.RevealRound(round=1), "host")
    refused(voting.do(again, "host"), Code.ROUND_CLOSED, "Round 1 is revealed")
    assert voting.board.round.state is State.REVEALED


@pytest.mark.parametrize("locked", [True, False])
def test_a_round_whose_time_was_up_is_reopened_without_a_limit(meeting, locked):
    meeting.open("single", seconds=10)
    deadline = meeting.board.round.deadline
    if locked:
        meeting.board.apply(90, deadline, entry(act.LockRound(round=1), ""))
    again = entry(act.ReopenRound(round=1), "host")
    assert meeting.board.apply(91, deadline + 1, again).round
    assert (meeting.board.round.state, meeting.board.round.deadline) == (State.OPEN, None)
    # The server's own lock was on its way.
    late = entry(act.LockRound(round=1), "")
    refused(meeting.board.apply(92, deadline + 2, late), Code.ROUND_OPEN, "still has time")
    extended = entry(act.ExtendRound(round=1, seconds=60), "host")
    assert meeting.board.apply(93, deadline + 3, extended).round
    assert meeting.board.round.deadline == deadline + 60_003


def test_a_round_that_was_closed_too_early_keeps_its_time(meeting):
    meeting.open("single", seconds=60)
    deadline = meeting.board.round.deadline
    meeting.do(act.LockRound(round=1), "host")
    meeting.do(act.ReopenRound(round=1), "host")
    assert meeting.board.round.deadline == deadline
    refused(meeting.do(act.LockRound(round=1), ""), Code.ROUND_OPEN, "still has time")


def test_a_round_without_a_limit_gets_one_from_now(voting):
    voting.do(act.ExtendRound(round=1, seconds=60), "host")
    assert voting.board.round.deadline == voting.log[-1][1] + 60_000
    outcome = voting.do(act.ExtendRound(round=1, seconds=86_400), "host")
    refused(outcome, Code.BAD_SETTINGS, "to a day")
    refused(voting.do(act.LockRound(round=1), ""), Code.ROUND_OPEN, "still has time")


def test_the_host_locks_before_time_is_up(meeting):
    meeting.open("single", seconds=60)
    assert meeting.do(act.LockRound(round=1), "host").round


def test_one_ballot_a_voter_the_last_one_counts(voting):
    assert voting.vote("ann", "flask") == Change(tally=True, people=True, voter="ann")
    voting.vote("ann", "django", "tornado")
    voting.vote("ben", "django")
    current = voting.board.round
    assert current.voters == 2
    assert current.result().totals == {"django": 2, "flask": 0, "tornado": 1}
    assert current.ballot_of("ann") == {"approve": ["django", "tornado"]}
    voting.do(act.Withdraw(round=1), "ann")
    voting.do(act.Withdraw(round=1), "ann")
    assert current.voters == 1
    assert current.ballot_of("ann") is None


# Talk


@pytest.mark.parametrize("state", ["open", "locked"])
def test_a_host_cannot_look_at_hidden_results_between_two_votes(meeting, state):
    look = act.SetBoard(settings=BoardSettingsChange(host_sees_results=True))
    meeting.open("single")
    if state == "locked":
        meeting.do(act.LockRound(round=1), "host")
    refused(meeting.do(look, "host"), Code.ROUND_OPEN, "cannot change until round 1 is over")
    other = act.SetBoard(
        settings=BoardSettingsChange(host_sees_results=False, comments=Comments.CLOSED)
    )
    assert meeting.do(other, "host").board
    meeting.do(act.RevealRound(round=1), "host")
    assert meeting.do(look, "host").board


def test_people_take_a_name_and_give_it_up(meeting):
    assert meeting.do(act.Rename(name="Ann"), "ann") == Change(people=True)
    assert meeting.board.names == {"ann": "Ann"}
    meeting.do(act.Rename(name=None), "ann")
    meeting.do(act.Rename(name=None), "ben")
    assert meeting.board.names == {}


def test_a_deferred_decision_stands_in_the_place_of_a_decision(voting):
    later = act.Defer(owner="Ann", because="Numbers are missing.", revisit_on="2027-06-01")
    refused(voting.do(later, "host"), Code.ROUND_OPEN, "Round 1 is not over")
    voting.do(act.RevealRound(round=1), "host")
    assert voting.do(later, "host") == Change(board=True)
    board = voting.board
    assert (board.outcome, board.decision) == (board.deferral, None)
    assert (board.deferral.owner, board.deferral.revisit_on) == ("Ann", "2027-06-01")
    voting.do(act.Decide(option="flask", because="Small."), "host")
    assert (board.outcome, board.deferral) == (board.decision, None)
    voting.do(later, "host")
    assert (board.outcome, board.decision) == (board.deferral, None)
    assert voting.do(act.Reopen(), "host") == Change(board=True)
    assert board.outcome is None
    refused(voting.do(act.Reopen(), "host"), Code.NOT_ALLOWED, ".")
    assert [event.what for event in board.history][-2:] == [
        "deferred the decision until 2027-06-01 and left it with Ann",
        "took back that the decision is deferred",
    ]


def test_an_archived_board_is_only_read(voting):
    archive = act.Archive(on=True)
    refused(voting.do(archive, "host"), Code.ROUND_OPEN, "Round 1 is not over")
    voting.say("ann")
    voting.do(act.RevealRound(round=1), "host")
    refused(voting.do(act.Archive(on=False), "host"), Code.NOT_ALLOWED, "not archived")
    assert voting.do(archive, "host") == Change(board=True)
    assert voting.board.archived_at == voting.log[-1][1]
    refused(voting.do(archive, "host"), Code.NOT_ALLOWED, "archived already")
    before = visible(voting.board)
    for action in (
        act.OpenRound(method="single"),
        act.Decide(option="flask", because="Small."),
        act.SetBoard(title="Another"),
        act.AddOption(option=option("quart")),
        act.Rename(name="Ann"),
        act.React(comment="c1", emoji="👍", on=True),
        act.ClaimInvite(invite="b1-1"),
    ):
        refused(voting.do(action), Code.NOT_ALLOWED, "This board is archived")
    refused(voting.say("ben", "c2"), Code.NOT_ALLOWED, "This board is archived")
    assert visible(voting.board) == before
    assert voting.do(act.DeleteComment(comment="c1", option="flask"), "ann").comments
    added = act.AddHost(host="h2", name="Maria", key="1" * 64)
    assert isinstance(voting.do(added, "host"), Change)
    assert voting.do(act.Archive(on=False), "host") == Change(board=True)
    assert voting.board.archived_at is None
    assert voting.do(act.Rename(name="Ann")).people
    assert [event.what for event in voting.board.history][-3:] == [
        "archived the board",
        "made Maria a host",
        "opened the archived board again",
    ]


def test_what_is_decided_before_anyone_voted_is_decided_without_a_vote(meeting):
    def decided():
        meeting.do(act.Decide(option="flask", because="Small."), "host")
        return meeting.board.decision.without_vote

    assert decided() is True
    meeting.open()
    meeting.do(act.RevealRound(round=1), "host")
    assert decided() is True
    meeting.open()
    meeting.vote("ann", "flask")
    meeting.do(act.RevealRound(round=2), "host")
    assert decided() is UNSET
    meeting.open()
    meeting.do(act.RevealRound(round=3), "host")
    assert decided() is UNSET


def test_further_discussion_can_be_decided_for_where_it_won(meeting):
    further = act.Decide(option="further-discussion", because="None is ready.")
    refused(meeting.do(further, "host"), Code.NO_SUCH_OPTION, "further-discussion")
    meeting.open("single", further_discussion=True)
    meeting.vote("ann", "flask")
    meeting.do(act.RevealRound(round=1), "host")
    meeting.open("single", further_discussion=True)
    meeting.vote("ann", "further-discussion")
    meeting.do(act.RevealRound(round=2), "host")
    assert meeting.do(further, "host").board
    assert meeting.board.decision.option == "further-discussion"
    assert meeting.board.history[-1].what == "decided for Further discussion"
    meeting.open("single")
    meeting.do(act.RevealRound(round=3), "host")
    refused(meeting.do(further, "host"), Code.NO_SUCH_OPTION, "further-discussion")


def test_under_earlier_rules_further_discussion_stays_no_option(meeting):
    meeting.open("single", further_discussion=True)
    meeting.vote("ann", "further-discussion")
    meeting.do(act.RevealRound(round=1), "host")
    further = act.Decide(option="further-discussion", because="None is ready.")
    old = act.Entry(rules=3, by="host", action=further)
    refused(meeting.do(old), Code.NO_SUCH_OPTION, "further-discussion")


def test_the_decision_is_kept_with_its_reason_and_can_be_made_again(voting):
    voting.do(act.RevealRound(round=1), "host")
    voting.do(act.Decide(option="flask", because="Small.", revisit_on="2027-06-01"), "host")
    voting.do(act.Decide(option="django", because="On second thoughts."), "host")
    decision = voting.board.decision
    assert (decision.option, decision.revisit_on) == ("django", None)
    assert decision.at == voting.log[-1][1]
    assert voting.board.round.settings.visibility is Visibility.ON_REVEAL
    assert decision.at > T0
