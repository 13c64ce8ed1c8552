import pytest
from hypothesis import given

from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change
from server.domain.gates import GateAnswer, GateDraft, GateError, Standing, complete, failed
from server.domain.record import record_of
from server.exports.markdown import as_markdown
from support.decisions import decide
from support.gates import answer, gated
from support.strategies import GATES, OPTIONS, SPARE, logs, many


def test_not_known_without_evidence_is_no_answer():
    blank = GateAnswer(option="flask", answer=Standing.UNKNOWN)
    known = GateAnswer(option="flask", answer=Standing.FAIL)
    assert GATES[0].answered(known).answered(blank) == GATES[0]
    assert GATES[0].answer_for("flask") == blank


@many
@given(logs())
def test_no_round_is_held_about_what_failed_when_it_opened(log):
    board = Board()
    for seq, at, entry in log:
        out = {option for option in (*OPTIONS, *SPARE) if failed(board.gates, option)}
        outcome = board.apply(seq, at, entry)
        if isinstance(outcome, Change) and isinstance(entry.action, act.OpenRound):
            assert out.isdisjoint(board.round.names)
        if board.decision:
            assert not failed(board.gates, board.decision.option)
        ids = {option.id for option in board.options}
        assert all(known.option in ids for gate in board.gates for known in gate.answers)


def test_drafts_become_gates():
    drafts = [GateDraft(name=" Open licence ", owner=" Ann "), GateDraft(id="eu", name="In the EU")]
    first, second = complete(drafts)
    assert (first.id, first.name, first.owner) == ("open-licence", "Open licence", "Ann")
    assert (second.id, second.owner) == ("eu", "")


@pytest.mark.parametrize(
    ("drafts", "words"),
    [
        ([GateDraft(name=" ")], "Must-have 1: name must not be empty."),
        ([GateDraft(name="A"), GateDraft(name="a")], "Must-have 2: name “a” is already in the"),
        ([GateDraft(id="x", name="A"), GateDraft(id="x", name="B")], "Must-have 2: id “x” is"),
        ([GateDraft(name="A", owner="a\nb")], "Must-have 1: owner"),
    ],
)
def test_what_a_gate_cannot_be(drafts, words):
    with pytest.raises(GateError, match=words):
        complete(drafts)


def test_the_record_has_what_failed_and_what_is_not_known():
    made = gated()
    answer(made, "tornado", evidence="See https://example.org/licence.")
    answer(made, "flask", Standing.PASS, evidence="MIT")
    decide(made)
    record = record_of(made.board)
    assert record.gates == made.board.gates
    assert {o.id: o.failed for o in record.options if o.failed} == {"tornado": ("Open licence",)}
    assert record.answers_to(record.gates[0]) == [
        ("Tornado", "fail", "See https://example.org/licence."),
        ("Django", "unknown", ""),
        ("Flask", "pass", "MIT"),
    ]
    assert record.answers_to(record.gates[1]) == [("Django, Flask and Tornado", "unknown", "")]
    assert "Not known yet for Flask: In the EU." in record.missing
    text = as_markdown(record, link="x", day="2027-06-01")
    for line in (
        "* Must have: Open licence (owner: Ann)",
        "* Must have: In the EU",
        "* Tornado (dropped out: fails “Open licence”)",
        "* Bad, because it fails “Open licence”: See <https://example.org/licence>.",
        "* Good, because it passes “Open licence”: MIT",
        "* Neutral, because it is not known whether it passes “In the EU”",
    ):
        assert line in text.splitlines()
