"""What an outcome must have, and until when it keeps its board."""

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.board import Board
from server.domain.decision import Decision, Deferral
from server.domain.refusals import Refused
from server.live.outcomes import due_at, kept_until, read_day, require_complete
from support.strategies import Meeting


def decided(day):
    return Decision(option="flask", because="Small.", revisit_on=day, at=0)


@given(st.dates())
def test_a_board_is_kept_for_a_year_after_that_day_has_ended(day):
    until = dt.timedelta(milliseconds=kept_until(decided(day.isoformat())))
    kept = until - (dt.datetime.combine(day, dt.time()) - dt.datetime(1970, 1, 1))  # noqa: DTZ001
    assert dt.timedelta(days=366) < kept <= dt.timedelta(days=367)


def test_without_a_day_only_use_counts():
    assert kept_until(None) == kept_until(decided(None)) == 0


@pytest.mark.parametrize("day", ["someday", "2027-02-30", ""])
def test_a_day_that_cannot_be_read_keeps_the_board_for_good(day):
    assert kept_until(decided(day)) == kept_until(decided("9999-12-31"))


NOON = 1000 * calendar.timegm((2030, 6, 1, 12, 0, 0))


@pytest.mark.parametrize(
    ("day", "now", "ahead"),
    [
        ("2030-06-02", NOON, True),
        ("2030-06-01", NOON, False),
        ("2030-05-31", NOON, False),
        ("0202-06-02", NOON, False),
        ("9999-12-31", NOON, True),
        # It is still 31 May in Honolulu, and 2 June in Auckland.
        ("2030-06-01", NOON - 6 * 3_600_000, True),
        ("2030-06-02", NOON + 6 * 3_600_000, True),
    ],
)
def test_the_day_lies_ahead_of_someone(day, now, ahead):
    for action in (
        act.Decide(option="flask", because="Small.", revisit_on=day),
        act.Defer(owner="Ann", because="Later.", revisit_on=day),
    ):
        if ahead:
            require_complete(Board(), action, now)
        else:
            with pytest.raises(Refused, match="must lie ahead"):
                require_complete(Board(), action, now)


@given(st.text(max_size=12) | st.dates().map(str) | st.from_regex(r"\d{1,5}-\d{1,3}-\d{1,3}"))
def test_only_days_of_four_two_and_two_digits_are_read(typed):
    try:
        day = read_day(typed)
    except Refused:
        return
    assert dt.date.fromisoformat(day).isoformat() == day == typed.strip()
    assert len(day) == 10


@pytest.mark.parametrize("winner", ["flask", "further-discussion"])
def test_further_discussion_is_the_outcome_only_where_it_won(winner):
    meeting = Meeting()
    meeting.open("single", further_discussion=True)
    meeting.vote("ann", winner)
    meeting.do(act.RevealRound(round=1), "host")
    further = act.Decide(option="further-discussion", because="None is ready.")
    if winner == "flask":
        with pytest.raises(Refused, match="did not win round 1"):
            require_complete(meeting.board, further, NOON)
    else:
        require_complete(meeting.board, further, NOON)


@pytest.mark.parametrize("because", ["", " ", "\u200b"])
def test_an_outcome_has_a_reason(because):
    decided = act.Decide(option="flask", because=because)
    with pytest.raises(Refused, match="Say why"):
        require_complete(Board(), decided, NOON)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2027-05-31T23:59:59", False),
        ("2027-06-01T00:00:00", True),
        ("2027-06-02T00:00:00", True),
        ("2028-01-01T00:00:00", True),
    ],
)
def test_a_decision_is_due_from_its_day_on(now, due):
    at = int(1000 * dt.datetime.fromisoformat(f"{now}+00:00").timestamp())
    for outcome in (
        Decision(option="flask", because="Small.", revisit_on="2027-06-01", at=0),
        Deferral(owner="Ann", because="Later.", revisit_on="2027-06-01", at=0),
    ):
        assert (due_at(kept_until(outcome)) <= at) is due
    last = Decision(option="flask", because="Small.", revisit_on="9999-12-31", at=0)
    assert due_at(kept_until(last)) > at
