"""The sentences that people read, in Project Fluent's format, by language.

A page or an answer names a sentence and its arguments, and never puts one together from pieces:
`words("refusal-round-closed", round=3)`. One process speaks one language.
"""

import html
import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from babel import Locale
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message

from server.resources import resources
from server.words.pseudo import PSEUDO, accented
from server.words.sentences import Argument, Sentences, WordsError

logger = logging.getLogger(__name__)

SOURCE = "en"
"""The language that sentences are written in."""
VARIABLE = "STACKVOTE_LANGUAGE"
"""The environment variable that chooses a language; see docs/internals/testing.md."""
ELEMENTS = {
    "figure": '<b class="num">',
    "figure_end": "</b>",
    "unseen": '<span class="visually-hidden">',
    "unseen_end": "</span>",
}
"""The elements that a sentence can have inside, as arguments that `markup` passes to it."""

_PARSER = FluentParser(with_spans=False)
_BLOCKS = re.compile(r"^(?=[^\s}])", re.MULTILINE)
"""Before what begins at the margin: a message or a comment."""
_ID = re.compile(r"([a-zA-Z][\w-]*) *=")


def locale_of(language: str) -> Locale:
    """Return by what a language counts and writes numbers; a made-up one does as English does."""
    return Locale.parse(SOURCE if language == PSEUDO else language, sep="-")


class Catalogue:
    """The sentences of one language, each parsed and compiled when it is first said.

    Reading all of them takes a quarter of the second in which a process starts, and most processes
    say few. Tests make sure that every one can be said.
    """

    def __init__(self, language: str) -> None:
        """Raise WordsError for an unknown language, or an id that stands twice."""
        self.language = language
        self._sentences = Sentences(Messages(language), locale_of(language))

    def text(self, id_: str, /, **arguments: Argument) -> str:
        """Return a sentence. Raises WordsError for an unknown id, a missing argument, or a
        sentence that is not supported.
        """
        try:
            return self._sentences.get(id_)(arguments)
        except KeyError as error:
            raise self._error(id_, f"the argument {error.args[0]} is missing") from error
        except WordsError as error:
            raise self._error(id_, error) from error

    def _error(self, id_: str, error: object) -> WordsError:
        return WordsError(f"{id_} in the catalogue {self.language}: {error}.")


class Messages(Mapping[str, Message]):
    """The messages of a language by id, each parsed when it is first asked for."""

    def __init__(self, language: str) -> None:
        """Raise WordsError as `sources` does, or for an id in two files."""
        self._accented = language == PSEUDO
        self._sources: dict[str, str] = {}
        for file in sources(language).values():
            for id_, source in file.items():
                if id_ in self._sources:
                    raise WordsError(f"{id_} stands twice in the catalogue {language}.")
                self._sources[id_] = source
        self._parsed: dict[str, Message] = {}

    def __getitem__(self, id_: str) -> Message:
        """Raise KeyError for an unknown id, WordsError for what is not Fluent."""
        found = self._parsed.get(id_)
        if found is None:
            source = self._sources[id_]
            entry = _PARSER.parse_entry(source)
            if not isinstance(entry, Message):
                raise WordsError(f"{source!r} is not Fluent")
            found = self._parsed[id_] = accented(entry) if self._accented else entry
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


def languages() -> list[str]:
    """Return the languages that can be read: those in `data/words/`, and the made-up one."""
    return [*sorted(folder.name for folder in _folder().iterdir()), PSEUDO]


@cache
def sources(language: str) -> dict[str, dict[str, str]]:
    """Return what each message of a language is written as, by file (`pages.ftl`) and id.

    Raises WordsError for an unknown language, and for a line that belongs to no message.
    """
    written = SOURCE if language == PSEUDO else language
    files = sorted((_folder() / written).glob("*.ftl"))
    if not files:
        raise WordsError(f"There is no catalogue for the language {language!r}.")
    return {path.name: _messages_in(path) for path in files}


def _messages_in(path: Path) -> dict[str, str]:
    """Tell the messages of a file apart, which is a hundred times as fast as to parse them."""
    found: dict[str, str] = {}
    for block in _BLOCKS.split(path.read_text(encoding="utf-8")):
        if not block.strip() or block.startswith("#"):
            continue
        message = _ID.match(block)
        if message is None or message[1] in found:
            why = "stands twice in" if message else "belongs to no message of"
            raise WordsError(f"{block.strip()!r} {why} {path.name}.")
        found[message[1]] = block
    return found


def language() -> str:
    """Return the language of this process."""
    return _catalogue().language


def words(id_: str, /, **arguments: Argument) -> str:
    """Return a sentence in the language of this process.

    Numbers have no thousands separators, unless the sentence says `NUMBER($n, useGrouping: 1)`.
    A page is shown even if a sentence is missing: it then has the id in its place, and the log says
    why. With `strict`, as in tests, WordsError is raised.
    """
    try:
        return _catalogue().text(id_, **arguments)
    except WordsError as error:
        if strict:
            raise
        logger.error("A sentence cannot be shown: %s", error, extra={"event": "words"})  # noqa: TRY400
        return id_


def markup(id_: str, /, **arguments: Argument) -> str:
    """Return a sentence as HTML: it may have ELEMENTS inside, and its arguments are escaped.

    The catalogue itself has no `<`, `>` or `&`, which a test makes sure of.
    """
    escaped = {
        name: html.escape(each) if isinstance(each, str) else each
        for name, each in arguments.items()
    }
    return words(id_, **escaped, **ELEMENTS)


def decimal(value: float) -> str:
    """Write a number with two digits after the point."""
    # Rounded here: what is shown decides, and not how a language rounds.
    return words("figure-mean", mean=float(f"{value:.2f}"))


def listed(names: Sequence[str]) -> str:
    """Join names as a person would: `A, B and C`."""
    return _joined("list-and", names)


def alternatively(names: Sequence[str]) -> str:
    """Join names of which one is meant: `A, B or C`."""
    return _joined("list-or", names)


def _joined(id_: str, names: Sequence[str]) -> str:
    *others, last = names
    if not others:
        return last
    return words(id_, others=words("list-comma").join(others), last=last)


@cache
def _catalogue() -> Catalogue:
    wanted = os.environ.get(VARIABLE) or SOURCE
    if wanted not in languages():
        logger.error(
            "%s is %r, but the languages are %s. English is used.",
            *(VARIABLE, wanted, ", ".join(languages())),
            extra={"event": "language"},
        )
        wanted = SOURCE
    return Catalogue(wanted)


def _folder() -> Path:
    return resources().data / "words"


strict = False
"""Whether a wrong use of the catalogue is raised; otherwise it is logged."""
