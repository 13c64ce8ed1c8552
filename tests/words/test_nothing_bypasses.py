"""A server that speaks `en-XA` shows no plain letter: whatever does is not from the catalogue.

What people and templates of boards say is written in Cyrillic here. What remains in Latin letters is
what is not translated: the name of the product, codes, addresses, and names of fields of messages.
"""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

import pytest

from server.words.catalogue import VARIABLE
from server.words.pseudo import PSEUDO
from support.server import launched

READ_ALOUD = {"title", "placeholder", "aria-label", "aria-description", "alt", "content", "label"}
NOT_SHOWN = {"script", "style"}
UNTRANSLATED = [
    r"Stackvote",
    r"K7Q-?F2-?M(9ABC)?",
    r"https?://\S*",
    r"\d+\.\d+\.\d+\.\d+:\d+\S*",
    r"\b[2-9A-Z]{3}-?[2-9A-Z]{2,3}(-[2-9A-Z]{5})?\b",
    r"\b[FRS]\b",  # Keys.
    r"width=device-width, initial-scale=1, viewport-fit=cover",
    r"--[a-z-]+|metrics_from",  # Options of the command line.
]
OPTIONS = ("Альфа", "Бета", "Гамма")
METHODS = {
    "approval": {"approve": ["alfa"]},
    "score": {"scores": {"alfa": 5, "beta": 2}},
    "ranked": {"ranking": [["alfa"], ["beta", "gamma"]]},
    "dots": {"dots": {"alfa": 2, "beta": 1}},
    "single": {"choice": "alfa"},
    "matrix": {"scores": {"alfa": {"one": 5}, "beta": {"one": 1}}},
}


class Shown(HTMLParser):
    """Collects what a person can see or hear of a page, and its language."""

    def __init__(self, html):
        super().__init__()
        self.texts, self.language, self._inside = [], None, []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "html":
            self.language = given["lang"]
        if tag not in {"meta", "link", "input", "br", "img", "path", "hr"}:
            self._inside.append(tag)
        shown = READ_ALOUD | ({"value"} if tag == "button" else set())
        if tag == "button" or (tag == "meta" and given.get("name") != "description"):
            shown = shown - {"value", "content"}
        self.texts += [text for name, text in attrs if name in shown and text]

    def handle_endtag(self, tag):
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data):
        if not NOT_SHOWN & set(self._inside) and data.strip():
            self.texts.append(data.strip())


def bypassing(text, *more):
    """Return what is left of a text that is in plain letters, and should not be."""
    for pattern in (*UNTRANSLATED, *more):
        text = re.sub(pattern, "", text)
    return re.findall(r"[A-Za-z]+", text)


