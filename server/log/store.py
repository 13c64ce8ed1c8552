"""The connection to Redis or Valkey: scripts, the store's clock, and whether it is there."""

import hashlib
import importlib.resources
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError, ResponseError

from server.log.wires import Wires
from server.loglines import event
from server.metrics import ROUND_TRIP, STORE_LOSSES

logger = logging.getLogger(__name__)

TIMEOUT = 5.0
"""Seconds after which a command counts as lost."""
CONNECTIONS = 32
DISTRUST = 5.0
"""Seconds for which a store that could not save is not asked to again by anybody new, unless
what waits for it has been saved before."""
_DURABLE_MS = 4000
_ELSEWHERE = {
    "READONLY",  # It is a replica now,
    "MASTERDOWN",  # and one that has lost its primary.
    "UNBLOCKED",  # It became one while it was waited for copies.
    "NOREPLICAS",  # Its replicas may have gone over to another primary.
    "MOVED",
    "ASK",
    "CLUSTERDOWN",
}
"""Answers after which a connection is of no use: votes are taken elsewhere, and the address may
lead there by now. After `LOADING` and `NOAUTH` redis-py ends it by itself. Whatever else a store
says to our own commands (`MISCONF`, `OOM`, `BUSY`, `TRYAGAIN`, `NOPERM`, …) means that this one
does not do them now."""
INFO_REPLICATION = ("INFO", "replication")

NO_BOARD = "NOBOARD"
"""What our scripts answer where a board does not exist."""

Answer = TypeVar("Answer")
Durability = Literal["none", "local", "replica"]


class StoreAwayError(Exception):
    """The store did not answer. Whether it did what was asked is not known."""


class Script:
    """A Lua script of this folder."""

    def __init__(self, name: str) -> None:
        self.source = importlib.resources.files("server.log").joinpath(f"{name}.lua").read_text()
        self.sha = hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest()


class Memory(NamedTuple):
    """Bytes that a store uses, and may use; a limit of 0 is none."""

    used: int
    limit: int


