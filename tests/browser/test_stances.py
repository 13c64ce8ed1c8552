"""Whether people commit to an outcome, and why it might fail: on phones, console and record."""

from playwright.sync_api import expect

from browser.pages import DESK, PHONE, STAGE

WHY = "No one here has run it."


def test_people_say_whether_they_commit_and_doubts_become_risks_with_owners(server, person):
    board = server.new_board()
    address = f"{server.address}/b/{board.code}"
    host = person(f"{address}/host?key={board.host_key}", DESK)
    host.get_by_role("button", name="Open voting").click()
    dialog = host.get_by_role("dialog")
    dialog.get_by_role("switch", name="Ask everyone whether they commit").check()
    dialog.get_by_role("button", name="Open voting").click()
    ann, screen = person(address, PHONE), person(f"{address}/screen", STAGE)
    server.vote(board, {"approve": ["flask"]})
    server.reveal(board)
    mine = ann.locator("[data-part=stance]")
    mine.get_by_role("button", name="I commit, with a reservation").click()
    mine.get_by_label("Why?").fill(WHY)
    mine.get_by_role("button", name="Save").click()
    expect(mine.get_by_role("status")).to_contain_text("You commit with a reservation")
    ann.reload()
    expect(mine.get_by_role("button", name="I commit, with a reservation")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(screen.locator("[data-part=about]")).to_contain_text("1 with a reservation")
    risks = host.locator("[data-part=risks]")
    expect(risks).to_contain_text(WHY)
    risks.get_by_role("textbox").fill("Ben")
    risks.get_by_role("button", name="Save").click()
    expect(mine).to_contain_text("Ben sees to it")

    host.get_by_role("button", name="Ask everyone why it failed").click()
    asked = ann.locator("[data-part=premortem]")
    asked.get_by_label("A reason").fill("It was too slow.")
    asked.get_by_role("button", name="Add it").click()
    expect(asked.get_by_role("listitem")).to_have_text("It was too slow.")
    expect(host.locator("[data-part=premortem]")).to_contain_text("1 reason")
    assert "too slow" not in host.content()
    host.get_by_role("button", name="Show what people wrote").click()
    expect(host.locator("[data-part=comments]")).to_contain_text("It was too slow.")
    replay = person(f"{address}/replay", DESK)
    replay.get_by_role("slider").press("End")
    expect(replay.locator("[data-part=said]")).to_contain_text(WHY)
    record = person(f"{address}/record", DESK)
    expect(record.get_by_role("main")).to_contain_text(f"{WHY} (a reservation; owner: Ben)")
