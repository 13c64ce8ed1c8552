"""Rounds counted from ballots as clients send them, and strategies for ballots of every method."""

from collections import Counter

from hypothesis import strategies as st

from server.domain.actions import RULES
from server.domain.criteria import Criterion
from server.domain.methods import METHODS
from server.domain.rules import RoundSettings

NAMES = {"a": "Alpha", "b": "Beta", "c": "Gamma", "d": "Delta"}
CRITERIA = (
    Criterion(id="speed", name="Speed", weight=3),
    Criterion(id="hiring", name="Hiring", weight=1.5),
)
MATRIX = {"criteria": CRITERIA}


def method(id_, names=NAMES, rules=RULES, **settings):
    if id_ == "matrix":
        settings = MATRIX | settings
    return METHODS[id_](names, RoundSettings(**settings), rules)


def counted(id_, raws, names=NAMES, rules=RULES, **settings):
    """Count ballots as clients send them."""
    rules = method(id_, names, rules, **settings)
    tally = rules.tally()
    for raw in raws:
        tally.add(rules.read(raw))
    return tally.result()


def named(options):
    return {option: option.capitalize() for option in options}


def ranked(profile, options=None):
    """Count rankings in shorthand: `{"a b=c": 3}`; omitted options are last."""
    raws, seen = [], Counter()
    for written, number in profile.items():
        groups = [group.split("=") for group in written.split()]
        seen.update(option for group in groups for option in group)
        raws += [{"ranking": groups}] * number
    return counted("ranked", raws, named(options or sorted(seen)))


def scored(*rows, options="abcd"):
    """Count scores in shorthand, one row per ballot, and how often: digits, `-` for no opinion,
    `.` for a blank.
    """
    names, raws = {option: NAMES[option] for option in options}, []
    for row in rows:
        marks, _, number = row.partition("*")
        said = [*zip(options, marks, strict=True)]
        scores = {option: int(mark) for option, mark in said if mark.isdigit()}
        unknown = [option for option, mark in said if mark == "-"]
        raws += [{"scores": scores, "no_opinion": unknown}] * int(number or 1)
    return counted("score", raws, names)


_options = st.sampled_from(list(NAMES))
_score = st.integers(0, 5)
scores = st.dictionaries(_options, _score)
RAW = {
    "single": _options.map(lambda option: {"choice": option}),
    "approval": st.sets(_options).map(lambda chosen: {"approve": sorted(chosen)}),
    "dots": st.dictionaries(_options, st.integers(0, 3))
    .filter(lambda dots: sum(dots.values()) <= 5)
    .map(lambda dots: {"dots": dots}),
    "score": st.tuples(scores, st.sets(_options)).map(
        lambda said: {
            "scores": {option: score for option, score in said[0].items() if option not in said[1]},
            "no_opinion": sorted(said[1]),
        }
    ),
    "ranked": st.dictionaries(_options, st.integers(0, 3)).map(
        lambda ranks: {
            "ranking": [
                [option for option, rank in ranks.items() if rank == each]
                for each in sorted(set(ranks.values()))
            ]
        }
    ),
    "matrix": st.dictionaries(
        _options, st.dictionaries(st.sampled_from(["speed", "hiring"]), _score)
    ).map(lambda rows: {"scores": rows}),
}
"""Valid ballots of each method, including blank and partial ones."""

methods = st.sampled_from(sorted(RAW))
elections = methods.flatmap(lambda id_: st.tuples(st.just(id_), st.lists(RAW[id_], max_size=12)))
