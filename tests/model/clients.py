"""People as represented by their browsers: a cookie, a reconnecting socket, an outbox.

They implement the contract and nothing else, so they would notice if the server did not.
"""

import asyncio
import contextlib
import itertools
import json
import random
import time
from typing import NamedTuple

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPError
from websockets.exceptions import ConnectionClosed, WebSocketException

from model.ballot_filling import fill_in
from support.client import connect
from support.wait import eventually

PATIENCE = 20.0
"""Seconds within which everything that a test waits for must happen."""
UNREACHABLE = (HTTPError, OSError, EOFError, WebSocketException)
TRY_AGAIN = {"store_away", "going_away"}
STOP = {4000, 4003, 4004}
SILENCE = 25.0
"""Seconds of silence after which a connection is dead; a pulse comes at least every 10 s."""
FIRST_WAIT, LONGEST_WAIT = 0.1, 1.0
"""Seconds; a browser waits longer, simply because it can."""

_ids = itertools.count(1)


class Answer(NamedTuple):
    """The outcome of a message: a position, or the code of a refusal."""

    seq: int | None = None
    code: str | None = None


class OutboxMessage:
    """A message that has no answer yet."""

    def __init__(self, message):
        self.message = message
        self.sent = False
        self.sends = 0
        self.sent_at = None
        self.answer = asyncio.get_running_loop().create_future()


