"""Results that take long to count: computed in time slices while the board stands still."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from functools import partial

from server.concurrency import tasks
from server.domain.rounds import Round
from server.live.replica import Replica
from server.live.time_slices import in_slices
from server.live.views import Audience


class SlowResults:
    """Makes sure that a result has been computed before it is shown."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._counting: set[asyncio.Task[None]] = set()

    def are_shown_to(self, *audiences: Audience) -> bool:
        """Whether one of these audiences sees a result that takes long to compute."""
        current = self._replica.board.round
        return current is not None and current.takes_long and any(a.result for a in audiences)

    @contextlib.asynccontextmanager
    async def counted(self, *audiences: Audience) -> AsyncIterator[None]:
        """Compute the result that these audiences see, if that takes long.

        The board stands still inside, so everything that is shown there is of one position.
        """
        if not self.are_shown_to(*audiences):
            yield
            return
        with self._replica.frozen():
            if current := self._replica.board.round:
                await count_in_slices(current)
            yield

    def ready(self, audiences: Iterable[Audience], go: Callable[[], None]) -> bool:
        """Return whether these audiences can be shown the result now; if not, `go` is called once
        they can.
        """
        shown = tuple(audiences)
        if not self.are_shown_to(*shown):
            return True
        task = tasks.supervise("count", partial(self._count_first, shown, go))
        self._counting.add(task)
        task.add_done_callback(self._counting.discard)
        return False

    async def _count_first(self, audiences: tuple[Audience, ...], go: Callable[[], None]) -> None:
        async with self.counted(*audiences):
            go()

    async def close(self) -> None:
        await tasks.end(self._counting)


async def count_in_slices(current: Round) -> None:
    """Compute the result of a round whose ballots do not change meanwhile."""
    await in_slices(current.counting())
