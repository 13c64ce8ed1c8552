"""What people say to an outcome: it counts, it becomes a risk, and it never tells whose it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from server.domain import actions as act
from server.domain.record import record_of, told_commitment, told_risk
from server.domain.refusals import Code
from server.domain.replay import replay_of
from server.domain.risks import risks_of
from server.domain.rules import Names
from server.domain.stances import MAX_REASONS, Stance
from server.domain.timeline import Timeline
from server.live.messages import encode
from server.live.outcome_views import own_stance, stances_view
from support.strategies import SEATS, Meeting, many, refused, replayed

WHY = "Nobody here has run it."


def take(meeting, by, stance, reason="", option="flask"):
    n = len(meeting.board.rounds)
    return meeting.do(act.TakeStance(round=n, option=option, stance=stance, reason=reason), by)


def revealed(**settings):
    meeting = Meeting()
    meeting.open("approval", **({"stances": True} | settings))
    for by in SEATS:
        meeting.vote(by, "flask")
    meeting.do(act.RevealRound(round=1), "host")
    return meeting


def seen(meeting, *, host=False):
    return stances_view(meeting.board, host=host)


def test_each_person_has_one_stance_and_can_change_it():
    meeting = revealed()
    take(meeting, "ann", Stance.COMMIT)
    take(meeting, "ben", Stance.RESERVATION, WHY)
    change = take(meeting, "cleo", Stance.BLOCK, "It leaks.")
    assert change.stances
    assert change.stance_of == "cleo"
    view = seen(meeting)
    assert (view.option, view.commit, view.reservation, view.block) == ("flask", 1, 1, 1)
    assert [(risk.source, risk.text) for risk in view.risks] == [
        ("block", "It leaks."),
        ("reservation", WHY),
    ]
    take(meeting, "cleo", Stance.COMMIT, "no reason is kept with a commitment")
    take(meeting, "ann", None)
    view = seen(meeting)
    assert (view.commit, view.reservation, view.block) == (1, 1, 0)
    assert own_stance(meeting.board, "cleo").reason == ""
    assert own_stance(meeting.board, "ann") is None


def test_it_is_refused_where_it_cannot_count():
    meeting = Meeting()
    meeting.open("approval", stances=True)
    assert refused(take(meeting, "ann", Stance.COMMIT), Code.ROUND_OPEN, "not revealed")
    meeting.do(act.RevealRound(round=1), "host")
    assert refused(take(meeting, "ann", Stance.BLOCK), Code.NOT_ALLOWED, "reason")
    unknown = take(meeting, "ann", Stance.COMMIT, option="nothing")
    assert unknown.code is Code.NO_SUCH_OPTION
    meeting.do(act.Archive(on=True), "host")
    assert take(meeting, "ann", Stance.COMMIT).code is Code.NOT_ALLOWED
    meeting.do(act.Archive(on=False), "host")
    meeting.open("approval")
    late = act.TakeStance(round=1, option="flask", stance=Stance.COMMIT)
    assert meeting.do(late, "ann").code is Code.ROUND_CLOSED
    meeting.do(act.RevealRound(round=2), "host")
    assert refused(take(meeting, "ann", Stance.COMMIT), Code.NOT_ALLOWED, "does not ask")


def test_a_stance_counts_for_the_outcome_that_it_named():
    meeting = revealed()
    take(meeting, "ann", Stance.COMMIT)
    meeting.do(act.Decide(option="django", because="It is known."), "host")
    assert seen(meeting).option == "django"
    assert seen(meeting).commit == 0
    take(meeting, "ann", Stance.BLOCK, WHY, option="django")
    assert seen(meeting).block == 1


def test_while_the_first_are_tied_no_one_is_asked():
    meeting = Meeting()
    meeting.open("approval", stances=True)
    meeting.vote("ann", "flask", "django")
    meeting.do(act.RevealRound(round=1), "host")
    assert seen(meeting) is None


def test_there_is_a_limit_to_reasons_and_none_to_commitments():
    meeting = revealed()
    for n in range(MAX_REASONS):
        take(meeting, f"seat {n}", Stance.RESERVATION, f"Reason {n}.")
    assert take(meeting, "ann", Stance.BLOCK, WHY).code is Code.TOO_MANY
    assert take(meeting, "ann", Stance.COMMIT).stances
    assert take(meeting, "seat 0", Stance.BLOCK, "Another.").stances


@pytest.mark.parametrize("names", Names)
@pytest.mark.parametrize("shows", [False, True])
def test_a_name_is_for_hosts_alone_and_only_where_ballots_have_names(names, shows):
    meeting = revealed(names=names)
    meeting.do(act.Rename(name="Cassandra"), "cleo")
    meeting.do(act.SetBoard(settings=act.BoardSettingsChange(show_names=shows)), "host")
    take(meeting, "cleo", Stance.BLOCK, WHY)
    (risk,) = seen(meeting, host=True).risks
    told = names is Names.OPEN and shows
    assert risk.names == (("Cassandra",) if told else UNSET)
    assert b"Cassandra" not in encode(seen(meeting))
    record = record_of(meeting.board, ballots=False)
    assert b"Cassandra" not in encode([record.risks, record.commitment])


def test_a_risk_has_the_owner_that_a_host_gives_it_until_it_says_something_else():
    meeting = revealed()
    take(meeting, "ann", Stance.RESERVATION, WHY)
    (risk,) = risks_of(meeting.board)
    assert meeting.do(act.AssignRisk(risk="unknown", owner="Ben"), "host").code is Code.NOT_ALLOWED
    meeting.do(act.AssignRisk(risk=risk.id, owner="Ben"), "host")
    record = record_of(meeting.board)
    assert told_risk(record.risks[0]) == f"{WHY} (a reservation; owner: Ben)"
    assert told_commitment(record).startswith("Commit: 0.")
    meeting.do(act.AssignRisk(risk=risk.id, owner=""), "host")
    (risk,) = risks_of(meeting.board)
    assert risk.owner == ""
    meeting.do(act.AssignRisk(risk=risk.id, owner="Ben"), "host")
    take(meeting, "ann", Stance.RESERVATION, "Something else.")
    (risk,) = risks_of(meeting.board)
    assert risk.owner == ""


_said = st.tuples(
    st.sampled_from(SEATS),
    st.sampled_from([*Stance, None]),
    st.sampled_from(["", "It leaks.", WHY]),
    st.sampled_from(["flask", "django"]),
)


@many
@given(st.lists(_said, max_size=20), st.permutations(SEATS))
def test_who_said_what_makes_no_difference_to_what_anyone_is_told(said, others):
    """The same said by other people, in another order of people, is told in the same words."""
    one, other = revealed(), revealed()
    swap = dict(zip(SEATS, others, strict=True))
    for by, stance, reason, option in said:
        take(one, by, stance, reason, option)
        take(other, swap[by], stance, reason, option)
    assert encode(seen(one)) == encode(seen(other))
    assert encode(record_of(one.board).risks) == encode(record_of(other.board).risks)
    last = {by: (stance, option) for by, stance, reason, option in said if counts(stance, reason)}
    about = [stance for stance, option in last.values() if option == "flask"]
    view = seen(one)
    assert [view.commit, view.reservation, view.block] == [about.count(each) for each in Stance]
    assert encode(stances_view(replayed(one.log), host=True)) == encode(seen(one, host=True))


def counts(stance, reason):
    return stance in {Stance.COMMIT, None} or reason


# The pre-mortem.


def test_a_premortem_seals_what_people_write_and_the_most_supported_become_risks():
    meeting = revealed()
    assert meeting.do(act.OpenPremortem(option="flask"), "host").board
    for by, text in (
        ("ann", "No one knew it."),
        ("ben", "It was slow."),
        ("cleo", "Nobody cared."),
    ):
        meeting.say(by, text[:5], text, kind=act.Kind.RISK)
    assert meeting.board.comments.counts("flask")["comments"] == 0
    assert list(risks_of(meeting.board)) == []
    assert meeting.open().code is Code.ROUND_OPEN
    assert meeting.do(act.Archive(on=True), "host").code is Code.ROUND_OPEN
    assert meeting.do(act.OpenPremortem(option="flask"), "host").code is Code.ROUND_OPEN
    assert meeting.do(act.RevealPremortem(), "host").resync
    meeting.say("dan", "later", "Not from the pre-mortem.", kind=act.Kind.RISK)
    for by in ("ann", "cleo"):
        meeting.do(act.React(comment="It wa", emoji="👍", on=True), by)
    meeting.do(act.React(comment="later", emoji="👍", on=True), "ann")
    (risk,) = risks_of(meeting.board)
    assert (risk.source, risk.text, risk.support) == ("premortem", "It was slow.", 2)
    meeting.do(act.AssignRisk(risk=risk.id, owner="Dan"), "host")
    record = record_of(meeting.board)
    assert told_risk(record.risks[0]) == "It was slow. (from the pre-mortem; owner: Dan)"
    assert meeting.do(act.RevealPremortem(), "host").code is Code.ROUND_CLOSED


def test_no_premortem_begins_while_people_vote():
    meeting = Meeting()
    meeting.open()
    assert meeting.do(act.OpenPremortem(option="flask"), "host").code is Code.ROUND_OPEN
    meeting.do(act.RevealRound(round=1), "host")
    assert meeting.do(act.OpenPremortem(option="nothing"), "host").code is Code.NO_SUCH_OPTION


def test_a_replay_has_the_risks_as_they_are_now():
    meeting = revealed()
    take(meeting, "ann", Stance.BLOCK, WHY)
    timeline = Timeline(by_name=True)
    timeline.read(meeting.log)
    replay = replay_of(meeting.board, timeline.told())
    assert [risk.text for risk in replay.risks] == [WHY]
    assert replay.commitment.block == 1
