"""Frames: a valid session of the live connection, with a few errors in it."""

import json
import struct

from fuzz import answers
from fuzz.fuzz_server import Case

HANDSHAKE = (
    b"GET /b/@%s@/live HTTP/1.1\r\nHost: 127.0.0.1:@port@\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: stackvote.v1\r\n"
    b"Cookie: %s\r\n\r\n"
)
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
HOST = b"@guest@; stackvote_host_@other@=@key@"
SAID = [
    {"type": "vote", "round": 1, "ballot": {"approve": ["ant", "cat"]}},
    {"type": "withdraw", "round": 1},
    {"type": "comment", "option": "ant", "kind": "pro", "text": "x" * 200, "comment": "c1"},
    {
        "type": "comment",
        "option": "bee",
        "kind": "con",
        "text": "é👍",
        "comment": "c2",
        "parent": "c1",
    },
    {"type": "edit_comment", "comment": "c1", "text": "y" * 1500},
    {"type": "react", "comment": "c1", "emoji": "👍", "on": True},
    {"type": "delete_comment", "comment": "c2"},
    {"type": "rename", "name": "Ann"},
    {"type": "observe", "on": False},
]
BY_HOST = [
    {"type": "reveal_round", "round": 1},
    {"type": "lock_round", "round": 1},
    {"type": "open_round", "method": "score", "settings": {"seconds": 5}},
    {"type": "set_board", "title": "T", "settings": {"show_names": False}},
    {"type": "add_option", "option": {"name": "Dog"}},
    {"type": "hide_comment", "comment": "c1", "on": True},
    {"type": "decide", "option": "ant", "because": "so"},
]
ODD = [None, True, -1, 0, 1.5, 2**70, "", "x" * 3000, "\u0000", "\ud800", [], {}, [[[]]] * 9]


class Frame:
    """A frame as its sender writes it, valid or not."""

    def __init__(self, opcode, payload, *, fin=True):
        self.opcode, self.payload, self.fin = opcode, payload, fin
        self.rsv = 0
        self.mask = True
        self.form = None
        """The number of bytes for the length; None: as few as possible."""
        self.length = len(payload)

    def encode(self, dice):
        head = bytes(((0x80 if self.fin else 0) | self.rsv << 4 | self.opcode,))
        form = self.form
        if form is None:
            form = 0 if self.length < 126 else 2 if self.length < 65_536 else 8
        size = self.length if form == 0 else 126 if form == 2 else 127
        head += bytes(((0x80 if self.mask else 0) | size & 0x7F,))
        if form:
            head += (self.length % 256**form).to_bytes(form, "big")
        if not self.mask:
            return head + self.payload
        key = dice.randbytes(4)
        masked = bytes(byte ^ key[n % 4] for n, byte in enumerate(self.payload))
        return head + key + masked


def case(dice):
    """Make a case."""
    is_host = dice.random() < 0.4
    opening = HANDSHAKE % ((b"other", HOST) if is_host else (b"board", b"@guest@"))
    frames = _session(dice, is_host)
    for _ in range(dice.choice((0, 1, 1, 2, 3, 6))):
        _spoil(dice, frames)
    sent = [opening, *(frame.encode(dice) for frame in frames)]
    data = b"".join(sent)
    if dice.random() < 0.3:
        data = _scratch(dice, data, 0 if dice.random() < 0.2 else len(opening))
    cuts = [dice.randrange(len(data) + 1) for _ in range(dice.choice((0, 0, 1, 5, 40)))]
    # The whole handshake first: anything that arrives along with it is another case.
    if dice.random() < 0.8:
        cuts.append(len(opening))
    return Case(data, cuts, dice.choice(("leave", "half", "half", "reset")))


