import logging
import socket

import pytest
from attempts import raw, request
from one_process import worker

from server.settings import Settings
from server.web import own_names
from server.web.own_names import OwnNames


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine called ann-laptop in a network whose domain is corp.example."""
    resolver = tmp_path / "resolv.conf"
    resolver.write_text(
        "# made by a program\nnameserver 192.0.2.1\nsearch corp.example fritz.box\n\n"
    )
    monkeypatch.setattr(own_names, "_RESOLVER", resolver)
    monkeypatch.setattr(own_names.socket, "gethostname", lambda: "Ann-Laptop.corp.example")


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "localhost:8888", "LOCALHOST", "localhost.", "board.localhost:8888"),
        *(
            "127.0.0.1",
            "127.0.0.1:8888",
            "127.0.0.2",
            "192.168.1.7:8888",
            "10.1.2.3",
            "172.17.0.2:80",
        ),
        *("[::1]", "[::1]:8888", "[fe80::1]:8888", "[2001:db8::7]", "[::ffff:192.0.2.7]"),
        *("ann-laptop", "ann-laptop:8888", "ANN-LAPTOP.local", "ann-laptop.local.:8888"),
        *("ann-laptop.corp.example", "ann-laptop.fritz.box:8888", "ann-laptop.lan"),
        *("vote.example.org", "vote.example.org:443", "Vote.Example.Org."),
        *("board.example.net", "a.teams.example", "b.a.teams.example:81"),
    ],
)
def test_these_are_its_own(machine, host):
    settings = Settings(
        public_url="https://vote.example.org:8443",
        allowed_hosts=("board.example.net", ".teams.example"),
    )
    assert OwnNames(settings).include(host)


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8888", "localhost.evil.example", "127.0.0.1.evil.example"),
        *("vote.example.org.evil.example", "evil-vote.example.org", "example.org", "teams.example"),
        *("evilteams.example", "ann-laptop.evil.example", "evil.local", "evil", "ann-laptop2"),
        *(
            "",
            ":8888",
            ".",
            "127.0.0.1:8888@evil.example",
            "evil.example#localhost",
            "[::1",
            "::1]",
        ),
        *("127.0.0.1.nip.io", "0x7f.1", "2130706433", "localhost:x", "localhost:80:80", "[evil]"),
        *("localhost, evil.example", "localhost/evil", "\u212aelvin"),
    ],
)
def test_these_are_not(machine, host):
    settings = Settings(
        public_url="https://vote.example.org", allowed_hosts=("board.example.net", ".teams.example")
    )
    assert not OwnNames(settings).include(host)


def test_the_name_that_it_listens_on_is_its_own(machine):
    assert OwnNames(Settings(host="meeting.corp.example")).include("meeting.corp.example:8888")
    assert not OwnNames(Settings()).include("meeting.corp.example:8888")


def test_a_machine_without_a_resolver_has_a_name_all_the_same(monkeypatch, tmp_path):
    monkeypatch.setattr(own_names, "_RESOLVER", tmp_path / "none")
    assert OwnNames(Settings()).include(f"{socket.gethostname()}:8888")


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
