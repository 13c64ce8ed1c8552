"""Someone who wants to read what is hidden until the reveal, by any path."""

import json

import pytest

from attacks.attempts import bearer
from attacks.test_hidden_results import PATHS
from support.worker import worker

SECRET, REPLY = "Only I know that it leaks.", "And I know why."
MORE = [
    "/api/boards/CODE/comments?option=flask",
    "/api/boards/CODE/comments?parent=before",
    "/api/boards/CODE/comments?sort=support&view=host",
    "/api/boards/CODE/template",
    "/metrics",
]


async def said(server, **board):
    """A round in which Ann has written what no one may read yet; some who watch."""
    code, key = await server.board(settings=board)
    host = await server.host(code, key)
    ann, ben = await server.page(code, name="Ann"), await server.page(code, name="Ben")
    screen = await server.page(code, "screen")
    words = {"option": "flask", "kind": "con"}
    await ben.done("comment", comment="before", text="Read me.", **words)
    settings = {"sealed_talk": True, "visibility": "live", "names": "open"}
    await host.done("open_round", method="single", settings=settings)
    await ann.done("comment", comment="c1", text=SECRET, **words)
    await ann.done("comment", comment="c2", text=REPLY, parent="before", **words)
    for page in (ben, screen, host):
        await page.receive("sealed", lambda f: f["sealed"] == {"count": 2})
    return code, key, host, ann, ben, screen


@pytest.mark.parametrize("locked", [False, True])
async def test_no_one_but_its_author_reads_a_comment_before_the_reveal(embedded, locked, caplog):
    caplog.set_level("DEBUG", logger="server")
    async with worker(embedded) as server:
        code, key, host, ann, ben, screen = await said(server)
        if locked:
            await host.done("lock_round", round=1)
        await ann.receive("your_sealed", lambda f: len(f["your_sealed"]) == 2)
        again = await server.page(code, cookie=ann.cookie)
        assert [each["text"] for each in again.welcome["your_sealed"]] == [SECRET, REPLY]
        late = [
            await server.page(code, "screen"),
            await server.page(code, cookie=ben.cookie),
            await server.page(code, cookie=ben.cookie, since={"epoch": "x", "seq": 0}),
            await server.host(code, key),
        ]
        for page in (host, ben, screen, *late):
            told = "".join(page.raw)
            for hidden in (SECRET, REPLY, '"c1"', '"c2"'):
                assert hidden not in told
            assert not page.welcome.get("your_sealed")
        for path in PATHS + MORE:
            for headers in ({}, bearer(key), {"Cookie": ben.cookie}):
                got = await server.fetch(path.replace("CODE", code), headers=headers)
                for hidden in (SECRET, REPLY, '"c1"'):
                    assert hidden not in got.body.decode(), path
        assert SECRET not in caplog.text
        # One who has learned its id does nothing to it.
        for page, message in (
            (ben, {"type_": "react", "comment": "c1", "emoji": "👍", "on": True}),
            (ben, {"type_": "delete_comment", "comment": "c1"}),
            (ben, {"type_": "edit_comment", "comment": "c1", "text": "Mine."}),
            (host, {"type_": "hide_comment", "comment": "c1", "on": True}),
            (host, {"type_": "pin_comment", "comment": "c1", "on": True}),
        ):
            answer = await page.ask(message.pop("type_"), **message)
            assert answer["code"] == "no_such_comment"
            assert SECRET not in str(answer)
        await host.done("reveal_round", round=1)
        for page in (host, ben, screen, ann):
            fresh = await page.receive(
                "welcome", lambda f: (f["round"] or {}).get("state") == "revealed"
            )
            shown = {each["id"]: each for each in fresh["comments"]}
            assert shown["c1"]["text"] == SECRET
            assert shown["c1"]["alone"] is True
            assert "alone" not in shown["before"]
            assert "sealed" not in fresh


async def test_no_host_reads_ahead_even_where_hosts_see_results_early(embedded):
    async with worker(embedded) as server:
        _, _, host, _, ben, screen = await said(server, host_sees_results=True)
        for page in (host, ben, screen):
            assert SECRET not in "".join(page.raw)


async def test_on_which_option_someone_writes_makes_no_difference_to_anyone_else(embedded):
    """Two boards that differ in what Ann writes, changes and deletes."""
    told = []
    async with worker(embedded) as server:
        for option, kind in (("flask", "con"), ("django", "pro")):
            code, key = await server.board()
            host = await server.host(code, key)
            ann, screen = await server.page(code), await server.page(code, "screen")
            await host.done("open_round", method="single", settings={"sealed_talk": True})
            for page in (host, screen):
                await page.receive("round", lambda f: f["round"] is not None)
            begun = [(page, len(page.raw)) for page in (host, screen)]
            for comment in ("c1", "c2"):
                words = {"option": option, "kind": kind, "text": SECRET}
                await ann.done("comment", comment=comment, **words)
            await ann.done("edit_comment", comment="c1", text=REPLY)
            gone = await ann.done("delete_comment", comment="c2")
            for page, begin in begun:
                last = await page.receive("sealed", lambda f, seq=gone: f["seq"] >= seq)
                assert last["sealed"] == {"count": 1}
                frames = [json.loads(raw) for raw in page.raw[begin:]]
                assert {each["type"] for each in frames} <= {"sealed", "people", "pulse"}
            paths = (f"/b/{code}/screen", f"/api/boards/{code}/comments", f"/api/boards/{code}")
            got = [(await server.fetch(path)).body.decode() for path in paths]
            assert not any(said in body for said in (SECRET, REPLY, '"c1"') for body in got)
            now = json.loads(got[2])
            told.append(
                [json.loads(got[1])["comments"], now["sealed"], now["comments"], now.get("talk")]
            )
    assert told[0] == told[1]


async def test_one_who_comes_back_gets_what_appeared_meanwhile(embedded):
    async with worker(embedded) as server, worker(embedded, own=True) as other:
        code, _, host, _, ben, screen = await said(server)
        since = {"epoch": screen.welcome["epoch"], "seq": screen.frames[-1]["seq"]}
        await host.done("reveal_round", round=1)
        await ben.receive("welcome", lambda f: (f["round"] or {}).get("state") == "revealed")
        for place in (server, other):
            back = await place.page(code, "screen", since=since)
            assert {"c1", "c2"} <= {each["id"] for each in back.welcome["comments"]}
