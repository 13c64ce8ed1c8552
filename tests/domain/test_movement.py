"""What changed between two rounds, held against the ballots as people sent them."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from server.domain import actions as act
from server.domain.movement import SMALLEST
from server.domain.record import record_of
from server.domain.refusals import Code
from server.domain.rules import BoardSettingsChange, Names, RoundSettings
from server.live.outcome_views import own_moved_by
from support.strategies import CRITERIA, Meeting, create, refused

OPEN = {"names": Names.OPEN}
SETTLED = (
    "Another round is unlikely to change anything: if as many ballots changed again, "
    "whatever they became, Flask would still win."
)


def two_rounds(first, second, method="single", *, before=OPEN, after=OPEN, seats=None):
    """Play two rounds; ballots by seat. Returns the second."""
    meeting = Meeting(create(criteria=CRITERIA))
    for own, ballots in ((before, first), (after, second)):
        meeting.open(method, **own)
        for seat, ballot in ballots.items():
            meeting.cast(seat, ballot)
        meeting.do(act.RevealRound(round=len(meeting.board.rounds)), "host")
    return meeting.board.round


def votes(**options):
    """Return votes of one choice: `flask=3` are those of seats s0 to s2, in the order given."""
    chosen = [option for option, number in options.items() for _ in range(number)]
    return {f"s{n}": {"choice": option} for n, option in enumerate(chosen)}


def test_the_first_round_has_nothing_to_be_compared_with():
    meeting = Meeting()
    meeting.open("single")
    meeting.do(act.RevealRound(round=1), "host")
    assert meeting.board.round.movement(by_name=True) is None


def test_who_moved_is_told_from_where_to_where():
    found = two_rounds(votes(flask=3, django=4), votes(flask=6, django=1)).movement(by_name=True)
    assert (found.since, found.changed, found.stayed, found.settled) == (1, 3, 4, False)
    assert [(f.source, f.target, f.people) for f in found.flows] == [("django", "flask", 3)]
    assert found.because == [
        "At least 3 of 7 ballots are different from those in round 1.",
        "3 of 7 people who voted in both rounds have another first choice: 3 from Django to Flask.",
    ]


def test_without_a_move_it_says_so_and_that_another_round_is_unlikely_to_change_anything():
    same = votes(flask=3, django=1)
    found = two_rounds(same, same).movement(by_name=True)
    assert (found.changed, found.stayed, found.flows, found.settled) == (0, 4, [], True)
    assert found.because == [
        "The ballots are the same as in round 1.",
        "All 4 people who voted in both rounds kept their first choice.",
        SETTLED,
    ]


def test_if_no_one_voted_in_both_rounds_it_says_so():
    second = {f"late{n}": {"choice": "flask"} for n in range(3)}
    for first in ({}, votes(flask=3)):
        found = two_rounds(first, second).movement(by_name=True)
        assert (found.stayed, found.kept, found.flows) == (0, {}, [])
        assert "No one voted both in round 1 and in this one." in found.because


@pytest.mark.parametrize(
    ("first", "second", "settled"),
    [
        # The margin is 2 ballots, and one is different.
        (votes(flask=4, django=2), votes(flask=4, django=1, tornado=1), True),
        # The margin is 2, and two are different.
        (votes(flask=6, django=2), votes(flask=4, django=2, tornado=2), False),
        # Another winner; a tie.
        (votes(django=4, flask=3), votes(django=3, flask=4), False),
        (votes(flask=3, django=3), votes(flask=3, django=3), False),
        # Someone who comes later counts as a different ballot.
        (votes(flask=4), votes(flask=4, django=1), True),
    ],
)
def test_another_round_is_unlikely_to_change_anything_while_the_margin_is_larger(
    first, second, settled
):
    for own in (OPEN, {}):
        found = two_rounds(first, second, before=own, after=own).movement(by_name=True)
        assert found.settled is settled


@pytest.mark.parametrize(("before", "after"), [({}, OPEN), (OPEN, {}), ({}, {})])
def test_secret_ballots_are_not_joined(before, after):
    many = votes(flask=30, django=30)
    moved = {seat: {"choice": "flask"} for seat in many}
    found = two_rounds(many, moved, before=before, after=after).movement(by_name=True)
    assert (found.changed, found.stayed, found.flows) == (30, UNSET, UNSET)
    assert found.because[1].startswith("Secret ballots are not joined")


def test_where_names_are_hidden_small_groups_are_not_told_nor_what_they_follow_from():
    first = votes(flask=10, django=10)
    second = {
        **first,
        **{f"s{n}": {"choice": "flask"} for n in range(10, 15)},
    }
    round_ = two_rounds(first, second)
    shown = round_.movement(by_name=False)
    assert [(f.source, f.target, f.people) for f in shown.flows] == [("django", "flask", 5)]
    one_more = two_rounds(first, {**second, "s0": {"choice": "tornado"}}).movement(by_name=False)
    assert (one_more.stayed, one_more.flows) == (UNSET, UNSET)
    assert "a group has fewer than 5 people" in one_more.because[1]
    # Nor if only who came or left is a small group: the totals would tell.
    newcomer = two_rounds(first, {**second, "late": {"choice": "flask"}}).movement(by_name=False)
    assert newcomer.flows is UNSET
    assert two_rounds(first, {**second, "late": {"choice": "flask"}}).movement(by_name=True).flows


def test_rounds_by_different_rules_are_compared_by_first_choice_alone():
    meeting = Meeting()
    meeting.open("single", **OPEN)
    meeting.cast("ann", {"choice": "flask"})
    meeting.cast("ben", {"choice": "django"})
    meeting.do(act.RevealRound(round=1), "host")
    meeting.open("approval", **OPEN)
    meeting.cast("ann", {"approve": ["django"]})
    meeting.cast("ben", {"approve": ["django", "flask"]})
    meeting.do(act.RevealRound(round=2), "host")
    found = meeting.board.round.movement(by_name=True)
    assert (found.changed, found.agreement, found.settled) == (UNSET, UNSET, False)
    assert {(f.source, f.target) for f in found.flows} == {("flask", "django"), ("django", None)}
    (said,) = found.because
    assert said == (
        "2 of 2 people who voted in both rounds have another first choice: "
        "1 from Django to no first choice and 1 from Flask to Django."
    )


def test_agreement_is_compared_on_what_both_rounds_voted_on():
    def score(**scores):
        return {"scores": scores}

    apart = {"ann": score(flask=0), "ben": score(flask=5)}
    closer = {"ann": score(flask=4), "ben": score(flask=4)}
    found = two_rounds(apart, closer, "score").movement(by_name=True)
    assert (found.agreement.then, found.agreement.now) == (0.3333, 1.0)
    assert "Agreement rose from 0.33 to 1.00." in found.because


seats = st.dictionaries(
    st.sampled_from([f"s{n}" for n in range(8)]), st.sampled_from(["flask", "django", "tornado"])
)


@settings(deadline=None)
@given(seats, seats)
def test_flows_add_up_to_those_who_voted_twice(first, second):
    rounds = [{seat: {"choice": o} for seat, o in each.items()} for each in (first, second)]
    found = two_rounds(*rounds).movement(by_name=True)
    both = first.keys() & second.keys()
    moves = Counter((first[seat], second[seat]) for seat in both if first[seat] != second[seat])
    assert Counter({(f.source, f.target): f.people for f in found.flows}) == moves
    assert found.stayed == len(both) - moves.total()
    one, two = Counter(first.values()), Counter(second.values())
    assert found.changed == max((one - two).total(), (two - one).total())
    hidden = two_rounds(*rounds).movement(by_name=False)
    groups = [
        *Counter((first[seat], second[seat]) for seat in both).values(),
        len(first.keys() - both),
        len(second.keys() - both),
    ]
    assert (hidden.flows is UNSET) == any(0 < n < 5 for n in groups)


def test_other_weights_make_ballots_another_thing():
    row = {"ann": {"scores": {"flask": {"speed": 5}}}}
    same = two_rounds(row, row, "matrix").movement(by_name=True)
    assert same.changed == 0
    lighter = tuple(RoundSettings(criteria=CRITERIA).criteria[:1])
    other = two_rounds(row, row, "matrix", after=OPEN | {"criteria": lighter})
    assert other.movement(by_name=True).changed is UNSET


def moved(sizes, *, names=Names.OPEN, shown=True):
    """Play two rounds in which that many people were moved by each comment. Returns the meeting."""
    meeting = Meeting(create(criteria=CRITERIA))
    meeting.do(act.SetBoard(settings=BoardSettingsChange(show_names=shown)), "host")
    for id_ in sizes:
        meeting.say("ann", id_, f"Reason {id_}.")
    voters = [f"{id_} {n}" for id_, size in sizes.items() for n in range(size)]
    for n in (1, 2):
        meeting.open("single", names=names)
        for voter in voters:
            meeting.vote(voter, "flask")
        if n == 2:
            for voter in voters:
                said = act.MovedBy(round=2, comment=voter.split()[0])
                assert not meeting.do(said, voter).tally
        meeting.do(act.RevealRound(round=n), "host")
    return meeting


def told_movers(meeting, *, by_name=True):
    moved_by = meeting.board.round.movement(by_name=by_name).moved_by
    return None if moved_by is UNSET else [(m.comment, m.people, m.at_least) for m in moved_by]


def test_what_moved_people_is_told_after_the_reveal_the_most_first():
    meeting = moved({"c1": 1, "c2": 3})
    assert told_movers(meeting) == [("c2", 3, False), ("c1", 1, False)]
    assert own_moved_by(meeting.board, "c1 0") == "c1"
    assert own_moved_by(meeting.board, "ann") is None
    assert record_of(meeting.board).rounds[1].moved_by == (
        "3 people were moved by “Reason c2.” (on Flask).",
        "One person was moved by “Reason c1.” (on Flask).",
    )
    assert record_of(meeting.board).rounds[0].moved_by == ()
    changed = meeting.do(act.MovedBy(round=2, comment="c2"), "c1 0")
    assert changed.tally
    assert told_movers(meeting) == [("c2", 4, False)]
    meeting.do(act.MovedBy(round=2, comment=None), "c1 0")
    assert told_movers(meeting) == [("c2", 3, False)]


@pytest.mark.parametrize("hidden", [{"names": Names.SECRET}, {"shown": False}])
@settings(deadline=None, max_examples=25)
@given(sizes=st.lists(st.integers(0, 17), min_size=1, max_size=3))
def test_where_names_are_hidden_no_single_person_makes_a_difference_but_every_fifth(hidden, sizes):
    people = {f"c{n}": size for n, size in enumerate(sizes, 1)}
    meeting = moved(people, **hidden)
    expected = {(id_, n // SMALLEST * SMALLEST, True) for id_, n in people.items() if n >= SMALLEST}
    by_name = hidden.get("shown", True)
    assert set(told_movers(meeting, by_name=by_name) or ()) == expected
    said = record_of(meeting.board).rounds[1].moved_by
    assert all(sentence.startswith("At least ") for sentence in said)
    assert len(said) == len(expected)


def test_what_no_one_can_read_any_more_moved_no_one():
    meeting = moved({"c1": 1, "c2": 2, "c3": 3})
    meeting.do(act.HideComment(comment="c2", on=True), "host")
    meeting.do(act.DeleteComment(comment="c3", option="flask"), "ann")
    assert [said[:10] for said in record_of(meeting.board).rounds[1].moved_by] == ["One person"]
    late = act.MovedBy(round=2, comment="c2")
    assert refused(meeting.do(late, "c1 0"), Code.NO_SUCH_COMMENT, "does not exist")


def test_a_mark_counts_while_its_ballot_does():
    meeting = Meeting()
    meeting.say("ann", "c1")
    for n in (1, 2):
        meeting.open("single", names=Names.OPEN)
        mark = act.MovedBy(round=n, comment="c1")
        if n == 2:
            assert refused(meeting.do(mark, "bo"), Code.NOT_ALLOWED, "Vote first")
        for by in ("bo", "cleo"):
            meeting.vote(by, "flask")
            if n == 1:
                assert refused(meeting.do(mark, by), Code.NOT_ALLOWED, "earlier round")
            else:
                meeting.do(mark, by)
        if n == 2:
            meeting.do(act.Withdraw(round=n), "bo")
        meeting.do(act.RevealRound(round=n), "host")
    assert told_movers(meeting) == [("c1", 1, False)]
    meeting.open("single", names=Names.OPEN)
    assert own_moved_by(meeting.board, "cleo") is None


def test_only_the_comments_that_moved_most_are_told():
    meeting = moved({f"c{n:02}": n for n in range(1, 13)})
    assert [people for _, people, _ in told_movers(meeting)] == [*range(12, 2, -1)]
