"""Three processes, forty people: one board, whatever becomes of their lines."""

import asyncio
import time

import pytest

from model.checker import settled
from support.connections import spread
from support.wait import eventually


def test_forty_people_on_three_processes_see_one_board(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 38)
            await crowd.join(server, 2, view="screen")
            await spread(crowd, server)
            await crowd.busy(deployment.answered(600))
            await settled(deployment.store, crowd, deployment.recording)
            assert not deployment.recording.refused

            for person in crowd.voters[:15]:
                await crowd.part(person)
            await settled(deployment.store, crowd, deployment.recording)

    asyncio.run(meeting())


def test_who_loses_the_connection_at_any_moment_misses_nothing(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 12)
            await spread(crowd, server)

            async def cut():
                for _ in range(60):
                    person = crowd.random.choice(crowd.all)
                    person.cut_connection(
                        after=crowd.random.choice(["tally", "comment", "people", None])
                    )
                    await asyncio.sleep(0.03)

            await crowd.busy(cut())
            for person in crowd.all:
                person.cut_connection(after=None if person.present else "welcome")
            await settled(deployment.store, crowd, deployment.recording)
            assert any(w["resumed"] for person in crowd.all for w in person.welcomes)

    asyncio.run(meeting())


def test_a_connection_lost_in_the_middle_of_many_frames_resumes_where_it_broke(deployment):
    server = deployment.serve(processes=1)

    async def meeting():
        async with deployment.crowd() as crowd:
            talker, *others = await crowd.join(server, 12)
            for round_ in range(4):
                for person in others:
                    person.cut_connection(after="comment")
                said = [talker.comment("flask", f"{round_}.{n}") for n in range(20)]
                await asyncio.gather(*said)
                await settled(deployment.store, crowd, deployment.recording)
            assert all(w["resumed"] for person in others for w in person.welcomes[1:])

    asyncio.run(meeting())


@pytest.mark.parametrize("lines", ["pubsub", "normal"])
def test_connections_to_the_store_are_cut_again_and_again_while_people_vote(deployment, lines):
    """What is published goes missing, and so do the answers to what was written."""
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)

            async def cut():
                killed = 0
                with deployment.store.client() as client:
                    while killed < 15:
                        killed += client.execute_command("CLIENT", "KILL", "TYPE", lines)
                        await asyncio.sleep(crowd.random.uniform(0, 0.2))

            await crowd.busy(cut())
            await settled(deployment.store, crowd, deployment.recording)
            assert not deployment.recording.refused

            # Nothing comes after it that would show a process what it has missed.
            with deployment.store.client() as client:
                for line in client.client_list(_type="pubsub"):
                    client.client_kill_filter(_id=line["id"])
                    await crowd.voters[0].vote(crowd.random.choice(crowd.options))
                    await settled(deployment.store, crowd, deployment.recording)

    asyncio.run(meeting())


def test_a_round_with_a_deadline_locks_by_itself_once(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            host = await crowd.join_host(server)
            await crowd.join(server, 15)
            await spread(crowd, server)
            opened = await host.send(
                "open_round",
                method="approval",
                settings={"seconds": 5, "visibility": "live", "names": "open"},
            )
            assert opened.seq
            await eventually(lambda: all(person.round for person in crowd.all))
            began = time.monotonic()
            await crowd.busy(eventually(lambda: host.round["state"] == "locked"))
            assert 3 < time.monotonic() - began < 7
            late = await crowd.voters[0].vote(crowd.options[0])
            assert late.code == "round_closed"
            reference = await settled(deployment.store, crowd, deployment.recording)
            assert len(reference.locks) == 1
            (lock,) = reference.locks
            assert "by" not in reference.entries[lock]
            for person in crowd.all:
                assert person.round["state"] == "locked"
                assert person.round["deadline"] == person.round["opened_at"] + 5000
            assert {code for _, _, code in deployment.recording.refused} == {"round_closed"}

    asyncio.run(meeting())
