import asyncio
import signal
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as LostError
from redis.exceptions import ResponseError

from server.store.pipeline import PipelinePool
from support.wait import eventually


@asynccontextmanager
async def opened(server, most=8, patience=5.0):
    pipelines = PipelinePool(
        ConnectionPool.from_url(server.url, socket_timeout=None), most, patience
    )
    try:
        yield pipelines
    finally:
        await pipelines.close()


def connected(server):
    """Count the connections of the store, without the one that asks."""
    with server.client() as client:
        return client.info("clients")["connected_clients"] - 1


async def test_each_command_has_its_answer_a_refusal_too(server):
    async with opened(server) as pipelines:
        answers = await pipelines.ask([("SET", "n", 1), ("LPUSH", "n", 2), ("INCR", "n")])
    assert (answers[0], answers[2]) == (b"OK", 2)
    assert isinstance(answers[1], ResponseError)


async def test_anyone_who_asks_alone_uses_one_connection(server):
    async with opened(server) as pipelines:
        for n in range(20):
            assert await pipelines.ask([("INCR", "n")]) == [n + 1]
        assert connected(server) == 1
    await eventually(lambda: connected(server) == 0)


async def test_many_who_ask_at_once_take_turns_and_get_their_own_answers(server):
    async with opened(server, most=3) as pipelines:
        said = await asyncio.gather(*(pipelines.ask([("ECHO", str(n))]) for n in range(50)))
        assert said == [[str(n).encode()] for n in range(50)]
        assert connected(server) == 3


async def test_the_answer_to_who_has_gone_is_given_to_no_one_else(server):
    async with opened(server, most=1) as pipelines:
        asking = asyncio.create_task(pipelines.ask([("BLPOP", "list", 0), ("ECHO", "old")]))
        with server.client() as client:
            await eventually(lambda: client.info("clients")["blocked_clients"])
            asking.cancel()
            await asyncio.wait([asking])
            client.rpush("list", "late")
        assert asking.cancelled()
        assert await pipelines.ask([("ECHO", "new")]) == [b"new"]


async def test_a_store_that_hangs_is_given_up_by_all_who_ask(fragile):
    async with opened(fragile, most=1, patience=0.2) as pipelines:
        await pipelines.ask([("PING",)])
        fragile.signal(signal.SIGSTOP)
        both = await asyncio.gather(
            pipelines.ask([("ECHO", "a")]), pipelines.ask([("ECHO", "b")]), return_exceptions=True
        )
        assert [str(error) for error in both] == ["no answer in 0.2 s"] * 2
        fragile.signal(signal.SIGCONT)
        await eventually(fragile.answers)
        assert await pipelines.ask([("ECHO", "c")]) == [b"c"]


async def test_a_store_that_died_while_it_was_asked_is_lost_and_found_again(fragile):
    async with opened(fragile) as pipelines:
        asking = asyncio.create_task(pipelines.ask([("BLPOP", "list", 0)]))
        with fragile.client() as client:
            await eventually(lambda: client.info("clients")["blocked_clients"])
        fragile.kill()
        with pytest.raises(LostError):
            await asking
        with pytest.raises(LostError):
            await pipelines.ask([("PING",)])
        fragile.start()
        assert await pipelines.ask([("ECHO", "back")]) == [b"back"]


async def test_a_store_that_was_renewed_meanwhile_is_asked_as_if_nothing_had_been(fragile):
    async with opened(fragile) as pipelines:
        await pipelines.ask([("PING",)])
        fragile.kill()
        fragile.start()
        await eventually(pipelines._free[0]._reader.at_eof)
        assert await pipelines.ask([("ECHO", "anew")]) == [b"anew"]


async def test_what_the_store_says_unasked_is_no_ones_answer(server):
    async with opened(server, most=1) as pipelines:
        assert await pipelines.ask([("CLIENT", "TRACKING", "ON", "BCAST")]) == [b"OK"]
        (before,) = await pipelines.ask([("CLIENT", "ID")])
        with server.client() as client:
            client.set("key", "value")
        await eventually(lambda: pipelines._free[0]._reader._buffer)
        after, said = await pipelines.ask([("CLIENT", "ID"), ("ECHO", "asked")])
        assert (said, after != before) == (b"asked", True)


async def test_anyone_who_hangs_up_is_connected_again_and_loses_no_answer(server):
    async with opened(server, most=3) as pipelines:
        (before,) = await pipelines.ask([("CLIENT", "ID")])
        asking = asyncio.create_task(pipelines.ask([("BLPOP", "list", 0), ("CLIENT", "ID")]))
        with server.client() as client:
            await eventually(lambda: client.info("clients")["blocked_clients"])
            pipelines.hang_up()
            client.rpush("list", "late")
        (_, said), held = await asking
        assert said == b"late"
        (after,) = await pipelines.ask([("CLIENT", "ID")])
        assert len({before, held, after}) > 1
        assert after not in {before, held}
        await eventually(lambda: connected(server) == 1)


async def test_those_who_wait_at_a_store_that_is_no_primary_any_more_are_told_why(server):
    async with opened(server, most=1) as pipelines:
        holding = asyncio.create_task(pipelines.ask([("BLPOP", "list", 0)]))
        with server.client() as client:
            await eventually(lambda: client.info("clients")["blocked_clients"])
            waiting = asyncio.create_task(pipelines.ask([("PING",)]))
            await asyncio.sleep(0)
            for _ in range(2):
                pipelines.hang_up(held="it is another one")
            both = await asyncio.gather(holding, waiting, return_exceptions=True)
            assert [str(error) for error in both] == ["it is another one"] * 2
            assert await pipelines.ask([("ECHO", "new")]) == [b"new"]
            await eventually(lambda: not client.info("clients")["blocked_clients"])


async def test_waiting_for_copies_ends_with_the_primary(server):
    def lacks(answers):
        return True

    async with opened(server, most=1) as pipelines:
        wait = asyncio.create_task(pipelines.ask([("SET", "n", 1), ("WAIT", 1, 20)], lacks=lacks))
        with server.client() as client:
            await eventually(lambda: client.get("n"))
        pipelines.hang_up(held="it is another one")
        with pytest.raises(TimeoutError, match="it is another one"):
            await wait
