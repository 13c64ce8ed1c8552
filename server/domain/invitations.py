"""Invitations to a board: how many were made, and which browser holds the seat of each.

An invitation is claimed once: the first browser whose claim stands in the log holds its seat. The
holder can move the seat to another browser; a host can only renew the invitation, which empties
the seat, or take the invitation back. Browsers go by the keyed name that they have on this board,
which only that browser can prove.

Links are derived with the secret of the installation and never kept.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

MAX_INVITES = 2_000
"""On one board, over all its time."""
MAX_BATCH = 500
MAX_RENEWALS = 100
"""Of one invitation."""
OFFER_MS = 5 * 60 * 1000
"""How long the code is good with which a seat moves to another browser."""


class Loss(StrEnum):
    """Why a browser no longer holds the seat that it had."""

    MOVED = "moved"
    RENEWED = "renewed"
    REVOKED = "revoked"


class Place(NamedTuple):
    """The invitation in whose seat a browser sits, or sat last."""

    invite: str
    renewal: int
    """How often the invitation had been renewed when the browser took the seat."""
    lost: Loss | None = None


class Offer(NamedTuple):
    """A seat waits for the browser that shows the code."""

    offer: str
    """Keyed hash of the code."""
    until: int


class Invitations:
    """An invitation's id names its batch and its place in it: `w4kq7m-12`."""

    def __init__(self) -> None:
        self.count = 0
        self.revoked: set[str] = set()
        self.renewals: dict[str, int] = {}
        """How often an invitation was renewed, of those that were."""
        self.holders: dict[str, str] = {}
        """Invitation to the browser that holds its seat."""
        self.taken_at: dict[str, int] = {}
        """When that browser took it."""
        self._batches: dict[str, tuple[int, int]] = {}
        """Batch to how many invitations are before it, and how many are in it."""
        self._legacy: set[str] = set()
        """Batches of a time when all who opened a link shared its seat."""
        self._places: dict[str, Place] = {}
        """Browser to where it sits. It may hold other seats, which it left for this one."""
        self._offers: dict[str, Offer] = {}
        """Invitation to how its seat is about to move."""
        self._accepted: dict[str, str] = {}
        """Browser to the offer that it accepted last."""

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Give each invitation's number on this board, from 1, and its id."""
        for batch in self._batches:
            yield from self.of(batch)

    def of(self, batch: str) -> Iterator[tuple[int, str]]:
        before, count = self._batches.get(batch, (0, 0))
        for place in range(1, count + 1):
            yield before + place, f"{batch}-{place}"

    def add(self, batch: str, count: int, *, by_claim: bool = True) -> None:
        """Note a batch; one that is known already changes nothing."""
        if batch not in self._batches:
            self._batches[batch] = (self.count, count)
            self.count += count
            if not by_claim:
                self._legacy.add(batch)

    def number(self, invite: str) -> int | None:
        """Return the number of an invitation, also of one that was taken back; None: no such."""
        batch, _, place = invite.partition("-")
        before, count = self._batches.get(batch, (0, 0))
        # Written otherwise, one place would have several names, and so several seats.
        if place.isascii() and place.isdigit() and place == str(int(place)):
            return before + int(place) if 1 <= int(place) <= count else None
        return None

    def admits(self, invite: str) -> bool:
        return invite not in self.revoked and self.number(invite) is not None

    def is_legacy(self, invite: str) -> bool:
        """Whether its link was once shared by all who opened it."""
        return invite.partition("-")[0] in self._legacy

    def place_of(self, browser: str) -> Place | None:
        """Return where a browser sits; None where it never had a seat by invitation."""
        place = self._places.get(browser)
        if place and not place.lost and place.invite in self.revoked:
            return place._replace(lost=Loss.REVOKED)
        return place

    def offered(self, offer: str, at: int) -> str | None:
        """Return the invitation whose seat an offer moves at a time (ms); None: no such, late."""
        return next(
            (
                invite
                for invite, made in self._offers.items()
                if made.offer == offer and at <= made.until and self.admits(invite)
            ),
            None,
        )

    def has_accepted(self, browser: str, offer: str) -> bool:
        """Whether a browser still sits where this offer brought it."""
        place = self._places.get(browser)
        return self._accepted.get(browser) == offer and place is not None and not place.lost

    # What happens to them. That it may was asked before.

    def claim(self, invite: str, browser: str, at: int) -> None:
        """Give a seat that is free, or the browser's own, to a browser."""
        if self.holders.get(invite) != browser:
            self.holders[invite] = browser
            self.taken_at[invite] = at
        self._seat(browser, invite)

    def offer(self, invite: str, offer: str, at: int) -> None:
        """Note the code with which a seat moves; it replaces an earlier one."""
        self._offers[invite] = Offer(offer, at + OFFER_MS)

    def accept(self, invite: str, browser: str, at: int) -> str:
        """Move a seat that is offered; return the browser that loses it."""
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
        self._places[browser] = Place(invite, self.renewals.get(invite, 0))

    def _unseat(self, invite: str, loss: Loss) -> str:
        browser = self.holders.pop(invite)
        place = self._places.get(browser)
        if place and place.invite == invite:
            self._places[browser] = place._replace(lost=loss)
        return browser
