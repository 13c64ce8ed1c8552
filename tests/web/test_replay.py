import json

from jsonschema import Draft202012Validator

from support.worker import worker
from web.test_record import meeting


async def replay(played):
    got = await played.get("/api/boards/CODE/replay")
    assert got.code == 200, got.body
    return json.loads(got.body)


async def test_anyone_who_knows_the_code_gets_the_replay_and_its_page(embedded):
    async with meeting(embedded, names="open") as played:
        told = await replay(played)
        assert [each["mark"] for each in told["moments"] if "mark" in each] == [
            *("created", "opened", "closed", "revealed"),
        ]
        assert told["moments"][-1]["bars"] == {
            "totals": [1, 1, 0],
            "order": [[0, 1], [2]],
            "winners": [0, 1],
        }
        page = await played.get("/b/CODE/replay")
        assert page.code == 200
        assert b"Replay of the meeting" in page.body
        record = await played.page()
        assert f'href="/b/{played.code}/replay"' in record
        moved = await played.get(f"/b/{played.code.lower()}/replay?a=1", follow_redirects=False)
        assert moved.headers["Location"] == f"/b/{played.code}/replay?a=1"


async def test_it_is_as_openapi_says(embedded):
    async with meeting(embedded) as played:
        spec = json.loads((await played.get("/api/openapi.json")).body)
        answer = spec["paths"]["/api/boards/{code}/replay"]["get"]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"] | {
            "components": spec["components"]
        }
        Draft202012Validator(schema).validate(await replay(played))


async def test_a_round_that_is_not_revealed_is_not_in_any_byte(embedded):
    async with meeting(embedded, reveal=False, names="open") as played:
        await played.people[0].done(
            "comment", comment="c1", option="flask", kind="pro", text="Of this round."
        )
        told = await played.get("/api/boards/CODE/replay")
        assert b"Of this round" not in told.body
        assert json.loads(told.body)["hides_round"] == 1
        assert "rounds" in json.loads(told.body)
        assert json.loads(told.body)["rounds"] == []
        assert b"voters" not in told.body


async def test_an_unknown_board_has_no_replay(embedded):
    async with worker(embedded) as server:
        for path in ("/b/ZZZZZZ/replay", "/api/boards/ZZZZZZ/replay"):
            assert (await server.fetch(path)).code == 404


async def test_it_is_compressed_where_that_is_accepted(embedded):
    async with meeting(embedded) as played:
        got = await played.get(
            "/api/boards/CODE/replay",
            headers={"Accept-Encoding": "gzip"},
            decompress_response=False,
        )
        assert got.headers["Content-Encoding"] == "gzip"
