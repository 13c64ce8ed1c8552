"""Administration of boards from the command line: add a host, list boards, delete a board.

Everything goes through the store, so it works whether or not a server is running; a running one
learns of it like of anything else that happens on a board.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import redis

from server.concurrency import tasks
from server.domain import actions as act
from server.domain.board import Board
from server.domain.board_text import TextError, decoded, read_board
from server.domain.decision import Decision, Deferral
from server.domain.hosts import MAX_HOSTS
from server.domain.refusals import Refusal, Refused
from server.live.create_board import (
    DEFAULT_CODE,
    BoardDraft,
    CreatedBoard,
    create_board,
    draft_of_text,
    key_hash,
    show_code,
)
from server.live.outcomes import kept_until
from server.network.addresses import host_link, public_base
from server.ops.primaries import Primaries, connected, primaries_of
from server.ops.store_access import (
    AdministrationError,
    no_board,
    opened_log,
    opened_store,
    read_on,
    read_typed_code,
)
from server.sanitize.printable import one_line
from server.security import secret
from server.settings import Settings
from server.store import keys
from server.store.error_hints import with_remedy
from server.store.event_log import DAY_MS, PAGE, EventLog, notice_before

PATIENCE = 60.0
"""Seconds in which a primary must answer."""
OPERATOR = "Operator"
"""The name of a host added by an operator, in the history of the meeting."""
_TELLING = (
    *(b'"create"', b'"set_board"', b'_option"', b'_host"'),
    *(b'_round"', b'"decide"', b'"defer"', b'"reopen"'),
)
"""Signs of the entries that tell a board's title and decision."""


class BoardSummary(NamedTuple):
    """A board, as shown in the list of all boards. Times are milliseconds since 1970."""

    code: str
    title: str
    entries: int
    size: int | None
    """Bytes; None if the store does not report it."""
    used_at: int | None
    expires_at: int | None
    """When it is deleted unless it is used. None for a damaged board, like size and last use."""
    expires_soon: bool = False


def add_host(settings: Settings, typed: str) -> str:
    """Add another host to a board, with a new key; return the link.

    Keys cannot be shown again, because only their hashes are stored. Raises AdministrationError,
    StoreError, SecretError.
    """
    code = read_typed_code(typed)
    require_secret(settings)
    key = secrets.token_urlsafe(24)
    with opened_store(settings) as url:
        asyncio.run(_add_host(settings, url, code, key_hash(key)))
    return host_link(settings, code, key)


def require_secret(settings: Settings) -> None:
    """Raise AdministrationError if there is no secret, and SecretError if it cannot be read."""
    try:
        secret.read(settings.secret_path)
    except FileNotFoundError:
        raise AdministrationError(
            f"There is no secret at {settings.secret_path}: is this the right --data?"
        ) from None


class BoardLinks(NamedTuple):
    """The addresses of a new board; that of the host contains its key."""

    ballot: str
    screen: str
    host: str


def create(settings: Settings, content: bytes, title: str = "") -> BoardLinks:
    """Create a board from a file, as `board_text` reads it.

    Raises AdministrationError, StoreError.
    """
    try:
        draft = draft_of_text(read_board(decoded(content)), title)
    except TextError as error:
        raise AdministrationError(str(error)) from None
    except Refused as refused:
        raise AdministrationError(refused.message) from None
    with opened_store(settings) as url:
        made = asyncio.run(_create(settings, url, draft))
    return links_of(settings, made.code, host_link(settings, made.code, made.host_key))


def links_of(settings: Settings, code: str, host: str) -> BoardLinks:
    """Return the addresses of a board; that of a `host` is known."""
    ballot = f"{public_base(settings)}/b/{code}"
    return BoardLinks(ballot, f"{ballot}/screen", host)


async def _create(settings: Settings, url: str, draft: BoardDraft) -> CreatedBoard:
    async with opened_log(settings, url) as log:
        return await create_board(_Creator(log), draft)


class _Creator(NamedTuple):
    log: EventLog

    async def create(self, code: str, entries: Sequence[act.Entry]) -> bool:
        """Append the first entries of a board; False if the code is taken."""
        return await self.log.create(code, [act.encode(entry) for entry in entries])


async def _add_host(settings: Settings, url: str, code: str, key: str) -> None:
    async with opened_log(settings, url, code) as log:
        board = Board()
        await read_on(log, code, board)
        if len(board.hosts) >= MAX_HOSTS:
            await _do(log, board, act.RemoveHost(host=_oldest_operator(board)))
        name = _free_name(board)
        await _do(log, board, act.AddHost(host=secrets.token_hex(4), name=name, key=key))


async def _do(log: EventLog, board: Board, action: act.AnyAction) -> None:
    """Carry out an action on behalf of the server. Raises Refused."""
    entry = act.Entry(rules=act.RULES, action=action)
    answered: asyncio.Future[int | Refusal] = asyncio.get_running_loop().create_future()
    log.append(board.code, act.encode(entry), partial(tasks.resolve, answered))
    answer = await answered
    if isinstance(answer, Refusal):
        raise Refused(answer)
    await read_on(log, board.code, board)


