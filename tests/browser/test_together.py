"""Several people and a shared screen on one board, each in a browser of their own."""

import re

from playwright.sync_api import expect

from browser.pages import STAGE, card, comment, give_name, is_chosen, saved, see_first, tap


def bar(screen, name):
    return screen.locator(".ranking .bar").filter(has=screen.get_by_text(name, exact=True))


def test_votes_and_comments_reach_everyone_at_once(server, person):
    board = server.new_board()
    server.open_round(board, visibility="live", names="open")
    address = board.address
    mina, ravi = person(address), person(address)
    screen = person(f"{address}/screen", STAGE)
    expect(screen.get_by_text("0 voted, 2 still choosing").first).to_be_visible()

    tap(mina, "FastAPI")
    tap(mina, "Django")
    saved(mina).to_have_text("✓ saved")
    tap(ravi, "FastAPI")

    expect(bar(screen, "FastAPI").locator("[data-part=total]")).to_have_text("2")
    expect(bar(screen, "Django").locator("[data-part=total]")).to_have_text("1")
    expect(screen.locator(".ranking .bar").first).to_contain_text("FastAPI")
    expect(screen.get_by_text("All 2 have voted")).to_be_visible()
    expect(card(mina, "FastAPI").get_by_text("2 of 2 voters")).to_be_visible()
    see_first(screen, "1 FastAPI 2")

    give_name(mina, "Mina")
    comment(mina, "Flask", "Small enough to read in an evening.", "For")
    expect(screen.locator("[data-part=latest-comments]")).to_contain_text("Small enough to read")
    expect(screen.locator("[data-part=latest-comments]")).to_contain_text("Mina")
    expect(card(ravi, "Flask").locator("[data-part=talk-count]")).to_have_text("1 comment")


def test_a_hidden_result_is_on_no_page_until_the_reveal(server, person):
    board = server.new_board()
    server.open_round(board)
    address = board.address
    mina = person(address)
    screen = person(f"{address}/screen", STAGE, reduced_motion="reduce")
    tap(mina, "Tornado")
    saved(mina).to_have_text("✓ saved")

    expect(screen.locator("[data-part=ring]")).to_contain_text("1")
    expect(screen.get_by_text("Results are hidden until the reveal")).to_be_visible()
    expect(screen.locator(".ranking .bar")).to_have_count(0)
    expect(mina.locator("[data-part=result]:visible")).to_have_count(0)

    server.act(board, type="reveal_round", round=1)
    expect(bar(screen, "Tornado").locator("[data-part=total]")).to_have_text("1")
    expect(
        screen.locator("[data-part=verdict]").get_by_text("Tornado has 1 approval")
    ).to_be_visible()
    expect(mina.get_by_role("heading", name="Result")).to_be_visible()
    expect(mina.locator("[data-part=chosen]")).to_have_text("Voting is closed · 1 of 7 chosen")


def test_one_choice_moves_and_survives_a_reload(server, person):
    board = server.new_board(
        title="Tabs or spaces?", options=[{"name": "Tabs"}, {"name": "Spaces"}]
    )
    server.open_round(board, "single", visibility="live", names="open")
    page = person(board.address)
    tap(page, "Tabs")
    tap(page, "Spaces")
    expect(page.locator("[data-part=chosen]")).to_have_text("You chose Spaces")
    saved(page).to_have_text("✓ saved")
    page.reload()
    is_chosen(page, "Spaces").to_be_checked()
    is_chosen(page, "Tabs").not_to_be_checked()
    saved(page).to_have_text("✓ saved")
    expect(card(page, "Spaces").get_by_text("1 of 1 voter")).to_be_visible()


def test_two_tabs_of_one_browser_hold_one_ballot(server, person):
    board = server.new_board()
    server.open_round(board, visibility="live", names="open")
    address = board.address
    first = person(address)
    second = first.context.new_page()
    second.goto(address)
    tap(first, "Flask")
    is_chosen(second, "Flask").to_be_checked()
    tap(second, "Reflex")
    is_chosen(first, "Reflex").to_be_checked()
    expect(first.get_by_text("2 of 7 chosen")).to_be_visible()
    expect(card(first, "Flask").get_by_text("1 of 1 voter")).to_be_visible()


def test_a_vote_can_be_withdrawn_and_none_of_these_is_an_answer(server, person):
    board = server.new_board()
    server.open_round(board, visibility="live", names="open")
    page = person(board.address)
    tap(page, "Flask")
    saved(page).to_have_text("✓ saved")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Nothing chosen yet")).to_be_visible()
    is_chosen(page, "Flask").not_to_be_checked()
    page.get_by_role("button", name="None of these").click()
    expect(page.locator("[data-part=chosen]")).to_have_text("None of these")
    saved(page).to_have_text("✓ saved")
    expect(card(page, "Flask").get_by_text("0 of 1 voter")).to_be_visible()


def test_comments_can_be_answered_changed_and_taken_back(server, person):
    board = server.new_board()
    server.open_round(board)
    address = board.address
    mina, ravi = person(address), person(address)
    comment(mina, "Gradio", "Does <b>anybody</b> need it? See https://example.org/why.", "Question")
    said = card(mina, "Gradio").locator(".comments > .comment")
    expect(said).to_contain_text("Does <b>anybody</b> need it?")
    expect(said.get_by_role("link")).to_have_attribute("href", "https://example.org/why")
    expect(said.get_by_role("link")).to_have_attribute("rel", "noopener nofollow")

    card(ravi, "Gradio").locator("[data-part=talk] summary").click()
    theirs = card(ravi, "Gradio").locator(".comments > .comment")
    expect(theirs.get_by_role("button", name="Edit")).to_have_count(0)
    theirs.get_by_role("button", name=re.compile("Thumbs up")).click()
    expect(said.get_by_role("button", name="Thumbs up, 1")).to_be_visible()
    theirs.get_by_role("button", name="Reply").click()
    theirs.get_by_label("Your reply").fill("We do.")
    theirs.get_by_label("Your reply").press("Tab")
    theirs.locator("form").get_by_role("button", name="Reply").click()
    expect(said.locator(".replies .comment")).to_contain_text("We do.")

    said.get_by_role("button", name="Edit").click()
    said.get_by_label("Edit").fill("Who needs it?")
    said.get_by_role("button", name="Save").click()
    expect(theirs).to_contain_text("Who needs it?")
    expect(theirs).to_contain_text("edited")
    said.get_by_role("button", name="Delete").first.click()
    said.locator("[data-part=below]").get_by_role("button", name="Delete").click()
    expect(theirs).to_contain_text("This comment was deleted.")
    expect(theirs.locator("> .replies")).to_contain_text("We do.")


def test_anyone_who_writes_keeps_the_cursor_while_others_vote(server, person):
    board = server.new_board()
    server.open_round(board, visibility="live", names="open")
    address = board.address
    mina, ravi = person(address), person(address)
    card(mina, "Django").locator("[data-part=talk] summary").click()
    field = mina.get_by_label("Your comment on Django")
    field.fill("Half a senten")
    for name in ("Django", "Flask", "Reflex"):
        tap(ravi, name)
    comment(ravi, "Django", "Another voice.")
    expect(card(mina, "Django").locator(".comments")).to_contain_text("Another voice.")
    expect(field).to_be_focused()
    mina.keyboard.type("ce")
    expect(field).to_have_value("Half a sentence")
