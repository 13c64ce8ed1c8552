"""What people were sent: everything, to whom, and when."""

import asyncio
from typing import NamedTuple


class Acknowledged(NamedTuple):
    who: object
    seat: str | None
    epoch: str
    message: dict
    seq: int


class Seen(NamedTuple):
    who: object
    seat: str | None
    epoch: str
    seq: int
    what: dict


class Delay(NamedTuple):
    said_at: float
    """By the loop's clock."""
    seconds: float


class Recording:
    """Everything that anyone was sent."""

    def __init__(self):
        self.acks = []
        self.refused = []
        self.put_off = []
        """Codes of refusals after which the same message was sent again."""
        self.tallies = []
        self.comments = []
        self.ballots = []
        """What people were shown as their own ballot, with the number of the round."""
        self.voters_named = []
        """People whose names were marked with whether they have voted."""
        self.delays = []
        """The time that answers took if the first attempt succeeded."""
        self.wrong = []
        """What no one should have been sent, whatever the log says."""

    def received(self, who, data, message):
        """Check a whole frame: a result is sent in a tally, and nowhere else."""
        told = "result" in (message.get("tally") or {})
        if data.count('"totals"') != told:
            self.wrong.append(f"{who} was told of a result in {data[:2000]}")
        self._look_at_names(who, message)

    def _look_at_names(self, who, message):
        people = message.get("people") or {}
        if any(name["voted"] is not None for name in people.get("names") or ()):
            # A newcomer is sent both at once.
            seat = message["you"]["seat"] if "you" in message else who.seat
            self.voters_named.append(
                Seen(who, seat, message.get("epoch") or who.epoch, message["seq"], people)
            )

    def acknowledged(self, who, message, seq):
        self.acks.append(Acknowledged(who, who.seat, who.epoch, message, seq))

    def answered(self, said_at):
        now = asyncio.get_running_loop().time()
        self.delays.append(Delay(said_at, now - said_at))

    def saw_tally(self, who, seq, tally):
        if tally is not None:
            self.tallies.append(Seen(who, who.seat, who.epoch, seq, tally))

    def saw_comment(self, who, seq, comment):
        self.comments.append(Seen(who, who.seat, who.epoch, seq, comment))

    def saw_ballot(self, who, seq, n, ballot):
        if ballot is not None:
            self.ballots.append(Seen(who, who.seat, who.epoch, seq, {"round": n, "ballot": ballot}))
