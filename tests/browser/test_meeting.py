"""From the start page to the decision, as the person does it who runs the meeting."""

import json
import re

from playwright.sync_api import expect

from browser.pages import DESK, PHONE, STAGE, card, comment, saved, tap

LINE = re.compile(r"/live\?door=1$")
"""The live connection of the host's console."""


def test_a_meeting_from_template_to_decision(server, person):
    host = person(server.address, DESK)
    host.locator("form.template").filter(has_text="Python web frameworks").get_by_role(
        "button"
    ).click()
    expect(host).to_have_url(re.compile(r"/b/\w{6}/host$"))
    address = host.url.removesuffix("/host")
    voter = person(address)
    screen = person(f"{address}/screen", STAGE)
    expect(screen.get_by_text("Voting opens in a moment.")).to_be_visible()
    expect(voter.get_by_text("Voting is not open yet")).to_be_visible()

    host.get_by_role("button", name="Open voting").click()
    dialog = host.get_by_role("dialog")
    dialog.get_by_text("Options on the ballot").click()
    dialog.get_by_label("Gradio").uncheck()
    expect(dialog.get_by_text("6 of 7")).to_be_visible()
    dialog.get_by_label("Time", exact=True).select_option("300")
    dialog.get_by_role("button", name="Open voting").click()
    expect(dialog).to_be_hidden()
    expect(screen.get_by_text("Voting open", exact=True)).to_be_visible()
    expect(screen.get_by_role("timer")).to_have_text(re.compile(r"^[45]:\d\d$"))
    expect(voter.get_by_text("Not on this round's ballot")).to_have_count(1)

    tap(voter, "Flask")
    saved(voter).to_have_text("✓ saved")
    comment(voter, "Flask", "Small.")
    expect(host.get_by_text("1 voted, no one is still choosing").first).to_be_visible()
    expect(host.get_by_text("including you")).to_be_visible()

    # What cannot be undone asks first, and no is an answer.
    host.get_by_role("button", name="Close voting").click()
    expect(host.get_by_text("It cannot be opened again.")).to_be_visible()
    host.get_by_role("button", name="Cancel").click()
    expect(voter.get_by_text("1 of 6 chosen")).to_be_visible()
    host.get_by_role("button", name="Close voting").click()
    host.locator(".confirm").get_by_role("button", name="Close voting").click()
    expect(voter.locator("[data-part=chosen]")).to_have_text("Voting is closed · 1 of 6 chosen")
    host.get_by_role("button", name="Reveal results").click()
    host.locator(".confirm").get_by_role("button", name="Reveal results").click()
    expect(voter.locator("[data-part=outcome-words]")).to_contain_text("Flask has 1 approval")

    host.locator("[data-part=comments] .comment").get_by_role("button", name="Hide").click()
    expect(screen.locator("[data-part=latest-comments] li")).to_have_count(0)
    expect(host.locator("[data-part=comments] .comment")).to_contain_text("Small.")

    host.get_by_role("button", name="Decide", exact=True).click()
    expect(dialog.get_by_label("Decided for")).to_have_value("flask")
    dialog.get_by_label("Because").fill("We all know it.")
    dialog.get_by_label("Revisit on").fill("2027-06-01")
    dialog.get_by_role("button", name="Record the decision").click()
    expect(voter.locator("[data-part=decision]")).to_contain_text("We all know it.")
    expect(screen.locator("[data-part=verdict]")).to_contain_text("Decided: Flask.", timeout=15_000)
    expect(host.get_by_role("button", name="Change the decision")).to_be_visible()

    host.goto(server.address)
    expect(
        host.get_by_role("link", name=re.compile("Python web frameworks decided"))
    ).to_be_visible()


def test_an_own_list_grows_and_changes_between_rounds(server, person):
    host = person(server.address, DESK)
    host.get_by_label("What are you deciding?").fill("Which queue?")
    host.get_by_label("Options, one per line").fill("NATS\nKafka")
    host.get_by_role("button", name="Start the board", exact=True).click()
    expect(host).to_have_url(re.compile("/host$"))
    host.get_by_role("button", name="Add an option").click()
    dialog = host.get_by_role("dialog")
    dialog.get_by_label("Name").fill("kafka")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("already")
    dialog.get_by_label("Name").fill("RabbitMQ")
    dialog.get_by_label("Features, one per line").fill("exchanges\nquorum queues")
    dialog.get_by_role("button", name="Save").click()
    row = host.locator("[data-part=options] > li").filter(has_text="RabbitMQ")
    expect(row).to_be_visible()
    voter = person(host.url.removesuffix("/host"))
    card(voter, "RabbitMQ").locator("[data-part=more] summary").click()
    expect(voter.get_by_text("quorum queues").first).to_be_visible()
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("group").get_by_role("button", name="Remove").click()
    expect(voter.get_by_role("heading", name="RabbitMQ")).to_have_count(0)
    host.get_by_role("button", name="Edit the question").click()
    dialog.get_by_label("What are you deciding?").fill("Which queue for the new ingest?")
    dialog.get_by_role("button", name="Save").click()
    expect(voter.get_by_role("heading", level=1)).to_have_text("Which queue for the new ingest?")


def test_the_board_says_when_the_host_looks_ahead(server, person):
    board = server.new_board()
    address = board.address
    voter = person(address)
    host = person(f"{address}/host?key={board.host_key}", DESK)
    looks_ahead = host.get_by_role("switch", name="Host sees hidden results")
    looks_ahead.check()
    warning = "The host sees the results before the reveal."
    expect(voter.get_by_text(warning)).to_be_visible()
    server.open_round(board, names="open")
    expect(looks_ahead).to_be_disabled()
    tap(voter, "Django")
    expect(host.get_by_text("Only you see this until the reveal")).to_be_visible()
    expect(host.locator(".ranking .bar").first).to_contain_text("Django")
    expect(voter.locator("[data-part=result]:visible")).to_have_count(0)
    server.act(board, type="reveal_round", round=1)
    expect(looks_ahead).to_be_enabled()


