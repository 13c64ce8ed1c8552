import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import BINARY, CONT, PING, TEXT, Frame

from server.live.frames import frame, one_text, received_size

sizes = st.sampled_from([0, 1, 124, 125, 126, 127, 128, 1000, 16_000, 65_535, 65_536])


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_frames_have_the_head_of_their_size(size):
    made = frame(b"x" * size)
    length = made[1] & 0x7F
    expected = size if size < 126 else 126 if size < 65_536 else 127
    assert (made[0], length, made[1] & 0x80) == (0x81, expected, 0)
    extended = {126: made[2:4], 127: made[2:10]}.get(length)
    assert extended is None or int.from_bytes(extended, "big") == size
    assert made.endswith(b"x" * size)


@given(sizes, st.binary(min_size=1, max_size=9), st.binary())
def test_a_text_in_one_frame_is_read_as_the_library_wrote_it(size, pattern, rest):
    """What lies in the inbox from an earlier read does no harm."""
    text = (pattern * size)[:size]
    sent = Frame(TEXT, text).serialize(mask=True)
    expected = text if size < 65_536 else None
    assert one_text(bytearray(sent + rest), len(sent)) == expected
    assert received_size(Frame(TEXT, text)) == len(sent)


@given(sizes, st.integers(1, 9))
def test_half_a_frame_or_more_than_one_is_for_the_parser(size, more):
    sent = Frame(TEXT, b"x" * size).serialize(mask=True)
    for read in (sent[:-more], sent + b"y" * more, sent + sent):
        assert one_text(bytearray(read + bytes(2)), len(read)) is None


@given(sizes, st.sampled_from([BINARY, CONT, PING]))
def test_what_is_no_whole_text_is_for_the_parser(size, opcode):
    size = min(size, 125) if opcode is PING else size
    text = Frame(TEXT, b"x" * size).serialize(mask=True)
    for sent in (
        Frame(opcode, b"x" * size).serialize(mask=True),
        Frame(TEXT, b"x" * size, fin=False).serialize(mask=True),
        Frame(TEXT, b"x" * size).serialize(mask=False),
        bytes([text[0] | 0x40]) + text[1:],
    ):
        assert one_text(bytearray(sent + bytes(2)), len(sent)) is None
