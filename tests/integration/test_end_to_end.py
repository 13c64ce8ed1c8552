"""One meeting from the first line to the decision, over two processes: the end-to-end test."""

import asyncio
import json

import pytest
from tornado.httpclient import AsyncHTTPClient

from model.checker import settled
from support.connections import spread
from support.deployments import Embedded
from support.wait import eventually


@pytest.mark.fast
def test_a_meeting_over_two_processes_from_the_first_vote_to_the_decision(deploy_on, tmp_path):
    deployment = deploy_on(Embedded(tmp_path / "store"))
    server = deployment.serve(processes=2)

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            host = await crowd.join_host(server)
            (screen,) = await crowd.join(server, 1, view="screen")
            people = await crowd.join(server, 9)
            await spread(crowd, server)
            assert (await host.send("open_round", method="approval")).seq
            await eventually(lambda: all(person.round for person in crowd.all))

            for n, person in enumerate(people):
                assert (await person.vote("bee", *(["cat"] if n % 3 == 0 else []))).seq
            lost, changed, withdrawn = people[:3]
            lost.cut_connection()
            assert (await changed.vote("ant")).seq
            assert (await withdrawn.send("withdraw", round=1)).seq
            assert (await lost.comment("bee", "It stings.")).seq
            assert lost.ballot == {"approve": ["bee", "cat"]}

            # The result is no one's before the reveal, and then everybody's at once.
            assert not [person for person in crowd.all if person.tally.get("result")]
            assert (await host.send("reveal_round", round=1)).seq
            await eventually(lambda: all(person.tally.get("result") for person in crowd.all))
            assert screen.tally["result"]["totals"] == {"ant": 1, "bee": 7, "cat": 3, "dog": 0}
            assert screen.tally["result"]["winners"] == ["bee"]
            assert (await host.send("decide", option="bee", because="It makes honey.")).seq
            await settled(deployment.store, crowd, deployment.recording)
            assert not deployment.recording.refused

            record = f"{server.address}/api/boards/{crowd.code}"
            told = json.loads((await AsyncHTTPClient().fetch(record)).body)
            assert told["board"]["decision"]["option"] == "bee"
            assert [comment["text"] for comment in told["comments"]] == ["It stings."]

    asyncio.run(meeting())
