"""Where the system chooses the colours: what was chosen, how long a bar is and how many dots were
given can still be told, from what is drawn.
"""

import pytest
from playwright.sync_api import expect

from browser.elections import BALLOTS, METHODS, SETTINGS, TEAM
from browser.pages import DESK, PHONE, card, press, saved

# How an element and what it draws before itself look: the ground, the border, the text.
LOOK = """(node) => [null, "::before", "::after"].map((part) => {
    const { backgroundColor, borderTopWidth, borderTopColor, color, content } = getComputedStyle(node, part);
    return part && content === "none" ? "" : [backgroundColor, borderTopWidth, borderTopColor, color, content].join(" ");
}).join("; ")"""
GROUND = "node => getComputedStyle(node).backgroundColor"


@pytest.fixture
def board(server):
    def made(method, revealed=False):
        board = server.new_board(**TEAM)
        server.open_round(board, method, **SETTINGS.get(method, {}), shuffle=False)
        if revealed:
            server.vote(board, *BALLOTS[method])
            server.reveal(board)
        board.address = f"{server.address}/b/{board.code}"
        return board

    return made


@pytest.fixture(params=["light", "dark"])
def viewer(request, person):
    def see(address, viewport=PHONE):
        page = person(address, viewport, forced_colors="active", color_scheme=request.param)
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        return page

    return see


def differ(one, other):
    assert one.evaluate(LOOK) != other.evaluate(LOOK)


@pytest.mark.parametrize("method", ["single", "approval", "score", "matrix"])
@pytest.mark.parametrize("size", [PHONE, DESK])
def test_what_was_chosen_looks_different(board, viewer, method, size):
    page = viewer(board(method).address, size)
    if method == "matrix" and size == DESK:
        # A select shows its own value.
        return
    faces = page.locator(".vote-face" if method in ("single", "approval") else ".scale-step span")
    expect(faces.first).to_be_visible()
    inputs = page.locator(".card .vote input, .scale-step input")
    inputs.nth(1).press("Space")
    saved(page).to_have_text("✓ saved")
    expect(inputs.nth(1)).to_be_checked()
    differ(faces.nth(1), faces.nth(0))
    # Not by the border alone, which a low-vision reader may miss.
    assert faces.nth(1).evaluate(GROUND) != faces.nth(0).evaluate(GROUND)


def test_no_opinion_looks_chosen(board, viewer):
    page = viewer(board("score").address)
    none = page.locator(".scale-none")
    none.first.locator("input").press("Space")
    saved(page).to_have_text("✓ saved")
    differ(none.nth(0).locator("span"), none.nth(1).locator("span"))


def test_dots_that_were_given_are_filled(board, viewer):
    page = viewer(board("dots").address, DESK)
    page.get_by_role("button", name="One more dot for Django").press("Enter")
    saved(page).to_have_text("✓ saved")
    dots = card(page, "Django").locator(".dots-shown i")
    assert dots.nth(0).evaluate(GROUND) != dots.nth(1).evaluate(GROUND)


def test_a_switch_tells_on_from_off(server, board, viewer):
    made = board("approval")
    host = viewer(f"{made.address}/host?key={made.host_key}", DESK)
    switch = host.get_by_role("switch", name="Show names")
    expect(switch).to_be_enabled()
    expect(switch).to_be_checked()
    before = switch.evaluate(LOOK)
    switch.press("Space")
    expect(switch).not_to_be_checked()
    assert switch.evaluate(LOOK) != before


@pytest.mark.parametrize("method", METHODS)
def test_bars_have_a_length(board, viewer, method):
    made = board(method, revealed=True)
    for page in (viewer(made.address), viewer(f"{made.address}/host?key={made.host_key}", DESK)):
        track = page.locator(".ranking .bar-track:visible").first
        expect(track).to_be_visible()
        fill = track.locator(".bar-fill")
        assert fill.evaluate(GROUND) != page.locator("body").evaluate(GROUND)
        assert fill.evaluate(GROUND) != track.evaluate(GROUND)
        assert track.evaluate("node => getComputedStyle(node).borderTopWidth") != "0px"


def test_chosen_kinds_and_reactions_look_pressed(board, viewer):
    page = viewer(board("approval").address)
    flask = card(page, "Flask")
    press(flask.locator("[data-part=talk] summary"))
    kinds = flask.locator(".comment-form .segments span")
    flask.get_by_label("Your comment on Flask").fill("One.")
    differ(kinds.nth(0), kinds.nth(1))
    flask.get_by_role("button", name="Post").press("Enter")
    react = flask.locator(".react[aria-pressed]").first
    before = react.evaluate(LOOK)
    react.press("Enter")
    expect(react).to_have_attribute("aria-pressed", "true")
    assert react.evaluate(LOOK) != before
