"""A talk that is too long for one frame: what a newcomer gets, and the rest by pages."""

import pytest

from server.domain import actions as act
from server.domain.threads import REPLIES
from server.live.views import FIRST_THREADS
from support.wait import eventually
from support.worker import worker


async def long_talk(server, threads, **more):
    """Open a board and fill it with threads `t1`, `t2`, …: code, host key."""
    code, key = await server.board(**more)
    room = await server.hub.room(code)
    for n in range(1, threads + 1):
        option = ("flask", "django")[n % 2]
        said = act.Comment(comment=f"t{n}", option=option, kind=act.Kind.PRO, text=f"Text {n}.")
        server.append(code, act.Entry(by="ann", action=said))
    page = await server.page(code, "screen")
    await page.receive("welcome")
    while room.board.seq < threads + 1:
        await page.receive("comment", lambda f: f["comment"]["id"] == f"t{threads}")
    return code, key


def ids(comments):
    return [comment["id"] for comment in comments]


def newest(n, of):
    return [f"t{each}" for each in range(of - n + 1, of + 1)]


async def test_up_to_a_page_a_newcomer_gets_everything_and_nothing_more(embedded):
    async with worker(embedded) as server:
        code, _ = await long_talk(server, FIRST_THREADS)
        page = await server.page(code)
        assert ids(page.welcome["comments"]) == newest(FIRST_THREADS, FIRST_THREADS)
        assert not {"more_comments", "comments_before", "talk"} & set(page.welcome)
        _, state = await server.api(f"/api/boards/{code}")
        assert not {"more_comments", "comments_before", "talk"} & set(state)
        await page.done("comment", option="flask", kind="con", text="x", comment="last")
        told = await page.receive("comment")
        assert told["talk"] == {
            "flask": dict.fromkeys(KINDS, 0) | {"comments": 101, "pro": 100, "con": 1}
        }


KINDS = ("comments", "pro", "con", "question", "risk", "note")


async def test_beyond_a_page_the_newest_come_and_the_rest_by_pages(embedded):
    async with worker(embedded) as server:
        total = FIRST_THREADS + 70
        code, key = await long_talk(server, total)
        ann, host = await server.page(code), await server.host(code, key)
        answer = {"kind": "note", "option": "django", "parent": "t3", "text": "Why?"}
        await ann.done("comment", comment="r3", **answer)
        await host.done("pin_comment", comment="t10", on=True)
        welcome = (await server.page(code)).welcome
        assert ids(welcome["comments"]) == ["t10", *newest(FIRST_THREADS, total)]
        assert welcome["more_comments"] == 70
        assert welcome["talk"]["django"] == dict.fromkeys(KINDS, 0) | {"comments": 136, "pro": 135}
        _, state = await server.api(f"/api/boards/{code}")
        for field in ("comments", "more_comments", "comments_before", "talk"):
            assert state[field] == welcome[field]

        address = f"/api/boards/{code}/comments"
        before, rest = welcome["comments_before"], []
        while before:
            _, page = await server.api(f"{address}?before={before}&limit=30")
            rest += ids(page["comments"])
            before = page.get("before")
            assert page["more"] is (before is not None)
        assert rest == [f"t{n}" for n in range(70, 3, -1)] + ["t3", "r3", "t2", "t1"]
        assert (page["epoch"], page["seq"]) == (welcome["epoch"], welcome["seq"])

        _, page = await server.api(f"{address}?option=flask&before={welcome['comments_before']}")
        assert ids(page["comments"]) == [f"t{n}" for n in range(70, 0, -2)]
        assert page["more"] is False
        _, page = await server.api(f"{address}?limit=1")
        assert ids(page["comments"]) == [f"t{total}"]
        await ann.done("react", comment="t5", emoji="👍", on=True)
        _, page = await server.api(f"{address}?sort=support&limit=2")
        assert ids(page["comments"]) == ["t5", f"t{total}"]


