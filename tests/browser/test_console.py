"""The host's console, the ballot and the shared screen in the states between the big ones."""

import json
import re
import socket
import urllib.request
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from browser.accessibility import FAINT, NAMELESS, RUN_AXE
from browser.elections import TEAM
from browser.pages import DESK, PHONE, STAGE, about_you, card, give_name, saved, see_first, tap
from support.client import connect_blocking


@pytest.fixture
def board(server):
    return server.new_board(**TEAM)


@contextmanager
def ballot_page_open(server, board):
    """A ballot page that is just a line, which breaks at the end without a farewell."""
    with urllib.request.urlopen(board.address, timeout=10) as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
    with connect_blocking(
        server.address, board.code, cookie=cookie, origin=server.address
    ) as connection:
        connection.send(json.dumps({"type": "hello", "view": "ballot"}))
        while json.loads(connection.recv(timeout=10))["type"] != "welcome":
            pass
        yield
        connection.socket.shutdown(socket.SHUT_RDWR)


def test_a_vote_that_may_be_on_its_way_is_said_before_voting_closes(server, board, person):
    host = person(board.host, DESK)
    server.open_round(board)
    with ballot_page_open(server, board):
        expect(host.locator(".next-hint")).to_have_text("0 voted, 1 still choosing.")
        host.get_by_role("button", name="Close voting").click()
        question = host.locator(".next .confirm p")
        expect(question).to_contain_text("0 voted, 1 still choosing.")
        server.vote(board, {"approve": ["django"]})
        expect(question).to_contain_text("1 voted, 1 still choosing.")
    lost = "1 person may still have a vote on its way: their connection broke."
    expect(host.get_by_text(lost)).to_be_visible()
    expect(question).to_be_visible()


def test_the_clock_stands_still_on_every_page(server, board, person):
    host, phone = person(board.host, DESK), person(board.address)
    screen = person(board.screen, STAGE)
    server.open_round(board, seconds=120)
    host.get_by_role("button", name="Pause").click()
    expect(host.get_by_role("button", name="Continue")).to_be_visible()
    left = re.compile(r"^Clock paused, (2:00|1:\d\d) left$")
    expect(phone.locator("[data-part=time-left]")).to_have_text(left)
    stands = re.search(r"\d:\d\d", phone.locator("[data-part=time-left]").inner_text())[0]
    expect(screen.get_by_role("timer")).to_have_text(stands)
    tap(phone, "Django")
    saved(phone).to_have_text("✓ saved")
    host.get_by_role("button", name="+1 minute").click()
    more = re.compile(r"^Clock paused, (3:00|2:\d\d) left$")
    expect(phone.locator("[data-part=time-left]")).to_have_text(more)
    host.get_by_role("button", name="Continue").click()
    expect(phone.locator("[data-part=time-left]")).to_have_text(re.compile(r"^(3:00|2:\d\d) left$"))
    expect(screen.get_by_text("Voting open", exact=True)).to_be_visible()


def test_two_consoles_stand_at_the_same_step(server, board, person):
    one, other = person(board.host, DESK), person(board.host, DESK)
    server.open_round(board)
    one.get_by_role("button", name="Close voting").click()
    expect(one.locator(".next .confirm")).to_be_visible()
    other.get_by_role("button", name="Close voting").click()
    other.locator(".confirm").get_by_role("button", name="Close voting").click()
    # What the one was asked has been answered by the other.
    for page in (one, other):
        expect(page.get_by_role("button", name="Reveal results")).to_be_visible()
        expect(page.locator(".next .confirm")).to_have_count(0)


def test_who_only_watches_is_not_waited_for(server, board, person):
    host, phone = person(board.host, DESK), person(board.address)
    voter = person(board.address)
    server.open_round(board)
    about_you(phone)
    watches = phone.get_by_role("switch", name="I am only watching")
    tap(phone, "Django")
    saved(phone).to_have_text("✓ saved")
    watches.click()
    expect(phone.get_by_text("Your vote is in. Withdraw it first")).to_be_visible()
    expect(watches).not_to_be_checked()
    phone.get_by_role("button", name="Dismiss").click()
    phone.get_by_role("button", name="Withdraw").click()
    expect(phone.locator("[data-part=chosen]")).to_have_text("Nothing chosen yet")
    watches.click()
    expect(phone.locator("[data-part=chosen]")).to_have_text("You are watching")
    expect(phone.locator(".vote:visible")).to_have_count(0)
    expect(card(phone, "Flask").get_by_text("You are watching")).to_be_visible()
    expect(host.locator("[data-part=people-words]")).to_have_text(
        "0 voted, 1 still choosing · 1 watching"
    )
    tap(voter, "Flask")
    expect(host.locator(".next-hint")).to_have_text("1 voted, no one is still choosing.")
    watches.click()
    tap(phone, "Flask")
    saved(phone).to_have_text("✓ saved")


def test_a_decision_without_a_round_is_shown_everywhere(server, board, person):
    screen, phone = person(board.screen, STAGE), person(board.address)
    server.act(board, type="decide", option="flask", because="There was no doubt.")
    expect(screen.locator("main").get_by_text("Decided: Flask.")).to_be_visible()
    expect(screen.get_by_text("There was no doubt.")).to_be_visible()
    expect(phone.locator("[data-part=decision]")).to_contain_text("Flask")
    plain = person(board.screen, STAGE, java_script_enabled=False)
    expect(plain.get_by_text("Decided: Flask.")).to_be_visible()
    server.act(board, type="reopen")
    expect(screen.get_by_text("Voting opens in a moment.")).to_be_visible()


