"""The states of a connection: each transition that is not listed is refused, and a real connection
on a real socket stays within them whatever happens to it.
"""

import asyncio
import socket
from itertools import product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from server.live.connection import Connection, Listener
from server.live.connection_state import (
    BLOCKED,
    CLOSED,
    CLOSING,
    CONNECTING,
    OPEN,
    STALE,
    IllegalStateError,
    State,
)
from server.live.frames import frame
from server.live.messages import NOT_ALLOWED
from server.live.outbox import OUTBOX_BYTES

LEGAL = {
    *((CONNECTING, OPEN), (CONNECTING, CLOSED)),
    *((OPEN, BLOCKED), (OPEN, CLOSING), (OPEN, CLOSED)),
    *((BLOCKED, OPEN), (BLOCKED, STALE), (BLOCKED, CLOSING), (BLOCKED, CLOSED)),
    *((STALE, STALE), (STALE, OPEN), (STALE, CLOSING), (STALE, CLOSED)),
    (CLOSING, CLOSED),
}


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_a_transition_is_legal_or_refused(before, after):
    connection = Connection()
    connection.state = before
    if (before, after) in LEGAL:
        connection.become(after)
        assert connection.state is after
    else:
        with pytest.raises(IllegalStateError, match=f"{before.value} cannot be {after.value}"):
            connection.become(after)
        assert connection.state is before


@pytest.mark.parametrize(
    "use",
    [
        lambda connection: connection.send(b"frame"),
        lambda connection: connection.send(b"frame", "slot"),
        lambda connection: connection.send_all([("slot", b"frame")], b"frame"),
        lambda connection: connection.send_fresh_welcome([b"frame"]),
        lambda connection: connection.close(NOT_ALLOWED),
        lambda connection: connection.pause_writing(),
    ],
    ids=["send", "send in a slot", "send all", "welcome", "close", "pause"],
)
def test_a_connection_without_a_socket_cannot_be_used(use):
    connection = Connection()
    with pytest.raises(IllegalStateError):
        use(connection)
    assert connection.state is CONNECTING


class Observed(Connection):
    """A connection that notes its transitions."""

    __slots__ = ("transitions",)

    def __init__(self):
        super().__init__()
        self.transitions = []

    def become(self, state):
        before = self.state
        super().become(state)
        self.transitions.append((before, state))


class Line(Listener):
    """A connection on a real socket, the other end of it, and what the connection calls."""

    __slots__ = ("connection", "drains", "ends", "peer", "runner")

    def __init__(self):
        self.drains = self.ends = 0
        self.runner = asyncio.Runner()
        ours, self.peer = socket.socketpair()
        for end in (ours, self.peer):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.connection = Observed()
        self.connection.listener = self
        loop = self.runner.get_loop()
        self.runner.run(loop.create_connection(lambda: self.connection, sock=ours))

    def on_writable(self):
        self.drains += 1
        self.connection.send_fresh_welcome([frame(b"welcome")])

    def on_closed(self):
        self.ends += 1

    def run(self, act):
        """Act in the loop, and let it deal with what follows."""

        async def work():
            result = act()
            for _ in range(6):
                await asyncio.sleep(0)
            return result

        return self.runner.run(work())

    def read(self, most):
        try:
            return self.run(lambda: self.peer.recv(most))
        except (BlockingIOError, ConnectionError, OSError):
            return b""

    def close(self):
        if self.connection.state is not CLOSED:
            self.run(self.connection._transport.abort)
        self.peer.close()
        self.runner.close()


def test_a_connection_gets_one_socket_and_is_lost_once():
    line = Line()
    with pytest.raises(IllegalStateError):
        line.connection.connection_made(line.connection._transport)
    line.run(line.connection._transport.abort)
    assert line.connection.state is CLOSED
    with pytest.raises(IllegalStateError):
        line.connection.connection_lost(None)
    assert line.ends == 1
    line.close()


