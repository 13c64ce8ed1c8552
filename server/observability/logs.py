"""The server's log lines, for people or for a log collector.

Each unit of work logs one line; `event` adds a name and fields for machines. No line contains what
people wrote, or a password or a key. And no one outside can make the server log without limit:
there are at most ten lines of each kind per minute (one for a fault), and then one with the number
of those left out.
"""

import contextlib
import logging
import sys
import time
from typing import Any

import msgspec

from server.sanitize.printable import printable
from server.sanitize.redaction import redacted
from server.settings import Settings

# Errors of clients are answered to them. A line for each would let anyone fill the log, and would
# quote the cookie or the key in a broken request.
logging.getLogger("tornado.general").setLevel(logging.ERROR)

A_MINUTE = 10
"""Lines of one kind per minute."""
MINUTE = 60.0
_KINDS = 500
"""The number of kinds that are distinguished; beyond it, all lines of a level count as one kind."""

_MANY = "(of many kinds)"
_Kind = tuple[str, int, str]


def event(name: str, **fields: str | float) -> dict[str, Any]:
    """Return fields for a collector to add to a line: `log.info(…, extra=event(…))`."""
    return {"event": name, "fields": fields}


def once_a_minute(extra: dict[str, Any]) -> dict[str, Any]:
    """Limit one kind of line to one a minute, followed by the number of those left out."""
    return extra | {"a_minute": 1}


class RecentlyLogged:
    """What was logged recently and need not be logged again, however often it happens.

    If the number of occurrences matters, use `once_a_minute`.
    """

    def __init__(self, lasts: float = MINUTE, most: int = 1000) -> None:
        """`lasts` is in seconds; up to `most` messages are remembered."""
        self._lasts = lasts
        self._most = most
        self._at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._at)

    def is_new(self, what: str) -> bool:
        """Whether something was not logged recently; note that it is logged now."""
        now = time.monotonic()
        if now - self._at.get(what, -self._lasts) < self._lasts:
            return False
        if len(self._at) >= self._most:
            self._at.clear()
        self._at[what] = now
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object per line, with the fields that collectors expect."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "event": getattr(record, "event", "other"),
            "message": printable(record.getMessage()),
            **{name: _printable(value) for name, value in getattr(record, "fields", {}).items()},
        }
        if record.exc_info:
            line["exception"] = printable(self.formatException(record.exc_info), lines=True)
        shown = {
            name: redacted(value) if isinstance(value, str) else value
            for name, value in line.items()
        }
        return msgspec.json.encode(shown).decode()


class PlainFormatter(logging.Formatter):
    """A line for people. Foreign text starts no line of its own, and controls no terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(process)d %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback if there is one, without passwords and keys."""
        return redacted(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line, without a traceback."""
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Return a traceback, with each line indented."""
        lines = printable(super().formatException(ei), lines=True).splitlines()
        return "\n".join(f"  {line}" for line in lines)


class BriefHandler(logging.StreamHandler[Any]):
    """Writes at most ten lines of one kind per minute."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self._began = time.monotonic()
        self._written: dict[_Kind, int] = {}
        self._left_out: dict[_Kind, int] = {}
        self._named: dict[_Kind, str] = {}
        """The description of each kind: its event, or else its first line."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or only count it."""
        self.log_summary()
        kind = self._kind(record)
        if kind not in self._written:
            name = getattr(record, "event", "") or record.getMessage()
            self._named[kind] = _MANY if kind[0] == _MANY else f"{name} {kind[2]}"
        written = self._written[kind] = self._written.get(kind, 0) + 1
        if written <= getattr(record, "a_minute", A_MINUTE):
            super().emit(record)
        else:
            self._left_out[kind] = self._left_out.get(kind, 0) + 1

    def close(self) -> None:
        """Log what was left out so far, because the process ends."""
        self.log_summary(at_once=True)
        super().close()

    def log_summary(self, *, at_once: bool = False) -> None:
        """When the minute is over, log what was left out."""
        if time.monotonic() - self._began < MINUTE and not at_once:
            return
        left_out, self._left_out, self._written = self._left_out, {}, {}
        named, self._named = self._named, {}
        self._began = time.monotonic()
        for kind, number in left_out.items():
            super().emit(_summary(number, level=kind[1], of=named[kind].strip()[:200]))

    def _kind(self, record: logging.LogRecord) -> _Kind:
        fields = getattr(record, "fields", {})
        kind = (str(record.msg), record.levelno, str(fields.get("code", "")))
        if kind not in self._written and len(self._written) >= _KINDS:
            return (_MANY, record.levelno, "")
        return kind


def _summary(left_out: int, level: int, of: str) -> logging.LogRecord:
    words = "%d more lines like this in a minute: %s"
    summary = logging.LogRecord(__name__, level, __file__, 0, words, (left_out, of), None)
    summary.__dict__.update(event("left_out", count=left_out, of=of))
    return summary


def configure(settings: Settings) -> None:
    """Send this process's log to standard error in the configured format."""
    handler = BriefHandler()
    if settings.log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(PlainFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())


def log_uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """Log an exception that ends the process; replaces `sys.excepthook`."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger(__name__).critical("This process ends.", exc_info=(kind, error, trace))


def _printable(value: str | float) -> str | float:
    return printable(value) if isinstance(value, str) else value


def log_summary() -> None:
    """Log what was left out. Called at intervals, in case no other line triggers it."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, BriefHandler):
            with handler.lock or contextlib.nullcontext():
                handler.log_summary()
