"""Seats by invitation on real pages: taken by a button, taken once, moved, renewed."""

import re

import pytest
from playwright.sync_api import expect

from browser.accessibility import FAINT, NAMELESS
from browser.pages import DESK, PHONE, saved, tap


@pytest.fixture
def board(server):
    made = server.new_board(title="Which queue?", options=[{"name": "NATS"}, {"name": "Kafka"}])
    server.act(made, type="set_board", settings={"entry": "invited"})
    return made


@pytest.fixture
def host(person, board):
    page = person(board.host, DESK)
    page.locator("[data-part=invites] > summary").click()
    page.get_by_label("How many?").fill("2")
    page.get_by_role("button", name="Make invitations").click()
    expect(rows(page)).to_have_count(2)
    return page


def rows(host):
    return host.locator("[data-part=invite-list] li")


def link_of(server, row):
    copied = row.get_by_role("button", name="Copy").get_attribute("data-copy")
    return f"{server.address}{re.sub('^https?://[^/]+', '', copied)}"


def test_a_link_is_taken_by_a_button_and_then_says_so_to_everyone_else(server, person, board, host):
    first = rows(host).first
    link = link_of(server, first)
    expect(first).to_contain_text("free")
    ana = person(link, PHONE)
    expect(ana.get_by_role("heading", name="Take your seat")).to_be_visible()
    expect(ana.get_by_text("Which queue?")).to_be_visible()
    ana.get_by_role("button", name="Take this seat").click()
    expect(ana.get_by_text("You are here with invitation 1.")).to_be_visible()
    assert "invite" not in ana.url
    expect(first).to_contain_text("taken")
    expect(first.get_by_role("button", name="Copy")).to_have_count(0)
    theirs = host.context.new_page()
    theirs.goto(link)
    expect(theirs.get_by_role("heading", name="This link is taken")).to_be_visible()
    late = person(link, PHONE, forgive=["409"])
    expect(late.get_by_role("heading", name="This link is taken")).to_be_visible()
    wide = "() => document.documentElement.scrollWidth > innerWidth"
    assert not late.evaluate(wide)
    late.get_by_role("link", name="View the board").click()
    expect(late.get_by_text("This board is by invitation only.")).to_be_visible()
    # Its own browser is led to the ballot.
    ana.goto(link)
    expect(ana.get_by_text("You are here with invitation 1.")).to_be_visible()


def test_a_seat_moves_with_its_ballot_and_the_first_device_says_so(server, person, board, host):
    server.open_round(board)
    phone = person(link_of(server, rows(host).first), PHONE)
    phone.get_by_role("button", name="Take this seat").click()
    tap(phone, "NATS")
    saved(phone).to_have_text("✓ saved")
    other = phone.context.new_page()
    other.goto(board.address)
    other.get_by_role("link", name="Move to another device").click()
    other.get_by_role("button", name="Show the code").click()
    expect(other.locator("svg.qr")).to_be_visible()
    code = other.locator(".code").inner_text()
    wide = "() => document.documentElement.scrollWidth > innerWidth"
    assert not other.evaluate(wide)
    laptop = person(board.address, DESK)
    laptop.get_by_role("link", name="I have a code").click()
    laptop.get_by_label("Code from your other device").fill(code.lower())
    laptop.get_by_role("button", name="Continue").click()
    laptop.get_by_role("button", name="Move it here").click()
    expect(laptop.get_by_text("You are here with invitation 1.")).to_be_visible()
    expect(laptop.locator("[data-part=chosen]")).to_contain_text("1")
    expect(phone.get_by_text("You moved your seat to another device.")).to_be_visible()
    expect(phone.locator("[data-part=chosen]")).to_have_text("You are watching")


def test_a_renewed_invitation_is_told_to_the_old_browser_and_has_a_new_link(
    server, person, board, host
):
    server.open_round(board)
    first = rows(host).first
    link = link_of(server, first)
    phone = person(link, PHONE)
    phone.get_by_role("button", name="Take this seat").click()
    tap(phone, "NATS")
    saved(phone).to_have_text("✓ saved")
    expect(first).to_contain_text("taken")
    first.get_by_role("button", name="Renew: Invitation 1").click()
    expect(first.get_by_role("group")).to_contain_text("its ballot is withdrawn")
    first.get_by_role("group").get_by_role("button", name="Renew").click()
    expect(phone.get_by_text("The host renewed your invitation")).to_be_visible()
    expect(first).to_contain_text("free")
    assert link_of(server, first) != link
    again = person(link_of(server, first), PHONE)
    again.get_by_role("button", name="Take this seat").click()
    expect(again.get_by_text("You are here with invitation 1.")).to_be_visible()
    expect(again.locator(".vote input:checked")).to_have_count(0)
    assert server.state(board)["tally"]["voters"] == 0


def test_without_a_script_a_seat_is_taken_and_moved_and_another_site_changes_none(
    server, person, board, host
):
    links = [link_of(server, row) for row in rows(host).all()]
    page = person(links[0], PHONE, java_script_enabled=False)
    page.get_by_role("button", name="Take this seat").click()
    expect(page.get_by_text("You are here with invitation 1.")).to_be_visible()
    # A link of someone else, on whatever page it stood: it asks, and names what is left.
    page.goto(links[1])
    expect(page.get_by_text("with invitation 1. If you leave that seat")).to_be_visible()
    page.get_by_role("link", name="Stay in your seat").click()
    expect(page.get_by_text("You are here with invitation 1.")).to_be_visible()
    page.get_by_role("link", name="Move to another device").click()
    page.get_by_role("button", name="Show the code").click()
    link = page.get_by_label("Or send this link to yourself").input_value()
    other = person(
        f"{server.address}{re.sub('^https?://[^/]+', '', link)}", java_script_enabled=False
    )
    other.get_by_role("button", name="Move it here").click()
    expect(other.get_by_text("You are here with invitation 1.")).to_be_visible()
    page.goto(board.address)
    expect(page.get_by_text("You moved your seat to another device.")).to_be_visible()


def test_each_page_of_a_seat_can_be_seen_has_names_and_fits_a_phone(server, person, board, host):
    links = [link_of(server, row) for row in rows(host).all()]
    server.act(board, type="set_board", title="Which " + "very-long-" * 9 + "queue?")
    host_link = board.host

    def check(page):
        assert page.evaluate(NAMELESS) == [], page.url
        assert page.evaluate(FAINT, 4.5) == [], page.url
        assert not page.evaluate("() => document.documentElement.scrollWidth > innerWidth"), (
            page.url
        )
        expect(page.get_by_role("main")).to_have_count(1)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)

    for scheme in ("light", "dark"):
        page = person(links[0], PHONE, color_scheme=scheme, forgive=["409"])
        check(page)
        if scheme == "light":
            page.get_by_role("button", name="Take this seat").click()
            expect(page.get_by_text("You are here with invitation 1.")).to_be_visible()
            page.goto(links[1])
            check(page)
        page.goto(f"{board.address}/seat")
        check(page)
        if scheme == "light":
            page.get_by_role("button", name="Show the code").click()
            check(page)
        # From a page of another site, a host's link asks.
        page.goto(f"data:text/html,<a href={host_link}>host</a>")
        page.get_by_role("link", name="host").click()
        expect(page.get_by_role("button", name="Become host")).to_be_visible()
        check(page)
