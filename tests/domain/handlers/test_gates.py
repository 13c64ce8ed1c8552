from server.domain import actions as act
from server.domain.changes import Change
from server.domain.gates import Gate, Standing
from server.domain.refusals import Code
from support.decisions import decide, reveal
from support.gates import answer, gated
from support.strategies import GATES, OPTIONS, refused, replayed, snapshot


def test_an_option_that_fails_is_not_on_the_ballots_of_rounds_opened_after():
    made = gated()
    made.open()
    reveal(made)
    answer(made, "flask")
    answer(made, "django", Standing.UNKNOWN, evidence="We asked.")
    assert list(made.board.rounds[0].names) == list(OPTIONS)
    made.open()
    assert list(made.board.round.names) == ["django", "tornado"]
    reveal(made)
    answer(made, "flask", Standing.PASS)
    made.open()
    assert list(made.board.round.names) == list(OPTIONS)
    assert replayed(made.log).gates == made.board.gates


def test_an_option_that_fails_is_refused_where_it_is_named():
    made = gated()
    answer(made, "flask")
    named = made.open(options=("django", "flask"))
    assert refused(named, Code.NOT_ALLOWED, "Flask fails the must-have “Open licence”")
    decided = made.do(act.Decide(option="flask", because="Small."), "host")
    assert refused(decided, Code.NOT_ALLOWED, "so it cannot be decided on")
    answer(made, "django", gate="region")
    few = made.open()
    assert refused(few, Code.BAD_SETTINGS, "at least 2 options that fail no must-have")
    assert made.board.rounds == []


def test_gates_do_not_change_while_a_round_is_on():
    made = gated()
    made.open()
    before = snapshot(made.board)
    for action in (
        act.SetGates(gates=()),
        act.AnswerGate(gate="licence", option="flask", answer=Standing.FAIL),
    ):
        outcome = made.do(action, "host")
        assert refused(outcome, Code.ROUND_OPEN, "Round 1 is not over. Must-haves can only change")
    made.do(act.LockRound(round=1), "host")
    assert refused(answer(made, "flask"), Code.ROUND_OPEN, "between rounds")
    assert snapshot(made.board)["gates"] == before["gates"]
    reveal(made)
    assert isinstance(answer(made, "flask"), Change)


def test_what_was_decided_on_fails_only_once_the_decision_is_taken_back():
    made = gated()
    decide(made)
    assert refused(answer(made, "flask"), Code.NOT_ALLOWED, "Take the decision back first")
    answer(made, "flask", Standing.PASS)
    made.do(act.Reopen(), "host")
    assert isinstance(answer(made, "flask"), Change)


def test_answers_are_about_gates_and_options_of_the_board():
    made = gated()
    assert refused(answer(made, "flask", gate="no"), Code.NOT_ALLOWED, "with the id 'no'")
    assert refused(answer(made, "no"), Code.NO_SUCH_OPTION, "'no'")
    assert made.board.gates == GATES


def test_a_gate_that_stays_keeps_its_answers_and_a_removed_option_has_none():
    made = gated()
    answer(made, "flask", evidence="Closed.")
    answer(made, "tornado")
    renamed = Gate(id="licence", name="A licence", owner="Ben")
    made.do(act.SetGates(gates=(renamed,)), "host")
    (kept,) = made.board.gates
    assert (kept.name, kept.owner, len(kept.answers)) == ("A licence", "Ben", 2)
    assert kept.answer_for("flask").evidence == "Closed."
    made.do(act.RemoveOption(option="tornado"), "host")
    assert [each.option for each in made.board.gates[0].answers] == ["flask"]
    made.do(act.SetGates(gates=()), "host")
    made.do(act.SetGates(gates=GATES), "host")
    assert made.board.gates == GATES
    assert [event.what for event in made.board.history][-2:] == [
        "removed the must-haves",
        "set 2 must-haves",
    ]
