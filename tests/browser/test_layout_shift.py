"""Nothing moves while a page comes to life: what a script adds has its place before."""

import pytest
from playwright.sync_api import expect

from browser.elections import CRITERIA, METHODS
from browser.pages import DESK, PHONE, STAGE

MOST = 0.05
"""A cumulative layout shift; above 0.1 is what people notice, says web.dev."""
SCRIPTS = "**/pages/*.js"
PAINTED = """() => new Promise((done) =>
    new PerformanceObserver((list) => {
        if (list.getEntriesByName("first-contentful-paint").length) done();
    }).observe({ type: "paint", buffered: true }))
"""
WATCH = """
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const { value, sources, hadRecentInput } of list.getEntries())
            if (!hadRecentInput)
                window.shifts.push([value, sources.map(({ node, previousRect, currentRect }) =>
                    [node?.dataset?.part ?? node?.className ?? node?.nodeName,
                        previousRect.y, currentRect.y])]);
    }).observe({ type: "layout-shift", buffered: true });
"""
LARGE = {
    "title": "Which of thirty?",
    "options": [
        {"name": f"Option {n:02}", "strapline": "One of many", "features": ["small", "fast"]}
        for n in range(30)
    ],
}
BALLOT_FOR = {
    "single": lambda best, _: {"choice": best},
    "approval": lambda best, _: {"approve": [best]},
    "dots": lambda best, _: {"dots": {best: 3}},
    "score": lambda best, next_: {"scores": {best: 5, next_: 3}},
    "ranked": lambda best, next_: {"ranking": [[best], [next_]]},
    "matrix": lambda best, next_: {
        "scores": {best: dict.fromkeys(("speed", "hiring"), 5), next_: {"speed": 3, "hiring": 3}}
    },
}


@pytest.fixture
def still(person):
    """Open a page whose scripts come after it is painted, wait until `shown` is there, and expect
    that hardly anything has moved.
    """

    def still(address, shown, viewport):
        page = person("about:blank", viewport)
        page.add_init_script(WATCH)
        held = []
        page.route(SCRIPTS, lambda route: held.append(route))  # noqa: PLW0108 (it sets attributes)
        page.goto(address, wait_until="commit")
        page.evaluate(PAINTED)
        page.route(SCRIPTS, lambda route: route.continue_())
        for route in held:
            route.continue_()
        expect(page.locator(shown).first).to_be_visible()
        page.wait_for_load_state("networkidle")
        # What was painted last is reported by then.
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        shifts = page.evaluate("window.shifts")
        assert sum(value for value, _ in shifts) < MOST, shifts

    return still


@pytest.fixture
def board(server):
    def board(method):
        made = server.new_board(**LARGE)
        server.open_round(made, method, **({"criteria": CRITERIA} if method == "matrix" else {}))
        return made

    return board


@pytest.mark.parametrize("method", METHODS)
def test_a_ballot_with_many_options_stands_still(board, still, method):
    controls = ".card .vote, .card .scale, .card .dots, .rank-row, .matrix-panel"
    still(board(method).address, controls, PHONE)


@pytest.mark.parametrize("method", METHODS)
def test_a_result_with_a_tie_stands_still(server, still, method):
    """What is written next to a name and a total makes a row higher, where it does not fit in."""
    names = [f"Framework of generation {n:02}" for n in range(12)]
    made = server.new_board(title="Which of them?", options=[{"name": name} for name in names])
    server.open_round(made, method, **({"criteria": CRITERIA} if method == "matrix" else {}))
    one, other = ("framework-of-generation-04", "framework-of-generation-11")
    server.vote(made, BALLOT_FOR[method](one, other), BALLOT_FOR[method](other, one))
    server.reveal(made)
    still(made.address, ".scripted [data-part=outcome] .bar[data-leads]", PHONE)


def test_the_pages_of_a_result_stand_still(server, board, still):
    made = board("approval")
    server.vote(made, {"approve": ["option-01", "option-02"]}, {"approve": ["option-02"]})
    still(made.host, ".next-hint", PHONE)
    server.reveal(made)
    still(made.address, ".scripted [data-part=outcome] .bar", PHONE)
    still(made.host, ".next-hint", DESK)
    still(made.screen, "[data-part=verdict] b", STAGE)
    still(f"{made.address}/record", "h1", PHONE)
    still(f"{server.address}/", "h1", PHONE)
