"""The job that every peer does: count ballots by approval, and have a tally for everybody.

`OPTIONS` in the environment names what can be voted for, and `TALLY_BYTES` says how large a
tally is: what Stackvote sends holds evidence, for which a filling stands here. `SHOW` says when
a tally goes out: after `each` vote, or, where taking votes in is measured, once they are `quiet`.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

PORT = int(os.environ["PORT"])
STORE = os.environ.get("STORE", "")
"""The Unix socket of a Redis or Valkey."""
SHOWS_EACH = os.environ["SHOW"] == "each"
QUIET = 0.2
"""Seconds without a vote after which the tally is shown."""


class Board:
    def __init__(self, options: list[str], tally_bytes: int) -> None:
        self.seq = 0
        self._totals = dict.fromkeys(options, 0)
        self._ballots: dict[Hashable, list[str]] = {}
        self._filling = ""
        self._filling = " " * (tally_bytes - len(encode(self.tally())) - len("9999999999999"))

    def welcome(self) -> dict[str, Any]:
        return {"type": "welcome", "seq": self.seq}

    def vote(self, person: Hashable, message: dict[str, Any]) -> dict[str, Any]:
        """Count a ballot in place of this person's last one, and return the answer."""
        for option in self._ballots.get(person, ()):
            self._totals[option] -= 1
        self._ballots[person] = ballot = message["ballot"]["approve"]
        for option in ballot:
            self._totals[option] += 1
        self.seq += 1
        return {"type": "ack", "id": message["id"], "seq": self.seq}

    def tally(self) -> dict[str, Any]:
        result = {"totals": self._totals, "evidence": self._filling}
        tally = {"round": 1, "voters": len(self._ballots), "result": result}
        return {"type": "tally", "seq": self.seq, "tally": tally}


def encode(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"))


async def show_when_quiet(show: Callable[[], Awaitable[None]]) -> None:
    """Show the tally whenever there were votes and for a moment no more came."""
    shown = 0
    while not SHOWS_EACH:
        seq = BOARD.seq
        await asyncio.sleep(QUIET)
        if shown != seq == BOARD.seq:
            shown = seq
            await show()


BOARD = Board(os.environ["OPTIONS"].split(","), int(os.environ["TALLY_BYTES"]))
