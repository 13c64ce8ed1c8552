"""How a board changes who may do what: the part of `CONDUCT` on hosts, invitations, the door,
observers.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from server.domain import actions as act
from server.domain.changes import Change, Deed
from server.domain.hosts import MAX_HOSTS, Host
from server.domain.invitations import MAX_INVITES
from server.domain.refusals import Code, Refused

if TYPE_CHECKING:
    from server.domain.board import Board


def add_host(board: "Board", at: int, by: str, action: act.AddHost) -> Deed:
    if action.host in board.hosts:
        raise Refused(Code.NOT_ALLOWED, "This host is there already.")
    if any(host.name == action.name for host in board.hosts.values()):
        raise Refused(Code.BAD_SETTINGS, f"There is a host named {action.name} already.")
    if len(board.hosts) >= MAX_HOSTS:
        raise Refused(Code.TOO_MANY, f"A board has at most {MAX_HOSTS} hosts.")

    def deed() -> Change:
        board.hosts[action.host] = Host(name=action.name, key=action.key)
        return Change()

    return deed


def remove_host(board: "Board", at: int, by: str, action: act.RemoveHost) -> Deed:
    if action.host not in board.hosts:
        raise Refused(Code.NOT_ALLOWED, "This board has no such host.")
    if len(board.hosts) == 1:
        raise Refused(Code.NOT_ALLOWED, "A board needs a host. Add another one first.")

    def deed() -> Change:
        del board.hosts[action.host]
        return Change(roles=True)

    return deed


def make_invites(board: "Board", at: int, by: str, action: act.MakeInvites) -> Deed:
    if board.invitations.count + action.count > MAX_INVITES:
        raise Refused(Code.TOO_MANY, f"A board has at most {MAX_INVITES:,} invitations.")

    def deed() -> Change:
        board.invitations.add(action.batch, action.count)
        return Change()

    return deed


def revoke_invite(board: "Board", at: int, by: str, action: act.RevokeInvite) -> Deed:
    if board.invitations.number(action.invite) is None:
        raise Refused(Code.NOT_ALLOWED, "This board has no such invitation.")
    if not board.invitations.admits(action.invite):
        raise Refused(Code.NOT_ALLOWED, "This invitation was taken back already.")

    def deed() -> Change:
        board.invitations.revoked.add(action.invite)
        return Change(roles=True)

    return deed


def admit(board: "Board", at: int, by: str, action: act.Admit) -> Deed:
    def deed() -> Change:
        board.admitted.update(action.seats)
        return Change(roles=True, people=True)

    return deed


def observe(board: "Board", at: int, by: str, action: act.Observe) -> Deed:
    # That an observer does not vote is asked where a vote comes in (`live/admission.py`): in a
    # secret round the log names a voter by a keyed hash, and cannot tell which seat it is.
    def deed() -> Change:
        if action.on:
            board.observing.add(by)
        else:
            board.observing.discard(by)
        return Change(people=True, observer=by)

    return deed


ROLES: dict[type[act.Action], Callable[["Board", int, str, Any], Deed]] = {
    act.AddHost: add_host,
    act.RemoveHost: remove_host,
    act.MakeInvites: make_invites,
    act.RevokeInvite: revoke_invite,
    act.Observe: observe,
    act.Admit: admit,
}
