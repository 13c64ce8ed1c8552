"""A meeting of several questions, over HTTP and live, on two processes."""

import json
import re
import secrets
from contextlib import asynccontextmanager

import pytest

from server.domain.meeting import MAX_QUESTIONS
from server.security.pseudonyms import Pseudonyms
from support.wait import eventually
from support.worker import Worker, embedded, patience_with_the_store, worker

__all__ = ["embedded", "patience_with_the_store"]

SECOND = {"title": "Where does it run?", "options": [{"name": "Here"}, {"name": "There"}]}


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


@asynccontextmanager
async def two_processes(store):
    async with worker(store) as one:
        two = Worker(store.url)
        await two.start()
        try:
            yield one, two
        finally:
            await two.stop()


async def add(server, lead, key, asked=SECOND):
    status, answer = await server.api(f"/api/boards/{lead}/questions", asked, headers=bearer(key))
    assert status == 201, answer
    assert set(answer) == {"code"}
    return answer["code"]


async def act(server, where, key, type_, **fields):
    message = {"type": type_, "id": secrets.token_hex(4), **fields}
    return await server.api(f"/api/boards/{where}/actions", message, headers=bearer(key))


async def meeting_of_two(server, **more):
    lead, key = await server.board(**more)
    return lead, key, await add(server, lead, key)


async def go(server, lead, key, question, leaving):
    status, answer = await act(
        server, lead, key, "go_to_question", question=question, leaving=leaving
    )
    assert status == 200, answer


def at(page):
    """Return the question of which a page tells that the meeting is there."""
    told = [frame["meeting"] for frame in page.frames if "meeting" in frame]
    return told and told[-1] and told[-1]["current"]


def code_of(got):
    return re.search(r'data-code="(\w+)"', got.body.decode())[1]


async def test_everyone_follows_in_both_processes_and_the_code_stays(embedded):
    async with two_processes(embedded) as (one, two):
        lead, key, second = await meeting_of_two(one)
        host, phone = await one.host(lead, key), await two.page(lead)
        screen = await two.page(lead, "screen")
        assert phone.welcome["meeting"] == {
            "lead": lead,
            "title": "Which one?",
            "current": lead,
            "n": 1,
            "of": 2,
            "ended": False,
            "questions": [{"code": lead, "n": 1}],
        }
        assert [each["code"] for each in host.welcome["meeting"]["questions"]] == [lead, second]
        await host.done("go_to_question", question=second, leaving=lead)
        await eventually(lambda: all(at(page) == second for page in (host, phone, screen)))
        for server in (one, two):
            for ending in ("", "/screen"):
                got = await server.fetch(f"/b/{lead}{ending}")
                assert code_of(got) == second
                assert (f"{lead[:3]}-{lead[3:]}" in got.body.decode()) == (ending == "/screen")
            assert code_of(await server.fetch(f"/b/{lead}?stay=1")) == lead
            assert code_of(await server.fetch(f"/b/{second}")) == second
        # Those who are at the second question are told by its board.
        there = await two.page(second, cookie=phone.cookie)
        assert there.welcome["meeting"]["current"] == second
        await host.done("go_to_question", question=lead, leaving=second)
        await eventually(lambda: at(there) == lead)


async def test_the_hosts_of_the_meeting_host_each_question(embedded):
    async with two_processes(embedded) as (one, two):
        lead, key, second = await meeting_of_two(one)
        console = await two.fetch(
            f"/b/{lead}/host", headers={"Cookie": f"stackvote_host_{lead}={key}"}
        )
        assert console.code == 200
        cookie = f"stackvote_host_{lead}={key}"
        host = await two.page(second, "host", cookie=cookie)
        await host.done("open_round", method="single", settings={"names": "open"})
        # What concerns the meeting is done there, wherever it is asked.
        await host.done("go_to_question", question=second, leaving=lead)
        _, maria = await one.api(
            f"/api/boards/{lead}/hosts", {"name": "Maria"}, headers=bearer(key)
        )
        await eventually(lambda: maria["host"] in two.hub.rooms[lead].board.hosts)
        other = await two.page(second, "host", cookie=f"stackvote_host_{lead}={maria['host_key']}")
        await other.done("lock_round", round=1)
        await host.done("remove_host", host=maria["host"])
        code, _ = await other.closed()
        assert code == 4003
        history = two.hub.rooms[second].board.history
        assert [event.what for event in history][-2:]


