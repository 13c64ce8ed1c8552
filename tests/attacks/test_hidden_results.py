"""Someone who wants a hidden result, or whose ballot is whose, by any path.

Two boards are run side by side which differ in the ballots alone. What must not tell the result
is then the same on both, byte for byte: frames, pages, answers, their lengths and their tags.
"""

import contextlib
import itertools
import json
import re

import pytest

from attacks.attempts import act, bearer
from support.worker import worker

CRITERIA = [{"id": "speed", "name": "Speed", "weight": 3}]
# Of each method: its settings, and the two ballots that are cast in turn on the two boards.
METHODS = {
    "single": ({}, {"choice": "flask"}, {"choice": "tornado"}),
    "approval": ({}, {"approve": ["flask", "django"]}, {"approve": []}),
    "dots": ({}, {"dots": {"flask": 3, "django": 2}}, {"dots": {"tornado": 1}}),
    "score": ({}, {"scores": {"flask": 5, "django": 0}}, {"scores": {"tornado": 2}}),
    "ranked": ({}, {"ranking": [["flask"], ["django"]]}, {"ranking": [["tornado", "django"]]}),
    "matrix": (
        {"criteria": CRITERIA},
        {"scores": {"flask": {"speed": 5}}},
        {"scores": {"flask": {"speed": 1}}},
    ),
}
MINE = {"ballot", "pulse"}
NOT_TOLD = {
    "on_reveal": {"ballot", "screen", "host", "voter"},
    # So few have voted that not even those who have are told anything of a secret round.
    "after_vote": {"ballot", "screen", "host", "voter"},
}


class Twin:
    """One of two boards, and people of every kind on it."""

    def __init__(self, server, ballots):
        self.server = server
        self.ballots = ballots

    async def open(self, method, settings, **board):
        self.code, self.key = await self.server.board(settings=board)
        self.host = await self.server.host(self.code, self.key)
        self.voters = [await self.server.page(self.code, name=f"V{n}") for n in range(3)]
        self.pages = {
            "host": self.host,
            "screen": await self.server.page(self.code, "screen"),
            "ballot": await self.server.page(self.code, name="Still choosing"),
            "voter": self.voters[0],
        }
        # All are there before anything is compared: in which order they came is no secret.
        for page in self.pages.values():
            await page.receive("people", lambda f: len(f["people"]["names"]) == 4)
        self.seen = {kind: len(page.raw) for kind, page in self.pages.items()}
        await self.host.done("open_round", method=method, settings=settings)
        # Who is here is told now and then: each state is waited for, so that none is left out on
        # one board and told on the other. Who has voted is told of hidden rounds alone.
        marks = {False} if settings["visibility"] == "on_reveal" else {None}
        for page in self.pages.values():
            await page.receive(
                "people", lambda f: marks == {p["voted"] for p in f["people"]["names"]}
            )

    async def vote(self):
        """Have everybody vote, one of them twice, and wait until all have been told."""
        for n, voter in enumerate(self.voters, 1):
            ballot = self.ballots[n % 2]
            await voter.done("vote", round=1, ballot=ballot)
            for page in self.pages.values():
                await page.receive("tally", lambda f, n=n: f["tally"]["voters"] == n)
                await page.receive("people", lambda f, n=n: f["people"]["voted"] == n)
        await self.voters[0].done("vote", round=1, ballot=self.ballots[0])
        await self.host.done("lock_round", round=1)
        for page in self.pages.values():
            await page.receive("round", lambda f: f["round"]["state"] == "locked")
        self.frames = {kind: page.raw[self.seen[kind] :] for kind, page in self.pages.items()}
        # One more is here. Whoever comes after that is told the same number, and so is each page.
        newcomer = await self.server.page(self.code)
        for page in self.pages.values():
            await page.receive("people", lambda f: f["people"]["here"] == 5)
        views = (("screen", None), ("ballot", newcomer.cookie))
        late = [await self.server.page(self.code, view, cookie=own) for view, own in views]
        self.welcomes = [re.sub('"seat":"[^"]*"', "", self.plain(page.raw[0])) for page in late]

    def plain(self, text):
        """Take out what differs between any two boards: code, seats, epoch and times."""
        for page in (*self.voters, *self.pages.values()):
            if seat := page.welcome["you"]["seat"]:
                text = text.replace(seat, "SEAT")
        text = (
            text.replace(self.key, "KEY")
            .replace(self.code, "CODE00")
            .replace(f"{self.code[:3]}-{self.code[3:]}", "CODE")
        )
        text = re.sub(r'"epoch":"[^"]*"', '"epoch"', text)
        text = re.sub(r'"id":"m\d+"|"seq":\d+', "", text)
        text = re.sub(r"\b1[0-9]{12}\b", "TIME", text)
        # The code as a picture, and how far the room got while it was drawn.
        return re.sub(r"<path [^>]*>|<svg [^>]*>", "", text)

    def received(self, kind):
        """What a page was told of each type, in order, but its own ballot and signs of life.

        How often a state is told again, and what of another type comes in between, depends on how
        busy the machine is; which states are told, and how, does not.
        """
        told = {}
        for raw in self.frames[kind]:
            told.setdefault(json.loads(raw)["type"], []).append(self.plain(raw))
        of_others = {type_: each for type_, each in told.items() if type_ not in MINE}
        return {
            type_: [raw for raw, _ in itertools.groupby(each)] for type_, each in of_others.items()
        }

    async def asked(self, path, **headers):
        got = await self.server.fetch(path.replace("CODE", self.code), headers=headers)
        assert got.code == 200, path
        return got


