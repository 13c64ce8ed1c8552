"""Three browser engines behind one interface: Chromium, Firefox, and WebKit, which Safari is made of.

Playwright drives only builds of its own of the last two, and Selenium needs a geckodriver, which
Debian does not have. Here they are Debian's, spoken to in the protocols that the W3C has for this:
WebDriver BiDi and WebDriver.
"""

import json
import os
import re
import signal
import subprocess
import urllib.request
from abc import ABC, abstractmethod
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from websockets.sync.client import connect

from support.ports import free_port
from support.programs import path_of
from support.wait import until

QUIET = """
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("toolkit.telemetry.enabled", false);
"""
"""Preferences with which Firefox asks for nothing on the network."""


@contextmanager
def started(*command, **options):
    """Run a program, and end it with all that it started."""
    with subprocess.Popen(command, start_new_session=True, text=True, **options) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)


class Engine(ABC):
    """A browser that shows one page at a time."""

    @abstractmethod
    def open(self, address):
        """Go to an address, and return when the page has loaded."""

    @abstractmethod
    def resize(self, width, height):
        """Make the page as large as this, or as near to it as the browser can."""

    @abstractmethod
    def _evaluate(self, expression):
        """Return the value of an expression that is a string."""

    def run(self, expression):
        """Return the value of an expression: whatever JSON can say; None for `undefined`."""
        return json.loads(self._evaluate(f"JSON.stringify(({expression}) ?? null)"))


class Chromium(Engine):
    """A page of Playwright's."""

    def __init__(self, page):
        self._page = page

    def open(self, address):
        self._page.goto(address)

    def resize(self, width, height):
        self._page.set_viewport_size({"width": width, "height": height})

    def _evaluate(self, expression):
        return self._page.evaluate(expression)


class Firefox(Engine):
    """Speaks WebDriver BiDi: messages over a WebSocket."""

    def __init__(self, socket):
        self._socket = socket
        self._ids = count(1)
        self._ask("session.new", capabilities={})
        self._page = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, address):
        self._ask("browsingContext.navigate", context=self._page, url=address, wait="complete")

    def resize(self, width, height):
        viewport = {"width": width, "height": height}
        self._ask("browsingContext.setViewport", context=self._page, viewport=viewport)

    def _evaluate(self, expression):
        target = {"context": self._page}
        done = self._ask(
            "script.evaluate", expression=expression, target=target, awaitPromise=False
        )
        assert done["type"] == "success", done
        return done["result"]["value"]

    def _ask(self, method, **params):
        id_ = next(self._ids)
        self._socket.send(json.dumps({"id": id_, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv(30))).get("id") != id_:
            pass
        assert answer["type"] == "success", answer
        return answer["result"]


@contextmanager
def firefox(folder):
    """Start Firefox with a new profile in a folder."""
    (folder / "user.js").write_text(QUIET)
    command = (path_of("firefox-esr"), "--headless", "--no-remote", "--profile", folder)
    environment = os.environ | {"HOME": str(folder)}
    path = folder / "log"
    with path.open("w") as log, ExitStack() as stack:
        command = (*command, "--remote-debugging-port", "0")
        stack.enter_context(started(*command, stdout=log, stderr=log, env=environment))
        found = until(lambda: re.search(r"BiDi listening on (ws:\S+)\s", path.read_text()))
        yield Firefox(stack.enter_context(connect(f"{found[1]}/session", proxy=None)))


class WebKit(Engine):
    """Speaks WebDriver: JSON over HTTP."""

    def __init__(self, driver):
        options = {"binary": minibrowser(), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self._session = f"{driver}/session/{post(f'{driver}/session', wanted)['sessionId']}"

    def open(self, address):
        post(f"{self._session}/url", {"url": address})

    def resize(self, width, height):
        # A window is larger than its page.
        outer, inner = self._size("outer"), self._size("inner")
        frame = [out - in_ for out, in_ in zip(outer, inner, strict=True)]
        window = {"width": width + frame[0], "height": height + frame[1]}
        post(f"{self._session}/window/rect", window)

    def _size(self, of):
        return self.run(f"[{of}Width, {of}Height]")

    def _evaluate(self, expression):
        return post(f"{self._session}/execute/sync", {"script": f"return {expression}", "args": []})

    def close(self):
        """End the browser."""
        request = urllib.request.Request(self._session, method="DELETE")
        urllib.request.urlopen(request, timeout=30).close()


def minibrowser():
    """Return the browser that comes with Debian's WebKit."""
    return str(next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")))


def post(address, body):
    data = json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["value"]


@contextmanager
def webkit(folder):
    """Start WebKit on a screen of its own."""
    with ExitStack() as stack:
        screen = stack.enter_context(
            started(
                *(path_of("Xvfb"), "-displayfd", "1", "-screen", "0", "1920x1280x24"),
                *("-nolisten", "tcp"),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        )
        environment = os.environ | {
            "DISPLAY": f":{screen.stdout.readline().strip()}",
            "HOME": str(folder),
            "GDK_BACKEND": "x11",
            "LIBGL_ALWAYS_SOFTWARE": "1",
        }
        port = free_port()
        stack.enter_context(
            started(
                *(path_of("WebKitWebDriver"), f"--port={port}"),
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        driver = f"http://127.0.0.1:{port}"
        until(lambda: is_up(f"{driver}/status"))
        browser = WebKit(driver)
        stack.callback(browser.close)
        yield browser


def is_up(address):
    try:
        urllib.request.urlopen(address, timeout=10).close()
    except OSError:
        return False
    return True
