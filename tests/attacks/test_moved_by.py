"""Someone who wants to know whom a comment moved."""

from attacks.attempts import bearer
from attacks.test_hidden_results import PATHS
from server.domain import actions as act
from support.worker import worker

FIVE = 5


async def test_in_a_secret_round_one_mark_is_told_to_its_own_seat_alone(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        people = [await server.page(code, name=f"Person {n}") for n in range(FIVE)]
        screen = await server.page(code, "screen")
        said = {"option": "flask", "kind": "pro", "text": "Small.", "comment": "c1"}
        await host.done("comment", **said)
        for n in (1, 2):
            await host.done("open_round", method="single")
            for page in people:
                await page.done("vote", round=n, ballot={"choice": "flask"})
            await host.done("reveal_round", round=n, at_once=True)
        for n, page in enumerate(people, 1):
            seq = await page.done("moved_by", round=2, comment="c1")
            told = await page.receive("your_moved_by", lambda f: f["your_moved_by"] == "c1")
            assert told["seq"] <= seq
            for other in (host, screen):
                tally = await other.receive("tally", lambda f, seq=seq: f["seq"] >= seq)
                moved = tally["tally"]["movement"].get("moved_by")
                expected = [{"comment": "c1", "people": FIVE, "at_least": True}]
                assert moved == (expected if n == FIVE else None)
                assert not any('"your_moved_by":"c1"' in raw for raw in other.raw)
        for path in (*PATHS, f"/api/boards/{code}/replay"):
            for headers in ({}, bearer(key)):
                got = await server.fetch(path.replace("CODE", code), headers=headers)
                assert b'"your_moved_by":"c1"' not in got.body, path
        # The log has it under a name that is made for this round alone.
        seats = {page.welcome["you"]["seat"] for page in people}
        page = await server.hub.log.read(code, 0)
        entries = [act.decode(raw) for _, _, raw in page.entries]
        marked = {each.by for each in entries if isinstance(each.action, act.MovedBy)}
        assert len(marked) == FIVE
        assert not marked & seats
