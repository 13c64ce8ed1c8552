"""The margin of a method that has no way of its own, held against every way to change ballots."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations_with_replacement, product

import pytest

from server.domain.actions import RULES
from server.domain.methods.base import Cast, Method, Result, Tally, finished, ranked_groups
from server.domain.methods.rule import Rule
from server.domain.rules import RoundSettings
from server.domain.verdict.readings import Reading, reading
from server.domain.verdict.verdict import measuring_margin


class Veto(Method[bytes]):
    """Each voter rules one option out; the least ruled out wins. It says nothing of how sure it is."""

    id = "veto"
    name = "Veto"
    explains = "Each person rules one option out."
    since = RULES

    def read(self, raw):
        return bytes([self.places[raw["veto"]]])

    def write(self, ballot):
        return {"veto": self.ids[ballot[0]]}

    def tally(self):
        return VetoTally(self.names)

    def as_scores(self, ballot):
        return {option: float(place not in ballot) for place, option in enumerate(self.ids)}


class VetoTally(Tally[bytes]):
    def __init__(self, names):
        super().__init__(names)
        self._vetoes = dict.fromkeys(names, 0)

    def _count(self, ballot: bytes, sign: int) -> None:
        self._vetoes[[*self._names][ballot[0]]] += sign

    def is_close(self, _winner: str) -> bool:
        return True

    def against(self, winner: str, _cast: bytes) -> Iterator[bytes]:
        yield bytes([[*self._names].index(winner)])

    def result(self) -> Result:
        order = ranked_groups({option: -n for option, n in self._vetoes.items()})
        said = f"{order[0][0]} is ruled out least."
        totals = dict(self._vetoes)
        return Result(order=order, winners=order[0], totals=totals, decided_by=said, steps=[said])


METHOD = Veto({"a": "Alpha", "b": "Beta", "c": "Gamma"}, RoundSettings())
EVERY = [bytes([place]) for place in range(3)]


def result_of(ballots):
    tally = METHOD.tally()
    for ballot in ballots:
        tally.add(ballot)
    return tally.result()


def truth(ballots, winner):
    """Return how many ballots have to be different, by trying all."""
    return min(
        sum(one != other for one, other in zip(ballots, tried, strict=True))
        for tried in product(EVERY, repeat=len(ballots))
        if result_of(tried).winners != [winner] and winner not in result_of(tried).winners
    )


ROUNDS = [
    ballots
    for voters in range(1, 6)
    for ballots in combinations_with_replacement(EVERY, voters)
    if len(result_of(ballots).winners) == 1
]


@pytest.mark.parametrize("ballots", ROUNDS)
def test_the_margin_lies_between_what_is_known_and_what_is_found(ballots):
    result = result_of(ballots)
    needed = truth(ballots, result.winners[0])
    cast = Cast(METHOD, Counter(ballots), result)
    for known in range(1, needed + 1):
        margin = finished(measuring_margin(cast, least=known))
        assert known == margin.least <= needed <= margin.most
    assert margin.is_exact, "the tally's own ballots are the best against a winner"


def test_what_is_said_of_it():
    cast = Cast(METHOD, {b"\x01": 3}, result := result_of([b"\x01"] * 3 + [b"\x02"]))
    assert METHOD.lead(result, "a", 4) == "a is ruled out least."
    assert finished(reading(cast)) == [Reading(rule=Rule.OWN, winners=["a"])]
    assert METHOD.as_row(b"\x01") == [1, 0, 1]
