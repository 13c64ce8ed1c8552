"""The document is of the handlers: nothing is missing in it, and answers are as it says."""

import json
import re

import pytest
from jsonschema import Draft202012Validator, ValidationError
from tornado.web import RequestHandler

from server.domain.refusals import Code
from server.web import api, errors, health, hosts, invites, openapi, pages, questions, socket
from server.web.handler import Access, Handler
from server.web.operations import operations_of
from support.worker import worker

ROUTES = [
    route
    for module in (pages, socket, api, hosts, invites, questions, health, openapi)
    for route in module.routes
]
NOT_JSON = {"/metrics"}
MEETING = ("/meeting", "/questions")


async def document(server):
    status, found = await server.api("/api/openapi.json")
    assert status == 200
    return found


def check(document, method, path, status, value):
    """Check an answer against what the document says of it."""
    described = document["paths"][path][method]["responses"]
    schema = described[str(status)]["content"]["application/json"]["schema"]
    Draft202012Validator(schema | {"components": document["components"]}).validate(value)


def methods(each):
    done = {name.lower() for name in each.SUPPORTED_METHODS if name != "HEAD"}
    return {name for name in done if getattr(each, name) is not RequestHandler.get}


@pytest.mark.parametrize(("pattern", "each"), ROUTES)
def test_each_method_of_the_api_says_what_it_takes_and_gives(pattern, each):
    told = set(operations_of(each))
    pages_only = not pattern.startswith(("/api/", "/healthz", "/readyz"))
    assert told == (set() if pages_only else methods(each)), pattern


def test_the_document_has_each_of_them_and_says_who_may():
    paths = openapi.document(ROUTES)["paths"]
    for pattern, each in ROUTES:
        found = paths.get(pattern.replace("([^/]+)", "{code}"), {})
        assert set(found) == set(operations_of(each))
        for described in found.values():
            assert described["summary"].endswith(".")
            assert described["x-access"] == each.access
            # A seat may be asked for by who has none yet: the answer says so.
            without_a_cookie = each.access in (Access.ANYONE, Access.BY_SEAT)
            assert ({} in described["security"]) is without_a_cookie
    assert not NOT_JSON & set(paths)


