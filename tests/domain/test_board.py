import contextlib
import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, structs

from server.domain import actions as act
from server.domain import board as board_module
from server.domain import deduplication
from server.domain.board import Board
from server.domain.changes import Change
from server.domain.methods import METHODS
from server.domain.refusals import Code, Refusal, Refused
from server.domain.rounds import State
from server.domain.rules import (
    BoardSettings,
    Comments,
    Names,
    RoundSettings,
    TieBreak,
    Visibility,
)
from server.domain.tie_break import break_tie
from server.live import messages
from server.live.views import (
    Audience,
    board_view,
    comment_views,
    parts_of,
    people_view,
    round_view,
    talk_counts,
)
from support.strategies import (
    AUDIENCES,
    COMMENTS,
    CRITERIA,
    EXAMPLES,
    OPTIONS,
    PSEUDONYMS,
    RIGHT_BALLOTS,
    SEATS,
    T0,
    Meeting,
    create,
    entry,
    logs,
    many,
    option,
    replayed,
    rounds_beside,
    seats,
    snapshot,
    talks,
    told,
    told_of_sealed,
    visible,
)


@many
@given(logs(), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8)), max_size=25))
def test_late_and_repeated_entries_change_nothing(log, arrivals):
    late = Board()
    for first, length in arrivals:
        # What is too early is a hole, and a replica does not apply it.
        for seq, at, happened in log[min(first, late.seq) :][:length]:
            late.apply(seq, at, happened)
    for seq, at, happened in log:
        late.apply(seq, at, happened)
    assert visible(late) == visible(replayed(log))
    assert told(late) == told(replayed(log))
    assert snapshot(late).keys() == snapshot(replayed(log)).keys()
    assert late.seq == len(log)


@many
@given(logs())
def test_the_log_survives_its_encoding(log):
    decoded = [(seq, at, act.decode(act.encode(happened))) for seq, at, happened in log]
    assert [each for _, _, each in decoded] == [each for _, _, each in log]
    assert visible(replayed(decoded)) == visible(replayed(log))
    assert told(replayed(decoded)) == told(replayed(log))


@many
@given(logs())
def test_the_same_message_again_changes_nothing_and_tells_its_position(log):
    board = replayed(log)
    done, refused, before = {}, {}, Board()
    for seq, at, happened in log:
        outcome = before.apply(seq, at, happened)
        if isinstance(outcome, Refusal) and isinstance(happened.action, PROPOSERS_OWN):
            continue  # It is judged again, as by a reader of the log who does not find it.
        if happened.idempotency_key and happened.idempotency_key not in done | refused:
            (refused if isinstance(outcome, Refusal) else done)[happened.idempotency_key] = (
                outcome if isinstance(outcome, Refusal) else seq
            )
    seen = snapshot(board)
    for n, (_, at, happened) in enumerate(log, 1):
        if happened.idempotency_key in refused:
            assert board.apply(len(log) + n, at, happened) == refused[happened.idempotency_key]
        if happened.idempotency_key in done:
            again = board.apply(len(log) + n, at, happened)
            assert again.duplicate_of == done[happened.idempotency_key]
            assert not any((again.board, again.round, again.tally, again.people, again.comments))
    # Where a text was said twice the board notes both places, so that both are erased.
    for each in (seen, now := snapshot(board)):
        for comment in each["comments"].values():
            comment.entries.clear()
        for proposal in each["proposals"]["_all"].values():
            proposal.entries.clear()
    assert now == seen


def but_answers(board):
    """All that a board holds but what it notes of a refusal: the answer, the place in the log of
    what goes with a comment, and what a host did to one that is not there.
    """
    held = {name: it for name, it in snapshot(board).items() if name not in NOTED}
    for comment in held["comments"].values():
        comment.entries.clear()
    held["proposals"]["_refused"].clear()
    return held


PROPOSERS_OWN = act.Propose | act.WithdrawProposal
NOTED = {"_seen", "_deferred"}


@many
@given(logs())
def test_what_is_refused_changes_nothing_and_was_told_beforehand(log):
    board = Board()
    for seq, at, happened in log:
        before, position = but_answers(board), board.seq
        try:
            board.check(at, happened)
            foretold = None
        except Refused as refused:
            foretold = refused.refusal
        assert but_answers(board) == before
        assert board.seq == position
        outcome = board.apply(seq, at, happened)
        if isinstance(outcome, Refusal):
            assert but_answers(board) == before
            assert foretold == outcome
            assert outcome.message.endswith(".")
        elif foretold is not None:
            # Only asked beforehand: the comment that is answered, or was here, may be erased later.
            if isinstance(happened.action, act.Propose):
                assert board.proposals.get(happened.action.proposal).withdrawn
                continue
            assert isinstance(happened.action, act.Comment)
            assert happened.action.parent or board.comments[happened.action.comment].deleted


