"""A client: one page of one person, what it may see, and the order in which it is told.

The connection below it carries bytes and knows nothing of this; the session above it reads what the
client sends.
"""

from collections.abc import Sequence

from server.live.authorization import Actor
from server.live.connection import Connection
from server.live.connection_state import STALE
from server.live.messages import View
from server.live.views import Audience


class Client:
    """Who is at the other end of a connection. Their identity was established in the handshake."""

    __slots__ = (
        "_awaited",
        "_held",
        "_owed",
        "actor",
        "asks_for_lobby",
        "audience",
        "connection",
        "network",
        "view",
        "voter",
    )

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        *,
        network: str = "",
        asks_for_lobby: bool = False,
    ) -> None:
        """`network` is where it comes from, for counting newcomers; `asks_for_lobby` says whether a
        host's console wants to be told who arrives.
        """
        self.connection = connection
        self.actor = actor
        self.network = network
        self.asks_for_lobby = asks_for_lobby
        self.view: View | None = None
        """The page that it shows; None before its hello."""
        self.audience: Audience | None = None
        self.voter: str | None = None
        """The id under which this seat's ballot of the current round is counted."""
        self._awaited = 0
        """The number of answers that this person is waiting for."""
        self._held = b""
        """A ballot that is sent together with the next answer."""
        self._owed: list[bytes] | None = None
        """Answers that are sent after the pending welcome; None if no welcome is pending."""

    def await_answer(self) -> None:
        """Note that this person made a request: an `answer` will follow."""
        self._awaited += 1

    def answer(self, data: bytes) -> None:
        """Send the answer to a request of this person."""
        self._awaited -= 1
        if self._owed is not None:
            self._owed.append(data)
            return
        held, self._held = self._held, b""
        self.connection.send(held + data)

    def show_ballot(self, data: bytes) -> None:
        """Send this person's ballot, together with a pending answer if there is one.

        A system call costs more than everything that is done to count the vote.
        """
        if self._awaited:
            self._held = data
        else:
            self.connection.send(data)

    def await_welcome(self) -> None:
        """Hold back answers until the welcome, because an answer may refer to another history."""
        if self._owed is None:
            self._owed = []

    def welcome(self, pieces: Sequence[bytes]) -> bool:
        """Send everything that this person may see, including their newest ballot.

        Returns whether answers had to wait for it, and follow it now.
        """
        self._held = b""
        self.connection.send_fresh_welcome(pieces)
        if self.connection.state is STALE:
            # The welcome is sent when the socket is writable again, followed by the answers.
            return False
        return self._send_owed()

    def send_held_back(self) -> None:
        """Send what waits for an answer or a welcome, because the connection is about to close."""
        held, self._held = self._held, b""
        if held:
            self.connection.send(held)
        self._send_owed()

    def _send_owed(self) -> bool:
        owed, self._owed = self._owed or (), None
        for answer in owed:
            self.connection.send(answer)
        return bool(owed)
