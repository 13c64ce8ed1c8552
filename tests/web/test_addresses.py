"""Links lead where people are: never where a request claims to come from."""

import itertools
import json
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from server.network import addresses as addresses_module
from support.worker import FORM, worker

LAPTOP = ["192.168.1.7", "10.42.0.1", "fd00::2"]
FOREIGN = (
    "6.6.6.6",
    "6.6.6.6:80",
    "10.42.0.1:6666",
    "localhost",
    "127.0.0.1:1",
    "[::ffff:6.6.6.6]",
)


@pytest.fixture
def laptop(monkeypatch):
    """A machine in two networks; the list may be changed."""
    there = list(LAPTOP)
    monkeypatch.setattr(addresses_module, "interface_addresses", lambda: tuple(there))
    return there


NUMBERS = itertools.count(1)


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


async def links_everywhere(server, code, key, host):
    """Return all links of a board, and all that is drawn as a QR code, asked for under a name."""
    as_host = bearer(key) | {"Host": host}
    found = []
    for page, headers in (("", {"Host": host}), ("/screen", {"Host": host}), ("/host", as_host)):
        html = (await server.fetch(f"/b/{code}{page}", headers=headers)).body.decode()
        # The list from which a host chooses leads nowhere.
        html = re.sub(r"<option .*?</option>", "", html)
        found += re.findall(r'https?://[^"<\s]+', html)
    paths = {"hosts": {"name": f"Maria {next(NUMBERS)}"}, "invites": {"count": 1}}
    for path, body in paths.items():
        _, made = await server.api(f"/api/boards/{code}/{path}", body, headers=as_host)
        found += [made["link"]] if path == "hosts" else [each["link"] for each in made["invites"]]
    _, made = await server.api("/api/boards", {"template": "databases"}, headers={"Host": host})
    found += made["links"].values()
    _, joined = await server.api(f"/api/boards/{code}/address", headers=as_host)
    found += [joined["ballot"], joined["host"], f"http://{joined['shown']}/"]
    # Without those of options.
    kept = [each for each in found if ":8888" in each]
    assert len(kept) >= 9
    return {re.match(r"https?://[^/]+", each)[0] for each in kept}, joined, found


async def test_a_page_has_links_of_the_address_at_which_it_was_opened(embedded, laptop):
    async with worker(embedded, public_url=None, port=8888) as server:
        code, key = await server.board()
        for host in ("10.42.0.1:8888", "192.168.1.7:8888", "[fd00::2]:8888"):
            bases, joined, _ = await links_everywhere(server, code, key, host)
            assert bases == {f"http://{host}"}
            assert joined["shown"] == host
            assert [each["address"] for each in joined["choices"]] == LAPTOP
        # Phones could not open it.
        bases, _, _ = await links_everywhere(server, code, key, "127.0.0.1:8888")
        assert bases == {"http://192.168.1.7:8888"}


@pytest.mark.parametrize("host", FOREIGN)
async def test_a_foreign_host_gets_into_no_link_code_or_cache(embedded, laptop, host):
    async with worker(embedded, public_url=None, port=8888) as server:
        code, key = await server.board()
        pages = {}
        for asked in ("192.168.1.7:8888", host, "192.168.1.7:8888"):
            bases, joined, found = await links_everywhere(server, code, key, asked)
            allowed = {f"http://{each}:8888" for each in ("192.168.1.7", "10.42.0.1")}
            assert bases <= allowed
            assert not any("6.6.6.6" in each or "6666" in each for each in found)
            pages.setdefault(asked, []).append(joined["qr"])
            got = await server.fetch(f"/b/{code}/screen", headers={"Host": asked})
            assert got.headers["Cache-Control"] == "no-store"
        assert len(set(pages["192.168.1.7:8888"])) == 1


