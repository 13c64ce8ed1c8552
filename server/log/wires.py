"""Connections for what is asked of the store most: the scripts behind votes.

redis-py makes and reads them. Its own way from a command to the answer, by a pool, a pipeline and
a timeout for each step, takes twice the processor time (docs/decisions/0006).
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError, ResponseError  # noqa: A004


class Wires:
    """As many connections as are in use at the same time; each serves one at a time."""

    def __init__(self, pool: ConnectionPool, most: int, timeout: float) -> None:
        """`pool` only says how a connection is made; `timeout` is for a whole question, in
        seconds.
        """
        self._pool = pool
        self._most = most
        self._timeout = timeout
        self._free: list[AbstractConnection] = []
        self._left: list[AbstractConnection] = []
        """Those that are to be closed."""
        self._generation = 0
        self._slots = asyncio.Semaphore(most)

    async def ask(
        self, commands: Sequence[Sequence[Any]], *, lacks: Callable[[list[Any]], bool] | None = None
    ) -> list[Any]:
        """Send commands together; return what the store says to each, a ResponseError too.

        As long as the answers `lack` something, the last command alone is sent again, on the same
        connection: waiting for copies counts on the one that wrote. Meanwhile others may
        have its place. Raises what redis-py raises, or TimeoutError: what was done is not known.
        """
        wire: AbstractConnection | None = None
        try:
            async with asyncio.timeout(self._timeout), self._slots:
                while self._left:
                    await self._left.pop().disconnect(nowait=True)
                generation = self._generation
                wire = self._free.pop() if self._free else self._pool.make_connection()  # type: ignore[no-untyped-call]
                await _connect(wire)
                answers = await _exchange(wire, commands)
            while lacks is not None and lacks(answers):
                async with asyncio.timeout(self._timeout):
                    answers[-1:] = await _exchange(wire, commands[-1:])
        except BaseException as error:
            if wire is not None:
                # Whoever came next would be given the answer to this.
                await wire.disconnect(nowait=True)
            if isinstance(error, TimeoutError):
                raise TimeoutError(f"no answer in {self._timeout:g} s") from error
            raise
        if generation == self._generation and len(self._free) < self._most:
            self._free.append(wire)
        else:
            await wire.disconnect(nowait=True)
        return answers

    def hang_up(self) -> None:
        """Ask no more on the connections that there are; later ones ask for the address again."""
        self._generation += 1
        self._left += self._free
        self._free = []

    async def close(self) -> None:
        for wire in self._free + self._left:
            await wire.disconnect()


async def _connect(wire: AbstractConnection) -> None:
    """Connect, anew where the store has hung up or has said something unasked."""
    if wire.is_connected and await wire.can_read():
        await wire.disconnect(nowait=True)
    if not wire.is_connected:
        await wire.connect()  # type: ignore[no-untyped-call]


async def _exchange(wire: AbstractConnection, commands: Sequence[Sequence[Any]]) -> list[Any]:
    if not wire.is_connected:
        # redis-py would connect anew without a word, and nothing was written on that one.
        raise ConnectionError("the connection was lost")
    await wire.send_packed_command(wire.pack_commands(commands))
    return [await _answer(wire) for _ in commands]


async def _answer(wire: AbstractConnection) -> Any:
    try:
        return await wire.read_response()
    except ResponseError as error:
        return error
