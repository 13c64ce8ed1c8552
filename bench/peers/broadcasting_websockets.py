"""The `websockets` library and its `broadcast`."""

import asyncio
import json

from job import BOARD, PORT, SHOWS_EACH, encode, show_when_quiet
from websockets.asyncio.server import ServerConnection, broadcast, serve

PEOPLE: set[ServerConnection] = set()


async def meet(person: ServerConnection) -> None:
    PEOPLE.add(person)
    try:
        async for text in person:
            message = json.loads(text)
            if message["type"] == "hello":
                await person.send(encode(BOARD.welcome()))
                continue
            await person.send(encode(BOARD.vote(person, message)))
            if SHOWS_EACH:
                await show()
    finally:
        PEOPLE.discard(person)


async def show() -> None:
    broadcast(PEOPLE, encode(BOARD.tally()))


async def main() -> None:
    async with serve(meet, "127.0.0.1", PORT) as server:
        await show_when_quiet(show)
        await server.serve_forever()


asyncio.run(main())
