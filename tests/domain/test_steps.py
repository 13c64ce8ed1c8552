"""What may be concluded from results that move while a secret round is on."""

import hashlib
import time
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from model.reference_board import Round as ReferenceRound
from server.domain import actions as act
from server.domain.methods import Result
from server.domain.methods.base import Tally
from server.domain.movement import SMALLEST
from server.domain.rounds import Round, State
from server.domain.rules import BoardSettings, Names, RoundSettings, Visibility
from server.domain.steps import SINCE, Steps, smallest_step
from server.live.views import Audience, tally_view
from support.strategies import OPTIONS, T0, Meeting, create, many, option

EVERYONE = Audience(host=False, result=True)
HOST = Audience(host=True, result=True)


class Signed(Tally):
    """A count that tells whose ballots it counts, as no real one does: each bears its voter."""

    def __init__(self):
        super().__init__({})
        self.counted = Counter()

    def _count(self, ballot, sign):
        self.counted[ballot] += sign

    def result(self):
        assert set(self.counted.values()) <= {0, 1}
        ballots = dict(ballot for ballot, n in self.counted.items() if n)
        return Result(order=[], winners=[], totals=ballots, decided_by="", steps=[])

    def is_close(self, winner):
        return True

    def against(self, winner, cast):
        return iter(())


class Watched:
    """A room, and someone who notes each result that is shown."""

    def __init__(self):
        self.cast = {}
        self.steps = Steps(Signed(), lambda result: result)
        self.seen = []

    def vote(self, voter, choice):
        """Cast a ballot, or withdraw it (None)."""
        self.cast.pop(voter, None)
        if choice is not None:
            self.cast[voter] = (voter, choice)
        self.steps.note(voter, self.cast)
        shown = self.shown()
        if shown != (self.seen[-1] if self.seen else None):
            self.seen.append(shown)

    def shown(self):
        work = self.steps.counting()
        try:
            while True:
                next(work)
        except StopIteration as end:
            return dict(end.value.totals) if end.value else None

    @property
    def all(self):
        return {voter: choice for voter, (_, choice) in self.cast.items()}


def different(one, other):
    """How many people's ballots two results count differently."""
    return sum(one.get(voter) != other.get(voter) for voter in one.keys() | other.keys())


voters = st.integers(0, 24)
acts = st.lists(st.tuples(voters, st.sampled_from("xyz") | st.none()), max_size=150)
votes = st.lists(st.tuples(voters, st.sampled_from("xyz")), max_size=150)


@many
@given(acts)
def test_two_results_that_follow_each_other_differ_in_many_peoples_ballots(happened):
    room = Watched()
    for voter, choice in happened:
        before = len(room.seen)
        room.vote(voter, choice)
        for one, other in zip([{}, *room.seen][before:], room.seen[before:], strict=False):
            assert different(one, other) >= smallest_step(len(room.cast))
            assert len(other) >= SMALLEST
    assert None not in room.seen
    assert room.steps.voters == (len(room.seen[-1]) if room.seen else 0)


@many
@given(votes)
@example([(n, "x") for n in range(10)] + [(n % 5, "xyz"[n % 3]) for n in range(40)])
def test_what_the_reveal_adds_are_many_peoples_ballots_too(happened):
    """Whatever they change, and however often."""
    room = Watched()
    for voter, choice in happened:
        room.vote(voter, choice)
        if room.seen:
            assert different(room.seen[-1], room.all) >= smallest_step(len(room.cast))


@many
@given(acts)
def test_what_the_reveal_adds_is_less_only_if_people_withdrew_whose_ballots_were_never_shown(acted):
    room = Watched()
    withdrawn = set()
    for voter, choice in acted:
        shown = room.seen[-1] if room.seen else {}
        if choice is None and voter not in shown and voter in room.cast:
            withdrawn.add(voter)
        room.vote(voter, choice)
    if room.seen and not withdrawn:
        assert different(room.seen[-1], room.all) >= SMALLEST


@many
@given(votes, st.integers(0, 24))
def test_no_one_can_move_it_alone(happened, eve):
    room = Watched()
    for voter, choice in happened:
        room.vote(voter, choice)
    before = len(room.seen)
    for n in range(200):
        room.vote(eve, "xyz"[n % 3] if n % 7 else None)
    # One step may be due, which others had completed but for one.
    assert len(room.seen) <= before + 1


def test_a_ballot_that_is_changed_back_does_not_count_as_changed():
    room = Watched()
    for voter in range(10):
        room.vote(voter, "x")
    assert len(room.seen) == 1
    for _ in range(9):
        for voter in range(4):
            room.vote(voter, "y")
        for voter in range(3):
            room.vote(voter, "x")
    assert len(room.seen) == 1
    for voter in range(5):
        room.vote(voter, "y")
    assert len(room.seen) == 2


def test_few_ballots_are_never_shown_by_themselves_however_many_are_withdrawn():
    room = Watched()
    for voter in range(15):
        room.vote(voter, "x")
    assert len(room.seen[-1]) == 10
    for voter in range(10):
        room.vote(voter, None)
    assert len(room.seen[-1]) == 5
    seen = len(room.seen)
    for voter in range(15, 19):
        room.vote(voter, "x")
        assert len(room.seen) == seen
    room.vote(19, "x")
    assert list(room.seen[-1]) == [*range(10, 15)]


@pytest.mark.parametrize(
    ("voters", "k"), [(0, 5), (3, 5), (250, 5), (251, 6), (3000, 60), (10_000, 200)]
)
def test_a_step_grows_with_the_room(voters, k):
    assert smallest_step(voters) == k


