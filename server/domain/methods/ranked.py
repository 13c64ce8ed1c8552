"""`ranked`: each voter ranks options, ties allowed; counted by the Schulze method.

What is left out is below all that is ranked; a ballot that ranks nothing is an answer, and says
nothing. The rule and its source stand in `schulze.py`, the methods shown beside it in
`beside.py`.
"""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from server.domain.methods import schulze
from server.domain.methods.agreement import measuring_agreements
from server.domain.methods.base import (
    NOBODY,
    Method,
    Result,
    Tally,
    field,
    finished,
    listed,
    number,
)
from server.domain.methods.beside import counting_beside, told_beside
from server.domain.methods.pairwise import UNRANKED, Pairwise, by_pairs
from server.domain.refusals import Code, Refused

_LONG = 30_000
"""From here on a count takes more than a few milliseconds; see `takes_long`."""
_TOLD = 5
"""How many rivals of a winner are told one by one."""

Ballot = bytes
"""The rank of each option, by its place, 0 for the best; `UNRANKED` for those left out."""
_UNRANKED_LAST = bytes(min(rank, UNRANKED - 1) for rank in range(UNRANKED + 1))


class Ranked(Method[Ballot]):
    id = "ranked"
    name = "Ranking (Schulze)"
    explains = "Each person puts options in order. Whoever beats all others head to head wins."

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        groups = field(raw, "ranking", '{"ranking": [["an-id"], ["two", "tied-ones"]]}')
        if not isinstance(groups, list) or not all(isinstance(group, list) for group in groups):
            raise Refused(
                Code.BAD_BALLOT,
                "`ranking` is a list of groups, each a list of option ids; a single option is "
                "a group of its own.",
            )
        if not all(groups):
            raise Refused(Code.BAD_BALLOT, "A group of this ranking is empty. Leave it out.")
        ids = [self._require_option(option) for group in groups for option in group]
        if len(set(ids)) < len(ids):
            twice = next(option for option, times in Counter(ids).items() if times > 1)
            raise Refused(
                Code.BAD_BALLOT,
                f"{self.names[twice]} stands in this ranking twice. Rank it once.",
            )
        ballot = bytearray([UNRANKED]) * len(self.ids)
        for rank, group in enumerate(groups):
            for option in group:
                ballot[self.places[option]] = rank
        return bytes(ballot)

    def write(self, ballot: Ballot) -> dict[str, Any]:
        return {"ranking": _groups(ballot, self.ids)}

    def tally(self) -> Tally[Ballot]:
        return RankedTally(self.names)

    def stand(self, ballot: Ballot) -> dict[str, float]:
        """Count the points that Borda gives."""
        left = len(self.names)
        points: dict[str, float] = {}
        if _is_blank(ballot):
            return points
        # What a ballot leaves out is below all.
        for group in _groups(ballot.translate(_UNRANKED_LAST), self.ids):
            left -= len(group)
            points |= dict.fromkeys(group, left + (len(group) - 1) / 2)
        return points


def _groups(ballot: Ballot, ids: Sequence[str]) -> list[list[str]]:
    groups: dict[int, list[str]] = {}
    for option, rank in zip(ids, ballot, strict=True):
        groups.setdefault(rank, []).append(option)
    return [groups[rank] for rank in sorted(groups) if rank != UNRANKED]


def _is_blank(ballot: Ballot) -> bool:
    return ballot.count(UNRANKED) == len(ballot)