def _session(dice, is_host):
    view = "host" if is_host else dice.choice(("ballot", "ballot", "screen"))
    said = [{"type": "hello", "view": view, "name": "Zoë"}]
    choice = SAID + BY_HOST if is_host else SAID
    said += [{"id": f"m{n}"} | dice.choice(choice) for n in range(dice.randint(0, 12))]
    if dice.random() < 0.4:
        one = said[dice.randrange(len(said))] = dict(dice.choice(said))
        one[dice.choice([*one, "x"])] = dice.choice(ODD)
    frames = [Frame(TEXT, json.dumps(each).encode()) for each in said]
    if dice.random() < 0.3:
        frames.insert(
            dice.randint(0, len(frames)), Frame(PING, dice.randbytes(dice.randint(0, 125)))
        )
    if dice.random() < 0.5:
        reason = struct.pack("!H", dice.choice((1000, 1001, 3000, 4999))) + b"bye"
        frames.append(Frame(CLOSE, reason))
    return frames


def _spoil(dice, frames):
    """Introduce one error."""
    if not frames:
        return
    at = dice.randrange(len(frames))
    frame = frames[at]
    match dice.randrange(14):
        case 0:
            del frames[at]
        case 1:
            frames[at:at] = [frame] * dice.choice((1, 2, 30))
        case 2:
            other = dice.randrange(len(frames))
            frames[at], frames[other] = frames[other], frame
        case 3:
            frame.opcode = dice.randrange(16)
        case 4:
            frame.rsv = dice.randrange(8)
        case 5:
            frame.mask = False
        case 6:
            frame.form = dice.choice((2, 8))
        case 7:
            frame.length = dice.choice((0, 1, 125, 126, 65_535, 65_536, 2**31, 2**63, 2**64 - 1))
        case 8:
            frame.fin = not frame.fin
        case 9:
            frames[at : at + 1] = _fragments(dice, frame)
        case 10:
            frame.payload = dice.randbytes(dice.choice((0, 1, 2, 125, 126, 3000, 17_000)))
            frame.length = len(frame.payload)
        case 11:
            frame.payload = _scratch(dice, frame.payload, 0)
            frame.length = len(frame.payload)
        case 12:
            # Not 1011: it is echoed, and must not be taken for a fault of the server.
            code = dice.choice((0, 999, 1004, 1005, 1006, 1012, 1015, 2999, 5000, 65_535))
            frames.insert(at, Frame(CLOSE, struct.pack("!H", code) + b"\xff" * dice.randrange(3)))
        case 13:
            frames.insert(
                at, Frame(dice.choice((CLOSE, PING, PONG)), b"z" * dice.choice((1, 125, 126)))
            )


def _fragments(dice, frame):
    pieces, rest = [], frame.payload
    while rest and len(pieces) < 300:
        size = dice.choice((0, 1, 7, 100, len(rest)))
        pieces.append(rest[:size])
        rest = rest[size:]
    opcodes = [frame.opcode] + [0] * len(pieces)
    made = [Frame(code, piece, fin=False) for code, piece in zip(opcodes, pieces, strict=False)]
    if dice.random() < 0.3:
        made.insert(dice.randint(0, len(made)), Frame(PING, b"in between"))
    if made and dice.random() < 0.8:
        made[-1].fin = True
    return made


def _scratch(dice, data, first):
    """Change some bytes after a position."""
    data = bytearray(data)
    for _ in range(dice.choice((1, 1, 3, 20))):
        if len(data) <= first:
            break
        at = dice.randrange(first, len(data))
        match dice.randrange(5):
            case 0:
                data[at] ^= 1 << dice.randrange(8)
            case 1:
                data[at] = dice.randrange(256)
            case 2:
                del data[at : at + dice.choice((1, 2, 50, 10_000))]
            case 3:
                data[at:at] = dice.randbytes(dice.choice((1, 2, 50)))
            case 4:
                data[at:at] = data[at : at + dice.choice((1, 10, 200))]
    return bytes(data)


def check(case, came):
    """Raise AssertionError for an invalid answer."""
    # Damaged bytes do not tell whether they contain a close frame of the client.
    answers.check(came, closed_by_client=True)
