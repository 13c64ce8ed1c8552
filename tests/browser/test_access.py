"""Access, WCAG 2.2 AA: by axe where npm can fetch it, and always by what we count on ourselves."""

import re

import pytest
from playwright.sync_api import expect

from browser.accessibility import FAINT, NAMELESS, RUN_AXE
from browser.elections import BALLOTS, METHODS, SETTINGS, TEAM
from browser.pages import DESK, PHONE, STAGE, card, comment, rank_all, saved, tap, unfold_all


@pytest.fixture(scope="module")
def board(server):
    made = server.new_board()
    server.open_round(made, visibility="live", names="open")
    return made


def lived_in(page):
    """A ballot in use: a vote, an open talk, an own comment, the facts unfolded."""
    tap(page, "Flask")
    comment(page, "Flask", "Good for `small` things.")
    card(page, "Django").locator("[data-part=more] summary").click()
    saved(page).to_have_text("✓ saved")
    expect(card(page, "Flask").get_by_role("button", name="Delete")).to_be_visible()


@pytest.fixture(params=["light", "dark"])
def pages(request, server, board, person):
    """Every page by name, in one of the two themes."""
    # Axe measures with inline styles, which the content policy rightly stops.
    look = {"color_scheme": request.param, "reduced_motion": "reduce", "bypass_csp": True}
    ballot = person(board.address, PHONE, **look)
    lived_in(ballot)
    found = {
        "ballot": ballot,
        "home": person(server.address, DESK, **look),
        "screen": person(board.screen, STAGE, **look),
        "host": person(board.host, DESK, **look),
        "problem": person(f"{board.address}/host", PHONE, forgive=("403",), **look),
    }
    expect(found["host"].get_by_role("button", name="Close voting")).to_be_visible()
    expect(found["screen"].locator(".ranking .bar").first).to_contain_text("Flask")
    return found


def test_everything_has_a_name_and_can_be_seen(pages):
    for name, page in pages.items():
        assert page.evaluate(NAMELESS) == [], name
        assert page.evaluate(FAINT, 7 if name == "screen" else 4.5) == [], name
        assert page.locator("h1").count() == 1, name
        assert page.locator("main#main").count() == 1, name


@pytest.mark.needs("npm")
def test_axe_finds_nothing(pages, axe):
    host = pages["host"]
    host.get_by_role("button", name="Close voting").click()
    for name, page in pages.items():
        # Evaluated, not added to the page: its content policy admits no other script.
        page.evaluate(axe)
        assert page.evaluate(RUN_AXE) == [], name


@pytest.fixture(params=METHODS)
def meeting(request, server, person):
    """Of one method: a ballot on a phone and on a desktop, a result on all three pages."""
    look = {"reduced_motion": "reduce", "bypass_csp": True}
    boards = []
    for state in ("open", "revealed"):
        board = server.new_board(**TEAM)
        server.open_round(board, request.param, **SETTINGS.get(request.param, {}))
        server.vote(board, *BALLOTS[request.param])
        if state == "revealed":
            server.reveal(board)
        boards.append(board)
    voted, revealed = (board.address for board in boards)
    found = {
        "phone": person(voted, PHONE, color_scheme="dark", **look),
        "desk": person(voted, DESK, **look),
        "result": person(revealed, PHONE, **look),
        "screen": person(f"{revealed}/screen", STAGE, **look),
        "host": person(
            f"{revealed}/host?key={boards[1].host_key}", DESK, color_scheme="dark", **look
        ),
    }
    for name in ("phone", "desk"):
        page = found[name]
        expect(page.get_by_text("Nothing chosen yet").first).to_be_visible()
        rank_all(page)
        page.locator(".receipt summary").click()
    for name in ("result", "host"):
        unfold_all(found[name])
    expect(found["screen"].locator("[data-part=verdict]")).to_be_visible()
    return found


def test_every_method_can_be_seen_and_has_names(meeting):
    for name, page in meeting.items():
        assert page.evaluate(NAMELESS) == [], name
        assert page.evaluate(FAINT, 7 if name == "screen" else 4.5) == [], name


@pytest.mark.needs("npm")
def test_axe_finds_nothing_on_any_methods_pages(meeting, axe):
    host = meeting["host"]
    for name, page in meeting.items():
        page.evaluate(axe)
        assert page.evaluate(RUN_AXE) == [], name
    host.get_by_role("button", name="Open another round").click()
    expect(host.get_by_role("dialog")).to_be_visible()
    for fold in host.locator("dialog[open] .fold > summary").all():
        fold.click()
    assert host.evaluate(RUN_AXE) == []


def test_a_ballot_is_cast_by_keyboard_alone(board, person):
    page = person(board.address, DESK)
    expect(page.get_by_text("Nothing chosen yet")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    control = card(page, "Django").locator(".vote input")
    for _ in range(60):
        page.keyboard.press("Tab")
        if control.evaluate("node => node === document.activeElement"):
            break
    expect(control).to_be_focused()
    page.keyboard.press("Space")
    expect(control).to_be_checked()
    saved(page).to_have_text("✓ saved")
    expect(control).to_be_focused()


def test_a_reveal_is_said_at_once_and_votes_calmly(server, person):
    board = server.new_board()
    server.open_round(board)
    page = person(board.address)
    said = page.locator("#announcer")
    tap(page, "Django")
    saved(page).to_have_text("✓ saved")
    expect(said).to_have_text("")
    expect(said).to_have_text("1 voted, no one is still choosing.", timeout=12_000)
    server.act(board, type="reveal_round", round=1)
    expect(said).to_have_text(re.compile("Look at the screen"), timeout=2_000)
    server.act(board, type="reveal_round", round=1, at_once=True)
    expect(said).to_have_text(
        re.compile("The result is shown. Django has 1 approval, 1 more than"), timeout=2_000
    )
