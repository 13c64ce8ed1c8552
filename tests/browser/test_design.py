"""The page of all components in a browser: each is drawn by the scripts of the pages."""

import pytest
from playwright.sync_api import expect

from browser.pages import DESK, PHONE
from browser.server import Server


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("design"), "--dev").start()
    yield f"{running.address}/design"
    running.close()


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_every_component_is_drawn_and_nothing_scrolls_sideways(design, person, viewport, scheme):
    page = person(design, viewport=viewport, color_scheme=scheme)
    options = page.locator(".design .cards > .card").count()
    expect(page.locator(".rank-row")).to_have_count(options)
    expect(page.locator("[data-part=matrix-form] *").first).to_be_visible()
    expect(page.locator(".ranking .bar")).to_have_count(options)
    for control in (".vote", ".scale", ".dots"):
        expect(page.locator(f".design-cards {control}").first).to_be_visible()
    expect(page.locator(".duel-bars").first).to_be_visible()
    page.get_by_role("button", name="One more dot for").first.click()
    expect(page.locator(".design-cards .dots b").first).to_have_text("1")
    page.locator("[data-part=dialogs] button").first.click()
    expect(page.locator("dialog[open] .button-main")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
