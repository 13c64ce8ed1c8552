import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.store import keys, presence
from server.store.announcements import Counts
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
        self.voted = set()
        self.presence = Presence(
            self.store,
            name,
            "BOARD",
            changed=self._changed,
            round_open=lambda: self.round,
            count=self._count,
        )
        self.subscriber.start()

    async def _new_run(self, _node):
        pass

    def _changed(self):
        self.changes += 1

    def _count(self, seats):
        return Counts(len(seats), 0, self.round, len(seats - self.voted)), sorted(seats)[:2]

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
    def here(self):
        return self.presence.here

    @property
    def choosing(self):
        """Those of other processes who have not voted, as far as they are counted."""
        return sum(each.counts.choosing for each in self.presence.counted())

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


# More seats than are listed


@pytest.fixture
def _few_are_listed(monkeypatch):
    monkeypatch.setattr(presence, "MOST_LISTED", 4)
    monkeypatch.setattr(presence, "SETTLE_COUNTS", 0.01)
    # What the others announce changes how one announces its own, the next time.
    monkeypatch.setattr(presence, "REPEAT", 0.5)


def announced(server, process):
    """What a process has announced last, as it is in the store."""
    with server.client() as client:
        value = client.hget(keys.here("BOARD"), process) or b"0\n"
    return value.decode().split("\n")[1].split()


@pytest.mark.usefixtures("_few_are_listed")
async def test_a_crowd_is_counted_and_listed_again_when_it_has_left(server):
    async with processes(server, "one", "two") as (one, two):
        crowd = [f"seat-{n}" for n in range(4)]
        for seat in crowd:
            one.presence.enter(seat)
        await eventually(lambda: two.seats == set(crowd))
        assert not two.presence.counted()
        two.presence.enter("ann")
        two.presence.enter("ben")
        await eventually(lambda: two.presence.counted() and one.presence.counted())
        assert one.here == two.here == 6
        assert two.seats == {"ann", "ben"}
        # The first by name are still known.
        assert announced(server, "one") == ["=4=0=1=4=0", "seat-0", "seat-1"]
        for seat in crowd[:3]:
            one.presence.leave(seat)
        for each in (one, two):
            await eventually(lambda each=each: each.seats == {"seat-3", "ann", "ben"})
            assert not each.presence.counted()


@pytest.mark.usefixtures("_few_are_listed")
async def test_those_who_wait_are_listed_also_beside_a_crowd(server):
    async with processes(server, "one", "two") as (one, two):
        for n in range(6):
            one.presence.enter(f"seat-{n}")
        for seat in ("?ann", "?ben"):
            one.presence.enter(seat)
        await eventually(lambda: two.presence.awaiting_admission() == {"ann", "ben"})
        await eventually(lambda: two.here == 6 and two.presence.counted())
        assert one.here == 6


@pytest.mark.usefixtures("_few_are_listed")
async def test_who_still_chooses_is_counted_again_after_a_vote(server):
    async with processes(server, "one", "two") as (one, two):
        for n in range(6):
            one.presence.enter(f"seat-{n}")
        await eventually(lambda: two.choosing == 6)
        one.voted |= {"seat-1", "seat-2"}
        one.presence.recount()
        await eventually(lambda: two.choosing == 4)


@pytest.mark.usefixtures("_few_are_listed")
async def test_a_broken_connection_in_a_crowd_is_known_until_its_person_is_back(server):
    async with processes(server, "one", "two") as (one, two):
        for n in range(6):
            one.presence.enter(f"a-{n}")
            two.presence.enter(f"b-{n}")
        for each in (one, two):
            await eventually(lambda each=each: each.presence.counted() and each.here == 12)
        one.presence.leave("a-4", unclean=True)
        one.presence.leave("a-5", unclean=True)
        for each in (one, two):
            await eventually(lambda each=each: each.lost == 2)
        two.presence.enter("a-4")
        for each in (one, two):
            await eventually(lambda each=each: each.lost == 1)
        with server.client() as client:
            await eventually(lambda: client.hkeys(keys.lost("BOARD")) == [b"a-5"])


@pytest.mark.usefixtures("_few_are_listed")
async def test_who_came_back_elsewhere_before_the_dead_connection_was_noticed_in_a_crowd(server):
    async with processes(server, "one", "two") as (one, two):
        for n in range(6):
            one.presence.enter(f"a-{n}")
            two.presence.enter(f"b-{n}")
        two.presence.enter("a-5")
        for each in (one, two):
            await eventually(lambda each=each: each.presence.counted() and each.here == 13)
        # No one but the other process knows that this person is back.
        one.presence.leave("a-5", unclean=True)
        for each in (one, two):
            await eventually(lambda each=each: each.here == 12 and each.lost == 0)
        with server.client() as client:
            await eventually(lambda: not client.exists(keys.lost("BOARD")))


