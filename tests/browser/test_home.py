"""The first page: what is seen of it at once, and the example that plays."""

import re

import pytest
from playwright.sync_api import expect

from browser.pages import DESK, PHONE

TALLEST = {"width": 360, "height": 740}


def example(page):
    return page.get_by_role("region", name="What the room sees")


def bottom(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"]


@pytest.mark.parametrize("viewport", [TALLEST, DESK], ids=["phone", "desk"])
def test_to_start_and_to_join_needs_no_scrolling(server, person, viewport):
    page = person(server.address, viewport)
    controls = (
        page.get_by_role("heading", level=1),
        page.get_by_label("Options, one per line"),
        page.get_by_role("button", name="Start the board", exact=True),
        page.get_by_label("Join with a code"),
        page.get_by_role("button", name="Join", exact=True),
    )
    for control in controls:
        assert bottom(control) <= viewport["height"], control


def test_a_code_that_no_board_has_is_told_in_sight(server, person):
    page = person(f"{server.address}/?code=ZZZ-ZZZ", TALLEST, forgive=["404"])
    expect(page.get_by_label("Join with a code")).to_be_focused()
    expect(page.get_by_text("There is no board with this code.")).to_be_in_viewport(ratio=1)


def test_the_example_plays_while_it_is_seen_and_until_it_is_paused(server, person):
    page = person("about:blank", PHONE)
    page.clock.install()
    page.goto(server.address)
    shown = example(page)
    expect(shown.get_by_role("button", name="Pause")).to_have_count(1)
    expect(shown).not_to_have_attribute("data-plays", "")
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_attribute("data-plays", "")
    seen, heights = set(), set()
    for _ in range(60):
        page.clock.run_for(500)
        seen.add(page.locator("[data-part=stage] [data-phase]").get_attribute("data-phase"))
        heights.add(shown.bounding_box()["height"])
    assert seen == {"open", "locked", "revealing", "revealed"}
    assert len(heights) == 1
    shown.get_by_role("button", name="Pause").click()
    expect(shown).not_to_have_attribute("data-plays", "")
    paused = shown.inner_html()
    page.clock.run_for(60_000)
    assert shown.inner_html() == paused
    shown.get_by_role("button", name="Play").click()
    expect(shown).to_have_attribute("data-plays", "")


def test_the_example_stands_at_its_result_for_those_who_want_no_motion(server, person):
    page = person(server.address, DESK, reduced_motion="reduce")
    expect(page.locator("html")).to_have_class(re.compile("scripted"))
    shown = example(page)
    expect(shown.get_by_role("button", name="Play")).to_be_visible()
    expect(shown).not_to_have_attribute("data-plays", "")
    expect(shown.locator(".bar").first).to_contain_text("NATS")
    # Who cannot see it is told once, in a sentence.
    expect(shown.locator("[data-part=stage]")).to_have_attribute("aria-hidden", "true")
    told = re.compile("An example: 12 people vote .* NATS has 10 approvals")
    expect(shown.get_by_text(told)).to_have_count(1)
    assert shown.locator("[aria-live], [role=status]").count() == 0
