"""A second look at all that anybody was told, for stores that go back, fail over, or are two.

The first (`checker.py`) holds what was told of one history against the log. This one looks at all
of them, also those that are in no store any more, in the manner of Jepsen: what each client was
told is an operation with a place, an epoch and a position, and

1. at one place everybody was shown the same tally,
2. at one place stands one message,
3. what was acknowledged is in the log that is left, or whoever said it was shown that it is not.
"""

from filling_in import plain


def check(ledger, journal):
    """Ask the three questions. For rounds with open names, where a voter is a seat."""
    _check_tallies(journal.tallies)
    _check_places(journal.acks)
    return lost_and_told(ledger, journal.acks)


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


def lost_and_told(ledger, acks):
    """Return the acknowledged ballots that are lost; each of these voters was shown that.

    Of each voter the last word counts: those before it were overwritten.
    """
    last = {}
    for ack in acks:
        if ack.message["type"] in {"vote", "withdraw"}:
            last[ack.seat, ack.message["round"]] = ack
    lost = []
    for (seat, n), ack in last.items():
        said = plain(ack.message.get("ballot"))
        counted = ledger.rounds[n - 1].ballots.get(seat) if n <= len(ledger.rounds) else None
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
