"""A meeting during which something fails, checked for the five things that must never happen.

Two hundred people on three processes vote by all methods, comment, come and go, while hosts open
and close rounds. Then comes the fault. Whatever it was, within five seconds of its end everyone is
back; and in the end nothing is missing, doubled, revealed too early, or still held in memory, and
the server's log says what happened in one line.
"""

import asyncio
import contextlib
import math
import os
import re
import statistics
import time
from collections import Counter

import redis

from model.ballot_filling import METHODS, settings_for
from model.checker import settled
from support.connections import spread
from support.wait import eventually, until

PEOPLE = 200
SCREENS, INVITED = 4, 6
PACE = (1, 3)
"""Minimum and maximum seconds between two actions of a person."""
SLOWNESS = float(os.environ.get("SLOWNESS", "1"))
"""How many times slower this machine is than a dedicated one; the README says when to set it."""
BACK, LONGEST = 5.0 * SLOWNESS, 60 * SLOWNESS
"""Seconds after the end of a fault within which everyone is back, and an absolute limit."""
SETTLED = 40.0
"""Seconds within which those who left during the fault are forgotten too: an announcement of
presence is valid for 25 s.
"""
SETTLES = 15.0
"""Seconds within which memory that is no longer needed is released."""
GROWTH = 16 * 1024
"""KiB by which a surviving worker may have grown, as the comments continue in it."""
PROMPT, SLOWEST = 0.5 * SLOWNESS, 3.0 * SLOWNESS
"""Seconds by which half of all answers, and 99 of 100, may take longer than before for people whom a
fault does not affect.
"""
BROWSER = (0.5, 4.0)
"""Seconds that a browser waits before it reconnects: at first, and at most."""
EXPECTED = {
    *("round_closed", "round_open", "no_such_comment", "no_such_round", "not_allowed"),
}
"""Refusals that people get when they act at the same time."""
USUAL = {r"The board \w+ was loaded": 9, r"The network has changed\. Links now begin with": 99}
"""What a process logs when people arrive, and when a test beside this one makes its own network."""
_LINE = re.compile(r"\S+ \S+ +([A-Z]+) +(\d+) \S+: (.*)")
_SETTINGS = {"STACKVOTE_TALLY_WINDOW": "250"}
"""As wide as in a full room: this is to test the fault, not the speed of the model."""


def hold(
    deployment,
    fault,
    *,
    says,
    may_say=None,
    people=PEOPLE,
    touches_all=True,
    refusals=(),
    settings=None,
    growth=GROWTH,
    restless=False,
    **how,
):
    """Hold a meeting, cause a fault, and check the server's promises.

    `fault` is called with the meeting, and returns at the end of the fault. `says` maps patterns of
    log lines about the fault to the most lines that one process may write; any other line above
    debug fails the test, except those that match `may_say`. `touches_all`: whether answers may be
    late for everyone. `refusals` are codes that people may get besides the usual ones. `growth` is
    how many KiB a worker may have grown. If people are `restless`, their connections break often,
    and every round ends by its clock.
    """
    server = deployment.serve(**how, **_SETTINGS | (settings or {}))

    async def story():
        async with deployment.crowd(waits=BROWSER) as crowd:
            meeting = Meeting(deployment, server, crowd, restless=restless)
            await meeting.begin(people)
            before, read, began = meeting.memory(), len(server.log), meeting.now()
            await fault(meeting)
            print(f"The fault ended at {time.strftime('%X')}.")  # noqa: T201
            try:
                await meeting.everybody_is_back()
            finally:
                print(server.log[read:])  # noqa: T201
            ended = meeting.now()
            await meeting.goes_on()
            meeting.reference = await meeting.end()
            await meeting.memory_is_back(before, growth)
            meeting.log_says(server.log[read:], says, may_say or {})
            odd = [
                one
                for one in deployment.recording.refused
                if one[2] not in EXPECTED | set(refusals)
            ]
            assert not odd, odd
            if not touches_all:
                meeting.answers_were_prompt(began, ended)
            return meeting

    return asyncio.run(story())


