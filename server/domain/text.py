"""Text that people write: what is taken off, what is refused, and the ids made from it."""

import re
import unicodedata
from collections.abc import Container
from itertools import count

_SLUG_LENGTH = 40

_CONTROL = "\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff"
# These turn the direction of the text that stands beside them, on a page that
# is not theirs.
_DIRECTION = "\u202a-\u202e\u2066-\u2069"
_BREAKS = "\n\r\u2028\u2029"
_FORBIDDEN = re.compile(f"[{_CONTROL}{_DIRECTION}{_BREAKS}]")
_FORBIDDEN_IN_LINES = re.compile(f"[{_CONTROL}{_DIRECTION}\r\u2028\u2029]")


def tidy(text: str, *, lines: bool = False) -> str:
    """Take off the space around a text; `lines` allows line breaks within.

    Raises ValueError with the rest of a sentence ("The name …") for characters
    that cannot be seen but change how a page reads, or that no encoder writes.
    """
    text = text.strip()
    if lines:
        text = text.replace("\r\n", "\n")
    if found := (_FORBIDDEN_IN_LINES if lines else _FORBIDDEN).search(text):
        if found[0] in _BREAKS:
            raise ValueError("must stand on one line")
        raise ValueError(f"must not hold the control character U+{ord(found[0]):04X}")
    return text


def visible(text: str) -> bool:
    """Whether a text leaves any mark on the page."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def same_name(name: str) -> str:
    """Give what two names have in common when people would take them for the same."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def slug(name: str) -> str:
    """Make a readable id of a name, at most 40 characters; empty when nothing in it is ASCII.

    Symbols that tell names apart are spoken: C++, C# and .NET become
    c-plus-plus, c-sharp and dot-net.
    """
    name = unicodedata.normalize("NFKD", name.casefold())
    name = re.sub(r"(?<!\S)\.(?=\w)", " dot ", name)
    name = re.sub(r"(?<=\w)#", " sharp ", name)
    name = name.replace("+", " plus ").replace("&", " and ")
    name = re.sub(r"['\u2019]", "", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:_SLUG_LENGTH].rstrip("-")


def free_slug(wanted: str, taken: Container[str]) -> str:
    """Give the id that is wanted or, where it is taken, the same with a number behind it."""
    if wanted not in taken:
        return wanted
    for number in count(2):
        ending = f"-{number}"
        numbered = wanted[: _SLUG_LENGTH - len(ending)].rstrip("-") + ending
        if numbered not in taken:
            return numbered
    raise AssertionError("there is always one more number")
