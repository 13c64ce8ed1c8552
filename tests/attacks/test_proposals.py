"""Proposals as an attacker makes them: in others' names, with their answers, as markup."""

import itertools
import json

import pytest

from attacks.attempts import act, bearer
from support.worker import worker

OPEN = {"proposals": "open"}
MARKUP = [
    "<script>document.title='owned'</script>",
    "</script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7*7 }}{% raw 1 %}",
    "javascript:alert(1)",
]


async def test_a_proposer_does_not_answer_their_own_proposal(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board(settings=OPEN)
        _, other_key = await server.board()
        eve = await server.page(code, name="Eve")
        await eve.done("propose", proposal="p1", name="Eve's")
        answers = {
            "accept_proposal": {},
            "merge_proposal": {"option": "flask"},
            "decline_proposal": {"word": "Yes."},
        }
        headers = [
            {"Cookie": eve.cookie},
            {"Cookie": eve.cookie} | bearer(other_key),
            {"Cookie": f"{eve.cookie}; stackvote_host_{code}={other_key}"},
        ]
        for (type_, fields), proof in itertools.product(answers.items(), headers):
            message = {"type": type_, "id": f"{type_} {proof}"[:64], "proposal": "p1"} | fields
            status, answer = await act(server, code, message, **proof)
            assert (status, answer["error"]["message"]) == (403, "Only the host can do this.")
        for forged in ("state", "option", "word", "proposer", "by", "seat"):
            sent = {"proposal": "p2", "name": "More", forged: "accepted"}
            assert (await eve.ask("propose", **sent))["code"] == "not_understood"
        assert len(server.hub.rooms[code].board.options) == 3


async def test_a_forged_id_reaches_no_one_elses_proposal(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(settings=OPEN)
        ann, eve = await server.page(code, name="Ann"), await server.page(code, name="Eve")
        host = await server.host(code, key)
        await ann.done("propose", proposal="p1", name="Quart")
        taken = await eve.ask("propose", proposal="p1", name="Eve's")
        assert taken["message"].startswith("The id of this proposal belongs")
        copied = await eve.ask("propose", proposal="p1", name="Quart")
        assert copied["code"] == "not_allowed"
        assert (await eve.ask("withdraw_proposal", proposal="p1"))["code"] == "not_allowed"
        for odd in ("p9", "__proto__", "constructor", "p1\u0000", "../p1"):
            assert (await eve.ask("withdraw_proposal", proposal=odd))["code"] == "no_such_proposal"
            for type_, more in (
                ("accept_proposal", {}),
                ("merge_proposal", {"option": "flask"}),
                ("decline_proposal", {"word": "No."}),
            ):
                answer = await host.ask(type_, proposal=odd, **more)
                assert answer["code"] == "no_such_proposal"
        (shown,) = (await eve.receive("proposals"))["proposals"]
        assert (shown["name"], shown["proposer"]) == ("Quart", "Ann")


@pytest.mark.parametrize(
    "name",
    [
        "flask",
        "  Flask  ",
        "\N{FULLWIDTH LATIN CAPITAL LETTER F}LASK",
        "\N{LATIN SMALL LIGATURE FL}ask",
    ],
)
async def test_a_name_that_looks_like_an_option_is_refused_by_that_options_name(embedded, name):
    async with worker(embedded) as server:
        code, _ = await server.board(settings=OPEN)
        eve = await server.page(code)
        refused = await eve.ask("propose", proposal="p1", name=name)
        assert refused["message"] == "The board already has the option “Flask”."


@pytest.mark.parametrize(
    "name", ["", "   ", "\u200b", "a\u202eb", "a\x07b", "two\nlines", "x" * 81]
)
async def test_a_name_that_is_none_is_refused(embedded, name):
    async with worker(embedded) as server:
        code, _ = await server.board(settings=OPEN)
        eve = await server.page(code)
        refused = await eve.ask("propose", proposal="p1", name=name)
        assert refused["code"] in {"not_understood", "too_long"}
        why = await eve.ask("propose", proposal="p1", name="Fine", strapline="x" * 161)
        assert why["code"] == "too_long"
        assert not list(server.hub.rooms[code].board.proposals)


async def test_markup_in_a_proposal_is_text_on_every_page(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(settings=OPEN)
        host = await server.host(code, key)
        for n, text in enumerate(MARKUP):
            page = await server.page(code, name=text[:40])
            await page.done("propose", proposal=f"{n}", name=text, strapline=text)
        paths = ("", "/screen", "/host")
        for accepted in (False, True):
            if accepted:
                for n in range(len(MARKUP)):
                    await host.done("accept_proposal", proposal=f"{n}")
            for path in paths:
                got = await server.fetch(f"/b/{code}{path}", headers=bearer(key))
                html = got.body.decode()
                assert got.code == 200
                for text in MARKUP[:3]:
                    assert text not in html, (path, text)
        _, now = await server.api(f"/api/boards/{code}")
        assert [option["name"] for option in now["board"]["options"]][3:] == MARKUP
        assert "<script>" in json.dumps(now)
