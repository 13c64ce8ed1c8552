"""The ballot in one hand: on a small phone, everything is near, in sight, and found again."""

import re

import pytest
from playwright.sync_api import expect

from browser.boxes import COVERED, SIDEWAYS, SMALL_TARGETS
from browser.elections import CRITERIA, METHODS
from browser.pages import ballot_words, card, rank_row, saved, tap, unfold_all, until

SMALL = {"width": 360, "height": 740}
TOUCH = {"has_touch": True, "is_mobile": True}
FOUR = [
    *CRITERIA,
    {"id": "care", "name": "Upkeep", "weight": 2},
    {"id": "fit", "name": "Fit", "weight": 1},
]
LONG = "https://" + "intranet.example.com/" + "x" * 90
HEIGHT = "document.documentElement.scrollHeight"


@pytest.fixture
def opened(server):
    """A board with an open round: `opened(method, **draft)`; without a draft, the seed's seven."""

    def opened(method, criteria=CRITERIA, **draft):
        board = server.new_board(**draft)
        server.open_round(board, method, **({"criteria": criteria} if method == "matrix" else {}))
        board.address = f"{server.address}/b/{board.code}"
        return board

    return opened


def ready(page):
    expect(page.get_by_text("Nothing chosen yet").first).to_be_visible()


@pytest.mark.parametrize("method", METHODS)
def test_seven_options_need_one_scroll_at_most(opened, person, method):
    page = person(opened(method, FOUR).address, SMALL, **TOUCH)
    ready(page)
    assert page.evaluate(HEIGHT) <= 2 * SMALL["height"]
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(SMALL_TARGETS) == []
    # The first vote needs no scrolling.
    expect(page.locator(".vote, .scale, .dots, .rank-row").first).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_that_has_the_focus_lies_under_the_header_or_the_bar(opened, person, method):
    page = person(opened(method).address, SMALL, reduced_motion="reduce")
    ready(page)
    assert page.evaluate(COVERED) == []
    page.locator("[data-part=cards] > li").first.evaluate("card => card.scrollIntoView()")
    until(
        page,
        """document.querySelector("[data-part=cards] > li").getBoundingClientRect().top >=
            document.querySelector("[data-part=question]").getBoundingClientRect().bottom""",
    )


@pytest.mark.parametrize("method", METHODS)
def test_a_row_unfolds_and_folds_again(opened, person, method):
    page = person(opened(method).address, SMALL, **TOUCH)
    ready(page)
    row = card(page, "Django")
    facts, talk = row.locator("[data-part=more]"), row.locator("[data-part=talk]")
    expect(row.get_by_text("Built-in ORM")).to_be_hidden()
    facts.locator("summary").tap()
    expect(row.get_by_text("Built-in ORM")).to_be_visible()
    expect(row.get_by_text("The full-stack powerhouse")).to_be_visible()
    expect(row.get_by_role("link", name="Learn more Django")).to_be_visible()
    talk.locator("summary").tap()
    expect(row.get_by_label("Your comment on Django")).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0
    facts.locator("summary").tap()
    talk.locator("summary").tap()
    expect(row.get_by_text("Built-in ORM")).to_be_hidden()
    expect(row.get_by_label("Your comment on Django")).to_be_hidden()


def test_the_question_and_the_state_stay_in_sight(opened, person):
    page = person(opened("approval").address, SMALL, **TOUCH)
    question = page.locator("[data-part=question]")
    ready(page)
    expect(question).to_be_hidden()
    page.evaluate(f"scrollTo(0, {HEIGHT})")
    expect(question).to_be_in_viewport(ratio=1)
    expect(question).to_have_text("Python web frameworks")
    expect(page.locator("[data-part=phase-now]")).to_be_in_viewport(ratio=1)
    expect(page.locator("[data-part=chosen]")).to_be_in_viewport(ratio=1)
    # The last row is not under the bar.
    bar = page.locator("[data-part=bottom]").bounding_box()["y"]
    last = page.locator("[data-part=cards] > li").last.bounding_box()
    assert last["y"] + last["height"] <= bar
    page.evaluate("scrollTo(0, 0)")
    expect(question).to_be_hidden()


FIFTY = {
    "title": "Which of fifty?",
    "options": [{"name": f"Numéro {n:02}", "features": [f"a fact of {n:02}"]} for n in range(50)],
}


def found(page, text):
    field = page.get_by_role("searchbox", name="Find an option", exact=True)
    field.fill(text)
    return field


