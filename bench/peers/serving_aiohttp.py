"""aiohttp, with `send_str` in a loop."""

import asyncio
import json

from aiohttp import WSMsgType, web
from job import BOARD, PORT, SHOWS_EACH, encode, show_when_quiet

PEOPLE: set[web.WebSocketResponse] = set()
showing = asyncio.Lock()
"""Two loops at once could tell somebody of the older tally last."""


async def meet(request: web.Request) -> web.WebSocketResponse:
    person = web.WebSocketResponse()
    await person.prepare(request)
    PEOPLE.add(person)
    try:
        async for said in person:
            if said.type != WSMsgType.TEXT:
                continue
            message = json.loads(said.data)
            if message["type"] == "hello":
                await person.send_str(encode(BOARD.welcome()))
                continue
            await person.send_str(encode(BOARD.vote(person, message)))
            if SHOWS_EACH:
                await show()
    finally:
        PEOPLE.discard(person)
    return person


async def show() -> None:
    async with showing:
        tally = encode(BOARD.tally())
        for person in set(PEOPLE):
            await person.send_str(tally)


async def main() -> None:
    app = web.Application()
    app.add_routes([web.get("/live", meet)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()
    await show_when_quiet(show)
    await asyncio.Event().wait()


asyncio.run(main())
