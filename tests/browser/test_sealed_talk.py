"""Comments that are hidden until the reveal, as the author, the others and the room see them."""

from playwright.sync_api import expect

from browser.pages import DESK, PHONE, STAGE, card, comment

SECRET = "Only I know that it leaks."


def text_of(page, words):
    return page.locator(".comment [data-part=text]").filter(has_text=words)


def test_everyone_writes_before_they_read_and_reads_all_at_the_reveal(server, person):
    board = server.new_board()
    address = f"{server.address}/b/{board.code}"
    host = person(f"{address}/host?key={board.host_key}", DESK)
    host.get_by_role("button", name="Open voting").click()
    dialog = host.get_by_role("dialog")
    dialog.get_by_role("switch", name="Comments stay hidden until the reveal").check()
    dialog.get_by_role("button", name="Open voting").click()
    ann, ben = person(address, PHONE), person(address, PHONE)
    screen = person(f"{address}/screen", STAGE)
    for page in (ann, ben, host):
        expect(page.locator("[data-part=rules]:visible")).to_contain_text("hidden until the reveal")
    comment(ann, "Flask", SECRET)
    mine = card(ann, "Flask").locator(".comment").filter(has_text=SECRET)
    expect(mine.locator("[data-part=mark]")).to_have_text("hidden until the reveal")
    expect(mine.get_by_role("button", name="Edit", exact=True)).to_be_visible()
    expect(mine.get_by_role("button", name="Reply", exact=True)).to_be_hidden()
    for page in (screen, host):
        expect(page.locator("[data-part=sealed]")).to_have_text(
            "1 comment is hidden until the reveal"
        )
    for page in (ben, screen, host):
        assert SECRET not in page.content()
    ann.reload()
    card(ann, "Flask").locator("[data-part=talk] > summary").click()
    expect(text_of(ann, SECRET)).to_be_visible()
    server.reveal(board)
    card(ben, "Flask").locator("[data-part=talk] > summary").click()
    for page in (ann, ben):
        shown = card(page, "Flask").locator(".comment").filter(has_text=SECRET)
        expect(shown.locator("[data-part=mark]")).to_have_text("raised by one person")
    expect(text_of(host, SECRET)).to_be_visible()
    expect(screen.locator("[data-part=sealed]")).to_be_hidden()
    shown.get_by_role("button", name="Thumbs up").click()
    expect(shown.locator("[data-part=mark]")).to_have_text("")
