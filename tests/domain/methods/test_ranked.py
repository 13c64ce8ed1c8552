"""Schulze. Compared with other people's code in `tests/oracles/test_pref_voting.py`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.refusals import Code, Refused
from support.ballots import RAW, counted, method, named, ranked


def profile(written):
    """Read `8 acdb, 2 badc`: eight ballots that rank a above c, c above d and so on."""
    pairs = (ballots.split() for ballots in written.split(","))
    return {" ".join(ranking): int(count) for count, ranking in pairs}


def test_the_capital_of_tennessee():
    """Memphis, Nashville, Chattanooga, Knoxville: the textbook case in which the largest group is
    not the majority. Numbers as in "Condorcet method", English Wikipedia.
    """
    result = ranked(profile("42 mnck, 26 nckm, 15 cknm, 17 kcnm"))
    assert result.order == [["n"], ["c"], ["k"], ["m"]]
    assert result.pairwise["n"] == {"m": 58, "c": 68, "k": 68}
    assert result.totals == {"n": 3, "c": 2, "k": 1, "m": 0}
    assert result.beside["borda"].scores == {"n": 194, "c": 173, "m": 126, "k": 107}
    assert result.beside["copeland"].scores == {"n": 3, "c": 1, "k": -1, "m": -3}
    assert result.beside["instant_runoff"].order == [["k"], ["m"], ["n"], ["c"]]
    assert result.rounds == [
        {"c": 15, "k": 17, "m": 42, "n": 26},
        {"k": 32, "m": 42, "n": 26},
        {"k": 58, "m": 42},
    ]
    assert result.steps == [
        "100 ballots are in. For each pair of options, count the ballots that rank one above the other.",
        "N against M 58 to 42, C 68 to 32 and K 68 to 32.",
        "N beats every other option head to head; the closest is M, 58 to 42.",
        "For comparison: Copeland and Borda agree; instant run-off would choose K.",
    ]


SCHULZE = {
    # The first example of Markus Schulze, "The Schulze Method of Voting", arXiv 1804.02973; the
    # others are his as well, and stand with their tables in Electowiki, "Schulze method".
    "21 voters": (
        "8 acdb, 2 badc, 4 cdba, 4 dbac, 3 dcba",
        "dacb",
        {"d": {"a": 13, "b": 19, "c": 13}, "a": {"b": 14, "c": 14, "d": 12}},
    ),
    "30 voters": (
        "5 acbd, 2 acdb, 3 adcb, 4 bacd, 3 cbda, 3 cdba, 1 dacb, 5 dbac, 4 dcba",
        "dacb",
        {"d": {"a": 18, "b": 18, "c": 18}, "c": {"a": 19, "b": 21, "d": 17}},
    ),
    "45 voters": (
        "5 acbed, 5 adecb, 8 bedac, 3 cabed, 7 caebd, 2 cbade, 7 dceba, 8 ebadc",
        "eacbd",
        {
            "e": {"a": 25, "b": 28, "c": 28, "d": 31},
            "a": {"b": 28, "c": 28, "d": 30, "e": 24},
            "b": {"a": 25, "c": 28, "d": 33, "e": 24},
            "c": {"a": 25, "b": 29, "d": 29, "e": 24},
            "d": {"a": 25, "b": 28, "c": 28, "e": 24},
        },
    ),
}


@pytest.mark.parametrize(("ballots", "order", "paths"), SCHULZE.values(), ids=SCHULZE)
def test_the_examples_of_schulze(ballots, order, paths):
    result = ranked(profile(ballots))
    assert result.order == [[option] for option in order]
    assert {a: result.paths[a] for a in paths} == paths
    assert result.decided_by.startswith("No option beats all others head to head.")


def test_strongest_paths_are_told_link_by_link():
    result = ranked(profile(SCHULZE["45 voters"][0]))
    assert "Strongest paths: E →31→ D →28→ C has 28; C →24→ E has 24." in result.steps
    assert result.decided_by.endswith("closest is A, 25 to 24.")


def test_two_potential_winners_are_a_tie():
    """Schulze's example of an election whose winner his method leaves open: B and D. Electowiki."""
    result = ranked(profile("3 abcd, 2 dabc, 2 dbca, 2 cbda"))
    assert result.order == [["b", "d"], ["a", "c"]]
    assert result.winners == ["b", "d"]
    assert result.decided_by == (
        "A tie between B and D: no strongest path from one of them to another is stronger than "
        "the one back."
    )


def test_the_smallest_cycle():
    """Condorcet's paradox: each option loses to another two to one."""
    result = ranked(profile("1 abc, 1 bca, 1 cab"))
    assert result.winners == ["a", "b", "c"]
    uneven = ranked(profile("4 abc, 3 bca, 2 cab"))
    assert uneven.winners == ["a"]
    assert uneven.order == [["a"], ["b"], ["c"]]


def test_the_centre_squeeze_of_burlington():
    """The election of a mayor of Burlington in 2009, three candidates left: Montroll beats both
    others, and the run-off drops him first. Ballots as in the English Wikipedia, from R. Olson
    and W. D. Smith; many rank one candidate only.
    """
    result = ranked(
        profile("1332 mkw, 767 mwk, 455 m, 2043 kmw, 371 kwm, 568 k, 1513 wmk, 495 wkm, 1289 w")
    )
    assert result.order == [["m"], ["k"], ["w"]]
    assert (result.pairwise["m"]["k"], result.pairwise["k"]["m"]) == (4067, 3477)
    assert (result.pairwise["m"]["w"], result.pairwise["w"]["m"]) == (4597, 3668)
    assert result.rounds[1] == {"k": 4314, "w": 4064}
    assert result.beside["instant_runoff"].order[0] == ["k"]


