"""Who is on a board, over all processes."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable

from server import tasks
from server.log import keys
from server.log.store import Script, Store, StoreAwayError

LASTS = 25.0
"""Seconds for which a process's word about its people counts."""
REPEAT = 8.0
"""Seconds after which it is said again."""
LAST_WORD = 1.0
"""Seconds in which the store has to take in that all have left."""
SETTLE = 0.25
"""Seconds in which comings and goings are gathered into one word."""

_HERE = Script("here")


class Presence:
    """The seats on one board. Each process says which are with it; all are joined here.

    `changed` is called when the joined set may be another.
    """

    def __init__(self, store: Store, process: str, code: str, changed: Callable[[], None]) -> None:
        self._store = store
        self._process = process
        self._code = code
        self._changed = changed
        self._mine: dict[str, int] = {}
        self._others: dict[str, tuple[int, frozenset[str]]] = {}
        self._due = True
        """Whether to speak even with nobody here: to ask, or to say that the last one left."""
        self._stir = asyncio.Event()
        self._speaker = asyncio.create_task(self._speak())

    def seats(self) -> set[str]:
        """Return the seats that are here now."""
        now = self._store.now()
        seats = set(self._mine)
        for expiry, others in self._others.values():
            if expiry > now:
                seats |= others
        return seats

    def enter(self, seat: str) -> None:
        """Count one more page of this seat."""
        self._mine[seat] = self._mine.get(seat, 0) + 1
        if self._mine[seat] == 1:
            self._tell()

    def leave(self, seat: str) -> None:
        """Count one page of this seat less."""
        self._mine[seat] -= 1
        if not self._mine[seat]:
            del self._mine[seat]
            self._tell()

    def hear(self, message: bytes) -> None:
        """Take in what a process said: its name, an expiry and its seats, a line each."""
        process, expiry, seats = message.decode().split("\n")
        self._take(process, expiry, seats)
        self._changed()

    def ask(self) -> None:
        """Hear of all the others again: what they said may have been missed."""
        self._due = True
        self._stir.set()

    async def close(self) -> None:
        """Take this process's people off the board."""
        await tasks.end((self._speaker,))
        if self._mine and self._store.present:
            # Only said: their pages may end later, and each then counts itself off. A store that
            # hangs is not waited for: what was said last expires by itself.
            with contextlib.suppress(StoreAwayError, TimeoutError):
                async with asyncio.timeout(LAST_WORD):
                    await self._say(())

    def _take(self, process: str, expiry: str, seats: str) -> None:
        # Words come on two lines, the answer to our own and what is published: the later one
        # counts, and nobody is a word that is kept too, until it expires.
        known, _ = self._others.get(process, (0, frozenset()))
        if process != self._process and int(expiry) >= known:
            self._others[process] = (int(expiry), frozenset(seats.split()))

    def _tell(self) -> None:
        self._changed()
        self._stir.set()

    async def _speak(self) -> None:
        while True:
            if self._mine or self._due:
                self._due = bool(self._mine)
                try:
                    await self._say(self._mine)
                except StoreAwayError:
                    self._due = True
            with contextlib.suppress(TimeoutError):
                # Not `wait_for`: until Python 3.12 it may swallow that it was cancelled.
                async with asyncio.timeout(REPEAT):
                    await self._stir.wait()
                await asyncio.sleep(SETTLE)
            self._stir.clear()
            self._forget_stale()

    def _forget_stale(self) -> None:
        now = self._store.now()
        stale = [process for process, (expiry, _) in self._others.items() if expiry <= now]
        for process in stale:
            del self._others[process]
        if stale:
            self._changed()

    async def _say(self, seats: Iterable[str]) -> None:
        answer = await self._store.run_script(
            _HERE,
            (keys.here(self._code),),
            (keys.live(self._code), self._process, int(LASTS * 1000), " ".join(seats)),
        )
        for process, value in zip(answer[::2], answer[1::2], strict=True):
            self._take(process.decode(), *value.decode().split("\n"))
        self._changed()
