import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain import proposals as limits
from server.domain.board import Board
from server.domain.changes import Change
from server.domain.criteria import MAX_CRITERIA, Criterion
from server.domain.proposals import ProposalState
from server.domain.refusals import Code, Refusal, Refused
from server.domain.rules import BoardSettings, BoardSettingsChange, Proposing
from server.live.views import board_view, own_proposals, proposal_views
from support.strategies import (
    CRITERIA,
    SEATS,
    Meeting,
    create,
    entry,
    many,
    option,
    refused,
    replayed,
    suggestions,
    told,
    visible,
)

WITHDRAWN = "withdrawn"
OPEN = create(settings=BoardSettings(proposals=Proposing.OPEN))


@pytest.fixture
def meeting():
    return Meeting(OPEN)


def propose(name="Quart", id_="p1", **more):
    return act.Propose(proposal=id_, name=name, **more)


def accept(id_="p1", made="quart", **more):
    return act.AcceptProposal(proposal=id_, option=option(made), **more)


def states(board):
    return {each.id: WITHDRAWN if each.withdrawn else each.state for each in board.proposals}


def test_a_proposal_becomes_an_option_with_its_words_its_proposer_and_an_answer(meeting):
    meeting.do(act.Rename(name="Ann"), "ann")
    made = meeting.do(propose(strapline="Like Flask, async."), "ann")
    assert made == Change(proposals=True, proposer="ann")
    (shown,) = proposal_views(meeting.board)
    assert (shown.name, shown.strapline, shown.proposer) == ("Quart", "Like Flask, async.", "Ann")
    change = meeting.do(accept(word="Good idea."), "host")
    assert change == Change(board=True, proposals=True, proposer="ann")
    assert proposal_views(meeting.board) == []
    assert meeting.board.options[-1].id == "quart"
    assert board_view(meeting.board).proposed_by == {"quart": "Ann"}
    (own,) = own_proposals(meeting.board, "ann")
    assert (own.state, own.option, own.word) == (ProposalState.ACCEPTED, "quart", "Good idea.")
    assert own_proposals(meeting.board, "ben") == []


def test_where_names_are_not_shown_no_one_learns_who_proposed_what(meeting):
    meeting.do(act.Rename(name="Ann"), "ann")
    meeting.do(propose(), "ann")
    meeting.do(propose("Falcon", "p2"), "ben")
    meeting.do(accept(), "host")
    meeting.do(act.SetBoard(settings=BoardSettingsChange(show_names=False)), "host")
    assert b"Ann" not in visible(meeting.board) + told(meeting.board)
    meeting.do(act.SetBoard(settings=BoardSettingsChange(show_names=True)), "host")
    assert board_view(meeting.board).proposed_by == {"quart": "Ann"}


def test_the_credit_stays_with_an_option_that_is_edited_and_goes_with_it(meeting):
    meeting.do(act.Rename(name="Ann"), "ann")
    meeting.do(propose(), "ann")
    meeting.do(accept(), "host")
    meeting.do(act.EditOption(option=option("quart", strapline="Async")), "host")
    assert board_view(meeting.board).proposed_by == {"quart": "Ann"}
    meeting.do(act.RemoveOption(option="quart"), "host")
    meeting.do(act.AddOption(option=option("quart")), "host")
    assert not board_view(meeting.board).proposed_by


def test_proposals_are_off_until_the_host_allows_them_and_what_waits_outlives_that(meeting):
    off = Meeting()
    refused(off.do(propose()), Code.NOT_ALLOWED, "does not take proposals right now")
    meeting.do(propose(), "ann")
    meeting.do(act.SetBoard(settings=BoardSettingsChange(proposals=Proposing.CLOSED)), "host")
    refused(meeting.do(propose("Falcon", "p2")), Code.NOT_ALLOWED, "right now")
    assert meeting.do(accept(), "host").board


def test_a_name_that_is_there_is_refused_by_the_name_it_has(meeting):
    for name in ("flask", " FLASK", "ﬂask"):
        refused(meeting.do(propose(name)), Code.BAD_SETTINGS, "already has the option “Flask”")
    meeting.do(propose("Quart"), "ann")
    refused(
        meeting.do(propose("\N{FULLWIDTH LATIN CAPITAL LETTER Q}UART", "p2"), "ben"),
        Code.BAD_SETTINGS,
        "“Quart” has already",
    )
    meeting.do(act.WithdrawProposal(proposal="p1"), "ann")
    assert meeting.do(propose("quart", "p3"), "ben").proposals


