"""Browsers that lack something: the oldest that are meant, and those that cannot run a page."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.pages import CUT, DESK, STAGE, card, comment, saved, tap

ROOT = Path(__file__).parents[2]

MISSING = """
for (const name of ["toSorted", "toReversed", "toSpliced", "with"]) {
  delete Array.prototype[name];
  delete Uint8Array.prototype[name];
}
delete Array.fromAsync;
delete Map.groupBy;
delete Object.groupBy;
delete Promise.withResolvers;
delete Promise.try;
delete URL.canParse;
delete URL.parse;
delete String.prototype.isWellFormed;
delete crypto.randomUUID;
delete AbortSignal.any;
delete Element.prototype.checkVisibility;
delete Element.prototype.setHTMLUnsafe;
delete Document.prototype.startViewTransition;
delete HTMLElement.prototype.showPopover;
delete HTMLElement.prototype.togglePopover;
delete Navigator.prototype.share;
delete Navigator.prototype.wakeLock;
delete Document.prototype.fullscreenEnabled;
delete Element.prototype.requestFullscreen;
delete Element.prototype.role;
for (const name of ["union", "intersection", "difference", "isSubsetOf"]) delete Set.prototype[name];
if (globalThis.Iterator) for (const name of ["map", "filter", "toArray", "some", "find"])
  delete Iterator.prototype[name];
"""
"""What Chrome 109, Firefox 115 or Safari 15.6 lacks."""


def test_a_meeting_in_a_browser_that_has_only_what_the_oldest_have(server, person):
    board = server.new_board()
    server.open_round(board, shuffle=True)
    address = board.address

    def old(path, viewport=None):
        page = person("about:blank", viewport)
        page.add_init_script(MISSING)
        page.goto(path)
        expect(page.locator("html.scripted")).to_have_count(1)
        return page

    voter = old(address)
    assert voter.evaluate("'toSorted' in []") is False
    tap(voter, "Flask")
    saved(voter).to_have_text("✓ saved")
    comment(voter, "Flask", "See https://flask.example and `flask run`.")
    expect(card(voter, "Flask").locator(".comment a")).to_have_text("https://flask.example")

    screen = old(f"{address}/screen", STAGE)
    expect(screen.locator("[data-part=ring-voted]")).to_have_text("1")
    host = old(f"{address}/host?key={board.host_key}", DESK)
    server.reveal(board)
    expect(screen.locator(".ranking .bar").first).to_contain_text("Flask")
    expect(voter.locator("[data-part=outcome]")).to_contain_text("Flask")
    host.locator("[data-part=history] > summary").click()
    expect(host.locator("[data-part=history-list] > li").first).to_be_visible()
    for page in (voter, screen, host):
        expect(page.locator("#not-started")).to_be_hidden()


FAILED = "toNone is not a function"


def blocked(route):
    route.abort()


def with_more(text, after=r"\A"):
    """Answer with the script of the page, and more behind a pattern: at the beginning."""

    def answer(route):
        script, places = re.subn(
            f"({after})", lambda found: f"{found[0]}{text}", route.fetch().text(), count=1
        )
        assert places == 1
        route.fulfill(body=script, content_type="text/javascript")

    return answer


BROKEN = [
    ("", blocked, "did not arrive"),
    ("/screen", blocked, "did not arrive"),
    ("/host", blocked, "did not arrive"),
    ("", with_more("§"), "too old"),
    ("/screen", with_more("none.such();"), "none is not defined"),
    ("", with_more("fails=[].toNone();", after=r"class Clock\{"), FAILED),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_page_whose_script_does_not_start_says_so_and_why(server, person, broken):
    view, answer, why = broken
    board = server.new_board()
    server.open_round(board)
    page = person(
        "about:blank", forgive=("Failed to load", "none", "None", "Invalid", "export", "Words")
    )
    page.route(f"**/pages/{view.strip('/') or 'ballot'}.js", answer)
    key = f"?key={board.host_key}" if view == "/host" else ""
    page.goto(f"{server.address}/b/{board.code}{view}{key}")
    note = page.get_by_role("alert").filter(has_text="This page has not started.")
    expect(note).to_be_visible(timeout=5_000)
    expect(note.locator("[data-why]:not([hidden])")).to_contain_text(why)
    expect(page.locator("html.scripted")).to_have_count(0)
    for control in page.locator(".needs-script").all():
        expect(control).to_be_hidden()
    page.unroute_all()
    note.get_by_role("link", name="Reload the page").click()
    expect(page.locator("html.scripted")).to_have_count(1)
    expect(note).to_be_hidden()


def test_a_script_that_fails_later_is_told_at_once(server, person):
    board = server.new_board()
    page = person("about:blank", forgive=("toNone",))
    fails = with_more("[].toNone();", after=r"class Rules\{[^§]*?update\([^)]*\)\{")
    page.route("**/pages/ballot.js", fails)
    page.goto(board.address)
    note = page.get_by_role("alert").filter(has_text="A part of this page has stopped.")
    expect(note).to_be_visible()
    expect(note).to_contain_text(FAILED)


def test_a_page_without_any_of_our_scripts_says_so_by_itself(server, person):
    board = server.new_board()
    page = person("about:blank", forgive=CUT)
    page.route("**/*.js", lambda route: route.abort())
    page.goto(board.address)
    note = page.locator("#not-started")
    expect(note).to_be_hidden()
    # It would take ten seconds.
    animations = page.context.new_cdp_session(page)
    animations.send("Animation.enable")
    animations.send("Animation.setPlaybackRate", {"playbackRate": 100})
    expect(note).to_be_visible()
    expect(note).to_contain_text("This page has not started.")


def test_a_page_without_styles_or_scripts_says_so_too(server, person):
    board = server.new_board()
    page = person("about:blank", forgive=CUT)
    page.route("**/static/**", lambda route: route.abort())
    page.goto(board.address)
    expect(page.locator("#not-started")).to_be_visible()


def test_the_browsers_that_are_meant_are_those_that_the_scripts_are_checked_against(server, person):
    meant = json.loads((ROOT / ".ci" / "scripts" / "browsers.json").read_text())
    assert meant["chrome"] == meant["edge"]
    assert meant["safari"] == meant["safari_ios"]
    said = (
        f"Chrome or Edge {meant['chrome']}, Firefox {meant['firefox']}, "
        f"Safari {meant['safari']} (iOS {meant['safari_ios']})"
    )
    page = person(f"{server.address}/b/FRAMEWORKS")
    assert page.locator("[data-why=old]").text_content().count(said) == 1
    for text in ("README.md", "docs/operations.md"):
        assert said in " ".join((ROOT / text).read_text().split()), text
