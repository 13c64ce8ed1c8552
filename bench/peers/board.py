"""The board that every peer serves: it counts approval ballots, and makes tallies of them.

In the environment, `OPTIONS` lists the options, and `TALLY_BYTES` is the size of a tally:
Stackvote's contains evidence, for which peers use padding. `TALLIES` says when a tally is sent:
`per-vote` or, if accepting votes is measured, `when-idle`.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

PORT = int(os.environ["PORT"])
STORE = os.environ.get("STORE", "")
"""The Unix socket of a Redis or Valkey."""
TALLY_PER_VOTE = os.environ["TALLIES"] == "per-vote"
IDLE_SECONDS = 0.2
"""Seconds without a vote after which the tally is sent."""


class Board:
    def __init__(self, options: list[str], tally_bytes: int) -> None:
        self.seq = 0
        self._totals = dict.fromkeys(options, 0)
        self._ballots: dict[Hashable, list[str]] = {}
        self._padding = ""
        self._padding = " " * (tally_bytes - len(encode(self.tally())) - len("9999999999999"))

    def welcome(self) -> dict[str, Any]:
        return {"type": "welcome", "seq": self.seq}

    def vote(self, client: Hashable, message: dict[str, Any]) -> dict[str, Any]:
        """Count a ballot in place of this client's previous one, and return the acknowledgement."""
        for option in self._ballots.get(client, ()):
            self._totals[option] -= 1
        self._ballots[client] = ballot = message["ballot"]["approve"]
        for option in ballot:
            self._totals[option] += 1
        self.seq += 1
        return {"type": "ack", "id": message["id"], "seq": self.seq}

    def tally(self) -> dict[str, Any]:
        result = {"totals": self._totals, "evidence": self._padding}
        tally = {"round": 1, "voters": len(self._ballots), "result": result}
        return {"type": "tally", "seq": self.seq, "tally": tally}


def encode(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"))


async def send_tally_when_idle(send_tally: Callable[[], Awaitable[None]]) -> None:
    """Send the tally whenever votes have stopped."""
    sent = 0
    while not TALLY_PER_VOTE:
        seq = BOARD.seq
        await asyncio.sleep(IDLE_SECONDS)
        if sent != seq == BOARD.seq:
            sent = seq
            await send_tally()


BOARD = Board(os.environ["OPTIONS"].split(","), int(os.environ["TALLY_BYTES"]))