@contextlib.asynccontextmanager
async def twins(store, method, visibility, **board):
    own, one, other = METHODS[method]
    async with worker(store) as server:
        both = Twin(server, (one, other)), Twin(server, (other, one))
        for twin in both:
            await twin.open(method, own | {"visibility": visibility, "shuffle": False}, **board)
            await twin.vote()
        yield both


PATHS = [
    *("/b/CODE", "/b/CODE/screen", "/b/CODE/host", "/b/CODE/record", "/b/CODE/invites"),
    *(f"/api/boards/CODE{part}" for part in ("", "/rounds", "/history", "/comments", "/hosts")),
    *(f"/api/boards/CODE/record.{form}" for form in ("json", "md", "csv")),
    *("/api/boards/CODE/comments?view=host", "/api/boards/CODE/comments?sort=support"),
    "/api/boards/CODE/invites",
]


NOT_DRAWN = [
    "/b/CODE/pictures",
    *(
        f"/api/boards/CODE/{name}.svg"
        for name in ("record", "movement", "distribution", "pairs", "arrivals")
    ),
]
"""Pictures, of which there are none before the reveal."""


@pytest.mark.parametrize(
    ("method", "visibility"),
    [*((method, "on_reveal") for method in METHODS), ("ranked", "after_vote")],
)
async def test_what_was_voted_makes_no_difference_to_anything_that_may_not_tell_it(
    embedded, method, visibility
):
    async with twins(embedded, method, visibility) as (one, other):
        for kind in NOT_TOLD[visibility]:
            assert one.received(kind) == other.received(kind), kind
        assert one.welcomes == other.welcomes
        for path in PATHS:
            seen = []
            for twin in (one, other):
                got = await twin.asked(path, **bearer(twin.key))
                seen.append((twin.plain(got.body.decode()), sorted(got.headers)))
            assert seen[0] == seen[1], path
        for path in NOT_DRAWN:
            refusals = [
                await twin.server.fetch(path.replace("CODE", twin.code), headers=bearer(twin.key))
                for twin in (one, other)
            ]
            assert [got.code for got in refusals] == [409, 409], path
            seen = {
                twin.plain(got.body.decode())
                for twin, got in zip((one, other), refusals, strict=True)
            }
            assert len(seen) == 1, path
        # The measure: once they are revealed, the two are told apart.
        for twin in (one, other):
            await twin.host.done("reveal_round", round=1)
            await twin.pages["screen"].receive("tally", lambda f: "result" in f["tally"])
        shown = [twin.pages["screen"].of("tally")[-1]["tally"]["result"] for twin in (one, other)]
        assert shown[0]["totals"] != shown[1]["totals"]


