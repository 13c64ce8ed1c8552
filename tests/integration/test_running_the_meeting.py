"""Hosts, invitations, the clock and the people, over several processes at once."""

import asyncio
import json
import os
import signal
from itertools import pairwise

from checker import Ledger, settled
from people import Person, base_of, eventually
from serving import served, spread
from stores import Embedded
from tornado.httpclient import AsyncHTTPClient

GONE_WITHIN = 30.0
"""Seconds in which somebody who left is no longer counted."""


async def fetch(crowd, server, path, body=None, **more):
    """Ask as the first host: status, JSON or text, and headers."""
    if body is not None:
        more |= {"method": "POST", "body": json.dumps(body)}
    got = await AsyncHTTPClient().fetch(
        f"{base_of(server)}{path}",
        headers=more.pop("headers", {"Authorization": f"Bearer {crowd.host_key}"}),
        raise_error=False,
        follow_redirects=False,
        **more,
    )
    is_json = got.headers.get("Content-Type", "").startswith("application/json")
    return got.code, json.loads(got.body) if is_json else got.body.decode(), got.headers


def path_of(link):
    """Links carry the machine's address in its network; the tests stay on the loop."""
    return f"/b/{link.partition('/b/')[2]}"


async def history(crowd, server):
    _, told, _ = await fetch(crowd, server, f"/api/boards/{crowd.code}/history")
    return [f"{event['who']} {event['what']}" for event in told["history"]]


async def another_host(crowd, server, name):
    """Add a host, and open the console in whatever process takes the line."""
    _, added, _ = await fetch(crowd, server, f"/api/boards/{crowd.code}/hosts", {"name": name})
    cookies = {f"stackvote_host_{crowd.code}": added["host_key"]}
    console = Person(crowd, base_of(server), name, "host", cookies)
    crowd.all.append(console)
    await console.arrive()
    return added["host"], console


async def at_once(*letters):
    """Wait for all answers, and give their codes; None for an ack."""
    return [answer.code for answer in await asyncio.gather(*letters)]


def test_of_many_hosts_who_reveal_at_once_one_has_done_it(place):
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.found(server)
            hosts = [await crowd.join_host(server)]
            hosts += [(await another_host(crowd, server, f"Host {n}"))[1] for n in range(5)]
            await crowd.join(server, 4)
            await spread(crowd, server)
            assert (await hosts[0].say("open_round", method="approval")).seq
            await eventually(lambda: all(person.round for person in crowd.all))
            await asyncio.gather(*(person.vote("ant") for person in crowd.voters))
            codes = await at_once(*(host.say("reveal_round", round=1) for host in hosts))
            assert codes.count(None) == 1
            assert codes.count("round_closed") == 5
            await eventually(lambda: all(p.round["state"] == "revealed" for p in crowd.all))
            await settled(place.store, crowd, place.journal)
            assert len({json.dumps(person.round) for person in crowd.all}) == 1
            revealed = [line for line in await history(crowd, server) if "revealed" in line]
            assert len(revealed) == 1

    asyncio.run(meeting())


def test_a_host_who_is_removed_has_lost_every_console_and_every_right(place):
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.found(server)
            host = await crowd.join_host(server)
            maria, console = await another_host(crowd, server, "Maria")
            consoles = [console]
            while len(consoles) < 9:
                more = Person(crowd, base_of(server), "Maria", "host", console.cookies)
                crowd.all.append(more)
                await more.arrive()
                consoles.append(more)
            await spread(crowd, server)
            # What she asks for at the same time counts or does not, the same in every process.
            asked = [each.say("set_board", title=f"{n}") for n, each in enumerate(consoles)] + [
                host.say("remove_host", host=maria)
            ]
            assert (await asked[-1]).seq
            await eventually(lambda: all(4003 in each.closes for each in consoles))
            counted = [n for n, each in enumerate(asked[:-1]) if each.done() and each.result().seq]
            await eventually(lambda: host.seq > 0 and host.present)
            _, state, _ = await fetch(crowd, server, f"/api/boards/{crowd.code}")
            assert state["board"]["title"] in {"A board", *map(str, range(9))}
            told = await history(crowd, server)
            assert len([line for line in told if line.startswith("Maria named")]) >= len(counted)
            assert "The host took the host's right from Maria" in told
            after = told.index("The host took the host's right from Maria") + 1
            assert not any(line.startswith("Maria") for line in told[after:])
            for one, other in pairwise([await history(crowd, server) for _ in range(9)]):
                assert one == other
            crowd.all = [person for person in crowd.all if person not in consoles]
            # The key is none any more, wherever it is shown.
            back = await consoles[0].connect()
            await back.send('{"type":"hello","view":"host"}')
            await back.wait_closed()
            assert back.close_code == 4003
            key = {"Authorization": f"Bearer {console.cookies[f'stackvote_host_{crowd.code}']}"}
            path = f"/api/boards/{crowd.code}/hosts"
            for _ in range(9):
                assert (await fetch(crowd, server, path, headers=key))[0] == 403
            await asyncio.gather(*(each.leave() for each in consoles))

    asyncio.run(meeting())


