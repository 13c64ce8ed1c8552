"""The shared screen by its boxes: with any names, at every size and with any font no text lies on
another or leaves the screen, and what is cut ends in three dots.
"""

import pytest
from playwright.sync_api import expect

from browser.boxes import STAGE_FAULTS
from browser.elections import SETTINGS
from browser.pages import until

LOOKS = [
    (1280, 720, ""),
    (3840, 2160, ""),
    (1024, 768, ""),
    (1024, 768, "monospace"),
    (1920, 1080, "serif"),
]
"""Width, height, and the font that the machine has."""
WORDS = "Server-side rendered pages with PostgreSQL, managed by the platform team, really so"
NAMES = (
    WORDS[:80],
    "W" * 80,
    "Go",
    "データ" * 26,
    "Amazon Aurora Serverless v2 of the second kind",
    "i" * 80,
)

SET_FONT = """font => {
    document.body.style.setProperty("--font", font || null);
    document.body.style.fontFamily = font;
}"""

BALLOT = {
    "single": lambda ids, turn: {"choice": ids[turn % 2]},
    "approval": lambda ids, turn: {"approve": ids[turn:] or ids},
    "dots": lambda ids, turn: {"dots": {ids[turn % 2]: 3, ids[-1]: 1 + (turn % 2)}},
    "score": lambda ids, turn: {"scores": {id_: (n + turn) % 6 for n, id_ in enumerate(ids)}},
    "ranked": lambda ids, turn: {"ranking": [[id_] for id_ in ids[turn % 2 :]]},
    "matrix": lambda ids, turn: {
        "scores": {id_: {"speed": (n + turn) % 6, "hiring": n % 6} for n, id_ in enumerate(ids)}
    },
}


def board(server, n, method="approval", **settings):
    """Open a round on n options with names of up to 80 characters, and cast three ballots."""
    names = [NAMES[i % len(NAMES)] for i in range(n)]
    options = [{"name": f"{i} {name}"[:80]} for i, name in enumerate(names)]
    made = server.new_board(title="Which of these do we take, and why? " * 3, options=options)
    server.open_round(made, method, **SETTINGS.get(method, {}), **settings)
    ids = [option["id"] for option in server.state(made)["board"]["options"]]
    server.vote(made, *(BALLOT[method](ids, turn) for turn in range(3)))
    return made


def expect_no_faults(page, shown):
    for width, height, font in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(SET_FONT, font)
        expect(shown).to_be_visible()
        # Bars that grow and rows that move come to rest first.
        until(page, "() => document.getAnimations().length === 0")
        faults = page.evaluate(STAGE_FAULTS)
        assert not faults, (width, height, font, faults)


@pytest.fixture
def see(person):
    """One page that goes from board to board."""
    page = person("about:blank", reduced_motion="reduce")

    def show(board, shown):
        page.goto(board.screen)
        expect(page.locator("#announcer")).to_have_count(1)
        expect_no_faults(page, page.locator(shown).last)
        return page

    return show


def test_live_bars(server, see):
    for n in (2, 7, 10, 11, 25, 50):
        see(board(server, n, visibility="live", names="open"), ".ranking .bar")


def test_while_results_are_hidden(server, see):
    for n in (2, 5, 8, 12, 13, 50):
        page = see(board(server, n), ".names li")
        if n in (5, 50):
            page.keyboard.press("j")
            expect_no_faults(page, page.locator(".screen[data-shows=join] .code"))


RESULTS = [
    ("single", 2),
    ("score", 7),
    ("dots", 10),
    ("approval", 24),
    ("ranked", 50),
    ("matrix", 6),
]


def test_a_result(server, see):
    for method, n in RESULTS:
        made = board(server, n, method)
        server.reveal(made)
        page = see(made, "[data-part=verdict]")
        if n == 7:
            server.act(made, type="decide", option=_second(server, made), because=WORDS)
            expect(page.locator("[data-part=verdict]")).to_contain_text("Decided")
            expect_no_faults(page, page.locator("[data-part=verdict]"))


def _second(server, made):
    return server.state(made)["board"]["options"][1]["id"]


def test_before_the_first_round(server, see):
    for n in (2, 8, 50):
        names = [{"name": f"{i} {NAMES[i % 6]}"[:80]} for i in range(n)]
        made = server.new_board(title="W" * 200, options=names)
        page = see(made, ".screen[data-shows=join] .code")
        page.keyboard.press("j")
        expect_no_faults(page, page.locator(".names li").last)
