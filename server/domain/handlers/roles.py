"""Handlers that change who may do what: hosts, invitations, admission, observers."""

from collections.abc import Callable
from typing import Any

from server.domain import actions as act
from server.domain.changes import Change, Effect
from server.domain.hosts import MAX_HOSTS, Host
from server.domain.invitations import MAX_INVITES, MAX_RENEWALS
from server.domain.refusals import Code, Refusal, Refused
from server.domain.rounds import State
from server.domain.state import BoardState
from server.words.catalogue import words

TAKEN = Refusal(
    Code.TAKEN,
    words("refusal-link-taken"),
)


def add_host(board: BoardState, at: int, by: str, action: act.AddHost) -> Effect:
    if action.host in board.hosts:
        raise Refused(Code.NOT_ALLOWED, words("refusal-host-exists"))
    if any(host.name == action.name for host in board.hosts.values()):
        raise Refused(Code.BAD_SETTINGS, words("refusal-host-name-taken", name=action.name))
    if len(board.hosts) >= MAX_HOSTS:
        raise Refused(Code.TOO_MANY, words("refusal-hosts-full", max=MAX_HOSTS))

    def effect() -> Change:
        board.hosts[action.host] = Host(name=action.name, key=action.key)
        return Change()

    return effect


def remove_host(board: BoardState, at: int, by: str, action: act.RemoveHost) -> Effect:
    if action.host not in board.hosts:
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-such-host"))
    if len(board.hosts) == 1:
        raise Refused(Code.NOT_ALLOWED, words("refusal-last-host"))

    def effect() -> Change:
        del board.hosts[action.host]
        return Change(roles=True)

    return effect


def make_invites(board: BoardState, at: int, by: str, action: act.MakeInvites) -> Effect:
    if board.invitations.count + action.count > MAX_INVITES:
        raise Refused(Code.TOO_MANY, words("refusal-invitations-full", max=MAX_INVITES))

    def effect() -> Change:
        board.invitations.add(action.batch, action.count, by_claim=action.by_claim)
        return Change()

    return effect


def claim_invite(board: BoardState, at: int, by: str, action: act.ClaimInvite) -> Effect:
    invitations, invite = board.invitations, action.invite
    if invitations.number(invite) is None:
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-such-invitation"))
    if not invitations.admits(invite):
        raise Refused(Code.NOT_ALLOWED, words("refusal-invitation-revoked"))
    if action.renewal != invitations.renewals.get(invite, 0):
        raise Refused(
            Code.NOT_ALLOWED,
            words("refusal-invitation-renewed"),
        )
    if invitations.holders.get(invite, by) != by:
        raise Refused(TAKEN)

    def effect() -> Change:
        invitations.claim(invite, by, at)
        return Change(people=True, browsers=(by,))

    return effect


def offer_seat(board: BoardState, at: int, by: str, action: act.OfferSeat) -> Effect:
    held = board.invitations.invited_seat_of(by)
    if held is None or held.lost:
        raise Refused(Code.NOT_ALLOWED, words("refusal-not-holder"))

    def effect() -> Change:
        board.invitations.offer(held.invite, action.offer, at)
        return Change()

    return effect


def move_seat(board: BoardState, at: int, by: str, action: act.MoveSeat) -> Effect:
    invitations = board.invitations
    if invitations.has_accepted(by, action.offer):
        return Change
    invite = invitations.offered(action.offer, at)
    if invite is None:
        raise Refused(
            Code.NOT_ALLOWED,
            words("refusal-move-expired"),
        )
    if invitations.holders[invite] == by:
        raise Refused(Code.NOT_ALLOWED, words("refusal-seat-held-already"))

    def effect() -> Change:
        return Change(people=True, browsers=(invitations.accept(invite, by, at), by))

    return effect


def renew_invite(board: BoardState, at: int, by: str, action: act.RenewInvite) -> Effect:
    invitations, invite = board.invitations, action.invite
    if invitations.number(invite) is None:
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-such-invitation"))
    if not invitations.admits(invite):
        raise Refused(Code.NOT_ALLOWED, words("refusal-renew-revoked"))
    if invitations.renewals.get(invite, 0) >= MAX_RENEWALS:
        raise Refused(
            Code.TOO_MANY,
            words("refusal-renewals-full", max=MAX_RENEWALS),
        )
    current = board.round if board.round and board.round.state is not State.REVEALED else None
    if action.round != (current.n if current else 0):
        raise Refused(Code.ROUND_OPEN, words("refusal-renew-again"))
    used = invite in invitations.holders or invitations.is_legacy(invite)
    if (
        used
        and current
        and not current.shows_who_voted(host_sees_results=board.settings.host_sees_results)
    ):
        # Comparing the result before and after would reveal the ballot.
        raise Refused(
            Code.ROUND_OPEN,
            words("refusal-renew-visible", round=current.n),
        )

    def effect() -> Change:
        invitations.renew(invite)
        erased = [seq for voter in action.voters if current for seq in current.revoke(voter)]
        on = current is not None
        return Change(roles=True, tally=on, people=on, erased=tuple(sorted(erased)))

    return effect


def revoke_invite(board: BoardState, at: int, by: str, action: act.RevokeInvite) -> Effect:
    if board.invitations.number(action.invite) is None:
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-such-invitation"))
    if not board.invitations.admits(action.invite):
        raise Refused(Code.NOT_ALLOWED, words("refusal-revoked-already"))

    def effect() -> Change:
        board.invitations.revoked.add(action.invite)
        return Change(roles=True)

    return effect


def admit(board: BoardState, at: int, by: str, action: act.Admit) -> Effect:
    def effect() -> Change:
        board.admitted.update(action.seats)
        return Change(roles=True, people=True)

    return effect


def observe(board: BoardState, at: int, by: str, action: act.Observe) -> Effect:
    # Whether an observer may vote is checked when a vote arrives (`live/authorization.py`): in a
    # secret round the log identifies a voter by a keyed hash, and cannot tell which seat it is.
    def effect() -> Change:
        if action.on:
            board.observing.add(by)
        else:
            board.observing.discard(by)
        return Change(people=True, observer=by)

    return effect


ROLE_HANDLERS: dict[type[act.Action], Callable[[BoardState, int, str, Any], Effect]] = {
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