async def test_a_name_is_refused_before_any_page_is_made(embedded, laptop):
    async with worker(embedded, public_url=None) as server:
        code, _ = await server.board()
        for headers in ({"Host": "evil.example"}, {"Host": "10.42.0.1.evil.example:8888"}):
            got = await server.fetch(f"/b/{code}/screen", headers=headers)
            assert got.code == 421
            assert b"evil" not in got.body
        # What proxies add is not believed either.
        sent = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
        got = await server.fetch(f"/b/{code}/screen", headers=sent)
        assert got.code == 200
        assert b"evil" not in got.body


async def test_a_host_chooses_the_address_and_every_page_and_link_follows(embedded, laptop):
    async with worker(embedded, public_url=None, port=8888) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        screen = await server.page(code, "screen")
        await host.done("set_board", settings={"address": "10.42.0.1"})
        told = await screen.receive("board", lambda f: "address" in f["board"]["settings"])
        assert told["board"]["settings"]["address"] == "10.42.0.1"
        for asked in ("192.168.1.7:8888", "127.0.0.1:8888"):
            _, joined = await server.api(f"/api/boards/{code}/address", headers={"Host": asked})
            assert joined["ballot"] == f"http://10.42.0.1:8888/b/{code}"
            assert "choices" not in joined
        screen_html = (await server.fetch(f"/b/{code}/screen")).body.decode()
        assert "10.42.0.1:8888" in screen_html
        # Other boards are other hosts' business.
        other, _ = await server.board()
        assert "10.42.0.1" not in (await server.fetch(f"/b/{other}/screen")).body.decode()
        # The network is gone, and then back.
        laptop.remove("10.42.0.1")
        server.site.addresses.refresh()
        _, joined = await server.api(f"/api/boards/{code}/address")
        assert joined["shown"] == "192.168.1.7:8888"
        laptop.append("10.42.0.1")
        server.site.addresses.refresh()
        _, joined = await server.api(f"/api/boards/{code}/address")
        assert joined["shown"] == "10.42.0.1:8888"
        await host.done("set_board", settings={"address": None})
        _, joined = await server.api(f"/api/boards/{code}/address")
        assert joined["shown"] == "192.168.1.7:8888"
        history = (await server.api(f"/api/boards/{code}/history"))[1]["history"]
        assert [each["what"] for each in history[-2:]] == [
            "chose the address 10.42.0.1 for links",
            "let the server choose the address for links",
        ]


@pytest.mark.parametrize("address", ["6.6.6.6", "127.0.0.1", "evil.example", "10.42.0.1:80", ""])
async def test_an_address_that_is_not_ours_is_refused_in_words(embedded, laptop, address):
    async with worker(embedded, public_url=None) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        refused = await host.ask("set_board", settings={"address": address})
        assert refused["type"] == "refused"
        assert refused["code"] in {"bad_settings", "not_understood"}
        _, state = await server.api(f"/api/boards/{code}")
        assert "address" not in state["board"]["settings"]


async def test_an_address_in_a_draft_gets_into_no_link(embedded, laptop):
    async with worker(embedded, public_url=None) as server:
        code, key = await server.board(settings={"address": "6.6.6.6"})
        _, joined = await server.api(f"/api/boards/{code}/address", headers=bearer(key))
        assert "6.6.6.6" not in json.dumps(joined)


async def test_pages_hear_that_the_network_changed(embedded, laptop):
    async with worker(embedded, public_url=None, port=8888) as server:
        code, _ = await server.board()
        page = await server.page(code, "screen")
        laptop[:] = ["172.20.10.4"]
        assert server.site.addresses.refresh()
        assert (await page.receive("pulse", lambda f: "network" in f))["network"] == 1
        # A room that is opened later says the same.
        later, _ = await server.board()
        page = await server.page(later, "screen")
        server.hub.rooms[later].heartbeat_now()
        assert (await page.receive("pulse"))["network"] == 1
        _, joined = await server.api(f"/api/boards/{code}/address")
        assert joined["shown"] == "172.20.10.4:8888"
        assert not joined["only_here"]
        laptop.clear()
        assert server.site.addresses.refresh()
        _, joined = await server.api(f"/api/boards/{code}/address")
        assert joined["only_here"]


