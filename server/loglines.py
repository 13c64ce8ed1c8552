"""The lines a server writes about itself, for people or for a log collector."""

import logging
import sys
import time
from typing import Any

import msgspec

from server.settings import Settings


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with the fields that collectors look for."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def configure(settings: Settings) -> None:
    """Send this process's log lines to standard error in the form that was asked for."""
    handler = logging.StreamHandler(sys.stderr)
    if settings.log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)-7s %(process)d %(name)s: %(message)s")
        )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    # What strangers do wrong on the line is answered there. A line for each would be theirs to
    # fill the log with.
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
