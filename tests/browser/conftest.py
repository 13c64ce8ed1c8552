"""A real server of two processes and real Chromium pages that watch their own console."""

import shutil
import subprocess
import tarfile

import pytest
from browser_pages import PHONE
from browser_server import Server
from playwright.sync_api import expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
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
    running.stop()
    assert "Traceback" not in running.log.read_text()


@pytest.fixture
def own_server(tmp_path):
    """One to be killed."""
    running = Server(tmp_path).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The rules for access, from the package as it is published; nothing of it is kept here."""
    folder = tmp_path_factory.mktemp("axe")
    packed = ["npm", "pack", "--silent", "--pack-destination", folder, AXE]
    subprocess.run(packed, check=True, capture_output=True)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as opened:
        return opened.extractfile("package/axe.min.js").read().decode()


@pytest.fixture
def person(chromium):
    """Somebody with a browser of their own. Whatever its console complains about fails the
    test, unless it contains one of `forgive`."""
    people = []

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
        people.append((context, complaints, forgive))
        page.goto(address)
        return page

    yield arrive
    for context, complaints, forgive in people:
        context.close()
        assert [c for c in complaints if not any(word in c for word in forgive)] == []
