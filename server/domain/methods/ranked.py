"""`ranked`: each voter ranks options, ties allowed; counted by the Schulze method.

Options that a ballot omits are below all that it ranks. A ballot that ranks nothing is an answer,
but prefers nothing. The rule and its source are in `schulze.py`, the methods shown for comparison
in `alternatives.py`.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from server.domain.methods import schulze
from server.domain.methods.agreement import measuring_agreements
from server.domain.methods.alternatives import counted_alternatives, described_alternatives
from server.domain.methods.base import (
    NOBODY,
    Cast,
    Method,
    Result,
    Tally,
    field,
    finished,
)
from server.domain.methods.instant_runoff import running_off
from server.domain.methods.margin import Margin
from server.domain.methods.pairwise import (
    UNRANKED,
    Pairwise,
    by_pairs,
    closest,
    head_to_head,
)
from server.domain.methods.paths import path_margin
from server.domain.methods.rule import Rule, most
from server.domain.refusals import Code, Refused
from server.words.catalogue import listed, words

_LONG = 30_000
"""The cost from which a count takes more than a few milliseconds; see `takes_long`."""
_EACH_WAY_SINCE = 4
"""The version of the rules since which ties for elimination are tried each way."""
_TOLD = 5
"""How many rivals of a winner are described one by one."""

Ballot = bytes
"""The rank of each option by its index, 0 for the best; `UNRANKED` for those omitted."""
_UNRANKED_LAST = bytes(min(rank, UNRANKED - 1) for rank in range(UNRANKED + 1))


class Ranked(Method[Ballot]):
    id = "ranked"
    name = words("method-ranked")
    explains = words("method-ranked-explained")
    since = 2
    rule = Rule.SCHULZE

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        groups = field(raw, "ranking", '{"ranking": [["an-id"], ["two", "tied-ones"]]}')
        if not isinstance(groups, list) or not all(isinstance(group, list) for group in groups):
            raise Refused(
                Code.BAD_BALLOT,
                words("refusal-ranking-form"),
            )
        if not all(groups):
            raise Refused(Code.BAD_BALLOT, words("refusal-ranking-empty-group"))
        ids = [self._require_option(option) for group in groups for option in group]
        if len(set(ids)) < len(ids):
            twice = next(option for option, times in Counter(ids).items() if times > 1)
            raise Refused(
                Code.BAD_BALLOT,
                words("refusal-ranking-twice", name=self.names[twice]),
            )
        ballot = bytearray([UNRANKED]) * len(self.ids)
        for rank, group in enumerate(groups):
            for option in group:
                ballot[self.places[option]] = rank
        return bytes(ballot)

    def write(self, ballot: Ballot) -> dict[str, Any]:
        return {"ranking": _groups(ballot, self.ids)}

    def tally(self) -> Tally[Ballot]:
        return RankedTally(self.names, each_way=self.rules >= _EACH_WAY_SINCE)

    def as_scores(self, ballot: Ballot) -> dict[str, float]:
        """Return the Borda points of each option."""
        left = len(self.names)
        points: dict[str, float] = {}
        if _is_blank(ballot):
            return points
        # Options that a ballot omits are below all others.
        for group in _groups(ballot.translate(_UNRANKED_LAST), self.ids):
            left -= len(group)
            points |= dict.fromkeys(group, left + (len(group) - 1) / 2)
        return points

    def as_row(self, ballot: Ballot) -> list[float | None]:
        """Return the place of each option, 1 for the best."""
        return [None if rank == UNRANKED else rank + 1 for rank in ballot]

    def lead(self, result: Result, winner: str, _voters: int) -> str:
        """Say it head to head, or else by the strongest paths."""
        others = [option for option in self.ids if option != winner]
        rival, here, there = closest(result.pairwise or {}, winner, others)
        if here > there:
            return head_to_head(self.names[winner], self.names[rival], here, there)
        rival, here, there = closest(result.paths or {}, winner, others)
        return words(
            "insight-paths",
            winner=self.names[winner],
            other=self.names[rival],
            here=here,
            there=there,
        )

    def measuring_margin(self, cast: Cast, least: int) -> Generator[None, None, Margin | None]:
        return (yield from path_margin(cast, least))

    def other_readings(self, cast: Cast) -> Generator[None, None, dict[Rule, list[str]]]:
        """Return what the result says of other rules."""
        yield
        counts, rounds = cast.result.beside or {}, cast.result.rounds or []
        return {
            Rule.COPELAND: counts["copeland"].order[0],
            Rule.BORDA: counts["borda"].order[0],
            Rule.INSTANT_RUNOFF: counts["instant_runoff"].order[0],
            Rule.PLURALITY: most(rounds[0]) if rounds else [],
        }


def _groups(ballot: Ballot, ids: Sequence[str]) -> list[list[str]]:
    groups: dict[int, list[str]] = {}
    for option, rank in zip(ids, ballot, strict=True):
        groups.setdefault(rank, []).append(option)
    return [groups[rank] for rank in sorted(groups) if rank != UNRANKED]


def _is_blank(ballot: Ballot) -> bool:
    return ballot.count(UNRANKED) == len(ballot)


class RankedTally(Tally[Ballot]):
    def __init__(self, names: Mapping[str, str], *, each_way: bool = True) -> None:
        """`each_way`: how the instant run-off, shown for comparison, handles ties."""
        super().__init__(names)
        self._each_way = each_way
        self._pairs = Pairwise(names)
        self._histogram = {option: [0] * (len(names) + 1) for option in names}
        # The run-off needs whole ballots; identical ones are stored once.
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

    def winners(self) -> list[str]:
        if self.voters == self._blank:
            return []
        options = self._pairs.options
        beats = schulze.beaten(schulze.strongest_paths(self._pairs.wins))
        return [options[place] for place in schulze.layers(beats)[0]]

    def is_close(self, winner: str) -> bool:
        # One ballot for another moves a comparison by 2 at most.
        others = (other for other in self._names if other != winner)
        return any(self._pairs.of(winner, o) - self._pairs.of(o, winner) <= 2 for o in others)

    def against(self, winner: str, _cast: Ballot) -> Iterator[Ballot]:
        return schulze.unseating(self._pairs.wins, self._pairs.places[winner])

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
        runoff = yield from running_off(self._kept, options, each_way=self._each_way)
        yield
        alternatives = counted_alternatives(runoff, self._pairs, ranking, self._names)
        decided_by = self._decided_by(winners, paths)
        steps = [decided_by]
        if winners:
            steps = [
                self._counted(),
                *self._compared(winners, paths),
                decided_by,
                described_alternatives(winners, alternatives, self._names),
                *(note for other in alternatives.values() if (note := other.note)),
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
            rounds=runoff.rounds,
            agreement=agreed,
            beside=alternatives,
        )

    # In words

    def _counted(self) -> str:
        blank = self._blank
        if not blank:
            return words("step-pairs", ballots=self.voters)
        return words("step-pairs-blank", ballots=self.voters, blank=blank)

    def _decided_by(self, winners: list[str], paths: schulze.Square) -> str:
        if not winners:
            return words("decided-no-rankings") if self.voters else NOBODY
        if len(winners) > 1:
            return words("decided-paths-tie", names=self._listed(winners))
        winner = winners[0]
        name = self._names[winner]
        if self._beats_all(winner):
            there, back, rival = self._closest(winner, self._pairs.wins)
            return words("decided-beats-all", name=name, rival=rival, there=there, back=back)
        there, back, rival = self._closest(winner, paths)
        return words("decided-paths", name=name, rival=rival, there=there, back=back)

    def _beats_all(self, option: str) -> bool:
        others = (other for other in self._pairs.options if other != option)
        return all(self._pairs.of(option, o) > self._pairs.of(o, option) for o in others)

    def _rivals(self, option: str, square: schulze.Square) -> list[tuple[int, int, str]]:
        """Return votes for and against an option against each rival, and the rival,
        closest first.
        """
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
            duels = [
                words("step-duel", name=self._names[o], there=there, back=back)
                for there, back, o in rivals[:_TOLD]
            ]
            more = len(rivals) - len(duels)
            ending = [words("step-duels-more", n=more)] if more else []
            return [words("step-duels", name=self._names[first], duels=listed([*duels, *ending]))]
        steps = [
            words("step-links"),
            words("step-path"),
        ]
        rivals = [rival for rival in self._rivals(first, paths) if rival[2] in winners[1:]]
        rivals += [rival for rival in self._rivals(first, paths) if rival[2] not in winners]
        for _, _, rival in rivals[:_TOLD]:
            there, back = self._way(first, rival, paths), self._way(rival, first, paths)
            steps.append(words("step-strongest-paths", there=there, back=back))
        return steps

    def _way(self, start: str, end: str, paths: schulze.Square) -> str:
        a, b = self._pairs.options.index(start), self._pairs.options.index(end)
        strength = paths[a][b]
        if not strength:
            return words("path-none", start=self._names[start], end=self._names[end])
        way = schulze.path(self._pairs.wins, a, b, strength)
        steps = self._names[start]
        for here, there in pairwise(way):
            name = self._names[self._pairs.options[there]]
            steps += f" →{self._pairs.wins[here][there]:,}→ {name}"
        return words("path-strength", path=steps, strength=strength)