async def test_a_seat_by_invitation_goes_along_and_is_one_ballot(embedded):
    async with two_processes(embedded) as (one, two):
        lead, key, second = await meeting_of_two(one, settings={"entry": "invited"})
        _, made = await one.api(f"/api/boards/{lead}/invites", {"count": 2}, headers=bearer(key))
        links = [each["link"] for each in made["invites"]]
        voter = await one.seated(links[0])
        stranger = await one.cookie(lead)
        cookie = f"stackvote_host_{lead}={key}"
        host = await one.page(second, "host", cookie=cookie)
        await host.done("open_round", method="single")
        phone = await two.page(second, cookie=voter)
        assert (phone.welcome["you"]["votes"], phone.welcome["you"]["invite"]) == (True, 1)
        outside = await two.page(second, cookie=stranger)
        assert outside.welcome["you"]["seat"] is None
        assert (await outside.ask("vote", round=1, ballot={"choice": "here"}))["type"] == "refused"
        await phone.done("vote", round=1, ballot={"choice": "here"})
        # The seat on one board says nothing about that on another.
        first = await one.page(lead, cookie=voter)
        assert phone.welcome["you"]["seat"] != first.welcome["you"]["seat"]
        # With a new link there is a new seat, and its former ballot is withdrawn.
        invite = made["invites"][0]["id"]
        await host.done("renew_invite", invite=invite)
        await eventually(lambda: one.hub.rooms[second].board.round.voters == 0)
        await phone.receive("welcome", lambda frame: frame["you"]["seat_lost"] == "renewed", 1)
        assert (await phone.ask("vote", round=1, ballot={"choice": "here"}))["type"] == "refused"
        _, listed = await one.api(f"/api/boards/{lead}/invites", headers=bearer(key))
        again = await one.seated(listed["invites"][0]["link"])
        await (await two.page(second, cookie=again)).done(
            "vote", round=1, ballot={"choice": "there"}
        )
        await host.done("revoke_invite", invite=invite)
        await eventually(lambda: two.hub.rooms[second].board.round.voters == 0)


async def test_where_a_ballot_cannot_be_withdrawn_the_renewed_seat_waits(embedded):
    async with worker(embedded) as server:
        lead, key, second = await meeting_of_two(server, settings={"entry": "invited"})
        _, made = await server.api(f"/api/boards/{lead}/invites", {"count": 1}, headers=bearer(key))
        host = await server.page(second, "host", cookie=f"stackvote_host_{lead}={key}")
        await host.done("open_round", method="single", settings={"visibility": "live"})
        phone = await server.page(second, cookie=await server.seated(made["invites"][0]["link"]))
        await phone.done("vote", round=1, ballot={"choice": "here"})
        await host.done("renew_invite", invite=made["invites"][0]["id"])
        _, listed = await server.api(f"/api/boards/{lead}/invites", headers=bearer(key))
        again = await server.page(second, cookie=await server.seated(listed["invites"][0]["link"]))
        answer = await again.ask("vote", round=1, ballot={"choice": "there"})
        assert (answer["code"], "before its link" in answer["message"]) == ("not_allowed", True)
        assert server.hub.rooms[second].board.round.voters == 1


async def test_who_is_let_in_once_is_in_at_every_question(embedded):
    async with two_processes(embedded) as (one, two):
        lead, key, second = await meeting_of_two(one, settings={"entry": "admitted"})
        await go(one, lead, key, second, lead)
        host = await one.connect(second, cookie=f"stackvote_host_{lead}={key}", asks="?door=1")
        await host.hello("host")
        cookie = await two.cookie(lead)
        phone = await two.page(second, cookie=cookie, name="Nia")
        assert phone.welcome["you"]["waits"]
        door = await host.receive("door", lambda frame: frame["door"]["waiting"])
        await host.done("admit", who=[door["door"]["waiting"][0]["id"]])
        await phone.receive("welcome", lambda frame: "waits" not in frame["you"], 1)
        first = await one.page(lead, cookie=cookie)
        assert first.welcome["you"]["votes"]
        # Those who are at a question when the door is closed are in, too.
        assert (await one.page(second, cookie=cookie)).welcome["you"]["votes"]


