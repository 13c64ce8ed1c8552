"""How many seats come to a board for the first time, minute by minute, over all servers."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import NamedTuple

from server import tasks
from server.log import keys
from server.log.damage import Complaints, DamagedError
from server.log.store import Script, Store, StoreAwayError

MINUTES = 15
"""That are told of."""
LOOK = 5.0
"""Seconds between two looks at what other processes have counted."""
GATHER = 1.0
"""Seconds in which those who come are gathered."""
SEATS_LAST_MS = 86_400_000
MOST = 100_000
"""Seats that are remembered; beyond, nobody is counted any more."""

_ARRIVE = Script("arrive")


class Minute(NamedTuple):
    """What came within one minute, whose begin is milliseconds since 1970 by the store's clock."""

    at: int
    seats: int
    networks: int


class Arrivals:
    """Notes who comes through this process, and tells what came through all of them."""

    def __init__(
        self, store: Store, code: str, changed: Callable[[], None], watched: Callable[[], bool]
    ) -> None:
        """Begin. `changed` is called when there is something else to tell; `watched` says
        whether anybody looks at it.
        """
        self.minutes: tuple[Minute, ...] = ()
        """Those in which somebody came, and the present one, the oldest first."""
        self.seats = 0
        """How many came in all."""
        self._store = store
        self._code = code
        self._changed = changed
        self._watched = watched
        self._seen: set[str] = set()
        self._new: dict[str, str] = {}
        self._complaints = Complaints()
        self._stir = asyncio.Event()
        self._teller = tasks.supervise("arrivals", self._tell)

    def came(self, seat: str, network: str) -> None:
        """Note a seat that may be here for the first time, and the network that it came from."""
        if seat in self._seen or len(self._seen) >= MOST:
            return
        self._seen.add(seat)
        self._new[seat] = network
        self._stir.set()

    async def close(self) -> None:
        await tasks.end((self._teller,))

    async def _tell(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._stir.wait()
                await asyncio.sleep(GATHER)
            self._stir.clear()
            if not self._new and not self._watched():
                continue
            try:
                await self._look()
            except StoreAwayError:
                continue
            except DamagedError as error:
                self._complaints.tell(error, "Newcomers are not counted until that is mended.")

    async def _look(self) -> None:
        new, self._new = self._new, {}
        pairs = [part for pair in new.items() for part in pair]
        try:
            minute, all_, *counts = await self._store.run_script(
                _ARRIVE,
                (keys.came(self._code), keys.arrivals(self._code), keys.networks(self._code)),
                (MINUTES, SEATS_LAST_MS, MOST, *pairs),
            )
        except StoreAwayError:
            self._new = new | self._new
            raise
        counted = {int(at): value.decode() for at, value in zip(*[iter(counts)] * 2, strict=True)}
        counted.setdefault(minute, "0 0")
        minutes = tuple(
            Minute(at * 60_000, *map(int, counted[at].split())) for at in sorted(counted)
        )
        if (minutes, all_) != (self.minutes, self.seats):
            self.minutes, self.seats = minutes, all_
            self._changed()
