"""A store that goes back, is demoted, or is two: real stores, one of which follows the other."""

import asyncio
import signal
from types import SimpleNamespace

import pytest

from faults.voting import meet
from model import histories
from model.recording import Acknowledged, Seen
from support.replication import Replicated, snapshot
from support.wait import until


@pytest.fixture
def pair(deploy_on, tmp_path):
    """A place on two stores, and three processes that go to one address."""
    return deploy_on(Replicated(tmp_path / "stores"))


@pytest.mark.quick
def test_a_primary_that_comes_back_from_its_replica_has_another_history(pair):
    """It is the same run of the same process, and hands out positions that it has handed out."""

    async def story(voting):
        store = voting.store
        await voting.do(store.replicated)
        run = store.a.run_id
        store.link.hold()
        await voting.all_vote()
        before = voting.epochs()
        await voting.do(store.b.promote)
        await voting.do(store.a.follow, store.b.port)
        await voting.do(store.a.promote)
        assert store.a.run_id == run
        await voting.nothing_is_wrong()
        assert before.isdisjoint(voting.epochs())

    meet(pair, story)


def test_who_voted_on_a_store_that_went_back_is_shown_that_it_is_lost(pair):
    async def story(voting):
        store = voting.store
        await voting.do(store.replicated)
        store.link.hold()
        await voting.all_vote()
        before = voting.epochs()
        await voting.do(store.b.promote)
        await voting.do(store.a.follow, store.b.port)
        await voting.do(store.a.promote)
        # No one says a word: it is noticed all the same. Their first ballots are there, and the
        # second ones are gone.
        epoch = await voting.everybody_is_in_one_history(other_than=before)
        lost = await voting.told(epoch)
        assert lost
        assert {ack.epoch for ack in lost} <= before

    meet(pair, story)


@pytest.mark.quick
def test_a_demoted_store_that_cuts_no_connection_is_left(pair):
    async def story(voting):
        store = voting.store
        await voting.do(store.replicated)
        await voting.do(store.b.promote)
        store.address.target = store.b.port
        store.primary = store.b
        await voting.do(store.a.follow, store.b.port)
        await voting.all_vote()
        assert await voting.nothing_is_wrong() == []

    server = meet(pair, story)
    assert "The store is away (" in server.log


@pytest.mark.quick
def test_two_primaries_at_once_never_tell_two_things_of_one_place(pair):
    """One server goes on with the old one, another has found the new one."""

    async def story(voting):
        store, deployment = voting.store, voting.deployment
        await voting.do(store.replicated)
        store.link.hold()
        await voting.all_vote(voting.crowd.voters[:3])
        await voting.do(store.b.promote)
        store.arguments = store.at(store.b)
        other = await voting.do(deployment.serve, "other")
        there = await voting.crowd.join(other, 5)
        for _ in range(3):
            await voting.all_vote()
        assert there[0].epoch != voting.crowd.all[0].epoch
        # The old one is told that it is no primary any more.
        store.primary = store.b
        store.address.target = store.b.port
        await voting.do(store.a.follow, store.b.port)
        await voting.all_vote(there)
        await voting.nothing_is_wrong()

    meet(pair, story)


def test_scripts_on_one_store_and_messages_from_another_are_never_mixed(pair):
    """Only the line on which a process hears of the others was made again, and led elsewhere."""

    async def story(voting):
        store, deployment = voting.store, voting.deployment
        await voting.do(store.replicated)
        store.link.hold()
        await voting.do(store.b.promote)
        store.arguments = store.at(store.b)
        other = await voting.do(deployment.serve, "other")
        there = await voting.crowd.join(other, 4)
        here = [person for person in voting.crowd.voters if person not in there]
        store.address.target = store.b.port
        store.primary = store.b
        await voting.do(store.a.run, "CLIENT", "KILL", "TYPE", "pubsub")
        for _ in range(4):
            await asyncio.gather(voting.all_vote(here), voting.all_vote(there))
        await voting.nothing_is_wrong()

    meet(pair, story)


@pytest.mark.quick
def test_a_store_that_is_restored_from_an_older_copy_tells_who_has_lost_what(pair, tmp_path):
    async def story(voting):
        store = voting.store
        await voting.do(snapshot, store.a, tmp_path / "copy")
        await voting.all_vote()
        await voting.do(store.a.kill)
        for path in (store.a.folder / "appendonlydir").iterdir():
            path.unlink()
        base = store.a.folder / "appendonlydir" / "appendonly.aof.1.base.rdb"
        base.write_bytes((tmp_path / "copy").read_bytes())
        manifest = base.with_name("appendonly.aof.manifest")
        manifest.write_text(f"file {base.name} seq 1 type b\n")
        await voting.do(store.a.start)
        await voting.nothing_is_wrong()

    meet(pair, story)


