"""A whole meeting, on the pages of everybody in it: a host at a desk, three phones, the shared
screen. Nobody reloads a page.
"""

import re

import pytest
from playwright.sync_api import expect

from browser.pages import (
    DESK,
    PHONE,
    STAGE,
    card,
    comment,
    give_name,
    ranking,
    saved,
    see_first,
    tap,
)

OPTIONS = ("NATS", "Kafka", "RabbitMQ")


@pytest.fixture
def host(server, person):
    """A host who has typed in a question and three options."""
    page = person(server.address, DESK)
    page.get_by_label("What are you deciding?").fill("Which queue for the new ingest?")
    page.get_by_label("Options, one per line").fill("\n".join(OPTIONS))
    page.get_by_role("button", name="Start the board", exact=True).click()
    expect(page).to_have_url(re.compile("/host$"))
    return page


def step(host, name, *, sure=True):
    """The next step, and the second one of what cannot be undone."""
    host.locator(".next-steps").get_by_role("button", name=name).click()
    if sure:
        host.locator(".next .confirm").get_by_role("button", name=name).click()


def open_voting(host, name="Open voting"):
    step(host, name, sure=False)
    dialog = host.get_by_role("dialog")
    dialog.get_by_role("radio", name=re.compile("^Approval")).check()
    dialog.get_by_role("button", name="Open voting").click()
    expect(dialog).to_be_hidden()


def vote(phone, *names):
    for name in names:
        tap(phone, name)
    saved(phone).to_have_text("✓ saved")


def decide(host, option, *, because, look_again):
    """Record what is suggested already."""
    step(host, "Decide", sure=False)
    dialog = host.get_by_role("dialog")
    expect(dialog.get_by_label("Decided for")).to_have_value(option)
    dialog.get_by_label("Because").fill(because)
    dialog.get_by_label("Revisit on").fill(look_again)
    dialog.get_by_role("button", name="Record the decision").click()


def all_see(pages, *, rows, first):
    """The same result on every page."""
    for page in pages:
        see_first(page, *first)
        expect(ranking(page)).to_have_count(rows)


def on_this_machine(server, link):
    """A link as it is handed on, at the address that this test knows the server by."""
    return server.address + re.sub("^https?://[^/]+", "", link)


def history(host):
    """What the console tells of the meeting, the oldest first."""
    fold = host.locator("[data-part=history]")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    return fold.locator("li")


def test_a_blind_round_a_run_off_and_a_decision_that_is_taken_back(server, person, host):
    address = host.url.removesuffix("/host")
    screen = person(f"{address}/screen", STAGE, reduced_motion="reduce")
    phones = ana, ben, cleo = [person(address, PHONE) for _ in range(3)]
    for phone, name in zip(phones, ("Ana", "Ben", "Cleo"), strict=True):
        give_name(phone, name)
    hint = host.locator(".next-hint")
    expect(host.locator("[data-part=counts]")).to_have_text("3 here")
    expect(screen.get_by_text("Voting opens in a moment.")).to_be_visible()

    # A blind round: no one sees a result, the host neither.
    open_voting(host)
    expect(hint).to_have_text("0 voted, 3 still choosing.")
    vote(ana, "NATS", "Kafka")
    vote(ben, "NATS", "Kafka")
    expect(hint).to_have_text("2 voted, 1 still choosing.")
    expect(host.locator("[data-part=people] li")).to_have_text(
        ["Anavoted", "Benvoted", "Cleochoosing…"]
    )
    expect(screen.get_by_text("2 voted, 1 still choosing")).to_be_visible()
    vote(cleo, "RabbitMQ")
    expect(hint).to_have_text("All 3 have voted.")
    for page in (host, screen, *phones):
        expect(page.locator(".ranking .bar")).to_have_count(0)
    step(host, "Close voting")
    expect(screen.get_by_text("Voting is closed with 3 ballots.")).to_be_visible()
    step(host, "Reveal results")
    all_see((host, screen, *phones), rows=3, first=["1= NATS 2", "1= Kafka 2"])
    expect(hint).to_have_text("2 options are tied. Talk, then let the room choose between them.")

    # The talk about it reaches everybody.
    comment(cleo, "Kafka", "Who is going to run it?", kind="Question")
    expect(screen.locator("[data-part=latest-comments]")).to_contain_text("Who is going to run it?")
    host.locator("[data-part=comments] .comment").get_by_role("button", name="Pin").click()
    expect(screen.locator("[data-part=latest-comments] li")).to_contain_text("pinned")

    # One click for the form, one more to open it.
    open_voting(host, "Run-off among the 2 tied")
    for phone in phones:
        expect(card(phone, "RabbitMQ")).to_contain_text("Not on this round's ballot")
    vote(ana, "Kafka")
    vote(ben, "NATS")
    vote(cleo, "NATS")
    step(host, "Close voting")
    step(host, "Reveal results")
    all_see((host, screen, *phones), rows=2, first=["1 NATS 2"])

    # Both rounds stand beside each other.
    ana.get_by_role("heading", name="Rounds side by side").click()
    for page in (host, ana):
        rounds = page.get_by_role("table", name="All rounds side by side")
        expect(rounds.get_by_role("row")).to_have_text(
            [
                re.compile("Round 1.*3 voted.*Round 2.*3 voted"),
                re.compile("NATS ?1= 2 1. 2.*the same place as in round 1"),
                re.compile("Kafka ?1= 2 2. 1.*down 1 place since round 1"),
                re.compile(r"RabbitMQ ?3. 1 \S$"),
            ]
        )

    # The decision stands on every page, and goes from every page when it is taken back.
    decide(host, "nats", because="One binary.", look_again="2027-06-01")
    for page in (host, *phones):
        expect(page.locator("[data-part=decision]")).to_contain_text("One binary.")
        expect(page.locator("[data-part=decision]")).to_contain_text("Revisit on June 1, 2027")
    expect(screen.locator("[data-part=verdict]")).to_contain_text("Decided: NATS.")
    expect(hint).to_have_text("It is decided, and everyone can read why.")
    step(host, "Take it back")
    for page in (host, *phones):
        expect(page.locator("[data-part=decision]")).to_be_hidden()
    expect(screen.locator("[data-part=verdict]")).not_to_contain_text("Decided")
    expect(history(host)).to_have_text(
        [
            re.compile("The host took back the decision for NATS"),
            re.compile("The host decided for NATS"),
            re.compile("The host revealed round 2"),
            re.compile("The host closed voting in round 2"),
            re.compile("The host opened round 2: Approval, .*2 of 3 options"),
            re.compile("The host pinned a comment on Kafka"),
            re.compile("The host revealed round 1"),
            re.compile("The host closed voting in round 1"),
            re.compile("The host opened round 1"),
            re.compile("The host made the board"),
        ]
    )


