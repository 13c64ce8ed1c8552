"""A board is deleted when it was not used for long, and never because a clock is wrong."""

import asyncio
import calendar
import time
from contextlib import asynccontextmanager

import pytest

from server.domain import actions as act
from server.live import expiry as expiry_module
from server.live.expiry import ENOUGH, HOUR, Expiry
from server.live.outcomes import kept_until
from server.observability import metrics
from server.store import keys
from server.web.record import day, iso_day
from support.metrics import value_of
from support.wait import eventually
from support.worker import worker

pytestmark = pytest.mark.slow

DAY = 86_400_000


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
            await self.expiry.check()
            self.clock.now += HOUR
        await self.expiry.check()


@asynccontextmanager
async def looked_after(embedded):
    async with worker(embedded, own=True) as server:
        await server.hub.store.nodes[0].client.flushall()
        yield server, server.hub.store.nodes[0].client, Looking(server)


async def board(server, client, days=0, *actions):
    """Make a board on which something happened last so many days ago."""
    code, _ = await server.board()
    await age(server, client, code, days, *actions)
    return code


async def age(server, client, code, days, *actions):
    """Let what happened on a board have happened so many days ago."""
    room = server.hub.rooms[code]
    log = await client.xrange(keys.log(code))
    at = await now(client) - days * DAY
    entries = [fields[b"e"] for _, fields in log]
    entries += [act.encode(act.Entry(rules=act.RULES, action=action)) for action in actions]
    server.hub._discard(room)
    await eventually(lambda: not server.hub._tasks or code not in server.hub.rooms)
    await eventually(lambda: all(task.get_name() != "touch" for task in server.hub._tasks))
    await client.delete(keys.log(code), keys.here(code))
    await client.hdel(keys.meta(code), "touched")
    for entry in entries:
        await client.xadd(keys.log(code), {"t": at, "e": entry}, id="0-*")


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
            await eventually(lambda: heard)


async def newest(client, code):
    ((_, fields),) = await client.xrevrange(keys.log(code), count=1)
    return int(fields[b"t"])


async def test_a_clock_that_jumps_deletes_nothing_however_often_one_looks(embedded):
    """To a store whose clock is 91 days ahead, all that was ever written is 91 days old."""
    async with looked_after(embedded) as (server, client, looking):
        codes = [await board(server, client, 91) for _ in range(3)]
        for _ in range(3 * ENOUGH):
            await looking.expiry.check()
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
                await each.expiry.check()
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
            await eventually(lambda: client.hexists(keys.meta(code), "touched"))
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
        await eventually(lambda: client.hexists(keys.meta(code), "touched"))
        await client.hdel(keys.meta(code), "touched")
        await looking.hours(2 * ENOUGH)
        assert await exists(client, code)
        # It is noted again, for the other processes.
        server.hub._touched.clear()
        await server.hub._check_all(asyncio.get_running_loop().time())
        await eventually(lambda: client.hexists(keys.meta(code), "touched"))


async def test_a_decision_is_kept_for_a_year_after_the_day_to_look_at_it_again(embedded):
    async with looked_after(embedded) as (server, client, looking):
        later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * 86400))
        before = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 368 * 86400))
        lately = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 364 * 86400))
        codes = {
            day: await board(
                *(server, client, 800),
                act.Decide(option="flask", because="small", revisit_on=day),
            )
            for day in (later, lately, before, "9999-12-31", None)
        }
        await looking.hours(2 * ENOUGH)
        left = {day for day, code in codes.items() if await exists(client, code)}
        assert left == {later, lately, "9999-12-31"}


async def test_a_long_retention_counts_from_the_last_use_and_not_from_that_day(embedded):
    async with worker(embedded, own=True, retention_days=600) as server:
        client = server.hub.store.nodes[0].client
        await client.flushall()
        looking = Looking(server)
        day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 400 * 86400))
        decided = act.Decide(option="flask", because="small", revisit_on=day)
        old, young = await board(server, client, 601, decided), await board(server, client, 599)
        await looking.hours(2 * ENOUGH)
        assert await gone(client, old)
        assert await exists(client, young)


async def test_a_count_that_an_earlier_version_began_deletes_no_decision(embedded):
    """It took the day on which to look again for the day from which the retention counts."""
    async with looked_after(embedded) as (server, client, looking):
        day = time.time() - 200 * 86400
        decided = act.Decide(
            option="flask", because="small", revisit_on=time.strftime("%Y-%m-%d", time.gmtime(day))
        )
        code = await board(server, client, 300, decided)
        begun = f"{await newest(client, code)} {ENOUGH - 3}"
        await client.hset(keys.meta(code), mapping={"keep": int(1000 * day), "overdue": begun})
        await looking.hours(2 * ENOUGH)
        assert await exists(client, code)
        assert int(await client.hget(keys.meta(code), "keep")) > await now(client)


