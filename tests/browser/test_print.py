"""Every page on paper: light, whole, without what can only be pressed."""

import re

import pytest
from playwright.sync_api import expect

from browser.elections import BALLOTS, METHODS, SETTINGS, TEAM
from browser.pages import DESK, PHONE, STAGE, comment, saved, tap

# Of an A4 sheet between its margins, at 96 dots per inch.
SHEET = {"width": 718, "height": 1047}

# The ground behind every text, in parts of 255, and the darkest of them.
DARKEST = """() => {
    const light = (color) => {
        const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
        return a < 0.5 ? 255 : Math.min(r, g, b);
    };
    return Math.min(...["html", "body", "main", ".screen", ".card", ".outcome", ".host-head", "header", "footer"]
        .flatMap((selector) => [...document.querySelectorAll(selector)])
        .filter((node) => node.checkVisibility())
        .map((node) => light(getComputedStyle(node).backgroundColor)));
}"""

# What is scrolled away within something, or lies beyond the sheet.
CUT_OFF = """() => [...document.querySelectorAll("body *")]
    .filter((node) => node.checkVisibility() && !node.closest(".visually-hidden, [aria-hidden=true], select, textarea, input, svg"))
    .filter((node) => {
        const { overflowX, overflowY } = getComputedStyle(node);
        const box = node.getBoundingClientRect();
        const scrolls = (overflowX !== "visible" && node.scrollWidth > node.clientWidth + 1) || (/auto|scroll/.test(overflowY) && node.scrollHeight > node.clientHeight + 1);
        return box.width > 1 && (scrolls || box.right > innerWidth + 1 || box.left < -1);
    })
    .map((node) => `${node.tagName} ${node.className} ${node.textContent.trim().slice(0, 40)}`)"""


@pytest.fixture(scope="module")
def boards(server):
    """A revealed board of each method, and one that is open."""
    found = {}
    for method in METHODS:
        board = server.new_board(**TEAM)
        server.open_round(board, method, **SETTINGS.get(method, {}))
        server.vote(board, *BALLOTS[method])
        server.reveal(board)
        found[method] = board
    found["open"] = server.new_board()
    server.open_round(found["open"])
    for board in found.values():
        board.address = f"{server.address}/b/{board.code}"
    return found


def on_paper(page):
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")


@pytest.mark.parametrize("method", [*METHODS, "open"])
def test_pages_print_light_and_whole(boards, person, method):
    board = boards[method]
    dark = {"color_scheme": "dark", "reduced_motion": "reduce"}
    pages = [
        person(board.address, PHONE, **dark),
        person(f"{board.address}/host?key={board.host_key}", DESK, **dark),
        person(f"{board.address}/record", DESK, **dark),
    ]
    for page in pages[:2]:
        expect(page.locator("html.scripted")).to_have_count(1)
        if method != "open":
            expect(page.locator("[data-part=counted]")).to_be_visible()
    for page in pages:
        on_paper(page)
        assert page.evaluate(DARKEST) > 200, page.url
        assert page.evaluate(CUT_OFF) == [], page.url


@pytest.mark.parametrize("method", [*METHODS, "open"])
def test_the_screen_prints_light_on_one_sheet(boards, person, method):
    page = person(f"{boards[method].address}/screen", STAGE, reduced_motion="reduce")
    expect(page.locator("html.scripted")).to_have_count(1)
    if method != "open":
        expect(page.locator("[data-part=verdict]")).to_be_visible()
    page.emulate_media(media="print")
    assert page.evaluate(DARKEST) > 200
    sheets = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1
    width, height = map(
        float, re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", sheets).groups()
    )
    assert width > height


def test_a_record_of_fifty_long_names_prints_whole(server, person):
    names = [f"{n} {'W' * 76}" for n in range(50)]
    options = [{"name": name, "id": f"o{n}"} for n, name in enumerate(names)]
    board = server.new_board(title="Fifty", options=options)
    server.open_round(board, "ranked")
    server.vote(board, {"ranking": [["o3"], ["o1"]]})
    server.reveal(board)
    page = person(f"{board.address}/record", PHONE)
    expect(page.locator(".picture")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    on_paper(page)
    assert page.evaluate(CUT_OFF) == []
    # A picture is not broken between sheets: what is higher than one would be cut.
    heights = page.locator(".picture svg").evaluate_all(
        "all => all.map((svg) => svg.getBoundingClientRect().height)"
    )
    assert len(heights) > 3
    assert max(heights) < SHEET["height"] / 2


def test_what_is_folded_is_printed_open_and_folded_again(boards, person):
    page = person(boards["open"].address, PHONE, reduced_motion="reduce")
    tap(page, "Flask")
    saved(page).to_have_text("✓ saved")
    comment(page, "Django", "It has everything.")
    expect(page.get_by_text("It has everything.")).to_be_visible()
    page.locator("[data-part=talk] > summary").first.click()
    fact, words = page.get_by_text("Built-in ORM"), page.locator("[data-part=receipt]")
    expect(fact).to_be_hidden()
    on_paper(page)
    expect(fact).to_be_visible()
    expect(page.get_by_text("It has everything.")).to_be_visible()
    expect(words).to_contain_text("You could live with Flask")
    expect(page.get_by_role("button", name="Withdraw")).to_be_hidden()
    expect(page.get_by_role("button", name="Post")).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(fact).to_be_hidden()
    expect(words).to_be_hidden()


def test_the_browser_itself_prints_what_was_folded(boards, person):
    page = person(boards["open"].address, PHONE)
    expect(page.locator("html.scripted")).to_have_count(1)
    page.evaluate(
        "addEventListener('beforeprint', () => { document.body.dataset.printed ="
        " document.querySelectorAll('.card-more[open]').length; })"
    )
    page.pdf(format="A4")
    assert page.evaluate("document.body.dataset.printed") == "7"
    expect(page.locator(".card-more[open]")).to_have_count(0)
