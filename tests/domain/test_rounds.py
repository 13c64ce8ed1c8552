import pytest
from msgspec import UNSET

from server.domain import actions as act
from server.domain.changes import Change
from server.domain.refusals import Code, Refusal, Refused
from server.domain.rounds import Round, State, require_seconds
from server.domain.rules import Names, RoundSettings, TieBreak, Visibility
from support.strategies import T0, Meeting, option


def make(method="approval", **settings):
    options = (option("flask"), option("django"))
    return Round(1, method, RoundSettings(**settings), options, T0)


def test_times_count_from_the_opening():
    assert make().deadline is None
    limited = make(seconds=5)
    assert limited.deadline == T0 + 5000
    limited.require_open(T0 + 5000)
    with pytest.raises(Refused, match="Voting in round 1 is closed"):
        limited.require_open(T0 + 5001)


@pytest.mark.parametrize("state", [State.LOCKED, State.REVEALED])
def test_a_round_that_is_not_open_takes_no_votes(state):
    closed = make()
    closed.state = state
    with pytest.raises(Refused) as caught:
        closed.require_open(T0)
    assert caught.value.code is Code.ROUND_CLOSED


def test_names_are_frozen_and_may_have_one_line_more():
    assert make().names == {"flask": "Flask", "django": "Django"}
    assert list(make(further_discussion=True).names)[-1] == "further-discussion"
    tally = make(further_discussion=True).result()
    assert tally.totals == {"flask": 0, "django": 0, "further-discussion": 0}


def test_an_empty_ballot_is_a_ballot_and_can_be_withdrawn():
    current = make()
    current.cast("ann", current.read({"approve": []}))
    assert current.voters == 1
    assert current.ballot_of("ann") == {"approve": []}
    assert current.result().winners == []
    current.withdraw("ann")
    assert current.voters == 0
    assert current.ballot_of("ann") is None


def test_its_settings_are_complete_and_without_those_of_other_methods():
    settled = make("dots", dots=8).settings
    assert (settled.dots, settled.per_option) == (8, 3)
    assert (settled.tie_break, settled.shuffle, settled.criteria) == (TieBreak.NONE, False, UNSET)
    assert make(shuffle=True).settings.shuffle is True


def test_a_tie_is_broken_by_the_order_that_was_fixed():
    tied = make(tie_break=TieBreak.LISTED)
    assert tied.tie_order == ("flask", "django")
    assert tied.result().winners == []
    tied.cast("ann", tied.read({"approve": ["django", "flask"]}))
    assert tied.result().winners == ["flask"]
    options = (option("flask"), option("django"))
    settings = RoundSettings(tie_break=TieBreak.LOT, further_discussion=True)
    drawn = ("further-discussion", "django", "flask")
    lot = Round(1, "approval", settings, options, T0, lot=drawn)
    lot.cast("ann", lot.read({"approve": ["django", "flask"]}))
    assert lot.result().winners == ["django"]
    assert lot.result().order[0] == ["flask", "django"]


def test_a_result_is_made_again_after_each_vote_and_only_then():
    current = make()
    before = current.result()
    assert current.result() is before
    current.cast("ann", current.read({"approve": ["flask"]}))
    assert current.result().totals == {"flask": 1, "django": 0}
    current.cast("ann", current.read({"approve": ["django"]}))
    assert current.result().totals == {"flask": 0, "django": 1}
    current.withdraw("ann")
    assert current.result() == before


def test_what_takes_long_is_not_there_before_its_last_step():
    current = make("single")
    for voter in range(21):
        choice = "flask" if voter < 11 else "django"
        current.cast(f"voter {voter}", current.read({"choice": choice}))
    current.set_state(State.REVEALED)
    steps = [current.takes_long for _ in current.counting()]
    assert len(steps) > 1
    assert all(steps)
    assert not current.takes_long
    assert current.one_ballot_decides()


def test_outliers_are_looked_for_where_names_are_open():
    for names, found in ((Names.OPEN, ["dan"]), (Names.SECRET, [])):
        current = make("single", names=names)
        for seat in ("ann", "ben", "cleo"):
            current.cast(seat, current.read({"choice": "flask"}))
        current.cast("dan", current.read({"choice": "django"}))
        assert current.outliers() == found


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("has_voted", [False, True])
@pytest.mark.parametrize("early_host", [False, True])
def test_who_may_see_the_result(visibility, state, has_voted, early_host):
    current = make(visibility=visibility)
    if has_voted:
        current.cast("ann", current.read({"approve": ["flask"]}))
    current.state = state
    told = visibility is Visibility.AFTER_VOTE and has_voted
    expected = state is State.REVEALED or visibility is Visibility.LIVE or early_host or told
    assert current.shows_result_to(voter="ann", early_host=early_host) == expected
    others = expected if not told else state is State.REVEALED or early_host
    assert current.shows_result_to(voter="ben", early_host=early_host) == others
    assert current.shows_result_to(voter=None, early_host=early_host) == others


