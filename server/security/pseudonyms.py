"""The pseudonyms in the log: keyed hashes, made with the secret.

The store never has the key. So neither a dump nor an export of it links a ballot to a seat, a seat
to a browser, or two boards to one person.
"""

import base64
import hashlib
import hmac
import re
from typing import NamedTuple

from server.domain.rounds import Round
from server.domain.rules import Names
from server.security.secret import derive

_SIZE = 12
"""Bytes: 96 bits, so that no two people ever share a pseudonym."""


_RENEWAL = re.compile(r"0|[1-9][0-9]{0,3}")


class Link(NamedTuple):
    """The content of an invitation link that was found genuine."""

    invite: str
    renewal: int


class Pseudonyms:
    def __init__(self, secret: bytes) -> None:
        # Copied for each pseudonym, which costs less than half of keying the hash again.
        self._keyed = hashlib.blake2b(key=derive(secret, "pseudonyms"), digest_size=_SIZE)

    def seat(self, browser: str, code: str) -> str:
        """Return the pseudonym of a browser on one board."""
        return self._name("seat", code, browser)

    def invited(self, invite: str, renewal: int, code: str) -> str:
        """Return the seat of an invitation after this many renewals; each renewal has a
        new seat.
        """
        return self._name("claimed", code, str(renewal), invite)

    def shared(self, invite: str, code: str) -> str:
        """Return the seat of an invitation from when everyone who opened its link shared it."""
        return self._name("invited", code, invite)

    def in_meeting(self, seat: str, code: str) -> str:
        """Return the seat on a question of a meeting of who holds this seat by an invitation to
        the board that leads it.
        """
        return self._name("in a meeting", code, seat)

    def token(self, invite: str, renewal: int, code: str) -> str:
        """Return the token in an invitation link: its id, its renewal, and the proof."""
        # A link from before there were renewals stays as it was.
        if not renewal:
            return f"{invite}.{self._name('invitation', code, invite)}"
        return f"{invite}-{renewal}.{self._name('renewed', code, str(renewal), invite)}"

    def link_of(self, token: str, code: str) -> Link | None:
        """Return what a token stands for; None if it is not genuine."""
        parts = token.partition(".")[0].split("-")
        if len(parts) not in {2, 3}:
            return None
        renewal = parts[2] if len(parts) == 3 else "0"
        if not _RENEWAL.fullmatch(renewal):
            return None
        link = Link("-".join(parts[:2]), int(renewal))
        fits = hmac.compare_digest(self.token(*link, code).encode(), token.encode())
        return link if fits else None

    def offer(self, typed: str, code: str) -> str:
        """Return the keyed hash of a code that moves a seat to another browser."""
        return self._name("offer", code, typed)

    def newcomer_id(self, seat: str, code: str) -> str:
        """Return the id of someone waiting to be admitted, for hosts: it does not
        reveal the seat.
        """
        return self._name("at the door", code, seat)

    def network(self, network: str, code: str) -> str:
        """Return the pseudonym of a network on one board."""
        return self._name("network", code, network)

    def voter(self, seat: str, code: str, current: Round) -> str:
        """Return a seat's id in one round: the seat itself if names are open, else a pseudonym."""
        if current.settings.names is Names.OPEN:
            return seat
        return self._name("voter", code, str(current.n), seat)

    def idempotency_key(self, seat: str, code: str, message: str) -> str:
        """Return the idempotency key of a message, by which a repeat is recognised."""
        return self._name("message", code, seat, message)

    def _name(self, *parts: str) -> str:
        # Only the last part may contain arbitrary text, so no two lists of parts read the same.
        named = self._keyed.copy()
        named.update("\0".join(parts).encode())
        return base64.urlsafe_b64encode(named.digest()).decode()
