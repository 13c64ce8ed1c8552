import asyncio
import signal
from contextlib import asynccontextmanager

import pytest
from real_stores import until
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as LostError
from redis.exceptions import ResponseError

from server.log.wires import Wires


@asynccontextmanager
async def opened(server, most=8, patience=5.0):
    wires = Wires(ConnectionPool.from_url(server.url, socket_timeout=None), most, patience)
    try:
        yield wires
    finally:
        await wires.close()


def connected(server):
    """Count the connections of the store, without the one that asks."""
    with server.client as client:
        return client.info("clients")["connected_clients"] - 1


async def test_each_command_has_its_answer_a_refusal_too(server):
    async with opened(server) as wires:
        answers = await wires.ask([("SET", "n", 1), ("LPUSH", "n", 2), ("INCR", "n")])
    assert (answers[0], answers[2]) == (b"OK", 2)
    assert isinstance(answers[1], ResponseError)


async def test_whoever_asks_alone_uses_one_connection(server):
    async with opened(server) as wires:
        for n in range(20):
            assert await wires.ask([("INCR", "n")]) == [n + 1]
        assert connected(server) == 1
    await until(lambda: connected(server) == 0)


async def test_many_who_ask_at_once_take_turns_and_get_their_own_answers(server):
    async with opened(server, most=3) as wires:
        said = await asyncio.gather(*(wires.ask([("ECHO", str(n))]) for n in range(50)))
        assert said == [[str(n).encode()] for n in range(50)]
        assert connected(server) == 3


async def test_the_answer_to_who_has_gone_is_given_to_nobody_else(server):
    async with opened(server, most=1) as wires:
        asking = asyncio.create_task(wires.ask([("BLPOP", "list", 0), ("ECHO", "old")]))
        with server.client as client:
            await until(lambda: client.info("clients")["blocked_clients"])
            asking.cancel()
            await asyncio.wait([asking])
            client.rpush("list", "late")
        assert asking.cancelled()
        assert await wires.ask([("ECHO", "new")]) == [b"new"]


async def test_a_store_that_hangs_is_given_up_by_all_who_ask(fragile):
    async with opened(fragile, most=1, patience=0.2) as wires:
        await wires.ask([("PING",)])
        fragile.signal(signal.SIGSTOP)
        both = await asyncio.gather(
            wires.ask([("ECHO", "a")]), wires.ask([("ECHO", "b")]), return_exceptions=True
        )
        assert [str(error) for error in both] == ["no answer in 0.2 s"] * 2
        fragile.signal(signal.SIGCONT)
        await until(fragile.answers)
        assert await wires.ask([("ECHO", "c")]) == [b"c"]


async def test_a_store_that_died_while_it_was_asked_is_lost_and_found_again(fragile):
    async with opened(fragile) as wires:
        asking = asyncio.create_task(wires.ask([("BLPOP", "list", 0)]))
        with fragile.client as client:
            await until(lambda: client.info("clients")["blocked_clients"])
        fragile.kill()
        with pytest.raises(LostError):
            await asking
        with pytest.raises(LostError):
            await wires.ask([("PING",)])
        fragile.start()
        assert await wires.ask([("ECHO", "back")]) == [b"back"]


async def test_a_store_that_was_renewed_meanwhile_is_asked_as_if_nothing_had_been(fragile):
    async with opened(fragile) as wires:
        await wires.ask([("PING",)])
        fragile.kill()
        fragile.start()
        await until(wires._free[0]._reader.at_eof)
        assert await wires.ask([("ECHO", "anew")]) == [b"anew"]


async def test_what_the_store_says_unasked_is_nobodys_answer(server):
    async with opened(server, most=1) as wires:
        assert await wires.ask([("CLIENT", "TRACKING", "ON", "BCAST")]) == [b"OK"]
        (before,) = await wires.ask([("CLIENT", "ID")])
        with server.client as client:
            client.set("key", "value")
        await until(lambda: wires._free[0]._reader._buffer)
        after, said = await wires.ask([("CLIENT", "ID"), ("ECHO", "asked")])
        assert (said, after != before) == (b"asked", True)


async def test_whoever_hangs_up_is_connected_anew_and_loses_no_answer(server):
    async with opened(server, most=3) as wires:
        (before,) = await wires.ask([("CLIENT", "ID")])
        asking = asyncio.create_task(wires.ask([("BLPOP", "list", 0), ("CLIENT", "ID")]))
        with server.client as client:
            await until(lambda: client.info("clients")["blocked_clients"])
            wires.hang_up()
            client.rpush("list", "late")
        (_, said), held = await asking
        assert said == b"late"
        (after,) = await wires.ask([("CLIENT", "ID")])
        assert len({before, held, after}) > 1
        assert after not in {before, held}
        await until(lambda: connected(server) == 1)
