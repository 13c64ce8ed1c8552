"""Someone who wants to know who blocks."""

import json
import re

from attacks.attempts import bearer
from attacks.test_hidden_results import PATHS
from server.domain import actions as act
from support.worker import worker

NAME, WHY = "Cassandra", "Only I know that it leaks."


async def stated(server, names):
    """A round in which Cassandra has blocked the outcome: code, key, host, Cassandra, others."""
    code, key = await server.board()
    host = await server.host(code, key)
    cassandra, ben = await server.page(code, name=NAME), await server.page(code, name="Ben")
    screen = await server.page(code, "screen")
    settings = {"stances": True, "names": names}
    await host.done("open_round", method="single", settings=settings)
    for page in (cassandra, ben):
        await page.done("vote", round=1, ballot={"choice": "flask"})
    await host.done("reveal_round", round=1, at_once=True)
    await cassandra.done("stance", round=1, option="flask", stance="block", reason=WHY)
    await ben.done("stance", round=1, option="flask", stance="commit")
    return code, key, host, cassandra, [ben, screen]


def is_told(frame):
    told = frame["stances"]
    return told is not None and (told["block"], told["commit"]) == (1, 1)


async def test_whose_a_stance_is_reaches_no_one_in_a_secret_round(embedded):
    async with worker(embedded) as server:
        code, key, host, cassandra, others = await stated(server, "secret")
        seat = cassandra.welcome["you"]["seat"]
        for page in (host, *others):
            told = await page.receive("stances", is_told)
            assert [risk["text"] for risk in told["stances"]["risks"]] == [WHY]
            heard = [raw for raw in page.raw if WHY in raw]
            assert heard
            assert not any(NAME in raw or seat in raw for raw in heard)
            assert not any('"your_stance":{' in raw and "block" in raw for raw in page.raw)
        await cassandra.receive("your_stance", lambda f: f["your_stance"]["reason"] == WHY)
        for path in (*PATHS, f"/api/boards/{code}/replay"):
            for headers in ({}, bearer(key)):
                got = await server.fetch(path.replace("CODE", code), headers=headers)
                around = re.findall(rf"[^{{}}<>]*{re.escape(WHY)}[^{{}}<>]*", got.body.decode())
                assert not any(NAME in each or seat in each for each in around), path
        # The log has it under a name that is made for this round alone.
        page = await server.hub.log.read(code, 0)
        entries = [act.decode(raw) for _, _, raw in page.entries]
        said = [each.by for each in entries if isinstance(each.action, act.TakeStance)]
        assert len(said) == 2
        assert seat not in said


async def test_where_ballots_are_open_names_reach_hosts_and_no_one_else(embedded):
    async with worker(embedded) as server:
        code, _, host, _, others = await stated(server, "open")
        told = await host.receive("stances", is_told)
        assert told["stances"]["risks"][0]["names"] == [NAME]
        for page in others:
            told = await page.receive("stances", is_told)
            assert "names" not in told["stances"]["risks"][0]
            assert NAME not in json.dumps(told)
        record = await server.fetch(f"/api/boards/{code}/record.json")
        risks = json.loads(record.body)["risks"]
        assert [risk["text"] for risk in risks] == [WHY]
        assert NAME not in json.dumps(risks)
