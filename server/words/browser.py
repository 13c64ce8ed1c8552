"""The sentences of the scripts, compiled for the browser: see `static/js/words.js`.

The browser has no parser of Fluent's format. It gets the messages of `browser-*.ftl` as JSON: a
sentence is a string, or a list of strings and objects. `{"$": "n"}` is the argument `n`; with `as`
it is a number in this format (as `Intl.NumberFormat` takes it); with `of` the value chooses one of
these sentences, and `or` is the key of the default. `python -m server.words.browser` prints it.
"""

import json
from collections.abc import Container, Iterator, Mapping
from fnmatch import fnmatch
from functools import cache
from typing import Any, TypeAlias

from babel import Locale
from fluent.syntax import ast

from server.words.catalogue import SOURCE, Messages, locale_of, sources
from server.words.sentences import WordsError

FILES = "browser-*.ftl"

Part: TypeAlias = str | dict[str, Any]
Sentence: TypeAlias = str | list[Part]


def script(language: str, ids: Container[str]) -> str:
    """Return the statement that gives a page its sentences: those of `ids` that there are."""
    tag, point = json.dumps(language), json.dumps(_decimal_point(locale_of(language)))
    told = sentences(language, ids)
    return f'globalThis.stackvoteWords={{"language":{tag},"messages":{told},"decimal":{point}}};\n'


def sentences(language: str, ids: Container[str]) -> str:
    """Return those of `ids` that are sentences of the scripts, by id, as JSON.

    Raises WordsError for what Fluent has and the scripts do not understand.
    """
    compiler = _Compiler(_messages(language))
    said = {
        id_: compiler.sentence(message.value)
        for id_ in ids_of(language)
        if id_ in ids and (message := _messages(language)[id_]).value
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _decimal_point(locale: Locale) -> str:
    """Return what stands before a fraction; nothing where a language has digits of its own."""
    is_plain = locale.default_numbering_system == "latn"
    return str(locale.number_symbols["latn"]["decimal"]) if is_plain else ""


def ids_of(language: str) -> list[str]:
    """Return the ids of all sentences that the scripts can say."""
    files = sources(language).items()
    return [id_ for name, messages in files if fnmatch(name, FILES) for id_ in messages]


@cache
def _messages(language: str) -> Messages:
    """Keep what was parsed for one page for the others."""
    return Messages(language)


class _Compiler:
    def __init__(self, known: Mapping[str, ast.Message]) -> None:
        """`known` has the messages that one can refer to, by id."""
        self._messages = known

    def sentence(self, pattern: ast.Pattern) -> Sentence:
        parts: list[Part] = []
        for part in self._parts(pattern):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
        match parts:
            case []:
                return ""
            case [str() as text]:
                return text
        return parts

    def _parts(self, pattern: ast.Pattern) -> Iterator[Part]:
        for element in pattern.elements:
            if isinstance(element, ast.TextElement):
                yield element.value
            else:
                yield from self._placeable(element)

    def _placeable(self, placeable: ast.Placeable) -> Iterator[Part]:
        match placeable.expression:
            case ast.Placeable() as inner:
                yield from self._placeable(inner)
            case ast.StringLiteral() as literal:
                yield literal.parse()["value"]
            case ast.MessageReference(id=id_, attribute=None):
                yield from self._reference(id_.name)
            case ast.VariableReference(id=id_):
                yield {"$": id_.name}
            case ast.FunctionReference(id=ast.Identifier(name="NUMBER")) as call:
                yield {"$": argument_of(call), "as": _options(call)}
            case ast.SelectExpression() as select:
                yield self._select(select)
            case other:
                raise WordsError(f"The scripts do not understand {type(other).__name__}.")

    def _reference(self, id_: str) -> Iterator[Part]:
        message = self._messages.get(id_)
        if message is None or message.value is None:
            raise WordsError(f"There is no sentence {id_}.")
        yield from self._parts(message.value)

    def _select(self, select: ast.SelectExpression) -> Part:
        ordinal = isinstance(select.selector, ast.FunctionReference)
        return {
            "$": argument_of(select.selector),
            **({"by": "ordinal"} if ordinal else {}),
            "of": {key_of(each): self.sentence(each.value) for each in select.variants},
            "or": next(key_of(each) for each in select.variants if each.default),
        }


def key_of(variant: ast.Variant) -> str:
    """Return the key of a variant: a word, a plural category or a number."""
    key = variant.key
    return key.name if isinstance(key, ast.Identifier) else str(key.value)


def argument_of(expression: Any) -> str:
    """Return the name of the argument in `$n`, `NUMBER($n)` and `ORDINAL($n)`."""
    match expression:
        case ast.VariableReference(id=id_):
            return id_.name
        case ast.FunctionReference(
            id=ast.Identifier(name="NUMBER" | "ORDINAL"),
            arguments=ast.CallArguments(positional=[ast.VariableReference(id=id_)]),
        ):
            return id_.name
    raise WordsError(f"The scripts do not understand {type(expression).__name__}.")


def _options(call: ast.FunctionReference) -> dict[str, Any]:
    return {
        each.name.name: json.loads(each.value.value)
        if isinstance(each.value, ast.NumberLiteral)
        else each.value.parse()["value"]
        for each in call.arguments.named
    }


if __name__ == "__main__":
    print(sentences(SOURCE, ids_of(SOURCE)))  # noqa: T201 - for tests of the scripts
