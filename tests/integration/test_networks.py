"""A laptop in real networks of its own: namespaces with interfaces that come and go."""

import contextlib
import json
import re
import subprocess
import sys

import pytest

from faults.network_links import Network
from support.server import launched
from support.wait import until

ASK = """
import json, sys, urllib.request
address, host, sent = sys.argv[1:]
headers = json.loads(sent) | ({"Host": host} if host else {})
with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as got:
    print(got.read().decode())
"""


class Laptop:
    """A machine with a server on it, whose interfaces are the test's to make."""

    def __init__(self, network, stack, folder):
        self.machine = network.machine()
        self._stack = stack
        self._folder = folder
        self._names = 0

    def joins(self, name, *addresses):
        """Join a network through an interface."""
        self._names += 1
        self.machine.ip("link", "add", name, "type", "veth", "peer", "name", f"far{self._names}")
        self.machine.ip("link", "set", name, "up")
        self.machine.ip("link", "set", f"far{self._names}", "up")
        for address in addresses:
            self.machine.ip("address", "add", address, "dev", name, "nodad")

    def leaves(self, name):
        self.machine.ip("link", "delete", name)

    def starts(self, *arguments):
        server = launched(self._folder, *arguments, inside=self.machine.inside)
        self.server = self._stack.enter_context(server)
        self.server.read_greeting()
        return self.server.greeting

    def asks(self, path, at="127.0.0.1", host=None, **headers):
        """Fetch a page on the laptop itself, at one of its addresses."""
        address = f"http://{at}:{self.server.port}{path}"
        command = [*self.machine.inside, sys.executable, "-c", ASK]
        command += [address, host or "", json.dumps(headers)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def link(self, **how):
        """Return what the QR code of the first board leads to."""
        answer = json.loads(self.asks("/api/boards/FRAMEWORKS/address", **how))
        return re.fullmatch(r"http://(.*):\d+/b/FRAMEWORKS", answer["ballot"])[1]

    def hears(self, *words):
        """Wait until the terminal shows some words, and return the lines up to them."""
        lines = []
        for line in self.server.process.stdout:
            lines.append(line)
            if all(any(word in each for each in lines) for word in words):
                return "".join(lines)
        raise AssertionError(self.server.log)


@pytest.fixture
def laptop(tmp_path):
    with contextlib.ExitStack() as stack:
        yield Laptop(Network(stack), stack, tmp_path)


def test_a_hotspot_without_a_route_is_shown_to_phones(laptop):
    laptop.joins("wlan0", "10.42.0.1/24")
    greeting = laptop.starts()
    room = greeting[: greeting.index("On this machine")]
    assert re.search(r"Vote +http://10\.42\.0\.1:\d+/b/FRAMEWORKS\n", room)
    assert "127.0.0.1" not in room
    # The host opens the console on the laptop itself.
    assert laptop.link() == "10.42.0.1"
    assert "10.42.0.1" in laptop.asks("/b/FRAMEWORKS/screen")
    assert laptop.link(at="10.42.0.1") == "10.42.0.1"


def test_in_two_networks_each_page_leads_to_its_own_and_both_are_shown(laptop):
    laptop.joins("eth0", "192.168.1.7/24")
    laptop.machine.ip("route", "add", "default", "via", "192.168.1.1")
    laptop.joins("wlan0", "10.42.0.1/24")
    laptop.joins("docker0", "172.17.0.1/16")
    greeting = laptop.starts()
    port = laptop.server.port
    shown = re.findall(rf"http://([0-9.]+):{port}/b/FRAMEWORKS\n", greeting)
    assert shown == ["192.168.1.7", "10.42.0.1", "172.17.0.1", "127.0.0.1"]
    assert laptop.link() == "192.168.1.7"
    assert laptop.link(at="10.42.0.1") == "10.42.0.1"
    assert laptop.link(at="192.168.1.7") == "192.168.1.7"
    # Clients that can send any Host get no other address into a link.
    assert laptop.link(host="6.6.6.6:80") == "192.168.1.7"
    assert laptop.link(host=f"10.42.0.2:{port}") == "192.168.1.7"


def test_a_network_that_changes_is_noticed_while_the_server_runs(laptop):
    laptop.joins("wlan0", "192.168.1.7/24")
    laptop.starts("--processes", "2")
    assert laptop.link() == "192.168.1.7"
    laptop.leaves("wlan0")
    laptop.joins("wlan0", "172.20.10.4/28")
    said = laptop.hears("The network has changed", "On this machine")
    assert re.search(r"Vote +http://172\.20\.10\.4:\d+/b/FRAMEWORKS\n", said)
    # In every worker.
    until(lambda: {laptop.link() for _ in range(8)} == {"172.20.10.4"})
    until(lambda: "Links now begin with http://172.20.10.4" in laptop.server.log)
    laptop.leaves("wlan0")
    laptop.hears("Only this machine can open")
    until(lambda: {laptop.link() for _ in range(8)} == {"127.0.0.1"})
    laptop.joins("usb0", "10.0.0.5/24")
    laptop.hears("http://10.0.0.5")
    until(lambda: {laptop.link() for _ in range(8)} == {"10.0.0.5"})
    assert "Traceback" not in laptop.server.log


def test_ipv6_alone_is_a_network(laptop):
    laptop.joins("eth0", "fd00:7::2/64")
    greeting = laptop.starts()
    assert re.search(r"Vote +http://\[fd00:7::2\]:\d+/b/FRAMEWORKS\n", greeting)
    assert laptop.link() == "[fd00:7::2]"
    assert laptop.link(at="[fd00:7::2]") == "[fd00:7::2]"
    assert "[fd00:7::2]" in laptop.asks("/b/FRAMEWORKS/screen", at="[fd00:7::2]")


def test_without_a_network_it_is_said_that_no_phone_can_come_in(laptop):
    greeting = laptop.starts()
    assert "Only this machine can open these addresses." in greeting
    answer = json.loads(laptop.asks("/api/boards/FRAMEWORKS/address"))
    assert answer["only_here"]


@pytest.mark.parametrize("host", ["::", "0.0.0.0"])  # noqa: S104
def test_an_address_that_stands_for_all_answers_at_what_it_shows(laptop, host):
    laptop.joins("eth0", "192.168.1.7/24", "fd00:7::2/64")
    greeting = laptop.starts("--host", host)
    for each in re.findall(r"http://(\S+):\d+/b/FRAMEWORKS\n", greeting):
        assert "Stackvote" in laptop.asks("/", at=each)
