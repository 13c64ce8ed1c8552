"""The shapes of what the server says, field by field."""

import pytest
from one_process import worker

BOARD = {"code", "title", "context", "settings", "options", "decision"}
OPTION = {"id", "name", "strapline", "features", "suited_to", "link", "tags", "hue"}
ROUND = {"n", "method", "settings", "state", "options", "opened_at", "deadline"}
COMMENT = {"id", "option", "kind", "text", "name", "parent", "reactions", "pinned", "hidden", "at"}
WELCOME = {"type", "epoch", "seq", "now", "resumed", "you", "board", "round", "tally", "comments"}


async def test_a_welcome_has_all_that_the_contract_names(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(context="For the shop.")
        page = await server.page(code)
        welcome = page.welcome
        assert set(welcome) == WELCOME | {"people", "ballot"}
        assert set(welcome["you"]) == {"seat", "name", "role", "votes", "invite"}
        assert set(welcome["board"]) == BOARD
        assert welcome["board"]["settings"] == {
            "show_names": True,
            "host_sees_results": False,
            "comments": "open",
            "entry": "open",
        }
        assert [set(option) for option in welcome["board"]["options"]] == [OPTION] * 3
        assert [option["id"] for option in welcome["board"]["options"]] == [
            "django",
            "flask",
            "tornado",
        ]
        assert len({option["hue"] for option in welcome["board"]["options"]}) == 3
        assert welcome["round"] is welcome["tally"] is welcome["ballot"] is None
        assert welcome["comments"] == []
        assert set(welcome["people"]) == {"here", "observing", "lost", "voted", "names"}
        assert key not in str(welcome)


async def test_round_tally_ballot_and_decision(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code)
        tab = await server.page(code, cookie=ann.cookie)
        asked = {"names": "open", "seconds": 60, "further_discussion": True}
        await host.done(
            "open_round", method="single", settings=asked | {"options": ["tornado", "flask"]}
        )
        opened = (await ann.told("round"))["round"]
        assert set(opened) == ROUND
        assert opened["settings"] == asked | {"visibility": "on_reveal"}
        assert opened["options"] == ["flask", "tornado", "further-discussion"]
        assert opened["state"] == "open"
        assert opened["deadline"] == opened["opened_at"] + 60_000
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        for page in (ann, tab):
            ballot = await page.told("ballot")
            assert ballot == {"type": "ballot", "round": 1, "ballot": {"choice": "flask"}}
        tally = await host.told("tally", lambda f: f["tally"]["voters"] == 1)
        assert tally["tally"] == {"round": 1, "voters": 1}
        assert host.of("ballot") == []
        await ann.done("withdraw", round=1)
        await tab.told("ballot", lambda f: f["ballot"] is None)
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        await host.done("reveal_round", round=1)
        shown = await ann.told("tally", lambda f: "result" in f["tally"])
        assert shown["tally"]["result"] == {
            "order": [["flask"], ["tornado", "further-discussion"]],
            "winners": ["flask"],
            "totals": {"flask": 1, "tornado": 0, "further-discussion": 0},
            "decided_by": "Flask has 1 vote, 1 more than Tornado and Further discussion.",
        }
        await host.done("decide", option="flask", because="Small.", revisit_on="2027-06-01")
        decided = await ann.told("board", lambda f: f["board"]["decision"])
        decision = decided["board"]["decision"]
        assert decision.pop("at") >= opened["opened_at"]
        assert decision == {"option": "flask", "because": "Small.", "revisit_on": "2027-06-01"}
        later = await server.page(code, cookie=ann.cookie)
        assert later.welcome["ballot"] == {"choice": "flask"}


async def test_comments_whole_hidden_and_deleted(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code, name="Ann")
        await host.told("people", lambda f: f["people"]["names"])
        said = {"option": "flask", "kind": "risk", "comment": "c1"}
        await ann.done("comment", text="Rude words.", **said)
        comment = (await host.told("comment"))["comment"]
        assert set(comment) == COMMENT | {"edited_at"}
        assert (comment["id"], comment["option"], comment["kind"]) == ("c1", "flask", "risk")
        assert (comment["parent"], comment["reactions"]) == (None, {})
        assert (comment["pinned"], comment["hidden"]) == (False, False)
        assert (comment["text"], comment["name"], comment["edited_at"]) == (
            "Rude words.",
            "Ann",
            None,
        )
        await host.done("react", comment="c1", emoji="👍", on=True)
        await ann.told("comment", lambda f: f["comment"]["reactions"] == {"👍": 1})
        await host.done("hide_comment", comment="c1", on=True)
        hidden = (await ann.told("comment", lambda f: f["comment"]["hidden"]))["comment"]
        assert (hidden["text"], hidden["name"]) == ("", None)
        kept = (await host.told("comment", lambda f: f["comment"]["hidden"]))["comment"]
        assert (kept["text"], kept["name"]) == ("Rude words.", "Ann")
        await ann.done("delete_comment", comment="c1")
        for page in (ann, host):
            gone = await page.told("comment", lambda f: f["comment"].get("deleted"))
            assert gone["comment"] == {"id": "c1", "option": "flask", "deleted": True}


async def test_people_are_counted_by_seats_with_a_ballot_open(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        screen, host = await server.page(code, "screen"), await server.host(code, key)
        ann = await server.page(code, name="Ann")
        await server.page(code, cookie=ann.cookie)
        await server.page(code)
        told = await screen.told("people", lambda f: f["people"]["here"] == 2)
        assert told["people"]["names"] == [{"name": "Ann", "voted": None}]
        await host.done("open_round", method="approval")
        await ann.done("vote", round=1, ballot={"approve": []})
        told = await screen.told("people", lambda f: f["people"]["voted"] == 1)
        assert told["people"]["names"] == [{"name": "Ann", "voted": True}]
        await host.done("set_board", settings={"show_names": False})
        await screen.told("people", lambda f: f["people"]["names"] is None)


async def test_a_pulse_comes_and_says_whether_the_store_is_there(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        page = await server.page(code)
        server.hub.rooms[code].pulse_now()
        pulse = await page.told("pulse")
        assert set(pulse) == {"type", "seq", "now", "store"}
        assert pulse["store"] == "ok"
        server.hub.store.set_present(value=False, why="it was pulled out")
        assert (await page.told("pulse", lambda f: f["store"] == "away"))["seq"] == pulse["seq"]
        await page.told("pulse", lambda f: f["store"] == "ok", after=len(page.frames))


async def test_whoever_has_voted_sees_the_result_where_it_is_shown_after_the_vote(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, screen = await server.host(code, key), await server.page(code, "screen")
        ann, ben = await server.page(code), await server.page(code)
        tab = await server.page(code, cookie=ann.cookie)
        await host.done("open_round", method="single", settings={"visibility": "after_vote"})
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        for page in (ann, tab):
            await page.told("tally", lambda f: "result" in f["tally"])
        await ben.done("comment", option="flask", kind="pro", text="x", comment="c")
        for page in (ben, host, screen):
            await page.told("comment")
            assert not any("result" in f["tally"] for f in page.of("tally"))


@pytest.mark.parametrize("visibility", ["on_reveal", "after_vote"])
async def test_a_hidden_result_is_on_no_page_and_in_no_frame(embedded, visibility, caplog):
    caplog.set_level("DEBUG", logger="server")
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann, ben = (
            await server.host(code, key),
            await server.page(code),
            await server.page(code),
        )
        screen = await server.page(code, "screen")
        await host.done("open_round", method="single", settings={"visibility": visibility})
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        await host.done("lock_round", round=1)
        await ben.told("round", lambda f: f["round"]["state"] == "locked")
        for page in (ben, host, screen):
            assert "totals" not in str(page.frames)
        seen = [await server.page(code), await server.page(code, "screen")]
        assert "totals" not in str([page.welcome for page in seen])
        for address in (f"/b/{code}", f"/b/{code}/screen", f"/api/boards/{code}", "/metrics"):
            body = (await server.fetch(address)).body.decode()
            assert "totals" not in body
            assert "more than" not in body
        lines = "\n".join(each.getMessage() for each in caplog.records if "server" in each.name)
        assert f"GET /b/{code}/screen" in lines
        for secret in ("totals", "flask", ann.welcome["you"]["seat"], key):
            assert secret not in lines
