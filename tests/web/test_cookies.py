"""A browser that keeps no cookies gets nothing that only a cookie can hold."""

from urllib.parse import urlencode

import pytest

from server.observability.metrics import BOARDS
from support.metrics import value_of
from support.worker import worker

FORM = urlencode({"template": "databases"}).encode()


def cookies_of(answer):
    return "; ".join(each.partition(";")[0] for each in answer.headers.get_list("Set-Cookie"))


def from_page(server, **more):
    """What a browser says about itself and about the page that a form is on."""
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    return {"User-Agent": agent, "Origin": server.base, "Sec-Fetch-Site": "same-origin"} | more


async def test_a_new_browser_sends_its_form_twice_without_noticing(embedded):
    async with worker(embedded) as server:
        first = await server.fetch("/", FORM, headers=from_page(server))
        assert (first.code, first.headers["Location"]) == (307, "/?again=1")
        told = from_page(server, Cookie=cookies_of(first))
        made = await server.fetch(first.headers["Location"], FORM, headers=told)
        assert made.code == 303
        assert "/host?key=" in made.headers["Location"]


async def test_no_board_is_made_whose_key_its_maker_cannot_keep(embedded):
    async with worker(embedded) as server:
        before = value_of(BOARDS)
        for path in ("/", "/?again=1"):
            refused = await server.fetch(path, FORM, headers=from_page(server))
        page = refused.body.decode()
        assert refused.code == 403
        assert "Your browser keeps no cookies for this site, so nothing was done" in page
        assert 'role="alert"' in page
        assert value_of(BOARDS) == before


async def test_what_was_typed_is_still_there(embedded):
    async with worker(embedded) as server:
        form = urlencode({"title": "Which <one>?", "options": "A\nB"}).encode()
        page = (await server.fetch("/?again=1", form, headers=from_page(server))).body.decode()
        assert 'value="Which &lt;one&gt;?"' in page
        assert ">A\nB</textarea>" in page


async def test_a_cookie_for_https_is_not_expected_on_a_page_without_it(embedded):
    async with worker(embedded, public_url="https://vote.example") as server:
        page = await server.fetch("/?again=1", FORM, headers=from_page(server))
        assert page.code == 403
        assert "was opened without encryption (http)" in page.body.decode()
        assert "https://vote.example" in page.body.decode()


async def test_no_invitation_is_taken_by_a_browser_that_cannot_keep_the_seat(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        header = {"Authorization": f"Bearer {key}"}
        body = {"type": "set_board", "id": "a", "settings": {"entry": "invited"}}
        assert (await server.api(f"/api/boards/{code}/actions", body, headers=header))[0] == 200
        _, made = await server.api(f"/api/boards/{code}/invites", {"count": 1}, headers=header)
        link = made["invites"][0]["link"]
        token = link.partition("invite=")[2]
        form = urlencode({"invite": token}).encode()
        first = await server.fetch(f"/b/{code}/seat", form, headers=from_page(server))
        assert (first.code, first.headers["Location"]) == (307, f"/b/{code}/seat?again=1")
        refused = await server.fetch(first.headers["Location"], form, headers=from_page(server))
        assert refused.code == 403
        assert "keeps no cookies" in refused.body.decode()
        # The link is still free.
        told = from_page(server, Cookie=cookies_of(first))
        taken = await server.fetch(first.headers["Location"], form, headers=told)
        assert (taken.code, taken.headers["Location"]) == (303, f"/b/{code}")


@pytest.mark.parametrize("cookie", ["", "stackvote_recent=X"])
async def test_the_hosts_page_says_that_a_link_just_opened_was_not_kept(embedded, cookie):
    async with worker(embedded) as server:
        code, _ = await server.board()
        page = await server.fetch(f"/b/{code}/host", headers={"Cookie": cookie} if cookie else {})
        assert page.code == 403
        assert ("keeps no cookies" in page.body.decode()) is (not cookie)
