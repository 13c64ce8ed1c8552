"""Rounds counted from ballots as they come, and strategies for ballots of every method."""

from collections import Counter

from hypothesis import strategies as st

from server.domain.criteria import Criterion
from server.domain.methods import METHODS
from server.domain.rules import RoundSettings

NAMES = {"a": "Alpha", "b": "Beta", "c": "Gamma", "d": "Delta"}
CRITERIA = (
    Criterion(id="speed", name="Speed", weight=3),
    Criterion(id="hiring", name="Hiring", weight=1.5),
)
MATRIX = {"criteria": CRITERIA}


def method(id_, names=NAMES, **settings):
    if id_ == "matrix":
        settings = MATRIX | settings
    return METHODS[id_](names, RoundSettings(**settings))


def counted(id_, raws, names=NAMES, **settings):
    """Count ballots as they come from clients."""
    rules = method(id_, names, **settings)
    tally = rules.tally()
    for raw in raws:
        tally.add(rules.read(raw))
    return tally.result()


def named(options):
    return {option: option.capitalize() for option in options}


def ranked(profile, options=None):
    """Count rankings written as people do on paper: `{"a b=c": 3}`, what is left out is last."""
    raws, seen = [], Counter()
    for written, number in profile.items():
        groups = [group.split("=") for group in written.split()]
        seen.update(option for group in groups for option in group)
        raws += [{"ranking": groups}] * number
    return counted("ranked", raws, named(options or sorted(seen)))


def scored(*rows, options="abcd"):
    """Count scores written a row a ballot: digits, `-` for no opinion, and how many of them."""
    names, raws = {option: NAMES[option] for option in options}, []
    for row in rows:
        marks, _, number = row.partition("*")
        scores = {o: int(m) for o, m in zip(options, marks, strict=True) if m != "-"}
        raws += [{"scores": scores}] * int(number or 1)
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
    "score": scores.map(lambda given: {"scores": given}),
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
"""Ballots of each method that are right, blank and partial ones among them."""

methods = st.sampled_from(sorted(RAW))
elections = methods.flatmap(lambda id_: st.tuples(st.just(id_), st.lists(RAW[id_], max_size=12)))
