"""Connections for the most frequent requests to the store: the scripts behind votes.

redis-py makes and reads the connections. Its own path from a command to the answer, with a pool, a
pipeline and a timeout for each step, takes twice the processor time (docs/decisions/0006).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError, ResponseError  # noqa: A004


class PipelinePool:
    """As many connections as are in use at the same time; each serves one request at a time."""

    def __init__(self, pool: ConnectionPool, most: int, timeout: float) -> None:
        """`pool` is only used to make connections; `timeout` is for a whole request, in seconds."""
        self._pool = pool
        self._most = most
        self._timeout = timeout
        self._free: list[AbstractConnection] = []
        self._retired: list[AbstractConnection] = []
        """Connections to close."""
        self._generation = 0
        self._limits: dict[asyncio.Timeout, str] = {}
        """Of the requests under way, and what to say when one is over."""
        self._slots = asyncio.Semaphore(most)

    async def ask(
        self, commands: Sequence[Sequence[Any]], *, lacks: Callable[[list[Any]], bool] | None = None
    ) -> list[Any]:
        """Send commands together; return the answer to each, which may be a ResponseError.

        While `lacks(answers)` is true, only the last command is sent again on the same connection:
        waiting for copies applies to the connection that wrote. Meanwhile another request may take
        its slot. Raises the errors of redis-py, or TimeoutError; in that case it is not known what
        was done.
        """
        connection: AbstractConnection | None = None
        try:
            async with self._limit(), self._slots:
                while self._retired:
                    await self._retired.pop().disconnect(nowait=True)
                generation = self._generation
                connection = self._free.pop() if self._free else self._pool.make_connection()  # type: ignore[no-untyped-call]
                await _connect(connection)
                answers = await _exchange(connection, commands)
            while lacks is not None and lacks(answers):
                async with self._limit():
                    answers[-1:] = await _exchange(connection, commands[-1:])
        except BaseException:
            if connection is not None:
                # Otherwise the next request would get the answer to this one.
                await connection.disconnect(nowait=True)
            raise
        if generation == self._generation and len(self._free) < self._most:
            self._free.append(connection)
        else:
            await connection.disconnect(nowait=True)
        return answers

    @contextlib.asynccontextmanager
    async def _limit(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._timeout) as limit:
                self._limits[limit] = f"no answer in {self._timeout:g} s"
                yield
        except TimeoutError as error:
            raise TimeoutError(self._limits[limit]) from error
        finally:
            del self._limits[limit]

    def hang_up(self, held: str = "") -> None:
        """Retire the existing connections; later ones resolve the address again.

        Requests under way may finish, unless `held` says why they cannot any more: a store that is
        not the primary any more may never answer what waits for copies.
        """
        if held:
            for limit in self._limits:
                if not limit.expired():
                    self._limits[limit] = held
                    limit.reschedule(asyncio.get_running_loop().time())
        self._generation += 1
        self._retired += self._free
        self._free = []

    async def close(self) -> None:
        for connection in self._free + self._retired:
            await connection.disconnect()


async def _connect(connection: AbstractConnection) -> None:
    """Connect; reconnect if the store has hung up or has sent something unrequested."""
    if connection.is_connected and await connection.can_read():
        await connection.disconnect(nowait=True)
    if not connection.is_connected:
        await connection.connect()  # type: ignore[no-untyped-call]


async def _exchange(connection: AbstractConnection, commands: Sequence[Sequence[Any]]) -> list[Any]:
    if not connection.is_connected:
        # redis-py would reconnect silently, and nothing was written on the new connection.
        raise ConnectionError("the connection was lost")
    await connection.send_packed_command(connection.pack_commands(commands))
    return [await _answer(connection) for _ in commands]


async def _answer(connection: AbstractConnection) -> Any:
    try:
        return await connection.read_response()
    except ResponseError as error:
        return error
