"""Wrong codes, keys and links: how many somebody may try, and all together.

Two limits hold at once. One is by network, so that one machine cannot go on for long. The other
is for everybody, so that a thousand machines find no more than a few. The second one could be
used up on purpose to shut honest people out; so whoever has hardly been wrong so far draws on a
share of its own, which takes as many networks to use up. A code that is right counts for nothing:
a whole conference may come in through one address.
"""

import ipaddress
from collections.abc import Hashable

from server.live.rate import Bucket, Rates

A_MINUTE = 60
"""By network."""
ALL_A_SECOND, ALL_AT_ONCE = 10, 600
"""By everybody, in this process, for each of two shares: at this pace the code of one of a
thousand boards is found once in ten hours."""
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


class Guesses:
    """Counts what was wrong, by the network that it came from."""

    def __init__(self) -> None:
        self._by_network = Rates(A_MINUTE / 60, A_MINUTE)
        self._slips = Rates(SLIPS / SLIPS_SECONDS, SLIPS)
        self._of_newcomers = Bucket(ALL_A_SECOND, ALL_AT_ONCE)
        self._of_others = Bucket(ALL_A_SECOND, ALL_AT_ONCE)

    def has_left(self, network: Hashable) -> bool:
        """Say whether one more wrong one would be borne, without counting it."""
        newcomer = self._slips.has_left(network)
        together = self._of_newcomers if newcomer else self._of_others
        return self._by_network.has_left(network) and together.has_left()

    def allows(self, network: Hashable) -> bool:
        """Count one more wrong one; False when there were too many."""
        newcomer = self._slips.allows(network)
        together = self._of_newcomers if newcomer else self._of_others
        allowed = together.allows()
        return self._by_network.allows(network) and allowed
