"""What all handlers have in common: an access rule, headers, answers and errors in words."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Hashable
from enum import StrEnum
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError, RequestHandler

from server.domain.refusals import Code, Refusal, Refused
from server.domain.templates import Template
from server.live.admission import Actor, Badge
from server.live.founding import BoardDraft, Founded, draft_of, found, read_code
from server.live.hub import Hub
from server.live.messages import View
from server.live.rate import Rates
from server.live.requests import AnyRequest, HostRequest
from server.live.room import Room
from server.live.submissions import Answer
from server.log.store import StoreAwayError
from server.loglines import event
from server.metrics import BOARDS, FAULTS, HTTP_SECONDS, REFUSALS, REQUESTS, count
from server.settings import Settings
from server.web import identity
from server.web.guesses import Guesses, network_of
from server.web.problems import STORE_AWAY, Problem, problem_of
from server.web.safe_html import rich_text
from server.web.turns import Turns

logger = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; "
    # No script of ours makes HTML or code of a text; a browser that knows this lets none do it.
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), screen-wake-lock=(self)",
    "Cache-Control": "no-store",
}


ANSWER_SECONDS = 30.0
"""For which the answer to an action is waited for; proxies give up after a minute."""
UNANSWERED = Refusal(
    Code.STORE_AWAY, "The store has not answered yet; this may still be saved. Send it again."
)


class Access(StrEnum):
    """Who may call a handler. One that does not say stops the start."""

    ANYONE = "anyone"
    HOST = "host"
    """The holder of the board's key."""
    BY_ACTION = "by action"
    """Anyone may knock; each action is checked for the role that it takes."""


class Site(Struct, frozen=True):
    """What handlers need of the server around them."""

    settings: Settings
    base: str
    """The start of every link that is handed on."""
    hub: Hub
    templates: dict[str, Template]
    static_version: str
    messages: Rates
    """By seat."""
    founders: Rates
    """By network: boards made."""
    news: Rates
    """By network: keys and invitations that this process had to look up."""
    guesses: Guesses
    turns: Turns


def mend_origin(request: HTTPServerRequest) -> None:
    """Make an origin that is no address nobody's. Tornado would stumble over it."""
    try:
        urlsplit(request.headers.get("Origin", ""))
    except ValueError:
        request.headers["Origin"] = "null"


