import asyncio
import json

import pytest
from one_process import until, worker

from server import metrics
from server.live import audience as audience_module
from server.live.admission import NOBODY
from server.live.transport import Connection
from server.live.views import Audience


class Recorded(Connection):
    """A connection that keeps what it is sent, by its place in a list."""

    def __init__(self, on_send=None):
        super().__init__(NOBODY)
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
        await host.done("open_round", method="approval", settings={"visibility": "live"})
        people = [await server.page(code) for _ in range(10)]
        before = len(screen.of("tally"))
        for round_ in range(10):
            for n, person in enumerate(people):
                ballot = {"approve": ["flask"] if (n + round_) % 2 else ["django", "flask"]}
                vote = {"type": "vote", "id": f"v{round_}", "round": 1, "ballot": ballot}
                await person.send(vote)
        await until(lambda: all(len(person.of("ack")) == 10 for person in people))
        seq = server.hub.rooms[code].board.seq
        last = await screen.told("tally", lambda f: f["seq"] == seq)
        assert last["tally"]["result"]["totals"]["flask"] == 10
        assert len(screen.of("tally")) - before < 60
        seqs = [frame["seq"] for frame in screen.of("tally")]
        assert seqs == sorted(set(seqs))


async def test_a_window_that_was_set_is_kept(embedded):
    async with worker(embedded, tally_window=250) as server:
        code, key = await server.board()
        host, screen = await server.host(code, key), await server.page(code, "screen")
        await host.done("open_round", method="approval", settings={"visibility": "live"})
        await screen.told("round")
        before = len(screen.of("tally"))
        person = await server.page(code)
        for n in range(20):
            await person.done("vote", round=1, ballot={"approve": ["flask"] if n % 2 else []})
        seq = server.hub.rooms[code].board.seq
        await screen.told("tally", lambda f: f["seq"] == seq)
        assert len(screen.of("tally")) - before < 5


async def test_everybody_of_an_audience_gets_the_same_bytes_encoded_once(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        room = server.hub.rooms[code]
        members = room._broadcaster.members.setdefault(Audience(host=False, result=False), {})
        people = [Recorded() for _ in range(20)]
        members.update(dict.fromkeys(people))
        await host.done("set_board", title="New")
        await until(lambda: all(person.sent for person in people))
        for slot in range(len(people[0].sent)):
            assert len({id(person.sent[slot][1]) for person in people}) == 1
        for person in people:
            del members[person]


@pytest.mark.parametrize(
    ("visibility", "public"),
    [
        ("on_reveal", {Audience(host=False, result=False)}),
        ("after_vote", {Audience(host=False, result=False)}),
        ("live", {Audience(host=False, result=True), Audience(host=False, result=False)}),
    ],
)
async def test_only_the_bytes_of_what_everybody_may_see_are_counted(
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
        opening["settings"] = {"visibility": visibility}
        opened = await server.api(acting, opening, headers={"Authorization": f"Bearer {key}"})
        assert opened[0] == 200
        await until(lambda: not server.hub.rooms[code]._broadcaster._news.round)
        monkeypatch.setattr(audience_module, "count", note)
        members = server.hub.rooms[code]._broadcaster.members
        watching = {
            Audience(host=host, result=result): Recorded()
            for host in (False, True)
            for result in (False, True)
        }
        for audience, one in watching.items():
            members[audience] = {one: None}
        for n, ballot in enumerate((["django"], ["flask", "tornado"])):
            vote = {"type": "vote", "id": f"v{n}", "round": 1, "ballot": {"approve": ballot}}
            assert (await server.api(acting, vote, headers=cookie))[0] == 200
            await until(lambda n=n: all(one.tallies() > n for one in watching.values()))
        members.clear()
        lengths = {
            audience: sum(len(data) for _, data in one.sent) for audience, one in watching.items()
        }
        assert sum(counted) == sum(lengths[audience] for audience in public)
        assert len({*lengths.values()}) > 1


async def test_nobody_who_changes_audience_meanwhile_misses_what_is_new(embedded, monkeypatch):
    monkeypatch.setattr(audience_module, "SLICE", 1)
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        members = server.hub.rooms[code]._broadcaster.members
        seen, unseen = Audience(host=False, result=True), Audience(host=False, result=False)
        moving = Recorded()

        def move(_):
            members[unseen].pop(moving, None)
            members[seen][moving] = None

        first = Recorded(move)
        members.setdefault(seen, {})[first] = None
        members.setdefault(unseen, {})[moving] = None
        await host.done("set_board", title="New")
        await until(lambda: first.sent and moving.sent)
        assert {slot for slot, _ in moving.sent} == {slot for slot, _ in first.sent} == {"board"}


async def test_comments_carry_their_own_positions_in_rising_order(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        ann, screen = await server.page(code), await server.page(code, "screen")
        for n in range(30):
            said = {"option": "flask", "kind": "pro", "text": f"{n}", "comment": f"c{n}"}
            await ann.send({"type": "comment", "id": f"m{n}", **said})
        await ann.told("ack", lambda f: f["id"] == "m29")
        await screen.told("comment", lambda f: f["comment"]["id"] == "c29")
        acks = {frame["id"][1:]: frame["seq"] for frame in ann.of("ack")}
        told = [(frame["comment"]["id"][1:], frame["seq"]) for frame in screen.of("comment")]
        assert told == sorted(acks.items(), key=lambda row: row[1])


async def test_one_who_does_not_read_keeps_nobody_waiting(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        hung = await server.line(code, max_queue=1)
        hung._reader.cancel()
        await hung.send({"type": "hello", "view": "screen"})
        screen = await server.page(code, "screen")
        for n in range(60):
            await host.done("set_board", title=f"T{n}", context="x" * 2000)
        told = await screen.told("board", lambda f: f["board"]["title"] == "T59")
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
        members = room._broadcaster.members.setdefault(Audience(host=False, result=False), {})
        members[first] = members[second] = None
        await host.done("set_board", title="New")
        await until(lambda: first.sent)
        for _ in range(5):
            await asyncio.sleep(0)
        assert not second.sent
        room.replica.epoch = before
        del members[first]
        await host.done("set_board", title="Newer")
        await until(lambda: second.sent)
