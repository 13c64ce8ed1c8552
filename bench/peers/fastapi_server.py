"""FastAPI on uvicorn, with the connection manager of its documentation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from board import BOARD, PORT, TALLY_PER_VOTE, encode, send_tally_when_idle
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

CLIENTS: set[WebSocket] = set()
sending = asyncio.Lock()
"""Two loops at once could send a client the older tally last."""


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    background = asyncio.create_task(send_tally_when_idle(send_tally))
    yield
    background.cancel()


app = FastAPI(lifespan=lifespan)


@app.websocket("/live")
async def handle(client: WebSocket) -> None:
    await client.accept()
    CLIENTS.add(client)
    try:
        while True:
            message = await client.receive_json()
            if message["type"] == "hello":
                await client.send_text(encode(BOARD.welcome()))
                continue
            await client.send_text(encode(BOARD.vote(client, message)))
            if TALLY_PER_VOTE:
                await send_tally()
    except WebSocketDisconnect:
        CLIENTS.discard(client)


async def send_tally() -> None:
    async with sending:
        tally = encode(BOARD.tally())
        for client in set(CLIENTS):
            await client.send_text(tally)


uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")
