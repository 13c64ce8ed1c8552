"""The order in which a seat sees the options of a round: its own, and stable across visits.

`static/js/ballot/shuffle.js` does the same in the browser. FNV-1a with 32 bits: Fowler, Noll and
Vo, isthe.com/chongo/tech/comp/fnv.
"""

from collections.abc import Iterable

from server.domain.options import FURTHER_DISCUSSION

_BASIS, _PRIME, _MASK = 0x811C9DC5, 0x01000193, 0xFFFFFFFF


def fnv1a(data: bytes) -> int:
    """Hash bytes to an unsigned 32-bit number."""
    hashed = _BASIS
    for byte in data:
        hashed = (hashed ^ byte) * _PRIME & _MASK
    return hashed


def shuffled(seat: str, n: int, options: Iterable[str]) -> list[str]:
    """Order the options of round `n` for a seat; *further discussion* stays last."""
    return sorted(
        options,
        key=lambda option: (
            option == FURTHER_DISCUSSION,
            fnv1a(f"{seat}:{n}:{option}".encode()),
            option,
        ),
    )
