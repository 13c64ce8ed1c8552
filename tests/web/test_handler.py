import logging

import pytest
from one_process import worker
from tornado.web import RequestHandler

from server.log.store import StoreAwayError
from server.web.handler import HEADERS, Access, require_access_rules


async def test_every_answer_carries_the_headers_that_protect(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        static = f"/static/{server.site.static_version}/css/tokens.css"
        pages = ("/", f"/b/{code}", f"/b/{code}/screen", f"/b/{code}/host", "/nothing")
        for path in (*pages, f"/api/boards/{code}", "/api/nothing", "/healthz", "/metrics", static):
            got = await server.fetch(path)
            for name, value in HEADERS.items():
                if name != "Cache-Control" or path != static:
                    assert got.headers[name] == value, path
            assert "Server" not in got.headers
        assert "unsafe" not in HEADERS["Content-Security-Policy"]
        assert "default-src 'none'" in HEADERS["Content-Security-Policy"]


def test_a_handler_without_an_access_rule_stops_the_start():
    class Forgotten(RequestHandler):
        pass

    class Vague(RequestHandler):
        access = "anyone"

    class Said(RequestHandler):
        access = Access.ANYONE

    require_access_rules([Said])
    for handler in (Forgotten, Vague):
        with pytest.raises(TypeError, match=f"{handler.__name__} declares no access rule"):
            require_access_rules([Said, handler])


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
        assert "store is away" in page.body.decode()
        for got in (
            await server.api(f"/api/boards/{code}"),
            await server.api("/api/boards", {"template": "databases"}),
        ):
            assert (got[0], got[1]["error"]["code"]) == (503, "store_away")
        form = await server.fetch("/", b"template=databases")
        assert form.code == 503
        assert "store is away" in form.body.decode()
        line = await server.line(code)
        await line.told("goodbye")
        assert (await line.closed())[0] == 1012


async def test_a_fault_of_ours_is_loud_for_us_and_calm_for_people(embedded, monkeypatch, caplog):
    async with worker(embedded, public_url="http://other.example") as server:
        code, key = await server.board()

        async def broken(*_):
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


async def test_monitors_may_ask_for_the_head_of_whatever_can_be_read(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        pages = ("/", f"/b/{code}/screen", "/b/ZZZZZZ", "/nothing")
        for path in (*pages, f"/api/boards/{code}", "/api/templates", "/healthz", "/readyz"):
            whole, head = await server.fetch(path), await server.fetch(path, method="HEAD")
            assert head.code == whole.code, path
            assert head.headers["Content-Type"] == whole.headers["Content-Type"]
            assert int(head.headers["Content-Length"]) > 0
            assert head.body == b""
        for path in ("/api/boards", f"/b/{code}/live"):
            assert (await server.fetch(path, method="HEAD")).code == 405, path


async def test_the_log_says_by_its_code_why_a_request_was_refused(embedded, caplog):
    caplog.set_level(logging.INFO, logger="server")
    async with worker(embedded) as server:
        code, _ = await server.board()
        caplog.clear()
        foreign = {"Sec-Fetch-Site": "cross-site"}
        got = await server.fetch(f"/api/boards/{code}/actions", b"{}", headers=foreign)
        assert got.code == 403
        (line,) = (
            record.getMessage() for record in caplog.records if record.name == "server.web.handler"
        )
        assert line.startswith(f"403 POST /api/boards/{code}/actions foreign_origin ")


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
