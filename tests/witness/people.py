"""People as their browsers show them: a cookie, a line that comes back, an outbox.

They follow the contract and nothing else, so that they would notice if the server did not.
"""

import asyncio
import contextlib
import itertools
import json
import random
import time
from typing import NamedTuple

import msgspec
from filling_in import fill_in
from tornado.httpclient import AsyncHTTPClient, HTTPError
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

PATIENCE = 20.0
"""Seconds in which everything has to happen that a test waits for."""
NOBODY_ANSWERS = (HTTPError, OSError, EOFError, WebSocketException)
TRY_AGAIN = {"store_away", "going_away"}
STOP = {4000, 4003, 4004}
SILENCE = 25.0
"""Seconds without a word, though a pulse comes at least every 10, after which a line is dead."""
FIRST_WAIT, LONGEST_WAIT = 0.1, 1.0
"""Seconds; a browser waits longer, and for no other reason than that it can."""

_ids = itertools.count(1)


class Answer(NamedTuple):
    """What became of a message: a position, or the code of a refusal."""

    seq: int | None = None
    code: str | None = None


class Letter:
    """A message that has no answer yet."""

    def __init__(self, message):
        self.message = message
        self.sent = False
        self.sends = 0
        self.sent_at = None
        self.answer = asyncio.get_running_loop().create_future()


async def eventually(condition, patience=PATIENCE):
    """Wait until a condition holds, and give what it gave."""
    deadline = asyncio.get_running_loop().time() + patience
    while not (met := condition()):
        assert asyncio.get_running_loop().time() < deadline, "waited in vain"
        await asyncio.sleep(0.01)
    return met


