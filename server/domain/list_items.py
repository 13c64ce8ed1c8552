"""Reads one item of a list as people type it: its mark, its name, and the link in it."""

import re
import unicodedata
from collections.abc import Callable, Sequence

_LONGEST = 2_000
"""Characters of a line that is examined; a longer one is too long for a name in any form."""

# Characters that copying leaves around a text: they show nothing, and are part of no emoji.
_UNSEEN = (
    "\ufeff\u200b\u2060\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_EDGES = (
    _UNSEEN
    + " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
)
WITHIN = re.compile("[\ufeff\u200b\u2060\u00ad]")

_BULLET = re.compile(r"[-*+–—‣⁃◦▪▫●○■□◆◇➢➤►▶▸→⇒➔➜·∙][ \t\u00a0]+|[•][ \t\u00a0]*")
_NUMBER = re.compile(
    r"\(?\d{1,3}[.)][ \t\u00a0]+|\(?[a-z]\)[ \u00a0]+|\d{1,3}、[ \t]*|[①-⑳❶-❿➀-➓][ \t\u00a0]+"
)
_BOX = re.compile(r"\[[ xX✓✔]?\][ \u00a0]+|[☐☑☒][ \u00a0]*|[✓✔✅✗✘❌⬜][ \u00a0]+")
_TENS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_ROMAN = [ten + one for ten in ("", "x") for one in _TENS]
_COUNTS: tuple[tuple[re.Pattern[str], Callable[[str], int]], ...] = (
    (re.compile(r"#?(\d{1,3})[.):][ \t\u00a0]*(?=[^\W\d])"), int),
    (re.compile(r"([①-⑳❶-❿➀-➓])"), lambda circled: int(unicodedata.numeric(circled))),
    (re.compile(r"#(\d{1,3})[ \t\u00a0]+"), int),
    (re.compile(r"(\d{1,3})[ \t\u00a0]*[-–—][ \t\u00a0]+(?=[^\W\d])"), int),
    (re.compile(r"(?i)\(?([a-z])[.):][ \t\u00a0]+"), lambda letter: ord(letter) - ord("a") + 1),
    (
        re.compile(r"(?i)\(?([ivx]{1,5})[.):][ \t\u00a0]+"),
        lambda roman: _ROMAN.index(roman) if roman in _ROMAN else 0,
    ),
)
_QUOTES = frozenset(
    (
        '""',
        "''",
        "``",
        "“”",
        "„“",
        "„”",
        "””",
        "‘’",
        "‚‘",
        "’’",
        "«»",
        "»«",
        "‹›",
        "›‹",
        "「」",
        "『』",
    )
)
_WEB = r"(?P<link>https?://[^\s<>|\]\"'`]+)"
_TARGET = r"\(\s*<?(?P<link>(?:[^\s()<>]|\([^\s()]*\))*)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
_LINKS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # Markdown, also with a link that is defined elsewhere.
        r"\[(?P<name>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])+)\]" + _TARGET,
        r"\[(?P<name>[^\[\]|]+)\](?P<link>)\[[^\[\]]*\]",
        # Confluence and Jira, MediaWiki and its relatives, Org, reStructuredText, Slack, HTML.
        rf"\[(?P<name>[^\[\]|]+)\|{_WEB}(?:\|[^\[\]]*)?\]",
        rf"\[{_WEB}\s+(?P<name>[^\[\]]+)\]",
        r"\[\[(?:[^\[\]|]*\|)?(?P<name>[^\[\]|]+)(?P<link>)\]\]",
        rf"\[\[{_WEB}\]\[(?P<name>[^\[\]]+)\]\]",
        rf"`(?P<name>[^`<>]*[^`<>\s])\s*<{_WEB}>`__?",
        rf"<{_WEB}\|(?P<name>[^<>|]+)>",
        rf"<a\s(?:[^<>]*\s)?href=[\"']?{_WEB}[\"']?[^<>]*>(?P<name>[^<>]+)</a>",
    )
)
_BOLD = re.compile(r"\*\*(?P<name>[^*]*[^*:\s]):?\*\*:?")
_AFTER_NAME = re.compile(r"\s*[-–—:,;|]+\s+|\s+")
ADDRESS = re.compile(r"<?(https?://[^\s<>]+)>?", re.IGNORECASE)
_NAMED_ADDRESS = re.compile(
    r"(?P<name>.*\S)\s+(?:<(?P<a>https?://[^\s<>]+)>"
    r"|\((?P<b>https?://[^\s<>]+)\)|(?P<c>https?://[^\s<>]+))",
    re.IGNORECASE,
)


