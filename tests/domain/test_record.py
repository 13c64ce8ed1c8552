import itertools

import msgspec
import pytest
from hypothesis import given
from msgspec import UNSET

from server.domain import actions as act
from server.domain.decision import Consequence, Prediction
from server.domain.record import (
    REMARKS,
    Status,
    is_worth_recording,
    record_of,
    told_brier,
    told_predictions,
)
from server.domain.refusals import Code, Refusal
from server.domain.rules import BoardSettings, BoardSettingsChange, Names, Visibility
from server.exports.markdown import as_markdown
from support.decisions import PEOPLE, decide, meeting, reveal, whole_meeting
from support.strategies import CRITERIA, SEATS, Meeting, create, logs, many, refused, replayed


def as_bytes(made):
    return msgspec.json.encode(record_of(made.board, ballots=True))


def test_a_whole_meeting():
    made = whole_meeting()
    record = record_of(made.board)
    assert (record.title, record.context) == ("Which one?", "For the new portal.")
    assert (record.status, record.missing) == (Status.DECIDED, ())
    assert record.outcome.option == "flask"
    assert (record.outcome.name, record.outcome.because) == ("Flask", "It is small.")
    assert record.outcome.revisit_on == "2027-06-01"
    assert record.drivers == CRITERIA
    assert [option.id for option in record.standing] == ["flask", "django", "tornado"]
    flask = record.standing[0]
    assert [(a.text, a.name) for a in flask.pros] == [("It is small.", "Annabel")]
    assert [(a.text, a.name) for a in flask.cons] == [("No admin.", "Benedict")]
    (first,) = record.rounds
    assert (first.voters, first.result.totals["flask"]) == (3, 2)
    assert first.places == {"flask": 1, "django": 2, "tornado": 2}
    assert record.dissent[0] == "In round 1, 1 of 3 ballots favoured another option over Flask."
    assert first.verdict == made.board.round.verdict()
    assert first.verdict.because == [
        "It would have taken one different ballot, of 3, for Flask to lose."
    ]


def test_without_a_decision_it_says_what_is_missing():
    made = meeting()
    record = record_of(made.board)
    assert record.status is Status.UNDECIDED
    assert record.missing == (
        "No option has been chosen yet.",
        "No round of voting has been revealed yet.",
    )
    assert not is_worth_recording(made.board)
    made.open()
    made.vote("ann", "flask")
    assert not is_worth_recording(made.board)
    assert "Round 1 is not revealed yet" in record_of(made.board).missing[-1]
    reveal(made)
    assert is_worth_recording(made.board)
    assert record_of(made.board).missing == ("No option has been chosen yet.",)
    decide(made, because="")
    assert record_of(made.board).missing == ("The decision has no reason.",)
    made.do(act.Reopen(), "host")
    assert record_of(made.board).outcome is None


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("names", Names)
@pytest.mark.parametrize("locked", [False, True])
def test_a_round_that_is_not_revealed_gives_nothing_away(visibility, names, locked):
    made = meeting()
    made.open(visibility=visibility, names=names)
    empty = as_bytes(made)
    for seat in SEATS:
        made.vote(seat, "flask")
    if locked:
        made.do(act.LockRound(round=1), "host")
    (hidden,) = record_of(made.board, ballots=True).rounds
    assert (hidden.voters, hidden.result, hidden.ballots, hidden.insights) == (None, None, (), ())
    assert hidden.verdict is None
    told = as_bytes(made).replace(b'"locked"', b'"open"')
    assert told == empty.replace(b'"seq":6', f'"seq":{made.board.seq}'.encode())


def test_a_hidden_round_does_not_hide_those_before_it():
    made = whole_meeting()
    made.open()
    made.vote("dan", "tornado")
    record = record_of(made.board)
    assert [each.voters for each in record.rounds] == [3, None]
    assert record.dissent[0].startswith("In round 1, 1 of 3")
    assert record.missing == ("Round 2 is not revealed yet, so this record tells nothing of it.",)


def test_hidden_and_deleted_comments_are_not_in_it():
    made = whole_meeting()
    made.say("cleo", "c3", "Unspeakable.")
    made.say("cleo", "c4", "Regretted.")
    made.say("cleo", "c5", "A reply.", parent="c1")
    made.do(act.HideComment(comment="c3", on=True), "host")
    made.do(act.DeleteComment(comment="c4", option="flask"), "cleo")
    told = as_bytes(made)
    for text in (b"Unspeakable", b"Regretted", b"A reply"):
        assert text not in told
    made.do(act.HideComment(comment="c3", on=False), "host")
    assert b"Unspeakable" in as_bytes(made)