class Person:
    """One page that somebody has open."""

    def __init__(self, crowd, base, name, view="ballot", cookies=()):
        self.name = name
        self.view = view
        self.said = []
        self.clock_off = None
        """Milliseconds by which the server's time was ahead of this machine's."""
        self.seats = set()
        """Every seat that this page was told to be."""
        self.cookies = dict(cookies)
        self.base = base
        self.epoch = self.round = self.tally = self.people = None
        self.seq = self.comments_until = 0
        self._ballot = (0, None)
        self.comments = {}
        self.has_part_of_the_talk = False
        self.present = False
        self.welcomes = []
        self.closes = []
        self.goodbyes = []
        self.stores = []
        self._post = asyncio.Event()
        self._crowd = crowd
        self._journal = crowd.journal
        # Of their own: what one does must not depend on when the others did something.
        self.random = random.Random(crowd.random.getrandbits(64))
        self._careful = self.random.random() < 0.5
        self._outbox = {}
        self.line = None
        self._living = None
        self._cut_after = None
        self._network_is_back = asyncio.Event()
        self._opening = None

    def __repr__(self):
        return self.name

    @property
    def seat(self):
        return self.welcomes[-1]["you"]["seat"] if self.welcomes else None

    @property
    def ballot(self):
        """The ballot that this page shows: the one that was told of the round it shows."""
        n, ballot = self._ballot
        return ballot if self.round and n == self.round["n"] else None

    @property
    def can_vote(self):
        """Whether a vote would be taken, as far as this page knows."""
        current = self.round
        return bool(current and current["state"] == "open" and self.welcomes[-1]["you"]["votes"])

    # Coming and going

    async def arrive(self):
        """Open the page, as often as it takes, and wait for the welcome."""
        if self.view == "ballot" and not self.cookies:
            await asyncio.wait_for(self._open_page(), PATIENCE)
        self._living = asyncio.create_task(self._live())
        await eventually(lambda: self.present or self._living.done())
        self.fail()

    def fail(self):
        """Raise what went wrong in this page."""
        if self._living.done() and not self._living.cancelled():
            self._living.result()

    async def leave(self):
        """Close the page. Raises what went wrong in it."""
        if self._living:
            self._living.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._living
        if self.line:
            await self.line.close()

    def cut_line(self, *, after=None):
        """Lose the line, as a phone in a lift does: now, or on the next frame of a type."""
        self._cut_after = after
        if after is None and self.line:
            self.present = False
            self.line.transport.abort()

    def keep_line(self):
        """Lose no line that is still to be lost."""
        self._cut_after = None

    async def _open_page(self):
        wait = FIRST_WAIT
        while True:
            try:
                page = await AsyncHTTPClient().fetch(f"{self.base}/b/{self._crowd.code}")
            except NOBODY_ANSWERS:
                await asyncio.sleep(wait)
                continue
            for cookie in page.headers.get_list("Set-Cookie"):
                key, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[key] = value
            return

    async def _live(self):
        first, longest = self._crowd.waits
        wait = first
        while True:
            try:
                self._opening = asyncio.create_task(self.connect())
                self.line = await self._opening
            except NOBODY_ANSWERS:
                after = 0
            except asyncio.CancelledError:
                if not self._network_is_back.is_set():
                    raise
                after = 0
            else:
                after = await self._listen(self.line)
                if self.present:
                    wait = first
                self._lost()
            if after is None:
                return
            await self._rest(after + self.random.uniform(0, wait))
            wait = min(2 * wait, longest)

    async def _rest(self, seconds):
        """Wait, but no longer than until the network is back."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._network_is_back.wait()
        self._network_is_back.clear()

    def network_is_back(self):
        """Come back at once, on a new line, as a browser does when its system says so."""
        self._network_is_back.set()
        self._opening.cancel()
        self.cut_line()

    async def connect(self):
        cookies = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        return await connect(
            f"{self.base}/b/{self._crowd.code}/live".replace("http", "ws", 1),
            additional_headers={"Cookie": cookies},
            subprotocols=["stackvote.v1"],
            compression=None,
            ping_interval=None,
            proxy=None,
        )

    async def _listen(self, line):
        """Take in what comes until the line ends; say when to come back, None for never."""
        came_back = len(self.goodbyes)
        posting = None
        try:
            # It may end without a closing frame, and while something is being said; what was told
            # before is heard all the same.
            with contextlib.suppress(ConnectionClosed):
                await self._write(self._hello())
            with contextlib.suppress(ConnectionClosed):
                while data := await self._read(line):
                    message = msgspec.json.decode(data)
                    self._journal.heard(self, data, message)
                    self._hear(message)
                    if message["type"] == "welcome":
                        # It says, too, that the store is there, unless a pulse says otherwise.
                        self._post.set()
                        posting = posting or asyncio.create_task(self._deliver())
                    if message["type"] == self._cut_after:
                        self.cut_line()
                        break
        finally:
            if posting:
                posting.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                    await posting
        await line.wait_closed()
        self.closes.append(line.close_code)
        if line.close_code in STOP:
            return None
        goodbyes = self.goodbyes[came_back:]
        return goodbyes[-1]["retry_after_ms"] / 1000 if goodbyes else 0

    async def _read(self, line):
        """Give what comes next; None where the line is dead."""
        try:
            async with asyncio.timeout(SILENCE):
                return await line.recv()
        except TimeoutError:
            self.cut_line()

    def _hello(self):
        hello = {"type": "hello", "view": self.view, "name": self.name}
        if self.epoch:
            # Some count on what they know of the talk, some on the newest they heard of at all.
            seq = self.comments_until if self._careful else self.seq
            hello["since"] = {"epoch": self.epoch, "seq": seq}
        return hello

    def _lost(self):
        self.line = None
        self.present = False
        for letter in self._outbox.values():
            letter.sent = False

    async def _write(self, message):
        await self.line.send(json.dumps(message))

    # Saying

    def say(self, type_, **fields):
        """Put a message into the outbox; a future gives its answer."""
        id_ = f"m{next(_ids)}"
        letter = self._outbox[id_] = Letter({"type": type_, "id": id_, **fields})
        self.said.append(letter.message)
        self._post.set()
        return letter.answer

    def vote(self, *options):
        return self.say("vote", round=self.round["n"], ballot={"approve": list(options)})

    def fill_in(self):
        """Vote as the method of the round has it."""
        return self.say("vote", round=self.round["n"], ballot=fill_in(self.random, self.round))

    def owes(self, letters):
        """Say which of these messages have no answer yet, and when they were sent last."""
        now = asyncio.get_running_loop().time()
        return [
            f"{letter.message['type']} {id_}, sent {letter.sends} times, the last"
            f" {now - (letter.sent_at or now):.1f} s ago, {'' if letter.sent else 'not '}on its way"
            for id_, letter in self._outbox.items()
            if id_ in letters
        ]

    def comment(self, option, text):
        id_ = f"c{next(_ids)}"
        return self.say("comment", option=option, kind="note", text=text, comment=id_)

    @property
    def letters(self):
        """The messages that have no answer yet, by id."""
        return dict(self._outbox)

    @property
    def waiting(self):
        """How many messages have no answer yet."""
        return len(self._outbox)

    async def _deliver(self):
        """Send what has not been sent on this line, in the order in which it was said."""
        while True:
            await self._post.wait()
            self._post.clear()
            for letter in list(self._outbox.values()):
                if not letter.sent:
                    letter.sent = True
                    letter.sends += 1
                    letter.sent_at = asyncio.get_running_loop().time()
                    await self._write(letter.message)

    # Hearing

    def _hear(self, message):
        type_ = message["type"]
        if "seq" in message and type_ not in {"ack", "comment"}:
            self.seq = message["seq"]
        _HEARD[type_](self, message)

    def _changed(self, message):
        setattr(self, message["type"], message[message["type"]])

    def _showed_ballot(self, message):
        self._ballot = (message["round"], message["ballot"])
        self._journal.saw_ballot(self, self.seq, *self._ballot)

    def _counted(self, message):
        self._changed(message)
        self._journal.saw_tally(self, self.seq, self.tally)

    def _heard_comment(self, message):
        comment = message["comment"]
        self.comments_until = message["seq"]
        self.comments[comment["id"]] = comment
        self._journal.saw_comment(self, message["seq"], comment)

    def _told_to_go(self, message):
        self.goodbyes.append(message)

    def _pulsed(self, message):
        self.stores.append(message["store"])
        if message["store"] == "ok":
            self._post.set()

    def _welcomed(self, message):
        self.welcomes.append(message)
        self.clock_off = message["now"] - 1000 * time.time()
        self.seats.add(self.seat)
        self.epoch = message["epoch"]
        self.comments_until = self.seq
        for part in ("board", "round", "tally", "people"):
            setattr(self, part, message[part])
        if not message["resumed"]:
            self.comments = {}
            self.has_part_of_the_talk = "more_comments" in message
        for comment in message["comments"]:
            self.comments[comment["id"]] = comment
        self._journal.saw_tally(self, self.seq, self.tally)
        if self.round:
            self._ballot = (self.round["n"], message["ballot"])
            self._journal.saw_ballot(self, self.seq, *self._ballot)
        self.present = True

    def _answered(self, message):
        letter = self._outbox.get(message["id"])
        if letter is None:
            self._journal.wrong.append(f"{self} was answered once too often: {message}")
            return
        code = message.get("code")
        if code in TRY_AGAIN:
            letter.sent = False
            self._journal.put_off.append(code)
            return
        del self._outbox[message["id"]]
        if code:
            self._journal.refused.append((self, letter.message, code))
        else:
            self._journal.acknowledged(self, letter.message, message["seq"])
            if letter.sends == 1:
                self._journal.answered(letter.sent_at)
        if not letter.answer.cancelled():
            letter.answer.set_result(Answer(message.get("seq"), code))


class Crowd:
    """Everybody on one board, over one or more servers."""

    def __init__(self, journal, code, random, waits=(FIRST_WAIT, LONGEST_WAIT)):
        """`waits`: how long they wait to come back, at first and at most, in seconds."""
        self.journal = journal
        self.code = code
        self.random = random
        self.waits = waits
        self.all = []
        self.gone = []
        """Those who left for good, and may not have heard every answer."""
        self.host_key = None
        self.talkative = 0.3
        """How much of what they do is talk: a fresh welcome holds the newest 200 threads only."""

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await asyncio.gather(*(person.leave() for person in self.all))

    async def found(self, server):
        """Make a board of their own for these people; they get the host's key."""
        options = [{"name": name} for name in ("Ant", "Bee", "Cat", "Dog")]
        body = json.dumps({"title": "A board", "options": options})
        url = f"{base_of(server)}/api/boards"
        answer = json.loads((await AsyncHTTPClient().fetch(url, method="POST", body=body)).body)
        self.code, self.host_key = answer["code"], answer["host_key"]

    async def join(self, server, n=1, view="ballot"):
        """Have more people come, all at once."""
        first = len(self.all)
        people = [Person(self, base_of(server), f"{view} {first + i}", view) for i in range(n)]
        self.all += people
        await asyncio.gather(*(person.arrive() for person in people))
        return people

    async def join_host(self, server):
        """Open the host's console."""
        cookies = {f"stackvote_host_{self.code}": self.host_key}
        host = Person(self, base_of(server), "host", "host", cookies)
        self.all.append(host)
        await host.arrive()
        return host

    async def join_invited(self, server, n):
        """Make invitations as the host, and have one person come by each."""
        body = json.dumps({"count": n})
        url = f"{base_of(server)}/api/boards/{self.code}/invites"
        key = {"Authorization": f"Bearer {self.host_key}"}
        made = await AsyncHTTPClient().fetch(url, method="POST", body=body, headers=key)
        links = [invite["link"] for invite in json.loads(made.body)["invites"]]
        return [await self.join_by_link(server, link, f"guest {i}") for i, link in enumerate(links)]

    async def join_by_link(self, server, link, name):
        """Take the seat of an invitation as a browser of its own."""
        got = await self.claim(server, link)
        assert got.code == 201, got.body
        cookies = got.headers.get_list("Set-Cookie")
        pairs = (cookie.partition(";")[0].split("=", 1) for cookie in cookies)
        return await self.join_with(server, name, pairs)

    async def claim(self, server, link, **headers):
        """Ask for the seat of an invitation, as a program does that was given its link."""
        return await AsyncHTTPClient().fetch(
            f"{base_of(server)}/api/boards/{self.code}/seat",
            method="POST",
            body=json.dumps({"invite": link.partition("invite=")[2]}),
            headers=headers,
            raise_error=False,
        )

    async def join_with(self, server, name, cookies):
        """Open the ballot with the cookies of a browser that has been here."""
        person = Person(self, base_of(server), name, "ballot", cookies)
        self.all.append(person)
        await person.arrive()
        return person

    async def part(self, person):
        """Have one of them leave for good."""
        await person.leave()
        self.all.remove(person)
        self.gone.append(person)

    @property
    def voters(self):
        return [person for person in self.all if person.view == "ballot"]

    @property
    def options(self):
        return self.all[0].round["options"]

    async def do(self, person):
        """One person votes or says something, and waits for what becomes of it."""
        if self.random.random() < self.talkative:
            text = f"{person.name} says {self.random.random()}"
            return await person.comment(self.random.choice(self.options), text)
        chosen = self.random.sample(self.options, self.random.randrange(len(self.options)))
        return await person.vote(*chosen)

    async def busy(self, while_):
        """Everybody votes and talks without a rest while something else happens."""

        async def take_part(person):
            while not event.done():
                await asyncio.wait_for(self.do(person), PATIENCE)
                await asyncio.sleep(self.random.uniform(0, 0.1))

        event = asyncio.create_task(while_)
        work = asyncio.gather(*(take_part(person) for person in self.voters))
        try:
            await asyncio.wait((event, work), return_when=asyncio.FIRST_COMPLETED)
            if event.done():
                await event
            await work
            await event
        finally:
            for task in (event, work):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


def base_of(server):
    return f"http://{server.host}:{server.port}"


_HEARD = {
    "welcome": Person._welcomed,
    "board": Person._changed,
    "round": Person._changed,
    "people": Person._changed,
    "ballot": Person._showed_ballot,
    "tally": Person._counted,
    "comment": Person._heard_comment,
    "ack": Person._answered,
    "refused": Person._answered,
    "pulse": Person._pulsed,
    "goodbye": Person._told_to_go,
}
