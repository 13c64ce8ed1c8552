import asyncio
import contextlib

import pytest

from server.store import arrivals as module
from server.store import keys
from server.store.arrivals import Arrivals
from server.store.client import Store
from support.wait import eventually


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(module, "GATHER", 0.01)
    monkeypatch.setattr(module, "LOOK", 0.05)


@contextlib.asynccontextmanager
async def several(shared, code, count=2):
    """Run so many processes' halves of one board on a store."""
    store = Store(shared.url)
    made = [Arrivals(store, code, lambda: None, lambda: True) for _ in range(count)]
    try:
        yield store, *made
    finally:
        for each in made:
            await each.close()
        await store.close()


def told(arrivals):
    return sum(minute.seats for minute in arrivals.minutes)


async def test_each_seat_is_counted_once_whichever_process_it_came_to(shared):
    async with several(shared, "ONCE22") as (_, one, other):
        for n in range(10):
            one.record(f"seat {n}", "a network")
            other.record(f"seat {n + 5}", f"network {n}")
            one.record(f"seat {n}", "a network")
        await eventually(lambda: told(one) == told(other) == one.seats == 15)
        # Of seats that came both ways, whichever is first tells the network.
        assert 6 <= sum(minute.networks for minute in one.minutes) <= 13
        await eventually(lambda: one.minutes == other.minutes)
        assert list(one.minutes) == sorted(one.minutes)


async def test_who_has_come_before_is_not_new_after_a_restart(shared):
    async with several(shared, "AGAIN2") as (_, one, _other):
        one.record("a", "n")
        await eventually(lambda: told(one) == 1)
    async with several(shared, "AGAIN2") as (_, one, other):
        one.record("a", "n")
        other.record("b", "n")
        await eventually(lambda: one.seats == other.seats == 2)


async def test_a_seat_that_a_process_has_forgotten_is_not_new_when_it_returns(shared, monkeypatch):
    monkeypatch.setattr(module, "RECENT", 3)
    async with several(shared, "FORGET2") as (_, one, other):
        for n in [*range(20), *range(20)]:
            one.record(f"seat {n}", "a network")
        other.record("another", "a network")
        await eventually(lambda: one.seats == other.seats == 21)


async def test_nothing_in_the_store_tells_when_a_seat_came(shared):
    async with several(shared, "QUIET2") as (store, one, _other):
        one.record("a-seat", "a-network")
        await eventually(lambda: told(one) == 1)
        seats = await store.nodes[0].client.hgetall(keys.came("QUIET2"))
        assert seats == {b"a-seat": b""}
        counts = await store.nodes[0].client.hgetall(keys.arrivals("QUIET2"))
        assert b"a-seat" not in b" ".join([*counts, *counts.values()])
        # Networks are forgotten within two minutes, all of it within a day.
        assert 0 < await store.nodes[0].client.pttl(keys.networks("QUIET2")) <= 120_000
        for key in (keys.came("QUIET2"), keys.arrivals("QUIET2")):
            assert 0 < await store.nodes[0].client.pttl(key) <= module.SEATS_LAST_MS


async def test_old_minutes_are_left_out(shared):
    async with several(shared, "OLDER2") as (store, one, _other):
        one.record("a", "n")
        await eventually(lambda: told(one) == 1)
        present = one.minutes[-1].at // 60_000
        # The minute may end meanwhile: then one more of these is old.
        ages = range(module.MINUTES - 3, module.MINUTES + 1)
        written = {f"{present - age}": "5 2" for age in ages}
        await store.nodes[0].client.hset(keys.arrivals("OLDER2"), mapping=written)

        def recent():
            oldest = one.minutes[-1].at // 60_000 - module.MINUTES + 1
            return [int(minute) for minute in written if int(minute) >= oldest]

        await eventually(lambda: told(one) == 1 + 5 * len(recent()))
        assert 0 < len(recent()) < len(written)
        kept = await store.nodes[0].client.hgetall(keys.arrivals("OLDER2"))
        assert f"{present - module.MINUTES}".encode() not in kept


async def test_who_comes_while_the_store_is_away_is_counted_when_it_is_back(shared, monkeypatch):
    async with several(shared, "AWAY22") as (store, one, _other):
        board, away = store.of("AWAY22"), True
        run = board.run_script

        async def run_script(*args):
            if away:
                raise module.StoreAwayError("it was pulled out")
            return await run(*args)

        monkeypatch.setattr(board, "run_script", run_script)
        one.record("a", "n")
        await asyncio.sleep(0.1)
        one.record("b", "n")
        away = False
        await eventually(lambda: told(one) == 2)
