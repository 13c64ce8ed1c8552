"""The replay of a meeting: played to its end, scrubbed with the keyboard, and quiet where asked."""

import datetime as dt
import re
import urllib.request

import pytest
from playwright.sync_api import expect

from browser.accessibility import FAINT, NAMELESS
from browser.pages import DESK, PHONE, see_first, until
from support import wait

NAMES = ("NATS", "Kafka")


@pytest.fixture(scope="module")
def board(server):
    """A meeting with an open round and a decision."""
    board = server.new_board(title="Which queue?", options=[{"name": name} for name in NAMES])
    server.open_round(board, "approval", names="open")
    server.vote(board, *({"approve": [each]} for each in ("nats", "nats", "kafka")))
    server.act(board, type="lock_round", round=1)
    server.reveal(board)
    server.act(board, type="decide", option="nats", because="Small.")
    told(server, board, '"decided"')
    return board


def told(server, board, words):
    """Wait until the replay tells it: another process may answer, a moment behind."""

    def fetched():
        with urllib.request.urlopen(
            f"{server.address}/api/boards/{board.code}/replay", timeout=10
        ) as answer:
            return words in answer.read().decode()

    # Both processes, whichever answers.
    wait.until(lambda: all(fetched() for _ in range(4)))


def opened(person, server, board, size=DESK, **more):
    page = person(f"{server.address}/b/{board.code}/replay", size, **more)
    expect(page.locator("[data-part=player]")).to_be_visible()
    return page


def check(page):
    """Everything has a name and can be seen."""
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(FAINT, 4.5) == []


def test_a_meeting_plays_to_its_end(server, board, person):
    page = person(f"{server.address}/b/{board.code}/record", DESK)
    page.get_by_role("link", name="Replay of the meeting").click()
    phase = page.locator("[data-part=phase-now]")
    expect(phase).to_have_text("Not open yet")
    page.get_by_label("Speed").select_option("60")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(phase).to_have_text("Decided", timeout=30_000)
    # At the end it stops by itself, and can be played again.
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    see_first(page, "1\tNATS\t2", "2\tKafka\t1")
    expect(page.get_by_text("Decided: NATS.")).to_be_visible()
    expect(page.locator("[data-part=voted]")).to_have_text("3 voted")


def test_the_line_is_a_slider_that_says_where_it_is(server, board, person):
    page = opened(person, server, board)
    # Ten times as fast, so short a meeting could be over before anyone sees it play.
    page.get_by_label("Speed").select_option("1")
    line = page.get_by_role("slider", name="Time in the meeting")
    line.focus()
    page.keyboard.press("End")
    expect(line).to_have_attribute("aria-valuetext", re.compile("Decided, Round 1, 3 voted$"))
    expect(page.locator("[data-part=phase-now]")).to_have_text("Decided")
    page.keyboard.press("Home")
    expect(page.locator("[data-part=phase-now]")).to_have_text("Not open yet")
    before = float(line.input_value())
    page.keyboard.press("ArrowRight")
    assert float(line.input_value()) > before
    page.keyboard.press("ArrowLeft")
    assert float(line.input_value()) == before
    # Time stands still, because the meeting took a second and would soon be over.
    page.clock.install()
    page.clock.pause_at(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1))
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.get_by_role("button", name="Round 1 revealed").click()
    expect(page.locator("[data-part=phase-now]")).to_have_text("Result")
    see_first(page, "1\tNATS\t2")
    check(page)


def test_a_secret_round_is_told_in_groups_and_says_so(server, person):
    board = server.new_board(title="In secret?", options=[{"name": name} for name in NAMES])
    server.open_round(board, "approval")
    server.vote(board, *({"approve": [("nats", "kafka")[n % 2]]} for n in range(12)))
    page = person(f"{server.address}/b/{board.code}/replay", PHONE)
    expect(page.get_by_text("Round 1 is in progress.")).to_be_visible()
    server.act(board, type="lock_round", round=1)
    server.reveal(board)
    told(server, board, '"revealed"')
    page.reload()
    line = page.get_by_role("slider", name="Time in the meeting")
    expect(page.get_by_text("shuffled groups of at least 5")).to_be_hidden()
    page.get_by_role("button", name="Round 1 closed").click()
    expect(page.get_by_text("shuffled groups of at least 5")).to_be_visible()
    line.focus()
    page.keyboard.press("End")
    see_first(page, "1=\tNATS\t6", "1=\tKafka\t6")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    check(page)


def test_where_less_motion_is_asked_for_nothing_is_animated(server, board, person):
    page = opened(person, server, board, reduced_motion="reduce")
    page.get_by_label("Speed").select_option("60")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("[data-part=phase-now]")).to_have_text("Decided", timeout=60_000)
    see_first(page, "1\tNATS\t2")
    until(page, "() => document.getAnimations().length === 0")


def test_there_is_nothing_to_replay_of_a_board_that_was_just_made(server, person):
    board = server.new_board()
    page = person(f"{server.address}/b/{board.code}/replay", PHONE)
    expect(page.get_by_text("There is nothing to replay yet")).to_be_visible()
