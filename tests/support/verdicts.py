"""Verdicts on ballots as clients send them."""

from collections import Counter

from server.domain.methods import pivotal
from server.domain.methods.base import Cast, finished
from server.domain.verdict.verdict import finding_verdict
from support.ballots import NAMES, method


def cast_of(rules, ballots):
    """Return validated ballots with their result; None if no option alone is first."""
    result = counted(rules, ballots).result()
    if not result.winners or len(result.order[0]) > 1:
        return None
    return Cast(rules, Counter(ballots), result)


def counted(rules, ballots):
    tally = rules.tally()
    for ballot in ballots:
        tally.add(ballot)
    return tally


def verdict_of(id_, raws, names=NAMES, **settings):
    """Return how sure a round is, as it is found after the reveal."""
    rules = method(id_, names, **settings)
    ballots = [rules.read(raw) for raw in raws]
    tally = counted(rules, ballots)
    result, decides = tally.result(), False
    if result.winners and len(result.order[0]) == 1:
        work = pivotal.looking_for_pivotal(
            tally, rules.tally(), ballots, result.winners[0], unfinished=None
        )
        decides = finished(work)
    return finished(finding_verdict(rules, Counter(ballots), result, pivotal=decides))
