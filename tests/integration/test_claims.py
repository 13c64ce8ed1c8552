"""Seats by invitation over several processes, and over a store that is killed meanwhile."""

import asyncio
import json

from tornado.httpclient import AsyncHTTPClient

from model.reference_board import ReferenceBoard
from support.connections import served, spread
from support.wait import eventually

FOR_NOW = {0, 503, 599}


async def ask(server, path, body=None, cookie=None):
    """Ask on a connection of its own, so that any process may answer: status, JSON, cookies."""
    http = AsyncHTTPClient(force_instance=True)
    more = {} if body is None else {"method": "POST", "body": json.dumps(body)}
    try:
        got = await http.fetch(
            f"{server.address}{path}",
            headers={"Cookie": cookie} if cookie else {},
            raise_error=False,
            request_timeout=20,
            **more,
        )
    except OSError:
        return 0, {}, ""
    finally:
        http.close()
    new = [each.partition(";")[0] for each in got.headers.get_list("Set-Cookie")]
    is_json = got.headers.get("Content-Type", "").startswith("application/json")
    return got.code, json.loads(got.body) if is_json else {}, "; ".join(new)


async def invited(crowd, server, n):
    """Make a board by invitation: the tokens of its links."""
    await crowd.create_board(server)
    host = await crowd.join_host(server)
    assert (await host.send("set_board", settings={"entry": "invited"})).seq
    made = await AsyncHTTPClient().fetch(
        f"{server.address}/api/boards/{crowd.code}/invites",
        method="POST",
        body=json.dumps({"count": n}),
        headers={"Authorization": f"Bearer {crowd.host_key}"},
    )
    invites = json.loads(made.body)["invites"]
    return host, [(each["id"], each["link"].partition("invite=")[2]) for each in invites]


async def new_browser(crowd, server):
    """Open the board as a browser that was never here; give its cookie."""
    status, _, cookie = await ask(server, f"/b/{crowd.code}")
    assert status == 200
    return cookie


async def who(crowd, server, cookie):
    """Who a browser is, as whichever process says."""
    status, said, _ = await ask(server, f"/api/boards/{crowd.code}/seat", cookie=cookie)
    assert status == 200
    return said["you"]


def votes(store, code):
    """What the ballots say that stand in the log."""
    actions = [each["action"] for each in ReferenceBoard.of(store, code).entries.values()]
    return [action["ballot"] for action in actions if action["type"] == "vote"]


def test_of_browsers_that_race_for_links_over_all_processes_one_wins_each(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            host, invites = await invited(crowd, server, 12)
            await spread(crowd, server)
            assert len(served(server)) == 3
            path = f"/api/boards/{crowd.code}/seat"
            winners = []
            for _, token in invites:
                racers = [await new_browser(crowd, server) for _ in range(5)]
                answers = await asyncio.gather(
                    *(ask(server, path, {"invite": token}, racer) for racer in racers)
                )
                assert sorted(status for status, *_ in answers) == [201, 409, 409, 409, 409]
                codes = {said["error"]["code"] for status, said, _ in answers if status == 409}
                assert codes == {"taken"}
                winners += [
                    (racer, said["you"]["seat"])
                    for racer, (status, said, _) in zip(racers, answers, strict=True)
                    if status == 201
                ]
                for racer in racers:
                    if racer != winners[-1][0]:
                        assert (await who(crowd, server, racer))["seat"] is None
            assert len({seat for _, seat in winners}) == 12

            # A renewal reaches the pages of the old browser in every process, and its ballot goes.
            browser = dict(each.split("=", 1) for each in winners[0][0].split("; "))
            tabs = [await crowd.join_with(server, f"tab {n}", browser) for n in range(6)]
            assert (await host.send("open_round", method="approval")).seq
            await eventually(lambda: all(person.round for person in crowd.all))
            assert (await tabs[0].vote("bee")).seq
            assert (await host.send("lock_round", round=1)).seq
            assert (await host.send("renew_invite", invite=invites[0][0])).seq
            await eventually(lambda: all(tab.seat is None for tab in tabs))
            await eventually(lambda: all(person.tally["voters"] == 0 for person in crowd.all))
            late = await asyncio.gather(*(tab.vote("ant") for tab in tabs))
            assert all(answer.seq is None for answer in late)
            assert (await host.send("reveal_round", round=1)).seq
            await eventually(lambda: all("result" in person.tally for person in crowd.all))
            assert {person.tally["voters"] for person in crowd.all} == {0}
            # What it said is erased from the log, in which its vote had been acknowledged.
            await eventually(lambda: not votes(deployment.store, crowd.code))

    asyncio.run(meeting())


def test_a_claim_that_was_confirmed_outlives_a_store_that_is_killed_and_none_has_two(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            _, invites = await invited(crowd, server, 40)
            await spread(crowd, server)
            path = f"/api/boards/{crowd.code}/seat"
            browsers = [await new_browser(crowd, server) for _ in invites]
            confirmed = {}

            async def claim(n, token):
                """Press the button until there is an answer for good."""
                while True:
                    status, said, _ = await ask(server, path, {"invite": token}, browsers[n])
                    if status not in FOR_NOW:
                        assert status == 201, said
                        confirmed[n] = said["you"]["seat"]
                        return
                    await asyncio.sleep(0.1)

            async def kill():
                await eventually(lambda: len(confirmed) >= 5)
                await asyncio.to_thread(deployment.store.down)
                before = dict(confirmed)
                await asyncio.sleep(1)  # This is the event itself, not a wait for one.
                await asyncio.to_thread(deployment.store.up)
                return before

            async def claim_all():
                for start in range(0, len(invites), 4):
                    some = list(enumerate(invites))[start : start + 4]
                    await asyncio.gather(*(claim(n, token) for n, (_, token) in some))

            before, _ = await asyncio.gather(kill(), claim_all())
            assert 5 <= len(before) < len(invites)
            await eventually(lambda: all(p.stores[-1:] != ["away"] for p in crowd.all))
            for n, browser in enumerate(browsers):
                you = await who(crowd, server, browser)
                assert (you["invite"], you["seat"]) == (n + 1, confirmed[n])
            assert all(confirmed[n] == seat for n, seat in before.items())
            for _, token in invites:
                status, said, _ = await ask(server, path, {"invite": token})
                assert (status, said["error"]["code"]) == (409, "taken")
            assert "Traceback" not in server.log

    asyncio.run(meeting())