def test_while_a_round_is_on_a_proposal_is_made_merged_and_declined_but_waits_to_be_accepted(
    meeting,
):
    meeting.open()
    for n, name in enumerate(("Quart", "Falcon", "Bottle"), 1):
        assert meeting.do(propose(name, f"p{n}"), "ann").proposals
    refused(meeting.do(accept(), "host"), Code.ROUND_OPEN, "it will be in the next round")
    assert meeting.do(act.MergeProposal(proposal="p2", option="flask"), "host").proposals
    assert meeting.do(act.DeclineProposal(proposal="p3", word="Too old."), "host").proposals
    meeting.do(act.RevealRound(round=1), "host")
    assert meeting.do(accept(), "host").board


def test_a_decided_board_takes_no_more_proposals_and_its_hosts_answer_what_waits(meeting):
    meeting.do(propose(), "ann")
    meeting.do(act.Decide(option="flask", because=""), "host")
    refused(meeting.do(propose("Falcon", "p2")), Code.NOT_ALLOWED, "decision is made")
    assert meeting.do(act.DeclineProposal(proposal="p1", word="Too late."), "host").proposals
    meeting.do(act.Reopen(), "host")
    assert meeting.do(propose("Falcon", "p2")).proposals


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (accept(), "already accepted"),
        (act.MergeProposal(proposal="p1", option="flask"), "already merged"),
        (act.DeclineProposal(proposal="p1", word="No."), "already declined"),
    ],
)
def test_a_proposal_is_answered_once_and_then_not_taken_back(meeting, answer, words):
    meeting.do(propose(), "ann")
    meeting.do(answer, "host")
    before = visible(meeting.board) + told(meeting.board)
    for second in (
        accept(made="bottle"),
        act.MergeProposal(proposal="p1", option="django"),
        act.DeclineProposal(proposal="p1", word="Yes?"),
        act.WithdrawProposal(proposal="p1"),
    ):
        refused(meeting.do(second, "ann"), Code.NOT_ALLOWED, words)
    assert visible(meeting.board) + told(meeting.board) == before


def test_what_cannot_be_accepted_or_merged_still_waits(meeting):
    meeting.do(propose(), "ann")
    meeting.do(act.AddOption(option=option("quart")), "host")
    refused(meeting.do(accept(), "host"), Code.BAD_SETTINGS, "already has 'Quart'")
    gone = act.MergeProposal(proposal="p1", option="nothing")
    refused(meeting.do(gone, "host"), Code.NO_SUCH_OPTION, "no option")
    assert [each.id for each in proposal_views(meeting.board)] == ["p1"]
    assert meeting.do(act.MergeProposal(proposal="p1", option="quart"), "host").proposals


def test_only_its_author_takes_a_proposal_back_and_its_text_is_erased(meeting):
    meeting.do(propose(strapline="Secret"), "ann", idempotency_key="m")
    meeting.do(propose(strapline="Secret"), "ann")
    not_yours = meeting.do(act.WithdrawProposal(proposal="p1"), "ben")
    refused(not_yours, Code.NOT_ALLOWED, "Only the person who made")
    change = meeting.do(act.WithdrawProposal(proposal="p1"), "ann")
    # The entry that was refused would count for a reader who no longer finds the proposal.
    assert change == Change(proposals=True, proposer="ann", erased=(2, 3, 4))
    gone = meeting.do(act.WithdrawProposal(proposal="p1"), "ann")
    refused(gone, Code.NO_SUCH_PROPOSAL, "was taken back")
    assert meeting.do(propose(strapline="Secret"), "ann") == Change(erased=(7,))
    assert own_proposals(meeting.board, "ann") == []
    with pytest.raises(Refused) as caught:
        meeting.board.check(meeting.now, entry(propose("Other"), "ann"))
    assert caught.value.code is Code.NO_SUCH_PROPOSAL


def test_the_id_of_a_proposal_is_its_authors(meeting):
    meeting.do(propose(), "ann")
    refused(meeting.do(propose("Falcon"), "ben"), Code.NOT_ALLOWED, "belongs to someone else")
    refused(meeting.do(propose("Falcon"), "ann"), Code.NOT_ALLOWED, "another proposal with this id")
    assert meeting.do(propose(), "ann") == Change()


