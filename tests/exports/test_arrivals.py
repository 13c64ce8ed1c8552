"""The picture of how votes came in: what a replay may tell, and no more."""

import re
from itertools import pairwise

import pytest

from exports.test_distribution import drawn
from exports.test_flow import SVG, board
from server.domain.refusals import Code, Refused
from server.domain.rules import Names
from server.exports.arrivals import arrivals
from support.decisions import reveal
from support.replays import replay

NAMES = ("Flask", "Django", "Tornado")


def played(voters, *, names=Names.OPEN, revealed=True):
    meeting = board(NAMES)
    meeting.open("single", names=names)
    for n in range(voters):
        meeting.cast(f"s{n}", {"choice": "o0"})
    if revealed:
        reveal(meeting)
    return meeting


def told(meeting):
    return replay(meeting.log)


def test_every_vote_of_an_open_round_has_its_time():
    chart = arrivals(told(played(3)), 1)
    assert chart.heads == ["Minutes after the opening", "Voters"]
    assert chart.rows == [
        *(["0:00", "0"], ["0:01", "1"], ["0:02", "2"], ["0:03", "3"], ["0:04", "3"]),
    ]
    (path,) = drawn(chart).iter(f"{SVG}path")
    assert path.get("d").count("V") == 6
    assert chart.told == (
        "3 people had voted 0:04 minutes after the opening. 2 of them needed 0:02 at most."
    )


def test_of_a_secret_round_groups_are_told_at_times_that_are_rounded_up():
    chart = arrivals(told(played(23, names=Names.SECRET)), 1)
    counts = [int(voters) for _, voters in chart.rows]
    assert counts[0] == 0
    assert counts[-1] == 23
    assert all(b - a >= 5 for a, b in pairwise(counts))
    assert all(time.endswith("0") for time, _ in chart.rows[:-1])
    assert chart.told.endswith("shown in groups of at least 5, at times that are rounded up.")


def test_who_votes_first_in_secret_changes_nothing():
    """A few ballots are one group, which comes with the reveal."""
    chart = arrivals(told(played(4, names=Names.SECRET)), 1)
    assert [voters for _, voters in chart.rows] == ["0", "4"]


@pytest.mark.parametrize("n", [1, 2])
def test_a_round_that_is_not_revealed_is_not_drawn(n):
    with pytest.raises(Refused) as refused:
        arrivals(told(played(3, revealed=False)), n)
    assert refused.value.code is Code.NO_SUCH_ROUND


def test_a_long_meeting_has_a_short_table():
    chart = arrivals(told(played(150)), 1)
    assert len(chart.rows) == 12
    assert chart.rows[-1][1] == "150"
    assert re.search(r"150 people had voted 2:31 minutes", chart.told)
