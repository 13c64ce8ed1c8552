import pytest

from server.domain.hosts import MAX_HOSTS
from support.wait import eventually
from support.worker import worker


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


async def added(server, code, key, name="Maria"):
    status, answer = await server.api(
        f"/api/boards/{code}/hosts", {"name": name}, headers=bearer(key)
    )
    assert status == 201, answer
    return answer


async def test_another_host_gets_a_key_of_their_own_once(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        maria = await added(server, code, key, "  Maria ")
        assert set(maria) == {"host", "name", "host_key", "link", "qr"}
        assert maria["qr"].startswith("data:image/svg+xml")
        assert maria["name"] == "Maria"
        assert maria["link"] == f"{server.site.base}/b/{code}/host?key={maria['host_key']}"
        taken = await server.fetch(maria["link"].removeprefix(server.site.base))
        assert (taken.code, taken.headers["Location"]) == (303, f"/b/{code}/host")
        _, listed = await server.api(f"/api/boards/{code}/hosts", headers=bearer(key))
        assert listed == {
            "hosts": [
                {"host": "first", "name": None, "you": True},
                {"host": maria["host"], "name": "Maria", "you": False},
            ]
        }
        assert maria["host_key"] not in str(listed)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": ""}, 400, "not_understood"),
        ({"name": "   "}, 400, "not_understood"),
        ({"name": "x" * 41}, 422, "too_long"),
        ({"name": "Maria", "role": "king"}, 400, "not_understood"),
        ({}, 400, "not_understood"),
        ([], 400, "not_understood"),
        (b"{", 400, "not_understood"),
    ],
)
async def test_a_host_as_no_one_can_be(embedded, body, status, code):
    async with worker(embedded) as server:
        board, key = await server.board()
        got = await server.api(f"/api/boards/{board}/hosts", body, headers=bearer(key))
        assert (got[0], got[1]["error"]["code"]) == (status, code)
        assert len(server.hub.rooms[board].board.hosts) == 1


async def test_only_hosts_add_hosts_and_see_who_is_one(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        cookie = await server.cookie(code)
        path = f"/api/boards/{code}/hosts"
        for headers in ({}, {"Cookie": cookie}, bearer("wrong")):
            for body in (None, {"name": "Eve"}):
                status, answer = await server.api(path, body, headers=headers)
                assert (status, answer["error"]["code"]) == (403, "not_allowed")
        assert (await server.api("/api/boards/ZZZZZZ/hosts"))[0] == 404


async def test_there_are_so_many_hosts_and_so_many_a_minute(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        for n in range(MAX_HOSTS - 1):
            await added(server, code, key, f"Host {n}")
        path = f"/api/boards/{code}/hosts"
        status, answer = await server.api(path, {"name": "One more"}, headers=bearer(key))
        assert (status, answer["error"]["code"]) == (409, "too_many")
    async with worker(embedded, board_rate=1) as server:
        code, key = await server.board()
        status, answer = await server.api(
            f"/api/boards/{code}/hosts", {"name": "Maria"}, headers=bearer(key)
        )
        assert (status, answer["error"]["code"]) == (429, "too_fast")


async def test_a_removed_host_is_none_at_once_on_every_page_of_every_worker(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        maria = await added(one, code, key)
        first = await one.host(code, key)
        consoles = [await server.host(code, maria["host_key"]) for server in (one, two)]
        ballot = await two.page(code, key=maria["host_key"])
        screen = await two.page(code, "screen", key=maria["host_key"])
        assert ballot.welcome["you"]["role"] == screen.welcome["you"]["role"] == "host"
        refused = await consoles[1].ask("remove_host", host="nobody")
        assert (refused["code"], refused["message"]) == (
            "not_allowed",
            "This board has no such host.",
        )
        seen = len(ballot.frames)
        await first.done("remove_host", host=maria["host"])
        for console in consoles:
            assert (await console.closed())[0] == 4003
            assert "no longer a host" in console.socket.close_reason
        fresh = await ballot.receive("welcome", after=seen)
        assert fresh["you"] == ballot.welcome["you"] | {"role": "voter"}
        assert (await screen.receive("welcome", after=1))["you"]["role"] == "observer"
        for page in (ballot, screen):
            refused = await page.ask("set_board", title="Mine")
            assert (refused["code"], refused["message"]) == (
                "not_allowed",
                "Only the host can do this.",
            )
        await ballot.done("rename", name="Maria")
        cookie = f"stackvote_host_{code}={maria['host_key']}"
        page = await two.fetch(f"/b/{code}/host", headers={"Cookie": cookie})
        assert page.code == 403
        link = await two.fetch(f"/b/{code}/host?key={maria['host_key']}")
        assert link.code == 403
        status, _ = await two.api(f"/api/boards/{code}/hosts", headers=bearer(maria["host_key"]))
        assert status == 403
        assert first.socket.close_code is None


async def test_a_board_is_handed_over(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        first = await server.host(code, key)
        refused = await first.ask("remove_host", host="first")
        assert (refused["code"], "needs a host" in refused["message"]) == ("not_allowed", True)
        maria = await added(server, code, key)
        await first.done("remove_host", host="first")
        assert (await first.closed())[0] == 4003
        console = await server.host(code, maria["host_key"])
        await console.done("set_board", title="Mine now")
        _, told = await server.api(f"/api/boards/{code}/history")
        assert [f"{event['who']} {event['what']}" for event in told["history"]] == [
            "The host made the board “Which one?”",
            "The host made Maria a host",
            "The host stopped being a host",
            "Maria named the board “Mine now”",
        ]
        assert [set(event) for event in told["history"]] == [{"seq", "at", "who", "what"}] * 4


async def test_a_host_who_was_removed_before_saying_hello_is_not_let_in(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        maria = await added(server, code, key)
        first = await server.host(code, key)
        quiet = await server.connect(code, key=maria["host_key"])
        room = server.hub.rooms[code]
        await eventually(lambda: room.visitors == 2)
        await first.done("remove_host", host=maria["host"])
        await quiet.send({"type": "hello", "view": "host"})
        assert (await quiet.closed())[0] == 4003


async def test_a_key_and_a_link_are_good_in_a_worker_that_has_not_heard_of_them(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        await two.page(code)
        # This one hears nothing from the others any more, and must ask.
        await two.hub.subscriber.leave(code)
        maria = await added(one, code, key)
        console = await two.host(code, maria["host_key"])
        assert console.welcome["you"]["role"] == "host"
        _, made = await one.api(f"/api/boards/{code}/invites", {"count": 1}, headers=bearer(key))
        (invite,) = made["invites"]
        got, cookie = await two.open_link(invite["link"].removeprefix(one.site.base))
        assert got.code == 200
        got, cookie = await one.answer_form(got, cookie)
        assert got.code == 303
        # The page after the claim knows of it, though this one has heard nothing.
        page = await two.fetch(f"/b/{code}", headers={"Cookie": cookie})
        assert "You are here with invitation 1." in page.body.decode()
        await one.api(
            f"/api/boards/{code}/actions",
            {"type": "renew_invite", "id": "r", "invite": invite["id"]},
            headers=bearer(key),
        )
        _, listed = await one.api(f"/api/boards/{code}/invites", headers=bearer(key))
        new = listed["invites"][0]["link"].removeprefix(one.site.base)
        assert (await two.open_link(new, await two.cookie(code)))[0].code == 200
        late = await added(one, code, key, "Li")
        got = await two.fetch(late["link"].removeprefix(one.site.base))
        assert got.code == 303
