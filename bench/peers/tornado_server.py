"""Tornado, with `write_message` in a loop."""

import asyncio
import json
from typing import ClassVar

from board import BOARD, PORT, TALLY_PER_VOTE, encode, send_tally_when_idle
from tornado.web import Application
from tornado.websocket import WebSocketHandler


class Live(WebSocketHandler):
    clients: ClassVar[set["Live"]] = set()

    def open(self) -> None:
        self.set_nodelay(True)
        self.clients.add(self)

    def on_message(self, text: str) -> None:
        message = json.loads(text)
        if message["type"] == "hello":
            self.write_message(encode(BOARD.welcome()))
            return
        self.write_message(encode(BOARD.vote(self, message)))
        if TALLY_PER_VOTE:
            send_tally()

    def on_close(self) -> None:
        self.clients.discard(self)


def send_tally() -> None:
    tally = encode(BOARD.tally())
    for client in Live.clients:
        client.write_message(tally)


async def send_tally_async() -> None:
    send_tally()


async def main() -> None:
    Application([("/live", Live)]).listen(PORT, "127.0.0.1")
    await send_tally_when_idle(send_tally_async)
    await asyncio.Event().wait()


asyncio.run(main())
