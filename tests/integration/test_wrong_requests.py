"""What should not be asked for, over several processes: a clear answer, and nothing changes."""

import asyncio
import json

from integration.hosts import another_host, at_once, fetch, history
from support.connections import spread
from support.deployments import Embedded
from support.wait import eventually

CRITERIA = [{"name": "Speed"}, {"name": "Hiring", "weight": 2}]
BALLOTS = {
    "single": [{}, {"choice": "cow"}, {"choice": ["ant"]}, {"choice": None}, {"approve": ["ant"]}],
    "approval": [{"approve": ["ant", "ant"]}, {"approve": ["cow"]}, {"approve": "ant"}],
    "dots": [
        {"dots": {"ant": 3, "bee": 3}},
        {"dots": {"ant": 4}},
        {"dots": {"ant": -1}},
        {"dots": {"ant": 1.5}},
        {"dots": {"ant": True}},
    ],
    "score": [
        {"scores": {"ant": 7}},
        {"scores": {"ant": -1}},
        {"scores": {"ant": "5"}},
        {"scores": {"ant": 5}, "no_opinion": ["ant"]},
        {"scores": {"ant": 5}, "no_opinion": ["bee", "bee"]},
        {"scores": {"ant": 5}, "no_opinion": "bee"},
        {"no_opinion": ["bee"]},
    ],
    "ranked": [
        {"ranking": [["ant"], ["ant"]]},
        {"ranking": [["ant", "ant"]]},
        {"ranking": [[]]},
        {"ranking": ["ant"]},
    ],
    "matrix": [
        {"scores": {"ant": {"speed": 6}}},
        {"scores": {"ant": {"beauty": 3}}},
        {"scores": {"ant": 5}},
    ],
}
RIGHT = {
    "single": {"choice": "ant"},
    "approval": {"approve": ["ant"]},
    "dots": {"dots": {"ant": 3, "bee": 2}},
    "score": {"scores": {"ant": 5, "bee": 0}},
    "ranked": {"ranking": [["ant"], ["bee", "cat"]]},
    "matrix": {"scores": {"ant": {"speed": 5, "hiring": 4}}},
}
OPENINGS = [
    ("lottery", {}),
    ("single", {"options": []}),
    ("single", {"options": ["ant"]}),
    ("single", {"options": ["ant", "ant"]}),
    ("single", {"options": ["ant", "cow"]}),
    ("single", {"dots": 5}),
    ("dots", {"dots": 0}),
    ("dots", {"dots": 3, "per_option": 4}),
    ("dots", {"criteria": CRITERIA}),
    ("matrix", {}),
    ("matrix", {"criteria": []}),
    ("matrix", {"criteria": [CRITERIA[0]] * 2}),
    ("matrix", {"criteria": [{"name": "Speed", "weight": 0}]}),
    ("single", {"seconds": 1}),
    ("single", {"tie_break": "coin"}),
    ("single", {"colour": "red"}),
]
BY_HOSTS = [
    ("open_round", {"method": "single"}),
    ("lock_round", {"round": 1}),
    ("reveal_round", {"round": 1}),
    ("reopen_round", {"round": 1}),
    ("extend_round", {"round": 1, "seconds": 60}),
    ("pause_round", {"round": 1, "on": True}),
    ("set_board", {"settings": {"host_sees_results": True}}),
    ("add_option", {"option": {"name": "Eel"}}),
    ("edit_option", {"option": {"id": "ant", "name": "Aunt"}}),
    ("remove_option", {"option": "ant"}),
    ("accept_proposal", {"proposal": "p"}),
    ("merge_proposal", {"proposal": "p", "option": "ant"}),
    ("decline_proposal", {"proposal": "p", "word": "No."}),
    ("hide_comment", {"comment": "c", "on": True}),
    ("pin_comment", {"comment": "c", "on": True}),
    ("decide", {"option": "ant", "because": ""}),
    ("defer", {"owner": "Ann", "because": "Later.", "revisit_on": "2030-06-01"}),
    ("reopen", {}),
    ("remove_host", {"host": "first"}),
    ("revoke_invite", {"invite": "x-1"}),
]


async def held(crowd, server):
    """Return the board as all pages show it, in whatever process they are."""

    def shown():
        people = [(p.epoch, p.round, p.tally, (p.board or {})) for p in crowd.all]
        return {json.dumps(each, sort_keys=True) for each in people}

    await eventually(lambda: len(shown()) == 1)
    _, state, _ = await fetch(crowd, server, f"/api/boards/{crowd.code}")
    return shown() | {json.dumps([state[part] for part in ("board", "round", "tally")])}


