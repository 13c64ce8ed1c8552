"""What an operator does to boards from the command line: a way back in, a list, an end.

All of it goes by the store, so it works whether a server runs or not; one that runs hears of it
as of anything else that happens on a board.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Iterator
from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from server import secret, terminal
from server.domain import actions as act
from server.domain.board import Board
from server.domain.hosts import MAX_HOSTS
from server.domain.refusals import Refusal, Refused
from server.live.founding import DEFAULT_CODE, key_hash, read_code, show_code
from server.log import keys
from server.log.damage import DamagedError
from server.log.embedded import opened
from server.log.log import PAGE, Batch, Log
from server.log.remedies import with_remedy
from server.log.store import Store, StoreAwayError
from server.settings import Settings

OPERATOR = "Operator"
"""The name of a host whom an operator adds, in the history of the meeting."""
PATIENCE = 15.0
"""Seconds in which the store has to do it."""
DAY_MS = 86_400_000
_RETITLES = (b'"create"', b'"set_board"')


class AdministrationError(Exception):
    """It could not be done; the message says why and what to do."""


class BoardSummary(NamedTuple):
    """A board, as a list of all boards shows it. Times are milliseconds since 1970."""

    code: str
    title: str
    entries: int
    size: int | None
    """Bytes; None where the store does not tell."""
    used_at: int | None
    expires_at: int | None
    """When it is deleted unless it is used. None, as all else, for a board that is damaged."""


def add_host(settings: Settings, typed: str) -> str:
    """Make another host of a board, whose key nobody has yet; return the link.

    Keys cannot be shown again, because only their hashes are kept. Raises AdministrationError,
    StoreError, SecretError.
    """
    code = _code(typed)
    try:
        secret.read(settings.secret_path)
    except FileNotFoundError:
        raise AdministrationError(
            f"There is no secret at {settings.secret_path}: is this the right --data?"
        ) from None
    key = secrets.token_urlsafe(24)
    with _store(settings) as url:
        asyncio.run(_add_host(settings, url, code, key_hash(key)))
    return terminal.host_link(settings, code, key)


async def _add_host(settings: Settings, url: str, code: str, key: str) -> None:
    store = Store(url, settings.durability, settings.replicas)
    log = Log(store, _Nobody(), settings.retention_days)
    try:
        async with asyncio.timeout(PATIENCE):
            board = Board()
            await _read_on(log, code, board)
            if len(board.hosts) >= MAX_HOSTS:
                await _do(log, board, act.RemoveHost(host=_oldest_operator(board)))
            name = _free_name(board)
            await _do(log, board, act.AddHost(host=secrets.token_hex(4), name=name, key=key))
    except TimeoutError:
        raise AdministrationError(
            f"The store did not do it in {PATIENCE:g} s. `stackvote check` says why."
        ) from None
    except StoreAwayError as error:
        raise AdministrationError(with_remedy(error, url)) from None
    except Refused as refused:
        raise AdministrationError(refused.message) from None
    except act.UnreadableError as error:
        raise AdministrationError(f"The board's log cannot be read here: {error}.") from None
    finally:
        await log.close()
        await store.close()


async def _read_on(log: Log, code: str, board: Board) -> None:
    """Apply what the log has beyond what the board knows."""
    while True:
        page = await log.read(code, board.seq)
        for seq, at, payload in page.entries:
            board.apply(seq, at, act.decode(payload))
        if len(page.entries) < PAGE:
            return


async def _do(log: Log, board: Board, action: act.AnyAction) -> None:
    """Have something done by the server itself. Raises Refused."""
    answered: asyncio.Future[int | Refusal] = asyncio.get_running_loop().create_future()
    entry = act.Entry(rules=act.RULES, action=action)
    log.append(board.code, act.encode(entry), answered.set_result)
    answer = await answered
    if isinstance(answer, Refusal):
        raise Refused(answer)
    await _read_on(log, board.code, board)


def _free_name(board: Board) -> str:
    taken = {host.name for host in board.hosts.values()}
    numbered = (f"{OPERATOR} {n}" for n in range(2, MAX_HOSTS + 2))
    return next(name for name in (OPERATOR, *numbered) if name not in taken)


def _oldest_operator(board: Board) -> str:
    """Return the id of the one who makes room. Raises AdministrationError."""
    for id_, host in board.hosts.items():
        if (host.name or "").startswith(OPERATOR):
            return id_
    raise AdministrationError(f"This board has {MAX_HOSTS} hosts already; one has to leave first.")


class _Nobody:
    """Has no use for what stands in the log."""

    def receive(self, code: str, batch: Batch) -> None:
        """Take no note: it is read from the log."""

    def damaged(self, code: str, damage: DamagedError) -> None:
        """Take no note: whoever asked is told."""


def boards(settings: Settings) -> list[BoardSummary]:
    """List all boards, the one used last first. Raises AdministrationError, StoreError."""
    with _store(settings) as url, _client(url) as client:
        codes = keys.codes_of(client.scan_iter(keys.ALL, count=1000))
        found = [_summary(client, settings, code) for code in sorted(codes)]
    return sorted(filter(None, found), key=lambda board: -(board.used_at or 0))


def summary(settings: Settings, typed: str) -> BoardSummary:
    """Return one board. Raises AdministrationError, StoreError."""
    code = _code(typed)
    with _store(settings) as url, _client(url) as client:
        found = _summary(client, settings, code)
    if found is None:
        raise AdministrationError(f"There is no board {show_code(code)}.")
    return found


def delete(settings: Settings, code: str) -> None:
    """Delete a board, in the store and in all servers. Raises AdministrationError, StoreError."""
    with _store(settings) as url, _client(url) as client:
        database = client.connection_pool.connection_kwargs.get("db") or 0
        found = list(client.scan_iter(keys.all_of(code), count=1000))
        with client.pipeline() as together:
            together.delete(keys.meta(code), *found)
            together.publish(keys.live(code, int(database)), "d\n")
            together.execute()


def _code(typed: str) -> str:
    code = read_code(typed)
    if code is None:
        raise AdministrationError(f"{typed!r} is no code of a board, such as K7Q-F2M.")
    return code


@contextlib.contextmanager
def _store(settings: Settings) -> Iterator[str]:
    """Give the address of the store; the embedded one is started where it does not run."""
    if settings.redis_url is not None:
        yield settings.redis_url
        return
    with opened(settings.data_dir) as store:
        yield store.url


@contextlib.contextmanager
def _client(url: str) -> Iterator[Any]:
    try:
        with redis.from_url(url, socket_timeout=60, retry=Retry(NoBackoff(), 0)) as client:
            yield client
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
        return BoardSummary(
            code,
            _title(client, code),
            client.xlen(keys.log(code)),
            _size(client, code),
            used_at,
            max(used_at, int(keep or 0)) + settings.retention_days * DAY_MS,
        )
    except (redis.exceptions.ResponseError, KeyError, ValueError):
        return BoardSummary(code, "(damaged)", 0, None, None, None)


def _title(client: Any, code: str) -> str:
    """Read a board's title from its log: what it was named first, or last."""
    title, after = "", "-"
    while page := client.xrange(keys.log(code), after, count=PAGE):
        for _, fields in page:
            payload = fields.get(b"e", b"")
            if any(sign in payload for sign in _RETITLES):
                with contextlib.suppress(act.UnreadableError):
                    title = getattr(act.decode(payload).action, "title", None) or title
        after = f"({page[-1][0].decode()}"
    return title


def _size(client: Any, code: str) -> int | None:
    try:
        return int(client.memory_usage(keys.log(code)) or 0)
    except redis.exceptions.ResponseError:
        return None


def warn_of_deletion(board: BoardSummary) -> str:
    """Say what will be gone, as a question."""
    words = (
        f"Delete the board {show_code(board.code)}, {terminal.plain(board.title)!r}, with its "
        f"{board.entries} entries, for everybody and for good?"
    )
    if board.code == DEFAULT_CODE:
        words += f" A server that runs opens a new {DEFAULT_CODE} within a minute."
    return words
