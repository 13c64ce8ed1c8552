"""The address that phones are led to, in a real Chromium on a laptop whose networks change."""

import contextlib
import re
import sys

import pytest
from playwright.sync_api import expect

from browser.conftest import CHROMIUM, FLAGS
from browser.pages import PHONE, STAGE, is_chosen, saved, tap
from deploy.proxies import NGINX_CONF, proxy, replaced
from faults.network_links import Network
from support.ports import free_port
from support.server import launched

START = '#!/bin/sh\nexec {inside} "{program}" "$@"\n'


class Room:
    """A laptop in a network of its own: a server and a browser on it, and interfaces to move."""

    def __init__(self, stack, folder, driver):
        self.machine = Network(stack).machine()
        self.joins("wlan0", "192.168.1.7/24")
        self.joins("wlan1", "10.42.0.1/24")
        self.server = stack.enter_context(launched(folder / "server", inside=self.machine.inside))
        self.server.read_greeting()
        program = folder / "chromium"
        program.write_text(START.format(inside=" ".join(self.machine.inside), program=CHROMIUM))
        program.chmod(0o755)
        self._browser = driver.chromium.launch(executable_path=str(program), args=FLAGS)
        stack.callback(self._browser.close)

    def joins(self, name, address):
        self.machine.ip("link", "add", name, "type", "veth", "peer", "name", f"{name}x")
        self.machine.ip("link", "set", name, "up")
        self.machine.ip("link", "set", f"{name}x", "up")
        self.machine.ip("address", "add", address, "dev", name)

    def leaves(self, name):
        self.machine.ip("link", "delete", name)

    def opens(self, path, viewport=STAGE, at="127.0.0.1"):
        page = self._browser.new_context(viewport=viewport).new_page()
        page.goto(f"http://{at}:{self.server.port}{path}")
        return page

    @property
    def host_path(self):
        return re.search(r"/b/FRAMEWORKS/host\?key=\S+", self.server.greeting)[0]


@pytest.fixture
def room(tmp_path, driver):
    with contextlib.ExitStack() as stack:
        yield Room(stack, tmp_path, driver)


def test_a_host_chooses_the_address_and_a_network_that_changes_is_shown(room):
    port = room.server.port
    console = room.opens(room.host_path, PHONE)
    screen = room.opens("/b/FRAMEWORKS/screen")
    shown = console.locator("[data-part=join-shown]")
    on_screen = screen.locator("[data-part=join-shown]")
    copied = console.locator("[data-part=join-copy]")
    choice = console.get_by_label("Address for phones")
    for each in (shown, on_screen):
        expect(each).to_have_text(f"192.168.1.7:{port}")
    expect(choice.locator("option")).to_have_text(
        ["Chosen by the server", f"http://192.168.1.7:{port}", f"http://10.42.0.1:{port}"]
    )
    # The host chooses, and every page follows.
    choice.select_option(label=f"http://10.42.0.1:{port}")
    for each in (shown, on_screen):
        expect(each).to_have_text(f"10.42.0.1:{port}")
    expect(copied).to_have_attribute("data-copy", f"http://10.42.0.1:{port}/b/FRAMEWORKS")
    expect(screen.locator(".qr-frame img")).to_be_visible()
    assert screen.locator(".qr-frame img").evaluate("img => img.naturalWidth > 0")
    link = console.locator("[data-part=host-link]")
    assert link.input_value().startswith(f"http://10.42.0.1:{port}/b/FRAMEWORKS/host?key=")
    console.reload()
    expect(shown).to_have_text(f"10.42.0.1:{port}")
    expect(choice).to_have_value("10.42.0.1")
    # That network is gone.
    room.leaves("wlan1")
    for each in (shown, on_screen):
        expect(each).to_have_text(f"192.168.1.7:{port}")
    expect(choice).to_be_hidden()
    room.leaves("wlan0")
    for each in (shown, on_screen):
        expect(each).to_have_text(f"127.0.0.1:{port}")
    expect(console.get_by_text("Only the server's own machine can open")).to_be_visible()
    room.joins("usb0", "172.20.10.4/28")
    for each in (shown, on_screen):
        expect(each).to_have_text(f"172.20.10.4:{port}")
    expect(console.get_by_text("Only the server's own machine can open")).to_be_hidden()
    for page in (console, screen):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_opened_at_an_address_leads_others_to_it(room):
    port = room.server.port
    for at in ("10.42.0.1", "192.168.1.7"):
        screen = room.opens("/b/FRAMEWORKS/screen", at=at)
        expect(screen.locator("[data-part=join-shown]")).to_have_text(f"{at}:{port}")


@pytest.fixture(params=["Host $http_host;", "Host 127.0.0.1:8888;"], ids=["kept", "rewritten"])
def public(request, tmp_path):
    """The address of a server under a path, behind a proxy that keeps or rewrites `Host`."""
    text = replaced(NGINX_CONF.read_text(), "location / {", "location /vote/ {")
    changed = tmp_path / "changed.conf"
    changed.write_text(replaced(text, "Host $http_host;", request.param))
    port = free_port()
    address = f"http://localhost:{port}/vote"
    settings = {"STACKVOTE_PUBLIC_URL": address, "STACKVOTE_PROXY_HEADERS": "true"}
    with launched(tmp_path / "server", **settings) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("deploy.proxies.NGINX_CONF", changed)
        with proxy("nginx", [server.await_greeting().port] * 2, tmp_path, port):
            yield address


@pytest.mark.needs("nginx")
def test_people_meet_under_a_path_behind_a_proxy(public, person):
    console = person(f"{public}/", STAGE)
    console.get_by_label("What are you deciding?").fill("Which one?")
    console.get_by_label("Options, one per line").fill("Alfa\nBeta")
    console.get_by_role("button", name="Start the board").click()
    console.wait_for_url(re.compile(r"/vote/b/\w+/host$"))
    code = re.search(r"/b/(\w+)/host", console.url)[1]
    expect(console.locator("[data-part=join-shown]")).to_have_text(public.removeprefix("http://"))
    console.get_by_role("button", name="Open voting").click()
    console.get_by_role("dialog").get_by_role("button", name="Open voting").click()
    voter = person(f"{public}/b/{code}")
    tap(voter, "Alfa")
    saved(voter).to_have_text("✓ saved")
    voter.reload()
    is_chosen(voter, "Alfa").to_be_checked()
    cookies = voter.context.cookies()
    assert {cookie["path"] for cookie in cookies} == {"/vote"}
    home = person(f"{public}/")
    home.get_by_label("Join with a code").fill(code)
    home.get_by_role("button", name="Join").click()
    home.wait_for_url(f"{public}/b/{code}")


if sys.platform != "linux":
    pytestmark = pytest.mark.skip("network namespaces are Linux's")
