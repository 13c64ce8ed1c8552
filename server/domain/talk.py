"""All comments of a board, and what would take a look at each of them as running numbers."""

import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from server.domain.comments import Comment

_made = attrgetter("made")


class Page(NamedTuple):
    """Some comments, and the position before which there are more; None: there are none."""

    comments: list[Comment]
    before: int | None


class Talk(Mapping[str, Comment]):
    """Comments by id, the one that changed last at the end.

    A comment that answers none begins a thread. The five thousandth comment costs no more
    than the first: nothing here goes through all of them but `supported`.
    """

    def __init__(self) -> None:
        self.characters = 0
        """Of all comments together."""
        self.pinned: dict[str, Comment] = {}
        self.afresh = 0
        """The position at which all of them changed at once."""
        self._comments: dict[str, Comment] = {}
        self._threads: list[Comment] = []
        self._replies: dict[str, list[Comment]] = {}
        self._counts: dict[str, Counter[str]] = {}

    def __getitem__(self, id_: str) -> Comment:
        return self._comments[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._comments)

    def __len__(self) -> int:
        return len(self._comments)

    # What happens to them

    def add(self, comment: Comment) -> None:
        self._comments[comment.id] = comment
        self._siblings(comment).append(comment)
        self._count(comment, 1)

    def touch(self, comment: Comment, seq: int) -> None:
        """Take note that a comment changed at a position."""
        comment.seq = seq
        self._comments[comment.id] = self._comments.pop(comment.id)

    def edit(self, comment: Comment, text: str) -> None:
        self.characters += len(text) - len(comment.text)
        comment.text = text

    def hide(self, comment: Comment, *, on: bool) -> None:
        self._count(comment, -1)
        comment.hidden = on
        self._count(comment, 1)

    def pin(self, comment: Comment, *, on: bool) -> None:
        comment.pinned = on
        if on:
            self.pinned[comment.id] = comment
        else:
            self.pinned.pop(comment.id, None)

    def erase(self, comment: Comment, seq: int) -> None:
        """Leave of a comment nothing but that it was deleted, at the place where it was.

        Whoever reads the log later knows of it no other place, and no thread.
        """
        self.pin(comment, on=False)
        self._count(comment, -1)
        siblings = self._siblings(comment)
        del siblings[bisect_left(siblings, comment.made, key=_made)]
        comment.erase(seq)
        self._siblings(comment).append(comment)

    # What is asked of them

    @property
    def changed(self) -> int:
        """The position at which any of them changed last."""
        last = next(reversed(self._comments.values()), None)
        return max(self.afresh, last.seq if last else 0)

    @property
    def threads(self) -> int:
        return len(self._threads)

    @property
    def options(self) -> Iterable[str]:
        """Ids of the options that were ever spoken about."""
        return self._counts

    def counts(self, option: str) -> Mapping[str, int]:
        """Return how many can be read about an option: `comments` in all, threads by kind."""
        return self._counts.get(option, Counter())

    def since(self, seq: int) -> list[Comment]:
        """Return those that changed after a position, in the order they were made."""
        changed: list[Comment] = []
        for comment in reversed(self._comments.values()):
            if comment.seq <= seq:
                break
            changed.append(comment)
        return sorted(changed, key=_made)

    def newest(self, limit: int, *, before: int | None = None, option: str | None = None) -> Page:
        """Return up to `limit` threads made before a position, the newest first."""
        end = len(self._threads)
        if before is not None:
            end = bisect_left(self._threads, before, key=_made)
        older = (self._threads[place] for place in range(end - 1, -1, -1))
        found = list(islice((c for c in older if option in (None, c.option)), limit + 1))
        shown = found[:limit]
        return Page(shown, shown[-1].made if len(found) > limit else None)

    def supported(self, limit: int, *, option: str | None = None) -> list[Comment]:
        """Return up to `limit` threads, those with the most support first, newer before older."""
        wanted = (c for c in self._threads if option in (None, c.option) and not c.deleted)
        return heapq.nlargest(limit, wanted, key=lambda c: (c.support, c.made))

    def first(self, limit: int) -> Page:
        """Return what a newcomer gets, in the order it was made.

        The newest threads with their replies, and all that is pinned, each with its thread.
        """
        page = self.newest(limit)
        threads = {comment.id: comment for comment in page.comments}
        for pinned in self.pinned.values():
            thread = self.get(pinned.parent, pinned) if pinned.parent else pinned
            threads[thread.id] = thread
        return Page(sorted(self.with_replies(threads.values()), key=_made), page.before)

    def with_replies(self, threads: Iterable[Comment]) -> list[Comment]:
        """Return each thread with what answers it behind it, oldest first."""
        return [c for thread in threads for c in (thread, *self._replies.get(thread.id, ()))]

    def _siblings(self, comment: Comment) -> list[Comment]:
        if not comment.parent:
            return self._threads
        return self._replies.setdefault(comment.parent, [])

    def _count(self, comment: Comment, by: int) -> None:
        self.characters += by * len(comment.text)
        counts = self._counts.setdefault(comment.option, Counter())
        if comment.deleted or comment.hidden:
            return
        counts["comments"] += by
        if not comment.parent:
            counts[comment.kind] += by
