"""The connections to one primary of the store, and where it is now.

The address of a single server is fixed. With Sentinel its place is asked for with each new
connection. There, and in a cluster, whatever answers must say that it is a primary, and which run
of one.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis
from redis.asyncio.connection import Connection, SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError  # noqa: A004

from server.observability.logs import event
from server.store.pipeline import PipelinePool
from server.store.sentinel import NoPrimaryError, Sentinels
from server.store_address import sentinel_address, shown

logger = logging.getLogger(__name__)

TIMEOUT = 5.0
"""Seconds after which a command is considered lost."""
INFO_REPLICATION = ("INFO", "replication")


class NotPrimaryError(ConnectionError):
    """What answers is not the expected primary."""


class Connections:
    """The connections to a primary.

    `place` says where it is, as soon as it answers; empty if the address is fixed.
    """

    def __init__(
        self,
        url: str,
        most: int,
        note_run: Callable[[bytes], bool],
        replaced: Callable[[str], None],
        *,
        may_be_demoted: bool,
    ) -> None:
        """Make no connection yet; there may be `most` at a time, of each kind.

        With sentinels, or if the primary `may_be_demoted`, `note_run` is called for each new
        connection with the run of the primary it leads to, and returns whether that is the expected
        one. `replaced` is called with the reason when the sentinels name another primary.
        """
        self.place = ""
        self._note_run = note_run
        self._replaced = replaced
        self._unheard = False
        """Whether no sentinel said where the primary is when they were last asked."""
        address = sentinel_address(url)
        self._sentinels = Sentinels(address) if address else None
        # Whether to retry a command is decided by the caller, who knows whether that is safe;
        # redis-py itself tries once.
        options: dict[str, Any] = {
            "socket_connect_timeout": TIMEOUT,
            "retry": Retry(NoBackoff(), 0),
            **parse_url(address.at("primary", 0) if address else url),
        }
        self.database = int(options.get("db") or 0)
        """Its number; a message on a channel reaches clients of all databases."""
        if self._sentinels:
            secure = options.get("connection_class") is SSLConnection
            options["connection_class"] = _SecureToPrimary if secure else _ToPrimary
            options["sentinels"] = self._sentinels
        if self._sentinels or may_be_demoted:
            options["redis_connect_func"] = self._greet
        self.client = Redis.from_pool(
            BlockingConnectionPool(
                **{"max_connections": most, "timeout": TIMEOUT, "socket_timeout": TIMEOUT} | options
            )
        )
        self.pipelines = PipelinePool(
            ConnectionPool(**{"socket_timeout": None} | options), most, TIMEOUT
        )

    @property
    def name(self) -> str:
        """The name under which its sentinels know it; empty if it has none."""
        return self._sentinels.primary if self._sentinels else ""

    @property
    def watch(self) -> Callable[[], Coroutine[Any, Any, None]] | None:
        """Watches for another primary, as long as it runs; None if the address is fixed."""
        if self._sentinels is None:
            return None
        return partial(self._sentinels.watch, partial(self._look, self._sentinels))

    async def close(self) -> None:
        await self.pipelines.close()
        await self.client.aclose()
        if self._sentinels:
            await self._sentinels.close()

    def hang_up(self, held: str = "") -> None:
        """Drop all connections; new ones find out again where the primary is.

        Requests under way may finish, unless `held` says why they cannot any more.
        """
        self.place = ""
        self.pipelines.hang_up(held)

    async def _look(self, sentinels: Sentinels) -> None:
        """Find out whether the sentinels name another primary than the one in use."""
        survey = await sentinels.now()
        unheard, self._unheard = self._unheard, not survey.answers
        if self._unheard and not unheard:
            logger.warning(
                "No sentinel says where the primary is. Votes go on with the one in use, but a "
                "failover would not be noticed. %s",
                survey.why(),
                extra=event("sentinels_away", why=survey.why()),
            )
        with contextlib.suppress(NoPrimaryError):
            places = [shown(place) for place in survey.places()]
            if self.place and self.place not in places:
                self._replaced(f"the sentinels name another primary, {places[0]}")

    async def _greet(self, connection: Connection) -> None:
        """Require that what answers is a primary, and note which run of one."""
        await connection.on_connect()
        await connection.send_command(*INFO_REPLICATION, check_health=False)
        place = shown((connection.host, connection.port))
        run = run_of_primary(await connection.read_response())
        if run is None:
            raise NotPrimaryError(f"{place} is a replica")
        if not self._note_run(run):
            raise NotPrimaryError(f"{place} is in another run")
        self.place = place


class _ToPrimary(Connection):
    """Connects to where the sentinels say that the primary is."""

    def __init__(self, *, sentinels: Sentinels, **options: Any) -> None:
        super().__init__(**options)
        self._sentinels = sentinels

    async def connect_check_health(
        self, check_health: bool = True, retry_socket_connect: bool = True
    ) -> None:
        if self.is_connected:
            return
        places = (await self._sentinels.now()).places()
        for n, (self.host, self.port) in enumerate(places, 1):
            try:
                # One that hangs leaves time for the next.
                async with asyncio.timeout(TIMEOUT / (2 * len(places) - 1)):
                    await super().connect_check_health(check_health, retry_socket_connect)
            except TimeoutError as error:
                await self.disconnect(nowait=True)
                if n == len(places):
                    place = shown((self.host, self.port))
                    raise ConnectionError(f"Timeout connecting to {place}") from error
            except (RedisError, OSError):
                await self.disconnect(nowait=True)
                if n == len(places):
                    raise
            else:
                return


class _SecureToPrimary(_ToPrimary, SSLConnection):
    """The same with TLS."""


def run_of_primary(replication: bytes | str) -> bytes | None:
    """Return the run of a primary from its INFO; None if it is a replica.

    A primary has a new id after each start and each promotion.
    """
    info = fields(replication)
    return info["master_replid"][:8].encode() if info.get("role") == "master" else None


def fields(info: bytes | str) -> dict[str, str]:
    """Parse the answer to INFO."""
    text = info.decode() if isinstance(info, bytes) else info
    return dict(line.partition(":")[::2] for line in text.splitlines())
