"""A result by how well voters know the options: told in groups that give no ballot away."""

from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.experience import splitting, told_groups
from server.domain.levels import Level
from server.domain.methods import METHODS
from server.domain.methods.base import finished
from server.domain.movement import SMALLEST
from server.domain.record import record_of, told_lens
from server.domain.refusals import Code
from server.domain.rules import RoundSettings
from server.live.messages import encode
from server.live.outcome_views import own_experience
from server.live.views import Audience, tally_view
from support.strategies import AUDIENCES, Meeting, many, refused, told, visible

NAMES = {"flask": "Flask", "django": "Django"}


def say(meeting, by, level, option="flask", **more):
    return meeting.do(act.SayExperience(round=1, option=option, level=level), by, **more)


def voted(sizes, **settings):
    """A round with this many voters by level (None: said nothing), all of whom approve Flask."""
    meeting = Meeting()
    meeting.open("approval", **({"experience": True} | settings))
    for level, size in sizes.items():
        for n in range(size):
            by = f"{level} {n}"
            meeting.vote(by, "flask")
            if level:
                say(meeting, by, level)
    return meeting


def test_each_group_is_told_after_the_reveal_and_not_before():
    meeting = voted({Level.SHIPPED: 5, Level.NEVER: 6})
    for audience in AUDIENCES:
        assert b"lens" not in encode(tally_view(meeting.board.round, audience))
    meeting.do(act.RevealRound(round=1), "host")
    view = tally_view(meeting.board.round, Audience(host=False, result=True))
    groups = [(each.level, each.people, each.mean) for each in view.lens.groups["flask"]]
    assert groups == [("never", 6, 1.0), ("shipped", 5, 1.0)]
    (sentence,) = told_lens(record_of(meeting.board).rounds[0])
    assert sentence.startswith("Flask: never used it, 6 people, 1")


def test_what_is_left_is_not_one_persons_either():
    """Four who said nothing would be known once the others are subtracted from the whole."""
    for sizes in (
        {Level.SHIPPED: 4, Level.NEVER: 9},
        {Level.SHIPPED: 9, None: 4},
        {Level.SHIPPED: 9, None: 1},
        {Level.TRIED: 9, Level.NEVER: 9, Level.SHIPPED: 1},
    ):
        meeting = voted(sizes)
        meeting.do(act.RevealRound(round=1), "host")
        lens = meeting.board.round.lens()
        assert lens.groups == {"flask": ()}
        assert "fewer than 5 people" in told_groups("Flask", lens.groups["flask"])


def test_only_voters_are_asked_while_they_can_vote_and_only_if_the_host_asks():
    meeting = Meeting()
    meeting.open("approval")
    assert refused(say(meeting, "ann", Level.TRIED), Code.NOT_ALLOWED, "does not ask")
    meeting = voted({Level.SHIPPED: 5})
    assert say(meeting, "ann", Level.TRIED, "nothing").code is Code.NO_SUCH_OPTION
    change = say(meeting, "ann", Level.TRIED)
    assert change.experience_of == "ann"
    assert own_experience(meeting.board, "ann") == {"flask": "tried"}
    say(meeting, "ann", None)
    assert own_experience(meeting.board, "ann") == {}
    before = visible(meeting.board), told(meeting.board)
    say(meeting, "ann", Level.NEVER)
    assert (visible(meeting.board), told(meeting.board)) == before
    meeting.do(act.LockRound(round=1), "host")
    assert say(meeting, "ann", Level.TRIED).code is Code.ROUND_CLOSED
    # She has no ballot, so she is in no group.
    meeting.do(act.RevealRound(round=1), "host")
    assert [each.people for each in meeting.board.round.lens().groups["flask"]] == [5]


_voter = st.tuples(
    st.sampled_from([*Level, None]),
    st.none() | st.integers(0, 5),
    st.sampled_from([*Level, None]),
    st.none() | st.integers(0, 5),
)


@many
@given(st.lists(_voter, max_size=40))
def test_no_sum_or_difference_of_groups_is_of_fewer_than_five_people(voters):
    method = METHODS["score"](NAMES, RoundSettings())
    ballots, known = [], {}
    for n, (flask, score, django, other) in enumerate(voters):
        scores = {"flask": score, "django": other}
        raw = {
            "scores": {option: each for option, each in scores.items() if each is not None},
            "no_opinion": [option for option, each in scores.items() if each is None],
        }
        ballots.append((str(n), method.read(raw)))
        said = {"flask": flask, "django": django}
        known[str(n)] = {option: level for option, level in said.items() if level}
    lens = finished(splitting(method, ballots, known))
    for place, option in ((0, "flask"), (2, "django")):
        true = Counter()
        for voter in voters:
            true["silent" if voter[place + 1] is None else voter[place]] += 1
        if not any(voter[place] for voter in voters):
            assert option not in lens.groups
            continue
        # Whatever groups are put together or taken away from all, those who are left are no small group.
        parts = [size for size in true.values() if size]
        small = any(
            0 < sum(some) < SMALLEST
            for n in range(1, len(parts) + 1)
            for some in combinations(parts, n)
        )
        assert bool(lens.groups[option]) <= (not small)
        if not small:
            for each in lens.groups[option]:
                of = [v[place + 1] for v in voters if v[place] == each.level]
                of = [score for score in of if score is not None]
                assert each.people == len(of) >= SMALLEST
                assert abs(each.mean - sum(of) / len(of)) < 0.001