def seated(page):
    """Take the seat of the invitation whose link was opened."""
    page.get_by_role("button", name="Take this seat").click()
    return page


def test_a_meeting_by_invitation_of_two_hosts(server, person, host):
    address = host.url.removesuffix("/host")
    curious = person(address, PHONE)
    expect(curious.get_by_text("Voting is not open yet")).to_be_visible()
    host.get_by_role("switch", name="By invitation only").check()
    outside = "This board is by invitation only."
    expect(curious.get_by_text(outside)).to_be_visible()
    expect(curious.locator("[data-part=you]")).to_be_hidden()

    # Two invitations, one of them handed on; the sheet to print has a card for each.
    host.locator("[data-part=invites] > summary").click()
    host.get_by_label("How many?").fill("2")
    host.get_by_role("button", name="Make invitations").click()
    invites = host.locator("[data-part=invite-list] li")
    expect(invites).to_have_count(2)
    copies = invites.get_by_role("button", name="Copy").all()
    links = [on_this_machine(server, copy.get_attribute("data-copy")) for copy in copies]
    with host.expect_popup() as opened:
        host.get_by_role("link", name="Printable sheet").click()
    expect(opened.value.locator(".invites-card")).to_have_count(2)
    opened.value.close()
    ana, ben = (seated(person(link, PHONE)) for link in links)
    expect(ana.get_by_text("You are here with invitation 1.")).to_be_visible()

    # Another host gets a link that is shown once, and runs the round from a console of theirs.
    host.locator("[data-part=hosts] > summary").click()
    host.get_by_label("Another host").fill("Maria")
    host.get_by_role("button", name="Let in").click()
    link = host.get_by_label("Host link for Maria", exact=True)
    expect(host.get_by_role("img", name="Host link for Maria as a QR code")).to_be_visible()
    maria = person(on_this_machine(server, link.input_value()), DESK)
    open_voting(maria)
    expect(host.get_by_role("button", name="Close voting")).to_be_visible()
    expect(host.get_by_role("switch", name="By invitation only")).to_be_disabled()
    vote(ana, "NATS")
    vote(ben, "Kafka")
    expect(curious.locator(".vote:visible")).to_have_count(0)
    expect(curious.locator("[data-part=chosen]")).to_have_text("You are watching")
    expect(maria.locator(".next-hint")).to_have_text("All 2 have voted.")

    # An invitation is revoked in two steps; its vote leaves the hidden round with it.
    row = invites.filter(has_text="Invitation 2")
    row.get_by_role("button", name="Revoke").click()
    row.get_by_role("group").get_by_role("button", name="Revoke").click()
    expect(row).to_contain_text("revoked")
    expect(ben.get_by_text("Your invitation was revoked.")).to_be_visible()
    expect(maria.locator(".next-hint")).to_have_text("1 voted, no one is still choosing.")

    # Both see the same step; whoever is removed sees nothing more.
    step(host, "Close voting")
    step(maria, "Reveal results")
    expect(host.locator(".ranking .bar").first).to_contain_text("NATS")
    first = maria.locator("[data-part=host-list] li").filter(has_text="The first host")
    maria.locator("[data-part=hosts] > summary").click()
    first.get_by_role("button", name="Remove").click()
    first.get_by_role("group").get_by_role("button", name="Remove").click()
    expect(host.get_by_text("You are not allowed on this board.")).to_be_visible()
    expect(maria.locator("[data-part=host-list] li")).to_have_count(1)
    expect(history(maria).first).to_contain_text("Maria took host rights from the first host")
