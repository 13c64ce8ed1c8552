"""A board's log, read straight from the store and counted independently.

Nothing here uses the server's own rules.
"""

import json
import math
from typing import NamedTuple

from model.tallies import outcome

FIRST_HOST = "first"


class Round:
    """One round according to the log. Times are in milliseconds."""

    def __init__(self, n, method, settings, options, *, at, rules):
        self.n = n
        self.rules = rules
        self.method = method
        self.settings = {"visibility": "on_reveal", "names": "secret"} | settings
        self.options = options
        self.state = "open"
        seconds = settings.get("seconds")
        self.deadline = at + 1000 * seconds if seconds else None
        self.left = None
        self.ballots = {}
        """By voter id in this round."""
        self.struck = set()
        """Voters whose seat was emptied."""
        self.first_votes = {}
        """Voter to the position of their first ballot."""
        self.shown = {}
        """What is shown of a secret round before the reveal, by voter."""
        self.unshown = {}
        """Voters with a ballot who are not in it, in the order in which they came."""

    def note_step(self):
        """Let the shown ballots move, if those of enough people differ from them."""
        least = max(5, math.ceil(len(self.ballots) / 50))
        hidden = dict.fromkeys(voter for voter in self.ballots if voter not in self.shown)
        before = dict.fromkeys(voter for voter in self.unshown if voter in hidden)
        self.unshown = before | hidden
        fresh = set(list(self.unshown)[: max(0, len(hidden) - least)])
        after = {
            voter: ballot
            for voter, ballot in self.ballots.items()
            if voter in self.shown or voter in fresh
        }
        moved = sum(
            _without_order(self.shown.get(voter)) != _without_order(after.get(voter))
            for voter in self.shown.keys() | after
        )
        if moved >= least <= len(after):
            self.shown = after

    def moves_in_steps(self, host_sees_results):
        visible = self.settings["visibility"] != "on_reveal" or host_sees_results
        return self.rules >= 5 and self.settings["names"] == "secret" and visible

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


def _without_order(ballot):
    """Return a ballot such that it equals another one that says the same in another order."""
    if isinstance(ballot, dict):
        return {key: _without_order(value) for key, value in ballot.items()}
    if isinstance(ballot, list) and ballot and isinstance(ballot[0], list):
        return [sorted(tied) for tied in ballot]
    return sorted(ballot) if isinstance(ballot, list) else ballot


class Moment(NamedTuple):
    """What could be seen at one position."""

    round: Round | None
    state: str | None
    ballots: dict
    shown: dict | None
    """The ballots that a result counts, if it moves in steps; None if all."""
    host_sees_results: bool


class ReferenceBoard:
    """A board at the end of its log, and its state at every position."""

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
        """Idempotency key to whether the message counted."""
        self._board_options = []
        self._settings = {}
        self._archived = False
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
        """Return the entries of a seat or a voter, by position."""
        return {seq: entry for seq, entry in self.entries.items() if entry.get("by") == name}

    def moment(self, seq):
        """Return what could be seen at a position; an erased entry changed nothing there."""
        while seq not in self._moments:
            seq -= 1
        return self._moments[seq]

    def tally(self, seq):
        """Recount all ballots that were cast at a position; None before any round."""
        moment = self.moment(seq)
        if moment.round is None:
            return None
        shown = moment.ballots if moment.shown is None else moment.shown
        key = (id(moment.ballots), id(shown))
        if key not in self._tallies:
            current, ballots = moment.round, shown.values()
            result = outcome(current.method, current.settings, current.options, ballots)
            counted = len(shown) if moment.shown else None
            self._tallies[key] = {
                "round": current.n,
                "voters": len(moment.ballots),
                "counted": counted,
                "result": result if moment.shown != {} else None,
            }
        return self._tallies[key]

    def may_see_result(self, seen, voters):
        """Whether this page may have seen the result; `voters` are its voter ids by round."""
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
        shown = None
        if current and current.state != "revealed" and current.moves_in_steps(early):
            # As with the ballots: the same object while it is the same.
            shown = current.shown
        return Moment(current, current.state if current else None, ballots, shown, early)

    def _do(self, seq, at, by, action):
        """Apply an entry; return whether it counts."""
        if self._archived and action["type"] not in _WHILE_ARCHIVED:
            return False
        return _DEEDS[action["type"]](self, seq, at, by, action)

    def _create(self, seq, at, by, action):
        self._board_options = [option["id"] for option in action["options"]]
        self._settings = dict(action.get("settings", {}))
        return True

    def _archive(self, seq, at, by, action):
        voting = self.round and self.round.state != "revealed"
        if action["on"] == self._archived or (action["on"] and voting):
            return False
        self._archived = action["on"]
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
        rules = self.entries[seq].get("rules", 1)
        opened = Round(
            len(self.rounds) + 1, action["method"], settings, options, at=at, rules=rules
        )
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
        if current.moves_in_steps(self._settings.get("host_sees_results", False)):
            current.note_step()
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

    def _reopen_round(self, seq, at, by, action):
        current = self.round
        if action["round"] != current.n or current.state == "revealed" or current.takes_ballots(at):
            return False
        if current.deadline is not None and current.deadline <= at:
            current.deadline = None
        current.state, current.left = "open", None
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

    # Comments

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
        # Its own entries are gone by now, and so is their author.
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

    # Roles

    def _add_host(self, seq, at, by, action):
        self.hosts.add(action["host"])
        return True

    def _remove_host(self, seq, at, by, action):
        self.hosts.discard(action["host"])
        return True

    def _renew_invite(self, seq, at, by, action):
        """The seat's ballot is removed from a round that is not revealed, for good."""
        on = self.round if self.rounds and self.round.state != "revealed" else None
        if action.get("round", 0) != (on.n if on else 0):
            return False
        if on:
            gone = set(action.get("voters", ()))
            on.struck |= gone
            on.ballots = {voter: each for voter, each in on.ballots.items() if voter not in gone}
        return True

    def _nothing(self, seq, at, by, action):
        """Changes neither counts nor comments."""
        return True


_WHILE_ARCHIVED = {"archive", "add_host", "remove_host", "delete_comment"}
_DEEDS = {
    "create": ReferenceBoard._create,
    "set_board": ReferenceBoard._set_board,
    "archive": ReferenceBoard._archive,
    "open_round": ReferenceBoard._open_round,
    "vote": ReferenceBoard._vote,
    "withdraw": ReferenceBoard._vote,
    "lock_round": ReferenceBoard._lock_round,
    "reveal_round": ReferenceBoard._reveal_round,
    "reopen_round": ReferenceBoard._reopen_round,
    "extend_round": ReferenceBoard._extend_round,
    "pause_round": ReferenceBoard._pause_round,
    "comment": ReferenceBoard._comment,
    "edit_comment": ReferenceBoard._edit_comment,
    "delete_comment": ReferenceBoard._delete_comment,
    "react": ReferenceBoard._react,
    "hide_comment": ReferenceBoard._mark,
    "pin_comment": ReferenceBoard._mark,
    "add_host": ReferenceBoard._add_host,
    "remove_host": ReferenceBoard._remove_host,
    "renew_invite": ReferenceBoard._renew_invite,
} | dict.fromkeys(
    (
        *("rename", "make_invites", "revoke_invite", "observe", "decide", "defer", "reopen"),
        *("claim_invite", "offer_seat", "move_seat"),
    ),
    ReferenceBoard._nothing,
)
