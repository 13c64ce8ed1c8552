"""Why a request was not carried out."""

from enum import StrEnum

from msgspec import Struct


class Code(StrEnum):
    """The codes of a refusal. `live/messages.py` says how a client reacts to each."""

    NOT_UNDERSTOOD = "not_understood"
    NOT_ALLOWED = "not_allowed"
    NO_SUCH_BOARD = "no_such_board"
    NO_SUCH_OPTION = "no_such_option"
    NO_SUCH_COMMENT = "no_such_comment"
    NO_SUCH_PROPOSAL = "no_such_proposal"
    NO_SUCH_QUESTION = "no_such_question"
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


class Refusal(Struct, frozen=True):
    """Why something was not done: a value to store, send and compare."""

    code: Code
    message: str
    """For a person to read."""


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """Nothing was changed, and `refusal` says why.

    A new one is made for each raise, and none is stored: an exception keeps the frames it passed
    through alive, and everything they refer to.
    """

    def __init__(self, why: Refusal | Code, message: str = "") -> None:
        """`why` is a refusal, or the code of a new one with a message for a person."""
        self.refusal = why if isinstance(why, Refusal) else Refusal(why, message)
        super().__init__(self.refusal)

    @property
    def code(self) -> Code:
        return self.refusal.code

    @property
    def message(self) -> str:
        return self.refusal.message

    def __str__(self) -> str:
        return self.message
