"""Make the README's pictures from the real pages, in a real Chromium.

`PYTHONPATH` has the tests, whose server and voters are used.
"""

import base64
import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from browser.server import Server

IMAGES = Path(__file__).parents[1] / "docs" / "images"
STAGE = {"width": 1280, "height": 720}
FRAME = {"width": 800, "height": 450}
FRAME_SECONDS, HOLD_SECONDS = 0.15, 2.5
FAVOURITES = [("fastapi", "flask"), ("fastapi",), ("django", "fastapi"), ("flask", "fastapi")]
FAVOURITES += [("django",), ("fastapi", "streamlit"), ("flask",), ("fastapi", "tornado")]


def main() -> None:
    """Write the pictures into `docs/images`."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder)).start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        try:
            board = server.new_board()
            stage = browser.new_page(viewport=STAGE)
            stage.goto(board.screen)
            stage.wait_for_timeout(1000)
            stage.screenshot(path=IMAGES / "join.png")
            server.open_round(board, "approval")
            phone = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
            phone.goto(board.address)
            for name in ("FastAPI", "Flask"):
                card = phone.locator("[data-part=cards] > li").filter(has_text=name).first
                card.locator(".vote").click()
            phone.wait_for_timeout(1500)
            phone.screenshot(path=IMAGES / "ballot.png")
            server.vote(board, *({"approve": list(each)} for each in FAVOURITES))
            stage.wait_for_timeout(1500)
            stage.screenshot(path=IMAGES / "blind.png")
            server.act(board, type="lock_round", round=1)
            small = browser.new_page(viewport=FRAME)
            small.goto(board.screen)
            small.wait_for_timeout(1000)
            server.act(board, type="reveal_round", round=1)
            frames = filmed(small)
            (IMAGES / "reveal.svg").write_text(animation(frames), encoding="utf-8")
            host = browser.new_page(viewport={"width": 1180, "height": 900})
            host.goto(board.host)
            host.wait_for_timeout(1500)
            host.screenshot(path=IMAGES / "host.png")
        finally:
            browser.close()
            server.close()


def filmed(page: Page) -> list[tuple[float, bytes]]:
    """Return frames, each with its second, until nothing has changed for a while."""
    frames: list[tuple[float, bytes]] = []
    began = changed = time.monotonic()
    while (now := time.monotonic()) - changed < HOLD_SECONDS or now - began < 6:
        shot = page.screenshot(type="jpeg", quality=62)
        if not frames or shot != frames[-1][1]:
            frames.append((now - began, shot))
            changed = now
        page.wait_for_timeout(1000 * FRAME_SECONDS)
    return frames


def animation(frames: list[tuple[float, bytes]]) -> str:
    """Return the frames as an SVG that shows one after another, for ever."""
    whole = frames[-1][0] + HOLD_SECONDS
    width, height = FRAME["width"], FRAME["height"]
    shown = []
    for n, (begins, shot) in enumerate(frames):
        ends = frames[n + 1][0] if n + 1 < len(frames) else whole
        times = f"0;{begins / whole:.4f};{min(1, ends / whole):.4f}"
        first = "visible" if n == 0 else "hidden"
        data = base64.b64encode(shot).decode()
        shown.append(
            f'<image width="{width}" height="{height}" visibility="{first}" '
            f'href="data:image/jpeg;base64,{data}"><animate attributeName="visibility" '
            f'values="hidden;visible;hidden" keyTimes="{times}" dur="{whole:.2f}s" '
            'calcMode="discrete" repeatCount="indefinite"/></image>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">\n' + "\n".join(shown) + "\n</svg>\n"
    )


if __name__ == "__main__":
    main()