class Handler(RequestHandler):
    """A handler of this server."""

    access: ClassVar[Access]
    problem = ""
    """The code of the error that was answered; the log tells it."""
    browser: str | None = None
    """How the browser is named from now on, where it had no name."""

    @property
    def site(self) -> Site:
        site: Site = self.application.settings["site"]
        return site

    def initialize(self) -> None:
        mend_origin(self.request)

    async def prepare(self) -> None:
        """Wait until it is this request's turn: pages cost more than votes."""
        await self.site.turns.mine()

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    @property
    def network(self) -> Hashable:
        """What limits go by that are not a seat's."""
        return network_of(self.request.remote_ip or "")

    def require_rate(self, rates: Rates | Guesses, message: str) -> None:
        if not rates.allows(self.network):
            raise Problem(429, "too_fast", message)

    async def room(self, typed: str) -> Room:
        """Return the room of the board with a code. Raises Problem."""
        code = read_code(typed)
        guesses = self.site.guesses
        if code not in self.site.hub.rooms and not guesses.has_left(self.network):
            raise Problem(429, "too_fast", "Too many codes that no board has. Wait a minute.")
        try:
            if code is not None:
                room = await self.site.hub.room(code)
                if identity.shows_news(self, room) and self.site.news.allows(self.network):
                    await room.replica.caught_up()
                room.require_open()
                return room
        except Refused as refused:
            if refused.code is not Code.NO_SUCH_BOARD:
                raise Problem.of(refused.refusal) from refused
        except StoreAwayError as error:
            raise Problem.of(STORE_AWAY) from error
        guesses.allows(self.network)
        raise Problem(404, Code.NO_SUCH_BOARD, "There is no board with this code.")

    async def found(self, draft: Callable[[], BoardDraft]) -> Founded:
        """Make a board, within the limit for this address. Raises Problem."""
        self.require_rate(self.site.founders, "Too many boards were made from here. Wait a minute.")
        try:
            founded = await found(self.site.hub, draft())
        except Refused as refused:
            raise Problem.of(refused.refusal) from refused
        except StoreAwayError as error:
            raise Problem.of(STORE_AWAY) from error
        BOARDS.inc()
        code = founded.code
        logger.info("The board %s was made.", code, extra=event("board_made", board=code))
        with contextlib.suppress(Refused, StoreAwayError):
            # Open from now on: who has guessed codes behind this address shuts nobody out of it.
            await self.site.hub.room(founded.code)
        return founded

    def draft_of_template(self, id_: str) -> BoardDraft:
        """Return a board to be made from a template. Raises Problem."""
        if id_ not in self.site.templates:
            raise Problem(404, "no_such_template", "There is no such template.")
        return draft_of(self.site.templates[id_])

    def head(self, *args: str) -> Awaitable[None] | None:
        """Answer as to GET, wherever there is one; Tornado leaves the body out."""
        return self.get(*args)

    def host_key(self, room: Room) -> identity.HostKey | None:
        return identity.host_key(self, room.code, room.board.hosts)

    def require_host(self, room: Room) -> Actor:
        """Return the host who asks. Raises Problem for anybody else."""
        actor = self.actor(room)
        if not actor.is_host:
            raise Problem(403, Code.NOT_ALLOWED, "Only the host can do this.")
        return actor

    def actor(self, room: Room, view: View | None = None) -> Actor:
        """Say who asks, with which rights on this board."""
        browser = self.browser or identity.browser(self).id
        held = self.host_key(room)
        badge = Badge(
            browser=room.pseudonyms.seat(browser, room.code) if browser else None,
            host=held.host if held else "",
            invite=identity.invite(self, room),
        )
        return room.actor(badge, view)

    def ensure_browser(self) -> None:
        """Name the browser where it has no name, or a forged one."""
        if identity.browser(self).id is None:
            self.browser = secrets.token_urlsafe(18)
            identity.set_browser(self, self.browser)

    async def ask(self, room: Room, actor: Actor, request: AnyRequest | HostRequest) -> Answer:
        """Ask for something on a board, and wait for what becomes of it."""
        count(REQUESTS, str(request.__struct_config__.tag))
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def take(answer: Answer) -> None:
            if not answered.done():
                answered.set_result(answer)

        room.request(actor, request, take)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await answered
        except TimeoutError:
            answer = UNANSWERED
        if isinstance(answer, Refusal):
            count(REFUSALS, answer.code)
        return answer

    async def done(self, room: Room, actor: Actor, request: HostRequest) -> None:
        """Have something done. Raises Problem where it is refused."""
        answer = await self.ask(room, actor, request)
        if isinstance(answer, Refusal):
            raise Problem.of(answer)

    def answer(self, value: Any, status: int = 200) -> None:
        """Send a value as JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self.finish(msgspec.json.encode(value))

    def get_template_namespace(self) -> dict[str, Any]:
        return super().get_template_namespace() | {
            "static": lambda path: f"/static/{self.site.static_version}/{path}",
            "rich_text": rich_text,
            "public_address": urlsplit(self.site.base).netloc,
        }

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        problem = problem_of(status_code, error)
        self.problem = problem.code
        if status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            self.set_header("Retry-After", "2")
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", ", ".join(self._methods()))
        if self.request.path.startswith("/api/") or self.request.method not in {"GET", "HEAD"}:
            self.answer(problem.shown(), status_code)
        else:
            self.render(
                "problem.html",
                status=status_code,
                title=problem.title,
                message=problem.message,
                home="/",
            )

    @classmethod
    def _methods(cls) -> list[str]:
        done = {"GET", "HEAD"} if cls._does("GET") else set()
        return [each for each in cls.SUPPORTED_METHODS if each in done or cls._does(each)]

    @classmethod
    def _does(cls, method: str) -> bool:
        done = getattr(cls, method.lower())
        return done not in {Handler.head, RequestHandler.get}

    def log_exception(self, *exc_info: Any) -> None:
        # A problem was answered in words, and the access log has its one line. Anything else
        # is our fault; the query is left out of what is said, it may carry a host key.
        if not isinstance(exc_info[1], HTTPError):
            count(FAULTS)
            logger.error(
                "%s %s failed.",
                self.request.method,
                shown_path(self.request.path),
                exc_info=exc_info,
            )


class NotFound(Handler):
    """Any address that the table of routes does not have."""

    access = Access.ANYONE

    async def prepare(self) -> None:
        await super().prepare()
        raise HTTPError(404)


def require_access_rules(handlers: list[type[RequestHandler]]) -> None:
    """Raise TypeError for a handler that does not say who may call it."""
    for handler in handlers:
        if not isinstance(getattr(handler, "access", None), Access):
            raise TypeError(f"{handler.__name__} declares no access rule.")


def shown_path(path: str) -> str:
    """Return a path as it may stand in the log: a raw byte could move a terminal's cursor."""
    return path[:200].encode("ascii", "backslashreplace").decode()


def log_request(handler: RequestHandler) -> None:
    """Count a request; write a line for one that was refused, or failed.

    The query is left out: it may carry a host key.
    """
    status = handler.get_status()
    request = handler.request
    seconds = request.request_time()
    # A server that waits for its store, or is full, is not one that fails.
    kind = "503" if status == HTTPStatus.SERVICE_UNAVAILABLE else f"{status // 100}xx"
    HTTP_SECONDS.labels(kind).observe(seconds)
    # A store that is away has its own line; being asked for it every second needs no more.
    quiet = status < 400 or status == HTTPStatus.SERVICE_UNAVAILABLE
    level = logging.DEBUG if quiet else logging.INFO if status < 500 else logging.ERROR
    problem = handler.problem if isinstance(handler, Handler) else ""
    path = shown_path(request.path)
    logger.log(
        level,
        "%d %s %s%s %.0f ms",
        *(status, request.method, path, f" {problem}" if problem else "", 1000 * seconds),
        extra=event(
            "http",
            status=status,
            method=request.method or "",
            path=path,
            code=problem or str(status),
            duration_ms=round(1000 * seconds, 1),
        ),
    )
