"""The pictures of a round on the page of its board: loaded when they are unfolded, and not before."""

from playwright.sync_api import expect

from browser.elections import BALLOTS, TEAM
from browser.pages import PHONE


def test_pictures_are_loaded_when_they_are_unfolded_in_the_colours_of_the_page(server, person):
    board = server.new_board(**TEAM)
    server.open_round(board, "score")
    server.vote(board, *BALLOTS["score"])
    server.reveal(board)
    page = person(board.address, viewport=PHONE, color_scheme="dark")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    fold = page.locator("details.fold").filter(has_text="In pictures").first
    expect(fold).to_be_visible()
    assert not any("/pictures" in url for url in asked)
    fold.locator("> summary").click()
    figures = fold.locator(".picture")
    expect(figures).to_have_count(3)
    expect(figures.nth(1).locator("svg")).to_have_accessible_name(
        "\u2068FastAPI\u2069 against each other option"
    )
    assert len([url for url in asked if "/pictures" in url]) == 1
    ink = figures.first.locator("text").first.evaluate("node => getComputedStyle(node).fill")
    assert ink == page.locator("body").evaluate("node => getComputedStyle(node).color")
    figures.first.locator("summary").click()
    expect(figures.first.get_by_role("row").nth(1)).to_contain_text("FastAPI")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    fold.locator("> summary").click()
    fold.locator("> summary").click()
    expect(figures).to_have_count(3)
    assert len([url for url in asked if "/pictures" in url]) == 1
