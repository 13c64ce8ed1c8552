from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.changes import Change
from server.domain.movement import SMALLEST
from server.domain.refusals import Refusal
from server.domain.rounds import State
from server.domain.rules import Names, Visibility
from server.domain.timeline import COARSE_MS, MOST_FRAMES, MOST_MOMENTS, Mark, Moment, thinned
from support.decisions import decide, meeting, reveal, whole_meeting
from support.replays import differences, played, timeline_of
from support.strategies import RIGHT_BALLOTS, SEATS, T0, Meeting, logs, many, replayed


def evenly(log):
    """Return a log of which no two entries are of the same time."""
    return [(seq, T0 + 1000 * n, entry) for n, (seq, _, entry) in enumerate(log)]


def marks(moments):
    return [moment.mark for moment in moments if moment.mark]


def secret(votes, *, extra=(), pauses=0, **settings):
    """A meeting with one secret round, in which `votes` are cast in this order."""
    made = Meeting()
    made.open(**settings)
    for voter, *chosen in votes:
        made.vote(voter, *chosen)
    for happened, by in extra:
        made.do(happened, by)
    made.do(act.LockRound(round=1), "host", after=pauses)
    reveal(made)
    return made


@many
@given(logs(size=60))
def test_its_end_is_the_board(log):
    told = timeline_of(log)
    until = log if told.hidden is None else [each for each in log if each[0] < told.hidden.seq]
    board = replayed(until)
    assert not differences(told.moments, board)
    if told.hidden is not None:
        (opening,) = (each for each in log if each[0] == told.hidden.seq)
        assert isinstance(opening[2].action, act.OpenRound)
        assert replayed(log).round.state is not State.REVEALED


@many
@given(logs(size=60), st.booleans())
def test_each_reveal_is_the_board_of_that_position(log, by_name):
    log = evenly(log)
    told = timeline_of(log, by_name=by_name)
    board = replayed(())
    for seq, at, entry in log:
        before = board.round and board.round.state
        board.apply(seq, at, entry)
        is_reveal = isinstance(entry.action, act.RevealRound)
        if is_reveal and board.round and board.round.state is State.REVEALED is not before:
            upto = [moment for moment in told.moments if moment.at <= at]
            assert upto[-1].mark is Mark.REVEALED
            assert not differences(upto, board)


@many
@given(logs(size=60))
def test_an_open_round_is_exact_at_every_position(log):
    log = evenly(log)
    told = timeline_of(log)
    board = replayed(())
    for seq, at, entry in log:
        board.apply(seq, at, entry)
        if told.hidden and seq >= told.hidden.seq:
            return
        if board.round is None or board.round.settings.names is Names.OPEN:
            assert not differences([each for each in told.moments if each.at <= at], board)


@many
@given(
    st.lists(st.sampled_from(RIGHT_BALLOTS["approval"]), max_size=40),
    st.randoms(use_true_random=False),
)
def test_a_secret_round_does_not_tell_who_cast_which_ballot_or_when(ballots, chance):
    """Whoever cast which of the ballots, and whatever was cast before, it tells the same."""

    def told(ballots, firsts):
        made = Meeting()
        made.open()
        for n, first in enumerate(firsts):
            made.cast(f"voter {n}", first)
        for n, ballot in enumerate(ballots):
            made.cast(f"voter {n}", ballot)
        made.do(act.LockRound(round=1), "host")
        reveal(made)
        return timeline_of(made.log).moments

    another = chance.sample(ballots, len(ballots))
    firsts = [chance.choice(ballots) for _ in ballots]
    moments = told(ballots, ballots)
    assert moments == told(another, firsts) == told(another, another)
    counts = [moment.voters for moment in moments if moment.voters is not moment.__class__]
    counts = [count for count in counts if isinstance(count, int)]
    assert counts[0] == 0
    assert counts[-1] == len(ballots)
    assert all(more - fewer >= SMALLEST for fewer, more in pairwise(counts[:-1]))
    if len(ballots) >= SMALLEST:
        assert counts[-1] - counts[-2] >= SMALLEST
    else:
        assert len(counts) == 2


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("voters", [1, 4, 5, 9, 10, 14, 23])
def test_a_secret_round_moves_in_groups_and_the_last_takes_the_rest(voters, visibility):
    made = secret([(f"voter {n}", "flask") for n in range(voters)], visibility=visibility)
    moments = timeline_of(made.log).moments
    steps = [each for each in moments if not each.mark]
    # Votes are a second apart: their times are told only to ten seconds, at most that of closing.
    assert all(
        each.at == made.log[-2][1] or not (each.at - made.board.round.opened_at) % COARSE_MS
        for each in steps
    )
    final = played(moments)
    assert (final["voters"], final["bars"].totals) == (voters, (0, voters, 0))
    # Until it is revealed, fewer than two groups show nothing.
    assert played(moments[:-1])["voters"] == (0 if voters < 2 * SMALLEST else steps[-1].voters)
    if steps:
        assert voters - steps[-1].voters >= SMALLEST


