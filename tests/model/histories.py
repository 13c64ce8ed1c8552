"""A second check of everything that anyone was sent, for stores that fail over, or split.

The first (`checker.py`) checks one history against the log. This one checks all histories,
including those that no store has any more, in the manner of Jepsen: whatever a client was sent is
an operation with a place, an epoch and a position, and

1. at one place everyone was shown the same tally,
2. there is one message at one place,
3. what was acknowledged is in the remaining log, or its author was shown that it is not.
"""

from model.ballot_filling import plain


def check(reference, recording):
    """Check the three properties. For rounds with open names, in which a voter is a seat."""
    _check_tallies(recording.tallies)
    _check_places(recording.acks)
    return lost_and_told(reference, recording.acks)


def _check_tallies(tallies):
    shown = {}
    for seen in tallies:
        place = (seen.epoch, seen.seq, "result" in seen.what)
        before = shown.setdefault(place, seen)
        assert before.what == seen.what, f"two tallies at one place:\n{before}\n{seen}"


def _check_places(acks):
    said = {}
    for ack in acks:
        first = said.setdefault((ack.epoch, ack.seq), ack)
        assert first.message["id"] == ack.message["id"], (
            f"two messages are acknowledged at one place:\n{first}\n{ack}"
        )


def lost_and_told(reference, acks):
    """Return the acknowledged ballots that are lost; each of these voters was shown that.

    Only a voter's last ballot matters: earlier ones were overwritten.
    """
    last = {}
    for ack in acks:
        if ack.message["type"] in {"vote", "withdraw"}:
            last[ack.seat, ack.message["round"]] = ack
    lost = []
    for (seat, n), ack in last.items():
        said = plain(ack.message.get("ballot"))
        counted = reference.rounds[n - 1].ballots.get(seat) if n <= len(reference.rounds) else None
        if said == plain(counted):
            continue
        lost.append(ack)
        _check_told(ack, n, counted)
    return lost


def _check_told(ack, n, counted):
    epochs = [welcome["epoch"] for welcome in ack.who.welcomes]
    assert ack.epoch != epochs[-1], f"acknowledged, not in the log, and never told:\n{ack}"
    after = len(epochs) - epochs[::-1].index(ack.epoch)
    fresh = ack.who.welcomes[after]
    assert not fresh["resumed"], f"told as if nothing had been:\n{ack}\n{fresh}"
    shown = fresh["ballot"] if fresh["round"] and fresh["round"]["n"] == n else None
    assert plain(shown) != plain(ack.message.get("ballot")), f"shown though it is gone:\n{ack}"
    if ack.who.round and ack.who.round["n"] == n:
        assert plain(ack.who.ballot) == plain(counted), (ack, counted)
