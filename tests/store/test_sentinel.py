import asyncio
from contextlib import ExitStack

import pytest

from server.store import sentinel
from server.store.client import Store
from server.store.node import Node, StoreAwayError
from server.store.sentinel import Answer, NoPrimaryError, Survey, primary_url, survey_of
from server.store.subscriber import Subscriber
from server.store_address import shown
from support.ports import free_port
from support.replication import Relay
from support.sentinels import NAME, Member, Sentinel, with_sentinels
from support.store import REDIS, VALKEY
from support.wait import eventually

KINDS = [
    VALKEY,
    pytest.param(REDIS, marks=[pytest.mark.needs("redis-server"), pytest.mark.slow]),
]
OLD, NEW = ("10.0.0.1", 1), ("10.0.0.2", 1)


def answer(place, epoch=0, *, down=False):
    return Answer(place, epoch, down, 2, 3, 2)


def places(*answers):
    return Survey(NAME, {str(n): each for n, each in enumerate(answers)}, {}).places()


def test_the_newest_configuration_counts_even_if_only_one_sentinel_has_it():
    assert places(answer(OLD), answer(NEW, 1), answer(NEW, 1)) == [NEW]
    assert places(answer(OLD), answer(NEW, 1)) == [NEW]
    # Most of them name another: it is tried if the newest is no primary.
    assert places(answer(OLD), answer(OLD), answer(NEW, 1)) == [NEW, OLD]
    assert places(answer(OLD)) == [OLD]


def test_a_primary_that_is_down_is_not_named():
    with pytest.raises(NoPrimaryError, match=r"'mymaster' at 10\.0\.0\.1:1 down"):
        places(answer(OLD, down=True), answer(OLD, down=True))
    assert places(answer(OLD, down=True), answer(OLD)) == [OLD]
    # The one of before is named by a minority: it does not take its place.
    with pytest.raises(NoPrimaryError):
        places(answer(OLD), answer(NEW, 1, down=True), answer(NEW, 1, down=True))


def test_a_place_is_shown_as_in_an_address():
    assert (shown(OLD), shown(("::1", 7))) == ("10.0.0.1:1", "[::1]:7")


@pytest.fixture(scope="module", params=KINDS)
def servers(request, tmp_path_factory):
    """A primary, a replica, and a function that starts sentinels."""
    folder, program = tmp_path_factory.mktemp("servers"), request.param
    with ExitStack() as stack:
        primary, replica = (
            Member(folder / name, program, user="app on >pw ~* &* +@all -publish") for name in "ab"
        )
        for each in (primary, replica):
            stack.callback(each.close)
        replica.follow(primary)

        def sentinel(place=primary.place, *lines):
            name = f"sentinel{len(list(folder.iterdir()))}"
            # Without a voice, none can convince the others of what it alone believes.
            mute = (f"sentinel auth-user {NAME} app", f"sentinel auth-pass {NAME} pw")
            # It never finds as many that agree, so nothing is failed over.
            made = Sentinel(folder / name, place, *mute, *lines, program=program, quorum=9)
            stack.callback(made.stop)
            return made

        servers = type("Servers", (), {"primary": primary, "replica": replica})
        servers.sentinel = staticmethod(sentinel)
        servers.right = sentinel()
        yield servers


def problem(url):
    survey = survey_of(url)
    assert not survey.answers
    with pytest.raises(NoPrimaryError) as caught:
        primary_url(url)
    return str(caught.value)


def test_the_address_of_the_primary_has_its_credentials_and_database(servers):
    url = with_sentinels(servers.right, credentials="app:pw@", database=5)
    assert primary_url(url) == f"redis://app:pw@{servers.primary.place}/5"
    assert primary_url("redis://elsewhere:1/0") == "redis://elsewhere:1/0"


def test_a_name_that_no_sentinel_knows_is_told_with_those_it_knows(servers):
    words = problem(with_sentinels(servers.right, name="other"))
    assert f"knows no primary named 'other'; it knows '{NAME}'." in words


def test_a_server_that_is_no_sentinel_is_told_from_one_that_does_not_answer(servers):
    nothing = f"127.0.0.1:{free_port()}"
    words = problem(f"redis+sentinel://{servers.primary.place},{nothing}/{NAME}/0")
    assert f"{servers.primary.place} is a Redis or Valkey server and no sentinel" in words
    assert f"The sentinel {nothing} cannot be asked (" in words


