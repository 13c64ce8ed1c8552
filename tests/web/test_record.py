import json
import re
from contextlib import asynccontextmanager
from html import escape
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from support.wait import eventually
from support.worker import worker

MARKUP = "</title><script>alert(1)</script><img src=x onerror=alert(1)>&amp;"
TEXTS = {
    "title": f"Which one? {MARKUP}",
    "context": f"First line {MARKUP}\nsecond line `code` https://example.org/?a=1&b=2",
    "options": [{"name": f"Flask {MARKUP[:60]}", "id": "flask"}, {"name": "Django"}],
}


class Played:
    """A meeting of two people on a board, over HTTP and live connections."""

    def __init__(self, server, code, key):
        self.server, self.code, self.key = server, code, key

    async def get(self, path, **more):
        return await self.server.fetch(path.replace("CODE", self.code), **more)

    async def page(self):
        got = await self.get("/b/CODE/record")
        assert got.code == 200, got.body
        return got.body.decode()


@asynccontextmanager
async def meeting(store, method="approval", ballots=None, *, reveal=True, names="secret", **board):
    async with worker(store) as server:
        code, key = await server.board(**board)
        played = Played(server, code, key)
        played.host = await server.host(code, key)
        await played.host.done("open_round", method=method, settings={"names": names})
        played.people = []
        for n, ballot in enumerate(ballots or [{"approve": ["flask"]}, {"approve": ["django"]}]):
            person = await server.page(code, name=f"Pseudonym {n}")
            await person.done("vote", round=1, ballot=ballot)
            played.people.append(person)
        if reveal:
            await played.host.done("lock_round", round=1)
            await played.host.done("reveal_round", round=1)
        yield played


