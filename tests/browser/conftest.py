"""A real server with two processes, and real Chromium pages that check their own console."""

import shutil
import subprocess
import tarfile
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect, sync_playwright

from browser.pages import PHONE
from browser.server import Server

BROWSER = shutil.which("chromium")
# The same engine without windows, settings and profiles of its own takes half of the processor.
CHROMIUM = shutil.which("chromium-headless-shell") or BROWSER
STARTED = "html:is(.scripted, .failed, :not(:has(script[type=module])))"
AXE = "axe-core@4.14.1"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("server")).start()
    yield running
    running.close()
    assert "Traceback" not in running.log


@pytest.fixture
def own_server(tmp_path):
    """A server that a test may kill."""
    running = Server(tmp_path).start()
    yield running
    running.close()


@pytest.fixture(scope="session")
def driver():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(driver):
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The accessibility rules from the published package; no copy is kept here."""
    folder = tmp_path_factory.mktemp("axe")
    packed = ["npm", "pack", "--silent", "--pack-destination", folder, AXE]
    subprocess.run(packed, check=True, capture_output=True)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as opened:
        return opened.extractfile("package/axe.min.js").read().decode()


@pytest.fixture
def person(chromium):
    """Someone with their own browser. Any complaint in its console fails the test, unless it
    contains one of `forgive`.
    """
    with people(chromium) as arrive:
        yield arrive


@pytest.fixture(scope="module")
def resident(chromium):
    """Someone like `person`, who stays for all tests of a file."""
    with people(chromium) as arrive:
        yield arrive


@contextmanager
def people(chromium):
    arrived = []

    def arrive(address, viewport=None, forgive=(), **options):
        context = chromium.new_context(viewport=viewport or PHONE, **options)
        page = context.new_page()
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        arrived.append((context, complaints, forgive))
        page.goto(address)
        if options.get("java_script_enabled", True):
            # What is pressed before a page has started is lost, as to anyone.
            expect(page.locator(STARTED)).to_have_count(1)
        return page

    yield arrive
    for context, complaints, forgive in arrived:
        context.close()
        assert [c for c in complaints if not any(word in c for word in forgive)] == []
