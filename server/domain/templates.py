"""Boards kept as YAML files, to start a vote from."""

from pathlib import Path

from msgspec import Struct

from server.domain.criteria import Criterion
from server.domain.limits import Context, Slug, Strapline, Title
from server.domain.options import Option


class Template(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A board that nobody has opened yet."""

    id: Slug
    title: Title
    strapline: Strapline = ""
    context: Context = ""
    source: Context = ""
    options: tuple[Option, ...]
    criteria: tuple[Criterion, ...] = ()


class TemplateError(ValueError):
    """A file is no template; `str()` of it names file, line and field, and says why."""


def load_template(path: Path) -> Template:
    """Read one file; its name without `.yaml` is the template's id."""
    raise NotImplementedError


def load_templates(folder: Path) -> dict[str, Template]:
    """Read every `.yaml` file of a folder, by id."""
    raise NotImplementedError


def parse_template(text: str, source: str) -> Template:
    """Read YAML that somebody typed or dropped; `source` is what errors call it."""
    raise NotImplementedError
