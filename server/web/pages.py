"""The pages, rendered whole: they can be read before a script runs, or without one."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from server.domain.board import Board
from server.domain.limits import breach
from server.domain.methods import METHODS
from server.domain.options import FURTHER_DISCUSSION, Option
from server.domain.refusals import Code, Refused
from server.domain.shuffle import shuffled
from server.live.founding import DEFAULT_CODE, BoardDraft, host_of, show_code
from server.live.messages import CommentView, DeletedComment, View
from server.live.room import Room
from server.live.views import board_view, parts_of, talk_counts
from server.log.store import StoreAwayError
from server.web import identity, seats
from server.web.handler import Access, Handler
from server.web.links import links_of, qr
from server.web.problems import Problem


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
        address = f"/b/{room.code}{self.ending}"
        if self.request.path != address:
            # One address a board, so that cookies and bookmarks are of one board too.
            query = f"?{self.request.query}" if self.request.query else ""
            self.redirect(f"{address}{query}")
            return
        if self.admits(room):
            await self.show(room)

    async def show(self, room: Room, **more: object) -> None:
        identity.use(self, room.code)
        board = room.board
        actor = self.actor(room, self.view)
        audience = room.audience(actor, self.view)
        links = links_of(self.site.base, board.code)
        async with room.counted(audience):
            parts = {"more_comments": 0} | parts_of(board, audience)
        self.render(
            f"{self.view}.html",
            **parts | {"talk": talk_counts(board)},
            threads=threads_of(parts["comments"]),
            methods=list(METHODS.values()),
            people=room.people(),
            you=room.you(actor),
            mine=room.ballot(actor.seat),
            links=links,
            code_shown=show_code(board.code),
            qr=qr(links.ballot),
            **more,
        )

    def admits(self, room: Room) -> bool:
        """Keep out who may not come. Raises Problem; False where it has answered otherwise."""
        if self.access is Access.HOST and self.host_key(room) is None:
            raise Problem(
                403, Code.NOT_ALLOWED, "This page is for the host. Open it with the host link."
            )
        return True


class BallotPage(BoardPage):
    view = View.BALLOT

    async def show(self, room: Room, **more: object) -> None:
        # The page itself is the first thing that names the browser, so that the live
        # connection it opens has a seat.
        self.ensure_browser()
        seat = self.actor(room, self.view).seat
        await super().show(room, options=seen_by(seat, room.board), **more)

    def admits(self, room: Room) -> bool:
        """Show the link of an invitation in place of the ballot. To open one takes no seat."""
        if (token := self.get_query_argument("invite", None)) is not None:
            seats.show_link(self, room, token)
            return False
        place = self.actor(room, self.view).place
        if place is None and (token := identity.take_shared_link(self, room)):
            self.redirect(f"/b/{room.code}?invite={token}", status=303)
            return False
        return super().admits(room)


def seen_by(seat: str | None, board: Board) -> list[Option]:
    """Return what there is to vote on in the seat's own order, then the board's other options."""
    options = {option.id: option for option in board.options}
    if (current := board.round) is None:
        return list(options.values())
    if FURTHER_DISCUSSION in current.names:
        options[FURTHER_DISCUSSION] = Option(
            id=FURTHER_DISCUSSION, name=current.names[FURTHER_DISCUSSION], hue=268
        )
    listed = list(current.names)
    if seat and current.settings.shuffle is True:
        listed = shuffled(seat, current.n, listed)
    return [options.pop(id_) for id_ in listed] + list(options.values())


class ScreenPage(BoardPage):
    view = View.SCREEN
    ending = "/screen"


class HostPage(BoardPage):
    access = Access.HOST
    is_page = True
    view = View.HOST
    ending = "/host"

    async def show(self, room: Room, **more: object) -> None:
        self.ensure_browser()
        links = links_of(self.site.base, room.code)
        held = self.host_key(room)
        await super().show(
            room,
            host_link=f"{links.host}?key={held.key if held else ''}",
            **more,
        )

    def admits(self, room: Room) -> bool:
        """Take a key from the address; else the page is shown to whoever holds it already."""
        key = self.get_query_argument("key", None)
        if key is None:
            return super().admits(room)
        host = self._host_of(room, key)
        held = self.host_key(room)
        if self.comes_from_elsewhere() if held is None else held.host != host:
            self._ask(room, key, host, held)
        else:
            self._take_key(room, key)
        return False

    async def post(self, typed: str) -> None:
        """Take a key whose link came from another site, or in place of another key."""
        room = await self.room(typed)
        key = self.get_body_argument("key", "")
        if not key:
            raise Problem(403, Code.NOT_ALLOWED, "Only the host can do this.")
        if host_of(key, room.board.hosts) is None:
            await self.catch_up(room)
        host = self._host_of(room, key)
        held = self.host_key(room)
        if held is not None and held.host not in {host, self.get_body_argument("leave", "")}:
            self._ask(room, key, host, held)
        else:
            self._take_key(room, key)

    def _host_of(self, room: Room, key: str) -> str:
        host = host_of(key, room.board.hosts)
        if host is None:
            self.require_rate(self.site.guesses, "Too many keys that do not fit. Wait a minute.")
            raise Problem(403, Code.NOT_ALLOWED, "This host link does not fit the board.")
        return host

    def _take_key(self, room: Room, key: str) -> None:
        self.ensure_browser()
        identity.set_host_key(self, room.code, key)
        # Out of the address bar, the history and the referrer.
        self.redirect(f"/b/{room.code}/host", status=303)

    def _ask(self, room: Room, key: str, host: str, held: identity.HostKey | None) -> None:
        """Ask on a page of our own: a link on another site makes no one a host unasked."""
        self.render(
            "host_link.html",
            board=room.board,
            key=key,
            host=room.board.hosts[host].name,
            held=held,
            held_name=room.board.hosts[held.host].name if held else None,
        )


class Thread(NamedTuple):
    """A comment and what answers it."""

    comment: CommentView | DeletedComment
    replies: list[CommentView]


def threads_of(comments: Sequence[CommentView | DeletedComment]) -> list[Thread]:
    """Put comments together as the script does: pinned ones first, then the newest."""
    said = [comment for comment in comments if isinstance(comment, CommentView)]
    replies: dict[str, list[CommentView]] = {}
    for reply in said:
        if reply.parent:
            replies.setdefault(reply.parent, []).append(reply)
    threads = [
        Thread(comment, replies.get(comment.id, []))
        for comment in reversed(comments)
        if isinstance(comment, DeletedComment) or not comment.parent
    ]
    whole = [thread for thread in threads if thread.replies or not thread.comment.deleted]
    return sorted(whole, key=lambda thread: not _is_pinned(thread))


def _is_pinned(thread: Thread) -> bool:
    said = (thread.comment, *thread.replies)
    return any(isinstance(each, CommentView) and each.pinned for each in said)


routes = [
    (r"/", Home),
    (r"/b/([^/]+)", BallotPage),
    (r"/b/([^/]+)/screen", ScreenPage),
    (r"/b/([^/]+)/host", HostPage),
]