def load_board(settings: Settings, typed: str) -> Board:
    """Read a board from its log. Raises AdministrationError, StoreError."""
    code = read_typed_code(typed)
    with opened_store(settings) as url:
        return asyncio.run(_load_board(settings, url, code))


async def _load_board(settings: Settings, url: str, code: str) -> Board:
    board = Board()
    async with opened_log(settings, url, code) as log:
        await read_on(log, code, board)
    return board


def _free_name(board: Board) -> str:
    taken = {host.name for host in board.hosts.values()}
    numbered = (f"{OPERATOR} {n}" for n in range(2, MAX_HOSTS + 2))
    return next(name for name in (OPERATOR, *numbered) if name not in taken)


def _oldest_operator(board: Board) -> str:
    """Return the id of the operator to replace. Raises AdministrationError if there is none."""
    for id_, host in board.hosts.items():
        if (host.name or "").startswith(OPERATOR):
            return id_
    raise AdministrationError(
        f"This board has {MAX_HOSTS} hosts already; one has to be removed first."
    )


def boards(settings: Settings) -> list[BoardSummary]:
    """List all boards, most recently used first. Raises AdministrationError, StoreError."""
    found: list[BoardSummary | None] = []
    with opened_store(settings) as url, _primaries(url) as primaries:
        primaries.require_all()
        for each in primaries.urls.values():
            with connected(each, PATIENCE) as client:
                codes = keys.codes_of(client.scan_iter(keys.ALL, count=1000))
                found += [_summary(client, settings, code) for code in sorted(codes)]
    return sorted(filter(None, found), key=lambda board: -(board.used_at or 0))


def summary(settings: Settings, typed: str) -> BoardSummary:
    """Return one board. Raises AdministrationError, StoreError."""
    code = read_typed_code(typed)
    with (
        opened_store(settings) as url,
        _primaries(url) as primaries,
        connected(primaries.url_of(keys.meta(code)), PATIENCE) as client,
    ):
        found = _summary(client, settings, code)
    if found is None:
        raise AdministrationError(no_board(code))
    return found


def delete(settings: Settings, code: str) -> None:
    """Delete a board, in the store and in all servers. Raises AdministrationError, StoreError."""
    with (
        opened_store(settings) as url,
        _primaries(url) as primaries,
        connected(primaries.url_of(keys.meta(code)), PATIENCE) as client,
    ):
        database = client.connection_pool.connection_kwargs.get("db") or 0
        found = list(client.scan_iter(keys.all_of(code), count=1000))
        with client.pipeline() as together:
            together.delete(keys.meta(code), *found)
            together.execute_command(primaries.publish, keys.live(code, int(database)), "d\n")
            together.execute()


@contextlib.contextmanager
def _primaries(url: str) -> Iterator[Primaries]:
    try:
        yield primaries_of(url)
    except (redis.exceptions.RedisError, OSError) as error:
        raise AdministrationError(f"The store: {with_remedy(error, url)}") from None


def _summary(client: Any, settings: Settings, code: str) -> BoardSummary | None:
    if not client.exists(keys.meta(code)):
        return None
    try:
        last = client.xrevrange(keys.log(code), count=1)
        written = int(last[0][1][b"t"]) if last else 0
        touched, keep = client.hmget(keys.meta(code), "touched", "keep")
        used_at = max(written, int(touched or 0))
        title, decided = _title_and_outcome(client, code)
        # Noted when the board is used; not yet on boards that an earlier version served.
        kept = int(keep) if keep else kept_until(decided)
        retention = settings.retention_days * DAY_MS
        expires_at = max(used_at + retention, kept)
        return BoardSummary(
            code,
            title,
            client.xlen(keys.log(code)),
            _size(client, code),
            used_at,
            expires_at,
            expires_soon=expires_at - 1000 * client.time()[0] < notice_before(retention),
        )
    except (redis.exceptions.ResponseError, KeyError, ValueError):
        return BoardSummary(code, "(damaged)", 0, None, None, None)


def _title_and_outcome(client: Any, code: str) -> tuple[str, Decision | Deferral | None]:
    """Read a board's current title, and what it decided, from its log."""
    told = Board()
    title, after = "", "-"
    while page := client.xrange(keys.log(code), after, count=PAGE):
        for id_, fields in page:
            payload = fields.get(b"e", b"")
            if any(sign in payload for sign in _TELLING):
                with contextlib.suppress(act.UnreadableError):
                    entry = act.decode(payload)
                    title = getattr(entry.action, "title", None) or title
                    told.apply(int(id_.partition(b"-")[2]), int(fields[b"t"]), entry)
        after = f"({page[-1][0].decode()}"
    return title, told.outcome


def _size(client: Any, code: str) -> int | None:
    try:
        return int(client.memory_usage(keys.log(code)) or 0)
    except redis.exceptions.ResponseError:
        return None


def warn_of_deletion(board: BoardSummary) -> str:
    """Return the question that asks for confirmation, with what will be lost."""
    words = (
        f"Delete the board {show_code(board.code)}, {one_line(board.title)!r}, with its "
        f"{board.entries} entries, for everyone and for good?"
    )
    if board.code == DEFAULT_CODE:
        words += f" A running server opens a new {DEFAULT_CODE} within a minute."
    return words
