"""Somebody who tries codes, keys and links until one fits."""

import asyncio
import itertools
import math
import time
from types import SimpleNamespace

import pytest

from attacks.attempts import bearer, raw
from server.live.create_board import ALPHABET, CODE_LENGTH
from server.security import guess_limit as limits
from server.security import shared_rate_limit
from server.security.guess_limit import A_MINUTE, ALL_A_SECOND, ALL_AT_ONCE
from support.worker import worker


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    """Have all happen in one: no limit gives anything back, however busy the machine is."""
    now = time.monotonic()
    monkeypatch.setattr(shared_rate_limit, "time", SimpleNamespace(monotonic=lambda: now))


def wrong_codes():
    return ("".join(code) for code in itertools.product(ALPHABET, repeat=CODE_LENGTH))


async def statuses(server, paths, **headers):
    return [(await server.fetch(path, headers=headers)).code for path in paths]


async def test_codes_and_keys_are_drawn_from_many(embedded):
    async with worker(embedded) as server:
        boards = [await server.board() for _ in range(50)]
        codes = {code for code, _ in boards}
        assert len(codes) == 50
        assert all(len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) for code in codes)
        assert CODE_LENGTH * math.log2(len(ALPHABET)) > 29
        for _, key in boards:
            assert len(key) == 32  # 192 bits.
        # Nothing of a key is in the code, nor of one board's key in another's.
        assert len({key[:6] for _, key in boards}) == 50


@pytest.mark.parametrize(
    "path",
    [
        "/b/{}",
        "/b/{}/screen",
        "/b/{}/record",
        "/b/{}/pictures",
        "/b/{}/host",
        "/b/{}/invites",
        "/b/{}/seat",
        "/api/boards/{}/seat",
        "/?code={}",
        "/api/boards/{}",
        "/api/boards/{}/rounds",
        "/api/boards/{}/history",
        "/api/boards/{}/record.json",
        "/api/boards/{}/record.md",
        "/api/boards/{}/record.csv",
        "/api/boards/{}/record.svg",
        "/api/boards/{}/record.png",
        "/api/boards/{}/movement.svg",
        "/api/boards/{}/distribution.svg",
        "/api/boards/{}/pairs.svg",
        "/api/boards/{}/arrivals.svg",
        "/api/boards/{}/ballots.csv",
        "/api/boards/{}/ballots.toc",
        "/api/boards/{}/comments",
        "/api/boards/{}/hosts",
        "/api/boards/{}/invites",
    ],
)
async def test_wrong_codes_are_counted_at_every_address(embedded, path):
    async with worker(embedded, public_url="http://x.example") as server:
        got = await statuses(
            server, (path.format(code) for code in itertools.islice(wrong_codes(), 2 * A_MINUTE))
        )
        assert set(got[: A_MINUTE - 2]) == {404}
        assert got[-5:] == [429] * 5
        # A right one that is not open here tells no more than a wrong one does.
        async with worker(embedded) as other:
            code, _ = await other.board()
        exhaust(server, "127.0.0.1")
        assert (await server.fetch(path.format(code))).code == 429


