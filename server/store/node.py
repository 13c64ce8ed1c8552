"""A node: one primary of the store, as seen by one process.

It runs scripts, and knows its run, its clock, and whether it is available. A single server and one
with sentinels are one node; in a cluster each primary is one.
"""

import hashlib
import importlib.resources
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

from redis.exceptions import (
    AskError,
    ClusterDownError,
    NoScriptError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from server.concurrency import tasks
from server.observability.logs import event
from server.observability.metrics import ROUND_TRIP, STORE_LOSSES, STORE_NODE_PRESENT
from server.store import keys as names
from server.store.connections import INFO_REPLICATION, Connections, fields, run_of_primary
from server.store.damage import DamagedError
from server.store.error_hints import missing_right, remedy

logger = logging.getLogger(__name__)

CONNECTIONS = 32
DISTRUST = 5.0
"""Seconds during which a store that failed to save is not used for new requests, unless something
that was waiting has been saved in the meantime.
"""
_DURABLE_MS = 4000
_JUMP_MS = 60_000
_DEMOTED = {"READONLY", "MASTERDOWN", "UNBLOCKED"}
"""Errors of a replica, including one that was demoted while a client waited for copies."""
_ELSEWHERE = {"NOREPLICAS", "CLUSTERDOWN"}
"""Errors of a store that may have lost its replicas or its slots. After either kind of error a
connection is useless: votes may be accepted elsewhere, and the address may lead there by now. After
`LOADING` and `NOAUTH`, redis-py closes the connection by itself. Any other error in response to our
own commands (`MISCONF`, `OOM`, `BUSY`, `NOPERM`, …) means that this store cannot run them now.
"""


class UnservedSlotError(ResponseError):
    """A node of a cluster knows none that has a slot; it serves others."""


REDIRECTIONS = AskError, TryAgainError, UnservedSlotError
"""What a node of a cluster answers for a slot that is on another one, on its way, or on none (`ASK`
and its kind `MOVED`, `TRYAGAIN`, `CLUSTERDOWN Hash slot not served`). Nothing was done then.
"""
_ASKING, _MULTI = ("ASKING",), ("MULTI",)

NO_BOARD = "NOBOARD"
"""The error of our scripts if a board does not exist."""
_DAMAGED = "DAMAGED"
_OF_A_BOARD = {_DAMAGED, "WRONGTYPE", "ERR"}
"""Errors of a script that concern its keys, and so a single board. All others concern the store."""

Answer = TypeVar("Answer")
Command = tuple[Any, ...]
"""The name of a command and its arguments."""
Durability = Literal["none", "local", "replica"]


class StoreAwayError(Exception):
    """The store did not answer. It is not known whether the command was carried out."""


class Script:
    """A Lua script from the `lua` folder."""

    def __init__(self, name: str) -> None:
        self.source = (
            importlib.resources.files("server.store").joinpath("lua", f"{name}.lua").read_text()
        )
        self.sha = hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest()


class Memory(NamedTuple):
    """Bytes that a store uses, and may use; a limit of 0 means no limit."""

    used: int
    limit: int


class Node:
    """One primary of the store, as seen by one process.

    `present` says whether it answers; the callbacks in `on_presence` are called when that changes.
    `run` identifies its current run as a primary: another run may have forgotten positions that
    this one assigned. The callbacks in `on_moved` are called when a different store or run is
    answering.
    """

    def __init__(
        self, url: str, durability: Durability = "none", replicas: int = 1, name: str = ""
    ) -> None:
        """With durability `replica`, `replicas` servers must store a vote before it is
        acknowledged. In a cluster, `name` tells nodes apart; elsewhere it is empty.
        """
        self.name = name
        self.present = False
        self.run = b""
        self.on_moved: list[Callable[[], None]] = []
        self.on_presence: list[Callable[[Node], None]] = []
        self._clock_offset = 0.0
        self._clock_known = False
        self._distrusted_until = 0.0
        self._alive_at = -math.inf
        """When its last sign of life arrived."""
        self._away_since = time.monotonic()
        self._url = url
        self._logged_remedies: set[str] = set()
        """The remedies logged since it was last available; empty text for an unknown one."""
        self._copies = replicas if durability == "replica" else 1
        """How many confirm that a write is durable."""
        self._wait: Command = {
            "none": (),
            "local": ("WAITAOF", 1, 0, _DURABLE_MS),
            "replica": ("WAIT", replicas, _DURABLE_MS),
        }[durability]
        """The command that follows a write, and waits until it is durable; may be empty."""
        self.connections = Connections(
            url, CONNECTIONS, self.note_run, self._move, may_be_demoted=bool(name)
        )
        self.client = self.connections.client
        self.database = self.connections.database
        self._pipelines = self.connections.pipelines

    def __str__(self) -> str:
        return f"The store's node {self.name}" if self.name else "The store"

    @property
    def is_followed(self) -> bool:
        """Whether a subscription of this process listens to it."""
        return bool(self.on_moved)

    def expect(self) -> None:
        """Note that boards are on this node: it counts as away until it answers."""
        STORE_NODE_PRESENT.labels(self.name).set(self.present)

    async def close(self) -> None:
        await self.connections.close()

    async def run_script(
        self,
        script: Script,
        keys: Sequence[str],
        args: Sequence[Any],
        *,
        asking: bool = False,
    ) -> Any:
        """Run a script.

        `asking`: a cluster has redirected here what concerns a slot that this node is importing.
        Raises StoreAwayError, DamagedError, ResponseError `NO_BOARD`, and REDIRECTIONS.
        """
        (answer,) = await self._run(script, keys, args, asking=asking)
        return answer

    async def run_durably(
        self,
        script: Script,
        keys: Sequence[str],
        args: Sequence[Any],
        *,
        patient: bool = False,
        asking: bool = False,
    ) -> Any:
        """Run a script that writes, and wait until the write is as durable as configured.

        Raises StoreAwayError if that takes too long, unless `patient`: then it waits as long as the
        connection lasts, because the entry is already in the log.
        """
        lacks = self._lacks_copies if self._wait else None
        answers = await self._run(
            script, keys, args, self._wait, lacks if patient else None, asking=asking
        )
        if lacks and lacks(answers):
            raise StoreAwayError(self._unconfirmed)
        # It saves again: the next heartbeat may mark it as available.
        self._distrusted_until = 0.0
        return answers[0]

    @property
    def _unconfirmed(self) -> str:
        return f"{self._wait[0]} was not confirmed in {_DURABLE_MS} ms"

    def _lacks_copies(self, answers: list[Any]) -> bool:
        """Whether what was written is not durable yet, according to the last of the answers."""
        if any(isinstance(answer, Exception) for answer in answers):
            return False  # Nothing was written.
        copies = answers[-1][0] if isinstance(answers[-1], list) else answers[-1]
        lacks = bool(copies < self._copies)
        if lacks:
            self.distrust(self._unconfirmed)
        return lacks

    async def _run(
        self,
        script: Script,
        keys: Sequence[str],
        args: Sequence[Any],
        wait: Command = (),
        lacks: Callable[[list[Any]], bool] | None = None,
        *,
        asking: bool = False,
    ) -> list[Any]:
        """Run a script, and then `wait`; load the script first if the store does not know it."""
        run = ("EVALSHA", script.sha, len(keys), *keys, *args)
        # Together, because waiting for durability applies to the connection that wrote.
        commands = (run, wait) if wait else (run,)
        try:
            answers = await self._ask(*commands, lacks=lacks, asking=asking)
        except NoScriptError:
            # A store that was restarted has forgotten the script, and has run nothing.
            await self._ask(("SCRIPT", "LOAD", script.source))
            try:
                answers = await self._ask(*commands, lacks=lacks, asking=asking)
            except NoScriptError as error:
                # The script was loaded into a different store.
                raise StoreAwayError(str(error)) from error
        if isinstance(answers[0], ResponseError):
            raise await self._damage(keys, str(answers[0]))
        return answers

    async def read_at_once(
        self, *commands: Command, asking: bool = False
    ) -> tuple[bytes, list[Any]]:
        """Read several values atomically, in one transaction; return them after the node's run.

        Each may be a ResponseError. Raises StoreAwayError, and REDIRECTIONS.
        """
        answers = await self._ask(_MULTI, *commands, INFO_REPLICATION, ("EXEC",), asking=asking)
        *found, replication = answers[-1]
        run = self.run_of_primary(replication)
        self.note_run(run)
        return run, found

    async def ask_each(self, *commands: Command, asking: bool = False) -> list[Any]:
        """Send several commands independently; each answer may be a ResponseError.

        Raises StoreAwayError, and REDIRECTIONS if the first is answered so.
        """
        answers = await self.call(self._send(commands, asking=asking))
        if elsewhere := redirection(answers[0]):
            raise elsewhere
        return answers

    async def _send(
        self,
        commands: Sequence[Command],
        lacks: Callable[[list[Any]], bool] | None = None,
        *,
        asking: bool = False,
    ) -> list[Any]:
        if not asking:
            return await self._pipelines.ask(commands, lacks=lacks)
        # It is valid for one command, or for one transaction.
        if commands[0] == _MULTI:
            return (await self._pipelines.ask((_ASKING, *commands)))[1:]
        pairs = [each for command in commands for each in (_ASKING, command)]
        return (await self._pipelines.ask(pairs, lacks=lacks))[1::2]

    async def scan(self, cursor: bytes, pattern: str, count: int) -> tuple[bytes, list[bytes]]:
        """Return the next cursor and names of keys; begin and end with the cursor `b"0"`.

        Raises StoreAwayError.
        """
        ((next_, found),) = await self._ask(("SCAN", cursor, "MATCH", pattern, "COUNT", count))
        return next_, found

    async def _damage(self, keys: Sequence[str], said: str) -> DamagedError:
        """Find out which key of a board is damaged, from the error of its script."""
        if said.startswith(_DAMAGED):
            _, key, what = said.split(" ", 2)
            return DamagedError(key, what)
        types = await self._ask(*(("TYPE", key) for key in keys))
        for key, found in zip(keys, types, strict=True):
            if found.decode() not in {"none", names.type_of(key)}:
                return DamagedError(key, f"it is no {names.type_of(key)}")
        return DamagedError(keys[0] if keys else "", said)

    async def _ask(
        self,
        *commands: Command,
        lacks: Callable[[list[Any]], bool] | None = None,
        asking: bool = False,
    ) -> list[Any]:
        """Send commands together. An error of the first that concerns one board's keys is returned.

        Raises StoreAwayError, REDIRECTIONS, and the errors that scripts define.
        """
        began = time.monotonic()
        try:
            answers = await self._send(commands, lacks, asking=asking)
            for n, answer in enumerate(answers):
                if isinstance(answer, Exception):
                    # Before 7.2, the error code does not reveal that a script lacks a permission.
                    if n == 0 and _code(answer) in _OF_A_BOARD and not missing_right(answer):
                        break
                    raise answer
        except (RedisError, OSError) as error:
            raise self._error_for(error, began) from error
        return answers

    async def call(self, command: Awaitable[Answer]) -> Answer:
        """Await one command. Raises StoreAwayError if the store cannot carry it out now."""
        began = time.monotonic()
        try:
            return await command
        except (RedisError, OSError) as error:
            raise self._error_for(error, began) from error

    def _error_for(self, error: Exception, began: float) -> Exception:
        """Decide what to raise: a store that answers with an error is not one that is away."""
        if isinstance(error, ResponseError):
            if elsewhere := redirection(error):
                return elsewhere
            if isinstance(error, NoScriptError):
                return error
            if str(error).startswith(NO_BOARD):
                return error
            if _code(error) in _DEMOTED:
                self._move(error)
            else:
                if _code(error) in _ELSEWHERE:
                    self.hang_up()
                self.distrust(error)
        elif began > self._alive_at:
            # Otherwise there was a sign of life since, and the failure belongs to an earlier
            # attempt.
            self.set_present(value=False, why=error)
        return StoreAwayError(str(error))

    def _move(self, why: object) -> None:
        """Disconnect from a store that is no longer the expected primary, or never was one."""
        self.connections.hang_up(held=str(why))
        self.set_present(value=False, why=why)
        for tell in self.on_moved:
            tell()

    def retire(self) -> None:
        """Note that this is no node of the store any more: what waits for it ends."""
        self.present = False
        self.connections.hang_up(held="it is no primary any more")
        STORE_NODE_PRESENT.labels(self.name).set(math.nan)

    def hang_up(self) -> None:
        """Drop all connections; new ones resolve the address again."""
        self.connections.hang_up()

    async def meet(self) -> bytes:
        """Drop all connections, and return the run of the primary that answers from now on.

        Raises StoreAwayError.
        """
        self.hang_up()
        self.run = b""
        self.run = await self.read_run()
        return self.run

    def note_run(self, run: bytes) -> bool:
        """Note which run of a primary something came from; return whether it is the known one.

        Otherwise nothing held now can be trusted: scripts may go to one store while its messages
        come from another.
        """
        if self.run in {b"", run}:
            return True
        self.run = b""
        self._move("it is another run")
        return False

    def run_of_primary(self, replication: bytes | str | ResponseError) -> bytes:
        """Return the run of a primary from its INFO.

        A primary has a new id after each start and each promotion. Raises StoreAwayError if it is
        not a primary.
        """
        if isinstance(replication, ResponseError):
            raise self._error_for(replication, time.monotonic())
        run = run_of_primary(replication)
        if run is None:
            self._move("it is a replica")
            raise StoreAwayError("it is a replica")
        return run

    def distrust(self, why: object) -> None:
        """Treat a store that answers but cannot save as away for a while.

        Otherwise it would seem to come and go with each heartbeat.
        """
        self._distrusted_until = time.monotonic() + DISTRUST
        self.set_present(value=False, why=why)

    async def heartbeat(self, publish: str, channel: str) -> None:
        """Publish a heartbeat and synchronise the clock with the node's.

        `publish` is the command to do it with. Raises StoreAwayError, and REDIRECTIONS if the
        channel has gone to another node.
        """
        before = _local_ms()
        (seconds, micros), _, replication = await self._ask(
            ("TIME",), (publish, channel, ""), INFO_REPLICATION
        )
        after = _local_ms()
        ROUND_TRIP.observe((after - before) / 1000)
        offset = int(seconds) * 1000 + int(micros) / 1000 - (before + after) / 2
        jump, self._clock_offset = offset - self._clock_offset, offset
        # The first time is not a jump, and this machine may have been asleep.
        if abs(jump) > _JUMP_MS + after - before and self._clock_known:
            logger.error(
                "%s's clock jumped by %.0f s. Rounds with a time limit follow it; no "
                "board is deleted because of it. Correct the clock.",
                *(self, jump / 1000),
                extra=event("clock_jumped", seconds=round(jump / 1000)),
            )
        self._clock_known = True
        # A store does not close connections when it becomes a replica, or a primary again.
        self.note_run(self.run_of_primary(replication))

    async def memory(self) -> "Memory":
        """Return the store's memory use and limit. Raises StoreAwayError."""
        (answer,) = await self._ask(("INFO", "memory"))
        info = fields(answer)
        return Memory(int(info["used_memory"]), int(info.get("maxmemory", 0)))

    async def read_run(self) -> bytes:
        """Return the id of the store's current run as a primary. Raises StoreAwayError."""
        (replication,) = await self._ask(INFO_REPLICATION)
        return self.run_of_primary(replication)

    def now(self) -> int:
        """Return the store's time in milliseconds since 1970, as far as it is known here."""
        return int(_local_ms() + self._clock_offset)

    def set_present(self, *, value: bool, why: object = "") -> None:
        """Set whether the store answers; `why` explains why not.

        This is logged the first time, on each change, and when the store stays away for a different
        reason with its own remedy.
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
            self._logged_remedies.clear()
            away = now - self._away_since
            logger.info(
                "%s can be reached again after %.1f s.",
                *(self, away),
                extra=event("store_back", seconds=round(away, 3), node=self.name),
            )
        else:
            self._away_since = now
            STORE_LOSSES.inc()
        STORE_NODE_PRESENT.labels(self.name).set(value)
        for tell in list(self.on_presence):
            with tasks.contained("presence"):
                tell(self)

    def _say_away(self, why: object) -> None:
        cure = remedy(why, self._url, answered=self._alive_at > -math.inf)
        if cure in self._logged_remedies or (not cure and self._logged_remedies):
            return
        self._logged_remedies.add(cure)
        logger.warning(
            "%s is away (%s). Votes wait until it is back.%s",
            *(self, why, f" {cure}" if cure else ""),
            extra=event("store_away", why=str(why), node=self.name),
        )


def redirection(answer: object) -> Exception | None:
    """Return what to raise for an answer that is one of REDIRECTIONS; None for any other."""
    if isinstance(answer, ClusterDownError) and "slot not served" in str(answer):
        return UnservedSlotError(str(answer))
    return answer if isinstance(answer, REDIRECTIONS) else None


def _code(error: Exception) -> str:
    # redis-py strips the code from the message only if it knows the code.
    return getattr(error, "status_code", None) or str(error).partition(" ")[0]


def _local_ms() -> float:
    # Not the wall clock, which may jump; this is only ever compared with itself.
    return time.monotonic() * 1000
