"""All comments of a board, and what would take a look at each of them as running numbers."""

import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, takewhile
from operator import attrgetter
from typing import NamedTuple

from server.domain.comments import Comment

_made = attrgetter("made")

REPLIES = 20
"""The newest replies of a thread that come with it; earlier ones are asked for."""
PINNED = 50
"""Pinned comments that come with the newest ones: those that were pinned last."""
ROOM = 200_000
"""What the replies that come with threads may weigh together, in characters."""
WEIGHT = 200
"""What a comment weighs besides its text, in characters: its names, its marks, its reactions."""


class Page(NamedTuple):
    """Some comments, and the position before which there are more; None: there are none."""

    comments: list[Comment]
    before: int | None


class Earlier(NamedTuple):
    """Replies of a thread that do not come with it."""

    number: int
    before: int
    """The position before which they were made."""


class Excerpt(NamedTuple):
    """Threads with the newest of their replies."""

    comments: list[Comment]
    """Each thread with its replies behind it, oldest first."""
    earlier: dict[str, Earlier]
    """By the id of a thread, where it has more."""


class First(NamedTuple):
    """What a newcomer is told of."""

    comments: list[Comment]
    """In the order they were made."""
    before: int | None
    """The position before which there are more threads; None: there are none."""
    earlier: dict[str, Earlier]


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
        self._long: set[str] = set()
        """Threads with more replies than come with them."""
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
        self._measure(comment.parent)
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
        self._measure(comment.parent)
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
        return sorted(self._changed_since(seq), key=_made)

    def outweighs(self, room: int, *, since: int) -> bool:
        """Say whether those that changed after a position weigh more than so many characters."""
        for comment in self._changed_since(since):
            room -= _weight(comment)
            if room < 0:
                return True
        return False

    def comes_whole(self, threads: int) -> bool:
        """Say whether so many of the newest threads, with the replies that come, are all."""
        weight = self.characters + WEIGHT * len(self)
        return self.threads <= threads and not self._long and weight <= ROOM

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

    def first(self, limit: int) -> First:
        """Return the newest threads and what was pinned last, each with the newest of its thread.

        `limit` is of threads, not counting those of what is pinned.
        """
        page = self.newest(limit)
        threads = {comment.id: comment for comment in page.comments}
        pinned = list(islice(reversed(self.pinned.values()), PINNED))
        for each in pinned:
            thread = self.get(each.parent, each) if each.parent else each
            threads[thread.id] = thread
        told, earlier = self.with_replies(threads.values())
        chosen = {comment.id: comment for comment in (*told, *pinned)}
        for each in pinned:
            if each.parent in earlier and each.made < earlier[each.parent].before:
                more = earlier[each.parent]
                earlier[each.parent] = more._replace(number=more.number - 1)
        comments = sorted(chosen.values(), key=_made)
        missing = {id_: each for id_, each in earlier.items() if each.number}
        return First(comments, page.before, missing)

    def with_replies(self, threads: Iterable[Comment]) -> Excerpt:
        """Return each thread with the newest of its replies behind it, oldest first.

        As many as come with a thread, and while there is room for them: threads that are named
        first have it first.
        """
        told: list[Comment] = []
        earlier: dict[str, Earlier] = {}
        room = ROOM
        for thread in threads:
            replies = self._replies.get(thread.id, [])
            begin = len(replies)
            while begin and begin > len(replies) - REPLIES:
                room -= _weight(replies[begin - 1])
                if room < 0:
                    break
                begin -= 1
            told += (thread, *replies[begin:])
            if begin:
                earlier[thread.id] = Earlier(begin, replies[begin - 1].made + 1)
        return Excerpt(told, earlier)

    def replies(self, thread: str, limit: int, *, before: int | None = None) -> Page:
        """Return up to `limit` replies of a thread made before a position, the newest first."""
        replies = self._replies.get(thread, [])
        end = len(replies) if before is None else bisect_left(replies, before, key=_made)
        begin = max(0, end - limit)
        shown = replies[begin:end][::-1]
        return Page(shown, shown[-1].made if begin else None)

    def _changed_since(self, seq: int) -> Iterator[Comment]:
        """Go through those that changed after a position, the one that changed last first."""
        return takewhile(lambda comment: comment.seq > seq, reversed(self._comments.values()))

    def _measure(self, thread: str | None) -> None:
        """Take note whether a thread has more replies than come with it."""
        if thread and len(self._replies.get(thread, ())) > REPLIES:
            self._long.add(thread)
        elif thread:
            self._long.discard(thread)

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


def _weight(comment: Comment) -> int:
    return len(comment.text) + WEIGHT
