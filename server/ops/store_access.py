"""How the commands for operators reach the store, and put into words what can go wrong with it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

from server.domain import actions as act
from server.domain.board import Board
from server.domain.refusals import Code, Refused
from server.live.create_board import read_code, show_code
from server.settings import Settings
from server.store.client import Store
from server.store.damage import DamagedError
from server.store.embedded import opened
from server.store.error_hints import with_remedy
from server.store.event_log import PAGE, Batch, EventLog
from server.store.node import StoreAwayError

PATIENCE = 15.0
"""Seconds in which the store must carry out what is quick."""


class AdministrationError(Exception):
    """The operation failed; the message says why and what to do."""


@contextlib.asynccontextmanager
async def opened_log(
    settings: Settings, url: str, code: str = "", patience: float = PATIENCE
) -> AsyncIterator[EventLog]:
    """Provide the log for one operation, and put into words what can go wrong with it."""
    async with _worded(url, code, patience):
        store = Store(url, settings.durability, settings.replicas)
        log = EventLog(store, _NullReceiver(), settings.retention_days)
        try:
            await store.refresh()
            yield log
        finally:
            await log.close()
            await store.close()


@contextlib.asynccontextmanager
async def opened_client(
    settings: Settings, url: str, code: str, patience: float
) -> AsyncIterator[Store]:
    """Provide the store for one operation that goes past the log, in the same way."""
    async with _worded(url, code, patience):
        store = Store(url, settings.durability, settings.replicas)
        try:
            await store.refresh()
            yield store
        finally:
            await store.close()


@contextlib.asynccontextmanager
async def _worded(url: str, code: str, patience: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(patience):
            yield
    except TimeoutError:
        raise AdministrationError(
            f"The store did not do this within {patience:g} s. `stackvote check` says why."
        ) from None
    except StoreAwayError as error:
        raise AdministrationError(with_remedy(error, url)) from None
    except Refused as refused:
        gone = refused.code is Code.NO_SUCH_BOARD
        raise AdministrationError(no_board(code) if gone else refused.message) from None
    except act.UnreadableError as error:
        raise AdministrationError(f"The board's log cannot be read here: {error}.") from None


async def read_on(log: EventLog, code: str, board: Board) -> None:
    """Apply the entries of the log that the board does not have yet."""
    while True:
        page = await log.read(code, board.seq)
        for seq, at, payload in page.entries:
            board.apply(seq, at, act.decode(payload))
        if len(page.entries) < PAGE:
            return


class _NullReceiver:
    """Ignores what is in the log."""

    def receive(self, code: str, batch: Batch) -> None:
        """Ignore it; the log is read instead."""

    def damaged(self, code: str, damage: DamagedError) -> None:
        """Ignore it; the caller gets the error."""


def no_board(code: str) -> str:
    return f"There is no board {show_code(code)}. `stackvote boards` lists all boards."


def read_typed_code(typed: str) -> str:
    code = read_code(typed)
    if code is None:
        raise AdministrationError(f"{typed!r} is not a board code, such as K7Q-F2M.")
    return code


@contextlib.contextmanager
def opened_store(settings: Settings) -> Iterator[str]:
    """Provide the address of the store; the embedded one is started if it is not running."""
    if settings.redis_url is not None:
        yield settings.redis_url
        return
    with opened(settings.data_dir) as store:
        yield store.url
