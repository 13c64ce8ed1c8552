"""Frames of the WebSocket as bytes (RFC 6455, 5.2): those we make, and what we are sent most."""

from websockets.frames import (  # type: ignore[attr-defined]
    Frame,
    apply_mask,  # In C where there is one; the package uses it in the same way.
)

_WHOLE_TEXT, _MASKED = 0x81, 0x80
_TWO_MORE, _EIGHT_MORE = 126, 127
"""Where the length stands in a head of two bytes, or that it follows in so many more."""
_HEAD, _MASK = 2, 4
"""Bytes before the payload of a client's frame, besides a longer length."""
_LONG = 1 << 16


def frame(payload: bytes) -> bytes:
    """Wrap a text message as the frame that a server sends."""
    size = len(payload)
    if size < _TWO_MORE:
        head = bytes((_WHOLE_TEXT, size))
    elif size < _LONG:
        head = bytes((_WHOLE_TEXT, _TWO_MORE)) + size.to_bytes(2, "big")
    else:
        head = bytes((_WHOLE_TEXT, _EIGHT_MORE)) + size.to_bytes(8, "big")
    return head + payload


def received_size(received: Frame) -> int:
    """Return how many bytes a client's frame has at least: exactly so many, as clients make them.

    Whoever writes a length in more bytes than it takes only gets the slower way ever after.
    """
    size = len(received.data)
    return size + _HEAD + _MASK + (0 if size < _TWO_MORE else 2 if size < _LONG else 8)


def one_text(read: bytearray, count: int) -> bytes | None:
    """Unmask a text message, the only frame in the first `count` bytes that were read.

    None where it is anything else. A whole one is what people say most, and needs no parser.
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
