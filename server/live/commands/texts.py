"""Texts that people type, cleaned before they are logged."""

from server.domain import text
from server.domain.refusals import Code, Refused
from server.words.catalogue import words


def tidied(what: str, raw: str, *, lines: bool = False, empty: bool = False) -> str:
    """Return a text as it is logged. Raises Refused `not_understood`."""
    try:
        clean = text.tidy(raw.replace("\t", "    "), lines=lines)
    except ValueError as error:
        raise Refused(
            Code.NOT_UNDERSTOOD, words("refusal-text", what=what, problem=str(error))
        ) from error
    if not empty and not text.visible(clean):
        raise Refused(Code.NOT_UNDERSTOOD, words("refusal-text-empty", what=what))
    return clean


def host_name(name: str) -> str:
    """Clean a host's name. Raises Refused `not_understood`."""
    return tidied("name", name)


def person_name(name: str | None) -> str | None:
    """Clean a name; None or blank means none. Raises Refused `not_understood`."""
    clean = tidied("name", name or "", empty=True)
    return clean if text.visible(clean) else None