class Person:
    """One page that someone has open."""

    def __init__(self, crowd, base, name, view="ballot", cookies=()):
        self.name = name
        self.view = view
        self.messages = []
        self.clock_off = None
        """Milliseconds by which the server's clock was ahead of this machine's."""
        self.seats = set()
        """Every seat that this page was told it has."""
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
        self._outbox_changed = asyncio.Event()
        self._crowd = crowd
        self._recording = crowd.recording
        # A generator of their own: what one person does must not depend on the timing of others.
        self.random = random.Random(crowd.random.getrandbits(64))
        self._careful = self.random.random() < 0.5
        self._outbox = {}
        self.connection = None
        self._running = None
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
        """The ballot that this page shows: the one sent for the round it shows."""
        n, ballot = self._ballot
        return ballot if self.round and n == self.round["n"] else None

    @property
    def can_vote(self):
        """Whether a vote would be accepted, as far as this page knows."""
        current = self.round
        return bool(current and current["state"] == "open" and self.welcomes[-1]["you"]["votes"])

    # Coming and going

    async def arrive(self):
        """Open the page, retrying as often as necessary, and wait for the welcome."""
        if self.view == "ballot" and not self.cookies:
            await asyncio.wait_for(self.open_page(), PATIENCE)
        self._running = asyncio.create_task(self._run())
        await eventually(lambda: self.present or self._running.done())
        self.fail()

    def fail(self):
        """Raise the error that occurred in this page, if any."""
        if self._running.done() and not self._running.cancelled():
            self._running.result()

    async def leave(self):
        """Close the page. Raises the error that occurred in it, if any."""
        if self._running:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
        if self.connection:
            await self.connection.close()

    def cut_connection(self, *, after=None):
        """Lose the connection, like a phone in a lift: now, or on the next frame of a type."""
        self._cut_after = after
        if after is None and self.connection:
            self.present = False
            self.connection.transport.abort()

    def keep_connection(self):
        """Cancel a connection loss that is still pending."""
        self._cut_after = None

    async def open_page(self):
        wait = FIRST_WAIT
        while True:
            try:
                page = await AsyncHTTPClient().fetch(f"{self.base}/b/{self._crowd.code}")
            except UNREACHABLE:
                await asyncio.sleep(wait)
                continue
            for cookie in page.headers.get_list("Set-Cookie"):
                key, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[key] = value
            return

    async def _run(self):
        first, longest = self._crowd.waits
        wait = first
        while True:
            try:
                self._opening = asyncio.create_task(self.connect())
                self.connection = await self._opening
            except UNREACHABLE:
                after = 0
            except asyncio.CancelledError:
                if not self._network_is_back.is_set():
                    raise
                after = 0
            else:
                after = await self._listen(self.connection)
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
        """Reconnect at once, like a browser whose system reports that the network is back."""
        self._network_is_back.set()
        self._opening.cancel()
        self.cut_connection()

    async def connect(self):
        cookies = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        return await connect(self.base, self._crowd.code, cookie=cookies, compression=None)

    async def _listen(self, connection):
        """Receive until the connection ends; return when to reconnect, None for never."""
        came_back = len(self.goodbyes)
        posting = None
        try:
            # It may end without a close frame, and while something is being sent; what was sent to
            # us before is still received.
            with contextlib.suppress(ConnectionClosed):
                await self._write(self._hello())
            with contextlib.suppress(ConnectionClosed):
                while data := await self._read(connection):
                    message = msgspec.json.decode(data)
                    self._recording.received(self, data, message)
                    self._receive(message)
                    if message["type"] == "welcome":
                        # It also implies that the store is available, unless a pulse says
                        # otherwise.
                        self._outbox_changed.set()
                        posting = posting or asyncio.create_task(self._deliver())
                    if message["type"] == self._cut_after:
                        self.cut_connection()
                        break
        finally:
            if posting:
                posting.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                    await posting
        await connection.wait_closed()
        self.closes.append(connection.close_code)
        if connection.close_code in STOP:
            return None
        goodbyes = self.goodbyes[came_back:]
        return goodbyes[-1]["retry_after_ms"] / 1000 if goodbyes else 0

    async def _read(self, connection):
        """Return what arrives next; None if the connection is dead."""
        try:
            async with asyncio.timeout(SILENCE):
                return await connection.recv()
        except TimeoutError:
            self.cut_connection()

    def _hello(self):
        hello = {"type": "hello", "view": self.view, "name": self.name}
        if self.epoch:
            # Some resume from the comments they have, others from the newest position they have
            # seen.
            seq = self.comments_until if self._careful else self.seq
            hello["since"] = {"epoch": self.epoch, "seq": seq}
        return hello

    def _lost(self):
        self.connection = None
        self.present = False
        for outgoing in self._outbox.values():
            outgoing.sent = False

    async def _write(self, message):
        await self.connection.send(json.dumps(message))

    # Sending

    def send(self, type_, **fields):
        """Put a message into the outbox; return a future for its answer."""
        id_ = f"m{next(_ids)}"
        outgoing = self._outbox[id_] = OutboxMessage({"type": type_, "id": id_, **fields})
        self.messages.append(outgoing.message)
        self._outbox_changed.set()
        return outgoing.answer

    def vote(self, *options):
        return self.send("vote", round=self.round["n"], ballot={"approve": list(options)})

    def fill_in(self):
        """Vote by the method of the round."""
        return self.send("vote", round=self.round["n"], ballot=fill_in(self.random, self.round))

    def owes(self, ids):
        """Describe which of these messages have no answer yet, and when they were last sent."""
        now = asyncio.get_running_loop().time()
        return [
            f"{outgoing.message['type']} {id_}, sent {outgoing.sends} times, the last"
            f" {now - (outgoing.sent_at or now):.1f} s ago, {'' if outgoing.sent else 'not '}on its way"
            for id_, outgoing in self._outbox.items()
            if id_ in ids
        ]

    def comment(self, option, text):
        id_ = f"c{next(_ids)}"
        return self.send("comment", option=option, kind="note", text=text, comment=id_)

    @property
    def unanswered(self):
        """The messages that have no answer yet, by id."""
        return dict(self._outbox)

    @property
    def waiting(self):
        """The number of messages that have no answer yet."""
        return len(self._outbox)

    async def _deliver(self):
        """Send what has not been sent on this connection, in the original order."""
        while True:
            await self._outbox_changed.wait()
            self._outbox_changed.clear()
            for outgoing in list(self._outbox.values()):
                if not outgoing.sent:
                    outgoing.sent = True
                    outgoing.sends += 1
                    outgoing.sent_at = asyncio.get_running_loop().time()
                    await self._write(outgoing.message)

    # Receiving

    def _receive(self, message):
        type_ = message["type"]
        if "seq" in message and type_ not in {"ack", "comment"}:
            self.seq = message["seq"]
        _HANDLERS[type_](self, message)

    def _change(self, message):
        setattr(self, message["type"], message[message["type"]])

    def _show_ballot(self, message):
        self._ballot = (message["round"], message["ballot"])
        self._recording.saw_ballot(self, self.seq, *self._ballot)

    def _tally(self, message):
        self._change(message)
        self._recording.saw_tally(self, self.seq, self.tally)

    def _comment(self, message):
        comment = message["comment"]
        self.comments_until = message["seq"]
        self.comments[comment["id"]] = comment
        self._recording.saw_comment(self, message["seq"], comment)

    def _goodbye(self, message):
        self.goodbyes.append(message)

    def _pulse(self, message):
        self.stores.append(message["store"])
        if message["store"] == "ok":
            self._outbox_changed.set()

    def _welcome(self, message):
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
        self._recording.saw_tally(self, self.seq, self.tally)
        if self.round:
            self._ballot = (self.round["n"], message["ballot"])
            self._recording.saw_ballot(self, self.seq, *self._ballot)
        self.present = True

    def _answer(self, message):
        outgoing = self._outbox.get(message["id"])
        if outgoing is None:
            self._recording.wrong.append(f"{self} was answered once too often: {message}")
            return
        code = message.get("code")
        if code in TRY_AGAIN:
            outgoing.sent = False
            self._recording.put_off.append(code)
            return
        del self._outbox[message["id"]]
        if code:
            self._recording.refused.append((self, outgoing.message, code))
        else:
            self._recording.acknowledged(self, outgoing.message, message["seq"])
            if outgoing.sends == 1:
                self._recording.answered(outgoing.sent_at)
        if not outgoing.answer.cancelled():
            outgoing.answer.set_result(Answer(message.get("seq"), code))


