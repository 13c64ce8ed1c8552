"""Django Channels with channels_redis, served by Daphne: `daphne channels_server:application`."""

import asyncio
import json
from typing import Any

import django
from board import BOARD, STORE, TALLY_PER_VOTE, encode, send_tally_when_idle
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # Reading waits for messages in the store; redis-py would give up after 5 s.
            "CONFIG": {"hosts": [{"address": f"unix://{STORE}", "socket_timeout": None}]},
        }
    },
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402 - wants settings first
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

GROUP = "board"
sending = asyncio.Lock()
"""Two at once could reach the store in the wrong order."""
background: set[asyncio.Task[None]] = set()


class Live(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()
        if not background:
            background.add(asyncio.create_task(send_tally_when_idle(send_tally)))

    async def disconnect(self, _: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def receive(self, text_data: str) -> None:
        message = json.loads(text_data)
        if message["type"] == "hello":
            await self.send(text_data=encode(BOARD.welcome()))
            return
        await self.send(text_data=encode(BOARD.vote(self.channel_name, message)))
        if TALLY_PER_VOTE:
            await send_tally()

    async def tally_changed(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["tally"])


async def send_tally() -> None:
    async with sending:
        event = {"type": "tally.changed", "tally": encode(BOARD.tally())}
        await get_channel_layer().group_send(GROUP, event)


application = ProtocolTypeRouter({"websocket": URLRouter([path("live", Live.as_asgi())])})
