"""Real proxies that rewrite `Host`, or serve under a path, in front of a real server."""

import asyncio
import json
import re
from contextlib import contextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from websockets.exceptions import InvalidStatus

from deploy.proxies import CADDYFILE, NGINX_CONF, proxy, replaced
from support.client import connect
from support.ports import free_port
from support.server import launched
from support.wait import eventually

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
HOST = "        proxy_set_header Host $http_host;\n"
PASS = "        proxy_pass http://stackvote;\n"

PATHS = {
    # The whole path arrives, or a part of it; and `Host` is the proxy's own (Apache's default).
    "passed on": [("location / {", "location /vote/ {"), ("/metrics {", "/vote/metrics {")],
    "stripped": [
        ("location / {", "location /vote/ {"),
        ("/metrics {", "/vote/metrics {"),
        (PASS, PASS.replace("stackvote;", "stackvote/;")),
    ],
    "stripped, and Host rewritten": [
        ("location / {", "location /vote/ {"),
        ("/metrics {", "/vote/metrics {"),
        (PASS, PASS.replace("stackvote;", "stackvote/;")),
        (HOST, "        proxy_set_header Host 127.0.0.1:8888;\n"),
    ],
}


@contextmanager
def behind(kind, folder, changes, path=""):
    """Run a server with a public address behind a proxy; yield that address and the server."""
    port = free_port()
    public = f"http://localhost:{port}{path}"
    original = NGINX_CONF if kind == "nginx" else CADDYFILE
    text = original.read_text()
    for change in changes:
        text = replaced(text, *change)
    changed = folder / "changed" / original.name
    changed.parent.mkdir()
    changed.write_text(text)
    settings = {"STACKVOTE_PUBLIC_URL": public, "STACKVOTE_PROXY_HEADERS": "true"}
    with pytest.MonkeyPatch.context() as patch, launched(folder, **settings) as server:
        patch.setattr(f"deploy.proxies.{'NGINX_CONF' if kind == 'nginx' else 'CADDYFILE'}", changed)
        server.await_greeting()
        with proxy(kind, [server.port] * 2, folder, port):
            yield public, server


async def fetch(url, **options):
    request = HTTPRequest(url, follow_redirects=False, request_timeout=10, **options)
    return await AsyncHTTPClient().fetch(request, raise_error=False)


class Visitor:
    """A browser over plain HTTP, which says `Origin` but not `Sec-Fetch-Site`: paths and cookies."""

    def __init__(self, public):
        self.public = public
        self.origin = re.match(r"https?://[^/]+", public)[0]
        self.jar = {}

    def cookies(self, path):
        sent = [
            f"{name}={morsel.value}"
            for name, morsel in self.jar.items()
            if path == morsel["path"] or path.startswith(morsel["path"].rstrip("/") + "/")
        ]
        return "; ".join(sent)

    async def open(self, path, form=None, origin=None):
        """Open a path of the host, follow redirects, and return the answer."""
        while True:
            headers = {"Cookie": self.cookies(path.partition("?")[0]), "Accept": "text/html"}
            more = {}
            if form is not None:
                headers |= FORM | {"Origin": origin or self.origin}
                more = {"method": "POST", "body": urlencode(form)}
            got = await fetch(f"{self.origin}{path}", headers=headers, **more)
            for cookie in got.headers.get_list("Set-Cookie"):
                for name, morsel in SimpleCookie(cookie).items():
                    self.jar[name] = morsel
            if got.code not in {301, 302, 303}:
                return got
            path, form = got.headers["Location"].removeprefix(self.origin), None


async def meet(public):
    """Start a board by the form, vote on it live, and return its code and the host's page."""
    root = public.removeprefix(re.match(r"https?://[^/]+", public)[0])
    host = Visitor(public)
    console = await host.open(f"{root}/", {"title": "Which?", "options": "Alfa\nBeta"})
    assert console.code == 200, console.body
    html = console.body.decode()
    link = re.search(r'data-copy="([^"]*)"', html)[1]
    assert link.startswith(f"{public}/b/")
    code = link.rpartition("/")[2]
    for each in re.findall(r'\b(?:src|href)="(/[^"]*static[^"]*)"', html):
        assert (await host.open(each)).code == 200
    voter = Visitor(public)
    ballot = await voter.open(f"{root}/b/{code}")
    assert ballot.code == 200
    key = next(morsel.value for name, morsel in host.jar.items() if "_host_" in name)

    async def opened():
        answer = await fetch(
            f"{public}/api/boards/{code}/actions",
            method="POST",
            body=json.dumps({"type": "open_round", "id": "o", "method": "approval"}),
            headers={"Authorization": f"Bearer {key}", "Origin": host.origin},
        )
        # A store whose disk is busy is away for a moment.
        return None if answer.code == 503 else answer

    answer = await eventually(opened)
    assert answer.code == 200, answer.body
    cookie = voter.cookies(f"{root}/b/{code}/live")
    async with connect(public, code, cookie=cookie, origin=voter.origin) as line:
        await line.send(json.dumps({"type": "hello", "view": "ballot"}))
        await line.send(
            json.dumps({"type": "vote", "id": "v", "round": 1, "ballot": {"approve": ["alfa"]}})
        )
        while (message := json.loads(await line.recv()))["type"] != "ack":
            assert message["type"] != "refused", message
    return code


async def stays_closed(public, code):
    """Check that another site's page can still do nothing."""
    root = public.removeprefix(re.match(r"https?://[^/]+", public)[0])
    got = await Visitor(public).open(f"{root}/", {"template": "databases"}, "http://evil.example")
    assert got.code == 403
    assert got.headers["Content-Type"].startswith("text/html")
    assert b"<h1>" in got.body
    with pytest.raises(InvalidStatus):
        async with connect(public, code, origin="http://evil.example"):
            pass
    assert (await fetch(f"{public}/metrics")).code == 404


@pytest.mark.needs("nginx")
def test_a_proxy_that_rewrites_host_does_no_harm(tmp_path):
    rewritten = (HOST, "        proxy_set_header Host 127.0.0.1:8888;\n")
    with behind("nginx", tmp_path, [rewritten]) as (public, _):
        code = asyncio.run(meet(public))
        asyncio.run(stays_closed(public, code))


@pytest.mark.needs("nginx")
@pytest.mark.parametrize("changes", PATHS.values(), ids=PATHS)
def test_nginx_serves_it_under_a_path(changes, tmp_path):
    with behind("nginx", tmp_path, changes, "/vote") as (public, _):
        code = asyncio.run(meet(public))
        asyncio.run(stays_closed(public, code))


@pytest.mark.needs("caddy")
@pytest.mark.parametrize("directive", ["handle", "handle_path"])
def test_caddy_serves_it_under_a_path(directive, tmp_path):
    changes = [
        ("{$SITE} {\n", f"{{$SITE}} {{\n\t{directive} /vote/* {{\n"),
        ("\t\theader_up -X-Scheme\n\t}\n}", "\t\theader_up -X-Scheme\n\t}\n}\n}"),
    ]
    with behind("caddy", tmp_path, changes, "/vote") as (public, _):
        code = asyncio.run(meet(public))
        asyncio.run(stays_closed(public, code))
