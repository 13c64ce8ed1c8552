"""The shapes of what the server says, field by field."""

import pytest

from support.worker import worker

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
        opened = (await ann.receive("round"))["round"]
        assert set(opened) == ROUND
        left_out = {"visibility": "on_reveal", "tie_break": "none", "shuffle": True}
        assert opened["settings"] == asked | left_out
        assert opened["options"] == ["flask", "tornado", "further-discussion"]
        assert opened["state"] == "open"
        assert opened["deadline"] == opened["opened_at"] + 60_000
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        for page in (ann, tab):
            ballot = await page.receive("ballot")
            assert ballot == {"type": "ballot", "round": 1, "ballot": {"choice": "flask"}}
        tally = await host.receive("tally", lambda f: f["tally"]["voters"] == 1)
        assert tally["tally"] == {"round": 1, "voters": 1}
        assert host.of("ballot") == []
        await ann.done("withdraw", round=1)
        await tab.receive("ballot", lambda f: f["ballot"] is None)
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        await host.done("reveal_round", round=1)
        shown = await ann.receive("tally", lambda f: "result" in f["tally"])
        said = "Flask has 1 vote, 1 more than Tornado and Further discussion."
        assert shown["tally"]["result"] == {
            "order": [["flask"], ["tornado", "further-discussion"]],
            "winners": ["flask"],
            "totals": {"flask": 1, "tornado": 0, "further-discussion": 0},
            "decided_by": said,
            "steps": [
                "1 ballot is in.",
                "Add up the votes: Flask 1, Tornado 0 and Further discussion 0.",
                said,
            ],
        }
        (insight,) = shown["tally"]["insights"]
        assert set(insight) == {"kind", "text", "option"}
        assert (insight["kind"], insight["option"]) == ("margin", "flask")
        await host.done("decide", option="flask", because="Small.", revisit_on="2027-06-01")
        decided = await ann.receive("board", lambda f: f["board"]["decision"])
        decision = decided["board"]["decision"]
        assert decision.pop("at") >= opened["opened_at"]
        assert decision == {"option": "flask", "because": "Small.", "revisit_on": "2027-06-01"}
        later = await server.page(code, cookie=ann.cookie)
        assert later.welcome["ballot"] == {"choice": "flask"}


@pytest.mark.parametrize(
    "row",
    [
        ("approval", {}, {}, {"approve": ["flask"]}, set()),
        ("single", {}, {}, {"choice": "flask"}, set()),
        (
            "dots",
            {"dots": 8},
            {"dots": 8, "per_option": 3},
            {"dots": {"flask": 3}},
            {"histogram", "agreement"},
        ),
        (
            "score",
            {"tie_break": "listed"},
            {"tie_break": "listed"},
            {"scores": {"flask": 5, "django": 0}, "no_opinion": ["tornado"]},
            {"histogram", "pairwise", "agreement", "no_opinion"},
        ),
        (
            "ranked",
            {"shuffle": False},
            {"shuffle": False},
            {"ranking": [["flask"], ["django", "tornado"]]},
            {"histogram", "pairwise", "paths", "rounds", "agreement", "beside"},
        ),
        (
            "matrix",
            {"criteria": [{"name": "Speed", "weight": 2}, {"id": "hire", "name": "Hiring"}]},
            {
                "criteria": [
                    {"id": "speed", "name": "Speed", "weight": 2.0},
                    {"id": "hire", "name": "Hiring", "weight": 1.0},
                ],
                "quorum": 0.5,
            },
            {"scores": {"flask": {"speed": 5, "hire": 4}}},
            {"histogram", "pairwise", "agreement", "no_opinion", "means"},
        ),
    ],
)
async def test_a_round_of_each_method(embedded, row):
    method, settings, told, ballot, evidence = row
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code)
        await host.done("open_round", method=method, settings=settings)
        opened = (await ann.receive("round"))["round"]
        usual = {"visibility": "on_reveal", "names": "secret", "seconds": None}
        usual |= {"further_discussion": False, "tie_break": "none", "shuffle": True}
        assert opened["settings"] == usual | told
        listed = ["django", "flask", "tornado"]
        assert opened.get("tie_order") == (listed if told.get("tie_break") else None)
        await ann.done("vote", round=1, ballot=ballot)
        assert (await ann.receive("ballot"))["ballot"] == ballot
        await host.done("reveal_round", round=1)
        tally = (await ann.receive("tally", lambda f: "result" in f["tally"]))["tally"]
        assert tally["result"]["winners"] == ["flask"]
        always = {"order", "winners", "totals", "decided_by", "steps"}
        assert set(tally["result"]) == always | evidence
        assert tally["insights"]