async def long_thread(server, replies, text="Why?"):
    """Open a board with one comment `t1` and so many answers `r1`, `r2`, …: code, host key."""
    code, key = await long_talk(server, 1)
    room = await server.hub.room(code)
    for n in range(1, replies + 1):
        said = {"option": "django", "kind": act.Kind.NOTE, "text": text, "parent": "t1"}
        server.append(code, act.Entry(by="ann", action=act.Comment(comment=f"r{n}", **said)))
    await eventually(lambda: f"r{replies}" in room.board.comments)
    return code, key


async def test_of_a_long_thread_the_newest_replies_come_and_the_rest_by_pages(embedded):
    async with worker(embedded) as server:
        total = REPLIES + 30
        code, key = await long_thread(server, total)
        ann = await server.page(code)
        newest = [f"r{n}" for n in range(31, total + 1)]
        assert ids(ann.welcome["comments"]) == ["t1", *newest]
        assert ann.welcome["more_comments"] == 30
        assert "comments_before" not in ann.welcome
        assert ann.welcome["talk"]["django"]["comments"] == total + 1
        earlier = ann.welcome["more_replies"]["t1"]
        assert earlier["count"] == 30
        address = f"/api/boards/{code}/comments"
        _, state = await server.api(f"/api/boards/{code}")
        _, page = await server.api(address)
        for told in (state, page):
            assert ids(told["comments"]) == ["t1", *newest]
            assert told["more_replies"] == ann.welcome["more_replies"]
        before, rest = earlier["before"], []
        while before:
            _, page = await server.api(f"{address}?parent=t1&before={before}&limit=12")
            rest += ids(page["comments"])
            before = page.get("before")
            assert page["more"] is (before is not None)
        assert rest == [f"r{n}" for n in range(30, 0, -1)]
        # What is hidden is so on these pages, too.
        host = await server.host(code, key)
        await host.done("hide_comment", comment="r1", on=True)
        for view, headers, text in (("", {}, ""), ("&view=host", bearer(key), "Why?")):
            path = f"{address}?parent=t1&limit=200{view}"
            _, page = await server.api(path, headers=headers)
            assert (page["comments"][-1]["id"], page["comments"][-1]["text"]) == ("r1", text)
        status, answer = await server.api(f"{address}?parent=nothing")
        assert (status, answer["error"]["code"]) == (404, "no_such_comment")


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


async def test_no_welcome_is_larger_than_what_is_promised_however_much_is_said(embedded):
    """A thousand long replies were eight megabytes for everyone who came."""
    async with worker(embedded) as server:
        code, _ = await long_thread(server, 1000, "\N{THUMBS UP SIGN}" * 2000)
        ann = await server.page(code)
        assert len(ann.raw[0].encode()) < 400_000
        since = {"epoch": ann.welcome["epoch"], "seq": 1}
        # Who was away for long starts afresh: what is sent to one alone is bounded, too.
        back = (await server.page(code, cookie=ann.cookie, since=since)).welcome
        assert back["resumed"] is False
        assert back["comments"] == ann.welcome["comments"]
        for path in (f"/api/boards/{code}", f"/api/boards/{code}/comments", f"/b/{code}"):
            assert len((await server.fetch(path)).body) < 600_000


async def test_what_is_hidden_or_deleted_is_so_on_older_pages_too(embedded):
    async with worker(embedded) as server:
        code, key = await long_talk(server, FIRST_THREADS + 5)
        ann, host = await server.page(code), await server.host(code, key)
        said = {"option": "flask", "kind": "pro", "comment": "mine", "text": "Unsaid words."}
        await ann.done("comment", **said)
        await host.done("hide_comment", comment="t1", on=True)
        await ann.done("delete_comment", comment="mine")
        cookie = {"Cookie": f"stackvote_host_{code}={key}"}
        address = f"/api/boards/{code}/comments?limit=200&before=10"
        for path, headers, text in (
            (address, {}, ""),
            (address, cookie, ""),
            (f"{address}&view=host", cookie, "Text 1."),
            (f"{address}&view=host", {"Authorization": f"Bearer {key}"}, "Text 1."),
        ):
            _, page = await server.api(path, headers=headers)
            assert page["comments"][-1]["id"] == "t1"
            assert page["comments"][-1]["hidden"]
            assert page["comments"][-1]["text"] == text
        _, page = await server.api(f"/api/boards/{code}/comments?limit=1")
        assert page["comments"] == [{"id": "mine", "option": "flask", "deleted": True}]
        for path in (f"/api/boards/{code}", f"/b/{code}", f"/b/{code}/screen", address):
            body = (await server.fetch(path)).body
            assert b"Text 1." not in body
            assert b"Unsaid" not in body
        # What is hidden or deleted is counted nowhere.
        assert (await server.page(code)).welcome["talk"]["django"]["comments"] == 102
        assert (await server.page(code)).welcome["talk"]["flask"]["comments"] == 102


