"""What a failover of a primary to one of its replicas would do."""

from server.ops.findings import Finding, Severity


def inspect_failover(
    planned: str, online: int, min_replicas: int | None, durability: str, replicas: int
) -> list[Finding]:
    """Say what a failover would do.

    `planned` is the command for one that loses nothing, `online` the number of replicas that are in
    step, `min_replicas` the primary's `min-replicas-to-write`, None if it is kept secret.
    """
    if online == 0:
        words = "No replica is in step with the primary: there is nothing to fail over to."
        return [Finding(Severity.ADVICE, words)]
    found = [_outcome(planned, online, durability, replicas)]
    waits_for_all = durability == "replica" and replicas >= online
    if min_replicas:
        words = (
            f"A primary that is cut off from its replicas accepts no votes (min-replicas-to-write "
            f"{min_replicas})."
        )
        found.append(Finding(Severity.FINE, words))
    elif min_replicas == 0 and not waits_for_all:
        words = (
            "A primary that is cut off from its replicas and from the other servers goes on "
            "accepting votes, which are lost when it comes back. Set min-replicas-to-write to 1 on "
            "all of them."
        )
        found.append(Finding(Severity.ADVICE, words))
    return found


def _outcome(planned: str, online: int, durability: str, replicas: int) -> Finding:
    if durability == "replica" and replicas >= online:
        return Finding(
            Severity.FINE,
            "A failover loses no vote that was acknowledged. While fewer than "
            f"{replicas} replicas are connected, none is acknowledged.",
        )
    waiting = f"--durability replica --replicas {online}"
    return Finding(
        Severity.ADVICE,
        "A failover can lose votes: those that the promoted replica did not have yet. Each voter "
        f"is told. {waiting} waits for all replicas; a failover that is planned by {planned} loses "
        "none either way.",
    )
