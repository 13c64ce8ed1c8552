"""Names as people see them: which of them look the same, and how those of voters are told apart."""

import re
import unicodedata
from collections import Counter

from server.domain.confusables import CONFUSABLES
from server.domain.text import same_name, without_unseen

LONGEST = 40
"""Characters of a person's name."""

MOST_COMPARED = 20_000
"""Names of people that are compared with each other. A larger crowd is not told apart by names, and
its names take no more memory than their letters.
"""

NUMBERED_SINCE = 4
"""The version of the rules since which names of people that look the same are numbered."""

# ASCII looks like ASCII only in the same case: `FIask` is taken for `Flask`, but not `PI` for `PL`.
_OTHER_SCRIPTS = {point: shown for point, shown in CONFUSABLES.items() if point > 0x7F}
_HOST = {"host", "hosts", "cohost"}


def looks(name: str) -> frozenset[str]:
    """Return what a name looks like. Two names look the same if they have an element in common.

    Characters that show nothing never count. What is left is compared in three ways: regardless of
    case and width (NFKC, casefold); then also regardless of script, where letters look like ASCII;
    and as UTS 39 does, in their own case.
    """
    parts = " ".join(without_unseen(unicodedata.normalize("NFKD", name)).split())
    return frozenset(
        {
            f"1{same_name(name)}",
            f"2{same_name(parts.translate(_OTHER_SCRIPTS))}",
            f"3{parts.translate(CONFUSABLES)}",
        }
    )


def look_the_same(name: str, other: str) -> bool:
    """Whether people would take one name for the other."""
    return not looks(name).isdisjoint(looks(other))


def impersonates_host(name: str) -> bool:
    """Whether a name says that its person is the host."""
    for seen in looks(name):
        words = re.findall(r"[^\W_]+", seen[1:].casefold())
        if not _HOST.isdisjoint(words) or "".join(words) in {"thehost", *_HOST}:
            return True
    return False


class Names(dict[str, str]):
    """The names of the people on a board, as they are shown, by seat."""

    def __init__(self) -> None:
        super().__init__()
        self._chosen: dict[str, str] = {}
        """The name that a seat chose, of the seats that are compared."""
        self._holders: Counter[str] = Counter()
        """How many of these seats have a name with this look."""
        self._numbers: dict[str, int] = {}
        """By the look of a name: the last number that was appended to it."""

    def chosen(self, seat: str) -> str | None:
        """Return the name that a seat chose, without the number that tells it apart."""
        return self._chosen.get(seat, self.get(seat))

    def choose(self, seat: str, name: str, *, distinct: bool) -> None:
        """Give a seat a name; `distinct`: with a number if another seat's looks like it."""
        if self.chosen(seat) == name:
            return
        self.release(seat)
        if len(self._chosen) >= MOST_COMPARED:
            self[seat] = name
            return
        self._chosen[seat] = name
        self[seat] = self._free(name) if distinct else name
        self._holders.update(looks(self[seat]))

    def release(self, seat: str) -> None:
        """Take the name of a seat away."""
        shown = self.pop(seat, "")
        if self._chosen.pop(seat, None) is None:
            return
        for look in looks(shown):
            self._holders[look] -= 1
            if not self._holders[look]:
                del self._holders[look]

    def _free(self, name: str) -> str:
        if not self._is_taken(name):
            return name
        if len(self._numbers) >= MOST_COMPARED:
            # The numbers are found again, one by one.
            self._numbers.clear()
        look = min(looks(name))
        number = self._numbers.get(look, 1)
        while True:
            number += 1
            self._numbers[look] = number
            ending = f" ({number})"
            numbered = name[: LONGEST - len(ending)].rstrip() + ending
            if not self._is_taken(numbered):
                return numbered

    def _is_taken(self, name: str) -> bool:
        return any(look in self._holders for look in looks(name))
