"""A whole meeting in which host, phone and shared screen are each another browser: what one of them
sends, the others understand; and every page fits in every one.
"""

import json

import pytest

from browser.boxes import SIDEWAYS, STAGE_FAULTS, TEXTS_ON_EACH_OTHER
from browser.elections import TEAM
from browser.engines import Chromium, firefox, webkit
from support.wait import until

pytestmark = pytest.mark.needs("firefox-esr", "WebKitWebDriver", "Xvfb")

NAMES = ("chromium", "firefox", "webkit")
PHONE, DESK, STAGE = (360, 740), (1440, 900), (1920, 1080)
LAYOUTS = {
    "phone": (TEXTS_ON_EACH_OTHER, (DESK, PHONE)),
    "host": (TEXTS_ON_EACH_OTHER, (PHONE, DESK)),
    "screen": (STAGE_FAULTS, (DESK, STAGE)),
}
"""What finds the faults of each page, and the sizes at which it is looked at; it stays at the last."""

PRESS = """((selector, text) => {
    const node = [...document.querySelectorAll(selector)]
        .find((each) => each.checkVisibility() && (text === null || each.textContent.trim() === text));
    if (!node) return "not there";
    node.scrollIntoView({ block: "center", behavior: "instant" });
    const box = node.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (!node.contains(top)) return `covered by ${top?.outerHTML.slice(0, 80)}`;
    node.click();
    return "pressed";
})(%s, %s)"""
SHOWN = """((selector) => [...document.querySelectorAll(selector)]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }))
    .map((node) => node.textContent.trim()).join(" | "))(%s)"""
SETTLE = """(() => {
    window.hasSettled = false;
    const frame = () => new Promise(requestAnimationFrame);
    frame().then(frame).then(() => { window.hasSettled = true; });
})()"""
SETTLED = "window.hasSettled && document.getAnimations().length === 0"


@pytest.fixture(scope="module")
def engines(resident, tmp_path_factory):
    folder = tmp_path_factory.mktemp
    with firefox(folder("firefox")) as of_mozilla, webkit(folder("webkit")) as of_apple:
        yield dict(
            zip(NAMES, (Chromium(resident("about:blank")), of_mozilla, of_apple), strict=True)
        )


def press(page, selector, text=None):
    """Click on what has this text, or on the first of all, once nothing covers it."""
    wanted = PRESS % (json.dumps(selector), json.dumps(text))
    until(lambda: page.run(wanted) == "pressed")


def press_and_confirm(host, name):
    press(host, ".next-steps button", name)
    press(host, ".next .confirm button", name)


def sees(page, selector, words):
    until(lambda: words in shown(page, selector))


def shown(page, selector):
    return page.run(SHOWN % json.dumps(selector))


def fits(pages):
    """Every page at its sizes: no line of text lies on another, and nothing scrolls sideways."""
    for name, page in pages.items():
        find_faults, sizes = LAYOUTS[name]
        for size in sizes:
            page.resize(*size)
            settle(page)
            assert page.run(f"({find_faults})()") == [], (name, size)
            assert page.run(SIDEWAYS) <= 0, (name, size)


def settle(page):
    """Wait until what was changed is drawn, and nothing moves."""
    page.run(SETTLE)
    until(lambda: page.run(SETTLED))


def await_script(page):
    until(lambda: page.run("document.documentElement.matches('.scripted')"))


@pytest.mark.parametrize("first", range(3), ids=NAMES)
def test_a_meeting_from_a_blind_round_to_the_decision(server, engines, first):
    """`first`: which of them is the host's."""
    cast = [engines[NAMES[(first + n) % 3]] for n in range(3)]
    pages = dict(zip(LAYOUTS, (cast[1], cast[0], cast[2]), strict=True))
    phone, host, screen = pages.values()
    board = server.new_board(**TEAM)
    for page, address in ((host, board.host), (phone, board.address), (screen, board.screen)):
        page.open(address)
        await_script(page)
    sees(screen, "[data-part=join] .code", f"{board.code[:3]}-{board.code[3:]}")
    fits(pages)

    press(host, ".next-steps button", "Open voting")
    press(host, "dialog[open] b", "Approval")
    press(host, "dialog[open] .button-main", "Open voting")
    until(lambda: not shown(host, "dialog[open]"))
    press(phone, "[data-part=cards] > [data-key=flask] .vote")
    sees(phone, "[data-part=saved]", "✓ saved")
    server.vote(board, {"approve": ["flask"]}, {"approve": ["flask", "fastapi"]})
    sees(host, ".next-hint", "All 3 have voted.")
    sees(screen, "[data-part=turnout-words]", "All 3 have voted")
    for page in pages.values():
        assert shown(page, ".ranking .bar") == ""
    fits(pages)

    press_and_confirm(host, "Close voting")
    sees(screen, "[data-part=turnout-words]", "Voting is closed with 3 ballots.")
    press_and_confirm(host, "Reveal results")
    sees(screen, "[data-part=verdict] b", "Flask")
    for page in pages.values():
        sees(page, ".ranking .bar", "Flask")

    press(host, ".next-steps button", "Decide")
    host.run("void (document.querySelector('dialog[open] [name=because]').value = 'We know it.')")
    press(host, "dialog[open] .button-main", "Record the decision")
    sees(screen, "[data-part=verdict]", "Decided: Flask.")
    for page in (phone, host):
        sees(page, "[data-part=decision]", "We know it.")
    # The winner fills the stage, and then stands above the order.
    until(lambda: not shown(screen, "[data-fills]"))
    fits(pages)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_stays_where_it_is_while_others_answer(server, engines, name):
    board = server.new_board(**TEAM)
    said = [server.comment(board, "flask", f"Comment {n}") for n in range(6)]
    page = engines[name]
    page.resize(*PHONE)
    page.open(board.address)
    await_script(page)
    press(page, "[data-key=flask] [data-part=talk] > summary")
    read = f"document.querySelector('.talk-list [data-key={said[2]}] [data-part=text]')"
    until(lambda: page.run(f"Boolean({read})"))
    top = f"{read}.getBoundingClientRect().top"

    def is_read():
        # Again while the page is still growing above it.
        page.run(f"{read}.scrollIntoView({{ block: 'center', behavior: 'instant' }})")
        settle(page)
        return 0 < page.run(top) < PHONE[1] - 100

    until(is_read)
    before = page.run(top)
    # The newest is on top, so the answer to it is above what is read.
    server.comment(board, "flask", "And at length. " * 20, parent=said[-1])
    sees(page, ".talk-list .replies", "And at length.")
    server.comment(board, "flask", "One more.")
    sees(page, ".talk-news", "1 new comment")
    settle(page)
    until(lambda: page.run(top) == pytest.approx(before, abs=1))