class Meeting:
    """People who are busy from `begin` to `end`."""

    def __init__(self, deployment, server, crowd, *, restless=False):
        self.deployment = deployment
        self.server = server
        self.crowd = crowd
        self.acks = deployment.recording.acks
        self.host = None
        self.pace = PACE
        self._restless = restless
        self._calm = False
        self._hosting = None
        self._busy = []

    @staticmethod
    def now():
        return asyncio.get_running_loop().time()

    # The meeting

    async def begin(self, people):
        """Let everyone arrive, and run the meeting until each process has answered often."""
        crowd, server = self.crowd, self.server
        crowd.host_key = re.search(r"host\?key=(\S+)", server.greeting)[1]
        self.host = await crowd.join_host(server)
        await crowd.join(server, people - INVITED)
        await crowd.join_invited(server, INVITED)
        await crowd.join(server, SCREENS, view="screen")
        await spread(crowd, server)
        self._busy = [asyncio.create_task(self._take_part(person)) for person in crowd.voters]
        self._hosting = asyncio.create_task(self._conduct())
        self._busy.append(self._hosting)
        await self.answered(3 * people)

    async def answered(self, n):
        """Wait for `n` more answers."""
        enough = len(self.acks) + n
        await eventually(lambda: len(self.acks) >= enough or self._fails(), patience=60 * SLOWNESS)

    def keep_calm(self):
        """From now on no one drops a connection by themselves: a lost connection is the server's
        doing.
        """
        self._calm = True
        for person in self.crowd.all:
            person.keep_connection()

    async def everybody_is_back(self):
        """The fault is over: wait until all pages show the board again."""
        self.keep_calm()
        ended = self.now()
        epoch, top = await asyncio.to_thread(until, self._store_says)
        owed = [(person, person.unanswered) for person in self.crowd.all]

        def away():
            return [
                f"{person}: present {person.present}, at {person.seq} of {top} in {person.epoch},"
                f" owed {person.owes(letters)}, closes {person.closes}"
                for person, letters in owed
                if not person.present
                or person.epoch != epoch
                or person.seq < top
                or person.unanswered.keys() & letters.keys()
            ]

        last = []

        def all_back():
            missing = away()
            last[:] = missing or last
            return not missing or self.now() > ended + LONGEST or self._fails()

        await eventually(all_back, patience=math.inf)
        took = self.now() - ended
        print(f"All were back {took:.2f} s after the end of the fault, {last[:1]} last.")  # noqa: T201
        assert took <= BACK, f"after {took:.1f} s at {epoch}: {last[:5]}"

    async def goes_on(self):
        """Check that people are served as before."""
        await self.answered(len(self.crowd.voters))

    async def stop_hosting(self):
        """From now on the test opens and closes rounds."""
        await _ended(self._hosting)

    async def end(self):
        """Let people finish, and check everything that anyone was sent against the log."""
        await _ended(*self._busy)
        crowd, deployment = self.crowd, self.deployment
        everybody = crowd.all
        await eventually(lambda: not any(p.waiting for p in everybody) or self._fails())
        return await settled(deployment.store, crowd, deployment.recording, patience=SETTLED)

    def _store_says(self):
        """Return the board's history and its last position; None while there is no board."""
        code = self.crowd.code
        try:
            with self.deployment.store.client() as client:
                board = client.hget(f"sv:{{{code}}}:meta", "epoch")
                run = client.info("replication")["master_replid"]
                top = client.xinfo_stream(f"sv:{{{code}}}:log")["last-generated-id"]
        except redis.RedisError:
            return None
        return board and (f"{board.decode()}.{run[:8]}", int(top.split(b"-")[1]))

    def _fails(self):
        """Raise an error that occurred in one of the people."""
        for task in self._busy:
            if task.done() and not task.cancelled():
                task.result()
        for person in self.crowd.all:
            person.fail()
        return False

    # What people do

    async def _take_part(self, person):
        while True:
            await asyncio.sleep(person.random.uniform(*self.pace))
            # A person who waits for an answer continues for a while, and then stops.
            if person.waiting < 4:
                self._act(person, person.random.random())

    def _act(self, person, chance):
        options = [option["id"] for option in person.board["options"]]
        if chance < 0.8:
            # If no round is open, do nothing. With a comment instead, everyone would be sent
            # hundreds of comments at once, and be busy reading when they have to be back.
            if person.can_vote:
                self._vote(person, chance)
        elif chance < 0.83:
            person.comment(person.random.choice(options), f"{person} says {chance}")
        elif chance < 0.87:
            self._touch_the_talk(person, chance)
        elif chance < 0.875:
            person.send("observe", on=chance < 0.872)
        elif chance > (0.93 if self._restless else 0.98) and not self._calm:
            person.cut_connection(after=person.random.choice(("tally", "ballot", None)))

    @staticmethod
    def _vote(person, chance):
        if chance < 0.75:
            person.fill_in()
        else:
            person.send("withdraw", round=person.round["n"])

    def _touch_the_talk(self, person, chance):
        mine = [m["comment"] for m in person.messages if m["type"] == "comment"]
        mine = [id_ for id_ in mine if "text" in person.comments.get(id_, ())]
        if mine and chance < 0.85:
            own = person.random.choice(mine)
            if chance < 0.84:
                person.send("edit_comment", comment=own, text=f"{person} corrects: {chance}")
            else:
                person.send("delete_comment", comment=own)
        elif person.comments:
            id_ = person.random.choice(list(person.comments))
            person.send("react", comment=id_, emoji="👍", on=chance < 0.86)

    async def _conduct(self):
        """Open one round after another, by all methods, with varying rules."""
        host, random = self.host, self.host.random
        methods = list(METHODS)
        random.shuffle(methods)
        rounds = 0
        while True:
            await self._close_round(host, random)
            method = methods[rounds % len(methods)]
            rounds += 1
            settings = settings_for(method) | {
                "visibility": random.choice(("on_reveal", "after_vote", "live", "live")),
                "names": random.choice(("secret", "secret", "open")),
            }
            if self._restless or random.random() < 0.4:
                settings["seconds"] = 5
            opened = await host.send("open_round", method=method, settings=settings)
            # If the store has forgotten the previous round, it is not over.
            assert opened.seq or opened.code == "round_open", opened
            await eventually(lambda: (host.round or {}).get("state") == "open")
            await asyncio.sleep(random.uniform(1, 2))
            await self._change_the_clock(host, random)
            await asyncio.sleep(random.uniform(1, 3))

    async def _close_round(self, host, random):
        n = host.round["n"]
        if random.random() < 0.5:
            await host.send("lock_round", round=n)
        revealed = await host.send("reveal_round", round=n)
        assert revealed.seq or revealed.code in EXPECTED, revealed
        if host.comments:
            mark = random.choice(("hide_comment", "pin_comment"))
            await host.send(mark, comment=random.choice(list(host.comments)), on=True)

    async def _change_the_clock(self, host, random):
        n = host.round["n"]
        if random.random() < 0.5:
            await host.send("pause_round", round=n, on=True)
            await asyncio.sleep(random.uniform(0.5, 1))
            await host.send("pause_round", round=n, on=False)
        if random.random() < 0.3:
            await host.send("extend_round", round=n, seconds=5)

    # Checks afterwards

    def memory(self):
        """Return the private memory of each worker, in KiB."""
        return {pid: _own(pid) for pid in self.server.workers()}

    async def memory_at_rest(self):
        """Return the least memory of each worker while it releases what it no longer needs."""
        least, settled = self.memory(), self.now() + SETTLES
        while self.now() < settled:
            await asyncio.sleep(0.5)  # Polled at intervals.
            least = {pid: min(kib, least.get(pid, kib)) for pid, kib in self.memory().items()}
        return least

    async def memory_is_back(self, before, growth):
        def grown():
            now = self.memory()
            grown = {pid: now[pid] - before[pid] for pid in now.keys() & before.keys()}
            return {pid: kib for pid, kib in grown.items() if kib > growth}

        settled = self.now() + SETTLES
        await eventually(lambda: not grown() or self.now() > settled)
        print(f"Memory before {before}, after {self.memory()} KiB.")  # noqa: T201
        assert not grown(), f"KiB more than before: {grown()}, of {before}"

    def log_says(self, log, says, may_say):
        """Check that the log has one line for each thing that happened."""
        lines = Counter()
        most = says | may_say | USUAL
        for line in log.splitlines():
            found = _LINE.fullmatch(line)
            assert found, f"not a line of its own: {line}\n{log[:5000]}"
            _, process, words = found.groups()
            known = [pattern for pattern in most if re.search(pattern, words)]
            assert known, f"nobody expects: {line}"
            lines[process, known[0]] += 1
        for (process, pattern), n in lines.items():
            assert n <= most[pattern], f"{n} lines of {process} say {pattern!r}:\n{log[:5000]}"
        unsaid = says.keys() - {pattern for _, pattern in lines}
        assert not unsaid, f"the log does not say {unsaid}:\n{log[:5000]}"

    def answers_were_prompt(self, began, ended):
        """Check that unaffected people were answered as at any other time."""
        (usually, at_most), (median, slowest) = (
            self._delays_between(*times) for times in ((0, began), (began, ended))
        )
        print(f"Answers: {median:.3f} s at the median, 99 of 100 in {slowest:.3f} s.")  # noqa: T201
        print(f"Before: {usually:.3f} s and {at_most:.3f} s.")  # noqa: T201
        assert median < usually + PROMPT, f"half of the answers took longer than {median:.2f} s"
        assert slowest < at_most + SLOWEST, f"one of a hundred took longer than {slowest:.2f} s"

    def _delays_between(self, began, ended):
        """Return how long answers took: the median, and the slowest but for one in a hundred."""
        delays = sorted(
            delay.seconds
            for delay in self.deployment.recording.delays
            if began <= delay.said_at <= ended
        )
        return statistics.median(delays), delays[int(0.99 * len(delays))]


async def _ended(*tasks):
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _own(pid):
    # Without shared memory: processes that come and go would change its share.
    with open(f"/proc/{pid}/smaps_rollup") as shown:  # noqa: PTH123 - a file of the kernel's
        return next(int(line.split()[1]) for line in shown if line.startswith("Anonymous:"))
