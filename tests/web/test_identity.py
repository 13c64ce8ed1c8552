"""What a browser keeps: rights on boards, and not too many of them."""

import http.cookies

import pytest

from server.web.identity import MOST_BOARDS
from support.worker import worker


def codes(count):
    return [f"AAA{n:03}".replace("0", "X").replace("1", "Y") for n in range(count)]


class Browser:
    """Keeps cookies as browsers do, and sends first what it got first."""

    def __init__(self, server):
        self.server = server
        self.cookies = {}

    async def open(self, path):
        header = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        got = await self.server.fetch(path, headers={"Cookie": header} if header else {})
        for line in got.headers.get_list("Set-Cookie"):
            ((name, morsel),) = http.cookies.SimpleCookie(line).items()
            if morsel.value:
                self.cookies[name] = morsel.value
            else:
                del self.cookies[name]
        if got.code in {302, 303}:
            return await self.open(got.headers["Location"])
        return got

    @property
    def boards(self):
        return [name for name in self.cookies if "_host_" in name or "_invite_" in name]

    @property
    def size(self):
        return sum(len(name) + len(value) + 3 for name, value in self.cookies.items())


@pytest.mark.slow
async def test_a_browser_that_has_many_boards_keeps_those_it_used_last(embedded):
    async with worker(embedded) as server:
        browser = Browser(server)
        first, key = await server.board()
        assert (await browser.open(f"/b/{first}/host?key={key}")).code == 200
        made = []
        for n in range(MOST_BOARDS + 5):
            code, key = await server.board()
            made.append(code)
            assert (await browser.open(f"/b/{code}/host?key={key}")).code == 200
            if n % 10 == 0:
                # The oldest of all, and used again and again.
                assert (await browser.open(f"/b/{first}/host")).code == 200
        assert len(browser.boards) == MOST_BOARDS
        assert f"stackvote_host_{first}" in browser.cookies
        assert browser.boards[-1] == f"stackvote_host_{made[-1]}"
        assert not any(f"stackvote_host_{code}" in browser.cookies for code in made[:6])
        assert browser.size < 4096


async def test_what_was_kept_before_there_was_a_limit_goes_page_by_page(embedded):
    async with worker(embedded) as server:
        browser = Browser(server)
        code, key = await server.board()
        for n, old in enumerate(codes(130)):
            browser.cookies[f"stackvote_{'host' if n % 2 else 'invite'}_{old}"] = "x" * 32
            if n == 3:
                browser.cookies[f"stackvote_host_{code}"] = key
        for _ in range(10):
            got = await browser.open(f"/b/{code}/host")
            assert got.code == 200
            # A proxy takes as little as 4 KB of an answer's head.
            assert len(str(got.headers)) < 3500
        assert len(browser.boards) == MOST_BOARDS
        assert browser.cookies[f"stackvote_host_{code}"] == key
        assert f"stackvote_host_{codes(130)[-1]}" in browser.cookies
        assert browser.size < 4096


async def test_a_browser_with_few_boards_loses_none(embedded):
    async with worker(embedded) as server:
        browser = Browser(server)
        for old in codes(MOST_BOARDS - 1):
            browser.cookies[f"stackvote_host_{old}"] = "x" * 32
        code, key = await server.board()
        await browser.open(f"/b/{code}/host?key={key}")
        assert len(browser.boards) == MOST_BOARDS
        other, _ = await server.board()
        assert (await browser.open(f"/b/{other}")).code == 200
        assert len(browser.boards) == MOST_BOARDS
