"""Tornado, with `write_message` in a loop."""

import asyncio
import json
from typing import ClassVar

from job import BOARD, PORT, SHOWS_EACH, encode, show_when_quiet
from tornado.web import Application
from tornado.websocket import WebSocketHandler


class Live(WebSocketHandler):
    people: ClassVar[set["Live"]] = set()

    def open(self) -> None:
        self.set_nodelay(True)
        self.people.add(self)

    def on_message(self, text: str) -> None:
        message = json.loads(text)
        if message["type"] == "hello":
            self.write_message(encode(BOARD.welcome()))
            return
        self.write_message(encode(BOARD.vote(self, message)))
        if SHOWS_EACH:
            show()

    def on_close(self) -> None:
        self.people.discard(self)


def show() -> None:
    tally = encode(BOARD.tally())
    for person in Live.people:
        person.write_message(tally)


async def show_to_all() -> None:
    show()


async def main() -> None:
    Application([("/live", Live)]).listen(PORT, "127.0.0.1")
    await show_when_quiet(show_to_all)
    await asyncio.Event().wait()


asyncio.run(main())
