"""A board's log, read straight from the store and counted anew.

Nothing here comes from the server's own rules.
"""

import json
from typing import NamedTuple

from counts import outcome

FIRST_HOST = "first"


class Round:
    """One round as the log tells of it. Times are in milliseconds."""

    def __init__(self, n, method, settings, options, at):
        self.n = n
        self.method = method
        self.settings = {"visibility": "on_reveal", "names": "secret"} | settings
        self.options = options
        self.state = "open"
        seconds = settings.get("seconds")
        self.deadline = at + 1000 * seconds if seconds else None
        self.left = None
        self.ballots = {}
        """By the voter's name in this round."""
        self.struck = set()
        """Voters whose seat was emptied."""
        self.first_votes = {}
        """Voter to the position of the first ballot."""

    def takes_ballots(self, at):
        return self.state == "open" and (self.deadline is None or at <= self.deadline)

    def pause(self, at, *, on):
        if on == (self.left is not None) or (on and self.deadline is None):
            return False
        self._set_left(at, self.left if self.left is not None else self.deadline - at, paused=on)
        return True

    def extend(self, at, seconds):
        paused = self.left is not None
        left = self.left if paused else (self.deadline or at) - at
        self._set_left(at, left + 1000 * seconds, paused=paused)

    def _set_left(self, at, left, *, paused):
        self.left, self.deadline = (left, None) if paused else (None, at + left)


class Moment(NamedTuple):
    """What there was to see at one position."""

    round: Round | None
    state: str | None
    ballots: dict
    host_sees_results: bool