def shown(html):
    """The words of a page, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_a_board_without_a_decision_says_what_is_missing(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        got = await server.fetch(f"/b/{code}/record")
        assert got.code == 200
        words = shown(got.body.decode())
        assert "Not decided yet" in words
        assert "Missing from this record No option has been chosen yet. No round" in words


async def test_ballots_and_pictures_of_a_board_without_a_round_are_refused_in_words(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        for file in ("ballots.csv", "pairs.svg"):
            status, answer = await server.api(f"/api/boards/{code}/{file}")
            assert (status, answer["error"]["code"]) == (404, "no_such_round")
            assert answer["error"]["message"] == "No round of voting has been revealed yet."


async def test_the_page_tells_what_was_decided_and_why(embedded):
    async with meeting(embedded, context="For the portal.") as played:
        ann = played.people[0]
        await ann.done("comment", comment="c1", option="flask", kind="pro", text="It is small.")
        await ann.done("comment", comment="c2", option="flask", kind="con", text="No admin.")
        await played.host.done(
            "decide", option="flask", because="We know it.", revisit_on="2027-06-01"
        )
        html = await played.page()
        words = shown(html)
        for text in (
            *("Decided", "2 voters, 1 round", "Which one?", "For the portal."),
            *("Decision Flask We know it.", "The numbers", "Round 1: Approval, 2 voters"),
            *(
                "How sure: a coin toss.",
                "Ballots were secret.",
                "For and against Flask",
                "It is small. Pseudonym 0",
            ),
            *("No admin.", "Also considered", "1 of 2 ballots favoured another option over Flask"),
            *("Look again on 1 June 2027", f"/b/{played.code}/record"),
        ):
            assert text in words, text
        assert "<script" not in html
        assert "Set-Cookie" not in (await played.get("/b/CODE/record")).headers


async def test_the_ballots_of_each_round_are_linked_by_what_the_round_was_about(embedded):
    async with meeting(embedded, criteria=[{"name": "Speed"}, {"name": "Price"}]) as played:
        await played.host.done("open_round", method="dots", settings={"about": "criteria"})
        await played.host.done("reveal_round", round=2, at_once=True)
        html = await played.page()
        links = dict(re.findall(r'<a href="([^"]+)">(Ballots[^<]+|Round \d in pictures)</a>', html))
        assert links == {
            f"/api/boards/{played.code}/ballots.csv?round=1": "Ballots of round 1",
            f"/api/boards/{played.code}/ballots.csv?round=2": "Ballots of round 2, about criteria",
            f"/b/{played.code}/pictures?round=2": "Round 2 in pictures",
        }
        assert "Round 1 in pictures" in html
        for link, name in links.items():
            got = await played.get(link)
            assert got.code == 200
            assert ("Speed" in got.body.decode()) is ("2" in name)


async def test_a_hidden_round_is_not_on_the_page(embedded):
    async with meeting(embedded, reveal=False) as played:
        words = shown(await played.page())
        assert "Round 1 is not revealed yet, so this record tells nothing of it." in words
        assert "The numbers" not in words
        assert "voter" not in words


async def test_markup_and_other_texts_are_shown_as_they_were_written(embedded):
    async with meeting(embedded, **TEXTS) as played:
        ann = played.people[0]
        text = f"{MARKUP} `{MARKUP}` https://example.org/<b>"
        await ann.done("rename", name="<i>Ann</i>")
        await ann.done("comment", comment="c1", option="flask", kind="risk", text=text)
        await played.host.done("decide", option="flask", because=MARKUP)
        html = await played.page()
        assert "<script" not in html
        assert "<img" not in html
        assert "<i>" not in html
        for written in (TEXTS["title"], TEXTS["context"], TEXTS["options"][0]["name"], MARKUP):
            assert escape(written) in html
        assert "&lt;i&gt;Ann" in html


SCHEMA = Path(__file__).parents[2] / "docs" / "record.schema.json"
FILES = ("record.json", "record.md", "record.csv")
BALLOTS = ("ballots.csv", "ballots.soi", "ballots.toc")


@pytest.mark.parametrize("path", ["/b/CODE/record", *(f"/api/boards/CODE/{f}" for f in FILES)])
async def test_a_record_is_not_kept_by_caches_and_is_no_frame_of_others(embedded, path):
    async with meeting(embedded) as played:
        got = await played.get(path)
        assert got.headers["Cache-Control"] == "no-store"
        assert got.headers["X-Frame-Options"] == "DENY"
        assert (await played.server.fetch("/b/ZZZZZZ/record")).code == 404


async def test_the_address_is_found_as_people_type_it(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        got = await server.fetch(f"/b/{code[:3]}-{code[3:].lower()}/record")
        assert (got.code, got.headers["Location"]) == (302, f"/b/{code}/record")


async def test_pages_lead_to_the_record_once_there_is_something_to_record(embedded):
    async with meeting(embedded, reveal=False) as played:
        cookies = {"Cookie": f"stackvote_host_{played.code}={played.key}"}

        async def links():
            found = []
            for ending in ("", "/screen", "/host"):
                html = (await played.get(f"/b/CODE{ending}", headers=cookies)).body.decode()
                (link,) = re.findall(rf'<a[^>]*href="/b/{played.code}/record"[^>]*>', html)
                found.append("hidden" not in link)
            return found

        assert await links() == [False, False, False]
        await played.host.done("lock_round", round=1)
        await played.host.done("reveal_round", round=1, at_once=True)

        async def all_lead():
            return await links() == [True, True, True]

        # What is acknowledged may be applied a moment later, if the process was behind.
        await eventually(all_lead)


async def test_a_record_has_all_rounds_side_by_side(embedded):
    async with meeting(embedded) as played:
        await played.host.done("open_round", method="ranked", settings={"further_discussion": True})
        await played.people[0].done(
            "vote", round=2, ballot={"ranking": [["django"], ["further-discussion"]]}
        )
        await played.host.done("lock_round", round=2)
        await played.host.done("reveal_round", round=2)
        words = shown(await played.page())
        assert "Round 1 Approval Round 2 Ranking (Schulze)" in words
        assert "Further discussion" in words
        assert "Django 1 place 1= 3 place 1" in words


async def test_who_moved_is_drawn_on_the_page_and_as_a_file_if_names_are_open(embedded):
    async with meeting(embedded, names="open") as played:
        assert (await played.get("/api/boards/CODE/movement.svg")).code == 404
        assert "record-flow" not in (await played.page())
        await played.host.done("open_round", method="approval", settings={"names": "open"})
        await played.people[0].done("vote", round=2, ballot={"approve": ["tornado"]})
        assert (await played.get("/api/boards/CODE/movement.svg?round=2")).code == 409
        await played.host.done("lock_round", round=2)
        await played.host.done("reveal_round", round=2, at_once=True)
        answer = await played.get("/api/boards/CODE/movement.svg")
        assert answer.headers["Content-Type"] == "image/svg+xml"
        drawn = answer.body.decode()
        assert drawn == (await played.get("/api/boards/CODE/movement.svg?round=2")).body.decode()
        assert "Tornado" in drawn
        assert drawn.strip() in (await played.page())


async def test_who_moved_in_secret_is_not_drawn(embedded):
    async with meeting(embedded) as played:
        await played.host.done("open_round", method="approval")
        await played.people[0].done("vote", round=2, ballot={"approve": ["tornado"]})
        await played.host.done("lock_round", round=2)
        await played.host.done("reveal_round", round=2, at_once=True)
        answer = await played.get("/api/boards/CODE/movement.svg")
        assert answer.code == 403
        assert "ballots are secret" in answer.body.decode()
        assert "record-flow" not in (await played.page())


PICTURES = ("distribution", "pairs", "arrivals")
SCORES = [{"scores": {"flask": 5, "django": 1}}, {"scores": {"flask": 4, "django": 5}}]


async def test_a_round_is_drawn_on_the_record_on_a_page_of_its_own_and_as_files(embedded):
    async with meeting(embedded, "score", SCORES, names="open") as played:
        record, page = await played.page(), await played.get("/b/CODE/pictures?round=1")
        assert page.code == 200
        assert re.findall('data-picture="(.*?)"', record) == [*PICTURES]
        for name in PICTURES:
            answer = await played.get(f"/api/boards/CODE/{name}.svg?round=1")
            assert answer.headers["Content-Type"] == "image/svg+xml"
            drawn = answer.body.decode()
            assert drawn.strip() in record
            assert drawn.strip() in page.body.decode()
            assert drawn == (await played.get(f"/api/boards/CODE/{name}.svg")).body.decode()
        assert "Compared with each of the 2 other options" in shown(record)
        assert "Minutes after the opening Voters 0:00 0" in shown(record)
        await played.host.done("open_round", method="approval")
        await played.host.done("lock_round", round=2)
        await played.host.done("reveal_round", round=2, at_once=True)
        later = await played.page()
        assert re.findall('data-picture="(.*?)"', later) == ["arrivals"]
        assert f'href="/b/{played.code}/pictures?round=1"' in later
        refused = await played.get("/api/boards/CODE/pairs.svg")
        assert refused.code == 422
        assert "do not compare options" in refused.body.decode()


@pytest.mark.parametrize(
    "path",
    ["/b/CODE/pictures", *(f"/api/boards/CODE/{name}.svg" for name in (*PICTURES, "movement"))],
)
async def test_nothing_of_a_hidden_round_is_drawn(embedded, path):
    told = []
    for ballots in (SCORES, SCORES[:1] * 3):
        async with meeting(embedded, "score", ballots, reveal=False) as played:
            for query in ("", "?round=1"):
                answer = await played.get(f"{path}{query}")
                assert answer.code == 409
                told.append(answer.body.decode().replace(played.code, "CODE"))
            assert (await played.get(f"{path}?round=9")).code == 404
            assert "data-picture" not in (await played.page())
    assert len(set(told)) == 1


RANKINGS = [{"ranking": [["flask"], ["django"]]}, {"ranking": [["tornado"]]}]


@pytest.mark.parametrize("file", BALLOTS)
async def test_an_export_of_a_hidden_round_is_refused_in_words(embedded, file):
    async with meeting(embedded, "ranked", RANKINGS, reveal=False) as played:
        for query in ("", "?round=1"):
            got = await played.get(f"/api/boards/CODE/{file}{query}")
            assert got.code == 409
            error = json.loads(got.body)["error"]
            assert error["code"] == "round_open"
            assert error["message"].startswith("Round 1 is not revealed yet")
            assert "Content-Disposition" not in got.headers
        await played.host.done("lock_round", round=1)
        assert (await played.get(f"/api/boards/CODE/{file}")).code == 409
        await played.host.done("reveal_round", round=1)
        assert (await played.get(f"/api/boards/CODE/{file}")).code == 200
        # While the next round is open, the last one that was revealed is meant.
        await played.host.done("open_round", method="ranked")
        assert (await played.get(f"/api/boards/CODE/{file}")).code == 200
        assert (await played.get(f"/api/boards/CODE/{file}?round=2")).code == 409
        assert (await played.get(f"/api/boards/CODE/{file}?round=3")).code == 404
        assert (await played.get(f"/api/boards/CODE/{file}?round=x")).code == 400


@pytest.mark.parametrize("file", FILES)
async def test_a_file_of_a_hidden_round_is_the_same_whatever_was_voted(embedded, file):
    told = []
    for ballots in ([{"choice": "flask"}], [{"choice": "django"}] * 3):
        async with meeting(embedded, "single", ballots, reveal=False) as played:
            got = await played.get(f"/api/boards/CODE/{file}")
            assert got.code == 200
            text = got.body.decode().replace(played.code, "CODE")
            told.append(re.sub(r'\b1\d{12}\b|"seq":\d+', "", text))
    assert told[0] == told[1]


async def test_the_json_has_the_ballots_and_fits_its_description(embedded):
    async with meeting(embedded, "ranked", RANKINGS) as played:
        await played.host.done("decide", option="flask", because="Yes.")
        record = json.loads((await played.get("/api/boards/CODE/record.json")).body)
        assert (record["version"], record["status"]) == (1, "decided")
        assert record["outcome"]["type"] == "decided"
        (first,) = record["rounds"]
        assert {json.dumps(each["ballot"]) for each in first["ballots"]} == {
            json.dumps(ballot) for ballot in RANKINGS
        }
        assert all("name" not in each for each in first["ballots"])
        document = json.loads((await played.get("/api/openapi.json")).body)
        given = document["paths"]["/api/boards/{code}/record.json"]["get"]["responses"]["200"]
        schema = given["content"]["application/json"]["schema"]
        described = schema | {"components": document["components"]}
        Draft202012Validator(described).validate(record)
        Draft202012Validator(json.loads(SCHEMA.read_bytes())).validate(record)


@pytest.mark.parametrize("names", ["secret", "open"])
async def test_no_file_gives_away_who_voted_for_what_in_secret(embedded, names):
    async with meeting(embedded, "ranked", RANKINGS, names=names) as played:
        room = await played.server.hub.room(played.code)
        current = room.board.round
        seats = {*room.board.names, *current.ballots} | {
            room.pseudonyms.voter(seat, played.code, current) for seat in room.board.names
        }
        assert len(seats) >= 2
        for file in (*FILES, *BALLOTS):
            got = await played.get(f"/api/boards/CODE/{file}")
            assert got.code == 200
            for each in seats:
                assert each.encode() not in got.body, file
            named = b"Pseudonym" in got.body
            assert named is (names == "open" and file in {"record.json", "ballots.csv"})
        page = await played.page()
        assert not any(each in page for each in seats)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("record.md", "text/markdown; charset=utf-8"),
        ("record.csv", "text/csv; charset=utf-8"),
        ("ballots.csv", "text/csv; charset=utf-8"),
        ("ballots.toc", "text/plain; charset=utf-8"),
    ],
)
async def test_a_file_is_saved_and_never_shown_as_a_page(embedded, file, content):
    async with meeting(
        embedded,
        "ranked",
        RANKINGS,
        **TEXTS
        | {"options": [{"name": "=1+1", "id": "flask"}, {"name": "Django"}, {"name": "Tornado"}]},
    ) as played:
        got = await played.get(f"/api/boards/CODE/{file}")
        assert got.headers["Content-Type"] == content
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Disposition"].startswith('attachment; filename="')
        if content.startswith("text/csv"):
            assert got.body.startswith(b"\xef\xbb\xbf")
            assert b"'=1+1" in got.body


async def test_rankings_are_refused_for_other_methods(embedded):
    async with meeting(embedded) as played:
        for file in ("ballots.soi", "ballots.toc"):
            got = await played.get(f"/api/boards/CODE/{file}")
            assert got.code == 422
            assert b"ballots.csv" in got.body


async def test_consequences_and_the_confirmation_are_on_the_page_and_in_the_files(embedded):
    async with meeting(embedded) as played:
        await played.host.done(
            "decide",
            option="flask",
            because="We know it.",
            consequences=[{"text": f"Learn it {MARKUP[:40]}", "owner": "Ann"}],
            confirmation="Latency below 50 ms.",
        )
        html = await played.page()
        words = shown(html)
        assert "Consequences Learn it" in words
        assert "(owner: Ann)" in words
        assert "How we will know Latency below 50 ms." in words
        assert "<script" not in html
        record = json.loads((await played.get("/api/boards/CODE/record.json")).body)
        assert record["outcome"]["consequences"][0]["owner"] == "Ann"
        assert record["outcome"]["confirmation"] == "Latency below 50 ms."
        await played.host.done("decide", option="flask", because="We know it.")
        assert "How we will know" not in await played.page()


async def test_predictions_are_on_the_page_and_in_the_files_with_how_they_were_scored(embedded):
    async with meeting(embedded) as played:
        predictions = [{"text": f"Live; {MARKUP[:40]}", "confidence": 80}]
        day = {"revisit_on": "2030-06-01"}
        decision = {"option": "flask", "because": "Small.", "predictions": predictions}
        await played.host.done("decide", **decision, **day)
        html = await played.page()
        assert "Predictions Live; " in shown(html)
        assert "<script" not in html
        assert "Brier" not in html
        refused = await played.people[0].ask("score_prediction", prediction=1, came_true=True)
        assert refused["code"] == "not_allowed"
        await played.host.done("score_prediction", prediction=1, came_true=False)
        words = shown(await played.page())
        assert "(80 % sure; it did not come true)" in words
        assert "The Brier score of these predictions is 0.64: 0 is perfect" in words
        record = json.loads((await played.get("/api/boards/CODE/record.json")).body)
        assert record["outcome"]["brier"] == 0.64
        assert record["outcome"]["predictions"] == [{**predictions[0], "came_true": False}]
        markdown = (await played.get("/api/boards/CODE/record.md")).body.decode()
        assert "The Brier score of these predictions is 0.64" in markdown
        calendar = (await played.get("/api/boards/CODE/record.ics")).body.decode()
        unfolded = calendar.replace("\r\n ", "")
        assert "\\nPredictions\\nLive\\; " in unfolded


async def test_the_day_to_look_again_can_be_added_to_a_calendar(embedded):
    async with meeting(embedded) as played:
        got = await played.get("/api/boards/CODE/record.ics")
        assert got.code == 404
        assert json.loads(got.body)["error"]["message"].startswith("No day was set")
        assert "record.ics" not in await played.page()
        await played.host.done("decide", option="flask", because="Yes.", revisit_on="2030-06-01")
        got = await played.get("/api/boards/CODE/record.ics")
        assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert got.headers["Content-Disposition"].endswith('-look-again.ics"')
        assert b"DTSTART;VALUE=DATE:20300601" in got.body
        assert f"/b/{played.code}/record\r\n".encode() in got.body
        assert "record.ics" in await played.page()


async def test_the_record_has_what_the_host_chose_and_its_words_credit_no_one(embedded):
    async with meeting(embedded) as played:
        ann = played.people[0]
        said = {"option": "flask", "kind": "note", "text": "My own words.", "comment": "noted"}
        await ann.done("comment", **said)
        chosen = {"comment": "noted", "side": "con"}
        refused = await ann.ask("set_argument", **chosen)
        assert refused["code"] == "not_allowed"
        await played.host.done("set_argument", **chosen)
        assert "My own words." in shown(await played.page())
        await played.host.done("set_argument", **chosen, text=f"Of the host; {MARKUP}")
        html = await played.page()
        assert "My own words." not in shown(html)
        assert "in the host" in shown(html)
        assert "<script" not in html
        record = json.loads((await played.get("/api/boards/CODE/record.json")).body)
        (flask,) = [each for each in record["options"] if each["id"] == "flask"]
        (argument,) = flask["cons"]
        assert (argument["reworded"], argument["name"], argument["support"]) == (True, None, 0)
        await ann.done("delete_comment", comment="noted")
        assert "Of the host; " not in shown(await played.page())


async def test_must_haves_are_on_the_page_and_in_the_files(embedded):
    async with meeting(embedded) as played:
        gates = [{"id": "free", "name": f"Free; {MARKUP[:40]}", "owner": "Ann"}]
        await played.host.done("set_gates", gates=gates)
        fails = {"gate": "free", "option": "django", "answer": "fail"}
        await played.host.done("answer_gate", **fails, evidence=MARKUP)
        for ending in ("", "/screen", "/record"):
            html = (await played.get(f"/b/CODE{ending}")).body.decode()
            assert MARKUP not in html, ending
        assert "Fail, and dropped out: Django" in shown(await played.page())
        record = json.loads((await played.get("/api/boards/CODE/record.json")).body)
        assert record["gates"][0]["answers"] == [
            {"option": "django", "answer": "fail", "evidence": MARKUP}
        ]
        (django,) = [each for each in record["options"] if each["id"] == "django"]
        assert django["failed"] == [gates[0]["name"]]
        template = (await played.get("/api/boards/CODE/template")).body.decode()
        assert "owner: Ann" in template
        assert "evidence" not in template
