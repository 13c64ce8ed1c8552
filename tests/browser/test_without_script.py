"""The pages before, or without, any script."""

import re

from playwright.sync_api import expect

from browser.pages import DESK, FRAMEWORKS, STAGE, comment, saved, tap, visit

PHASE = "[data-part=phase-now]"


def missing(page):
    """What the page says about the script that does not run; text locators skip it."""
    note = page.locator("noscript").first
    expect(note).to_be_visible()
    return note.evaluate("node => node.innerText")


def test_every_page_of_a_board_can_be_read(server, person):
    board = server.new_board()
    server.open_round(board, visibility="live", names="open")
    address = board.address
    voter = person(address)
    tap(voter, "Flask")
    comment(voter, "Flask", "Still <small>.")
    saved(voter).to_have_text("✓ saved")
    expect(voter.locator(".comment")).not_to_contain_text("sending")

    ballot = person(address, java_script_enabled=False)
    for name in FRAMEWORKS:
        expect(ballot.get_by_role("heading", name=name, exact=True)).to_be_visible()
    assert "need JavaScript" in missing(ballot)
    expect(ballot.get_by_text("1 of 1 voter")).to_be_visible()
    ballot.get_by_text("1 comment", exact=False).first.click()
    expect(ballot.get_by_text("Still <small>.")).to_be_visible()
    expect(ballot.get_by_role("textbox")).to_have_count(0)

    screen = person(f"{address}/screen", STAGE, java_script_enabled=False)
    expect(screen.locator(".ranking .bar")).to_have_count(7)
    expect(screen.locator(".ranking .bar").first).to_contain_text("Flask")
    host = person(f"{address}/host?key={board.host_key}", DESK, java_script_enabled=False)
    assert "needs JavaScript" in missing(host)
    expect(host.get_by_text("Still <small>.")).to_be_visible()


def test_a_new_round_is_not_called_decided(server, person):
    board = server.new_board()
    server.open_round(board)
    server.act(board, type="reveal_round", round=1)
    server.act(board, type="decide", option="flask", because="We know it.")
    address = board.address
    page = person("about:blank", java_script_enabled=False)
    visit(page, address, PHASE, "Decided")

    server.open_round(board)
    for view in ("", "/screen"):
        visit(page, address + view, PHASE, "Voting open")
    host = f"{address}/host?key={board.host_key}"
    visit(page, host, "[data-part=steps] [aria-current=step]", "Voting")
    server.act(board, type="lock_round", round=2)
    visit(page, address, PHASE, "Voting closed")


def test_a_board_can_be_made_and_joined(server, person):
    page = person(server.address, DESK, java_script_enabled=False)
    page.get_by_label("What are you deciding?").fill("Which queue?")
    page.get_by_label("Options, one per line").fill("NATS\nKafka")
    page.get_by_role("button", name="Start the board", exact=True).click()
    expect(page).to_have_url(re.compile("/host$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Which queue?")
    page.goto(f"{server.address}/?code={page.url.split('/')[-2]}")
    expect(page.get_by_role("heading", name="NATS")).to_be_visible()