async def test_a_public_address_hides_those_of_the_machine(embedded, laptop):
    async with worker(embedded, public_url="https://vote.example.org") as server:
        code, key = await server.board()
        _, joined = await server.api(f"/api/boards/{code}/address", headers=bearer(key))
        assert joined["ballot"] == f"https://vote.example.org/b/{code}"
        assert joined["choices"] == []
        page = await server.fetch(f"/b/{code}/host", headers=bearer(key))
        assert not any(each.encode() in page.body for each in LAPTOP)


# Behind a proxy that passes on a Host of its own.


REWRITTEN = {"Host": "127.0.0.1:8888"}
PUBLIC = "http://vote.example.org"


async def test_the_public_address_is_an_origin_of_its_own(embedded):
    async with worker(embedded, public_url=PUBLIC) as server:
        own = REWRITTEN | {"Origin": PUBLIC}
        made = await server.fetch("/", b"template=databases", headers=own | FORM)
        assert made.code == 303
        code = re.match(r"/b/(\w+)/host", made.headers["Location"])[1]
        assert (await server.api("/api/boards", {"template": "databases"}, headers=own))[0] == 201
        place = f"ws://127.0.0.1:{server.port}/b/{code}/live"
        page = await websocket_connect(
            HTTPRequest(place, headers=own), subprotocols=["stackvote.v1"]
        )
        await page.write_message('{"type":"hello","view":"screen"}')
        assert json.loads(await page.read_message())["type"] == "welcome"
        page.close()
        # Followed on a page of ours, a host's link asks no question.
        link = made.headers["Location"]
        taken = await server.fetch(link, headers=REWRITTEN | {"Referer": f"{PUBLIC}/"})
        assert taken.code == 303
        asked = await server.fetch(link, headers=REWRITTEN | {"Referer": "http://evil.example/"})
        assert asked.code == 200


@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.example", "https://vote.example.org", "http://vote.example.org:8080"),
        *("http://vote.example.org.evil.example", "http://evil.example/http://vote.example.org"),
        *("null", "http://sub.vote.example.org"),
    ],
)
async def test_no_other_origin_is(embedded, origin):
    async with worker(embedded, public_url=PUBLIC) as server:
        foreign = REWRITTEN | {"Origin": origin}
        code, _ = await server.board()
        got = await server.fetch("/", b"template=databases", headers=foreign | FORM)
        assert got.code == 403
        assert got.headers["Content-Type"].startswith("text/html")
        assert b"<h1>" in got.body
        status, answer = await server.api("/api/boards", {"template": "databases"}, headers=foreign)
        assert (status, answer["error"]["code"]) == (403, "foreign_origin")
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        upgrade |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        upgrade |= {"Sec-WebSocket-Protocol": "stackvote.v1"}
        assert (await server.fetch(f"/b/{code}/live", headers=foreign | upgrade)).code == 403