def test_a_large_room_moves_in_some_two_hundred_steps_and_each_vote_costs_the_same():
    settings = RoundSettings(visibility=Visibility.LIVE)
    current = Round(1, "approval", settings, tuple(map(option, OPTIONS)), T0)
    moved, shown = 0, 0
    began = time.process_time()
    for n in range(10_000):
        current.cast(f"seat {n}", current.read({"approve": [OPTIONS[n % 3]]}))
        moved += current.shown_voters != shown
        shown = current.shown_voters
    assert 150 <= moved <= 250
    assert 10_000 - 2 * 200 <= shown <= 10_000 - 200
    assert time.process_time() - began < 5


def make(**settings):
    options = tuple(map(option, OPTIONS))
    return Round(1, "single", RoundSettings(**settings), options, T0)


def cast(current, n, choice="flask"):
    for voter in range(n):
        current.cast(f"seat {voter}", current.read({"choice": choice}))


def test_few_voters_see_what_they_would_see_of_a_hidden_round():
    current = make(visibility=Visibility.LIVE)
    cast(current, 9)
    assert current.shown_result() is None
    view = tally_view(current, EVERYONE)
    assert (view.voters, view.step) == (9, 5)
    assert not view.result
    assert not view.counted
    current.reveal(T0, at_once=False)
    assert current.shown_at > T0
    revealed = tally_view(current, EVERYONE)
    assert (revealed.voters, revealed.result.totals["flask"]) == (9, 9)
    assert not revealed.step
    assert not revealed.counted


def test_the_reveal_counts_every_ballot():
    current = make(visibility=Visibility.LIVE)
    cast(current, 14)
    shown = tally_view(current, EVERYONE)
    assert (shown.voters, shown.counted, shown.result.totals["flask"]) == (14, 5, 5)
    # Closing a round is not the end: it can be opened again, for one ballot.
    current.set_state(State.LOCKED)
    assert tally_view(current, EVERYONE) == shown
    current.reveal(T0, at_once=False)
    assert current.shown_at == T0
    assert tally_view(current, EVERYONE).result.totals["flask"] == 14


@pytest.mark.parametrize(
    ("settings", "early_host", "rules", "steps"),
    [
        ({"visibility": Visibility.LIVE}, False, SINCE, True),
        ({"visibility": Visibility.AFTER_VOTE}, False, SINCE, True),
        ({"visibility": Visibility.ON_REVEAL}, True, SINCE, True),
        ({"visibility": Visibility.ON_REVEAL}, False, SINCE, False),
        ({"visibility": Visibility.LIVE, "names": Names.OPEN}, True, SINCE, False),
        ({"visibility": Visibility.LIVE}, True, SINCE - 1, False),
    ],
)
def test_which_rounds_move_in_steps(settings, early_host, rules, steps):
    options = tuple(map(option, OPTIONS))
    made = RoundSettings(**settings)
    current = Round(1, "single", made, options, T0, rules=rules, early_host=early_host)
    cast(current, 1)
    assert (current.step == SMALLEST) is steps
    assert (current.shown_result() is None) is steps


def test_a_host_who_looks_ahead_sees_steps():
    meeting = Meeting(create(settings=BoardSettings(host_sees_results=True)))
    meeting.open("single")
    for n in range(12):
        meeting.vote(f"seat {n}", "flask")
    view = tally_view(meeting.board.round, HOST)
    assert (view.voters, view.counted, view.result.totals["flask"]) == (12, 5, 5)
    meeting.do(act.RevealRound(round=1), "host")
    assert tally_view(meeting.board.round, HOST).result.totals["flask"] == 12


def test_someone_who_comes_late_sees_the_same_step():
    """What is shown depends on the order of ballots, and not only on those that are there."""
    meeting = Meeting()
    meeting.open("ranked", visibility=Visibility.LIVE)
    order = sorted(range(60), key=lambda n: hashlib.sha256(b"%d" % n).digest())
    seen = []
    for n in order + order[::3]:
        meeting.cast(f"seat {n % 40}", {"ranking": [[OPTIONS[n % 3]], [OPTIONS[n % 2 - 1]]]})
        seen.append(tally_view(meeting.board.round, EVERYONE))
    assert len({view.counted for view in seen}) > 4
    for position in range(1, len(meeting.log), 7):
        late = Meeting(meeting.log[0][2])
        for row in meeting.log[1 : position + 2]:
            late.do(row[2])
        assert tally_view(late.board.round, EVERYONE) == seen[position - 1]


APPROVED = st.none() | st.lists(st.sampled_from(["flask", "django", "tornado"]), unique=True)


@given(st.lists(st.tuples(st.integers(0, 20), APPROVED), min_size=20, max_size=150))
def test_a_board_that_knows_none_of_these_rules_makes_the_same_steps(happened):
    """The tests of faults compare what pages see with it."""
    meeting = Meeting()
    meeting.open("approval", visibility=Visibility.LIVE)
    reference = ReferenceRound(1, "approval", {"visibility": "live"}, [], at=0, rules=SINCE)
    for n, approved in happened:
        seat = f"s{n}"
        if approved is not None:
            meeting.vote(seat, *approved)
            reference.ballots[seat] = {"approve": approved}
        elif reference.ballots.pop(seat, None):
            meeting.do(act.Withdraw(round=1), seat)
        reference.note_step()
        assert meeting.board.round.shown_voters == len(reference.shown)
        if shown := meeting.board.round.shown_result():
            assert shown.totals == {
                option: sum(option in ballot["approve"] for ballot in reference.shown.values())
                for option in shown.totals
            }
