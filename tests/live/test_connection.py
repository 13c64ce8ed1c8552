import asyncio
import socket
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from live.socket_pairs import connected, fill, read
from server.live import connection as connection_module
from server.live.backlog import BACKLOG
from server.live.connection import Connection, Listener
from server.live.connection_state import STALE
from server.live.frames import FRAGMENT, begun, continued, frame
from server.live.messages import NOT_ALLOWED, TOO_MANY, TOO_SLOW
from server.live.outbox import OUTBOX_BYTES, PACE, STALLED
from support.wait import eventually

PING = b"\x89\x80\0\0\0\0"


def take(connection, piece):
    """Have a connection read bytes at once, as the loop does with what it finds in the socket."""
    connection.get_buffer(-1)[: len(piece)] = piece
    connection.buffer_updated(len(piece))


def masked(payload, opcode=0x81, mask=b"\0\0\0\0", *, wasteful=False):
    """Make a frame as a client sends it; a wasteful one writes its length in two bytes more."""
    size = len(payload)
    head = (
        bytes([opcode, 0x80 | size])
        if size < 126 and not wasteful
        else bytes([opcode, 0xFE]) + size.to_bytes(2, "big")
    )
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


async def test_frames_of_a_slot_supersede_each_other_and_answers_stay(monkeypatch):
    async with connected() as (connection, theirs):
        await fill(connection)
        for n in range(50):
            connection.send(f"[tally {n}]".encode(), "tally")
            connection.send(f"[answer {n}]".encode())
            connection.send(f"[board {n}]".encode(), "board")
        data = b""
        while b"[board 49]" not in data:
            data += await asyncio.get_running_loop().sock_recv(theirs, 65_536)
        told = data.lstrip(b".").decode()
        assert [told.count(f"[answer {n}]") for n in range(50)] == [1] * 50
        assert told.count("tally") == told.count("board") == 1
        assert told.index("[answer 48]") < told.index("[tally 49]") < told.index("[answer 49]")
        assert connection.listener.drains == 0


async def test_an_outbox_that_runs_over_is_dropped_and_a_welcome_is_due_when_it_has_drained():
    async with connected() as (connection, theirs):
        await fill(connection)
        connection.send(b"[answer]")
        for n in range(400):
            connection.send(b"x" * 1000, f"comment {n}")
            assert connection._waiting <= OUTBOX_BYTES
        assert connection.state is STALE
        connection.send(b"[dropped]", "tally")
        connection.send(b"[kept]")
        data = b""
        while not connection.listener.drains:
            data += await asyncio.get_running_loop().sock_recv(theirs, 65_536)
        assert connection.state is not STALE
        data += (
            await asyncio.get_running_loop().sock_recv(theirs, 65_536)
            if b"[kept]" not in data
            else b""
        )
        assert b"[answer][kept]" in data
        assert b"x" not in data
        assert b"[dropped]" not in data
        assert connection.listener.drains == 1


async def test_anyone_who_stays_full_is_closed_after_a_while_and_not_before():
    async with connected() as (connection, _):
        await fill(connection)
        connection.send_fresh_welcome([b"x" * (OUTBOX_BYTES + 1)])
        assert connection.state is STALE
        now = asyncio.get_running_loop().time()
        connection.check(now)
        connection.check(now + STALLED - 1)
        assert not connection.closed
        connection.check(now + STALLED + 1)
        assert connection.closed


