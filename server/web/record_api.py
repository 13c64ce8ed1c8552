"""The record of a decision, and the ballots behind it, for programs and as files."""

import time
from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from server.brand import Brand
from server.domain.record import Record, revealed_round
from server.domain.refusals import Code
from server.exports import flow
from server.exports.arrivals import arrivals
from server.exports.calendar_file import as_calendar
from server.exports.distribution import distribution
from server.exports.markdown import as_markdown
from server.exports.pairs import pairs
from server.exports.picture import as_svg
from server.exports.preflib import as_preflib
from server.exports.spreadsheet import as_csv
from server.exports.tables import ballot_rows, record_rows
from server.live.records import ballots_of, record_of
from server.live.room import Room
from server.web.errors import refusals_answered
from server.web.handler import Access, Handler
from server.web.links import links_of
from server.web.operations import operation
from server.web.parameters import Query
from server.web.pictures import as_png
from server.web.record import iso_day

CSV = "text/csv; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


class Export(Handler):
    """A file that a browser saves under a name of its own."""

    access = Access.ANYONE

    def save_as(self, code: str, name: str) -> None:
        self.set_header("Content-Disposition", f'attachment; filename="{code}-{name}"')


class RecordJson(Export):
    """The record as JSON."""

    @operation()
    async def get(self, typed: str) -> Record:
        """Get the record of a board: decision, options, arguments, and every revealed round with
        its ballots.
        """
        return await record_of(await self.room(typed), ballots=True)


class RecordMarkdown(Export):
    """The record as an architecture decision record."""

    @operation(content="text/markdown; charset=utf-8")
    async def get(self, typed: str) -> bytes:
        """Get the record as Markdown, in the form of MADR 4."""
        room = await self.room(typed)
        record = await record_of(room)
        self.save_as(record.code, "record.md")
        link = links_of(self.join_base(room.board), record.code).record
        return as_markdown(record, link=link, day=day_of(record)).encode()


class RecordCsv(Export):
    """The record as a table."""

    @operation(content=CSV)
    async def get(self, typed: str) -> bytes:
        """Get the numbers of all revealed rounds as CSV, for a spreadsheet."""
        record = await record_of(await self.room(typed))
        self.save_as(record.code, "record.csv")
        return as_csv(record_rows(record))


class RecordSvg(Handler):
    """The result as a picture, shown where it is opened."""

    access = Access.ANYONE

    @operation(content="image/svg+xml", refuses=(Code.NO_SUCH_ROUND, Code.ROUND_OPEN))
    async def get(self, typed: str) -> bytes:
        """Get the outcome and the figures of the last revealed round as an SVG of 1200 by 630."""
        return (await svg_of(await self.room(typed), self.site.brand)).encode()


class RecordPng(Handler):
    """The result as a picture for chats and programs that read no SVG."""

    access = Access.ANYONE

    @operation(content="image/png", refuses=(Code.NO_SUCH_ROUND, Code.ROUND_OPEN, "no_picture"))
    async def get(self, typed: str) -> bytes:
        """Get the same picture as a PNG. The server needs a renderer and fonts for it."""
        return await as_png(await svg_of(await self.room(typed), self.site.brand))


async def svg_of(room: Room, brand: Brand) -> str:
    """Return the picture of a room's record. Raises Problem if there is nothing to draw."""
    with refusals_answered():
        return as_svg(await record_of(room), brand)


class RoundQuery(Struct, frozen=True, kw_only=True):
    round: Annotated[int, Meta(ge=1, le=10**6)] | None = None
    """By default, the last round that was revealed."""


class RoundPicture(Handler):
    """A picture of a revealed round, shown where it is opened."""

    access = Access.ANYONE

    async def drawn(
        self, typed: str, query: Query[RoundQuery], draw: Callable[[Record, int], str]
    ) -> bytes:
        """Return the picture of the round that is asked for. Raises Problem if there is none."""
        room = await self.room(typed)
        n = revealed(room, query)
        with refusals_answered():
            return draw(await record_of(room), n).encode()


class MovementSvg(RoundPicture):
    """How first choices moved from one round to the next."""

    @operation(
        content="image/svg+xml",
        refuses=(Code.NO_SUCH_ROUND, Code.ROUND_OPEN, Code.NOT_ALLOWED),
    )
    async def get(self, typed: str, query: Query[RoundQuery]) -> bytes:
        """Get who moved from where to where since the round before, as an SVG 760 wide."""
        return await self.drawn(typed, query, flow.as_svg)


class DistributionSvg(RoundPicture):
    """How the ballots of a round are spread over its scale."""

    @operation(
        content="image/svg+xml",
        refuses=(Code.NO_SUCH_ROUND, Code.ROUND_OPEN, Code.UNKNOWN_METHOD),
    )
    async def get(self, typed: str, query: Query[RoundQuery]) -> bytes:
        """Get how many ballots put each option at each step of the method's scale, as an SVG 480
        wide.
        """
        return await self.drawn(typed, query, lambda record, n: distribution(record, n).svg())


