# ruff: noqa: S310 - the addresses are our own server's
"""A board with thousands of comments, said by so many browsers that none is too fast."""

import json
import urllib.request

from websockets.sync.client import connect

EACH = 55
"""Comments of one browser: a seat may send sixty messages at once."""
KINDS = ("pro", "con", "question", "risk", "note")


def fill(server, board, texts, options=("flask",), parent=None):
    """Say every text, in order; the ids are `t0`, `t1`, …; `parent`: what they answer."""
    for first in range(0, len(texts), EACH):
        _say(server, board, first, texts[first : first + EACH], options, parent)


def _say(server, board, first, texts, options, parent):  # noqa: PLR0917
    with urllib.request.urlopen(f"{server.address}/b/{board.code}") as page:
        cookie = page.headers["Set-Cookie"].partition(";")[0]
    address = f"ws://127.0.0.1:{server.port}/b/{board.code}/live"
    with connect(
        address,
        additional_headers={"Cookie": cookie},
        subprotocols=["stackvote.v1"],
        max_size=None,
        ping_interval=None,
        # Frames that nobody reads any more would else keep the line from closing.
        max_queue=None,
    ) as line:
        # Only what is new: the whole welcome of thousands of browsers is not what is looked at.
        line.send(json.dumps({"type": "hello", "view": "ballot"}))
        for n, text in enumerate(texts, first):
            said = {"type": "comment", "comment": f"t{n}", "text": text}
            about = {"option": options[n % len(options)], "kind": KINDS[n % len(KINDS)]}
            answers = {"parent": parent} if parent else {}
            line.send(json.dumps({"id": f"m{n}"} | said | about | answers))
        waiting = {f"m{n}" for n in range(first, first + len(texts))}
        while waiting:
            frame = json.loads(line.recv(timeout=20))
            assert frame["type"] != "refused", frame
            if frame["type"] == "ack":
                waiting.discard(frame["id"])
