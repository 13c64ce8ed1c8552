"""What people vote on: an option, and how what a person typed becomes one."""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from server.domain.limits import (
    MAX_OPTIONS,
    Features,
    Hue,
    Link,
    OptionName,
    Slug,
    Strapline,
    SuitedTo,
    Tags,
    breach,
)
from server.domain.text import free_slug, same_name, slug, tidy, visible

# Far apart for neighbours, so that a board of few options is easy to tell apart.
HUES = (150, 265, 185, 55, 15, 235, 310, 100, 335, 210)

# The line that a round adds to the ballot on request; no option may pose as it.
FURTHER_DISCUSSION = "further-discussion"


class Option(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the ballot, complete: as the log, the board and every client hold it."""

    id: Slug
    name: OptionName
    strapline: Strapline = ""
    features: Features = ()
    suited_to: SuitedTo = ""
    link: Link = ""
    tags: Tags = ()
    hue: Hue = 0


class OptionDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An option as a person or a file gives it: the id and the hue may be left to the board."""

    id: Slug | None = None
    name: OptionName
    strapline: Strapline = ""
    features: Features = ()
    suited_to: SuitedTo = ""
    link: Link = ""
    tags: Tags = ()
    hue: Hue | None = None


class OptionError(ValueError):
    """An option cannot stand on the board; `str()` of it tells a person why.

    `index` counts the drafts from 0, `field` and `problem` are the two halves
    of the sentence (`link`, `must start with http:// or https://`). An error of
    the whole list has neither index nor field.
    """

    def __init__(
        self,
        problem: str,
        *,
        field: str = "",
        index: int | None = None,
        code: Literal["too_long", "too_many", "not_understood"] = "not_understood",
    ) -> None:
        if index is None:
            super().__init__(problem)
        else:
            super().__init__(f"Option {index + 1}: {_spoken(field)} {problem}.")
        self.problem = problem
        self.field = field
        self.index = index
        self.code = code


def _spoken(field: str) -> str:
    """Say a field as a person counts: `features[0]` is feature 1."""
    field = re.sub(r"s\[(\d+)\]$", lambda match: f" {int(match[1]) + 1}", field)
    return field.replace("_", " ")


def complete(drafts: Iterable[OptionDraft], taken: Iterable[Option] = ()) -> tuple[Option, ...]:
    """Make options of drafts, beside those already `taken` on the same board.

    An id that is left out is made from the name, a hue goes by the position on
    the board. Raises OptionError for what a person has to put right.
    """
    there = tuple(taken)
    tidied = [_tidied(draft, index) for index, draft in enumerate(drafts)]
    _check_count(len(there) + len(tidied))
    _refuse_doubles("name", there, tidied, same_name)
    _refuse_doubles("id", there, tidied, str)

    ids = {FURTHER_DISCUSSION, *(option.id for option in there)}
    ids.update(draft.id for draft in tidied if draft.id is not None)
    hues = {option.hue for option in there}
    hues.update(draft.hue for draft in tidied if draft.hue is not None)
    options = []
    for position, draft in enumerate(tidied, start=len(there)):
        made = draft.id
        if made is None:
            made = free_slug(slug(draft.name) or f"option-{position + 1}", ids)
            ids.add(made)
        hue = _free_hue(position, hues) if draft.hue is None else draft.hue
        hues.add(hue)
        options.append(Option(**{**msgspec.structs.asdict(draft), "id": made, "hue": hue}))
    return tuple(options)


def _free_hue(position: int, taken: Collection[int]) -> int:
    """Give the hue of a position, or the next free one where an option has gone in between."""
    start = position % len(HUES)
    order = HUES[start:] + HUES[:start]
    return next((hue for hue in order if hue not in taken), order[0])


def _check_count(number: int) -> None:
    if number == 0:
        raise OptionError("A board needs at least one option.")
    if number > MAX_OPTIONS:
        raise OptionError(
            f"A board holds at most {MAX_OPTIONS} options; this would make {number}.",
            code="too_many",
        )


def _tidied(draft: OptionDraft, index: int) -> OptionDraft:
    """Take off needless space, and check everything that one draft alone can get wrong."""

    def line(field: str, text: str) -> str:
        try:
            return tidy(text)
        except ValueError as error:
            raise OptionError(str(error), field=field, index=index) from None

    values = msgspec.structs.asdict(draft)
    for field in ("name", "strapline", "suited_to", "link"):
        values[field] = line(field, values[field])
    for field in ("features", "tags"):
        values[field] = [line(f"{field}[{n}]", text) for n, text in enumerate(values[field])]
    try:
        # Once more although a client's draft was checked as it was read: one
        # made in code was not, and what was only spaces is empty by now.
        tidied = msgspec.convert(values, OptionDraft)
    except msgspec.ValidationError as error:
        found = breach(error)
        raise OptionError(found.problem, field=found.field, index=index, code=found.code) from None
    if not visible(tidied.name):
        raise OptionError("must not be empty", field="name", index=index)
    if tidied.id == FURTHER_DISCUSSION:
        raise OptionError("is kept for the line of that name", field="id", index=index)
    if tidied.link:
        _check_link(tidied.link, index)
    return tidied


def _check_link(link: str, index: int) -> None:
    if not link.lower().startswith(("http://", "https://")):
        raise OptionError("must start with http:// or https://", field="link", index=index)
    try:
        parts = urlsplit(link)
        # Reading the port is what checks it.
        usable = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable or "\\" in link or re.search(r"\s", link):
        raise OptionError(
            "must be a whole address, such as https://example.org/", field="link", index=index
        )


def _refuse_doubles(
    field: Literal["name", "id"],
    there: Iterable[Option],
    drafts: Iterable[OptionDraft],
    key: Callable[[str], str],
) -> None:
    seen = {key(getattr(option, field)) for option in there}
    for index, draft in enumerate(drafts):
        value: str | None = getattr(draft, field)
        if value is None:
            continue
        if key(value) in seen:
            raise OptionError(f"“{value}” is there already", field=field, index=index)
        seen.add(key(value))
