"""What criteria and gates have in common: they are lists of items with an id and a name each."""

from collections.abc import Callable, Iterable
from typing import Protocol

from server.domain.names import look_the_same
from server.domain.text import free_slug, slug, visible
from server.words.catalogue import words


class Listed(Protocol):
    """An item of a list."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


def require_new(
    id_: str | None,
    name: str,
    listed: Iterable[Listed],
    error: Callable[[str, str], Exception],
) -> None:
    """Raise `error(field, problem)` for an item without a name, or one that is listed already."""
    known = list(listed)
    if not visible(name):
        raise error("name", words("breach-not-empty"))
    if id_ is not None and id_ in {other.id for other in known}:
        raise error("id", words("breach-listed-already", value=id_))
    if any(look_the_same(name, other.name) for other in known):
        raise error("name", words("breach-listed-already", value=name))


def add_id(name: str, otherwise: str, ids: set[str]) -> str:
    """Return a free id made of the name, or else of `otherwise`, and add it to `ids`."""
    made = free_slug(slug(name) or otherwise, ids)
    ids.add(made)
    return made
