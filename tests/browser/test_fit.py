"""Every page at its sizes: nothing scrolls sideways, nothing is too small to read or to hit."""

import pytest
from playwright.sync_api import expect

from browser.boxes import DOWN, SIDEWAYS, SMALL_TARGETS
from browser.elections import BALLOTS, METHODS, SETTINGS, TEAM
from browser.pages import PHONE, card, rank_all, saved, tap, unfold_all

SMALLEST_TEXT = """() => {
    const walker = document.createTreeWalker(document.querySelector(".screen"), NodeFilter.SHOW_TEXT);
    let smallest = [Infinity, ""];
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !node.checkVisibility() || node.closest(".visually-hidden, table, noscript, template")) continue;
        const size = parseFloat(getComputedStyle(node).fontSize);
        if (size < smallest[0]) smallest = [size, walker.currentNode.textContent.trim()];
    }
    return smallest;
}"""


@pytest.fixture(scope="module")
def boards(server):
    """Boards of every size a screen must bear, by name."""
    seven = server.new_board()
    server.open_round(seven, visibility="live", names="open")
    hidden = server.new_board(title="W" * 200, options=[{"name": f"Option {i}"} for i in range(7)])
    server.open_round(hidden, seconds=600)
    fifty = server.new_board(
        title="Which of fifty?",
        options=[{"name": f"Option {i:02} with a name that goes on"} for i in range(50)],
    )
    server.open_round(fifty, visibility="live", names="open")
    fifty_hidden = server.new_board(
        title="Which of fifty?", options=[{"name": f"Number {i}"} for i in range(50)]
    )
    server.open_round(fifty_hidden)
    setup = server.new_board()
    return {
        "seven": seven,
        "hidden": hidden,
        "fifty": fifty,
        "fifty_hidden": fifty_hidden,
        "setup": setup,
    }


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160), (1024, 768)])
@pytest.mark.parametrize("name", ["seven", "hidden", "fifty", "fifty_hidden", "setup"])
def test_the_screen_fits_and_is_read_from_afar(server, boards, person, name, size):
    width, height = size
    page = person(
        f"{server.address}/b/{boards[name].code}/screen", {"width": width, "height": height}
    )
    expect(page.locator("html.scripted")).to_have_count(1)
    expect(page.locator("[data-part=screen]")).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(DOWN) <= 0
    size_of_text, text = page.evaluate(SMALLEST_TEXT)
    assert size_of_text >= 0.015 * height - 0.01, text
    shown = page.locator(".ranking .bar:visible, .names li:visible")
    for item in (shown.first, shown.last):
        box = item.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
        assert box["height"] >= 0.015 * height


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_pages_never_scroll_sideways(server, boards, person, width):
    addresses = [f"{server.address}/", f"{server.address}/b/{boards['seven'].code}/screen"]
    for board in boards.values():
        addresses.append(board.address)
        addresses.append(board.host)
    page = person(addresses[0], {"width": width, "height": 844})
    for address in addresses:
        page.goto(address)
        assert page.evaluate(SIDEWAYS) <= 0, address


def test_targets_suit_a_thumb(server, boards, person):
    page = person(f"{server.address}/b/{boards['seven'].code}", PHONE)
    tap(page, "Flask")
    saved(page).to_have_text("✓ saved")
    card(page, "Django").locator("[data-part=more] summary").click()
    card(page, "Django").locator("[data-part=talk] summary").click()
    page.get_by_label("Your comment on Django").fill("One.")
    page.get_by_role("button", name="Post").first.click()
    expect(card(page, "Django").get_by_role("button", name="Delete")).to_be_visible()
    assert page.evaluate(SMALL_TARGETS) == []


def test_the_vote_control_is_in_reach_at_once(server, boards, person):
    """Usable within seconds of scanning the code: a vote needs no scrolling on a phone."""
    page = person(f"{server.address}/b/{boards['seven'].code}", PHONE)
    expect(page.locator(".vote").first).to_be_in_viewport()


@pytest.fixture(scope="module")
def rounds(server):
    """For every method a board that is voted on, and one whose result is shown."""
    found = {}
    for method in METHODS:
        for state in ("open", "revealed"):
            board = server.new_board(**TEAM)
            server.open_round(board, method, **SETTINGS.get(method, {}))
            server.vote(board, *BALLOTS[method])
            if state == "revealed":
                server.reveal(board)
            found[method, state] = board
    return found


@pytest.mark.parametrize("method", METHODS)
def test_every_ballot_suits_a_thumb(rounds, person, method):
    page = person(rounds[method, "open"].address, PHONE, has_touch=True, is_mobile=True)
    expect(page.get_by_text("Nothing chosen yet").first).to_be_visible()
    # As the page opens: what is pressed below may scroll it.
    in_reach = page.locator(".vote, .scale, .dots, .rank-row").first
    expect(in_reach).to_be_in_viewport()
    rank_all(page)
    page.locator(".receipt summary").click()
    assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_ballot_or_result_scrolls_sideways(rounds, person, width):
    page = person(rounds["single", "open"].address, {"width": width, "height": 844})
    for board in rounds.values():
        for address in (board.address, board.host):
            page.goto(address)
            expect(page.locator("html.scripted")).to_have_count(1)
            unfold_all(page)
            assert page.evaluate(SIDEWAYS) <= 0, address


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1024, 768)])
@pytest.mark.parametrize("method", METHODS)
def test_every_result_fits_the_screen(rounds, person, method, size):
    width, height = size
    address = f"{rounds[method, 'revealed'].address}/screen"
    page = person(address, {"width": width, "height": height}, reduced_motion="reduce")
    expect(page.locator("[data-part=verdict]")).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(DOWN) <= 0
    size_of_text, text = page.evaluate(SMALLEST_TEXT)
    assert size_of_text >= 0.015 * height - 0.01, text
    foot = page.locator(".screen-foot").bounding_box()["y"]
    last = page.locator(".ranking .bar").last.bounding_box()
    assert last["y"] + last["height"] <= foot
