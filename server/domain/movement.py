"""What changed between two rounds: how many moved, from where to where, and whether another round
is likely to change anything. What the sentences mean is in `docs/verdict.md`.

Secret ballots are counted under names that differ from round to round, so that they cannot be
joined: how many of them are different is known, and not whose.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from statistics import fmean
from typing import Any, NamedTuple

from msgspec import UNSET, Struct, UnsetType

from server.domain.methods import Method, Result
from server.domain.methods.ballots import STRIDE, collected
from server.domain.rules import OWN_SETTINGS, Names
from server.domain.verdict.verdict import Verdict
from server.words.catalogue import listed, words

SMALLEST = 5
"""The smallest group that is told where the board hides names."""
_TOLD = 5
"""How many flows a sentence names at most."""

_MOST_MOVING = 10
"""How many comments are told at most."""

Choice = str | None
"""The option that a ballot favours most; None if none does alone."""


class Flow(Struct, frozen=True, kw_only=True):
    """People whose first choice is another one than in the earlier round."""

    source: Choice
    target: Choice
    people: int


class Moving(Struct, frozen=True, kw_only=True):
    """A comment that moved people, as they said themselves."""

    comment: str
    """Its id."""
    people: int
    at_least: bool
    """Whether there may be a few more; see `moving_comments`."""


class AgreementChange(Struct, frozen=True, kw_only=True):
    """The mean agreement on the options of both rounds."""

    then: float
    now: float


class Movement(Struct, frozen=True, kw_only=True):
    """What changed since an earlier round."""

    since: int
    """The number of the earlier round."""
    changed: int | UnsetType = UNSET
    """How many ballots are different at least. Omitted if the two rounds cannot be compared."""
    stayed: int | UnsetType = UNSET
    """How many people kept their first choice. Omitted if it may not be told; see `Known`."""
    kept: dict[str, int] | UnsetType = UNSET
    """Of those who stayed, how many kept each option. Omitted like `stayed`."""
    flows: list[Flow] | UnsetType = UNSET
    """Those who did not stay, the largest group first. Omitted like `stayed`."""
    agreement: AgreementChange | UnsetType = UNSET
    """Omitted like `changed`, and if the method has no scale."""
    moved_by: list[Moving] | UnsetType = UNSET
    """The comments that moved most people first. Omitted if none is told."""
    settled: bool
    """Whether another round is unlikely to change anything."""
    because: list[str]
    """The same in sentences."""


class Compared(NamedTuple):
    """A revealed round, as far as it takes part in a comparison."""

    n: int
    method: Method[Any]
    names: Names
    ballots: Mapping[str, Any]
    result: Result
    verdict: Verdict | None


class Known(NamedTuple):
    """What is known of a movement, before it is decided what may be told."""

    since: int
    options: Mapping[str, str]
    """Names of the options of both rounds, by id."""
    changed: int | None
    voters: int
    moves: Counter[tuple[Choice, Choice]] | None
    """How many people had which first choice then and now; None if a round is secret."""
    others: tuple[int, int]
    """How many took part only then, and only now, if no round is secret."""
    agreement: AgreementChange | None
    winner: str | None
    """The option that would win again, if another round is unlikely to change anything."""


def comparing(then: Compared, now: Compared) -> Generator[None, None, Known]:
    """Compare two revealed rounds, in steps."""
    changed = None
    if _are_alike(then, now):
        changed = yield from _different(then, now)
    moves, others = None, (0, 0)
    if then.names is Names.OPEN is now.names:
        moves = yield from _moves(then, now)
        both = moves.total()
        others = (len(then.ballots) - both, len(now.ballots) - both)
    return Known(
        since=then.n,
        options={**then.method.names, **now.method.names},
        changed=changed,
        voters=len(now.ballots),
        moves=moves,
        others=others,
        agreement=_agreement(then.result, now.result) if changed is not None else None,
        winner=_settled(then, now, changed),
    )


def moving_comments(people: Counter[str], *, exact: bool) -> list[Moving]:
    """Return the comments that moved people, by how many said so of each.

    Unless `exact`, they are told in groups of `SMALLEST`: a number that grew by one would tell what
    the person who just tapped said.
    """
    least = {id_: n if exact else n - n % SMALLEST for id_, n in people.items()}
    order = sorted((id_ for id_, n in least.items() if n), key=lambda id_: (-least[id_], id_))
    return [
        Moving(comment=id_, people=least[id_], at_least=not exact) for id_ in order[:_MOST_MOVING]
    ]


def told(known: Known, moved_by: list[Moving], *, by_name: bool) -> Movement:
    """Return what may be told; `by_name` is whether the board shows the names on open ballots.

    Where it does not, a group of fewer than `SMALLEST` could be one person, and others could be
    computed from it and the totals: then no group is told.
    """
    groups = [*known.others, *(known.moves or {}).values()]
    is_told = known.moves is not None and (by_name or all(n == 0 or n >= SMALLEST for n in groups))
    moves = known.moves if is_told and known.moves is not None else None
    flows = sorted(
        (
            Flow(source=source, target=target, people=people)
            for (source, target), people in (moves or {}).items()
            if source != target
        ),
        key=lambda flow: (-flow.people, flow.source or "", flow.target or ""),
    )
    stayed = sum(n for (source, target), n in (moves or {}).items() if source == target)
    kept = {
        source: people
        for (source, target), people in sorted((moves or {}).items(), key=str)
        if source == target and source is not None
    }
    return Movement(
        since=known.since,
        changed=UNSET if known.changed is None else known.changed,
        stayed=UNSET if moves is None else stayed,
        kept=UNSET if moves is None else kept,
        flows=UNSET if moves is None else flows,
        agreement=known.agreement or UNSET,
        moved_by=moved_by or UNSET,
        settled=known.winner is not None,
        because=[
            *_change_sentences(known),
            *(
                _withheld_sentences(known)
                if moves is None
                else _move_sentences(known, stayed, flows)
            ),
            *_agreement_sentences(known),
            *_settled_sentences(known),
        ],
    )


# Comparing


def _are_alike(then: Compared, now: Compared) -> bool:
    """Whether a ballot of one round means the same in the other."""
    one, two = then.method, now.method
    return (one.id, one.rules, one.ids) == (two.id, two.rules, two.ids) and all(
        getattr(one.settings, name) == getattr(two.settings, name) for name in OWN_SETTINGS
    )


def _different(then: Compared, now: Compared) -> Generator[None, None, int]:
    """Count the ballots of the larger round that the other does not have."""
    before = Counter((yield from collected(then.ballots.values())))
    after = Counter((yield from collected(now.ballots.values())))
    yield
    return max((before - after).total(), (after - before).total())


def _moves(then: Compared, now: Compared) -> Generator[None, None, Counter[tuple[Choice, Choice]]]:
    moves: Counter[tuple[Choice, Choice]] = Counter()
    for n, (voter, ballot) in enumerate(now.ballots.items()):
        if voter in then.ballots:
            before = _first_choice(then.method, then.ballots[voter])
            moves[before, _first_choice(now.method, ballot)] += 1
        if n % STRIDE == 0:
            yield
    return moves


def _first_choice(method: Method[Any], ballot: Any) -> Choice:
    favoured = {option: value for option, value in method.as_scores(ballot).items() if value > 0}
    most = max(favoured.values(), default=0)
    first = [option for option, value in favoured.items() if value == most]
    return first[0] if len(first) == 1 else None


def _agreement(then: Result, now: Result) -> AgreementChange | None:
    before, after = then.agreement or {}, now.agreement or {}
    common = sorted(before.keys() & after.keys())
    if not common:
        return None
    return AgreementChange(
        then=round(fmean(before[option] for option in common), 4),
        now=round(fmean(after[option] for option in common), 4),
    )


def _settled(then: Compared, now: Compared, changed: int | None) -> str | None:
    """Return the option that has won alone twice, and would win again if as many ballots changed
    as did since, whatever they became.
    """
    margin = now.verdict.margin if now.verdict else None
    if margin is None or changed is None or then.result.winners != now.result.winners:
        return None
    return now.result.winners[0] if changed < margin.least else None


# In words


def _change_sentences(known: Known) -> Iterator[str]:
    if known.changed is not None:
        yield words("movement-changed", n=known.changed, voters=known.voters, since=known.since)


def _withheld_sentences(known: Known) -> Iterator[str]:
    yield words("movement-secret" if known.moves is None else "movement-few", n=SMALLEST)


def _move_sentences(known: Known, stayed: int, flows: list[Flow]) -> Iterator[str]:
    moved = sum(flow.people for flow in flows)
    if not moved and not stayed:
        yield words("movement-no-one", since=known.since)
        return
    if not moved:
        yield words("movement-none", people=stayed, since=known.since)
        return
    named = [
        words(
            "movement-flow",
            people=flow.people,
            source=_name(known, flow.source),
            target=_name(known, flow.target),
        )
        for flow in flows[:_TOLD]
    ]
    rest = sum(flow.people for flow in flows[_TOLD:])
    more = [words("step-more", n=rest)] if rest else []
    yield words("movement-moved", moved=moved, people=moved + stayed, flows=listed([*named, *more]))


def _name(known: Known, choice: Choice) -> str:
    return words("movement-no-first") if choice is None else known.options[choice]


def _agreement_sentences(known: Known) -> Iterator[str]:
    if known.agreement is not None:
        then, now = float(f"{known.agreement.then:.2f}"), float(f"{known.agreement.now:.2f}")
        yield words(
            "movement-agreement",
            way="same" if then == now else "rose" if now > then else "fell",
            then=words("figure-mean", mean=then),
            now=words("figure-mean", mean=now),
        )


def _settled_sentences(known: Known) -> Iterator[str]:
    if known.winner is not None:
        yield words("movement-settled", winner=known.options[known.winner])
