"""Who is on a board, over all processes."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

from server import tasks
from server.log import keys
from server.log.damage import LARGEST_NUMBER, Complaints, DamagedError
from server.log.store import Script, Store, StoreAwayError

LASTS = 25.0
"""Seconds for which a process's word about its people counts."""
REPEAT = 8.0
"""Seconds after which it is said again."""
LAST_WORD = 1.0
"""Seconds in which the store has to take in that all have left."""
SETTLE = 0.25
"""Seconds in which comings and goings are gathered into one word."""
LOST_LASTS = 600.0
"""Seconds for which it is remembered that a line broke."""
MOST_LOST = 1000
"""Seats of which that is remembered; whoever has lost more need not know it to the last."""

AT_THE_DOOR = "?"
"""Before the seat of somebody who waits to be let in; no seat begins so."""

_HERE = Script("here")


class Presence:
    """The seats on one board. Each process says which are with it; all are joined here.

    `changed` is called when the joined set may be another; `round_open` gives the number of
    the round that is open, 0 for none: a line that breaks then may have a vote on its way.
    """

    def __init__(
        self,
        store: Store,
        process: str,
        code: str,
        changed: Callable[[], None],
        round_open: Callable[[], int],
    ) -> None:
        self._store = store
        self._process = process
        self._code = code
        self._changed = changed
        self._round_open = round_open
        self._mine: dict[str, int] = {}
        self._others: dict[str, tuple[int, frozenset[str]]] = {}
        self._lost: dict[str, tuple[int, int]] = {}
        """Seats whose line broke to the round in which it did, and until when that counts."""
        self._breaks: set[str] = set()
        """Seats whose line to this process broke since it last spoke."""
        self._complaints = Complaints()
        self._due = True
        """Whether to speak even with nobody here: to ask, or to say that the last one left."""
        self._stir = asyncio.Event()
        self._speaker = tasks.supervise("people", self._speak)

    def seats(self) -> set[str]:
        """Return the seats that are here now, without those at the door."""
        return {guest for guest in self._guests() if not guest.startswith(AT_THE_DOOR)}

    def at_the_door(self) -> set[str]:
        """Return the seats that wait to be let in."""
        waiting = {guest for guest in self._guests() if guest.startswith(AT_THE_DOOR)}
        # Whoever is in on one page waits on no other.
        return {guest.removeprefix(AT_THE_DOOR) for guest in waiting} - self._guests()

    def _guests(self) -> set[str]:
        return set(self._mine).union(*self._elsewhere())

    @property
    def leads(self) -> bool:
        """Whether this is the one, of all processes with people here, that speaks for all."""
        now = self._store.now()
        others = (name for name, (expiry, seats) in self._others.items() if seats and expiry > now)
        return bool(self._mine) and all(self._process < name for name in others)

    def lost(self, n: int) -> int:
        """Count the seats whose line broke while round `n` was open, and who are not back."""
        now = self._store.now()
        return sum(
            broke_in == n and until > now and not self._is_here(seat)
            for seat, (broke_in, until) in self._lost.items()
        )

    def _is_here(self, seat: str) -> bool:
        return seat in self._mine or any(seat in others for others in self._elsewhere())

    def _elsewhere(self) -> list[frozenset[str]]:
        """Return the seats of each other process whose word still counts."""
        now = self._store.now()
        return [others for expiry, others in self._others.values() if expiry > now]

    def enter(self, seat: str) -> None:
        """Count one more page of this seat."""
        self._breaks.discard(seat)
        self._lost.pop(seat, None)
        self._mine[seat] = self._mine.get(seat, 0) + 1
        if self._mine[seat] == 1:
            self._tell()

    def leave(self, seat: str, *, broke: bool = False) -> None:
        """Count one page of this seat less; `broke`: its line ended without a farewell."""
        self._mine[seat] -= 1
        if not self._mine[seat]:
            del self._mine[seat]
            # A line that died is noticed late: its person may have come back elsewhere.
            remembers = len(self._lost) + len(self._breaks) < MOST_LOST
            broke &= not seat.startswith(AT_THE_DOOR)
            if broke and remembers and self._round_open() and not self._is_here(seat):
                self._breaks.add(seat)
            self._tell()

    def hear(self, message: bytes) -> None:
        """Take in what a process said: its name, an expiry, its seats, the lost; a line each.

        Raises ValueError for anything else.
        """
        process, expiry, seats, lost = message.decode().split("\n")
        words = iter(lost.split())
        triples = zip(words, words, words, strict=True)
        ends, broke = int(expiry), {seat: (int(n), int(until)) for seat, n, until in triples}
        if any(number > LARGEST_NUMBER for number in (ends, *chain.from_iterable(broke.values()))):
            raise ValueError("no time is so late")
        self._take(process, ends, seats)
        self._take_lost(broke)
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

    def _take(self, process: str, expiry: int, seats: str) -> None:
        # Words come on two lines, the answer to our own and what is published: the later one
        # counts, and nobody is a word that is kept too, until it expires.
        known, _ = self._others.get(process, (0, frozenset()))
        if process != self._process and expiry >= known:
            here = frozenset(seats.split())
            self._others[process] = (expiry, here)
            for back in here & self._lost.keys():
                del self._lost[back]

    def _take_lost(self, lost: Mapping[str, tuple[int, int]]) -> None:
        for seat, broke in lost.items():
            if not self._is_here(seat) and not seat.startswith(AT_THE_DOOR):
                self._lost[seat] = broke

    def _tell(self) -> None:
        self._changed()
        self._stir.set()

    async def _speak(self) -> None:
        while True:
            if self._mine or self._due or self._breaks:
                self._due = bool(self._mine)
                with contextlib.suppress(StoreAwayError):
                    await self._say(self._mine)
            with contextlib.suppress(TimeoutError):
                # Not `wait_for`: until Python 3.12 it may swallow that it was cancelled.
                async with asyncio.timeout(self._pause()):
                    await self._stir.wait()
                await asyncio.sleep(SETTLE)
            self._stir.clear()
            self._forget_stale()

    def _pause(self) -> float:
        """Return the seconds until the next word, or until somebody else's ends."""
        ends = min((expiry for expiry, _ in self._others.values()), default=None)
        if ends is None:
            return REPEAT
        return min(REPEAT, max(0, ends - self._store.now()) / 1000 + 0.01)

    def _forget_stale(self) -> None:
        now = self._store.now()
        # Where the store's clock went back, a word may end later than any is said to.
        latest = now + 100 * LASTS * 1000
        stale = [name for name, (expiry, _) in self._others.items() if not now < expiry < latest]
        for process in stale:
            # Said at once, so that the store learns whose lines broke with a process.
            self._due |= bool(self._others.pop(process)[1])
        old = [seat for seat, (_, until) in self._lost.items() if until <= now]
        for seat in old:
            del self._lost[seat]
        if stale or old:
            self._changed()

    async def _say(self, seats: Iterable[str]) -> None:
        breaks, self._breaks = self._breaks, set()
        try:
            here, lost, foreign = await self._store.run_script(
                _HERE,
                (keys.here(self._code), keys.lost(self._code)),
                (
                    keys.live(self._code, self._store.database),
                    self._process,
                    int(LASTS * 1000),
                    " ".join(seats),
                    " ".join(breaks),
                    self._round_open(),
                    int(LOST_LASTS * 1000),
                ),
            )
        except DamagedError as error:
            # The votes are elsewhere, so the board goes on; it is tried again with the next word.
            self._breaks |= breaks - self._mine.keys()
            self._complaints.tell(error, "Who is here may be shown wrongly until that is mended.")
            return
        except Exception:
            self._breaks |= breaks - self._mine.keys()
            self._due = True
            raise
        for key, field in _pairs(foreign):
            found = DamagedError(key, f"its field {field!r} is none of ours")
            self._complaints.tell(found, "It is passed over.")
        for process, value in _pairs(here):
            with tasks.contained("people", self._code):  # Of another process: not its word alone.
                expiry, seats = value.split("\n")
                self._take(process, int(expiry), seats)
        lines = {seat: value.split() for seat, value in _pairs(lost)}
        self._take_lost({seat: (int(n), int(until)) for seat, (n, until) in lines.items()})
        self._changed()


def _pairs(flat: Sequence[bytes]) -> list[tuple[str, str]]:
    """Read what stands in a hash, or beside each other; a name that is no text is none of ours."""
    text = [each.decode(errors="replace") for each in flat]
    return list(zip(text[::2], text[1::2], strict=True))
