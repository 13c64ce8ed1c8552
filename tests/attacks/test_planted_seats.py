"""A page of another site that leads a browser to an address of ours: it plants no seat, no key."""

import itertools

import pytest

from attacks.attempts import act, bearer
from support.worker import joined, worker

ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Referer": "https://evil.example/page"},
    {"Referer": "https://[evil"},
)
HERE = (
    {},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin"},
)


async def invites(server, code, key, count):
    _, made = await server.api(f"/api/boards/{code}/invites", {"count": count}, headers=bearer(key))
    return made["invites"]


async def who(server, code, cookie):
    _, said = await server.api(f"/api/boards/{code}/seat", headers={"Cookie": cookie})
    return said["you"]


async def test_no_address_that_is_only_opened_changes_who_a_browser_is(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(settings={"entry": "invited"})
        mine, hers, moving = await invites(server, code, key, 3)
        victim = await server.seated(hers["link"])
        page = await server.page(code, cookie=victim)
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        attacker = await server.seated(moving["link"])
        status, offer = await server.api(
            f"/api/boards/{code}/seat/move", headers={"Cookie": attacker}, method="POST", body=b""
        )
        assert status == 201
        before = await who(server, code, victim)
        seq = server.hub.rooms[code].board.seq
        token = mine["link"].partition("invite=")[2]
        paths = [
            f"/b/{code}?invite={token}",
            f"/b/{code.lower()}?invite={token}",
            f"/b/{code}/seat?move={offer['move']}",
            f"/b/{code}/seat?invite={token}",
            f"/b/{code}/seat/move",
            f"/b/{code}?move={offer['move']}",
            f"/b/{code}/screen?invite={token}",
            f"/api/boards/{code}/seat?invite={token}",
            f"/b/{code}?name=Eve",
            "/",
        ]
        for path, headers in itertools.product(paths, (*ELSEWHERE, *HERE)):
            got = await server.fetch(
                path, headers={"Cookie": victim} | headers, follow_redirects=True
            )
            assert got.code == 200, path
            victim = joined(victim, got)
            assert await who(server, code, victim) == before, path
        assert server.hub.rooms[code].board.seq == seq
        # Her vote lands on her own seat, and no one else sees it.
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        spy = await server.page(code, cookie=attacker)
        assert spy.welcome["ballot"] is None


@pytest.mark.parametrize("headers", [*ELSEWHERE[:2], {"Origin": "https://evil.example"}])
async def test_a_form_on_another_site_takes_no_seat_and_moves_none(embedded, headers):
    async with worker(embedded) as server:
        code, key = await server.board(settings={"entry": "invited"})
        mine, hers = await invites(server, code, key, 2)
        victim = await server.seated(hers["link"])
        before = await who(server, code, victim)
        token = mine["link"].partition("invite=")[2]
        form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": victim}
        body = f"invite={token}&leave={before['seat']}".encode()
        for path, sent in (
            (f"/b/{code}/seat", body),
            (f"/b/{code}/seat/move", b""),
            (f"/b/{code}/host", f"key={key}".encode()),
            (f"/api/boards/{code}/seat", f'{{"invite": "{token}"}}'.encode()),
            (f"/api/boards/{code}/seat/move", b""),
        ):
            got = await server.fetch(path, sent, headers=form | headers)
            assert got.code == 403, path
            assert "Set-Cookie" not in got.headers
        assert await who(server, code, victim) == before
        assert (await server.open_link(mine["link"]))[0].code == 200


async def test_a_host_link_on_another_site_asks_and_replaces_no_key_unasked(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        _, eve = await server.api(f"/api/boards/{code}/hosts", {"name": "Eve"}, headers=bearer(key))
        path = eve["link"].removeprefix(server.site.base)
        voter = await server.cookie(code)
        for headers in ELSEWHERE:
            got = await server.fetch(path, headers={"Cookie": voter} | headers)
            assert got.code == 200
            assert "Become host as Eve" in got.body.decode()
            assert "stackvote_host" not in str(got.headers.get_list("Set-Cookie"))
        # A browser that holds a key is asked wherever the link stood, and told whose it loses.
        own = f"{voter}; stackvote_host_{code}={key}"
        for headers in (*ELSEWHERE, *HERE):
            got = await server.fetch(path, headers={"Cookie": own} | headers)
            html = got.body.decode()
            assert (got.code, "This browser is already a host of this board" in html) == (200, True)
            assert "stackvote_host" not in str(got.headers.get_list("Set-Cookie"))
        forgotten, _ = await server.answer_form(got, own, leave="")
        assert "This browser is already a host of this board" in forgotten.body.decode()
        assert "Set-Cookie" not in forgotten.headers
        taken, cookie = await server.answer_form(got, own)
        assert (taken.code, taken.headers["Location"]) == (303, f"/b/{code}/host")
        assert f"stackvote_host_{code}={eve['host_key']}" in cookie
        # Where there is none, the link is enough: typed, scanned, or from our own form.
        for headers in HERE:
            got = await server.fetch(path, headers={"Cookie": voter} | headers)
            assert got.code == 303
            assert f"stackvote_host_{code}={eve['host_key']}" in joined(voter, got)
        # Its own link once more changes nothing, and needs no question.
        got = await server.fetch(path, headers={"Cookie": cookie} | ELSEWHERE[0])
        assert got.code == 303


async def test_a_host_and_one_who_was_removed_learn_no_ballot_and_change_none(embedded):
    """They noted every link while it was free, and ask every address with all that they have."""
    async with worker(embedded) as server:
        code, key = await server.board(settings={"entry": "invited"})
        _, bo = await server.api(f"/api/boards/{code}/hosts", {"name": "Bo"}, headers=bearer(key))
        made = await invites(server, code, key, 10)
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        voters = []
        for n, invite in enumerate(made):
            voter = await server.page(code, cookie=await server.seated(invite["link"]))
            await voter.done("rename", name=f"Voter {n}")
            await voter.done("vote", round=1, ballot={"approve": ["flask"]})
            voters.append(voter)
        await host.done("remove_host", host=bo["host"])
        spies = [
            {},
            bearer(key),
            bearer(bo["host_key"]),
            {"Cookie": host.cookie} | bearer(key),
            {"Cookie": f"{await server.cookie(code)}; stackvote_host_{code}={bo['host_key']}"},
        ]
        seats = [voter.welcome["you"]["seat"] for voter in voters]
        vote = {"type": "vote", "round": 1, "ballot": {"approve": ["django"]}}
        for (n, invite), headers in itertools.product(enumerate(made), spies):
            token = invite["link"].partition("invite=")[2]
            cookie = headers.get("Cookie", await server.cookie(code))
            for name in ("invite", "seat"):
                shown = f"{cookie}; stackvote_{name}_{code}={token}"
                got = await server.fetch(f"/b/{code}?invite={token}", headers={"Cookie": shown})
                assert got.code == 409
                assert not any(private in got.body.decode() for private in (seats[n], "Voter"))
                status, _ = await act(server, code, vote | {"id": f"{n}"}, Cookie=shown)
                assert status == 403
            page = await server.page(code, cookie=shown)
            assert page.welcome["ballot"] is None
            assert page.welcome["you"]["seat"] not in seats
            await page.socket.close()
        for path in ("", "/seat", "/invites", "/rounds", "/history", "/hosts"):
            got = await server.fetch(f"/api/boards/{code}{path}", headers=bearer(key))
            assert got.code == 200
            for private in (*seats, *(each["link"].partition(".")[2] for each in made)):
                assert private not in got.body.decode(), path
        for voter in voters:
            again = await server.page(code, cookie=voter.cookie)
            assert again.welcome["ballot"] == {"approve": ["flask"]}
        assert server.hub.rooms[code].board.round.voters == 10
