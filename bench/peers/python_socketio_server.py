"""python-socketio with its Redis manager, on uvicorn."""

import asyncio
from typing import Any

import socketio
import uvicorn
from board import BOARD, PORT, STORE, TALLY_PER_VOTE, send_tally_when_idle

sio = socketio.AsyncServer(
    async_mode="asgi", client_manager=socketio.AsyncRedisManager(f"unix://{STORE}")
)
background: list[asyncio.Task[None]] = []


@sio.event
async def connect(_sid: str, _environ: dict[str, Any]) -> None:
    if not background:
        background.append(asyncio.create_task(send_tally_when_idle(send_tally)))


@sio.event
async def message(sid: str, data: dict[str, Any]) -> None:
    if data["type"] == "hello":
        await sio.emit("message", BOARD.welcome(), to=sid)
        return
    await sio.emit("message", BOARD.vote(sid, data), to=sid)
    if TALLY_PER_VOTE:
        await send_tally()


async def send_tally() -> None:
    await sio.emit("message", BOARD.tally())


uvicorn.run(socketio.ASGIApp(sio), host="127.0.0.1", port=PORT, log_level="warning")
