"""Hosts, invitations, the clock and the people, over several processes at once."""

import asyncio
import json
import os
import signal
from itertools import pairwise

from integration.hosts import another_host, at_once, fetch, history, path_of
from model.checker import settled
from model.clients import Person
from model.reference_board import ReferenceBoard
from support.connections import served, spread
from support.deployments import Embedded
from support.wait import eventually

GONE_WITHIN = 30.0
"""Seconds in which someone who left is no longer counted."""


def test_of_many_hosts_who_reveal_at_once_one_has_done_it(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            hosts = [await crowd.join_host(server)]
            hosts += [(await another_host(crowd, server, f"Host {n}"))[1] for n in range(5)]
            await crowd.join(server, 4)
            await spread(crowd, server)
            assert (await hosts[0].send("open_round", method="approval")).seq
            await eventually(lambda: all(person.round for person in crowd.all))
            await asyncio.gather(*(person.vote("ant") for person in crowd.voters))
            codes = await at_once(*(host.send("reveal_round", round=1) for host in hosts))
            assert codes.count(None) == 1
            assert codes.count("round_closed") == 5
            await eventually(lambda: all(p.round["state"] == "revealed" for p in crowd.all))
            await settled(deployment.store, crowd, deployment.recording)
            assert len({json.dumps(person.round) for person in crowd.all}) == 1
            revealed = [line for line in await history(crowd, server) if "revealed" in line]
            assert len(revealed) == 1

    asyncio.run(meeting())


def test_a_host_who_is_removed_has_lost_every_console_and_every_right(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            host = await crowd.join_host(server)
            maria, console = await another_host(crowd, server, "Maria")
            consoles = [console]
            while len(consoles) < 9:
                more = Person(crowd, server.address, "Maria", "host", console.cookies)
                crowd.all.append(more)
                await more.arrive()
                consoles.append(more)
            await spread(crowd, server)
            # What she asks for at the same time counts or does not, the same in every process.
            asked = [each.send("set_board", title=f"{n}") for n, each in enumerate(consoles)] + [
                host.send("remove_host", host=maria)
            ]
            assert (await asked[-1]).seq
            await eventually(lambda: all(4003 in each.closes for each in consoles))
            counted = [n for n, each in enumerate(asked[:-1]) if each.done() and each.result().seq]
            await eventually(lambda: host.seq > 0 and host.present)
            _, state, _ = await fetch(crowd, server, f"/api/boards/{crowd.code}")
            assert state["board"]["title"] in {"A board", *map(str, range(9))}
            told = await history(crowd, server)
            assert len([line for line in told if line.startswith("Maria named")]) >= len(counted)
            assert "The host took host rights from Maria" in told
            after = told.index("The host took host rights from Maria") + 1
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


def test_the_clock_closes_a_round_once_after_all_pauses_by_the_store_s_clock(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            host = await crowd.join_host(server)
            people = await crowd.join(server, 5)
            await spread(crowd, server)
            settings = {"seconds": 5}
            assert (await host.send("open_round", method="approval", settings=settings)).seq
            await eventually(lambda: all(person.round for person in crowd.all))
            assert (await host.send("pause_round", round=1, on=True)).seq
            await eventually(lambda: all("left_ms" in person.round for person in crowd.all))
            left = {person.round["left_ms"] for person in crowd.all}
            assert len(left) == 1
            assert left.pop() <= 5000
            assert await at_once(host.send("pause_round", round=1, on=True)) == ["not_allowed"]
            # A whole round long nothing closes it, and votes count.
            await asyncio.sleep(5.5)
            assert await at_once(*(person.vote("ant") for person in people)) == [None] * 5
            assert {person.round["state"] for person in crowd.all} == {"open"}
            assert (await host.send("pause_round", round=1, on=False)).seq
            await eventually(lambda: all(p.round["state"] == "locked" for p in crowd.all))
            late = await at_once(*(person.vote("bee") for person in people))
            assert late == ["round_closed"] * 5
            # A client cannot bring a time of its own.
            assert await at_once(people[0].send("vote", round=1, ballot={"approve": []}, at=1)) == [
                "not_understood"
            ]
            assert (await host.send("reveal_round", round=1)).seq
            await eventually(lambda: all("result" in person.tally for person in crowd.all))
            assert {person.tally["voters"] for person in crowd.all} == {5}
            assert len({json.dumps(person.round) for person in crowd.all}) == 1
            told = await history(crowd, server)
            assert told.count("The clock closed voting in round 1") == 1

    asyncio.run(meeting())


def test_an_invitation_is_one_voter_in_all_processes_until_it_is_taken_back(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            host = await crowd.join_host(server)
            assert (await host.send("set_board", settings={"entry": "invited"})).seq
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
            assert (await host.send("open_round", method="approval")).seq
            await eventually(lambda: all(person.round for person in crowd.all))
            assert (await other.vote("bee")).seq
            votes = [person.vote(option) for person in shared for option in ("ant", "cat")]
            assert await at_once(*votes) == [None] * len(votes)
            await settled(deployment.store, crowd, deployment.recording)
            assert {person.tally["voters"] for person in crowd.all} == {2}
            assert len({json.dumps(person.ballot) for person in shared}) == 1

            # Taken back while all its browsers vote on: not one of these votes stays.
            votes = [person.vote(option) for person in shared for option in ("ant", "bee")]
            revoked = host.send("revoke_invite", invite=made["invites"][0]["id"])
            assert (await revoked).seq
            await asyncio.gather(*votes)
            await eventually(
                lambda: all(person.tally["voters"] == 1 for person in crowd.all), patience=10
            )
            await eventually(lambda: all(person.seat is None for person in shared))
            assert await at_once(*(person.vote("ant") for person in shared)) == ["not_allowed"] * 6
            assert (await host.send("reveal_round", round=1)).seq
            await eventually(lambda: all("result" in person.tally for person in crowd.all))
            for person in crowd.all:
                totals = {"ant": 0, "bee": 1, "cat": 0, "dog": 0}
                assert person.tally["result"]["totals"] == totals
            status, _, _ = await fetch(crowd, server, path_of(links[0]))
            assert status == 403
            # Only the other's ballot is left to read in the log.
            await eventually(lambda: _votes(deployment.store, crowd.code) == [{"approve": ["bee"]}])

    asyncio.run(meeting())


def _votes(store, code):
    entries = ReferenceBoard.of(store, code).entries.values()
    actions = [entry["action"] for entry in entries]
    return [action["ballot"] for action in actions if action["type"] == "vote"]


def test_who_left_is_gone_within_half_a_minute_whatever_took_them(deploy_on, tmp_path):
    deployment = deploy_on(Embedded(tmp_path / "store"))
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            host = await crowd.join_host(server)
            assert (await host.send("open_round", method="approval")).seq
            clock = asyncio.get_running_loop().time
            # One whose phone has no power any more: the line stays open, and nothing answers.
            silent = await _page(crowd, server, "silent")
            # One whose process is killed, and who does not come back.
            with_host = served(server)
            await eventually(lambda: host.people["here"] == 1)
            while True:
                before = served(server)
                killed = await _page(crowd, server, "killed")
                (pid,) = [pid for pid, n in served(server).items() if n > before[pid]]
                if not with_host[pid]:
                    break
                await killed.close()
                # Otherwise it could be taken below for the one that comes next.
                await eventually(lambda: host.people["here"] == 1)
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
    person = Person(crowd, server.address, name)
    await person.open_page()
    line = await person.connect()
    await line.send('{"type":"hello","view":"ballot"}')
    assert json.loads(await line.recv())["type"] == "welcome"
    return line
