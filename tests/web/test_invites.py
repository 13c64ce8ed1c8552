import re

import pytest
from one_process import until, worker


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


async def invited(server, code, key, count=3, entry="invited"):
    """Make a board one of invitation, and give its invitations."""
    headers = bearer(key)
    change = {"type": "set_board", "id": "by invitation", "settings": {"entry": entry}}
    status, answer = await server.api(f"/api/boards/{code}/actions", change, headers=headers)
    assert status == 200, answer
    status, answer = await server.api(
        f"/api/boards/{code}/invites", {"count": count}, headers=headers
    )
    assert status == 201, answer
    return answer["invites"]


async def opened(server, link, cookie=None):
    """Open a link as a browser; give all the cookies it has then."""
    headers = {"Cookie": cookie} if cookie else {}
    got = await server.fetch(link.removeprefix(server.site.base), headers=headers)
    assert got.code == 303, got.body
    assert "invite" not in got.headers["Location"]
    new = [each.partition(";")[0] for each in got.headers.get_list("Set-Cookie")]
    return "; ".join(([cookie] if cookie else []) + new)


async def test_invitations_are_made_and_listed_again_with_the_same_links(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        made = await invited(server, code, key, 2)
        made += await invited(server, code, key, 1)
        assert [invite["n"] for invite in made] == [1, 2, 3]
        assert [set(invite) for invite in made] == [{"n", "id", "link"}] * 3
        assert all(
            re.fullmatch(
                rf"{server.site.base}/b/{code}\?invite=[\w-]+\.[\w-]{{16}}", invite["link"]
            )
            for invite in made
        )
        path = f"/api/boards/{code}/invites"
        _, listed = await server.api(path, headers=bearer(key))
        assert listed == {"invites": [invite | {"revoked": False} for invite in made]}
        for headers in ({}, bearer("wrong"), {"Cookie": await opened(server, made[0]["link"])}):
            for body in (None, {"count": 1}):
                status, answer = await server.api(path, body, headers=headers)
                assert (status, answer["error"]["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("count", [0, 501, -1, "3", None, 1.5])
async def test_so_many_at_once_and_no_more(embedded, count):
    async with worker(embedded) as server:
        code, key = await server.board()
        path = f"/api/boards/{code}/invites"
        status, _ = await server.api(path, {"count": count}, headers=bearer(key))
        assert status == 400
        assert server.hub.rooms[code].board.invitations.count == 0


async def test_a_board_has_two_thousand_and_a_limit_a_minute(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        path = f"/api/boards/{code}/invites"
        for _ in range(4):
            assert (await server.api(path, {"count": 500}, headers=bearer(key)))[0] == 201
        status, answer = await server.api(path, {"count": 1}, headers=bearer(key))
        assert (status, answer["error"]["code"]) == (409, "too_many")
    async with worker(embedded, board_rate=1) as server:
        code, key = await server.board()
        path = f"/api/boards/{code}/invites"
        status, answer = await server.api(path, {"count": 1}, headers=bearer(key))
        assert (status, answer["error"]["code"]) == (429, "too_fast")


async def test_one_link_in_two_browsers_is_one_seat_and_one_ballot(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, two, _ = await invited(server, code, key)
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        phone, laptop = [await opened(server, one["link"]) for _ in range(2)]
        assert phone != laptop
        pages = [await server.page(code, cookie=cookie) for cookie in (phone, laptop)]
        other = await server.page(code, cookie=await opened(server, two["link"]))
        seats = [page.welcome["you"]["seat"] for page in (*pages, other)]
        assert seats[0] == seats[1] != seats[2]
        assert [page.welcome["you"]["invite"] for page in (*pages, other)] == [1, 1, 2]
        await pages[0].done("vote", round=1, ballot={"approve": ["flask"]})
        for page in pages:
            await page.told("ballot", lambda f: f["ballot"] == {"approve": ["flask"]})
        await pages[1].done("vote", round=1, ballot={"approve": ["django"]})
        await pages[0].told("ballot", lambda f: f["ballot"] == {"approve": ["django"]})
        tally = await host.told("tally", lambda f: f["tally"]["voters"] == 1)
        await other.done("vote", round=1, ballot={"approve": []})
        tally = await host.told("tally", lambda f: f["tally"]["voters"] == 2)
        assert "result" not in tally["tally"]
        html = (await server.fetch(f"/b/{code}", headers={"Cookie": laptop})).body.decode()
        assert "invitation 1. Whoever opens the same link shares this seat" in html


async def test_who_has_no_invitation_watches_and_is_told_so(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        (one,) = await invited(server, code, key, 1)
        page = await server.page(code)
        assert page.welcome["you"]["role"] == "observer"
        assert page.welcome["you"]["seat"] is None
        refused = await page.ask("vote", round=1, ballot={"approve": []})
        assert (refused["code"], "by invitation" in refused["message"]) == ("not_allowed", True)
        html = (await server.fetch(f"/b/{code}", headers={"Cookie": page.cookie})).body.decode()
        assert "This board is by invitation." in html
        status, answer = await server.api(
            f"/api/boards/{code}/actions",
            {"type": "rename", "id": "1", "name": "Eve"},
            headers={"Cookie": page.cookie},
        )
        assert (status, answer["code"]) == (403, "not_allowed")
        # With the link it is another page, in the same browser, also over HTTP.
        cookie = await opened(server, one["link"], page.cookie)
        status, answer = await server.api(
            f"/api/boards/{code}/actions",
            {"type": "rename", "id": "1", "name": "Ann"},
            headers={"Cookie": cookie},
        )
        assert status == 200, answer
        html = (await server.fetch(f"/b/{code}", headers={"Cookie": cookie})).body.decode()
        assert "This board is by invitation." not in html


async def test_pages_that_are_open_learn_that_the_board_is_by_invitation_now(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code)
        seat = ann.welcome["you"]["seat"]
        room = server.hub.rooms[code]
        await until(lambda: room.people().here == 1)
        for entry, expected in (("invited", (None, "observer")), ("open", (seat, "voter"))):
            seen = len(ann.frames)
            await host.done("set_board", settings={"entry": entry})
            fresh = (await ann.told("welcome", after=seen))["you"]
            assert (fresh["seat"], fresh["role"]) == expected
            await until(lambda seat=expected[0]: room.people().here == bool(seat))
        assert (await server.host(code, key)).welcome["you"]["votes"] is True


@pytest.mark.parametrize("entry", ["open", "invited"])
async def test_a_link_that_was_taken_back_is_no_seat_any_more(embedded, entry):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, two, _ = await invited(server, code, key, entry=entry)
        cookie = await opened(server, one["link"])
        page = await server.page(code, cookie=cookie)
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        await host.told("tally", lambda f: f["tally"]["voters"] == 1)
        seen = len(host.frames)
        await host.done("revoke_invite", invite=one["id"])
        await host.told("tally", lambda f: f["tally"]["voters"] == 0, after=seen)
        fresh = await page.told("welcome", after=1)
        assert (fresh["you"]["seat"], fresh["you"]["role"]) == (None, "observer")
        assert fresh["ballot"] is None
        refused = await page.ask("vote", round=1, ballot={"approve": ["flask"]})
        assert "taken back" in refused["message"]
        again = await server.fetch(one["link"].removeprefix(server.site.base))
        assert again.code == 403
        assert "taken back" in again.body.decode()
        html = (await server.fetch(f"/b/{code}", headers={"Cookie": cookie})).body.decode()
        assert "Your invitation was taken back." in html
        _, listed = await server.api(f"/api/boards/{code}/invites", headers=bearer(key))
        assert [invite["revoked"] for invite in listed["invites"]] == [True, False, False]
        refused = await host.ask("revoke_invite", invite=one["id"])
        assert refused["code"] == "not_allowed"
        other = await server.page(code, cookie=await opened(server, two["link"], cookie))
        await other.done("vote", round=1, ballot={"approve": ["flask"]})


async def test_a_ballot_that_was_counted_before_stays_in_its_round(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, *_ = await invited(server, code, key)
        page = await server.page(code, cookie=await opened(server, one["link"]))
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        await host.done("lock_round", round=1)
        await host.done("revoke_invite", invite=one["id"])
        await page.told("welcome", after=1)
        await host.done("reveal_round", round=1)
        _, state = await server.api(f"/api/boards/{code}")
        assert state["tally"]["voters"] == 1


@pytest.mark.parametrize("change", ["another", "", ".", "a-1.AAAAAAAAAAAAAAAA", "%FF"])
async def test_a_forged_link_opens_nothing(embedded, change):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, *_ = await invited(server, code, key)
        token = one["link"].partition("invite=")[2]
        if change == "another":
            change = "A" if token[-1] != "A" else "B"
        forged = change if len(change) > 1 else token[:-1] + change
        page = await server.fetch(f"/b/{code}?invite={forged}")
        assert page.code in {400, 403}
        assert page.headers["Content-Type"].startswith("text/html")
        assert "Set-Cookie" not in page.headers
        cookie = f"{await server.cookie(code)}; stackvote_invite_{code}={forged}"
        seated = await server.page(code, cookie=cookie)
        assert seated.welcome["you"]["seat"] is None


async def test_a_link_is_good_for_one_board_only_and_for_numbers_that_were_made(embedded):
    async with worker(embedded) as server:
        (here, key), (there, other_key) = await server.board(), await server.board()
        one, *_ = await invited(server, here, key)
        await invited(server, there, other_key)
        token = one["link"].partition("invite=")[2]
        assert (await server.fetch(f"/b/{there}?invite={token}")).code == 403
        batch = one["id"].partition("-")[0]
        unmade = server.hub.pseudonyms.token(f"{batch}-4", here)
        page = await server.fetch(f"/b/{here}?invite={unmade}")
        assert page.code == 404
        assert "no such invitation" in page.body.decode()


async def test_the_sheet_has_a_card_for_each_and_is_for_the_host(embedded, monkeypatch):
    monkeypatch.setattr("server.web.invites.SHEET", 2)
    async with worker(embedded) as server:
        code, key = await server.board(title="Which <one>?")
        path = f"/b/{code}/invites"
        empty = (await server.fetch(path, headers=bearer(key))).body.decode()
        assert "No invitations yet" in empty
        invites = await invited(server, code, key, 4)
        host = await server.host(code, key)
        await host.done("revoke_invite", invite=invites[1]["id"])
        sheets = []
        for page in ("", "?page=2"):
            got = await server.fetch(path + page, headers=bearer(key))
            assert got.code == 200
            sheets.append(got.body.decode())
        assert [html.count('class="qr"') for html in sheets] == [2, 1]
        assert [[n for n in (1, 2, 3, 4) if f"Invitation {n}<" in html] for html in sheets] == [
            [1, 3],
            [4],
        ]
        for invite, html in ((invites[0], sheets[0]), (invites[3], sheets[1])):
            assert f'href="{invite["link"]}"' in html
        assert "Which &lt;one&gt;?" in sheets[0]
        for odd in ("0", "99", "x", "-1", "٣"):
            assert (await server.fetch(f"{path}?page={odd}", headers=bearer(key))).code in {
                200,
                400,
            }
        assert (await server.fetch(path)).code == 403
        assert (await server.fetch(path.replace(code, code.lower()))).code == 302


async def test_tokens_and_keys_stand_in_no_line_of_the_log(embedded, caplog):
    caplog.set_level("DEBUG")
    async with worker(embedded) as server:
        code, key = await server.board()
        one, *_ = await invited(server, code, key)
        _, maria = await server.api(
            f"/api/boards/{code}/hosts", {"name": "Maria"}, headers=bearer(key)
        )
        cookie = await opened(server, one["link"])
        await server.page(code, cookie=cookie)
        await server.fetch(one["link"].removeprefix(server.site.base)[:-1])
        await server.fetch(maria["link"].removeprefix(server.site.base))
        log = "\n".join(
            record.getMessage() for record in caplog.records if record.name.startswith("server")
        )
        assert f"GET /b/{code}" in log
        for private in (one["link"].partition("invite=")[2][:-1], maria["host_key"], key):
            assert private not in log
