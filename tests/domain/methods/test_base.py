"""What holds for every method."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.methods import METHODS
from server.domain.methods.base import by_rank, ranked_groups
from server.domain.refusals import Code, Refused
from server.words.catalogue import words
from support.ballots import NAMES, RAW, counted, elections, method, methods


def test_every_method_stands_under_its_own_id_and_explains_itself():
    assert list(METHODS) == ["approval", "score", "ranked", "dots", "single", "matrix"]
    for id_, each in METHODS.items():
        assert each.id == id_
        assert each.name
        assert each.explains.endswith(".")


# Properties


@given(elections, st.data())
def test_kept_step_by_step_is_counted_from_scratch(election, data):
    """Additions, changes and removals in any order leave what the last ballots alone make."""
    id_, raws = election
    rules = method(id_)
    tally, ballots = rules.tally(), {}
    for raw in raws:
        voter = data.draw(st.integers(0, 4))
        if voter in ballots:
            tally.remove(rules.read(ballots.pop(voter)))
        if data.draw(st.booleans()):
            ballots[voter] = raw
            tally.add(rules.read(raw))
        assert tally.voters == len(ballots)
        assert tally.result() == counted(id_, ballots.values())


@given(elections, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(election, shuffle):
    id_, raws = election
    mixed = list(raws)
    shuffle.shuffle(mixed)
    assert counted(id_, mixed) == counted(id_, raws)


@given(elections)
def test_a_ballot_reads_as_it_was_written(election):
    id_, raws = election
    rules = method(id_)
    for raw in raws:
        ballot = rules.read(raw)
        assert rules.read(rules.write(ballot)) == ballot


@given(elections)
def test_what_every_result_has(election):
    id_, raws = election
    result = counted(id_, raws)
    assert sorted(o for group in result.order for o in group) == sorted(NAMES)
    assert result.winners == ([] if not result.winners else result.order[0])
    assert set(result.totals) == set(NAMES)
    assert result.steps
    assert result.decided_by in result.steps
    assert all(said.endswith(".") and not said[0].islower() for said in result.steps)
    for agreed in (result.agreement or {}).values():
        assert -1 <= agreed <= 1
    for bins in (result.histogram or {}).values():
        assert 0 <= sum(bins) <= len(raws)
    for option, unknown in (result.no_opinion or {}).items():
        assert unknown + sum(result.histogram[option]) == len(raws)
    for a, row in (result.pairwise or {}).items():
        for b, count in row.items():
            assert 0 <= count + result.pairwise[b][a] <= len(raws)


@given(methods)
def test_no_one_voted(id_):
    result = counted(id_, [])
    assert result.order == [list(NAMES)]
    assert result.winners == []
    assert result.steps == [result.decided_by] == ["Nobody has voted yet."]
    assert set(result.totals.values()) == {0}
    assert result.agreement in (None, {})


@given(elections)
def test_to_double_every_ballot_changes_no_order(election):
    id_, raws = election
    idempotency_key, twice = counted(id_, raws), counted(id_, raws * 2)
    assert (idempotency_key.order, idempotency_key.winners) == (twice.order, twice.winners)


@given(elections)
def test_names_and_the_order_of_the_list_decide_nothing(election):
    """Neutral: the same ballots on a list that stands the other way round."""
    id_, raws = election
    turned = dict(reversed(NAMES.items()))
    there, back = counted(id_, raws), counted(id_, raws, turned)
    assert [set(group) for group in there.order] == [set(group) for group in back.order]
    assert set(there.winners) == set(back.winners)
    for id_, other in (there.beside or {}).items():
        assert other.scores == back.beside[id_].scores


FOR_ONE = {
    "single": {"choice": "b"},
    "approval": {"approve": ["b"]},
    "dots": {"dots": {"b": 3}},
    "ranked": {"ranking": [["b"]]},
}


@settings(max_examples=200)
@given(
    st.sampled_from(sorted(FOR_ONE)).flatmap(
        lambda id_: st.tuples(st.just(id_), st.lists(RAW[id_], max_size=9))
    )
)
def test_one_more_ballot_for_a_winner_alone_keeps_it_winning(election):
    """Participation of those who like the winner only. STAR does not have it, nor do means."""
    id_, raws = election
    before = counted(id_, raws)
    after = counted(id_, [*raws, FOR_ONE[id_]])
    if not before.winners or "b" in before.winners:
        assert after.winners == ["b"] or "b" in after.winners


@given(elections)
def test_who_alone_votes_gets_what_they_like_best(election):
    id_, raws = election
    for raw in raws:
        as_scores = method(id_).as_scores(method(id_).read(raw))
        result = counted(id_, [raw])
        if any(as_scores.values()):
            best = max(as_scores.values())
            assert set(result.winners) == {o for o, value in as_scores.items() if value == best}


# Bad ballots that no method takes

SHAPES = [{}, {"x": 1}, {"": 1}, {"choice": "a", "approve": []}, {"scores": [], "x": 0}]


@pytest.mark.parametrize("id_", METHODS)
@pytest.mark.parametrize("raw", SHAPES)
def test_a_ballot_of_another_shape_is_told_what_one_looks_like(id_, raw):
    with pytest.raises(Refused, match=r'A ballot in this round looks like \{"') as caught:
        method(id_).read(raw)
    assert caught.value.code is Code.BAD_BALLOT


@pytest.mark.parametrize(
    ("id_", "raw"),
    [
        ("single", {"choice": "zebra"}),
        ("approval", {"approve": ["a", "zebra"]}),
        ("dots", {"dots": {"zebra": 1}}),
        ("score", {"scores": {"a": 5, "zebra": 0}}),
        ("ranked", {"ranking": [["a"], ["b", "zebra"]]}),
        ("matrix", {"scores": {"zebra": {"speed": 5}}}),
    ],
)
def test_an_option_that_the_round_does_not_have(id_, raw):
    with pytest.raises(Refused, match="This round has no option 'zebra'") as caught:
        method(id_).read(raw)
    assert caught.value.code is Code.NO_SUCH_OPTION


# Words


def test_equal_totals_stand_together_in_the_order_of_the_round():
    totals = {"c": 1, "a": 2, "b": 1, "d": 0}
    assert ranked_groups(totals) == [["a"], ["c", "b"], ["d"]]
    assert list(by_rank(totals)) == ["a", "c", "b", "d"]


def test_one_is_told_from_several():
    told = [words("decided-alone-votes", name="A", total=count) for count in (0, 1, 2, 1000)]
    assert told == ["A has 0 votes.", "A has 1 vote.", "A has 2 votes.", "A has 1,000 votes."]


def test_of_many_options_only_the_first_are_named():
    names = {f"o{n}": f"Option {n}" for n in range(50)}
    result = counted("approval", [{"approve": [f"o{n}"]} for n in range(50)], names)
    assert "Option 7 1 and 42 more." in result.steps[1]
