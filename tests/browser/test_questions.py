"""A meeting of two questions, on the pages of everyone in it."""

import re

from playwright.sync_api import expect

from browser.pages import CUT, DESK, PHONE, STAGE, saved, tap

SECOND = ("Our own machines", "A cloud")


def add_question(host, title, options):
    host.get_by_role("button", name="Ask another question").click()
    dialog = host.get_by_role("dialog")
    dialog.get_by_label("What are you deciding?").fill(title)
    dialog.get_by_label("Options, one per line").fill("\n".join(options))
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog).to_be_hidden()


def open_voting(host):
    host.locator(".next-steps").get_by_role("button", name="Open voting").click()
    dialog = host.get_by_role("dialog")
    dialog.get_by_role("radio", name=re.compile("^Approval")).check()
    dialog.get_by_role("button", name="Open voting").click()
    expect(dialog).to_be_hidden()


def decide(page, option):
    """Decide the question at which the meeting is."""
    code = page.evaluate("document.body.dataset.code")
    page.locator(".next-steps").get_by_role("button", name="Decide").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Decided for").select_option(label=option)
    dialog.get_by_label("Because").fill("Most of us could live with it.")
    dialog.get_by_role("button", name="Record the decision").click()
    expect(dialog).to_be_hidden()
    return code


def reveal(host):
    for name in ("Close voting", "Reveal results"):
        host.locator(".next-steps").get_by_role("button", name=name).click()
        host.locator(".next .confirm").get_by_role("button", name=name).click()


def shows_the_end(page, second):
    """Both questions with what they came to, and the links to their records."""
    over = "The meeting is over: 2 questions"
    expect(page.locator("[data-part=meeting-words]")).to_have_text(over)
    rows = page.locator("[data-part=meeting-list] > li")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Which queue?")
    expect(rows.nth(0)).to_contain_text("Kafka")
    expect(rows.nth(1)).to_contain_text("A cloud")
    record = rows.nth(1).get_by_role("link", name="Decision record")
    expect(record).to_have_attribute("href", re.compile(f"/b/{second}/record$"))
    expect(record).to_be_visible()


def test_a_meeting_of_two_questions_is_followed_by_everyone(server, person):
    board = server.new_board(title="Which queue?", options=[{"name": "NATS"}, {"name": "Kafka"}])
    host = person(board.host, DESK)
    ana = person(board.address, PHONE)
    ben = person(board.address, PHONE, forgive=CUT)
    screen = person(board.screen, STAGE, reduced_motion="reduce")
    pages = (host, ana, ben, screen)

    # With one question nothing on a page speaks of a meeting.
    for page in pages:
        expect(page.locator("[data-part=meeting-words]")).to_be_hidden()
        page.evaluate("window.isFirst = true")
    open_voting(host)
    add_question(host, "Where does it run?", SECOND)
    for page in pages:
        expect(page.locator("[data-part=meeting-words]")).to_have_text("Question 1 of 2")
        assert page.evaluate("window.isFirst"), "the page was loaded again for nothing"
    # Voters are not told what comes.
    assert "Where does it run?" not in ana.content() + screen.content()

    # Ben votes where there is no line, and is called away meanwhile.
    ben.context.set_offline(True)
    expect(ben.locator("[data-part=notices]")).to_contain_text("No connection")
    tap(ben, "Kafka")
    tap(ana, "NATS")
    saved(ana).to_have_text("✓ saved")
    # Everyone is still choosing, so the host is asked once more.
    next_question = re.compile("^Go to question 2: Where does it run")
    host.locator("[data-part=meeting-steps]").get_by_role("button", name=next_question).click()
    confirm = host.locator("[data-part=meeting-steps] .confirm")
    expect(confirm).to_contain_text("Round 1 is not over here")
    confirm.get_by_role("button", name="Yes, do it").click()

    for page in (host, ana, screen):
        expect(page.locator("[data-part=title]")).to_have_text("Where does it run?")
        expect(page.locator("[data-part=meeting-words]")).to_have_text("Question 2 of 2")
    assert ana.url == board.address
    # The code on the wall is still that of the meeting.
    code = f"{board.code[:3]}-{board.code[3:]}"
    expect(screen.locator("[data-part=join] .code")).to_have_text(code)
    open_voting(host)
    tap(ana, "A cloud")
    saved(ana).to_have_text("✓ saved")

    # Back on the line, his vote reaches its question, and he the one at which the others are.
    ben.context.set_offline(False)
    expect(ben.locator("[data-part=title]")).to_have_text("Where does it run?")
    tap(ben, "A cloud")
    saved(ben).to_have_text("✓ saved")
    assert server.state(board)["round"]["state"] == "open"
    assert server.state(board)["tally"]["voters"] == 2
    expect(host.locator(".next-hint")).to_have_text("All 2 have voted.")

    reveal(host)
    second = decide(host, "A cloud")

    # Back to the first question, whose votes are as they were.
    row = host.locator("[data-part=meeting-list] > li").first
    row.get_by_role("button", name=re.compile("^Go to question 1")).click()
    for page in pages:
        expect(page.locator("[data-part=title]")).to_have_text("Which queue?")
    reveal(host)
    decide(host, "Kafka")
    expect(row).to_contain_text("Kafka")

    steps = host.locator("[data-part=meeting-steps]")
    steps.get_by_role("button", name="End the meeting").click()
    steps.locator(".confirm").get_by_role("button", name="End the meeting").click()
    for page in pages:
        shows_the_end(page, second)
