"""All comments of a board, with running totals for anything that would need to scan them all."""

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
"""The newest replies of a thread, which come with it; earlier ones are requested separately."""
PINNED = 50
"""Pinned comments that come with the newest ones: those pinned last."""
ROOM = 200_000
"""The total weight, in characters, of the replies that come with threads."""
WEIGHT = 200
"""The weight of a comment apart from its text, in characters: names, flags, reactions."""


class Page(NamedTuple):
    """Some comments, and the position before which there are more; None if there are no more."""

    comments: list[Comment]
    before: int | None


class Earlier(NamedTuple):
    """Replies that do not come with their thread."""

    number: int
    before: int
    """The position before which they were made."""


class Excerpt(NamedTuple):
    """Threads with their newest replies."""

    comments: list[Comment]
    """Each thread followed by its replies, oldest first."""
    earlier: dict[str, Earlier]
    """By thread id, for threads that have more."""


class First(NamedTuple):
    """The comments that a newcomer is sent."""

    comments: list[Comment]
    """In the order they were made."""
    before: int | None
    """The position before which there are more threads; None if there are no more."""
    earlier: dict[str, Earlier]


class Threads(Mapping[str, Comment]):
    """Comments by id; the comment that changed last is at the end.

    A comment that is not a reply begins a thread. The five thousandth comment costs no more than
    the first: only `supported` iterates over all of them.

    Sealed comments, which are hidden until the reveal of a round, are not among them, so that
    nothing that looks at comments shows them: only `find` and `sealed` give them.
    """

    def __init__(self) -> None:
        self.characters = 0
        """Total length of all comments, without the sealed ones."""
        self.sealed: dict[str, Comment] = {}
        """In the order they were made."""
        self._sealed_characters = 0
        self._unread: dict[str, Comment] = {}
        """What is left of sealed comments that were deleted: no one but their authors ever knew of
        them, and no one learns it later.
        """
        self.pinned: dict[str, Comment] = {}
        self.resync = 0
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

    def find(self, id_: str) -> Comment | None:
        """Return a comment, sealed or not, deleted or not."""
        return self.sealed.get(id_) or self._comments.get(id_) or self._unread.get(id_)

    @property
    def size(self) -> int:
        """The number of all comments, with the sealed ones and what is left of deleted ones."""
        return len(self._comments) + len(self.sealed) + len(self._unread)

    @property
    def weight(self) -> int:
        """The total length of all comments, with the sealed ones."""
        return self.characters + self._sealed_characters

    # Changes

    def seal(self, comment: Comment) -> None:
        """Add a comment that is hidden until the reveal."""
        self.sealed[comment.id] = comment
        self._sealed_characters += len(comment.text)

    def unseal(self, seq: int, at: int) -> None:
        """Add all sealed comments to the others, at the position and the time of the reveal."""
        # Even if there are none: a later reader does not know of one that was deleted since.
        self.resync = seq
        for comment in self.sealed.values():
            comment.seq, comment.shown_at = seq, at
            self._comments[comment.id] = comment
            siblings = self._siblings(comment)
            siblings.insert(bisect_left(siblings, comment.made, key=_made), comment)
            self._measure(comment.parent)
            self._count(comment, 1)
        self.sealed.clear()
        self._sealed_characters = 0

    def add(self, comment: Comment) -> None:
        self._comments[comment.id] = comment
        self._siblings(comment).append(comment)
        self._measure(comment.parent)
        self._count(comment, 1)

    def touch(self, comment: Comment, seq: int) -> None:
        """Note that a comment changed at a position."""
        comment.seq = seq
        self._comments[comment.id] = self._comments.pop(comment.id)

    def edit(self, comment: Comment, text: str) -> None:
        grown = len(text) - len(comment.text)
        if comment.id in self.sealed:
            self._sealed_characters += grown
        else:
            self.characters += grown
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

    def erase_sealed(self, comment: Comment, seq: int) -> None:
        """Forget a sealed comment; only its id is kept, which no other comment can have."""
        if self.sealed.pop(comment.id, None):
            self._sealed_characters -= len(comment.text)
        comment.erase(seq)
        self._unread[comment.id] = comment

    def erase(self, comment: Comment, seq: int) -> None:
        """Leave only a marker that the comment was deleted, at the position of the deletion.

        A later reader of the log knows no other position for it, and no thread.
        """
        self.pin(comment, on=False)
        self._count(comment, -1)
        siblings = self._siblings(comment)
        del siblings[bisect_left(siblings, comment.made, key=_made)]
        self._measure(comment.parent)
        comment.erase(seq)
        self._siblings(comment).append(comment)

    # Queries

    @property
    def changed(self) -> int:
        """The position of the last change to any of them."""
        last = next(reversed(self._comments.values()), None)
        return max(self.resync, last.seq if last else 0)

    @property
    def threads(self) -> int:
        return len(self._threads)

    @property
    def options(self) -> Iterable[str]:
        """Ids of the options that were ever commented on."""
        return self._counts

    def counts(self, option: str) -> Mapping[str, int]:
        """Return how many readable comments an option has: `comments` in all, threads by kind."""
        return self._counts.get(option, Counter())

    def since(self, seq: int) -> list[Comment]:
        """Return the comments that changed after a position, in the order they were made."""
        return sorted(self._changed_since(seq), key=_made)

    def outweighs(self, room: int, *, since: int) -> bool:
        """Whether the comments that changed after a position weigh more than `room` characters."""
        for comment in self._changed_since(since):
            room -= _weight(comment)
            if room < 0:
                return True
        return False

    def comes_whole(self, threads: int) -> bool:
        """Whether this many of the newest threads, with the replies that come along, are all."""
        weight = self.characters + WEIGHT * len(self)
        return self.threads <= threads and not self._long and weight <= ROOM

    def newest(self, limit: int, *, before: int | None = None, option: str | None = None) -> Page:
        """Return up to `limit` threads made before a position, newest first."""
        end = len(self._threads)
        if before is not None:
            end = bisect_left(self._threads, before, key=_made)
        older = (self._threads[place] for place in range(end - 1, -1, -1))
        found = list(islice((c for c in older if option in (None, c.option)), limit + 1))
        shown = found[:limit]
        return Page(shown, shown[-1].made if len(found) > limit else None)

    def supported(self, limit: int, *, option: str | None = None) -> list[Comment]:
        """Return up to `limit` threads with the most support, best first; newer before older."""
        wanted = (c for c in self._threads if option in (None, c.option) and not c.deleted)
        return heapq.nlargest(limit, wanted, key=lambda c: (c.support, c.made))

    def first(self, limit: int) -> First:
        """Return the newest threads and what was pinned last, each with its newest replies.

        `limit` does not count the threads of pinned comments.
        """
        page = self.newest(limit)
        threads = {comment.id: comment for comment in page.comments}
        pinned = list(islice(reversed(self.pinned.values()), PINNED))
        for each in pinned:
            thread = self.get(each.parent, each) if each.parent else each
            threads[thread.id] = thread
        shown, earlier = self.with_replies(threads.values())
        chosen = {comment.id: comment for comment in (*shown, *pinned)}
        for each in pinned:
            if each.parent in earlier and each.made < earlier[each.parent].before:
                more = earlier[each.parent]
                earlier[each.parent] = more._replace(number=more.number - 1)
        comments = sorted(chosen.values(), key=_made)
        missing = {id_: each for id_, each in earlier.items() if each.number}
        return First(comments, page.before, missing)

    def with_replies(self, threads: Iterable[Comment]) -> Excerpt:
        """Return each thread followed by its newest replies, oldest first.

        The total weight of the replies is limited; threads that come first take precedence.
        """
        comments: list[Comment] = []
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
            comments += (thread, *replies[begin:])
            if begin:
                earlier[thread.id] = Earlier(begin, replies[begin - 1].made + 1)
        return Excerpt(comments, earlier)

    def replies(self, thread: str, limit: int, *, before: int | None = None) -> Page:
        """Return up to `limit` replies of a thread made before a position, newest first."""
        replies = self._replies.get(thread, [])
        end = len(replies) if before is None else bisect_left(replies, before, key=_made)
        begin = max(0, end - limit)
        shown = replies[begin:end][::-1]
        return Page(shown, shown[-1].made if begin else None)

    def _changed_since(self, seq: int) -> Iterator[Comment]:
        """Iterate over the comments that changed after a position, most recent change first."""
        return takewhile(lambda comment: comment.seq > seq, reversed(self._comments.values()))

    def _measure(self, thread: str | None) -> None:
        """Note whether a thread has more replies than come with it."""
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