@pytest.mark.parametrize(
    ("query", "status", "code", "words"),
    [
        ("before=0", 400, "not_understood", "`before` must be at least 1."),
        ("before=x", 400, "not_understood", "`before` must be a whole number"),
        ("limit=-1", 400, "not_understood", "`limit` must be at least 1."),
        ("limit=201", 400, "not_understood", "`limit` must be at most 200."),
        ("limit=99999999999999999999", 400, "not_understood", "`limit` must be at most 200."),
        ("sort=worst", 400, "not_understood", "`sort` must be one of newest, support."),
        ("option=nothing", 404, "no_such_option", "no option"),
        ("view=host", 403, "not_allowed", "Only the host"),
    ],
)
async def test_what_is_asked_wrongly_is_told_in_words(embedded, query, status, code, words):
    async with worker(embedded) as server:
        board, _ = await server.board()
        got, answer = await server.api(f"/api/boards/{board}/comments?{query}")
        assert got == status
        assert answer["error"]["code"] == code
        assert words in answer["error"]["message"]


async def test_a_page_of_nothing_is_empty_and_a_board_of_no_one_unknown(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        _, page = await server.api(f"/api/boards/{code}/comments?option=flask")
        assert (page["comments"], page["more"]) == ([], False)
        assert (await server.api("/api/boards/ZZZZZZ/comments"))[0] == 404


async def test_anyone_who_comes_back_gets_what_changed_however_old_it_is(embedded):
    async with worker(embedded) as server:
        code, _ = await long_talk(server, FIRST_THREADS + 20)
        ann = await server.page(code)
        since = {"epoch": ann.welcome["epoch"], "seq": ann.welcome["seq"]}
        await ann.done("react", comment="t2", emoji="👍", on=True)
        await ann.done("comment", option="flask", kind="con", text="x", comment="new")
        back = (await server.page(code, cookie=ann.cookie, since=since)).welcome
        assert back["resumed"] is True
        assert ids(back["comments"]) == ["t2", "new"]
        assert "more_comments" not in back
        assert back["talk"]["flask"]["con"] == 1


async def test_when_names_are_hidden_everyone_starts_over_and_nothing_is_sent_by_halves(
    embedded,
):
    async with worker(embedded) as server:
        code, key = await long_talk(server, FIRST_THREADS + 20)
        ann, host = await server.page(code, name="Ann"), await server.host(code, key)
        await host.receive("people", lambda f: f["people"]["names"])
        await ann.done("comment", option="flask", kind="con", text="x", comment="anns")
        await ann.receive("comment", lambda f: f["comment"]["name"] == "Ann")
        since = {"epoch": ann.welcome["epoch"], "seq": host.frames[-1].get("seq", 1)}
        seen = len(ann.frames)
        await host.done("set_board", settings={"show_names": False})
        afresh = await ann.receive("welcome", after=seen)
        assert afresh["resumed"] is False
        assert "Ann" not in str(afresh["comments"])
        assert len(afresh["comments"]) == FIRST_THREADS
        assert ann.of("comment", after=seen) == []
        back = (await server.page(code, cookie=ann.cookie, since=since)).welcome
        assert back["resumed"] is False
        assert "Ann" not in str(back["comments"])
