"""A host deletes a board: everywhere, at once, and for good."""

import asyncio

import pytest

from server.store import keys
from support.wait import eventually
from support.worker import worker


async def left_of(server, code):
    return await server.hub.store.nodes[0].client.keys(f"sv:{{{code}}}:*")


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


async def test_every_page_in_every_process_learns_that_its_board_is_gone(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        host, ann = await one.host(code, key), await one.page(code, name="Ann")
        ben, screen = await two.page(code, name="Ben"), await two.page(code, "screen")
        other, _ = await one.board()
        bystander = await two.page(other)
        await host.done("open_round", method="approval")
        for page in (ann, ben):
            await page.receive("round", lambda f: f["round"])
            await page.done("vote", round=1, ballot={"approve": ["flask"]})
        assert (await host.ask("delete_board", code=code))["type"] == "ack"
        codes = [(await page.closed())[0] for page in (host, ann, ben, screen)]
        assert codes == [4004] * 4
        for server in (one, two):
            await eventually(lambda at=server: code not in at.hub.rooms)
            assert (await server.api(f"/api/boards/{code}"))[0] == 404
        # What was still announced of who was here goes by itself.
        await eventually(lambda: _all_gone(one, code))
        await bystander.done("rename", name="Zoë")


async def _all_gone(server, code):
    return not await left_of(server, code)


async def test_deleting_by_http_and_again(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        address = f"/api/boards/{code}/actions"
        message = {"type": "delete_board", "id": "1", "code": code}
        for headers in ({}, {"Cookie": await server.cookie(code)}, bearer("wrong")):
            status, answer = await server.api(address, message, headers=headers)
            assert (status, answer["error"]["code"]) == (403, "not_allowed")
        status, answer = await server.api(
            address, message | {"code": "K7QF2M"}, headers=bearer(key)
        )
        assert (status, answer["error"]["code"]) == (400, "not_understood")
        assert code in answer["error"]["message"]
        answers = await asyncio.gather(
            *(server.api(address, message | {"id": id_}, headers=bearer(key)) for id_ in "ab")
        )
        assert {status for status, _ in answers} <= {200, 404}
        assert 200 in {status for status, _ in answers}
        status, answer = await server.api(address, message, headers=bearer(key))
        assert (status, answer["error"]["code"]) == (404, "no_such_board")


async def test_what_is_on_its_way_to_a_deleted_board_is_refused(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        host, ann = await one.host(code, key), await two.page(code)
        await host.done("open_round", method="approval")
        await ann.receive("round", lambda f: f["round"])
        # This process has not heard of it when the vote comes.
        two.hub.rooms[code].catch_up = lambda: None
        await one.hub.log.delete(code)
        answer = await ann.ask("vote", round=1, ballot={"approve": ["flask"]})
        assert answer["code"] == "no_such_board"
        assert not await one.hub.store.nodes[0].client.exists(keys.log(code))


async def test_an_archived_board_is_read_only_in_every_process(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        host, ann = await one.host(code, key), await two.page(code, name="Ann")
        await host.done("archive", on=True)
        await ann.receive("board", lambda f: "archived_at" in f["board"])
        said = {"option": "flask", "kind": "pro", "text": "Fast.", "comment": "c1"}
        refused = await ann.ask("comment", **said)
        assert (refused["code"], "archived" in refused["message"]) == ("not_allowed", True)
        seq = one.hub.rooms[code].board.seq
        named = await two.page(code, name="Someone new")
        assert named.welcome["board"]["archived_at"]
        assert (await two.api(f"/api/boards/{code}"))[1]["seq"] == seq
        await host.done("archive", on=False)
        await ann.receive("board", lambda f: "archived_at" not in f["board"])
        await ann.done("comment", **said)


@pytest.mark.slow
@pytest.mark.parametrize("action", ["lock", "time"])
async def test_voting_is_opened_again_in_every_process(embedded, action):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        host, ann = await one.host(code, key), await two.page(code)
        seconds = {"seconds": 5} if action == "time" else {}
        await host.done("open_round", method="approval", settings=seconds)
        if action == "lock":
            await host.done("lock_round", round=1)
        await ann.receive("round", lambda f: f["round"]["state"] == "locked")
        ballot = {"approve": ["flask"]}
        assert (await ann.ask("vote", round=1, ballot=ballot))["code"] == "round_closed"
        seq = await host.done("reopen_round", round=1)
        again = await ann.receive("round", lambda f: f["seq"] >= seq)
        assert again["round"]["state"] == "open"
        assert again["round"]["deadline"] is None
        await ann.done("vote", round=1, ballot=ballot)
        await host.receive("tally", lambda f: f["tally"]["voters"] == 1)