async def test_what_is_read_by_programs_alone_is_in_use(embedded):
    """Each request keeps the room open, so it is not opened again for months."""
    async with looked_after(embedded) as (server, client, _):
        code = await board(server, client, 91)
        for path in ("", "/rounds", "/history", "/comments"):
            assert (await server.api(f"/api/boards/{code}{path}"))[0] == 200
            await eventually(lambda: client.hexists(keys.meta(code), "touched"))
            await client.hdel(keys.meta(code), "touched")
            server.hub._touched[code] = server.hub._touched[code]._replace(at=-1e6)
        assert server.hub.rooms[code].visitors == 0


async def test_how_long_a_decision_keeps_a_board_is_noted_when_it_is_made(embedded):
    async with looked_after(embedded) as (server, client, _):
        code, key = await server.board()

        async def noted():
            await server.hub._check_all(asyncio.get_running_loop().time())
            return await client.hget(keys.meta(code), "keep")

        headers = {"Authorization": f"Bearer {key}"}
        decided = {"type": "decide", "id": "1", "option": "flask", "because": "Small."}
        body = decided | {"revisit_on": "2030-06-01"}
        assert (await server.api(f"/api/boards/{code}/actions", body, headers=headers))[0] == 200
        until = str(1000 * (calendar.timegm((2030, 6, 2, 0, 0, 0)) + 366 * 86400)).encode()
        await eventually(lambda: _is(noted, until))
        body = {"type": "reopen", "id": "2"}
        assert (await server.api(f"/api/boards/{code}/actions", body, headers=headers))[0] == 200
        await eventually(lambda: _is(noted, None))


async def _is(asked, value):
    return await asked() == value


@pytest.mark.parametrize("damage", ["a foreign entry", "no epoch", "here is a string", "no date"])
async def test_what_cannot_be_read_is_not_deleted_and_keeps_no_one_from_it(embedded, damage):
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
        await looking.expiry.check()
        for code in codes:
            assert await client.pttl(keys.log(code)) == await client.pttl(keys.meta(code)) == -1


async def test_it_looks_at_its_start_and_after_trouble_again(embedded, monkeypatch):
    monkeypatch.setattr(expiry_module, "FIRST_CHECK", 0.01)
    async with looked_after(embedded) as (server, client, looking):
        code = await board(server, client, 91)
        await client.pexpire(keys.log(code), 60_000)
        keeping = asyncio.create_task(looking.expiry.run())
        await eventually(lambda: code in looking.expiry._seen)
        assert await client.pttl(keys.log(code)) == -1
        keeping.cancel()


async def test_a_host_who_opens_a_board_close_to_its_end_reads_the_date(embedded):
    async with looked_after(embedded) as (server, client, _):
        code, key = await server.board()
        host = {"Authorization": f"Bearer {key}"}

        async def shown():
            return (await server.fetch(f"/b/{code}/host", headers=host)).body.decode()

        def day_in(days):
            return day(iso_day(at + days * DAY))

        at = await now(client)
        assert "was due to be deleted" not in await shown()
        assert f"deleted on {day_in(90)}" in await shown()
        await age(server, client, code, 80)
        # Another who reads it first puts the end off, and takes nothing from the host.
        await server.fetch(f"/b/{code}")
        for _ in range(2):
            html = await shown()
            assert f"was due to be deleted on {day_in(10)}" in html
            assert f"kept until {day_in(90)}" in html
        await client.hset(keys.meta(code), "spared", f"{at} {at - 2 * DAY}")
        assert "was due to be deleted" not in await shown()


async def test_decisions_that_are_due_are_counted(embedded):
    async with looked_after(embedded) as (server, client, looking):
        for days in (-400, -3, 0, 5, 3, None):
            day = days and time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86400))
            decided = act.Decide(
                option="flask",
                because="small",
                revisit_on=time.strftime("%Y-%m-%d", time.gmtime()) if days == 0 else day,
            )
            code = await board(server, client, 0, decided)
            room = await server.hub.room(code)
            await server.hub.log.touch(code, kept_until(room.board.outcome))
        await client.hset(keys.meta("ODD"), mapping={"epoch": "ab", "keep": "soon"})
        await looking.expiry.check()
        assert value_of(metrics.DECISIONS_DUE) == 3
        next_day = time.gmtime(value_of(metrics.NEXT_DECISION_DUE))
        in_three = time.gmtime(time.time() + 3 * 86400)
        assert time.strftime("%F %T", next_day) == time.strftime("%F 00:00:00", in_three)
