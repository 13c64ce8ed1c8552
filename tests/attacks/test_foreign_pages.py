"""A page of another site, open in the browser of someone who is on a board."""

import itertools
import json

import pytest
from websockets.exceptions import InvalidStatus

from attacks.attempts import act, bearer, signed, state
from support.worker import worker

TRUSTED = "https://intranet.example"
FOREIGN = [
    "https://evil.example",
    "null",
    "",
    "file://",
    "http://127.0.0.1",  # Another port, or none, is another site.
    "http://127.0.0.1:1",
    "http://localhost:{port}",
    "http://127.0.0.1:{port}.evil.example",
    "http://evil.example:{port}",
    "http://evil.example#127.0.0.1:{port}",
    "http://evil.example/127.0.0.1:{port}",
    "http://127.0.0.1:{port}@evil.example",
    "http://evil@127.0.0.1:{port}",
    "http://[::1",
    "http://[::ffff:127.0.0.1]:{port}",
    # Neighbours of one that is trusted.
    "http://intranet.example",
    "https://intranet.example:8443",
    "https://intranet.example.evil.example",
    "https://evil-intranet.example",
    "https://sub.intranet.example",
    "https://intranet.example/",
]
FETCH_SITES = ["cross-site", "same-site", "CROSS-SITE", "anything", ""]


def foreign_headers(port):
    for origin in FOREIGN:
        yield {"Origin": origin.format(port=port)}
    own = f"http://127.0.0.1:{port}"
    for site, origin in itertools.product(FETCH_SITES, [None, "https://evil.example", "null", own]):
        yield {"Sec-Fetch-Site": site} | ({} if origin is None else {"Origin": origin})


async def test_a_foreign_page_opens_no_live_connection_in_a_hosts_name(embedded):
    async with worker(embedded, trusted_origins=(TRUSTED,)) as server:
        code, key = await server.board()
        cookie = await server.cookie(code)
        for headers in foreign_headers(server.port):
            with pytest.raises(InvalidStatus) as caught:
                await server.connect(code, cookie=cookie, key=key, headers=headers)
            assert caught.value.response.status_code == 403, headers
        assert not server.hub.clients


async def test_a_foreign_page_acts_on_no_board_and_makes_none(embedded):
    async with worker(embedded, trusted_origins=(TRUSTED,)) as server:
        code, key = await server.board()
        cookie = f"{await server.cookie(code)}; stackvote_host_{code}={key}"
        before = await state(server, code)
        act_on_it = json.dumps({"id": "a", "type": "set_board", "title": "Taken over"}).encode()
        posts = {
            f"/api/boards/{code}/actions": act_on_it,
            f"/api/boards/{code}/hosts": b'{"name": "Eve"}',
            f"/api/boards/{code}/invites": b'{"count": 1}',
            f"/b/{code}/host": f"key={key}".encode(),
            f"/b/{code}/seat": b"move=AAAAA-AAAAA",
            f"/b/{code}/seat/move": b"",
            f"/api/boards/{code}/seat": b'{"move": "AAAAA-AAAAA"}',
            f"/api/boards/{code}/seat/move": b"",
            "/api/boards": b'{"template": "databases"}',
            "/": b"template=databases",
        }
        # What a form or a plain `fetch` may send without asking the server first.
        kinds = ("application/x-www-form-urlencoded", "text/plain", None)
        for headers in foreign_headers(server.port):
            kind = kinds[len(str(headers)) % len(kinds)]
            sent = headers | {"Cookie": cookie} | ({"Content-Type": kind} if kind else {})
            for path, body in posts.items():
                got = await server.fetch(path, body, headers=sent)
                assert got.code == 403, (headers, path)
        assert await state(server, code) == before
        assert len(server.hub.rooms[code].board.hosts) == 1
        assert server.hub.rooms[code].board.invitations.count == 0
        own = {"Origin": f"http://127.0.0.1:{server.port}", "Cookie": cookie}
        allowed = (own, own | {"Sec-Fetch-Site": "same-origin"}, own | {"Origin": TRUSTED})
        for n, headers in enumerate(allowed):
            got = await server.fetch(f"/api/boards/{code}/hosts", {"name": f"{n}"}, headers=headers)
            assert got.code == 201


