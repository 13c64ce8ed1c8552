"""Wrong codes: how many one network may try, and all together; and who is known already.

Two limits hold at once, over all processes of a server. One is by network, so that one machine
cannot go on for long. The other is for everybody, so that a thousand machines find no more than a
few. The second one could be used up on purpose to shut honest people out; so whoever has hardly
been wrong so far draws on a share of its own, which takes as many networks to use up.

A right code counts for nothing: a whole conference may come in through one address. But a network
that is over its limit is told nothing, be the code right or wrong, else it could go on guessing by
what is answered. Inside stays who was let in before: each browser and each key of a host is
remembered with the boards that it has opened.
"""

import ipaddress
import time
from collections.abc import Hashable

from server.shared_times import SharedRates, SharedTimes

A_MINUTE = 60
"""By network."""
WIDE, WIDE_A_MINUTE = 48, 240
"""Of IPv6 one customer is often given a /48, which is 65,536 networks of 64 bits."""
ALL_A_SECOND, ALL_AT_ONCE = 10, 600
"""By everybody, for each of two shares: at this pace the code of one of a thousand boards is found
once in ten hours."""
SLIPS, SLIPS_SECONDS = 3, 600
"""Wrong ones within this time that anybody may have typed."""


def network_of(address: str | None) -> Hashable:
    """Name what one visitor holds: an IPv4 address, or of IPv6 the 64 bits that are handed out
    together, since the rest is theirs to choose.
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return found
    return found.ipv4_mapped or int(found) >> 64


class Guess:
    """One code that is being looked up for one network; several may wait for the same."""

    def __init__(self, network: Hashable, shares: list[tuple[SharedRates, Hashable]]) -> None:
        self.network = network
        self.shares = shares
        """What it was counted in."""
        self.waiting = 0
        self.wrong = False


class Guesses:
    """Counts what was wrong, by the network that it came from."""

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
        """Say whether one more wrong one would be borne, without counting it."""
        return all(rates.has_left(key) for rates, key in self._shares(network))

    def allows(self, network: Hashable) -> bool:
        """Count one more wrong one; False when there were too many."""
        # All of them count it, also where the first one says no.
        allowed = [rates.allows(key) for rates, key in self._shares(network)]
        return all(allowed)

    def begin(self, network: Hashable, code: str | None) -> Guess | None:
        """Count a code before it is looked up, so that a thousand at once are no more than one
        after the other; None when there were too many. Whoever gets one calls `end`.

        A crowd that waits for the same board counts once.
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
        """Say what became of a code. One that was not wrong counts for nothing."""
        guess.waiting -= 1
        guess.wrong |= wrong
        if guess.waiting:
            return
        del self._going[guess.network, code]
        if not guess.wrong:
            for rates, key in guess.shares:
                rates.give_back(key)

    def _shares(self, network: Hashable) -> list[tuple[SharedRates, Hashable]]:
        """Return all that a wrong code of a network is counted in."""
        wide = [(self._by_wide, network >> 64 - WIDE)] if isinstance(network, int) else []
        newcomer = self._slips.has_left(network)
        together = self._of_newcomers if newcomer else self._of_others
        slips = [(self._slips, network)] if newcomer else []
        return [(self._by_network, network), *wide, (together, ""), *slips]


class Acquaintances:
    """Who has shown before that they know a board: browsers, and keys of hosts."""

    def __init__(self, times: SharedTimes | None = None) -> None:
        self._times = times or SharedTimes("acquaintances")

    def remember(self, code: str, who: str) -> None:
        self._times.set(f"{code} {who}", time.monotonic())

    def know(self, code: str, who: str) -> bool:
        return self._times.get(f"{code} {who}") > 0