@many
@given(logs(size=60))
def test_the_tally_kept_step_by_step_is_the_one_counted_from_scratch(log):
    board = Board()
    for seq, at, happened in log:
        board.apply(seq, at, happened)
        for each in board.rounds:
            resync = METHODS[each.method](each.names, each.settings).tally()
            for ballot in each.ballots.values():
                resync.add(ballot)
            counted = break_tie(
                resync.result(), each.settings.tie_break, each.tie_order, each.names
            )
            assert each.result() == counted
            assert each.voters == resync.voters == len(each.ballots)


def rounds_of(method):
    raw = st.sampled_from(RIGHT_BALLOTS[method])
    ties = st.sampled_from(TieBreak)
    return st.tuples(
        st.just(method), ties, st.lists(st.tuples(seats, st.none() | raw), max_size=20)
    )


@many
@given(st.sampled_from(list(METHODS)).flatmap(rounds_of), st.randoms(use_true_random=False))
def test_the_order_in_which_voters_come_does_not_matter(meeting, shuffle):
    method, tie_break, ballots = meeting

    def held(happened):
        room = Meeting(create(criteria=CRITERIA))
        settings = RoundSettings(visibility=Visibility.LIVE, tie_break=tie_break)
        drawn = OPTIONS[::-1] if tie_break is TieBreak.LOT else ()
        room.do(act.OpenRound(method=method, settings=settings, drawn=drawn), "host")
        for seat, raw in happened:
            action = act.Withdraw(round=1) if raw is None else act.Vote(round=1, ballot=raw)
            assert isinstance(room.do(action, seat), Change)
        return room.board.round

    last = list(dict(ballots).items())
    shuffle.shuffle(last)
    assert held(ballots).result() == held(last).result()
    assert held(ballots).voters == held(last).voters


SECRETS = ("sealed-words-one", "sealed-words-two")
RESULT = (
    b"totals",
    b"winners",
    b"decided_by",
    b"steps",
    b"insights",
    b"verdict",
    b"pairwise",
    b"histogram",
)


def everyone(board):
    """Give each kind of person on a board, and whether they see the current result."""
    current = board.round
    for host in (False, True):
        for seat in (None, *SEATS):
            voter = PSEUDONYMS.voter(seat, board.code, current) if seat and current else None
            sees = current is not None and current.shows_result_to(
                voter=voter, early_host=host and board.settings.host_sees_results
            )
            yield Audience(host=host, result=sees)


def sent(board, audience):
    """Give all that someone can be sent or fetch, as bytes, but rounds that are revealed."""
    beside = rounds_beside(board)
    return messages.encode(
        [
            parts_of(board, audience),
            people_view(board, set(SEATS), PSEUDONYMS),
            list(board.history),
            [each for each in beside if each.round.state is not State.REVEALED],
        ]
    )


@many
@given(logs())
def test_what_someone_may_not_see_is_in_nothing_they_are_sent(log):
    board = replayed(log)
    for id_, text in enumerate(SECRETS):
        said = {"comment": f"secret {id_}", "option": board.options[0].id, "kind": act.Kind.RISK}
        board.apply(board.seq + 1, T0, entry(act.Comment(text=text, **said), "ann"))
        hide = act.HideComment(comment=f"secret {id_}", on=True)
        board.apply(board.seq + 1, T0, entry(hide, "host"))
    for audience in everyone(board):
        shown = sent(board, audience)
        if not audience.host:
            assert not any(secret.encode() in shown for secret in SECRETS)
        if not audience.result:
            assert not any(word in shown for word in RESULT)
        # Who is meant by a seat is no one's business on any page.
        assert b'"ballots"' not in shown
        assert b'"author"' not in shown
        assert not any(
            voter.encode() in shown
            for each in board.rounds
            if each.settings.names is Names.SECRET
            for voter in each.ballots
            if voter not in (*SEATS, "host", "")
        )


@many
@given(logs(size=60))
def test_where_a_result_is_hidden_other_ballots_would_look_the_same(log):
    board, twin = replayed(log), Board()
    for seq, at, happened in log:
        outcome = twin.apply(seq, at, with_another_ballot(twin, at, happened))
        assert isinstance(outcome, Refusal | Change)
    for audience, same in zip(everyone(board), everyone(twin), strict=True):
        assert audience == same
        if not audience.result:
            assert sent(board, audience) == sent(twin, audience)


