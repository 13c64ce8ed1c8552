import asyncio
import json

import pytest

from server.live import broadcaster as audience_module
from server.live.authorization import NOBODY
from server.live.client import Client
from server.live.connection import Connection
from server.live.views import Audience
from server.observability import metrics
from server.store.node import StoreAwayError
from support.wait import eventually
from support.worker import worker


class Recorded(Connection):
    """A connection that keeps what it is sent, by its place in a list."""

    def __init__(self, on_send=None):
        super().__init__()
        self.client = Client(self, NOBODY)
        self.sent = []
        self._on_send = on_send

    def send_all(self, frames, joined):
        assert joined == b"".join(data for _, data in frames)
        for slot, data in frames:
            self.send(data, slot)

    def send(self, data, slot=None):
        self.sent.append((slot, data))
        if self._on_send:
            self._on_send(self)

    def tallies(self):
        return sum(slot == "tally" for slot, _ in self.sent)


async def test_a_tally_is_a_state_and_many_votes_are_few_frames(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, screen = await server.host(code, key), await server.page(code, "screen")
        await host.done(
            "open_round", method="approval", settings={"visibility": "live", "names": "open"}
        )
        people = [await server.page(code) for _ in range(10)]
        before = len(screen.of("tally"))
        for round_ in range(10):
            for n, person in enumerate(people):
                ballot = {"approve": ["flask"] if (n + round_) % 2 else ["django", "flask"]}
                vote = {"type": "vote", "id": f"v{round_}", "round": 1, "ballot": ballot}
                await person.send(vote)
        await eventually(lambda: all(len(person.of("ack")) == 10 for person in people))
        seq = server.hub.rooms[code].board.seq
        last = await screen.receive("tally", lambda f: f["seq"] == seq)
        assert last["tally"]["result"]["totals"]["flask"] == 10
        assert len(screen.of("tally")) - before < 60
        seqs = [frame["seq"] for frame in screen.of("tally")]
        assert seqs == sorted(set(seqs))


async def test_a_window_that_was_set_is_kept(embedded):
    async with worker(embedded, tally_window=250) as server:
        code, key = await server.board()
        host, screen = await server.host(code, key), await server.page(code, "screen")
        await host.done(
            "open_round", method="approval", settings={"visibility": "live", "names": "open"}
        )
        await screen.receive("round")
        before, clock = len(screen.of("tally")), asyncio.get_running_loop().time
        began = clock()
        person = await server.page(code)
        for n in range(20):
            await person.done("vote", round=1, ballot={"approve": ["flask"] if n % 2 else []})
        seq = server.hub.rooms[code].board.seq
        await screen.receive("tally", lambda f: f["seq"] == seq)
        assert len(screen.of("tally")) - before <= 2 + (clock() - began) / 0.25


async def test_everyone_of_an_audience_gets_the_same_bytes_encoded_once(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        room = server.hub.rooms[code]
        members = room._membership.audiences.setdefault(Audience(host=False, result=False), {})
        people = [Recorded() for _ in range(20)]
        members.update(dict.fromkeys(person.client for person in people))
        await host.done("set_board", title="New")
        await eventually(lambda: all(person.sent for person in people))
        for slot in range(len(people[0].sent)):
            assert len({id(person.sent[slot][1]) for person in people}) == 1
        for person in people:
            del members[person.client]


@pytest.mark.parametrize(
    ("visibility", "public"),
    [
        ("on_reveal", {Audience(host=False, result=False)}),
        ("after_vote", {Audience(host=False, result=False)}),
        ("live", {Audience(host=False, result=True), Audience(host=False, result=False)}),
    ],
)
async def test_only_the_bytes_of_what_everyone_may_see_are_counted(
    embedded, monkeypatch, visibility, public
):
    """Else whoever reads the counters could tell a hidden vote by the length of a tally."""
    counted = []

    def note(counter, *_, by=1):
        if counter is metrics.FRAME_BYTES:
            counted.append(by)

    async with worker(embedded, own=True) as server:
        code, key = await server.board(settings={"host_sees_results": True})
        cookie = {"Cookie": await server.cookie(code)}
        acting = f"/api/boards/{code}/actions"
        opening = {"type": "open_round", "id": "a", "method": "approval"}
        opening["settings"] = {"visibility": visibility, "names": "open"}
        opened = await server.api(acting, opening, headers={"Authorization": f"Bearer {key}"})
        assert opened[0] == 200
        await eventually(lambda: not server.hub.rooms[code]._broadcaster._pending.round)
        monkeypatch.setattr(audience_module, "count", note)
        members = server.hub.rooms[code]._membership.audiences
        watching = {
            Audience(host=host, result=result): Recorded()
            for host in (False, True)
            for result in (False, True)
        }
        for audience, one in watching.items():
            members[audience] = {one.client: None}
        for n, ballot in enumerate((["django"], ["flask", "tornado"])):
            vote = {"type": "vote", "id": f"v{n}", "round": 1, "ballot": {"approve": ballot}}
            assert (await server.api(acting, vote, headers=cookie))[0] == 200
            await eventually(lambda n=n: all(one.tallies() > n for one in watching.values()))
        members.clear()
        lengths = {
            audience: sum(len(data) for _, data in one.sent) for audience, one in watching.items()
        }
        assert sum(counted) == sum(lengths[audience] for audience in public)
        assert len({*lengths.values()}) > 1


async def test_no_one_who_changes_audience_meanwhile_misses_what_is_new(embedded, monkeypatch):
    monkeypatch.setattr(audience_module, "SLICE", 1)
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        members = server.hub.rooms[code]._membership.audiences
        seen, unseen = Audience(host=False, result=True), Audience(host=False, result=False)
        moving = Recorded()

        def move(_):
            members[unseen].pop(moving.client, None)
            members[seen][moving.client] = None

        first = Recorded(move)
        members.setdefault(seen, {})[first.client] = None
        members.setdefault(unseen, {})[moving.client] = None
        await host.done("set_board", title="New")
        both = (first, moving)
        await eventually(lambda: all("board" in dict(each.sent) for each in both))


async def test_comments_carry_their_own_positions_in_rising_order(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        ann, screen = await server.page(code), await server.page(code, "screen")
        for n in range(30):
            said = {"option": "flask", "kind": "pro", "text": f"{n}", "comment": f"c{n}"}
            await ann.send({"type": "comment", "id": f"m{n}", **said})
        await ann.receive("ack", lambda f: f["id"] == "m29")
        await screen.receive("comment", lambda f: f["comment"]["id"] == "c29")
        acks = {frame["id"][1:]: frame["seq"] for frame in ann.of("ack")}
        told = [(frame["comment"]["id"][1:], frame["seq"]) for frame in screen.of("comment")]
        assert told == sorted(acks.items(), key=lambda row: row[1])


async def test_one_who_does_not_read_keeps_no_one_waiting(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        hung = await server.connect(code, max_queue=1)
        hung._reader.cancel()
        await hung.send({"type": "hello", "view": "screen"})
        screen = await server.page(code, "screen")
        for n in range(60):
            await host.done("set_board", title=f"T{n}", context="x" * 2000)
        told = await screen.receive("board", lambda f: f["board"]["title"] == "T59")
        assert json.dumps(told)


async def test_a_broadcast_ends_where_another_history_begins(embedded, monkeypatch):
    """Its frames have higher positions than the welcome that some have got meanwhile."""
    monkeypatch.setattr(audience_module, "SLICE", 1)
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        room = server.hub.rooms[code]
        before = room.replica.epoch

        def renew(_):
            room.replica.epoch = "another history"

        first, second = Recorded(renew), Recorded()
        members = room._membership.audiences.setdefault(Audience(host=False, result=False), {})
        members[first.client] = members[second.client] = None
        await host.done("set_board", title="New")
        await eventually(lambda: first.sent)
        for _ in range(5):
            await asyncio.sleep(0)
        assert not second.sent
        room.replica.epoch = before
        del members[first.client]
        await host.done("set_board", title="Newer")
        await eventually(lambda: second.sent)


async def test_a_message_that_was_put_off_is_followed_by_a_pulse(embedded, monkeypatch):
    """A client sends it again when a pulse says that the store is available. If it is so already,
    no change of that is announced, and the next pulse may be seconds away.
    """
    monkeypatch.setattr(audience_module, "PULSE", 1e9)
    async with worker(embedded, own=True) as server:
        code, _ = await server.board()
        ann = await server.page(code)
        read = server.hub.log.read
        fails = [True]

        async def cannot_be_read_once(*args):
            if fails:
                fails.pop()
                raise StoreAwayError("for a moment")
            return await read(*args)

        monkeypatch.setattr(server.hub.log, "read", cannot_be_read_once)
        # There is no such round; whether that is so is looked up in the log, which fails.
        refused = await ann.ask("vote", round=1, ballot={"approve": []})
        assert refused["code"] == "store_away"
        before = ann.frames.index(refused)
        assert server.hub.store.present
        pulse = await ann.receive("pulse", after=before)
        assert pulse["store"] == "ok"


async def test_a_message_put_off_before_a_welcome_is_followed_by_a_pulse(embedded, monkeypatch):
    """While a client waits for its welcome it hears no pulse, so it may have missed the one that
    says that the store is available again.
    """
    monkeypatch.setattr(audience_module, "PULSE", 1e9)
    monkeypatch.setattr(audience_module, "PULSE_AGAIN", 1e9)
    async with worker(embedded, own=True) as server:
        code, _ = await server.board()
        ann = await server.page(code)
        room, (store,) = server.hub.rooms[code], server.hub.store.nodes
        await eventually(lambda: store.present)
        before = len(ann.frames)
        room.invalidated()
        monkeypatch.setattr(store, "set_present", lambda **_: None)
        store.present = False
        await ann.send({"type": "rename", "id": "a", "name": "Ann"})
        (client,) = server.hub.clients
        await eventually(lambda: client._owed)
        store.present = True
        room.heartbeat_now()
        await eventually(lambda: room._broadcaster._next_pulse > 0)
        room._membership.send_fresh_welcomes([client])
        welcome = ann.frames.index(await ann.receive("welcome", after=before))
        await eventually(lambda: len(ann.frames) > welcome + 2)
        told = ann.frames[welcome : welcome + 3]
        assert [frame["type"] for frame in told] == ["welcome", "refused", "pulse"]
        assert told[2]["store"] == "ok"
