"""What fuzzers once found is tried again by every run of the tests, and what they begin with."""

import asyncio
import importlib
import random

import pytest

from fuzz import corpus, entries, frames, fuzz_server, lines, thrown
from support.wait import eventually
from support.worker import worker

READERS = ("messages", "templates", "entries")
KEPT = [(name, path) for name in READERS for path in corpus.kept(name)]


@pytest.mark.parametrize(("name", "path"), KEPT, ids=lambda part: getattr(part, "name", part))
def test_a_reader_copes_with_what_was_found(name, path):
    importlib.import_module(f"fuzz.{name}").check(path.read_bytes())


@pytest.mark.parametrize("name", READERS)
def test_a_reader_copes_with_what_fuzzers_begin_with(name):
    target = importlib.import_module(f"fuzz.{name}")
    for data in target.seeds():
        target.check(data)


@pytest.mark.parametrize("target", [frames, lines], ids=["frames", "lines"])
def test_a_server_copes_with_what_was_found_and_a_little_more(target, tmp_path):
    name = target.__name__.rpartition(".")[2]
    cases = [fuzz_server.decode(path.read_bytes()) for path in corpus.kept(name)]
    cases += [target.case(random.Random(n)) for n in range(100)]

    async def throw(field):
        sockets = field.sockets()
        await thrown.attempt(target, field, cases)
        await field.is_left(sockets)

    with fuzz_server.fuzzed_server(tmp_path) as field:
        asyncio.run(throw(field))


async def test_no_task_is_left_of_those_who_came(embedded):
    async with worker(embedded, own=True) as server:
        code, key = await server.board()
        cookie = await server.cookie(code)
        field = Near(port=server.port, board=code, other=code, key=key, cookie=cookie, guest=cookie)
        await throw_some(field, 20)
        await eventually(lambda: not server.hub.clients)
        before = len(asyncio.all_tasks())
        await throw_some(field, 150)
        await eventually(lambda: not server.hub.clients and len(asyncio.all_tasks()) <= before, 20)


class Near(fuzz_server.FuzzedServer):
    """A server in this process."""

    def __init__(self, **about):
        vars(self).update(about)


async def throw_some(field, count):
    for n in range(count):
        target = (frames, lines)[n % 2]
        case = target.case(random.Random(n))
        target.check(case, await field.throw(case))


async def test_a_server_shows_whole_boards_and_withholds_all_others_in_words(embedded, caplog):
    async with worker(embedded, own=True) as server:
        whole = 0
        for n in range(150):
            log = entries.damaged(random.Random(n)).split(b"\n")
            code = f"LOG{n}"
            assert await server.hub.log.create(code, log)
            for path in ("", "/rounds", "/history", "/comments"):
                status, answer = await server.api(f"/api/boards/{code}{path}")
                if entries.is_whole(log):
                    assert status == 200, answer
                else:
                    assert (status, answer["error"]["code"]) == (503, "going_away")
            whole += status == 200
        assert 20 < whole < 130
        assert sum("is withheld" in line for line in caplog.messages) == 150 - whole
        assert not [record for record in caplog.records if record.exc_info]
