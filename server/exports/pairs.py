"""The first option of a round against each of the others: which of the two ballots prefer."""

from server.domain.record import Record
from server.domain.refusals import Code, Refused
from server.exports.svg import (
    CHART_WIDTH,
    INK,
    LINE,
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

_NAME, _FIRST = Style(18), Style(18, bold=True)
_LINE, _BAR, _GAP = 23, 26, 20
_NUMBER_WIDTH = 44


def pairs(record: Record, n: int) -> Chart:
    """Return the picture of round `n`: a bar for each other option, as long as all ballots.

    The ballots for the first option begin at the left, those for the other at the right; between
    them are those without a preference. A line marks half of all ballots. Raises Refused
    `no_such_round` if it is not revealed, and `unknown_method` if its ballots compare no options.
    """
    each = revealed_in(record, n)
    result = each.result
    if result is None or not result.pairwise:
        raise Refused(Code.UNKNOWN_METHOD, words("refusal-no-pairs", round=n))
    against = result.pairwise
    first, *others = [id_ for group in result.order for id_ in group if id_ in against]
    voters = max(1, each.voters or 0)
    colours = {option.id: option for option in record.options}
    shapes, cuts, rows, y = [], [], [], 4
    for line in wrapped(each.options[first], _FIRST, CHART_WIDTH, 3):
        y += _LINE
        shapes.append(text_line(0, y, line, _FIRST))
    y += _GAP // 2
    for other in others:
        cuts.append(Cut(len(shapes), y))
        ours, theirs = against[first].get(other, 0), against[other].get(first, 0)
        for line in wrapped(each.options[other], _NAME, CHART_WIDTH - _NUMBER_WIDTH, 3):
            y += _LINE
            shapes.append(text_line(CHART_WIDTH, y, line, _NAME, end=True))
        y += 8
        left, right = CHART_WIDTH * ours / voters, CHART_WIDTH * theirs / voters
        shapes += [
            _rect(0, y, CHART_WIDTH, filled(LINE)),
            _rect(0, y, left, filled_as(colours.get(first))),
            _rect(CHART_WIDTH - right, y, right, filled_as(colours.get(other))),
            f'<rect x="{CHART_WIDTH / 2 - 1:g}" y="{y - 4}" width="2" height="34" {filled(INK)}/>',
            text_line(0, y + _BAR + 18, str(ours), _FIRST if ours > theirs else _NAME),
            text_line(
                CHART_WIDTH,
                y + _BAR + 18,
                str(theirs),
                _FIRST if theirs > ours else _NAME,
                end=True,
            ),
        ]
        y += _BAR + 18 + _GAP
        neither = voters - ours - theirs
        rows.append([each.options[other], str(ours), str(theirs), str(neither)])
    wins = sum(int(ours) > int(theirs) for _, ours, theirs, _ in rows)
    name = f"\u2068{each.options[first]}\u2069"
    return Chart(
        title=words("picture-pairs", first=name),
        told=words("picture-pairs-told", first=name, wins=wins, others=len(others)),
        heads=[
            words("record-column-option"),
            words("picture-pairs-for", first=name),
            words("picture-pairs-other"),
            words("picture-pairs-neither"),
        ],
        rows=rows,
        height=y,
        shapes=shapes,
        cuts=cuts,
    )


def _rect(x: float, y: int, width: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}" {fill}/>'
