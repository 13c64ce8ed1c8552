"""The header `Accept-Encoding`: which encodings of an answer a client takes."""

import re
from collections.abc import Iterable, Iterator


def accepted(header: str, offered: Iterable[str]) -> str | None:
    """Return the first of the offered encodings that `Accept-Encoding` takes, or None."""
    weights = dict(_weighed(header))
    return next((each for each in offered if weights.get(each, 0) > 0), None)


def _weighed(header: str) -> Iterator[tuple[str, float]]:
    for each in header.lower().split(","):
        name, _, weight = each.partition(";")
        found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", weight)
        yield name.strip(), float(found[1]) if found else float(not weight.strip())