def test_a_switch_shows_what_was_asked_until_the_server_has_told_of_it(server, person):
    """The answer comes before the board's own message, and others before both."""
    board = server.new_board()
    lines, held = [], []

    def overhear(socket):
        lines.append(socket)
        socket.connect_to_server().on_message(
            lambda text: (
                held.append(text) if '"type":"board"' in text and not held else socket.send(text)
            )
        )

    host = person("about:blank", DESK)
    host.route_web_socket(LINE, overhear)
    host.goto(board.host)
    looks_ahead = host.get_by_role("switch", name="Host sees hidden results")
    looks_ahead.check()
    comment(person(board.address), "Flask", "Small.")
    expect(host.locator("[data-part=comments] .comment")).to_contain_text("Small.")
    expect(looks_ahead).to_be_checked()
    assert held
    for text in held:
        lines[0].send(text)
    expect(host.locator("[data-part=rules]")).to_contain_text("The host sees the results")
    expect(looks_ahead).to_be_checked()
    server.act(board, type="set_board", settings={"host_sees_results": False})
    expect(looks_ahead).not_to_be_checked()


def test_a_switch_follows_a_store_that_has_lost_what_was_asked(server, person):
    """Positions of another history say nothing of this one, and may be lower."""
    board = server.new_board()
    lines, welcomes = [], []

    def overhear(socket):
        lines.append(socket)
        line = socket.connect_to_server()
        line.on_message(lambda text: (welcomes.append(text), socket.send(text)))

    host = person("about:blank", DESK)
    host.route_web_socket(LINE, overhear)
    host.goto(board.host)
    looks_ahead = host.get_by_role("switch", name="Host sees hidden results")
    looks_ahead.check()
    expect(host.locator("[data-part=rules]")).to_contain_text("The host sees the results")
    before = json.loads(welcomes[0])
    assert before["type"] == "welcome"
    lines[0].send(json.dumps(before | {"epoch": "another", "seq": 1}))
    expect(looks_ahead).not_to_be_checked()


def test_open_ballots_are_said_before_anyone_votes(server, person):
    board = server.new_board()
    address = board.address
    host = person(f"{address}/host?key={board.host_key}", DESK)
    voter = person(address)
    host.get_by_role("button", name="Open voting").click()
    dialog = host.get_by_role("dialog")
    kept = "is stored under its voter's seat and can be linked to a name later."
    expect(dialog.get_by_text(kept)).to_be_visible()
    dialog.get_by_label(f"Each {kept}").check()
    dialog.get_by_role("button", name="Open voting").click()
    for page in (host, voter):
        expect(page.get_by_text(f"Ballots are open: each {kept}")).to_be_visible()
    plain = person(address, java_script_enabled=False)
    expect(plain.get_by_text(f"Ballots are open: each {kept}")).to_be_visible()


def test_the_screens_keyboard_is_the_hosts(server, person):
    board = server.new_board()
    server.open_round(board, seconds=60)
    address = board.address
    guest = person(f"{address}/screen", STAGE)
    expect(guest.get_by_role("button", name="full screen")).to_be_visible()
    guest.keyboard.press("r")
    guest.keyboard.press("r")
    host = person(f"{address}/host?key={board.host_key}", STAGE)
    host.goto(f"{address}/screen")
    expect(host.get_by_role("button", name="reveal")).to_be_visible()
    host.keyboard.press("+")
    expect(host.get_by_role("timer")).to_have_text(re.compile(r"^(1:\d\d|2:00)$"))
    host.keyboard.press("Space")
    for page in (host, guest):
        expect(page.get_by_text("Voting open, clock paused")).to_be_visible()
    stands = host.get_by_role("timer").inner_text()
    expect(guest.get_by_role("timer")).to_have_text(stands)
    host.keyboard.press("Space")
    expect(guest.get_by_text("Voting open", exact=True)).to_be_visible()
    host.keyboard.press("?")
    expect(host.get_by_role("dialog")).to_be_visible()
    host.keyboard.press("Escape")
    expect(guest.locator(".ranking .bar")).to_have_count(0)
    host.keyboard.press("r")
    expect(host.get_by_text("Press R again")).to_be_visible()
    host.keyboard.press("r")
    expect(guest.locator(".ranking .bar")).to_have_count(7)


def test_a_code_is_read_as_people_type_it(server, person):
    board = server.new_board()
    page = person(server.address, PHONE)
    typed = f"{board.code[:3]} {board.code[3:]}".lower()
    page.get_by_label("Join with a code").fill(typed)
    page.get_by_role("button", name="Join").click()
    expect(page).to_have_url(board.address)


def test_a_code_that_no_one_has_is_told_in_words(server, person):
    lost = person(f"{server.address}/?code=ZZZ-ZZZ", PHONE, forgive=("404",))
    expect(lost.get_by_role("alert")).to_be_visible()
    expect(lost.get_by_label("Join with a code")).to_have_value("ZZZ-ZZZ")
    gone = person(f"{server.address}/b/ZZZZZZ", PHONE, forgive=("404",))
    expect(gone.get_by_role("heading", level=1)).to_be_visible()
    expect(gone.get_by_label("Try another code")).to_be_visible()
