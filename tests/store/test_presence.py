from contextlib import asynccontextmanager

import pytest

from server.store import keys, presence
from server.store.client import Store
from server.store.presence import Presence
from server.store.subscriber import Subscriber
from support.wait import eventually


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(presence, "SETTLE", 0.01)


class Process:
    """What one process knows of the people on a board."""

    def __init__(self, server, name):
        self.changes = 0
        self.store = Store(server.url)
        self.subscriber = Subscriber(self.store, name, self._new_run)
        self.round = 1
        self.presence = Presence(self.store, name, "BOARD", self._changed, lambda: self.round)
        self.subscriber.start()

    async def _new_run(self, _node):
        pass

    def _changed(self):
        self.changes += 1

    def receive(self, batch):
        pass

    def catch_up(self):
        pass

    def on_presence(self, message):
        self.presence.receive(message)

    @property
    def seats(self):
        return self.presence.seats()

    @property
    def lost(self):
        return self.presence.lost(self.round)


@asynccontextmanager
async def processes(server, *names):
    made = [Process(server, name) for name in names]
    try:
        for each in made:
            await each.subscriber.follow("BOARD", each)
            await eventually(lambda each=each: each.store.present)
        yield made
    finally:
        for each in made:
            await each.presence.close()
            await each.subscriber.close()
            await each.store.close()


async def test_people_are_here_over_all_processes(server):
    async with processes(server, "one", "two") as (one, two):
        one.presence.enter("ann")
        two.presence.enter("ben")
        for each in (one, two):
            await eventually(lambda each=each: each.seats == {"ann", "ben"})
        one.presence.leave("ann")
        await eventually(lambda: two.seats == {"ben"})
        assert one.seats == {"ben"}


async def test_a_process_that_comes_later_learns_who_is_here(server):
    async with processes(server, "one") as (one,):
        one.presence.enter("ann")
        with server.client() as client:
            await eventually(lambda: client.hlen(keys.here("BOARD")))
        async with processes(server, "two") as (two,):
            await eventually(lambda: two.seats == {"ann"})


async def test_a_process_that_comes_later_learns_who_waits_at_the_door(server, caplog):
    async with processes(server, "one") as (one,):
        one.presence.enter("ann")
        one.presence.enter(f"{presence.AWAITS_ADMISSION}ben")
        with server.client() as client:
            await eventually(lambda: b"ben" in (client.hget(keys.here("BOARD"), "one") or b""))
        async with processes(server, "two") as (two,):
            await eventually(lambda: two.presence.awaiting_admission() == {"ben"})
            assert two.seats == {"ann"}
    assert "damaged" not in caplog.text


async def test_two_pages_of_a_seat_are_one_person(server):
    async with processes(server, "one", "two") as (one, two):
        one.presence.enter("ann")
        one.presence.enter("ann")
        two.presence.enter("ann")
        await eventually(lambda: two.changes > 3)
        one.presence.leave("ann")
        assert one.seats == {"ann"}
        one.presence.leave("ann")
        two.presence.leave("ann")
        await eventually(lambda: one.seats == two.seats == set())


async def test_a_process_that_died_is_forgotten(server, monkeypatch):
    monkeypatch.setattr(presence, "LASTS", 0.6)
    monkeypatch.setattr(presence, "REPEAT", 0.1)
    async with processes(server, "one", "two") as (one, two):
        one.presence.enter("ann")
        two.presence.enter("ben")
        await eventually(lambda: two.seats == {"ann", "ben"})
        one.presence._task.cancel()
        changes = two.changes
        await eventually(lambda: two.seats == {"ben"})
        await eventually(lambda: not two.presence._others)
        assert two.changes > changes
        with server.client() as client:
            await eventually(lambda: client.hkeys(keys.here("BOARD")) == [b"two"])


async def test_anyone_who_closes_takes_its_people_along(server):
    async with processes(server, "two") as (two,):
        async with processes(server, "one") as (one,):
            one.presence.enter("ann")
            await eventually(lambda: two.seats == {"ann"})
        await eventually(lambda: two.seats == set())
        with server.client() as client:
            assert client.hkeys(keys.here("BOARD")) == []


async def test_an_older_word_does_not_count_against_a_newer_one(server):
    async with processes(server, "one") as (one,):
        soon = one.store.now() + 20_000
        one.on_presence(f"two\n{soon}\nann ben\n".encode())
        one.on_presence(f"two\n{soon - 500}\ncleo\n".encode())
        assert one.seats == {"ann", "ben"}
        one.on_presence(f"two\n{soon + 500}\n\n".encode())
        assert one.seats == set()
        one.on_presence(f"two\n{soon}\nann ben\n".encode())
        assert one.seats == set()
        one.on_presence(f"one\n{soon}\nmyself\n".encode())
        assert one.seats == set()


