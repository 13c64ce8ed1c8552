"""What a connection says to its room, and the room's answers."""

import asyncio

from server import tasks
from server.domain.refusals import Code, Refusal, Refused
from server.live import messages
from server.live.frames import frame
from server.live.hub import Hub
from server.live.messages import Ack
from server.live.rate import Rates
from server.live.reading import (
    NotUnderstoodError,
    RefusedRequestError,
    read_hello,
    read_request,
)
from server.live.room import Room
from server.live.submissions import Answer
from server.live.transport import Connection, Listener
from server.metrics import CONNECTIONS, HELLOS, REFUSALS, REQUESTS, count

_CLOSES = {
    Code.NOT_ALLOWED: messages.NOT_ALLOWED,
    Code.NO_SUCH_BOARD: messages.NO_SUCH_BOARD,
    Code.GOING_AWAY: messages.RESTART,
}
"""How somebody is sent away whose hello is refused; for anything else they are at fault."""
HELLO_SECONDS = 10.0
"""In which a connection has to say hello."""


class Session(Listener):
    """Reads what one connection says: first a hello, then requests."""

    __slots__ = ("_bucket", "_connection", "_hub", "_patience", "_rated_by", "_rates", "_room")

    def __init__(self, connection: Connection, room: Room, hub: Hub, rates: Rates) -> None:
        self._connection = connection
        self._room = room
        self._hub = hub
        hub.arrive(connection)
        room.visitors += 1
        self._rates = rates
        self._rated_by = (room.code, connection.actor.seat or id(connection))
        self._bucket = rates.hold(self._rated_by)
        self._patience: asyncio.TimerHandle | None = asyncio.get_running_loop().call_later(
            HELLO_SECONDS, self._not_understood, "No hello came."
        )

    def admits(self) -> bool:
        return self._bucket.allows()

    def heard(self, message: bytes, *, is_text: bool) -> None:
        with tasks.contained("session", self._room.code) as hearing:
            if not is_text:
                self._not_understood("Messages are text.")
            elif not message.isascii() and not _is_utf8(message):
                self._connection.close(messages.NOT_UTF8)
            elif self._connection.view is None:
                self._greet(message)
            else:
                self._request(message)
        if hearing.failed:
            self._connection.fail()

    def drained(self) -> None:
        with tasks.contained("welcome", self._room.code) as welcoming:
            self._room.welcome(self._connection)
        if welcoming.failed:
            self._connection.fail()

    def ended(self) -> None:
        self._stop_waiting()
        self._hub.depart(self._connection)
        self._room.visitors -= 1
        with tasks.contained("leave", self._room.code):
            self._rates.let_go(self._rated_by, self._bucket)
            if self._connection.view is not None:
                CONNECTIONS.labels(self._connection.view).dec()
                self._room.leave(self._connection)

    def _greet(self, message: bytes) -> None:
        try:
            hello = read_hello(message)
            self._room.enter(self._connection, hello)
        except NotUnderstoodError as error:
            self._not_understood(str(error))
        except Refused as refused:
            close = _CLOSES.get(refused.code, messages.NOT_UNDERSTOOD)
            self._connection.close(close._replace(reason=refused.message))
        else:
            CONNECTIONS.labels(hello.view).inc()
            count(HELLOS)
            self._stop_waiting()

    def _request(self, message: bytes) -> None:
        self._connection.await_answer()
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
            self._connection.actor, request, lambda answer: self._tell(request.id, answer)
        )

    def _tell(self, id_: str, answer: Answer) -> None:
        with tasks.contained("answer", self._room.code) as telling:
            self._answer(id_, answer)
        if telling.failed:
            # They come back, and say again what they have no answer to.
            self._connection.fail()

    def _answer(self, id_: str, answer: Answer) -> None:
        if isinstance(answer, Refusal):
            count(REFUSALS, answer.code)
            said: messages.Refusal | Ack = messages.Refusal(
                id=id_, code=answer.code, message=answer.message
            )
        else:
            said = Ack(id=id_, seq=answer)
        self._connection.answer(frame(messages.encode(said)))

    def _not_understood(self, why: str) -> None:
        self._connection.close(messages.NOT_UNDERSTOOD._replace(reason=why))

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def _is_utf8(message: bytes) -> bool:
    """Say whether it is a text at all, as the standard has it (RFC 6455, 8.1)."""
    try:
        message.decode()
    except UnicodeDecodeError:
        return False
    return True
