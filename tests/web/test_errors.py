import logging

import pytest
from tornado.web import HTTPError

from server.domain.refusals import Code, Refusal
from server.store.node import StoreAwayError
from server.web.errors import STATUS, Problem, problem_of
from support.worker import worker


@pytest.mark.parametrize("code", Code)
def test_each_code_has_a_status_that_is_an_answer_to_a_wish(code):
    problem = Problem.of(Refusal(code, "Why."))
    assert problem.status_code == STATUS[code]
    assert 400 <= problem.status_code < 500 or problem.status_code == 503
    assert problem.shown() == {"error": {"code": code, "message": "Why."}}
    assert problem_of(problem.status_code, problem) is problem


@pytest.mark.parametrize(
    ("status", "said", "code", "title"),
    [
        (400, "Missing argument title", "not_understood", "That was not understood"),
        (403, "", "not_allowed", "You cannot open this page"),
        (403, "Cross-origin request blocked", "foreign_origin", "You cannot open this page"),
        (405, "", "not_allowed", "Something went wrong"),
        (413, "", "too_large", "Something went wrong"),
        (429, "", "too_fast", "A little slower, please"),
        (503, "", "store_away", "Back in a moment"),
    ],
)
def test_what_tornado_finds_wrong_is_put_into_our_words(status, said, code, title):
    problem = problem_of(status, HTTPError(status, said))
    assert (problem.status_code, problem.code, problem.title) == (status, code, title)
    assert "Nothing that you sent was changed" not in problem.message
    assert not said or said not in problem.message


def test_anything_else_is_our_fault_and_keeps_its_words_to_itself():
    problem = problem_of(500, ZeroDivisionError("division by zero"))
    assert (problem.code, problem.title) == ("server_error", "Something went wrong")
    assert "zero" not in problem.message


async def test_a_store_that_is_away_is_said_on_pages_and_to_programs(embedded, monkeypatch):
    async with worker(embedded, public_url="http://other.example") as server:
        async with worker(embedded) as other:
            code, _ = await other.board()

        async def away(*_):
            raise StoreAwayError("it was pulled out")

        monkeypatch.setattr(server.hub.log, "read", away)
        monkeypatch.setattr(server.hub.log, "create", away)
        page = await server.fetch(f"/b/{code}")
        assert page.code == 503
        assert page.headers["Retry-After"]
        assert "store cannot be reached" in page.body.decode()
        for got in (
            await server.api(f"/api/boards/{code}"),
            await server.api("/api/boards", {"template": "databases"}),
        ):
            assert (got[0], got[1]["error"]["code"]) == (503, "store_away")
        form = await server.fetch("/", b"template=databases")
        assert form.code == 503
        assert "store cannot be reached" in form.body.decode()
        line = await server.connect(code)
        await line.receive("goodbye")
        assert (await line.closed())[0] == 1012


async def test_a_fault_of_ours_is_loud_for_us_and_calm_for_people(embedded, monkeypatch, caplog):
    async with worker(embedded, public_url="http://other.example") as server:
        code, key = await server.board()

        async def broken(*_, **__):
            raise ZeroDivisionError

        monkeypatch.setattr(server.hub, "room", broken)
        caplog.clear()
        status, answer = await server.api(f"/api/boards/{code}?key={key}")
        assert (status, answer["error"]["code"]) == (500, "server_error")
        assert "ZeroDivisionError" not in str(answer)
        page = await server.fetch(f"/b/{code}/host?key={key}")
        assert page.code == 500
        assert "ZeroDivisionError" in caplog.text
        assert key not in caplog.text


async def test_an_address_that_is_not_there(embedded, caplog):
    caplog.set_level(logging.INFO, logger="server")
    async with worker(embedded) as server:
        caplog.clear()
        page = await server.fetch("/nothing")
        assert page.code == 404
        assert "There is nothing at this address." in page.body.decode()
        status, answer = await server.api("/api/nothing")
        assert (status, answer["error"]["code"]) == (404, "not_found")
        lines = [
            record.getMessage() for record in caplog.records if record.name.startswith("server")
        ]
        assert len(lines) == 2
        assert lines[0].startswith("404 GET /nothing")
