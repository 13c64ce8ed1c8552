import pytest

from server.domain import actions as act
from server.domain.record import record_of
from server.domain.rules import Names
from server.exports.tables import ballot_rows, record_rows
from support.decisions import decide, meeting, reveal, whole_meeting
from support.strategies import CRITERIA, Meeting, create

SAID = {
    "single": ({"choice": "flask"}, [0, 1, 0]),
    "approval": ({"approve": ["flask", "django"]}, [1, 1, 0]),
    "dots": ({"dots": {"flask": 2}}, [0, 2, 0]),
    "score": ({"scores": {"flask": 4}, "no_opinion": ["tornado"]}, [0, 4, None]),
    "ranked": ({"ranking": [["flask"], ["tornado"]]}, [None, 1, 2]),
    "matrix": ({"scores": {"flask": {"speed": 5}}}, [None, None, 5, None, None, None]),
}


@pytest.mark.parametrize("method", SAID)
def test_each_ballot_is_a_row(method):
    made = Meeting(create(criteria=CRITERIA))
    made.open(method)
    ballot, row = SAID[method]
    made.cast("ann", ballot)
    reveal(made)
    head, *rows = ballot_rows(record_of(made.board, ballots=True).rounds[0])
    assert rows == [row]
    if method == "matrix":
        assert head[:2] == ["Django: Speed", "Django: Hiring"]
    else:
        assert head == ["Django", "Flask", "Tornado"]


def test_a_blank_of_older_rules_is_no_opinion():
    made = Meeting()
    settings = act.OpenRound(method="score")
    made.do(act.Entry(rules=3, by="host", action=settings))
    made.do(act.Entry(rules=3, by="ann", action=act.Vote(round=1, ballot={"scores": {"flask": 1}})))
    reveal(made)
    _, row = ballot_rows(record_of(made.board, ballots=True).rounds[0])
    assert row == [None, 1, None]


@pytest.mark.parametrize("names", Names)
def test_names_stand_in_a_column_of_open_rounds_only(names):
    made = meeting()
    made.open(names=names)
    made.vote("ann", "flask")
    reveal(made)
    rows = list(ballot_rows(record_of(made.board, ballots=True).rounds[0]))
    assert rows[1] == (["Annabel", 0, 1, 0] if names is Names.OPEN else [0, 1, 0])


def test_the_outcome_as_a_table():
    head, *rows = record_rows(record_of(whole_meeting().board))
    assert head == [
        *("Option", "Decided", "Round", "Method", "Place", "Total", "Agreement", "Voters"),
    ]
    assert rows[0][:6] == ["Flask", "yes", 1, "Approval", 1, 2]
    assert [row[0] for row in rows] == ["Flask", "Django", "Tornado"]
    assert {len(row) for row in rows} == {len(head)}


def test_options_without_a_round_have_a_row():
    made = meeting()
    made.open()
    made.vote("ann", "flask")
    _, *rows = record_rows(record_of(made.board))
    assert rows == [[name, "", *[None] * 6] for name in ("Django", "Flask", "Tornado")]
    reveal(made)
    decide(made)
    _, first, *_ = record_rows(record_of(made.board))
    assert first[:2] == ["Flask", "yes"]
