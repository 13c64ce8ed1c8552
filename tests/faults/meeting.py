"""A meeting to which something happens, held to the five things that must never happen.

Two hundred people on three processes vote by all methods, talk, come and go, while hosts open
and close rounds. Then comes the fault; and whatever it was, within five seconds of its end
everybody is back, and in the end nothing is missing, doubled, told too soon, or still held in
memory, and the server's log says in a line what happened.
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
from checker import settled
from filling_in import METHODS, settings_for
from people import eventually
from running import until
from serving import spread

PEOPLE = 200
SCREENS, INVITED = 4, 6
PACE = (1, 3)
"""Seconds from one thing that somebody does to the next, at least and at most."""
SLOWNESS = float(os.environ.get("SLOWNESS", "1"))
"""How many times slower than a machine of its own this one is; the README says when to set it."""
BACK, LONGEST = 5.0 * SLOWNESS, 60 * SLOWNESS
"""Seconds after the end of a fault in which everybody is back, and in which nobody is any more."""
SETTLED = 40.0
"""Seconds in which also those are forgotten who left during the fault: words on who is here last
25 s."""
SETTLES = 15.0
"""Seconds in which memory that is no longer needed is given back."""
GROWTH = 16 * 1024
"""KiB by which a worker that lived through it may be larger afterwards; the talk goes on in it."""
PROMPT, SLOWEST = 0.5 * SLOWNESS, 3.0 * SLOWNESS
"""Seconds in which half of all votes, and 99 of 100, are answered to people whom a fault does not
touch."""
BROWSER = (0.5, 4.0)
"""Seconds that a browser waits to come back: at first, and at most."""
EXPECTED = {
    *("round_closed", "round_open", "no_such_comment", "no_such_round", "not_allowed"),
}
"""Refusals that people meet who do things at the same time."""
USUAL = {r"The board \w+ was read": 9}
"""What a process says when people come to it."""
_LINE = re.compile(r"\S+ \S+ +([A-Z]+) +(\d+) \S+: (.*)")
_SETTINGS = {"STACKVOTE_TALLY_WINDOW": "250"}
"""As wide as it gets in a full room: the fault is to be tried, not the witness's own speed."""


