"""The link itself: what it is told to lose, it loses, and nothing else."""

import contextlib
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from faults.network_links import NETWORK, Network

FRAMES = 400
ECHO = """
import socket
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
line.bind(("", 7))
print("here", flush=True)
while True:
    frame, sender = line.recvfrom(2000)
    print(frame.decode(), flush=True)
    line.sendto(frame, sender)
"""


class Caller:
    """Somebody at one end, who calls an echo at the other."""

    def __init__(self, link, echo):
        self.link = link
        self._echo = echo
        self._line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._line.connect((link.other, 7))
        assert self._heard_there() == "here"
        self.call(0)
        assert self.comes_back(within=5) == 0, "the two do not know each other's addresses"

    def call(self, what):
        self._line.send(str(what).encode())

    def comes_back(self, within):
        """What comes back next; None where nothing does."""
        self._line.settimeout(within)
        with contextlib.suppress(TimeoutError):
            return int(self._line.recv(2000))

    def _heard_there(self):
        return self._echo.stdout.readline().strip()

    def arrives(self, what):
        """Wait until something arrives at the other end."""
        while int(self._heard_there()) != what:
            pass
        return True

    def close(self):
        self._line.close()


@pytest.fixture
def caller():
    with contextlib.ExitStack() as stack:
        network = Network(stack)
        machine = network.machine()
        link = network.join(network.here, machine, seed=7)
        echo = stack.enter_context(
            subprocess.Popen(
                [*machine.inside, sys.executable, "-c", ECHO], stdout=subprocess.PIPE, text=True
            )
        )
        stack.callback(echo.kill)
        yield stack.enter_context(contextlib.closing(Caller(link, echo)))


def test_a_good_wire_carries_everything(caller):
    for n in range(FRAMES):
        caller.call(n)
        assert caller.comes_back(within=5) == n


def test_a_wire_that_is_cut_carries_nothing_until_it_is_mended(caller):
    caller.link.is_cut()
    caller.call(1)
    assert caller.comes_back(within=0.5) is None
    caller.link.is_good()
    caller.call(2)
    assert caller.comes_back(within=5) == 2


def test_a_wire_that_is_half_open_carries_one_way(caller):
    caller.link.is_bad(there=False, lost=1.0)
    caller.call(1)
    assert caller.arrives(1)
    assert caller.comes_back(within=0.5) is None


def test_a_slow_wire_takes_its_time_both_ways(caller):
    caller.link.is_bad(delay=0.2)
    began = time.monotonic()
    caller.call(1)
    assert caller.comes_back(within=5) == 1
    assert time.monotonic() - began >= 0.4


def test_a_bad_wire_loses_its_share_and_nothing_else(caller):
    caller.link.is_bad(back=False, lost=0.1)
    lost = 0
    for n in range(FRAMES):
        caller.call(n)
        back = caller.comes_back(within=0.05)
        assert back in {n, None}, "it came late, or twice"
        lost += back is None
    assert 0.05 * FRAMES < lost < 0.16 * FRAMES


def test_nothing_is_left_of_a_network():
    with contextlib.ExitStack() as stack:
        network = Network(stack)
        machine = network.machine()
        link = network.join(network.here, machine)
        assert Path("/run/netns", machine.namespace).exists()
        assert link.one in _addresses()
    assert not Path("/run/netns", machine.namespace).exists()
    assert link.one not in _addresses()


def _addresses():
    shown = subprocess.run(["ip", "-o", "address"], capture_output=True, text=True, check=True)
    return [word.partition("/")[0] for word in shown.stdout.split() if word.startswith(NETWORK)]
