"""What a check finds about the sentinels of a store, and what a failover would do."""

from collections import Counter

from server.ops.findings import Finding, Severity
from server.store.sentinel import NoPrimaryError, Survey, shown

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


def inspect_failover(
    name: str, online: int, min_replicas: int | None, durability: str, replicas: int
) -> list[Finding]:
    """Say what a failover would do.

    `online` is the number of replicas that are in step, `min_replicas` the primary's
    `min-replicas-to-write`, None if it is kept secret.
    """
    if online == 0:
        words = "No replica is in step with the primary: there is nothing to fail over to."
        return [Finding(Severity.ADVICE, words)]
    found = [_planned(name, online, durability, replicas)]
    waits_for_all = durability == "replica" and replicas >= online
    if min_replicas:
        words = (
            f"A primary that is cut off from its replicas accepts no votes (min-replicas-to-write "
            f"{min_replicas})."
        )
        found.append(Finding(Severity.FINE, words))
    elif min_replicas == 0 and not waits_for_all:
        words = (
            "A primary that is cut off from its replicas and sentinels goes on accepting votes, "
            "which are lost when it comes back. Set min-replicas-to-write to 1 on all of them."
        )
        found.append(Finding(Severity.ADVICE, words))
    return found


def _planned(name: str, online: int, durability: str, replicas: int) -> Finding:
    if durability == "replica" and replicas >= online:
        return Finding(
            Severity.FINE,
            "A failover loses no vote that was acknowledged. While fewer than "
            f"{replicas} replicas are connected, none is acknowledged.",
        )
    coordinated = f"SENTINEL FAILOVER {name} COORDINATED (Valkey 9.1)"
    waiting = f"--durability replica --replicas {online}"
    return Finding(
        Severity.ADVICE,
        "A failover, even a planned one, can lose votes: those that the promoted replica did not "
        f"have yet. Each voter is told. {waiting} waits for all replicas; a planned failover by "
        f"{coordinated} loses none either way.",
    )
