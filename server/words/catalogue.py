"""The sentences that people read, in Project Fluent's format, by language.

A page or an answer names a sentence and its arguments, and never puts one together from pieces:
`words("refusal-round-closed", round=3)`. One process speaks one language.
"""

import html
import logging
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from babel import Locale
from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message, Resource

from server.resources import resources
from server.words.pseudo import PSEUDO, accented
from server.words.sentences import Argument, Sentence, Sentences, WordsError

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


def locale_of(language: str) -> Locale:
    """Return by what a language counts and writes numbers; a made-up one does as English does."""
    return Locale.parse(SOURCE if language == PSEUDO else language, sep="-")


class Catalogue:
    """The sentences of one language."""

    def __init__(self, language: str) -> None:
        """Read and compile the catalogue. Raises WordsError for what is wrong with it."""
        self.language = language
        messages = messages_of(language)
        sentences = Sentences(messages, locale_of(language))
        self.sentences: dict[str, Sentence] = {}
        for id_ in messages:
            try:
                self.sentences[id_] = sentences.get(id_)
            except WordsError as error:
                raise self._error(id_, error) from error

    def text(self, id_: str, /, **arguments: Argument) -> str:
        """Return a sentence. Raises WordsError for an unknown id or a missing argument."""
        try:
            return self.sentences[id_](arguments)
        except KeyError as error:
            missing = f"the argument {error.args[0]} is missing"
            why = missing if id_ in self.sentences else "there is no such sentence"
            raise self._error(id_, why) from error
        except WordsError as error:
            raise self._error(id_, error) from error

    def _error(self, id_: str, error: object) -> WordsError:
        return WordsError(f"{id_} in the catalogue {self.language}: {error}.")


def languages() -> list[str]:
    """Return the languages that can be read: those in `data/words/`, and the made-up one."""
    return [*sorted(folder.name for folder in _folder().iterdir()), PSEUDO]


@cache
def read(language: str) -> dict[str, Resource]:
    """Return the parsed files of a language, by name (`pages.ftl`): one catalogue together.

    Raises WordsError if a file is not Fluent, if an id stands twice, or for an unknown language.
    """
    if language == PSEUDO:
        return {name: accented(resource) for name, resource in read(SOURCE).items()}
    files = sorted((_folder() / language).glob("*.ftl"))
    if not files:
        raise WordsError(f"There is no catalogue for the language {language!r}.")
    parser = FluentParser(with_spans=False)
    found = {path.name: parser.parse(path.read_text(encoding="utf-8")) for path in files}
    known: set[str] = set()
    for name, resource in found.items():
        for entry in resource.body:
            if isinstance(entry, Junk):
                raise WordsError(f"{name} in the catalogue {language}: {entry.content!r}")
            if isinstance(entry, Message):
                if entry.id.name in known:
                    raise WordsError(f"{entry.id.name} stands twice in the catalogue {language}.")
                known.add(entry.id.name)
    return found


def messages_of(language: str) -> dict[str, Message]:
    """Return the messages of all files of a language, by id. Raises WordsError as `read` does."""
    return {
        entry.id.name: entry
        for resource in read(language).values()
        for entry in resource.body
        if isinstance(entry, Message)
    }


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
