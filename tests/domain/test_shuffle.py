import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.shuffle import fnv1a, shuffled

OPTIONS = ["bottle", "django", "fastapi", "flask", "pyramid", "quart", "tornado"]


@pytest.mark.parametrize(
    ("data", "hashed"),
    # From the list of test vectors on isthe.com/chongo/src/fnv/test_fnv.c.
    [(b"", 0x811C9DC5), (b"a", 0xE40C292C), (b"foobar", 0xBF9CF968)],
)
def test_the_hash_is_fnv_1a(data, hashed):
    assert fnv1a(data) == hashed


def test_what_a_browser_makes_of_it_too():
    """`static/js/ballot/shuffle.js` must give the same."""
    order = ["bottle", "fastapi", "flask", "pyramid", "django", "quart", "tornado"]
    assert shuffled("ann", 1, OPTIONS) == order


@given(st.text(), st.integers(1, 100), st.permutations([*OPTIONS, "further-discussion"]))
def test_a_seat_sees_one_order_and_always_the_same(seat, n, listed):
    order = shuffled(seat, n, listed)
    assert order == shuffled(seat, n, reversed(listed))
    assert sorted(order) == sorted(listed)
    assert order[-1] == "further-discussion"


def test_seats_and_rounds_see_different_orders():
    orders = {tuple(shuffled(f"seat {s}", n, OPTIONS)) for s in range(20) for n in (1, 2)}
    assert len(orders) == 40


def test_every_option_comes_first_about_as_often():
    firsts = [shuffled(f"seat {s}", 1, OPTIONS)[0] for s in range(7000)]
    for option in OPTIONS:
        assert 850 < firsts.count(option) < 1150
