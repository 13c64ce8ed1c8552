"""The history of the meeting: what the hosts of a board did, in words.

It is derived from the actions alone, so every process tells the same history. It tells what was
done but never what resulted: no result, no ballot, no text of a comment.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from msgspec import UNSET, Struct, structs

from server.domain import actions as act
from server.domain.methods import METHODS
from server.domain.options import FURTHER_DISCUSSION, Option
from server.domain.rules import About, Comments, Entrance, Proposing, TieBreak, Visibility, given
from server.domain.state import BoardState
from server.words.catalogue import words

KEPT = 2_000
"""How many of the newest events a board remembers."""
_THE_HOST = words("history-the-host")
_THE_CLOCK = words("history-the-clock")
_THE_SERVER = words("history-the-server")
_SHOWN = {
    Visibility.ON_REVEAL: words("history-round-hidden"),
    Visibility.AFTER_VOTE: words("history-round-after-vote"),
    Visibility.LIVE: words("history-round-live"),
}
_TIES = {
    TieBreak.LISTED: words("history-round-tie-listed"),
    TieBreak.LOT: words("history-round-tie-lot"),
}
_SETTINGS: dict[tuple[str, object], str] = {
    ("show_names", True): words("history-show-names"),
    ("show_names", False): words("history-hide-names"),
    ("host_sees_results", True): words("history-host-sees"),
    ("host_sees_results", False): words("history-host-blind"),
    ("comments", Comments.OPEN): words("history-comments-open"),
    ("comments", Comments.CLOSED): words("history-comments-closed"),
    ("proposals", Proposing.OPEN): words("history-proposals-open"),
    ("proposals", Proposing.CRITERIA): words("history-proposals-criteria"),
    ("proposals", Proposing.CLOSED): words("history-proposals-closed"),
    ("entry", Entrance.OPEN): words("history-entry-open"),
    ("entry", Entrance.ADMITTED): words("history-entry-admitted"),
    ("entry", Entrance.INVITED): words("history-entry-invited"),
    ("address", None): words("history-any-address"),
}


HostsWord = act.PinComment | act.HideComment | act.SetArgument
"""What a host does to a comment."""


class Event(Struct, frozen=True, kw_only=True):
    """Something a host did. `at` is milliseconds since 1970 by the store's clock."""

    seq: int
    at: int
    who: str
    what: str
    """The rest of a sentence that begins with `who`."""


class DeferredEvent(NamedTuple):
    """What a host did to a comment that does not exist, described as far as possible without it."""

    event: Event
    action: HostsWord
    options: tuple[Option, ...]
    """The options of the board at that time."""


def event(board: BoardState, at: int, entry: act.Entry) -> Event | None:
    """Describe a valid entry before it is applied; None if it is not an act of a host."""
    told = _WORDS.get(type(entry.action))
    if told is None:
        return None
    what = told(board, entry.action)
    if isinstance(entry.action, act.RemoveHost) and entry.action.host == entry.host:
        what = words("history-host-left")
    return Event(seq=board.seq, at=at, who=_who(board, entry), what=what)


def deferred_event(
    board: BoardState, at: int, entry: act.Entry, action: HostsWord
) -> DeferredEvent:
    """Describe what a host did to a comment that does not exist, as far as possible.

    If the comment was erased from the log, its deletion comes later and names its option;
    `insert_deferred` then completes the description.
    """
    what = words("history-moderated", done=_done(action))
    incomplete = Event(seq=board.seq, at=at, who=_who(board, entry), what=what)
    return DeferredEvent(incomplete, action, board.options)


def insert_deferred(history: deque[Event], late: Sequence[DeferredEvent], option: str) -> None:
    """Insert events that were incomplete before at their place in the history."""
    completed = [
        structs.replace(each.event, what=_moderated(each.action, each.options, option))
        for each in late
    ]
    events = sorted([*history, *completed], key=lambda event: event.seq)
    history.clear()
    history.extend(events)


