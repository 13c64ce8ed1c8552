"""What the hosts of a board did, in words: the history of the meeting.

Made from the actions alone, so each process tells the same. It tells what was done and never
what came of it: no result, no ballot, no words of a comment.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import UNSET, Struct, structs

from server.domain import actions as act
from server.domain.options import Option
from server.domain.rules import Comments, Entrance, TieBreak, Visibility, given

if TYPE_CHECKING:
    from server.domain.board import Board

KEPT = 2_000
"""How many events a board remembers, the newest."""
_THE_HOST, _THE_CLOCK, _THE_SERVER = "The host", "The clock", "The server"
_SHOWN = {
    Visibility.ON_REVEAL: "results hidden until the reveal",
    Visibility.AFTER_VOTE: "results shown to who has voted",
    Visibility.LIVE: "results shown live",
}
_TIES = {
    TieBreak.LISTED: "ties settled by the list",
    TieBreak.LOT: "ties settled by lot",
}
_SETTINGS: dict[tuple[str, object], str] = {
    ("show_names", True): "showed names",
    ("show_names", False): "hid names",
    ("host_sees_results", True): "let the host see hidden results",
    ("host_sees_results", False): "hid results from the host too",
    ("comments", Comments.OPEN): "opened the talk",
    ("comments", Comments.CLOSED): "closed the talk",
    ("entry", Entrance.OPEN): "let everybody take part",
    ("entry", Entrance.ADMITTED): "let newcomers wait at the door",
    ("entry", Entrance.INVITED): "let only those with an invitation take part",
}


HostsWord = act.PinComment | act.HideComment
"""What a host says about a comment."""


class Event(Struct, frozen=True, kw_only=True):
    """Something a host did. `at` is milliseconds since 1970 by the store's clock."""

    seq: int
    at: int
    who: str
    what: str
    """The rest of a sentence that begins with `who`."""


class Untold(NamedTuple):
    """What a host did to a comment that is not there, as far as it can be told without it."""

    event: Event
    options: tuple[Option, ...]
    """Those that the board had then."""


def event(board: "Board", at: int, entry: act.Entry) -> Event | None:
    """Tell what an entry will do that was found right; None where no host does it."""
    words = _WORDS.get(type(entry.action))
    if words is None:
        return None
    what = words(board, entry.action)
    if isinstance(entry.action, act.RemoveHost) and entry.action.host == entry.host:
        what = "gave up the host's right"
    return Event(seq=board.seq, at=at, who=_who(board, entry), what=what)


def untold(board: "Board", at: int, entry: act.Entry, action: HostsWord) -> Untold:
    """Tell as much as can be told where a host acts on a comment that is not there.

    Where the comment was erased from the log, its deletion comes later and says which option
    it was about: then all is known, see `tell_of`.
    """
    told = Event(seq=board.seq, at=at, who=_who(board, entry), what=_done(action))
    return Untold(told, board.options)


def tell_of(history: deque[Event], late: Sequence[Untold], option: str) -> None:
    """Put what could not be told before in its place in the history."""
    told = [
        structs.replace(event, what=f"{event.what} on {_name(options, option)}")
        for event, options in late
    ]
    events = sorted([*history, *told], key=lambda event: event.seq)
    history.clear()
    history.extend(events)


def _who(board: "Board", entry: act.Entry) -> str:
    if host := board.hosts.get(entry.host):
        return host.name or _THE_HOST
    if entry.by or isinstance(entry.action, act.Create):
        return _THE_HOST
    return _THE_CLOCK if isinstance(entry.action, act.LockRound) else _THE_SERVER


def _open_round(board: "Board", action: act.OpenRound) -> str:
    settings = action.settings
    parts = [action.method, _SHOWN[settings.visibility], f"{settings.names} ballots"]
    if action.options is not None:
        parts.append(f"{len(action.options)} of {len(board.options)} options")
    if settings.seconds is not None:
        parts.append(_time(settings.seconds))
    if settings.tie_break in _TIES:
        parts.append(_TIES[settings.tie_break])
    return f"opened round {len(board.rounds) + 1}: {', '.join(parts)}"


def _set_board(_: "Board", action: act.SetBoard) -> str:
    parts = []
    if action.title is not UNSET:
        parts.append(f"named the board “{action.title}”")
    if action.context is not UNSET:
        parts.append("changed what everyone should know")
    if action.settings is not UNSET:
        parts += [_SETTINGS[name, value] for name, value in given(action.settings).items()]
    return ", ".join(parts) or "changed nothing"


def _moderate(board: "Board", action: HostsWord) -> str:
    return f"{_done(action)} on {_name(board.options, board.comments[action.comment].option)}"


def _done(action: HostsWord) -> str:
    if isinstance(action, act.PinComment):
        return f"{'pinned' if action.on else 'unpinned'} a comment"
    return f"{'hid' if action.on else 'showed'} a comment"


def _name(options: tuple[Option, ...], option: str) -> str:
    return next((each.name for each in options if each.id == option), option)


def _time(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes} min"] * bool(minutes) + [f"{rest} s"] * bool(rest)
    return " ".join(parts)


def _reopen(board: "Board", _: act.Reopen) -> str:
    option = board.decision.option if board.decision else ""
    return f"took back the decision for {_name(board.options, option)}"


def _people(count: int) -> str:
    return "a newcomer" if count == 1 else f"{count} newcomers"


def _invites(count: int) -> str:
    return "an invitation" if count == 1 else f"{count} invitations"


def _renew_invite(board: "Board", action: act.RenewInvite) -> str:
    told = f"renewed invitation {board.invitations.number(action.invite)}"
    return f"{told}, with any ballot it had in round {action.round}" if action.round else told


_WORDS: dict[type[act.Action], Callable[["Board", Any], str]] = {
    act.Create: lambda _, action: f"made the board “{action.title}”",
    act.SetBoard: _set_board,
    act.AddOption: lambda _, action: f"added {action.option.name}",
    act.EditOption: lambda board, action: f"edited {_name(board.options, action.option.id)}",
    act.RemoveOption: lambda board, action: f"removed {_name(board.options, action.option)}",
    act.OpenRound: _open_round,
    act.LockRound: lambda _, action: f"closed voting in round {action.round}",
    act.RevealRound: lambda _, action: f"revealed round {action.round}",
    act.ExtendRound: lambda _, action: f"gave round {action.round} {_time(action.seconds)} more",
    act.PauseRound: lambda _, action: (
        f"{'paused the clock' if action.on else 'let the clock go on'} in round {action.round}"
    ),
    act.HideComment: _moderate,
    act.PinComment: _moderate,
    act.Decide: lambda board, action: f"decided for {_name(board.options, action.option)}",
    act.Reopen: _reopen,
    act.Admit: lambda _, action: f"let in {_people(len(action.seats))}",
    act.AddHost: lambda _, action: f"made {action.name} a host",
    act.RemoveHost: lambda board, action: (
        f"took the host's right from {board.hosts[action.host].name or 'the first host'}"
    ),
    act.MakeInvites: lambda _, action: f"made {_invites(action.count)}",
    act.RenewInvite: _renew_invite,
    act.RevokeInvite: lambda board, action: (
        f"took back invitation {board.invitations.number(action.invite)}"
    ),
}
