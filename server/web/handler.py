"""What all handlers share: an access rule, headers, answers, and errors in words."""

import asyncio
import contextlib
import gzip
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Hashable, Iterable
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError, RequestHandler

from server.brand import Brand
from server.concurrency import tasks
from server.domain.board import Board
from server.domain.refusals import Code, Refusal, Refused
from server.domain.templates import Template
from server.live.authorization import Actor, Credentials
from server.live.board_templates import TemplateRegistry
from server.live.commands.request import Request
from server.live.create_board import BoardDraft, CreatedBoard, create_board, draft_of, read_code
from server.live.hub import Hub
from server.live.messages import View
from server.live.pending import Answer
from server.live.room import Room
from server.network.addresses import Addresses, is_loopback, shown_address
from server.network.allowed_hosts import AllowedHosts, name_of
from server.observability.logs import event
from server.observability.metrics import BOARDS, FAULTS, HTTP_SECONDS, REFUSALS, REQUESTS, count
from server.sanitize.redaction import redacted
from server.security.guess_limit import GuessLimit, KnownClients, network_of
from server.security.rate_limit import RateLimits
from server.security.shared_rate_limit import SharedRates
from server.settings import Settings
from server.store.node import StoreAwayError
from server.web import identity
from server.web.accept_encoding import accepted
from server.web.body_limit import is_too_long
from server.web.errors import STORE_AWAY, Problem, problem_of, refusals_answered
from server.web.fair_queue import FairQueue
from server.web.paced_response import SLICE, PacedResponse
from server.words.catalogue import language, markup, words

logger = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'none'; "
    "base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; "
    # No script of ours makes HTML or code from text; browsers that support this enforce it.
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
WITH_WORKER = POLICY.replace("worker-src 'none'", "worker-src 'self'").replace(
    "trusted-types 'none'", "trusted-types worker"
)
"""The policy of a page that starts the service worker, whose address one script may name."""
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
"""Seconds to wait for the answer to an action; proxies give up after a minute."""
UNANSWERED = Refusal(Code.STORE_AWAY, words("refusal-unanswered"))


