import ipaddress

import pytest

from server.addresses import is_loopback, local_base, network_address, public_base
from server.settings import Settings


@pytest.mark.parametrize(
    ("settings", "public", "local"),
    [
        (
            Settings(public_url="https://vote.example.org"),
            "https://vote.example.org",
            "http://127.0.0.1:8888",
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