def test_the_limits_hold_for_a_seat_and_for_a_board(meeting, monkeypatch):
    monkeypatch.setattr(limits, "MAX_WAITING", 5)
    numbers = itertools.count()

    def one(by):
        n = next(numbers)
        return meeting.do(propose(f"Option {n}", f"x{n}"), by)

    for _ in range(limits.MAX_WAITING_OF_SEAT):
        assert one("ann").proposals
    refused(one("ann"), Code.TOO_MANY, "3 of your proposals already wait")
    assert one("ben").proposals
    assert one("cleo").proposals
    refused(one("dan"), Code.TOO_MANY, "5 proposals already wait")
    meeting.do(act.DeclineProposal(proposal="x0", word="No."), "host")
    assert one("ann").proposals
    made = limits.MAX_WAITING_OF_SEAT + 1
    for waiting in proposal_views(meeting.board):
        meeting.do(act.DeclineProposal(proposal=waiting.id, word="No."), "host")
    for _ in range(limits.MAX_OF_SEAT - made):
        assert one("ann").proposals
        meeting.do(act.WithdrawProposal(proposal=f"x{next(numbers) - 1}"), "ann")
    refused(one("ann"), Code.TOO_MANY, "at most 20 proposals")
    monkeypatch.setattr(limits, "MAX_PROPOSALS", 22)
    refused(one("ben"), Code.TOO_MANY, "takes at most 22 proposals")


def test_history_says_what_hosts_did_and_quotes_no_proposal_that_is_not_an_option(meeting):
    for n, name in enumerate(("Quart", "Falcon", "Bottle"), 1):
        meeting.do(propose(name, f"p{n}", strapline="Because"), "ann")
    meeting.do(act.SetBoard(settings=BoardSettingsChange(proposals=Proposing.CLOSED)), "host")
    meeting.do(accept(word="Yes"), "host")
    meeting.do(act.MergeProposal(proposal="p2", option="flask", word="Same"), "host")
    meeting.do(act.DeclineProposal(proposal="p3", word="Too old"), "host")
    assert [each.what for each in meeting.board.history][1:] == [
        "closed proposals",
        "accepted the proposal Quart",
        "merged a proposal into Flask",
        "declined a proposal",
    ]


# What processes agree on, whatever was erased before they read the log.


def criteria(**board):
    return Meeting(
        create(settings=BoardSettings(proposals=Proposing.CRITERIA), criteria=CRITERIA, **board)
    )


def accept_criterion(made, id_="p1", name="Upkeep", by="host"):
    made_of = Criterion(id=name.lower(), name=name)
    return made.do(act.AcceptProposal(proposal=id_, criterion=made_of), by)


def test_while_the_host_asks_for_criteria_people_propose_those():
    made = criteria()
    # An option may have the same name: it is another thing.
    made.do(propose("Flask", "p0"), "ann")
    assert refused(
        made.do(propose("speed", "p2"), "ann"), Code.BAD_SETTINGS, "has the criterion “Speed”"
    )
    made.do(propose("Upkeep", strapline="It is ours for years."), "ann")
    assert [each.about for each in proposal_views(made.board)] == ["criteria", "criteria"]
    assert own_proposals(made.board, "ann")[1].about == "criteria"
    outcome = made.do(accept(), "host")
    assert refused(outcome, Code.NO_SUCH_PROPOSAL, "This proposal does not exist")
    assert accept_criterion(made) == Change(board=True, proposals=True, proposer="ann")
    assert [each.name for each in made.board.criteria] == ["Speed", "Hiring", "Upkeep"]
    assert made.board.history[-1].what == "accepted a proposal as the criterion Upkeep"
    assert len(made.board.options) == 3
    merge = act.MergeProposal(proposal="p0", option="flask")
    assert refused(made.do(merge, "host"), Code.NO_SUCH_OPTION, "no criterion with the id 'flask'")
    made.do(act.MergeProposal(proposal="p0", option="speed"), "host")
    assert made.board.history[-1].what.endswith("Speed")
    assert told(replayed(made.log)) == told(made.board)


