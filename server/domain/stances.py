"""What people say to an outcome: they commit to it, commit with a reservation, or block it.

*Disagree and commit*: people who do not agree say so, with a reason, and the reason becomes a risk
that has an owner. A risk is known by what it says, so that nothing about it tells whose it is, or
who said it first.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from server.domain.refusals import Code, Refused
from server.words.catalogue import words

MAX_REASONS = 100
"""Reservations and blocks of one round."""
_ID_LENGTH = 12


class Stance(StrEnum):
    COMMIT = "commit"
    RESERVATION = "reservation"
    BLOCK = "block"


class RiskSource(StrEnum):
    """Where a risk comes from."""

    RESERVATION = "reservation"
    BLOCK = "block"
    PREMORTEM = "premortem"


class Stated(Struct, frozen=True, kw_only=True):
    """What one person says to one outcome."""

    option: str
    stance: Stance
    reason: str = ""


def risk_id(*said: str) -> str:
    """Return the id of a risk, made from what it says and about what."""
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:_ID_LENGTH]


class Stances:
    """What people say to the outcome of one round, by voter."""

    def __init__(self) -> None:
        self._stated: dict[str, Stated] = {}

    def require_room(self, voter: str) -> None:
        """Raise Refused `too_many` if there are too many reasons to read already."""
        before = self._stated.get(voter)
        reasons = sum(bool(each.reason) for each in self._stated.values())
        if reasons - bool(before and before.reason) >= MAX_REASONS:
            raise Refused(Code.TOO_MANY, words("refusal-stances-full", max=MAX_REASONS))

    def state(self, voter: str, stated: Stated | None) -> None:
        """Note what a person says, instead of what they said before; None takes it back."""
        if stated is None:
            self._stated.pop(voter, None)
        else:
            self._stated[voter] = stated

    def of(self, voter: str | None) -> Stated | None:
        return self._stated.get(voter) if voter else None

    def counts(self, option: str) -> Counter[Stance]:
        """Return how many take each stance to the choice of an option."""
        return Counter(each.stance for each in self._stated.values() if each.option == option)

    def reasons(self, option: str) -> Iterator[tuple[str, str, Stated]]:
        """Yield an id, the voter and the statement of each reservation and block.

        Blocks come first, and then in an order that depends only on what is said.
        """
        told = [
            (each.stance is not Stance.BLOCK, risk_id(option, each.reason), voter, each)
            for voter, each in self._stated.items()
            if each.option == option and each.reason
        ]
        for _, id_, voter, each in sorted(told, key=lambda one: (one[0], one[1], one[3].reason)):
            yield id_, voter, each

    def ids(self) -> Iterator[str]:
        """Yield the ids of all risks, whatever option they are about."""
        for each in self._stated.values():
            if each.reason:
                yield risk_id(each.option, each.reason)
