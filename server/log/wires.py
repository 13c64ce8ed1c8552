"""Connections for what is asked of the store most: the scripts behind votes.

redis-py makes and reads them. Its own way from a command to the answer, by a pool, a pipeline and
a timeout for each step, takes twice the processor time (docs/decisions/0006).
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ResponseError


class Wires:
    """As many connections as are in use at the same time; each serves one at a time."""

    def __init__(self, pool: ConnectionPool, most: int, timeout: float) -> None:
        """`pool` only says how a connection is made; `timeout` is for a whole question, in
        seconds.
        """
        self._pool = pool
        self._timeout = timeout
        self._free: list[AbstractConnection] = []
        self._left: list[AbstractConnection] = []
        """Those that are to be closed."""
        self._generation = 0
        self._slots = asyncio.Semaphore(most)

    async def ask(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        """Send commands together; return what the store says to each, a ResponseError too.

        Raises what redis-py raises, or TimeoutError: what was done then is not known.
        """
        try:
            async with asyncio.timeout(self._timeout), self._slots:
                return await self._ask(commands)
        except TimeoutError as error:
            raise TimeoutError(f"no answer in {self._timeout:g} s") from error

    def hang_up(self) -> None:
        """Ask no more on the connections that there are; later ones ask for the address again."""
        self._generation += 1
        self._left += self._free
        self._free = []

    async def _ask(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        while self._left:
            await self._left.pop().disconnect(nowait=True)
        generation = self._generation
        wire: AbstractConnection = (
            self._free.pop() if self._free else self._pool.make_connection()  # type: ignore[no-untyped-call]
        )
        try:
            await _connect(wire)
            await wire.send_packed_command(wire.pack_commands(commands))
            answers = [await _answer(wire) for _ in commands]
        except BaseException:
            # Whoever came next would be given the answer to this.
            await wire.disconnect(nowait=True)
            raise
        (self._free if generation == self._generation else self._left).append(wire)
        return answers

    async def close(self) -> None:
        for wire in self._free + self._left:
            await wire.disconnect()


async def _connect(wire: AbstractConnection) -> None:
    """Connect, anew where the store has hung up or has said something unasked."""
    if wire.is_connected and await wire.can_read():
        await wire.disconnect(nowait=True)
    if not wire.is_connected:
        await wire.connect()  # type: ignore[no-untyped-call]


async def _answer(wire: AbstractConnection) -> Any:
    try:
        return await wire.read_response()
    except ResponseError as error:
        return error