MESSAGE = b"\x81\x82\0\0\0\0hi"
PING = b"\x89\x80\0\0\0\0"
GOODBYE = b"\x88\x82\0\0\0\0\x03\xe8"
UNMASKED = b"\x81\x02hi"
"""A message that breaks the protocol."""
LIFETIME = 3
"""Reads before either end may close, so that examples come to more than closing."""


class Life(RuleBasedStateMachine):
    """Both ends do what they like, in any order."""

    def __init__(self):
        super().__init__()
        self.line = Line()
        self.connection = self.line.connection
        self.answers = []
        self.arrived = b""
        self.reads = 0
        self.gone = False

    @rule(size=st.integers(0, 5000))
    def send_answer(self, size):
        said = frame(b"answer %d " % len(self.answers) + bytes(size))
        if not self.connection.closed:
            self.answers.append(said)
        self.line.run(lambda: self.connection.send(said))

    @rule(slot=st.sampled_from(["tally", "people"]), size=st.integers(0, 5000))
    def send_in_slot(self, slot, size):
        self.line.run(lambda: self.connection.send(frame(bytes(size)), slot))

    @rule()
    def send_more_than_is_kept(self):
        half = frame(bytes(OUTBOX_BYTES // 2))
        both = [("one", half), ("two", half)]
        self.line.run(lambda: self.connection.send_all(both, half + half))

    @rule(size=st.integers(0, 100_000))
    def send_welcome(self, size):
        self.line.run(lambda: self.connection.send_fresh_welcome([frame(bytes(size))]))

    @rule(most=st.sampled_from([100, 5000, 1_000_000]))
    def read(self, most):
        if not self.gone:
            self.arrived += self.line.read(most)
        self.reads += 1

    @precondition(lambda self: not self.gone)
    @rule(said=st.sampled_from([MESSAGE, PING]))
    def on_presence(self, said):
        self.say(said)

    @precondition(lambda self: not self.gone and self.reads > LIFETIME)
    @rule(said=st.sampled_from([GOODBYE, UNMASKED]))
    def hear_the_last(self, said):
        self.say(said)

    def say(self, said):
        try:
            self.line.run(lambda: self.line.peer.send(said))
        except OSError:
            self.gone = True

    @precondition(lambda self: self.reads > LIFETIME)
    @rule()
    def close(self):
        self.line.run(lambda: self.connection.close(NOT_ALLOWED))
        assert self.connection.closed

    @precondition(lambda self: self.reads > LIFETIME)
    @rule()
    def leave(self):
        self.gone = True
        self.line.run(self.line.peer.close)

    @rule(later=st.sampled_from([0, 11]))
    def check(self, later):
        self.line.run(lambda: self.connection.check(self.connection.heard_at + later))

    @invariant()
    def transitions_are_legal_and_lead_here(self):
        been = self.connection.transitions
        assert set(been) <= LEGAL
        assert [CONNECTING, *(after for _, after in been)] == [
            *(before for before, _ in been),
            self.connection.state,
        ]

    @invariant()
    def the_state_says_what_is_kept(self):
        kept = list(self.connection.waiting())
        if self.connection.state not in {BLOCKED, STALE}:
            assert not kept
        if self.connection.state is STALE:
            assert not {"tally", "people", "one", "two"} & set(self.connection._outbox)
        assert self.line.ends == (self.connection.state is CLOSED)
        assert self.line.drains <= self.connection.transitions.count((STALE, OPEN))

    def teardown(self):
        try:
            while not self.gone and (data := self.line.read(1_000_000)):
                self.arrived += data
            if not self.gone and not self.connection.closed:
                assert self.connection.state is OPEN
                at = 0
                for answer in self.answers:
                    at = self.arrived.index(answer, at) + len(answer)
        finally:
            self.line.close()
        assert self.connection.state is CLOSED
        assert self.line.ends == 1


Life.TestCase.settings = settings(max_examples=100, stateful_step_count=40)
TestLife = Life.TestCase
