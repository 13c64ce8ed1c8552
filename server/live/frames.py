"""WebSocket frames as bytes (RFC 6455, 5.2): those we send, and the most common one we receive."""

from websockets.frames import (  # type: ignore[attr-defined]
    Frame,
    apply_mask,  # In C if available; the package imports it the same way.
)

_WHOLE_TEXT, _MASKED = 0x81, 0x80
_TWO_MORE, _EIGHT_MORE = 126, 127
"""Values of a two-byte header's length field that announce 2 or 8 more bytes of length."""
_HEAD, _MASK = 2, 4
"""Bytes before the payload of a client's frame, not counting an extended length."""
_LONG = 1 << 16
_TEXT, _CONTINUATION, _FINAL = 0x01, 0x00, 0x80

FRAGMENT = 32 * 1024
"""Bytes of payload in each frame of a fragmented message. Between two frames the connection can be
closed with a reason, however slowly the rest is read.
"""


def frame(payload: bytes) -> bytes:
    """Encode a text message as one frame of a server."""
    return _head(_WHOLE_TEXT, len(payload)) + payload


def framed(payload: bytes) -> bytes:
    """Encode a text message as one frame, or as several if it is longer than a fragment."""
    if len(payload) <= FRAGMENT:
        return frame(payload)
    return begun(payload[:FRAGMENT]) + continued(payload[FRAGMENT:], final=True)


def begun(payload: bytes) -> bytes:
    """Encode the beginning of a text message; `continued` follows."""
    first, rest = payload[:FRAGMENT], payload[FRAGMENT:]
    return _head(_TEXT, len(first)) + first + continued(rest)


def continued(payload: bytes, *, final: bool = False) -> bytes:
    """Encode the continuation of a text message; the `final` one ends it."""
    cuts = range(0, len(payload), FRAGMENT)
    made = bytearray()
    for start in cuts:
        part = payload[start : start + FRAGMENT]
        last = final and start == cuts[-1]
        made += _head(_CONTINUATION | (_FINAL if last else 0), len(part)) + part
    return bytes(made)


def end_of_frame(frames: bytes, at: int) -> int:
    """Return the end of the frame that contains position `at`; `frames` are whole frames."""
    end = 0
    while end < at:
        length, head = frames[end + 1], _HEAD
        if length >= _TWO_MORE:
            more = 2 if length == _TWO_MORE else 8
            head += more
            length = int.from_bytes(frames[end + _HEAD : end + head], "big")
        end += head + length
    return end


def _head(kind: int, size: int) -> bytes:
    if size < _TWO_MORE:
        return bytes((kind, size))
    if size < _LONG:
        return bytes((kind, _TWO_MORE)) + size.to_bytes(2, "big")
    return bytes((kind, _EIGHT_MORE)) + size.to_bytes(8, "big")


def received_size(received: Frame) -> int:
    """Return the least size of a client's frame in bytes, exact for well-behaved clients.

    A client that encodes a length in more bytes than necessary only gets the slower path from then
    on.
    """
    size = len(received.data)
    return size + _HEAD + _MASK + (0 if size < _TWO_MORE else 2 if size < _LONG else 8)


def one_text(read: bytearray, count: int) -> bytes | None:
    """Unmask a text message if it is the only frame in the first `count` bytes of `read`.

    Returns None for anything else. A single whole frame is by far the most common input, and needs
    no parser.
    """
    head, size = _HEAD, count - _HEAD - _MASK
    length = size
    if size >= _TWO_MORE:
        head, size = head + 2, size - 2
        length = _TWO_MORE
        if size < _TWO_MORE or int.from_bytes(read[_HEAD:head]) != size:
            return None
    if read[0] != _WHOLE_TEXT or read[1] != length | _MASKED:
        return None
    begin = head + _MASK
    return apply_mask(read[begin:count], read[head:begin])