class Speaker:
    """A browser, or a program, at a server."""

    def __init__(self, server):
        self._at = f"http://127.0.0.1:{server.port}"
        self.cookies = {}

    def ask(self, path, body=None, form=None):
        """Fetch an address, and follow no redirect; return status and text."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        data = None
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
        opener = urllib.request.build_opener(_Stay)
        request = urllib.request.Request(f"{self._at}{path}", data, headers)
        try:
            with opener.open(request, timeout=30) as got:
                return self._read(got)
        except urllib.error.HTTPError as error:
            with error:
                return self._read(error)

    def _read(self, got):
        for cookie in got.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return got.status, got.read().decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Board:
    """A board whose people write in Cyrillic; `host` and `voter` are browsers."""

    def __init__(self, server, **settings):
        self.host, self.voter = Speaker(server), Speaker(server)
        asked = {"title": "Что выберем?", "context": "Для всех", "options": []}
        asked["options"] = [
            {
                "id": id_,
                "name": name,
                "strapline": "Строка",
                "features": ["Свойство"],
                "tags": ["Ж"],
            }
            for id_, name in zip(("alfa", "beta", "gamma"), OPTIONS, strict=True)
        ]
        status, made = self.host.ask("/api/boards", asked | settings)
        assert status == 201, made
        made = json.loads(made)
        self.code = made["code"]
        self.host.ask(f"/b/{self.code}/host?key={made['host_key']}")
        self.voter.ask(f"/b/{self.code}")
        self._n = 0

    def act(self, who, type_, **fields):
        self._n += 1
        body = {"type": type_, "id": f"m{self._n}"} | fields
        status, text = who.ask(f"/api/boards/{self.code}/actions", body)
        return status, json.loads(text)

    def done(self, who, type_, **fields):
        status, told = self.act(who, type_, **fields)
        assert status == 200, told

    def pages(self):
        for who, ending in (
            *(
                (self.host, ending)
                for ending in ("", "/host", "/screen", "/record", "/replay", "/invites")
            ),
            (self.host, "/seat"),
            *(
                (self.voter, ending)
                for ending in ("", "/screen", "/record", "/replay", "/seat", "/host")
            ),
        ):
            status, html = who.ask(f"/b/{self.code}{ending}")
            assert status == 403 if who is self.voter and ending == "/host" else 200, ending
            yield ending, html

    def check_pages(self):
        for ending, html in self.pages():
            check_page(html, f"of {ending or 'the ballot'}")


def check_page(html, which="at all"):
    # The names of templates are their authors'.
    shown = Shown(
        re.sub(r"(<optgroup[^>]*>).*?</optgroup>", r"\1</optgroup>", html, flags=re.DOTALL)
    )
    assert shown.language == PSEUDO
    left = {text: words for text in shown.texts if (words := bypassing(text))}
    assert not left, f"not from the catalogue, on the page {which}: {left}"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    with launched(folder, **{VARIABLE: PSEUDO}) as running:
        yield running.await_greeting()
        assert "sentence" not in running.log


def test_pages_that_belong_to_no_board(server):
    anyone = Speaker(server)
    for path in ("/nowhere", "/b/K7QF2M", "/b/K7QF2M/host"):
        status, html = anyone.ask(path)
        assert status == 404
        check_page(html, path)


def test_the_start_page(server):
    for path in ("/", "/?code=nothing"):
        check_page(without_boards(Speaker(server).ask(path)[1]), path)
    form = {"title": "", "options": ""}
    status, html = Speaker(server).ask("/", form=form)
    assert status == 422
    # The field has the name that it has in messages.
    check_page(without_boards(html.replace("title: ", "")), "of a wrong form")


def without_boards(html):
    """Take out what templates of boards say, and the title of the board that is open."""
    for theirs in (
        r"<h3>.*?</h3>",
        r'<p class="soft">[^\[]*?</p>',
        r'<ul class="(chips|known)">.*?</ul>',
    ):
        html = re.sub(theirs, "", html, flags=re.DOTALL)
    return re.sub(r'(<span class="visually-hidden">: )[^<\[]*', r"\1", html)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("names", ["secret", "open"])
def test_every_page_in_every_phase(server, method, names):
    board = Board(server)
    host, voter = board.host, board.voter
    board.check_pages()
    settings = {"names": names, "further_discussion": True, "tie_break": "lot", "seconds": 600}
    if method == "matrix":
        settings["criteria"] = [{"id": "one", "name": "Цена", "weight": 2}]
    visibility = "live" if names == "open" else "on_reveal"
    board.done(host, "open_round", method=method, settings=settings | {"visibility": visibility})
    board.done(voter, "rename", name="Маша")
    board.done(voter, "vote", round=1, ballot=METHODS[method])
    board.done(voter, "comment", comment="c1", option="alfa", kind="pro", text="Да")
    board.done(host, "comment", comment="c2", option="beta", kind="risk", text="Нет")
    board.done(voter, "comment", comment="c3", option="alfa", kind="note", text="Ю", parent="c1")
    board.done(host, "pin_comment", comment="c1", on=True)
    board.done(voter, "edit_comment", comment="c1", text="Да!")
    board.check_pages()
    board.done(host, "hide_comment", comment="c2", on=True)
    board.done(voter, "delete_comment", comment="c1")
    board.done(host, "pause_round", round=1, on=True)
    board.check_pages()
    board.done(host, "lock_round", round=1)
    board.check_pages()
    board.done(host, "reveal_round", round=1)
    board.check_pages()
    board.done(host, "decide", option="alfa", because="Так", revisit_on="2030-01-01")
    board.check_pages()
    _, state = host.ask(f"/api/boards/{board.code}")
    tally = json.loads(state)["tally"]
    for text in (
        tally["result"]["decided_by"],
        *tally["result"]["steps"],
        *(insight["text"] for insight in tally["insights"]),
    ):
        assert not bypassing(text), text
    _, history = host.ask(f"/api/boards/{board.code}/history")
    for event in json.loads(history)["history"]:
        # Methods stand there by their ids.
        assert not bypassing(f"{event['who']} {event['what']}", method), event


def test_pages_of_seats(server):
    board = Board(server)
    board.done(board.host, "set_board", settings={"entry": "invited"})
    _, made = board.host.ask(f"/api/boards/{board.code}/invites", {"count": 2})
    links = [urllib.parse.urlsplit(each["link"]) for each in json.loads(made)["invites"]]
    paths = [f"{link.path}?{link.query}" for link in links]
    board.check_pages()
    guest, other = Speaker(server), Speaker(server)
    check_page(guest.ask(paths[0])[1], "that asks whether to take a seat")
    token = urllib.parse.parse_qs(links[0].query)["invite"][0]
    assert guest.ask(f"/b/{board.code}/seat", form={"invite": token})[0] == 303
    for who, path in ((guest, ""), (guest, "/seat"), (other, "?" + links[0].query)):
        check_page(who.ask(f"/b/{board.code}{path}")[1], f"of a seat, {path}")
    check_page(guest.ask(paths[1])[1], "that asks whether to leave a seat")
    check_page(guest.ask(f"/b/{board.code}/seat/move", form={})[1], "that moves a seat")
    check_page(other.ask(f"/b/{board.code}/seat?move=K7QF2-M9ABC")[1], "of a wrong code")
    _, listed = board.host.ask(f"/api/boards/{board.code}/invites")
    invite = json.loads(listed)["invites"][0]["id"]
    board.done(board.host, "renew_invite", invite=invite)
    check_page(guest.ask(f"/b/{board.code}")[1], "of someone whose invitation was renewed")
    check_page(guest.ask(paths[0])[1], "of a link that was renewed")


def test_people_wait_to_be_let_in(server):
    board = Board(server)
    board.done(board.host, "set_board", settings={"entry": "admitted"})
    board.voter = Speaker(server)
    board.voter.ask(f"/b/{board.code}")
    board.check_pages()


REFUSED = [
    ("voter", {"type": "lock_round", "round": 1}),
    ("voter", {"type": "vote", "round": 7, "ballot": {}}),
    ("voter", {"type": "vote", "round": 1, "ballot": 5}),
    ("voter", {"type": "vote", "round": 1, "ballot": {}}),
    ("voter", {"type": "vote", "round": 1, "ballot": {"dots": 5}}),
    ("voter", {"type": "vote", "round": 1, "ballot": {"dots": {"nothing": 5}}}),
    ("voter", {"type": "vote", "round": 1, "ballot": {"dots": {"alfa": 50}}}),
    ("voter", {"type": "vote", "round": 1, "ballot": {"dots": {"alfa": 3, "beta": 3}}}),
    ("voter", {"type": "comment", "option": "alfa", "kind": "pro", "text": " ", "comment": "c"}),
    ("voter", {"type": "comment", "option": "alfa", "kind": "x", "text": "Да", "comment": "c"}),
    ("voter", {"type": "comment", "option": "zeta", "kind": "pro", "text": "Да", "comment": "c"}),
    (
        "voter",
        {"type": "comment", "option": "alfa", "kind": "pro", "text": "Д" * 2001, "comment": "c"},
    ),
    ("voter", {"type": "edit_comment", "comment": "none", "text": "Да"}),
    ("voter", {"type": "react", "comment": "none", "emoji": "\x07", "on": True}),
    ("voter", {"type": "rename", "name": "Я\nБ"}),
    ("voter", {"type": "rename", "name": 5}),
    ("voter", {"type": "rename"}),
    ("voter", {"type": "rename", "name": "Я", "more": 1}),
    ("voter", {"type": "unheard"}),
    ("host", {"type": "open_round", "method": "single"}),
    ("host", {"type": "open_round", "method": "guess"}),
    ("host", {"type": "open_round", "method": "dots", "settings": {"seconds": "1"}}),
    ("host", {"type": "reveal_round", "round": 4}),
    ("host", {"type": "pause_round", "round": 1, "on": True}),
    ("host", {"type": "extend_round", "round": 1, "seconds": 0}),
    ("host", {"type": "extend_round", "round": 1, "seconds": 86_500}),
    ("host", {"type": "add_option", "option": {"name": "Дельта"}}),
    ("host", {"type": "remove_option", "option": "alfa"}),
    ("host", {"type": "set_board", "title": " "}),
    ("host", {"type": "set_board", "title": ""}),
    ("host", {"type": "set_board", "settings": {"entry": "invited"}}),
    ("host", {"type": "set_board", "settings": {"host_sees_results": True}}),
    ("host", {"type": "decide", "option": "alfa", "because": "Так"}),
    ("host", {"type": "reopen"}),
    ("host", {"type": "remove_host", "host": "host"}),
    ("host", {"type": "remove_host", "host": "none"}),
    ("host", {"type": "renew_invite", "invite": "none"}),
    ("host", {"type": "revoke_invite", "invite": "none"}),
    ("host", {"type": "admit", "people": ["none"]}),
]
SPELT = [
    r"`[^`]*`",  # Fields and examples of messages.
    r"\{.*\}",
    r"'[^']*'",
    r"U\+[0-9A-F]{4}",
]


@pytest.fixture(scope="module")
def voting(server):
    board = Board(server)
    board.done(board.host, "open_round", method="dots", settings={"dots": 5, "per_option": 3})
    return board


@pytest.mark.parametrize(("who", "message"), REFUSED, ids=lambda each: str(each)[:60])
def test_refusals(voting, who, message):
    status, told = voting.act(getattr(voting, who), message["type"], **message)
    assert status >= 400, told
    assert not bypassing(told["message"], *SPELT), told["message"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/boards", b"{"),
        ("/api/boards", {"title": "Ж"}),
        ("/api/boards", {"title": " ", "options": [{"name": "Я"}, {"name": "Б"}]}),
        ("/api/boards", {"title": "Ж", "options": [{"name": "Я"}, {"name": "Я"}]}),
        ("/api/boards", {"title": "Ж", "options": [{"name": "Я", "link": "x"}, {"name": "Б"}]}),
        ("/api/boards", {"title": "Ж", "options": [{"name": "Я", "link": "http://"}]}),
        ("/api/boards", {"title": "Ж", "options": []}),
        ("/api/boards", {"template": "none"}),
        ("/api/boards/K7QF2M", None),
        ("/api/nowhere", None),
        ("/api/boards/{code}/actions", b"nothing"),
        ("/api/boards/{code}/actions", b"{}"),
        ("/api/boards/{code}/comments?sort=wrong", None),
        ("/api/boards/{code}/comments?parent=none&limit=x", None),
        ("/api/boards/{code}/invites", {"count": 1}),
        ("/api/boards/{code}/hosts", {"name": "Я"}),
        ("/b/{code}/live", None),
    ],
    ids=str,
)
def test_answers_to_wrong_requests(voting, path, body):
    status, text = voting.voter.ask(path.format(code=voting.code), body)
    assert status >= 400, text
    if text.startswith("<"):
        check_page(text)
        return
    message = json.loads(text)["error"]["message"]
    # Names of fields come without backticks where a form or a file is meant.
    fields = r"\b(title|options|name|link|template|limit|sort|newest|support)(\[\d+\])?(\.\w+)?\b"
    assert not bypassing(message, *SPELT, fields), message
