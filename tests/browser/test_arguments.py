"""A host chooses what stands in the record, and words it."""

from playwright.sync_api import expect

from browser.pages import DESK, PHONE, card, comment


def test_a_host_words_a_comment_for_the_record(server, person):
    board = server.new_board()
    phone, host = person(board.address, PHONE), person(board.host, DESK)
    comment(phone, "Flask", "It is small.")
    said = host.locator("[data-part=comments] .comment", has_text="It is small.")
    said.get_by_role("button", name="For the record…").click()
    dialog = host.locator("#set-argument")
    expect(dialog.get_by_label("for the option")).to_be_checked()
    words = dialog.get_by_label("In these words")
    expect(words).to_have_value("It is small.")
    dialog.get_by_label("against the option").check()
    words.fill("Its core is <b>small</b>.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(said.get_by_role("button", name="In the record: against")).to_be_visible()
    expect(card(phone, "Flask")).to_contain_text("It is small.")
    record = person(f"{board.address}/record", PHONE)
    against = record.locator("[data-side=con]")
    expect(against).to_contain_text("Its core is <b>small</b>. in the host")