BROWSER = FORM | {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/", "/b/{code}", "/b/{code}/host", "/b/{code}/seat", "/nothing"])
async def test_every_form_is_answered_with_a_page(embedded, path):
    async with worker(embedded) as server:
        code, _ = await server.board()
        for more in ({}, {"Origin": "http://evil.example"}, {"Host": "evil.example"}):
            got = await server.fetch(path.format(code=code), b"x=1", headers=BROWSER | more)
            assert 400 <= got.code < 500
            assert got.headers["Content-Type"].startswith("text/html"), got.body
            assert b"<h1>" in got.body


# Under a path.


async def test_under_a_path_every_link_script_form_and_cookie_has_it(embedded):
    async with worker(embedded, public_url="http://company.example/vote") as server:
        code, key = await server.board()
        own = {"Host": "company.example"}
        _, invites = await server.api(
            f"/vote/api/boards/{code}/invites", {"count": 1}, headers=own | bearer(key)
        )
        link = invites["invites"][0]["link"].removeprefix("http://company.example")
        assert link.startswith("/vote/b/")
        pages = ["/vote", "/vote/", f"/vote/b/{code}", f"/vote/b/{code}/screen", link]
        pages += [f"/vote/b/{code}/{each}" for each in ("host", "seat", "invites")]
        pages += [f"/vote/b/{code}/host?key=wrong", "/vote/nothing"]
        seen = set()
        for path in pages:
            got = await server.fetch(path, headers=own | bearer(key))
            html = got.body.decode()
            found = re.findall(r'\b(?:href|src|action)="(/[^"]*)"', html)
            assert found
            assert all(each.startswith("/vote/") for each in found), path
            assert 'data-root="/vote"' in html
            seen.update(each for each in found if "/static/" in each)
            for cookie in got.headers.get_list("Set-Cookie"):
                assert SimpleCookie(cookie).popitem()[1]["path"] == "/vote"
        for each in seen:
            assert (await server.fetch(each, headers=own)).code == 200
        manifest = next(each for each in seen if each.endswith(".webmanifest"))
        start = json.loads((await server.fetch(manifest, headers=own)).body)["start_url"]
        assert start == "../../", "relative to the manifest, so it is right under any path"


@pytest.mark.parametrize("prefix", ["/vote", ""])
async def test_under_a_path_people_meet_whether_or_not_the_proxy_strips_it(embedded, prefix):
    async with worker(embedded, public_url="http://company.example/vote") as server:
        own = {"Host": "company.example", "Origin": "http://company.example"}
        body = urlencode({"title": "Which?", "options": "A\nB"}).encode()
        made = await server.fetch(f"{prefix}/", body, headers=own | FORM)
        assert made.code == 303
        address = made.headers["Location"]
        assert address.startswith("/vote/b/")
        taken = await server.fetch(address.replace("/vote", prefix), headers=own)
        assert taken.code == 303
        code = re.match(r"/vote/b/(\w+)/host$", taken.headers["Location"])[1]
        cookies = [SimpleCookie(each) for each in taken.headers.get_list("Set-Cookie")]
        assert {morsel["path"] for each in cookies for morsel in each.values()} == {"/vote"}
        typed = await server.fetch(f"{prefix}/?code={code.lower()}", headers=own)
        assert typed.headers["Location"] == f"/vote/b/{code}"
        sloppy = await server.fetch(f"{prefix}/b/{code.lower()}.", headers=own)
        assert sloppy.headers["Location"] == f"/vote/b/{code}"
        got = await server.fetch(f"{prefix}/api/openapi.json", headers=own)
        assert json.loads(got.body)["servers"] == [{"url": "/vote"}]
        for path in ("/healthz", "/readyz", f"/api/boards/{code}", "/api/templates"):
            assert (await server.fetch(f"{prefix}{path}", headers=own)).code == 200
        # No other path is taken for it.
        for path in (f"/votes/b/{code}", f"/Vote/b/{code}", f"/x/vote/b/{code}"):
            assert (await server.fetch(path, headers=own)).code == 404


async def test_under_a_path_with_https_a_cookie_has_the_strictest_name_that_browsers_accept(
    embedded,
):
    async with worker(embedded, public_url="https://company.example/vote") as server:
        code, key = await server.board()
        got = await server.fetch(f"/vote/b/{code}/host?key={key}")
        cookies = got.headers.get_list("Set-Cookie")
        assert len(cookies) == 2
        for each in cookies:
            name, morsel = SimpleCookie(each).popitem()
            assert name.startswith("__Secure-")
            assert morsel["path"] == "/vote"
            assert morsel["secure"]
        held = "; ".join(each.partition(";")[0] for each in cookies)
        console = await server.fetch(f"/vote/b/{code}/host", headers={"Cookie": held})
        assert console.code == 200
