"""A board at a relay: its feed, and those who watch it here."""

import asyncio
import time
from collections.abc import Callable, Sequence

from server.concurrency import tasks
from server.domain.refusals import Code
from server.live import messages
from server.live.connection import Connection, Listener
from server.live.frames import frame
from server.live.messages import Close
from server.live.parsing import (
    NotUnderstoodError,
    RefusedRequestError,
    read_hello,
    read_request,
)
from server.live.session import HELLO_SECONDS
from server.observability.metrics import CONNECTIONS, FRAMES, HELLOS, count
from server.relay.feed import Feed, Shown
from server.security.rate_limit import TokenBucket
from server.web.socket import send_away
from server.words.catalogue import words

GATHER = 0.005
"""Seconds in which frames that arrive one after the other are passed on in one write."""
SLICE = 500
"""Connections that are written to before the event loop may do other work."""
WAITS = 10.0
"""Seconds for which someone waits for the first welcome of a board."""
AWAY = 3.0
"""Seconds without a worker after which those who watch are told."""
LINGERS = 30.0
"""Seconds for which a board is followed that no one watches any more."""
LOOK = 1.0
"""Seconds between two checks of the connections of a board."""


class Channel:
    """One board.

    `ended` is called when it is no longer followed, with the reason if a worker gave one.
    """

    def __init__(
        self, address: str, headers: dict[str, str], ended: Callable[[Close | None], None]
    ) -> None:
        self._watchers: dict[Watcher, None] = {}
        """All connections of this board; those without a hello have not been welcomed."""
        self.feed = Feed(address, headers, self._show, self._restate)
        self._ended = ended
        self._unused_since = time.monotonic()
        self._told_away = 0.0
        self._news: dict[str, bytes] = {}
        """By slot, what has to be passed on."""
        self._has_news = asyncio.Event()
        self._restated = 0
        """How often everyone was shown the whole board again; what waited until then is old."""
        self._following = tasks.begin("relay", self._follow())
        self._passing_on = tasks.supervise("relay news", self._pass_on)
        self._checks = tasks.supervise("relay checks", self._check)

    def __len__(self) -> int:
        """Return the number of connections."""
        return len(self._watchers)

    @property
    def follows(self) -> bool:
        """Whether a worker tells what happens."""
        return self.feed.lost_at is None

    def add(self, watcher: "Watcher") -> None:
        self._watchers[watcher] = None

    def remove(self, watcher: "Watcher") -> None:
        self._watchers.pop(watcher, None)
        if not self._watchers:
            self._unused_since = time.monotonic()

    def welcome(self, watcher: "Watcher") -> bool:
        """Show someone the board; return whether it is known by now."""
        state = self.feed.state()
        if state is None:
            return False
        watcher.connection.send_fresh_welcome(state)
        return True

    async def close(self, close: Close) -> None:
        """Send everyone away, a few at a time."""
        await tasks.end((self._following,))
        await self._each(lambda watcher: watcher.send_away(close))

    async def _follow(self) -> None:
        close: Close | None = None
        try:
            close = await self.feed.run()
        finally:
            self._ended(close)
            await tasks.end((self._checks, self._passing_on))
            reason = close or messages.RESTART
            await self._each(lambda watcher: watcher.send_away(reason))

    def _show(self, shown: Shown) -> None:
        self._news.pop(shown.slot, None)
        self._news[shown.slot] = shown.data
        self._has_news.set()

    async def _pass_on(self) -> None:
        while True:
            await self._has_news.wait()
            await asyncio.sleep(GATHER)
            self._has_news.clear()
            frames, self._news = list(self._news.items()), {}
            if frames:
                await self._tell(frames)

    async def _tell(self, frames: Sequence[tuple[str, bytes]]) -> None:
        joined = b"".join(data for _, data in frames)
        count(FRAMES, by=len(frames) * len(self._watchers))
        await self._each(lambda watcher: watcher.show(frames, joined), until_restated=True)

    async def _restate(self) -> None:
        self._news.clear()
        self._restated += 1
        await self._each(lambda watcher: watcher.restate())

    async def _each(
        self, act: Callable[["Watcher"], None], *, until_restated: bool = False
    ) -> None:
        restated = self._restated
        for n, watcher in enumerate(list(self._watchers), 1):
            with tasks.contained("relay send") as acting:
                act(watcher)
            if acting.failed:
                watcher.connection.fail()
            if n % SLICE == 0:
                await asyncio.sleep(0)
                if until_restated and self._restated != restated:
                    return

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            now = time.monotonic()
            await self._each(lambda watcher: watcher.check(time.monotonic()))
            lost_at = self.feed.lost_at
            if lost_at is not None and now - lost_at > AWAY and now - self._told_away > AWAY:
                self._told_away = now
                if (pulse := self.feed.away()) is not None:
                    self._show(pulse)
            if not self._watchers and now - self._unused_since > LINGERS:
                self._following.cancel()
                return


class Watcher(Listener):
    """Someone who watches: says hello, and is shown the board from then on."""

    __slots__ = ("_bucket", "_came_at", "_channel", "_is_welcomed", "_said_hello", "connection")

    def __init__(self, connection: Connection, channel: Channel, bucket: TokenBucket) -> None:
        self.connection = connection
        self._channel = channel
        self._bucket = bucket
        self._came_at = time.monotonic()
        self._said_hello = self._is_welcomed = False
        channel.add(self)

    def on_frame(self) -> bool:
        return self._bucket.allows()

    def on_message(self, message: bytes, *, is_text: bool) -> None:
        with tasks.contained("relay session") as hearing:
            if is_text:
                self._read(message)
            else:
                self._not_understood("Messages must be text.")
        if hearing.failed:
            self.connection.fail()

    def on_writable(self) -> None:
        self.restate()

    def on_closed(self) -> None:
        self._channel.remove(self)
        if self._said_hello:
            CONNECTIONS.labels("screen").dec()

    def show(self, frames: Sequence[tuple[str, bytes]], joined: bytes) -> None:
        if self._is_welcomed:
            self.connection.send_all(frames, joined)

    def restate(self) -> None:
        if self._said_hello:
            self._is_welcomed = self._channel.welcome(self)

    def send_away(self, close: Close) -> None:
        if not self.connection.closed:
            send_away(self.connection, close)

    def check(self, now: float) -> None:
        waits = now - self._came_at
        if not self._said_hello and waits > HELLO_SECONDS:
            self._not_understood("No hello was received.")
        elif self._said_hello and not self._is_welcomed and waits > HELLO_SECONDS + WAITS:
            self.send_away(messages.RESTART)
        else:
            self.connection.check(now)

    def _read(self, message: bytes) -> None:
        try:
            if self._said_hello:
                self._refuse(message)
            else:
                self._greet(message)
        except NotUnderstoodError as error:
            self._not_understood(str(error))

    def _not_understood(self, why: str) -> None:
        self.connection.close(messages.NOT_UNDERSTOOD._replace(reason=why))

    def _greet(self, message: bytes) -> None:
        hello = read_hello(message)
        if hello.view != "screen":
            reason = words("refusal-relay-view")
            self.connection.close(messages.NOT_ALLOWED._replace(reason=reason))
            return
        self._said_hello = True
        CONNECTIONS.labels("screen").inc()
        count(HELLOS)
        self.restate()

    def _refuse(self, message: bytes) -> None:
        try:
            id_ = read_request(message).id
        except RefusedRequestError as error:
            id_ = error.id
        refusal = messages.Refusal(
            id=id_, code=Code.NOT_ALLOWED, message=words("refusal-relay-view")
        )
        self.connection.send(frame(messages.encode(refusal)))