def test_a_criterion_is_accepted_between_rounds_once_and_up_to_a_limit():
    made = criteria()
    made.do(propose("Upkeep"), "ann")
    made.open()
    assert refused(accept_criterion(made), Code.ROUND_OPEN, "Criteria can only change between")
    made.do(act.RevealRound(round=1), "host")
    assert refused(accept_criterion(made, name="Speed"), Code.BAD_SETTINGS, "the criterion “Speed”")
    full = tuple(Criterion(id=f"c{n}", name=f"C{n}") for n in range(MAX_CRITERIA))
    made.do(act.SetCriteria(criteria=full), "host")
    assert refused(accept_criterion(made), Code.TOO_MANY, "at most 20 criteria")


@many
@given(suggestions())
def test_no_proposal_is_lost_or_there_twice_and_each_is_answered_once(log):
    board, made, answered = Board(), {}, {}
    for seq, at, happened in log:
        gone = isinstance(happened.action, act.WithdrawProposal)
        if gone and board.proposals.get(happened.action.proposal) is None:
            continue  # No server logs this; in a log it stands for a proposal that was erased.
        outcome = board.apply(seq, at, happened)
        action = happened.action
        if isinstance(outcome, Refusal) or outcome == Change() or outcome.duplicate_of:
            continue
        if isinstance(action, act.Propose) and not outcome.erased:
            assert action.proposal not in made
            made[action.proposal] = happened.by
        elif isinstance(action, act.WithdrawProposal):
            assert made[action.proposal] == happened.by
            assert action.proposal not in answered
            answered[action.proposal] = WITHDRAWN
        elif isinstance(action, act.AcceptProposal):
            assert action.proposal not in answered
            answered[action.proposal] = ProposalState.ACCEPTED
        elif isinstance(action, act.MergeProposal | act.DeclineProposal):
            assert action.proposal not in answered
            merged = isinstance(action, act.MergeProposal)
            answered[action.proposal] = ProposalState.MERGED if merged else ProposalState.DECLINED
    assert states(board) == {id_: answered.get(id_, ProposalState.OPEN) for id_ in made}
    accepted = [id_ for id_, state in answered.items() if state is ProposalState.ACCEPTED]
    assert len(board.options) + len(board.criteria) == 3 + len(accepted)
    shown = [own.id for seat in SEATS for own in own_proposals(board, seat)]
    assert len(shown) == len(set(shown))
    assert set(shown) == {id_ for id_, s in states(board).items() if s != WITHDRAWN}


@many
@given(suggestions(), st.integers(0, 2**32))
def test_who_reads_the_log_after_something_was_erased_has_the_same_board(log, number):
    dice = random.Random(number)
    board, erased, keys = Board(), set(), set()
    for seq, at, drawn in log:
        happened, action = drawn, drawn.action
        if isinstance(action, act.WithdrawProposal) and (
            known := board.proposals.get(action.proposal)
        ):
            # As a client's request is made into an action.
            said = act.WithdrawProposal(proposal=action.proposal, said=known.idempotency_key)
            happened = act.Entry(rules=act.RULES, by=happened.by, action=said)
            log[seq - 1] = (seq, at, happened)
        outcome = board.apply(seq, at, happened)
        if isinstance(outcome, Change):
            erased |= set(outcome.erased)
            if isinstance(happened.action, act.WithdrawProposal):
                keys |= {happened.action.said} - {""}
        if dice.random() < 0.3 or seq == len(log):
            late = replayed([row for row in log[:seq] if row[0] not in erased])
            assert visible(late) == visible(board)
            assert told(late) == told(board)
            for key in keys:
                assert isinstance(board.answer_to(key), int)
                assert isinstance(late.answer_to(key), int)


@many
@given(suggestions())
def test_no_text_of_a_proposal_that_was_taken_back_is_left(log):
    board, erased = Board(), set()
    for row in log:
        outcome = board.apply(*row)
        erased |= set(outcome.erased) if isinstance(outcome, Change) else set()
    gone = {id_ for id_, state in states(board).items() if state is WITHDRAWN}
    last = {
        happened.action.proposal: seq
        for seq, _, happened in log
        if isinstance(happened.action, act.WithdrawProposal) and seq not in erased
    }
    for seq, _, happened in log:
        action = happened.action
        if isinstance(action, act.Propose) and action.proposal in gone:
            by_author = board.proposals.get(action.proposal).author == happened.by
            assert seq in erased or not by_author or seq > last[action.proposal]
