"""Measure how smooth the pages are on a slow phone: `make bench-smoothness`, or `python -m
bench.smoothness --help`.

A real Chromium opens each page of a board with 50 options and 2,000 comments. Measured are the
layout shift, as the browser scores what moves without being asked to, and the longest task of the
page, during which it does not react. A task is measured in CPU time, so that other programs affect
it little, and told as a phone needs that is four times slower. What the browser's own pages and the
driver do is not counted. A page of one line is measured, too: what it takes, every page takes here.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from bench import machine, seeding
from bench.generator import BenchError
from bench.harness import Measured, Scenario, options_parser, run_scenarios
from bench.results import SMOOTHNESS, Measure
from bench.stackvote import Stackvote, running
from server.domain import actions as act
from server.domain.options import HUES, Option
from server.domain.rules import RoundSettings, Visibility
from server.live.create_board import key_hash

SLOWER = 4
OPTIONS, COMMENTS, VOTERS, TIMES = 50, 2_000, 60, 3
KEY = "k" * 32
PHONE, STAGE = ViewportSize(width=390, height=844), ViewportSize(width=1920, height=1080)
TASK = "RunTask"
ONE_LINE = "data:text/html,<!doctype html><title>One line</title><h1>One line</h1>"
MARK = "smoothness"
"""Tells which of the browser's threads is that of the page."""
SHOWN_WITHIN = 60
SHIFTS = """
    window.shift = 0;
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries())
            if (!hadRecentInput) window.shift += value;
    }).observe({ type: "layout-shift", buffered: true });
"""
IDS = [f"option-{n:02}" for n in range(OPTIONS)]


class Visit(NamedTuple):
    """What opening a page cost."""

    shift: float
    longest_ms: float
    """The longest task, on a phone that is `SLOWER` than this machine."""


def smoothness(
    browser: Browser, address: str, shown: str, viewport: ViewportSize, times: int
) -> Measured:
    """Open a page several times, until `shown` is there."""
    visits = [_visit(browser, address, shown, viewport) for _ in range(times)]
    return Measured(
        [
            Measure("layout shift", "", [visit.shift for visit in visits]),
            Measure("longest task", "ms", [visit.longest_ms for visit in visits]),
        ]
    )


def _visit(browser: Browser, address: str, shown: str, viewport: ViewportSize) -> Visit:
    context = browser.new_context(viewport=viewport, is_mobile=viewport == PHONE)
    context.add_init_script(SHIFTS)
    page = context.new_page()
    session = context.new_cdp_session(page)
    try:
        with _traced(browser, page) as events:
            page.goto(address)
            _await_shown(session, shown)
            page.wait_for_load_state("networkidle")
            _evaluate(session, f"performance.mark('{MARK}')")
        shift = page.evaluate("window.shift")
    finally:
        context.close()
    return Visit(shift, SLOWER * longest_task(events))


def _await_shown(session: CDPSession, selector: str) -> None:
    """Wait as the driver cannot: its own scripts in the page would take longer than the page's."""
    until = time.monotonic() + SHOWN_WITHIN
    while not _evaluate(session, f"Boolean(document.querySelector({selector!r}))"):
        if time.monotonic() > until:
            raise BenchError(f"{selector} does not appear.")
        time.sleep(0.1)


def _evaluate(session: CDPSession, expression: str) -> Any:
    answer = session.send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
    return answer["result"].get("value")


@contextmanager
def _traced(browser: Browser, page: Page) -> Iterator[list[dict[str, Any]]]:
    """Collect what the browser reports of its own tasks meanwhile."""
    events: list[dict[str, Any]] = []
    browser.start_tracing(page=page, categories=["toplevel", "blink.user_timing", "-*"])
    try:
        yield events
    finally:
        events += json.loads(browser.stop_tracing())["traceEvents"]


def longest_task(events: list[dict[str, Any]]) -> float:
    """Return the longest task of the page with the mark, in ms of CPU time. Raises BenchError."""
    threads = {(event["pid"], event["tid"]) for event in events if event["name"] == MARK}
    tasks = [
        event["tdur"] / 1000
        for event in events
        if (event["pid"], event["tid"]) in threads and TASK in event["name"] and "tdur" in event
    ]
    if not tasks:
        raise BenchError("The browser reported no tasks.")
    return float(max(tasks))


