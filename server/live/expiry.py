"""Deletes the boards that were not used for as long as `retention_days` says.

No clock is believed alone. By the store's clock a board is overdue; that clock may jump by months.
So each board is looked at once an hour by the clock of this process that only counts on, and is
deleted when it was found overdue for a week of such hours, in which nobody used it.
"""

import asyncio
import datetime as dt
import logging
import random
import time
from collections.abc import Callable

from server import tasks
from server.domain import actions as act
from server.domain.refusals import Refused
from server.live.hub import Hub
from server.live.replica import Replica, Watcher
from server.log.log import EXPIRED, NOT_OVERDUE
from server.log.store import StoreAwayError
from server.loglines import event

logger = logging.getLogger(__name__)

HOUR = 3600.0
"""Seconds from one look at a board to the next that counts."""
ENOUGH = 168
"""How often a board must have been found overdue before it is deleted."""
FIRST_LOOK = 5.0
"""Seconds after the start until the first look: what an earlier version told the store to drop is
kept from then on.
"""


class Expiry:
    """Looks after the boards that nobody uses."""

    def __init__(self, hub: Hub, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds, and never jumps."""
        self._hub = hub
        self._log = hub.log
        self._clock = clock
        self._seen: dict[str, tuple[int, float]] = {}
        """How often each board was counted as overdue, and since when that is known here."""

    async def keep(self) -> None:
        """Look after the boards until cancelled."""
        pause = FIRST_LOOK
        while True:
            await asyncio.sleep(pause)
            # Not all processes at the same time.
            pause = HOUR * random.uniform(1, 1.1)
            with tasks.contained("expiry"):
                try:
                    await self.look()
                except StoreAwayError:
                    pause = FIRST_LOOK

    async def look(self) -> None:
        """Look at each board once. Raises StoreAwayError."""
        codes = await self._log.codes()
        for code in self._seen.keys() - codes:
            del self._seen[code]
        for code in codes:
            try:
                await self._look_at(code)
            except (Refused, act.UnreadableError) as error:
                # What cannot be read is not deleted either, and keeps no other board from it.
                logger.debug("Board %s is not looked at: %s", code, error)
            except StoreAwayError:
                raise
            except Exception as error:  # noqa: BLE001 - it is reported, and keeps no other board
                tasks.report("expiry", error, code)

    async def _look_at(self, code: str) -> None:
        seen = await self._log.expire(code, NOT_OVERDUE, ENOUGH)
        if seen == NOT_OVERDUE:
            self._seen.pop(code, None)
            return
        known, since = self._seen.setdefault(code, (seen, self._clock()))
        if known != seen:
            # Another process has counted: from there on an hour must pass here.
            self._seen[code] = (seen, self._clock())
        elif self._clock() - since >= HOUR and not self._is_used(code):
            await self._count(code, seen)

    def _is_used(self, code: str) -> bool:
        room = self._hub.rooms.get(code)
        return room is not None and room.visitors > 0

    async def _count(self, code: str, seen: int) -> None:
        # What is decided on it may be looked at again on a day that was set: asked once, for the
        # board is another one only when it was used.
        keep = 0 if seen else await self._revisited(code)
        seen = await self._log.expire(code, seen, ENOUGH, keep)
        if seen == EXPIRED:
            del self._seen[code]
            logger.info(
                "Board %s was deleted: nobody has used it for long.",
                code,
                extra=event("board_expired", board=code),
            )
        elif seen == NOT_OVERDUE:
            del self._seen[code]
        else:
            self._seen[code] = (seen, self._clock())
            if seen == 1:
                logger.info(
                    "Board %s was not used for long. It is deleted in %d hours of running time, "
                    "unless it is used.",
                    *(code, ENOUGH - seen),
                    extra=event("board_overdue", board=code, hours=ENOUGH - seen),
                )

    async def _revisited(self, code: str) -> int:
        """Return the end of the day for which a board's decision was put off, in ms; 0 for none.

        Raises Refused `no_such_board`, StoreAwayError, UnreadableError.
        """
        replica = Replica(self._log, code, Watcher())
        await replica.load()
        decision = replica.board.decision
        if decision is None or decision.revisit_on is None:
            return 0
        day = dt.date.fromisoformat(decision.revisit_on)
        end = dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC)
        return int(end.timestamp() * 1000)
