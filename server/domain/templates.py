"""Boards kept as YAML files, to start a vote from. Their shape stands in `docs/boards.md`."""

from pathlib import Path, PurePath
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from server.domain.criteria import (
    MAX_CRITERIA,
    Criterion,
    CriterionDraft,
    CriterionError,
)
from server.domain.criteria import complete as complete_criteria
from server.domain.documents import Document, DocumentError, read
from server.domain.limits import MAX_OPTIONS, Context, Slug, Strapline, Title, breach
from server.domain.options import Option, OptionDraft, OptionError, complete
from server.domain.text import slug, tidy, visible

MAX_BYTES = 256 * 1024
SUFFIXES = {".yaml", ".yml"}


class Template(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A board that nobody has opened yet."""

    id: Slug
    title: Title
    strapline: Strapline = ""
    context: Context = ""
    source: Context = ""
    options: tuple[Option, ...]
    criteria: tuple[Criterion, ...] = ()


class TemplateDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template as its file gives it."""

    title: Title
    strapline: Strapline = ""
    context: Context = ""
    source: Context = ""
    options: Annotated[tuple[OptionDraft, ...], Meta(min_length=1, max_length=MAX_OPTIONS)]
    criteria: Annotated[tuple[CriterionDraft, ...], Meta(max_length=MAX_CRITERIA)] = ()


class TemplateError(ValueError):
    """A file is no template; `str()` of it names file, line and field, and says why."""

    def __init__(self, source: str, line: int, field: str, problem: str) -> None:
        super().__init__(": ".join(filter(None, [f"{source}:{line}", field, problem])))
        self.source = source
        self.line = line
        self.field = field
        self.problem = problem


def load_template(path: Path) -> Template:
    """Read one file; its name without `.yaml` or `.yml` is the template's id.

    Raises TemplateError, for a file that cannot be opened too.
    """
    if slug(path.stem) != path.stem:
        problem = "the file's name must be small letters, digits and single hyphens"
        raise TemplateError(str(path), 1, "", problem)
    try:
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
    """Read every `.yaml` and `.yml` file of a folder: templates by id, and what is wrong with the
    other files.
    """
    found: dict[str, Template] = {}
    faults: list[TemplateError] = []
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError as error:
        return {}, [TemplateError(str(folder), 1, "", f"cannot be read: {error.strerror}")]
    for path in paths:
        try:
            template = load_template(path)
        except TemplateError as error:
            faults.append(error)
            continue
        if found.setdefault(template.id, template) is not template:
            problem = f"there is another file for {template.id}; this one is left out"
            faults.append(TemplateError(str(path), 1, "", problem))
    return found, faults


def load_templates(folder: Path) -> dict[str, Template]:
    """Read every file of a folder, by id. Raises TemplateError for the first that is wrong."""
    found, faults = read_folder(folder)
    if faults:
        raise faults[0]
    return found


def parse_template(text: str, source: str) -> Template:
    """Read YAML that somebody typed or dropped; `source` is what errors call it."""
    # A character has at least one byte, so a long text need not be encoded to be refused.
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise _too_large(source)
    try:
        document = read(text)
        return _template(document, slug(PurePath(source).stem) or "board")
    except DocumentError as error:
        raise TemplateError(source, error.line, error.field, error.problem) from None


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
    )


def _criteria(document: Document, drafts: tuple[CriterionDraft, ...]) -> tuple[Criterion, ...]:
    try:
        return complete_criteria(drafts)
    except CriterionError as error:
        field = f"criteria[{error.index}].{error.field}"
        raise document.error(field, error.problem) from None


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
