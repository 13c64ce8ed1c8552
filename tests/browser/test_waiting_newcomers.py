"""A newcomer who waits in the lobby, on the phone and on the host's console."""

import re
import urllib.request

import pytest
from playwright.sync_api import expect

from browser.elections import TEAM
from browser.pages import DESK, STAGE, give_name, saved, tap
from server.live.views import CROWD


@pytest.fixture
def board(server):
    return server.new_board(**TEAM)


WAITS = "The host lets people in one by one."


def test_a_newcomer_waits_gives_a_name_is_let_in_and_votes(server, board, person):
    host, here = person(board.host, DESK), person(board.address)
    screen = person(board.screen, STAGE)
    door = host.get_by_role("switch", name=re.compile("Newcomers wait to be let in"))
    door.check()
    expect(door).to_be_checked()
    expect(screen.locator("[data-part=call]")).to_contain_text("The host will let you in")
    server.open_round(board)
    tap(here, "Django")
    saved(here).to_have_text("✓ saved")
    # What the server renders says it, and so does the script.
    new = person(board.address)
    expect(new.locator("[data-part=entry]")).to_contain_text(WAITS)
    give_name(new, "Eve")
    waiting = host.locator("[data-part=lobby-list] li")
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("Eve")
    expect(host.locator("[data-part=lobby-words]")).to_have_text(
        "1 person is waiting to be let in."
    )
    host.get_by_role("button", name="Let in: Eve").click()
    expect(new.locator("[data-part=entry]")).to_be_hidden()
    tap(new, "Django")
    saved(new).to_have_text("✓ saved")
    expect(host.locator("[data-part=people-words]")).to_contain_text("All 2 have voted")
    expect(host.locator("[data-part=lobby-waiting]")).to_be_hidden()


def test_where_all_who_came_wait_the_next_step_is_to_let_them_in(server, board, person):
    host = person(board.host, DESK)
    server.act(board, type="set_board", settings={"entry": "admitted"})
    server.open_round(board)
    hint = host.locator("[data-part=next]")
    expect(hint).to_contain_text("No one has joined yet.")
    person(board.address)
    expect(hint).to_contain_text("Let in the people who are waiting.")


def test_a_crowd_is_told_and_the_door_closed_with_one_tap(server, board, person):
    host, here = person(board.host, DESK), person(board.address)
    server.open_round(board)
    for _ in range(CROWD):
        server.vote(board, {"approve": []})
    crowd = host.locator("[data-part=lobby-crowd]")
    expect(crowd).to_contain_text(re.compile(r"\d+ newcomers within two minutes, from 1 network\."))
    host.get_by_text(re.compile(r"\d+ newcomers in the last 15 minutes")).click()
    expect(host.locator("[data-part=lobby-minutes] li").first).to_contain_text("from 1 network")
    crowd.get_by_role("button", name="Make newcomers wait").click()
    expect(crowd).to_be_hidden()
    more = [person(board.address) for _ in range(2)]
    for page in more:
        expect(page.locator("[data-part=entry]")).to_contain_text(WAITS)
    host.get_by_role("button", name="Let in all 2").click()
    for page in (*more, here):
        expect(page.locator("[data-part=entry]")).to_be_hidden()


def test_the_page_says_it_without_a_script_too(server, board):
    server.act(board, type="set_board", settings={"entry": "admitted"})
    with urllib.request.urlopen(board.address, timeout=10) as answer:
        assert WAITS in answer.read().decode()
