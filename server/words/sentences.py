"""Turns the messages of a catalogue into functions of their arguments.

What of Fluent is used here: text, arguments, selection by plural, number or word, references to
other messages, `NUMBER` and `ORDINAL`. Anything else is an error when the catalogue is read.
Plurals and numbers are Babel's, so they are right in every language that CLDR has.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import NoReturn

from babel import Locale
from babel.numbers import format_decimal, get_group_symbol
from babel.plural import to_python
from fluent.syntax import ast

Argument = str | int | float
Arguments = Mapping[str, Argument]
Sentence = Callable[[Arguments], str]
Category = Callable[[float], str]

NUMBERS = 4096
"""How many numbers are remembered as they are written, and counted: Babel takes many times as long
as a sentence.
"""
_OPTIONS = {"useGrouping", "minimumFractionDigits", "maximumFractionDigits"}


class WordsError(ValueError):
    """A catalogue, or a use of it, is wrong."""


class Sentences:
    """The messages of one language, each compiled when it is first asked for."""

    def __init__(self, messages: Mapping[str, ast.Message], locale: Locale) -> None:
        """`messages` is keyed by id; plurals and numbers follow `locale`."""
        self._messages = messages
        self._locale = locale
        remembered = lru_cache(NUMBERS, typed=True)
        self._plural: Category = remembered(to_python(locale.plural_form))
        self._ordinal: Category = remembered(to_python(locale.ordinal_form))
        self._number = remembered(self._write_number)
        by_thousands = locale.decimal_formats[None].grouping == (3, 3)
        self._comma = get_group_symbol(locale) if by_thousands else None
        """What separates thousands; None where a language groups otherwise."""
        self._compiled: dict[str, Sentence] = {}

    def get(self, id_: str) -> Sentence:
        """Return the function of a message. Raises WordsError for an unknown one, or what is not
        supported; the function raises KeyError for an argument that is missing.
        """
        found = self._compiled.get(id_)
        if found is None:
            message = self._messages.get(id_)
            if message is None or message.value is None:
                raise WordsError(f"there is no sentence {id_}")
            self._compiled[id_] = partial(_wrong, f"{id_} refers to itself")
            found = self._compiled[id_] = self._pattern(message.value)
        return found

    def _pattern(self, pattern: ast.Pattern) -> Sentence:
        """Make a text with places of a pattern, and functions for what stands there."""
        text, parts = "", []
        for each in pattern.elements:
            made = each.value if isinstance(each, ast.TextElement) else self._placeable(each)
            if isinstance(made, str):
                text += made.replace("%", "%%")
            else:
                text += "%s"
                parts.append(made)
        match parts:
            case []:
                return partial(_same, text % ())
            case [only]:
                return lambda arguments: text % only(arguments)
            case [first, second]:
                return lambda arguments: text % (first(arguments), second(arguments))
        return lambda arguments: text % tuple([part(arguments) for part in parts])

    def _placeable(self, placeable: ast.Placeable) -> Sentence | str:
        match placeable.expression:
            case ast.StringLiteral() as literal:
                return str(literal.parse()["value"])
            case ast.NumberLiteral(value=value):
                return str(value)
            case ast.VariableReference(id=ast.Identifier(name=name)):
                return self._argument(name)
            case ast.MessageReference(id=ast.Identifier(name=name), attribute=None):
                return self.get(name)
            case ast.FunctionReference(id=ast.Identifier(name="NUMBER"), arguments=given):
                return self._call_number(given)
            case ast.SelectExpression() as select:
                return self._select(select)
        raise WordsError(f"{type(placeable.expression).__name__} is not supported")

    # Arguments and numbers

    def _argument(self, name: str) -> Sentence:
        def shown(arguments: Arguments) -> str:
            value = arguments[name]
            if isinstance(value, str):
                return value
            # Without thousands separators, a whole number is written alike everywhere.
            return str(value) if isinstance(value, int) else self._number(value, False, 0, 3)

        return shown

    def _call_number(self, given: ast.CallArguments) -> Sentence:
        name = _variable(given)
        options = {each.name.name: each.value for each in given.named}
        if unknown := set(options) - _OPTIONS:
            raise WordsError(f"NUMBER has no option {', '.join(sorted(unknown))} here")
        digits = {key: int(str(value.value)) for key, value in options.items()}
        least = digits.get("minimumFractionDigits", 0)
        most = max(least, digits.get("maximumFractionDigits", 3))
        grouping = bool(digits.get("useGrouping", 0))
        number, comma = self._number, self._comma if grouping and not least else None

        def shown(arguments: Arguments) -> str:
            value = arguments[name]
            if comma is not None and isinstance(value, int):
                return f"{value:,}".replace(",", comma)
            return number(value, grouping, least, most)

        return shown

    def _write_number(self, value: Argument, grouping: bool, least: int, most: int) -> str:
        if isinstance(value, str):
            raise WordsError(f"{value!r} is not a number")
        whole = str(self._locale.decimal_formats[None].pattern).partition(".")[0]
        pattern = f"{whole}.{'0' * least}{'#' * (most - least)}" if most else whole
        return format_decimal(value, pattern, self._locale, group_separator=grouping)

    # Selection

    def _select(self, select: ast.SelectExpression) -> Sentence:
        by_number: dict[float, Sentence] = {}
        by_word: dict[str, Sentence] = {}
        # The parser requires a default.
        usual = self._pattern(next(each.value for each in select.variants if each.default))
        for variant in select.variants:
            sentence = self._pattern(variant.value)
            if isinstance(variant.key, ast.NumberLiteral):
                by_number[float(variant.key.value)] = sentence
            else:
                by_word[variant.key.name] = sentence
        name, category = self._selector(select.selector)

        def chosen(arguments: Arguments) -> str:
            value = arguments[name]
            if isinstance(value, str):
                return by_word.get(value, usual)(arguments)
            exact = by_number.get(value)
            return (exact or by_word.get(category(value), usual))(arguments)

        return chosen

    def _selector(self, selector: ast.InlineExpression) -> tuple[str, Category]:
        """Return the argument that is selected on, and what tells the category of a number."""
        match selector:
            case ast.VariableReference(id=ast.Identifier(name=name)):
                return name, self._plural
            case ast.FunctionReference(id=ast.Identifier(name="ORDINAL"), arguments=given):
                return _variable(given), self._ordinal
        raise WordsError("a sentence selects on an argument, or on ORDINAL of one")


def _same(text: str, _: Arguments) -> str:
    return text


def _wrong(why: str, _: Arguments) -> NoReturn:
    raise WordsError(why)


def _variable(given: ast.CallArguments) -> str:
    match given.positional:
        case [ast.VariableReference(id=ast.Identifier(name=name))]:
            return str(name)
    raise WordsError("a function is given one argument of the sentence")
