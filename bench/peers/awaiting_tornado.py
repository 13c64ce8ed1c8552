"""Tornado with redis-py, which awaits one call a vote: durable before it is acknowledged.

The call is the script with which Stackvote appends a batch, here with a batch of one.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import ClassVar

from job import BOARD, PORT, STORE, encode, show_when_quiet
from redis.asyncio import BlockingConnectionPool, Redis
from tornado.web import Application
from tornado.websocket import WebSocketHandler

KEYS = ("sv:{BENCH2}:log", "sv:{BENCH2}:meta")
RETENTION_MS = 86_400_000
EPOCH, WORD = "be0c4be0c4be", "be0c4be0"

# Without a pool that blocks, a thousand people who vote at once are an error.
store = Redis.from_pool(BlockingConnectionPool.from_url(f"unix://{STORE}"))
append = store.register_script(Path(os.environ["APPEND"]).read_text())


class Live(WebSocketHandler):
    people: ClassVar[set["Live"]] = set()

    def open(self) -> None:
        self.set_nodelay(True)
        self.people.add(self)

    async def on_message(self, text: str) -> None:
        message = json.loads(text)
        if message["type"] == "hello":
            await self.write_message(encode(BOARD.welcome()))
            return
        entry = {"by": f"{id(self):x}", "once": message["id"], "action": message["ballot"]}
        await append(keys=KEYS, args=("sv:{BENCH2}:live", RETENTION_MS, WORD, encode(entry)))
        await self.write_message(encode(BOARD.vote(self, message)))

    def on_close(self) -> None:
        self.people.discard(self)


async def show() -> None:
    tally = encode(BOARD.tally())
    for person in Live.people:
        person.write_message(tally)


async def main() -> None:
    await store.hset(KEYS[1], "epoch", EPOCH)
    await store.xadd(KEYS[0], {"t": 1, "e": "{}"}, id="0-*")
    Application([("/live", Live)]).listen(PORT, "127.0.0.1")
    await show_when_quiet(show)


asyncio.run(main())
