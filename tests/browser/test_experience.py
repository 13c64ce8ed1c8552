"""How well people know the options: said on a card, folded away, and told in groups."""

from playwright.sync_api import expect

from browser.pages import DESK, PHONE, card, saved, tap


def test_a_voter_says_how_well_they_know_an_option_and_small_groups_are_not_told(server, person):
    board = server.new_board()
    address = f"{server.address}/b/{board.code}"
    host = person(f"{address}/host?key={board.host_key}", DESK)
    host.get_by_role("button", name="Open voting").click()
    dialog = host.get_by_role("dialog")
    dialog.get_by_role("switch", name="Ask how well people know each option").check()
    dialog.get_by_role("button", name="Open voting").click()
    ann = person(address, PHONE)
    tap(ann, "Flask")
    saved(ann).to_have_attribute("data-saved", "saved")
    asked = card(ann, "Flask").locator("[data-part=experience]")
    asked.get_by_text("How well do you know it?").click()
    shipped = asked.get_by_role("button", name="Shipped it")
    shipped.click()
    expect(shipped).to_have_attribute("aria-pressed", "true")
    ann.reload()
    expect(asked.locator("summary")).to_have_text("You shipped it")
    assert "You shipped it" not in host.content()
    server.reveal(board)
    for page in (ann, host):
        expect(page.locator("[data-part=lens]")).to_contain_text("Flask: not told")
    expect(asked).to_be_hidden()
    record = person(f"{address}/record", DESK)
    expect(record.get_by_role("main")).to_contain_text("fewer than 5 people")
