"""Boards stored as YAML files, from which to start a vote. The format is in `docs/boards.md`."""

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Annotated

import msgspec
import yaml
from msgspec import Meta, Struct

from server.domain.criteria import (
    MAX_CRITERIA,
    Criterion,
    CriterionDraft,
    CriterionError,
)
from server.domain.criteria import complete as complete_criteria
from server.domain.gates import MAX_GATES, Gate, GateDraft, GateError, drafts_of
from server.domain.gates import complete as complete_gates
from server.domain.limits import MAX_OPTIONS, Context, Slug, Strapline, Title, breach
from server.domain.options import Option, OptionDraft, OptionError, complete
from server.domain.text import slug, tidy, visible
from server.domain.yaml_documents import Document, DocumentError, read

MAX_BYTES = 256 * 1024
_OTHER_SUFFIXES = {".csv", ".json"}
LOOKED_AT = {".yaml", ".yml", *_OTHER_SUFFIXES}
"""Endings of files that are meant as templates, of which not all are read."""


class Template(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A board that has not been created yet."""

    id: Slug
    title: Title
    strapline: Strapline = ""
    context: Context = ""
    source: Context = ""
    options: tuple[Option, ...]
    criteria: tuple[Criterion, ...] = ()
    gates: tuple[Gate, ...] = ()


class TemplateDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template as read from its file."""

    title: Title
    strapline: Strapline = ""
    context: Context = ""
    source: Context = ""
    options: Annotated[tuple[OptionDraft, ...], Meta(min_length=1, max_length=MAX_OPTIONS)]
    criteria: Annotated[tuple[CriterionDraft, ...], Meta(max_length=MAX_CRITERIA)] = ()
    gates: Annotated[tuple[GateDraft, ...], Meta(max_length=MAX_GATES)] = ()


class TemplateError(ValueError):
    """A file is not a valid template; `str()` of it gives file, line and field, and says why."""

    def __init__(self, source: str, line: int, field: str, problem: str) -> None:
        super().__init__(": ".join(filter(None, [f"{source}:{line}", field, problem])))
        self.source = source
        self.line = line
        self.field = field
        self.problem = problem


def load_template(path: Path) -> Template:
    """Read one file; its name without `.yaml` or `.yml` is the template's id.

    Raises TemplateError, also if the file cannot be opened.
    """
    if slug(path.stem) != path.stem:
        problem = "the file's name must consist of lowercase letters, digits and single hyphens"
        raise TemplateError(str(path), 1, "", problem)
    try:
        if path.exists() and not path.is_file():
            # Opening a pipe would wait for ever.
            raise TemplateError(str(path), 1, "", "cannot be read: this is not a file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TemplateError(str(path), 1, "", f"cannot be read: {error.strerror}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) > MAX_BYTES:
            raise _too_large(str(path)) from None
        line = content.count(b"\n", 0, error.start) + 1
        raise TemplateError(str(path), line, "", "this is not UTF-8 text") from None
    return parse_template(text, str(path))


def read_folder(folder: Path) -> tuple[dict[str, Template], list[TemplateError]]:
    """Read the `.yaml` and `.yml` files of a folder: templates by id, and errors in the others."""
    found: dict[str, Template] = {}
    faults: list[TemplateError] = []
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in LOOKED_AT)
    except OSError as error:
        return {}, [TemplateError(str(folder), 1, "", f"cannot be read: {error.strerror}")]
    for path in paths:
        if path.suffix.lower() in _OTHER_SUFFIXES:
            problem = "is not read: the names of templates end in .yaml or .yml"
            faults.append(TemplateError(str(path), 1, "", problem))
            continue
        try:
            template = load_template(path)
        except TemplateError as error:
            faults.append(error)
            continue
        if found.setdefault(template.id, template) is not template:
            problem = f"another file already defines {template.id}; this one is left out"
            faults.append(TemplateError(str(path), 1, "", problem))
    return found, faults


def load_templates(folder: Path) -> dict[str, Template]:
    """Read every file of a folder, by id. Raises TemplateError for the first invalid file."""
    found, faults = read_folder(folder)
    if faults:
        raise faults[0]
    return found


def parse_template(text: str, source: str) -> Template:
    """Parse YAML that a person typed or dropped. Raises TemplateError, which names `source`."""
    # A character has at least one byte, so a long text is refused without encoding it.
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise _too_large(source)
    try:
        document = read(text)
        return _template(document, slug(PurePath(source).stem) or "board")
    except DocumentError as error:
        raise TemplateError(source, error.line, error.field, error.problem) from None


def write_template(
    title: str,
    context: str,
    options: Sequence[Option],
    criteria: Sequence[Criterion],
    gates: Sequence[Gate] = (),
) -> str:
    """Write a board as YAML that `parse_template` reads back; without the answers of its gates."""
    board = {
        "title": title,
        "context": context,
        "options": [_given(option) for option in options],
        "criteria": [_given(criterion) for criterion in criteria],
        "gates": [_given(gate) for gate in drafts_of(gates)],
    }
    written = {name: value for name, value in board.items() if value}
    text: str = yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=90)
    return text


def _given(part: Option | Criterion | GateDraft) -> dict[str, object]:
    values = msgspec.to_builtins(part)
    return {name: value for name, value in values.items() if value not in ("", [])}


def _too_large(source: str) -> TemplateError:
    return TemplateError(source, 1, "", f"a template has at most {MAX_BYTES // 1024} KiB")


def _template(document: Document, template_id: str) -> Template:
    try:
        draft = msgspec.convert(document.value, TemplateDraft)
    except msgspec.ValidationError as error:
        found = breach(error)
        raise document.error(found.field, found.problem) from None
    try:
        options = complete(draft.options)
    except OptionError as error:
        raise document.error(f"options[{error.index}].{error.field}", error.problem) from None
    return Template(
        id=template_id,
        title=_tidied(document, "title", draft.title, needed=True),
        strapline=_tidied(document, "strapline", draft.strapline),
        context=_tidied(document, "context", draft.context, lines=True),
        source=_tidied(document, "source", draft.source, lines=True),
        options=options,
        criteria=_criteria(document, draft.criteria),
        gates=_gates(document, draft.gates),
    )


def _criteria(document: Document, drafts: tuple[CriterionDraft, ...]) -> tuple[Criterion, ...]:
    try:
        return complete_criteria(drafts)
    except CriterionError as error:
        field = f"criteria[{error.index}].{error.field}"
        raise document.error(field, error.problem) from None


def _gates(document: Document, drafts: tuple[GateDraft, ...]) -> tuple[Gate, ...]:
    try:
        return complete_gates(drafts)
    except GateError as error:
        raise document.error(f"gates[{error.index}].{error.field}", error.problem) from None


def _tidied(
    document: Document, field: str, text: str, *, needed: bool = False, lines: bool = False
) -> str:
    try:
        text = tidy(text, lines=lines)
    except ValueError as error:
        raise document.error(field, str(error)) from None
    if needed and not visible(text):
        raise document.error(field, "must not be empty")
    return text
