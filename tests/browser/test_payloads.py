"""A board all of whose words are attacks, on every page of a real browser, moving and still.

Nothing of them may run, be asked for at another host, become an element or an address, or stop
at the policy of the page: that would mean that it came as far as that.
"""

import http.client
import itertools
import json

import pytest
from playwright.sync_api import expect

from browser.pages import DESK, PHONE, STAGE, unfold_all

HIT = "window.hit=1,alert(1)"
PAYLOADS = [
    f"<script>{HIT}</script>",
    f'"><img src=//evil.invalid/x onerror={HIT}>',
    f"'-{HIT}-'",
    f"</script><script>{HIT}</script>",
    f"</title></textarea><svg onload={HIT}>",
    f"<template><img src=x onerror={HIT}></template>",
    "{{ 7 * 191 }}{% raw handler.settings %}${7*191}",
    f"javascript:{HIT}",
    f"data:text/html,<script>{HIT}</script>",
    f'`<b onclick="{HIT}">`',
    f"https://evil.invalid/'onmouseover='{HIT}",
    "__proto__",
    "constructor",
    "</li></ul><form action=//evil.invalid><button>",
    "<style>*{background:url(//evil.invalid/c)}</style>",
    "<base href=//evil.invalid/><meta http-equiv=refresh content=0>",
    "%3Cscript%3E &lt;img src=x&gt; &#60;b&#62;",
]
LINK = 'https://evil.invalid/"onclick="window.hit=1"<b>{{7*191}}'

# All that stands in a document and is more than words.
FOUND = """() => [...document.querySelectorAll("*"), ...[...document.querySelectorAll("template")].flatMap((t) => [...t.content.querySelectorAll("*")])]
    .flatMap((node) => [
        ...[...node.attributes].filter(({ name }) => /^on|^srcdoc$/.test(name) || (name === "style" && /url|evil|expression/.test(node.getAttribute(name)))).map(({ name }) => `${node.nodeName} ${name}`),
        ...(["BASE", "IFRAME", "OBJECT", "EMBED", "STYLE"].includes(node.nodeName) ? [node.outerHTML] : []),
        ...(node.nodeName === "SCRIPT" && !(new URL(node.src, location).pathname.startsWith("/static/") || node.type === "application/json") ? [node.outerHTML] : []),
        ...(node.nodeName === "META" && node.httpEquiv ? [node.outerHTML] : []),
        ...["href", "src", "action", "formaction", "data", "xlink:href"].map((name) => node.getAttribute(name)).filter((value) => value && !/^(https?:\\/\\/|\\/|\\?|#|data:image\\/svg)/.test(value)),
        ...["src", "action", "formaction"].map((name) => node.getAttribute(name)).filter((value) => value?.includes("evil")),
    ])"""
GLOBALS = "() => [window.hit, Object.keys(Object.prototype).length, document.title.includes('1337'), document.body.innerText.includes('1337')]"


def words(n, length):
    """A payload, cut to a length, and told apart from others by its number."""
    return f"{n} {PAYLOADS[n % len(PAYLOADS)]}"[:length]


@pytest.fixture
def board(server):
    """Every field that someone can fill, filled."""
    count = itertools.count()

    def some(length):
        return words(next(count), length)

    def option(_):
        return {
            "name": some(80),
            "strapline": some(160),
            "features": [some(200) for _ in range(3)] + [some(30)],
            "suited_to": some(300),
            "link": LINK,
            "tags": [some(40) for _ in range(3)],
        }

    made = server.new_board(
        title=words(4, 200),
        context=some(2000),
        options=[option(n) for n in range(len(PAYLOADS))],
        criteria=[{"name": some(80)} for _ in range(3)],
    )
    with Line(server, made) as line:
        fill(line, some)
    return made


class Line:
    """One connection, and so one process: what it was told is done there for who asks next."""

    def __init__(self, server, board):
        self.http = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        self.board = board
        self.host = {"Authorization": f"Bearer {board.host_key}"}
        self.ids = itertools.count()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def ask(self, method, path, body=None, **headers):
        self.http.request(method, path, json.dumps(body) if body else None, headers)
        answer = self.http.getresponse()
        said = answer.read()
        assert answer.status in {200, 201}, said
        return answer.headers, said

    def post(self, part, body, **headers):
        self.ask("POST", f"/api/boards/{self.board.code}/{part}", body, **headers)

    def act(self, type_, **fields):
        self.post("actions", {"type": type_, "id": f"host {next(self.ids)}"} | fields, **self.host)

    def newcomer(self):
        given, _ = self.ask("GET", f"/b/{self.board.code}")
        return {"Cookie": given["Set-Cookie"].partition(";")[0]}


