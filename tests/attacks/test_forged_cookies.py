"""Somebody who makes up, changes or carries over what names a browser, a host or an invitation."""

import hashlib
import logging

import pytest

from attacks.attempts import BROWSER, act, bearer, named, signed, state
from server.security import secret
from server.security.pseudonyms import Pseudonyms
from support.worker import KEY, worker

DAY = 86_400


async def who(server, code, cookie):
    """Ask as whoever a cookie names; give the status."""
    return (await act(server, code, {"type": "rename", "name": "Eve"}, Cookie=cookie))[0]


async def test_no_letter_of_a_cookie_can_be_changed(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        name, value = named(await server.cookie(code))
        value = value.strip('"')
        assert await who(server, code, f"{name}={value}") == 200
        before = await state(server, code)
        for at, letter in enumerate(value):
            for bit in (1, 32):
                other = chr(ord(letter) ^ bit)
                if other in '";\\, ' or not other.isprintable():
                    continue
                forged = f"{value[:at]}{other}{value[at + 1 :]}"
                assert await who(server, code, f"{name}={forged}") == 403, (at, letter, other)
        for forged in (value[:-1], value + "0", value[1:], value * 2, value.upper()):
            assert await who(server, code, f"{name}={forged}") == 403
        assert await state(server, code) == before


FORGED = {
    "of another installation": signed(key=secret.derive(b"x" * 32, "cookies")),
    "signed with the secret itself": signed(key=KEY),
    "signed with another key of the secret": signed(key=secret.derive(KEY, "pseudonyms")),
    "of the first version, whose hash is weaker": signed(version=1),
    "of a version that is not there": "3" + signed()[1:],
    "without a version": signed()[2:],
    "older than a browser keeps it": signed(age=401 * DAY),
    "of another name": signed(name="stackvote_other"),
    "a bare name": "made-up",
    "nothing": "",
    "numbers beyond all bounds": "2|1:0|" + "9" * 5000 + ":1|" * 3,
    "parts that are too long": "2|99:0|10:1795000000|17:stackvote_browser|4:abcd|",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
async def test_a_cookie_that_is_not_this_servers_names_no_one(embedded, caplog, forged):
    async with worker(embedded) as server:
        code, _ = await server.board()
        before = await state(server, code)
        caplog.set_level(logging.INFO)
        caplog.clear()
        assert await who(server, code, f"{BROWSER}={forged}") == 403
        # The access log has its line; a hundred a second must not fill the disk.
        assert len(caplog.records) == 1
        page = await server.connect(code, cookie=f"{BROWSER}={forged}")
        assert (await page.closed())[0] == 4003
        shown = await server.fetch(f"/b/{code}", headers={"Cookie": f"{BROWSER}={forged}"})
        assert shown.headers["Set-Cookie"].startswith(f"{BROWSER}=2|")
        assert "made-up" not in shown.headers["Set-Cookie"]
        assert await state(server, code) == before


async def test_what_is_signed_by_this_server_is_taken(embedded):
    """The measure of the tests above: with the right key, all of this would be genuine."""
    async with worker(embedded) as server:
        code, _ = await server.board()
        assert await who(server, code, f"{BROWSER}={signed()}") == 200
        assert await who(server, code, f"{BROWSER}={signed(age=399 * DAY)}") == 200


async def test_nothing_that_a_voter_or_a_reader_of_the_store_knows_is_a_hosts_key(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        other, other_key = await server.board()
        voter = await server.page(code, name="Eve")
        _, made = await server.api(f"/api/boards/{code}/invites", {"count": 1}, headers=bearer(key))
        entries = str((await server.hub.log.read(code, 0)).entries)
        (kept,) = (host.key for host in server.hub.rooms[code].board.hosts.values())
        assert kept in entries
        tries = [kept, hashlib.sha256(kept.encode()).hexdigest(), other_key, key[:-1], key + "="]
        tries += [key.swapcase(), code, "first", voter.welcome["you"]["seat"]]
        tries += [named(voter.cookie)[1].strip('"'), made["invites"][0]["link"].partition("=")[2]]
        tries += ["null", "undefined", "true", "*", "é", "%00", secret.host_key(KEY, code)]
        before = await state(server, code)
        for tried in tries:
            for headers in (
                {"Cookie": f"{voter.cookie}; stackvote_host_{code}={tried}"},
                {"Cookie": f"{voter.cookie}; stackvote_host_={tried}; stackvote_host={tried}"},
                {"Cookie": voter.cookie, "Authorization": f"Bearer x{tried.strip()}"},
                {"Cookie": f"{voter.cookie}; stackvote_host_{other}={key}"},
            ):
                message = {"type": "set_board", "title": "Mine"}
                status, answer = await act(server, code, message, **headers)
                assert (status, answer["code"]) == (403, "not_allowed"), headers
            page = await server.connect(
                code, cookie=f"{voter.cookie}; stackvote_host_{code}={tried}"
            )
            await page.send({"type": "hello", "view": "host"})
            assert (await page.closed())[0] == 4003
        assert await state(server, code) == before


async def test_an_invitation_is_good_on_its_board_and_in_its_installation_only(embedded):
    async with worker(embedded) as server:
        boards = [await server.board(settings={"entry": "invited"}) for _ in range(2)]
        links = []
        for code, key in boards:
            _, made = await server.api(
                f"/api/boards/{code}/invites", {"count": 2}, headers=bearer(key)
            )
            links.append([invite["link"].partition("invite=")[2] for invite in made["invites"]])
        (code, _), (own, foreign) = boards[0], (links[0], links[1])
        id_, proof = own[0].split(".")
        stranger = Pseudonyms(b"another installation, another secret")
        forged = [
            *foreign,
            f"{id_}.{own[1].split('.')[1]}",
            f"{id_}.{foreign[0].split('.')[1]}",
            f"{id_}.",
            id_,
            f"{id_}.{proof[:-1]}",
            f"{id_}.{proof}=",
            f"{id_}\x00.{proof}",
            f".{proof}",
            stranger.token(id_, 0, code),
            "",
            "é.é",
        ]
        for token in forged:
            cookie = f"{await server.cookie(code)}; stackvote_invite_{code}={token}"
            claimed, _ = await server.api(
                f"/api/boards/{code}/seat",
                {"invite": token},
                headers={"Cookie": await server.cookie(code)},
            )
            assert claimed == 403, token
            message = {"type": "rename", "name": "Eve"}
            if "\x00" not in token:
                status, answer = await act(server, code, message, Cookie=cookie)
                assert (status, answer["code"]) == (403, "not_allowed"), token
        # Not even a genuine one is a seat as a cookie: it proves that there is an invitation.
        shown = f"{await server.cookie(code)}; stackvote_invite_{code}={own[0]}"
        assert await who(server, code, shown) == 403
        genuine = await server.seated(f"/b/{code}?invite={own[0]}")
        assert await who(server, code, genuine) == 200
