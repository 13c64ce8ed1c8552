"""The `websockets` library and its `broadcast`."""

import asyncio
import json

from board import BOARD, PORT, TALLY_PER_VOTE, encode, send_tally_when_idle
from websockets.asyncio.server import ServerConnection, broadcast, serve

CLIENTS: set[ServerConnection] = set()


async def handle(client: ServerConnection) -> None:
    CLIENTS.add(client)
    try:
        async for text in client:
            message = json.loads(text)
            if message["type"] == "hello":
                await client.send(encode(BOARD.welcome()))
                continue
            await client.send(encode(BOARD.vote(client, message)))
            if TALLY_PER_VOTE:
                await send_tally()
    finally:
        CLIENTS.discard(client)


async def send_tally() -> None:
    broadcast(CLIENTS, encode(BOARD.tally()))


async def main() -> None:
    async with serve(handle, "127.0.0.1", PORT) as server:
        await send_tally_when_idle(send_tally)
        await server.serve_forever()


asyncio.run(main())