def with_another_ballot(board, at, happened):
    """Have the same person vote at the same time for something else, where they may vote."""
    try:
        board.check(at, happened)
    except Refused:
        return happened
    if not isinstance(happened.action, act.Vote):
        return happened
    others = []
    for raw in RIGHT_BALLOTS[board.round.method]:
        with contextlib.suppress(Refused):
            others.append((board.round.read(raw), raw))
    voted = board.round.read(happened.action.ballot)
    another = next((raw for ballot, raw in others if ballot != voted), happened.action.ballot)
    return structs.replace(happened, action=structs.replace(happened.action, ballot=another))


@many
@given(logs(size=60))
def test_a_secret_round_shows_no_one_who_voted_what(log):
    board = replayed(log)
    for beside in rounds_beside(board):
        current = board.rounds[beside.round.n - 1]
        if current.settings.names is Names.SECRET or current.state is not State.REVEALED:
            assert beside.ballots is UNSET
        if current.settings.names is Names.SECRET:
            assert b'"names":[' not in messages.encode(beside)


def test_a_hidden_result_is_seen_by_no_one_before_the_reveal_and_by_all_after():
    meeting = Meeting()
    meeting.open("approval", visibility=Visibility.ON_REVEAL)
    meeting.vote("ann", "flask")
    current = meeting.board.round
    assert not current.shows_result_to(voter="ann", early_host=False)
    assert not current.shows_result_to(voter=None, early_host=False)
    assert current.shows_result_to(voter=None, early_host=True)
    meeting.do(act.LockRound(round=1), "host")
    assert not current.shows_result_to(voter="ann", early_host=False)
    meeting.do(act.RevealRound(round=1), "host")
    assert current.shows_result_to(voter=None, early_host=False)


@many
@given(logs(size=40))
def test_what_was_erased_leaves_the_same_board_for_those_who_read_the_log_later(log):
    board, erased, refused = Board(), set(), set()
    for seq, at, happened in log:
        outcome = board.apply(seq, at, happened)
        if isinstance(outcome, Change):
            erased |= set(outcome.erased)
        else:
            refused.add(seq)
    later = replayed([row for row in log if row[0] not in erased])
    assert talk(later) == talk(board)
    assert without_talk(later) == without_talk(board)
    assert visible(later) == visible(board)
    assert told(later) == told(board)
    assert told_of_sealed(later) == told_of_sealed(board)
    for audience in AUDIENCES:
        assert parts_of(later, audience) == parts_of(board, audience)
    for limit, about in itertools.product((1, 5), (None, *OPTIONS)):
        assert pages(later, limit, about) == pages(board, limit, about)
    assert talk_counts(later) == talk_counts(board)
    # Of a deleted comment the log holds no word that ever stood on the board.
    found = {id_: board.comments.find(id_) for id_ in COMMENTS}
    gone = {id_ for id_, said in found.items() if said and said.deleted}
    for seq, _, happened in log:
        said = happened.action
        if isinstance(said, act.Comment | act.EditComment) and said.comment in gone:
            assert seq in erased | refused


@settings(max_examples=max(EXAMPLES, 100))
@given(talks(), st.randoms(use_true_random=False))
def test_whenever_someone_reads_the_log_and_whatever_was_erased_by_then_the_board_is_one(log, dice):
    boards, erasures = [Board()], []
    for seq, row in enumerate(log, 1):
        for board in boards:
            outcome = board.apply(*row)
            if isinstance(outcome, Change) and outcome.erased:
                erasures.append(outcome.erased)
        if dice.random() < 0.2:
            # What was to be erased may or may not be by now; later it will.
            gone = {at for each in erasures if dice.random() < 0.8 for at in each}
            boards.append(replayed([row for row in log[:seq] if row[0] not in gone]))
    gone = {at for each in erasures for at in each}
    boards.append(replayed([row for row in log if row[0] not in gone]))
    live, *later = boards
    for board in later:
        assert visible(board) == visible(live)
        assert told(board) == told(live)
        assert told_of_sealed(board) == told_of_sealed(live)
        assert talk_counts(board) == talk_counts(live)
        assert pages(board, 2, None) == pages(live, 2, None)