def test_the_arguments_with_the_most_support_are_kept_and_pinned_ones_first():
    made = meeting()
    for n in range(REMARKS + 3):
        made.say("ann", f"c{n}", f"Argument {n}.")
    for comment, seats in {"c6": SEATS, "c3": SEATS[:2], "c4": ("ann",)}.items():
        for seat in seats:
            made.do(act.React(comment=comment, emoji="👍", on=True), seat)
    # A doubt is no support.
    for seat in SEATS:
        made.do(act.React(comment="c5", emoji="🤔", on=True), seat)
    made.do(act.PinComment(comment="c7", on=True), "host")
    pros = record_of(made.board).options[1].pros
    assert [a.text for a in pros] == [f"Argument {n}." for n in (7, 6, 3, 4, 0)]
    assert [a.support for a in pros] == [0, 4, 2, 1, 0]


def test_a_risk_is_an_argument_against_and_questions_and_notes_are_none():
    made = meeting()
    for n, kind in enumerate(act.Kind):
        made.say("ann", f"c{n}", kind.value, kind=kind)
    flask = record_of(made.board).options[1]
    assert [a.text for a in flask.pros] == ["pro"]
    assert [a.text for a in flask.cons] == ["con", "risk"]


def test_names_are_only_where_the_board_shows_them():
    made = whole_meeting(names=Names.OPEN)
    told = as_bytes(made)
    for name in (b"Annabel", b"Benedict", b"Cleopatra"):
        assert name in told
    # Daniela said and cast nothing.
    assert b"Daniela" not in told
    made.do(act.SetBoard(settings=BoardSettingsChange(show_names=False)), "host")
    told = as_bytes(made)
    for name in PEOPLE.values():
        assert name.encode() not in told


def test_outliers_are_named_in_open_rounds_only():
    def dissent(**settings):
        made = meeting()
        made.open("score", **settings)
        for seat, score in zip(SEATS, (5, 5, 5, 0), strict=True):
            made.cast(seat, {"scores": {"flask": score, "django": 5 - score}})
        reveal(made)
        decide(made)
        return " ".join(record_of(made.board).dissent)

    assert "Daniela" in dissent(names=Names.OPEN)
    assert "Daniela" not in dissent(names=Names.SECRET)
    assert "1 of 4 ballots favoured another option" in dissent(names=Names.SECRET)


def test_seats_are_never_in_it():
    made = whole_meeting(names=Names.OPEN)
    told = as_bytes(made).replace(b"Annabel", b"")
    for seat in ("ann", "ben", "cleo", "dan"):
        assert f'"{seat}"'.encode() not in told


