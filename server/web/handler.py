"""What all handlers have in common: an access rule, headers, answers and errors in words."""

import asyncio
import contextlib
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Hashable, Iterable
from enum import StrEnum
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError, RequestHandler

from server import tasks
from server.domain.refusals import Code, Refusal, Refused
from server.domain.templates import Template
from server.live.admission import Actor, Badge
from server.live.founding import BoardDraft, Founded, draft_of, found, read_code
from server.live.hub import Hub
from server.live.messages import View
from server.live.rate import Rates
from server.live.requests import Request
from server.live.room import Room
from server.live.submissions import Answer
from server.log.store import StoreAwayError
from server.loglines import event
from server.metrics import BOARDS, FAULTS, HTTP_SECONDS, REFUSALS, REQUESTS, count
from server.redaction import redacted
from server.settings import Settings
from server.shared_times import SharedRates
from server.web import identity
from server.web.delivery import SLICE, Delivery
from server.web.guesses import Acquaintances, Guesses, network_of
from server.web.own_names import OwnNames
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
    BY_SEAT = "by seat"
    """Anyone may knock; what is asked takes a link, a code, or the seat that the browser holds."""


class Site(Struct, frozen=True):
    """What handlers need of the server around them."""

    settings: Settings
    base: str
    """The start of every link that is handed on."""
    hub: Hub
    templates: dict[str, Template]
    static_version: str
    messages: Rates
    """By seat, in this process: a seat has one connection, mostly."""
    founders: SharedRates
    """By network: boards made."""
    news: SharedRates
    """By network: keys and invitations that this process had to look up."""
    guesses: Guesses
    """By network, and in all: codes that no board has, keys and links that do not fit."""
    acquaintances: Acquaintances
    names: OwnNames
    turns: Turns


def require_own_name(handler: RequestHandler) -> None:
    """Raise 421 for a request that came under a name which is not this server's."""
    request = handler.request
    site: Site = handler.application.settings["site"]
    if not site.names.include(request.host):
        logger.warning(
            "A request for the host %r was refused: that is none of this server's names. If it is "
            "to be one, say --public-url or --allowed-hosts.",
            shown_path(request.host),
            extra=event("unknown_host", host=shown_path(request.host)),
        )
        raise HTTPError(HTTPStatus.MISDIRECTED_REQUEST)


def mend_origin(request: HTTPServerRequest) -> None:
    """Make an origin that is no address nobody's. Tornado would stumble over it."""
    try:
        urlsplit(request.headers.get("Origin", ""))
    except ValueError:
        request.headers["Origin"] = "null"