def _first_entries(method: str, code: str) -> list[bytes]:
    options = tuple(
        Option(
            id=id_,
            name=f"Framework number {n}",
            strapline=f"Carries what number {n} carries, without ceremony",
            features=("async from the start", "small core", "one more fact, which is rather long"),
            suited_to="services",
            link="https://example.com/",
            tags=("python",),
            hue=HUES[n % len(HUES)],
        )
        for n, id_ in enumerate(IDS)
    )
    create = act.Create(code=code, title="Which framework?", options=options, host=key_hash(KEY))
    settings = RoundSettings(visibility=Visibility.LIVE)
    opening = act.OpenRound(method=method, settings=settings)
    return [act.encode(act.Entry(rules=act.RULES, action=action)) for action in (create, opening)]


def _meeting(ballot: Callable[[list[str]], dict[str, Any]]) -> list[bytes]:
    """Return votes, and comments of which every second one is about the first option."""
    votes = [act.Vote(round=1, ballot=ballot(_chosen(n))) for n in range(VOTERS)]
    kinds = list(act.Kind)
    comments = [
        act.Comment(
            comment=f"comment-{n}",
            option=IDS[0] if n % 2 else IDS[n // 2 % OPTIONS],
            kind=kinds[n % len(kinds)],
            text=f"It has carried us well for years, and everybody here knows its manual ({n}).",
        )
        for n in range(COMMENTS)
    ]
    actions: list[act.AnyAction] = [*votes, *comments]
    return [seeding.entry_by(n % VOTERS, action) for n, action in enumerate(actions)]


def _chosen(voter: int) -> list[str]:
    return [IDS[(voter * 7 + step * 3) % OPTIONS] for step in range(5)]


BALLOTS: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "approval": lambda chosen: {"approve": chosen},
    "score": lambda chosen: {"scores": {id_: 5 - n for n, id_ in enumerate(chosen)}},
    "ranked": lambda chosen: {"ranking": [[id_] for id_ in chosen]},
}


def _pages(
    server: Stackvote, code: str, method: str
) -> Iterator[tuple[str, str, str, ViewportSize]]:
    """Return the name, path, and what is shown of each page of a board, before and after the
    reveal.
    """
    board = f"/b/{code}"
    controls = {"approval": ".vote", "score": ".scale", "ranked": ".rank-row"}[method]
    host = f"{board}/host?key={KEY}"
    yield "the ballot", board, controls, PHONE
    yield "the console", host, ".next-hint", PHONE
    yield "the shared screen", f"{board}/screen", "[data-part=ranking] .bar", STAGE
    server.call(
        "POST",
        f"/api/boards/{code}/actions",
        {"type": "reveal_round", "id": "reveal", "round": 1, "at_once": True},
        {"Authorization": f"Bearer {KEY}"},
    )
    yield "the ballot, revealed", board, ".scripted [data-part=outcome] .bar", PHONE
    yield "the console, revealed", host, ".next-hint", PHONE
    yield "the shared screen, revealed", f"{board}/screen", "[data-part=verdict] b", STAGE
    yield "the record", f"{board}/record", "h1", PHONE
    yield "the replay", f"{board}/replay", "h1", PHONE


def main() -> int:
    options = options_parser("bench.smoothness", __doc__).parse_args()
    methods, times = (["approval"], 1) if options.quick else (list(BALLOTS), TIMES)

    def scenarios(folder: Path) -> Iterator[Scenario]:
        if (chromium := shutil.which("chromium") or shutil.which("chromium-browser")) is None:
            raise BenchError("There is no Chromium. On Debian: apt install chromium.")
        codes = dict(zip(methods, ("SMQQTH", "SMWWTH", "SMEETH"), strict=False))
        for method, code in codes.items():
            entries = _meeting(BALLOTS[method])
            seeding.seed(folder / "pages", [(code, entries)], partial(_first_entries, method))
        with running(folder, "pages", machine.cores()) as server, sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            measure = partial(smoothness, browser, ONE_LINE, "h1", PHONE, times)
            yield Scenario("one line", "A page of one line, without styles and scripts", measure)
            base = f"http://127.0.0.1:{server.port}"
            measure = partial(smoothness, browser, f"{base}/", "h1", PHONE, times)
            yield Scenario("home", "The home page", measure)
            for method, code in codes.items():
                for name, path, shown, viewport in _pages(server, code, method):
                    measure = partial(smoothness, browser, base + path, shown, viewport, times)
                    title = f"{method}, {OPTIONS} options, {COMMENTS:,} comments: {name}"
                    yield Scenario(f"{method}: {name}", title, measure)
            browser.close()

    return run_scenarios(SMOOTHNESS, scenarios, options)


if __name__ == "__main__":
    sys.exit(main())
