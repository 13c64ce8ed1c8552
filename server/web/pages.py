"""The pages, rendered completely: they can be read before a script runs, or without one."""

import contextlib
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from server.domain.board import Board
from server.domain.board_text import decoded
from server.domain.limits import LONGEST_COMMENT
from server.domain.methods import METHODS
from server.domain.options import FURTHER_DISCUSSION, HUES, OTHER_HUE, Option
from server.domain.proposals import MAX_WAITING_OF_SEAT
from server.domain.record import is_worth_recording
from server.domain.refusals import Code, Refused
from server.domain.rounds import State
from server.domain.shuffle import shuffled
from server.live.create_board import DEFAULT_CODE, BoardDraft, draft_like, host_of, show_code
from server.live.messages import CommentView, DeletedComment, View
from server.live.room import Room
from server.live.views import board_view, parts_of, talk_counts
from server.store.damage import DamagedError
from server.store.event_log import Due
from server.store.node import StoreAwayError
from server.web import identity, seats
from server.web.addresses import join_address
from server.web.comment_html import rich_texts
from server.web.cookies import NO_COOKIES, has_form_sent_again
from server.web.errors import Problem
from server.web.example import example
from server.web.handler import WITH_WORKER, Access, Handler
from server.web.links import links_of, qr
from server.web.lists import draft_of, form_of, list_view
from server.web.questions import questions_of
from server.web.record import day, iso_day
from server.words.catalogue import words


class Home(Handler):
    """Create a board, or join one."""

    access = Access.ANYONE
    is_page = True

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
        if files := self.request.files.get("file"):
            form["options"] = decoded(files[0]["body"])
        if "check" in self.request.body_arguments:
            await self._show(form=form)
            return
        try:
            if has_form_sent_again(self):
                return
            created = await self.create_board(lambda: self._draft(form))
        except Problem as problem:
            self.problem = problem.code
            self.set_status(problem.status_code)
            await self._show(problem.message, form, of_browser=problem.code == NO_COOKIES)
        else:
            self.redirect(f"/b/{created.code}/host?key={created.host_key}", status=303)

    async def _draft(self, form: dict[str, str]) -> BoardDraft:
        if id_ := self.get_body_argument("template", None):
            return self.draft_of_template(id_)
        return await draft_of(form_of(form))

    async def _show(
        self,
        error: str | None = None,
        form: dict[str, str] | None = None,
        *,
        of_browser: bool = False,
    ) -> None:
        """Show the page; `of_browser`: the error is about the browser, and not about a form."""
        self.is_compressed = form is None
        left_out: list[str] = []
        try:
            room = await self.site.hub.room(DEFAULT_CODE)
            first, recorded = board_view(room.board), is_worth_recording(room.board)
            if self.host_key(room):
                # The terminal shows the operator the host link of this board.
                left_out = self.site.template_registry.faults
        except (Refused, StoreAwayError):
            first, recorded = None, False
        form = form or {}
        self.render(
            "home.html",
            first=first,
            recorded=recorded,
            left_out=left_out,
            example=example(),
            templates=list(self.site.templates.values()),
            error=None if of_browser else error,
            notice=error if of_browser else None,
            form=form,
            read=await list_view(form["options"]) if form.get("options") else None,
        )


class BoardPage(Handler):
    """A page of one board."""

    access = Access.ANYONE
    view: View
    ending = ""
    is_of_meeting: ClassVar[bool] = True
    """At the address of a meeting, it shows the question at which the meeting is."""

    async def get(self, typed: str) -> None:
        room = await self.room_of_page(typed, self.ending)
        if room is None:
            return
        if self.admits(room):
            stays = not self.is_of_meeting or self.get_query_argument("stay", None) is not None
            question = room if stays else await self.question_of(room)
            follows = not stays and room.meeting.lead is None
            await self.show(question, follows=follows)

    async def show(self, room: Room, **more: object) -> None:
        # On a question of a meeting, the leading board has the code to join, and the credentials.
        code = room.meeting.roles.code
        lead = room if code == room.code else await self.site.hub.room(code)
        identity.use(self, lead.code)
        board = room.board
        actor = self.actor(room, self.view)
        audience = room.audience(actor, self.view)
        links = links_of(self.join_base(lead.board), lead.code)
        questions = await questions_of(self, room.meeting_view(audience))
        async with room.results.counted(audience):
            shown = {"more_comments": 0} | parts_of(board, audience)
        # All of it is of one moment, so nothing is asked of the room after waiting.
        shown |= {
            "board": room.board_view(),
            "lead": lead.code,
            "meeting": room.meeting_view(audience),
            "questions": questions,
            "talk": talk_counts(board),
            "threads": threads_of(shown["comments"]),
            "methods": list(METHODS.values()),
            "recorded": is_worth_recording(board),
            "people": room.people(),
            "now": room.now(),
            "you": room.you(actor),
            "mine": room.ballot(actor.seat),
            "max_proposals": MAX_WAITING_OF_SEAT,
            "longest_comment": LONGEST_COMMENT,
            "links": links,
            "code_shown": show_code(lead.code),
            "qr": qr(links.ballot),
            "join": join_address(self, lead),
        }
        texts = [comment.text for comment in shown["comments"] if not comment.deleted]
        texts += [known.evidence for gate in board.gates for known in gate.answers]
        # The page has a blank comment, too, which the script copies.
        html_of = await rich_texts(["", *texts])
        self.is_compressed = shown["mine"] is None and self.access is Access.ANYONE
        self.render(f"{self.view}.html", **shown, html_of=html_of, **more)

    def admits(self, room: Room) -> bool:
        """Refuse those who may not open the page. Raises Problem; False if it was
        answered already.
        """
        if self.access is Access.HOST and self.host_key(room) is None:
            without = not identity.keeps_cookies(self)
            message = words("refusal-host-page-cookie" if without else "refusal-host-page-link")
            raise Problem(403, Code.NOT_ALLOWED, message)
        return True


