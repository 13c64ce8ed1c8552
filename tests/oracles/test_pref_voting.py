"""Rankings as `pref_voting` counts them (Holliday and Pacuit): thousands of random elections.

Half of the ballots tie some options or leave some out, and with few voters most elections have
ties of every kind.
"""

import random
from collections import Counter

import pytest
from pref_voting.c1_methods import copeland
from pref_voting.iterative_methods import approval_irv_put
from pref_voting.margin_based_methods import beat_path_defeat
from pref_voting.profiles_with_ties import ProfileWithTies
from pref_voting.scoring_methods import symmetric_borda_scores

from support.ballots import counted

ELECTIONS = 3000


def ballots(dice):
    options = range(dice.randint(2, 6))
    return len(options), [_ranking(dice, options) for _ in range(dice.choice((1, 2, 3, 5, 9, 20)))]


def _ranking(dice, options):
    """Map options to ranks: in half of the ballots some are tied, or left out."""
    order = dice.sample(options, len(options))
    if dice.random() < 0.5:
        return {option: rank for rank, option in enumerate(order, 1)}
    kept = order[: dice.randint(0, len(order))]
    return {option: dice.randint(1, len(options)) for option in kept}


def ours(options, rankings):
    names = {str(option): f"Option {option}" for option in range(options)}
    raws = []
    for ranks in rankings:
        groups = [[str(o) for o in ranks if ranks[o] == rank] for rank in set(ranks.values())]
        ordered = [group for _, group in sorted(zip(set(ranks.values()), groups, strict=True))]
        raws.append({"ranking": ordered})
    return counted("ranked", raws, names)


def theirs(options, rankings):
    profile = ProfileWithTies(rankings, candidates=list(range(options)))
    # What is left out is below all that is ranked.
    profile.use_extended_strict_preference()
    return profile


def numbers(options):
    return sorted(map(int, options))


def peeled(defeats):
    """Order candidates: the unbeaten ones, then who is unbeaten without those, and so on."""
    left, order = set(defeats.nodes), []
    while left:
        unbeaten = [c for c in left if not any(a in left for a, _ in defeats.in_edges(c))]
        order.append(sorted(unbeaten))
        left -= set(unbeaten)
    return order


@pytest.fixture(scope="module")
def elections():
    dice = random.Random(20_110)
    drawn = [ballots(dice) for _ in range(ELECTIONS)]
    return [
        (ours(*election), theirs(*election), election) for election in drawn if any(election[1])
    ]


def test_the_pairwise_table(elections):
    for result, profile, election in elections:
        table = {
            str(a): {str(b): int(profile.support(a, b)) for b in profile.candidates if b != a}
            for a in profile.candidates
        }
        assert result.pairwise == table, election


def test_schulze(elections):
    for result, profile, election in elections:
        defeats = beat_path_defeat(profile, strength_function=profile.support)
        order = peeled(defeats)
        assert [numbers(group) for group in result.order] == order, election
        assert numbers(result.winners) == order[0], election
        beaten = {str(c): len(defeats.out_edges(c)) for c in profile.candidates}
        assert result.totals == beaten, election


def test_copeland(elections):
    for result, profile, election in elections:
        assert numbers(result.beside["copeland"].order[0]) == copeland(profile), election
        scores = profile.copeland_scores()
        assert result.beside["copeland"].scores == {str(c): s for c, s in scores.items()}, election


def test_borda(elections):
    for result, profile, election in elections:
        symmetric = {str(c): score for c, score in symmetric_borda_scores(profile).items()}
        # Theirs counts who is above as well; ours is the same, moved so that the last has none.
        ranking = sum(map(bool, election[1]))
        others = len(profile.candidates) - 1
        moved = {c: (score + ranking * others) / 2 for c, score in symmetric.items()}
        assert result.beside["borda"].scores == moved, election


def test_instant_runoff(elections):
    for result, profile, election in elections:
        winners = approval_irv_put(profile)
        assert numbers(result.beside["instant_runoff"].order[0]) == winners, election
        assert set(result.rounds[0]) == set(result.totals), election


def test_the_elections_are_of_every_kind(elections):
    """The comparison would say little if hardly any election had a tie or a cycle."""
    kinds = Counter()
    for result, profile, (_, rankings) in elections:
        kinds["tie"] += len(result.winners) > 1
        kinds["no Condorcet winner"] += profile.condorcet_winner() is None
        kinds["cycle"] += len(result.winners) == 1 and profile.condorcet_winner() is None
        kinds["partial"] += any(len(ranks) < len(profile.candidates) for ranks in rankings)
        kinds["run-off differs"] += result.beside["instant_runoff"].order[0] != result.winners
    assert all(count > 50 for count in kinds.values()), kinds
    assert len(elections) > 2000
