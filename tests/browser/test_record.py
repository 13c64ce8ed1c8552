"""A meeting is played to its record, which is read, printed and passed on, also without a script."""

import pytest
from playwright.sync_api import expect

from browser.pages import DESK, PHONE, card, comment, read, saved, tap

NAMES = ("NATS", "Kafka")


@pytest.fixture
def board(server):
    return server.new_board(title="Which queue?", options=[{"name": name} for name in NAMES])


def test_a_meeting_leads_to_its_record(server, board, person):
    ballot, screen, record = (
        f"{server.address}/b/{board.code}{page}" for page in ("", "/screen", "/record")
    )
    phone, projector = person(ballot, PHONE), person(screen, DESK)
    link = phone.get_by_role("link", name="Decision record")
    expect(phone.get_by_role("heading", name="Which queue?")).to_be_visible()
    expect(link).to_be_hidden()
    server.act(board, type="open_round", method="approval")
    expect(card(phone, "NATS").locator(".vote")).to_be_visible()
    tap(phone, "NATS")
    saved(phone).to_have_text("✓ saved")
    comment(phone, "NATS", "One binary.")
    server.act(board, type="lock_round", round=1)
    server.act(board, type="reveal_round", round=1)
    # The link is there as soon as there is something to record, on pages that no one reloads.
    expect(link).to_be_visible()
    expect(projector.get_by_role("link", name="Decision record")).to_be_visible()
    server.act(board, type="decide", option="nats", because="Small.", revisit_on="2027-06-01")
    read(phone, record, "Small.")
    link.click()
    expect(phone).to_have_url(record)
    # Its styles, too, before it is measured.
    phone.wait_for_load_state()
    for text in ("Which queue?", "Small.", "One binary.", "Look again on 1 June 2027"):
        expect(phone.get_by_text(text)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with phone.expect_download() as download:
        phone.get_by_role("link", name="As Markdown").click()
    assert download.value.suggested_filename == f"{board.code}-record.md"
    # The start page of this browser leads there, too.
    phone.goto(server.address)
    mine = phone.locator("[data-part=known-list]").get_by_role("link", name="Decision record")
    assert mine.first.get_attribute("href") == f"/b/{board.code}/record"


def test_a_host_says_what_follows_and_how_it_will_be_known(server, board, person):
    server.open_round(board, "approval")
    server.reveal(board)
    host = person(board.host, DESK)
    host.get_by_role("button", name="Decide").click()
    dialog = host.locator("#decide")
    dialog.get_by_label("Because").fill("One binary.")
    expect(dialog.get_by_label("How we will know")).to_be_hidden()
    dialog.locator("summary").click()
    dialog.get_by_label("How we will know").fill("Latency below 50 ms.")
    add = dialog.get_by_role("button", name="Add a consequence")
    for text, owner in (("Learn it.", "Ann"), ("Retire the old one.", "")):
        add.click()
        dialog.get_by_label("What follows", exact=True).last.fill(text)
        dialog.get_by_label("Who sees to it").last.fill(owner)
    dialog.get_by_role("button", name="Record the decision").click()
    # The owner that is missing is told, and what was typed stays.
    expect(dialog.get_by_role("alert")).to_contain_text("owner")
    dialog.get_by_role("button", name="Remove this consequence").last.click()
    dialog.get_by_role("button", name="Record the decision").click()
    expect(dialog).to_be_hidden()
    host.get_by_role("button", name="Change the decision").click()
    expect(dialog.get_by_label("What follows", exact=True)).to_have_value("Learn it.")
    expect(dialog.get_by_label("How we will know")).to_have_value("Latency below 50 ms.")
    host.goto(f"{server.address}/b/{board.code}/record")
    expect(host.get_by_text("Learn it. (owner: Ann)")).to_be_visible()
    expect(host.get_by_text("Latency below 50 ms.")).to_be_visible()


def test_it_is_read_without_a_script_and_printed(server, board, person):
    server.act(board, type="decide", option="nats", because="Small.")
    record = f"{server.address}/b/{board.code}/record"
    page = person(record, DESK, java_script_enabled=False)
    read(page, record, "Small.")
    page.goto(record)
    expect(page.get_by_text("Small.")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="To the board")).to_be_hidden()
    expect(page.get_by_role("link", name="As Markdown")).to_be_hidden()
    expect(page.get_by_text(f"/b/{board.code}/record")).to_be_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_host_predicts_and_says_later_whether_it_came_true(server, board, person):
    server.open_round(board, "approval")
    server.reveal(board)
    host = person(f"{server.address}/b/{board.code}/host?key={board.host_key}", DESK)
    host.get_by_role("button", name="Decide").click()
    dialog = host.locator("#decide")
    dialog.get_by_label("Because").fill("One binary.")
    dialog.locator("summary").click()
    dialog.get_by_role("button", name="Add a prediction").click()
    dialog.get_by_label("What will be so").fill("It is live by March.")
    dialog.get_by_label("How sure, in percent").fill("80")
    dialog.get_by_role("button", name="Record the decision").click()
    expect(dialog).to_be_hidden()
    # Without a day to look at it again, that may be any day.
    predictions = host.locator("[data-part=predictions]")
    expect(predictions).to_contain_text("It is live by March. (80 % sure)")
    came_true = predictions.get_by_role("button", name="It came true")
    came_true.click()
    expect(came_true).to_have_attribute("aria-pressed", "true")
    expect(predictions).to_contain_text("The Brier score of these predictions is 0.04")
    host.get_by_role("button", name="Change the decision").click()
    expect(dialog.get_by_label("How sure, in percent")).to_have_value("80")
    dialog.get_by_label("Revisit on").fill("2099-06-01")
    dialog.get_by_role("button", name="Record the decision").click()
    expect(dialog).to_be_hidden()
    # What is scored stays to be seen, and can be taken back until then.
    expect(came_true).to_have_attribute("aria-pressed", "true")
    came_true.click()
    expect(predictions).to_be_hidden()
    server.act(board, type="score_prediction", prediction=1, came_true=False)
    read(host, f"{server.address}/b/{board.code}/record", "it did not come true")