class Crowd:
    """Everyone on one board, across one or more servers."""

    def __init__(self, recording, code, random, waits=(FIRST_WAIT, LONGEST_WAIT)):
        """`waits`: seconds to wait before reconnecting, at first and at most."""
        self.recording = recording
        self.code = code
        self.random = random
        self.waits = waits
        self.all = []
        self.gone = []
        """People who left for good, and may have missed some answers."""
        self.host_key = None
        self.talkative = 0.3
        """The share of comments in what they do: a fresh welcome has only the newest threads."""

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await asyncio.gather(*(person.leave() for person in self.all))

    async def create_board(self, server):
        """Create a board for these people; they get the host's key."""
        options = [{"name": name} for name in ("Ant", "Bee", "Cat", "Dog")]
        body = json.dumps({"title": "A board", "options": options})
        url = f"{server.address}/api/boards"
        answer = json.loads((await AsyncHTTPClient().fetch(url, method="POST", body=body)).body)
        self.code, self.host_key = answer["code"], answer["host_key"]

    async def join(self, server, n=1, view="ballot"):
        """Let more people arrive, all at once."""
        first = len(self.all)
        people = [Person(self, server.address, f"{view} {first + i}", view) for i in range(n)]
        self.all += people
        await asyncio.gather(*(person.arrive() for person in people))
        return people

    async def join_host(self, server):
        """Open the host's console."""
        cookies = {f"stackvote_host_{self.code}": self.host_key}
        host = Person(self, server.address, "host", "host", cookies)
        self.all.append(host)
        await host.arrive()
        return host

    async def join_invited(self, server, n):
        """Create invitations as the host, and let one person arrive by each."""
        body = json.dumps({"count": n})
        url = f"{server.address}/api/boards/{self.code}/invites"
        key = {"Authorization": f"Bearer {self.host_key}"}
        made = await AsyncHTTPClient().fetch(url, method="POST", body=body, headers=key)
        links = [invite["link"] for invite in json.loads(made.body)["invites"]]
        return [await self.join_by_link(server, link, f"guest {i}") for i, link in enumerate(links)]

    async def join_by_link(self, server, link, name):
        """Take the seat of an invitation in a new browser."""
        got = await self.claim(server, link)
        assert got.code == 201, got.body
        cookies = got.headers.get_list("Set-Cookie")
        pairs = (cookie.partition(";")[0].split("=", 1) for cookie in cookies)
        return await self.join_with(server, name, pairs)

    async def claim(self, server, link, **headers):
        """Claim the seat of an invitation, like a program that was given its link."""
        return await AsyncHTTPClient().fetch(
            f"{server.address}/api/boards/{self.code}/seat",
            method="POST",
            body=json.dumps({"invite": link.partition("invite=")[2]}),
            headers=headers,
            raise_error=False,
        )

    async def join_with(self, server, name, cookies):
        """Open the ballot with the cookies of a browser that was here before."""
        person = Person(self, server.address, name, "ballot", cookies)
        self.all.append(person)
        await person.arrive()
        return person

    async def part(self, person):
        """Let one person leave for good."""
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
        """Let one person vote or comment, and wait for the outcome."""
        if self.random.random() < self.talkative:
            text = f"{person.name} says {self.random.random()}"
            return await person.comment(self.random.choice(self.options), text)
        chosen = self.random.sample(self.options, self.random.randrange(len(self.options)))
        return await person.vote(*chosen)

    async def busy(self, while_, patience=PATIENCE):
        """Let everyone vote and comment without a break while something else happens.

        `patience`: seconds within which each of them must get an answer.
        """

        async def take_part(person):
            while not event.done():
                await asyncio.wait_for(self.do(person), patience)
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


_HANDLERS = {
    "welcome": Person._welcome,
    "board": Person._change,
    "round": Person._change,
    "people": Person._change,
    "proposals": Person._change,
    "your_proposals": Person._change,
    "sealed": Person._change,
    "your_sealed": Person._change,
    "ballot": Person._show_ballot,
    "tally": Person._tally,
    "comment": Person._comment,
    "ack": Person._answer,
    "refused": Person._answer,
    "pulse": Person._pulse,
    "goodbye": Person._goodbye,
}