async def test_wrong_codes_are_counted_on_the_live_connection_and_for_actions_too(embedded):
    async with worker(embedded, public_url="http://x.example") as server:
        codes = wrong_codes()
        for code in itertools.islice(codes, A_MINUTE // 2):
            assert (await (await server.connect(code)).closed())[0] == 4004
        message = {"type": "rename", "id": "a", "name": "x"}
        got = [
            (await server.api(f"/api/boards/{code}/actions", message))[0]
            for code in itertools.islice(codes, 2 * A_MINUTE)
        ]
        assert got[-1] == 429
        assert (await (await server.connect(next(codes))).closed())[0] == 4029


async def test_a_thousand_machines_together_find_no_more(embedded, monkeypatch):
    monkeypatch.setattr(limits, "ALL_AT_ONCE", 60)
    monkeypatch.setattr(limits, "ALL_A_SECOND", 0.001)
    async with worker(embedded, proxy_headers=True, public_url="http://x.example") as server:
        codes, answered = wrong_codes(), 0
        for n in range(60):
            for machine in range(10):
                sent = {"X-Forwarded-For": f"10.{n}.0.{machine}"}
                got = await server.fetch(f"/b/{next(codes)}", headers=sent)
                answered += got.code == 404
        assert 60 <= answered <= 2 * 60 + 1
        got = await server.fetch(f"/b/{next(codes)}", headers={"X-Forwarded-For": "10.99.0.1"})
        assert got.code == 429


async def test_a_thousand_honest_people_come_in_through_one_address(embedded):
    async with worker(embedded, public_url="http://x.example") as server:
        code, key = await server.board()
        other, _ = await server.board(settings={"entry": "invited"})
        await server.fetch(f"/b/{other}")
        slips = iter(wrong_codes())

        async def come(n):
            # Many write the code as they like, and one in twenty mistypes it first.
            if n % 20 == 0:
                await server.fetch(f"/?code={next(slips)}")
            typed = (code, code.lower(), f"{code[:3]}-{code[3:]}")[n % 3]
            got = await server.fetch(f"/b/{typed}", follow_redirects=True)
            return got.code

        for n in range(0, 1000, 50):
            came = await asyncio.gather(*(come(m) for m in range(n, n + 50)))
            assert came == [200] * 50
        _, made = await server.api(
            f"/api/boards/{code}/invites", {"count": 200}, headers=bearer(key)
        )
        for invite in made["invites"]:
            got = await server.fetch(invite["link"].removeprefix("http://x.example"))
            assert got.code == 200


async def test_who_guesses_from_one_place_shuts_no_one_else_out(embedded):
    async with worker(embedded, proxy_headers=True, public_url="http://x.example") as server:
        boards = [await server.board() for _ in range(3)]
        for code in itertools.islice(wrong_codes(), 2 * A_MINUTE):
            await server.fetch(f"/b/{code}", headers={"X-Forwarded-For": "192.0.2.1"})
        for n, (code, _) in enumerate(boards):
            got = await server.fetch(f"/b/{code}", headers={"X-Forwarded-For": f"192.0.2.{n + 2}"})
            assert got.code == 200


EVERYWHERE = (
    *("/b/{}", "/b/{}/screen", "/b/{}/host", "/b/{}/host?key=x", "/b/{}?invite=x", "/b/{}/invites"),
    *("/b/{}/record", "/?code={}", "/b/{}/live"),
    *("/api/boards/{}" + end for end in ("", "/comments", "/history", "/rounds", "/hosts")),
    "/api/boards/{}/invites",
)


def told(got):
    """All that an answer tells, but the time of day and what was asked for."""
    headers = {name: value for name, value in got.headers.get_all() if name != "Date"}
    return got.code, headers, got.body


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_over_its_limit_an_address_is_answered_alike_be_the_code_right_or_wrong(
    embedded, method
):
    async with worker(embedded, proxy_headers=True, public_url="http://x.example") as server:
        right, _ = await server.board()
        # It is open in memory, and people from elsewhere are on it.
        elsewhere = {"X-Forwarded-For": "198.51.100.1"}
        assert (await server.fetch(f"/b/{right}", headers=elsewhere)).code == 200
        assert right in server.hub.rooms
        wrong = "ZZZZZZ"
        exhaust(server, "192.0.2.1")
        for path in EVERYWHERE:
            both = []
            for code in (right, wrong):
                # A browser that was elsewhere before, with a cookie of ours, is as much a stranger.
                for more in ({}, {"Cookie": await stranger(server)}):
                    headers = {"X-Forwarded-For": "192.0.2.1"} | more
                    got = await server.fetch(path.format(code), method=method, headers=headers)
                    status, sent, body = told(got)
                    both.append((status, sent, body.replace(code.encode(), b"")))
            assert all(each == both[0] for each in both), path
            assert both[0][0] in {429, 405, 426, 400}, path


async def test_over_its_limit_an_address_that_acts_is_answered_alike_too(embedded):
    async with worker(embedded, proxy_headers=True, public_url="http://x.example") as server:
        right, _ = await server.board()
        headers = {"X-Forwarded-For": "192.0.2.1"} | bearer("x" * 32)
        exhaust(server, "192.0.2.1")
        for end, body in (
            ("actions", {"type": "rename", "id": "a", "name": "Eve"}),
            ("actions", {}),
            ("hosts", {"name": "Eve"}),
            ("invites", {"count": 1}),
            ("invites", b"no json"),
        ):
            both = [
                told(await server.fetch(f"/api/boards/{code}/{end}", body, headers=headers))
                for code in (right, "ZZZZZZ")
            ]
            assert both[0] == both[1]
            assert both[0][0] == 429
        lines = [await server.connect(code, headers=headers) for code in (right, "ZZZZZZ")]
        assert len({await line.closed() for line in lines}) == 1


async def stranger(server):
    """Return the cookie of a browser that has been on another board only."""
    code, _ = await server.board()
    got = await server.fetch(f"/b/{code}", headers={"X-Forwarded-For": "203.0.113.9"})
    return got.headers["Set-Cookie"].partition(";")[0]


def exhaust(server, address):
    """Use up what an address may guess, and a minute more: none is given back during a test."""
    network = limits.network_of(address)
    while server.site.guess_limit.allows(network):
        pass
    key = f"guesses network {network}"
    server.site.guess_limit.times.set(key, server.site.guess_limit.times.get(key) + 60)


async def test_a_thousand_codes_at_once_on_one_connection_are_no_more_than_one_after_the_other(
    embedded,
):
    async with worker(embedded, public_url="http://x.example") as server:
        codes = [*itertools.islice(wrong_codes(), 400)]
        asked = b"".join(
            f"GET /api/boards/{code} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for code in codes
        )
        last = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        begun = time.monotonic()
        answer = await raw(server, asked + last)
        given_back = A_MINUTE / 60 * (time.monotonic() - begun)
        looked_up = answer.whole.count(b"HTTP/1.1 404 ")
        assert A_MINUTE <= looked_up <= A_MINUTE + given_back + 1
        assert looked_up + answer.whole.count(b"HTTP/1.1 429 ") == len(codes)


async def test_many_wrong_codes_at_the_same_moment_are_no_more_than_the_limit(embedded):
    async with worker(embedded, public_url="http://x.example") as server:
        codes = itertools.islice(wrong_codes(), 300)
        begun = time.monotonic()
        got = await asyncio.gather(*(server.fetch(f"/api/boards/{code}") for code in codes))
        given_back = A_MINUTE / 60 * (time.monotonic() - begun)
        looked_up = sum(each.code == 404 for each in got)
        assert A_MINUTE <= looked_up <= A_MINUTE + given_back + 1


async def test_who_was_on_a_board_stays_on_it_whoever_else_guesses(embedded):
    async with worker(embedded, proxy_headers=True, public_url="http://x.example") as server:
        room = {"X-Forwarded-For": "192.0.2.1"}
        code, key = await server.board()
        other, others_key = await server.board()
        # 200 people come in through one address, which counts for nothing.
        cookies = []
        for _ in range(200):
            got = await server.fetch(f"/b/{code}", headers=room)
            assert got.code == 200
            cookies.append(got.headers["Set-Cookie"].partition(";")[0])
        _, made = await server.api(
            f"/api/boards/{other}/invites", {"count": 1}, headers=room | bearer(others_key)
        )
        exhaust(server, "192.0.2.1")
        for cookie in cookies:
            got = await server.fetch(f"/b/{code}", headers=room | {"Cookie": cookie})
            assert got.code == 200
        page = await server.connect(code, cookie=cookies[0], headers=room)
        assert (await page.hello())["type"] == "welcome"
        # So do the host, by the key, and whoever holds an invitation.
        assert (await server.fetch(f"/b/{code}/host?key={key}", headers=room)).code == 303
        assert (await server.fetch(f"/api/boards/{code}", headers=room | bearer(key))).code == 200
        link = made["invites"][0]["link"].removeprefix("http://x.example")
        assert (await server.fetch(link, headers=room)).code in {200, 303}
        # None of it opens another board.
        for more in ({"Cookie": cookies[0]}, bearer(key)):
            assert (await server.fetch(f"/b/{other}", headers=room | more)).code == 429


async def test_a_room_that_waits_for_the_end_of_a_limit_comes_in_whole(embedded, monkeypatch):
    now = time.monotonic()
    monkeypatch.setattr(shared_rate_limit, "time", SimpleNamespace(monotonic=lambda: now))
    async with worker(embedded, proxy_headers=True, public_url="http://x.example") as server:
        room = {"X-Forwarded-For": "192.0.2.1"}
        code, _ = await server.board()

        async def come():
            came = [server.fetch(f"/b/{code}", headers=room) for _ in range(50)]
            return [got.code for got in await asyncio.gather(*came)]

        for wrong in itertools.islice(wrong_codes(), 2 * A_MINUTE):
            await server.fetch(f"/b/{wrong}", headers=room)
        # Those who come now wait, however many; waiting counts for nothing.
        for _ in range(4):
            assert await come() == [429] * 50
        # A second gives one guess back, and that is enough for all of them.
        now += 60 / A_MINUTE + 0.1
        for _ in range(4):
            assert await come() == [200] * 50


async def test_of_ipv6_a_customers_whole_network_is_limited(embedded):
    async with worker(embedded, proxy_headers=True, public_url="http://x.example") as server:
        codes, answered, begun = wrong_codes(), 0, time.monotonic()
        for n in range(2 * limits.WIDE_A_MINUTE):
            sent = {"X-Forwarded-For": f"2001:db8:7:{n:x}::1"}
            answered += (await server.fetch(f"/b/{next(codes)}", headers=sent)).code == 404
        given_back = limits.WIDE_A_MINUTE / 60 * (time.monotonic() - begun)
        assert limits.WIDE_A_MINUTE <= answered <= limits.WIDE_A_MINUTE + given_back + 1
        neighbour = {"X-Forwarded-For": "2001:db8:8::1"}
        assert (await server.fetch(f"/b/{next(codes)}", headers=neighbour)).code == 404


async def test_no_one_gets_further_by_claiming_another_address(embedded):
    async with worker(embedded, public_url="http://x.example") as server:
        code, _ = await server.board()
        names = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP")
        for n, wrong in enumerate(itertools.islice(wrong_codes(), 2 * A_MINUTE)):
            await server.fetch(f"/b/{wrong}", headers=dict.fromkeys(names, f"10.0.0.{n}"))
        lies = dict.fromkeys(names, "10.0.1.1")
        assert (await server.fetch(f"/b/{code}", headers=lies)).code == 429


async def test_who_makes_a_board_gets_in_whoever_else_has_guessed_there(embedded):
    async with worker(embedded, public_url="http://x.example") as server:
        for code in itertools.islice(wrong_codes(), 2 * A_MINUTE):
            await server.fetch(f"/b/{code}")
        made = await server.fetch("/", b"template=databases")
        taken = await server.fetch(made.headers["Location"])
        cookies = [each.partition(";")[0] for each in taken.headers.get_list("Set-Cookie")]
        host = await server.fetch(taken.headers["Location"], headers={"Cookie": "; ".join(cookies)})
        assert host.code == 200


async def test_many_places_that_guess_shut_no_newcomer_out(embedded, monkeypatch):
    monkeypatch.setattr(limits, "ALL_AT_ONCE", 100)
    monkeypatch.setattr(limits, "ALL_A_SECOND", 0.001)
    async with worker(embedded, proxy_headers=True, public_url="http://x.example") as server:
        codes = wrong_codes()
        code, _ = await server.board()
        for n in range(400):
            await server.fetch(f"/b/{next(codes)}", headers={"X-Forwarded-For": f"10.0.0.{n % 20}"})
        assert not server.site.guess_limit.has_left(limits.network_of("10.0.0.1"))
        honest = {"X-Forwarded-For": "192.0.2.7"}
        assert (await server.fetch(f"/b/{next(codes)}", headers=honest)).code == 404
        assert (await server.fetch(f"/b/{code}", headers=honest)).code == 200


async def test_hosts_keys_and_invitations_cannot_be_tried_at_will(embedded):
    async with worker(embedded, public_url="http://x.example") as server:
        code, _ = await server.board()
        tries = (f"/b/{code}/host?key={n:032d}" for n in range(2 * A_MINUTE))
        got = await statuses(server, tries)
        assert set(got[: A_MINUTE - 2]) == {403}
        assert got[-1] == 429
        assert (await server.fetch(f"/b/{code}?invite=x.{'0' * 16}")).code == 429
        assert (await server.fetch(f"/b/{code}/seat?move=AAAAA-AAAAA")).code == 429
        for body in ({"invite": "x.y"}, {"move": "AAAAA-AAAAA"}):
            assert (await server.api(f"/api/boards/{code}/seat", body))[0] == 429
        assert (await server.fetch(f"/b/{code}")).code == 429


def test_the_limits_are_what_the_documents_say():
    assert (A_MINUTE, ALL_A_SECOND, ALL_AT_ONCE) == (60, 10, 600)
    tries_a_day = 2 * ALL_A_SECOND * 86_400
    days = len(ALPHABET) ** CODE_LENGTH / tries_a_day
    assert days > 400  # To try all codes of one process's limit, found or not.
