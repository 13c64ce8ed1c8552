"""How the ballots of a round are spread over the steps of its scale, option by option."""

from collections.abc import Sequence

from server.domain.methods import METHODS
from server.domain.record import Record, RecordedRound
from server.domain.refusals import Code, Refused
from server.exports.svg import (
    CHART_WIDTH,
    LINE,
    SOFT,
    Chart,
    Cut,
    Style,
    filled,
    filled_as,
    revealed_in,
    text_line,
    wrapped,
)
from server.words.catalogue import words

_NAME, _SMALL = Style(18, bold=True), Style(15, fill=SOFT)
_LINE, _TALL, _GAP = 23, 42, 24
_NUMBERED = 12
"""With at most so many steps, each has its number of ballots above it, and its name below."""


def distribution(record: Record, n: int) -> Chart:
    """Return the picture of round `n`.

    Raises Refused `no_such_round` if it is not revealed, and `unknown_method` if its method has no
    scale.
    """
    each = revealed_in(record, n)
    result = each.result
    if result is None or not result.histogram:
        raise Refused(Code.UNKNOWN_METHOD, words("refusal-no-distribution", round=n))
    histogram = result.histogram
    order = [option for group in result.order for option in group if option in histogram]
    steps = _steps(each, len(histogram[order[0]]))
    most = max(max(counts) for counts in histogram.values()) or 1
    colours = {option.id: option for option in record.options}
    shapes: list[str] = []
    cuts, y = [], 4
    for option in order:
        cuts.append(Cut(len(shapes), y))
        for line in wrapped(each.options[option], _NAME, CHART_WIDTH, 3):
            y += _LINE
            shapes.append(text_line(0, y, line, _NAME))
        y += 26
        fill = filled_as(colours.get(option))
        shapes += _columns(histogram[option], steps, most, y, fill)
        y += _TALL + (18 if len(steps) <= _NUMBERED else 4) + _GAP
    return Chart(
        title=words("evidence-spread-caption", method=each.method),
        told=" ".join(_told(each)),
        heads=[words("record-column-option"), *steps, words("record-column-agreement")],
        rows=[
            [each.options[option], *map(str, histogram[option]), _agreement(each, option)]
            for option in order
        ],
        height=y,
        shapes=shapes,
        cuts=cuts,
    )


def _columns(
    counts: Sequence[int], steps: Sequence[str], most: int, top: int, fill: str
) -> list[str]:
    """Draw the ballots at each step, from `top` down; all columns in one shape."""
    wide, bottom = CHART_WIDTH / len(counts), top + _TALL
    path = []
    texts = []
    for at, count in enumerate(counts):
        left, tall = at * wide, _TALL * count / most
        if count:
            path.append(f"M{left:.1f} {bottom}v{-tall:.1f}h{wide * 0.86:.1f}v{tall:.1f}z")
        if len(counts) <= _NUMBERED:
            middle = round(left + wide * 0.43)
            if count:
                texts.append(_centred(middle, round(bottom - tall - 4), str(count)))
            texts.append(_centred(middle, bottom + 17, steps[at]))
    line = f'<rect y="{bottom}" width="{CHART_WIDTH}" height="1" {filled(LINE)}/>'
    return [line, f'<path d="{"".join(path)}" {fill}/>', *texts]


def _centred(x: int, y: int, text: str) -> str:
    return text_line(x, y, text, _SMALL).replace("<text ", '<text text-anchor="middle" ', 1)


def _steps(each: RecordedRound, n: int) -> list[str]:
    if each.method == "ranked":
        return [*(str(place) for place in range(1, n)), words("evidence-unranked")]
    return [str(step) for step in range(n)]


def _agreement(each: RecordedRound, option: str) -> str:
    agreement = (each.result and each.result.agreement) or {}
    return words("figure-mean", mean=agreement[option]) if option in agreement else ""


def _told(each: RecordedRound) -> list[str]:
    voters = each.voters or 0
    told = [words("record-round", n=each.n, method=METHODS[each.method].name, voters=voters) + "."]
    agreement = (each.result and each.result.agreement) or {}
    by_agreement = sorted(agreement, key=lambda option: agreement[option])
    if by_agreement and agreement[by_agreement[0]] != agreement[by_agreement[-1]]:
        told.append(
            words(
                "picture-spread-told",
                most=f"\u2068{each.options[by_agreement[-1]]}\u2069",
                least=f"\u2068{each.options[by_agreement[0]]}\u2069",
            )
        )
    return told
