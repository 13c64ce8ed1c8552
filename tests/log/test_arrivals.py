import asyncio
import contextlib

import pytest
from one_process import until

from server.log import arrivals as module
from server.log import keys
from server.log.arrivals import Arrivals
from server.log.store import Store


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
            one.came(f"seat {n}", "a network")
            other.came(f"seat {n + 5}", f"network {n}")
            one.came(f"seat {n}", "a network")
        await until(lambda: told(one) == told(other) == one.seats == 15)
        # Of seats that came both ways, whichever is first tells the network.
        assert 6 <= sum(minute.networks for minute in one.minutes) <= 13
        assert one.minutes == other.minutes
        assert list(one.minutes) == sorted(one.minutes)


async def test_who_has_come_before_is_not_new_after_a_restart(shared):
    async with several(shared, "AGAIN2") as (_, one, _other):
        one.came("a", "n")
        await until(lambda: told(one) == 1)
    async with several(shared, "AGAIN2") as (_, one, other):
        one.came("a", "n")
        other.came("b", "n")
        await until(lambda: one.seats == other.seats == 2)


async def test_nothing_in_the_store_tells_when_a_seat_came(shared):
    async with several(shared, "QUIET2") as (store, one, _other):
        one.came("a-seat", "a-network")
        await until(lambda: told(one) == 1)
        seats = await store.client.hgetall(keys.came("QUIET2"))
        assert seats == {b"a-seat": b""}
        counts = await store.client.hgetall(keys.arrivals("QUIET2"))
        assert b"a-seat" not in b" ".join([*counts, *counts.values()])
        # Networks are forgotten within two minutes, all of it within a day.
        assert 0 < await store.client.pttl(keys.networks("QUIET2")) <= 120_000
        for key in (keys.came("QUIET2"), keys.arrivals("QUIET2")):
            assert 0 < await store.client.pttl(key) <= module.SEATS_LAST_MS


async def test_old_minutes_are_left_out(shared):
    async with several(shared, "OLDER2") as (store, one, _other):
        one.came("a", "n")
        await until(lambda: told(one) == 1)
        present = one.minutes[-1].at // 60_000
        old = {f"{present - module.MINUTES}": "7 1", f"{present - module.MINUTES + 1}": "5 2"}
        await store.client.hset(keys.arrivals("OLDER2"), mapping=old)
        await until(lambda: told(one) == 6)
        assert f"{present - module.MINUTES}".encode() not in await store.client.hgetall(
            keys.arrivals("OLDER2")
        )


async def test_who_comes_while_the_store_is_away_is_counted_when_it_is_back(shared, monkeypatch):
    async with several(shared, "AWAY22") as (store, one, _other):
        run, away = store.run_script, True

        async def run_script(*args):
            if away:
                raise module.StoreAwayError("it was pulled out")
            return await run(*args)

        monkeypatch.setattr(store, "run_script", run_script)
        one.came("a", "n")
        await asyncio.sleep(0.1)
        one.came("b", "n")
        away = False
        await until(lambda: told(one) == 2)
