"""Small rounds, each with every ballot that can be cast in it."""

from itertools import product

from server.domain.criteria import Criterion

ONE = {"criteria": (Criterion(id="speed", name="Speed"),)}
TWO = {"criteria": (Criterion(id="speed", name="Speed"), Criterion(id="hiring", name="Hiring"))}
SCORES = (0, 1, 4, 5, None)


def _scores(options, scores=SCORES):
    for row in product(scores, repeat=len(options)):
        said = dict(zip(options, row, strict=True))
        yield {
            "scores": {option: score for option, score in said.items() if score is not None},
            "no_opinion": [option for option, score in said.items() if score is None],
        }


def _rankings(options):
    for ranks in product(range(len(options)), repeat=len(options)):
        groups = [[o for o, r in zip(options, ranks, strict=True) if r == n] for n in set(ranks)]
        yield {"ranking": groups}


def _dots(options):
    for dots in product(range(3), repeat=len(options)):
        if sum(dots) <= 3:
            yield {"dots": dict(zip(options, dots, strict=True))}


def _rows(options, criteria, scores):
    for row in product(scores, repeat=len(options) * len(criteria)):
        cells = zip(product(options, criteria), row, strict=True)
        rows = {option: {} for option in options}
        for (option, criterion), score in cells:
            if score is not None:
                rows[option][criterion] = score
        yield {"scores": rows}


def _marks(options):
    for marks in product((0, 1), repeat=len(options)):
        yield {"approve": [o for o, is_on in zip(options, marks, strict=True) if is_on]}


ROUNDS = {
    "single": ("abc", {}, [{"choice": option} for option in "abc"]),
    "approval": ("abc", {}, [*_marks("abc")]),
    "dots": ("abc", {"dots": 3, "per_option": 2}, [*_dots("abc")]),
    "score": ("abc", {}, [*_scores("abc")]),
    "ranked": ("abcd", {}, [*_rankings("abcd")]),
    "matrix": ("abc", ONE, [*_rows("abc", ["speed"], SCORES)]),
    "matrix of two": ("ab", TWO, [*_rows("ab", ["speed", "hiring"], (0, 2, 5, None))]),
    "matrix without a quorum": ("ab", ONE | {"quorum": 0}, [*_rows("ab", ["speed"], SCORES)]),
    "matrix of all": ("abc", ONE | {"quorum": 1}, [*_rows("abc", ["speed"], SCORES)]),
}
"""The options, the settings, and every ballot."""

SMALLER = {
    "single": ROUNDS["single"],
    "approval": ROUNDS["approval"],
    "dots": ("ab", {"dots": 3, "per_option": 2}, [*_dots("ab")]),
    "dots of three": ("abc", {"dots": 1}, [{"dots": {o: 1}} for o in "abc"]),
    "score": ("ab", {}, [*_scores("ab")]),
    "score of three": ("abc", {}, [*_scores("abc", (0, 3, 5))]),
    "score without opinions": ("abc", {}, [*_scores("abc", (0, 5, None))]),
    "ranked": ("abc", {}, [*_rankings("abc")]),
    "ranked of two": ("ab", {}, [*_rankings("ab")]),
    "matrix": ("abc", ONE, [*_rows("abc", ["speed"], (0, 5, None))]),
    "matrix of two": ("ab", TWO, [*_rows("ab", ["speed", "hiring"], (0, 5, None))]),
    "matrix without a quorum": ("ab", ONE | {"quorum": 0}, [*_rows("ab", ["speed"], SCORES)]),
    "matrix of all": ("ab", ONE | {"quorum": 1}, [*_rows("ab", ["speed"], SCORES)]),
}
"""The same with fewer ballots, so that several at once can be replaced by every other."""
