"""The talk, as those see it who write, read, answer and host it."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.boxes import SIDEWAYS, SMALL_TARGETS
from browser.many_comments import fill
from browser.pages import DESK, PHONE, STAGE, card, comment, give_name, press, until

CASES = json.loads((Path(__file__).parents[1] / "rich_text.json").read_text())

TAKEN_APART = """async (texts) => {
    const script = document.querySelector("script[type=module]").src;
    const { pieces, richText } = await import(script.replace("pages/ballot.js", "js/rich_text.js"));
    const shown = (text) => {
        const nodes = [...richText(text).childNodes];
        return nodes.map((node) => [{ A: "link", CODE: "code" }[node.nodeName] ?? "text", node.textContent]).filter(([, piece]) => piece);
    };
    return texts.map((text) => [pieces(text), shown(text)]);
}"""

ACT = """async (message) => {
    const address = `${location.pathname.replace("/b/", "/api/boards/")}/actions`;
    return (await fetch(address, { method: "POST", body: JSON.stringify(message) })).status;
}"""

NASTY = '<img src=x onerror="document.title=1">'


@pytest.fixture
def board(server):
    made = server.new_board()
    server.open_round(made)
    return made


def threads(page, name):
    return card(page, name).locator(".comments > .comment")


def thread(page, name, text):
    return threads(page, name).filter(has_text=text).first


def open_talk(page, name):
    card(page, name).locator("[data-part=talk] > summary").click()
    return card(page, name).locator("[data-part=talk]")


def order(page, name):
    return expect(threads(page, name).locator("> [data-part=text]"))


def button(within, name):
    return within.get_by_role("button", name=name, exact=True)


def host_of(board, person):
    return person(board.host, DESK)


def test_page_and_server_take_a_text_apart_alike(board, person):
    page = person(board.address)
    found = page.evaluate(TAKEN_APART, [text for text, _ in CASES])
    for (text, expected), (taken_apart, shown) in zip(CASES, found, strict=True):
        assert taken_apart == expected, text
        assert shown == expected, text


def test_two_people_discuss(board, person):
    mina, ravi = person(board.address), person(board.address, DESK)
    for text, kind in (("Small.", "For"), ("Bare.", "Against"), ("Async?", "Question")):
        comment(mina, "Flask", text, kind)
    open_talk(ravi, "Flask")
    order(ravi, "Flask").to_have_text(["Async?", "Bare.", "Small."])
    expect(card(ravi, "Flask").locator("[data-part=talk-count]")).to_have_text("3 comments")
    marks = card(ravi, "Flask").locator("[data-part=talk-kinds] .kind-count")
    expect(marks).to_have_text([" For 1", " Against 1", " Question 1"])

    said = thread(ravi, "Flask", "Async?")
    button(said, "Reply").click()
    said.get_by_label("Your reply").fill("Since 2.0.")
    said.get_by_label("Your reply").press("Control+Enter")
    mine = thread(mina, "Flask", "Async?")
    expect(mine.locator("> .replies > .comment")).to_contain_text("Since 2.0.")
    # An answer is not answered, and belongs to whoever wrote it.
    answer = mine.locator("> .replies > .comment")
    expect(button(answer, "Reply")).to_be_hidden()
    expect(button(answer, "Edit")).to_be_hidden()

    button(mine, "Thumbs up, 0").first.click()
    expect(button(mine, "Thumbs up, 1, yours too")).to_have_attribute("aria-pressed", "true")
    button(said, "More reactions").first.click()
    button(said, "Party, 0").click()
    expect(button(mine, "Party, 1")).to_have_attribute("aria-pressed", "false")
    button(mine, "Thumbs up, 1, yours too").click()
    expect(button(said, "Thumbs up, 0").first).to_be_visible()

    button(mine, "Edit").click()
    expect(mine.locator("> [data-part=text]")).to_be_hidden()
    mine.get_by_label("Edit").press("Escape")
    expect(button(mine, "Edit")).to_be_focused()
    button(mine, "Edit").click()
    mine.get_by_label("Edit").fill("Is it async?")
    button(mine, "Save").click()
    order(ravi, "Flask").to_have_text(["Is it async?", "Bare.", "Small."])

    small = thread(mina, "Flask", "Small.")
    button(small, "Delete").click()
    small.get_by_role("button", name="Cancel").click()
    expect(button(small, "Delete")).to_be_focused()
    button(small, "Delete").click()
    small.get_by_role("group").get_by_role("button", name="Delete").click()
    order(ravi, "Flask").to_have_text(["Is it async?", "Bare."])
    button(mine, "Delete").click()
    mine.get_by_role("group").get_by_role("button", name="Delete").click()
    gone = thread(ravi, "Flask", "Since 2.0.")
    expect(gone.locator("> [data-part=text]")).to_have_text("This comment was deleted.")


def test_the_list_goes_by_support_kind_and_option_and_keeps_still(board, person):
    mina, ravi = person(board.address), person(board.address, DESK)
    for text, kind in (("One", "For"), ("Two", "Risk"), ("Three", "For")):
        comment(mina, "Flask", text, kind)
    comment(mina, "Django", "Four", "Note")
    open_talk(ravi, "Flask")
    talk = card(ravi, "Flask").locator("[data-part=talk]")
    talk.locator(".segments label").filter(has_text="Support").click()
    order(ravi, "Flask").to_have_text(["Three", "Two", "One"])
    button(thread(mina, "Flask", "One"), "Thumbs up, 0").click()
    expect(button(thread(ravi, "Flask", "One"), "Thumbs up, 1")).to_be_visible()
    order(ravi, "Flask").to_have_text(["Three", "Two", "One"])
    talk.locator(".segments label").filter(has_text="Support").click()
    order(ravi, "Flask").to_have_text(["One", "Three", "Two"])
    # One's own words are in sight at once, however little support they have yet.
    talk.get_by_label("Your comment on Flask").fill("Mine")
    button(talk, "Post").click()
    order(ravi, "Flask").to_have_text(["Mine", "One", "Three", "Two"])
    button(talk, "Risk: 1").click()
    order(ravi, "Flask").to_have_text(["Two"])
    button(talk, "Risk: 1").click()
    order(ravi, "Flask").to_have_count(4)

    everything = ravi.locator("[data-part=all-talk]")
    everything.locator("summary").click()
    texts = everything.locator(".comments > .comment > [data-part=text]")
    expect(texts).to_have_text(["Mine", "Four", "Three", "Two", "One"])
    expect(everything.locator("[data-part=option]").nth(1)).to_have_text("Django")
    everything.get_by_label("About which option?").select_option("Django")
    expect(texts).to_have_text(["Four"])


PLACES = """() => [...document.querySelectorAll("[data-part=talk][open] :is(.comment, textarea)")]
    .filter((node) => node.checkVisibility())
    .map((node) => [node.dataset.key ?? node.ariaLabel, Math.round(node.getBoundingClientRect().top)])"""


def test_what_is_read_and_written_stays_where_it_is_while_others_comment(server, board, person):
    fill(server, board, [f"Comment {n}" for n in range(6)])
    page = person(board.address, PHONE)
    open_talk(page, "Flask")
    expect(threads(page, "Flask")).to_have_count(6)
    thread(page, "Flask", "Comment 5").evaluate(
        "node => scrollTo(0, scrollY + node.getBoundingClientRect().top - 300)"
    )
    before = page.evaluate(PLACES)
    news = page.get_by_role("button", name=re.compile("new comment"))
    others = person(board.address, DESK)
    for n in (1, 2):
        comment(others, "Flask", f"Later {n}")
        expect(news).to_have_text(f"{n} new comment{'s' * (n > 1)}")
    assert page.evaluate(PLACES) == before
    expect(card(page, "Flask").locator("[data-part=talk-count]")).to_have_text("8 comments")
    # It takes no room, and is a whole target itself.
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(SIDEWAYS) <= 0

    # An answer above what someone writes does not push it down, either.
    below = thread(page, "Flask", "Comment 4")
    button(below, "Reply").click()
    below.get_by_label("Your reply").fill("As I was say")
    place = below.get_by_label("Your reply").bounding_box()["y"]
    answered = thread(others, "Flask", "Comment 5")
    button(answered, "Reply").click()
    answered.get_by_label("Your reply").fill("Yes, and at length. " * 20)
    answered.get_by_label("Your reply").press("Control+Enter")
    expect(thread(page, "Flask", "Comment 5")).to_contain_text("at length")
    now = below.get_by_label("Your reply").bounding_box()["y"]
    assert now == pytest.approx(place, abs=1)

    # However far one has read, they can be had.
    threads(page, "Flask").last.scroll_into_view_if_needed()
    expect(news).to_be_in_viewport(ratio=1)
    press(news)
    expect(news).to_be_hidden()
    order(page, "Flask").to_have_text(
        ["Later 2", "Later 1", *(f"Comment {n}" for n in range(5, -1, -1))]
    )
    expect(thread(page, "Flask", "Later 2")).to_be_focused()
    expect(thread(page, "Flask", "Later 2")).to_be_in_viewport()
    expect(below.get_by_label("Your reply")).to_have_value("As I was say")


def test_the_host_pins_hides_and_closes(board, person):
    mina, host = person(board.address), host_of(board, person)
    screen = person(board.screen, STAGE)
    for text in ("Rude words.", "Use `asyncio`."):
        comment(mina, "Flask", text)
    comment(mina, "Django", "Late.")
    said = screen.locator("[data-part=latest-comments] [data-part=text]")
    expect(said).to_have_text(["Late.", "Use asyncio.", "Rude words."])
    row = host.locator(".comments > .comment").filter(has_text="Rude words.")
    button(row, "Pin").click()
    expect(said).to_have_text(["Rude words.", "Late.", "Use asyncio."])
    order(mina, "Flask").to_have_text(["Rude words.", "Use asyncio."])
    expect(thread(mina, "Flask", "Rude words.")).to_contain_text("pinned")
    button(row, "Hide").click()
    expect(said).to_have_text(["Late.", "Use asyncio."])
    expect(row).to_contain_text("Rude words.")
    expect(row).to_contain_text("hidden")
    expect(card(mina, "Flask")).not_to_contain_text("Rude words.")
    expect(card(mina, "Flask").locator("[data-part=talk-count]")).to_have_text("1 comment")
    button(row, "Show again").click()
    expect(card(mina, "Flask")).to_contain_text("Rude words.")

    draft = mina.get_by_label("Your comment on Flask")
    draft.fill("Half a thou")
    host.get_by_role("switch", name="Comments open").uncheck()
    expect(host.get_by_text("Comments are closed: no one can write")).to_be_visible()
    expect(card(mina, "Flask")).to_contain_text("What you wrote stays here.")
    expect(draft).to_have_value("Half a thou")
    expect(button(card(mina, "Flask"), "Post")).to_be_disabled()
    expect(mina.get_by_role("button", name="Reply")).to_have_count(0)
    expect(button(card(mina, "Flask"), "Delete").first).to_be_visible()
    open_talk(mina, "Tornado")
    expect(card(mina, "Tornado").get_by_text("The host has closed comments.")).to_be_visible()
    host.get_by_role("switch", name="Comments open").check()
    expect(button(card(mina, "Flask"), "Post")).to_be_enabled()


def test_what_is_refused_comes_back_to_where_it_was_written(board, person):
    page = person(board.address)
    comment(page, "Flask", "Fine.")
    said = thread(page, "Flask", "Fine.")
    button(said, "Reply").click()
    said.get_by_label("Your reply").fill("back\u202ewards")
    button(said.locator("form"), "Reply").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Your comment was not posted.")
    expect(said.get_by_label("Your reply")).to_have_value("back\u202ewards")
    comment(page, "Django", "back\u202ewards")
    expect(alert).to_contain_text("control character")
    expect(page.get_by_label("Your comment on Django")).to_have_value("back\u202ewards")


def test_what_looks_like_a_script_is_text(server, person):
    made = server.new_board(title=NASTY, options=[{"name": NASTY}, {"name": "B"}], context=NASTY)
    address = made.address
    mina = person(address)
    give_name(mina, NASTY[:40])
    texts = (
        f"{NASTY} {{{{ 7 * 7 }}}}",
        '`<script>alert(1)</script>` https://x.org/"onclick="alert(1)',
        "javascript:alert(1) data:text/html,<script>alert(1)</script>",
    )
    for text in texts:
        comment(mina, NASTY, text)
    expect(mina.locator(".comment[data-pending]")).to_have_count(0)
    addresses = (address, f"{address}/screen", f"{address}/host?key={made.host_key}")
    for place in addresses:
        for script in (True, False):
            page = person(place, DESK, java_script_enabled=script)
            if script and place == address:
                open_talk(page, NASTY)
            elif place == address:
                page.locator("[data-part=talk] > summary").first.click()
            shown = page.locator(".comment-text, .latest-comment-text")
            expect(shown.filter(has_text=texts[0])).to_be_visible()
            expect(shown.filter(has_text="javascript:alert(1)")).to_be_visible()
            assert page.locator("main img, aside img, main script, [onclick]").count() == 0
            assert NASTY in page.title()
            for link in page.locator("main a:not([href=''])").all():
                assert re.match(
                    r"(https://x\.org/$|/b/|/api/boards/\w+/(template|record\.ics)$)",
                    link.get_attribute("href"),
                )


def test_thousands_of_comments_come_by_pages(server, board, person):
    texts = [f"Thought {n}." for n in range(5000)]
    fill(server, board, texts, ("flask", "django"))
    page = person(board.address, PHONE)
    expect(card(page, "Django").locator("[data-part=talk-count]")).to_have_text("2500 comments")
    talk = open_talk(page, "Django")
    order(page, "Django").to_have_text([f"Thought {n}." for n in range(4999, 4960, -2)])
    more = talk.locator(".talk-more")
    expect(more).to_have_text("Show older (2480)")
    for shown in (60, 100, 140):
        # With the keyboard: heights above the button are estimates until they are scrolled to,
        # and it may move between the press of a mouse and its release.
        more.press("Enter")
        expect(threads(page, "Django")).to_have_count(shown)
    order(page, "Django").to_have_text([f"Thought {n}." for n in range(4999, 4720, -2)])
    expect(more).to_have_text("Show older (2360)")
    # The page holds what was asked for, whatever the board holds.
    assert page.locator(".comment").count() < 400

    # What is said about a comment that is not here waits with it.
    ravi = person(board.address, DESK)
    open_talk(ravi, "Django")
    button(threads(ravi, "Django").last, "Reply").click()
    ravi.get_by_label("Your reply").fill("Late answer.")
    button(threads(ravi, "Django").last.locator("form"), "Reply").click()
    late = threads(page, "Django").filter(has_text="Late answer.")
    expect(late).to_have_count(1)
    server.act(board, type="pin_comment", comment="t1", on=True)
    expect(threads(page, "Django").first).to_contain_text("Thought 1.")
    like = {"id": "like", "type": "react", "comment": "t2001", "emoji": "👍", "on": True}
    assert ravi.evaluate(ACT, like) == 200
    until(page, "document.querySelectorAll('.comment').length < 400")
    talk.locator(".segments label").filter(has_text="Support").click()
    expect(threads(page, "Django").nth(1)).to_contain_text("Thought 2001.")
    expect(card(page, "Django").locator("[data-part=talk-count]")).to_have_text("2501 comments")

    host = host_of(board, person)
    expect(host.locator("[data-part=comments-count]")).to_have_text("5001")
    server.act(board, type="hide_comment", comment="t7", on=True)
    expect(host.locator("[data-part=comments-count]")).to_have_text("5000")
    plain = person(board.address, PHONE, java_script_enabled=False)
    open_talk(plain, "Django")
    expect(plain.get_by_text("Older comments not on this page: 2398")).to_be_visible()


def test_a_long_thread_shows_its_last_answers(server, board, person):
    page = person(board.address)
    comment(page, "Flask", "Root.")
    said = thread(page, "Flask", "Root.")
    for n in range(6):
        button(said, "Reply").click()
        said.get_by_label("Your reply").fill(f"Answer {n}.")
        said.get_by_label("Your reply").press("Control+Enter")
        expect(said.locator("> .replies")).to_contain_text(f"Answer {n}.")
    expect(said.locator("> .replies > .comment")).to_have_count(4)
    button(said, "Show 2 earlier replies").click()
    expect(said.locator("> .replies > .comment")).to_have_count(6)
    expect(said.locator("> .replies > .comment").first).to_be_focused()


def test_replies_that_a_page_does_not_have_are_fetched_when_someone_asks(server, board, person):
    page = person(board.address)
    comment(page, "Flask", "Root.")
    root = thread(page, "Flask", "Root.")
    expect(page.locator(".comment[data-pending]")).to_have_count(0)
    parent = root.get_attribute("data-key")
    answers = [f"Answer {n}." for n in range(90)]
    fill(server, board, answers, parent=parent)
    newcomer = person(board.address)
    open_talk(newcomer, "Flask")
    expect(card(newcomer, "Flask").locator("[data-part=talk-count]")).to_have_text("91 comments")
    said = thread(newcomer, "Flask", "Root.")
    replies = said.locator("> .replies > .comment")
    expect(replies).to_have_count(4)
    # Twenty came with the page; the rest comes by fifties, in order and each once.
    button(said, "Show 86 earlier replies").click()
    expect(replies).to_have_count(70)
    expect(replies.first).to_be_focused()
    button(said, "Show 20 earlier replies").click()
    expect(replies).to_have_count(90)
    expect(button(said, "earlier repl")).to_be_hidden()
    for n in (0, 1, 45, 89):
        expect(replies.nth(n)).to_contain_text(f"Answer {n}.")


def test_comments_are_read_without_a_script(server, board, person):
    page = person(board.address)
    for text in ("See `here`: https://example.org/.", "Rude words."):
        comment(page, "Flask", text)
    said = thread(page, "Flask", "See")
    button(said, "Reply").click()
    said.get_by_label("Your reply").fill("I see.")
    button(said.locator("form"), "Reply").click()
    button(said, "Thumbs up, 0").first.click()
    expect(page.locator(".comment[data-pending]")).to_have_count(0)
    rude = thread(page, "Flask", "Rude").get_attribute("data-key")
    server.act(board, type="hide_comment", comment=rude, on=True)
    plain = person(board.address, java_script_enabled=False)
    open_talk(plain, "Flask")
    said = thread(plain, "Flask", "See")
    expect(said.get_by_role("link")).to_have_attribute("href", "https://example.org/")
    expect(said.locator("code")).to_have_text("here")
    expect(said.locator("> .replies")).to_contain_text("I see.")
    expect(said).to_contain_text("👍 1")
    expect(threads(plain, "Flask").first).to_contain_text("The host has hidden this comment.")
    expect(card(plain, "Flask").locator("[data-part=talk-count]")).to_have_text("2 comments")
