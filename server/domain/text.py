"""Text that people write: what is stripped, what is refused, and the ids made from it."""

import re
import unicodedata
from collections.abc import Container
from itertools import count

from server.words.catalogue import words

_SLUG_LENGTH = 40

_CONTROL = "\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff"
# These change the direction of neighbouring text, on a page that is not the author's own.
_DIRECTION = "\u202a-\u202e\u2066-\u2069"
# Characters that show nothing (Unicode's Default_Ignorable_Code_Point), and blanks that have the
# category of a letter or of a symbol.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_BLANK = "\u2800\U0001d159"
_BREAKS = "\n\r\u2028\u2029"
_FORBIDDEN = re.compile(f"[{_CONTROL}{_DIRECTION}{_BREAKS}]")
_UNSEEN = re.compile(f"[{_IGNORABLE}{_BLANK}]")
_FORBIDDEN_IN_LINES = re.compile(f"[{_CONTROL}{_DIRECTION}\r\u2028\u2029]")


def tidy(text: str, *, lines: bool = False) -> str:
    """Strip the whitespace around a text; `lines` allows line breaks inside it.

    Raises ValueError with the rest of a sentence ("The name …") for characters that are invisible
    but change how a page reads, or that cannot be encoded.
    """
    text = text.strip()
    if lines:
        text = text.replace("\r\n", "\n")
    if found := (_FORBIDDEN_IN_LINES if lines else _FORBIDDEN).search(text):
        if found[0] in _BREAKS:
            raise ValueError(words("breach-lines"))
        raise ValueError(words("breach-control", character=f"U+{ord(found[0]):04X}"))
    return text


def visible(text: str) -> bool:
    """Whether a text leaves any visible mark on the page."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in without_unseen(text))


def same_name(name: str) -> str:
    """Return a normalised name, equal for names that differ in case, width and what shows nothing.

    `names.looks` tells whether people would take one name for another.
    """
    normal = unicodedata.normalize("NFKC", without_unseen(name)).casefold()
    return " ".join(unicodedata.normalize("NFKC", without_unseen(normal)).split())


def without_unseen(text: str) -> str:
    """Take out all characters that show nothing, except spaces."""
    return _UNSEEN.sub("", text)


def slug(name: str) -> str:
    """Make a readable id from a name, at most 40 characters; empty if nothing in it is ASCII.

    Symbols that distinguish names are spelled out: C++, C# and .NET become c-plus-plus, c-sharp and
    dot-net.
    """
    name = unicodedata.normalize("NFKD", name.casefold())
    name = re.sub(r"(?<!\S)\.(?=\w)", " dot ", name)
    name = re.sub(r"(?<=\w)#", " sharp ", name)
    name = name.replace("+", " plus ").replace("&", " and ")
    name = re.sub(r"['\u2019]", "", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:_SLUG_LENGTH].rstrip("-")


def free_slug(wanted: str, taken: Container[str]) -> str:
    """Return the wanted id or, if it is taken, the same id with a number appended."""
    if wanted not in taken:
        return wanted
    for number in count(2):
        ending = f"-{number}"
        numbered = wanted[: _SLUG_LENGTH - len(ending)].rstrip("-") + ending
        if numbered not in taken:
            return numbered
    raise AssertionError("there is always one more number")
