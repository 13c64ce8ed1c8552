"""What a verdict rests on, in sentences."""

from collections.abc import Iterator, Mapping, Sequence

from server.domain.criteria import Criterion
from server.domain.methods.margin import Margin
from server.domain.methods.rule import Rule
from server.domain.verdict.readings import Reading
from server.domain.verdict.weights import Reweighting
from server.words.catalogue import listed, words

_NAMES = {
    Rule.PLURALITY: words("rule-plurality"),
    Rule.APPROVAL: words("rule-approval"),
    Rule.DOTS: words("rule-dots"),
    Rule.STAR: words("rule-star"),
    Rule.SCORE: words("rule-score"),
    Rule.SCHULZE: words("rule-schulze"),
    Rule.COPELAND: words("method-copeland"),
    Rule.BORDA: words("method-borda"),
    Rule.INSTANT_RUNOFF: words("method-instant-runoff"),
    Rule.WEIGHTED_MEAN: words("rule-weighted-mean"),
    Rule.EQUAL_WEIGHTS: words("rule-equal-weights"),
    Rule.OWN: words("rule-own"),
}


def margin_sentence(margin: Margin, winner: str, voters: int) -> str:
    """Say how many ballots it would have taken, and whether that is exact."""
    if margin.is_exact:
        return words("verdict-margin-exact", n=margin.least, voters=voters, winner=winner)
    return words(
        "verdict-margin-between",
        least=margin.least,
        most=margin.most,
        voters=voters,
        winner=winner,
    )


def readings_sentences(
    readings: Sequence[Reading], winner: str, names: Mapping[str, str]
) -> Iterator[str]:
    """Say by which other rules the winner wins, if there are any. `winner` is an id."""
    count = len(readings)
    if count < 2:
        return
    others: dict[str, list[str]] = {}
    for each in readings:
        if each.winners != [winner]:
            chosen = listed([names[option] for option in each.winners])
            others.setdefault(chosen, []).append(_NAMES[each.rule])
    if not others:
        yield words("verdict-readings-all", count=count, winner=names[winner])
        return
    clauses = [
        words("alternatives-choose", method=listed(rules), names=chosen)
        for chosen, rules in others.items()
    ]
    yield words(
        "verdict-readings-some",
        agreeing=count - sum(map(len, others.values())),
        count=count,
        winner=names[winner],
        clauses=words("list-semicolon").join(clauses),
    )


def weights_sentences(
    weights: Sequence[Reweighting],
    winner: str,
    names: Mapping[str, str],
    criteria: Sequence[Criterion],
) -> Iterator[str]:
    """Say the smallest change of weights that would put another option ahead of the winner."""
    by_id = {criterion.id: criterion.name for criterion in criteria}
    first = weights[0] if weights else None
    if first is not None and first.shift is not None and first.target is not None:
        yield words(
            "verdict-weights",
            percent=_percent(first.shift),
            sources=listed([by_id[source] for source in first.sources]),
            target=by_id[first.target],
            option=names[first.option],
            winner=winner,
        )
    elif len(weights) == len(names) - 1:
        yield words("verdict-weights-none", winner=winner)


def _percent(share: float) -> str:
    """Return a share as a percentage, rounded up, so that it is enough."""
    tenths = -(-round(share * 10_000) // 10)
    return f"{tenths / 10:g}"