async def test_a_foreign_page_reads_no_answer(embedded):
    async with worker(embedded, trusted_origins=(TRUSTED,)) as server:
        code, key = await server.board()
        paths = [
            f"/b/{code}/host",
            f"/api/boards/{code}",
            f"/api/boards/{code}/invites",
            "/metrics",
        ]
        for path, origin in itertools.product(paths, ("https://evil.example", "null", TRUSTED)):
            headers = bearer(key) | {"Origin": origin}
            got = await server.fetch(path, headers=headers)
            asked = {"Access-Control-Request-Method": "POST"}
            asked |= {"Access-Control-Request-Headers": "authorization, content-type"}
            first = await server.fetch(path, method="OPTIONS", headers=headers | asked)
            assert first.code == 405
            for answer in (got, first):
                assert not any(name.lower().startswith("access-control") for name in answer.headers)
                # Not even as a picture or a script, whose pixels or words a page could guess at.
                assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_foreign_page_frames_nothing_and_learns_no_link_by_its_referrer(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        paths = ["/", f"/b/{code}", f"/b/{code}/screen", f"/b/{code}/host", f"/b/{code}/invites"]
        paths += [f"/b/{code}/host?key={key}", f"/b/{code}?invite=none", "/nothing"]
        for path in paths:
            got = await server.fetch(path, headers=bearer(key))
            policy = got.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy
            assert "form-action 'self'" in policy
            assert "base-uri 'none'" in policy
            assert got.headers["X-Frame-Options"] == "DENY"
            assert got.headers["Referrer-Policy"] == "same-origin"
            assert got.headers["Cross-Origin-Opener-Policy"] == "same-origin"


async def test_a_page_that_is_personal_is_kept_by_no_cache(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        headers = bearer(key) | {"Cookie": await server.cookie(code)}
        paths = [f"/b/{code}", f"/b/{code}/host", f"/b/{code}/host?key={key}", f"/b/{code}/invites"]
        paths += [f"/api/boards/{code}", f"/api/boards/{code}/invites", f"/api/boards/{code}/hosts"]
        for path in paths:
            got = await server.fetch(path, headers=headers)
            assert got.headers["Cache-Control"] == "no-store", path


@pytest.mark.parametrize("base", ["http://vote.example.org", "https://vote.example.org"])
async def test_no_script_reads_a_cookie_and_no_other_site_sends_it_along(embedded, base):
    async with worker(embedded, public_url=base) as server:
        code, key = await server.board()
        _, made = await server.api(f"/api/boards/{code}/invites", {"count": 1}, headers=bearer(key))
        invite = made["invites"][0]["link"].removeprefix(base)
        given = []
        for path in (f"/b/{code}", f"/b/{code}/host?key={key}", invite):
            given += (await server.fetch(path)).headers.get_list("Set-Cookie")
        token = invite.partition("invite=")[2]
        got = await server.fetch(f"/api/boards/{code}/seat", {"invite": token})
        given += got.headers.get_list("Set-Cookie")
        assert len(given) == 5
        for cookie in given:
            flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
            assert {"httponly", "samesite=lax", "path=/"} <= flags
            assert not any(flag.startswith("domain") for flag in flags)
            assert ("secure" in flags) is base.startswith("https")
            assert cookie.startswith("__Host-") is base.startswith("https")


async def test_a_key_in_an_address_that_is_read_makes_nothing_happen(embedded):
    # A link in a mail or a picture on a page is asked for without a thought: only POST acts.
    async with worker(embedded) as server:
        code, key = await server.board()
        before = await state(server, code)
        for path in (f"/api/boards/{code}/actions", f"/api/boards/{code}/hosts", "/api/boards"):
            query = "?id=a&type=set_board&title=Taken&name=Eve&template=databases"
            got = await server.fetch(path + query, headers=bearer(key))
            assert got.code in {200, 405}
        assert await state(server, code) == before
        assert len(server.hub.rooms[code].board.hosts) == 1


async def test_a_neighbouring_site_plants_no_seat_and_no_key(embedded):
    """`evil.example.org` may set cookies for all of `example.org`: those of someone else, whose
    ballots it then sees. It cannot set one whose name begins with `__Host-`, and over HTTPS no
    other counts.
    """
    async with worker(embedded, public_url="https://vote.example.org") as server:
        code, key = await server.board()
        _, made = await server.api(f"/api/boards/{code}/invites", {"count": 1}, headers=bearer(key))
        token = made["invites"][0]["link"].partition("invite=")[2]
        cookie = await server.cookie(code)
        assert cookie.startswith("__Host-stackvote_browser=")
        planted = [
            cookie.removeprefix("__Host-"),
            f"stackvote_browser={signed()}",
            f"stackvote_host_{code}={key}",
            f"stackvote_invite_{code}={token}",
        ]
        message = {"type": "rename", "name": "Eve"}
        for each in planted:
            status, _ = await act(server, code, message, Cookie=each)
            assert status == 403, each
            assert (await server.fetch(f"/b/{code}/host", headers={"Cookie": each})).code == 403
            page = await server.page(code, cookie=f"{each}; {cookie}")
            own = await server.page(code, cookie=cookie)
            assert page.welcome["you"] == own.welcome["you"]
        own = {"Cookie": f"__Host-stackvote_host_{code}={key}"}
        assert (await server.fetch(f"/b/{code}/host", headers=own)).code == 200
        # The link is no seat as a cookie, whoever sets it.
        link = f"__Host-stackvote_invite_{code}={token}"
        assert (await act(server, code, message, Cookie=link))[0] == 403


async def test_a_proxy_that_says_nothing_of_https_on_a_live_connection_costs_no_one_the_seat(
    embedded,
):
    async with worker(embedded, proxy_headers=True) as server:
        code, _ = await server.board()
        got = await server.fetch(f"/b/{code}", headers={"X-Forwarded-Proto": "https"})
        cookie = got.headers["Set-Cookie"].partition(";")[0]
        assert cookie.startswith("__Host-")
        for proto in ("https", "wss", "http"):
            page = await server.connect(code, cookie=cookie, headers={"X-Forwarded-Proto": proto})
            assert (await page.hello())["you"]["role"] == "voter"
