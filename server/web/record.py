"""The record of a decision: a page to read, to print and to pass on. It works without a script."""

import contextlib
import re
import time
from typing import NamedTuple

from server.brand import Brand
from server.domain.actions import UnreadableError
from server.domain.methods import METHODS
from server.domain.options import FURTHER_DISCUSSION, OTHER_HUE
from server.domain.record import (
    Considered,
    Record,
    RecordedRound,
    revealed_round,
    told_brier,
    told_commitment,
    told_gate,
    told_lens,
    told_predictions,
    told_risk,
)
from server.domain.refusals import Refused
from server.exports import flow
from server.exports.arrivals import arrivals
from server.exports.distribution import distribution
from server.exports.markdown import heading
from server.exports.pairs import pairs
from server.exports.svg import Chart
from server.exports.tables import total_of
from server.live.create_board import show_code
from server.live.records import record_of
from server.live.room import Room
from server.store.node import StoreAwayError
from server.web.comment_html import rich_texts
from server.web.errors import refusals_answered
from server.web.handler import Access, Handler
from server.web.links import links_of
from server.web.pictures import picture_address
from server.words.catalogue import words


class Cell(NamedTuple):
    """What one round says about one option: its place, and its total as text."""

    place: str
    total: str


class Row(NamedTuple):
    """An option in the table of numbers, with a cell for each revealed round."""

    option: Considered
    cells: list[Cell | None]
    share: float
    """Its total in the last round, as a share of the highest."""
    agreement: str


class RecordPage(Handler):
    """The record, for anyone who knows the board's code."""

    access = Access.ANYONE
    is_replayed = True

    async def get(self, typed: str) -> None:
        room = await self.room_of_page(typed, "/record")
        if room is None:
            return
        record = await record_of(room)
        said = [each.text for o in record.options for each in (*o.pros, *o.cons)]
        said += [known.evidence for gate in record.gates for known in gate.answers]
        last = record.on_options[-1] if record.on_options else None
        self.render(
            "record.html",
            record=record,
            board=room.board,
            rows=rows(record),
            last=last,
            methods={method.id: method.name for method in METHODS.values()},
            chosen=chosen(record),
            predicted=told_predictions(record.outcome),
            brier=told_brier(record.outcome),
            told_gate=told_gate,
            total_of=total_of,
            told_lens=told_lens,
            committed=told_commitment(record),
            risks=[told_risk(risk) for risk in record.risks],
            html_of=await rich_texts(said),
            day=day,
            iso_day=iso_day,
            links=links_of(base := self.join_base(room.board), record.code),
            heading=heading(record),
            picture=await picture_address(record, base, self.site.brand),
            flows={each.n: flow.as_svg(record, each.n) for each in record.revealed if moved(each)},
            charts=await charts_of(room, record, last.n, self.site.brand) if last else {},
            code_shown=show_code(record.code),
        )


class PicturesPage(Handler):
    """The pictures of a revealed round; other pages load them from here."""

    access = Access.ANYONE
    is_replayed = True

    async def get(self, typed: str) -> None:
        room = await self.room_of_page(typed, "/pictures")
        if room is None:
            return
        n = self.get_query_argument("round", "")
        with refusals_answered():
            current = revealed_round(room.board, int(n) if re.fullmatch(r"\d{1,6}", n) else None)
        self.render(
            "pictures.html",
            board=room.board,
            n=current.n,
            charts=await charts_of(room, await record_of(room), current.n, self.site.brand),
            recorded=True,
        )


async def charts_of(room: Room, record: Record, n: int, brand: Brand) -> dict[str, Chart]:
    """Return the pictures of a revealed round that there are, by the names of their files."""
    charts = {}
    for name, draw in (("distribution", distribution), ("pairs", pairs)):
        with contextlib.suppress(Refused):
            charts[name] = draw(record, n)
    # The log may be away or damaged; the rest of the page does not need it.
    with contextlib.suppress(Refused, StoreAwayError, UnreadableError):
        charts["arrivals"] = arrivals(await room.retelling.replay(), n, brand)
    return charts


def moved(each: RecordedRound) -> bool:
    """Whether people moved since the round before, and it may be told where to."""
    return each.movement is not None and bool(each.movement.flows)


def chosen(record: Record) -> Considered | None:
    """Return the option that was decided for; None if there is none."""
    outcome = record.outcome
    return next((o for o in record.options if outcome and o.id == outcome.option), None)


def rows(record: Record) -> list[Row]:
    """Return the options in the order of the last round, with what each round says."""
    last = record.on_options[-1] if record.on_options else None
    options = record.standing
    if last and FURTHER_DISCUSSION in last.options:
        further = Considered(
            id=FURTHER_DISCUSSION, name=last.options[FURTHER_DISCUSSION], hue=OTHER_HUE
        )
        options = sorted([*options, further], key=lambda o: last.places.get(o.id, len(options) + 2))
    return [
        Row(
            option=option,
            cells=[_cell(each, option.id) for each in record.on_options],
            share=_share(last, option.id),
            agreement=_agreement(last, option.id),
        )
        for option in options
    ]


def _cell(each: RecordedRound, option: str) -> Cell | None:
    if each.result is None or option not in each.options:
        return None
    places = each.places
    if option not in places:
        return Cell("", total_of(each, option))
    tied = sum(place == places[option] for place in places.values()) > 1
    return Cell(f"{places[option]}{'=' if tied else ''}", total_of(each, option))


def _share(last: RecordedRound | None, option: str) -> float:
    if last is None or last.result is None:
        return 0.0
    most = max(last.result.totals.values(), default=0)
    return last.result.totals.get(option, 0) / most if most else 0.0


def _agreement(last: RecordedRound | None, option: str) -> str:
    agreement = last and last.result and last.result.agreement
    if not agreement or option not in agreement:
        return ""
    return words("figure-mean", mean=agreement[option])


def iso_day(at: int) -> str:
    """Return the day of a time in milliseconds since 1970, in UTC, as 2027-06-01."""
    return time.strftime("%Y-%m-%d", time.gmtime(at / 1000))


def day(iso: str) -> str:
    """Return 2027-06-01 as a reader writes it."""
    year, month, number = map(int, iso.split("-"))
    return words("record-day", day=number, month=month, year=str(year))


routes = [
    (r"/b/([^/]+)/record", RecordPage),
    (r"/b/([^/]+)/pictures", PicturesPage),
]