@pytest.mark.usefixtures("_few_are_listed")
async def test_all_list_their_seats_when_one_asks(server):
    async with processes(server, "one", "two", "three") as all_of_them:
        one, two, three = all_of_them
        for n in range(6):
            one.presence.enter(f"a-{n}")
            two.presence.enter(f"b-{n}")
        await eventually(lambda: three.here == 12 and len(three.presence.counted()) == 2)
        # It has no seats of its own, as where only a host is.
        await three.presence.list_all()
        assert three.presence.counted() == []
        assert three.seats == {f"{process}-{n}" for process in "ab" for n in range(6)}


@pytest.mark.usefixtures("_few_are_listed")
async def test_a_crowd_with_a_process_that_broke_down_is_gone_but_not_lost(server, monkeypatch):
    monkeypatch.setattr(presence, "LASTS", 0.6)
    monkeypatch.setattr(presence, "REPEAT", 0.3)
    async with processes(server, "one", "two") as (one, two):
        for n in range(6):
            one.presence.enter(f"seat-{n}")
        two.presence.enter("ann")
        await eventually(lambda: two.here == 7)
        one.presence._task.cancel()
        await eventually(lambda: two.here == 1)
        with server.client() as client:
            await eventually(lambda: client.hkeys(keys.here("BOARD")) == [b"two"])
            assert not client.exists(keys.lost("BOARD"))
        assert two.lost == 0


OLDER = b"two\n%d\nann ben ?cleo\ndan 1 %d"
"""What versions without counts announce."""


@pytest.mark.usefixtures("_few_are_listed")
async def test_a_process_of_an_older_version_is_understood(server):
    async with processes(server, "one") as (one,):
        for n in range(6):
            one.presence.enter(f"seat-{n}")
        soon = one.store.now() + 20_000
        one.on_presence(OLDER % (soon, soon))
        assert one.here == 8
        assert one.lost == 1
        assert one.presence.awaiting_admission() == {"cleo"}


@pytest.mark.usefixtures("_few_are_listed")
async def test_an_older_version_reads_counts_as_a_list(server, caplog):
    script = Path(__file__).with_name("older_here.lua").read_text()
    async with processes(server, "one") as (one,):
        for n in range(6):
            one.presence.enter(f"seat-{n}")
        one.presence.enter("?ann")
        await eventually(lambda: "?ann" in announced(server, "one"))
        with server.client() as client:
            here, lost, foreign = client.eval(
                script,
                *(2, keys.here("BOARD"), keys.lost("BOARD"), keys.live("BOARD")),
                *("two", 20_000, "ben ?cleo", "", 1, 600_000),
            )
            assert client.hlen(keys.here("BOARD")) == 2
        others = dict(zip(here[::2], here[1::2], strict=True))
        assert others[b"one"].endswith(b"\n=6=0=1=6=0 seat-0 seat-1 ?ann")
        assert (lost, foreign) == ([], [])
        # What it announced itself is heard like any other.
        await eventually(lambda: one.here == 7)
        assert one.presence.awaiting_admission() == {"ann", "cleo"}
    assert not caplog.records


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("enter", "enter", "enter", "leave", "break", "vote", "wait")),
        st.integers(0, 2),
        st.integers(0, 11),
    ),
    max_size=60,
)


@pytest.mark.usefixtures("_few_are_listed")
@given(steps=STEPS)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_process_tells_the_same_whatever_happens(server, steps):
    """Each seat is in one process, so that the counts are exact."""

    async def play():
        with server.client() as client:
            client.flushall()
        here, waits, voted, lost = set(), set(), set(), set()
        async with processes(server, "one", "two", "three") as all_of_them:
            for step, at, number in steps:
                process, seat = all_of_them[at], f"{at}-{number}"
                if step == "enter" and seat not in here:
                    process.presence.enter(seat)
                    here.add(seat)
                    lost.discard(seat)
                elif step in {"leave", "break"} and seat in here:
                    process.presence.leave(seat, unclean=step == "break")
                    here.discard(seat)
                    if step == "break":
                        lost.add(seat)
                elif step == "vote" and seat in here:
                    process.voted.add(seat)
                    process.presence.recount()
                    voted.add(seat)
                elif step == "wait" and seat not in waits and seat not in here:
                    process.presence.enter(f"?{seat}w")
                    waits.add(seat)
            for number, process in enumerate(all_of_them):
                own = {seat for seat in here if seat.startswith(f"{number}-")}

                def tells_the_truth(process=process, own=own):
                    listed = process.seats
                    choosing = len(listed - voted) + process.choosing
                    return (
                        own <= listed <= here
                        and process.here == len(here)
                        and choosing == len(here - voted)
                        and process.presence.awaiting_admission() == {f"{seat}w" for seat in waits}
                        and process.lost == len(lost)
                    )

                await eventually(tells_the_truth)
            leaders = [process for process in all_of_them if process.presence.leads]
            assert len(leaders) == (1 if here or waits else 0)

    asyncio.run(play())
