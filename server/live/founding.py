"""Making boards: codes, host keys, and the board that a fresh server opens by itself."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct, structs

from server.domain import actions as act
from server.domain import limits
from server.domain.criteria import MAX_CRITERIA, CriterionDraft
from server.domain.hosts import Host
from server.domain.limits import ALPHABET
from server.domain.options import Option, OptionDraft, OptionError, complete
from server.domain.refusals import Code, Refused
from server.domain.rules import BoardSettings, RoundSettings, Visibility
from server.domain.templates import Template
from server.domain.text import tidy, visible
from server.live.hub import Hub
from server.live.requests import completed_criteria, unfit

CODE_LENGTH = 6
_TYPED = 100
"""Characters that somebody may have typed as a code; to look through a whole page takes long."""
DEFAULT_CODE = "FRAMEWORKS"
"""The board that a fresh server opens by itself."""
DEFAULT_TEMPLATE = "python-web-frameworks"


class BoardDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A board as somebody typed it."""

    title: limits.Title
    context: limits.Context = ""
    options: Annotated[tuple[OptionDraft, ...], Meta(min_length=1, max_length=limits.MAX_OPTIONS)]
    criteria: Annotated[tuple[CriterionDraft, ...], Meta(max_length=MAX_CRITERIA)] = ()
    settings: BoardSettings = BoardSettings()


class Founded(NamedTuple):
    """A new board, and the key that makes its holder the host. It is kept nowhere else."""

    code: str
    host_key: str


def read_code(typed: str) -> str | None:
    """Read a code as people type it: any case, with hyphens or blanks, a whole link, and with what
    a sentence or a mail program put around it. None where it is none.
    """
    if len(typed) > _TYPED:
        return None
    if "/b/" in typed:
        typed = re.split(r"[/?#]", typed.partition("/b/")[2])[0]
    typed = re.sub(r"^[\W_]+|[\W_]+$", "", typed)
    code = re.sub(r"[\s-]", "", typed).upper()
    return code if re.fullmatch(r"[A-Z0-9]{1,16}", code) else None


def show_code(code: str) -> str:
    """Write a code as people read it: `K7Q-F2M`."""
    return f"{code[:3]}-{code[3:]}" if len(code) == CODE_LENGTH else code


def key_hash(key: str) -> str:
    """Return what of a host key is kept. The key is random and long: a plain hash will do."""
    return hashlib.sha256(key.encode()).hexdigest()


def host_of(key: str, hosts: Mapping[str, Host]) -> str | None:
    """Return the id of the host who holds a key, found in a time that tells nothing of it."""
    hashed = key_hash(key)
    fitting = [id_ for id_, host in hosts.items() if hmac.compare_digest(hashed, host.key)]
    return fitting[0] if fitting else None


def draft_of(template: Template) -> BoardDraft:
    """Return a board to be made from a template."""
    drafts = [OptionDraft(**structs.asdict(option)) for option in template.options]
    criteria = [CriterionDraft(**structs.asdict(criterion)) for criterion in template.criteria]
    return BoardDraft(
        title=template.title,
        context=template.context,
        options=tuple(drafts),
        criteria=tuple(criteria),
    )


async def found(hub: Hub, draft: BoardDraft) -> Founded:
    """Make a board. Raises Refused `bad_settings` for a bad list, StoreAwayError."""
    title, context, options = _checked(draft)
    criteria = completed_criteria(draft.criteria)
    key = secrets.token_urlsafe(24)
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        create = act.Create(
            code=code,
            title=title,
            context=context,
            settings=draft.settings,
            options=options,
            criteria=criteria,
            host=key_hash(key),
        )
        if await hub.create(code, [act.Entry(rules=act.RULES, action=create)]):
            return Founded(code, key)


async def open_default(hub: Hub, template: Template, host_key: str) -> bool:
    """Open the board `FRAMEWORKS` unless it is there. Raises StoreAwayError."""
    create = act.Create(
        code=DEFAULT_CODE,
        title=template.title,
        context=template.context,
        options=template.options,
        criteria=template.criteria,
        host=key_hash(host_key),
    )
    first_round = act.OpenRound(
        method="approval", settings=RoundSettings(visibility=Visibility.LIVE, shuffle=True)
    )
    entries = [act.Entry(rules=act.RULES, action=action) for action in (create, first_round)]
    return await hub.create(DEFAULT_CODE, entries)


def _checked(draft: BoardDraft) -> tuple[str, str, tuple[Option, ...]]:
    try:
        title = tidy(draft.title)
        context = tidy(draft.context, lines=True)
    except ValueError as error:
        raise Refused(Code.BAD_SETTINGS, f"The title or the context {error}.") from error
    if not visible(title):
        raise Refused(Code.BAD_SETTINGS, "The board needs a title.")
    try:
        return title, context, complete(draft.options)
    except OptionError as error:
        raise unfit(error) from error
