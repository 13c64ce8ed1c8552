"""The voting methods, by id. A new one is a file here and a line in `METHODS`."""

from typing import Any

from server.domain.methods.approval import Approval
from server.domain.methods.base import Method, Result, Tally
from server.domain.methods.single import Single

METHODS: dict[str, Method[Any]] = {method.id: method for method in (Approval(), Single())}

__all__ = ["METHODS", "Method", "Result", "Tally"]
