"""aiohttp, with `send_str` in a loop."""

import asyncio
import json

from aiohttp import WSMsgType, web
from board import BOARD, PORT, TALLY_PER_VOTE, encode, send_tally_when_idle

CLIENTS: set[web.WebSocketResponse] = set()
sending = asyncio.Lock()
"""Two loops at once could send a client the older tally last."""


async def handle(request: web.Request) -> web.WebSocketResponse:
    client = web.WebSocketResponse()
    await client.prepare(request)
    CLIENTS.add(client)
    try:
        async for frame in client:
            if frame.type != WSMsgType.TEXT:
                continue
            message = json.loads(frame.data)
            if message["type"] == "hello":
                await client.send_str(encode(BOARD.welcome()))
                continue
            await client.send_str(encode(BOARD.vote(client, message)))
            if TALLY_PER_VOTE:
                await send_tally()
    finally:
        CLIENTS.discard(client)
    return client


async def send_tally() -> None:
    async with sending:
        tally = encode(BOARD.tally())
        for client in set(CLIENTS):
            await client.send_str(tally)


async def main() -> None:
    app = web.Application()
    app.add_routes([web.get("/live", handle)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()
    await send_tally_when_idle(send_tally)
    await asyncio.Event().wait()


asyncio.run(main())
