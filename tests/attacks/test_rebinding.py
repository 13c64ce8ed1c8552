"""A page of another site whose name leads here: DNS rebinding."""

import logging

from attacks.attempts import raw, request
from support.worker import worker


async def test_under_another_name_nothing_is_served_and_it_is_said_why(embedded, caplog):
    caplog.set_level(logging.INFO, logger="server")
    async with worker(embedded) as server:
        code, key = await server.board()
        static = f"/static/{server.site.static_version}/css/tokens.css"
        pages = ("/", f"/b/{code}", f"/b/{code}/screen", f"/b/{code}/host?key={key}", "/nothing")
        programs = (f"/api/boards/{code}", "/api/templates", "/api/openapi.json", "/api/nothing")
        for host in ("evil.example", f"evil.example:{server.port}"):
            for path in (*pages, *programs, static, "/metrics"):
                for method in ("GET", "HEAD"):
                    got = await raw(server, request(f"{method} {path} HTTP/1.1", host=host))
                    assert got.status == 421, path
                    assert code.encode() not in got.body
                    assert b"Set-Cookie" not in got.whole
            page = await raw(server, request("GET / HTTP/1.1", host=host))
            assert b"<html" in page.body
            assert b"does not answer to this name" in page.body
            assert b"evil" not in page.whole
            told = await raw(server, request("GET /api/templates HTTP/1.1", host=host))
            assert b'{"error":{"code":"unknown_host","message":"This server' in told.body
            made = request("POST /api/boards HTTP/1.1", body=b'{"template":"databases"}', host=host)
            assert (await raw(server, made)).status == 421
            upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Host": host}
            upgrade |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": f"http://{host}"}
            upgrade |= {"Sec-WebSocket-Version": "13", "Sec-Fetch-Site": "same-origin"}
            upgrade["Sec-WebSocket-Protocol"] = "stackvote.v1"
            assert (await server.fetch(f"/b/{code}/live", headers=upgrade)).code == 421
    assert "A request for the host 'evil.example' was refused" in caplog.text
    assert {"unknown_host"} <= {getattr(record, "event", "") for record in caplog.records}


async def test_a_load_balancer_may_ask_how_it_is_under_any_name(embedded):
    async with worker(embedded) as server:
        for host in ("stackvote-1:8888", "10.0.0.7:8888", "[fd00::7]:8888", "evil.example"):
            for path in ("/healthz", "/readyz"):
                assert (await raw(server, request(f"GET {path} HTTP/1.1", host=host))).status == 200
        # Old ones send none.
        old = await raw(server, b"GET /readyz HTTP/1.0\r\n\r\n")
        assert old.status == 200


async def test_a_name_that_was_allowed_is_served(embedded):
    async with worker(embedded, allowed_hosts=("stackvote-1", ".corp.example")) as server:
        for host, status in (
            ("stackvote-1:8888", 200),
            ("vote.corp.example", 200),
            ("stackvote-2:8888", 421),
        ):
            assert (await raw(server, request("GET / HTTP/1.1", host=host))).status == status