def test_nothing_that_is_wrong_changes_the_board_in_any_process(deploy_on, tmp_path):
    deployment = deploy_on(Embedded(tmp_path / "store"))
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            hosts = [await crowd.join_host(server)]
            hosts.append((await another_host(crowd, server, "Maria"))[1])
            people = await crowd.join(server, 6)
            (screen,) = await crowd.join(server, 1, view="screen")
            await spread(crowd, server)

            before = await held(crowd, server)
            for method, settings in OPENINGS:
                answers = [
                    host.send("open_round", method=method, settings=settings) for host in hosts
                ]
                codes = await at_once(*answers)
                assert set(codes) <= {
                    "bad_settings",
                    "unknown_method",
                    "no_such_option",
                    "not_understood",
                }, (method, settings, codes)
            assert await held(crowd, server) == before

            for n, (method, bad) in enumerate(BALLOTS.items(), 1):
                settings = {"criteria": CRITERIA} if method == "matrix" else {}
                asked = [
                    host.send("open_round", method=method, settings=settings) for host in hosts
                ]
                assert sorted(await at_once(*asked), key=str) == [None, "round_open"]
                await eventually(lambda n=n: all(p.round and p.round["n"] == n for p in crowd.all))
                votes = [p.send("vote", round=n, ballot=RIGHT[method]) for p in people[:3]]
                assert await at_once(*votes) == [None] * 3
                await eventually(lambda: all(p.tally["voters"] == 3 for p in crowd.all))
                before = await held(crowd, server)
                for ballot in bad:
                    votes = [p.send("vote", round=n, ballot=ballot) for p in people]
                    assert set(await at_once(*votes)) <= {"bad_ballot", "no_such_option"}, ballot
                others = [screen.send("vote", round=n, ballot=RIGHT[method])]
                others += [people[0].send(type_, **fields) for type_, fields in BY_HOSTS]
                others.append(screen.send("reveal_round", round=n))
                assert set(await at_once(*others)) == {"not_allowed"}
                wrong = [p.send("vote", round=n + 1, ballot=RIGHT[method]) for p in people]
                wrong += [p.send("withdraw", round=99) for p in people]
                assert set(await at_once(*wrong)) == {"no_such_round"}
                assert await held(crowd, server) == before

                asked = [h.send("lock_round", round=n) for h in hosts]
                assert sorted(await at_once(*asked), key=str) == [None, "round_closed"]
                late = [p.send("vote", round=n, ballot=RIGHT[method]) for p in people]
                late += [p.send("withdraw", round=n) for p in people]
                late += [h.send("extend_round", round=n, seconds=60) for h in hosts]
                late += [h.send("pause_round", round=n, on=True) for h in hosts]
                assert set(await at_once(*late)) == {"round_closed"}
                asked = [h.send("reveal_round", round=n) for h in hosts for _ in range(3)]
                assert sorted(await at_once(*asked), key=str) == [None] + ["round_closed"] * 5
                await eventually(lambda: all("result" in p.tally for p in crowd.all))
                assert len({json.dumps(p.tally) for p in crowd.all}) == 1
            told = await history(crowd, server)
            assert sum("revealed" in line for line in told) == len(BALLOTS)
            assert sum("opened round" in line for line in told) == len(BALLOTS)

    asyncio.run(meeting())


def test_two_hosts_at_the_clock_of_one_round_and_votes_around_its_end(deploy_on, tmp_path):
    deployment = deploy_on(Embedded(tmp_path / "store"))
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            hosts = [await crowd.join_host(server)]
            hosts += [(await another_host(crowd, server, f"Host {n}"))[1] for n in range(3)]
            people = await crowd.join(server, 8)
            await spread(crowd, server)
            assert (await hosts[0].send("open_round", method="single", settings={"seconds": 5})).seq
            await eventually(lambda: all(person.round for person in crowd.all))

            # All at once, in several processes: each of them counts once, and all see the same.
            paused = await at_once(*(h.send("pause_round", round=1, on=True) for h in hosts))
            assert sorted(paused, key=str) == [None] + ["not_allowed"] * 3
            asked = [host.send("pause_round", round=1, on=False) for host in hosts]
            asked += [host.send("extend_round", round=1, seconds=1) for host in hosts]
            codes = await at_once(*asked)
            assert sorted(codes[:4], key=str) == [None] + ["not_allowed"] * 3
            assert codes[4:] == [None] * 4
            # The last of these may reach a page after its answer.
            extended = max(host.round["opened_at"] for host in hosts) + 9000
            await eventually(lambda: all((p.round["deadline"] or 0) >= extended for p in crowd.all))
            await eventually(lambda: len({json.dumps(p.round) for p in crowd.all}) == 1)
            assert "left_ms" not in hosts[0].round

            # Everybody votes until they are told that it is over. The log says who was in time.
            async def vote(person):
                n = 0
                while (answer := await person.send("vote", round=1, ballot=_choice(n))).seq:
                    n += 1
                    await asyncio.sleep(0.02)
                assert answer.code == "round_closed"
                return n

            voted = await asyncio.gather(*map(vote, people))
            assert all(voted)
            await eventually(lambda: all(p.round["state"] == "locked" for p in crowd.all))
            assert {p.tally["voters"] for p in crowd.all} == {8}
            assert all(p.ballot == _choice(n - 1) for p, n in zip(people, voted, strict=True))
            told = await history(crowd, server)
            assert [line for line in told if "closed voting" in line] == [
                "The clock closed voting in round 1"
            ]

    asyncio.run(meeting())


def _choice(n):
    return {"choice": ("ant", "bee", "cat")[n % 3]}
