"""The page of all components: made of what the pages are made of, and only for those who ask."""

import re
from pathlib import Path

from server.domain.methods import METHODS
from server.web.design import STATES
from support.worker import worker

CSS = Path(__file__).parents[2] / "static" / "css"
LAYOUTS = {
    *("example", "home", "host", "invites", "problem", "receipt", "record", "replay", "screen"),
    *("screen_questions", "screen_result", "seat"),
}
"""What arranges the components of one page."""


def imported(sheet):
    text = (CSS / sheet).read_text()
    found = set(re.findall(r'@import url\("(?:\.\./)?(\w+)\.css"\)', text))
    return found | (imported("stackvote.css") if "stackvote" in found else set())


async def test_there_is_none_unless_it_was_asked_for(embedded):
    async with worker(embedded) as server:
        assert (await server.fetch("/design")).code == 404


async def test_it_shows_every_component_of_the_pages(embedded):
    pages = {
        name for page in (CSS / "pages").glob("*.css") for name in imported(f"pages/{page.name}")
    }
    assert pages - imported("pages/design.css") == LAYOUTS
    async with worker(embedded, dev=True) as server:
        got = await server.fetch("/design")
        html = got.body.decode()
        assert got.code == 200
        assert "Set-Cookie" not in got.headers
        phases = re.findall(r'data-phase="(\w+)"', html)
        assert set(phases) == set(STATES)
        for method in METHODS:
            assert f"&quot;method&quot;:&quot;{method}&quot;" in html
        tokens = re.findall(
            r"^  --([\w-]+): var\(--light", (CSS / "tokens.css").read_text(), re.MULTILINE
        )
        shown = re.findall(r'data-token="([\w-]+)"', html)
        assert set(tokens) - set(shown) == {
            *("bg-veil", "on-option", "option-l", "option-c", "option-ink-l", "option-hsl", "tint"),
        }
