"""A board is deleted when it was not used for long, and never because a clock is wrong."""

import asyncio
import time
from contextlib import asynccontextmanager

import pytest
from one_process import until, worker

from server.domain import actions as act
from server.live import expiry as expiry_module
from server.live.expiry import ENOUGH, HOUR, Expiry
from server.log import keys

pytestmark = pytest.mark.slow

DAY = 86_400_000
RETENTION = 90


class Clock:
    """Hours of running time pass here as a test says."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Looking:
    """The looks of one process at all boards."""

    def __init__(self, server):
        self.clock = Clock()
        self.expiry = Expiry(server.hub, self.clock)

    async def hours(self, count):
        for _ in range(count):
            await self.expiry.look()
            self.clock.now += HOUR
        await self.expiry.look()


@asynccontextmanager
async def looked_after(embedded):
    async with worker(embedded, own=True) as server:
        await server.hub.store.client.flushall()
        yield server, server.hub.store.client, Looking(server)


async def board(server, client, days=0, *actions):
    """Make a board on which something happened last so many days ago."""
    code, _ = await server.board()
    room = server.hub.rooms[code]
    log = await client.xrange(keys.log(code))
    at = await now(client) - days * DAY
    entries = [fields[b"e"] for _, fields in log]
    entries += [act.encode(act.Entry(rules=act.RULES, action=action)) for action in actions]
    server.hub._discard(room)
    await until(lambda: not server.hub._tasks or code not in server.hub.rooms)
    await until(lambda: not any("note_use" in repr(task) for task in server.hub._tasks))
    await client.delete(keys.log(code), keys.here(code))
    await client.hdel(keys.meta(code), "touched")
    for entry in entries:
        await client.xadd(keys.log(code), {"t": at, "e": entry}, id="0-*")
    return code


async def now(client):
    seconds, _ = await client.time()
    return seconds * 1000


async def exists(client, code):
    return await client.exists(keys.log(code), keys.meta(code)) == 2


async def gone(client, code):
    return not await client.keys(f"sv:{{{code}}}*")


async def test_a_board_is_deleted_when_it_was_found_overdue_for_a_week(embedded, caplog):
    caplog.set_level("INFO")
    async with looked_after(embedded) as (server, client, looking):
        old, young = await board(server, client, 91), await board(server, client, 89)
        await client.hset(keys.lost(old), "ann", "1 1")
        await looking.hours(ENOUGH - 1)
        assert await exists(client, old)
        await looking.hours(2)
        assert await gone(client, old)
        assert await exists(client, young)
        assert f"Board {old} was deleted" in caplog.text


async def test_who_looks_on_hears_at_once_that_a_board_was_deleted(embedded):
    async with looked_after(embedded) as (server, client, looking):
        code = await board(server, client, 91)
        await looking.hours(ENOUGH - 1)
        async with worker(embedded, own=True) as other:
            heard = []
            room = await other.hub.room(code)
            await asyncio.sleep(0.1)
            # Its opening counts as use; what is tried here is who hears of the end.
            await client.hdel(keys.meta(code), "touched")
            await client.hset(
                keys.meta(code), "overdue", f"{await newest(client, code)} {ENOUGH - 1}"
            )
            room.lost = lambda *_: heard.append(True)
            assert await server.hub.log.expire(code, ENOUGH - 1, ENOUGH) == -2
            await until(lambda: heard)


async def newest(client, code):
    ((_, fields),) = await client.xrevrange(keys.log(code), count=1)
    return int(fields[b"t"])


async def test_a_clock_that_jumps_deletes_nothing_however_often_one_looks(embedded):
    """To a store whose clock is 91 days ahead, all that was ever written is 91 days old."""
    async with looked_after(embedded) as (server, client, looking):
        codes = [await board(server, client, 91) for _ in range(3)]
        for _ in range(3 * ENOUGH):
            await looking.expiry.look()
        assert all([await exists(client, code) for code in codes])
        # It is set right after some days.
        await looking.hours(100)
        for code in codes:
            ((id_, fields),) = await client.xrevrange(keys.log(code), count=1)
            await client.xdel(keys.log(code), id_)
            await client.xadd(keys.log(code), fields | {b"t": await now(client)}, id="0-*")
        await looking.hours(1)
        for code in codes:
            assert await client.hget(keys.meta(code), "overdue") is None
        await looking.hours(ENOUGH - 1)
        assert all([await exists(client, code) for code in codes])


async def test_this_machines_own_clock_has_no_say(embedded, monkeypatch):
    async with looked_after(embedded) as (server, client, looking):
        code = await board(server, client, 1)
        monkeypatch.setattr(time, "time", lambda: 4e9)
        await looking.hours(2 * ENOUGH)
        assert await exists(client, code)


async def test_many_processes_count_an_hour_once(embedded):
    async with looked_after(embedded) as (server, client, looking):
        code = await board(server, client, 91)
        several = [looking, Looking(server), Looking(server)]
        for _ in range(20):
            for each in several:
                await each.expiry.look()
                each.clock.now += HOUR
        _, seen = (await client.hget(keys.meta(code), "overdue")).split()
        assert int(seen) <= 20


async def test_a_process_that_is_started_again_goes_on_counting(embedded):
    async with looked_after(embedded) as (server, client, _):
        code = await board(server, client, 91)
        for _ in range(ENOUGH // 2):
            await Looking(server).hours(2)
        assert await gone(client, code)


@pytest.mark.parametrize("use", ["it is opened", "it is written to", "somebody is here"])
async def test_a_board_that_is_used_is_kept(embedded, use):
    async with looked_after(embedded) as (server, client, looking):
        code = await board(server, client, 91)
        await looking.hours(ENOUGH - 2)
        assert await client.hget(keys.meta(code), "overdue")
        if use == "it is opened":
            assert (await server.api(f"/api/boards/{code}"))[0] == 200
            await until_true(lambda: client.hexists(keys.meta(code), "touched"))
        elif use == "it is written to":
            entry = act.Entry(rules=act.RULES, action=act.Rename(name=None))
            server.hub.log.append(code, act.encode(entry), lambda _: None)
            await server.hub.log.drained()
        else:
            await client.hset(keys.here(code), "p", f"{await now(client) + 20_000}\nann")
        await looking.hours(ENOUGH - 1)
        assert await exists(client, code)
        assert not await client.hexists(keys.meta(code), "overdue")


async def test_a_screen_that_only_looks_on_keeps_a_board(embedded, monkeypatch):
    async with looked_after(embedded) as (server, client, looking):
        code = await board(server, client, 91)
        await server.page(code, "screen")
        await until_true(lambda: client.hexists(keys.meta(code), "touched"))
        await client.hdel(keys.meta(code), "touched")
        await looking.hours(2 * ENOUGH)
        assert await exists(client, code)
        # It is noted again, for the other processes.
        server.hub._touched.clear()
        await server.hub._look_around(asyncio.get_running_loop().time())
        await until_true(lambda: client.hexists(keys.meta(code), "touched"))


async def test_a_decision_that_is_to_be_looked_at_again_is_kept_until_then(embedded):
    async with looked_after(embedded) as (server, client, looking):
        later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * 86400))
        before = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 92 * 86400))
        lately = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 60 * 86400))
        codes = {
            day: await board(
                *(server, client, 200),
                act.Decide(option="flask", because="small", revisit_on=day),
            )
            for day in (later, lately, before, "9999-12-31", None)
        }
        await looking.hours(2 * ENOUGH)
        left = {day for day, code in codes.items() if await exists(client, code)}
        assert left == {later, lately, "9999-12-31"}


@pytest.mark.parametrize("damage", ["a foreign entry", "no epoch", "here is a string", "no date"])
async def test_what_cannot_be_read_is_not_deleted_and_keeps_nobody_from_it(embedded, damage):
    async with looked_after(embedded) as (server, client, looking):
        day = "someday" if damage == "no date" else None
        decided = act.Decide(option="flask", because="small", revisit_on=day)
        bad, good = await board(server, client, 91, decided), await board(server, client, 91)
        match damage:
            case "a foreign entry":
                await client.xadd(keys.log(bad), {"foo": "bar"}, id="1-1")
            case "no epoch":
                await client.hset(keys.meta(bad), "x", "y")
                await client.hdel(keys.meta(bad), "epoch")
            case "here is a string":
                await client.set(keys.here(bad), "x")
        await looking.hours(2 * ENOUGH)
        assert await exists(client, bad)
        assert await gone(client, good)


async def test_boards_of_an_earlier_version_are_kept_from_the_first_look_on(embedded):
    async with looked_after(embedded) as (server, client, looking):
        codes = [await board(server, client, 1) for _ in range(3)]
        for code in codes:
            await client.pexpire(keys.log(code), 60_000)
            await client.pexpire(keys.meta(code), 60_000)
        await looking.expiry.look()
        for code in codes:
            assert await client.pttl(keys.log(code)) == await client.pttl(keys.meta(code)) == -1


async def test_it_looks_at_its_start_and_after_trouble_again(embedded, monkeypatch):
    monkeypatch.setattr(expiry_module, "FIRST_LOOK", 0.01)
    async with looked_after(embedded) as (server, client, looking):
        code = await board(server, client, 91)
        await client.pexpire(keys.log(code), 60_000)
        keeping = asyncio.create_task(looking.expiry.keep())
        await until(lambda: code in looking.expiry._seen)
        assert await client.pttl(keys.log(code)) == -1
        keeping.cancel()


async def until_true(condition):
    deadline = asyncio.get_running_loop().time() + 10
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, "waited in vain"
        await asyncio.sleep(0.01)