class Handler(RequestHandler):
    """A handler of this server."""

    access: ClassVar[Access]
    is_page: ClassVar[bool] = False
    """Its forms are sent by pages, and what is wrong is told as a page."""
    under_any_name: ClassVar[bool] = False
    """Whether it answers whatever `Host` says."""
    problem = ""
    """The code of the error that was answered; the log tells it."""
    browser: str | None = None
    """How the browser is named from now on, where it had no name."""
    _code: str | None = None
    """Of the board that was asked for, once it was found."""

    @property
    def site(self) -> Site:
        site: Site = self.application.settings["site"]
        return site

    def initialize(self) -> None:
        mend_origin(self.request)

    async def prepare(self) -> None:
        """Wait until it is this request's turn: pages cost more than votes."""
        if not self.under_any_name:
            require_own_name(self)
        await self.site.turns.mine()

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    @property
    def network(self) -> Hashable:
        """What limits go by that are not a seat's."""
        return network_of(self.request.remote_ip or "")

    def require_rate(self, rates: SharedRates | Guesses, message: str) -> None:
        if not rates.allows(self.network):
            raise Problem(429, "too_fast", message)

    async def room(self, typed: str) -> Room:
        """Return the room of the board with a code. Raises Problem.

        Whoever has guessed too often is answered before anything is looked up: neither the
        answer nor the time that it takes may tell a right code from a wrong one.
        """
        code = read_code(typed)
        if code is not None and self._knows(code):
            return await self._open(code)
        guess = self.site.guesses.begin(self.network, code)
        if guess is None:
            raise Problem(
                429, "too_fast", "Too many codes that no board has came from here. Wait a minute."
            )
        wrong = False
        try:
            return await self._open(code)
        except Problem as problem:
            wrong = problem.code == Code.NO_SUCH_BOARD
            raise
        finally:
            self.site.guesses.end(guess, code, wrong=wrong)

    async def _open(self, code: str | None) -> Room:
        try:
            if code is not None:
                room = await self.site.hub.room(code)
                if identity.shows_news(self, room):
                    await self.catch_up(room)
                room.require_open()
                self._let_in(room)
                return room
        except Refused as refused:
            if refused.code is not Code.NO_SUCH_BOARD:
                raise Problem.of(refused.refusal) from refused
        except StoreAwayError as error:
            raise Problem.of(STORE_AWAY) from error
        raise Problem(404, Code.NO_SUCH_BOARD, "There is no board with this code.")

    async def catch_up(self, room: Room) -> None:
        """Have the board know what another process may have taken in a moment ago."""
        if self.site.news.allows(self.network):
            await room.replica.caught_up()

    def _knows(self, code: str) -> bool:
        """Say whether who asks was on this board before, or holds an invitation to it."""
        shown = identity.shown_keys(self, code)
        shown += filter(None, (self.get_query_argument("key", None), identity.browser(self).id))
        if any(self.site.acquaintances.know(code, each) for each in shown):
            return True
        return identity.shows_invitation(self, code, self.site.hub.pseudonyms)

    def _let_in(self, room: Room) -> None:
        """Remember who has shown that they know this board."""
        self._code = room.code
        held = self.host_key(room)
        for each in (identity.browser(self).id, held and held.key):
            if each:
                self.site.acquaintances.remember(room.code, each)

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
        # Who has guessed codes behind this address does not shut its host out.
        self.site.acquaintances.remember(code, founded.host_key)
        with contextlib.suppress(Refused, StoreAwayError):
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
        )
        return room.actor(badge, view)

    def ensure_browser(self, *, for_longer: bool = False) -> None:
        """Name the browser where it has no name, or a forged one.

        With `for_longer` it keeps the name that it has for the whole time again.
        """
        known = identity.browser(self).id
        if known is None or for_longer:
            self.browser = known or secrets.token_urlsafe(18)
            identity.set_browser(self, self.browser)
            if self._code:
                self.site.acquaintances.remember(self._code, self.browser)

    def comes_from_elsewhere(self) -> bool:
        """Whether a page of another site led here, as far as the browser says so."""
        headers = self.request.headers
        if (site := headers.get("Sec-Fetch-Site")) is not None:
            return site not in {"same-origin", "none"}
        # An old browser, or a page without HTTPS.
        host = headers.get("Host", "").lower()
        try:
            named = urlsplit(headers.get("Referer", "")).netloc.lower()
        except ValueError:
            return True
        return named not in {"", host}

    async def ask(self, room: Room, actor: Actor, request: Request) -> Answer:
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

    async def done(self, room: Room, actor: Actor, request: Request) -> int:
        """Have something done; return its position. Raises Problem where it is refused."""
        answer = await self.ask(room, actor, request)
        if isinstance(answer, Refusal):
            raise Problem.of(answer)
        return answer

    def answer(self, value: Any, status: int = 200) -> None:
        """Send a value as JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self.finish(msgspec.json.encode(value))

    async def deliver(self, body: Iterable[bytes]) -> None:
        """Send JSON that was encoded before, in pieces, as fast as it is read."""
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self._auto_finish = False
        await Delivery(self).send(body)

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> asyncio.Future[None]:
        """Send the answer. A long one is sent as fast as it is read, and counted meanwhile."""
        if chunk is not None:
            self.write(chunk)
        if self._headers_written or sum(map(len, self._write_buffer)) <= SLICE:
            return super().finish()
        body, self._write_buffer = b"".join(self._write_buffer), []
        self._auto_finish = False
        self._delivery = tasks.begin("delivery", Delivery(self).send([body]))
        return self._delivery

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
        asked = self.request.method in {"GET", "HEAD"} or self.is_page
        if self.request.path.startswith("/api/") or not asked:
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


_LINK = re.compile(r"/b/([^/]+)(/screen|/host)?(?:[^\w%]|%[0-9A-Fa-f]{2}|_)*")
"""A link to a page of a board, and what a sentence or a mail program has left at its end."""


class NotFound(Handler):
    """Any address that the table of routes does not have."""

    access = Access.ANYONE

    async def prepare(self) -> None:
        await super().prepare()
        opened = self.request.method in {"GET", "HEAD"}
        link = _LINK.fullmatch(self.request.path) if opened else None
        code = read_code(unquote(link[1])) if link else None
        if link is None or code is None:
            raise HTTPError(404)
        query = f"?{self.request.query}" if self.request.query else ""
        self.redirect(f"/b/{code}{link[2] or ''}{query}")


def require_access_rules(handlers: list[type[RequestHandler]]) -> None:
    """Raise TypeError for a handler that does not say who may call it."""
    for handler in handlers:
        if not isinstance(getattr(handler, "access", None), Access):
            raise TypeError(f"{handler.__name__} declares no access rule.")


def shown_path(path: str) -> str:
    """Return a path as it may stand in the log: a raw byte could move a terminal's cursor, and a
    mail program may have made a part of the path of a key.
    """
    return redacted(path[:200]).encode("ascii", "backslashreplace").decode()


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
