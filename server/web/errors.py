"""Answers to bad input and to internal errors: a status, a code, a message."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from tornado.web import HTTPError

from server.domain.refusals import Code, Refusal, Refused
from server.store.node import StoreAwayError
from server.words.catalogue import words

STATUS: dict[str, int] = {
    Code.NOT_UNDERSTOOD: 400,
    Code.NOT_ALLOWED: 403,
    Code.NO_SUCH_BOARD: 404,
    Code.NO_SUCH_OPTION: 404,
    Code.NO_SUCH_COMMENT: 404,
    Code.NO_SUCH_PROPOSAL: 404,
    Code.NO_SUCH_QUESTION: 404,
    Code.NO_SUCH_ROUND: 404,
    Code.ROUND_CLOSED: 409,
    Code.ROUND_OPEN: 409,
    Code.BAD_BALLOT: 422,
    Code.BAD_SETTINGS: 422,
    Code.UNKNOWN_METHOD: 422,
    Code.TOO_LONG: 422,
    Code.TOO_MANY: 409,
    Code.TAKEN: 409,
    Code.STORE_AWAY: 503,
    Code.GOING_AWAY: 503,
}
_CODES = {
    400: "not_understood",
    403: "not_allowed",
    404: "not_found",
    405: "not_allowed",
    413: "too_large",
    421: "unknown_host",
    429: "too_fast",
    503: "store_away",
}
_TITLES = {
    400: words("problem-title-400"),
    403: words("problem-title-403"),
    404: words("problem-title-404"),
    421: words("problem-title-421"),
    429: words("problem-title-429"),
    503: words("problem-title-503"),
}
_WORDS = {
    400: words("problem-400"),
    403: words("problem-403"),
    404: words("problem-404"),
    405: words("problem-405"),
    413: words("problem-413"),
    421: words("problem-421"),
    429: words("problem-429"),
    503: words("problem-503"),
}

STORE_AWAY = Refusal(Code.STORE_AWAY, words("refusal-store-away"))


class Problem(HTTPError):  # noqa: N818 - an answer, not a fault
    """An answer to bad input: a status, a code of the contract, a message for a person."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status)
        self.code = code
        self.message = message

    @property
    def title(self) -> str:
        """The heading of an error page."""
        return _TITLES.get(self.status_code, words("problem-title"))

    def shown(self) -> Any:
        """Return the body of the answer."""
        return {"error": {"code": self.code, "message": self.message}}

    @staticmethod
    def of(refusal: Refusal) -> "Problem":
        return Problem(STATUS[refusal.code], refusal.code, refusal.message)


@contextmanager
def refusals_answered() -> Iterator[None]:
    """Raise Problem for what is refused inside, or needs the store while it is away."""
    try:
        yield
    except Refused as refused:
        raise Problem.of(refused.refusal) from refused
    except StoreAwayError as error:
        raise Problem.of(STORE_AWAY) from error


def problem_of(status: int, error: BaseException | None) -> Problem:
    """Return the answer to an error; Tornado's own errors are put into words."""
    if isinstance(error, Problem):
        return error
    code = _CODES.get(status, "server_error")
    reason = (error.log_message or "") if isinstance(error, HTTPError) else ""
    if status == HTTPStatus.FORBIDDEN and "origin" in reason.lower():
        code = "foreign_origin"
    message = _WORDS.get(status, words("problem-500"))
    if code == "foreign_origin":
        message = words("problem-foreign-origin")
    return Problem(status, code, message)
