"""The names under which people stand in the log: keyed hashes, made with the secret.

The store never holds the key, so neither a dump of it nor an export joins a ballot to a
seat, a seat to a browser, or two boards to one person.
"""

import base64

from server import secret as keyed
from server.domain.rounds import Round
from server.domain.rules import Names

_SIZE = 12
"""Bytes: 96 bits, so that no two of any number of people meet."""


class Pseudonyms:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seat(self, browser: str, code: str) -> str:
        """Name a browser on one board."""
        return self._name("seat", browser, code)

    def voter(self, seat: str, code: str, current: Round) -> str:
        """Name a seat in one round: by itself where names are open, else unrecognizably."""
        if current.settings.names is Names.OPEN:
            return seat
        return self._name("voter", seat, code, str(current.n))

    def once(self, seat: str, code: str, message: str) -> str:
        """Name a message, so that it is known when it comes again."""
        return self._name("message", seat, code, message)

    def _name(self, purpose: str, *parts: str) -> str:
        digest = keyed.derive(self._secret, purpose, *parts)[:_SIZE]
        return base64.urlsafe_b64encode(digest).decode()
