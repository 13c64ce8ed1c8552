"""What is answered to bad input, and when something is wrong here: a status, a code, words."""

from http import HTTPStatus
from typing import Any

from tornado.web import HTTPError

from server.domain.refusals import Code, Refusal

STATUS: dict[str, int] = {
    Code.NOT_UNDERSTOOD: 400,
    Code.NOT_ALLOWED: 403,
    Code.NO_SUCH_BOARD: 404,
    Code.NO_SUCH_OPTION: 404,
    Code.NO_SUCH_COMMENT: 404,
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
    400: "That was not understood",
    403: "This door is closed to you",
    404: "There is nothing here",
    421: "Another address, please",
    429: "A little slower, please",
    503: "Back in a moment",
}
_WORDS = {
    400: "The server did not understand this request.",
    403: "This is not allowed.",
    404: "There is nothing at this address.",
    405: "This address does not do that.",
    413: "This is too large.",
    421: "This server does not answer to this name. Open it at the address that you were given. "
    "Whoever runs it can add the name: --public-url or --allowed-hosts.",
    429: "That was too often. Try again in a minute.",
    503: "The store is away. Try again in a moment.",
}

STORE_AWAY = Refusal(Code.STORE_AWAY, "The store is away. Nothing is lost; try again in a moment.")


class Problem(HTTPError):  # noqa: N818 - an answer, not a fault
    """An answer to bad input: a status, a code of the contract, words for a person."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status)
        self.code = code
        self.message = message

    @property
    def title(self) -> str:
        """The heading of a page that answers this."""
        return _TITLES.get(self.status_code, "Something went wrong")

    def shown(self) -> Any:
        """Return the body of the answer."""
        return {"error": {"code": self.code, "message": self.message}}

    @staticmethod
    def of(refusal: Refusal) -> "Problem":
        return Problem(STATUS[refusal.code], refusal.code, refusal.message)


def problem_of(status: int, error: BaseException | None) -> Problem:
    """Return what is answered to an error; what Tornado found wrong is put into words."""
    if isinstance(error, Problem):
        return error
    code = _CODES.get(status, "server_error")
    said = (error.log_message or "") if isinstance(error, HTTPError) else ""
    if status == HTTPStatus.FORBIDDEN and "origin" in said.lower():
        code = "foreign_origin"
    words = _WORDS.get(status, "Something went wrong here. Nothing you sent was changed by it.")
    return Problem(status, code, words)
