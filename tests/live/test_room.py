import asyncio

import pytest
from redis import Redis

from server.store import keys, presence
from server.store.embedded import EmbeddedStore
from support.wait import eventually
from support.worker import worker


async def unsubscribe(server, code):
    """From here on this process hears nothing of the board."""
    (subscription,) = server.hub.subscriber._subscriptions.values()
    await subscription.drop(keys.live(code))


async def test_a_round_locks_by_itself_when_its_time_is_up(embedded, monkeypatch):
    monkeypatch.setattr("server.domain.rounds.MIN_SECONDS", 0)
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        host, ann = await one.host(code, key), await two.page(code)
        await host.done("open_round", method="single", settings={"seconds": 1})
        opened = (await ann.receive("round"))["round"]
        locked = await ann.receive("round", lambda f: f["round"]["state"] == "locked")
        assert locked["round"]["deadline"] == opened["deadline"]
        refused = await ann.ask("vote", round=1, ballot={"choice": "flask"})
        assert refused["code"] == "round_closed"
        await eventually(lambda: two.hub.rooms[code].board.seq == one.hub.rooms[code].board.seq)
        assert one.hub.rooms[code]._timer.due is None


async def test_time_that_is_added_holds_the_lock_back(embedded, monkeypatch):
    monkeypatch.setattr("server.domain.rounds.MIN_SECONDS", 0)
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        await host.done("open_round", method="single", settings={"seconds": 1})
        await host.done("extend_round", round=1, seconds=60)
        room = server.hub.rooms[code]
        assert room._timer.due - host.socket.loop.time() > 50
        assert room.board.round.state == "open"


async def test_whether_a_vote_was_in_time_is_decided_by_the_log(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        host = await one.host(code, key)
        ann, ben = await two.page(code), await two.page(code)
        await host.done("open_round", method="single", settings={"seconds": 60})
        await ann.receive("round")
        # By the clock of this process the round is over; by the store's it is not.
        two.hub.store.nodes[0]._clock_offset += 3_600_000
        await ben.done("vote", round=1, ballot={"choice": "flask"})
        # And the other way round.
        two.hub.store.nodes[0]._clock_offset -= 7_200_000
        await host.done("lock_round", round=1)
        refused = await ann.ask("vote", round=1, ballot={"choice": "flask"})
        assert refused["code"] == "round_closed"


async def test_what_another_process_has_taken_in_is_not_refused_where_that_is_not_known_yet(
    embedded, monkeypatch
):
    monkeypatch.setattr("server.live.hub.COMPARE", 1e9)
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        host, ann = await one.host(code, key), await one.page(code)
        late = await two.page(code, cookie=ann.cookie)
        await host.done("open_round", method="single")
        await ann.done("observe", on=True)
        await late.receive("welcome", lambda f: not f["you"]["votes"])
        # From here on this process hears nothing of the board.
        room = two.hub.rooms[code]
        await unsubscribe(two, code)
        await ann.done("observe", on=False)
        await late.done("vote", round=1, ballot={"choice": "django"})
        vote = {"round": 1, "ballot": {"choice": "flask"}, "id": "v"}
        seq = await ann.done("vote", **vote)
        await host.done("reveal_round", round=1)
        assert room.board.seq < seq
        # It came on a line that was lost, and now on another.
        assert await late.done("vote", **vote) == seq
        await host.done("open_round", method="single")
        await late.done("vote", round=2, ballot={"choice": "flask"})


async def test_what_was_erased_before_it_came_back_is_answered(embedded, monkeypatch):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, _ = await one.board()
        ann, watcher = await two.page(code), await one.page(code)
        comment = {"comment": "c", "option": "flask"}
        await ann.done("comment", kind="note", text="First.", **comment)
        # This process misses one entry, and reads the log when the others have gone on.
        await unsubscribe(two, code)
        await watcher.done("rename", name="Ben")
        read = two.hub.log.read

        async def read_late(*args):
            await eventually(lambda: one.hub.rooms[code].board.comments["c"].deleted)
            await one.hub.log.drained()
            return await read(*args)

        monkeypatch.setattr(two.hub.log, "read", read_late)
        edit = {"type": "edit_comment", "id": "edit", "comment": "c", "text": "Second."}
        await ann.send(edit)
        deleted = await ann.done("delete_comment", comment="c")
        edited = await ann.receive("ack", lambda f: f["id"] == "edit")
        assert edited["seq"] == deleted - 1


async def test_a_new_round_hides_what_the_last_one_showed(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code)
        await host.done(
            "open_round", method="single", settings={"visibility": "live", "names": "open"}
        )
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        await ann.receive(
            "tally", lambda f: f["tally"].get("result", {}).get("winners") == ["flask"]
        )
        await host.done("reveal_round", round=1)
        seq = await host.done("open_round", method="single")
        await host.done("set_board", title="Next")
        await ann.receive("board", lambda f: f["board"]["title"] == "Next")
        for frame in ann.of("tally"):
            if frame["seq"] >= seq:
                assert frame["tally"] == {"round": 2, "voters": 0}


async def test_anyone_who_comes_into_a_crowd_is_told_what_was_counted_before_they_came(
    embedded, monkeypatch
):
    monkeypatch.setattr("server.live.broadcaster.CROWD", 2)
    monkeypatch.setattr("server.live.broadcaster.CROWD_WINDOW", 0)
    # However short a time ago someone else came.
    monkeypatch.setattr("server.live.welcome_cache.PEOPLE_WINDOW", 60)
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code, name="Ann")
        await host.done("open_round", method="single")
        await host.receive("people", lambda f: f["people"]["here"] == 1)
        await server.page(code, "screen")
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        await host.receive("people", lambda f: f["people"]["voted"] == 1)
        latest = await server.page(code, "screen")
        # Of an earlier count only if everyone is about to be told anew.
        await eventually(lambda: newest_people(latest) == newest_people(host))


