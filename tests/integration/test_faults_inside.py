"""A fault that no one expects, at each place inside: it is said, counted, and harms no one.

What is asked afterwards are the five questions of docs/architecture.md, "What must never happen".
"""

import asyncio
import logging

import pytest
from redis import Redis
from websockets.exceptions import ConnectionClosed

from server.domain import actions as act
from server.live import hub as hub_module
from server.live.broadcaster import Broadcaster
from server.live.client import Client
from server.live.connection import Connection
from server.live.expiry import Expiry
from server.live.hub import Hub
from server.live.membership import Membership
from server.live.pending import Submissions, _Submission
from server.live.process_metrics import ProcessMetrics
from server.live.recheck import Recheck
from server.live.replica import Replica
from server.live.revocations import Revocations
from server.live.room import Room
from server.live.session import Session
from server.observability import metrics
from server.store import subscription
from server.store.arrivals import Arrivals
from server.store.event_log import EventLog
from server.store.node import Node
from server.store.presence import Presence
from server.store.subscriber import Subscriber
from server.store.subscription import Subscription
from server.web.fair_queue import FairQueue
from server.web.http_server import HttpServer
from support.metrics import value_of
from support.wait import PATIENCE, eventually
from support.worker import worker

PLACES = [
    *(
        (Room, name)
        for name in ("applied", "changed", "receive", "on_presence", "catch_up", "compared")
    ),
    *((Room, name) for name in ("request", "_submit", "heartbeat_now", "people", "enter", "leave")),
    *((Submissions, name) for name in ("settle", "submit", "compared")),
    *((_Submission, name) for name in ("on_logged", "answer")),
    *((Session, name) for name in ("_request", "_answer", "_greet", "on_closed")),
    *(
        (Broadcaster, name)
        for name in ("mark", "_take_pending", "_send_pending", "_frames", "_rest")
    ),
    *((Client, name) for name in ("answer", "show_ballot", "welcome")),
    *((Connection, name) for name in ("send_all", "check", "buffer_updated", "connection_lost")),
    *((Membership, name) for name in ("show_ballot", "_welcome_some", "_seat", "leave")),
    *(
        (Presence, name)
        for name in ("_announce", "_pause", "_forget_stale", "receive", "enter", "_merge")
    ),
    *((Replica, name) for name in ("receive", "_read_on", "catch_up", "_apply", "_catch_up")),
    *((Subscription, name) for name in ("_listen", "_read", "_on_message")),
    *((Subscriber, name) for name in ("_deliver", "receive")),
    *((EventLog, name) for name in ("_append", "_append_with_retries", "_write", "read")),
    *((Node, name) for name in ("heartbeat", "read_run", "run_script")),
    *((Hub, name) for name in ("_check_all",)),
    *((ProcessMetrics, name) for name in ("measure", "measure_seldom")),
    *((Recheck, name) for name in ("ask", "_settle", "_decide")),
    *((Hub, name) for name in ("room", "_open", "arrive", "depart")),
    *((Hub, name) for name in ("_check_rooms", "_record_use")),
    *((Arrivals, name) for name in ("record", "_refresh")),
    (Presence, "_described"),
    (EventLog, "_gather"),
    (EventLog, "heard"),
    (Subscriber, "follow"),
    (HttpServer, "_check_all"),
    (Expiry, "check"),
    (EventLog, "touch"),
    (FairQueue, "_begin"),
    (Revocations, "voted"),
]


class InjectedError(Exception):
    """What no line of the server expects."""


class Faults:
    """Has a method fail the first times that it is called."""

    def __init__(self, monkeypatch, times=2):
        self._patch = monkeypatch
        self._times = times
        self.raised = 0

    def at(self, owner, name):
        real = getattr(owner, name)

        def fail_first(*args, **kwargs):
            if self.raised < self._times:
                self.raised += 1
                raise InjectedError(f"{owner.__name__}.{name}")
            return real(*args, **kwargs)

        async def fail_first_later(*args, **kwargs):
            return await fail_first(*args, **kwargs)

        is_async = asyncio.iscoroutinefunction(real)
        self._patch.setattr(owner, name, fail_first_later if is_async else fail_first)


class Voter:
    """A page with an outbox: it comes back, and sends again what it has no answer to."""

    def __init__(self, server, code, cookie):
        self.server, self.code, self.cookie = server, code, cookie
        self.page = None
        self.asked = 0

    async def come(self):
        self.page = await self.server.page(self.code, cookie=self.cookie)

    async def do(self, type_, **message):
        """Say something until it is acknowledged; give its position."""
        self.asked += 1
        message |= {"type": type_, "id": f"{type_}{self.asked}"}
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            try:
                if self.page is None or self.page.socket.close_code is not None:
                    self.page = None
                    await asyncio.wait_for(self.come(), 2)
                seen = len(self.page.frames)
                await self.page.send(message)
                answer = await eventually(lambda seen=seen: self._answer(message["id"], seen), 5)
            except (ConnectionClosed, TimeoutError, OSError, AssertionError):
                assert self.page is None or self.page.socket.close_code is not None, message
                continue
            if answer["type"] == "ack":
                return answer["seq"]
            assert answer["code"] in {"store_away", "going_away"}, answer
            await asyncio.sleep(0.05)  # As a page does, which waits for the next pulse.
        raise AssertionError(f"never answered: {message}")

    def _answer(self, id_, seen):
        told = [f for f in self.page.frames[seen:] if f["type"] in {"ack", "refused"}]
        found = next((frame for frame in told if frame["id"] == id_), None)
        assert found or self.page.socket.close_code is None
        return found


