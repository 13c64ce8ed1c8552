"""People vote with other browsers than Chromium: with Firefox, and with what Safari is made of."""

import pytest

from browser.engines import firefox, webkit
from support.wait import until

CARD = """[...document.querySelectorAll("[data-part=cards] > li")]
    .find((card) => card.querySelector("h2, h3").textContent.trim() === "Flask")"""
TEXT = "(document.querySelector('[data-part=%s]')?.textContent ?? '').trim()"


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param(firefox, marks=pytest.mark.needs("firefox-esr")),
        pytest.param(
            webkit, marks=[pytest.mark.needs("WebKitWebDriver"), pytest.mark.needs("Xvfb")]
        ),
    ],
)
def test_a_vote_is_saved_and_the_result_comes(server, tmp_path, engine):
    board = server.new_board()
    server.open_round(board)
    with engine(tmp_path) as browser:
        browser.open(board.address)
        until(lambda: browser.run("document.documentElement.className").split() == ["scripted"])
        until(lambda: browser.run(f"Boolean({CARD}?.querySelector('.vote'))"))
        browser.run(f"{CARD}.querySelector('.vote').click()")
        until(lambda: browser.run(TEXT % "saved") == "✓ saved")
        assert server.reveal(board)["totals"]["flask"] == 1
        until(lambda: "Flask" in browser.run(TEXT % "outcome"))
        assert browser.run("document.documentElement.className") == "scripted"