def newest_people(page):
    return [page.welcome, *page.of("people")][-1]["people"]


async def test_the_host_sees_early_only_where_everyone_is_told_so(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code)
        await host.done("set_board", settings={"host_sees_results": True})
        told = await ann.receive("board")
        assert told["board"]["settings"]["host_sees_results"] is True
        await host.done("open_round", method="single", settings={"names": "open"})
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        await host.receive("tally", lambda f: "result" in f["tally"])
        # Not to be switched off and on again between two votes.
        answer = await host.ask("set_board", settings={"host_sees_results": False})
        assert answer["code"] == "round_open"
        assert not any("result" in frame["tally"] for frame in ann.of("tally"))


async def test_a_store_that_is_a_primary_again_gives_everyone_a_fresh_welcome(tmp_path):
    with EmbeddedStore(tmp_path) as store:
        async with worker(store, own=True) as server:
            code, _ = await server.board()
            page = await server.page(code)
            with Redis.from_url(store.url) as client:
                client.execute_command("REPLICAOF", "127.0.0.1", "1")
                client.execute_command("REPLICAOF", "NO", "ONE")
            fresh = await page.receive("welcome", after=1)
            assert fresh["resumed"] is False
            assert fresh["epoch"] != page.welcome["epoch"]


async def test_a_vote_of_another_history_is_acknowledged_behind_its_welcome(tmp_path):
    """What was voted meanwhile is gone; what is voted from then on counts, and once."""
    with EmbeddedStore(tmp_path) as store:
        async with worker(store, own=True) as server:
            code, key = await server.board()
            host, ann = await server.host(code, key), await server.page(code)
            await host.done(
                "open_round", method="single", settings={"visibility": "live", "names": "open"}
            )
            keys_of = [keys.log(code), keys.meta(code)]
            with Redis.from_url(store.url) as client:
                kept = [client.dump(key) for key in keys_of]
                for choice in ("flask", "django", "tornado"):
                    await ann.done("vote", round=1, ballot={"choice": choice})
                for name, value in zip(keys_of, kept, strict=True):
                    client.restore(name, 0, value, replace=True)
            welcomes = len(ann.of("welcome"))
            seq = await ann.done("vote", round=1, ballot={"choice": "flask"})
            at = [(f["type"], f.get("seq")) for f in ann.frames]
            last = max(n for n, (type_, _) in enumerate(at) if type_ == "welcome")
            assert len(ann.of("welcome")) == welcomes + 1
            assert last < max(n for n, row in enumerate(at) if row == ("ack", seq))
            fresh = ann.of("welcome")[-1]
            assert fresh["epoch"] != ann.welcome["epoch"]
            await eventually(lambda: server.hub.rooms[code].board.round.voters == 1)
            assert server.hub.rooms[code].board.seq == seq


