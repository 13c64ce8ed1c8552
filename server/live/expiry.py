"""Deletes boards that were not used for as long as `retention_days` says.

A board whose decision has a date on which to look at it again is kept until a year after that date,
even if no one uses it.

No single clock is trusted. By the store's clock a board may be overdue, but that clock may jump by
months. So each board is checked once an hour by this process's monotonic clock, and is deleted only
after it was overdue in a week of such checks, without being used in between.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable

from server.concurrency import tasks
from server.domain import actions as act
from server.domain.refusals import Refused
from server.live.hub import Hub
from server.live.outcomes import due_at, kept_until
from server.live.replica import Replica, Watcher
from server.observability.logs import event
from server.observability.metrics import DECISIONS_DUE, NEXT_DECISION_DUE
from server.store.event_log import EXPIRED, NOT_OVERDUE
from server.store.node import StoreAwayError

logger = logging.getLogger(__name__)

HOUR = 3600.0
"""Seconds between two checks of a board that count."""
ENOUGH = 168
"""How often a board must have been overdue before it is deleted."""
FIRST_CHECK = 5.0
"""Seconds from the start to the first check, which also cancels expiries that an earlier version
set in the store.
"""


class Expiry:
    """Deletes unused boards."""

    def __init__(self, hub: Hub, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` returns monotonic seconds."""
        self._hub = hub
        self._log = hub.log
        self._clock = clock
        self._seen: dict[str, tuple[int, float]] = {}
        """How often each board was counted as overdue, and since when that is known here."""

    async def run(self) -> None:
        """Check the boards periodically, until cancelled."""
        pause = FIRST_CHECK
        while True:
            await asyncio.sleep(pause)
            # Not all processes at the same time.
            pause = HOUR * random.uniform(1, 1.1)
            with tasks.contained("expiry"):
                try:
                    await self.check()
                except StoreAwayError:
                    pause = FIRST_CHECK

    async def check(self) -> None:
        """Check each board once, except those on a node that is away. Raises StoreAwayError."""
        store = self._hub.store
        there = [node for node in store.nodes if node.present] or store.nodes
        codes = await self._log.codes(*there)
        if len(there) == len(store.nodes):
            for code in self._seen.keys() - codes:
                del self._seen[code]
        for code in codes:
            try:
                await self._check_board(code)
            except (Refused, act.UnreadableError) as error:
                # A board that cannot be read is not deleted either, and does not block the others.
                logger.debug("Board %s cannot be checked for expiry: %s", code, error)
            except StoreAwayError:
                raise
            except Exception as error:  # noqa: BLE001 - reported; other boards continue
                tasks.report("expiry", error, code)
        now = self._hub.store.now()
        days = [due_at(keep) for keep in await self._log.kept(codes) if keep > 0]
        DECISIONS_DUE.set(sum(day <= now for day in days))
        NEXT_DECISION_DUE.set(min((day for day in days if day > now), default=0) / 1000)

    async def _check_board(self, code: str) -> None:
        seen = await self._log.expire(code, NOT_OVERDUE, ENOUGH)
        if seen == NOT_OVERDUE:
            self._seen.pop(code, None)
            return
        known, since = self._seen.setdefault(code, (seen, self._clock()))
        if known != seen:
            # Another process has counted: an hour must pass here from then on.
            self._seen[code] = (seen, self._clock())
        elif self._clock() - since >= HOUR and not self._is_used(code):
            await self._count(code, seen)

    def _is_used(self, code: str) -> bool:
        room = self._hub.rooms.get(code)
        return room is not None and room.visitors > 0

    async def _count(self, code: str, seen: int) -> None:
        # Read when the board is first found overdue, because a decision cannot change without the
        # board being used, and once more before it is deleted: an earlier version may have begun
        # the count.
        keep = await self._kept_until(code) if seen in {0, ENOUGH - 1} else 0
        seen = await self._log.expire(code, seen, ENOUGH, keep)
        if seen == EXPIRED:
            del self._seen[code]
            logger.info(
                "Board %s was deleted: it had not been used for a long time.",
                code,
                extra=event("board_expired", board=code),
            )
        elif seen == NOT_OVERDUE:
            del self._seen[code]
        else:
            self._seen[code] = (seen, self._clock())
            if seen == 1:
                logger.info(
                    "Board %s has not been used for a long time. It will be deleted after %d "
                    "hours of running time unless it is used.",
                    *(code, ENOUGH - seen),
                    extra=event("board_overdue", board=code, hours=ENOUGH - seen),
                )

    async def _kept_until(self, code: str) -> int:
        """Return before when a board's decision keeps it, in ms; 0 if it does not.

        Raises Refused `no_such_board`, StoreAwayError, UnreadableError.
        """
        replica = Replica(self._log, code, Watcher())
        await replica.load()
        return kept_until(replica.board.outcome)