class Store:
    """One store as one process sees it.

    `present` says whether it answers; who must know of a change is in `on_presence`.
    `run` names the store's current run as a primary: another one may have forgotten positions
    that this one handed out. `on_moved` is called where what answers is not that any more.
    """

    def __init__(self, url: str, durability: Durability = "none") -> None:
        self.present = False
        self.run = b""
        self.on_moved: list[Callable[[], None]] = []
        self.on_presence: list[Callable[[bool], None]] = []
        self._clock_offset = 0.0
        self._distrusted_until = 0.0
        self._alive_at = -math.inf
        """When it last gave a sign of life."""
        self._away_since = time.monotonic()
        self._durability = durability
        # Whether a command is to be sent again is decided here, where it is known what a
        # second time would do, so redis-py itself tries once.
        once = {"socket_connect_timeout": TIMEOUT, "retry": Retry(NoBackoff(), 0)}
        self.client = Redis.from_pool(
            BlockingConnectionPool.from_url(
                url,
                max_connections=CONNECTIONS,
                timeout=TIMEOUT,
                socket_timeout=TIMEOUT,
                **once,
            )
        )
        self._wires = Wires(
            ConnectionPool.from_url(url, socket_timeout=None, **once), CONNECTIONS, TIMEOUT
        )

    async def close(self) -> None:
        await self._wires.close()
        await self.client.aclose()

    async def run_script(self, script: Script, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run a script. Raises StoreAwayError, and ResponseError `NO_BOARD` of the script."""
        (answer,) = await self._run(script, keys, args)
        return answer

    async def run_durably(self, script: Script, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run a script that writes, and wait until that is as durable as asked for."""
        match self._durability:
            case "none":
                answer = await self.run_script(script, keys, args)
                self._distrusted_until = 0.0
                return answer
            case "local":
                wait: tuple[str | int, ...] = ("WAITAOF", 1, 0, _DURABLE_MS)
            case "replica":
                wait = ("WAIT", 1, _DURABLE_MS)
        answer, copies = await self._run(script, keys, args, wait)
        if not (copies[0] if isinstance(copies, list) else copies):
            why = f"{wait[0]} was not confirmed in {_DURABLE_MS} ms"
            self._distrust(why)
            raise StoreAwayError(why)
        # It saves again: the next sign of life may say so.
        self._distrusted_until = 0.0
        return answer

    async def _run(
        self,
        script: Script,
        keys: Sequence[str],
        args: Sequence[Any],
        *then: tuple[str | int, ...],
    ) -> list[Any]:
        # Together, because waiting for durability counts on the connection that wrote.
        run = ("EVALSHA", script.sha, len(keys), *keys, *args)
        try:
            return await self._ask((run, *then))
        except NoScriptError:
            # A store that was restarted has forgotten it, and has run nothing.
            return await self._ask((("EVAL", script.source, *run[2:]), *then))

    async def read_at_once(self, *commands: tuple[str | int, ...]) -> list[Any]:
        """Read several things as they are at one moment: nobody writes in between.

        What the store says to one of them may be a ResponseError. Raises StoreAwayError.
        """
        answers = await self._ask((("MULTI",), *commands, ("EXEC",)))
        found: list[Any] = answers[-1]
        return found

    async def _ask(self, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Send commands together. Raises StoreAwayError, and what a script is there to say."""
        return await self.call(self._answers(commands))

    async def _answers(self, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
        answers = await self._wires.ask(commands)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers

    async def call(self, command: Awaitable[Answer]) -> Answer:
        """Await one command. Raises StoreAwayError where the store cannot do it now."""
        began = time.monotonic()
        try:
            return await command
        except (RedisError, OSError) as error:
            raise self._judged(error, began) from error

    def _judged(self, error: Exception, began: float) -> Exception:
        """Tell an answer of the store from its absence."""
        if isinstance(error, ResponseError):
            if isinstance(error, NoScriptError) or str(error).startswith(NO_BOARD):
                return error
            # redis-py takes the code off the words where it knows it, and only there.
            code = error.status_code or str(error).partition(" ")[0]
            if code in _ELSEWHERE:
                self._move(error)
            else:
                self._distrust(error)
        elif began > self._alive_at:
            # Else it has given a sign of life since: what was lost is an attempt of before.
            self.set_present(value=False, why=error)
        return StoreAwayError(str(error))

    def _move(self, why: object) -> None:
        """Leave what answers: it is not the primary that it was, or never was one."""
        self.hang_up()
        self.set_present(value=False, why=why)
        for tell in self.on_moved:
            tell()

    def hang_up(self) -> None:
        """Let go of all connections: the next ones ask again where the address leads."""
        self._wires.hang_up()

    def met(self, run: bytes) -> None:
        """Take note which run of a primary something is from.

        Where it is another than was known, nothing that is held now is to be relied on: scripts
        may go to one store, and what it publishes come from another.
        """
        if self.run not in {b"", run}:
            self.run = b""
            self._move("it is another run")

    def run_of_primary(self, replication: bytes | str | ResponseError) -> bytes:
        """Return the run of the primary that said this of itself.

        It has an id of its own from each start and each promotion on. Raises StoreAwayError
        where it is none.
        """
        if isinstance(replication, ResponseError):
            raise self._judged(replication, time.monotonic())
        info = _fields(replication)
        if info.get("role") != "master":
            self._move("it is a replica")
            raise StoreAwayError("it is a replica")
        return info["master_replid"][:8].encode()

    def _distrust(self, why: object) -> None:
        """Take a store that answers, but cannot save, as away for a while.

        It would else seem to come and go with each sign of life.
        """
        self._distrusted_until = time.monotonic() + DISTRUST
        self.set_present(value=False, why=why)

    async def beat(self, channel: str, message: str) -> None:
        """Publish a sign of life and set the clock by the store's. Raises StoreAwayError."""
        before = _local_ms()
        (seconds, micros), _, replication = await self._ask(
            (("TIME",), ("PUBLISH", channel, message), INFO_REPLICATION)
        )
        after = _local_ms()
        ROUND_TRIP.observe((after - before) / 1000)
        self._clock_offset = int(seconds) * 1000 + int(micros) / 1000 - (before + after) / 2
        # Nothing is cut where a store becomes a replica, or a primary again.
        self.met(self.run_of_primary(replication))

    async def memory(self) -> "Memory":
        """Return what the store takes and may take. Raises StoreAwayError."""
        (said,) = await self._ask((("INFO", "memory"),))
        info = _fields(said)
        return Memory(int(info["used_memory"]), int(info.get("maxmemory", 0)))

    async def read_run(self) -> bytes:
        """Return the id of the store's current run as a primary. Raises StoreAwayError."""
        (replication,) = await self._ask((INFO_REPLICATION,))
        return self.run_of_primary(replication)

    def now(self) -> int:
        """Return the store's time in milliseconds since 1970, as well as it is known here."""
        return int(_local_ms() + self._clock_offset)

    def set_present(self, *, value: bool, why: object = "") -> None:
        now = time.monotonic()
        if value:
            self._alive_at = now
        if value is self.present or (value and now < self._distrusted_until):
            return
        self.present = value
        if value:
            away = now - self._away_since
            logger.info(
                "The store is there, after %.1f s.",
                away,
                extra=event("store_back", seconds=round(away, 3)),
            )
        else:
            self._away_since = now
            STORE_LOSSES.inc()
            logger.warning(
                "The store is away (%s). Votes wait until it is back.",
                why,
                extra=event("store_away", why=str(why)),
            )
        for tell in self.on_presence:
            tell(value)


def _fields(info: bytes | str) -> dict[str, str]:
    """Read what a store says to INFO."""
    said = info.decode() if isinstance(info, bytes) else info
    return dict(line.partition(":")[::2] for line in said.splitlines())


def _local_ms() -> float:
    # Not the wall clock: it may jump, and it is only ever compared with itself.
    return time.monotonic() * 1000
