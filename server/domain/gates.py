"""Gates: what an option must have before anyone compares it.

A gate has an answer for each option: it passes, it fails, or that is not known yet. An option that
fails one drops out: rounds that are opened afterwards are held without it, and a meeting cannot
decide for it. One whose answer is not known stays in.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import partial

from msgspec import Struct, structs

from server.domain.limits import CriterionName, GateOwner, Slug
from server.domain.listed import add_id, require_new
from server.domain.text import tidy
from server.words.catalogue import words

MAX_GATES = 10


class Standing(StrEnum):
    """What a gate says about an option."""

    PASS = "pass"  # noqa: S105 # nosec B105 # an answer, no password
    FAIL = "fail"
    UNKNOWN = "unknown"


class GateAnswer(Struct, frozen=True, kw_only=True):
    """What is known about one option."""

    option: str
    answer: Standing
    evidence: str = ""
    """Why; may have several lines, and links."""


class Gate(Struct, frozen=True, kw_only=True):
    """One gate, with its answers."""

    id: str
    name: str
    owner: str = ""
    """The person who finds out; empty if no one was named."""
    answers: tuple[GateAnswer, ...] = ()
    """In the order of their last change. An option without one is unknown."""

    def answer_for(self, option: str) -> GateAnswer:
        for each in self.answers:
            if each.option == option:
                return each
        return GateAnswer(option=option, answer=Standing.UNKNOWN)

    def answered(self, answer: GateAnswer) -> "Gate":
        """Return the gate with another answer for one option."""
        others = self.without(answer.option).answers
        is_blank = answer.answer is Standing.UNKNOWN and not answer.evidence
        return structs.replace(self, answers=others if is_blank else (*others, answer))

    def without(self, option: str) -> "Gate":
        """Return the gate without what it says about an option."""
        kept = tuple(each for each in self.answers if each.option != option)
        return structs.replace(self, answers=kept)


class GateDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gate as a person or a file provides it; the id may be left to the board."""

    id: Slug | None = None
    name: CriterionName
    owner: GateOwner = ""


class GateError(ValueError):
    """A gate is invalid; `str()` of it tells a person why. `index` counts from 0."""

    def __init__(self, index: int, field: str, problem: str) -> None:
        spoken = words("field-name", field=field)
        super().__init__(words("breach-gate", n=index + 1, field=spoken, problem=problem))
        self.index = index
        self.field = field
        self.problem = problem


def complete(drafts: Sequence[GateDraft]) -> tuple[Gate, ...]:
    """Complete drafts into gates. Raises GateError for mistakes a person has to correct."""
    ids = {draft.id for draft in drafts if draft.id is not None}
    gates: list[Gate] = []
    for index, draft in enumerate(drafts):
        texts = {"name": draft.name, "owner": draft.owner}
        for field, text in list(texts.items()):
            try:
                texts[field] = tidy(text)
            except ValueError as error:
                raise GateError(index, field, str(error)) from None
        name = texts["name"]
        require_new(draft.id, name, gates, partial(GateError, index))
        made = add_id(name, f"gate-{index + 1}", ids) if draft.id is None else draft.id
        gates.append(Gate(id=made, name=name, owner=texts["owner"]))
    return tuple(gates)


def drafts_of(gates: Sequence[Gate]) -> tuple[GateDraft, ...]:
    """Return gates for another board, of which nothing is known yet."""
    return tuple(GateDraft(id=gate.id, name=gate.name, owner=gate.owner) for gate in gates)


def with_answers(gates: Sequence[Gate], known: Sequence[Gate]) -> tuple[Gate, ...]:
    """Return gates with the answers that those of the same id have already."""
    answers = {gate.id: gate.answers for gate in known}
    return tuple(structs.replace(gate, answers=answers.get(gate.id, ())) for gate in gates)


def failed(gates: Sequence[Gate], option: str) -> tuple[Gate, ...]:
    """Return the gates that an option fails; if there are any, it has dropped out."""
    return tuple(gate for gate in gates if gate.answer_for(option).answer is Standing.FAIL)