def test_a_ballot_that_was_withdrawn_or_struck_leaves_no_trace_in_a_secret_round():
    votes = [(f"voter {n}", "flask") for n in range(12)]
    plain = secret(votes)
    strays = [(f"stray {n}", "django") for n in range(3)]
    took_back = [(act.Withdraw(round=1), by) for by, _ in strays]
    other = secret([*votes, *strays], extra=took_back)
    bars = [m.bars for m in timeline_of(plain.log).moments if m.bars]
    assert [m.bars for m in timeline_of(other.log).moments if m.bars] == bars
    assert all(each.totals[0] == 0 for each in bars)


def test_names_that_the_board_hides_make_every_round_secret():
    made = whole_meeting(names=Names.OPEN)
    counts = [m.voters for m in timeline_of(made.log).moments if isinstance(m.voters, int)]
    assert counts == [0, 1, 2, 3, 3]
    hidden = timeline_of(made.log, by_name=False).moments
    assert [m.voters for m in hidden if isinstance(m.voters, int)] == [0, 3]


def test_its_marks():
    made = whole_meeting()
    made.do(act.Reopen(), "host")
    made.do(act.Defer(owner="Ann", because="Too early.", revisit_on="2027-06-01"), "host")
    made.open()
    made.do(act.LockRound(round=2), "host")
    made.do(act.ReopenRound(round=2), "host")
    assert marks(timeline_of(made.log).moments) == [
        Mark.CREATED,
        Mark.OPENED,
        Mark.REVEALED,
        Mark.DECIDED,
        Mark.TAKEN_BACK,
        Mark.DEFERRED,
    ]
    reveal(made)
    decide(made)
    decide(made, because="It is small, after all.")
    ending = [Mark.OPENED, Mark.CLOSED, Mark.REOPENED, Mark.REVEALED, Mark.DECIDED, Mark.DECIDED]
    assert marks(timeline_of(made.log).moments)[-6:] == ending


def test_a_round_that_is_not_revealed_is_not_in_it():
    made = whole_meeting()
    before = timeline_of(made.log)
    made.open(names=Names.OPEN, visibility=Visibility.LIVE)
    opened = made.log[-1]
    made.vote("ann", "tornado")
    made.do(act.LockRound(round=2), "host")
    after = timeline_of(made.log)
    assert after.moments == before.moments
    assert after.hidden == opened[:2]
    assert before.hidden is None
    reveal(made)
    assert timeline_of(made.log).hidden is None


@pytest.mark.slow
@pytest.mark.parametrize("method", ["approval", "ranked"])
def test_however_many_vote_it_is_bounded_and_what_it_tells_is_so(method):
    made = meeting()
    for _ in range(3):
        made.open(method, names=Names.OPEN)
        for n in range(1200):
            made.cast(SEATS[n % 4], RIGHT_BALLOTS[method][n % 6])
        reveal(made)
    moments = timeline_of(made.log).moments
    assert MOST_FRAMES / 2 < len(moments) <= MOST_MOMENTS
    assert len(marks(moments)) == 7
    assert moments == sorted(moments, key=lambda moment: moment.at)
    board, position = replayed(()), 0
    for n, moment in enumerate(moments):
        while position < len(made.log) and made.log[position][1] <= moment.at:
            board.apply(*made.log[position])
            position += 1
        assert not differences(moments[: n + 1], board)


def test_thinning_keeps_the_end_and_the_marks_if_it_can():
    moments = [Moment(at=n, voters=n) for n in range(100)]
    moments[50] = Moment(at=50, mark=Mark.CLOSED, voters=50)
    few = thinned(moments, 10)
    assert 2 < len(few) <= 10
    assert few[-1] == moments[-1]
    assert moments[50] in few
    only_marks = [Moment(at=n, mark=Mark.DECIDED, voters=n) for n in range(100)]
    few = thinned(only_marks, 10)
    assert 2 < len(few) <= 10
    assert few[-1] == only_marks[-1]
    assert thinned(moments, 100) == moments
    same = [Moment(at=7, voters=n) for n in range(9)]
    assert thinned(same, 3) == [same[-1]]


def test_what_was_refused_or_is_a_repeat_is_not_in_it():
    made = meeting()
    made.open()
    assert isinstance(made.vote("ann", "nothing"), Refusal)
    made.vote("ann", "flask")
    first = made.do(act.RevealRound(round=1), "host", idempotency_key="1")
    assert isinstance(first, Change)
    again = made.do(act.RevealRound(round=1), "host", idempotency_key="1")
    assert again.duplicate_of
    assert marks(timeline_of(made.log).moments) == [Mark.CREATED, Mark.OPENED, Mark.REVEALED]