def test_what_it_refers_to_is_there_and_every_name_is_one_operation():
    found = openapi.document(ROUTES)
    text = json.dumps(found)
    for name in re.findall(r'"#/components/schemas/(\w+)"', text):
        assert name in found["components"]["schemas"]
    slug = found["components"]["schemas"]["Option"]["properties"]["id"]["pattern"]
    assert slug == "^[a-z0-9][a-z0-9-]{0,39}$"
    for schema in found["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    ids = [each["operationId"] for path in found["paths"].values() for each in path.values()]
    assert len(set(ids)) == len(ids)


def test_every_code_of_the_handlers_has_its_status_in_the_document():
    found = openapi.document(ROUTES)
    acting = found["paths"]["/api/boards/{code}/actions"]["post"]["responses"]
    for code in Code:
        assert code in acting[str(errors.STATUS[code])]["description"]
    making = found["paths"]["/api/boards"]["post"]["responses"]
    assert making.keys() == {"201", "400", "403", "404", "409", "413", "422", "429", "503"}


async def test_real_answers_are_as_it_says(embedded):
    async with worker(embedded) as server:
        about = await document(server)
        code, key = await server.board(criteria=[{"name": "Speed"}])
        host, ann = await server.host(code, key), await server.page(code, name="Ann")
        await host.receive("people", lambda f: f["people"]["names"])
        said = {"option": "flask", "kind": "pro", "text": "Fast."}
        await ann.done("comment", comment="c1", **said)
        await ann.done("comment", comment="c2", **said)
        await ann.done("delete_comment", comment="c2")
        await ann.done("react", comment="c1", emoji="👍", on=True)
        for n, (method, ballot) in enumerate(RIGHT.items(), 1):
            settings = {"names": "open", "tie_break": "listed", "seconds": 60}
            await host.done("open_round", method=method, settings=settings)
            await ann.done("vote", round=n, ballot=ballot)
            await host.done("pause_round", round=n, on=True)
            check(about, "get", "/api/boards/{code}", *await server.api(f"/api/boards/{code}"))
            await host.done("reveal_round", round=n)
        await host.done("decide", option="flask", because="Small.", revisit_on="2030-01-01")

        bearer = {"headers": {"Authorization": f"Bearer {key}"}}
        board = f"/api/boards/{code}"
        for path in (*("", "/comments", "/history", "/rounds", "/hosts", "/invites"), *MEETING):
            got = await server.api(f"{board}{path}", **bearer)
            assert got[0] == 200, got
            check(about, "get", f"/api/boards/{{code}}{path}", *got)
        for path in ("/api/templates", "/healthz", "/readyz", "/api/openapi.json"):
            check(about, "get", path, *await server.api(path))
        second = {"title": "And then?", "options": "One\nTwo"}
        for path, body in (
            ("/hosts", {"name": "Li"}),
            ("/invites", {"count": 2}),
            ("/questions", second),
        ):
            got = await server.api(f"{board}{path}", body, **bearer)
            assert got[0] == 201, got
            check(about, "post", f"/api/boards/{{code}}{path}", *got)
        for path in MEETING:
            got = await server.api(f"{board}{path}", **bearer)
            check(about, "get", f"/api/boards/{{code}}{path}", *got)
        made = await server.api("/api/boards", {"template": "databases"})
        check(about, "post", "/api/boards", *made)
        bare, _ = await server.board()
        check(about, "get", "/api/boards/{code}", *await server.api(f"/api/boards/{bare}"))
        acting = "/api/boards/{code}/actions"
        got = await server.api(f"{board}/actions", {"type": "reopen", "id": "a"}, **bearer)
        assert got[0] == 200, got
        check(about, "post", acting, *got)


RIGHT = {
    "single": {"choice": "flask"},
    "approval": {"approve": ["flask"]},
    "dots": {"dots": {"flask": 3, "django": 2}},
    "score": {"scores": {"flask": 5, "django": 0}, "no_opinion": ["tornado"]},
    "ranked": {"ranking": [["flask"], ["django", "tornado"]]},
    "matrix": {"scores": {"flask": {"speed": 5}}},
}
WRONG = [
    ("get", "/api/boards/{code}", "/api/boards/ZZZZZZ", None, 404),
    ("get", "/api/boards/{code}", "/api/boards/%FF", None, 400),
    ("get", "/api/boards/{code}/comments", "/comments?view=host", None, 403),
    ("get", "/api/boards/{code}/comments", "/comments?limit=0", None, 400),
    ("get", "/api/boards/{code}/comments", "/comments?option=nothing", None, 404),
    ("get", "/api/boards/{code}/hosts", "/hosts", None, 403),
    ("post", "/api/boards/{code}/invites", "/invites", {"count": 2}, 403),
    ("post", "/api/boards", "/api/boards", {}, 400),
    ("post", "/api/boards", "/api/boards", {"template": "nothing"}, 404),
    ("post", "/api/boards", "/api/boards", {"title": " ", "options": [{"name": "x"}]}, 422),
    ("post", "/api/boards/{code}/actions", "/actions", b"{", 400),
    ("post", "/api/boards/{code}/actions", "/actions", b" " * 17_000, 413),
    ("post", "/api/boards/{code}/actions", "/actions", {"type": "reopen", "id": "a"}, 403),
    ("post", "/api/boards/{code}/actions", "/actions", {"type": "dance", "id": "a"}, 400),
]


@pytest.mark.parametrize("row", WRONG)
async def test_refusals_are_as_it_says(embedded, row):
    method, path, asked, body, status = row
    async with worker(embedded) as server:
        about = await document(server)
        code, _ = await server.board()
        at = asked if asked.startswith("/api") else f"/api/boards/{code}{asked}"
        got, answer = await server.api(at, body)
        assert got == status, answer
        check(about, method, path, got, answer)
        with pytest.raises(ValidationError):
            check(about, method, path, got, answer | {"error": {"code": "x", "message": ""}})


def test_a_method_that_is_not_done_says_which_are():
    class Board(Handler):
        access = Access.ANYONE

        async def get(self):
            pass

    class Deed(Handler):
        access = Access.ANYONE

        async def post(self):
            pass

    assert Board._methods() == ["GET", "HEAD"]
    assert Deed._methods() == ["POST"]
