import re

from support.worker import FORM, worker


async def test_a_text_is_read_and_nothing_is_made(embedded):
    async with worker(embedded) as server:
        code, read = await server.api(
            "/api/lists",
            {"text": "| Name | Why |\n|---|---|\n| [Go](https://go.dev) | fast |\n| go |"},
        )
        assert code == 200
        assert [line["line"] for line in read["lines"]] == [1, 2, 3, 4]
        assert [line["option"] is None for line in read["lines"]] == [True, True, False, False]
        assert read["lines"][2]["option"] == {
            "name": "Go",
            "strapline": "fast",
            "features": [],
            "suited_to": "",
            "link": "https://go.dev",
            "tags": [],
        }
        assert read["lines"][3]["problem"] == "name “go” is already in the list"
        assert read["problem"] == "Line 4, “| go |”: name “go” is already in the list."
        _, read = await server.api("/api/lists", {"text": "title: T\noptions:\n- C #1\n"})
        assert read["lines"] == []
        assert read["problem"].startswith("Line 3: options[0]: YAML ends it at “C”")


async def test_a_long_text_is_read_like_a_short_one(embedded):
    async with worker(embedded) as server:
        rows = "".join(f"- name: N{n}\n  strapline: {'x' * 99}\n" for n in range(50))
        _, read = await server.api("/api/lists", {"text": f"title: T\noptions:\n{rows}"})
        assert (read["title"], read["problem"], len(read["lines"])) == ("T", "", 50)


async def test_a_list_for_a_board_is_compared_with_its_options(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        _, read = await server.api("/api/lists", {"text": "Bottle\nDJANGO", "board": code})
        assert [line["problem"] for line in read["lines"]] == [
            "",
            "name “DJANGO” is already in the list",
        ]
        status, _ = await server.api("/api/lists", {"text": "Bottle", "board": "ZZZZZZ"})
        assert status == 404


async def test_texts_are_read_only_so_often(embedded):
    async with worker(embedded, message_rate=1, message_burst=2) as server:
        statuses = [(await server.api("/api/lists", {"text": "A"}))[0] for _ in range(4)]
        assert statuses[0] == 200
        assert statuses[-1] == 429


async def test_a_board_is_made_of_a_text(embedded):
    async with worker(embedded) as server:
        asked = {
            "title": "T",
            "options": "- C++\n- [Go](https://go.dev)",
            "settings": {"show_names": False},
        }
        status, made = await server.api("/api/boards", asked)
        assert status == 201
        _, state = await server.api(f"/api/boards/{made['code']}")
        board = state["board"]
        assert [(o["id"], o["link"]) for o in board["options"]] == [
            ("c-plus-plus", ""),
            ("go", "https://go.dev"),
        ]
        assert board["settings"]["show_names"] is False
        status, made = await server.api(
            "/api/boards", {"options": "title: Y\ncontext: c\noptions: [A, B]"}
        )
        assert status == 201
        _, state = await server.api(f"/api/boards/{made['code']}")
        assert (state["board"]["title"], state["board"]["context"]) == ("Y", "c")
        for wrong, words in (
            ({"options": "A\nB"}, "The board needs a title."),
            (
                {"title": "T", "options": "A\n\n- a"},
                "Line 3, “- a”: name “a” is already in the list.",
            ),
            ({"title": "T", "options": ""}, "A board needs at least one option."),
            ({"title": "T", "options": "A", "criteria": []}, "criteria: is not a known field."),
        ):
            status, answer = await server.api("/api/boards", wrong)
            assert status in {400, 422}
            assert answer["error"]["message"] == words


async def test_a_board_is_saved_as_a_template_that_reads_back(embedded):
    async with worker(embedded) as server:
        options = [{"name": "C #1", "strapline": "no", "tags": ["a: b"]}, {"name": "Größe"}]
        asked = {"title": "Which “one”?", "context": "a\nb", "options": options}
        asked |= {"criteria": [{"name": "Speed", "weight": 2}]}
        _, made = await server.api("/api/boards", asked)
        saved = await server.fetch(f"/api/boards/{made['code']}/template")
        assert saved.headers["Content-Disposition"] == 'attachment; filename="which-one.yaml"'
        _, again = await server.api("/api/boards", {"options": saved.body.decode()})
        states = [
            (await server.api(f"/api/boards/{each['code']}"))[1]["board"] for each in (made, again)
        ]
        for field in ("title", "context", "options", "criteria"):
            assert states[0][field] == states[1][field]
        assert (await server.fetch("/api/boards/ZZZZZZ/template")).code == 404


async def test_a_host_starts_another_board_like_this_one(embedded):
    async with worker(embedded) as server:
        asked = {"title": "T", "context": "c", "options": [{"name": "A", "hue": 7}, {"name": "B"}]}
        asked |= {"settings": {"show_names": False}, "criteria": [{"name": "Speed"}]}
        _, made = await server.api("/api/boards", asked)
        path = f"/b/{made['code']}/host"
        assert (await server.fetch(path, b"another=1", headers=FORM)).code == 403
        key = {"Authorization": f"Bearer {made['host_key']}"}
        started = await server.fetch(path, b"another=1", headers=key | FORM)
        assert started.code == 303
        code = re.match(r"/b/([2-9A-Z]{6})/host\?key=", started.headers["Location"])[1]
        assert code != made["code"]
        states = [
            (await server.api(f"/api/boards/{each}"))[1]["board"] for each in (made["code"], code)
        ]
        for field in ("title", "context", "options", "criteria", "settings"):
            assert states[0][field] == states[1][field]
