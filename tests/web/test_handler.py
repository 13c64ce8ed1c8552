import logging

import pytest
from tornado.web import RequestHandler

from server.web.handler import HEADERS, WITH_WORKER, Access, require_access_rules
from support.worker import worker


async def test_every_answer_carries_the_headers_that_protect(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        static = f"/static/{server.site.static_version}/css/tokens.css"
        pages = (
            "/",
            f"/b/{code}",
            f"/b/{code}/screen",
            f"/b/{code}/host",
            f"/b/{code}/record",
            "/nothing",
        )
        for path in (*pages, f"/api/boards/{code}", "/api/nothing", "/healthz", "/metrics", static):
            got = await server.fetch(path)
            policy = {"Content-Security-Policy": WITH_WORKER} if path == f"/b/{code}" else {}
            for name, value in (HEADERS | policy).items():
                if name != "Cache-Control" or path != static:
                    assert got.headers[name] == value, path
            assert "Server" not in got.headers
        assert "unsafe" not in HEADERS["Content-Security-Policy"]
        assert "default-src 'none'" in HEADERS["Content-Security-Policy"]


def test_the_ballot_alone_may_start_a_service_worker_and_name_its_address():
    policy = dict(each.split(" ", 1) for each in HEADERS["Content-Security-Policy"].split("; "))
    ballot = dict(each.split(" ", 1) for each in WITH_WORKER.split("; "))
    assert (policy["worker-src"], policy["trusted-types"]) == ("'none'", "'none'")
    assert ballot == policy | {"worker-src": "'self'", "trusted-types": "worker"}


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
