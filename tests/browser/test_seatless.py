"""A browser that cannot hold a seat is told why, and what to do; it is never left to watch."""

import contextlib
import json

import pytest
from playwright.sync_api import expect

from browser.conftest import BROWSER, FLAGS
from browser.pages import PHONE, card, saved, tap
from browser.server import Server
from support.replication import Relay

NAME = "vote.test"


@pytest.fixture
def other_browser(tmp_path, driver):
    """Start a Chromium of its own, with preferences."""
    running = []

    def start(**preferences):
        profile = tmp_path / f"profile{len(running)}"
        (profile / "Default").mkdir(parents=True)
        (profile / "Default" / "Preferences").write_text(json.dumps(preferences))
        context = driver.chromium.launch_persistent_context(
            profile,
            executable_path=BROWSER,
            args=[*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
            viewport=PHONE,
        )
        running.append(context)
        return context.pages[0]

    yield start
    for context in running:
        context.close()


def test_where_cookies_are_blocked_the_pages_say_so_and_make_nothing(server, other_browser):
    board = server.new_board()
    server.open_round(board)
    page = other_browser(profile={"default_content_setting_values": {"cookies": 2}})
    page.goto(board.address)
    note = page.locator("[data-part=entry]")
    expect(note).to_contain_text("your browser keeps no cookies for 127.0.0.1")
    expect(note).to_contain_text("Allow cookies")
    expect(page.locator("[data-part=chosen]")).to_have_text("You cannot vote yet")
    expect(page.get_by_text("You are watching")).to_have_count(0)
    expect(card(page, "Flask").get_by_text("You cannot write yet")).to_be_visible()

    page.goto(server.address)
    expect(page.get_by_role("alert")).to_contain_text("keeps no cookies")
    page.get_by_label("What are you deciding?").fill("Which queue?")
    page.get_by_label("Options, one per line").fill("NATS\nKafka")
    page.get_by_role("button", name="Start the board", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("so nothing was done")
    expect(page.get_by_label("What are you deciding?")).to_have_value("Which queue?")

    page.goto(board.host)
    expect(page.get_by_role("main")).to_contain_text("your browser keeps no cookies")
    page.goto(board.screen)
    expect(page.locator("html.scripted")).to_have_count(1)


def test_where_only_storage_is_forbidden_voting_works_and_the_limit_is_told(server, person):
    board = server.new_board()
    server.open_round(board)
    page = person("about:blank")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', "
        "{ get() { throw new DOMException('denied', 'SecurityError'); } });"
    )
    page.goto(board.address)
    expect(page.get_by_text("Your browser stores nothing for this site.")).to_be_visible()
    tap(page, "Flask")
    saved(page).to_have_text("✓ saved")


def test_a_cookie_that_is_removed_on_the_way_is_missed(server, person):
    board = server.new_board()
    page = person("about:blank")
    # Between the page and its live connection, so that the connection has none.
    page.route(
        "**/pages/ballot.js", lambda route: (page.context.clear_cookies(), route.continue_())
    )
    page.goto(board.address)
    expect(page.locator("[data-part=entry]")).to_contain_text("does not reach the server")
    page.unroute_all()
    page.locator("[data-part=entry]").get_by_role("link", name="Reload the page").click()
    expect(page.locator("[data-part=entry]")).to_be_hidden()


def test_a_page_opened_without_https_is_told_where_to_go(tmp_path, other_browser):
    arguments = ("--public-url", "https://vote.example.org", "--allowed-hosts", NAME)
    running = Server(tmp_path / "server", *arguments).start()
    try:
        board = running.new_board()
        page = other_browser()
        page.goto(f"http://{NAME}:{running.port}/b/{board.code}")
        note = page.locator("[data-part=entry]")
        expect(note).to_contain_text("was opened without encryption (http)")
        address = f"https://vote.example.org/b/{board.code}"
        expect(note.get_by_role("link")).to_have_attribute("href", address)
    finally:
        running.close()


def test_a_proxy_that_puts_in_its_own_host_is_named(server, other_browser):
    board = server.new_board()
    relay = Relay(server.port, replace=(f"Host: {NAME}".encode(), b"Host: 127.0.0.1"))
    with contextlib.closing(relay):
        page = other_browser()
        page.goto(f"http://{NAME}:{relay.port}/b/{board.code}")
        expect(page.locator("[data-part=notices]")).to_contain_text(
            f"you opened {NAME}:{relay.port}, but a proxy asked the server for "
            f"127.0.0.1:{relay.port}"
        )
