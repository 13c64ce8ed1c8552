"""What a check finds about the nodes of a cluster, and how to merge what it finds on each."""

from collections import Counter
from collections.abc import Mapping, Sequence

from server.ops.findings import Finding, Severity
from server.store.cluster import ClusterSurvey, Member, disagreement


def inspect_cluster(survey: ClusterSurvey) -> list[Finding]:
    """Say what the nodes know, where they disagree, and which of them do not answer.

    Raises NoClusterError.
    """
    names = survey.names()
    members = survey.members()
    primaries = list(dict.fromkeys(name for name in names if name))
    found = [
        Finding(
            Severity.FINE,
            f"The cluster has {len(primaries)} primaries with slots, and "
            f"{sum(each.follows != '-' for each in members)} replicas.",
        )
    ]
    if missing := names.count(""):
        words = (
            f"{missing} of {len(names)} slots are on no node: boards in them cannot be voted on. "
            "`valkey-cli --cluster fix` gives the slots to its nodes."
        )
        found.append(Finding(Severity.ADVICE, words))
    for name, words in survey.problems.items():
        more = " Its boards wait." if name in primaries else ""
        found.append(Finding(Severity.ADVICE, f"{words}{more}"))
    if strangers := _strangers(survey):
        words = (
            f"These nodes belong to another cluster: {', '.join(strangers)}. Give the address of "
            "one cluster only."
        )
        found.append(Finding(Severity.FAULT, words))
    elif differ := disagreement(survey):
        who = ", ".join(f"{name} ({slots} slots)" for name, slots in differ.items())
        words = (
            f"The nodes disagree about which of them has which slot: {who}. The newest "
            "configuration counts. Is there a failover, or are slots being moved? Otherwise these "
            "nodes are cut off from the others."
        )
        found.append(Finding(Severity.ADVICE, words))
    return found


def _strangers(survey: ClusterSurvey) -> Sequence[str]:
    """Return the nodes that do not know most of the others, and are not known by them."""
    clusters = Counter(_ids(members) for members in survey.answers.values())
    most, _ = clusters.most_common(1)[0]
    return [name for name, members in survey.answers.items() if most.isdisjoint(_ids(members))]


def _ids(members: Sequence[Member]) -> frozenset[str]:
    return frozenset(member.id for member in members)


def inspect_coverage(setting: str | None) -> list[Finding]:
    """Say what a shard that is away does to the others."""
    if setting != "yes":
        return []
    words = (
        "While one primary is away without a replica to take its place, all boards wait "
        "(cluster-require-full-coverage yes). Set it to no on all nodes: then only its own do."
    )
    return [Finding(Severity.ADVICE, words)]


def merged(found: Mapping[str, Sequence[Finding]]) -> list[Finding]:
    """Return what was found on each node: once if it is the same on all."""
    names: dict[Finding, list[str]] = {}
    for name, findings in found.items():
        for finding in findings:
            names.setdefault(finding, []).append(name)
    return [
        finding
        if len(on) == len(found)
        else finding._replace(words=f"On {', '.join(on)}: {finding.words}")
        for finding, on in names.items()
    ]
