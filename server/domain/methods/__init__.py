"""The voting methods, by id, in the order in which a host chooses among them.

A new one is a file here and a line in `METHODS`.
"""

from typing import Any

from server.domain.methods.approval import Approval
from server.domain.methods.base import Method, Result, Tally
from server.domain.methods.dots import Dots
from server.domain.methods.matrix import Matrix
from server.domain.methods.ranked import Ranked
from server.domain.methods.score import Score
from server.domain.methods.single import Single

METHODS: dict[str, type[Method[Any]]] = {
    method.id: method for method in (Approval, Score, Ranked, Dots, Single, Matrix)
}


def is_known(method: str, rules: int) -> bool:
    """Say whether there is such a method under a version of the rules."""
    return method in METHODS and METHODS[method].since <= rules


__all__ = ["METHODS", "Method", "Result", "Tally"]
