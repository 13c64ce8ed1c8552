import json

import pytest

from support.worker import worker

OPTIONS = [{"name": "Flask"}, {"name": "Django"}]


async def test_a_board_from_a_list(embedded):
    async with worker(embedded) as server:
        asked = {
            "title": " Which one? ",
            "context": "For the shop.",
            "options": [
                {"name": "Flask", "id": "f", "tags": ["small"]},
                {"name": "Django", "hue": 7},
            ],
            "settings": {"show_names": False},
        }
        got = await server.fetch("/api/boards", asked)
        assert got.code == 201
        made = json.loads(got.body)
        assert set(made) == {"code", "host_key", "links"}
        code = made["code"]
        assert len(code) == 6
        assert not set(code) & set("01ILOU") - {"U"}
        base = server.site.base
        assert made["links"] == {
            "ballot": f"{base}/b/{code}",
            "screen": f"{base}/b/{code}/screen",
            "host": f"{base}/b/{code}/host?key={made['host_key']}",
        }
        _, state = await server.api(f"/api/boards/{code}")
        assert set(state) == {"epoch", "seq", "board", "round", "tally", "comments", "people"}
        assert state["board"]["title"] == "Which one?"
        assert state["board"]["settings"]["show_names"] is False
        assert [(o["id"], o["hue"]) for o in state["board"]["options"]] == [
            ("f", 150),
            ("django", 7),
        ]
        nobody = {"here": 0, "observing": 0, "lost": 0, "voted": 0, "names": None}
        assert state["people"] == nobody
        assert made["host_key"] not in str(state)


async def test_every_template_makes_a_board(embedded):
    async with worker(embedded) as server:
        status, templates = await server.api("/api/templates")
        assert status == 200
        assert len(templates) >= 4
        for template in templates:
            status, made = await server.api("/api/boards", {"template": template["id"]})
            assert status == 201
            _, state = await server.api(f"/api/boards/{made['code'].lower()}")
            assert len(state["board"]["options"]) == len(template["options"])
            assert state["round"] is None


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        (b"not JSON", 400, "not_understood", "JSON"),
        (b"", 400, "not_understood", "JSON"),
        (b"[" * 60_000 + b"]" * 60_000, 400, "not_understood", "JSON"),
        (b"[]", 400, "not_understood", "."),
        ({}, 400, "not_understood", "title: is missing"),
        (
            {"title": "T", "options": OPTIONS, "x": 1},
            400,
            "not_understood",
            "x: is not a known field",
        ),
        ({"title": 1, "options": OPTIONS}, 400, "not_understood", "title: must be text"),
        ({"title": "T", "options": []}, 400, "not_understood", "options"),
        ({"title": "T", "options": [{}]}, 400, "not_understood", "options[0].name: is missing"),
        ({"title": "x" * 201, "options": OPTIONS}, 422, "too_long", "200 characters"),
        ({"title": " ", "options": OPTIONS}, 422, "bad_settings", "title"),
        (
            {"title": "T", "options": [{"name": "x"}] * 2},
            422,
            "bad_settings",
            "already in the list",
        ),
        ({"title": "T", "options": [{"name": f"{n}"} for n in range(51)]}, 409, "too_many", "50"),
        (
            {"title": "T", "options": [{"name": "x", "link": "javascript:x"}]},
            422,
            "bad_settings",
            "http",
        ),
        ({"title": "T", "options": [{"name": "x", "id": "A b"}]}, 400, "not_understood", "1 to 40"),
        (
            {"title": "T", "options": OPTIONS, "settings": {"x": 1}},
            400,
            "not_understood",
            "settings.x",
        ),
        ({"template": "nothing"}, 404, "no_such_template", "no such template"),
        ({"template": 7}, 400, "not_understood", "template"),
    ],
)
async def test_a_board_that_cannot_be_made(embedded, body, status, code, words):
    async with worker(embedded) as server:
        got, answer = await server.api("/api/boards", body)
        assert (got, answer["error"]["code"]) == (status, code)
        assert words in answer["error"]["message"]
        assert set(answer) == {"error"}
        assert set(answer["error"]) == {"code", "message"}


