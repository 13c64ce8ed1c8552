"""Invitations to a board: how many were made, and which were taken back.

Their links are derived with the secret of the installation and never kept.
"""

from collections.abc import Iterator

MAX_INVITES = 2_000
"""On one board, over all its time."""
MAX_BATCH = 500


class Invitations:
    """An invitation's id names its batch and its place in it: `w4kq7m-12`."""

    def __init__(self) -> None:
        self.count = 0
        self.revoked: set[str] = set()
        self._batches: dict[str, tuple[int, int]] = {}
        """Batch to how many invitations are before it, and how many are in it."""

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Give each invitation's number on this board, from 1, and its id."""
        for batch in self._batches:
            yield from self.of(batch)

    def of(self, batch: str) -> Iterator[tuple[int, str]]:
        before, count = self._batches.get(batch, (0, 0))
        for place in range(1, count + 1):
            yield before + place, f"{batch}-{place}"

    def add(self, batch: str, count: int) -> None:
        """Note a batch; one that is known already changes nothing."""
        if batch not in self._batches:
            self._batches[batch] = (self.count, count)
            self.count += count

    def number(self, invite: str) -> int | None:
        """Return the number of an invitation, also of one that was taken back; None: no such."""
        batch, _, place = invite.partition("-")
        before, count = self._batches.get(batch, (0, 0))
        # Written otherwise, one place would have several names, and so several seats.
        if place.isascii() and place.isdigit() and place == str(int(place)):
            return before + int(place) if 1 <= int(place) <= count else None
        return None

    def admits(self, invite: str) -> bool:
        return invite not in self.revoked and self.number(invite) is not None
