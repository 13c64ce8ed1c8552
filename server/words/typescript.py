"""The sentences of the scripts as TypeScript types: `python -m server.words.typescript`.

They are made from the catalogue, for `.ci/scripts/words.d.ts`; `make scripts` checks with them that
each sentence that a script says exists, and has all of its arguments.
"""

from collections.abc import Iterator

from fluent.syntax import ast, visitor

from server.words.browser import argument_of, ids_of, key_of
from server.words.catalogue import SOURCE, Messages

_OPENING = """\
// Made by `make docs` from data/words/en/browser-*.ftl; change it there.

declare namespace Words {
  /** The sentences of the scripts by id, and their arguments; null where there are none. */
  interface Messages {
"""
_WIDTH = 101
"""The most characters of a line, with its end."""
_PLURALS = {"zero", "one", "two", "few", "many", "other"}


def declarations() -> str:
    """Return the file: the ids of the sentences, and the types of their arguments."""
    messages = Messages(SOURCE)
    shown = (messages[id_] for id_ in sorted(ids_of(SOURCE)))
    return f"{_OPENING}{''.join(_message(each) for each in shown)}  }}\n}}\n"


def arguments_of(message: ast.Message) -> dict[str, str]:
    """Return the types of a sentence's arguments, by their names."""
    arguments = _Arguments()
    arguments.visit(message)
    return dict(sorted(arguments.types.items()))


def _message(message: ast.Message) -> str:
    types = arguments_of(message)
    if not types:
        return f'    "{message.id.name}": null;\n'
    fields = "".join(_field(f"      {name}:", type_) for name, type_ in types.items())
    return f'    "{message.id.name}": {{\n{fields}    }};\n'


def _field(name: str, type_: str) -> str:
    """Write a field as Prettier does: a union that is too long for a line has a line for each."""
    line = f"{name} {type_};\n"
    if len(line) <= _WIDTH:
        return line
    choices = type_.split(" | ")
    return "\n".join((name, *(f"        | {choice}" for choice in choices))) + ";\n"


class _Arguments(visitor.Visitor):
    """Collects the arguments of a message, and of those inside it.

    What chooses between sentences tells the most.
    """

    def __init__(self) -> None:
        self.types: dict[str, str] = {}

    def visit_MessageReference(self, reference: ast.MessageReference) -> None:  # noqa: N802
        self.visit(Messages(SOURCE)[reference.id.name])

    def visit_VariableReference(self, variable: ast.VariableReference) -> None:  # noqa: N802
        self.types.setdefault(variable.id.name, "string | number")

    def visit_FunctionReference(self, call: ast.FunctionReference) -> None:  # noqa: N802
        self.types[argument_of(call)] = "number"

    def visit_SelectExpression(self, select: ast.SelectExpression) -> None:  # noqa: N802
        self.types[argument_of(select.selector)] = " | ".join(_chosen_by(select))
        for variant in select.variants:
            self.visit(variant.value)


def _chosen_by(select: ast.SelectExpression) -> Iterator[str]:
    """Yield the types of a selector: numbers, words, or any word where `other` is the default."""
    keys = {key_of(variant) for variant in select.variants}
    words = sorted(key for key in keys if not key.isdecimal())
    if _PLURALS.issuperset(words):
        yield "number"
    elif "other" in words:
        yield "string"
    else:
        yield from (f'"{word}"' for word in words)


if __name__ == "__main__":
    print(declarations(), end="")  # noqa: T201
