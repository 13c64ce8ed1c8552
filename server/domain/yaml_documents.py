"""The subset of YAML that people write by hand: plain values, with the line of each."""

import re
from typing import Any, NamedTuple

import yaml

from server.words.catalogue import words

# A full template needs five levels and some two thousand values. Far more can only be meant to
# exhaust the stack, or to stall this process for everyone.
_DEPTH = 10
_VALUES = 5000

_TAG = "tag:yaml.org,2002:"
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_SURPRISES = {"bool", "int", "float", "null", "timestamp"}
_COMMENT = re.compile(r"[ \t]+#[^\0\r\n]*")
_HINTS = {
    "mapping values are not allowed here": "document-hint-colon",
    "found character '\\t' that cannot start any token": "document-hint-tabs",
}


_MUST_BE_TEXT = words("breach-kind", wanted=words("breach-kind-text"), got="\0").split("\0")[0]


class DocumentError(ValueError):
    """YAML that cannot be read: `line` (from 1), `field` (such as `options[2].link`), `problem`."""

    def __init__(self, line: int, field: str, problem: str) -> None:
        super().__init__(f"{line}: {field}: {problem}" if field else f"{line}: {problem}")
        self.line = line
        self.field = field
        self.problem = problem


class Origin(NamedTuple):
    """Where a value is, and how YAML interpreted it if that may surprise its author."""

    line: int
    surprise: str = ""


class Document(NamedTuple):
    """The content of a text (dicts, lists, strings, numbers, booleans), and where each value is."""

    value: Any
    origins: dict[str, Origin]

    def error(self, field: str, problem: str) -> DocumentError:
        """Make the error for a field, or for the field that should contain it."""
        place = field
        while place not in self.origins:
            place = re.sub(r"(^|\.)[^.\[\]]*$|\[\d+\]$", "", place)
        line, surprise = self.origins[place]
        if surprise and place == field and problem.startswith(_MUST_BE_TEXT):
            problem = surprise
        return DocumentError(line, field, problem)


def read(text: str) -> Document:
    """Parse one YAML document. Raises DocumentError, and nothing else, for any text."""
    origins: dict[str, Origin] = {}
    node = _compose(text)
    return Document(_plain(node, "", origins), origins)


class _Loader(yaml.SafeLoader):
    """Composes nodes, which know their lines; refuses what would explode when expanded."""

    depth = 0
    values = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        alias = self.check_event(yaml.AliasEvent)
        # The scanner is ahead of this event, so its own line would be too far down.
        line = self.current_event.start_mark.line + 1
        if alias:
            raise DocumentError(line, "", words("document-alias"))
        if self.depth == _DEPTH:
            raise DocumentError(line, "", words("document-too-deep"))
        if self.values == _VALUES:
            raise DocumentError(line, "", words("document-too-many", max=_VALUES))
        self.values += 1
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _compose(text: str) -> yaml.Node:
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        character = f"U+{ord(text[error.position]):04X}"
        problem = words("document-character", character=character)
        raise DocumentError(line, "", problem) from None
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error) from None
    except DocumentError:
        raise
    except (ValueError, OverflowError):
        # PyYAML leaves these to Python: the number of a character that does not exist, or a version
        # of ten thousand digits.
        line = loader.line + 1 if loader else 1
        raise DocumentError(line, "", words("document-number")) from None
    if node is None:
        raise DocumentError(1, "", words("document-empty"))
    return node


def _not_yaml(error: yaml.MarkedYAMLError) -> DocumentError:
    problem = str(error.problem or error.context)
    mark = error.problem_mark or error.context_mark
    if "end of stream" in problem or "stream end" in problem:
        # For something that was never closed, the place where it was opened is more helpful.
        mark = error.context_mark or mark
    # What PyYAML says is for people who know YAML, and in English.
    why = ", ".join(filter(None, [error.context, error.problem]))
    hint = words(_HINTS[problem]) if problem in _HINTS else why
    return DocumentError(mark.line + 1 if mark else 1, "", words("document-not-yaml", why=hint))


def _plain(node: yaml.Node, field: str, origins: dict[str, Origin]) -> Any:
    line = node.start_mark.line + 1
    origins.setdefault(field, Origin(line))
    kind = node.tag.removeprefix(_TAG)
    match node:
        case yaml.ScalarNode():
            return _scalar(node, kind, field, origins)
        case yaml.SequenceNode() if kind == "seq":
            return [_plain(item, f"{field}[{n}]", origins) for n, item in enumerate(node.value)]
        case yaml.MappingNode() if kind == "map":
            return _fields(node, field, origins)
    raise DocumentError(line, field, words("document-tag", tag=_shown(node.tag)))


def _fields(node: yaml.MappingNode, field: str, origins: dict[str, Origin]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if not re.fullmatch(r"[a-z_]{1,40}", name):
            raise DocumentError(line, field, words("document-field", name=_shown(name)))
        place = f"{field}.{name}".removeprefix(".")
        if place in origins:
            first = origins[place].line
            raise DocumentError(line, place, words("document-twice", line=first))
        origins[place] = Origin(line)
        # A field with nothing after its colon counts as omitted.
        if value.tag != f"{_TAG}null" or value.value:
            values[name] = _plain(value, place, origins)
    return values


def _scalar(
    node: yaml.ScalarNode, kind: str, field: str, origins: dict[str, Origin]
) -> str | float | bool | None:
    text: str = node.value
    line = origins[field].line
    if kind == "str":
        _require_whole(node, field, line)
        return text
    surprise = words("document-surprise", text=_shown(text), kind=kind)
    origins[field] = Origin(line, surprise if text else "")
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    if kind == "int" and re.fullmatch(r"[-+]?(0|[1-9]\d{0,14})", text):
        return int(text)
    if kind == "float" and re.fullmatch(r"[-+]?(\d{1,15}\.\d{0,15}|\.\d{1,15})", text):
        return float(text)
    if kind in {*_SURPRISES, "value", "merge"}:
        raise DocumentError(line, field, surprise)
    raise DocumentError(line, field, words("document-tag", tag=_shown(node.tag)))


def _require_whole(node: yaml.ScalarNode, field: str, line: int) -> None:
    """Raise DocumentError for a text that YAML ends at a comment: `C #1` would be read as `C`."""
    mark = node.end_mark
    if node.style is not None or not isinstance(mark.buffer, str):
        return
    if found := _COMMENT.match(mark.buffer, mark.pointer):
        raise DocumentError(
            line,
            field,
            words("document-comment", text=_shown(node.value), comment=_shown(found[0].strip())),
        )


def _shown(text: str) -> str:
    """Quote what an author wrote, shortened to fit into a sentence."""
    return f"“{text}”" if len(text) <= 40 else f"“{text[:39]}…”"
