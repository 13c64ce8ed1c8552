"""One meeting from the first line to the decision, over two processes: the end-to-end test."""

import asyncio
import json

import pytest
from checker import settled
from people import base_of, eventually
from serving import spread
from stores import Embedded
from tornado.httpclient import AsyncHTTPClient


@pytest.mark.fast
def test_a_meeting_over_two_processes_from_the_first_vote_to_the_decision(place_on, tmp_path):
    place = place_on(Embedded(tmp_path / "store"))
    server = place.serve(processes=2)

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.found(server)
            host = await crowd.join_host(server)
            (screen,) = await crowd.join(server, 1, view="screen")
            people = await crowd.join(server, 9)
            await spread(crowd, server)
            assert (await host.say("open_round", method="approval")).seq
            await eventually(lambda: all(person.round for person in crowd.all))

            for n, person in enumerate(people):
                assert (await person.vote("bee", *(["cat"] if n % 3 == 0 else []))).seq
            lost, changed, withdrawn = people[:3]
            lost.cut_line()
            assert (await changed.vote("ant")).seq
            assert (await withdrawn.say("withdraw", round=1)).seq
            assert (await lost.comment("bee", "It stings.")).seq
            assert lost.ballot == {"approve": ["bee", "cat"]}

            # The result is nobody's before the reveal, and then everybody's at once.
            assert not [person for person in crowd.all if person.tally.get("result")]
            assert (await host.say("reveal_round", round=1)).seq
            await eventually(lambda: all(person.tally.get("result") for person in crowd.all))
            assert screen.tally["result"]["totals"] == {"ant": 1, "bee": 7, "cat": 3, "dog": 0}
            assert screen.tally["result"]["winners"] == ["bee"]
            assert (await host.say("decide", option="bee", because="It makes honey.")).seq
            await settled(place.store, crowd, place.journal)
            assert not place.journal.refused

            record = f"{base_of(server)}/api/boards/{crowd.code}"
            told = json.loads((await AsyncHTTPClient().fetch(record)).body)
            assert told["board"]["decision"]["option"] == "bee"
            assert [comment["text"] for comment in told["comments"]] == ["It stings."]

    asyncio.run(meeting())