FORMS = {"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}
"""What browsers send forms as."""


class Access(StrEnum):
    """Who may call a handler. The server refuses to start if a handler declares none."""

    ANYONE = "anyone"
    HOST = "host"
    """A holder of a host key of the board."""
    BY_ACTION = "by action"
    """Anyone; each action is checked for the role that it requires."""
    BY_SEAT = "by seat"
    """Anyone; the request itself needs a link, a code, or the seat that the browser holds."""


class Site(Struct, frozen=True):
    """The parts of the server that handlers use."""

    @property
    def templates(self) -> dict[str, Template]:
        return self.template_registry.templates

    settings: Settings
    addresses: Addresses
    origins: frozenset[str]
    """The `trusted_origins`, as browsers send them."""
    hub: Hub
    template_registry: TemplateRegistry
    static_version: str
    brand: Brand
    messages: RateLimits
    """By seat, in this process, because a seat usually has one connection."""
    creation_limit: SharedRates
    """Boards created, by network."""
    unknown_credentials: SharedRates
    """Keys and invitations that this process had to look up, by network."""
    guess_limit: GuessLimit
    """Unknown codes, and wrong keys and links; by network, and in total."""
    known_clients: KnownClients
    names: AllowedHosts
    fair_queue: FairQueue

    @property
    def base(self) -> str:
        """The beginning of links where no request says how people reach the server."""
        return self.addresses.base()


def require_own_name(handler: RequestHandler) -> None:
    """Raise 421 for a request whose host is not one of this server's names."""
    request = handler.request
    site: Site = handler.application.settings["site"]
    if not site.names.include(request.host):
        logger.warning(
            "A request for the host %r was refused: it is not one of this server's names. To add "
            "it, use --public-url or --allowed-hosts.",
            shown_path(request.host),
            extra=event("unknown_host", host=shown_path(request.host)),
        )
        raise HTTPError(HTTPStatus.MISDIRECTED_REQUEST)


def repair_origin(request: HTTPServerRequest) -> None:
    """Replace an origin that is not a valid address by `null`; Tornado would fail on it."""
    try:
        urlsplit(request.headers.get("Origin", ""))
    except ValueError:
        request.headers["Origin"] = "null"


class Handler(RequestHandler):
    """The base class of all handlers."""

    access: ClassVar[Access]
    is_page: ClassVar[bool] = False
    """Its forms are sent by pages, and its errors are shown as a page."""
    is_compressed = False
    """Whether it is compressed. Not where it holds a secret, such as a key or a person's ballot:
    the compressed length would give hints of it to those who wrote other parts of it. Nor where it
    repeats what was sent."""
    is_replayed: ClassVar[bool] = False
    """Whether it needs the board's replay, so that its log is read once for both."""
    under_any_name: ClassVar[bool] = False
    """Whether it answers regardless of the `Host` header."""
    problem = ""
    """The code of the error in the answer, for the log."""
    browser: str | None = None
    """The new id of a browser that had none."""
    _code: str | None = None
    """The code of the requested board, once it was found."""

    @property
    def site(self) -> Site:
        site: Site = self.application.settings["site"]
        return site

    def initialize(self) -> None:
        repair_origin(self.request)

    async def prepare(self) -> None:
        """Wait for a turn in the queue: pages cost more than votes."""
        if not self.under_any_name:
            require_own_name(self)
        await self.site.fair_queue.acquire()
        if is_too_long(self.request.headers):
            raise HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def check_trusted_origin(self, origin: str) -> bool:
        """Whether a page of an origin may act here that does not look like our own.

        Some proxies rewrite `Host`. Then a page of `public_url` is known by its origin, unless the
        browser says otherwise. Called by Tornado before anything that is not a GET.
        """
        if origin in self.site.origins:
            return True
        says_more = "Sec-Fetch-Site" in self.request.headers
        return origin == self.site.addresses.origin and not says_more

    @property
    def base(self) -> str:
        """The beginning of links for the client that made the request, such as `http://10.42.0.1:8888`."""
        return self.site.addresses.base(self.request.host)

    def join_base(self, board: Board) -> str:
        """Return the beginning of links that lead others to a board: what its hosts chose counts
        before the address at which the request came.
        """
        chosen = board.settings.address
        return self.site.addresses.base(chosen or "", self.request.host)

    def redirect(self, url: str, permanent: bool = False, status: int | None = None) -> None:
        """Redirect to a path of this server, wherever it is served."""
        super().redirect(f"{self.site.addresses.root}{url}", permanent, status)

    @property
    def network(self) -> Hashable:
        """The key of limits that are not by seat."""
        return network_of(self.request.remote_ip or "")

    def require_rate(self, rates: SharedRates | GuessLimit, message: str) -> None:
        if not rates.allows(self.network):
            raise Problem(429, "too_fast", message)

    async def room_of_page(self, typed: str, ending: str) -> Room | None:
        """Return the room of the board of a page; None after redirecting to the page's address.

        A page has a single address for each board, so that cookies and bookmarks match it too.
        Raises Problem.
        """
        room = await self.room(typed)
        address = f"/b/{room.code}{ending}"
        if self.request.path == address:
            return room
        query = f"?{self.request.query}" if self.request.query else ""
        self.redirect(f"{address}{query}")
        return None

    async def room(self, typed: str) -> Room:
        """Return the room of the board with a code. Raises Problem.

        A client that has guessed too often is refused before anything is looked up: neither the
        answer nor its timing may distinguish a right code from a wrong one.
        """
        code = read_code(typed)
        if code is not None and self._is_known(code):
            return await self._open(code)
        guess = self.site.guess_limit.begin(self.network, code)
        if guess is None:
            raise Problem(429, "too_fast", words("refusal-codes-rate"))
        wrong = False
        try:
            return await self._open(code)
        except Problem as problem:
            wrong = problem.code == Code.NO_SUCH_BOARD
            raise
        finally:
            self.site.guess_limit.end(guess, code, wrong=wrong)

    async def _open(self, code: str | None) -> Room:
        try:
            if code is not None:
                room = await self.site.hub.room(code, told=self.is_replayed)
                if identity.shows_unknown_credentials(self, room):
                    await self.catch_up(room)
                room.require_open()
                self._remember_client(room)
                return room
        except Refused as refused:
            if refused.code is not Code.NO_SUCH_BOARD:
                raise Problem.of(refused.refusal) from refused
        except StoreAwayError as error:
            raise Problem.of(STORE_AWAY) from error
        raise Problem(404, Code.NO_SUCH_BOARD, words("refusal-no-board"))

    async def catch_up(self, room: Room) -> None:
        """Catch up with what another process may have logged a moment ago."""
        if self.site.unknown_credentials.allows(self.network):
            await room.replica.caught_up()

    def _is_known(self, code: str) -> bool:
        """Whether the client was on this board before, or holds an invitation to it."""
        shown = identity.shown_keys(self, code)
        shown += filter(None, (identity.shown_in_link(self, "key"), identity.browser(self).id))
        if any(self.site.known_clients.knows(code, each) for each in shown):
            return True
        return identity.shows_invitation(self, code, self.site.hub.pseudonyms)

    async def question_of(self, room: Room) -> Room:
        """Return the room of the question at which the meeting of a board is; the board's own if it
        leads none, or if that question is gone. Raises Problem.
        """
        meeting = room.board.meeting
        if meeting is None or meeting.current == room.code:
            return room
        try:
            question = await self.site.hub.room(meeting.current)
        except Refused:
            return room
        except StoreAwayError as error:
            raise Problem.of(STORE_AWAY) from error
        if question.meeting.lead is not room:
            return room
        code, self._code = self._code, question.code
        self._remember_client(question)
        self._code = code
        return question

    def _remember_client(self, room: Room) -> None:
        """Remember that this client has proved that it knows the board."""
        self._code = room.code
        held = self.host_key(room)
        for each in (identity.browser(self).id, held and held.key):
            if each:
                self.site.known_clients.remember(room.code, each)

    async def create_board(
        self, draft: Callable[[], Awaitable[BoardDraft]], *, host: str = "", lead: str = ""
    ) -> CreatedBoard:
        """Create a board, within the limit for this network. Raises Problem.

        With `host` and `lead`, as a question of a meeting: see `live/create_board.py`.
        """
        self.require_rate(self.site.creation_limit, words("refusal-boards-rate"))
        with refusals_answered():
            created = await create_board(self.site.hub, await draft(), host=host, lead=lead)
        BOARDS.inc()
        code = created.code
        logger.info("The board %s was created.", code, extra=event("board_made", board=code))
        # Wrong guesses from behind the same address must not shut out the board's host.
        if created.host_key:
            self.site.known_clients.remember(code, created.host_key)
        with contextlib.suppress(Refused, StoreAwayError):
            await self.site.hub.room(created.code)
        return created

    def draft_of_template(self, id_: str) -> BoardDraft:
        """Return the draft of a board made from a template. Raises Problem."""
        if id_ not in self.site.templates:
            raise Problem(404, "no_such_template", words("refusal-no-template"))
        return draft_of(self.site.templates[id_])

    def head(self, *args: str) -> Awaitable[None] | None:
        """Answer like GET, where it exists; Tornado omits the body."""
        return self.get(*args)

    def host_key(self, room: Room) -> identity.HostKey | None:
        """Return the valid host key in the request; on a question of a meeting, one of the board
        that leads it.
        """
        roles = room.meeting.roles
        return identity.host_key(self, roles.code, roles.hosts)

    def require_host(self, room: Room) -> Actor:
        """Return the host who makes the request. Raises Problem for anyone else."""
        actor = self.actor(room)
        if not actor.is_host:
            raise Problem(403, Code.NOT_ALLOWED, words("refusal-host-only"))
        return actor

    def actor(self, room: Room, view: View | None = None) -> Actor:
        """Return who makes the request, with their rights on this board."""
        credentials = self._credentials(room.board)
        if lead := room.meeting.lead:
            credentials = credentials._replace(lead=self._credentials(lead.board))
        return room.actor(credentials, view)

    def _credentials(self, board: Board) -> Credentials:
        browser = self.browser or identity.browser(self).id
        held = identity.host_key(self, board.code, board.hosts)
        return Credentials(
            browser=self.site.hub.pseudonyms.seat(browser, board.code) if browser else None,
            host=held.host if held else "",
        )

    def ensure_browser(self, *, for_longer: bool = False) -> None:
        """Assign an id to a browser that has none, or a forged one.

        With `for_longer`, the cookie of an existing id is renewed for its full duration.
        """
        known = identity.browser(self).id
        if known is None or for_longer:
            self.browser = known or secrets.token_urlsafe(18)
            identity.set_browser(self, self.browser)
            if self._code:
                self.site.known_clients.remember(self._code, self.browser)

    def is_cross_site(self) -> bool:
        """Whether a page of another site led here, as far as the browser tells."""
        headers = self.request.headers
        if (site := headers.get("Sec-Fetch-Site")) is not None:
            return site not in {"same-origin", "none"}
        # An old browser, or a page without HTTPS.
        host = headers.get("Host", "").lower()
        try:
            named = urlsplit(headers.get("Referer", "")).netloc.lower()
        except ValueError:
            return True
        return named not in {"", host, urlsplit(self.site.addresses.origin or "").netloc}

    async def ask(self, room: Room, actor: Actor, request: Request) -> Answer:
        """Submit a request to a board, and return its outcome."""
        count(REQUESTS, str(request.__struct_config__.tag))
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        room.request(actor, request, partial(tasks.resolve, answered))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await answered
        except TimeoutError:
            answer = UNANSWERED
        if isinstance(answer, Refusal):
            count(REFUSALS, answer.code)
        return answer

    async def done(self, room: Room, actor: Actor, request: Request) -> int:
        """Submit a request and return its position in the log. Raises Problem if it is refused."""
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
        """Send JSON that is already encoded, in pieces, as fast as the client reads it."""
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self._auto_finish = False
        await PacedResponse(self).send(body)

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> asyncio.Future[None]:
        """Send the answer. A long one is sent as fast as it is read, and counted in the backlog."""
        if chunk is not None:
            self.write(chunk)
        if self.is_compressed and self._write_buffer:
            self._compress()
        if self._headers_written or sum(map(len, self._write_buffer)) <= SLICE:
            return super().finish()
        body, self._write_buffer = b"".join(self._write_buffer), []
        self._auto_finish = False
        self._delivery = tasks.begin("delivery", PacedResponse(self).send([body]))
        return self._delivery

    def _compress(self) -> None:
        self.set_header("Vary", "Accept-Encoding")
        if accepted(self.request.headers.get("Accept-Encoding", ""), ["gzip"]):
            self.set_header("Content-Encoding", "gzip")
            self._write_buffer = [gzip.compress(b"".join(self._write_buffer), 6, mtime=0)]

    def get_template_namespace(self) -> dict[str, Any]:
        return super().get_template_namespace() | {
            "root": self.site.addresses.root,
            "static": lambda path: (
                f"{self.site.addresses.root}/static/{self.site.static_version}/{path}"
            ),
            "brand": self.site.brand,
            "words": words,
            "markup": markup,
            "language": language,
            # What else a request claims to be its host stands on no page.
            "local_host": self.request.host if is_loopback(name_of(self.request.host)) else "",
            "secure_base": self.site.base if identity.is_secure(self) else "",
            "public_address": shown_address(self.base),
        }

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        problem = problem_of(status_code, error)
        self.problem = problem.code
        if status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            self.set_header("Retry-After", "2")
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", ", ".join(self._methods()))
        asked = self.request.method in {"GET", "HEAD"} or self.is_page or self._is_form()
        if self.request.path.startswith("/api/") or not asked:
            self.answer(problem.shown(), status_code)
        else:
            self.render(
                "problem.html",
                status=status_code,
                title=problem.title,
                message=problem.message,
            )

    def _is_form(self) -> bool:
        """Whether a page sent the request, as a form, and so a page is the answer to show."""
        sent = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        accepted = self.request.headers.get("Accept", "")
        return sent in FORMS and (not accepted or "text/html" in accepted)

    @classmethod
    def _methods(cls) -> list[str]:
        done = {"GET", "HEAD"} if cls._implements("GET") else set()
        return [each for each in cls.SUPPORTED_METHODS if each in done or cls._implements(each)]

    @classmethod
    def _implements(cls, method: str) -> bool:
        done = getattr(cls, method.lower())
        return done not in {Handler.head, RequestHandler.get}

    def log_exception(self, *exc_info: Any) -> None:
        # A problem was answered in words, and has its line in the access log. Anything else is our
        # fault; the query is not logged, because it may contain a host key.
        if not isinstance(exc_info[1], HTTPError):
            count(FAULTS)
            logger.error(
                "%s %s failed.",
                self.request.method,
                shown_path(self.request.path),
                exc_info=exc_info,
            )


_LINK = re.compile(
    r"/b/([^/]+)(/screen|/host|/seat|/invites|/record|/replay|/pictures)?(?:[^\w%]|%[0-9A-Fa-f]{2}|_)*"
)
"""A link to a page of a board, including what a sentence or a mail program appended to it."""


class NotFound(Handler):
    """Any address without a route."""

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
    """Raise TypeError for a handler that does not declare who may call it."""
    for handler in handlers:
        if not isinstance(getattr(handler, "access", None), Access):
            raise TypeError(f"{handler.__name__} declares no access rule.")


def shown_path(path: str) -> str:
    """Return a path in a form that is safe to log.

    A raw byte could move a terminal's cursor, and a mail program may have made a key part of the
    path.
    """
    return redacted(path[:200]).encode("ascii", "backslashreplace").decode()


def log_request(handler: RequestHandler) -> None:
    """Count a request; log it if it was refused, or failed.

    The query is left out, because it may contain a host key.
    """
    status = handler.get_status()
    request = handler.request
    seconds = request.request_time()
    # A server that waits for its store, or is full, has not failed.
    kind = "503" if status == HTTPStatus.SERVICE_UNAVAILABLE else f"{status // 100}xx"
    HTTP_SECONDS.labels(kind).observe(seconds)
    # A store that is away has its own log line; polling every second needs no more.
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