def test_sentinels_with_a_password_ask_for_it_and_get_it_alone(servers):
    locked = servers.sentinel(servers.primary.place, "requirepass s3cret")
    words = problem(with_sentinels(locked, credentials="app:pw@"))
    assert "?sentinel_password=" in words
    wrong = problem(with_sentinels(locked, more="?sentinel_password=wr0ng"))
    assert "refuses the user or password" in wrong
    assert "wr0ng" not in wrong
    right = with_sentinels(locked, credentials="app:pw@", more="?sentinel_password=s3cret")
    assert primary_url(right) == f"redis://app:pw@{servers.primary.place}/0"


def test_a_sentinel_that_hangs_holds_no_one_up(servers):
    relay = Relay(servers.right.port)
    relay.hold()
    try:
        url = with_sentinels(servers.right)
        mixed = url.replace("redis+sentinel://", f"redis+sentinel://127.0.0.1:{relay.port},")
        survey = survey_of(mixed)
        assert len(survey.answers) == 1
        assert "does not answer" in survey.why() or "cannot be asked" in survey.why()
    finally:
        relay.close()


async def run_of(url):
    store = Node(url)
    try:
        return await store.meet(), store.connections.place
    finally:
        await store.close()


async def test_a_store_is_met_at_its_primary(servers):
    for credentials in ("", "app:pw@"):
        run, place = await run_of(with_sentinels(servers.right, credentials=credentials))
        assert place == servers.primary.place
        assert run.decode() == servers.primary.replication()["master_replid"][:8]


async def test_what_a_sentinel_names_must_say_that_it_is_a_primary(servers):
    liar = servers.sentinel(servers.replica.place)
    with pytest.raises(StoreAwayError, match=f"{servers.replica.place} is a replica"):
        await run_of(with_sentinels(liar))


async def test_a_sentinel_that_lies_is_outvoted_by_those_that_do_not(servers):
    """Its configuration looks newer, but what it names is no primary, or does not answer."""
    others = servers.right, servers.sentinel()
    for place in (servers.replica.place, f"127.0.0.1:{free_port()}"):
        liar = servers.sentinel(place, f"sentinel config-epoch {NAME} 99")
        _, found = await run_of(with_sentinels(liar, *others))
        assert found == servers.primary.place


@pytest.mark.parametrize("lie", ["a replica", "nothing"])
async def test_a_lie_of_all_sentinels_is_said_once_and_ends(servers, caplog, monkeypatch, lie):
    monkeypatch.setattr(sentinel, "LOOK", 0.05)
    liar = servers.sentinel()
    place, words = {
        "a replica": (servers.replica.place, "is a replica"),
        "nothing": (f"127.0.0.1:{free_port()}", "Nothing listens there"),
    }[lie]

    def name(place):
        liar.run("SENTINEL", "REMOVE", NAME)
        liar.run("SENTINEL", "MONITOR", NAME, *place.split(":"), 9)

    def asked():
        return liar.run("INFO", "stats")["total_commands_processed"]

    async def prepare(_node):
        """Nothing is prepared."""

    store = Store(with_sentinels(liar))
    subscriber = Subscriber(store, "one", prepare)
    subscriber.start()
    try:
        await eventually(lambda: store.present)
        name(place)
        await eventually(lambda: words in caplog.text)
        before = asked()
        await eventually(lambda: asked() > before + 50)
        assert not store.present
        assert caplog.text.count(words) == 1
        name(servers.primary.place)
        await eventually(lambda: store.present)
    finally:
        await subscriber.close()
        await store.close()


@pytest.mark.parametrize(
    ("credentials", "database", "words"),
    [
        ("app:wrong@", 0, "WRONGPASS|invalid username-password"),
        ("", 99, "DB index is out of range"),
    ],
)
async def test_what_the_primary_refuses_is_told_in_its_words(servers, credentials, database, words):
    url = with_sentinels(servers.right, credentials=credentials, database=database)
    with pytest.raises(StoreAwayError, match=words):
        await run_of(url)


async def test_callers_share_the_answers_of_the_sentinels(servers):
    store = Node(with_sentinels(servers.right))
    try:
        run = await store.meet()
        with servers.right.client() as client:
            before = client.info("stats")["total_commands_processed"]
            await asyncio.gather(*(store.read_at_once(("CLIENT", "ID")) for _ in range(30)))
            asked = client.info("stats")["total_commands_processed"] - before
        assert store.run == run
        assert asked < 15
    finally:
        await store.close()