def pages(board, limit, option):
    """Give the talk as it is asked for over HTTP, in both orders, and what came since."""
    shown, before = [], None
    while True:
        page = board.comments.newest(limit, before=before, option=option)
        shown.append(
            comment_views(board, AUDIENCES[-1], board.comments.with_replies(page.comments)[0])
        )
        before = page.before
        if before is None:
            break
    supported = board.comments.supported(limit, option=option)
    since = [
        comment_views(board, AUDIENCES[-1], board.comments.since(seq))
        for seq in range(0, board.seq, 7)
    ]
    return shown, comment_views(board, AUDIENCES[-1], supported), since


def talk(board):
    return {
        audience: sorted(messages.encode(view) for view in comment_views(board, audience))
        for audience in AUDIENCES
    }


def without_talk(board):
    return messages.encode(
        [
            board_view(board),
            [round_view(r) for r in board.rounds],
            [r.result() for r in board.rounds],
        ]
    )


def test_an_empty_board_takes_nothing_but_its_creation():
    board = Board()
    refused = board.apply(1, T0, entry(act.Rename(name="Ann")))
    assert refused == Refusal(Code.NOT_UNDERSTOOD, "A board is created once, before anything else.")
    assert isinstance(board.apply(2, T0, create()), Change)
    assert board.apply(3, T0, create()).code is Code.NOT_UNDERSTOOD
    assert board.seq == 3
    assert [o.id for o in board.options] == list(OPTIONS)


def test_a_repeat_is_known_for_a_while_and_the_oldest_are_forgotten(monkeypatch):
    monkeypatch.setattr(deduplication, "REMEMBERED", 3)
    meeting = Meeting()
    for n in range(5):
        meeting.do(act.Rename(name=f"Name {n}"), idempotency_key=f"message {n}")
    assert meeting.do(act.Rename(name="x"), idempotency_key="message 4").duplicate_of == 6
    assert meeting.do(act.Rename(name="y"), idempotency_key="message 2").duplicate_of == 4
    assert meeting.do(act.Rename(name="z"), idempotency_key="message 1").duplicate_of is None


def test_on_a_full_board_only_hosts_act_and_what_was_done_stays_known(monkeypatch):
    meeting = Meeting()
    meeting.open()
    vote = act.Vote(round=1, ballot={"approve": []})
    meeting.do(vote, idempotency_key="m")
    monkeypatch.setattr(board_module, "MAX_ENTRIES", meeting.board.seq)

    def ask(action, **more):
        meeting.board.check(T0, act.Entry(by="ann", action=action, **more))

    for action in (vote, act.Withdraw(round=1), act.Rename(name="Ann")):
        with pytest.raises(Refused, match="This board is full") as found:
            ask(action)
        assert found.value.code is Code.TOO_MANY
    ask(vote, idempotency_key="m")
    ask(act.LockRound(round=1), host=next(iter(meeting.board.hosts)))
    monkeypatch.undo()
    ask(vote)
    # It is full as well when what was done is large.
    meeting.board.size = board_module.MAX_BYTES
    with pytest.raises(Refused, match="This board is full"):
        ask(vote)
    ask(act.LockRound(round=1), host=next(iter(meeting.board.hosts)))
    # What stands in the log counts, whatever the limit was when it was asked for.
    assert isinstance(meeting.do(vote, "bob"), Change)


def test_a_message_that_stands_in_the_log_twice_is_refused_twice():
    # Its first copy was refused, and so its sender was told. It must not count after all.
    meeting = Meeting()
    meeting.open("single")
    vote = act.Vote(round=2, ballot={"choice": "flask"})
    refused = meeting.do(vote, idempotency_key="m")
    assert refused.code is Code.NO_SUCH_ROUND
    meeting.do(act.RevealRound(round=1), "host")
    meeting.open("single")
    assert meeting.do(vote, idempotency_key="m") == refused
    assert meeting.board.round.voters == 0
    assert meeting.do(vote, idempotency_key="another").voter == "ann"


def test_a_thousand_votes_cost_no_more_each_than_ten():
    meeting = Meeting()
    meeting.open("approval", visibility=Visibility.LIVE)
    dice = random.Random(7)
    for n in range(1000):
        meeting.vote(f"seat {n}", *dice.sample(OPTIONS, 2))
    result = meeting.board.round.result()
    assert sum(result.totals.values()) == 2000
    assert meeting.board.round.state is State.OPEN


def test_settings_are_part_of_the_creation():
    meeting = Meeting(create(settings=BoardSettings(comments=Comments.CLOSED, show_names=False)))
    assert meeting.say("ann").code is Code.NOT_ALLOWED
    assert RoundSettings() == RoundSettings(visibility=Visibility.ON_REVEAL)
    assert option("flask").name == "Flask"