def _who(board: BoardState, entry: act.Entry) -> str:
    if host := board.hosts.get(entry.host):
        return host.name or _THE_HOST
    if entry.by or isinstance(entry.action, act.Create):
        return _THE_HOST
    return _THE_CLOCK if isinstance(entry.action, act.LockRound) else _THE_SERVER


def _open_round(board: BoardState, action: act.OpenRound) -> str:
    settings = action.settings
    parts = [
        METHODS[action.method].name,
        _SHOWN[settings.visibility],
        words(f"history-ballots-{settings.names}"),
    ]
    if action.options is not None:
        parts.append(
            words("history-round-options", some=len(action.options), all=len(board.options))
        )
    if settings.about is About.CRITERIA:
        parts.append(words("history-round-criteria"))
    if settings.seconds is not None:
        parts.append(_time(settings.seconds))
    if settings.tie_break in _TIES:
        parts.append(_TIES[settings.tie_break])
    if settings.sealed_talk is True:
        parts.append(words("history-round-sealed"))
    if settings.experience is True:
        parts.append(words("history-round-experience"))
    if settings.stances is True:
        parts.append(words("history-round-stances"))
    details = words("list-comma").join(parts)
    return words("history-open-round", round=len(board.rounds) + 1, details=details)


def _set_board(_: BoardState, action: act.SetBoard) -> str:
    parts = []
    if action.title is not UNSET:
        parts.append(words("history-renamed", title=action.title))
    if action.context is not UNSET:
        parts.append(words("history-context"))
    if action.settings is not UNSET:
        parts += [_setting(name, value) for name, value in given(action.settings).items()]
    return words("list-comma").join(parts) or words("history-nothing")


def _setting(name: str, value: object) -> str:
    if name == "address" and value is not None:
        return words("history-address", address=str(value))
    return _SETTINGS[name, value]


def _moderate(board: BoardState, action: HostsWord) -> str:
    return _moderated(action, board.options, board.comments[action.comment].option)


def _moderated(action: HostsWord, options: tuple[Option, ...], option: str) -> str:
    return words("history-moderated-on", done=_done(action), option=_name(options, option))


def _done(action: HostsWord) -> str:
    if isinstance(action, act.SetArgument):
        return action.side or "unchosen"
    if isinstance(action, act.PinComment):
        return "pinned" if action.on else "unpinned"
    return "hid" if action.on else "unhid"


def _name(options: tuple[Option, ...], option: str) -> str:
    if option == FURTHER_DISCUSSION:
        return words("further-discussion")
    return next((each.name for each in options if each.id == option), option)


