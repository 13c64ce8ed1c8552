"""A meeting of several questions: which boards it has, in which order, and where it is.

It is part of the board that leads it, whose code and QR code are those of the meeting, and which is
one of its questions. Each question is a board of its own, with its own log. The leading board knows
them by their codes alone.
"""

from msgspec import Struct, structs

from server.domain.refusals import Code, Refused
from server.words.catalogue import words

MAX_QUESTIONS = 30
"""The most questions of a meeting, the leading board among them."""


class Meeting(Struct, frozen=True, kw_only=True):
    """At one position of the leading board's log. It has two questions or more."""

    questions: tuple[str, ...]
    """The codes of the boards, in order."""
    current: str
    """The question at which it is, or at which it ended."""
    visited: frozenset[str]
    """The questions at which it has been."""
    ended: bool = False

    @property
    def at(self) -> str | None:
        """The question at which it is; None once it has ended."""
        return None if self.ended else self.current

    def require(self, question: str) -> None:
        """Raise Refused `no_such_question` for a board that is not one of its questions."""
        if question not in self.questions:
            raise Refused(Code.NO_SUCH_QUESTION, words("refusal-no-question"))

    def moved(self, question: str, place: int) -> "Meeting":
        """Return it with a question at another place, from 1; beyond the end it is the last."""
        others = [each for each in self.questions if each != question]
        others.insert(place - 1, question)
        return structs.replace(self, questions=tuple(others))

    def without(self, question: str) -> "Meeting | None":
        """Return it without a question; None if only one is left."""
        rest = tuple(each for each in self.questions if each != question)
        if len(rest) == 1:
            return None
        return structs.replace(self, questions=rest, visited=self.visited - {question})

    def gone_to(self, question: str | None) -> "Meeting":
        """Return it at another question; None ends it."""
        if question is None:
            return structs.replace(self, ended=True)
        visited = self.visited | {question}
        return structs.replace(self, current=question, visited=visited, ended=False)


def added(meeting: Meeting | None, lead: str, question: str) -> Meeting:
    """Return a meeting with one more question, which begins one if there is none yet."""
    if meeting is None:
        return Meeting(questions=(lead, question), current=lead, visited=frozenset((lead,)))
    return structs.replace(meeting, questions=(*meeting.questions, question))