def test_the_clock_closes_a_round_once_after_all_pauses_by_the_store_s_clock(place):
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.found(server)
            host = await crowd.join_host(server)
            people = await crowd.join(server, 5)
            await spread(crowd, server)
            settings = {"seconds": 5}
            assert (await host.say("open_round", method="approval", settings=settings)).seq
            await eventually(lambda: all(person.round for person in crowd.all))
            assert (await host.say("pause_round", round=1, on=True)).seq
            await eventually(lambda: all("left_ms" in person.round for person in crowd.all))
            left = {person.round["left_ms"] for person in crowd.all}
            assert len(left) == 1
            assert left.pop() <= 5000
            assert await at_once(host.say("pause_round", round=1, on=True)) == ["not_allowed"]
            # A whole round long nothing closes it, and votes count.
            await asyncio.sleep(5.5)
            assert await at_once(*(person.vote("ant") for person in people)) == [None] * 5
            assert {person.round["state"] for person in crowd.all} == {"open"}
            assert (await host.say("pause_round", round=1, on=False)).seq
            await eventually(lambda: all(p.round["state"] == "locked" for p in crowd.all))
            late = await at_once(*(person.vote("bee") for person in people))
            assert late == ["round_closed"] * 5
            # A client cannot bring a time of its own.
            assert await at_once(people[0].say("vote", round=1, ballot={"approve": []}, at=1)) == [
                "not_understood"
            ]
            assert (await host.say("reveal_round", round=1)).seq
            await eventually(lambda: all("result" in person.tally for person in crowd.all))
            assert {person.tally["voters"] for person in crowd.all} == {5}
            assert len({json.dumps(person.round) for person in crowd.all}) == 1
            told = await history(crowd, server)
            assert told.count("The clock closed voting in round 1") == 1

    asyncio.run(meeting())


def test_an_invitation_is_one_voter_in_all_processes_until_it_is_taken_back(place):
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.found(server)
            host = await crowd.join_host(server)
            assert (await host.say("set_board", settings={"entry": "invited"})).seq
            path = f"/api/boards/{crowd.code}/invites"
            status, made, _ = await fetch(crowd, server, path, {"count": 3})
            assert status == 201
            links = [invite["link"] for invite in made["invites"]]
            shared = [await crowd.join_by_link(server, links[0], "tab 0")]
            shared += [
                await crowd.join_with(server, f"tab {n}", shared[0].cookies) for n in range(1, 6)
            ]
            other = await crowd.join_by_link(server, links[1], "other")
            await spread(crowd, server)
            assert len({person.seat for person in shared}) == 1
            assert (await host.say("open_round", method="approval")).seq
            await eventually(lambda: all(person.round for person in crowd.all))
            assert (await other.vote("bee")).seq
            votes = [person.vote(option) for person in shared for option in ("ant", "cat")]
            assert await at_once(*votes) == [None] * len(votes)
            await settled(place.store, crowd, place.journal)
            assert {person.tally["voters"] for person in crowd.all} == {2}
            assert len({json.dumps(person.ballot) for person in shared}) == 1

            # Taken back while all its browsers vote on: not one of these votes stays.
            votes = [person.vote(option) for person in shared for option in ("ant", "bee")]
            revoked = host.say("revoke_invite", invite=made["invites"][0]["id"])
            assert (await revoked).seq
            await asyncio.gather(*votes)
            await eventually(
                lambda: all(person.tally["voters"] == 1 for person in crowd.all), patience=10
            )
            await eventually(lambda: all(person.seat is None for person in shared))
            assert await at_once(*(person.vote("ant") for person in shared)) == ["not_allowed"] * 6
            assert (await host.say("reveal_round", round=1)).seq
            await eventually(lambda: all("result" in person.tally for person in crowd.all))
            for person in crowd.all:
                totals = {"ant": 0, "bee": 1, "cat": 0, "dog": 0}
                assert person.tally["result"]["totals"] == totals
            status, _, _ = await fetch(crowd, server, path_of(links[0]))
            assert status == 403
            # Only the other's ballot is left to read in the log.
            await eventually(lambda: _votes(place.store, crowd.code) == [{"approve": ["bee"]}])

    asyncio.run(meeting())


def _votes(store, code):
    entries = Ledger.of(store, code).entries.values()
    actions = [entry["action"] for entry in entries]
    return [action["ballot"] for action in actions if action["type"] == "vote"]


def test_who_left_is_gone_within_half_a_minute_whatever_took_them(place_on, tmp_path):
    place = place_on(Embedded(tmp_path / "store"))
    server = place.serve()

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.found(server)
            host = await crowd.join_host(server)
            assert (await host.say("open_round", method="approval")).seq
            clock = asyncio.get_running_loop().time
            # One whose phone has no power any more: the line stays open, and nothing answers.
            silent = await _page(crowd, server, "silent")
            # One whose process is killed, and who does not come back.
            with_host = served(server)
            while True:
                before = served(server)
                killed = await _page(crowd, server, "killed")
                (pid,) = [pid for pid, n in served(server).items() if n > before[pid]]
                if not with_host[pid]:
                    break
                await killed.close()
                there = sum(before.values())
                await eventually(lambda n=there: sum(served(server).values()) == n)
            await eventually(lambda: host.people["here"] == 2)
            silent.transport.pause_reading()
            os.kill(pid, signal.SIGKILL)
            left = clock()
            await eventually(
                lambda: host.present and host.people["here"] == 0, patience=GONE_WITHIN
            )
            assert clock() - left < GONE_WITHIN
            await eventually(lambda: host.people["lost"] == 2)
            silent.transport.abort()

    asyncio.run(meeting())


async def _page(crowd, server, name):
    """Open a ballot page that does nothing by itself."""
    person = Person(crowd, base_of(server), name)
    await person._open_page()
    line = await person.connect()
    await line.send('{"type":"hello","view":"ballot"}')
    assert json.loads(await line.recv())["type"] == "welcome"
    return line
