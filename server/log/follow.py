"""Following boards: one supervised pub/sub connection for a whole process.

Pub/sub is only a hint. Every confirmed subscription means that something may have been
missed, because a connection that was lost and made anew says nothing else. A store that
hangs raises nothing either, so the process sends itself a sign of life and distrusts a
line on which it does not come back.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from server import tasks
from server.log import keys
from server.log.damage import Complaints, DamagedError
from server.log.log import Batch
from server.log.store import Store, StoreAwayError
from server.loglines import event

logger = logging.getLogger(__name__)

BEAT = 1.0
"""Seconds between two signs of life."""
SILENCE = 3.0
"""Seconds without a sign of life after which the line is given up."""
SAY_AGAIN = 60.0
"""Seconds from one line in the log about a cut to the next."""


class Follower(Protocol):
    """Who wants to know what happens on a board."""

    def receive(self, batch: Batch) -> None:
        """Take entries that were appended, in order or not, some for the second time."""

    def hear(self, message: bytes) -> None:
        """Take what another process says of the people on the board.

        Raises ValueError for what no process says.
        """

    def catch_up(self) -> None:
        """Something may have been missed: compare positions with the log."""

    def damaged(self, damage: DamagedError) -> None:
        """Learn that nothing can be written to the board's log."""


class Line:
    """The line on which a process hears of its boards."""

    def __init__(self, store: Store, process: str, prepare: Callable[[], Awaitable[None]]) -> None:
        """`prepare` is awaited before boards are told to catch up: the store may be a new one."""
        self._store = store
        self._prepare = prepare
        self._pulse = keys.pulse(process)
        self._followers: dict[str, Follower] = {}
        self._run = b""
        # What is published under another letter is a later version's.
        self._pieces = {b"a": self._take_batch, b"h": self._take_word, b"d": self._take_end}
        self._pubsub: PubSub | None = None
        self._complaints = Complaints()
        self._heard = 0.0
        self._moved = False
        """Whether the store is another, or in another run, since the line was made."""
        self._patience: asyncio.Timeout | None = None
        self._up = False
        """Whether a sign of life has come back since the line was made."""
        self._cuts = 0
        """How often the line was cut since the log last spoke of it."""
        self._told_of_cuts = -SAY_AGAIN
        self._tasks: list[asyncio.Task[None]] = []
        store.on_moved.append(self._move)

    def start(self) -> None:
        self._heard = asyncio.get_running_loop().time()
        self._tasks = [
            tasks.supervise("line", self._follow, self._give_up),
            tasks.supervise("beat", self._beat, self._give_up),
        ]

    async def close(self) -> None:
        await tasks.end(self._tasks)

    def silence(self) -> float:
        """Return the seconds since the last sign of life."""
        return asyncio.get_running_loop().time() - self._heard

    async def follow(self, code: str, follower: Follower) -> None:
        """From now on tell `follower` of a board; it is told to catch up when that begins."""
        channel = self._channel(code)
        self._followers[channel] = follower
        if self._pubsub is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._pubsub.subscribe(channel)

    async def leave(self, code: str) -> None:
        channel = self._channel(code)
        self._followers.pop(channel, None)
        if self._pubsub is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._pubsub.unsubscribe(channel)

    def receive(self, code: str, batch: Batch) -> None:
        """Pass on a batch that this process appended itself; it need not wait for its echo."""
        if found := self._followers.get(self._channel(code)):
            self._give(found, lambda to: to.receive(batch))

    def damaged(self, code: str, damage: DamagedError) -> None:
        """Pass on that nothing can be written to a board's log."""
        if found := self._followers.get(self._channel(code)):
            self._give(found, lambda to: to.damaged(damage))

    def _channel(self, code: str) -> str:
        return keys.live(code, self._store.database)

    async def _follow(self) -> None:
        while True:
            self._up = False
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                if self._up:
                    # The line was cut, which says nothing of the store: ask it at once.
                    self._cuts += 1
                    await asyncio.sleep(random.uniform(0, 0.05))
                    continue
                self._give_up(error)
            except StoreAwayError as error:
                self._give_up(error)
            await asyncio.sleep(random.uniform(0.05, 0.5))

    async def _listen(self) -> None:
        """Listen until the line is lost. Raises what redis-py raises, or StoreAwayError."""
        loop = asyncio.get_running_loop()
        self._moved = False
        # The address may lead elsewhere by now: what is asked goes where the line goes.
        self._store.hang_up()
        self._store.run = run = await self._store.read_run()
        if run != self._run:
            known, self._run = self._run, run
            self._cuts = 0  # It was no cut of the line alone.
            if known:
                logger.warning(
                    "The store runs anew. All boards are read again.", extra=event("store_anew")
                )
        await self._prepare()
        async with self._store.client.pubsub(push_handler_func=_as_it_came) as pubsub:
            self._heard = loop.time()
            await pubsub.subscribe(self._pulse)
            # From here on `follow` subscribes by itself, so that nobody falls in between.
            self._pubsub = pubsub
            try:
                if self._followers:
                    await pubsub.subscribe(*self._followers)
                # At once, because votes are refused until the first sign of life is back.
                await self._store.beat(self._pulse, "")
                await self._hear(pubsub)
            finally:
                self._pubsub = None

    async def _hear(self, pubsub: PubSub) -> None:
        """Pass on what comes, until it is silent for too long. Raises StoreAwayError."""
        try:
            async with asyncio.timeout_at(self._heard + SILENCE) as self._patience:
                while not self._moved:
                    message = await pubsub.get_message(timeout=None)
                    if message is not None:
                        self._pass_on(message)
                    if self._patience.when() != self._heard + SILENCE and not self._moved:
                        self._patience.reschedule(self._heard + SILENCE)
        except TimeoutError as error:
            if not self._moved:
                raise StoreAwayError(f"nothing came back in {SILENCE:g} s") from error
        finally:
            self._patience = None
        raise StoreAwayError("it is another run")

    def _move(self) -> None:
        """Give up the line at once: the store that it leads to is not the one it was."""
        self._moved = True
        if self._patience:
            self._patience.reschedule(asyncio.get_running_loop().time())

    def _pass_on(self, message: dict[str, Any]) -> None:
        channel = message["channel"].decode(errors="replace")
        if channel == self._pulse:
            self._heard = asyncio.get_running_loop().time()
            self._up = True
            self._store.set_present(value=True)
            if self._cuts:
                self._tell_of_cuts(self._heard)
            return
        follower = self._followers.get(channel)
        if follower is not None:
            self._give(follower, lambda to: self._take(to, channel, message))

    def _give(self, follower: Follower, give: Callable[[Follower], None]) -> None:
        """Give something to a board. Where that fails, the line goes on for all the others, and
        what the board has missed by it is read from the log.
        """
        with tasks.contained("follower") as giving:
            give(follower)
        if giving.failed:
            with tasks.contained("follower"):
                follower.catch_up()

    def _take(self, follower: Follower, channel: str, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            follower.catch_up()
        elif message["type"] == "message":
            kind, _, rest = message["data"].partition(b"\n")
            if found := self._pieces.get(kind):
                found(follower, channel, rest)

    def _take_batch(self, follower: Follower, channel: str, message: bytes) -> None:
        if batch := self._batch(channel, message):
            follower.receive(batch)

    def _take_word(self, follower: Follower, channel: str, message: bytes) -> None:
        try:
            follower.hear(message)
        except ValueError:
            self._tell_of_junk(channel)

    def _take_end(self, follower: Follower, _channel: str, _message: bytes) -> None:
        # What the log says of that counts.
        follower.catch_up()

    def _batch(self, channel: str, message: bytes) -> Batch | None:
        with contextlib.suppress(ValueError):
            return Batch.published(message)
        self._tell_of_junk(channel)
        return None

    def _tell_of_junk(self, channel: str) -> None:
        found = DamagedError(channel, "a message on it could not be taken in")
        self._complaints.tell(found, "It is passed over; what the log holds is not missed.")

    def _give_up(self, error: Exception) -> None:
        self._cuts = 0
        self._store.set_present(value=False, why=error)

    def _tell_of_cuts(self, now: float) -> None:
        if now - self._told_of_cuts >= SAY_AGAIN:
            logger.warning(
                "The line to the store was cut, and made anew. Times since last said: %d.",
                self._cuts,
                extra=event("line_cut", times=self._cuts),
            )
            self._told_of_cuts = now
            self._cuts = 0

    async def _beat(self) -> None:
        while True:
            with contextlib.suppress(StoreAwayError):
                await self._store.beat(self._pulse, "")
            await asyncio.sleep(BEAT)


async def _as_it_came(message: list[Any]) -> list[Any]:
    """Leave a message as it is; redis-py would write all of it out for its log each time."""
    return message
