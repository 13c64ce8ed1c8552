"""What is meant for one board or one audience reaches no other: looked for in the bytes."""

import asyncio
import random

import pytest

from support.wait import eventually
from support.worker import worker

pytestmark = pytest.mark.slow

VISIBLE = {"live": {"ballot", "screen", "host"}, "after_vote": {"voter"}, "on_reveal": set()}


class Board:
    """A board all of whose words say which board it is, with people of every kind on it."""

    def __init__(self, mark):
        self.mark = mark
        self.pages = {}

    async def open(self, server, visibility):
        names = [f"{self.mark} {n}" for n in range(3)]
        self.code, self.key = await server.board(
            title=f"{self.mark} title", options=[{"name": name} for name in names]
        )
        self.host = await server.host(self.code, self.key)
        settings = {"visibility": visibility, "names": "open"}
        await self.host.done("open_round", method="approval", settings=settings)
        self.options = self.host.welcome["board"]["options"]
        self.pages = {
            "host": [self.host],
            "screen": [await server.page(self.code, "screen") for _ in range(3)],
            "ballot": [await server.page(self.code) for _ in range(4)],
            "voter": [await server.page(self.code) for _ in range(4)],
        }

    async def live(self, chance):
        """Let people vote and talk, in an order that chance gives."""
        for n in range(30):
            person = chance.choice(self.pages["voter"])
            option = chance.choice(self.options)["id"]
            await person.done("vote", round=1, ballot={"approve": [option]})
            if chance.random() < 0.5:
                speaker = chance.choice(self.pages["ballot"])
                words = {"text": f"{self.mark} said {n}", "comment": f"{self.mark}-{n}"}
                await speaker.done("comment", option=option, kind="pro", **words)
            if chance.random() < 0.2:
                await person.done("rename", name=f"{self.mark} name {n}")
        said = {"kind": "con", "text": f"{self.mark} HIDDEN", "comment": f"{self.mark}-hidden"}
        await self.pages["ballot"][0].done("comment", option=self.options[0]["id"], **said)
        await self.host.done("hide_comment", comment=f"{self.mark}-hidden", on=True)
        await self.pages["ballot"][0].done(
            "edit_comment", comment=f"{self.mark}-hidden", text=f"{self.mark} HIDDEN AGAIN"
        )
        for page in self.all:
            await eventually(lambda page=page: page.of("comment") and self.heard(page))

    @property
    def words(self):
        """What may stand in no frame of another board."""
        return self.mark, self.code

    @property
    def all(self):
        return [page for pages in self.pages.values() for page in pages]

    def heard(self, page):
        """Whether a page has the last thing that was done on the board."""
        hidden = [c for c in page.of("comment") if c["comment"]["id"] == f"{self.mark}-hidden"]
        return len(hidden) >= 2 or (hidden and page is not self.host)


@pytest.mark.parametrize("visibility", VISIBLE)
async def test_no_frame_of_one_board_or_audience_reaches_another(embedded, visibility):
    async with worker(embedded, own=True) as server:
        boards = [Board("AARDVARK"), Board("BUFFALO"), Board("CAPYBARA")]
        for board in boards:
            await board.open(server, visibility)
        await asyncio.gather(*(b.live(random.Random(b.mark)) for b in boards))

        for board in boards:
            others = [word for other in boards if other is not board for word in other.words]
            for kind, pages in board.pages.items():
                told = ["".join(page.raw) for page in pages]
                assert all(board.mark in text for text in told)
                assert not any(word in text for text in told for word in others)
                sees = kind in VISIBLE[visibility] or (kind == "voter" and visibility == "live")
                assert all(('"totals"' in text) is sees for text in told), kind
                # A comment that was hidden is seen by the host; others may have seen it before.
                assert all(("HIDDEN AGAIN" in text) is (kind == "host") for text in told), kind
                # A ballot goes to its seat alone.
                assert all(('"type":"ballot"' in text) is (kind == "voter") for text in told)
