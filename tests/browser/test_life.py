"""The life of a board, as its host and its people see it."""

import re

import pytest
from playwright.sync_api import expect

from browser.elections import TEAM
from browser.pages import DESK, STAGE, saved, tap

CUT = ("WebSocket connection", "ERR_CONNECTION_REFUSED")


def made(server, **more):
    return server.new_board(**TEAM | more)


@pytest.fixture
def board(server):
    return made(server)


def press(page, name):
    page.locator(".next-steps").get_by_role("button", name=name, exact=True).click()


def test_voting_that_was_closed_too_early_is_opened_again(server, board, person):
    host, phone = person(board.host, DESK), person(board.address)
    server.open_round(board)
    press(host, "Close voting")
    expect(host.locator(".next .confirm")).to_contain_text("You can open it again")
    host.locator(".confirm").get_by_role("button", name="Close voting").click()
    expect(phone.locator("[data-part=phase-now]")).to_have_text("Voting closed")
    press(host, "Open voting again")
    expect(phone.locator("[data-part=phase-now]")).to_have_text("Voting open")
    tap(phone, "Django")
    saved(phone).to_have_text("✓ saved")
    server.reveal(board)
    expect(host.get_by_role("button", name="Open voting again")).to_have_count(0)


def test_a_deferred_decision_is_found_again_after_a_restart(own_server, person):
    board = made(own_server)
    host = person(board.host, DESK, forgive=CUT)
    phone = person(board.address, forgive=CUT)
    screen = person(board.screen, STAGE, forgive=CUT)
    own_server.open_round(board)
    own_server.vote(board, {"approve": ["django"]})
    own_server.reveal(board)
    press(host, "Defer")
    dialog = host.get_by_role("dialog")
    dialog.get_by_label("What is missing").fill("The load test of next week.")
    dialog.get_by_label("Who brings it back").fill("Maria")
    day = dialog.get_by_label("Look at it again on")
    day.fill("2026-01-01")
    dialog.get_by_role("button", name="Defer the decision").click()
    # The browser itself asks for a day that lies ahead.
    expect(dialog).to_be_visible()
    assert not day.evaluate("field => field.validity.valid")
    day.fill("2030-06-01")
    dialog.get_by_role("button", name="Defer the decision").click()
    expect(dialog).to_be_hidden()

    def shown():
        expect(phone.locator("[data-part=phase-now]")).to_have_text("Deferred")
        outcome = phone.locator("[data-part=decision]")
        expect(outcome).to_contain_text(re.compile("Until .*2030"))
        expect(outcome).to_contain_text("The load test of next week.")
        expect(outcome).to_contain_text("Maria brings it back.")
        expect(screen.locator("main")).to_contain_text(re.compile("Deferred until .*2030. Maria"))
        expect(host.locator(".steps [aria-current=step]")).to_have_text("Deferred")

    shown()
    own_server.kill()
    own_server.start()
    for page in (host, phone, screen):
        page.reload()
    shown()
    plain = person(board.address, java_script_enabled=False)
    expect(plain.locator("[data-part=decision]")).to_contain_text("Maria brings it back.")
    phone.goto(own_server.address)
    expect(phone.get_by_role("link", name=re.compile("deferred"))).to_be_visible()
    press(host, "Take it up again")
    host.locator(".confirm").get_by_role("button", name="Take it up again").click()
    expect(host.get_by_role("button", name="Defer")).to_be_visible()
    expect(screen.locator("[data-part=verdict]")).not_to_contain_text("Deferred until")


def test_further_discussion_is_decided_for_where_it_won(server, board, person):
    host, phone = person(board.host, DESK), person(board.address)
    server.open_round(board, "single", further_discussion=True)
    server.vote(board, {"choice": "further-discussion"})
    server.reveal(board)
    press(host, "Decide")
    dialog = host.get_by_role("dialog")
    expect(dialog.get_by_label("Decided for")).to_have_value("further-discussion")
    dialog.get_by_label("Because").fill("None of them is ready.")
    dialog.get_by_role("button", name="Record the decision").click()
    expect(phone.locator("[data-part=decision]")).to_contain_text("Further discussion")
    server.act(board, type="reopen")
    server.open_round(board, "single", further_discussion=True)
    server.vote(board, {"choice": "django"}, n=2)
    server.reveal(board)
    press(host, "Decide")
    choices = dialog.get_by_label("Decided for").get_by_role("option", include_hidden=True)
    assert "Further discussion" not in choices.all_inner_texts()


def test_a_decision_without_a_vote_says_so(server, board, person):
    screen, phone = person(board.screen, STAGE), person(board.address)
    server.act(board, type="decide", option="flask", because="There was no doubt.")
    words = "Decided: Flask. This was decided without a vote."
    expect(screen.locator("main")).to_contain_text(words)
    expect(phone.locator("[data-part=decision]")).to_contain_text("Decided without a vote")
    plain = person(board.screen, STAGE, java_script_enabled=False)
    expect(plain.locator("main")).to_contain_text(words)


def the_end(host):
    host.get_by_text("Archive or delete").click()
    return host.locator("[data-part=life]")


def test_an_archived_board_is_read_only_until_a_host_opens_it_again(server, board, person):
    host, phone = person(board.host, DESK), person(board.address)
    screen = person(board.screen, STAGE)
    server.open_round(board)
    server.reveal(board)
    the_end(host).get_by_role("button", name="Archive the board").click()
    expect(host.get_by_text("This board is archived. Everyone can read it")).to_be_visible()
    for page in (phone, screen):
        expect(page.locator("[data-part=phase-now]")).to_have_text("Archived")
    expect(phone.get_by_text("This board is archived: everyone can read it")).to_be_visible()
    phone.locator("[data-part=talk] > summary").first.click()
    expect(phone.get_by_text("you can read along, but not write.").first).to_be_visible()
    expect(phone.get_by_role("button", name="Post")).to_have_count(0)
    plain = person(board.address, java_script_enabled=False)
    expect(plain.get_by_text("This board is archived: everyone can read it")).to_be_visible()
    press(host, "Open the board again")
    expect(host.get_by_role("button", name="Decide")).to_be_visible()
    expect(phone.get_by_text("This board is archived: everyone can read it")).to_be_hidden()


def test_a_board_is_deleted_everywhere_after_a_second_question(server, board, person):
    host, phone = person(board.host, DESK), person(board.address)
    screen = person(board.screen, STAGE)
    end = the_end(host)
    expect(end.get_by_text("for 90 days after anyone last opened or read it")).to_be_visible()
    end.get_by_role("button", name="Delete the board").click()
    expect(end.get_by_text("Every open page is told.")).to_be_visible()
    end.get_by_role("button", name="Cancel").click()
    end.get_by_role("button", name="Delete the board").click()
    end.get_by_role("button", name="Delete for everyone").click()
    for page in (host, phone, screen):
        expect(page.get_by_text("This board no longer exists").first).to_be_visible()
    missing = "Failed to load resource: the server responded with a status of 404"
    late = person(board.address, forgive=[missing])
    expect(late.get_by_text("no board").first).to_be_visible()
    phone.goto(server.address)
    expect(phone.get_by_text(TEAM["title"])).to_have_count(0)
