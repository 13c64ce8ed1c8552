"""Lists as people have them: pasted, chosen as a file, or dropped on the page."""

import re

from playwright.sync_api import expect

from browser.pages import DESK

SHEET = "Django\tThe full stack\nFlask\tSmall\n"
DROP = """([name, text]) => {
  const moved = new DataTransfer();
  moved.items.add(new File([text], name));
  const at = { dataTransfer: moved, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new DragEvent("dragover", at));
  document.body.dispatchEvent(new DragEvent("drop", at));
}"""


def test_a_pasted_list_is_shown_as_it_was_understood(server, person):
    page = person(server.address, DESK)
    options = page.get_by_label("Options, one per line")
    options.fill("- Django\n\n* [Flask](https://flask.org/)\n1. django")
    read = page.locator("[data-part=read-list]")
    expect(read.get_by_role("status")).to_have_text(
        "Line 4, “1. django”: name “django” is already in the list."
    )
    lines = read.get_by_role("listitem")
    expect(lines).to_have_count(3)
    expect(lines.nth(1)).to_contain_text("Flask https://flask.org/")
    options.fill(SHEET)
    expect(read.get_by_role("status")).to_have_text("2 options understood")
    expect(lines.first).to_contain_text("The full stack")
    options.fill("")
    expect(read).to_be_hidden()


def test_a_file_that_is_dropped_fills_the_form(server, person):
    page = person(server.address, DESK)
    page.evaluate(DROP, ["b.yaml", "title: Which one?\ncontext: Think.\noptions: [Go, Rust]\n"])
    expect(page.locator("[data-part=read-list]").get_by_role("status")).to_have_text(
        "2 options understood"
    )
    expect(page.get_by_label("What are you deciding?")).to_have_value("Which one?")
    expect(page.get_by_label("What should everyone know?")).to_have_value("Think.")
    page.get_by_role("button", name="Start the board", exact=True).click()
    expect(page).to_have_url(re.compile("/host$"))
    expect(page.locator("[data-part=options] > li")).to_have_count(2)


def test_a_file_that_is_chosen_can_be_changed_before_it_counts(server, person):
    page = person(server.address, DESK)
    csv = {"name": "a.csv", "mimeType": "text/csv", "buffer": "Go;Größe\nRust;\n".encode("cp1252")}
    page.get_by_label("Or a file").set_input_files(csv)
    options = page.get_by_label("Options, one per line")
    expect(options).to_have_value("Go;Größe\nRust;\n")
    expect(page.locator("[data-part=read-list]").get_by_role("listitem").first).to_contain_text(
        "Größe"
    )


def test_a_list_is_added_on_the_console(server, person):
    board = server.new_board()
    host = person(board.host, DESK)
    rows = host.locator("[data-part=options] > li")
    expect(rows.first).to_be_visible()
    before = rows.count()
    host.get_by_role("button", name="Add a list").click()
    dialog = host.get_by_role("dialog")
    text = dialog.get_by_label("Options, one per line")
    text.fill("| Name | Why |\n|---|---|\n| NATS | small |\n| nats | again |")
    dialog.get_by_role("button", name="Add all").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Line 4")
    text.fill("| Name | Why |\n|---|---|\n| NATS | small |\n| Kafka | big |")
    dialog.get_by_role("button", name="Add all").click()
    expect(dialog).to_be_hidden()
    expect(rows).to_have_count(before + 2)
    expect(rows.nth(before)).to_contain_text("NATS")
    expect(rows.nth(before)).to_contain_text("small")
    expect(rows.nth(before + 1)).to_contain_text("Kafka")


def test_a_file_that_is_dropped_on_the_console_is_shown_before_it_is_added(server, person):
    board = server.new_board()
    host = person(board.host, DESK)
    rows = host.locator("[data-part=options] > li")
    expect(rows.first).to_be_visible()
    before = rows.count()
    host.evaluate(DROP, ["more.json", '["NATS", "Kafka"]'])
    dialog = host.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_have_text("2 options understood")
    host.evaluate(DROP, ["more.csv", "name,link\nNATS,https://nats.io/\n"])
    expect(dialog.get_by_role("status")).to_have_text("1 option understood")
    dialog.get_by_role("button", name="Add all").click()
    expect(dialog).to_be_hidden()
    expect(rows).to_have_count(before + 1)


def test_a_board_is_used_again(server, person):
    board = server.new_board()
    host = person(board.host, DESK)
    title = host.get_by_role("heading", level=1).text_content()
    with host.expect_download() as saved:
        host.get_by_role("link", name="Save as template").click()
    text = saved.value.path().read_text()
    assert saved.value.suggested_filename.endswith(".yaml")
    assert f"title: {title}" in text
    with host.expect_popup() as opened:
        host.get_by_role("button", name="Start another like this").click()
    other = opened.value
    expect(other).to_have_url(re.compile("/host$"))
    assert board.code not in other.url
    expect(other.get_by_role("heading", level=1)).to_have_text(title)
    host.goto(server.address)
    host.get_by_label("Options, one per line").fill(text)
    expect(host.get_by_label("What are you deciding?")).to_have_value(title)