async def test_what_a_board_must_be_to_become_a_question(embedded):
    async with worker(embedded) as server:
        lead, key = await server.board()
        path = f"/api/boards/{lead}/questions"

        async def refused(asked, status, code, words=""):
            got = await server.api(path, asked, headers=bearer(key))
            assert (got[0], got[1]["error"]["code"]) == (status, code), got
            assert words in got[1]["error"]["message"]

        await refused({"board": lead}, 403, "not_allowed", "its own meeting")
        await refused({"board": "ZZZZZZ"}, 404, "no_such_board")
        other, others_key = await server.board(title="Of another host")
        await refused({"board": other}, 403, "not_allowed", "not a host")
        await refused({"board": other, "host_key": key}, 403, "not_allowed", "not a host")
        assert await add(server, lead, key, {"board": other, "host_key": others_key}) == other
        await refused({"board": other, "host_key": others_key}, 403, "not_allowed", "already")
        # While it is a question, only the hosts of the meeting are its hosts.
        assert (await act(server, other, others_key, "lock_round", round=1))[0] == 403
        third, third_key = await server.board()
        got = await server.api(
            f"/api/boards/{third}/questions",
            {"board": other, "host_key": others_key},
            headers=bearer(third_key),
        )
        assert got[0] == 403
        nested = await server.api(
            f"/api/boards/{third}/questions",
            {"board": lead, "host_key": key},
            headers=bearer(third_key),
        )
        assert (nested[0], "leads a meeting" in nested[1]["error"]["message"]) == (403, True)
        gone, gone_key = await server.board()
        await act(server, gone, gone_key, "delete_board", code=gone)
        await eventually(lambda: gone not in server.hub.rooms)
        await refused({"board": gone, "host_key": gone_key}, 404, "no_such_board")
        open_, open_key = await server.board()
        await act(server, open_, open_key, "open_round", method="single")
        await refused({"board": open_, "host_key": open_key}, 409, "round_open", "Reveal it")
        await refused({"title": "No options"}, 400, "not_understood")
        await refused({"template": "no-such"}, 404, "no_such_template")
        assert server.hub.rooms[lead].board.meeting.questions == (lead, other)


async def test_a_meeting_has_no_more_questions_than_it_may(embedded):
    async with worker(embedded) as server:
        lead, key = await server.board()
        for n in range(MAX_QUESTIONS - 1):
            await add(server, lead, key, {"title": f"Question {n}", "options": "One\nTwo"})
        before = await server.hub.log.codes()
        got = await server.api(f"/api/boards/{lead}/questions", SECOND, headers=bearer(key))
        assert (got[0], got[1]["error"]["code"]) == (409, "too_many")
        # No board was made for it, either.
        assert await server.hub.log.codes() == before


async def test_no_one_else_moves_the_meeting_or_learns_what_comes(embedded):
    async with worker(embedded) as server:
        lead, _, second = await meeting_of_two(server)
        voter = await server.page(lead)
        asks = {
            "go_to_question": {"question": second, "leaving": lead},
            "move_question": {"question": second, "place": 1},
            "remove_question": {"question": second},
        }
        for type_, fields in asks.items():
            assert (await voter.ask(type_, **fields))["code"] == "not_allowed"
            there = await server.page(second, cookie=voter.cookie)
            assert (await there.ask(type_, **fields))["code"] == "not_allowed"
            assert (await act(server, lead, "no key", type_, **fields))[0] == 403
        for asked in (SECOND, {"board": second}):
            status, _ = await server.api(
                f"/api/boards/{lead}/questions", asked, headers={"Cookie": voter.cookie}
            )
            assert status == 403
        # Not even the code of a question at which the meeting has not been.
        public = [
            json.dumps(voter.welcome),
            (await server.fetch(f"/b/{lead}", headers={"Cookie": voter.cookie})).body.decode(),
            (await server.fetch(f"/b/{lead}/screen")).body.decode(),
            (await server.fetch(f"/api/boards/{lead}")).body.decode(),
            (await server.fetch(f"/api/boards/{lead}/meeting")).body.decode(),
        ]
        assert not any(second in each or SECOND["title"] in each for each in public)
        assert server.hub.rooms[lead].board.meeting.questions == (lead, second)
        assert server.hub.rooms[lead].board.meeting.current == lead


