import socket
from types import SimpleNamespace

import pytest

from server.network import interfaces
from server.network.interfaces import interface_addresses


@pytest.fixture
def machine(monkeypatch):
    """A machine whose interfaces and routes a test makes up."""

    def be(routed=(), down=(), **given):
        def address(text):
            family = socket.AF_INET6 if ":" in text else socket.AF_INET
            return SimpleNamespace(family=family, address=text)

        monkeypatch.setattr(
            interfaces.psutil,
            "net_if_addrs",
            lambda: {name: [address(text) for text in texts] for name, texts in given.items()},
        )
        monkeypatch.setattr(
            interfaces.psutil,
            "net_if_stats",
            lambda: {name: SimpleNamespace(isup=name not in down) for name in given},
        )
        routes = [interfaces.ipaddress.ip_address(text) for text in routed]
        monkeypatch.setattr(interfaces, "routed_addresses", lambda: routes)
        return interface_addresses()

    return be


def test_a_hotspot_without_a_route_has_its_one_address(machine):
    found = machine(lo=["127.0.0.1", "::1"], wlan0=["10.42.0.1", "fe80::1%wlan0"])
    assert found == ("10.42.0.1",)


def test_the_likeliest_comes_first(machine):
    found = machine(
        routed=["192.168.1.7", "2001:db8:1::7"],
        docker0=["172.17.0.1"],
        tun0=["10.8.0.2"],
        wlan1=["169.254.7.7"],
        wlan0=["10.42.0.1"],
        eth0=["192.168.1.7", "fd00::7", "2001:db8:1::7", "fe80::7%eth0"],
    )
    assert found == (
        *("192.168.1.7", "10.42.0.1", "2001:db8:1::7", "fd00::7", "169.254.7.7"),
        *("172.17.0.1", "10.8.0.2"),
    )


def test_a_vpn_that_takes_all_traffic_is_not_the_room(machine):
    found = machine(routed=["10.8.0.2"], wg0=["10.8.0.2"], wlan0=["192.168.1.7"])
    assert found == ("192.168.1.7", "10.8.0.2")


def test_only_ipv6_is_a_network_too(machine):
    found = machine(lo=["127.0.0.1"], docker0=["172.17.0.1"], eth0=["fd00::2", "fe80::2%eth0"])
    assert found == ("fd00::2", "172.17.0.1")


def test_an_interface_that_is_down_is_left_out(machine):
    assert machine(down=["eth0"], eth0=["192.168.1.7"]) == ()


def test_without_leave_to_ask_the_route_still_tells(monkeypatch):
    def refuse():
        raise PermissionError

    routed = interfaces.ipaddress.ip_address("192.168.1.7")
    monkeypatch.setattr(interfaces.psutil, "net_if_addrs", refuse)
    monkeypatch.setattr(interfaces, "routed_addresses", lambda: [routed])
    assert interface_addresses() == ("192.168.1.7",)