@pytest.mark.parametrize("view", ["ballot", "screen"])
async def test_leaving_takes_nothing_along_that_others_need(embedded, view):
    async with worker(embedded) as server:
        code, _ = await server.board()
        stays, leaves = await server.page(code), await server.page(code, view)
        room = server.hub.rooms[code]
        await eventually(lambda: len(room._membership.clients) == 2)
        await leaves.socket.close()
        await eventually(lambda: len(room._membership.clients) == 1)
        assert len(server.hub.clients) >= 1
        await stays.done("rename", name="Ann")
        await stays.receive(
            "people", lambda f: f["people"]["names"] == [{"name": "Ann", "voted": None}]
        )
        assert sum(map(len, room._membership.audiences.values())) == 1


async def test_anyone_who_comes_to_a_full_board_watches_and_is_told_why(embedded, monkeypatch):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        board = server.hub.rooms[code].board
        monkeypatch.setattr("server.domain.board.MAX_ENTRIES", board.seq)
        ann = await server.page(code, name="Ann")
        refused = await ann.ask("vote", round=1, ballot={"approve": []})
        assert (refused["code"], "full" in refused["message"]) == ("too_many", True)
        await host.done("lock_round", round=1)
        await ann.receive("round", lambda f: f["round"]["state"] == "locked")
        assert board.names == {}


async def test_a_paused_clock_locks_nothing_and_goes_on_in_every_worker(embedded, monkeypatch):
    monkeypatch.setattr("server.domain.rounds.MIN_SECONDS", 0)
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        host, ann = await one.host(code, key), await two.page(code)
        await host.done("open_round", method="single", settings={"seconds": 1})
        await host.done("pause_round", round=1, on=True)
        paused = await ann.receive("round", lambda f: "left_ms" in f["round"])
        assert paused["round"]["deadline"] is None
        assert 0 <= paused["round"]["left_ms"] <= 1000
        for server in (one, two):
            assert server.hub.rooms[code]._timer.due is None
        await host.done("extend_round", round=1, seconds=1)
        await ann.receive("round", lambda f: f["round"].get("left_ms", 0) > 1000)
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        await host.done("pause_round", round=1, on=False)
        running = await ann.receive(
            "round", lambda f: f["round"]["deadline"], after=ann.frames.index(paused)
        )
        assert "left_ms" not in running["round"]
        locked = await ann.receive("round", lambda f: f["round"]["state"] == "locked")
        assert locked["round"]["deadline"] == running["round"]["deadline"]
        _, told = await one.api(f"/api/boards/{code}/history")
        whats = [f"{event['who']} {event['what']}" for event in told["history"]]
        assert whats.count("The clock closed voting in round 1") == 1


