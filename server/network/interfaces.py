"""The addresses of this machine's network interfaces, those that phones can most likely open first.

A laptop in a meeting has several: in the room's network, as a hotspot of its own, in a VPN, and of
containers and virtual machines. Which of them leads into the room cannot be known from here, so the
order is a guess, and a host can choose another.
"""

import contextlib
import ipaddress
import re
import socket
from typing import NamedTuple

import psutil

# Addresses reserved for documentation (RFC 5737, RFC 3849). Nothing is sent to them: connecting a
# datagram socket only asks the system which route it would use.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
_VIRTUAL = re.compile(
    r"(lo|docker|podman|cni|flannel|cali|veth|virbr|vmnet|vboxnet|lxc|lxd|br-|bridge"
    r"|tun|tap|utun|wg|ppp|ipsec|tailscale|zt|nordlynx|awdl|llw)"
    r"|vEthernet|VirtualBox|VMware",
)
"""Names of interfaces that lead to containers, virtual machines or VPNs on common systems."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class _Found(NamedTuple):
    address: Address
    is_virtual: bool


def interface_addresses() -> tuple[str, ...]:
    """Return the addresses under which other devices may reach this machine, the likeliest first.

    Loopback is left out, and so are link-local addresses of IPv6: they need the name of an
    interface, for which an address in a browser has no place. Empty without a network.
    """
    routed = routed_addresses()
    found = {each.address: each for each in _found()}
    for address in routed:
        found.setdefault(address, _Found(address, is_virtual=False))

    def rank(each: _Found) -> tuple[bool, bool, bool, bool]:
        address = each.address
        unrouted = address not in routed
        return each.is_virtual, address.is_link_local, address.version == 6, unrouted

    return tuple(str(each.address) for each in sorted(found.values(), key=rank))


def _found() -> list[_Found]:
    """Return the addresses of all interfaces that are up, in the order of the system."""
    try:
        interfaces, states = psutil.net_if_addrs(), psutil.net_if_stats()
    except OSError:
        return []  # Some systems do not let every program ask.
    found = []
    for name, given in interfaces.items():
        if name in states and not states[name].isup:
            continue
        for each in given:
            if each.family in {socket.AF_INET, socket.AF_INET6}:
                address = ipaddress.ip_address(each.address)
                if _is_for_others(address):
                    found.append(_Found(address, _VIRTUAL.match(name) is not None))
    return found


def routed_addresses() -> list[Address]:
    """Return the addresses from which this machine reaches other networks."""
    found = []
    for family, target in _ELSEWHERE:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            address = ipaddress.ip_address(probe.getsockname()[0])
            if _is_for_others(address):
                found.append(address)
    return found


def _is_for_others(address: Address) -> bool:
    if address.is_loopback or address.is_unspecified:
        return False
    return address.version == 4 or not address.is_link_local
