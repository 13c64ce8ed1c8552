"""Background tasks. All of them are started here, so that none of them can end silently.

An unexpected exception is logged and counted. It stays contained: a task is restarted, and one
board, connection or callback does not affect the others.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from server.concurrency.backoff import Backoff
from server.observability.logs import event, once_a_minute
from server.observability.metrics import FAULTS, count

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Work = Callable[[], Coroutine[Any, Any, None]]

on_fault: list[Callable[[], None]] = []
"""Called for each fault, in a process whose counters are not those of a worker."""

_running: set[asyncio.Task[Any]] = set()
"""The event loop holds only weak references to tasks: an unreferenced one may vanish halfway."""


def begin(name: str, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
    """Start a task once. Its exception is raised where it is awaited; otherwise it is reported."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task


def supervise(
    name: str, work: Work, on_failure: Callable[[Exception], None] | None = None
) -> asyncio.Task[None]:
    """Run `work()` until it returns or is cancelled; run it again whenever it fails.

    A failure is reported under `name`, and passed to `on_failure`; then follows a pause that grows
    with the number of failures in a row.
    """
    return begin(name, _supervised(name, work, on_failure))


async def _supervised(
    name: str, work: Work, on_failure: Callable[[Exception], None] | None
) -> None:
    backoff = Backoff()
    while True:
        began = time.monotonic()
        try:
            await work()
        except asyncio.CancelledError:
            if _was_cancelled():
                raise
            # Something it awaited was cancelled, not this task.
            _failed(name, RuntimeError("what it waited for was cancelled"), on_failure)
        except Exception as error:
            if _was_cancelled():
                raise asyncio.CancelledError from error
            _failed(name, error, on_failure)
        else:
            return
        backoff.count(time.monotonic() - began)
        await asyncio.sleep(backoff.pause())


def _was_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _failed(name: str, error: Exception, on_failure: Callable[[Exception], None] | None) -> None:
    report(name, error)
    if on_failure is not None:
        with contained(name):
            on_failure(error)


class contained:  # noqa: N801 - read as a verb: `with contained("welcome"):`
    """Contain and report a fault of one board, connection or callback, to protect all others."""

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
    """Count a fault, and log it with its traceback; the same one is logged once a minute."""
    _count()
    logger.error(
        "A fault in %s%s: %r.",
        *(where, f" of board {board}" if board else "", error),
        exc_info=error,
        extra=once_a_minute(
            event("fault", where=where, board=board, code=f"{type(error).__name__} {_place(error)}")
        ),
    )


def _count() -> None:
    count(FAULTS)
    for callback in on_fault:
        callback()


def _place(error: BaseException) -> str:
    """Return the file and line of the error, which identify a fault together with its type."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else ""


def watch_loop() -> None:
    """Make the loop report failures of callbacks, and of tasks that are never awaited."""
    asyncio.get_running_loop().set_exception_handler(_unhandled)


def _unhandled(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error, future = context.get("exception"), context.get("future")
    if isinstance(error, ConnectionError) and not isinstance(future, asyncio.Task | None):
        # The end of a stream, which asyncio notes for those who wait for it, also where no one
        # does. Its own precaution depends on the order in which objects are collected.
        return
    if isinstance(error, Exception):
        report("callback", error)
    else:
        _count()
        loop.default_exception_handler(context)


def resolve(answered: asyncio.Future[Result], answer: Result) -> None:
    """Give a future its result, unless no one waits for it any more."""
    if not answered.done():
        answered.set_result(answer)


async def any_of(*events: asyncio.Event, seconds: float) -> None:
    """Wait until one of several events is set, or the time is up."""
    waits = [begin("wait", each.wait()) for each in events]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    await end(waits)


async def shared(task: asyncio.Task[Result]) -> Result:
    """Wait for a task that others also wait for: cancelling one waiter does not cancel it.

    Raises the task's exception, or EndedError if the task was cancelled; in that case no waiter
    was.
    """
    await asyncio.wait((task,))
    if task.cancelled():
        raise EndedError
    return task.result()


class EndedError(Exception):
    """The task that was waited for was cancelled."""


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks, and wait until they have ended.

    They are cancelled again if necessary: a library may swallow a cancellation, as redis-py does
    while it connects. The tasks' exceptions are not raised.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.2)


async def end_quietly(*steps: Work) -> None:
    """Close several things one after another; failures are reported."""
    for step in steps:
        with contained("close"):
            await step()