class RankedTally(Tally[Ballot]):
    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__(names)
        self._pairs = Pairwise(names)
        self._histogram = {option: [0] * (len(names) + 1) for option in names}
        # The run-off needs whole ballots; alike ones are kept once.
        self._kept: Counter[Ballot] = Counter()
        self._blank = 0

    def _count(self, ballot: Ballot, sign: int) -> None:
        self._kept[ballot] += sign
        if not self._kept[ballot]:
            del self._kept[ballot]
        if _is_blank(ballot):
            self._blank += sign
            return
        self._pairs.count_ranks(ballot.translate(_UNRANKED_LAST), sign)
        for counts, rank in zip(self._histogram.values(), ballot, strict=True):
            counts[rank if rank != UNRANKED else -1] += sign

    @property
    def takes_long(self) -> bool:
        options = len(self._names)
        return options**2 * (options + len(self._kept) // 8) > _LONG

    def result(self) -> Result:
        return finished(self.counting())

    def counting(self) -> Generator[None, None, Result]:
        options = self._pairs.options
        paths = yield from schulze.finding_paths(self._pairs.wins)
        beats = schulze.beaten(paths)
        order = [[options[o] for o in layer] for layer in schulze.layers(beats)]
        winners = order[0] if self.voters > self._blank else []
        yield
        ranking = self.voters - self._blank
        beside, rounds = yield from counting_beside(self._kept, self._pairs, ranking)
        decided_by = self._decided_by(winners, paths)
        steps = [decided_by]
        if winners:
            steps = [
                self._counted(),
                *self._compared(winners, paths),
                decided_by,
                told_beside(winners, beside, self._names),
            ]
        agreed = yield from measuring_agreements(self._histogram)
        return Result(
            order=order,
            winners=winners,
            totals={option: len(beats[place]) for place, option in enumerate(options)},
            decided_by=decided_by,
            steps=steps,
            histogram={option: list(counts) for option, counts in self._histogram.items()},
            pairwise=self._pairs.table(),
            paths=by_pairs(options, paths),
            rounds=rounds,
            agreement=agreed,
            beside=beside,
        )

    # In words

    def _counted(self) -> str:
        blank = self._blank
        said = f" {number(blank, 'of them ranks', 'of them rank')} nothing." if blank else ""
        return (
            f"{self._ballots()}{said} For each two options, count the ballots that rank the one "
            "above the other."
        )

    def _decided_by(self, winners: list[str], paths: schulze.Square) -> str:
        if not winners:
            return "No ballot ranks anything." if self.voters else NOBODY
        if len(winners) > 1:
            return (
                f"A tie between {self._listed(winners)}: no strongest path from one of them to "
                "another is stronger than the one back."
            )
        winner = winners[0]
        name = self._names[winner]
        if self._beats_all(winner):
            there, back, rival = self._closest(winner, self._pairs.wins)
            return (
                f"{name} beats every other option head to head; closest is {rival}, "
                f"{there:,} to {back:,}."
            )
        there, back, rival = self._closest(winner, paths)
        return (
            f"No option beats all others head to head. By the strongest paths {name} is ahead of "
            f"each; closest is {rival}, {there:,} to {back:,}."
        )

    def _beats_all(self, option: str) -> bool:
        others = (other for other in self._pairs.options if other != option)
        return all(self._pairs.of(option, o) > self._pairs.of(o, option) for o in others)

    def _rivals(self, option: str, square: schulze.Square) -> list[tuple[int, int, str]]:
        """Return numbers for and against an option beside each other one, the closest first."""
        options = self._pairs.options
        place = options.index(option)
        rivals = [
            (square[place][other], square[other][place], rival)
            for other, rival in enumerate(options)
            if other != place
        ]
        return sorted(rivals, key=lambda rival: rival[0] - rival[1])

    def _closest(self, option: str, square: schulze.Square) -> tuple[int, int, str]:
        there, back, rival = self._rivals(option, square)[0]
        return there, back, self._names[rival]

    def _compared(self, winners: list[str], paths: schulze.Square) -> list[str]:
        first = winners[0]
        if len(winners) == 1 and self._beats_all(first):
            rivals = self._rivals(first, self._pairs.wins)
            told = [f"{self._names[o]} {there:,} to {back:,}" for there, back, o in rivals[:_TOLD]]
            more = len(rivals) - len(told)
            ending = [f"{number(more, 'other', 'others')} by no less"] if more else []
            return [f"{self._names[first]} against {listed([*told, *ending])}."]
        steps = [
            "Of each two options, the one with more ballots links to the other, by their number.",
            "A path over such links is as strong as its weakest one.",
        ]
        rivals = [rival for rival in self._rivals(first, paths) if rival[2] in winners[1:]]
        rivals += [rival for rival in self._rivals(first, paths) if rival[2] not in winners]
        for _, _, rival in rivals[:_TOLD]:
            there, back = self._way(first, rival, paths), self._way(rival, first, paths)
            steps.append(f"Strongest paths: {there}; {back}.")
        return steps

    def _way(self, start: str, end: str, paths: schulze.Square) -> str:
        a, b = self._pairs.options.index(start), self._pairs.options.index(end)
        strength = paths[a][b]
        if not strength:
            return f"from {self._names[start]} to {self._names[end]} none"
        way = schulze.path(self._pairs.wins, a, b, strength)
        told = self._names[start]
        for here, there in pairwise(way):
            name = self._names[self._pairs.options[there]]
            told += f" →{self._pairs.wins[here][there]:,}→ {name}"
        return f"{told} has {strength:,}"
