"""What a worker sends to a shared screen of one board, kept so that newcomers can be shown it.

Every frame restates a whole object, so a welcome and the newest frame of each kind since are the
board as it is now. A relay needs to know nothing else about what is in them.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Subprotocol

from server.concurrency import tasks
from server.concurrency.backoff import Backoff
from server.live.frames import framed
from server.live.messages import Close
from server.observability.logs import event, once_a_minute
from server.web.socket import SUBPROTOCOL

logger = logging.getLogger(__name__)

SILENCE = 25.0
"""Seconds without a frame after which a connection is given up: a worker sends a pulse every 10."""
ANSWER = 10.0
"""Seconds in which a worker must welcome us."""
MOST_KEPT = 100
"""Frames kept on top of a welcome; with more, a newer welcome is fetched."""
MOST_BYTES = 64 << 20
"""The largest message that a worker may send."""
_FINAL = range(4000, 4008)
"""Close codes with which a worker says that coming back makes no sense."""
_HELLO = b'{"type":"hello","view":"screen"}'


class _Named(Struct):
    id: str = ""


class _Head(Struct):
    """What a relay reads of a frame."""

    type: str
    seq: int = 0
    epoch: str = ""
    comment: _Named | None = None


_read_head = msgspec.json.Decoder(_Head).decode
_read_fields = msgspec.json.Decoder(dict[str, Raw]).decode
_UNREACHABLE = (OSError, TimeoutError, InvalidHandshake, InvalidMessage, ConnectionClosed)


class Shown(NamedTuple):
    """A frame to be passed on; a newer one of the same `slot` makes it pointless."""

    slot: str
    data: bytes


class _Welcome(NamedTuple):
    epoch: str
    seq: int
    fields: dict[str, Raw]
    """As they were sent. `now` was then, at `at`."""
    now: int
    at: float

    @classmethod
    def read(cls, message: bytes) -> "_Welcome":
        head, fields = _read_head(message), _read_fields(message)
        now = msgspec.json.decode(fields["now"], type=int)
        return cls(head.epoch, head.seq, fields, now, time.monotonic())

    def time(self) -> int:
        """Return the time of now, by the store's clock."""
        return self.now + int((time.monotonic() - self.at) * 1000)

    def written(self) -> bytes:
        """Return it with the time of now."""
        return msgspec.json.encode(self.fields | {"now": Raw(str(self.time()).encode())})


class Feed:
    """One board, as a shared screen of it is told.

    `show` is called with each frame that those who watch must be sent, and `restate` is awaited
    when all of them need what `state` returns.
    """

    def __init__(
        self,
        address: str,
        headers: dict[str, str],
        show: Callable[[Shown], None],
        restate: Callable[[], Awaitable[None]],
    ) -> None:
        """`address` is that of the board's live connection, as wss://."""
        self.address = address
        self._headers = headers
        self._show = show
        self._restate = restate
        self._welcome: _Welcome | None = None
        self._newer: _Welcome | None = None
        """One that is ahead of what was passed on; it replaces the other as soon as it is not."""
        self.since: dict[str, tuple[int, bytes]] = {}
        """By slot: position and frame of the newest since the welcome, oldest first."""
        self._fetching: asyncio.Task[None] | None = None
        self._seq = 0
        self.lost_at: float | None = time.monotonic()
        """Since when there is no connection; None while there is one."""

    def state(self) -> list[bytes] | None:
        """Return all that a newcomer must be sent, in whole frames; None while it is not known."""
        if self._welcome is None:
            return None
        return [framed(self._welcome.written()), *(data for _, data in self.since.values())]

    def away(self) -> Shown | None:
        """Return a pulse that says that nothing new arrives; None if nothing ever has."""
        if self._welcome is None:
            return None
        now = self._welcome.time()
        pulse = {"type": "pulse", "seq": self._seq, "now": now, "store": "away"}
        return Shown("pulse", framed(msgspec.json.encode(pulse)))

    async def run(self) -> Close:
        """Follow the board until a worker says that there is nothing to come back for."""
        backoff = Backoff()
        while True:
            began, why = time.monotonic(), ""
            try:
                async with self._connection() as line:
                    await self._follow(line)
            except ConnectionClosed as error:
                code, why = (error.rcvd.code, error.rcvd.reason) if error.rcvd else (1006, "")
                if code in _FINAL:
                    return Close(code, why)
            except _UNREACHABLE as error:
                why = str(error) or type(error).__name__
            finally:
                if self.lost_at is None:
                    self.lost_at = time.monotonic()
                await self._end_fetching()
            logger.warning(
                "%s sends nothing: %s. Trying again.",
                *(self.address, why.rstrip(".") or "the connection ended"),
                extra=once_a_minute(event("relay_cut", address=self.address, why=why)),
            )
            backoff.count(time.monotonic() - began)
            await asyncio.sleep(backoff.pause())

    def _connection(self) -> connect:
        return connect(
            self.address,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            additional_headers=self._headers,
            compression=None,
            max_size=MOST_BYTES,
            open_timeout=ANSWER,
            close_timeout=1,
            ping_interval=None,
            proxy=None,
        )

    async def _follow(self, line: ClientConnection) -> None:
        await line.send(_HELLO, text=True)
        while True:
            async with asyncio.timeout(SILENCE):
                message = await line.recv(decode=False)
            await self._receive(message)

    async def _receive(self, message: bytes) -> None:
        head = _read_head(message)
        if head.type == "goodbye":
            return  # The worker closes the connection, and we find another.
        if head.type == "welcome":
            self._start(_Welcome.read(message))
            await self._restate()
            return
        slot = f"comment {head.comment.id}" if head.comment else head.type
        data = framed(message)
        if slot != "pulse":
            # A frame that follows another comes behind it, also for newcomers.
            self.since.pop(slot, None)
            self.since[slot] = head.seq, data
        self._seq = max(self._seq, head.seq)
        self._take_newer()
        self._show(Shown(slot, data))
        if len(self.since) > MOST_KEPT and self._fetching is None:
            self._fetching = tasks.begin("relay welcome", self._fetch_welcome())

    def _start(self, welcome: _Welcome) -> None:
        self._welcome, self._newer, self._seq = welcome, None, welcome.seq
        self.since.clear()
        self.lost_at = None

    async def _fetch_welcome(self) -> None:
        """Ask for another welcome, which holds what the frames since have told."""
        try:
            async with self._connection() as line:
                await line.send(_HELLO, text=True)
                async with asyncio.timeout(ANSWER):
                    message = await line.recv(decode=False)
            if _read_head(message).type == "welcome":
                self._newer = _Welcome.read(message)
                self._take_newer()
        except _UNREACHABLE:
            pass  # It is tried again with the next frame.
        finally:
            self._fetching = None

    def _take_newer(self) -> None:
        """Begin with a newer welcome, once all that it holds has been passed on."""
        newer = self._newer
        if newer is None or self._welcome is None or newer.seq > self._seq:
            return
        self._newer = None
        if newer.epoch == self._welcome.epoch:
            self._welcome = newer
            self.since = {s: each for s, each in self.since.items() if each[0] > newer.seq}

    async def _end_fetching(self) -> None:
        if self._fetching is not None:
            await tasks.end((self._fetching,))
