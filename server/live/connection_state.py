"""The states of a connection, and every transition between them.

```
CONNECTING ──▶ OPEN ◀──▶ BLOCKED ──▶ STALE
                 ▲                     │
                 └─────────────────────┘       OPEN, BLOCKED, STALE ──▶ CLOSING ──▶ CLOSED
```

A connection can be lost in every state, and then is `CLOSED`.
"""

from enum import Enum


class State(Enum):
    """The state of a connection."""

    CONNECTING = "connecting"
    """It has no socket yet."""
    OPEN = "open"
    """Frames go straight to the socket."""
    BLOCKED = "blocked"
    """The socket accepts no more, and frames wait."""
    STALE = "stale"
    """As `BLOCKED`, but frames were dropped: a fresh welcome is due when the socket is writable."""
    CLOSING = "closing"
    """A close frame was sent; nothing follows it."""
    CLOSED = "closed"
    """The socket is gone."""


CONNECTING, OPEN, BLOCKED, STALE, CLOSING, CLOSED = State

_NEXT: dict[State, set[State]] = {
    CONNECTING: {OPEN, CLOSED},
    OPEN: {BLOCKED, CLOSING, CLOSED},
    BLOCKED: {OPEN, STALE, CLOSING, CLOSED},
    # More may be dropped while a welcome is due.
    STALE: {STALE, OPEN, CLOSING, CLOSED},
    CLOSING: {CLOSED},
    CLOSED: set(),
}


class IllegalStateError(RuntimeError):
    """Something was done with a connection that cannot be done in its state."""


def transition(before: State, after: State) -> State:
    """Return `after`. Raises IllegalStateError if it cannot follow `before`."""
    if after not in _NEXT[before]:
        raise IllegalStateError(f"A connection that is {before.value} cannot be {after.value}.")
    return after