async def test_the_end_tells_what_each_question_came_to(embedded):
    async with worker(embedded) as server:
        lead, key, second = await meeting_of_two(server)
        await act(server, lead, key, "decide", option="flask", because="It is small.")
        await go(server, lead, key, second, lead)
        host = await server.page(second, "host", cookie=f"stackvote_host_{lead}={key}")
        await host.done("defer", owner="Ann", because="Later.", revisit_on="2035-06-01")
        await go(server, lead, key, None, second)
        for code in (lead, second):
            _, told = await server.api(f"/api/boards/{code}/meeting")
            assert told["meeting"]["ended"]
            assert [
                (each["n"], each["title"], each["state"], each["outcome"])
                for each in told["questions"]
            ] == [
                (1, "Which one?", "decided", "Flask"),
                (2, "Where does it run?", "deferred", "Deferred until 2035-06-01"),
            ]
            assert told["questions"][1]["record"].endswith(f"/b/{second}/record")
        _, none = await server.api(f"/api/boards/{(await server.board())[0]}/meeting")
        assert none == {"meeting": None, "questions": []}


async def test_a_result_is_in_no_overview_before_every_page_shows_it(embedded):
    async with worker(embedded) as server:
        lead, key, _ = await meeting_of_two(server)
        await act(server, lead, key, "open_round", method="single")
        voter = await server.page(lead)
        await voter.done("vote", round=1, ballot={"choice": "flask"})
        for type_, state in (("lock_round", "locked"), ("reveal_round", "revealing")):
            await act(server, lead, key, type_, round=1)
            _, told = await server.api(f"/api/boards/{lead}/meeting")
            assert (told["questions"][0]["state"], told["questions"][0]["outcome"]) == (state, "")
            assert "record" not in told["questions"][0]
        await act(server, lead, key, "reveal_round", round=1, at_once=True)

        async def outcome():
            _, told = await server.api(f"/api/boards/{lead}/meeting")
            return told["questions"][0]["outcome"]

        # Not at once: a process knows the clock of the store to a few milliseconds.
        await eventually(outcome)
        assert "Flask" in await outcome()


async def test_a_question_that_leaves_or_loses_its_lead_is_a_board_of_its_own(embedded):
    async with two_processes(embedded) as (one, two):
        lead, key, second = await meeting_of_two(one)
        phone = await two.page(second)
        assert phone.welcome["meeting"]["lead"] == lead
        asked = await act(one, lead, key, "delete_board", code=lead)
        assert (asked[0], "leads a meeting" in asked[1]["message"]) == (403, True)
        await go(one, lead, key, second, lead)
        asked = await act(one, second, key, "delete_board", code=second)
        assert (asked[0], "Move on" in asked[1]["message"]) == (403, True)
        await go(one, lead, key, lead, second)
        assert (await act(one, lead, key, "remove_question", question=second))[0] == 200
        await phone.receive("welcome", lambda frame: "meeting" not in frame, 1)
        # Its host is the one who made it, with the same key.
        assert (await act(two, second, key, "open_round", method="single"))[0] == 200
        assert code_of(await two.fetch(f"/b/{lead}")) == lead
        assert "meeting" not in (await two.page(lead)).welcome
        await act(two, second, key, "reveal_round", round=1)
        await eventually(lambda: one.hub.rooms[second].board.round.state == "revealed")
        again = {"board": second, "host_key": key}
        assert await add(one, lead, key, again) == second
        third = await add(one, lead, key, SECOND | {"title": "And then?"})
        await act(one, lead, key, "remove_question", question=third)
        await eventually(
            lambda: third not in two.hub.rooms or not two.hub.rooms[third].meeting.lead
        )
        # What was a question once can lead.
        assert await add(one, third, key)


