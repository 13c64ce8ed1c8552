"""Someone who uses a keyboard stays where they are: nothing that goes away takes the focus to the
start of the page.
"""

import pytest
from playwright.sync_api import expect

from browser.elections import METHODS, SETTINGS, TEAM
from browser.pages import DESK, PHONE, card, press, saved

# A browser takes the focus from what is hidden or disabled only when it draws the next frame.
FOCUSED = """async () => {
    for (let frames = 0; frames < 3; frames += 1) await new Promise(requestAnimationFrame);
    const { activeElement: node } = document;
    return node === document.body ? null : (node.getAttribute("aria-label") ?? node.textContent).trim() || node.tagName;
}"""


@pytest.fixture
def open_board(server):
    """A board of four with a round open: `open_board(method)`."""

    def opened(method="approval"):
        board = server.new_board(**TEAM)
        server.open_round(board, method, **SETTINGS.get(method, {}), shuffle=False)
        board.address = f"{server.address}/b/{board.code}"
        board.host = f"{board.address}/host?key={board.host_key}"
        return board

    return opened


def focused(page):
    """Where the focus is, once it has come to rest. None is nowhere."""
    return page.evaluate(FOCUSED)


# The ballot


CONTROLS = {
    "single": ".card .vote input",
    "approval": ".card .vote input",
    "dots": ".card .dots button",
    "score": ".card .scale input",
    "ranked": ".rank-row .rank-grip",
    "matrix": ".scale input",
}


@pytest.mark.parametrize("method", METHODS)
def test_a_control_that_closes_hands_its_focus_on(server, open_board, person, method):
    board = open_board(method)
    page = person(board.address, PHONE, reduced_motion="reduce")
    control = page.locator(CONTROLS[method]).last
    expect(control).to_be_visible()
    control.focus()
    server.act(board, type="lock_round", round=1)
    expect(page.locator("[data-phase=locked]").first).to_be_visible()
    assert focused(page)
    server.reveal(board)
    expect(page.locator("[data-part=outcome-title]")).to_be_visible()
    assert focused(page)


@pytest.mark.parametrize("method", METHODS)
def test_a_vote_taken_back_leaves_the_focus_at_the_foot(open_board, person, method):
    page = person(open_board(method).address, PHONE)
    expect(page.get_by_text("Nothing chosen yet").first).to_be_visible()
    if method == "ranked":
        page.get_by_role("button", name="Rank Flask").press("Enter")
    elif method == "dots":
        page.get_by_role("button", name="One more dot for Flask").press("Enter")
    else:
        page.locator(CONTROLS[method]).first.press("Space")
    saved(page).to_have_text("✓ saved")
    assert focused(page)
    page.get_by_role("button", name="Withdraw").press("Enter")
    expect(page.locator("[data-part=chosen]")).to_have_text("Nothing chosen yet")
    assert focused(page)
    assert page.evaluate("document.querySelector('footer').contains(document.activeElement)")


def test_comments_are_written_answered_and_deleted_by_keyboard(open_board, person):
    page = person(open_board().address, PHONE)
    flask = card(page, "Flask")
    press(flask.locator("[data-part=talk] summary"))
    field = flask.get_by_label("Your comment on Flask")
    for text in ("One.", "Two."):
        field.fill(text)
        flask.get_by_role("button", name="Post").press("Enter")
        expect(flask.get_by_text(text)).to_be_visible()
        assert text in focused(page)
    expect(flask.get_by_role("button", name="Reply")).to_have_count(2)
    flask.get_by_role("button", name="Reply").first.press("Enter")
    page.keyboard.type("Three.")
    flask.locator(".comment-form-inline").get_by_role("button", name="Reply").press("Enter")
    expect(flask.get_by_text("Three.")).to_be_visible()
    assert focused(page)
    for left in (2, 1, 0):
        flask.get_by_role("button", name="Delete").last.press("Enter")
        expect(flask.get_by_role("button", name="Cancel")).to_be_focused()
        flask.get_by_role("group", name="Delete").get_by_role("button", name="Delete").press(
            "Enter"
        )
        expect(flask.get_by_role("button", name="Delete")).to_have_count(left)
        assert focused(page)


def test_who_writes_when_comments_close_stays_there(server, open_board, person):
    board = open_board()
    page = person(board.address, PHONE)
    flask = card(page, "Flask")
    press(flask.locator("[data-part=talk] summary"))
    flask.get_by_label("Your comment on Flask").focus()
    server.act(board, type="set_board", settings={"comments": "closed"})
    expect(flask.get_by_text("The host has closed comments.")).to_be_visible()
    assert "closed comments" in focused(page)


