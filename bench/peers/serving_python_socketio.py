"""python-socketio with its Redis manager, on uvicorn."""

import asyncio
from typing import Any

import socketio
import uvicorn
from job import BOARD, PORT, SHOWS_EACH, STORE, show_when_quiet

sio = socketio.AsyncServer(
    async_mode="asgi", client_manager=socketio.AsyncRedisManager(f"unix://{STORE}")
)
watching: list[asyncio.Task[None]] = []


@sio.event
async def connect(_sid: str, _environ: dict[str, Any]) -> None:
    if not watching:
        watching.append(asyncio.create_task(show_when_quiet(show)))


@sio.event
async def message(sid: str, said: dict[str, Any]) -> None:
    if said["type"] == "hello":
        await sio.emit("message", BOARD.welcome(), to=sid)
        return
    await sio.emit("message", BOARD.vote(sid, said), to=sid)
    if SHOWS_EACH:
        await show()


async def show() -> None:
    await sio.emit("message", BOARD.tally())


uvicorn.run(socketio.ASGIApp(sio), host="127.0.0.1", port=PORT, log_level="warning")
