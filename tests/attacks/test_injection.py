"""Bytes that would become a header, a line of the log, an address or a name of their own."""

import json
import logging
import re
import urllib.parse

import pytest

from attacks.attempts import PATIENCE, bearer, raw, request, state
from server.observability.logs import JsonFormatter
from support.wait import eventually
from support.worker import worker

BREAKS = ["\r\n", "\n", "\r", "%0d%0a", "%0a", "\u2028", "\x85", "%E2%80%A8", "\x0b", "\x00"]
INJECTED = "X-Injected: yes"


@pytest.fixture
def lines(caplog):
    """What the log would hold: each record as text and as JSON."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="server")
    caplog.clear()

    def shown():
        text = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        ours = [record for record in caplog.records if not record.name.startswith("asyncio")]
        return [text.format(each) for each in ours], [JsonFormatter().format(e) for e in ours]

    return shown


def harmless(lines):
    """Whether each line is one line, of what a terminal shows and nothing that moves it."""
    texts, objects = lines
    for line in texts:
        assert line.isprintable(), repr(line)
        assert line.splitlines() == [line]
    for line in objects:
        assert json.loads(line)
        assert len(line.splitlines()) == 1
    return True


async def test_no_break_in_an_address_makes_a_header_or_a_line(embedded, lines):
    async with worker(embedded) as server:
        code, _ = await server.board()
        for end in BREAKS:
            forged = f"{end}{INJECTED}{end}2026-01-01 ERROR forged"
            for path in (f"/b/{code.lower()}", f"/b/{code}", "/b/zzzzzz", "/static/ab/x", "/"):
                for place in (forged, f"?code={forged}", f"/{forged}", f"?key={forged}"):
                    line = f"GET {path}{place} HTTP/1.1".replace(" ", "\x01").replace(
                        "\x01", " ", 1
                    )
                    line = line.encode("utf-8")
                    got = await raw(server, request(line))
                    assert "x-injected" not in got.head.lower()
                    assert got.status in {0, 200, 302, 303, 400, 403, 404, 405, 429}, (
                        got.head,
                        place,
                    )
        assert harmless(lines())


async def test_no_byte_of_a_request_moves_the_terminal_that_shows_the_log(embedded, lines):
    async with worker(embedded) as server:
        for byte in (*range(1, 32), *range(127, 256)):
            if byte in b"\r\n":
                continue
            await raw(server, request(b"GET /nothing" + bytes([byte]) + b"[31m HTTP/1.1"))
        await raw(server, request(b"G\x1b[2JT / HTTP/1.1"))
        await raw(server, request(b"\x85\x9b2J"))
        await raw(server, request(b"GET / HTTP/1.1", b"X\x1b[2J: 1"))
        texts, _ = lines()
        assert any("/nothing" in line for line in texts)
        assert harmless(lines())


async def test_no_break_in_a_header_makes_another(embedded, lines):
    async with worker(embedded, proxy_headers=True) as server:
        code, key = await server.board()
        names = ("Cookie", "Authorization", "Origin", "X-Forwarded-For", "X-Forwarded-Proto")
        names += ("X-Real-Ip", "User-Agent", "Referer", "If-None-Match", "Sec-WebSocket-Protocol")
        for name in names:
            for value in (
                "a\x00b",
                "a\x0bb",
                "a\x85b",
                "a\r\tb",
                "\xff\xfe",
                "a\x1b[2Jb",
                "x" * 9000,
            ):
                for path in (f"/b/{code}", f"/b/{code}/host?key={key}", f"/b/{code}/live"):
                    got = await raw(server, request(f"GET {path} HTTP/1.1", f"{name}: {value}"))
                    assert got.status in {0, 200, 303, 400, 403, 426, 431}, (name, value, got.head)
                    assert "x-injected" not in got.head.lower()
        assert harmless(lines())


async def test_two_lengths_of_one_request_are_no_two_requests(embedded):
    """What a proxy and this server would read differently is refused, and the line closed."""
    async with worker(embedded) as server:
        code, key = await server.board()
        before = await state(server, code)
        inner = json.dumps({"id": "a", "type": "set_board", "title": "Smuggled"}).encode()
        inner = request(
            f"POST /api/boards/{code}/actions HTTP/1.1", f"Authorization: Bearer {key}", body=inner
        )
        chunked = b"0\r\n\r\n" + inner
        tries = [
            ([f"Content-Length: {len(chunked)}", "Transfer-Encoding: chunked"], chunked),
            (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], chunked),
            (["Transfer-Encoding: xchunked"], chunked),
            (["Transfer-Encoding: chunked, identity"], chunked),
            (["Content-Length: 0", f"Content-Length: {len(inner)}"], inner),
            (["Content-Length: +0"], inner),
            (["Content-Length: 0, 5"], inner),
            (["Content-Length: -1"], inner),
            (["Content-Length : 0"], inner),
            (["Content-Length: 0x0"], inner),
        ]
        for headers, body in tries:
            head = "\r\n".join([f"POST /api/boards/{code}/actions HTTP/1.1", "Host: a", *headers])
            got = await raw(server, head.encode() + b"\r\n\r\n" + body)
            assert got.whole.count(b"HTTP/1.1 ") <= 1, headers
            assert got.status in {0, 400}, (headers, got.head)
        assert await state(server, code) == before


async def test_a_host_that_was_made_up_stands_in_no_link(embedded):
    # Under a name that is none of its own it says nothing at all: test_rebinding.py.
    async with worker(embedded, allowed_hosts=("evil.example",)) as server:
        code, key = await server.board()
        template = b'{"template": "databases"}'
        paths = [
            f"/b/{code}",
            f"/b/{code}/screen",
            f"/b/{code}/host",
            f"/b/{code}/record",
            f"/b/{code.lower()}",
            "/",
        ]
        for host in ("evil.example", "evil.example:80", f"127.0.0.1:{server.port}@evil.example"):
            forwarded = [f"X-Forwarded-Host: {host}", f"Forwarded: host={host}"]
            forwarded += [f"X-Original-URL: //{host}/", f"Authorization: Bearer {key}"]
            for path in paths:
                got = await raw(server, request(f"GET {path} HTTP/1.1", *forwarded, host=host))
                assert b"evil.example" not in got.whole, path
            made = request("POST /api/boards HTTP/1.1", *forwarded, body=template, host=host)
            got = await raw(server, made)
            assert b"evil.example" not in got.whole
            if got.status not in {400, 421}:
                assert json.loads(got.body)["links"]["ballot"].startswith(server.site.base)


async def test_no_address_leads_to_another_site(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        for path in (
            f"//evil.example/b/{code}",
            f"/b/{code}//evil.example",
            f"/b//evil.example/{code}",
            f"/b/{code.lower()}?//evil.example",
            f"/b/{code.lower()}/host?key=//evil.example",
            "/?code=//evil.example",
            f"/?code={code}&next=//evil.example",
            f"/b/{code}/host?key={key}&next=https://evil.example",
            "/static/abcdef//evil.example/%2e%2e",
            "/%5cevil.example/..",
        ):
            got = await raw(server, request(f"GET {path} HTTP/1.1"))
            to = re.search(r"\r\nLocation: (\S*)", got.head)
            assert to is None or re.match(rf"/b/{code}\b", to[1]), path


async def test_what_a_visitor_says_of_proxies_counts_for_nothing_without_one(embedded):
    async with worker(embedded, public_url="http://other.example") as server:
        code, _ = await server.board()
        got = await server.fetch(f"/b/{code}", headers={"X-Forwarded-Proto": "https"})
        assert "secure" not in got.headers["Set-Cookie"].lower()
        for n in range(120):
            spoofed = {"X-Forwarded-For": f"192.0.2.{n}", "X-Real-Ip": f"192.0.2.{n}"}
            spoofed |= {"Forwarded": f"for=192.0.2.{n}", "True-Client-Ip": f"192.0.2.{n}"}
            got = await server.fetch("/b/ZZZZZZ", headers=spoofed)
        assert got.code == 429


async def test_behind_a_proxy_only_an_address_is_taken_for_one(embedded, lines):
    async with worker(embedded, proxy_headers=True, public_url="http://x.example") as server:
        # Made-up text in the place of an address must not be a new visitor each time.
        for n in range(120):
            got = await server.fetch("/b/ZZZZZZ", headers={"X-Forwarded-For": f"me-{n}'\"<b>"})
        assert got.code == 429
        got = await server.fetch("/b/ZZZZZZ", headers={"X-Forwarded-For": "2001:db8::1"})
        assert got.code == 404
        # A visitor of IPv6 has 2**64 addresses to choose from, and is one visitor.
        for n in range(2, 122):
            got = await server.fetch("/b/ZZZZZZ", headers={"X-Forwarded-For": f"2001:db8::{n:x}"})
        assert got.code == 429
        assert harmless(lines())


async def test_names_and_words_of_people_stand_in_no_line_of_the_log(embedded, lines):
    async with worker(embedded) as server:
        code, key = await server.board(title="TITLE-WORD")
        ann = await server.page(code, name="NAME-WORD")
        await ann.done("comment", option="flask", kind="pro", text="TEXT-WORD", comment="ID-WORD")
        for type_ in ("TYPE-WORD\x1b[2J", "\n2026 ERROR", "\u2028"):
            assert (await ann.ask(type_))["code"] == "not_understood"
        query = urllib.parse.urlencode({"invite": "TOKEN-WORD", "key": "KEY-WORD", "x": "\r\n"})
        for path in (
            f"/b/{code}?{query}",
            f"/b/{code}/host?{query}",
            f"/api/boards/{code}?{query}",
        ):
            await server.fetch(path, headers=bearer(key) | {"User-Agent": "AGENT-WORD"})
        await eventually(lambda: len(lines()[0]) >= 3, PATIENCE)
        assert not any("-WORD" in line or key in line for line in lines()[0])
        assert harmless(lines())
