"""Weights by the room: criteria get dots, and the host takes the result over."""

from playwright.sync_api import expect

from browser.pages import DESK, PHONE


def test_the_room_weighs_the_criteria_and_the_host_takes_it_over(server, person):
    board = server.new_board(
        title="Which queue?",
        options=[{"name": name} for name in ("Kafka", "NATS")],
        criteria=[{"name": name} for name in ("Kafka", "Speed")],
    )
    host, phone = person(board.host, DESK), person(board.address, PHONE)
    host.get_by_role("button", name="Open voting").first.click()
    form = host.locator("#open-round")
    form.locator("input[value=dots]").check()
    form.get_by_label("Vote on the criteria").check()
    form.get_by_role("button", name="Open voting").click()
    expect(phone.get_by_text("This round is about the criteria")).to_be_visible()
    expect(phone.locator("[data-part=cards] > li")).to_have_count(2)
    phone.get_by_role("button", name="One more dot for Speed").click()
    expect(phone.locator("[data-part=saved]")).to_have_text("✓ saved")
    server.reveal(board)
    expect(phone.locator("[data-part=cards] > li", has_text="NATS")).to_be_visible()
    host.get_by_role("button", name="Take over as weights").click()
    expect(host.locator("[data-part=criteria-hint]")).to_have_text(
        "Weights given by the room, with dots in round 1"
    )
    expect(host.locator("[data-part=criteria-list]")).to_have_text("Speed 100%")
    record = person(f"{board.address}/record", PHONE)
    expect(record.get_by_text("Weights given by the room, with dots in round 1")).to_be_visible()
    expect(record.locator(".record-rounds")).to_contain_text("Speed: 1, Kafka: 0")
