"""What a check finds about the sentinels of a store, and what a failover would do."""

from collections import Counter

from server.ops.findings import Finding, Severity
from server.store.sentinel import NoPrimaryError, Survey
from server.store_address import shown

LEAST_SENTINELS = 3
"""With fewer, the loss of one prevents a failover."""


def inspect_sentinels(survey: Survey) -> list[Finding]:
    """Say what the sentinels know, where they disagree, and which of them do not answer."""
    answers = list(survey.answers.values())
    asked = len(survey.answers) + len(survey.problems)
    advice = list(survey.problems.values())
    try:
        place = survey.places()[0]
    except NoPrimaryError as error:
        return [Finding(Severity.FAULT, str(error))]
    agree = sum(answer.place == place for answer in answers)
    if agree < len(answers):
        counted = Counter(shown(answer.place) for answer in answers)
        named = ", ".join(f"{each} ({count})" for each, count in counted.most_common())
        advice.append(
            f"The sentinels name several primaries of {survey.primary!r}: {named}. The newest "
            "configuration counts. Are there sentinels of another store among them?"
        )
    advice += _hindrances(survey, max(answer.sentinels for answer in answers))
    most = max(answer.replicas for answer in answers)
    fine = (
        f"The primary of {survey.primary!r} is {shown(place)}, say {agree} of {asked} sentinels, "
        f"with {most} replicas. A failover begins when {answers[0].quorum} sentinels agree that it "
        "is down (quorum)."
    )
    return [
        Finding(Severity.FINE, fine),
        *(Finding(Severity.ADVICE, words) for words in advice),
    ]


def _hindrances(survey: Survey, sentinels: int) -> list[str]:
    found = [
        f"No failover is possible now, says {name}: {answer.can_fail_over}."
        for name, answer in survey.answers.items()
        if answer.can_fail_over
    ]
    if sentinels < LEAST_SENTINELS:
        found.append(
            f"There are fewer than {LEAST_SENTINELS} sentinels ({sentinels}): the loss of one may "
            "prevent a failover."
        )
    return found
