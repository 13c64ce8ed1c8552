"""What changed from round to round, on the pages that compare them."""

from playwright.sync_api import expect

from browser.accessibility import FAINT
from browser.elections import TEAM
from browser.pages import DESK, PHONE, STAGE, card, comment

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def vote_as(page, board, server, n, option):
    """Vote over HTTP as this browser."""
    answer = page.request.post(
        f"{server.address}/api/boards/{board.code}/actions",
        data={"type": "vote", "id": f"v{n}", "round": n, "ballot": {"choice": option}},
    )
    assert answer.ok, answer.text()


def test_who_moved_is_told_in_sentences_and_a_table(server, person):
    board = server.new_board(**TEAM)
    address = board.address
    people = [person(address, PHONE) for _ in range(4)]
    for n, choices in enumerate((("flask", "flask", "django", "django"), ("flask",) * 4), 1):
        server.open_round(board, "single", names="open")
        for page, choice in zip(people, choices, strict=True):
            vote_as(page, board, server, n, choice)
        server.reveal(board)
    movement = server.state(board)["tally"]["movement"]
    assert movement["flows"] == [{"source": "django", "target": "flask", "people": 2}]
    phone, host = people[0], person(f"{address}/host?key={board.host_key}", DESK)
    phone.get_by_text("Rounds side by side").first.click()
    for page in (phone, host):
        expect(page.locator(".movement-said > li")).to_have_text(movement["because"])
        row = page.get_by_role("table", name="From round 1 to round 2").locator("tbody tr")
        expect(row).to_have_text(["DjangoFlask2"])
        picture = page.get_by_role("img", name="From round 1 to round 2")
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        expect(picture).to_have_js_property("naturalWidth", 760)
        assert page.evaluate(FAINT, 4.5) == []
        assert page.evaluate(SIDEWAYS) <= 0


def test_that_another_round_is_unlikely_to_change_anything_is_told_where_it_is_decided(
    server, person
):
    board = server.new_board(**TEAM)
    address = board.address
    for n in (1, 2):
        server.open_round(board, "single")
        server.vote(board, *[{"choice": "flask"}] * 3, n=n)
        server.reveal(board)
    movement = server.state(board)["tally"]["movement"]
    assert movement["settled"]
    assert "flows" not in movement
    said = "Another round is unlikely to change anything"
    screen = person(f"{address}/screen", STAGE, reduced_motion="reduce")
    expect(screen.locator("[data-part=rule]")).to_contain_text(said)
    host = person(f"{address}/host?key={board.host_key}", DESK)
    expect(host.locator(".next-hint")).to_contain_text(said)
    record = person(f"{address}/record", DESK)
    expect(record.locator("main")).to_contain_text(said)
    expect(record.locator("main")).to_contain_text("Secret ballots are not joined")


def test_who_changed_their_vote_marks_the_comment_that_moved_them(server, person):
    board = server.new_board(**TEAM)
    address = board.address
    ann, ben = person(address, PHONE), person(address, PHONE)
    server.open_round(board, "single", names="open")
    comment(ann, "Flask", "It starts in a second.", "For")
    card(ben, "Flask").locator("[data-part=talk] > summary").click()
    said = card(ben, "Flask").locator(".comment").filter(has_text="It starts in a second.")
    moved = said.get_by_role("button", name="This moved me")
    for n, choice in enumerate(("django", "flask"), 1):
        if n == 2:
            server.open_round(board, "single", names="open")
            expect(ben.locator("[data-part=phase]")).to_contain_text("Round 2")
        expect(said).to_be_visible()
        expect(moved).to_be_hidden()
        vote_as(ben, board, server, n, choice)
        vote_as(ann, board, server, n, "flask")
        if n == 2:
            moved.click()
            expect(moved).to_have_attribute("aria-pressed", "true")
            expect(ann.get_by_role("button", name="This moved me")).to_be_hidden()
            ben.reload()
            card(ben, "Flask").locator("[data-part=talk] > summary").click()
            expect(moved).to_have_attribute("aria-pressed", "true")
        server.reveal(board)
    ben.get_by_text("Rounds side by side").first.click()
    told = ben.locator(".moved-by li")
    expect(told).to_contain_text("One person")
    expect(told.locator("q")).to_have_text("It starts in a second.")
    record = person(f"{address}/record", DESK)
    expect(record.get_by_role("main")).to_contain_text(
        "One person was moved by “It starts in a second.” (on Flask)."
    )
