import pytest

from server.domain import actions as act
from server.domain.board import Board
from server.domain.options import Option
from server.domain.rules import RoundSettings
from server.live.views import Audience, parts_of
from server.web.bars import bars_of
from server.web.example import enter

OPTIONS = ("flask", "django", "tornado")


def shown(method, ballots, *, revealed=True, **settings):
    """Return the bars of a round in which these ballots were cast, as a page has them."""
    board = Board()
    options = tuple(Option(id=id_, name=id_.title()) for id_ in OPTIONS)
    enter(board, act.Create(code="A", title="Which?", host="0" * 64, options=options))
    rules = RoundSettings(**{"visibility": "live", "names": "open"} | settings)
    enter(board, act.OpenRound(method=method, settings=rules))
    for n, ballot in enumerate(ballots):
        enter(board, act.Vote(round=1, ballot=ballot), f"s{n}")
    if revealed:
        enter(board, act.LockRound(round=1))
        enter(board, act.RevealRound(round=1, at_once=True))
    parts = parts_of(board, Audience(host=False, result=True))
    return bars_of(parts["board"], parts["round"], parts["tally"].result or None, len(ballots))


def told(bars):
    return [(bar.option.id, bar.rank, bar.total, bar.detail, bar.note) for bar in bars]


def test_a_winner_comes_first():
    assert told(shown("single", [{"choice": "django"}] * 2 + [{"choice": "flask"}])) == [
        ("django", "1", "2", "67%", "first"),
        ("flask", "2", "1", "33%", ""),
        ("tornado", "3", "0", "0%", ""),
    ]


def test_who_leads_is_not_first_yet():
    bars = shown("approval", [{"approve": ["flask"]}], revealed=False)
    assert [bar.note for bar in bars] == ["leads", "", ""]


def test_the_tied_are_told_so():
    bars = shown("approval", [{"approve": ["flask", "django"]}])
    assert [(bar.rank, bar.place, bar.note) for bar in bars] == [
        ("1=", 1, "tied"),
        ("1=", 1, "tied"),
        ("3", 3, ""),
    ]


@pytest.mark.parametrize(
    ("method", "ballot", "share", "total", "detail"),
    [
        ("approval", {"approve": ["flask"]}, 1.0, "1", "100%"),
        ("score", {"scores": {"flask": 4}, "no_opinion": ["django"]}, 0.8, "4", "⌀ 4.0"),
        ("ranked", {"ranking": [["flask"], ["django", "tornado"]]}, 1.0, "2", "of 2"),
        ("dots", {"dots": {"flask": 3, "django": 2}}, 1.0, "3", "60%"),
    ],
)
def test_a_bar_is_full_when_there_is_no_more(method, ballot, share, total, detail):
    more = {"dots": 5, "per_option": 3} if method == "dots" else {}
    first = shown(method, [ballot], **more)[0]
    assert (first.option.id, first.total, first.detail) == ("flask", total, detail)
    assert first.share == pytest.approx(share)


def test_a_room_that_is_split_is_told_so():
    bars = shown("score", [{"scores": {"flask": 5}}] * 3 + [{"scores": {"flask": 0}}] * 3)
    assert [bar.split for bar in bars if bar.option.id == "flask"] == ["split"]


def test_nothing_is_said_of_nothing():
    bars = shown("approval", [], revealed=False)
    assert {(bar.rank, bar.total, bar.share, bar.detail, bar.note) for bar in bars} == {
        ("\N{EN DASH}", "0", 0.0, "", "")
    }
    assert bars_of(None, None, None, 0) == []


def test_what_is_no_option_has_a_bar_too():
    ballot = {"ranking": [["further-discussion"], ["flask"]]}
    bars = shown("ranked", [ballot], further_discussion=True)
    assert bars[0].option.name == "Further discussion"
