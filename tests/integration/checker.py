"""An independent witness: it notes what people were told, and counts the log by itself.

Nothing here comes from the server's own rules. The log is read straight from the store and
counted anew, and everything that anybody was ever told is compared with it.
"""

import asyncio
import json
from collections import defaultdict
from typing import NamedTuple

SETTLES = 10.0
"""Seconds after which all pages must show the same."""
SILENT = {
    "create",
    "set_board",
    "rename",
    "reveal_round",
    "add_host",
    "remove_host",
    "make_invites",
    "revoke_invite",
    "observe",
}
"""Actions that change neither what is counted nor what is said."""


class Acknowledged(NamedTuple):
    who: object
    epoch: str
    message: dict
    seq: int


class Seen(NamedTuple):
    who: object
    epoch: str
    seq: int
    what: dict


class Journal:
    """Everything that anybody was told."""

    def __init__(self):
        self.acks = []
        self.refused = []
        self.put_off = []
        """Codes of refusals after which the same message was sent again."""
        self.tallies = []
        self.comments = []

    def acknowledged(self, who, message, seq):
        self.acks.append(Acknowledged(who, who.epoch, message, seq))

    def saw_tally(self, who, seq, tally):
        if tally is not None:
            self.tallies.append(Seen(who, who.epoch, seq, tally))

    def saw_comment(self, who, seq, comment):
        self.comments.append(Seen(who, who.epoch, seq, comment))


class Ledger:
    """A board's log, counted."""

    def __init__(self, client, code):
        self.code = code
        self.epoch = client.hget(f"sv:{{{code}}}:meta", "epoch").decode()
        self.entries = {}
        self.counted = set()
        """Positions that changed something."""
        self.tallies = {}
        """Position to round, voters and totals after it."""
        self.comments = {}
        self.ballots = {}
        self.locks = []
        """Positions at which a round was locked."""
        self.n = 0
        self._said_once = set()
        self._options = []
        self._open = False
        self._deadline = None
        for id_, fields in client.xrange(f"sv:{{{code}}}:log"):
            entry = json.loads(fields[b"e"])
            self._take(int(id_.split(b"-")[1]), int(fields[b"t"]), entry)
        self.top = max(self.entries)

    @classmethod
    def of(cls, store, code):
        with store.client() as client:
            return cls(client, code)

    def _take(self, seq, at, entry):
        self.entries[seq] = entry
        once, by, action = entry.get("once"), entry.get("by", ""), entry["action"]
        if (once is None or once not in self._said_once) and self._do(seq, at, by, action):
            self.counted.add(seq)
            self._said_once.add(once)
        self.tallies[seq] = self._tally()

    def _do(self, seq, at, by, action):
        """Do what an entry says; say whether it counts."""
        match action["type"]:
            case "create":
                self._board_options = [option["id"] for option in action["options"]]
            case "open_round":
                self._open_round(at, action)
            case "vote" | "withdraw":
                late = self._deadline is not None and at > self._deadline
                if action["round"] != self.n or not self._open or late:
                    return False
                self.ballots.pop(by, None)
                if action["type"] == "vote":
                    self.ballots[by] = action["ballot"]["approve"]
            case "lock_round":
                if action["round"] != self.n or not self._open or (not by and at < self._deadline):
                    return False
                self._open = False
                self.locks.append(seq)
            case "comment":
                if action["comment"] in self.comments:
                    return False
                self.comments[action["comment"]] = {
                    "id": action["comment"],
                    "option": action["option"],
                    "kind": action["kind"],
                    "text": action["text"],
                }
            case other:
                assert other in SILENT, other
        return True

    def _open_round(self, at, action):
        self.n += 1
        self._open = True
        self._options = action.get("options") or self._board_options
        seconds = action.get("settings", {}).get("seconds")
        self._deadline = at + 1000 * seconds if seconds else None
        self.ballots = {}

    def _tally(self):
        if not self.n:
            return None
        totals = dict.fromkeys(self._options, 0)
        for ballot in self.ballots.values():
            for option in ballot:
                totals[option] += 1
        return {"round": self.n, "voters": len(self.ballots), "totals": totals}

    def differs(self, person):
        """Say in what a page differs from the log; empty where it does not."""
        wrong = []
        if not person.present or person.waiting:
            wrong.append(f"present: {person.present}, without an answer: {person.waiting}")
        if person.epoch and person.epoch.partition(".")[0] != self.epoch:
            wrong.append(f"epoch: {person.epoch}, not {self.epoch}")
        if not _agrees(person.tally, self.tallies[self.top]):
            wrong.append(f"tally: {person.tally}, not {self.tallies[self.top]}")
        if _essence(person.comments) != self.comments:
            missing = self.comments.keys() - person.comments.keys()
            wrong.append(f"comments: {len(person.comments)}, without {sorted(missing)}")
        return [f"{person} shows at {person.seq} of {self.top}: {each}" for each in wrong]