class PairsSvg(RoundPicture):
    """The first option against each of the others."""

    @operation(
        content="image/svg+xml",
        refuses=(Code.NO_SUCH_ROUND, Code.ROUND_OPEN, Code.UNKNOWN_METHOD),
    )
    async def get(self, typed: str, query: Query[RoundQuery]) -> bytes:
        """Get how many ballots prefer the first option to each other one, and the other way round,
        as an SVG 480 wide.
        """
        return await self.drawn(typed, query, lambda record, n: pairs(record, n).svg())


class ArrivalsSvg(Handler):
    """How the votes of a round came in over time."""

    access = Access.ANYONE
    is_replayed = True

    @operation(content="image/svg+xml", refuses=(Code.NO_SUCH_ROUND, Code.ROUND_OPEN))
    async def get(self, typed: str, query: Query[RoundQuery]) -> bytes:
        """Get how many had voted when, as an SVG 480 wide. Of a secret round it shows only groups
        of ballots, at times that are rounded up.
        """
        room = await self.room(typed)
        n = revealed(room, query)
        with refusals_answered():
            return arrivals(await room.retelling.replay(), n, self.site.brand).svg().encode()


class RecordCalendar(Export):
    """The day on which to look at the decision again."""

    @operation(content="text/calendar; charset=utf-8", refuses=(Code.NO_SUCH_ROUND,))
    async def get(self, typed: str) -> bytes:
        """Get the day on which to look at the decision again, for a calendar (RFC 5545)."""
        room = await self.room(typed)
        record = await record_of(room)
        with refusals_answered():
            written = as_calendar(
                record, link=links_of(self.join_base(room.board), record.code).record
            )
        self.save_as(record.code, "look-again.ics")
        return written


class BallotsCsv(Export):
    """Ballots as a table."""

    @operation(content=CSV, refuses=(Code.NO_SUCH_ROUND, Code.ROUND_OPEN))
    async def get(self, typed: str, query: Query[RoundQuery]) -> bytes:
        """Get the ballots of a revealed round as CSV: one row for each, without names if the round
        was secret.
        """
        room = await self.room(typed)
        n = revealed(room, query)
        self.save_as(room.code, f"round-{n}.csv")
        return as_csv(ballot_rows(await ballots_of(room, n)))


class BallotsPreflib(Export):
    """Rankings for PrefLib's tools."""

    kind: str

    async def preflib(self, typed: str, query: Query[RoundQuery]) -> bytes:
        room = await self.room(typed)
        n = revealed(room, query)
        each = await ballots_of(room, n)
        title, day = room.board.title, iso_day(each.opened_at)
        with refusals_answered():
            written = as_preflib(each, self.kind, title=title, day=day)
        self.save_as(room.code, f"round-{n}.{self.kind}")
        return written


class BallotsSoi(BallotsPreflib):
    """Rankings without ties."""

    kind = "soi"

    @operation(
        content=TEXT,
        refuses=(Code.NO_SUCH_ROUND, Code.ROUND_OPEN, Code.UNKNOWN_METHOD, Code.BAD_BALLOT),
    )
    async def get(self, typed: str, query: Query[RoundQuery]) -> bytes:
        """Get the rankings of a revealed round in PrefLib's format for orders without ties."""
        return await self.preflib(typed, query)


class BallotsToc(BallotsPreflib):
    """Rankings with ties."""

    kind = "toc"

    @operation(content=TEXT, refuses=(Code.NO_SUCH_ROUND, Code.ROUND_OPEN, Code.UNKNOWN_METHOD))
    async def get(self, typed: str, query: Query[RoundQuery]) -> bytes:
        """Get the rankings of a revealed round in PrefLib's format for complete orders with
        ties.
        """
        return await self.preflib(typed, query)


def revealed(room: Room, query: Query[RoundQuery]) -> int:
    """Return the number of the round that is requested. Raises Problem if it is not revealed."""
    with refusals_answered():
        return revealed_round(room.board, query.read().round).n


def day_of(record: Record) -> str:
    """Return the day of the decision or, without one, today, as 2027-06-01 in UTC."""
    outcome = record.outcome or record.deferral
    return iso_day(outcome.at if outcome else time.time_ns() // 10**6)


routes = [
    (r"/api/boards/([^/]+)/record.json", RecordJson),
    (r"/api/boards/([^/]+)/record.md", RecordMarkdown),
    (r"/api/boards/([^/]+)/record.csv", RecordCsv),
    (r"/api/boards/([^/]+)/record.svg", RecordSvg),
    (r"/api/boards/([^/]+)/record.png", RecordPng),
    (r"/api/boards/([^/]+)/record.ics", RecordCalendar),
    (r"/api/boards/([^/]+)/movement.svg", MovementSvg),
    (r"/api/boards/([^/]+)/distribution.svg", DistributionSvg),
    (r"/api/boards/([^/]+)/pairs.svg", PairsSvg),
    (r"/api/boards/([^/]+)/arrivals.svg", ArrivalsSvg),
    (r"/api/boards/([^/]+)/ballots.csv", BallotsCsv),
    (r"/api/boards/([^/]+)/ballots.soi", BallotsSoi),
    (r"/api/boards/([^/]+)/ballots.toc", BallotsToc),
]
