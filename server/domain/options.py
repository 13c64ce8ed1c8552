"""Options that people vote on, and how an option is made from what a person typed."""

import re
from collections.abc import Collection, Iterable
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
from server.domain.names import looks
from server.domain.text import free_slug, slug, tidy, visible
from server.words.catalogue import words

# Neighbours are far apart, so that the options of a small board are easy to tell apart.
HUES = (150, 265, 185, 55, 15, 235, 310, 100, 335, 210)
OTHER_HUE = 268
"""Of what is no option of the board, such as further discussion."""

# The line that a round adds to the ballot on request; no option may use its id.
FURTHER_DISCUSSION = "further-discussion"

_NUMBERED = re.compile(r"(features|tags)\[(\d+)\]")


class Option(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the ballot, complete, as stored in the log and known to every client."""

    id: Slug
    name: OptionName
    strapline: Strapline = ""
    features: Features = ()
    suited_to: SuitedTo = ""
    link: Link = ""
    tags: Tags = ()
    hue: Hue = 0


class OptionDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An option as a person or a file provides it; the id and the hue may be left to the board."""

    id: Slug | None = None
    name: OptionName
    strapline: Strapline = ""
    features: Features = ()
    suited_to: SuitedTo = ""
    link: Link = ""
    tags: Tags = ()
    hue: Hue | None = None


class OptionError(ValueError):
    """An option is invalid; `str()` of it tells a person why.

    `index` counts the drafts from 0; `field` and `problem` are the two halves of the sentence
    (`link`, `must start with http:// or https://`). An error about the whole list has neither index
    nor field.
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
            super().__init__(
                words("breach-option", n=index + 1, field=spoken(field), problem=problem)
            )
        self.problem = problem
        self.field = field
        self.index = index
        self.code = code


def spoken(field: str) -> str:
    """Name a field of an option the way a person does: `features[0]` is feature 1."""
    if numbered := _NUMBERED.fullmatch(field):
        return words("field-numbered", field=numbered[1], n=int(numbered[2]) + 1)
    return words("field-name", field=field)


def complete(drafts: Iterable[OptionDraft], taken: Iterable[Option] = ()) -> tuple[Option, ...]:
    """Complete drafts into options, given those `taken` already on the same board.

    A missing id is made from the name, a missing hue from the position on the board. Raises
    OptionError for mistakes a person has to correct.
    """
    there = tuple(taken)
    tidied, faults = _examined(drafts, there)
    if faults:
        raise faults[0]

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


def faults_of(drafts: Iterable[OptionDraft], taken: Iterable[Option] = ()) -> list[OptionError]:
    """Return everything that `complete` would refuse, the first one first."""
    return _examined(drafts, tuple(taken))[1]


def _examined(
    drafts: Iterable[OptionDraft], there: tuple[Option, ...]
) -> tuple[list[OptionDraft], list[OptionError]]:
    tidied: list[OptionDraft] = []
    faults: list[OptionError] = []
    seen = 0
    names = {look for option in there for look in looks(option.name)}
    taken = names, {option.id for option in there}
    for index, draft in enumerate(drafts):
        seen = index + 1
        try:
            tidy_draft = _tidied(draft, index)
            _refuse_double(tidy_draft, index, *taken)
            tidied.append(tidy_draft)
        except OptionError as error:
            faults.append(error)
    try:
        _check_count(len(there) + seen)
    except OptionError as error:
        faults.append(error)
    return tidied, faults


def _free_hue(position: int, taken: Collection[int]) -> int:
    """Return the hue of a position, or the next free one if options in between were removed."""
    start = position % len(HUES)
    order = HUES[start:] + HUES[:start]
    return next((hue for hue in order if hue not in taken), order[0])


def _check_count(number: int) -> None:
    if number == 0:
        raise OptionError(words("refusal-last-option"))
    if number > MAX_OPTIONS:
        raise OptionError(
            words("refusal-options-too-many", max=MAX_OPTIONS, count=number),
            code="too_many",
        )


def _tidied(draft: OptionDraft, index: int) -> OptionDraft:
    """Strip unneeded space, and check everything that can be wrong with a single draft."""

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
        # A client's draft was validated when it was decoded, but one made in code was not, and text
        # that was only spaces is empty by now.
        tidied = msgspec.convert(values, OptionDraft)
    except msgspec.ValidationError as error:
        found = breach(error)
        raise OptionError(found.problem, field=found.field, index=index, code=found.code) from None
    if not visible(tidied.name):
        raise OptionError(words("breach-not-empty"), field="name", index=index)
    if tidied.id == FURTHER_DISCUSSION:
        raise OptionError(words("breach-reserved"), field="id", index=index)
    if tidied.link:
        _check_link(tidied.link, index)
    return tidied


def _check_link(link: str, index: int) -> None:
    if not link.lower().startswith(("http://", "https://")):
        raise OptionError(words("breach-link-scheme"), field="link", index=index)
    try:
        parts = urlsplit(link)
        # Accessing the port validates it.
        usable = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable or "\\" in link or re.search(r"\s", link):
        raise OptionError(words("breach-link-whole"), field="link", index=index)


def _refuse_double(draft: OptionDraft, index: int, names: set[str], ids: set[str]) -> None:
    """Raise OptionError for a name or id that is taken; otherwise, take both."""
    name = looks(draft.name)
    if not names.isdisjoint(name):
        raise OptionError(
            words("breach-listed-already", value=draft.name), field="name", index=index
        )
    if draft.id in ids:
        raise OptionError(words("breach-listed-already", value=draft.id), field="id", index=index)
    names.update(name)
    if draft.id is not None:
        ids.add(draft.id)
