import socket

import pytest

from server.network import allowed_hosts
from server.network.allowed_hosts import AllowedHosts
from server.settings import Settings


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine called ann-laptop in a network whose domain is corp.example."""
    resolver = tmp_path / "resolv.conf"
    resolver.write_text(
        "# made by a program\nnameserver 192.0.2.1\nsearch corp.example fritz.box\n\n"
    )
    monkeypatch.setattr(allowed_hosts, "_RESOLVER", resolver)
    monkeypatch.setattr(allowed_hosts.socket, "gethostname", lambda: "Ann-Laptop.corp.example")


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "localhost:8888", "LOCALHOST", "localhost.", "board.localhost:8888"),
        *(
            "127.0.0.1",
            "127.0.0.1:8888",
            "127.0.0.2",
            "192.168.1.7:8888",
            "10.1.2.3",
            "172.17.0.2:80",
        ),
        *("[::1]", "[::1]:8888", "[fe80::1]:8888", "[2001:db8::7]", "[::ffff:192.0.2.7]"),
        *("ann-laptop", "ann-laptop:8888", "ANN-LAPTOP.local", "ann-laptop.local.:8888"),
        *("ann-laptop.corp.example", "ann-laptop.fritz.box:8888", "ann-laptop.lan"),
        *("vote.example.org", "vote.example.org:443", "Vote.Example.Org."),
        *("board.example.net", "a.teams.example", "b.a.teams.example:81"),
    ],
)
def test_these_are_its_own(machine, host):
    settings = Settings(
        public_url="https://vote.example.org:8443",
        allowed_hosts=("board.example.net", ".teams.example"),
    )
    assert AllowedHosts(settings).include(host)


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8888", "localhost.evil.example", "127.0.0.1.evil.example"),
        *("vote.example.org.evil.example", "evil-vote.example.org", "example.org", "teams.example"),
        *("evilteams.example", "ann-laptop.evil.example", "evil.local", "evil", "ann-laptop2"),
        *(
            "",
            ":8888",
            ".",
            "127.0.0.1:8888@evil.example",
            "evil.example#localhost",
            "[::1",
            "::1]",
        ),
        *("127.0.0.1.nip.io", "0x7f.1", "2130706433", "localhost:x", "localhost:80:80", "[evil]"),
        *("localhost, evil.example", "localhost/evil", "\u212aelvin"),
    ],
)
def test_these_are_not(machine, host):
    settings = Settings(
        public_url="https://vote.example.org", allowed_hosts=("board.example.net", ".teams.example")
    )
    assert not AllowedHosts(settings).include(host)


def test_the_name_that_it_listens_on_is_its_own(machine):
    assert AllowedHosts(Settings(host="meeting.corp.example")).include("meeting.corp.example:8888")
    assert not AllowedHosts(Settings()).include("meeting.corp.example:8888")


def test_a_name_beyond_ascii_is_known_as_browsers_send_it():
    names = AllowedHosts(Settings(public_url="https://wählen.example"))
    assert names.include("xn--whlen-gra.example")
    assert not names.include("xn--whlen.example")


def test_a_machine_without_a_resolver_has_a_name_all_the_same(monkeypatch, tmp_path):
    monkeypatch.setattr(allowed_hosts, "_RESOLVER", tmp_path / "none")
    assert AllowedHosts(Settings()).include(f"{socket.gethostname()}:8888")