def test_what_was_shown_after_a_vote_is_not_hidden_again():
    current = make(visibility=Visibility.AFTER_VOTE)
    current.cast("ann", current.read({"approve": ["flask"]}))
    current.withdraw("ann")
    assert current.shows_result_to(voter="ann", early_host=False)


@pytest.mark.parametrize(
    ("names", "visibility", "host_sees", "told"),
    [
        (Names.OPEN, Visibility.LIVE, True, True),
        (Names.OPEN, Visibility.ON_REVEAL, False, True),
        (Names.SECRET, Visibility.ON_REVEAL, False, True),
        (Names.SECRET, Visibility.ON_REVEAL, True, False),
        (Names.SECRET, Visibility.AFTER_VOTE, False, False),
        (Names.SECRET, Visibility.LIVE, False, False),
    ],
)
def test_names_tell_who_voted_only_where_that_gives_no_ballot_away(
    names, visibility, host_sees, told
):
    current = make(names=names, visibility=visibility)
    assert current.shows_who_voted(host_sees_results=host_sees) is told


@pytest.mark.parametrize(
    ("seconds", "fits"), [(4, False), (5, True), (86_400, True), (86_401, False)]
)
def test_how_long_a_round_may_last(seconds, fits):
    if fits:
        require_seconds(seconds)
    else:
        with pytest.raises(Refused, match=r"to a day \(86400 seconds\)"):
            require_seconds(seconds)


# The clock, as the log tells it


def clocked(**settings):
    meeting = Meeting()
    meeting.open(**settings)
    return meeting, meeting.board.round


def refuses(outcome, code, words):
    assert isinstance(outcome, Refusal), outcome
    assert (outcome.code, words in outcome.message) == (code, True), outcome
    return True


def test_a_paused_clock_keeps_what_is_left_and_goes_on_from_there():
    meeting, current = clocked(seconds=60)
    assert meeting.do(act.PauseRound(round=1, on=True), "host") == Change(round=True)
    assert (current.deadline, current.remaining_ms) == (None, 59_000)
    meeting.do(act.Vote(round=1, ballot={"approve": ["flask"]}), "ann", after=3_600_000)
    assert current.voters == 1
    at = meeting.now + 7_200_000
    meeting.do(act.PauseRound(round=1, on=False), "host", after=7_200_000)
    assert (current.deadline, current.remaining_ms) == (at + 59_000, None)


def test_what_the_clock_cannot_do_is_refused_in_words():
    meeting, current = clocked()
    pause, go_on = act.PauseRound(round=1, on=True), act.PauseRound(round=1, on=False)
    refuses(meeting.do(pause, "host"), Code.NOT_ALLOWED, "no time limit to pause")
    refuses(meeting.do(go_on, "host"), Code.NOT_ALLOWED, "not paused")
    meeting.do(act.ExtendRound(round=1, seconds=30), "host")
    refuses(meeting.do(go_on, "host"), Code.NOT_ALLOWED, "not paused")
    meeting.do(pause, "host")
    refuses(meeting.do(pause, "host"), Code.NOT_ALLOWED, "already paused")
    meeting.do(go_on, "host")
    late = meeting.do(pause, "host", after=60_000)
    refuses(late, Code.ROUND_CLOSED, "closed")
    assert current.remaining_ms is None


def test_a_minute_more_is_kept_while_the_clock_is_paused():
    meeting, current = clocked(seconds=60)
    meeting.do(act.PauseRound(round=1, on=True), "host")
    meeting.do(act.ExtendRound(round=1, seconds=60), "host")
    assert (current.deadline, current.remaining_ms) == (None, 119_000)
    too_long = meeting.do(act.ExtendRound(round=1, seconds=86_400), "host")
    refuses(too_long, Code.BAD_SETTINGS, "to a day")
    assert current.remaining_ms == 119_000


def test_a_paused_round_is_not_locked_by_the_clock_but_by_the_host():
    meeting, current = clocked(seconds=60)
    meeting.do(act.PauseRound(round=1, on=True), "host")
    late = meeting.do(act.LockRound(round=1), "", after=3_600_000)
    refuses(late, Code.ROUND_OPEN, "still has time")
    meeting.do(act.LockRound(round=1), "host")
    assert (current.state, current.deadline, current.remaining_ms) == (State.LOCKED, None, None)
    refuses(meeting.do(act.PauseRound(round=1, on=False), "host"), Code.ROUND_CLOSED, "closed")
    meeting, current = clocked(seconds=60)
    meeting.do(act.PauseRound(round=1, on=True), "host")
    meeting.do(act.RevealRound(round=1), "host")
    assert (current.state, current.remaining_ms) == (State.REVEALED, None)