@pytest.mark.parametrize("parts", [("log",), ("log", "meta")])
def test_a_board_that_is_put_back_in_its_place_has_another_history(pair, parts):
    """The store goes on as it was, and nothing is cut."""

    async def story(voting):
        store, code = voting.store, voting.crowd.code
        keys = [f"sv:{{{code}}}:{part}" for part in parts]
        kept = [await voting.do(store.a.run, "DUMP", key) for key in keys]
        await voting.all_vote()
        with store.a.client() as client, client.pipeline() as together:
            for key, value in zip(keys, kept, strict=True):
                together.restore(key, 0, value, replace=True)
            together.execute()
        await voting.all_vote()
        await voting.nothing_is_wrong()

    meet(pair, story)


def test_a_board_whose_log_is_gone_takes_no_votes(pair):
    async def story(voting):
        store, code = voting.store, voting.crowd.code
        await voting.do(store.a.run, "DEL", f"sv:{{{code}}}:log")
        acks = len(voting.acks)
        answers = [person.vote(person.round["options"][0]) for person in voting.crowd.voters]
        await asyncio.wait(answers, timeout=3)
        assert len(voting.acks) == acks

    meet(pair, story)


@pytest.mark.quick
def test_the_address_leads_elsewhere_when_what_answers_is_silent(pair):
    """The old one hangs; nothing is cut, and the new one is at the same address."""

    async def story(voting):
        store = voting.store
        await voting.do(store.replicated)
        store.address.target = store.b.port
        await voting.do(store.b.promote)
        store.primary = store.b
        store.a.signal(signal.SIGSTOP)
        try:
            await voting.all_vote()
            assert await voting.nothing_is_wrong() == []
        finally:
            store.a.signal(signal.SIGCONT)

    meet(pair, story)
    until(pair.store.a.answers)


# What the second model sees


def told(epoch, ballot, *, resumed=False):
    return {"epoch": epoch, "resumed": resumed, "ballot": ballot, "round": {"n": 1}}


def voted(welcomes, ballot, *, counted, epoch="one"):
    """One person whose vote was acknowledged, and the log that is left."""
    who = SimpleNamespace(welcomes=welcomes, ballot=counted, round={"n": 1})
    message = {"type": "vote", "id": "m1", "round": 1, "ballot": ballot}
    ballots = {} if counted is None else {"ann": counted}
    reference = SimpleNamespace(rounds=[SimpleNamespace(ballots=ballots)])
    return reference, [Acknowledged(who, "ann", epoch, message, 7)]


A, B = {"approve": ["a"]}, {"approve": ["b"]}


@pytest.mark.quick
@pytest.mark.parametrize("left", [None, B])
def test_a_ballot_that_is_gone_and_was_shown_as_gone_is_lost_and_told(left):
    lost = histories.lost_and_told(*voted([told("one", None), told("two", left)], A, counted=left))
    assert [ack.seq for ack in lost] == [7]


@pytest.mark.quick
@pytest.mark.parametrize(
    ("welcomes", "words"),
    [
        ([told("one", None)], "never told"),
        ([told("one", None), told("two", None, resumed=True)], "as if nothing had been"),
        ([told("one", None), told("two", A)], "shown though it is gone"),
    ],
)
def test_a_ballot_that_is_gone_without_a_word_is_found(welcomes, words):
    with pytest.raises(AssertionError, match=words):
        histories.lost_and_told(*voted(welcomes, A, counted=None))


@pytest.mark.quick
def test_two_tallies_or_two_messages_at_one_place_are_found():
    reference, (ack,) = voted([told("one", None)], A, counted=A)
    seen = Seen(ack.who, "ann", "one", 7, {"voters": 1})
    facts = SimpleNamespace(acks=[ack], tallies=[seen, seen, seen._replace(epoch="two", what={})])
    assert histories.check(reference, facts) == []
    other = ack._replace(message=ack.message | {"id": "m2"})
    for wrong, words in (
        ({"acks": [ack, other]}, "two messages"),
        ({"tallies": [seen, seen._replace(what={"voters": 2})]}, "two tallies"),
    ):
        with pytest.raises(AssertionError, match=words):
            histories.check(reference, SimpleNamespace(**vars(facts) | wrong))
