"""Why something a person asked for was not done."""

from enum import StrEnum


class Code(StrEnum):
    """The codes of a refusal. `live/messages.py` says what a client does about each."""

    NOT_UNDERSTOOD = "not_understood"
    NOT_ALLOWED = "not_allowed"
    NO_SUCH_BOARD = "no_such_board"
    NO_SUCH_OPTION = "no_such_option"
    NO_SUCH_COMMENT = "no_such_comment"
    NO_SUCH_ROUND = "no_such_round"
    ROUND_CLOSED = "round_closed"
    ROUND_OPEN = "round_open"
    BAD_BALLOT = "bad_ballot"
    BAD_SETTINGS = "bad_settings"
    UNKNOWN_METHOD = "unknown_method"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    TAKEN = "taken"
    STORE_AWAY = "store_away"
    GOING_AWAY = "going_away"


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """Nothing was changed; `message` says why, in words for a person."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"Refused({self.code.value!r}, {self.message!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refused) and (self.code, self.message) == (
            other.code,
            other.message,
        )

    def __hash__(self) -> int:
        return hash((self.code, self.message))
