"""The voting methods by id, in the order in which they are offered to a host.

On the server a new method is a file in this folder and its class in `METHODS`. What else it needs,
and which tests name it, is in `docs/methods.md`, "Adding a method".
"""

from typing import Any

from server.domain.methods.approval import Approval
from server.domain.methods.base import Method, Result, Tally
from server.domain.methods.dots import Dots
from server.domain.methods.matrix import Matrix
from server.domain.methods.ranked import Ranked
from server.domain.methods.score import Score
from server.domain.methods.single import Single

_TOLD = ("id", "name", "explains", "since")
"""What a method says of itself. There is no default for it."""


def by_id(*methods: type[Method[Any]]) -> dict[str, type[Method[Any]]]:
    """Return methods by id. Raises TypeError for one that is not whole, or has another's id."""
    found: dict[str, type[Method[Any]]] = {}
    for method in methods:
        lacks = [name for name in _TOLD if not hasattr(method, name)]
        lacks += sorted(method.__abstractmethods__)
        if lacks:
            raise TypeError(
                f"The voting method {method.__name__} lacks `{'`, `'.join(lacks)}`; what it has to"
                " provide is in server/domain/methods/base.py."
            )
        if method.id in found:
            raise TypeError(f"There are two voting methods with the id `{method.id}`.")
        found[method.id] = method
    return found


METHODS = by_id(Approval, Score, Ranked, Dots, Single, Matrix)


def is_known(method: str, rules: int) -> bool:
    """Whether a version of the rules has this method."""
    return method in METHODS and METHODS[method].since <= rules


__all__ = ["METHODS", "Method", "Result", "Tally", "by_id"]
