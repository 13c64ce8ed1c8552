"""People who vote while their store fails over, goes back or is split; and what they were told."""

import asyncio
import re

from model import histories
from model.checker import settled
from support.connections import spread
from support.wait import eventually

CODE = "FRAMEWORKS"
PROCESSES = 3
PEOPLE = 12
FAILS_OVER = 60.0
"""Seconds within which stores replace a primary, at the second attempt if need be, and votes that
waited for that are answered.
"""
RESUMES = 12.0
"""Seconds in which people are served again by another store, a page's own pauses included."""


class Voting:
    """People on three processes in an open round, and what is done to their store."""

    def __init__(self, deployment, crowd, server):
        self.deployment, self.crowd, self.server = deployment, crowd, server
        self.store = deployment.store
        self.acks = deployment.recording.acks
        self.reference = None
        """What the store holds, as `told` read it."""

    async def begin(self):
        crowd, server = self.crowd, self.server
        crowd.host_key = re.search(r"host\?key=(\S+)", server.greeting)[1]
        self.host = await crowd.join_host(server)
        await self.host.send("reveal_round", round=1)
        settings = {"visibility": "live", "names": "open"}
        await self.host.send("open_round", method="approval", settings=settings)
        await crowd.join(server, PEOPLE)
        await spread(crowd, server)
        await self.all_vote()

    async def all_vote(self, voters=None):
        """Have people vote, and wait until all have their answer."""
        voters = self.crowd.voters if voters is None else voters
        await asyncio.gather(*(self.vote(person) for person in voters))

    async def vote(self, person):
        options = person.round["options"]
        # None at all is not what anyone has said before, nor what a lost ballot leaves behind.
        chosen = person.random.sample(options, person.random.randint(1, len(options) - 1))
        answer = await asyncio.wait_for(person.vote(*chosen), RESUMES)
        assert answer.seq, answer

    def do(self, *work):
        """Do to the stores what takes a while."""
        return asyncio.to_thread(*work)

    async def nothing_is_wrong(self):
        """Wait until all pages show what the store holds, and hold all that was told to it.

        Give the acknowledged ballots that are lost, as their voters were told.
        """
        await self.all_vote()
        return await self.told(await self.everybody_is_in_one_history())

    async def told(self, epoch):
        self.reference = reference = await settled(
            self.store, self.crowd, self.deployment.recording, only_epoch=epoch, patience=30
        )
        return histories.check(reference, self.deployment.recording)

    async def everybody_is_in_one_history(self, other_than=()):
        def together():
            epochs = {person.epoch for person in self.crowd.all if person.present}
            epochs -= set(other_than)
            return epochs if len(epochs) == 1 and self.all_are_there() else None

        return (await eventually(together, patience=30)).pop()

    def lost_comments(self, reference):
        """Return the acknowledged comments that the store lost; their authors see that."""
        lost = []
        for ack in self.acks:
            if (
                ack.message["type"] == "comment"
                and ack.message["comment"] not in reference.comments
            ):
                assert ack.message["comment"] not in ack.who.comments, f"still shown:\n{ack}"
                lost.append(ack)
        return lost

    def all_are_there(self):
        return all(person.present and not person.waiting for person in self.crowd.all)

    def epochs(self):
        return {person.epoch for person in self.crowd.all}


def meet(deployment, story, **where):
    """Let a story happen to people who vote on a server, which is on this machine or `where`."""
    server = deployment.serve(STACKVOTE_TALLY_WINDOW="50", **where)

    async def meeting():
        async with deployment.crowd() as crowd:
            voting = Voting(deployment, crowd, server)
            await voting.begin()
            await story(voting)

    try:
        asyncio.run(meeting())
    finally:
        print(server.log)  # noqa: T201
    return server


async def all_have_left(voting, was, now=None):
    """Wait until every worker has logged that it left a primary for the one that is named now.

    One can do so twice: it goes there, back, and there again while the sentinels do not agree yet.
    """

    def have_switched():
        switch = voting.store.switch(was, now or voting.store.primary_of(CODE))
        line = rf"(\d+) \S+: {re.escape(switch)}"
        return len(set(re.findall(line, voting.server.log))) == PROCESSES

    await eventually(have_switched)


async def stall(_voting, primary):
    """Hold back what a primary passes on to its replicas from now on."""
    primary.relay.hold_replication()


def vote_during(fault, deployment, *, hold_back=None, **where):
    """Let people vote and comment during a fault; return the comments that were lost, all told.

    `fault` gets the voting and the primary of their board, and ends when votes are taken again.
    `hold_back` gets them shortly before, and keeps from the replicas what the primary accepts from
    then on: otherwise none can lack what was acknowledged.
    """
    lost = []

    async def story(voting):
        store, was = voting.store, voting.store.primary_of(CODE)
        safe = bool(store.durability)

        async def happens():
            await voting.deployment.answered(20)
            await voting.do(store.replicated)
            if hold_back:
                await hold_back(voting, was)
                if safe:
                    await eventually(lambda: all(one.waiting for one in voting.crowd.voters))
                else:
                    await voting.deployment.answered(30)
            await fault(voting, was)
            await voting.deployment.answered(30)

        await voting.crowd.busy(happens(), FAILS_OVER)
        votes = await voting.nothing_is_wrong()
        lost.extend(voting.lost_comments(voting.reference))
        if safe or not hold_back:
            assert (votes, lost) == ([], [])
        assert all(person.stores[-1:] != ["away"] for person in voting.crowd.all)
        assert voting.server.is_ready()

    meet(deployment, story, **where)
    return lost
