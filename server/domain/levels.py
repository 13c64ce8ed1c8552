"""How well people know an option."""

from enum import StrEnum


class Level(StrEnum):
    """How well someone knows an option."""

    NEVER = "never"
    TRIED = "tried"
    SHIPPED = "shipped"