async def test_a_damaged_or_deleted_question_stops_no_one(embedded):
    async with worker(embedded) as server:
        lead, key, second = await meeting_of_two(server)
        await go(server, lead, key, second, lead)
        await server.hub.log.delete(second)
        await eventually(lambda: second not in server.hub.rooms)
        assert code_of(await server.fetch(f"/b/{lead}")) == lead
        _, told = await server.api(f"/api/boards/{lead}/meeting")
        assert [each["state"] for each in told["questions"]] == ["setup", "gone"]
        await go(server, lead, key, lead, second)
        assert (await act(server, lead, key, "remove_question", question=second))[0] == 200


async def test_a_lead_that_is_gone_leaves_its_questions_to_themselves(embedded):
    async with worker(embedded) as server:
        lead, key, second = await meeting_of_two(server)
        phone = await server.page(second)
        await server.hub.log.delete(lead)
        code, _ = await phone.closed()
        assert code == 1012
        again = await server.page(second, cookie=phone.cookie)
        assert "meeting" not in again.welcome
        assert again.welcome["you"]["seat"] == phone.welcome["you"]["seat"]
        assert (await act(server, second, key, "open_round", method="single"))[0] == 200


async def test_entry_changes_for_all_questions_and_not_while_one_is_on(embedded):
    async with worker(embedded) as server:
        lead, key, second = await meeting_of_two(server)
        host = await server.page(second, "host", cookie=f"stackvote_host_{lead}={key}")
        phone = await server.page(second)
        mixed = await host.ask("set_board", title="New", settings={"entry": "invited"})
        assert (mixed["code"], "one setting" in mixed["message"]) == ("bad_settings", True)
        await host.done("open_round", method="single")
        for code in (second, lead):
            answer = await act(server, code, key, "set_board", settings={"entry": "invited"})
            assert answer[0] in {403, 409}
        assert (await host.ask("set_board", settings={"entry": "invited"}))["code"] == "round_open"
        await host.done("reveal_round", round=1)
        await host.done("set_board", settings={"entry": "invited"})
        assert server.hub.rooms[lead].board.settings.entry == "invited"
        # Every question says so, as everyone's rights have changed.
        told = await host.receive("welcome", lambda f: not f["you"]["votes"], 1)
        assert told["board"]["code"] == second
        assert told["board"]["settings"]["entry"] == "invited"
        await phone.receive("welcome", lambda frame: frame["you"]["seat"] is None, 1)


def test_seats_of_a_meeting_are_linked_by_the_secret_alone():
    one, two = Pseudonyms(b"1" * 32), Pseudonyms(b"2" * 32)
    seat = one.invited("b1-1", 0, "AAAAA2")
    assert one.in_meeting(seat, "BBBBB2") != one.in_meeting(seat, "CCCCC2") != seat
    assert one.in_meeting(seat, "BBBBB2") != two.in_meeting(seat, "BBBBB2")


@pytest.mark.parametrize(
    "fields",
    [
        {"question": "no", "leaving": None},
        {"question": 7, "leaving": None},
        {"question": "AAAAA2"},
        {"leaving": "AAAAA2"},
        {"question": None, "leaving": "AAAAA2", "more": 1},
        {"question": "A" * 17, "leaving": None},
    ],
)
async def test_moves_that_make_no_sense(embedded, fields):
    async with worker(embedded) as server:
        lead, key, _ = await meeting_of_two(server)
        status, answer = await act(server, lead, key, "go_to_question", **fields)
        assert (status, answer["error"]["code"]) in {
            (400, "not_understood"),
            (404, "no_such_question"),
        }
        assert server.hub.rooms[lead].board.meeting.current == lead