def test_a_name_is_saved_and_a_proposal_taken_back(server, open_board, person):
    board = open_board()
    server.act(board, type="set_board", settings={"proposals": "open"})
    page = person(board.address, PHONE)
    press(page.locator("[data-part=you] > summary"))
    page.get_by_label("Your name").fill("Mina")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_label("Your name")).to_be_focused()
    for name in ("Bottle", "Falcon", "Pyramid"):
        page.locator("[data-part=proposal-fold]").evaluate("fold => { fold.open = true; }")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Name", exact=True).press("Enter")
        expect(page.get_by_role("button", name=f"Take back your proposal {name}")).to_be_visible()
        assert focused(page)
    for name in ("Falcon", "Bottle", "Pyramid"):
        page.get_by_role("button", name=f"Take back your proposal {name}").press("Enter")
        expect(page.get_by_role("button", name=f"Take back your proposal {name}")).to_have_count(0)
        assert focused(page)


def test_an_option_or_a_result_that_goes_hands_its_focus_on(server, person):
    board = server.new_board(**TEAM)
    page = person(f"{server.address}/b/{board.code}", PHONE, reduced_motion="reduce")
    card(page, "Tornado").locator("[data-part=talk] summary").focus()
    server.act(board, type="remove_option", option="tornado")
    expect(card(page, "Tornado")).to_have_count(0)
    assert "FastAPI" in focused(page)
    server.open_round(board)
    server.vote(board, {"approve": ["flask"]})
    server.reveal(board)
    fold = page.locator("[data-part=counted] > summary")
    expect(fold).to_be_visible()
    fold.focus()
    server.open_round(board)
    expect(fold).to_be_hidden()
    assert focused(page) == TEAM["title"]


# The console


def test_the_whole_round_by_keyboard(server, open_board, person):
    board = open_board()
    server.vote(board, {"approve": ["flask"]}, {"approve": ["flask", "django"]})
    host = person(board.host, DESK, reduced_motion="reduce")
    steps = host.locator(".next-steps")

    def press(name, sure=True):
        steps.get_by_role("button", name=name, exact=True).press("Enter")
        if sure:
            expect(steps.get_by_role("button", name="Cancel")).to_be_focused()
            steps.get_by_role("button", name=name, exact=True).press("Enter")
        assert focused(host)

    steps.get_by_role("button", name="Close voting").press("Enter")
    steps.get_by_role("button", name="Cancel").press("Enter")
    expect(steps.get_by_role("button", name="Close voting")).to_be_focused()
    press("Last minute", sure=False)
    expect(steps.get_by_role("button", name="Pause")).to_be_visible()
    assert focused(host)
    press("Close voting")
    expect(steps.get_by_role("button", name="Reveal results")).to_be_visible()
    # What is pressed twice by mistake does not go two steps.
    expect(host.locator(".next-hint")).to_be_focused()
    press("Reveal results")
    expect(steps.get_by_role("button", name="Show it now")).to_be_visible()
    expect(host.locator(".next-hint")).to_be_focused()
    press("Show it now", sure=False)
    expect(steps.get_by_role("button", name="Open another round")).to_be_visible()
    assert focused(host)


def test_what_a_dialog_changes_does_not_lose_the_focus(server, person):
    board = server.new_board(**TEAM)
    host = person(f"{server.address}/b/{board.code}/host?key={board.host_key}", DESK)
    dialog = host.get_by_role("dialog")
    row = host.locator("[data-part=options] > li").filter(has_text="Flask")
    row.get_by_role("button", name="Remove").press("Enter")
    row.get_by_role("button", name="Cancel").press("Enter")
    expect(row.get_by_role("button", name="Remove")).to_be_focused()
    row.get_by_role("button", name="Remove").press("Enter")
    row.get_by_role("group").get_by_role("button", name="Remove").press("Enter")
    expect(row).to_have_count(0)
    assert focused(host)
    host.get_by_role("button", name="Edit the question").press("Enter")
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(dialog).to_be_hidden()
    expect(host.get_by_role("button", name="Edit the question")).to_be_focused()
    host.locator(".next-steps").get_by_role("button", name="Open voting").press("Enter")
    dialog.get_by_role("button", name="Open voting").press("Enter")
    expect(dialog).to_be_hidden()
    expect(host.get_by_role("button", name="Close voting")).to_be_visible()
    assert focused(host)


def test_a_notice_that_is_dismissed_leaves_the_focus_on_the_page(server, open_board, person):
    board = open_board()
    server.act(board, type="set_board", settings={"proposals": "open"})
    page = person(board.address, PHONE)
    press(page.locator("[data-part=proposal-fold] > summary"))
    page.get_by_label("Name", exact=True).fill("Flask")
    page.get_by_label("Name", exact=True).press("Enter")
    dismiss = page.get_by_role("button", name="Dismiss")
    dismiss.press("Enter")
    expect(dismiss).to_have_count(0)
    assert focused(page)
