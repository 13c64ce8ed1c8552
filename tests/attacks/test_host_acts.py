"""A host's acts, tried over every path by everybody who is no host.

The lists are made from the union of messages and the table of routes, so that an act which is
added later is tried as well, or fails here for want of an example.
"""

import contextlib
import itertools
import json
import re
import typing

from attacks.attempts import act, bearer
from server.live.commands.request import HostRequest
from server.live.commands.table import AnyRequest
from server.live.host_commands import AddHost, AddQuestion, JoinMeeting, MakeInvites
from server.web.handler import Access, Handler
from support.worker import worker

ONLY_THE_HOST = "Only the host can do this."
EXAMPLES = {
    "open_round": {"method": "approval"},
    "lock_round": {"round": 1},
    "reveal_round": {"round": 1},
    "reopen_round": {"round": 1},
    "extend_round": {"round": 1, "seconds": 60},
    "pause_round": {"round": 1, "on": True},
    "add_option": {"option": {"name": "Eve's"}},
    "edit_option": {"option": {"id": "flask", "name": "Eve's"}},
    "remove_option": {"option": "flask"},
    "set_criteria": {"criteria": [{"name": "Eve's"}]},
    "take_weights": {"round": 1},
    "set_gates": {"gates": [{"name": "Eve's"}]},
    "answer_gate": {"gate": "licence", "option": "flask", "answer": "fail"},
    "accept_proposal": {"proposal": "p1", "word": "Eve's"},
    "merge_proposal": {"proposal": "p1", "option": "flask"},
    "decline_proposal": {"proposal": "p1", "word": "Eve's"},
    "set_board": {"title": "Eve's", "settings": {"host_sees_results": True}},
    "hide_comment": {"comment": "c1", "on": True},
    "pin_comment": {"comment": "c1", "on": True},
    "set_argument": {"comment": "c1", "side": "con", "text": "Eve's"},
    "decide": {"option": "flask", "because": "Eve's"},
    "defer": {"owner": "Eve", "because": "Eve's", "revisit_on": "2030-06-01"},
    "score_prediction": {"prediction": 1, "came_true": True},
    "assign_risk": {"risk": "x", "owner": "Eve"},
    "open_premortem": {"option": "flask"},
    "reveal_premortem": {},
    "reopen": {},
    "archive": {"on": True},
    "delete_board": {"code": "FRAMEWORKS"},
    "admit": {"who": ["x"]},
    "remove_host": {"host": "first"},
    "renew_invite": {"invite": "x"},
    "revoke_invite": {"invite": "x"},
    "go_to_question": {"question": None, "leaving": "FRAMEWORKS"},
    "move_question": {"question": "FRAMEWORKS", "place": 1},
    "remove_question": {"question": "FRAMEWORKS"},
}
BY_HTTP_ONLY = {
    "add_host": AddHost,
    "make_invites": MakeInvites,
    "join_meeting": JoinMeeting,
    "add_question": AddQuestion,
}
SENT = {"hosts": {"name": "Eve"}, "invites": {"count": 1}, "questions": {"board": "FRAMEWORKS"}}


def tags(kinds):
    return {kind.__struct_config__.tag: kind for kind in kinds}


def host_acts():
    return {tag for tag, kind in tags(typing.get_args(AnyRequest)).items() if kind.for_host}


def test_every_act_of_a_host_is_tried_here():
    assert set(EXAMPLES) == host_acts()
    everywhere = tags(HostRequest.__subclasses__())
    assert set(everywhere) == host_acts() | set(BY_HTTP_ONLY)
    assert all(kind.for_host for kind in everywhere.values())


@contextlib.asynccontextmanager
async def meeting(store):
    """Run a board with everybody on it who is no host: as headers, by what they are."""
    async with worker(store) as server:
        code, key = await server.board()
        other, other_key = await server.board()
        host = await server.host(code, key)
        _, made = await server.api(f"/api/boards/{code}/invites", {"count": 3}, headers=bearer(key))
        invited, revoked, renewed = [
            (each["id"], await server.seated(each["link"])) for each in made["invites"]
        ]
        await host.done("revoke_invite", invite=revoked[0])
        await host.done("renew_invite", invite=renewed[0])
        await host.done("open_round", method="approval", settings={"seconds": 3600})
        voter = await server.page(code, name="Ann")
        said = {"option": "flask", "kind": "pro", "text": "Fast.", "comment": "c1"}
        await voter.done("comment", **said)
        observer = await server.page(code)
        await observer.done("observe", on=True)
        path = f"/api/boards/{code}"
        _, removed = await server.api(f"{path}/hosts", {"name": "Bo"}, headers=bearer(key))
        await host.done("remove_host", host=removed["host"])
        cookie = await server.cookie(code)
        others_cookie = await server.cookie(other)
        people = {
            "nobody": {},
            "a voter": {"Cookie": voter.cookie},
            "one who watches": {"Cookie": observer.cookie},
            "one who was invited": {"Cookie": invited[1]},
            "one whose invitation was taken back": {"Cookie": revoked[1]},
            "one whose invitation was renewed": {"Cookie": renewed[1]},
            "a removed host": {"Cookie": f"{cookie}; stackvote_host_{code}={removed['host_key']}"},
            "a removed host's program": bearer(removed["host_key"]),
            "another board's host": {
                "Cookie": f"{others_cookie}; stackvote_host_{other}={other_key}"
                f"; stackvote_host_{code}={other_key}"
            },
            "another board's program": bearer(other_key),
        }
        yield server, code, key, people


