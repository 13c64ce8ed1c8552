"""What a server may answer, whatever it was sent."""

import json
import re

from fuzz.fuzz_server import CLOSES

TYPES = {
    *("welcome", "board", "round", "tally", "comment", "people", "ballot"),
    *("ack", "refused", "pulse", "goodbye", "proposals", "your_proposals"),
}
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) [^\r\n]*\r\n")


def check(came, *, closed_by_client=False):
    """Raise AssertionError for anything that no client should be sent."""
    while came:
        status = _STATUS.match(came)
        assert status, came[:200]
        code = int(status[1])
        assert code < 500 or code == 503, came[:2000]
        head, _, rest = came.partition(b"\r\n\r\n")
        if code == 101:
            _check_frames(rest, closed_by_client=closed_by_client)
            return
        length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
        # The answer to HEAD has a length but no body; another answer may follow at once.
        size = int(length[1]) if length and not _STATUS.match(rest) else 0
        came = rest[size:]


def _check_frames(data, *, closed_by_client):
    while len(data) >= 2:
        opcode, size, at = data[0] & 0x0F, data[1], 2
        assert data[0] & 0x70 == 0, data[:20]
        assert size < 128, "a server masks nothing"
        if size == 126:
            size, at = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, at = int.from_bytes(data[2:10], "big"), 10
        payload = data[at : at + size]
        if len(payload) < size:
            return  # It left before all of it arrived.
        data = data[at + size :]
        if opcode == 1:
            assert json.loads(payload)["type"] in TYPES, payload[:200]
        elif opcode == 8 and payload:
            code = int.from_bytes(payload[:2], "big")
            # The close code of a client is echoed.
            assert code in CLOSES or (closed_by_client and code != 1011), payload
            payload[2:].decode()
        else:
            assert opcode in {8, 9, 10}, opcode
