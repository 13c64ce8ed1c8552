"""A whole evening, from a list in a spreadsheet to what is found again the day after."""

import datetime as dt
import http.cookiejar
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest

from browser.server import Server
from server.cli import main

pytestmark = pytest.mark.slow

TITLE = "Which framework?"
REASON = "We have to try the admin first."
SPREADSHEET = (
    "\ufeffName\tWhat it is\tWebsite\r\n"
    "Django\tFull stack\thttps://www.djangoproject.com/\r\n"
    "Flask\tA micro framework\t\r\n"
    "\r\n"
    "Tornado\tAsynchronous\thttps://www.tornadoweb.org/\r\n"
)
BALLOTS = (
    {"scores": {"django": 5, "flask": 2}},
    {"scores": {"django": 5, "fastapi": 2}, "no_opinion": ["reflex"]},
    {"scores": {"django": 0, "flask": 1}, "no_opinion": ["reflex", "tornado"]},
)


class Browser:
    """A browser without scripts, which keeps cookies and follows redirects."""

    def __init__(self):
        self.cookies = http.cookiejar.CookieJar()
        keeper = urllib.request.HTTPCookieProcessor(self.cookies)
        self._opener = urllib.request.build_opener(keeper)

    def open(self, address, **form):
        """Open a page, or send a form; return where it led, and the page."""
        body = urlencode(form).encode() if form else None
        with self._opener.open(address, body, timeout=10) as got:
            return got.url, got.read().decode()


def test_a_whole_evening_by_the_words_of_the_readme(tmp_path, capsys):
    readme = " ".join((Path(__file__).parents[2] / "README.md").read_text().split())
    evening = Evening(Server(tmp_path).start())
    try:
        for sentence, play in EVENING.items():
            assert sentence in readme
            play(evening)
        assert main(["boards", "--data", str(tmp_path / "data")]) == 0
    finally:
        evening.server.close()
    line = next(line for line in capsys.readouterr().out.splitlines() if TITLE in line)
    # Until a year after the day to look at it again.
    assert f"{evening.again + dt.timedelta(days=367)}" in line


class Evening:
    """One board of a server, and its host."""

    def __init__(self, server):
        self.server = server
        self.host = Browser()
        self.board = None
        self.again = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=200)

    def paste_a_list(self):
        address = self.server.address
        form = {"title": TITLE, "options": SPREADSHEET}
        _, preview = self.host.open(f"{address}/", check="1", **form)
        assert "3 options understood" in preview
        console, _ = self.host.open(f"{address}/", **form)
        code = console.split("/")[-2]
        assert console == f"{address}/b/{code}/host"
        key = next(each.value for each in self.host.cookies if each.name.endswith(f"host_{code}"))
        self.board = SimpleNamespace(code=code, host_key=key, seq=0)
        options = self.server.state(self.board)["board"]["options"]
        assert [(each["name"], each["strapline"], each["link"]) for each in options] == [
            ("Django", "Full stack", "https://www.djangoproject.com/"),
            ("Flask", "A micro framework", ""),
            ("Tornado", "Asynchronous", "https://www.tornadoweb.org/"),
        ]

    def accept_two_proposals(self):
        self.server.act(self.board, type="set_board", settings={"proposals": "open"})
        for name in ("FastAPI", "Reflex"):
            proposal = self.server.propose(self.board, name, "From the room")
            self.server.act(
                self.board, type="accept_proposal", proposal=proposal, word="Thank you."
            )
        options = self.server.state(self.board)["board"]["options"]
        assert [each["name"] for each in options][3:] == ["FastAPI", "Reflex"]

    def score_with_blanks(self):
        self.server.open_round(self.board, "score")
        self.server.vote(self.board, *BALLOTS)
        result = self.server.reveal(self.board)
        totals = {"django": 10, "flask": 3, "fastapi": 2, "tornado": 0, "reflex": 0}
        assert result["totals"] == totals
        assert result["winners"] == ["django"]
        assert (result["no_opinion"]["reflex"], result["no_opinion"]["tornado"]) == (2, 1)
        # A blank counts 0 in the run-off, too: Django wins it 2 to 1.
        assert result["pairwise"]["django"]["flask"] == 2
        assert result["pairwise"]["flask"]["django"] == 1

    def defer(self):
        day = self.again.isoformat()
        self.server.act(self.board, type="defer", owner="Ann", because=REASON, revisit_on=day)
        assert self.server.state(self.board)["board"]["deferral"]["revisit_on"] == day

    def find_it_after_a_restart(self):
        before = self.server.state(self.board)
        self.server.kill()
        self.server.start()
        after = self.server.state(self.board)
        assert after["board"] == before["board"]
        assert after["tally"] == before["tally"]
        for path, words in PAGES.items():
            _, page = self.host.open(f"{self.server.address}/b/{self.board.code}{path}")
            assert [word for word in words if word not in page] == [], path


EVENING = {
    "pasted as it is from a document or a spreadsheet": Evening.paste_a_list,
    "people propose more options; you accept, merge or decline them": Evening.accept_two_proposals,
    "scores, a ranking, dots, one choice or criteria": Evening.score_with_blanks,
    "defer the decision, with an owner and a day on which it comes back": Evening.defer,
    "Boards and votes are kept in": Evening.find_it_after_a_restart,
}
PAGES = {
    "": ("Django", "A micro framework", "Reflex", "Ann", REASON),
    "/screen": ("Django", "Reflex", "Ann"),
    "/host": ("Django", "Reflex", "Ann", REASON),
    "/record": ("Django", "Flask", "Reflex", "Ann", REASON),
}
"""The pages of the board, and what each says of the evening."""
