import pytest

from server.security import guess_limit as module
from server.security import rate_limit
from server.security.guess_limit import A_MINUTE, SLIPS, GuessLimit, network_of


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""
    clock = [1000.0]
    monkeypatch.setattr(rate_limit.time, "monotonic", lambda: clock[0])
    return clock


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8::1", "2001:db8::ffff:0:0:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "", True),
    ],
)
def test_a_network_is_what_one_visitor_holds(one, other, same):
    assert (network_of(one) == network_of(other)) is same


def test_one_network_may_be_wrong_so_often_a_minute(clock):
    guess_limit = GuessLimit()
    assert [guess_limit.allows("a") for _ in range(A_MINUTE + 2)] == [True] * A_MINUTE + [False] * 2
    assert not guess_limit.has_left("a")
    assert guess_limit.has_left("b")
    clock[0] += 1
    assert guess_limit.has_left("a")


def test_all_together_may_be_wrong_so_often_and_newcomers_still_come_in(clock, monkeypatch):
    monkeypatch.setattr(module, "ALL_AT_ONCE", 100)
    guess_limit = GuessLimit()
    # Four machines that guess: none of them has been wrong too often by itself.
    for n in range(200):
        guess_limit.allows(n % 4)
    assert not any(guess_limit.has_left(n) for n in range(4))
    # Somebody else who mistypes a code is not one of them, up to a point.
    for slip in range(SLIPS):
        assert guess_limit.has_left("honest"), slip
        assert guess_limit.allows("honest")
    assert not guess_limit.has_left("honest")
    assert guess_limit.has_left("another")
    clock[0] += 1
    assert guess_limit.has_left(0)
    assert guess_limit.has_left("honest")


def test_a_great_many_machines_together_find_no_more(clock, monkeypatch):
    monkeypatch.setattr(module, "ALL_AT_ONCE", 100)
    guess_limit = GuessLimit()
    found = sum(guess_limit.allows(f"{n}") for n in range(1000) for _ in range(10))
    assert found <= 2 * module.ALL_AT_ONCE
    assert not guess_limit.has_left("one more")


def test_asking_costs_nothing(clock):
    guess_limit = GuessLimit()
    assert all(guess_limit.has_left("a") for _ in range(1000))
