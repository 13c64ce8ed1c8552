"""Hides passwords and keys wherever text may contain them, in log lines, pages and terminals.

Nothing here parses an address to find its password: an address that cannot be parsed is exactly the
one that has a password where no parser looks for it, such as a key with a slash.
"""

import re
import sys
import traceback
from types import TracebackType
from urllib.parse import unquote

STARS = "***"
_SHORTEST = 4
"""Characters; anything shorter is not a secret, and hiding it would leave nothing of a line."""
_HOST = r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?"
_PLAIN = re.compile(
    r"[a-z][a-z+.-]*://(?:(?:[\w.-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:/\d{0,5})?|/[^@?#\n]*)"
    rf"|rediss?\+sentinel://{_HOST}(?:,{_HOST})*/[\w.-]+(?:/\d{{0,5}})?"
    rf"|rediss?\+cluster://{_HOST}(?:,{_HOST})*(?:/\d{{0,5}})?",
    re.ASCII,
)
"""An address that cannot contain a password."""
_USER = re.compile(r"[\w.-]*", re.ASCII)
_CREDENTIALS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(\S*)@")
_PARAMETER = re.compile(
    # Also as a mail program may have encoded it: `host%3Fkey%3D…`.
    r"((?:(?<=[?&])|(?<=%3f)|(?<=%26))(?:key|invite|(?:sentinel_)?password|secret|token)(?:=|%3d))"
    r"(?!None\b|\*)[^\s&\"'<>)]+",
    re.IGNORECASE,
)
_hidden: set[str] = set()


def hide(*secrets: str) -> None:
    """Never show these from now on, in this process."""
    _hidden.update(secret for secret in secrets if len(secret) >= _SHORTEST)


def hide_password(url: str) -> None:
    """Never show the password of a store's address from now on."""
    credentials, at, _ = url.partition("://")[2].rpartition("@")
    if at:
        password = credentials.partition(":")[2] or credentials
        hide(password, unquote(password))
    for parameter in url.partition("?")[2].split("&"):
        name, _, value = parameter.partition("=")
        if name.endswith("password"):
            hide(value, unquote(value))


def holds_password(url: str) -> bool:
    """Whether a store's address may contain a password."""
    if "password=" in url:
        return True
    # What looks like a user may be a password, unless the password is in a file.
    return "@" in url and not re.search(r"[?&]password_file=", url)


def redacted(text: str) -> str:
    """Return a text in a form that is safe to show: with stars in place of secrets."""
    # The longest first: one secret may be a part of another.
    for secret in sorted(_hidden, key=len, reverse=True):
        text = text.replace(secret, STARS)
    text = _CREDENTIALS.sub(_without_password, text)
    return _PARAMETER.sub(rf"\1{STARS}", text)


def _without_password(found: re.Match[str]) -> str:
    scheme, credentials = found.groups()
    password = credentials.partition(":")[2] or credentials
    return found[0] if len(password) < _SHORTEST else f"{scheme}{STARS}@"


def redacted_url(url: str) -> str:
    """Return a store's address in a form that is safe to show: its scheme, user and location.

    Everything between `//` and the last `@` is taken for user and password, whatever it is. If
    their end cannot be determined, nothing is shown.
    """
    if _PLAIN.fullmatch(url):
        return url
    scheme, _, rest = url.partition("://")
    credentials, at, place = rest.rpartition("@")
    place, query, _ = place.partition("?")
    # A question mark before the `@`: either may be a part of the password.
    if "?" in credentials or not _PLAIN.fullmatch(f"{scheme}://{place}"):
        return STARS
    user = credentials.partition(":")[0] if ":" in credentials else ""
    user = user if _USER.fullmatch(user) else ""
    colon = ":" if ":" in credentials else ""
    return (
        f"{scheme}://"
        + (f"{user}{colon}{STARS}@" if at else "")
        + place
        + (f"?{STARS}" if query else "")
    )


def excepthook(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print a traceback as Python does, without secrets."""
    sys.stderr.write(redacted("".join(traceback.format_exception(kind, error, trace))))
