import asyncio
import base64
import json
import re

import pytest

from attacks.attempts import signed
from server.domain import actions as act
from support.wait import eventually
from support.worker import joined, worker


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
        for headers in ({}, bearer("wrong"), {"Cookie": await server.seated(made[0]["link"])}):
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


async def test_a_link_is_claimed_once_and_says_so_to_everyone_else(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, two, _ = await invited(server, code, key)
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        cookie = await server.seated(one["link"])
        page = await server.page(code, cookie=cookie, name="Ann")
        assert page.welcome["you"]["invite"] == 1
        assert "seat_lost" not in page.welcome["you"]
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        # The same browser is led to its ballot; whoever else comes, the host first, is told.
        again, _ = await server.open_link(one["link"], cookie)
        assert (again.code, again.headers["Location"]) == (303, f"/b/{code}")
        seat = page.welcome["you"]["seat"]
        for other in (
            None,
            await server.cookie(code),
            host.cookie,
            await server.seated(two["link"]),
        ):
            got, theirs = await server.open_link(one["link"], other)
            html = got.body.decode()
            assert (got.code, "This link is taken" in html) == (409, True)
            assert not any(private in html for private in ("Ann", seat, "approve", "<form method"))
            token = one["link"].partition("invite=")[2]
            theirs = theirs or await server.cookie(code)
            for headers in ({"Cookie": theirs}, {"Cookie": theirs} | bearer(key)):
                body = {"invite": token, "leave": (await who(server, code, theirs))["seat"]}
                status, answer = await server.api(f"/api/boards/{code}/seat", body, headers=headers)
                assert (status, answer["error"]["code"]) == (409, "taken")
            spy = await server.page(code, cookie=f"{theirs}; stackvote_invite_{code}={token}")
            assert spy.welcome["you"]["seat"] != seat
            assert spy.welcome["ballot"] is None
        assert (await who(server, code, cookie))["seat"] == seat
        _, listed = await server.api(f"/api/boards/{code}/invites", headers=bearer(key))
        assert [invite.get("taken", False) for invite in listed["invites"]] == [True, True, False]
        assert ["link" in invite for invite in listed["invites"]] == [False, False, True]
        assert listed["invites"][0]["here"] is True
        sheet = (await server.fetch(f"/b/{code}/invites", headers=bearer(key))).body.decode()
        assert [n for n in (1, 2, 3) if f"Invitation {n}<" in sheet] == [3]


async def who(server, code, cookie):
    """Who a browser is on a board, as the server tells a program."""
    status, said = await server.api(f"/api/boards/{code}/seat", headers={"Cookie": cookie})
    assert status == 200
    return said["you"]


async def test_to_open_a_link_takes_nothing(embedded):
    # A chat program looks at the link that it shows, and a page of another site leads there.
    async with worker(embedded) as server:
        code, key = await server.board()
        one, *_ = await invited(server, code, key)
        path = one["link"].removeprefix(server.site.base)
        seq = server.hub.rooms[code].board.seq
        for method, cookie in (("GET", None), ("HEAD", None), ("GET", await server.cookie(code))):
            got = await server.fetch(path, method=method, headers={"Cookie": cookie or "a=b"})
            assert got.code == 200
            assert not got.headers.get_list("Set-Cookie")
        assert server.hub.rooms[code].board.seq == seq
        html = got.body.decode()
        assert "Take your seat" in html
        assert "Which one?" in html
        assert "Invitation 1" in html
        assert (await who(server, code, await server.seated(one["link"])))["invite"] == 1


async def test_of_two_browsers_that_race_for_a_link_one_wins_and_the_other_is_told(embedded):
    async with worker(embedded) as server, worker(embedded, own=True) as other:
        code, key = await server.board()
        invites = await invited(server, code, key, 12)
        await other.page(code, "screen")
        for invite in invites:
            token = invite["link"].partition("invite=")[2]
            racing = [
                each.api(f"/api/boards/{code}/seat", {"invite": token})
                for each in (server, other, server, other)
            ]
            answers = await asyncio.gather(*racing)
            assert sorted(status for status, _ in answers) == [201, 409, 409, 409]
            lost = {answer["error"]["code"] for status, answer in answers if status == 409}
            assert lost == {"taken"}
        holders = [each.hub.rooms[code].board.invitations.holders for each in (server, other)]
        await eventually(lambda: holders[0] == holders[1])
        assert len(set(holders[0].values())) == 12


async def test_a_program_claims_by_the_link_and_acts_with_the_cookie_of_the_answer(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, two, _ = await invited(server, code, key)
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        path = f"/api/boards/{code}/seat"
        got = await server.fetch(path, {"invite": one["link"].partition("invite=")[2]})
        said, cookie = json.loads(got.body), joined(None, got)
        assert got.code == 201
        assert (said["you"]["invite"], said["you"]["votes"]) == (1, True)
        assert said["seq"] == server.hub.rooms[code].board.seq
        vote = {"type": "vote", "id": "1", "round": 1, "ballot": {"approve": ["flask"]}}
        status, _ = await server.api(
            f"/api/boards/{code}/actions", vote, headers={"Cookie": cookie}
        )
        assert status == 200
        page = await server.page(code, cookie=cookie)
        assert page.welcome["ballot"] == {"approve": ["flask"]}
        # What was answered holds no secret that a page's script could read.
        assert cookie.partition("=")[2].split(";")[0] not in got.body.decode()
        for wrong, status in (
            ({"invite": "x-1.y"}, 403),
            ({"move": "AAAAA-AAAAA"}, 403),
            ({"invite": 3}, 400),
            ({}, 400),
            ({"invite": two["link"].partition("invite=")[2], "x": 1}, 400),
        ):
            assert (await server.api(path, wrong))[0] == status, wrong


async def test_a_seat_is_left_only_by_who_was_told_which(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, two, _ = await invited(server, code, key)
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        cookie = await server.seated(one["link"])
        page = await server.page(code, cookie=cookie)
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        seat = page.welcome["you"]["seat"]
        got, cookie = await server.open_link(two["link"], cookie)
        html = got.body.decode()
        assert got.code == 200
        assert "already takes part in this board, with invitation 1" in html
        assert "If you leave that seat" in html
        # A form that does not name that seat, or a program, is asked again.
        for leave in ("", "another"):
            asked, _ = await server.answer_form(got, cookie, leave=leave)
            assert (asked.code, "If you leave that seat" in asked.body.decode()) == (409, True)
        token = two["link"].partition("invite=")[2]
        status, answer = await server.api(
            f"/api/boards/{code}/seat", {"invite": token}, headers={"Cookie": cookie}
        )
        assert (status, answer["error"]["code"]) == (409, "seated")
        assert (await who(server, code, cookie))["seat"] == seat
        seen = len(page.frames)
        left, cookie = await server.answer_form(got, cookie)
        assert left.code == 303
        fresh = await page.receive("welcome", after=seen)
        assert (fresh["you"]["invite"], fresh["ballot"]) == (2, None)
        await page.done("vote", round=1, ballot={"approve": ["django"]})
        await host.receive("tally", lambda f: f["tally"]["voters"] == 2)
        # The seat that was left is no one else's; this browser comes back to it.
        other, _ = await server.open_link(one["link"])
        assert other.code == 409
        got, cookie = await server.open_link(one["link"], cookie)
        _, cookie = await server.answer_form(got, cookie)
        back = await server.page(code, cookie=cookie)
        assert back.welcome["ballot"] == {"approve": ["flask"]}


async def test_on_an_open_board_a_browser_is_asked_before_it_leaves_its_own_seat(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, *_ = await invited(server, code, key, entry="open")
        page = await server.page(code, name="Ann")
        await eventually(lambda: server.hub.rooms[code].board.names)
        got, cookie = await server.open_link(one["link"], page.cookie)
        html = got.body.decode()
        assert "in this board, without an invitation" in html
        assert "You are Ann there" in html
        assert "You cannot return" in html
        got, cookie = await server.answer_form(got, cookie)
        assert got.code == 303
        assert (await who(server, code, cookie))["invite"] == 1


async def test_a_seat_moves_once_by_the_act_of_who_holds_it(embedded):
    async with worker(embedded) as server, worker(embedded, own=True) as other:
        code, key = await server.board()
        one, two, _ = await invited(server, code, key)
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        phone = await server.seated(one["link"])
        page = await server.page(code, cookie=phone, name="Ann")
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        got = await server.fetch(f"/b/{code}/seat", headers={"Cookie": phone})
        assert "Move to another device" in got.body.decode()
        shown, phone = await server.answer_form(got, phone)
        html = shown.body.decode()
        link = re.search(r'value="([^"]*move=[^"]*)"', html)[1]
        assert 'class="qr"' in html
        typed = re.search(r'class="code">([^<]*)<', html)[1]
        # To make the code, and to look at it, moves nothing.
        seen = len(page.frames)
        asked, laptop = await other.open_link(f"/b/{code}/seat?move={typed.lower()}")
        assert (asked.code, "Move it here" in asked.body.decode()) == (200, True)
        assert (await who(server, code, phone))["votes"] is True
        moved, laptop = await other.answer_form(asked, laptop)
        assert moved.code == 303
        fresh = await page.receive("welcome", after=seen)
        assert (fresh["you"]["seat"], fresh["you"]["seat_lost"]) == (None, "moved")
        assert fresh["ballot"] is None
        refused = await page.ask("vote", round=1, ballot={"approve": []})
        assert "another device" in refused["message"]
        there = await other.page(code, cookie=laptop)
        assert there.welcome["ballot"] == {"approve": ["flask"]}
        assert there.welcome["you"]["name"] == "Ann"
        assert there.welcome["you"]["seat"] == page.welcome["you"]["seat"]
        # The code is used up, for everyone; and the one who accepted it is where it led.
        for cookie in (None, phone, await server.seated(two["link"])):
            again, _ = await server.open_link(link, cookie)
            assert (again.code, "works once" in again.body.decode()) == (403, True)
        repeated, _ = await other.answer_form(asked, laptop)
        assert repeated.code == 303
        assert (await host.receive("tally"))["tally"]["voters"] <= 1
        html = (await server.fetch(f"/b/{code}", headers={"Cookie": phone})).body.decode()
        assert "You moved your seat to another device." in html


async def test_a_newer_code_replaces_an_older_one_and_only_a_seated_browser_makes_one(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, *_ = await invited(server, code, key)
        phone = await server.seated(one["link"])
        path = f"/api/boards/{code}/seat"
        made = []
        for _ in range(2):
            got = await server.fetch(f"{path}/move", b"", headers={"Cookie": phone})
            assert got.code == 201
            made.append(json.loads(got.body))
        assert made[0]["move"] != made[1]["move"]
        assert made[1]["link"] == f"{server.site.base}/b/{code}/seat?move={made[1]['move']}"
        assert made[1]["qr"].startswith("data:image/svg+xml")
        status, answer = await server.api(path, {"move": made[0]["move"]})
        assert (status, "works once" in answer["error"]["message"]) == (403, True)
        log = str((await server.hub.log.read(code, 0)).entries)
        assert not any(each["move"] in log for each in made)
        status, said = await server.api(path, {"move": made[1]["move"]})
        assert (status, said["you"]["invite"]) == (201, 1)
        for headers in ({}, {"Cookie": phone}, {"Cookie": await server.cookie(code)}, bearer(key)):
            got = await server.fetch(f"{path}/move", b"", headers=headers)
            assert got.code == 403


async def test_a_renewed_invitation_withdraws_the_ballot_and_tells_the_old_browser(embedded):
    async with worker(embedded) as server, worker(embedded, own=True) as other:
        code, key = await server.board()
        one, *_ = await invited(server, code, key)
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        cookie = await server.seated(one["link"])
        pages = [await each.page(code, cookie=cookie) for each in (server, other)]
        await pages[0].done("vote", round=1, ballot={"approve": ["flask"]})
        await host.receive("tally", lambda f: f["tally"]["voters"] == 1)
        for lock in (False, True):
            seen, seen_by = len(host.frames), [len(page.frames) for page in pages]
            if lock:
                await host.done("lock_round", round=1)
            await host.done("renew_invite", invite=one["id"])
            await host.receive("tally", lambda f: f["tally"]["voters"] == 0, after=seen)
            for page, after in zip(pages, seen_by, strict=True):
                fresh = await page.receive("welcome", after=after)
                assert (fresh["you"]["seat"], fresh["you"]["seat_lost"]) == (None, "renewed")
                assert fresh["ballot"] is None
                refused = await page.ask("vote", round=1, ballot={"approve": ["flask"]})
                assert "renewed your invitation" in refused["message"]
            history = await server.api(f"/api/boards/{code}/history")
            assert history[1]["history"][-1]["what"] == (
                "renewed invitation 1, withdrawing any ballot it had in round 1"
            )
            html = (await server.fetch(f"/b/{code}", headers={"Cookie": cookie})).body.decode()
            assert "The host renewed your invitation" in html
            old, _ = await server.open_link(one["link"])
            assert (old.code, "renewed" in old.body.decode()) == (403, True)
            _, listed = await server.api(f"/api/boards/{code}/invites", headers=bearer(key))
            new = listed["invites"][0]
            assert "taken" not in new
            assert new["link"] != one["link"]
            one = new
            # Who gets the new link, the host say, finds nothing of what was done in the seat.
            cookie = await server.seated(new["link"])
            pages = [await each.page(code, cookie=cookie) for each in (server, other)]
            assert [page.welcome["ballot"] for page in pages] == [None, None]
            if not lock:
                await pages[0].done("vote", round=1, ballot={"approve": ["django"]})
        await host.done("reveal_round", round=1)
        _, state = await server.api(f"/api/boards/{code}")
        assert state["tally"]["voters"] == 0
        while "approve" in (log := str((await server.hub.log.read(code, 0)).entries)):
            assert (
                "flask" not in log or "django" not in log or await server.hub.log.drained() is None
            )
        # Whoever reads what is left of the log comes to the same.
        async with worker(embedded, own=True) as third:
            assert (await third.api(f"/api/boards/{code}"))[1]["tally"] == state["tally"]


async def test_a_ballot_of_a_revealed_round_stays_and_is_shown_to_no_one_after_a_renewal(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, *_ = await invited(server, code, key)
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        page = await server.page(code, cookie=await server.seated(one["link"]))
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        await host.done("lock_round", round=1)
        await host.done("reveal_round", round=1)
        shown = (await server.api(f"/api/boards/{code}"))[1]["tally"]
        seen = len(page.frames)
        await host.done("renew_invite", invite=one["id"])
        fresh = await page.receive("welcome", after=seen)
        assert (fresh["you"]["seat_lost"], fresh["ballot"]) == ("renewed", None)
        _, listed = await server.api(f"/api/boards/{code}/invites", headers=bearer(key))
        newcomer = await server.page(code, cookie=await server.seated(listed["invites"][0]["link"]))
        assert newcomer.welcome["ballot"] is None
        assert newcomer.welcome["tally"] == fresh["tally"] == shown
        assert shown["voters"] == 1
        _, told = await server.api(f"/api/boards/{code}/history")
        assert told["history"][-1]["what"] == "renewed invitation 1"


@pytest.mark.parametrize("settings", [{"visibility": "live"}, {"visibility": "after_vote"}])
async def test_where_a_ballot_that_leaves_would_be_given_away_the_host_waits(embedded, settings):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, two, _ = await invited(server, code, key)
        host = await server.host(code, key)
        await host.done("open_round", method="approval", settings=settings)
        page = await server.page(code, cookie=await server.seated(one["link"]))
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        refused = await host.ask("renew_invite", invite=one["id"])
        assert refused["code"] == "round_open"
        assert "after the reveal" in refused["message"]
        # A link that no one has taken holds no ballot.
        await host.done("renew_invite", invite=two["id"])
        await host.done("reveal_round", round=1)
        await host.done("renew_invite", invite=one["id"])
        _, state = await server.api(f"/api/boards/{code}")
        assert state["tally"]["voters"] == 1


async def test_a_claim_that_was_confirmed_outlives_the_process_and_one_that_was_not_is_made_again(
    embedded,
):
    async with worker(embedded, own=True) as server:
        code, key = await server.board()
        one, two, _ = await invited(server, code, key)
        cookie = await server.seated(one["link"])
        got, other = await server.open_link(two["link"])
        room = server.hub.rooms[code]
        # The claim reaches the log, and its answer is lost on the way.
        room.draining = True
        lost, other = await server.answer_form(got, other)
        assert lost.code == 503
        assert "text/html" in lost.headers["Content-Type"]
        room.draining = False
        browser = room.pseudonyms.seat(browser_of(other), code)
        entry = act.Entry(rules=act.RULES, by=browser, action=act.ClaimInvite(invite=two["id"]))
        server.append(code, entry)
        await eventually(lambda: two["id"] in room.board.invitations.holders)
        again, other = await server.answer_form(got, other)
        assert again.code == 303
        assert (await who(server, code, other))["invite"] == 2
    async with worker(embedded, own=True) as renewed:
        for browser, n in ((cookie, 1), (other, 2)):
            assert (await who(renewed, code, browser))["invite"] == n
            assert (await renewed.fetch(f"/b/{code}", headers={"Cookie": browser})).code == 200
        assert (await renewed.open_link(one["link"].replace(server.site.base, "")))[0].code == 409


def browser_of(cookie):
    """What the signed cookie of a browser says."""
    value = dict(each.split("=", 1) for each in cookie.split("; "))["stackvote_browser"]
    return base64.b64decode(value.strip('"').split("|")[4].partition(":")[2]).decode()


async def test_a_link_that_was_shared_before_counts_as_taken_and_shows_its_ballot_to_no_one(
    embedded,
):
    """On boards of earlier versions all who opened a link, its host too, shared one seat."""
    async with worker(embedded) as server:
        code, key = await server.board(settings={"entry": "invited"})
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        room = server.hub.rooms[code]
        names, round_ = server.hub.pseudonyms, room.board.round

        def happened(action, by):
            entry = act.Entry(rules=2, by=by, host="first" if by == "host" else "", action=action)
            server.append(code, entry)

        happened(act.MakeInvites(batch="old", count=3), "host")
        voter = names.voter(names.shared("old-1", code), code, round_)
        happened(act.Vote(round=1, ballot={"approve": ["flask"]}), voter)
        happened(act.Rename(name="Ben"), names.shared("old-2", code))
        await eventually(lambda: room.board.round.voters and room.board.names)
        tokens = [names.token(f"old-{n}", 0, code) for n in (1, 2, 3)]
        path = f"/api/boards/{code}/seat"
        for token in tokens[:2]:
            got, _ = await server.open_link(f"/b/{code}?invite={token}")
            assert (got.code, "Ask the host to renew it" in got.body.decode()) == (409, True)
            status, answer = await server.api(path, {"invite": token}, headers=bearer(key))
            assert (status, answer["error"]["code"]) == (409, "taken")
            # The cookie of then, which the host could always make, opens no ballot.
            cookie = f"{await server.cookie(code)}; stackvote_invite_{code}={token}"
            spy = await server.page(code, cookie=cookie)
            assert (spy.welcome["you"]["seat"], spy.welcome["ballot"]) == (None, None)
            refused = await spy.ask("vote", round=1, ballot={"approve": []})
            assert refused["code"] == "not_allowed"
            got = await server.fetch(f"/b/{code}", headers={"Cookie": cookie})
            assert (got.code, got.headers["Location"]) == (303, f"/b/{code}?invite={token}")
            assert f'stackvote_invite_{code}="";' in got.headers["Set-Cookie"]
        _, listed = await server.api(f"/api/boards/{code}/invites", headers=bearer(key))
        assert [invite.get("taken", False) for invite in listed["invites"]] == [True, True, False]
        assert ["link" in invite for invite in listed["invites"]] == [False, False, True]
        # One that no one used is good as it was handed out.
        third = await server.page(code, cookie=await server.seated(f"/b/{code}?invite={tokens[2]}"))
        assert third.welcome["you"]["invite"] == 3
        # Renewed, the first is a seat again: without the ballot, which has left the round.
        seen = len(host.frames)
        await host.done("renew_invite", invite="old-1")
        await host.receive("tally", lambda f: f["tally"]["voters"] == 0, after=seen)
        _, listed = await server.api(f"/api/boards/{code}/invites", headers=bearer(key))
        page = await server.page(code, cookie=await server.seated(listed["invites"][0]["link"]))
        assert (page.welcome["you"]["invite"], page.welcome["ballot"]) == (1, None)


async def test_a_seat_lasts_as_long_as_a_cookie_may_from_when_it_was_taken(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, *_ = await invited(server, code, key)
        old = signed("a browser", age=399 * 86_400)
        got, cookie = await server.open_link(one["link"], f"stackvote_browser={old}")
        assert got.code == 200
        taken, cookie = await server.answer_form(got, cookie)
        (fresh,) = [
            each for each in taken.headers.get_list("Set-Cookie") if "stackvote_browser" in each
        ]
        assert "expires=" in fresh.lower()
        assert browser_of(cookie) == "a browser"
        assert (await who(server, code, cookie))["invite"] == 1


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
        assert "This board is by invitation only." in html
        status, answer = await server.api(
            f"/api/boards/{code}/actions",
            {"type": "rename", "id": "1", "name": "Eve"},
            headers={"Cookie": page.cookie},
        )
        assert (status, answer["code"]) == (403, "not_allowed")
        # With the link it is another page, in the same browser, also over HTTP.
        cookie = await server.seated(one["link"], page.cookie)
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
        await eventually(lambda: room.people().here == 1)
        for entry, expected in (("invited", (None, "observer")), ("open", (seat, "voter"))):
            seen = len(ann.frames)
            await host.done("set_board", settings={"entry": entry})
            fresh = (await ann.receive("welcome", after=seen))["you"]
            assert (fresh["seat"], fresh["role"]) == expected
            await eventually(lambda seat=expected[0]: room.people().here == bool(seat))
        assert (await server.host(code, key)).welcome["you"]["votes"] is True


@pytest.mark.parametrize("entry", ["open", "invited"])
async def test_a_link_that_was_taken_back_is_no_seat_any_more(embedded, entry):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, two, _ = await invited(server, code, key, entry=entry)
        cookie = await server.seated(one["link"])
        page = await server.page(code, cookie=cookie)
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        await host.receive("tally", lambda f: f["tally"]["voters"] == 1)
        seen = len(host.frames)
        await host.done("revoke_invite", invite=one["id"])
        await host.receive("tally", lambda f: f["tally"]["voters"] == 0, after=seen)
        fresh = await page.receive("welcome", after=1)
        assert (fresh["you"]["seat"], fresh["you"]["role"]) == (None, "observer")
        assert fresh["you"]["seat_lost"] == "revoked"
        assert fresh["ballot"] is None
        refused = await page.ask("vote", round=1, ballot={"approve": ["flask"]})
        assert "was revoked" in refused["message"]
        again = await server.fetch(one["link"].removeprefix(server.site.base))
        assert again.code == 403
        assert "was revoked" in again.body.decode()
        html = (await server.fetch(f"/b/{code}", headers={"Cookie": cookie})).body.decode()
        assert "Your invitation was revoked." in html
        _, listed = await server.api(f"/api/boards/{code}/invites", headers=bearer(key))
        assert [invite["revoked"] for invite in listed["invites"]] == [True, False, False]
        refused = await host.ask("revoke_invite", invite=one["id"])
        assert refused["code"] == "not_allowed"
        other = await server.page(code, cookie=await server.seated(two["link"], cookie))
        await other.done("vote", round=1, ballot={"approve": ["flask"]})


async def test_a_ballot_that_was_counted_before_stays_in_its_round(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        one, *_ = await invited(server, code, key)
        page = await server.page(code, cookie=await server.seated(one["link"]))
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        await page.done("vote", round=1, ballot={"approve": ["flask"]})
        await host.done("lock_round", round=1)
        await host.done("revoke_invite", invite=one["id"])
        await page.receive("welcome", after=1)
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
        assert "stackvote_position" not in str(page.headers.get_list("Set-Cookie"))
        cookie = f"{await server.cookie(code)}; stackvote_invite_{code}={forged}"
        seated = await server.page(code, cookie=cookie)
        assert seated.welcome["you"]["seat"] is None
        for body in ({"invite": forged}, {"move": forged}):
            status, _ = await server.api(f"/api/boards/{code}/seat", body)
            assert status == 403


async def test_a_link_is_good_for_one_board_only_and_for_numbers_that_were_made(embedded):
    async with worker(embedded) as server:
        (here, key), (there, other_key) = await server.board(), await server.board()
        one, *_ = await invited(server, here, key)
        await invited(server, there, other_key)
        token = one["link"].partition("invite=")[2]
        assert (await server.fetch(f"/b/{there}?invite={token}")).code == 403
        batch = one["id"].partition("-")[0]
        unmade = server.hub.pseudonyms.token(f"{batch}-4", 0, here)
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
        cookie = await server.seated(one["link"])
        await server.page(code, cookie=cookie)
        await server.fetch(one["link"].removeprefix(server.site.base)[:-1])
        await server.fetch(maria["link"].removeprefix(server.site.base))
        log = "\n".join(
            record.getMessage() for record in caplog.records if record.name.startswith("server")
        )
        assert f"GET /b/{code}" in log
        for private in (one["link"].partition("invite=")[2][:-1], maria["host_key"], key):
            assert private not in log