async def test_answers_that_no_one_reads_close_the_connection():
    async with connected() as (connection, _):
        await fill(connection)
        for _ in range(OUTBOX_BYTES // 1000 + 2):
            connection.send(b"y" * 1000)
        assert connection.closed
        connection.send(b"nothing more")


async def test_a_connection_whose_outbox_cannot_be_written_is_closed(monkeypatch, caplog):
    class Faulty(Connection):
        def _drain(self):
            raise KeyError("of the outbox")

    async with connected(Faulty) as (connection, theirs):
        await fill(connection)
        connection.send(b"the answer")
        while await asyncio.get_running_loop().sock_recv(theirs, 65_536):
            pass
        await eventually(lambda: connection.listener.ends)
        assert "A fault in connection: KeyError('of the outbox')." in caplog.text
        caplog.clear()


async def test_who_asks_for_life_and_does_not_read_the_answer_fills_no_memory():
    async with connected() as (connection, theirs):
        await fill(connection)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(theirs, b"\x89\xfd\0\0\0\0" + b"p" * 125)
        for n in range(3000):
            await loop.sock_sendall(theirs, b"\x89\xfd\0\0\0\0" + f"{n:0125}".encode())
        await loop.sock_sendall(theirs, masked(b"last"))
        await eventually(lambda: connection.listener.messages == [(b"last", True)])
        assert connection._transport.get_write_buffer_size() < 10_000
        assert len(connection._outbox) == 1


async def test_a_ping_is_answered():
    async with connected() as (_, theirs):
        await asyncio.get_running_loop().sock_sendall(theirs, PING)
        assert await read(theirs, 2) == b"\x8a\x00"


async def test_messages_in_pieces_are_put_together_and_empty_pieces_fill_no_memory():
    async with connected() as (connection, theirs):
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(theirs, masked(b"on", 0x01))
        for _ in range(5000):
            await loop.sock_sendall(theirs, masked(b"", 0x00))
        await loop.sock_sendall(theirs, masked(b"\x01", 0x89))
        assert await read(theirs, 3) == b"\x8a\x01\x01"
        assert connection.unfinished == len(connection._partial) == 2
        await loop.sock_sendall(theirs, masked(b"e", 0x80) + masked(b"two", 0x82))
        await eventually(lambda: len(connection.listener.messages) == 2)
        assert connection.listener.messages == [(b"one", True), (b"two", False)]


SAID = st.tuples(
    st.binary(max_size=3) | st.binary(min_size=120, max_size=130),
    st.binary(min_size=4, max_size=4),
    st.sampled_from(["whole", "pieces", "wasteful", "ping before", "binary"]),
)


def spoken(said):
    """Return the bytes that a client sends to say it, in pieces that belong together."""
    payload, mask, manner = said
    match manner:
        case "pieces":
            pieces = [masked(payload[:1], 0x01, mask), masked(payload[1:], 0x80, mask)]
        case "wasteful":
            pieces = [masked(payload, mask=mask, wasteful=True)]
        case "ping before":
            pieces = [PING, masked(payload, mask=mask)]
        case "binary":
            pieces = [masked(payload, 0x82, mask)]
        case _:
            pieces = [masked(payload, mask=mask)]
    return pieces


@given(st.lists(SAID, max_size=8), st.randoms(use_true_random=False), st.booleans())
@example([(b"a", b"mask", "wasteful"), (b"b", b"mask", "whole")], None, True)
def test_messages_are_the_same_however_the_network_cuts_them(said, chance, by_frame):
    pieces = [piece for one in said for piece in spoken(one)]
    if not by_frame:
        whole = b"".join(pieces)
        cuts = sorted(chance.randint(0, len(whole)) for _ in range(len(pieces)))
        pieces = [whole[a:b] for a, b in pairwise([0, *cuts, len(whole)])]

    async def hear():
        async with connected() as (connection, _):
            for piece in filter(None, pieces):
                take(connection, piece)
            return connection.listener.messages

    heard = asyncio.run(hear())
    assert heard == [(payload, manner != "binary") for payload, _, manner in said]


async def test_what_looks_like_a_message_inside_of_one_is_none():
    inner = masked(b"not said")
    outer = masked(inner)
    async with connected() as (connection, _):
        for piece in (outer[: -len(inner)], inner):
            take(connection, piece)
        assert connection.listener.messages == [(inner, True)]


async def test_a_message_between_the_pieces_of_another_breaks_the_rules():
    async with connected() as (connection, theirs):
        await asyncio.get_running_loop().sock_sendall(theirs, masked(b"on", 0x01))
        await eventually(lambda: connection._partial)
        await asyncio.get_running_loop().sock_sendall(theirs, masked(b"two"))
        assert (await read(theirs, 4))[2:] == (1002).to_bytes(2, "big")
        assert connection.listener.messages == []


async def test_closing_says_why_once_and_hears_nothing_more():
    async with connected() as (connection, theirs):
        connection.close(NOT_ALLOWED)
        connection.close(TOO_SLOW)
        said = await read(theirs, 4 + len(NOT_ALLOWED.reason))
        assert int.from_bytes(said[2:4], "big") == 4003
        assert said[4:].decode() == NOT_ALLOWED.reason
        take(connection, masked(b"still here"))
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(theirs, masked((4003).to_bytes(2, "big"), 0x88))
        await eventually(lambda: connection.listener.ends)
        assert connection.listener.messages == []
        assert connection.listener.ends == 1


async def test_a_long_reason_is_cut_to_what_fits():
    async with connected() as (connection, theirs):
        connection.close(NOT_ALLOWED._replace(reason="ü" * 200))
        said = await read(theirs, 2)
        assert said[1] <= 125
        assert (await read(theirs, said[1]))[2:].decode() == "ü" * 61


async def test_anyone_who_does_not_answer_the_close_is_cut_off(monkeypatch):
    monkeypatch.setattr(connection_module, "CLOSE_TIMEOUT", 0.05)
    async with connected() as (connection, _):
        connection.close(NOT_ALLOWED)
        await eventually(lambda: connection.listener.ends)


async def test_a_quiet_peer_is_asked_once_and_a_dead_one_is_cut_off(monkeypatch):
    monkeypatch.setattr(connection_module, "CLOSE_TIMEOUT", 0.05)
    async with connected() as (connection, theirs):
        now = connection.heard_at
        connection.check(now + connection_module.QUIET - 1)
        connection.check(now + connection_module.QUIET + 1)
        connection.check(now + connection_module.QUIET + 2)
        assert await read(theirs, 2) == b"\x89\x00"
        await asyncio.get_running_loop().sock_sendall(theirs, masked(b"", 0x8A))
        await eventually(lambda: not connection._pinged)
        assert connection.heard_at > now
        connection.check(connection.heard_at + connection_module.DEAD + 1)
        assert (await read(theirs, 4))[2:] == TOO_SLOW.code.to_bytes(2, "big")
        await eventually(lambda: connection.listener.ends)


class Slow(Connection):
    """A connection of whose frames so many bytes wait in the system."""

    __slots__ = ("queued",)

    def _unread_by_peer(self):
        return self.queued


async def test_who_is_slow_to_read_is_not_dead_before_it_has_come_to_the_ping():
    """What the system has taken waits before the ping, and may take its time."""
    async with connected(Slow) as (connection, _):
        connection.send(frame(b"x" * 1000))
        now, connection.queued = connection.heard_at, 1000
        for look in range(1, 4):
            connection.check(now + look * (STALLED + 0.1))
            connection.send(frame(b"x" * 996))
        assert not connection.closed
        connection.check(now + 4 * (STALLED + 0.1))
        connection.check(now + 5 * (STALLED + 0.2))
        assert connection.closed


@given(st.lists(st.integers(0, 40_000), max_size=30), st.randoms(use_true_random=False))
def test_what_is_sent_comes_whole_and_in_order_however_it_is_read(sizes, chance):
    async def meet():
        async with connected() as (connection, theirs):
            loop, sent, got = asyncio.get_running_loop(), b"", b""
            for n, size in enumerate(sizes):
                if n % 5 == 0 and not connection.blocked:
                    pieces = [begun(b"{"), continued(bytes(size)), continued(b"}", final=True)]
                    connection.send_fresh_welcome(pieces)
                    sent += b"".join(pieces)
                while connection.backlog > OUTBOX_BYTES // 2:
                    got += await loop.sock_recv(theirs, chance.randint(1, 9000))
                said = frame(bytes([n]) * size)
                connection.send(said)
                sent += said
                if chance.random() < 0.3:
                    await asyncio.sleep(0)
            while len(got) < len(sent):
                got += await loop.sock_recv(theirs, chance.randint(1, 9000))
            assert got == sent
            await eventually(lambda: not connection.backlog)

    asyncio.run(asyncio.wait_for(meet(), 20))


async def test_a_peer_that_is_gone_is_noticed():
    async with connected() as (connection, theirs):
        theirs.close()
        await eventually(lambda: connection.listener.ends == 1)
        connection.send(b"to nobody")


@pytest.mark.parametrize(
    ("first", "more"),
    [(PING, PING), (masked(b"x", 0x01), masked(b"x", 0x00))],
    ids=["pings", "pieces"],
)
async def test_frames_of_every_kind_count(first, more):
    async with connected() as (connection, theirs):
        connection.listener.most = 30
        theirs.send(first + more * 60)
        await eventually(lambda: connection.closed)
        assert connection.listener.frames == 31
        sent = await read(theirs, 2)
        while sent[-2:] != TOO_MANY.code.to_bytes(2, "big"):
            sent += await read(theirs, 1)


async def test_many_pings_get_one_answer_a_read():
    async with connected() as (connection, theirs):
        theirs.send(PING * 50)
        await eventually(lambda: connection.listener.frames == 50)
        assert await read(theirs, 2) == b"\x8a\x00"
        with pytest.raises(BlockingIOError):
            theirs.recv(1)


async def test_a_welcome_that_nobody_reads_is_given_up():
    async with connected() as (connection, _theirs):
        now = asyncio.get_running_loop().time()
        connection.send_fresh_welcome([frame(b"x" * 1_000_000)])
        connection.heard_at = now + 1000  # It goes on saying that it is there.
        connection.check(now)
        connection.check(now + STALLED)
        assert not connection.closed
        connection.check(now + STALLED + 0.1)
        assert connection.closed


async def test_a_slow_reader_who_gets_on_is_not_given_up():
    async with connected() as (connection, theirs):
        now = asyncio.get_running_loop().time()
        connection.send_fresh_welcome([frame(b"x" * 1_000_000)])
        connection.heard_at = now + 1000
        for look in range(3):
            connection.check(now + look * (STALLED + 0.1))
            before = connection.backlog
            await read(theirs, 3 * PACE * int(STALLED))
            await eventually(lambda before=before: connection.backlog < before)
        assert not connection.closed


async def test_a_reader_who_trickles_is_given_up_and_learns_why_when_it_reads_on():
    """What it has begun to read ends where a frame ends, and the reason comes behind it."""
    async with connected() as (connection, theirs):
        own, shared, end = (
            begun(b'{"own":1'),
            continued(b"x" * 1_000_000),
            continued(b"}", final=True),
        )
        connection.send_fresh_welcome([own, shared, end])
        got = await read(theirs, 100)
        now = asyncio.get_running_loop().time()
        connection.heard_at = now + 1000
        for look in range(3):
            connection.check(now + look * (STALLED + 0.1))
            got += await read(theirs, 10)
        assert connection.closed
        while chunk := await asyncio.get_running_loop().sock_recv(theirs, 65_536):
            got += chunk
            if got.endswith(TOO_SLOW.reason.encode()):
                break
        frames = pieces_of(got)
        assert frames[0] == (0x01, b'{"own":1')
        assert all(kind == 0x00 and len(payload) == FRAGMENT for kind, payload in frames[1:-1])
        kind, payload = frames[-1]
        assert (kind, payload[:2]) == (0x88, (4008).to_bytes(2, "big"))


def pieces_of(data):
    """Take what a server sent apart into frames: kind and payload."""
    frames = []
    while data:
        size, head = data[1], 2
        if size >= 126:
            head = 4 if size == 126 else 10
            size = int.from_bytes(data[2:head], "big")
        frames.append((data[0], data[head : head + size]))
        data = data[head + size :]
    return frames


async def test_what_many_wait_for_is_kept_once_and_let_go_in_the_end():
    before = BACKLOG.size
    shared = continued(b"x" * 1_000_000)
    async with connected() as (ann, anns), connected() as (ben, _):
        for each in (ann, ben):
            each.send_fresh_welcome([begun(b"{"), shared, continued(b"}", final=True)])
        assert BACKLOG.size - before <= len(shared) + 100
        await eventually(lambda: ann.backlog < ben.backlog or anns.recv(65_536))
        ann.close(TOO_SLOW)
        assert BACKLOG.size - before >= len(shared)
    assert BACKLOG.size == before


async def test_what_begins_to_come_has_to_come_whole():
    async with connected() as (connection, theirs):
        await asyncio.get_running_loop().sock_sendall(theirs, masked(b"x" * 100)[:50])
        await eventually(lambda: connection.unfinished)
        connection.heard_at += 1000
        connection.check(connection._message_began + connection_module.MESSAGE_SECONDS)
        assert not connection.closed
        connection.check(connection._message_began + connection_module.MESSAGE_SECONDS + 0.1)
        assert connection.closed


async def test_who_writes_lengths_in_more_bytes_than_it_takes_is_not_taken_for_slow():
    async with connected() as (connection, _):
        take(connection, masked(b"one", wasteful=True))
        assert connection.unfinished == 0
        connection.check(connection.heard_at + connection_module.QUIET)
        assert not connection.closed


async def test_a_time_in_which_this_process_did_not_run_counts_against_no_one():
    async with connected() as (connection, theirs):
        await asyncio.get_running_loop().sock_sendall(theirs, masked(b"x" * 100)[:50])
        await eventually(lambda: connection.unfinished)
        later = connection.heard_at + 60
        connection.discount(60)
        connection.check(later)
        assert not connection.closed
        assert not connection._transport.is_closing()


@pytest.mark.parametrize("last", [b"one too many", b""])
async def test_who_says_something_wrong_and_farewell_in_one_breath_is_sent_away(last):
    async with connected() as (connection, theirs):
        connection.listener.most = 1
        take(connection, masked(b"one") + masked(last) + masked(b"\x03\xe8", 0x88))
        assert connection.closed
        assert (await read(theirs, 4))[:1] == b"\x88"
        await eventually(lambda: connection.listener.ends)


async def test_who_was_sent_away_and_goes_on_is_heard_no_more():
    async with connected() as (connection, theirs):
        connection.listener.most = 60
        flood = masked(b"", 0x89) * 100_000
        flooding = asyncio.create_task(asyncio.get_running_loop().sock_sendall(theirs, flood))
        await eventually(lambda: not connection._transport.is_reading())
        assert connection.listener.frames == 61
        assert not flooding.done()
        told = b""
        while b"\x0f\xbdToo many" not in told:
            told += await read(theirs, 1)
        flooding.cancel()


class Breaking(Connection):
    """A connection whose line breaks just when what has waited in the system is gone."""

    __slots__ = ()

    def resume_writing(self):
        self._transport.get_extra_info("socket").shutdown(socket.SHUT_WR)
        super().resume_writing()


async def test_a_connection_that_breaks_under_what_is_written_next_ends_once(caplog):
    async with connected(Breaking) as (connection, theirs):
        await fill(connection)
        for n in range(20):
            connection.send(frame(b"kept"), f"slot {n}")
        while await asyncio.get_running_loop().sock_recv(theirs, 65_536):
            pass
        await eventually(lambda: connection.closed)
        await asyncio.sleep(0)
        assert connection.listener.ends == 1
        assert not caplog.records


class Welcoming(Listener):
    """Welcomes when the line is free again, as a session has its room do."""

    def __init__(self, connection):
        self._connection = connection

    def on_writable(self):
        self._connection.send_fresh_welcome([b"[welcome]"])


async def test_a_welcome_takes_the_place_of_all_that_waits_but_answers():
    async with connected() as (connection, theirs):
        await fill(connection)
        for slot in ("tally", "comment 1", "pulse"):
            connection.send(f"[old {slot}]".encode(), slot)
        connection.send(b"[answer]")
        connection.send(b"[pong]", "pong")
        # It is not kept, but made again when the line is free; until then nothing is news.
        connection.send_fresh_welcome([b"[stale welcome]"])
        connection.send(b"[tally in the welcome]", "tally")
        connection.listener = Welcoming(connection)
        data = b""
        while b"[welcome]" not in data:
            data += await asyncio.get_running_loop().sock_recv(theirs, 65_536)
        assert data.lstrip(b".") == b"[answer][pong][welcome]"