def hold(
    place,
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
    """Hold a meeting, have the fault happen to it, and hold the server to its promises.

    `fault` is given the meeting, and returns at the end of the fault. `says` maps what the log
    says about it, as patterns, to how many lines of it a process writes at most; everything else
    above debug, but for what it `may_say`, is one line too many. `touches_all`: whether answers
    may come late to everybody. `refusals` are codes that people may get beside those of any day.
    `growth` is by how many KiB a worker may be larger afterwards. Where people are `restless`,
    their lines break often, and every round ends by its clock.
    """
    server = place.serve(**how, **_SETTINGS | (settings or {}))

    async def story():
        async with place.crowd(waits=BROWSER) as crowd:
            meeting = Meeting(place, server, crowd, restless=restless)
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
            meeting.ledger = await meeting.end()
            await meeting.memory_is_back(before, growth)
            meeting.log_says(server.log[read:], says, may_say or {})
            odd = [one for one in place.journal.refused if one[2] not in EXPECTED | set(refusals)]
            assert not odd, odd
            if not touches_all:
                meeting.answers_were_prompt(began, ended)
            return meeting

    return asyncio.run(story())


class Meeting:
    """People who are busy, from `begin` to `end`."""

    def __init__(self, place, server, crowd, *, restless=False):
        self.place = place
        self.server = server
        self.crowd = crowd
        self.acks = place.journal.acks
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
        """Have all come, and let the meeting run until each process has answered many."""
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
        """Wait until so many more answers have come."""
        enough = len(self.acks) + n
        await eventually(lambda: len(self.acks) >= enough or self._fails(), patience=60 * SLOWNESS)

    def keep_calm(self):
        """From now on nobody loses a line by themselves; what they lose, the server took."""
        self._calm = True
        for person in self.crowd.all:
            person.keep_line()

    async def everybody_is_back(self):
        """From now on the fault is over: wait until all pages show the board again."""
        self.keep_calm()
        ended = self.now()
        epoch, top = await asyncio.to_thread(until, self._store_says)
        owed = [(person, person.letters) for person in self.crowd.all]

        def away():
            return [
                f"{person}: present {person.present}, at {person.seq} of {top} in {person.epoch},"
                f" owed {person.owes(letters)}, closes {person.closes}"
                for person, letters in owed
                if not person.present
                or person.epoch != epoch
                or person.seq < top
                or person.letters.keys() & letters.keys()
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
        """See that people are served as before."""
        await self.answered(len(self.crowd.voters))

    async def stop_hosting(self):
        """From now on rounds are opened and closed by the test."""
        await _ended(self._hosting)

    async def end(self):
        """Let people finish, and hold all that anybody was told against the log."""
        await _ended(*self._busy)
        crowd, place = self.crowd, self.place
        everybody = crowd.all
        await eventually(lambda: not any(p.waiting for p in everybody) or self._fails())
        return await settled(place.store, crowd, place.journal, patience=SETTLED)

    def _store_says(self):
        """Give the board's history and its last position; None while there is no board."""
        code = self.crowd.code
        try:
            with self.place.store.client() as client:
                board = client.hget(f"sv:{{{code}}}:meta", "epoch")
                run = client.info("replication")["master_replid"]
                top = client.xinfo_stream(f"sv:{{{code}}}:log")["last-generated-id"]
        except redis.RedisError:
            return None
        return board and (f"{board.decode()}.{run[:8]}", int(top.split(b"-")[1]))

    def _fails(self):
        """Raise what went wrong in somebody."""
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
            # Somebody who waits for an answer goes on for a while, and then does not.
            if person.waiting < 4:
                self._act(person, person.random.random())

    def _act(self, person, chance):
        options = [option["id"] for option in person.board["options"]]
        if chance < 0.8:
            # Where no round is open, this moment goes by: were something said instead, all would
            # be told of hundreds of comments at once, and be busy reading when they have to be back.
            if person.can_vote:
                self._vote(person, chance)
        elif chance < 0.83:
            person.comment(person.random.choice(options), f"{person} says {chance}")
        elif chance < 0.87:
            self._touch_the_talk(person, chance)
        elif chance < 0.875:
            person.say("observe", on=chance < 0.872)
        elif chance > (0.93 if self._restless else 0.98) and not self._calm:
            person.cut_line(after=person.random.choice(("tally", "ballot", None)))

    @staticmethod
    def _vote(person, chance):
        if chance < 0.75:
            person.fill_in()
        else:
            person.say("withdraw", round=person.round["n"])

    def _touch_the_talk(self, person, chance):
        mine = [m["comment"] for m in person.said if m["type"] == "comment"]
        mine = [id_ for id_ in mine if "text" in person.comments.get(id_, ())]
        if mine and chance < 0.85:
            own = person.random.choice(mine)
            if chance < 0.84:
                person.say("edit_comment", comment=own, text=f"{person} corrects: {chance}")
            else:
                person.say("delete_comment", comment=own)
        elif person.comments:
            id_ = person.random.choice(list(person.comments))
            person.say("react", comment=id_, emoji="👍", on=chance < 0.86)

    async def _conduct(self):
        """Open one round after the other, by all methods, each with rules of its own."""
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
            opened = await host.say("open_round", method=method, settings=settings)
            # Where the store has forgotten the round before, it is not over.
            assert opened.seq or opened.code == "round_open", opened
            await eventually(lambda: (host.round or {}).get("state") == "open")
            await asyncio.sleep(random.uniform(1, 2))
            await self._change_the_clock(host, random)
            await asyncio.sleep(random.uniform(1, 3))

    async def _close_round(self, host, random):
        n = host.round["n"]
        if random.random() < 0.5:
            await host.say("lock_round", round=n)
        revealed = await host.say("reveal_round", round=n)
        assert revealed.seq or revealed.code in EXPECTED, revealed
        if host.comments:
            mark = random.choice(("hide_comment", "pin_comment"))
            await host.say(mark, comment=random.choice(list(host.comments)), on=True)

    async def _change_the_clock(self, host, random):
        n = host.round["n"]
        if random.random() < 0.5:
            await host.say("pause_round", round=n, on=True)
            await asyncio.sleep(random.uniform(0.5, 1))
            await host.say("pause_round", round=n, on=False)
        if random.random() < 0.3:
            await host.say("extend_round", round=n, seconds=5)

    # What is asked afterwards

    def memory(self):
        """Give what each worker holds for itself, in KiB."""
        return {pid: _own(pid) for pid in self.server.workers()}

    async def memory_at_rest(self):
        """Give the least that each worker holds while it gives back what it needs no longer."""
        least, settled = self.memory(), self.now() + SETTLES
        while self.now() < settled:
            await asyncio.sleep(0.5)  # A look now and then.
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
        """Hold the log to a line for each thing that happened."""
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
        """See that whoever was not touched had answers as at any other time."""
        delays = sorted(
            delay.seconds for delay in self.place.journal.delays if began <= delay.said_at <= ended
        )
        median, slowest = statistics.median(delays), delays[int(0.99 * len(delays))]
        print(f"Answers: {median:.3f} s at the median, 99 of 100 in {slowest:.3f} s.")  # noqa: T201
        assert median < PROMPT, f"half of the answers took longer than {median:.2f} s"
        assert slowest < SLOWEST, f"one answer of a hundred took longer than {slowest:.2f} s"


async def _ended(*tasks):
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _own(pid):
    # Not what it shares with others: their coming and going would look like its own.
    with open(f"/proc/{pid}/smaps_rollup") as shown:  # noqa: PTH123 - a file of the kernel's
        return next(int(line.split()[1]) for line in shown if line.startswith("Anonymous:"))
