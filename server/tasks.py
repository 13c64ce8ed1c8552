"""What runs in the background: all of it begins here, so that none of it ends without a word.

A fault that nobody expects is said in the log and counted. It stays where it happens: a task is
begun again, and one board, connection or callback takes no other with it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from server.loglines import event, once_a_minute
from server.metrics import FAULTS, count
from server.restarts import Restarts

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Work = Callable[[], Coroutine[Any, Any, None]]

_running: set[asyncio.Task[Any]] = set()
"""The loop itself refers to tasks weakly: one that nobody holds may vanish half done."""


def begin(name: str, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
    """Run something once. What it fails of is raised where it is awaited; else it is reported."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task


def supervise(
    name: str, work: Work, on_failure: Callable[[Exception], None] | None = None
) -> asyncio.Task[None]:
    """Run `work()` until it returns or is cancelled, and again whenever it fails.

    A failure is reported under `name`, and `on_failure` is told of it; then comes a pause, the
    longer the more often it failed in a row.
    """
    return begin(name, _supervised(name, work, on_failure))


async def _supervised(
    name: str, work: Work, on_failure: Callable[[Exception], None] | None
) -> None:
    restarts = Restarts()
    while True:
        began = time.monotonic()
        try:
            await work()
        except asyncio.CancelledError:
            if _told_to_end():
                raise
            # Not this task was cancelled, but something that it waited for.
            _failed(name, RuntimeError("what it waited for was cancelled"), on_failure)
        except Exception as error:
            if _told_to_end():
                raise asyncio.CancelledError from error
            _failed(name, error, on_failure)
        else:
            return
        restarts.count(time.monotonic() - began)
        await asyncio.sleep(restarts.pause())


def _told_to_end() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _failed(name: str, error: Exception, on_failure: Callable[[Exception], None] | None) -> None:
    report(name, error)
    if on_failure is not None:
        with contained(name):
            on_failure(error)


class contained:  # noqa: N801 - read as a verb: `with contained("welcome"):`
    """Keep a fault of one board, connection or callback from all the others: it is reported."""

    __slots__ = ("_board", "_where", "failed")

    def __init__(self, where: str, board: str = "") -> None:
        self._where = where
        self._board = board
        self.failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self.failed = True
        report(self._where, error, self._board)
        return True


def report(where: str, error: BaseException, board: str = "") -> None:
    """Count a fault, and say it with its traceback; the same one is written once a minute."""
    count(FAULTS)
    logger.error(
        "A fault in %s%s: %r.",
        *(where, f" of board {board}" if board else "", error),
        exc_info=error,
        extra=once_a_minute(
            event("fault", where=where, board=board, code=f"{type(error).__name__} {_place(error)}")
        ),
    )


def _place(error: BaseException) -> str:
    """Name the line where it was raised: by that and its type, faults are told apart."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else ""


def watch_loop() -> None:
    """Have the loop report what fails in its callbacks, and in tasks that nobody awaits."""
    asyncio.get_running_loop().set_exception_handler(_unhandled)


def _unhandled(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, Exception):
        report("callback", error)
    else:
        count(FAULTS)
        loop.default_exception_handler(context)


async def any_of(*events: asyncio.Event, seconds: float) -> None:
    """Wait until one of several things happens, or the time is up."""
    waits = [begin("wait", each.wait()) for each in events]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    await end(waits)


async def shared(task: asyncio.Task[Result]) -> Result:
    """Wait for what others wait for, too: one who leaves does not end it.

    Raises what it failed of, and EndedError where it was told to end: then none of those who
    wait was cancelled.
    """
    await asyncio.wait((task,))
    if task.cancelled():
        raise EndedError
    return task.result()


class EndedError(Exception):
    """What was waited for will not come: it was told to end."""


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks, and wait until they have ended.

    More than once where it must be: a library may swallow a cancellation, redis-py does while
    it connects. What a task died of is not raised.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.2)


async def end_quietly(*steps: Work) -> None:
    """Close several things one after the other: what fails at one is reported."""
    for step in steps:
        with contained("close"):
            await step()