def fill(line, some):
    """Let people say, vote, react and decide in the same words."""
    shown = json.loads(line.ask("GET", f"/api/boards/{line.board.code}")[1])["board"]
    options = [each["id"] for each in shown["options"]]
    criteria = [each["id"] for each in shown["criteria"]]
    for n in range(3):
        line.post("hosts", {"name": words(n + len(PAYLOADS), 40)}, **line.host)
    line.post("invites", {"count": 3}, **line.host)
    line.act("open_round", method="matrix", settings={"names": "open"})
    for n, payload in enumerate(PAYLOADS):
        cookie = line.newcomer()
        said = [
            {"type": "rename", "name": words(n, 40)},
            {"type": "comment", "option": options[n], "kind": "pro", "text": payload,
             "comment": payload[:64]},
            {"type": "comment", "option": options[n], "kind": "con", "text": f"{LINK} `{payload}`",
             "comment": f"{payload[:60]}-r", "parent": payload[:64]},
            {"type": "react", "comment": payload[:64], "emoji": payload[:16], "on": True},
            {"type": "vote", "round": 1, "ballot": {"scores": {options[n]: {criteria[0]: n % 6}}}},
        ]  # fmt: skip
        for m, message in enumerate(said):
            line.post("actions", {"id": f"{m} {payload}"[:64]} | message, **cookie)
    line.act("pin_comment", comment=PAYLOADS[0][:64], on=True)
    line.act("reveal_round", round=1)
    line.act("decide", option=options[1], because=some(4000))
    line.act("open_round", method="ranked", settings={"visibility": "live", "names": "open"})
    for each in options[:5]:
        ballot = {"type": "vote", "id": "a", "round": 2, "ballot": {"ranking": [[each]]}}
        line.post("actions", ballot, **line.newcomer())


@pytest.fixture
def visit(server, person):
    """Open a page and watch what it asks for and says."""
    asked, dialogs = [], []

    def come(address, viewport, **options):
        page = person("about:blank", viewport, **options)
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.context.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        return page

    yield come
    ours = (server.address, server.address.replace("http", "ws"), "data:image/svg", "about:")
    assert [url for url in asked if not url.startswith(ours)] == []
    assert dialogs == []


def harmless(page):
    assert page.evaluate(FOUND) == []
    assert page.evaluate(GLOBALS) == [None, 0, False, False]


@pytest.mark.parametrize("script", [True, False], ids=["moving", "still"])
def test_a_board_of_attacks_is_a_board_of_words(server, board, visit, script):
    options = {"java_script_enabled": script}
    host = visit(board.host, DESK, **options)
    pages = {
        "host": host,
        "ballot": visit(board.address, PHONE, **options),
        "screen": visit(board.screen, STAGE, **options),
    }
    for name, page in pages.items():
        # What is shown is what was typed, to the letter.
        expect(page.locator("[data-part=title]").first).to_have_text(words(4, 200))
        if script:
            if name != "screen":
                expect(page.locator(".bar").first).to_be_attached()
            unfold_all(page)
            page.wait_for_load_state("networkidle")
        harmless(page)
    text = pages["ballot"].locator("body").text_content()
    for payload in PAYLOADS:
        assert payload.replace("`", "") in text.replace("`", ""), payload
    links = pages["ballot"].locator("a[href*=evil]").all()
    assert links
    for link in links:
        assert link.get_attribute("href").startswith("https://evil.invalid/")
        assert "noopener" in link.get_attribute("rel")
    host.goto(f"{board.address}/invites")
    harmless(host)
    host.goto(server.address)
    if script:  # The boards that this browser knows, by their titles.
        expect(host.locator("[data-part=known-list]")).to_contain_text(words(4, 200))
    harmless(host)


def test_every_dialog_of_the_host_shows_words(server, board, visit):
    host = visit(board.host, DESK)
    for button in host.locator("main button:visible, header button:visible").all():
        label = button.inner_text()
        if not any(word in label for word in ("Edit", "Add", "Rounds", "History")):
            continue
        button.click()
        harmless(host)
        host.keyboard.press("Escape")
    with Line(server, board) as line:
        line.act("reveal_round", round=2)
    expect(host.locator("[data-part=ranking-table] tbody tr").first).to_be_attached()
    unfold_all(host)
    host.wait_for_load_state("networkidle")
    harmless(host)


def test_what_is_said_while_one_watches_comes_as_words_too(server, board, visit):
    pages = [
        visit(board.address, PHONE),
        visit(board.screen, STAGE),
        visit(board.host, DESK),
    ]
    with Line(server, board) as line:
        line.act("reveal_round", round=2)
        line.act("reopen")
        for n, payload in enumerate(PAYLOADS):
            line.act("set_board", title=f"{n}{payload}", context=payload)
            line.act("add_option", option={"name": f"new {payload}"[:80], "link": LINK})
    last = f"{len(PAYLOADS) - 1}{PAYLOADS[-1]}"
    for page in pages:
        expect(page.locator("[data-part=title]").first).to_have_text(last)
        harmless(page)
