"""Options proposed on phones: the screen shows them, the host answers, the proposer reads it."""

import re

import pytest
from playwright.sync_api import expect

from browser.accessibility import FAINT, NAMELESS, RUN_AXE
from browser.elections import TEAM
from browser.pages import DESK, PHONE, STAGE, about_you, card, give_name

MARKUP = "<img src=x onerror=\"document.title='owned'\">"


@pytest.fixture
def board(server):
    return server.new_board(**TEAM)


def propose(phone, name, why=""):
    phone.get_by_text("Propose an option", exact=True).click()
    phone.get_by_label("Name", exact=True).fill(name)
    phone.get_by_label("Why?").fill(why)
    phone.get_by_role("button", name="Propose", exact=True).click()


def waiting(page):
    return page.locator("[data-part=proposal-list] > li")


def answer(host, label, word="", into=None):
    host.get_by_role("button", name=label).click()
    dialog = host.get_by_role("dialog")
    if into:
        dialog.get_by_label("Into which one?").select_option(into)
    dialog.get_by_label("A word to the person").fill(word)
    dialog.get_by_role("button", name=re.compile("Accept|Merge|Decline")).click()
    expect(dialog).to_be_hidden()


def test_the_room_proposes_the_screen_shows_it_and_the_proposer_reads_the_answer(
    server, board, person
):
    host, phone, other = person(board.host, DESK), person(board.address), person(board.address)
    screen = person(board.screen, STAGE)
    give_name(phone, "Ann")
    expect(phone.locator("[data-part=proposals]")).to_be_hidden()
    host.get_by_label("People can propose options").check()
    for n, (name, why) in enumerate(
        (("Litestar", "Typed and quick."), ("Flask 3", "Newer."), ("Zope", "")), 1
    ):
        propose(phone, name, why)
        expect(waiting(phone)).to_have_count(n)
    expect(phone.get_by_text("3 of your proposals wait for the host.")).to_be_visible()
    expect(phone.get_by_text("Propose an option", exact=True)).to_be_hidden()
    expect(waiting(other)).to_have_count(3)
    expect(waiting(other).first).to_contain_text("Proposed by Ann")
    expect(other.get_by_role("button", name="Take back")).to_have_count(0)
    shown = screen.locator("[data-part=proposals]")
    expect(shown.locator("li")).to_have_text(["Zope", "Flask 3", "Litestar"])
    expect(shown.locator("[data-part=proposals-count]")).to_have_text("3")

    answer(host, "Accept the proposal Litestar", "Good idea.")
    expect(phone.get_by_role("alert")).to_contain_text(
        "Your proposal “Litestar” is an option now. The host says: “Good idea.”"
    )
    for page in (phone, other):
        expect(card(page, "Litestar")).to_contain_text("Typed and quick.")
        expect(card(page, "Litestar")).to_contain_text("Proposed by Ann")
    answer(host, "Merge the proposal Flask 3", "The same.", into="Flask")
    host.get_by_role("button", name="Decline the proposal Zope").click()
    host.get_by_role("dialog").get_by_role("button", name="Decline").click()
    expect(host.get_by_role("dialog")).to_be_visible()  # It needs a word.
    host.get_by_role("dialog").get_by_label("A word to the person").fill("No one maintains it.")
    host.get_by_role("dialog").get_by_role("button", name="Decline").click()
    expect(waiting(host)).to_have_count(0)
    expect(shown).to_be_hidden()
    own = waiting(phone)
    expect(own).to_have_count(3)
    for words in ("Yours: declined.", "“No one maintains it.”", "Yours: merged into Flask."):
        expect(phone.locator("[data-part=proposal-list]")).to_contain_text(words)
    expect(waiting(other)).to_have_count(0)
    expect(other.locator("main")).not_to_contain_text("maintains")
    phone.reload()
    expect(phone.locator("[data-part=proposal-list]")).to_contain_text("“No one maintains it.”")