def _time(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return words("history-seconds", seconds=rest)
    if not rest:
        return words("history-minutes", minutes=minutes)
    return words("history-minutes-seconds", minutes=minutes, seconds=rest)


def _accept(_: BoardState, action: act.AcceptProposal) -> str:
    if action.criterion is not None:
        return words("history-accept-criterion", criterion=action.criterion.name)
    return words("history-accept-proposal", option=action.option.name if action.option else "")


def _merge(board: BoardState, action: act.MergeProposal) -> str:
    found = board.proposals.get(action.proposal)
    if found is not None and found.about is About.CRITERIA:
        names = {each.id: each.name for each in board.criteria}
        return words("history-merge-proposal", option=names.get(action.option, action.option))
    return words("history-merge-proposal", option=_name(board.options, action.option))


def _reopen(board: BoardState, _: act.Reopen) -> str:
    if board.decision is None:
        return words("history-reopen-deferred")
    return words("history-reopen", option=_name(board.options, board.decision.option))


def _go_to_question(board: BoardState, action: act.GoToQuestion) -> str:
    if action.question is None:
        return words("history-end-meeting")
    # Only valid entries are told, so there is a meeting with this question.
    questions = board.meeting.questions if board.meeting else (action.question,)
    n = questions.index(action.question) + 1
    return words("history-go-to-question", n=n, code=action.question)


def _renew_invite(board: BoardState, action: act.RenewInvite) -> str:
    n = _number(board, action.invite)
    if not action.round:
        return words("history-renewed", n=n)
    return words("history-renewed-in-round", n=n, round=action.round)


def _number(board: BoardState, invite: str) -> int:
    # Only valid entries are told, so the invitation exists.
    return board.invitations.number(invite) or 0


def _remove_host(board: BoardState, action: act.RemoveHost) -> str:
    if name := board.hosts[action.host].name:
        return words("history-remove-host", name=name)
    return words("history-remove-first-host")


_WORDS: dict[type[act.Action], Callable[[BoardState, Any], str]] = {
    act.Create: lambda _, action: words("history-create", title=action.title),
    act.SetBoard: _set_board,
    act.AddOption: lambda _, action: words("history-add-option", option=action.option.name),
    act.EditOption: lambda board, action: words(
        "history-edit-option", option=_name(board.options, action.option.id)
    ),
    act.RemoveOption: lambda board, action: words(
        "history-remove-option", option=_name(board.options, action.option)
    ),
    act.SetGates: lambda _, action: words("history-set-gates", n=len(action.gates)),
    act.AnswerGate: lambda board, action: words(
        "history-answer-gate",
        gate=next(gate.name for gate in board.gates if gate.id == action.gate),
        option=_name(board.options, action.option),
        answer=action.answer,
    ),
    act.SetCriteria: lambda _, action: words("history-set-criteria", n=len(action.criteria)),
    act.TakeWeights: lambda _, action: words("history-take-weights", round=action.round),
    act.AcceptProposal: _accept,
    act.MergeProposal: _merge,
    act.DeclineProposal: lambda *_: words("history-decline-proposal"),
    act.OpenRound: _open_round,
    act.LockRound: lambda _, action: words("history-lock", round=action.round),
    act.RevealRound: lambda board, action: words(
        "history-reveal" if board.latest_round(action.round).shown_at is None else "history-hurry",
        round=action.round,
    ),
    act.ReopenRound: lambda _, action: words("history-reopen-round", round=action.round),
    act.ExtendRound: lambda _, action: words(
        "history-extend", round=action.round, time=_time(action.seconds)
    ),
    act.PauseRound: lambda _, action: words(
        "history-pause" if action.on else "history-resume", round=action.round
    ),
    act.HideComment: _moderate,
    act.PinComment: _moderate,
    act.SetArgument: _moderate,
    act.Decide: lambda board, action: words(
        "history-decide", option=_name(board.options, action.option)
    ),
    act.ScorePrediction: lambda _, action: words(
        "history-score",
        n=action.prediction,
        came_true={True: "yes", False: "no", None: "unknown"}[action.came_true],
    ),
    act.AssignRisk: lambda _, action: words(
        "history-assign-risk", owner=action.owner, some="yes" if action.owner else "no"
    ),
    act.OpenPremortem: lambda board, action: words(
        "history-open-premortem", option=_name(board.options, action.option)
    ),
    act.RevealPremortem: lambda *_: words("history-reveal-premortem"),
    act.Defer: lambda _, action: words("history-defer", day=action.revisit_on, owner=action.owner),
    act.Reopen: _reopen,
    act.Archive: lambda _, action: words("history-archive" if action.on else "history-unarchive"),
    act.Admit: lambda _, action: words("history-admit", n=len(action.seats)),
    act.AddHost: lambda _, action: words("history-add-host", name=action.name),
    act.RemoveHost: _remove_host,
    act.MakeInvites: lambda _, action: words("history-make-invitations", n=action.count),
    act.RenewInvite: _renew_invite,
    act.RevokeInvite: lambda board, action: words(
        "history-revoke", n=_number(board, action.invite)
    ),
    act.JoinMeeting: lambda board, action: words(
        "history-join-meeting" if action.lead else "history-leave-meeting",
        code=action.lead or board.lead,
    ),
    act.AddQuestion: lambda _, action: words("history-add-question", code=action.question),
    act.MoveQuestion: lambda _, action: words(
        "history-move-question", code=action.question, place=action.place
    ),
    act.RemoveQuestion: lambda _, action: words("history-remove-question", code=action.question),
    act.GoToQuestion: _go_to_question,
}
