"""A board with thousands of comments, from so many browsers that none exceeds the rate limit."""

import json
import urllib.request

from support.client import connect_blocking

EACH = 55
"""Comments per browser: a seat may send sixty messages at once."""
KINDS = ("pro", "con", "question", "risk", "note")


def fill(server, board, texts, options=("flask",), parent=None):
    """Post every text, in order; the ids are `t0`, `t1`, …; they reply to `parent`."""
    for first in range(0, len(texts), EACH):
        _say(server, board, first, texts[first : first + EACH], options, parent)


def _say(server, board, first, texts, options, parent):  # noqa: PLR0917
    with urllib.request.urlopen(f"{server.address}/b/{board.code}") as page:
        cookie = page.headers["Set-Cookie"].partition(";")[0]
    with connect_blocking(
        server.address,
        board.code,
        cookie=cookie,
        max_size=None,
        # Frames that are no longer read would otherwise keep the connection from closing.
        max_queue=None,
    ) as connection:
        # Only what is new: this is not about the whole welcomes of thousands of browsers.
        connection.send(json.dumps({"type": "hello", "view": "ballot"}))
        for n, text in enumerate(texts, first):
            said = {"type": "comment", "comment": f"t{n}", "text": text}
            about = {"option": options[n % len(options)], "kind": KINDS[n % len(KINDS)]}
            answers = {"parent": parent} if parent else {}
            connection.send(json.dumps({"id": f"m{n}"} | said | about | answers))
        waiting = {f"m{n}" for n in range(first, first + len(texts))}
        while waiting:
            frame = json.loads(connection.recv(timeout=20))
            assert frame["type"] != "refused", frame
            if frame["type"] == "ack":
                waiting.discard(frame["id"])