class BallotPage(BoardPage):
    view = View.BALLOT

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Content-Security-Policy", WITH_WORKER)

    async def show(self, room: Room, **more: object) -> None:
        # The page itself assigns the browser's id, so that the live connection it opens has a seat.
        self.ensure_browser()
        seat = self.actor(room, self.view).seat
        await super().show(room, options=seen_by(seat, room.board), **more)

    def admits(self, room: Room) -> bool:
        """Answer an invitation link in place of the ballot. Opening it does not take the seat."""
        if (token := identity.shown_in_link(self, "invite")) is not None:
            seats.show_link(self, room, token)
            return False
        held = self.actor(room, self.view).invited_seat
        if held is None and (token := identity.take_shared_link(self, room)):
            self.redirect(f"/b/{room.code}?invite={token}", status=303)
            return False
        return super().admits(room)


def seen_by(seat: str | None, board: Board) -> list[Option]:
    """Return the options of the round in the seat's own order, then the board's other options."""
    options = {option.id: option for option in board.options}
    if (current := board.round) is None:
        return list(options.values())
    if current.is_about_criteria:
        if current.state is State.REVEALED:
            return list(options.values())
        options = {
            id_: Option(id=id_, name=name, hue=HUES[n % len(HUES)])
            for n, (id_, name) in enumerate(current.names.items())
        }
    if FURTHER_DISCUSSION in current.names:
        options[FURTHER_DISCUSSION] = Option(
            id=FURTHER_DISCUSSION, name=current.names[FURTHER_DISCUSSION], hue=OTHER_HUE
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
        held = self.host_key(room)
        await super().show(
            room,
            key=held.key if held else "",
            retention_days=self.site.settings.retention_days,
            due=await self._due(room),
            templates=list(self.site.templates.values()),
            day_of=lambda at: day(iso_day(at)),
            **more,
        )

    async def _due(self, room: Room) -> Due | None:
        """Return when the board is deleted unless it is used; None if the store does not say."""
        with contextlib.suppress(StoreAwayError, DamagedError):
            due = await self.site.hub.use(room)
            return due if due.at else None
        return None

    def admits(self, room: Room) -> bool:
        """Accept a key from the address; without one, show the page to those who hold a key."""
        key = identity.shown_in_link(self, "key")
        if key is None:
            return super().admits(room)
        host = self._host_of(room, key)
        held = self.host_key(room)
        if self.is_cross_site() if held is None else held.host != host:
            self._ask(room, key, host, held)
        else:
            self._take_key(room, key)
        return False

    async def post(self, typed: str) -> None:
        """Accept a key whose link came from another site, or that replaces another key.

        With `another`, start another board like this one.
        """
        if has_form_sent_again(self):
            return
        room = await self.room(typed)
        if "another" in self.request.body_arguments:
            await self._start_another(room)
            return
        key = self.get_body_argument("key", "")
        if not key:
            raise Problem(403, Code.NOT_ALLOWED, words("refusal-host-only"))
        if host_of(key, room.meeting.roles.hosts) is None:
            await self.catch_up(room)
        host = self._host_of(room, key)
        held = self.host_key(room)
        if held is not None and held.host not in {host, self.get_body_argument("leave", "")}:
            self._ask(room, key, host, held)
        else:
            self._take_key(room, key)

    async def _start_another(self, room: Room) -> None:
        self.require_host(room)

        async def draft() -> BoardDraft:
            return draft_like(room.board)

        created = await self.create_board(draft)
        self.redirect(f"/b/{created.code}/host?key={created.host_key}", status=303)

    def _host_of(self, room: Room, key: str) -> str:
        host = host_of(key, room.meeting.roles.hosts)
        if host is None:
            self.require_rate(self.site.guess_limit, words("refusal-keys-rate"))
            raise Problem(403, Code.NOT_ALLOWED, words("refusal-host-link"))
        return host

    def _take_key(self, room: Room, key: str) -> None:
        self.ensure_browser()
        identity.set_host_key(self, room.meeting.roles.code, key)
        # To remove it from the address bar, the history and the referrer.
        self.redirect(f"/b/{room.code}/host", status=303)

    def _ask(self, room: Room, key: str, host: str, held: identity.HostKey | None) -> None:
        """Ask on a page of our own: a link on another site makes no one a host unasked."""
        self.render(
            "host_link.html",
            board=room.board,
            key=key,
            host=room.meeting.roles.hosts[host].name,
            held=held,
            held_name=room.meeting.roles.hosts[held.host].name if held else None,
        )


class Thread(NamedTuple):
    """A comment and its replies."""

    comment: CommentView | DeletedComment
    replies: list[CommentView]


def threads_of(comments: Sequence[CommentView | DeletedComment]) -> list[Thread]:
    """Arrange comments as the script does: pinned ones first, then the newest."""
    readable = [comment for comment in comments if isinstance(comment, CommentView)]
    replies: dict[str, list[CommentView]] = {}
    for reply in readable:
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
    comments = (thread.comment, *thread.replies)
    return any(isinstance(each, CommentView) and each.pinned for each in comments)


routes = [
    (r"/", Home),
    (r"/b/([^/]+)", BallotPage),
    (r"/b/([^/]+)/screen", ScreenPage),
    (r"/b/([^/]+)/host", HostPage),
]
