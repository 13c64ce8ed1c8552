"""The names under which people stand in the log: keyed hashes, made with the secret.

The store never holds the key, so neither a dump of it nor an export joins a ballot to a
seat, a seat to a browser, or two boards to one person.
"""

import base64
import hashlib
import hmac
import re
from typing import NamedTuple

from server.domain.rounds import Round
from server.domain.rules import Names
from server.secret import derive

_SIZE = 12
"""Bytes: 96 bits, so that no two of any number of people meet."""


_RENEWAL = re.compile(r"0|[1-9][0-9]{0,3}")


class Link(NamedTuple):
    """What the link of an invitation says, once it was found genuine."""

    invite: str
    renewal: int


class Pseudonyms:
    def __init__(self, secret: bytes) -> None:
        # Copied for each name, which costs less than half of reading the key anew.
        self._keyed = hashlib.blake2b(key=derive(secret, "pseudonyms"), digest_size=_SIZE)

    def seat(self, browser: str, code: str) -> str:
        """Name a browser on one board."""
        return self._name("seat", code, browser)

    def invited(self, invite: str, renewal: int, code: str) -> str:
        """Name the seat of an invitation that was renewed so often. Each renewal has a new seat."""
        return self._name("claimed", code, str(renewal), invite)

    def shared(self, invite: str, code: str) -> str:
        """Name the seat that an invitation had when all who opened its link shared it."""
        return self._name("invited", code, invite)

    def token(self, invite: str, renewal: int, code: str) -> str:
        """Return what the link of an invitation carries: its id, its renewal, and the proof."""
        # A link that was handed out before there were renewals stays as it was.
        if not renewal:
            return f"{invite}.{self._name('invitation', code, invite)}"
        return f"{invite}-{renewal}.{self._name('renewed', code, str(renewal), invite)}"

    def link_of(self, token: str, code: str) -> Link | None:
        """Return what a token stands for; None where it is not one of ours."""
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
        """Name the code with which a seat moves to another browser."""
        return self._name("offer", code, typed)

    def at_the_door(self, seat: str, code: str) -> str:
        """Name somebody who waits to be let in, for the host: it tells no seat."""
        return self._name("at the door", code, seat)

    def network(self, network: str, code: str) -> str:
        """Name a network on one board."""
        return self._name("network", code, network)

    def voter(self, seat: str, code: str, current: Round) -> str:
        """Name a seat in one round: by itself where names are open, else unrecognizably."""
        if current.settings.names is Names.OPEN:
            return seat
        return self._name("voter", code, str(current.n), seat)

    def once(self, seat: str, code: str, message: str) -> str:
        """Name a message, so that it is known when it comes again."""
        return self._name("message", code, seat, message)

    def _name(self, *parts: str) -> str:
        # Only the last part may hold anything, so no two lists of parts read the same.
        named = self._keyed.copy()
        named.update("\0".join(parts).encode())
        return base64.urlsafe_b64encode(named.digest()).decode()
