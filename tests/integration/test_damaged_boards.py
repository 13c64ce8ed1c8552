"""Damage to the keys of one board in the store closes that board alone, until it is mended."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from server.live import hub as hub_module
from server.observability import metrics
from server.store import keys, presence, subscription
from server.store.event_log import DAMAGED
from support.metrics import value_of
from support.wait import eventually
from support.worker import worker

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    # A store that writes much to a slow disk is not away.
    monkeypatch.setattr(subscription, "SILENCE", 60.0)
    monkeypatch.setattr(hub_module, "TICK", 0.05)
    monkeypatch.setattr(hub_module, "WITHHELD", 0.3)
    monkeypatch.setattr(hub_module, "COMPARE", 0.2)
    monkeypatch.setattr(presence, "REPEAT", 0.1)
    monkeypatch.setattr(presence, "SETTLE", 0.02)


async def replace(client, key, put):
    """Have a key of another type there, in one step."""
    await put("other")
    await client.rename("other", key)


async def foreign(client, key, id_, **fields):
    await client.xadd(key, fields or {"foo": "bar"}, id=id_)


async def erase(client, key):
    """Take the first entries away, with which the board began."""
    await client.xtrim(key, minid="0-3", approximate=False)


OF_LOG = {
    "foreign entry": lambda c, k: foreign(c, k, "*"),
    "foreign id": lambda c, k: foreign(c, k, "1-5", t="1", e="{}"),
    "foreign fields": lambda c, k: foreign(c, k, "0-*"),
    "other field names": lambda c, k: foreign(c, k, "0-*", a="1", b="{}"),
    "no time": lambda c, k: foreign(c, k, "0-*", t="noon", e="{}"),
    "absurd time": lambda c, k: foreign(c, k, "0-*", t="9" * 5000, e="{}"),
    "binary junk": lambda c, k: foreign(c, k, "0-*", t="1", e=b"\xff\xfe\x00\x1b[2J"),
    "no entry": lambda c, k: foreign(c, k, "0-*", t="1", e='{"action":{"type":"vote"}}'),
    "huge entry": lambda c, k: foreign(c, k, "0-*", t="1", e="x" * (2 << 20)),
    "absurd entry": lambda c, k: foreign(c, k, "0-*", t="1", e="x" * (80 << 20)),
    "last position": lambda c, k: c.execute_command("XSETID", k, "0-18446744073709551615"),
    "position no browser counts to": lambda c, k: c.execute_command("XSETID", k, f"0-{2**53}"),
    "foreign last id": lambda c, k: c.execute_command("XSETID", k, "1795801867112-0"),
    "trimmed from below": erase,
    "a string": lambda c, k: replace(c, k, lambda other: c.set(other, "x")),
    "a list": lambda c, k: replace(c, k, lambda other: c.rpush(other, "x")),
    "a hash": lambda c, k: replace(c, k, lambda other: c.hset(other, "x", "y")),
}
OF_META = {
    "a string": lambda c, k: replace(c, k, lambda other: c.set(other, "x")),
    "a stream": lambda c, k: replace(c, k, lambda other: c.xadd(other, {"a": "b"})),
    "no epoch": lambda c, k: c.hdel(k, "epoch"),
    "empty epoch": lambda c, k: c.hset(k, "epoch", ""),
    "malformed epoch": lambda c, k: c.hset(k, "epoch", "a\n1\n2"),
    "binary epoch": lambda c, k: c.hset(k, "epoch", b"\xff\x00"),
    "huge epoch": lambda c, k: c.hset(k, "epoch", "a" * (8 << 20)),
}
MENDS_ITSELF = ["last position", "position no browser counts to", "foreign last id"]
"""Nothing is lost by these: the entries say where the log goes on."""
HASHES = {
    "a string": lambda c, k: replace(c, k, lambda other: c.set(other, "x")),
    "a stream": lambda c, k: replace(c, k, lambda other: c.xadd(other, {"a": "b"})),
    "a set": lambda c, k: replace(c, k, lambda other: c.sadd(other, "x")),
    "junk": lambda c, k: c.hset(k, "foo", "bar"),
    "empty": lambda c, k: c.hset(k, "foo", ""),
    "no seats": lambda c, k: c.hset(k, "foo", "1999999999999"),
    "binary": lambda c, k: c.hset(k, b"\xff\xfe", b"1999999999999\n\xff\xfe"),
    "a number too long": lambda c, k: c.hset(k, "foo", "9" * 5000 + "\nann"),
    "huge": lambda c, k: c.hset(k, "foo", "x" * (4 << 20)),
}
JUNK = [
    *(b"", b"junk", b"a", b"a\n", b"a\nnonsense", b"a\nabc\nx\ny\n{}", b"a\n\xff\n1\n1\n{}"),
    *(b"a\nabc\n%s\n1\n{}" % (b"9" * 5000), b"a\nabc\n-5\n1\n{}", b"a\nabc\n1\n1\n{}"),
    *(b"h", b"h\n", b"h\na\nb\nc\nd", b"h\na\n1\nann", b"h\na\n%s\nann\n" % (b"9" * 5000)),
    *(
        b"h\na\n1\n\xff\n",
        b"h\na\n1\nann\nben 1",
        b"h\na\n1\nann\nben x y",
        b"d",
        b"d\n",
        b"\x00" * 9,
    ),
]


class Meeting:
    """Two boards on one worker: one to be damaged, and another on which people vote all the time."""

    def __init__(self, server):
        self.server = server
        # Of its own, and patient.
        self.client = Redis.from_url(server.site.settings.redis_url, socket_timeout=60)
        self.refused = []
        self.votes = 0

    @asynccontextmanager
    async def going_on(self):
        self.code, self.host = await self.open()
        other, _ = await self.open()
        self.other = await self.server.page(other)
        voting = asyncio.create_task(self.vote())
        try:
            yield self
            before = self.votes
            await eventually(lambda: self.votes > before + 20)
        finally:
            voting.cancel()
            await self.client.aclose()
        assert not self.refused
        assert self.server.hub.ready
        assert not self.other.socket.close_code

    async def open(self):
        code, key = await self.server.board()
        page = await self.server.host(code, key)
        await page.done("open_round", method="approval")
        return code, key

    async def vote(self):
        for n in range(100_000):
            option = ("django", "flask")[n % 2]
            answer = await self.other.ask("vote", round=1, ballot={"approve": [option]})
            if answer["type"] == "refused" or not self.server.hub.store.present:
                self.refused.append(answer)
            self.votes += 1

    async def status(self):
        status, answer = await self.server.api(f"/api/boards/{self.code}")
        return status, answer.get("error")

    async def withheld(self):
        """Whether the board is closed everywhere, in words."""
        status, error = await self.status()
        if status == 200:
            return False
        assert (status, error["code"]) == (503, "going_away")
        page = await self.server.fetch(f"/b/{self.code}")
        assert page.code == 503
        assert error["message"].encode() in page.body
        line = await self.server.connect(self.code)
        assert (await line.closed()) == (1012, error["message"])
        return True


@asynccontextmanager
async def meeting(embedded):
    async with (
        worker(embedded, own=True) as server,
        Meeting(server).going_on() as it,
    ):
        yield it


def said(caplog, *words):
    return [
        record
        for record in caplog.records
        if record.levelname == "ERROR" and all(word in record.getMessage() for word in words)
    ]


@pytest.mark.parametrize(
    ("key", "damage"),
    [
        *((keys.log, name) for name in OF_LOG if name not in MENDS_ITSELF),
        *((keys.meta, name) for name in OF_META),
    ],
)
@pytest.mark.parametrize(
    "votes",
    [
        pytest.param(True, id="while people vote", marks=pytest.mark.slow),
        pytest.param(False, id="while nobody votes"),
    ],
)
async def test_a_damaged_board_is_withheld_alone_and_looked_at_again(
    embedded, caplog, key, damage, votes
):
    async with meeting(embedded) as it:
        page = await it.server.page(it.code)
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        name = key(it.code)
        whole = {
            each: await it.client.dump(each) for each in (keys.log(it.code), keys.meta(it.code))
        }
        at = await it.client.hget(keys.meta(it.code), "epoch")
        assert at
        await (OF_LOG if key is keys.log else OF_META)[damage](it.client, name)
        if votes:
            await page.send(
                {"type": "vote", "id": "late", "round": 1, "ballot": {"approve": ["django"]}}
            )
        if damage == "trimmed from below":
            # Who has read it before knows what was there; it is read again after a while.
            it.server.hub._discard(it.server.hub.rooms[it.code])
        await eventually(it.withheld)
        lines = said(caplog, it.code, "withheld")
        assert len(lines) == 1
        if damage not in {"trimmed from below", "no entry", "binary junk"}:
            assert name in lines[0].getMessage()
            assert value_of(metrics.DAMAGE, key=name.rpartition(":")[2]) >= 1
        assert value_of(metrics.BOARDS_WITHHELD) == 1
        assert len(lines[0].getMessage()) < 500
        for each, content in whole.items():
            await it.client.restore(each, 0, content, replace=True)
        # No one asks for it; it is looked at all the same.
        await eventually(lambda: it.code in it.server.hub.rooms)
        assert value_of(metrics.BOARDS_WITHHELD) == 0
        again = await it.server.page(it.code)
        await again.done("vote", round=1, ballot={"approve": ["flask"]})
        if votes:
            refused = [frame for frame in page.of("refused") if frame["id"] == "late"]
            assert [frame["code"] for frame in refused] in ([], ["going_away"])
    assert not said(caplog, "Traceback")
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("key", [keys.here, keys.lost])
@pytest.mark.parametrize("damage", HASHES)
async def test_a_board_goes_on_where_only_who_is_here_is_damaged(embedded, caplog, key, damage):
    async with meeting(embedded) as it:
        page = await it.server.page(it.code)
        name = key(it.code)
        await HASHES[damage](it.client, name)
        await eventually(lambda: said(caplog, it.code, name, "damaged"))
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        assert (await it.status())[0] == 200
        await it.client.delete(name)
        coming = await it.server.page(it.code)
        await coming.receive("people", lambda frame: frame["people"]["here"] == 2)
        assert len(said(caplog, it.code, name)) == 1
    assert not [record for record in caplog.records if record.exc_info]


async def test_junk_on_the_channel_of_a_board_is_passed_over(embedded, caplog):
    async with meeting(embedded) as it:
        page = await it.server.page(it.code)
        for junk in JUNK:
            await it.client.publish(keys.live(it.code), junk)
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        assert not page.socket.close_code
        assert len(said(caplog, it.code, keys.live(it.code))) == 1
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("damage", MENDS_ITSELF)
async def test_a_log_whose_last_id_alone_is_damaged_goes_on_by_itself(embedded, caplog, damage):
    async with meeting(embedded) as it:
        page = await it.server.page(it.code)
        first = await page.done("vote", round=1, ballot={"approve": ["flask"]})
        await OF_LOG[damage](it.client, keys.log(it.code))
        await eventually(lambda: "was not written by Stackvote" in caplog.text)
        again = await it.server.page(it.code)
        assert again.welcome["seq"] >= first
        assert await again.done("vote", round=1, ballot={"approve": ["django"]}) < first + 10


async def test_a_board_goes_on_once_a_foreign_entry_is_removed(embedded, caplog):
    """A stream remembers the highest id it ever had; that is mended by itself."""
    async with meeting(embedded) as it:
        log = keys.log(it.code)
        page = await it.server.page(it.code)
        first = await page.done("vote", round=1, ballot={"approve": ["flask"]})
        before = await it.client.xrange(log)
        id_ = await it.client.xadd(log, {"foo": "bar"})
        await eventually(it.withheld)
        await it.client.xdel(log, id_)
        await eventually(lambda: it.code in it.server.hub.rooms)
        again = await it.server.page(it.code)
        assert await again.done("vote", round=1, ballot={"approve": ["django"]}) > first
        assert (await it.client.xrange(log))[: len(before)] == before
        assert not await it.client.exists(keys.spare(it.code))


@pytest.mark.parametrize("gone", [keys.log, keys.meta])
async def test_of_half_a_board_a_log_is_not_written_over(embedded, caplog, gone):
    async with meeting(embedded) as it:
        page = await it.server.page(it.code)
        await it.client.delete(gone(it.code))
        await page.send({"type": "vote", "id": "x", "round": 1, "ballot": {"approve": ["flask"]}})
        assert (await page.closed())[0] == 4004
        assert (await it.status())[0] == 404
        assert len(said(caplog, gone(it.code), "it is missing")) == 1
        log = await it.client.xrange(keys.log(it.code))
        is_free = gone is keys.log
        assert bool(log) is not is_free
        assert await it.server.hub.create(it.code, []) is is_free
        assert await it.client.exists(keys.meta(it.code)) == is_free
        assert await it.client.xrange(keys.log(it.code)) == log


async def test_the_words_fit_into_what_closes_a_connection():
    assert len(DAMAGED.message.encode()) <= 123
