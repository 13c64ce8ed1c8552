"""Limits wrong codes, by network and in total, and remembers clients that know a board.

Two limits apply at once, across all processes of a server. One is by network, so that a single
machine cannot guess for long. The other is in total, so that a thousand machines find no more than
a few codes. The second could be used up on purpose to shut honest people out. So a network that has
hardly been wrong so far draws on a share of its own, which it would take just as many networks to
use up.

A right code is not counted: a whole conference may arrive from one address. But a network over its
limit gets no answer to any code, right or wrong; otherwise it could keep guessing by the answers.
Clients that were admitted before are not affected: each browser and each host key is remembered
with the boards that it has opened.
"""

import ipaddress
import time
from collections.abc import Hashable

from server.security.shared_rate_limit import SharedRates, SharedTimes

A_MINUTE = 60
"""By network."""
WIDE, WIDE_A_MINUTE = 48, 240
"""An IPv6 customer often gets a /48, which is 65,536 networks of 64 bits."""
ALL_A_SECOND, ALL_AT_ONCE = 10, 600
"""In total, for each of two shares: at this rate, it takes ten hours to find the code of one of a
thousand boards.
"""
SLIPS, SLIPS_SECONDS = 3, 600
"""The number of wrong codes within this time that anyone may have mistyped."""


def network_of(address: str | None) -> Hashable:
    """Return the key of what one visitor controls.

    That is an IPv4 address, or the 64 bits of IPv6 that are assigned together, as the rest is up to
    the visitor.
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return found
    return found.ipv4_mapped or int(found) >> 64


class Guess:
    """One code that is being looked up for one network; several requests may wait for the same."""

    def __init__(self, network: Hashable, shares: list[tuple[SharedRates, Hashable]]) -> None:
        self.network = network
        self.shares = shares
        """The limits in which it was counted."""
        self.waiting = 0
        self.wrong = False


class GuessLimit:
    """Counts wrong codes and keys, by the network that they came from."""

    def __init__(self, times: SharedTimes | None = None) -> None:
        self.times = times = times or SharedTimes("limits")

        def rates(name: str, a_second: float, at_once: float) -> SharedRates:
            return SharedRates(times, f"guesses {name}", a_second, at_once)

        self._by_network = rates("network", A_MINUTE / 60, A_MINUTE)
        self._by_wide = rates("wide", WIDE_A_MINUTE / 60, WIDE_A_MINUTE)
        self._slips = rates("slips", SLIPS / SLIPS_SECONDS, SLIPS)
        self._of_newcomers = rates("newcomers", ALL_A_SECOND, ALL_AT_ONCE)
        self._of_others = rates("others", ALL_A_SECOND, ALL_AT_ONCE)
        self._going: dict[tuple[Hashable, str | None], Guess] = {}

    def has_left(self, network: Hashable) -> bool:
        """Whether one more wrong attempt would be tolerated, without counting it."""
        return all(rates.has_left(key) for rates, key in self._shares(network))

    def allows(self, network: Hashable) -> bool:
        """Count one more wrong attempt; return False if there were too many."""
        # All limits count it, even if the first one refuses.
        allowed = [rates.allows(key) for rates, key in self._shares(network)]
        return all(allowed)

    def begin(self, network: Hashable, code: str | None) -> Guess | None:
        """Count a code before it is looked up; None if there were too many.

        So a thousand attempts at once get no further than one after another. A crowd that waits for
        the same board counts once. The caller must call `end`.
        """
        guess = self._going.get((network, code))
        if guess is None:
            shares = self._shares(network)
            if not all(rates.has_left(key) for rates, key in shares):
                return None
            counted = [(rates, key) for rates, key in shares if rates.allows(key)]
            guess = self._going[network, code] = Guess(network, counted)
        guess.waiting += 1
        return guess

    def end(self, guess: Guess, code: str | None, *, wrong: bool) -> None:
        """Report whether a code was wrong. If it was not, it is not counted."""
        guess.waiting -= 1
        guess.wrong |= wrong
        if guess.waiting:
            return
        del self._going[guess.network, code]
        if not guess.wrong:
            for rates, key in guess.shares:
                rates.give_back(key)

    def _shares(self, network: Hashable) -> list[tuple[SharedRates, Hashable]]:
        """Return the limits that count a wrong code of a network."""
        wide = [(self._by_wide, network >> 64 - WIDE)] if isinstance(network, int) else []
        newcomer = self._slips.has_left(network)
        together = self._of_newcomers if newcomer else self._of_others
        slips = [(self._slips, network)] if newcomer else []
        return [(self._by_network, network), *wide, (together, ""), *slips]


class KnownClients:
    """Clients that have proved before that they know a board: browsers, and host keys."""

    def __init__(self, times: SharedTimes | None = None) -> None:
        self._times = times or SharedTimes("acquaintances")

    def remember(self, code: str, who: str) -> None:
        self._times.set(f"{code} {who}", time.monotonic())

    def knows(self, code: str, who: str) -> bool:
        return self._times.get(f"{code} {who}") > 0
