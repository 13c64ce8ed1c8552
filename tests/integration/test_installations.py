"""Several installations on one store: channels know no databases, and no secrets either."""

import contextlib

import pytest

from server.domain import actions as act
from server.live.create_board import open_default
from server.store import keys
from server.store.node import Script
from support import worker as worker_module
from support.store import stores_on_ports
from support.worker import Worker

pytestmark = pytest.mark.slow

CODE = "FRAMEWORKS"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with stores_on_ports(tmp_path_factory.mktemp("stores")) as start:
        yield start()


@contextlib.asynccontextmanager
async def installation(store, database, **settings):
    """Give a worker on one database of a store, with the board that every fresh server has."""
    worker = Worker(f"{store.url[:-1]}{database}", **settings)
    await worker.start()
    try:
        template = worker.site.templates["python-web-frameworks"]
        await open_default(worker.hub, template, "key")
        worker.heard = []
        yield worker
    finally:
        await worker.stop()


def listen(worker):
    """Note what is heard of the board, in the room and before."""
    room = worker.hub.rooms[CODE]
    receive, hear, catch_up = room.receive, room.on_presence, room.replica.catch_up

    def note(how, then):
        def noted(*said):
            worker.heard.append((how, *said))
            return then(*said)

        return noted

    room.receive, room.on_presence = note("batch", receive), note("people", hear)
    room.replica.catch_up = note("catch up", catch_up)


@pytest.fixture(autouse=True)
def empty(store):
    store.run("FLUSHALL")


async def test_two_databases_hear_nothing_of_each_other(store, monkeypatch):
    monkeypatch.setattr("server.live.hub.COMPARE", 1e9)
    async with installation(store, 0) as one, installation(store, 1) as two:
        ben = await two.page(CODE, name="Ben")
        await ben.receive("people")
        listen(two)
        ann = await one.page(CODE, name="Ann")
        await ann.done("vote", round=1, ballot={"approve": ["flask"]})
        await ann.receive("tally", lambda frame: frame["tally"]["voters"] == 1)
        await ann.receive("people", lambda frame: frame["people"]["here"] == 1)
        # What is heard of itself comes behind what would have been heard of the other.
        await ben.done("comment", comment="c1", option="flask", kind="pro", text="Small")
        entries = {entry for how, *said in two.heard if how == "batch" for entry in said[0].entries}
        assert all(b'"vote"' not in entry for entry in entries)
        assert not [each for each in two.heard if each[0] == "catch up"]
        assert not any(frame["people"]["here"] > 1 for frame in ben.of("people"))
        assert not any(frame["tally"]["voters"] for frame in ben.of("tally"))


async def test_each_database_has_channels_of_its_own(store):
    async with installation(store, 0) as one, installation(store, 7) as two:
        await one.page(CODE)
        await two.page(CODE)
        channels = {name.decode() for name in store.run("PUBSUB", "CHANNELS", "sv:{*")}
        assert channels == {"sv:{FRAMEWORKS}:live", "sv:{FRAMEWORKS}:live@7"}


async def test_two_secrets_on_one_database_show_the_same_board(store, monkeypatch):
    """They share its boards, so they must hear each other: else two tallies stood side by side."""
    monkeypatch.setattr("server.live.hub.COMPARE", 1e9)
    async with installation(store, 2) as one:
        monkeypatch.setattr(worker_module, "KEY", b"the secret of another installation altogether")
        async with installation(store, 2) as two:
            ann, ben = await one.page(CODE), await two.page(CODE)
            await ann.done("vote", round=1, ballot={"approve": ["flask"]})
            await ben.receive("tally", lambda frame: frame["tally"]["voters"] == 1)
            await ben.receive("people", lambda frame: frame["people"]["here"] == 2)
            # A browser of the one is no browser of the other.
            again = await two.connect(CODE, cookie=ann.cookie)
            assert (await again.closed())[0] == 4003


async def test_an_earlier_version_is_heard_at_the_next_comparison(store, monkeypatch):
    """Before channels had a database in their names, all of them published on the same one."""
    monkeypatch.setattr("server.live.hub.COMPARE", 0.2)
    monkeypatch.setattr("server.live.hub.TICK", 0.1)
    async with installation(store, 3) as new:
        page = await new.page(CODE)
        vote = act.Entry(
            rules=2, by="seat", action=act.Vote(round=1, ballot={"approve": ["flask"]})
        )
        with store.client(db=3) as old:
            place = (keys.log(CODE), keys.meta(CODE))
            old.eval(Script("append").source, 2, *place, "sv:{FRAMEWORKS}:live", "PUBLISH", "word",
                     act.encode(vote))  # fmt: skip
        await page.receive("tally", lambda frame: frame["tally"]["voters"] == 1)


async def test_on_the_first_database_the_channels_are_those_of_earlier_versions(store):
    assert keys.live(CODE) == keys.live(CODE, 0) == "sv:{FRAMEWORKS}:live"


@pytest.mark.parametrize(
    ("url", "database"),
    [
        ("redis://h", 0),
        ("redis://h/0", 0),
        ("redis://h/12", 12),
        ("redis://h?db=3", 3),
        ("rediss://h/4", 4),
        ("unix:///s?db=5", 5),
        ("unix:///s", 0),
    ],
)
async def test_the_database_is_read_from_every_kind_of_address(url, database):
    worker = Worker(url)
    assert worker.hub.store.database == database
    worker.socket.close()
    worker.http.close()
    await worker.hub.store.close()