async def test_a_seat_that_chooses_to_watch_does_so_in_all_its_tabs(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        host, ann = await one.host(code, key), await one.page(code, name="Ann")
        tab = await two.page(code, cookie=ann.cookie)
        await host.done("open_round", method="single")
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        refused = await ann.ask("observe", on=True)
        assert (refused["code"], "Withdraw it first" in refused["message"]) == ("round_open", True)
        await ann.done("withdraw", round=1)
        await ann.done("observe", on=True)
        for page in (ann, tab):
            fresh = (await page.receive("welcome", after=1))["you"]
            assert (fresh["role"], fresh["votes"]) == ("observer", False)
            assert fresh["seat"] == ann.welcome["you"]["seat"]
            refused = await page.ask("vote", round=1, ballot={"choice": "flask"})
            assert (refused["code"], "watch only" in refused["message"]) == ("not_allowed", True)
        told = await host.receive("people", lambda f: f["people"]["observing"] == 1)
        assert told["people"]["here"] == 1
        assert told["people"]["names"] == [{"name": "Ann", "voted": None, "observes": True}]
        seen = len(tab.frames)
        await tab.done("observe", on=False)
        assert (await tab.receive("welcome", after=seen))["you"]["role"] == "voter"
        await tab.done("vote", round=1, ballot={"choice": "flask"})
        told = await host.receive("people", lambda f: f["people"]["voted"] == 1)
        await host.receive(
            "people", lambda f: f["people"]["names"] == [{"name": "Ann", "voted": True}]
        )


async def test_only_a_broken_connection_counts_as_lost_and_only_until_it_is_back(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        host = await one.host(code, key)
        before, ann, ben = [await two.page(code) for _ in range(3)]
        before.socket.transport.abort()
        await host.receive("people", lambda f: f["people"]["here"] == 2)
        await host.done("open_round", method="single")
        await ann.receive("round")
        await ben.socket.close(1001)
        ann.socket.transport.abort()
        told = await host.receive("people", lambda f: f["people"]["lost"] == 1)
        await eventually(lambda: one.hub.rooms[code].people().here == 0)
        assert told["people"]["lost"] == 1
        seen = len(host.frames)
        await one.page(code, cookie=ann.cookie)
        await host.receive("people", lambda f: f["people"]["lost"] == 0, after=seen)
        await eventually(lambda: two.hub.rooms[code].people().lost == 0)
        assert one.hub.rooms[code].people().here == 1


async def test_no_one_is_lost_to_a_round_that_is_over(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code)
        await host.done("open_round", method="single")
        ann.socket.transport.abort()
        await host.receive("people", lambda f: f["people"]["lost"] == 1)
        await host.done("lock_round", round=1)
        await host.receive("people", lambda f: f["people"]["lost"] == 0, after=-1)


@pytest.fixture
def slow_to_count(monkeypatch):
    """Have every ranked round counted in shares, each of one step."""
    monkeypatch.setattr("server.domain.methods.ranked._LONG", 0)
    monkeypatch.setattr("server.live.time_slices.SLICE_SECONDS", 0)


def of(*ids):
    return {"ranking": [[id_] for id_ in ids]}


async def test_while_a_large_round_is_counted_votes_wait_and_what_is_shown_is_of_one_position(
    embedded, slow_to_count
):
    async with worker(embedded) as server, worker(embedded, own=True) as other:
        code, key = await server.board()
        host = await server.host(code, key)
        screen = await other.page(code, "screen")
        await host.done(
            "open_round", method="ranked", settings={"visibility": "live", "names": "open"}
        )
        people = [await server.page(code) for _ in range(12)]
        for n in range(3):
            orders = [("flask", "django"), ("django", "tornado"), ("tornado", "flask")]
            asked = [
                page.done("vote", round=1, ballot=of(*orders[(n + k) % 3]))
                for k, page in enumerate(people)
            ]
            await asyncio.gather(*asked)
        room = server.hub.rooms[code]
        for page in (host, screen, people[0]):
            shown = await page.receive(
                "tally", lambda f: f["tally"]["voters"] == 12 and f["seq"] == room.board.seq
            )
            assert shown["tally"]["result"]["totals"] == room.board.round.result().totals
        # Every frame told the ballots of its own position.
        for page in (host, screen):
            tallies = [f["tally"] for f in page.frames if f["type"] == "tally" and f["tally"]]
            for tally in tallies:
                first = tally["result"]["pairwise"]["flask"]["django"]
                back = tally["result"]["pairwise"]["django"]["flask"]
                assert first + back == tally["voters"]
        # Newcomers and programs are told the same.
        await people[0].done("vote", round=1, ballot=of("flask"))
        newcomers = await asyncio.gather(*(server.page(code) for _ in range(5)))
        _, now = await server.api(f"/api/boards/{code}")
        for page in newcomers:
            assert page.welcome["tally"] == now["tally"]
            assert page.welcome["seq"] <= now["seq"]
        assert (await server.fetch(f"/b/{code}")).code == 200
        _, rounds = await server.api(f"/api/boards/{code}/rounds")
        assert rounds["rounds"][0]["tally"] == now["tally"]
        assert not room.results._counting
        assert not room.replica._freezes


async def test_a_hidden_result_is_not_counted_before_it_is_revealed(embedded, slow_to_count):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        await host.done("open_round", method="ranked", settings={"names": "open"})
        ann = await server.page(code)
        await ann.done("vote", round=1, ballot=of("flask", "django"))
        current = server.hub.rooms[code].board.round
        page = await server.page(code)
        assert "result" not in page.welcome["tally"]
        assert current._result is None
        await host.done("reveal_round", round=1)
        shown = await ann.receive("tally", lambda f: "result" in f["tally"])
        assert shown["tally"]["result"]["winners"] == ["flask"]


@pytest.fixture
def _few_are_listed(monkeypatch):
    monkeypatch.setattr(presence, "MOST_LISTED", 4)
    monkeypatch.setattr(presence, "SETTLE", 0.02)
    monkeypatch.setattr(presence, "SETTLE_COUNTS", 0.02)


async def crowd_of_two_workers(one, two):
    """Open a board, and have three named people on each of two workers; return host and people."""
    code, key = await one.board()
    host = await one.host(code, key)
    people = [await each.page(code, name=f"P{n}") for n in range(3) for each in (one, two)]
    await host.receive("people", lambda f: f["people"]["here"] == 6 and f["people"].get("about"))
    return code, host, people


@pytest.mark.usefixtures("_few_are_listed")
async def test_what_people_read_of_a_crowd_is_true_on_every_worker(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, host, people = await crowd_of_two_workers(one, two)
        await host.done("open_round", method="single")
        await people[0].done("vote", round=1, ballot={"choice": "flask"})
        await people[1].done("vote", round=1, ballot={"choice": "flask"})
        await people[3].done("observe", on=True)
        wanted = {"here": 6, "voted": 2, "choosing": 3, "observing": 1}
        for page in (host, people[1]):
            told = await page.receive("people", lambda f: f["people"].items() >= wanted.items())
            names = told["people"]["names"]
            assert len(names) == 6
            assert sum(person["voted"] is True for person in names) == 2
        for each in (one, two):
            _, shown = await each.api(f"/api/boards/{code}")
            assert shown["people"]["here"] == 6
        heads = [each.hub.rooms[code].headcount() for each in (one, two)]
        assert sorted(heads) == [0, 6]


@pytest.mark.usefixtures("_few_are_listed")
async def test_a_crowd_stays_in_when_newcomers_have_to_wait(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, host, people = await crowd_of_two_workers(one, two)
        await host.done("open_round", method="single")
        await host.done("set_board", settings={"entry": "admitted"})
        for page in people:
            await page.done("vote", round=1, ballot={"choice": "flask"})
        new = await two.page(code)
        assert new.welcome["you"]["waits"] is True


@pytest.mark.usefixtures("_few_are_listed")
async def test_no_one_is_shut_out_because_a_worker_does_not_say_who_is_there(embedded, monkeypatch):
    monkeypatch.setattr(presence, "LISTING", 0.1)
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, host, people = await crowd_of_two_workers(one, two)
        room = one.hub.rooms[code]
        soon = one.hub.store.now() + 600_000
        room.on_presence(f"silent\n{soon}\n=5=0=0=0=0\n".encode())
        refused = await host.ask("set_board", settings={"entry": "admitted"})
        assert refused["code"] == "not_allowed"
        assert "too many people" in refused["message"]
        await host.done("open_round", method="single")
        for page in people:
            await page.done("vote", round=1, ballot={"choice": "flask"})
