"""What a connection sends to its room, and the room's answers."""

import asyncio

from server.concurrency import tasks
from server.domain.refusals import Code, Refusal, Refused
from server.live import messages
from server.live.client import Client
from server.live.connection import Listener
from server.live.frames import frame
from server.live.hub import Hub
from server.live.messages import Ack
from server.live.parsing import (
    NotUnderstoodError,
    RefusedRequestError,
    read_hello,
    read_request,
)
from server.live.pending import Answer
from server.live.room import Room
from server.observability.metrics import CONNECTIONS, HELLOS, REFUSALS, REQUESTS, count
from server.security.rate_limit import RateLimits

_CLOSES = {
    Code.NOT_ALLOWED: messages.NOT_ALLOWED,
    Code.NO_SUCH_BOARD: messages.NO_SUCH_BOARD,
    Code.GOING_AWAY: messages.RESTART,
}
"""The close code after a hello is refused; any other refusal is a fault of the client."""
HELLO_SECONDS = 10.0
"""Seconds in which a connection must send its hello."""


class Session(Listener):
    """Reads what one connection sends: first a hello, then requests."""

    __slots__ = ("_bucket", "_client", "_hello_timeout", "_hub", "_rated_by", "_rates", "_room")

    def __init__(self, client: Client, room: Room, hub: Hub, rates: RateLimits) -> None:
        self._client = client
        self._room = room
        self._hub = hub
        hub.arrive(client)
        room.visitors += 1
        self._rates = rates
        self._rated_by = (room.code, client.actor.seat or id(client))
        self._bucket = rates.hold(self._rated_by)
        self._hello_timeout: asyncio.TimerHandle | None = asyncio.get_running_loop().call_later(
            HELLO_SECONDS, self._not_understood, "No hello was received."
        )

    def on_frame(self) -> bool:
        return self._bucket.allows()

    def on_message(self, message: bytes, *, is_text: bool) -> None:
        with tasks.contained("session", self._room.code) as hearing:
            if not is_text:
                self._not_understood("Messages must be text.")
            elif not message.isascii() and not _is_utf8(message):
                self._client.connection.close(messages.NOT_UTF8)
            elif self._client.view is None:
                self._greet(message)
            else:
                self._request(message)
        if hearing.failed:
            self._client.connection.fail()

    def on_writable(self) -> None:
        with tasks.contained("welcome", self._room.code) as welcoming:
            self._room.welcome(self._client)
        if welcoming.failed:
            self._client.connection.fail()

    def on_closing(self) -> None:
        self._client.send_held_back()

    def on_closed(self) -> None:
        self._cancel_hello_timeout()
        self._hub.depart(self._client)
        self._room.visitors -= 1
        with tasks.contained("leave", self._room.code):
            self._rates.release(self._rated_by, self._bucket)
            if self._client.view is not None:
                CONNECTIONS.labels(self._client.view).dec()
                self._room.leave(self._client)

    def _greet(self, message: bytes) -> None:
        try:
            hello = read_hello(message)
            self._room.enter(self._client, hello)
        except NotUnderstoodError as error:
            self._not_understood(str(error))
        except Refused as refused:
            close = _CLOSES.get(refused.code, messages.NOT_UNDERSTOOD)
            self._client.connection.close(close._replace(reason=refused.message))
        else:
            CONNECTIONS.labels(hello.view).inc()
            count(HELLOS)
            self._cancel_hello_timeout()

    def _request(self, message: bytes) -> None:
        self._client.await_answer()
        try:
            request = read_request(message)
        except NotUnderstoodError as error:
            self._not_understood(str(error))
            return
        except RefusedRequestError as error:
            self._answer(error.id, error.refusal)
            return
        count(REQUESTS, str(request.__struct_config__.tag))
        self._room.request(
            self._client.actor, request, lambda answer: self._tell(request.id, answer)
        )

    def _tell(self, id_: str, answer: Answer) -> None:
        with tasks.contained("answer", self._room.code) as telling:
            self._answer(id_, answer)
        if telling.failed:
            # The client reconnects, and repeats the messages that have no answer.
            self._client.connection.fail()

    def _answer(self, id_: str, answer: Answer) -> None:
        if isinstance(answer, Refusal):
            count(REFUSALS, answer.code)
            if answer.code is Code.STORE_AWAY:
                self._room.heartbeat_soon()
            reply: messages.Refusal | Ack = messages.Refusal(
                id=id_, code=answer.code, message=answer.message
            )
        else:
            reply = Ack(id=id_, seq=answer)
        self._client.answer(frame(messages.encode(reply)))

    def _not_understood(self, why: str) -> None:
        self._client.connection.close(messages.NOT_UNDERSTOOD._replace(reason=why))

    def _cancel_hello_timeout(self) -> None:
        if self._hello_timeout is not None:
            self._hello_timeout.cancel()
            self._hello_timeout = None


def _is_utf8(message: bytes) -> bool:
    """Whether a message is valid text, as the standard demands (RFC 6455, 8.1)."""
    try:
        message.decode()
    except UnicodeDecodeError:
        return False
    return True
