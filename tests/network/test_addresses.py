import ipaddress

import pytest

from server.network import addresses as addresses_module
from server.network.addresses import (
    Addresses,
    is_loopback,
    local_base,
    network_address,
    origin_of,
    public_base,
    shown_address,
)
from server.settings import Settings


@pytest.mark.parametrize(
    ("settings", "public", "local"),
    [
        (
            Settings(public_url="https://vote.example.org"),
            "https://vote.example.org",
            "http://127.0.0.1:8888",
        ),
        (
            Settings(public_url="https://company.example/vote"),
            "https://company.example/vote",
            "http://127.0.0.1:8888/vote",
        ),
        (Settings(host="192.0.2.7"), "http://192.0.2.7:8888", "http://192.0.2.7:8888"),
        (Settings(host="::1", port=80), "http://[::1]", "http://[::1]"),
        (Settings(host="localhost", port=81), "http://localhost:81", "http://localhost:81"),
    ],
)
def test_links_begin_with_what_was_set(settings, public, local):
    assert public_base(settings) == public
    assert local_base(settings) == local


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::"])  # noqa: S104
def test_without_a_setting_links_carry_an_address_of_this_machine(host):
    base = public_base(Settings(host=host, port=9000))
    assert base == f"http://{network_address() or '127.0.0.1'}:9000".replace("[", "").replace(
        "]", ""
    )
    assert local_base(Settings(host=host, port=9000)) == "http://127.0.0.1:9000"


def test_the_network_address_is_one_that_others_can_reach():
    address = network_address()
    if address is None:
        pytest.skip("this machine has no network")
    assert not ipaddress.ip_address(address).is_loopback
    assert not ipaddress.ip_address(address).is_unspecified


def test_loopback_is_told_apart():
    assert all(map(is_loopback, ["127.0.0.1", "127.8.8.8", "::1", "localhost"]))
    assert not any(map(is_loopback, ["192.0.2.7", "vote.example.org", "fe80::1%eth0"]))


@pytest.fixture
def laptop(monkeypatch):
    """Addresses of a laptop in two networks, with a function that moves it to others."""
    there = ["192.168.1.7", "10.42.0.1", "fd00::2"]
    monkeypatch.setattr(addresses_module, "interface_addresses", lambda: tuple(there))

    def move(*others):
        there[:] = others

    return Addresses(Settings()), move


@pytest.mark.parametrize(
    ("asked", "base"),
    [
        ("10.42.0.1:8888", "http://10.42.0.1:8888"),
        ("10.42.0.1", "http://10.42.0.1:8888"),
        ("10.42.0.1:6666", "http://10.42.0.1:8888"),
        ("[fd00::2]:8888", "http://[fd00::2]:8888"),
        ("[FD00:0:0::2]:8888", "http://[fd00::2]:8888"),
        # The phones cannot open these, and no one may put them into a link.
        *((each, "http://192.168.1.7:8888") for each in ("127.0.0.1:8888", "[::1]:8888")),
        *((each, "http://192.168.1.7:8888") for each in ("localhost:8888", "", "evil.example")),
        *((each, "http://192.168.1.7:8888") for each in ("6.6.6.6", "10.42.0.1@evil.example")),
        *((each, "http://192.168.1.7:8888") for each in ("10.42.0.1.evil.example", "10.42.0.1/x")),
        *((each, "http://192.168.1.7:8888") for each in ("[fd00::2", "[::ffff:6.6.6.6]", "\x00")),
    ],
)
def test_links_have_the_address_that_was_asked_if_it_is_one_of_ours(laptop, asked, base):
    addresses, _ = laptop
    assert addresses.base(asked) == base


def test_what_was_chosen_counts_before_what_was_asked(laptop):
    addresses, move = laptop
    assert addresses.base("10.42.0.1", "192.168.1.7:8888") == "http://10.42.0.1:8888"
    assert addresses.base("fd00::2", "192.168.1.7:8888") == "http://[fd00::2]:8888"
    # Until the machine no longer has it.
    move("192.168.1.7")
    assert addresses.refresh()
    assert addresses.base("10.42.0.1", "evil.example") == "http://192.168.1.7:8888"


def test_another_network_is_noticed_and_said_once(laptop):
    addresses, move = laptop
    seen = []
    addresses.on_change.append(lambda: seen.append(addresses.hosts))
    assert not addresses.refresh()
    move("172.20.10.4")
    assert addresses.refresh()
    assert not addresses.refresh()
    assert seen == [("172.20.10.4",)]
    move()
    assert addresses.refresh()
    assert addresses.base() == "http://127.0.0.1:8888"


def test_under_a_public_address_nothing_else_is_handed_out_or_told(laptop):
    addresses = Addresses(Settings(public_url="https://company.example/vote"))
    assert addresses.hosts == ()
    assert addresses.base("10.42.0.1", "192.168.1.7") == "https://company.example/vote"
    assert (addresses.root, addresses.origin) == ("/vote", "https://company.example")
    assert addresses.is_secure


def test_only_addresses_that_it_listens_on_are_offered(laptop):
    assert Addresses(Settings(host="10.42.0.1")).hosts == ("10.42.0.1",)
    assert Addresses(Settings(host="0.0.0.0")).hosts == ("192.168.1.7", "10.42.0.1")  # noqa: S104
    assert not Addresses(Settings()).is_secure
    assert Addresses(Settings(tls_cert="c", tls_key="k")).is_secure


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://vote.example.org", "https://vote.example.org"),
        ("https://Vote.Example.org:443/vote", "https://vote.example.org"),
        ("http://vote.example.org:80", "http://vote.example.org"),
        ("http://vote.example.org:443", "http://vote.example.org:443"),
        ("http://[FD00::2]:8888/x", "http://[fd00::2]:8888"),
        ("https://wählen.example", "https://xn--whlen-gra.example"),
    ],
)
def test_an_origin_is_written_as_browsers_send_it(address, origin):
    assert origin_of(address) == origin


def test_an_address_is_shown_as_it_is_typed():
    assert shown_address("https://company.example/vote") == "company.example/vote"
    assert shown_address("http://10.42.0.1:8888") == "10.42.0.1:8888"
