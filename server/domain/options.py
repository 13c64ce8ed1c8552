"""What people vote on: an option, and how what a person typed becomes one."""

from collections.abc import Iterable

from msgspec import Struct

from server.domain.limits import Features, Hue, Link, OptionName, Slug, Strapline, SuitedTo, Tags


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
    """An option cannot stand on the board; `str()` of it tells a person why."""


def complete(drafts: Iterable[OptionDraft], taken: Iterable[Option] = ()) -> tuple[Option, ...]:
    """Make options of drafts, beside those already `taken` on the same board."""
    raise NotImplementedError
