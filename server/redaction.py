"""What no line, page or terminal may show: passwords and keys, wherever a text may carry them.

Nothing here takes an address apart to find its password: what cannot be read as an address is
exactly what carries one in a place where no parser looks for it, such as a key with a slash.
"""

import re
import sys
import traceback
from types import TracebackType
from urllib.parse import unquote

STARS = "***"
_SHORTEST = 4
"""Characters; what is shorter is no secret, and would leave nothing of a line."""
_PLAIN = re.compile(
    r"[a-z][a-z+.-]*://(?:(?:[\w.-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:/\d{0,5})?|/[^@?#\n]*)",
    re.ASCII,
)
"""An address in which there is no place for a password."""
_USER = re.compile(r"[\w.-]*", re.ASCII)
_CREDENTIALS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(\S*)@")
_PARAMETER = re.compile(
    # As a mail program may have written it, too: `host%3Fkey%3D…`.
    r"((?:(?<=[?&])|(?<=%3f)|(?<=%26))(?:key|invite|password|secret|token)(?:=|%3d))"
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
        if name == "password":
            hide(value, unquote(value))


def holds_password(url: str) -> bool:
    """Say whether a store's address may carry a password."""
    return "@" in url or "password=" in url


def redacted(text: str) -> str:
    """Give a text as it may be shown: with stars for what is secret in it."""
    # The longest first: one may be a part of another.
    for secret in sorted(_hidden, key=len, reverse=True):
        text = text.replace(secret, STARS)
    text = _CREDENTIALS.sub(_without_password, text)
    return _PARAMETER.sub(rf"\1{STARS}", text)


def _without_password(found: re.Match[str]) -> str:
    scheme, credentials = found.groups()
    password = credentials.partition(":")[2] or credentials
    return found[0] if len(password) < _SHORTEST else f"{scheme}{STARS}@"


def redacted_url(url: str) -> str:
    """Give a store's address as it may be shown: its scheme, user and place.

    All between `//` and the last `@` is taken for user and password, whatever stands there.
    Where it cannot be told where they end, nothing is shown.
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
    """Print a traceback as Python does, without what is secret."""
    sys.stderr.write(redacted("".join(traceback.format_exception(kind, error, trace))))
