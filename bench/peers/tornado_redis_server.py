"""Tornado with redis-py, awaiting one call per vote: durable before it is acknowledged.

The call is the script with which Stackvote appends a batch, here with a batch of one.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import ClassVar

from board import BOARD, PORT, STORE, encode, send_tally_when_idle
from redis.asyncio import BlockingConnectionPool, Redis
from tornado.web import Application
from tornado.websocket import WebSocketHandler

KEYS = ("sv:{BENCH2}:log", "sv:{BENCH2}:meta")
EPOCH, BATCH_ID = "be0c4be0c4be", "be0c4be0"

# Without a blocking pool, a thousand clients that vote at once cause errors.
store = Redis.from_pool(BlockingConnectionPool.from_url(f"unix://{STORE}"))
append = store.register_script(Path(os.environ["APPEND"]).read_text())


class Live(WebSocketHandler):
    clients: ClassVar[set["Live"]] = set()

    def open(self) -> None:
        self.set_nodelay(True)
        self.clients.add(self)

    async def on_message(self, text: str) -> None:
        message = json.loads(text)
        if message["type"] == "hello":
            await self.write_message(encode(BOARD.welcome()))
            return
        entry = {"by": f"{id(self):x}", "once": message["id"], "action": message["ballot"]}
        await append(keys=KEYS, args=("sv:{BENCH2}:live", "PUBLISH", BATCH_ID, encode(entry)))
        await self.write_message(encode(BOARD.vote(self, message)))

    def on_close(self) -> None:
        self.clients.discard(self)


async def send_tally() -> None:
    tally = encode(BOARD.tally())
    for client in Live.clients:
        client.write_message(tally)


async def main() -> None:
    await store.hset(KEYS[1], "epoch", EPOCH)
    await store.xadd(KEYS[0], {"t": 1, "e": "{}"}, id="0-*")
    Application([("/live", Live)]).listen(PORT, "127.0.0.1")
    await send_tally_when_idle(send_tally)


asyncio.run(main())
