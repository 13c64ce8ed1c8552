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

from server import tasks
from server.log import keys as names
from server.log.damage import DamagedError
from server.log.remedies import remedy
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
_JUMP_MS = 60_000
_DEMOTED = {"READONLY", "MASTERDOWN", "UNBLOCKED"}
"""What a replica says, and one that became it while it was waited for copies."""
_ELSEWHERE = {"NOREPLICAS", "MOVED", "ASK", "CLUSTERDOWN"}
"""What a store says that may have been left by its replicas, or by its slots. After either kind of
answer a connection is of no use: votes may be taken elsewhere, and the address lead there by now.
After `LOADING` and `NOAUTH` redis-py ends it by itself. Whatever else a store says to our own
commands (`MISCONF`, `OOM`, `BUSY`, `TRYAGAIN`, `NOPERM`, …) means that this one does not do them
now."""
INFO_REPLICATION = ("INFO", "replication")

NO_BOARD = "NOBOARD"
"""What our scripts answer where a board does not exist."""
_DAMAGED = "DAMAGED"
_OF_A_BOARD = {_DAMAGED, "WRONGTYPE", "ERR"}
"""Answers to a script that speak of its keys, and so of one board. All others are the store's."""

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

    def __init__(self, url: str, durability: Durability = "none", replicas: int = 1) -> None:
        """`replicas`: how many have a vote before it is acknowledged, with durability `replica`."""
        self.present = False
        self.run = b""
        self.on_moved: list[Callable[[], None]] = []
        self.on_presence: list[Callable[[bool], None]] = []
        self._clock_offset = 0.0
        self._clock_known = False
        self._distrusted_until = 0.0
        self._alive_at = -math.inf
        """When it last gave a sign of life."""
        self._away_since = time.monotonic()
        self._url = url
        self._said_away: set[str] = set()
        """What was said to be done since it was there last; empty text for what is unknown."""
        self._durability = durability
        self._replicas = replicas
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
        self.database = int(self.client.connection_pool.connection_kwargs.get("db") or 0)
        """Its number; what is said on a channel is heard in all of them."""
        self._wires = Wires(
            ConnectionPool.from_url(url, socket_timeout=None, **once), CONNECTIONS, TIMEOUT
        )

    async def close(self) -> None:
        await self._wires.close()
        await self.client.aclose()

    async def run_script(self, script: Script, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run a script. Raises StoreAwayError, DamagedError, and ResponseError `NO_BOARD`."""
        (answer,) = await self._run(script, keys, args)
        return answer

    async def run_durably(
        self, script: Script, keys: Sequence[str], args: Sequence[Any], *, patient: bool = False
    ) -> Any:
        """Run a script that writes, and wait until that is as durable as asked for.

        Raises StoreAwayError where that takes too long, unless `patient`; then it is waited for as
        long as the connection lasts, because it stands in the log already.
        """
        match self._durability:
            case "none":
                answer = await self.run_script(script, keys, args)
                self._distrusted_until = 0.0
                return answer
            case "local":
                wait: tuple[str | int, ...] = ("WAITAOF", 1, 0, _DURABLE_MS)
            case "replica":
                wait = ("WAIT", self._replicas, _DURABLE_MS)
        answer, copies = await self._run(
            script, keys, args, wait, lacks=self._lacks_copies if patient else None
        )
        if self._lacks_copies([copies]):
            raise StoreAwayError(self._unconfirmed)
        # It saves again: the next sign of life may say so.
        self._distrusted_until = 0.0
        return answer

    @property
    def _unconfirmed(self) -> str:
        command = "WAIT" if self._durability == "replica" else "WAITAOF"
        return f"{command} was not confirmed in {_DURABLE_MS} ms"

    def _lacks_copies(self, answers: list[Any]) -> bool:
        """Say whether what was written is not durable yet, by the last of the answers."""
        if any(isinstance(answer, Exception) for answer in answers):
            return False  # Nothing was written.
        copies = answers[-1][0] if isinstance(answers[-1], list) else answers[-1]
        lacks = bool(copies < (self._replicas if self._durability == "replica" else 1))
        if lacks:
            self._distrust(self._unconfirmed)
        return lacks

    async def _run(
        self,
        script: Script,
        keys: Sequence[str],
        args: Sequence[Any],
        *then: tuple[str | int, ...],
        lacks: Callable[[list[Any]], bool] | None = None,
    ) -> list[Any]:
        # Together, because waiting for durability counts on the connection that wrote.
        run = ("EVALSHA", script.sha, len(keys), *keys, *args)
        try:
            answers = await self._ask((run, *then), lacks)
        except NoScriptError:
            # A store that was restarted has forgotten it, and has run nothing.
            await self._ask((("SCRIPT", "LOAD", script.source),), None)
            try:
                answers = await self._ask((run, *then), lacks)
            except NoScriptError as error:
                # It was another one that has loaded it.
                raise StoreAwayError(str(error)) from error
        if isinstance(answers[0], ResponseError):
            raise await self._damage(keys, str(answers[0]))
        return answers

    async def read_at_once(self, *commands: tuple[str | int, ...]) -> list[Any]:
        """Read several things as they are at one moment: nobody writes in between.

        What the store says to one of them may be a ResponseError. Raises StoreAwayError.
        """
        answers = await self._ask((("MULTI",), *commands, ("EXEC",)))
        found: list[Any] = answers[-1]
        return found

    async def _damage(self, keys: Sequence[str], said: str) -> DamagedError:
        """Say which key of a board is damaged, from what its script said."""
        if said.startswith(_DAMAGED):
            _, key, what = said.split(" ", 2)
            return DamagedError(key, what)
        pipeline = self.client.pipeline(transaction=False)
        for key in keys:
            pipeline.type(key)
        for key, found in zip(keys, await self.call(pipeline.execute()), strict=True):
            if found.decode() not in {"none", names.type_of(key)}:
                return DamagedError(key, f"it is no {names.type_of(key)}")
        return DamagedError(keys[0] if keys else "", said)

    async def _ask(
        self, commands: Sequence[tuple[Any, ...]], lacks: Callable[[list[Any]], bool] | None = None
    ) -> list[Any]:
        """Send commands together; what the first says of one board's keys is returned.

        Raises StoreAwayError, and what a script is there to say.
        """
        return await self.call(self._answers(commands, lacks))

    async def _answers(
        self, commands: Sequence[tuple[Any, ...]], lacks: Callable[[list[Any]], bool] | None
    ) -> list[Any]:
        answers = await self._wires.ask(commands, lacks=lacks)
        for n, answer in enumerate(answers):
            if isinstance(answer, Exception):
                if n == 0 and _code(answer) in _OF_A_BOARD:
                    break
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
        """Tell what a store says, and then does not do, from its absence."""
        if isinstance(error, ResponseError):
            if isinstance(error, NoScriptError) or str(error).startswith(NO_BOARD):
                return error
            if _code(error) in _DEMOTED:
                self._move(error)
            else:
                if _code(error) in _ELSEWHERE:
                    self.hang_up()
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
        offset = int(seconds) * 1000 + int(micros) / 1000 - (before + after) / 2
        jump, self._clock_offset = offset - self._clock_offset, offset
        # The first time it is no jump, and this machine may have slept.
        if abs(jump) > _JUMP_MS + after - before and self._clock_known:
            logger.error(
                "The store's clock jumped by %.0f s. Rounds that end at a time follow it; no board "
                "is deleted for it. Set it right.",
                jump / 1000,
                extra=event("clock_jumped", seconds=round(jump / 1000)),
            )
        self._clock_known = True
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
        """Say whether it answers; `why` not. The first time, and whenever that changes, it is
        logged, and again where it stays away for another reason with a remedy of its own.
        """
        now = time.monotonic()
        if value:
            self._alive_at = now
        if value and (self.present or now < self._distrusted_until):
            return
        if not value:
            self._say_away(why)
        if value is self.present:
            return
        self.present = value
        if value:
            self._said_away.clear()
            away = now - self._away_since
            logger.info(
                "The store is there, after %.1f s.",
                away,
                extra=event("store_back", seconds=round(away, 3)),
            )
        else:
            self._away_since = now
            STORE_LOSSES.inc()
        for tell in list(self.on_presence):
            with tasks.contained("presence"):
                tell(value)

    def _say_away(self, why: object) -> None:
        cure = remedy(why, self._url, answered=self._alive_at > -math.inf)
        if cure in self._said_away or (not cure and self._said_away):
            return
        self._said_away.add(cure)
        logger.warning(
            "The store is away (%s). Votes wait until it is back.%s",
            *(why, f" {cure}" if cure else ""),
            extra=event("store_away", why=str(why)),
        )


def _code(error: Exception) -> str:
    # redis-py takes the code off the words where it knows it, and only there.
    return getattr(error, "status_code", None) or str(error).partition(" ")[0]


def _fields(info: bytes | str) -> dict[str, str]:
    """Read what a store says to INFO."""
    said = info.decode() if isinstance(info, bytes) else info
    return dict(line.partition(":")[::2] for line in said.splitlines())


def _local_ms() -> float:
    # Not the wall clock: it may jump, and it is only ever compared with itself.
    return time.monotonic() * 1000