async def test_what_is_too_large(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        body = json.dumps({"type": "rename", "id": "a", "name": None}).encode() + b" " * 17_000
        status, answer = await server.api(
            f"/api/boards/{code}/actions", body, headers={"Authorization": f"Bearer {key}"}
        )
        assert (status, answer["error"]["code"]) == (413, "too_large")
        assert (await server.fetch("/api/boards", b" " * 300_000)).code in {400, 413, 599}


async def test_too_many_boards_from_one_address(embedded):
    async with worker(embedded, board_rate=2) as server:
        made = [await server.api("/api/boards", {"template": "databases"}) for _ in range(3)]
        assert [status for status, _ in made] == [201, 201, 429]
        assert made[2][1]["error"]["code"] == "too_fast"
        form = await server.fetch("/", b"template=databases")
        assert form.code == 429
        assert "Wait a minute" in form.body.decode()


async def test_nothing_is_refused_for_what_another_process_has_done_since(embedded):
    async with worker(embedded) as one, worker(embedded, own=True) as two:
        code, key = await one.board()
        address, host = f"/api/boards/{code}/actions", {"Authorization": f"Bearer {key}"}
        assert (await two.api(f"/api/boards/{code}"))[1]["round"] is None
        # From now on it hears nothing, as if the news were still on their way.
        await two.hub.subscriber.leave(code)
        opened = {"type": "open_round", "id": "a", "method": "approval"}
        for asked in (opened, {"type": "lock_round", "id": "b", "round": 1}):
            assert (await one.api(address, asked, headers=host))[0] == 200
        vote = {"type": "vote", "id": "c", "round": 1, "ballot": {"options": []}}
        cookie = {"Cookie": await two.cookie(code)}
        status, answer = await two.api(address, vote, headers=cookie)
        assert (status, answer["code"]) == (409, "round_closed")


async def test_too_many_actions(embedded):
    async with worker(embedded, message_rate=0.001, message_burst=2) as server:
        code, key = await server.board()
        headers = {"Authorization": f"Bearer {key}"}
        address = f"/api/boards/{code}/actions"
        answers = []
        for n in range(3):
            asked = {"type": "set_board", "id": f"{n}", "title": f"T{n}"}
            answers.append(await server.api(address, asked, headers=headers))
        assert [status for status, _ in answers] == [200, 200, 429]
        assert answers[2][1]["error"]["code"] == "too_fast"
        assert (await server.api(f"/api/boards/{code}"))[1]["board"]["title"] == "T1"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_an_address_says_so_when_it_does_not_do_that(embedded, method):
    async with worker(embedded) as server:
        body = b"{}" if method in {"PUT", "PATCH"} else None
        status, answer = await server.api("/api/boards", method=method, body=body)
        assert (status, answer["error"]["code"]) == (405, "not_allowed")


async def test_a_host_by_key_needs_no_cookie_and_a_wrong_key_is_none(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        asked = {"type": "set_board", "id": "a", "title": "New"}
        for header, status in (
            (f"Bearer {key}", 200),
            (f"bearer  {key}", 200),
            (f"Basic {key}", 403),
            ("Bearer", 403),
            (f"Bearer {key}x", 403),
        ):
            got, _ = await server.api(
                f"/api/boards/{code}/actions", asked, headers={"Authorization": header}
            )
            assert got == status
        vote = {"type": "vote", "id": "b", "round": 1, "ballot": {"approve": []}}
        status, answer = await server.api(
            f"/api/boards/{code}/actions", vote, headers={"Authorization": f"Bearer {key}"}
        )
        assert (status, answer["error"]["code"]) == (403, "not_allowed")


async def test_a_board_that_is_not_there(embedded):
    async with worker(embedded) as server:
        for got in (
            await server.api("/api/boards/ZZZZZZ"),
            await server.api("/api/boards/ZZZZZZ/actions", {"type": "vote", "id": "a"}),
        ):
            assert got[0] == 404
            assert got[1]["error"]["code"] == "no_such_board"


async def test_all_rounds_are_listed_each_as_an_observer_may_see_it(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        ann, ben, nameless = [await server.page(code, name=name) for name in ("Ann", "Ben", None)]
        path = f"/api/boards/{code}/rounds"
        assert await server.api(path) == (200, {"rounds": []})
        await host.done("set_board", settings={"host_sees_results": True})
        await host.done("open_round", method="approval", settings={"names": "open"})
        for page, ballot in ((ben, ["flask"]), (ann, []), (nameless, ["flask", "django"])):
            await page.done("vote", round=1, ballot={"approve": ballot})
        for headers in ({}, {"Authorization": f"Bearer {key}"}, {"Cookie": ann.cookie}):
            _, shown = await server.api(path, headers=headers)
            (first,) = shown["rounds"]
            assert set(first) == {"round", "tally"}
            assert first["tally"] == {"round": 1, "voters": 3}
        await host.done("reveal_round", round=1)
        await host.done("open_round", method="single", settings={"visibility": "live"})
        await ann.done("vote", round=2, ballot={"choice": "flask"})
        _, shown = await server.api(path)
        first, second = shown["rounds"]
        assert first["tally"]["result"]["totals"] == {"django": 1, "flask": 2, "tornado": 0}
        assert first["round"]["state"] == "revealed"
        assert first["ballots"] == [
            {"name": "Ann", "ballot": {"approve": []}},
            {"name": "Ben", "ballot": {"approve": ["flask"]}},
        ]
        # Of a secret round, one vote is not told.
        assert second["tally"] == {"round": 2, "voters": 1, "step": 5}
        assert "ballots" not in second
        await host.done("reveal_round", round=2)
        _, shown = await server.api(path)
        assert "ballots" not in shown["rounds"][1]
        await host.done("set_board", settings={"show_names": False})
        _, shown = await server.api(path)
        assert "ballots" not in shown["rounds"][0]