async def test_no_one_else_does_a_hosts_act_by_any_message(embedded):
    async with meeting(embedded) as (server, code, key, people):
        # A pause tells how long the clock has run, so it is set before.
        board = server.hub.rooms[code].board
        before = board.seq, json.dumps(await server.api(f"/api/boards/{code}/history"))
        for (who, headers), (type_, fields) in itertools.product(people.items(), EXAMPLES.items()):
            message = {"type": type_, "id": f"{who} {type_}"} | fields
            status, answer = await act(server, code, message, **headers)
            assert (status, answer["error"]["message"]) == (403, ONLY_THE_HOST), (who, type_)
        for (who, headers), view in itertools.product(people.items(), ("ballot", "screen")):
            page = await server.connect(code, headers=headers)
            await page.hello(view)
            for type_, fields in EXAMPLES.items():
                answer = await page.ask(type_, **fields)
                assert answer.get("message") == ONLY_THE_HOST, (who, view, type_)
            for type_ in BY_HTTP_ONLY:
                answer = await page.ask(type_, name="Eve", count=1)
                assert answer["code"] == "not_understood"
        for headers in people.values():
            page = await server.connect(code, headers=headers)
            await page.send({"type": "hello", "view": "host"})
            assert await page.closed() == (4003, "This page is for the host.")
        after = board.seq, json.dumps(await server.api(f"/api/boards/{code}/history"))
        assert after == before
        # The measure: the same messages are no such thing for the host.
        for type_, fields in EXAMPLES.items():
            message = {"type": type_, "id": f"host {type_}"} | fields
            _, answer = await act(server, code, message, **bearer(key))
            assert answer.get("message") != ONLY_THE_HOST, type_


def routes_of(server):
    """Every route of the server: its path with a board's code in it, and its handler."""
    for rule in server.application.wildcard_router.rules:
        if issubclass(rule.target, Handler):
            yield rule.matcher.regex.pattern.rstrip("$"), rule.target


async def test_no_one_else_enters_by_any_address_that_is_for_the_host(embedded):
    async with meeting(embedded) as (server, code, key, people):
        board = server.hub.rooms[code].board
        before = board.seq
        tried = set()
        for pattern, handler in routes_of(server):
            if handler.access is not Access.HOST:
                continue
            path = pattern.replace("([^/]+)", code)
            tried.add(path)
            body = json.dumps(SENT.get(path.rpartition("/")[2], {})).encode()
            for (who, headers), typed in itertools.product(people.items(), (path, path.lower())):
                got = await server.fetch(typed, headers=headers, follow_redirects=True)
                assert got.code == 403, (who, typed)
                assert key not in got.body.decode()
                assert b"invite=" not in got.body
                if handler.post is not Handler.post:
                    assert (await server.fetch(typed, body, headers=headers)).code == 403, who
            assert (await server.fetch(path, headers=bearer(key))).code == 200
        assert len(tried) >= 4
        assert board.seq == before
        assert len(board.hosts) == 1


async def test_what_anyone_may_send_is_a_short_list(embedded):
    """Whatever takes something in is for the host, checked message by message, makes boards, or reads lists."""
    async with worker(embedded) as server:
        free, own = set(), set()
        for pattern, handler in routes_of(server):
            takes = [
                method
                for method in ("post", "put", "patch", "delete")
                if getattr(handler, method) is not getattr(Handler, method)
            ]
            assert set(takes) <= {"post"}, pattern
            if takes and handler.access is Access.ANYONE:
                free.add(pattern)
            if handler.access is Access.BY_SEAT:
                own.add(pattern)
            if takes and handler.access is Access.BY_ACTION:
                assert re.fullmatch(r"/api/boards/\(\[\^/\]\+\)/actions", pattern)
        assert free == {"/", "/api/boards", "/api/lists"}
        assert own == {
            f"{start}/([^/]+)/seat{end}" for start in ("/b", "/api/boards") for end in ("", "/move")
        }


async def test_what_the_host_sees_is_asked_for_as_the_host_by_no_one_else(embedded):
    async with meeting(embedded) as (server, code, key, people):
        hidden = {"type": "hide_comment", "comment": "c1", "on": True}
        assert (await act(server, code, hidden, **bearer(key)))[0] == 200
        path = f"/api/boards/{code}/comments"
        for headers in people.values():
            status, answer = await server.api(f"{path}?view=host", headers=headers)
            assert (status, answer["error"]["code"]) == (403, "not_allowed")
            for query in ("", "?view=ballot", "?view=HOST", "?view=screen&view=host&view=x"):
                got = await server.fetch(path + query, headers=headers)
                assert b"Fast." not in got.body, query
        status, answer = await server.api(f"{path}?view=host", headers=bearer(key))
        assert (status, answer["comments"][0]["text"]) == (200, "Fast.")
