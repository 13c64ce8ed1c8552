"""The console says what the room sees, and the shared screen shows just that."""

import pytest
from playwright.sync_api import expect

from browser.elections import TEAM
from browser.pages import DESK, STAGE, comment, saved, tap


@pytest.fixture
def board(server):
    return server.new_board(**TEAM)


SENTENCE = "[data-part=room-sees]"
RECORD = f"""() => {{
    window.said = [];
    const node = document.querySelector("{SENTENCE}");
    new MutationObserver(() => window.said.push(node.textContent)).observe(node, {{ childList: true }});
}}"""


@pytest.fixture
def host(board, person):
    return person(board.host, DESK)


@pytest.fixture
def both(board, host, person):
    """Expect a sentence on the console, and on the shared screen what is said."""
    screen = person(board.screen, STAGE)

    def expect_both(sentence, shows, *, bars):
        expect(host.locator(SENTENCE)).to_have_text(sentence)
        expect(screen.locator(f"[data-part=screen][data-shows={shows}]")).to_be_visible()
        expect(screen.locator(".ranking .bar:visible")).to_have_count(bars)
        return screen

    return expect_both


def test_from_the_code_to_the_reveal_of_a_blind_round(server, board, host, both, person):
    screen = both("How to join, as large as it goes.", "join", bars=0)
    phone = person(board.address)
    comment(phone, "Flask", "Small.")
    both("How to join, the options, and what people say.", "setup", bars=0)
    expect(screen.locator("[data-part=latest-comments]")).to_contain_text("Small.")

    server.open_round(board)
    tap(phone, "Flask")
    saved(phone).to_have_text("✓ saved")
    both("How many have voted, and the options. No result.", "turnout", bars=0)
    server.act(board, type="lock_round", round=1)
    both("That voting is closed, and the options. No result.", "turnout", bars=0)
    expect(screen.locator("[data-part=turnout-words]")).to_contain_text("Voting is closed")

    host.evaluate(RECORD)
    server.act(board, type="reveal_round", round=1)
    both("In the largest letters: Flask", "results", bars=4)
    expect(screen.locator("[data-part=verdict] b")).to_have_text("Flask")
    # The winner is not named a moment before the room sees it.
    reveal = "The reveal, from the last place to the first."
    assert host.evaluate("window.said") == [reveal, "In the largest letters: Flask"]


def test_what_the_host_sees_before_the_reveal_is_not_said_of_the_room(server, board, host, both):
    server.act(board, type="set_board", settings={"host_sees_results": True})
    server.open_round(board, names="open")
    server.vote(board, {"approve": ["flask"]})
    expect(host.locator(".host-results .bar").first).to_contain_text("Flask")
    both("How many have voted, and the options. No result.", "turnout", bars=0)


def test_a_host_who_has_voted_sees_more_than_the_room(server, board, host):
    server.open_round(board, visibility="after_vote", names="open")
    ballot, screen = (host.context.new_page() for _ in range(2))
    ballot.goto(board.address)
    tap(ballot, "Flask")
    expect(card_result(ballot)).to_be_visible()
    # In the browser of the host, too, the screen is the room's.
    screen.goto(board.screen)
    expect(screen.locator("[data-part=turnout-words]")).to_contain_text("voted")
    expect(screen.locator("[data-part=screen][data-shows=turnout]")).to_be_visible()
    expect(host.locator(SENTENCE)).to_have_text("How many have voted, and the options. No result.")


def card_result(page):
    return page.locator("[data-part=cards] [data-part=result]:visible").first


def test_live_bars_and_what_is_decided(server, board, both):
    server.open_round(board, visibility="live", names="open")
    server.vote(board, {"approve": ["flask"]})
    both("The result so far, as people vote.", "results", bars=4)
    server.reveal(board)
    both("In the largest letters: Flask", "results", bars=4)
    server.act(board, type="decide", option="django", because="We know it.")
    screen = both("In the largest letters: Decided: Django.", "results", bars=4)
    expect(screen.locator("[data-part=verdict] b")).to_have_text("Decided: Django.")


def test_a_decision_without_a_round(server, board, both):
    server.act(board, type="decide", option="flask", because="There was no doubt.")
    decided = "Decided: Flask. This was decided without a vote."
    screen = both(f"In the largest letters: {decided}", "setup", bars=0)
    expect(screen.locator("[data-part=call]")).to_have_text(decided)
