"""Creates boards: codes, host keys, and the board that a fresh server opens by itself."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple, Protocol

from msgspec import Meta, Struct, structs

from server.domain import actions as act
from server.domain import limits
from server.domain.board import Board
from server.domain.board_text import BoardText
from server.domain.criteria import MAX_CRITERIA, CriterionDraft
from server.domain.gates import MAX_GATES, GateDraft, drafts_of
from server.domain.hosts import Host
from server.domain.limits import ALPHABET
from server.domain.options import Option, OptionDraft, OptionError, complete
from server.domain.refusals import Code, Refused
from server.domain.rules import BoardSettings, Names, RoundSettings, Visibility
from server.domain.templates import Template
from server.domain.text import tidy, visible
from server.live.commands.options import completed_criteria, completed_gates, unfit
from server.live.hub import Hub
from server.words.catalogue import words

CODE_LENGTH = 6
_TYPED = 100
"""The longest input that is parsed as a code; parsing a whole page would take long."""
DEFAULT_CODE = "FRAMEWORKS"
"""The code of the board that a fresh server opens by itself."""
DEFAULT_TEMPLATE = "python-web-frameworks"


class BoardDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A board as a client submits it."""

    title: limits.Title
    context: limits.Context = ""
    options: Annotated[tuple[OptionDraft, ...], Meta(min_length=1, max_length=limits.MAX_OPTIONS)]
    criteria: Annotated[tuple[CriterionDraft, ...], Meta(max_length=MAX_CRITERIA)] = ()
    gates: Annotated[tuple[GateDraft, ...], Meta(max_length=MAX_GATES)] = ()
    settings: BoardSettings = BoardSettings()


class BoardCreator(Protocol):
    """Whatever appends the first entries of a board to its log."""

    async def create(self, code: str, entries: Sequence[act.Entry]) -> bool:
        """Create a board; return False if the code is taken. Raises StoreAwayError."""


class CreatedBoard(NamedTuple):
    """A new board, and the key that makes its holder a host. The key is stored nowhere else."""

    code: str
    host_key: str


def read_code(typed: str) -> str | None:
    """Parse a code as people type it; None if it is not a code.

    It may be in any case, with hyphens or blanks, a whole link, or surrounded by the punctuation
    that a sentence or a mail program added.
    """
    if len(typed) > _TYPED:
        return None
    if "/b/" in typed:
        typed = re.split(r"[/?#]", typed.partition("/b/")[2])[0]
    typed = re.sub(r"^[\W_]+|[\W_]+$", "", typed)
    code = re.sub(r"[\s-]", "", typed).upper()
    return code if re.fullmatch(r"[A-Z0-9]{1,16}", code) else None


def show_code(code: str) -> str:
    """Format a code for people to read: `K7Q-F2M`."""
    return f"{code[:3]}-{code[3:]}" if len(code) == CODE_LENGTH else code


def key_hash(key: str) -> str:
    """Return the hash of a host key that is stored. The key is random and long: plain SHA-256 is
    enough.
    """
    return hashlib.sha256(key.encode()).hexdigest()


def host_of(key: str, hosts: Mapping[str, Host]) -> str | None:
    """Return the id of the host who holds a key, in a time that does not depend on the key."""
    hashed = key_hash(key)
    fitting = [id_ for id_, host in hosts.items() if hmac.compare_digest(hashed, host.key)]
    return fitting[0] if fitting else None


def draft_of(template: Template) -> BoardDraft:
    """Return the draft of a board made from a template."""
    drafts = [OptionDraft(**structs.asdict(option)) for option in template.options]
    criteria = [CriterionDraft(**structs.asdict(criterion)) for criterion in template.criteria]
    return BoardDraft(
        title=template.title,
        context=template.context,
        options=tuple(drafts),
        criteria=tuple(criteria),
        gates=drafts_of(template.gates),
    )


def draft_of_text(
    read: BoardText,
    title: str = "",
    context: str = "",
    settings: BoardSettings = BoardSettings(),  # noqa: B008 - frozen
) -> BoardDraft:
    """Return the draft of a board made from a text; what is given comes before what the text says.

    Raises Refused `bad_settings`.
    """
    title = title.strip() or read.title
    if not title:
        raise Refused(Code.BAD_SETTINGS, words("refusal-board-title"))
    if read.problem:
        raise Refused(Code.BAD_SETTINGS, read.problem)
    return BoardDraft(
        title=title,
        context=context.strip() or read.context,
        options=read.options,
        criteria=read.criteria,
        gates=read.gates,
        settings=settings,
    )


def draft_like(board: Board) -> BoardDraft:
    """Return the draft of another board like this one, without its people, rounds and comments."""
    return BoardDraft(
        title=board.title,
        context=board.context,
        options=tuple(OptionDraft(**structs.asdict(option)) for option in board.options),
        criteria=tuple(CriterionDraft(**structs.asdict(each)) for each in board.criteria),
        gates=drafts_of(board.gates),
        settings=board.settings,
    )


async def create_board(
    hub: BoardCreator, draft: BoardDraft, *, host: str = "", lead: str = ""
) -> CreatedBoard:
    """Create a board. Raises Refused `bad_settings` for invalid options, and StoreAwayError.

    A question of the meeting that `lead` leads belongs to the host whose key has the hash `host`,
    and has no key of its own.
    """
    title, context, options = _checked(draft)
    criteria = completed_criteria(draft.criteria)
    gates = completed_gates(draft.gates)
    key = "" if host else secrets.token_urlsafe(24)
    joins = (act.JoinMeeting(lead=lead),) if lead else ()
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        create = act.Create(
            code=code,
            title=title,
            context=context,
            settings=draft.settings,
            options=options,
            criteria=criteria,
            gates=gates,
            host=host or key_hash(key),
        )
        first: tuple[act.AnyAction, ...] = (create, *joins)
        entries = [act.Entry(rules=act.RULES, action=action) for action in first]
        if await hub.create(code, entries):
            return CreatedBoard(code, key)


async def open_default(hub: Hub, template: Template, host_key: str) -> bool:
    """Create the board `FRAMEWORKS` unless it exists. Raises StoreAwayError."""
    create = act.Create(
        code=DEFAULT_CODE,
        title=template.title,
        context=template.context,
        options=template.options,
        criteria=template.criteria,
        gates=template.gates,
        host=key_hash(host_key),
    )
    # With open names the first vote moves a bar. A secret round moves in steps of several ballots.
    first_round = act.OpenRound(
        method="approval",
        settings=RoundSettings(visibility=Visibility.LIVE, names=Names.OPEN, shuffle=True),
    )
    entries = [act.Entry(rules=act.RULES, action=action) for action in (create, first_round)]
    # Also while its node has not answered yet: this is done when it is about to.
    return await hub.log.create(DEFAULT_CODE, [act.encode(entry) for entry in entries])


def _checked(draft: BoardDraft) -> tuple[str, str, tuple[Option, ...]]:
    try:
        title = tidy(draft.title)
        context = tidy(draft.context, lines=True)
    except ValueError as error:
        raise Refused(
            Code.BAD_SETTINGS, words("refusal-title-or-context", problem=str(error))
        ) from error
    if not visible(title):
        raise Refused(Code.BAD_SETTINGS, words("refusal-board-title"))
    try:
        return title, context, complete(draft.options)
    except OptionError as error:
        raise unfit(error) from error