@pytest.mark.parametrize("method", METHODS)
def test_fifty_options_have_a_filter_that_loses_no_mark(server, opened, person, method):
    board = opened(method, **FIFTY)
    page = person(board.address, SMALL, reduced_motion="reduce", **TOUCH)
    ready(page)
    mark(page, method, "Numéro 41")
    found(page, "numero 17")
    shown = page.locator("[data-part=cards] > li:visible")
    expect(shown).to_have_count(1)
    expect(page.get_by_text("1 of 50 options found")).to_be_visible()
    mark(page, method, "Numéro 17")
    found(page, "fact 4")
    expect(shown).to_have_count(14)
    saved(page).to_have_text("✓ saved")
    found(page, "")
    expect(shown).to_have_count(50)
    ballot_words(page).to_contain_text("Numéro 17")
    if method != "single":
        ballot_words(page).to_contain_text("Numéro 41")
    assert page.evaluate(SIDEWAYS) <= 0


def mark(page, method, name):
    """Say something about an option, in whichever way the method has."""
    if method in ("single", "approval"):
        tap(page, name)
    elif method == "dots":
        page.get_by_role("button", name=f"One more dot for {name}").tap()
    elif method == "ranked":
        rank_row(page, name).get_by_role("button", name=f"Rank {name}").tap()
    elif method == "score":
        card(page, name).get_by_role("radio", name="4", exact=True).tap()
    else:
        page.get_by_role("button", name=re.compile(f"^{name} ")).tap()
        scale = page.get_by_role("radiogroup", name=f"Speed: score for {name}")
        scale.get_by_role("radio", name="4", exact=True).tap()


def test_few_options_have_no_filter(opened, person):
    page = person(opened("approval").address, SMALL)
    ready(page)
    expect(page.get_by_role("searchbox")).to_have_count(0)


def test_what_comes_out_of_sight_is_announced_in_the_bar(server, opened, person):
    board = opened("approval")
    page = person(board.address, SMALL, reduced_motion="reduce")
    ready(page)
    server.vote(board, {"approve": ["flask"]})
    news = page.locator("[data-part=news]")
    page.evaluate(f"scrollTo(0, {HEIGHT})")
    server.reveal(board)
    expect(news).to_have_text("The result is shown above")
    expect(news).to_be_in_viewport(ratio=1)
    news.press("Enter")
    heading = page.locator("[data-part=outcome-title]")
    expect(heading).to_be_in_viewport()
    expect(heading).to_be_focused()
    expect(news).to_be_hidden()
    page.evaluate(f"scrollTo(0, {HEIGHT})")
    server.act(board, type="decide", option="flask", because="It is small.", revisit_on=None)
    expect(news).to_have_text("The decision is shown above")
    # Who scrolls up by themselves needs no button.
    page.evaluate("scrollTo(0, 0)")
    expect(news).to_be_hidden()


def test_who_sees_the_result_come_is_told_nothing_twice(server, opened, person):
    board = opened("approval")
    page = person(board.address, SMALL, reduced_motion="reduce")
    ready(page)
    server.vote(board, {"approve": ["flask"]})
    server.reveal(board)
    expect(page.locator("[data-part=outcome-title]")).to_be_in_viewport()
    expect(page.locator("[data-part=news]")).to_be_hidden()


def test_on_a_desktop_the_ranking_stands_next_to_the_options(opened, person):
    page = person(opened("ranked").address, {"width": 1280, "height": 900})
    ready(page)
    ranking = page.locator("[data-part=vote-ranking]").bounding_box()
    cards = page.locator("[data-part=cards]").bounding_box()
    assert ranking["x"] + ranking["width"] <= cards["x"]
    assert page.evaluate(SIDEWAYS) <= 0


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_long_words_and_addresses_break(server, opened, person, direction):
    board = opened(
        "score",
        title="W" * 120,
        context=f"Read {LONG} first.",
        options=[{"name": "Ab" * 40, "strapline": LONG[:100], "features": [LONG], "link": LONG}]
        + [{"name": f"Option{n}" + "n" * 60} for n in range(3)],
    )
    page = person(board.address, SMALL, **TOUCH)
    ready(page)
    page.evaluate(f"document.documentElement.dir = '{direction}'")
    first = page.locator("[data-part=cards] > li").first
    for fold in page.locator("[data-part=more]:not([hidden]) summary").all():
        fold.tap()
    first.locator("[data-part=talk] summary").tap()
    first.locator("textarea").fill(LONG)
    first.get_by_role("button", name="Post").tap()
    expect(first.locator(".comment")).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0
    first.get_by_role("radio", name="4", exact=True).tap()
    saved(page).to_have_text("✓ saved")
    server.reveal(board)
    expect(page.locator("[data-part=evidence] summary").first).to_be_visible()
    unfold_all(page)
    assert page.evaluate(SIDEWAYS) <= 0