def test_a_round_after_the_decision_asks_to_decide_again(server, board, person):
    host = person(board.host, DESK)
    server.open_round(board, "single")
    server.reveal(board)
    server.act(board, type="decide", option="flask", because="For now.")
    expect(host.get_by_role("button", name="Copy the link to the decision")).to_be_visible()
    server.open_round(board, "single")
    server.vote(board, {"choice": "django"}, n=2)
    server.reveal(board)
    expect(host.locator(".next-hint")).to_have_text(
        "There has been another round since this was decided."
    )
    expect(host.locator(".next .button-main")).to_have_text("Change the decision")
    moved = host.get_by_role("table", name="All rounds side by side").get_by_role("row")
    expect(moved.nth(1)).to_contain_text(re.compile("^Django ?1="))
    see_first(host, "1 Django 1")


def test_open_ballots_are_told_by_name_after_the_reveal(server, board, person):
    phone, host = person(board.address), person(board.host, DESK)
    give_name(phone, "Ana")
    server.open_round(board, names="open")
    tap(phone, "Django")
    tap(phone, "Flask")
    saved(phone).to_have_text("✓ saved")
    expect(phone.get_by_text("2 of 4 chosen")).to_be_visible()
    server.reveal(board)
    for page in (phone, host):
        page.get_by_text("Who voted what").click()
        expect(page.locator(".open-ballots li")).to_have_text(["AnaDjango, Flask"])
    server.open_round(board)
    server.reveal(board)
    for page in (phone, host):
        expect(page.get_by_text("Ballots are secret.")).to_be_visible()
        expect(page.get_by_text("Who voted what")).to_be_hidden()


LOOK = {"reduced_motion": "reduce", "bypass_csp": True}


@pytest.fixture(params=["light", "dark"])
def pages(request, server, board, person):
    """Pages in the states that no other test looks at, in one of the two themes."""
    look = LOOK | {"color_scheme": request.param}
    server.open_round(board, "score", seconds=600)
    ballots = ({"scores": {"django": 5, "flask": 5}}, {"scores": {"django": 0, "flask": 5}})
    server.vote(board, *ballots)
    server.reveal(board)
    server.open_round(board, "score", seconds=600)
    server.act(board, type="pause_round", round=2, on=True)
    found = {
        "host": person(board.host, DESK, **look),
        "phone": person(board.host, PHONE, **look),
        "watching": person(board.address, PHONE, **look),
        "earlier": person(board.address, PHONE, **look),
        "screen": person(board.screen, STAGE, **look),
    }
    about_you(found["watching"])
    found["watching"].get_by_role("switch", name="I am only watching").click()
    found["earlier"].get_by_role("heading", name="Rounds side by side").click()
    for name, second in (("host", "Maria"), ("phone", "Jo")):
        page = found[name]
        for fold in page.locator(".host-board .fold > summary").all():
            fold.click()
        page.get_by_label("How many?").fill("2")
        page.get_by_role("button", name="Make invitations").click()
        page.get_by_label("Another host").fill(second)
        page.get_by_role("button", name="Let in").click()
        expect(page.get_by_role("img", name=f"Host link for {second}")).to_be_visible()
        page.get_by_role("button", name="Revoke: Invitation 1", exact=True).click()
        expect(page.locator("[data-part=history] li").first).to_be_visible()
        page.get_by_role("button", name="Close voting").click()
    expect(found["watching"].locator("[data-part=chosen]")).to_have_text("You are watching")
    return found


def test_every_state_can_be_seen_and_has_names(pages):
    for name, page in pages.items():
        assert page.evaluate(NAMELESS) == [], name
        assert page.evaluate(FAINT, 7 if name == "screen" else 4.5) == [], name
        wide = "() => document.documentElement.scrollWidth > innerWidth"
        assert not page.evaluate(wide), name


@pytest.mark.needs("npm")
def test_axe_finds_nothing_in_any_state(pages, axe):
    for name, page in pages.items():
        page.evaluate(axe)
        assert page.evaluate(RUN_AXE) == [], name


@pytest.fixture
def five(server, person):
    """Five phones on a blind round, three of which vote and leave."""
    board = server.new_board()
    server.open_round(board)
    address = board.address
    phones = [person(address) for _ in range(5)]
    for phone in phones[:3]:
        tap(phone, "Flask")
        saved(phone).to_have_text("✓ saved")
        phone.goto("about:blank")
    board.phones = phones[3:]
    return board


def test_those_who_voted_and_left_do_not_hide_those_who_still_choose(server, five, person):
    host = person(five.host, DESK)
    choosing = "3 voted, 2 still choosing"
    expect(host.locator(".next-hint")).to_have_text(f"{choosing}.")
    expect(host.locator("[data-part=people-words]")).to_have_text(choosing)
    host.goto(five.screen)
    expect(host.locator("[data-part=turnout-words]")).to_have_text(choosing)
    expect(host.locator(".ring")).to_have_text("3of 5 have voted")
    host.keyboard.press("r")
    expect(host.locator("[data-part=line]")).to_contain_text(f"{choosing}. Press R again")
    plain = person(five.screen, java_script_enabled=False)
    expect(plain.locator("[data-part=turnout-words]")).to_have_text(choosing)
    host.go_back()
    host.get_by_role("button", name="Close voting").click()
    expect(host.locator(".next .confirm p")).to_contain_text(f"{choosing}. Close voting")
    host.locator(".confirm").get_by_role("button", name="Close voting").click()
    host.get_by_role("button", name="Reveal results").click()
    expect(host.locator(".next .confirm p")).to_contain_text("3 voted, 2 did not. Show the result")


def test_who_leaves_without_a_vote_is_not_waited_for(server, five, person):
    screen = person(five.screen, DESK)
    for phone in five.phones:
        phone.goto("about:blank")
    expect(screen.locator("[data-part=turnout-words]")).to_have_text("All 3 have voted")
