"""The pages, rendered whole: they can be read before a script runs, or without one."""

from functools import lru_cache
from types import SimpleNamespace

import msgspec
import segno

from server.domain.board import Board
from server.domain.limits import breach
from server.domain.methods import METHODS
from server.domain.options import FURTHER_DISCUSSION, Option
from server.domain.refusals import Code, Refused
from server.domain.shuffle import shuffled
from server.live.founding import DEFAULT_CODE, BoardDraft, is_host_key, show_code
from server.live.messages import View
from server.live.room import Room
from server.live.views import board_view, parts_of
from server.log.store import StoreAwayError
from server.web import identity
from server.web.handler import Access, Handler, Problem


class Home(Handler):
    """Start a board, or join one."""

    access = Access.ANYONE

    async def get(self) -> None:
        typed = self.get_query_argument("code", None)
        if typed is None:
            await self._show()
            return
        try:
            room = await self.room(typed)
        except Problem as problem:
            self.set_status(problem.status_code)
            await self._show(problem.message, {"code": typed})
        else:
            self.redirect(f"/b/{room.code}", status=303)

    async def post(self) -> None:
        form = {name: self.get_body_argument(name, "") for name in ("title", "context", "options")}
        try:
            founded = await self.found(lambda: self._draft(form))
        except Problem as problem:
            self.set_status(problem.status_code)
            await self._show(problem.message, form)
        else:
            self.redirect(f"/b/{founded.code}/host?key={founded.host_key}", status=303)

    def _draft(self, form: dict[str, str]) -> BoardDraft:
        if id_ := self.get_body_argument("template", None):
            return self.draft_of_template(id_)
        return typed_draft(form)

    async def _show(self, error: str | None = None, form: dict[str, str] | None = None) -> None:
        try:
            first = board_view((await self.site.hub.room(DEFAULT_CODE)).board)
        except (Refused, StoreAwayError):
            first = None
        self.render(
            "home.html",
            first=first,
            templates=list(self.site.templates.values()),
            error=error,
            form=form or {},
        )


def typed_draft(form: dict[str, str]) -> BoardDraft:
    """Make a board of what was typed, an option a line. Raises Refused `bad_settings`."""
    names = [line.strip() for line in form["options"].splitlines() if line.strip()]
    plain = {
        "title": form["title"].strip(),
        "context": form["context"],
        "options": [{"name": name} for name in names],
    }
    try:
        return msgspec.convert(plain, BoardDraft)
    except msgspec.ValidationError as error:
        field, problem, _ = breach(error)
        raise Refused(Code.BAD_SETTINGS, f"{field}: {problem}.") from error


class BoardPage(Handler):
    """A page of one board, for whoever opens it."""

    access = Access.ANYONE
    view: View
    ending = ""

    async def get(self, typed: str) -> None:
        room = await self.room(typed)
        if typed != room.code:
            # One address a board, so that cookies and bookmarks are of one board too.
            query = f"?{self.request.query}" if self.request.query else ""
            self.redirect(f"/b/{room.code}{self.ending}{query}")
            return
        if self.access is Access.HOST and not self.admits_host(room):
            return
        self.show(room)

    def show(self, room: Room, **more: object) -> None:
        board = room.board
        actor = self.actor(room)
        if self.view is View.SCREEN:
            actor = actor._replace(seat=None)
        audience = room.audience(actor, self.view)
        links = links_of(self.site.base, board.code)
        self.render(
            f"{self.view}.html",
            **parts_of(board, audience),
            methods=list(METHODS.values()),
            people=room.people(),
            you=room.you(actor, self.view),
            links=links,
            code_shown=show_code(board.code),
            qr=qr(links.ballot),
            **more,
        )

    def admits_host(self, room: Room) -> bool:
        """Keep everybody else out. Raises Problem; False where it has answered otherwise."""
        if self.host_key(room) is None:
            raise Problem(
                403, Code.NOT_ALLOWED, "This page is for the host. Open it with the host link."
            )
        return True


class BallotPage(BoardPage):
    view = View.BALLOT

    def show(self, room: Room, **more: object) -> None:
        # The page itself is the first thing that names the browser, so that the live
        # connection it opens has a seat.
        seat = self.site.hub.pseudonyms.seat(self.ensure_browser(), room.code)
        super().show(room, mine=room.ballot(seat), options=seen_by(seat, room.board), **more)


def seen_by(seat: str, board: Board) -> list[Option]:
    """Return what there is to vote on in the seat's own order, then the board's other options."""
    options = {option.id: option for option in board.options}
    if (current := board.round) is None:
        return list(options.values())
    if FURTHER_DISCUSSION in current.names:
        options[FURTHER_DISCUSSION] = Option(
            id=FURTHER_DISCUSSION, name=current.names[FURTHER_DISCUSSION], hue=268
        )
    shuffle = current.settings.shuffle is True
    listed = shuffled(seat, current.n, current.names) if shuffle else list(current.names)
    return [options.pop(id_) for id_ in listed] + list(options.values())


class ScreenPage(BoardPage):
    view = View.SCREEN
    ending = "/screen"


class HostPage(BoardPage):
    access = Access.HOST
    view = View.HOST
    ending = "/host"

    def show(self, room: Room, **more: object) -> None:
        self.ensure_browser()
        links = links_of(self.site.base, room.code)
        super().show(
            room,
            host_link=f"{links.host}?key={self.host_key(room)}",
            **more,
        )

    def admits_host(self, room: Room) -> bool:
        """Take a key from the address; else the page is shown to whoever holds it already."""
        key = self.get_query_argument("key", None)
        if key is None:
            return super().admits_host(room)
        self._take_key(room, key)
        return False

    def _take_key(self, room: Room, key: str) -> None:
        if not is_host_key(key, room.board.host):
            self.require_rate(self.site.guesses, "Too many keys that do not fit. Wait a minute.")
            raise Problem(403, Code.NOT_ALLOWED, "This host link does not fit the board.")
        self.ensure_browser()
        identity.set_host_key(self, room.code, key, secure=self.secure)
        # Out of the address bar, the history and the referrer.
        self.redirect(f"/b/{room.code}/host", status=303)


def links_of(base: str, code: str) -> SimpleNamespace:
    """Return the addresses of a board's pages, as people hand them on."""
    ballot = f"{base}/b/{code}"
    return SimpleNamespace(ballot=ballot, screen=f"{ballot}/screen", host=f"{ballot}/host")


@lru_cache(maxsize=256)
def qr(address: str) -> str:
    """Draw an address as a QR code: SVG to stand in a page, without colours of its own."""
    drawn: str = segno.make(address, error="m", micro=False).svg_inline(
        svgclass="qr", lineclass=None, omitsize=True, border=2
    )
    return drawn


routes = [
    (r"/", Home),
    (r"/b/([^/]+)", BallotPage),
    (r"/b/([^/]+)/screen", ScreenPage),
    (r"/b/([^/]+)/host", HostPage),
]