def faults():
    metrics.flush()
    return value_of(metrics.FAULTS)


def tally(server, code):
    current = server.hub.rooms[code].board.round
    return current.result().totals if current else None


async def counted_in_the_log(server, code):
    """Count the ballots as they stand in the log, each voter's last one."""
    page = await server.hub.log.read(code, 0)
    votes = {}
    for _, _, payload in page.entries:
        entry = act.decode(payload)
        if isinstance(entry.action, act.Vote):
            votes[entry.by] = entry.action.ballot["choice"]
    return sorted(votes.values())


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[0].__name__}.{place[1]}")
async def test_a_fault_inside_loses_no_vote(embedded, monkeypatch, caplog, place):
    monkeypatch.setattr(hub_module, "TICK", 0.1)
    monkeypatch.setattr(hub_module, "COMPARE", 0.2)
    monkeypatch.setattr("server.store.presence.REPEAT", 0.2)
    monkeypatch.setattr("server.live.process_metrics.TICK", 0.01)
    monkeypatch.setattr("server.live.expiry.HOUR", 0.2)
    monkeypatch.setattr("server.live.expiry.FIRST_CHECK", 0.1)
    monkeypatch.setattr(subscription, "HEARTBEAT", 0.1)
    monkeypatch.setattr("server.concurrency.backoff.LONGEST_PAUSE", 0.2)
    async with worker(embedded, own=True) as one, worker(embedded, own=True) as two:
        looks = [ProcessMetrics(each.hub, each.site.settings, lambda: 0) for each in (one, two)]
        for each, look in zip((one, two), looks, strict=True):
            each.hub._spawn("vitals", look.run)
            each.hub._spawn("expiry", Expiry(each.hub).run)
        code, key = await one.board()
        host = await one.host(code, key)
        await host.done(
            "open_round", method="single", settings={"visibility": "live", "names": "open"}
        )
        servers = [one, two, one, two, one]
        voters = [Voter(each, code, await each.cookie(code)) for each in servers]
        for voter in voters:
            await voter.come()
        before, injected = faults(), Faults(monkeypatch)
        injected.at(*place)
        # What makes each of these places be reached: people, talk, comings and goings, a store
        # that renews its line, and another process's word.
        with embedded_client(embedded) as client:
            client.client_kill_filter(_type="pubsub")
            choices = ["flask", "django", "flask", "tornado", "flask"]
            await asyncio.gather(
                *(
                    voter.do("vote", round=1, ballot={"choice": choice})
                    for voter, choice in zip(voters, choices, strict=True)
                )
            )
            for each in (one, two):
                each.hub.store.nodes[0].set_present(value=False, why="said by the test")
            await eventually(lambda: one.hub.store.present and two.hub.store.present)
            for shown in (True, False):
                named = {"type": "set_board", "settings": {"show_names": shown}}
                await settled(one, code, key, named)
            await one.fetch(f"/api/boards/{(await one.board())[0]}")
            wrong = {"type": "lock_round", "round": 7}
            assert await settled(one, code, key, wrong) == "no_such_round"
            guest = Voter(one, code, await one.cookie(code))
            await guest.do("rename", name="Guest")
            await guest.page.socket.close()
            await eventually(lambda: injected.raised, 5)
        await voters[0].do("vote", round=1, ballot={"choice": "django"})
        expected = ["django", "django", "flask", "flask", "tornado"]
        # Nothing that was acknowledged is missing, doubled or counted for another; all processes
        # say the same; and everybody is told.
        assert await counted_in_the_log(one, code) == expected
        for each in (one, two):
            await eventually(lambda each=each: each.hub.ready)
            await eventually(
                lambda each=each: (
                    tally(each, code)["django"] == 2 and tally(each, code)["flask"] == 2
                )
            )
        for voter in voters:
            await voter.do("rename", name="Still here")
            seen = await eventually(lambda voter=voter: last_totals(voter.page))
            assert (seen["django"], seen["flask"], seen["tornado"]) == (2, 2, 1)
        assert injected.raised
        await eventually(lambda: faults() >= before + 1)
        said = [record for record in caplog.records if record.exc_info]
        assert any("Injected" in repr(record.exc_info[1]) for record in said)
        assert all(record.levelno == logging.ERROR for record in said)
        caplog.clear()


async def settled(server, code, key, message):
    """Have the host ask until it is done or refused for good; give the code of that."""
    headers, path = {"Authorization": f"Bearer {key}"}, f"/api/boards/{code}/actions"
    for n in range(100):
        status, answer = await server.api(path, {"id": f"h{n}", **message}, headers=headers)
        if status not in {500, 503}:
            assert status == 200 or answer["code"], answer
            return answer.get("code")
        await asyncio.sleep(0.05)
    raise AssertionError(f"never done: {message}")


def embedded_client(store):
    return Redis.from_url(store.url)


def last_totals(page):
    """Return the totals that a page shows once they are the final ones."""
    shown = [frame["tally"] for frame in page.frames if frame["type"] in {"tally", "welcome"}]
    totals = shown[-1]["result"]["totals"] if shown and shown[-1] else {}
    return totals if totals.get("django") == 2 and totals.get("flask") == 2 else None
