"""Invitations to a board: how many were made, and which browser holds the seat of each.

An invitation is claimed once: the first browser whose claim is in the log holds its seat. The
holder can move the seat to another browser. A host can only revoke the invitation, or renew it,
which empties the seat. A browser is identified by its pseudonym on this board, a keyed hash that
only that browser can prove.

Links are derived from the secret of the installation and never stored.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

MAX_INVITES = 2_000
"""On one board, over its whole life."""
MAX_BATCH = 500
MAX_RENEWALS = 100
"""Of one invitation."""
OFFER_MS = 5 * 60 * 1000
"""How long the code that moves a seat to another browser is valid."""


class Loss(StrEnum):
    """Why a browser no longer holds the seat it had."""

    MOVED = "moved"
    RENEWED = "renewed"
    REVOKED = "revoked"


class InvitedSeat(NamedTuple):
    """The invitation whose seat a browser holds, or held last."""

    invite: str
    renewal: int
    """How often the invitation had been renewed when the browser took the seat."""
    lost: Loss | None = None


class Offer(NamedTuple):
    """A seat that waits for the browser that shows the code."""

    offer: str
    """Keyed hash of the code."""
    until: int


class Invitations:
    """An invitation's id is its batch and its number in the batch: `w4kq7m-12`."""

    def __init__(self) -> None:
        self.count = 0
        self.revoked: set[str] = set()
        self.renewals: dict[str, int] = {}
        """How often each invitation was renewed; never-renewed ones are missing."""
        self.holders: dict[str, str] = {}
        """Invitation to the browser that holds its seat."""
        self.taken_at: dict[str, int] = {}
        """When that browser took it."""
        self._batches: dict[str, tuple[int, int]] = {}
        """Batch to the number of invitations before it, and in it."""
        self._legacy: set[str] = set()
        """Batches from a time when everyone who opened a link shared its seat."""
        self._invited_seats: dict[str, InvitedSeat] = {}
        """Browser to its current seat. It may hold other seats, which it left for this one."""
        self._offers: dict[str, Offer] = {}
        """Invitation to the pending offer of its seat."""
        self._accepted: dict[str, str] = {}
        """Browser to the offer that it accepted last."""

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Iterate over the invitations: each one's number on this board, from 1, and its id."""
        for batch in self._batches:
            yield from self.of(batch)

    def of(self, batch: str) -> Iterator[tuple[int, str]]:
        before, count = self._batches.get(batch, (0, 0))
        for place in range(1, count + 1):
            yield before + place, f"{batch}-{place}"

    def add(self, batch: str, count: int, *, by_claim: bool = True) -> None:
        """Register a batch; a batch that is already known changes nothing."""
        if batch not in self._batches:
            self._batches[batch] = (self.count, count)
            self.count += count
            if not by_claim:
                self._legacy.add(batch)

    def number(self, invite: str) -> int | None:
        """Return the number of an invitation, even if it was revoked; None if it does not exist."""
        batch, _, place = invite.partition("-")
        before, count = self._batches.get(batch, (0, 0))
        # With leading zeros, one invitation would have several ids, and so several seats.
        if place.isascii() and place.isdigit() and place == str(int(place)):
            return before + int(place) if 1 <= int(place) <= count else None
        return None

    def admits(self, invite: str) -> bool:
        return invite not in self.revoked and self.number(invite) is not None

    def is_legacy(self, invite: str) -> bool:
        """Whether everyone who opened its link once shared its seat."""
        return invite.partition("-")[0] in self._legacy

    def invited_seat_of(self, browser: str) -> InvitedSeat | None:
        """Return where a browser is seated; None if it never had a seat by invitation."""
        held = self._invited_seats.get(browser)
        if held and not held.lost and held.invite in self.revoked:
            return held._replace(lost=Loss.REVOKED)
        return held

    def offered(self, offer: str, at: int) -> str | None:
        """Return the invitation whose seat an offer moves at a time (ms); None if
        invalid by then.
        """
        return next(
            (
                invite
                for invite, made in self._offers.items()
                if made.offer == offer and at <= made.until and self.admits(invite)
            ),
            None,
        )

    def has_accepted(self, browser: str, offer: str) -> bool:
        """Whether a browser still holds the seat that this offer gave it."""
        held = self._invited_seats.get(browser)
        return self._accepted.get(browser) == offer and held is not None and not held.lost

    # Changes, which were validated before.

    def claim(self, invite: str, browser: str, at: int) -> None:
        """Assign a seat to a browser; it must be free, or already the browser's own."""
        if self.holders.get(invite) != browser:
            self.holders[invite] = browser
            self.taken_at[invite] = at
        self._seat(browser, invite)

    def offer(self, invite: str, offer: str, at: int) -> None:
        """Register the code that moves a seat; it replaces an earlier code."""
        self._offers[invite] = Offer(offer, at + OFFER_MS)

    def accept(self, invite: str, browser: str, at: int) -> str:
        """Move a seat that was offered; return the browser that loses it."""
        before = self._unseat(invite, Loss.MOVED)
        self._accepted[browser] = self._offers.pop(invite).offer
        self.holders[invite] = browser
        self.taken_at[invite] = at
        self._seat(browser, invite)
        return before

    def renew(self, invite: str) -> None:
        """Empty a seat; from now on only the new link opens it."""
        if invite in self.holders:
            self._unseat(invite, Loss.RENEWED)
            del self.taken_at[invite]
        self._offers.pop(invite, None)
        self.renewals[invite] = self.renewals.get(invite, 0) + 1

    def _seat(self, browser: str, invite: str) -> None:
        self._invited_seats[browser] = InvitedSeat(invite, self.renewals.get(invite, 0))

    def _unseat(self, invite: str, loss: Loss) -> str:
        browser = self.holders.pop(invite)
        held = self._invited_seats.get(browser)
        if held and held.invite == invite:
            self._invited_seats[browser] = held._replace(lost=loss)
        return browser
