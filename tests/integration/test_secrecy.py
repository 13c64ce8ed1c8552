"""What is hidden stays hidden: in the store, in the server's log, on the wire."""

import asyncio
import base64
import json
import os
import signal

from tornado.httpclient import AsyncHTTPClient

from model.checker import settled
from support.connections import spread
from support.processes import wait_until_ended
from support.wait import eventually


def test_a_dump_of_the_store_joins_no_ballot_to_a_seat(deployment):
    server = deployment.serve(STACKVOTE_LOG_LEVEL="debug")

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            host = await crowd.join_host(server)
            people = await crowd.join(server, 12)
            screens = await crowd.join(server, 2, view="screen")
            await spread(crowd, server)
            assert (await host.send("open_round", method="approval")).seq
            await eventually(lambda: all(person.round for person in crowd.all))
            await crowd.busy(deployment.answered(150))
            await settled(deployment.store, crowd, deployment.recording)

            assert not any("result" in seen.what for seen in deployment.recording.tallies)
            seats = {person.seat for person in people}
            browsers = {_browser(person) for person in people}
            assert len(seats) == len(browsers) == 12
            assert all(person.seat is None for person in screens)
            dump = _dump(deployment.store)
            secret = (deployment.folder / "secret").read_text().strip()
            for private in (*browsers, crowd.host_key, secret):
                assert not any(private in text for text in dump)
            # Seats stand beside comments and names; a ballot must not be among what they did.
            votes = [text for text in dump if '"type":"vote"' in text]
            assert len(votes) > 50
            for seat in seats:
                assert any(seat in text for text in dump)
                assert not any(seat in text for text in votes)

            assert (await host.send("reveal_round", round=1)).seq
            await eventually(lambda: all("result" in person.tally for person in crowd.all))
            await settled(deployment.store, crowd, deployment.recording)
            host_key = crowd.host_key
            await asyncio.to_thread(server.get, f"/b/{crowd.code}/host?key={host_key}")
            log = server.log
            assert "DEBUG" in log
            for private in (*seats, *browsers, host_key, secret, "totals", "approve"):
                assert private not in log

    asyncio.run(meeting())


def test_only_who_has_voted_sees_the_result_of_such_a_round(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            host = await crowd.join_host(server)
            people = await crowd.join(server, 16)
            watching = [host, *people[8:], *await crowd.join(server, 2, view="screen")]
            await spread(crowd, server)
            settings = {"visibility": "after_vote", "names": "open"}
            assert (await host.send("open_round", method="approval", settings=settings)).seq
            await eventually(lambda: all(person.round for person in crowd.all))
            for _ in range(5):
                await asyncio.gather(*(crowd.do(person) for person in people[:8]))
            await asyncio.gather(*(person.vote("ant") for person in people[:8]))
            await settled(deployment.store, crowd, deployment.recording)
            saw = {seen.who for seen in deployment.recording.tallies if "result" in seen.what}
            assert saw == set(people[:8])
            assert not any("result" in (person.tally or {}) for person in watching)

            # It is the seat that has voted: so it stays when the page is opened again.
            await people[0].leave()
            await people[0].arrive()
            assert "result" in people[0].tally

    asyncio.run(meeting())


def test_a_deleted_comment_is_gone_from_store_and_pages(deployment):
    server = deployment.serve()

    async def meeting():
        async with deployment.crowd() as crowd:
            people = await crowd.join(server, 12)
            await spread(crowd, server)

            async def regret(person):
                """Say something, perhaps better, and take it back."""
                for n in range(5):
                    id_ = f"{people.index(person)}-{n}"
                    assert (
                        await person.send(
                            "comment", option="flask", kind="con", text="REGRET", comment=id_
                        )
                    ).seq
                    if crowd.random.random() < 0.5:
                        assert (await person.send("edit_comment", comment=id_, text="REGRET2")).seq
                    assert (await person.send("delete_comment", comment=id_)).seq

            await asyncio.gather(*map(regret, people))
            await eventually(lambda: not any("REGRET" in text for text in _dump(deployment.store)))
            # One worker that has followed it all, and one that reads what is left of the log.
            victim = min(server.workers())
            os.kill(victim, signal.SIGKILL)
            await asyncio.to_thread(wait_until_ended, {victim})
            await eventually(lambda: len(server.workers()) == 3)
            await crowd.join(server, 3)
            await spread(crowd, server)
            for person in people:
                person.cut_connection()
            gone = {
                f"{p}-{n}": {"option": "flask", "deleted": True}
                for p in range(12)
                for n in range(5)
            }
            gone = {id_: {"id": id_, **rest} for id_, rest in gone.items()}
            await eventually(lambda: all(person.comments == gone for person in crowd.all))

    asyncio.run(meeting())


def test_what_a_host_is_told_outside_the_frames_hides_the_result_too(deployment):
    server = deployment.serve(STACKVOTE_LOG_LEVEL="debug")

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.create_board(server)
            host = await crowd.join_host(server)
            people = await crowd.join(server, 3)
            api = f"/api/boards/{crowd.code}"

            async def ask(path, body=None):
                asked = {"method": "POST", "body": json.dumps(body)} if body else {}
                got = await AsyncHTTPClient().fetch(
                    f"{server.address}{path}",
                    headers={"Authorization": f"Bearer {crowd.host_key}"},
                    **asked,
                )
                return got.body.decode()

            maria = json.loads(await ask(f"{api}/hosts", {"name": "Maria"}))
            made = json.loads(await ask(f"{api}/invites", {"count": 2}))["invites"]
            everything = [api, f"/b/{crowd.code}", "/metrics"]
            everything += [f"{api}/{part}" for part in ("rounds", "history", "hosts", "invites")]
            everything += [f"/b/{crowd.code}/{page}" for page in ("screen", "host", "invites")]
            assert (await host.send("open_round", method="approval")).seq
            await eventually(lambda: all(person.round for person in crowd.all))
            await asyncio.gather(*(person.vote("bee") for person in people))
            assert (await people[0].send("observe", on=True)).code == "round_open"
            assert (await host.send("revoke_invite", invite=made[0]["id"])).seq
            await settled(deployment.store, crowd, deployment.recording)
            # What a result says on the wire, and the first line of its table on a page.
            tells = ("totals", "winners", "decided_by", "<td>1</td>")
            hidden = [await ask(path) for path in everything]
            for shown in hidden:
                assert not any(word in shown for word in tells)
                assert not any(person.seat in shown for person in people)
            assert (await host.send("reveal_round", round=1)).seq
            await eventually(lambda: all("result" in person.tally for person in crowd.all))
            shown = "".join([await ask(path) for path in everything])
            assert all(word in shown for word in tells)
            tokens = [invite["link"].partition("invite=")[2] for invite in made]
            assert len(set(tokens)) == 2
            dump = "".join(_dump(deployment.store))
            for private in (crowd.host_key, maria["host_key"], *tokens):
                assert private not in dump
                assert private not in server.log

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
                case b"string":
                    found.append(client.get(key).decode())
                case other:
                    raise AssertionError(other)
    return found


def _text(fields):
    return {key.decode(): value.decode() for key, value in fields.items()}