def test_alike_options_do_not_split_the_votes():
    """T. N. Tideman, "Independence of clones as a criterion for voting rules", Social Choice and
    Welfare 4 (1987): to run the same twice must not help its rival.
    """
    assert ranked({"a b": 6, "b a": 4}).winners == ["a"]
    twice = {"x y b": 3, "y x b": 3, "b x y": 2, "b y x": 2}
    assert set(ranked(twice).winners) == {"x", "y"}
    firsts = [{"choice": ranking[0]} for ranking, count in twice.items() for _ in range(count)]
    assert counted("single", firsts, named("bxy")).winners == ["b"]


@given(st.lists(RAW["ranked"], max_size=9), st.sampled_from("abcd"), st.data())
def test_a_clone_changes_nothing_for_the_others(raws, cloned, data):
    names = named(["a", "b", "c", "d", "z"])
    with_clone = []
    for raw in raws:
        groups = []
        for group in raw["ranking"]:
            if cloned not in group:
                groups.append(group)
                continue
            match data.draw(st.sampled_from(("above", "beside", "below"))):
                case "beside":
                    groups.append([*group, "z"])
                case _ if len(group) > 1:
                    groups.append([*group, "z"])
                case "above":
                    groups += [["z"], group]
                case _:
                    groups += [group, ["z"]]
        with_clone.append({"ranking": groups})
    before = set(counted("ranked", raws, named("abcd")).winners)
    after = set(counted("ranked", with_clone, names).winners)
    assert after - {cloned, "z"} == before - {cloned}
    assert bool(after & {cloned, "z"}) == (cloned in before)


@given(st.lists(RAW["ranked"], min_size=1, max_size=9), st.integers(0, 8))
def test_to_rank_a_winner_first_does_not_make_it_lose(raws, which):
    """Monotonicity."""
    before = counted("ranked", raws)
    raised = list(raws)
    for winner in before.winners:
        groups = [[o for o in group if o != winner] for group in raws[which % len(raws)]["ranking"]]
        raised[which % len(raws)] = {"ranking": [[winner], *filter(None, groups)]}
        assert winner in counted("ranked", raised).winners


@given(st.lists(RAW["ranked"], min_size=1, max_size=9))
def test_who_beats_all_others_wins_alone(raws):
    result = counted("ranked", raws)
    for a, row in result.pairwise.items():
        if all(count > result.pairwise[b][a] for b, count in row.items()):
            assert result.winners == [a]
        if result.winners and all(count < result.pairwise[b][a] for b, count in row.items()):
            assert a not in result.winners


def test_what_is_left_out_is_below_all_and_a_blank_ballot_says_nothing():
    result = ranked({"a": 1, "": 2}, options="abc")
    assert result.pairwise["a"] == {"b": 1, "c": 1}
    assert result.histogram == {"a": [1, 0, 0, 0], "b": [0, 0, 0, 1], "c": [0, 0, 0, 1]}
    assert result.winners == ["a"]
    assert result.steps[0].startswith("3 ballots are in. 2 of them rank nothing.")
    blank = ranked({"": 2}, options="abc")
    assert (blank.winners, blank.decided_by) == ([], "No ballot ranks anything.")


def test_all_alike_is_a_tie_of_all():
    result = ranked({"a=b=c": 2})
    assert result.winners == ["a", "b", "c"]
    assert result.histogram["a"] == [2, 0, 0, 0]


def test_of_many_rivals_only_the_closest_are_told():
    result = ranked({"a b c d e f g h i": 3, "b a c d e f g h i": 2})
    assert result.steps[1].startswith("A against B 3 to 2, C 5 to 0,")
    assert result.steps[1].endswith("and 3 others by at least as much.")


def test_alike_ballots_are_equal_however_their_groups_are_written():
    rules = method("ranked")
    ballot = rules.read({"ranking": [["c"], ["b", "a"]]})
    assert ballot == rules.read({"ranking": [["c"], ["a", "b"]]})
    assert rules.write(ballot) == {"ranking": [["c"], ["a", "b"]]}
    assert rules.as_scores(ballot) == {"c": 3, "a": 1.5, "b": 1.5, "d": 0}
    assert rules.as_scores(rules.read({"ranking": []})) == {}


@pytest.mark.parametrize(
    ("ranking", "words"),
    [
        ([["a"], ["b", "a"]], r"This ranking lists Alpha twice\. Rank it once\."),
        ([["a", "a"]], "This ranking lists Alpha twice"),
        ([["a"], []], r"A group of this ranking is empty\. Leave it out\."),
        (["a", "b"], "a single option is a group of its own"),
        ([[["a"]]], "An option must be given by its id"),
        ([[1]], "An option must be given by its id"),
        ([[True]], "An option must be given by its id"),
        ([{"a": 1}], "`ranking` is a list of groups"),
        ({"a": 1}, "`ranking` is a list of groups"),
        ("ab", "`ranking` is a list of groups"),
        (None, "`ranking` is a list of groups"),
    ],
)
def test_a_bad_ballot(ranking, words):
    with pytest.raises(Refused, match=words) as caught:
        method("ranked").read({"ranking": ranking})
    assert caught.value.code is Code.BAD_BALLOT