class Ledger:
    """A board at the end of its log, and what it came to at every position."""

    def __init__(self, client, code):
        self.code = code
        self.epoch = client.hget(f"sv:{{{code}}}:meta", "epoch").decode()
        self.entries = {}
        self.counted = set()
        """Positions that changed something."""
        self.rounds = []
        self.comments = {}
        self.deleted = set()
        """Comments whose entries may have been erased."""
        self.locks = []
        """Positions at which a round was locked."""
        self.hosts = {FIRST_HOST}
        self._authors = {}
        self._moments = {}
        self._tallies = {}
        self._known = {}
        """Of each message by its name in the log, whether it counted."""
        self._board_options = []
        self._settings = {}
        for id_, fields in client.xrange(f"sv:{{{code}}}:log"):
            entry = json.loads(fields[b"e"])
            self._take(int(id_.split(b"-")[1]), int(fields[b"t"]), entry)
        self.top = max(self.entries)

    @classmethod
    def of(cls, store, code):
        with store.client() as client:
            return cls(client, code)

    @property
    def round(self):
        return self.rounds[-1] if self.rounds else None

    @property
    def ballots(self):
        """The ballots of the current round, by voter."""
        return self.round.ballots if self.rounds else {}

    def entries_by(self, name):
        """Give the entries of a seat or a voter, by position."""
        return {seq: entry for seq, entry in self.entries.items() if entry.get("by") == name}

    def moment(self, seq):
        """Return what there was to see at a position; an erased entry changed nothing there."""
        while seq not in self._moments:
            seq -= 1
        return self._moments[seq]

    def tally(self, seq):
        """Count the ballots that were in at a position, all of them; None before any round."""
        moment = self.moment(seq)
        if moment.round is None:
            return None
        key = id(moment.ballots)
        if key not in self._tallies:
            current, ballots = moment.round, moment.ballots.values()
            result = outcome(current.method, current.settings, current.options, ballots)
            self._tallies[key] = {"round": current.n, "voters": len(ballots), "result": result}
        return self._tallies[key]

    def may_see_result(self, seen, voters):
        """Say whether the result was for this page to see; `voters` are its names by round."""
        moment = self.moment(seen.seq)
        visibility = moment.round.settings["visibility"]
        if moment.state == "revealed" or visibility == "live":
            return True
        if seen.who.view == "host" and moment.host_sees_results:
            return True
        first = moment.round.first_votes.get(voters.get((moment.round.n, seen.seat)))
        return visibility == "after_vote" and first is not None and first <= seen.seq

    def _take(self, seq, at, entry):
        self.entries[seq] = entry
        once, by, action = entry.get("once"), entry.get("by", ""), entry["action"]
        if once is None or once not in self._known:
            told = entry.get("host") in {None, *self.hosts} and self._do(seq, at, by, action)
            self._known[once] = told
            if told:
                self.counted.add(seq)
        self._moments[seq] = self._now()

    def _now(self):
        before = next(reversed(self._moments.values()), None)
        current = self.round
        ballots = current.ballots if current else {}
        if before and before.round is current and before.ballots == ballots:
            ballots = before.ballots
        else:
            ballots = dict(ballots)
        early = self._settings.get("host_sees_results", False)
        return Moment(current, current.state if current else None, ballots, early)

    def _do(self, seq, at, by, action):
        """Do what an entry says; say whether it counts."""
        return _DEEDS[action["type"]](self, seq, at, by, action)

    def _create(self, seq, at, by, action):
        self._board_options = [option["id"] for option in action["options"]]
        self._settings = dict(action.get("settings", {}))
        return True

    def _set_board(self, seq, at, by, action):
        self._settings |= action.get("settings", {})
        return True

    # Rounds

    def _open_round(self, seq, at, by, action):
        if self.round and self.round.state != "revealed":
            return False
        options = action.get("options") or self._board_options
        settings = action.get("settings", {})
        opened = Round(len(self.rounds) + 1, action["method"], settings, options, at)
        self.rounds.append(opened)
        return True

    def _vote(self, seq, at, by, action):
        current = self.round
        if action["round"] != current.n or not current.takes_ballots(at):
            return False
        if action["type"] == "vote" and by in current.struck:
            return False
        current.ballots.pop(by, None)
        if action["type"] == "vote":
            current.ballots[by] = action["ballot"]
            current.first_votes.setdefault(by, seq)
        return True

    def _lock_round(self, seq, at, by, action):
        current = self.round
        early = not by and (current.deadline is None or at < current.deadline)
        if action["round"] != current.n or current.state != "open" or early:
            return False
        current.state, current.left = "locked", None
        self.locks.append(seq)
        return True

    def _reveal_round(self, seq, at, by, action):
        if action["round"] != self.round.n or self.round.state == "revealed":
            return False
        self.round.state, self.round.left = "revealed", None
        return True

    def _extend_round(self, seq, at, by, action):
        if action["round"] != self.round.n or not self.round.takes_ballots(at):
            return False
        self.round.extend(at, action["seconds"])
        return True

    def _pause_round(self, seq, at, by, action):
        if action["round"] != self.round.n or not self.round.takes_ballots(at):
            return False
        return self.round.pause(at, on=action["on"])

    # The talk

    def _comment(self, seq, at, by, action):
        id_ = action["comment"]
        if id_ in self.comments:
            return False
        self._authors[id_] = by
        kept = {key: action[key] for key in ("option", "kind", "text")}
        said = {"parent": action.get("parent"), "reactions": {}, "pinned": False, "hidden": False}
        self.comments[id_] = {"id": id_} | kept | said
        return True

    def _edit_comment(self, seq, at, by, action):
        found = self._living(action["comment"])
        if found is None or self._authors[action["comment"]] != by:
            return False
        found["text"] = action["text"]
        return True

    def _delete_comment(self, seq, at, by, action):
        # Its own entries are gone by now, and with them who made it.
        id_ = action["comment"]
        if id_ in self.deleted or self._authors.get(id_, by) != by:
            return False
        self.deleted.add(id_)
        self.comments[id_] = {"id": id_, "option": action["option"], "deleted": True}
        return True

    def _react(self, seq, at, by, action):
        found = self._living(action["comment"])
        if found is None:
            return action["comment"] not in self.comments
        seats = found["reactions"].setdefault(action["emoji"], set())
        (seats.add if action["on"] else seats.discard)(by)
        return True

    def _mark(self, seq, at, by, action):
        found = self._living(action["comment"])
        if found is None:
            return action["comment"] not in self.comments
        found["hidden" if action["type"] == "hide_comment" else "pinned"] = action["on"]
        return True

    def _living(self, id_):
        found = self.comments.get(id_)
        return None if found is None or "deleted" in found else found

    # Who may do what

    def _add_host(self, seq, at, by, action):
        self.hosts.add(action["host"])
        return True

    def _remove_host(self, seq, at, by, action):
        self.hosts.discard(action["host"])
        return True

    def _renew_invite(self, seq, at, by, action):
        """The seat's ballot leaves a round that is not revealed, for good."""
        on = self.round if self.rounds and self.round.state != "revealed" else None
        if action.get("round", 0) != (on.n if on else 0):
            return False
        if on:
            gone = set(action.get("voters", ()))
            on.struck |= gone
            on.ballots = {voter: each for voter, each in on.ballots.items() if voter not in gone}
        return True

    def _nothing(self, seq, at, by, action):
        """It changes neither what is counted nor what is said."""
        return True


_DEEDS = {
    "create": Ledger._create,
    "set_board": Ledger._set_board,
    "open_round": Ledger._open_round,
    "vote": Ledger._vote,
    "withdraw": Ledger._vote,
    "lock_round": Ledger._lock_round,
    "reveal_round": Ledger._reveal_round,
    "extend_round": Ledger._extend_round,
    "pause_round": Ledger._pause_round,
    "comment": Ledger._comment,
    "edit_comment": Ledger._edit_comment,
    "delete_comment": Ledger._delete_comment,
    "react": Ledger._react,
    "hide_comment": Ledger._mark,
    "pin_comment": Ledger._mark,
    "add_host": Ledger._add_host,
    "remove_host": Ledger._remove_host,
    "renew_invite": Ledger._renew_invite,
} | dict.fromkeys(
    (
        *("rename", "make_invites", "revoke_invite", "observe", "decide", "reopen"),
        *("claim_invite", "offer_seat", "move_seat"),
    ),
    Ledger._nothing,
)
