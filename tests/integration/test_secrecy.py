"""What is hidden stays hidden: in the store, in the server's log, on the wire."""

import asyncio
import base64
import json

from checker import settled
from people import eventually
from serving import spread


def test_a_dump_of_the_store_joins_no_ballot_to_a_seat(place):
    server = place.serve(STACKVOTE_LOG_LEVEL="debug")

    async def meeting():
        async with place.crowd() as crowd:
            await crowd.found(server)
            host = await crowd.join_host(server)
            people = await crowd.join(server, 12)
            screens = await crowd.join(server, 2, view="screen")
            await spread(crowd, server)
            assert (await host.say("open_round", method="approval")).seq
            await eventually(lambda: all(person.round for person in crowd.all))
            await crowd.busy(eventually(lambda: len(place.journal.acks) > 150))
            await settled(place.store, crowd, place.journal)

            assert not any("result" in seen.what for seen in place.journal.tallies)
            seats = {person.seat for person in people}
            browsers = {_browser(person) for person in people}
            assert len(seats) == len(browsers) == 12
            assert all(person.seat is None for person in screens)
            dump = _dump(place.store)
            secret = (place.folder / "secret").read_text().strip()
            for private in (*browsers, crowd.host_key, secret):
                assert not any(private in text for text in dump)
            # Seats stand beside comments and names; a ballot must not be among what they did.
            votes = [text for text in dump if '"type":"vote"' in text]
            assert len(votes) > 50
            for seat in seats:
                assert any(seat in text for text in dump)
                assert not any(seat in text for text in votes)

            assert (await host.say("reveal_round", round=1)).seq
            await eventually(lambda: all("result" in person.tally for person in crowd.all))
            await settled(place.store, crowd, place.journal)
            host_key = crowd.host_key
            await asyncio.to_thread(server.get, f"/b/{crowd.code}/host?key={host_key}")
            log = server.log
            assert "DEBUG" in log
            for private in (*seats, *browsers, host_key, secret, "totals", "approve"):
                assert private not in log

    asyncio.run(meeting())


def _browser(person):
    """Return what the signed cookie says; its parts are named with their lengths."""
    value = person.cookies["stackvote_browser"].strip('"').split("|")[4].partition(":")[2]
    return base64.b64decode(value).decode()


def _dump(store):
    """Return every key and value of the store; of a stream, each entry by itself."""
    found = []
    with store.client() as client:
        for key in client.scan_iter():
            found.append(key.decode())
            match client.type(key):
                case b"stream":
                    found += [
                        json.dumps(_text(fields)).replace("\\", "")
                        for _, fields in client.xrange(key)
                    ]
                case b"hash":
                    found += [f"{k} {v}" for k, v in _text(client.hgetall(key)).items()]
                case other:
                    raise AssertionError(other)
    return found


def _text(fields):
    return {key.decode(): value.decode() for key, value in fields.items()}
