"""How a board changes who may do what: the part of `CONDUCT` on hosts, invitations, the door,
observers.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from server.domain import actions as act
from server.domain.changes import Change, Deed
from server.domain.hosts import MAX_HOSTS, Host
from server.domain.invitations import MAX_INVITES, MAX_RENEWALS
from server.domain.refusals import Code, Refusal, Refused
from server.domain.rounds import State

if TYPE_CHECKING:
    from server.domain.board import Board

TAKEN = Refusal(
    Code.TAKEN, "This link is taken: another browser holds its seat. A link is claimed once."
)


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
        board.invitations.add(action.batch, action.count, by_claim=action.by_claim)
        return Change()

    return deed


def claim_invite(board: "Board", at: int, by: str, action: act.ClaimInvite) -> Deed:
    invitations, invite = board.invitations, action.invite
    if invitations.number(invite) is None:
        raise Refused(Code.NOT_ALLOWED, "This board has no such invitation.")
    if not invitations.admits(invite):
        raise Refused(
            Code.NOT_ALLOWED, "This invitation was taken back. Ask the host for another one."
        )
    if action.renewal != invitations.renewals.get(invite, 0):
        raise Refused(
            Code.NOT_ALLOWED,
            "The invitation was renewed. Ask the host for the new link.",
        )
    if invitations.holders.get(invite, by) != by:
        raise Refused(TAKEN)

    def deed() -> Change:
        invitations.claim(invite, by, at)
        return Change(people=True, browsers=(by,))

    return deed


def offer_seat(board: "Board", at: int, by: str, action: act.OfferSeat) -> Deed:
    place = board.invitations.place_of(by)
    if place is None or place.lost:
        raise Refused(
            Code.NOT_ALLOWED, "Only the browser that holds an invitation's seat can move it."
        )

    def deed() -> Change:
        board.invitations.offer(place.invite, action.offer, at)
        return Change()

    return deed


def move_seat(board: "Board", at: int, by: str, action: act.MoveSeat) -> Deed:
    invitations = board.invitations
    if invitations.has_accepted(by, action.offer):
        return Change
    invite = invitations.offered(action.offer, at)
    if invite is None:
        raise Refused(
            Code.NOT_ALLOWED,
            "This code is not good any more: it works once, and for five minutes. Make another "
            "one in the browser that holds the seat.",
        )
    if invitations.holders[invite] == by:
        raise Refused(Code.NOT_ALLOWED, "This browser holds the seat already.")

    def deed() -> Change:
        return Change(people=True, browsers=(invitations.accept(invite, by, at), by))

    return deed


def renew_invite(board: "Board", at: int, by: str, action: act.RenewInvite) -> Deed:
    invitations, invite = board.invitations, action.invite
    if invitations.number(invite) is None:
        raise Refused(Code.NOT_ALLOWED, "This board has no such invitation.")
    if not invitations.admits(invite):
        raise Refused(Code.NOT_ALLOWED, "This invitation was taken back. Make a new one.")
    if invitations.renewals.get(invite, 0) >= MAX_RENEWALS:
        raise Refused(
            Code.TOO_MANY, f"An invitation is renewed {MAX_RENEWALS} times at most. Make a new one."
        )
    current = board.round if board.round and board.round.state is not State.REVEALED else None
    if action.round != (current.n if current else 0):
        raise Refused(
            Code.ROUND_OPEN, "A round began or ended at this moment. Renew the invitation again."
        )
    used = invite in invitations.holders or invitations.is_legacy(invite)
    if (
        used
        and current
        and not current.shows_who_voted(host_sees_results=board.settings.host_sees_results)
    ):
        # The same number before and after would tell what the ballot said.
        raise Refused(
            Code.ROUND_OPEN,
            f"The result of round {current.n} is seen before its end, so a ballot that leaves it "
            "would be given away. Renew the invitation after the reveal.",
        )

    def deed() -> Change:
        invitations.renew(invite)
        erased = [seq for voter in action.voters if current for seq in current.strike(voter)]
        on = current is not None
        return Change(roles=True, tally=on, people=on, erased=tuple(sorted(erased)))

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
    act.ClaimInvite: claim_invite,
    act.OfferSeat: offer_seat,
    act.MoveSeat: move_seat,
    act.RenewInvite: renew_invite,
    act.RevokeInvite: revoke_invite,
    act.Observe: observe,
    act.Admit: admit,
}
