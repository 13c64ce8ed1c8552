"""FastAPI on uvicorn, with the connection manager of its documentation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from job import BOARD, PORT, SHOWS_EACH, encode, show_when_quiet

PEOPLE: set[WebSocket] = set()
showing = asyncio.Lock()
"""Two loops at once could tell somebody of the older tally last."""


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    watching = asyncio.create_task(show_when_quiet(show))
    yield
    watching.cancel()


app = FastAPI(lifespan=lifespan)


@app.websocket("/live")
async def meet(person: WebSocket) -> None:
    await person.accept()
    PEOPLE.add(person)
    try:
        while True:
            message = await person.receive_json()
            if message["type"] == "hello":
                await person.send_text(encode(BOARD.welcome()))
                continue
            await person.send_text(encode(BOARD.vote(person, message)))
            if SHOWS_EACH:
                await show()
    except WebSocketDisconnect:
        PEOPLE.discard(person)


async def show() -> None:
    async with showing:
        tally = encode(BOARD.tally())
        for person in set(PEOPLE):
            await person.send_text(tally)


uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")
