"""How sure a result is, on every page; and the sliders that try other weights."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from browser.accessibility import FAINT, NAMELESS
from browser.elections import BALLOTS, CRITERIA, TEAM
from browser.pages import DESK, PHONE, STAGE

UNCHANGED = ("seq", "board", "round", "tally", "comments")
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def revealed(server):
    def held(method, ballots, **settings):
        board = server.new_board(**TEAM)
        server.open_round(board, method, **settings)
        server.vote(board, *ballots)
        server.reveal(board)
        board.verdict = server.state(board)["tally"]["verdict"]
        return board

    return held


def test_every_page_says_in_a_word_how_sure_it_is_and_why(revealed, person):
    board = revealed("score", BALLOTS["score"])
    assert board.verdict["word"] == "coin_toss"
    for address, view in (
        (board.address, PHONE),
        (board.host, DESK),
    ):
        page = person(address, view)
        block = page.locator("[data-part=sureness]")
        expect(block.locator("[data-part=sureness-word]")).to_have_text("Coin toss")
        because = block.locator("[data-part=sureness-because] > li")
        expect(because).to_have_text(board.verdict["because"])
        block.locator("summary").get_by_text("Read by other rules").click()
        rows = block.get_by_role("table", name="Read by other rules").locator("tbody tr")
        expect(rows).to_have_count(len(board.verdict["readings"]))
        expect(rows.first).to_contain_text("STAR")
        expect(rows.first).to_contain_text("the same winner")
        assert page.evaluate(FAINT, 4.5) == []
        assert page.evaluate(NAMELESS) == []
        assert page.evaluate(SIDEWAYS) <= 0
    screen = person(board.screen, STAGE, reduced_motion="reduce")
    expect(screen.locator(".screen-rule .sureness-word b")).to_have_text("Coin toss")
    expect(screen.get_by_role("button", name="weights")).to_be_hidden()
    # Read at once: every change of the board replaces them.
    parts = screen.locator(".screen-rule .sureness-word > *")
    boxes = parts.evaluate_all(
        "parts => parts.map((part) => part.getBoundingClientRect().toJSON())"
    )
    assert len(boxes) == 3
    for one, other in pairwise(boxes):
        assert other["x"] - (one["x"] + one["width"]) >= 4
    assert screen.evaluate(FAINT, 7) == []


def test_without_a_script_the_word_and_its_reasons_can_be_read(revealed, person):
    board = revealed("single", [{"choice": "flask"}] * 3)
    page = person(board.address, PHONE, java_script_enabled=False)
    expect(page.get_by_text("Solid", exact=True)).to_be_visible()
    expect(page.get_by_text(board.verdict["because"][0])).to_be_visible()
    record = person(f"{board.address}/record", DESK)
    expect(record.get_by_text("How sure: solid.")).to_be_visible()


def test_other_weights_are_tried_with_sliders_and_change_nothing(server, revealed, person):
    board = revealed("matrix", BALLOTS["matrix"], criteria=CRITERIA)
    before = server.state(board)
    screen = person(board.screen, STAGE, reduced_motion="reduce")
    expect(screen.get_by_role("button", name="weights")).to_be_visible()
    screen.keyboard.press("w")
    dialog = screen.get_by_role("dialog", name="Try other weights")
    first = dialog.locator(".weights-order > li").first
    expect(first).to_contain_text("FastAPI")
    dialog.get_by_label("Speed").fill("0")
    expect(first).to_contain_text("Flask")
    expect(dialog.get_by_role("status")).to_have_text(
        "With these weights Flask is first, with 2.80."
    )
    expect(dialog.locator(".weights-share")).to_have_text(["0%", "100%"])
    dialog.get_by_label("Hiring").fill("0")
    expect(dialog.get_by_role("status")).to_have_text("At least one weight must be above 0.")
    dialog.get_by_role("button", name="The round's own weights").click()
    expect(first).to_contain_text("FastAPI")
    expect(dialog.locator(".weights-share")).to_have_text(["75%", "25%"])
    dialog.get_by_role("button", name="Close").click()
    phone = person(board.address, PHONE)
    phone.get_by_text("Try other weights").click()
    slider = phone.get_by_label("Speed")
    slider.focus()
    slider.press("Home")
    expect(phone.locator(".weights-order > li").first).to_contain_text("Flask")
    assert phone.evaluate(FAINT, 4.5) == []
    assert phone.evaluate(SIDEWAYS) <= 0
    after = server.state(board)
    assert [after[name] for name in UNCHANGED] == [before[name] for name in UNCHANGED]