BALLOTS = [{"scores": {"flask": n % 6, "django": n // 6}, "no_opinion": []} for n in range(12)]


@pytest.mark.parametrize("names", Names)
def test_the_order_of_ballots_depends_on_what_they_say_alone(names):
    def cast_by(seats, ballots):
        made = Meeting(create(settings=BoardSettings(show_names=names is Names.OPEN)))
        made.open("score", names=names)
        for seat, ballot in zip(seats, ballots, strict=True):
            made.do(act.Rename(name=f"Name {BALLOTS.index(ballot)}"), seat)
            made.cast(seat, ballot)
        reveal(made)
        return list(record_of(made.board, ballots=True).rounds[0].ballots)

    seats = [f"seat {n}" for n in range(len(BALLOTS))]
    usual = cast_by(seats, BALLOTS)
    assert cast_by(seats[::-1], BALLOTS) == usual
    assert cast_by(seats, BALLOTS[::-1]) == usual
    said = [each.ballot["scores"]["flask"] + 6 * each.ballot["scores"]["django"] for each in usual]
    assert sorted(said) == list(range(len(BALLOTS)))
    assert said != sorted(said)
    assert said != sorted(said, reverse=True)
    assert (usual[0].name is None) is (names is Names.SECRET)


def test_the_ballots_of_two_rounds_are_in_orders_of_their_own():
    made = Meeting()
    for _ in range(2):
        made.open("score")
        for n, ballot in enumerate(BALLOTS):
            made.cast(f"seat {n}", ballot)
        reveal(made)
    first, second = (
        [msgspec.json.encode(cast.ballot) for cast in each.ballots]
        for each in record_of(made.board, ballots=True).rounds
    )
    assert first != second
    assert sorted(first) == sorted(second)


def test_who_has_no_opinion_does_not_dissent():
    made = meeting()
    made.open("score")
    made.cast("ann", {"scores": {"django": 5}, "no_opinion": ["flask"]})
    made.cast("ben", {"scores": {"django": 5, "flask": 4}, "no_opinion": []})
    made.cast("cleo", {"scores": {"django": 5, "flask": 5}, "no_opinion": []})
    reveal(made)
    decide(made)
    assert "1 of 3 ballots favoured another" in record_of(made.board).dissent[0]


def test_a_decision_for_an_option_that_was_not_voted_on_has_no_count_of_dissent():
    made = meeting()
    made.open(options=("django", "tornado"))
    made.vote("ann", "django")
    reveal(made)
    decide(made)
    record = record_of(made.board)
    assert record.dissent == ()
    assert [option.id for option in record.standing] == ["django", "tornado", "flask"]


@many
@given(logs())
def test_any_board_has_a_record_that_changes_nothing(log):
    board = replayed(log)
    first = msgspec.json.encode(record_of(board, ballots=True))
    assert msgspec.json.encode(record_of(board, ballots=True)) == first
    assert msgspec.json.encode(record_of(replayed(log), ballots=True)) == first


@many
@given(logs())
def test_no_record_holds_a_ballot_or_a_total_of_a_round_that_is_not_revealed(log):
    board = replayed(log)
    record = record_of(board, ballots=True)
    for recorded, each in itertools.zip_longest(record.rounds, board.rounds):
        assert (recorded.result is not None) is (each.state == "revealed")
        assert bool(recorded.ballots) is (each.state == "revealed" and each.voters > 0)


def test_a_deferred_decision_has_its_record():
    made = meeting()
    made.do(act.Defer(owner="Ann", because="Prices are missing.", revisit_on="2030-06-01"), "host")
    record = record_of(made.board)
    assert is_worth_recording(made.board)
    assert record.status is Status.DEFERRED
    assert record.outcome is None
    assert (record.deferral.owner, record.deferral.revisit_on) == ("Ann", "2030-06-01")
    assert "Prices are missing." in as_bytes(made).decode()
    written = as_markdown(record, link="http://here/b/CODE/record", day="2029-06-01")
    assert "status: deferred" in written
    assert "Prices are missing." in written


def test_a_decision_without_a_vote_says_so():
    made = meeting()
    decide(made)
    assert record_of(made.board).outcome.without_vote


def test_a_decision_for_further_discussion_has_its_name():
    made = meeting()
    made.open("approval", further_discussion=True)
    made.vote("ann", "further-discussion")
    reveal(made)
    decide(made, option="further-discussion")
    assert record_of(made.board).outcome.name == "Further discussion"


def test_consequences_have_owners_and_a_decision_says_how_it_is_confirmed():
    made = meeting()
    decide(
        made,
        consequences=(Consequence(text="Learn it.", owner="Ann"),),
        confirmation="Latency below 50 ms.",
    )
    outcome = record_of(made.board).outcome
    assert [(each.text, each.owner) for each in outcome.consequences] == [("Learn it.", "Ann")]
    assert outcome.confirmation == "Latency below 50 ms."
    decide(made)
    outcome = record_of(made.board).outcome
    assert (outcome.consequences, outcome.confirmation) == ((), "")


def predicted(made, *predictions):
    decide(made, predictions=tuple(Prediction(text=t, confidence=c) for t, c in predictions))


def score(made, number, came_true):
    return made.do(act.ScorePrediction(prediction=number, came_true=came_true), "host")


def test_predictions_are_scored_and_the_record_says_how_good_they_were():
    made = meeting()
    predicted(made, ("It is live by March.", 80), ("It costs less.", 60))
    outcome = record_of(made.board).outcome
    assert (outcome.brier, told_brier(outcome)) == (None, "")
    assert told_predictions(outcome) == [
        "It is live by March. (80 % sure)",
        "It costs less. (60 % sure)",
    ]
    score(made, 1, came_true=True)
    assert record_of(made.board).outcome.brier == 0.04
    score(made, 2, came_true=False)
    outcome = record_of(made.board).outcome
    assert outcome.brier == 0.2
    assert told_predictions(outcome)[1] == "It costs less. (60 % sure; it did not come true)"
    assert told_brier(outcome).startswith("The Brier score of these predictions is 0.20: 0 is")
    assert made.board.history[-1].what == "said that prediction 2 did not come true"
    assert "* It is live by March. (80 % sure; it came true)" in as_markdown(
        record_of(made.board), link="x", day="2027-06-01"
    )
    score(made, 2, came_true=None)
    assert record_of(made.board).outcome.brier == 0.04
    # On an archived board too; and a decision that is changed keeps the answers of what stays.
    made.do(act.Archive(on=True), "host")
    score(made, 2, came_true=True)
    made.do(act.Archive(on=False), "host")
    predicted(made, ("It costs less.", 60), ("It is live by March.", 90))
    kept = record_of(made.board).outcome.predictions
    assert [each.came_true for each in kept] == [True, UNSET]
    assert replayed(made.log).decision == made.board.decision


def test_only_predictions_of_the_decision_are_scored():
    made = meeting()
    words = "The decision has no prediction 1."
    assert refused(score(made, 1, came_true=True), Code.NOT_ALLOWED, words)
    predicted(made)
    assert refused(score(made, 1, came_true=True), Code.NOT_ALLOWED, words)
    assert made.board.decision.predictions is UNSET
    assert b"predictions" not in act.encode(made.log[-2][2])
    predicted(made, ("It costs less.", 60))
    assert isinstance(score(made, 2, came_true=True), Refusal)
    assert isinstance(score(made, 0, came_true=True), Refusal)
