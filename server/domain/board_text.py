"""Reads a board from a text that a person typed, pasted or dropped.

A text is a document in YAML (`docs/boards.md`) or JSON, or a list of options in any form that
`pasted_list.py` reads.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from server.domain.criteria import CriterionDraft
from server.domain.gates import GateDraft
from server.domain.limits import breach
from server.domain.options import Option, OptionDraft, faults_of, spoken
from server.domain.pasted_list import LeftOut, Line, Row, draft_of, read_list
from server.domain.templates import TemplateDraft
from server.domain.yaml_documents import Document, DocumentError, Origin, read
from server.words.catalogue import words

_YAML = re.compile(r"^options:[ \t]*(?:#.*|\[.*)?\r?$", re.MULTILINE)
_SINGLE_QUOTES = re.compile(r"\s*\[\s*(?:\{\s*)?'.*\]\s*", re.DOTALL)
_ELSEWHERE = ("id", "code", "settings", "decision")
"""Fields of other documents that describe a board; none of them belongs to a new board."""
_SHOWN = 40
MAX_TEXT = 64 * 1024
"""Characters of a text."""


class TextError(ValueError):
    """A text cannot be read as a board; `str()` of it tells a person why, and where."""


class ReadLine(NamedTuple):
    """What was understood of a line; an option of a JSON document has its number as line."""

    line: int
    typed: str
    option: OptionDraft | None
    """None: the line is the heading of a table, or the rule below it."""
    problem: str = ""
    """Why there can be no such option: the rest of a sentence (`name must not be empty`)."""
    numbered: bool = False
    """`line` is the number of the option."""

    @property
    def sentence(self) -> str:
        """The problem in a sentence, with the line as it was typed."""
        typed = self.typed if len(self.typed) <= _SHOWN else f"{self.typed[: _SHOWN - 1]}…"
        if self.numbered:
            return words("read-option", n=self.line, typed=typed, problem=self.problem)
        return words("read-line", line=self.line, typed=typed, problem=self.problem)


class BoardText(NamedTuple):
    """A board as a text describes it. Only options that are without problems can be completed."""

    lines: tuple[ReadLine, ...]
    title: str = ""
    context: str = ""
    criteria: tuple[CriterionDraft, ...] = ()
    gates: tuple[GateDraft, ...] = ()
    taken: Sequence[Option] = ()

    @property
    def options(self) -> tuple[OptionDraft, ...]:
        return tuple(each.option for each in self.lines if each.option)

    @property
    def problem(self) -> str:
        """Why no board can be made; empty if one can."""
        faulty = next((each.sentence for each in self.lines if each.problem), "")
        faults = faults_of(self.options, self.taken)
        return faulty or next((str(error) for error in faults if error.index is None), "")


class _Board(TemplateDraft, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Annotated[str, Meta(max_length=200)] = ""


def read_board(text: str, taken: Sequence[Option] = ()) -> BoardText:
    """Read a text, given the options that are already `taken` on the board it is for.

    Raises TextError for a text of which nothing can be understood.
    """
    if len(text) > MAX_TEXT:
        raise TextError(words("read-too-long", count=len(text), max=MAX_TEXT))
    text = text.removeprefix("\ufeff")
    try:
        document = _json(text) or (read(text) if _YAML.search(text) else None)
        if document is not None:
            return _of_document(document, taken)
        return BoardText(tuple(_examined(read_list(text), taken)), taken=taken)
    except DocumentError as error:
        raise TextError(_sentence(error)) from None
    except ValueError as error:
        raise TextError(str(error)) from None


def _sentence(error: DocumentError) -> str:
    line, field, problem = error.line, error.field, error.problem
    if line and field:
        return words("read-field-in-line", line=line, field=field, problem=problem)
    if line:
        return words("read-in-line", line=line, problem=problem)
    if field:
        return words("breach-of-field", field=field, problem=problem)
    return words("breach-alone", problem=problem)


def decoded(content: bytes) -> str:
    """Decode a text file as people have them: UTF-8, UTF-16 with a mark, or that of old Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _examined(lines: Sequence[Line], taken: Sequence[Option]) -> Iterator[ReadLine]:
    """Pair each line with what is wrong with it, if anything is."""
    rows = [each for each in lines if isinstance(each, Row)]
    drafts = [draft_of(row) for row in rows]
    problems = _problems(drafts, taken)
    options = iter(zip(drafts, range(len(drafts)), strict=True))
    for each in lines:
        if isinstance(each, LeftOut):
            yield ReadLine(each.line, each.typed, None)
        else:
            draft, index = next(options)
            yield ReadLine(each.line, each.typed, draft, problems.get(index, ""))


def _problems(drafts: Sequence[OptionDraft], taken: Sequence[Option]) -> dict[int, str]:
    return {
        error.index: words("read-problem", field=spoken(error.field), problem=error.problem)
        for error in faults_of(drafts, taken)
        if error.index is not None
    }


def _json(text: str) -> Document | None:
    """Read a JSON document; None if the text is none."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    if _SINGLE_QUOTES.fullmatch(text):
        # As Python writes it, which is YAML too.
        return read(f"options: {text.strip()}")
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        if re.match(r'\s*(?:\[\s*)?\{\s*"', text):
            line = _line_of(text, error)
            raise DocumentError(line, "", words("document-not-json")) from None
        return None
    if isinstance(value, list) and not all(isinstance(each, str | dict) for each in value):
        return None
    return Document({"options": value} if isinstance(value, list) else value, {"": Origin(0)})


def _line_of(text: str, error: Exception) -> int:
    """Return the line where JSON stops being valid; the last one if something is not closed."""
    place = re.search(r"\(byte (\d+)\)", str(error))
    before = text.encode()[: int(place[1])].decode(errors="ignore") if place else text.rstrip()
    return before.count("\n") + 1


def _of_document(document: Document, taken: Sequence[Option]) -> BoardText:
    value = _unwrapped(document.value)
    try:
        board = msgspec.convert(value, _Board)
    except msgspec.ValidationError as error:
        found = breach(error)
        raise document.error(found.field, found.problem) from None
    problems = _problems(board.options, taken)
    lines = [
        ReadLine(
            line=document.error(f"options[{index}]", "").line or index + 1,
            typed=option.name,
            option=option,
            problem=problems.get(index, ""),
            numbered=not document.error(f"options[{index}]", "").line,
        )
        for index, option in enumerate(board.options)
    ]
    return BoardText(tuple(lines), board.title, board.context, board.criteria, board.gates, taken)


def _unwrapped(value: Any) -> Any:
    """Reduce what the API and people write to a template: names alone stand for options."""
    if isinstance(value, dict) and isinstance(value.get("board"), dict):
        value = value["board"]
    if not isinstance(value, dict):
        return value
    options = value.get("options")
    if isinstance(options, list):
        options = [{"name": each} if isinstance(each, str) else each for each in options]
    kept = {name: each for name, each in value.items() if name not in _ELSEWHERE}
    return kept | {"options": options} if options is not None else kept