async def test_the_lot_is_drawn_when_the_round_opens_and_all_see_it(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code)
        settings = {"tie_break": "lot", "further_discussion": True}
        await host.done("open_round", method="approval", settings=settings)
        order = (await ann.receive("round"))["round"]["tie_order"]
        assert sorted(order) == ["django", "flask", "further-discussion", "tornado"]
        await ann.done("vote", round=1, ballot={"approve": ["django", "tornado"]})
        await host.done("reveal_round", round=1)
        shown = await ann.receive("tally", lambda f: "result" in f["tally"])
        result = shown["tally"]["result"]
        assert result["winners"] == [min(["django", "tornado"], key=order.index)]
        assert result["order"][0] == ["django", "tornado"]
        assert "the lot drawn when the round was opened" in result["decided_by"]


async def test_a_board_with_criteria_weighs_by_them(embedded):
    async with worker(embedded) as server:
        criteria = [{"name": "Speed", "weight": 2}, {"name": "Hiring"}]
        code, key = await server.board(criteria=criteria)
        host = await server.host(code, key)
        named = [("speed", "Speed", 2.0), ("hiring", "Hiring", 1.0)]
        wanted = [dict(zip(("id", "name", "weight"), each, strict=True)) for each in named]
        assert host.welcome["board"]["criteria"] == wanted
        await host.done("open_round", method="matrix")
        opened = (await host.receive("round"))["round"]
        assert opened["settings"]["criteria"] == wanted


async def test_comments_whole_hidden_and_deleted(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code, name="Ann")
        await host.receive("people", lambda f: f["people"]["names"])
        said = {"option": "flask", "kind": "risk", "comment": "c1"}
        await ann.done("comment", text="Rude words.", **said)
        comment = (await host.receive("comment"))["comment"]
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
        await ann.receive("comment", lambda f: f["comment"]["reactions"] == {"👍": 1})
        await host.done("hide_comment", comment="c1", on=True)
        hidden = (await ann.receive("comment", lambda f: f["comment"]["hidden"]))["comment"]
        assert (hidden["text"], hidden["name"]) == ("", None)
        kept = (await host.receive("comment", lambda f: f["comment"]["hidden"]))["comment"]
        assert (kept["text"], kept["name"]) == ("Rude words.", "Ann")
        await ann.done("delete_comment", comment="c1")
        for page in (ann, host):
            gone = await page.receive("comment", lambda f: f["comment"].get("deleted"))
            assert gone["comment"] == {"id": "c1", "option": "flask", "deleted": True}


async def test_people_are_counted_by_seats_with_a_ballot_open(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        screen, host = await server.page(code, "screen"), await server.host(code, key)
        ann = await server.page(code, name="Ann")
        await server.page(code, cookie=ann.cookie)
        await server.page(code)
        told = await screen.receive("people", lambda f: f["people"]["here"] == 2)
        assert told["people"]["names"] == [{"name": "Ann", "voted": None}]
        await host.done("open_round", method="approval")
        await ann.done("vote", round=1, ballot={"approve": []})
        told = await screen.receive("people", lambda f: f["people"]["voted"] == 1)
        assert told["people"]["names"] == [{"name": "Ann", "voted": True}]
        await host.done("set_board", settings={"show_names": False})
        await screen.receive("people", lambda f: f["people"]["names"] is None)


async def test_a_pulse_comes_and_says_whether_the_store_is_there(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        page = await server.page(code)
        server.hub.rooms[code].heartbeat_now()
        pulse = await page.receive("pulse")
        assert set(pulse) == {"type", "seq", "now", "store"}
        assert pulse["store"] == "ok"
        server.hub.store.nodes[0].set_present(value=False, why="it was pulled out")
        assert (await page.receive("pulse", lambda f: f["store"] == "away"))["seq"] == pulse["seq"]
        await page.receive("pulse", lambda f: f["store"] == "ok", after=len(page.frames))


async def test_anyone_who_has_voted_sees_the_result_where_it_is_shown_after_the_vote(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, screen = await server.host(code, key), await server.page(code, "screen")
        ann, ben = await server.page(code), await server.page(code)
        tab = await server.page(code, cookie=ann.cookie)
        settings = {"visibility": "after_vote", "names": "open"}
        await host.done("open_round", method="single", settings=settings)
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        for page in (ann, tab):
            await page.receive("tally", lambda f: "result" in f["tally"])
        await ben.done("comment", option="flask", kind="pro", text="x", comment="c")
        for page in (ben, host, screen):
            await page.receive("comment")
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
        await ben.receive("round", lambda f: f["round"]["state"] == "locked")
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