def test_during_a_round_accepting_waits_and_a_refusal_gives_the_words_back(server, board, person):
    server.act(board, type="set_board", settings={"proposals": "open"})
    host, phone = person(board.host, DESK), person(board.address)
    propose(phone, "flask", "Mine is better.")
    expect(phone.get_by_role("alert")).to_contain_text("already has the option “Flask”")
    expect(phone.get_by_label("Name", exact=True)).to_have_value("flask")
    expect(phone.get_by_label("Why?")).to_have_value("Mine is better.")
    phone.get_by_label("Name", exact=True).fill("Litestar")
    phone.get_by_role("button", name="Propose", exact=True).click()
    expect(waiting(host)).to_have_count(1)
    server.open_round(board)
    expect(host.get_by_text("Round 1 is on, so accepting waits for the reveal.")).to_be_visible()
    expect(host.get_by_role("button", name="Accept the proposal")).to_have_count(0)
    server.reveal(board)
    expect(host.get_by_role("button", name="Accept the proposal Litestar")).to_be_visible()
    phone.get_by_role("button", name="Take back your proposal Litestar").click()
    expect(waiting(phone)).to_have_count(0)
    expect(waiting(host)).to_have_count(0)
    expect(host.get_by_text("Nothing is proposed yet.")).to_be_visible()


def test_someone_who_only_watches_reads_what_others_can_propose(server, board, person):
    server.act(board, type="set_board", settings={"proposals": "criteria"})
    phone = person(board.address)
    expect(phone.get_by_text("Propose a criterion", exact=True)).to_be_visible()
    about_you(phone)
    phone.get_by_role("switch", name="I am only watching").click()
    expect(phone.get_by_text("People who take part can propose criteria.")).to_be_visible()
    server.act(board, type="set_board", settings={"proposals": "open"})
    expect(phone.get_by_text("People who take part can propose options.")).to_be_visible()


def test_many_proposals_leave_the_result_and_the_comments_their_place(server, board, person):
    server.act(board, type="set_board", settings={"proposals": "open"})
    screen = person(board.screen, STAGE)
    server.open_round(board, visibility="live", names="open")
    server.vote(board, {"approve": ["flask"]}, {"approve": ["flask"]})
    results = screen.locator("[data-part=results]")
    expect(results).to_be_visible()
    place = results.bounding_box()
    for n in range(9):
        server.propose(board, f"An option with a name that is rather long, number {n}")
    shown = screen.locator("[data-part=proposals]")
    expect(shown.locator("li")).to_have_count(3)
    expect(shown).to_contain_text("and 6 more")
    assert results.bounding_box() == place
    sizes = screen.evaluate(
        """[...document.querySelectorAll('[data-part=proposals] li')]
        .map(each => parseFloat(getComputedStyle(each).fontSize))"""
    )
    assert min(sizes) >= 1080 * 0.02
    assert screen.evaluate("document.documentElement.scrollWidth") <= STAGE["width"]
    for shows in ("results", "turnout"):
        if shows == "turnout":
            server.reveal(board)
            server.open_round(board)
        expect(screen.locator("[data-part=screen]")).to_have_attribute("data-shows", shows)
        box, foot = shown.bounding_box(), screen.locator(".screen-foot").bounding_box()
        assert box["x"] + box["width"] <= STAGE["width"]
        assert box["y"] + box["height"] <= foot["y"]


def test_a_proposal_is_text_on_every_page_and_written_without_a_line_it_waits(
    server, board, person
):
    server.act(board, type="set_board", settings={"proposals": "open"})
    pages = [
        person(board.host, DESK),
        person(board.address),
        person(board.screen, STAGE),
    ]
    offline = person(board.address, forgive=("WebSocket", "ERR_", "Failed to load resource"))
    expect(offline.get_by_text("Propose an option", exact=True)).to_be_visible()
    offline.context.set_offline(True)
    offline.evaluate("window.dispatchEvent(new Event('offline'))")
    propose(offline, MARKUP, MARKUP)
    expect(waiting(offline)).to_have_count(1)
    offline.context.set_offline(False)
    for page in pages:
        expect(page.locator("[data-part=proposal-list]")).to_contain_text(MARKUP)
        assert "owned" not in page.title()
    expect(waiting(offline)).to_contain_text("Yours: waiting for the host.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_proposals_can_be_used_by_all(server, board, person, axe, scheme):
    server.act(board, type="set_board", settings={"proposals": "open"})
    for n in range(4):
        server.propose(board, f"Choice {n}", "A good reason.")
    for address, size in (
        (board.address, PHONE),
        (board.host, DESK),
        (board.screen, STAGE),
    ):
        page = person(address, size, color_scheme=scheme, bypass_csp=True)
        expect(page.locator("[data-part=proposals]")).to_be_visible()
        if size is PHONE:
            page.get_by_text("Propose an option", exact=True).click()
        if size is DESK:
            page.get_by_role("button", name="Merge the proposal Choice 0").click()
        page.evaluate(axe)
        assert page.evaluate(RUN_AXE) == []
        assert page.evaluate(NAMELESS) == []
        assert page.evaluate(FAINT, 7 if size is STAGE else 4.5) == []