async def test_the_length_and_the_tag_of_an_answer_tell_nothing(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        await host.done("open_round", method="approval")
        voter = await server.page(code)
        await voter.done("vote", round=1, ballot={"approve": ["flask"]})
        # Nothing but the ballot changes from here on.
        await host.receive(
            "people", lambda f: (f["people"]["here"], f["people"]["voted"]) == (1, 1)
        )
        seen = []
        for ballot in ([], ["flask"], ["flask", "django", "tornado"]):
            await voter.done("vote", round=1, ballot={"approve": ballot})
            for path in (f"/b/{code}/screen", f"/b/{code}/host", f"/api/boards/{code}/rounds"):
                got = await server.fetch(path, headers=bearer(key))
                length, tag = got.headers["Content-Length"], got.headers.get("Etag")
                # What is sent in pieces has no tag, and so is compared itself.
                seen.append((path, length, tag, got.body))
        assert len(set(seen)) == 3


async def test_no_switch_of_the_host_uncovers_a_round_that_was_opened_hidden(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, screen = await server.host(code, key), await server.page(code, "screen")
        voter = await server.page(code, name="Ann")
        await host.done("open_round", method="single")
        await voter.done("vote", round=1, ballot={"choice": "flask"})

        async def flip():
            for n, change in enumerate(({"host_sees_results": True}, {"entry": "invited"})):
                answer = await host.ask("set_board", settings=change)
                assert answer["code"] == "round_open", change
                mixed = change | {"comments": ("open", "closed")[n]}
                answer = await host.ask("set_board", title="New", settings=mixed)
                assert answer["code"] == "round_open"
            for change in ({"show_names": False}, {"show_names": True}, {"comments": "closed"}):
                await host.done("set_board", settings=change)
            await host.done("set_board", settings={"comments": "open"})
            refused = await host.ask("open_round", method="single", settings={"visibility": "live"})
            assert refused["code"] == "round_open"

        await flip()
        await host.done("lock_round", round=1)
        await flip()
        await host.done("set_board", title="The end")
        await screen.receive("board", lambda f: f["board"]["title"] == "The end")
        fresh = await server.host(code, key)
        for page in (host, screen, fresh):
            assert '"result"' not in "".join(page.raw)
            assert "totals" not in "".join(page.raw)


async def test_a_host_who_looks_ahead_does_so_on_the_console_alone(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(settings={"host_sees_results": True})
        host = await server.host(code, key)
        await host.done("open_round", method="single")
        voter = await server.page(code, name="Ann")
        # The projector and the phone of the same host are seen by others.
        cookie = await server.cookie(code)
        others = [
            await server.page(code, view, cookie=cookie, key=key) for view in ("ballot", "screen")
        ]
        await voter.done("vote", round=1, ballot={"choice": "flask"})
        for _ in range(9):
            more = await server.page(code)
            await more.done("vote", round=1, ballot={"choice": "flask"})
        await host.receive("tally", lambda f: "result" in f["tally"])
        for page in (*others, voter):
            await page.receive("tally", lambda f: f["tally"]["voters"] == 10)
            assert "totals" not in "".join(page.raw)
            # A mark beside a name and a number that move together would tell the ballot.
            await page.receive("people", lambda f: f["people"]["names"])
            names = [p for f in page.of("people") for p in f["people"]["names"] or []]
            assert {each["voted"] for each in names} == {None}
        for path in (
            f"/b/{code}",
            f"/b/{code}/screen",
            f"/api/boards/{code}",
            f"/api/boards/{code}/rounds",
        ):
            got = await server.fetch(path, headers=bearer(key))
            assert b"totals" not in got.body
            assert b"<td>5</td>" not in got.body


@pytest.mark.parametrize("visibility", ["on_reveal", "after_vote", "live"])
async def test_no_seat_but_ones_own_is_ever_told(embedded, visibility):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        await host.done("open_round", method="approval", settings={"visibility": visibility})
        voters = [await server.page(code, name=f"V{n}") for n in range(4)]
        for n, voter in enumerate(voters):
            await voter.done("vote", round=1, ballot={"approve": ["flask"][: n % 2]})
            said = {"option": "flask", "kind": "pro", "text": f"Said {n}"}
            await voter.done("comment", comment=f"c{n}", **said)
            await voter.done("react", comment="c0", emoji="👍", on=True)
        await host.done("reveal_round", round=1)
        people = [*voters, host, await server.page(code, "screen")]
        for page in people[:-1]:
            await page.receive("round", lambda f: f["round"]["state"] == "revealed")
        seats = {page.welcome["you"]["seat"] for page in people} - {None}
        ballot_names = set(server.hub.rooms[code].board.rounds[0].ballots)
        assert len(seats) == 5
        assert len(ballot_names) == 4
        told = {page: "".join(page.raw) for page in people}
        for page, text in told.items():
            own = page.welcome["you"]["seat"]
            assert not any(seat in text for seat in seats - {own})
            assert not any(name in text for name in ballot_names)
        for path in PATHS:
            got = await server.fetch(path.replace("CODE", code), headers=bearer(key))
            assert not any(word in got.body.decode() for word in seats | ballot_names), path


async def test_a_ballot_is_shown_to_its_seat_and_asked_for_by_no_one_else(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        await host.done("open_round", method="single")
        ann, eve = await server.page(code, name="Ann"), await server.page(code, name="Ann")
        await ann.done("vote", round=1, ballot={"choice": "flask"}, id="ann-1")
        seat = ann.welcome["you"]["seat"]
        # The same name, the same id, someone else's seat in words: none of it is a ballot.
        again = await eve.ask("withdraw", round=1, id="ann-1")
        assert again["type"] == "ack"
        for message in (
            {"type": "vote", "round": 1, "ballot": {"choice": "django"}, "seat": seat},
            {"type": "vote", "round": 1, "ballot": {"choice": "django"}, "by": seat},
        ):
            status, _ = await act(server, code, message, Cookie=eve.cookie)
            assert status == 400
        await host.receive("tally", lambda f: f["tally"]["voters"] == 1)
        fresh = await server.page(code, cookie=ann.cookie)
        assert fresh.welcome["ballot"] == {"choice": "flask"}
        assert json.dumps(eve.frames).count('"choice"') == 0
