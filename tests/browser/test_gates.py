"""Must-haves: a host writes one down and answers it, and every page shows what dropped out."""

from playwright.sync_api import expect

from browser.pages import DESK, PHONE


def test_an_option_that_fails_a_must_have_drops_out_in_sight_of_all(server, person):
    board = server.new_board(
        title="Which queue?", options=[{"name": name} for name in ("Kafka", "NATS", "RabbitMQ")]
    )
    host, phone, screen = (
        person(board.host, DESK),
        person(board.address, PHONE),
        person(board.screen),
    )
    host.get_by_role("button", name="Edit must-haves").click()
    dialog = host.locator("#edit-gates")
    dialog.get_by_label("What it must have").fill("Open <b>licence</b>")
    dialog.get_by_label("Who finds out").fill("Maria")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    kafka = phone.locator("[data-key=kafka]")
    expect(kafka).to_contain_text("Not known yet: Open <b>licence</b> (Maria finds out)")
    fold = host.locator("[data-part=gate-list] details")
    fold.locator("summary").click()
    evidence = fold.get_by_label("Kafka: Open <b>licence</b>. Evidence")
    evidence.fill("See https://example.org/<i>")
    fold.get_by_label("Kafka: Open <b>licence</b>", exact=True).select_option("fail")
    expect(fold).to_contain_text("1 out, 2 not known")
    expect(kafka).to_contain_text("Out, because it fails: Open <b>licence</b>")
    link = kafka.locator(".gate-evidence a")
    expect(link).to_have_attribute("href", "https://example.org/")
    expect(evidence).to_have_value("See https://example.org/<i>")
    # A page that opens now says the same before its script runs.
    late = person(board.address, PHONE, java_script_enabled=False)
    expect(late.locator("[data-key=kafka] .gate-evidence a")).to_have_count(1)
    server.open_round(board)
    expect(kafka).to_contain_text("Not on this round's ballot")
    expect(kafka.get_by_role("checkbox")).to_have_count(0)
    expect(phone.get_by_role("checkbox")).to_have_count(2)
    expect(screen.locator("[data-part=gates-names]")).to_contain_text("Out: Kafka (Open <b>")
    expect(host.get_by_role("button", name="Edit must-haves")).to_be_hidden()
    expect(evidence).to_have_attribute("readonly", "")
    server.reveal(board)
    expect(screen.locator("[data-part=gates-results]")).to_contain_text("Out: Kafka (Open <b>")
    expect(host.get_by_role("button", name="Edit must-haves")).to_be_visible()
    record = person(f"{board.address}/record", PHONE)
    expect(record.locator(".record-gates")).to_contain_text("Fail, and dropped out: Kafka")
    expect(record.locator(".record-gates")).to_contain_text("Open <b>licence</b> (owner: Maria)")
