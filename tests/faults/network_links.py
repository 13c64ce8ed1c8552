"""Machines of their own on this one, joined by links that can be cut, slow, or lose frames.

A machine is a network namespace. A link is a small process in a namespace between two of them,
which carries Ethernet frames both ways and, when told to, does so badly. Everything above the
frames is done by the kernel: what is lost is retransmitted, waits, and times out as in a real
network.
"""

import asyncio
import contextlib
import itertools
import json
import os
import random
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 15, 23
ALL_PROTOCOLS = 3
NOTED_FRAME = 10 + 65_536 + 14
"""Bytes of the largest frame, and of the kernel's header before it about unfinished checksums."""
NETWORK = "198.18"
"""Addresses reserved for testing networks (RFC 2544)."""

_numbers = itertools.count(1)
_subnets = set()
"""Those of the links of this process."""


class Network:
    """Machines and links, which are always removed in the end."""

    def __init__(self, stack):
        if os.geteuid():
            pytest.skip("network namespaces take root")
        _sweep()
        self._stack = stack
        self.here = Machine(None)
        """The machine on which the test itself runs."""

    def machine(self):
        """Add a machine."""
        namespace = f"sv-{os.getpid()}-{next(_numbers)}"
        if _ip("netns", "add", namespace, check=False).returncode:
            pytest.skip("network namespaces are not allowed here")
        self._stack.callback(_remove, namespace)
        machine = Machine(namespace)
        machine.ip("link", "set", "lo", "up")
        return machine

    def join(self, one, other, seed=0):
        """Connect two machines by a link."""
        return self._stack.enter_context(contextlib.closing(Link(self.machine(), one, other, seed)))


class Machine:
    """A place with its own network."""

    def __init__(self, namespace):
        self.namespace = namespace
        self.inside = ("ip", "netns", "exec", namespace) if namespace else ()
        """The prefix of a command that runs there."""
        self.address = None
        """Its address on the link that joined it first."""

    def passes_on(self):
        """From now on forward what other machines send each other through it, as a router does."""
        forwards = ("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        subprocess.run([*self.inside, *forwards], check=True)

    def parts(self, one, other):
        """Forward nothing between two machines any more."""
        self._forward("add", one, other)

    def unites(self, one, other):
        """Forward again what is between two machines."""
        self._forward("delete", one, other)

    def _forward(self, change, one, other):
        for from_, to in ((one, other), (other, one)):
            self.ip("rule", change, "from", from_.address, "to", to.address, "blackhole")

    def ip(self, *arguments):
        _ip(*(("-n", self.namespace) if self.namespace else ()), *arguments)


class Link:
    """A link from `one` machine to the `other`, each with an address on it.

    `is_bad` takes effect at once, for both directions, or for `there` (from `one` to `other`) or
    `back` only: `lost` is the share of lost frames, `delay` is in seconds.
    """

    def __init__(self, between, one, other, seed):
        self._subnet = subnet = _free_subnet()
        self.one, self.other = f"{NETWORK}.{subnet}.1", f"{NETWORK}.{subnet}.2"
        ends = []
        for machine, address in ((one, self.one), (other, self.other)):
            near, far = (f"sv{os.getpid()}-{next(_numbers)}" for _ in range(2))
            between.ip("link", "add", far, "type", "veth", "peer", "name", near)
            # No larger than on a real link, so that single frames are lost.
            between.ip("link", "set", far, "up")
            between.ip("link", "set", near, "gso_max_segs", "1")
            between.ip("link", "set", near, "netns", machine.namespace or str(os.getpid()))
            machine.ip("address", "add", f"{address}/24", "dev", near)
            machine.ip("link", "set", near, "up")
            machine.address = machine.address or address
            ends.append(far)
        self._relay = subprocess.Popen(
            [*between.inside, sys.executable, __file__, *ends, str(seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.is_good()

    def is_bad(self, *, there=True, back=True, lost=0.0, delay=0.0):
        bad = {"lost": lost, "delay": delay}
        self._tell(there=bad if there else {}, back=bad if back else {})

    def is_cut(self):
        self.is_bad(lost=1.0)

    def is_good(self):
        self._tell(there={}, back={})

    def _tell(self, **directions):
        self._relay.stdin.write(json.dumps(directions) + "\n")
        self._relay.stdin.flush()
        assert self._relay.stdout.readline(), "the relay has ended"

    def close(self):
        with self._relay:
            self._relay.stdin.close()
        _subnets.remove(self._subnet)


class Direction(asyncio.Protocol):
    """Carries frames one way."""

    def __init__(self, source, target, chance):
        self._source, self._target, self._chance = source, target, chance
        self._lost, self._delay = 0.0, 0.0
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(source, self._carry)

    def be(self, lost=0.0, delay=0.0):
        self._lost, self._delay = lost, delay

    def _carry(self):
        frame = self._source.recv(NOTED_FRAME)
        if self._chance.random() < self._lost:
            return
        if self._delay:
            self._loop.call_later(self._delay, self._pass_on, frame)
        else:
            self._pass_on(frame)

    def _pass_on(self, frame):
        # A machine that is gone, or cannot take more, has lost the frame, as on a real link.
        with contextlib.suppress(OSError):
            self._target.send(frame)


async def relay(one, other, seed):
    """Act as a link: carry frames as each line of standard input says, until it ends."""
    ends = [_end(one), _end(other)]
    chance = random.Random(seed)
    there, back = Direction(*ends, chance), Direction(*reversed(ends), chance)
    while told := await asyncio.to_thread(sys.stdin.readline):
        directions = json.loads(told)
        there.be(**directions["there"])
        back.be(**directions["back"])
        print("so it is", flush=True)  # noqa: T201 - the other end of the pipe waits for it


def _end(name):
    """Open a socket for all frames that arrive at an interface, or leave through it."""
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    # Between namespaces the kernel leaves checksums open. It says so in a header before each frame,
    # and reads that header when the frame is passed on.
    end.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    end.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
    end.setblocking(False)
    end.bind((name, ALL_PROTOCOLS))
    return end


def _free_subnet():
    """Return a subnet that is used neither here, nor between machines of this process."""
    taken = subprocess.run(["ip", "route"], capture_output=True, text=True, check=True).stdout
    free = (n for n in random.sample(range(256), 256) if f"{NETWORK}.{n}." not in taken)
    subnet = next(n for n in free if n not in _subnets)
    _subnets.add(subnet)
    return subnet


def _ip(*arguments, check=True):
    return subprocess.run(["ip", *arguments], check=check, capture_output=not check)


def _remove(namespace):
    _ip("netns", "delete", namespace)


def _sweep():
    """Remove what a killed test has left behind."""
    for left in Path("/run/netns").glob("sv-*"):
        pid = re.match(r"sv-(\d+)-", left.name)[1]
        if not Path(f"/proc/{pid}").exists():
            _remove(left.name)


if __name__ == "__main__":
    asyncio.run(relay(*sys.argv[1:3], int(sys.argv[3])))