async def settled(store, crowd, journal, *, only_epoch=None):
    """Wait until all pages show what the log says, then check all that anybody was told.

    `only_epoch` leaves out what was told before a store lost its memory.
    """
    deadline = asyncio.get_running_loop().time() + SETTLES
    while True:
        ledger = Ledger.of(store, crowd.code)
        here = len({person.seat for person in crowd.voters if person.welcomes})
        wrong = [each for person in crowd.all for each in ledger.differs(person)]
        wrong += [
            f"{person} shows the people {person.people}, not {here} here"
            for person in crowd.all
            if (person.people or {}).get("here") != here
            or person.people["voted"] != (ledger.tallies[ledger.top] or {"voters": 0})["voters"]
        ]
        if not wrong:
            break
        assert asyncio.get_running_loop().time() < deadline, "\n".join(wrong[:20])
        await asyncio.sleep(0.05)
    check(ledger, crowd, journal, only_epoch=only_epoch)
    return ledger


def check(ledger, crowd, journal, *, only_epoch=None):
    """Compare everything that anybody was told with the log."""

    def told_of_it(fact):
        board = fact.epoch.partition(".")[0]
        return board == ledger.epoch and only_epoch in (None, fact.epoch) and fact.who in members

    members = set(crowd.all)
    acks = list(filter(told_of_it, journal.acks))
    _check_acks(ledger, acks)
    _check_ballots(ledger, crowd, acks)
    _check_tallies(ledger, list(filter(told_of_it, journal.tallies)))
    for seen in filter(told_of_it, journal.comments):
        comment = seen.what
        assert _essence({"": comment})[""] == ledger.comments[comment["id"]], seen


def _check_acks(ledger, acks):
    """Each acknowledged message is in the log, once in effect, and as it was said."""
    positions = {}
    for ack in acks:
        entry = ledger.entries.get(ack.seq)
        assert entry is not None, f"acknowledged, but not in the log: {ack}"
        said = {key: value for key, value in ack.message.items() if key != "id"}
        assert {key: entry["action"].get(key) for key in said} == said or said["type"] in (
            "open_round",
            "lock_round",
        ), (ack, entry)
        assert ack.seq in ledger.counted, f"acknowledged, but it does not count: {ack}"
        one = positions.setdefault(ack.seq, ack.message["id"])
        assert one == ack.message["id"], f"two messages are acknowledged at one place: {ack}"
    effects = [ledger.entries[seq].get("once") for seq in ledger.counted]
    effects = [once for once in effects if once]
    assert len(effects) == len(set(effects)), "one message counts twice"


def _check_ballots(ledger, crowd, acks):
    """Nobody's vote counts for another, and the last word is the one that counts."""
    voters = defaultdict(set)
    last = {}
    for ack in acks:
        if ack.message["type"] in {"vote", "withdraw"} and ack.message["round"] == ledger.n:
            voters[ack.who.seat].add(ledger.entries[ack.seq]["by"])
            if ack.seq >= last.get(ack.who.seat, ack).seq:
                last[ack.who.seat] = ack
    assert all(len(names) == 1 for names in voters.values()), voters
    names = [name for found in voters.values() for name in found]
    assert len(names) == len(set(names)), "two seats vote under one name"
    for person in crowd.voters:
        ack = last.get(person.seat)
        if ack is None:
            continue
        (name,) = voters[person.seat]
        approved = ack.message.get("ballot", {}).get("approve")
        assert _as_set(ledger.ballots.get(name)) == _as_set(approved), (person, ack)
        assert _as_set((person.ballot or {}).get("approve")) == _as_set(approved), (person, ack)


def _check_tallies(ledger, tallies):
    """At one position all saw the same, and it is what the log comes to there."""
    assert tallies
    shown = {}
    for seen in tallies:
        key = (seen.epoch, seen.seq, "result" in seen.what)
        before = shown.setdefault(key, seen)
        assert before.what == seen.what, f"two tallies at one position:\n{before}\n{seen}"
        # Where positions were handed out twice, only the latest history is in the store.
        counted = ledger.tallies.get(seen.seq)
        assert _agrees(seen.what, counted), f"{seen}\nis not what the log says: {counted}"


def _agrees(tally, counted):
    """Say whether a tally as it was shown is what was counted."""
    if tally is None or counted is None:
        return tally is counted
    if (tally["round"], tally["voters"]) != (counted["round"], counted["voters"]):
        return False
    if "result" not in tally:
        return True
    result, totals = tally["result"], counted["totals"]
    groups = {}
    for option, total in totals.items():
        groups.setdefault(total, []).append(option)
    order = [groups[total] for total in sorted(groups, reverse=True)]
    winners = order[0] if max(totals.values()) else []
    return (result["totals"], result["order"], result["winners"]) == (totals, order, winners)


def _essence(comments):
    kept = ("id", "option", "kind", "text")
    return {id_: {key: comment[key] for key in kept} for id_, comment in comments.items()}


def _as_set(approved):
    return None if approved is None else set(approved)
