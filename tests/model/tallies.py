"""The outcome of a round, counted ballot by ballot, as `docs/methods.md` describes.

Nothing is carried over from one count to the next, and nothing uses the server's code: it is slow,
but short enough to be trusted.
"""

from fractions import Fraction
from itertools import permutations, product


def outcome(method, settings, options, ballots):
    """Count ballots as they were sent; return the fields of the result that are compared."""
    return _METHODS[method](list(ballots), options, settings)


def _most(totals):
    order = _in_groups(totals)
    return {
        "totals": totals,
        "order": order,
        "winners": order[0] if any(totals.values()) else [],
    }


def _single(ballots, options, _settings):
    return _most({o: sum(ballot["choice"] == o for ballot in ballots) for o in options})


def _approval(ballots, options, _settings):
    return _most({o: sum(o in ballot["approve"] for ballot in ballots) for o in options})


def _dots(ballots, options, _settings):
    return _most({o: sum(ballot["dots"].get(o, 0) for ballot in ballots) for o in options})


def _score(ballots, options, _settings):
    scores = [
        {o: ballot["scores"].get(o, 0) for o in options if o not in ballot.get("no_opinion", [])}
        for ballot in ballots
    ]
    return {
        "totals": {o: sum(score.get(o, 0) for score in scores) for o in options},
        "pairwise": _pairs(options, lambda a, b: sum(_above(score, a, b) for score in scores)),
        "histogram": {o: [[s.get(o) for s in scores].count(n) for n in range(6)] for o in options},
        "no_opinion": {o: sum(o not in score for score in scores) for o in options},
    }


def _above(scores, a, b):
    return a in scores and b in scores and scores[a] > scores[b]


def _ranked(ballots, options, _settings):
    places = [_places(ballot["ranking"], options) for ballot in ballots]
    pairwise = _pairs(options, lambda a, b: sum(place[a] < place[b] for place in places))
    paths = _pairs(options, lambda a, b: pairwise[a][b] if pairwise[a][b] > pairwise[b][a] else 0)
    for via, a, b in permutations(options, 3):
        paths[a][b] = max(paths[a][b], min(paths[a][via], paths[via][b]))
    beats = {a: sum(paths[a][b] > paths[b][a] for b in options if b != a) for a in options}
    return {"pairwise": pairwise, "paths": paths, "totals": beats}


def _places(ranking, options):
    placed = {option: place for place, group in enumerate(ranking) for option in group}
    return {option: placed.get(option, len(ranking)) for option in options}


def _matrix(ballots, options, settings):
    weights = {each["id"]: Fraction(str(each.get("weight", 1))) for each in settings["criteria"]}
    cells = {option: {} for option in options}
    for option, criterion in product(options, weights):
        rows = [ballot["scores"].get(option, {}) for ballot in ballots]
        if scores := [row[criterion] for row in rows if criterion in row]:
            cells[option][criterion] = Fraction(sum(scores), len(scores))
    means = {
        option: sum(row[c] * weights[c] for c in row) / sum(weights[c] for c in row)
        for option, row in cells.items()
        if row
    }
    quorum = Fraction(str(settings.get("quorum", 0.5))) * len(ballots)
    scored = {o: sum(bool(ballot["scores"].get(o)) for ballot in ballots) for o in options}
    order = _in_groups({o: (scored[o] >= quorum, means.get(o, -1)) for o in options})
    return {
        "totals": {option: round(float(means.get(option, 0)), 4) for option in options},
        "order": order,
        "winners": order[0] if means.get(order[0][0]) else [],
    }


def _pairs(options, count):
    return {a: {b: count(a, b) for b in options if b != a} for a in options}


def _in_groups(totals):
    groups = {}
    for option, total in totals.items():
        groups.setdefault(total, []).append(option)
    return [groups[total] for total in sorted(groups, reverse=True)]


_METHODS = {
    "single": _single,
    "approval": _approval,
    "dots": _dots,
    "score": _score,
    "ranked": _ranked,
    "matrix": _matrix,
}
