from contextlib import asynccontextmanager

from live.socket_pairs import connected, read
from server.live.authorization import Actor
from server.live.client import Client
from server.live.connection import Listener
from server.live.frames import frame
from server.live.messages import NOT_ALLOWED


class Closing(Listener):
    """Tells the client when its connection is about to close, as a session does."""

    def __init__(self, client):
        self._client = client

    def on_closing(self):
        self._client.send_held_back()


@asynccontextmanager
async def client_line():
    """Give a client on a real socket, and the other end of it."""
    async with connected() as (connection, theirs):
        client = Client(connection, Actor(seat="ann", is_host=False))
        connection.listener = Closing(client)
        yield client, theirs


async def test_a_ballot_that_waits_for_its_answer_does_not_outlive_a_welcome():
    """The welcome holds the newest ballot; what was held back before is older."""
    old, welcome, ack = frame(b"old"), frame(b"welcome"), frame(b"ack")
    async with client_line() as (client, theirs):
        client.await_answer()
        client.show_ballot(old)
        client.welcome([welcome])
        client.answer(ack)
        assert await read(theirs, len(welcome + ack)) == welcome + ack


async def test_answers_go_out_behind_the_welcome_that_is_awaited():
    async with client_line() as (client, theirs):
        for _ in range(3):
            client.await_answer()
        client.answer(b"[before]")
        client.show_ballot(b"[old ballot]")
        client.await_welcome()
        client.await_welcome()
        client.answer(b"[one]")
        client.answer(b"[two]")
        client.welcome([b"[welcome]"])
        client.connection.send(b"[after]")
        told = b"[before][welcome][one][two][after]"
        assert await read(theirs, len(told)) == told


async def test_a_connection_that_is_closed_before_its_welcome_gets_its_answers():
    async with client_line() as (client, theirs):
        client.await_welcome()
        client.answer(b"[answer]")
        client.connection.close(NOT_ALLOWED)
        assert (await read(theirs, 8)) == b"[answer]"