async def test_no_one_is_lost_where_the_store_is_away_for_a_while(fragile, monkeypatch):
    monkeypatch.setattr(presence, "REPEAT", 0.1)
    async with processes(fragile, "one", "two") as (one, two):
        one.presence.enter("ann")
        await eventually(lambda: two.seats == {"ann"})
        fragile.kill()
        await eventually(lambda: not two.store.present)
        two.presence.enter("ben")
        fragile.start()
        for each in (one, two):
            await eventually(lambda each=each: each.seats == {"ann", "ben"})


async def test_a_broken_connection_is_known_everywhere_until_its_person_is_back(server):
    async with processes(server, "one", "two") as (one, two):
        for seat in ("ann", "ben", "cleo"):
            one.presence.enter(seat)
        await eventually(lambda: len(two.seats) == 3)
        one.presence.leave("ann", unclean=True)
        one.presence.leave("ben", unclean=True)
        one.presence.leave("cleo")
        for each in (one, two):
            await eventually(lambda each=each: each.seats == set() and each.lost == 2)
        async with processes(server, "three") as (three,):
            await eventually(lambda: three.lost == 2)
        two.presence.enter("ann")
        for each in (one, two):
            await eventually(lambda each=each: each.lost == 1)
        # Back and gone with a farewell, so it is lost no more.
        two.presence.leave("ann")
        for each in (one, two):
            await eventually(lambda each=each: each.seats == set())
            assert each.lost == 1
        with server.client() as client:
            assert client.hkeys(keys.lost("BOARD")) == [b"ben"]


async def test_who_came_back_elsewhere_before_the_dead_connection_was_noticed_is_not_lost(server):
    async with processes(server, "one", "two") as (one, two):
        one.presence.enter("ann")
        two.presence.enter("ann")
        await eventually(lambda: one.presence._others)
        one.presence.leave("ann", unclean=True)
        two.presence.leave("ann")
        await eventually(lambda: one.seats == two.seats == set())
        assert one.lost == two.lost == 0
        with server.client() as client:
            assert not client.exists(keys.lost("BOARD"))


async def test_a_connection_is_lost_only_to_the_round_in_which_it_broke(server):
    async with processes(server, "one") as (one,):
        one.round = 0
        one.presence.enter("ann")
        one.presence.leave("ann", unclean=True)
        one.round = 2
        one.presence.enter("ben")
        one.presence.leave("ben", unclean=True)
        await eventually(lambda: one.lost == 1)
        assert one.presence.lost(3) == 0
        assert one.presence.lost(0) == 0


async def test_only_so_many_broken_connections_are_remembered(server, monkeypatch):
    monkeypatch.setattr(presence, "MOST_LOST", 3)
    async with processes(server, "one", "two") as (one, two):
        for n in range(10):
            one.presence.enter(f"seat-{n}")
            one.presence.leave(f"seat-{n}", unclean=True)
        for each in (one, two):
            await eventually(lambda each=each: each.lost == 3)


async def test_a_broken_connection_is_forgotten_in_time(server, monkeypatch):
    monkeypatch.setattr(presence, "LOST_LASTS", 0.4)
    monkeypatch.setattr(presence, "REPEAT", 0.1)
    async with processes(server, "one") as (one,):
        one.presence.enter("ann")
        one.presence.leave("ann", unclean=True)
        await eventually(lambda: one.lost == 1)
        await eventually(lambda: one.lost == 0)
        await eventually(lambda: not one.presence._lost)
        with server.client() as client:
            await eventually(lambda: not client.exists(keys.lost("BOARD")))


async def test_who_was_with_a_process_that_broke_down_is_gone_and_lost(server, monkeypatch):
    monkeypatch.setattr(presence, "LASTS", 0.6)
    monkeypatch.setattr(presence, "REPEAT", 0.3)
    async with processes(server, "one", "two") as (one, two):
        one.presence.enter("ann")
        await eventually(lambda: two.seats == {"ann"})
        one.presence._task.cancel()
        changes = two.changes
        await eventually(lambda: two.lost == 1)
        assert two.changes > changes
        assert two.seats == set()
        with server.client() as client:
            assert client.hkeys(keys.here("BOARD")) == []