def trimmed(text: str) -> str:
    return text.strip(_EDGES)


def unmarked(text: str) -> str:
    """Take off a bullet or a number, then a check box, unless nothing would be left."""
    for mark in (_BULLET, _NUMBER, _BOX):
        if (found := mark.match(text)) and found.end() < len(text):
            text = text[found.end() :]
    return text


def uncounted(items: Sequence[str]) -> list[str]:
    """Take off marks that are some only because they count, such as `A.`, `II.` and `#1`.

    They have to count from the first item to the last, and to leave names that differ.
    """
    for form, value in _COUNTS:
        found = [form.match(item) for item in items]
        marks = [value(match[1].casefold()) for match in found if match]
        bare = [item[match.end() :] for item, match in zip(items, found, strict=True) if match]
        if len(items) > 1 and marks == [*range(1, len(items) + 1)] and len({*bare}) == len(bare):
            return bare
    return [*items]


def name_of(text: str) -> dict[str, str]:
    """Read a name, which may be a link, or be followed by an address."""
    bare = text.rstrip(_EDGES + ",;") or text
    if len(bare) > _LONGEST:
        return {"name": bare}
    if (inner := unquoted(bare)) != bare:
        # What is emphasized may be a link; what is quoted is a name as it is.
        return name_of(inner) if bare[0] == "*" else {"name": cleaned(inner)}
    if (found := linked(bare)) or (found := _BOLD.match(bare)):
        after = _AFTER_NAME.match(bare, found.end())
        if found.end() == len(bare) or after:
            rest = bare[after.end() :] if after else ""
            return _named(found) | {"strapline": cleaned(rest)}
    if found := ADDRESS.fullmatch(bare):
        return {"name": found[1], "link": found[1]}
    if found := _NAMED_ADDRESS.fullmatch(bare):
        link = found["a"] or found["b"] or found["c"]
        return {"name": cleaned(found["name"].rstrip(_EDGES + "-–—:,|")), "link": link}
    return {"name": cleaned(bare)}


def linked(text: str) -> re.Match[str] | None:
    """Match a link at the beginning of a text: its groups are `name` and `link`."""
    return next((found for form in _LINKS if (found := form.match(text))), None)


def _named(found: re.Match[str]) -> dict[str, str]:
    if found.re is _BOLD:
        return name_of(found["name"])
    return {"name": cleaned(_unescaped(found["name"])), "link": address(found["link"])}


def address(text: str) -> str:
    """Return an address of the web; a link inside a wiki leads nowhere from here."""
    return text if ADDRESS.fullmatch(text) else ""


def unquoted(text: str) -> str:
    """Take off quotes around the whole text, if it contains no more of them."""
    if len(text) < 3:
        return text
    opening, inner, closing = text[0], text[1:-1], text[-1]
    if opening + closing in _QUOTES:
        # In CSV, a quote inside quotes is doubled.
        plain = inner.replace('""', "") if opening == '"' else inner
        whole = opening not in plain and closing not in plain and trimmed(inner)
        return inner.replace('""', '"') if whole else text
    emphasized = re.fullmatch(r"(\*\*?)([^*\s](?:[^*]*[^*\s])?)\1", text)
    return emphasized[2] if emphasized else text


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\`*_{}\[\]()#+\-.!|>])", r"\1", text)


def cleaned(text: str) -> str:
    return re.sub(r"\s+", " ", trimmed(WITHIN.sub("", text)))
