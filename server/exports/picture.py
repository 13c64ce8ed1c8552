"""The decided result as a picture: an SVG of 1200 by 630, as chats show a link.

It shows what was decided and the figures of the last revealed round, and nothing that the record
does not show.
"""

import time
from collections.abc import Iterator

from server.brand import STACKVOTE, Brand
from server.domain.methods import METHODS
from server.domain.record import Record, RecordedRound
from server.domain.refusals import Code, Refused
from server.exports.svg import (
    FONTS,
    LINE,
    PAPER,
    SOFT,
    Style,
    colour_of,
    escaped,
    text_line,
    wrapped,
)
from server.exports.tables import total_of
from server.words.catalogue import listed, words

WIDTH, HEIGHT = 1200, 630
_LEFT, _RIGHT = 64, 1136
_BARS, _BARS_END = 600, 1040
_ROW, _HIGHEST_ROW, _BOTTOM = 46, 72, 556
_MOST_ROWS = 7


def as_svg(record: Record, brand: Brand = STACKVOTE) -> str:
    """Return the picture of a record, with the name and accent of a brand.

    Raises Refused `no_such_round` if there is nothing to draw yet, and `round_open` if that is
    because the round is not revealed.
    """
    last = record.on_options[-1] if record.on_options else None
    if record.outcome is None and record.deferral is None and last is None:
        raise Refused(
            Code.ROUND_OPEN if record.rounds else Code.NO_SUCH_ROUND, " ".join(record.missing)
        )
    drawn = "\n".join(_drawn(record, last, brand))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title desc" '
        f'font-family="{FONTS}">\n'
        f'<title id="title">{escaped(record.title)}</title>\n'
        f'<desc id="desc">{escaped(_told(record, last))}</desc>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>\n'
        f'<rect width="{WIDTH}" height="12" fill="{brand.light}"/>\n{drawn}\n</svg>\n'
    )


def probe() -> str:
    """Return the smallest picture with a letter in these fonts."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" font-family="{FONTS}">'
        '<text y="9">A</text></svg>'
    )


def _told(record: Record, last: RecordedRound | None) -> str:
    """Say in sentences what the picture shows, for those who do not see it, with all options."""
    told = [_outcome(record)]
    if last is not None:
        told.append(_round(last))
        figures = [
            words("picture-figure", option=last.options[option], total=total_of(last, option))
            for option in last.places
        ]
        told.append(listed(figures))
    return " ".join(f"{sentence.rstrip('.')}." for sentence in told)


def _outcome(record: Record) -> str:
    if (outcome := record.outcome) is not None:
        option = f"\u2068{outcome.name}\u2069"
        if outcome.without_vote:
            return words("screen-decided-without-vote", option=option)
        return words("screen-decided", option=option)
    if (deferral := record.deferral) is not None:
        return words("screen-deferred", day=_day(deferral.revisit_on), owner=deferral.owner)
    return words("record-undecided")


def _round(each: RecordedRound) -> str:
    return words(
        "record-round", n=each.n, method=METHODS[each.method].name, voters=each.voters or 0
    )


def _day(iso: str) -> str:
    year, month, day = map(int, iso.split("-"))
    return words("record-day", day=day, month=month, year=str(year))


def _drawn(record: Record, last: RecordedRound | None, brand: Brand) -> Iterator[str]:
    yield text_line(_LEFT, 66, brand.name, Style(24, bold=True, fill=brand.light))
    outcome = record.outcome or record.deferral
    if outcome is not None:
        day = _day(time.strftime("%Y-%m-%d", time.gmtime(outcome.at / 1000)))
        yield text_line(_RIGHT, 66, day, Style(24, fill=SOFT), end=True)
    y = 84
    for style in (Style(40, bold=True), Style(30, bold=True)):
        title = wrapped(record.title, style, _RIGHT - _LEFT, 2)
        if not title[-1].endswith("…"):
            break
    for line in title:
        y += round(style.size * 1.2)
        yield text_line(_LEFT, y, line, style)
    y += 14
    style = Style(32, bold=True, fill=brand.light)
    for line in wrapped(_outcome(record), style, _RIGHT - _LEFT, 2):
        y += 40
        yield text_line(_LEFT, y, line, style)
    if last is not None:
        yield from _bars(record, last, y + 24)
    elif outcome is not None:
        style = Style(26)
        for line in wrapped(" ".join(outcome.because.split()), style, _RIGHT - _LEFT, 6):
            y += 40
            yield text_line(_LEFT, y, line, style)


def _bars(record: Record, last: RecordedRound, top: int) -> Iterator[str]:
    known = {option.id: option for option in record.options}
    order = list(last.places)
    room = min(_MOST_ROWS, (_BOTTOM - top) // _ROW)
    shown = order if len(order) <= room else order[: room - 1]
    chosen = record.outcome.option if record.outcome else ""
    if chosen in order and chosen not in shown:
        shown = [*shown[:-1], chosen]
    totals = last.result.totals if last.result else {}
    most = max((totals.get(option, 0) for option in order), default=0)
    lines = len(shown) + (len(shown) < len(order))
    row = min(_HIGHEST_ROW, (_BOTTOM - top) // lines)
    size, bar = (22, 22) if row < 56 else (27, 30)
    y = top
    for option in shown:
        base, upper = y + row // 2 + size // 3, y + (row - bar) // 2
        style = Style(size, bold=option == chosen)
        (name,) = wrapped(last.options[option], style, _BARS - _LEFT - 24, 1)
        yield text_line(_LEFT, base, name, style)
        yield _bar(_BARS_END - _BARS, upper, bar, LINE)
        if length := round((_BARS_END - _BARS) * totals.get(option, 0) / most, 1) if most else 0:
            yield _bar(length, upper, bar, colour_of(known.get(option)))
        yield text_line(_RIGHT, base, total_of(last, option), style, end=True)
        y += row
    if len(shown) < len(order):
        more = words("picture-more", n=len(order) - len(shown))
        yield text_line(_LEFT, y + 30, more, Style(20, fill=SOFT))
    style = Style(20, fill=SOFT)
    (below,) = wrapped(_round(last), style, _RIGHT - _LEFT, 1)
    yield text_line(_LEFT, HEIGHT - 36, below, style)


def _bar(length: float, y: int, height: int, fill: str) -> str:
    return f'<rect x="{_BARS}" y="{y}" width="{length}" height="{height}" rx="4" fill="{fill}"/>'
