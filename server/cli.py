"""The command line: `stackvote run`, `check`, `backup`, `restore`, `boards`, `host`, `delete`."""

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from server import (
    administration,
    backup,
    loglines,
    redaction,
    secret,
    terminal,
    tls,
    worker,
    workers,
)
from server.examination import examine
from server.listening import PortError
from server.live.founding import show_code
from server.log.embedded import StoreError
from server.log.inspection import faults
from server.offered import TemplatesError
from server.printable import printable
from server.redaction import redacted
from server.settings import KNOBS, Knob, Settings, SettingsError, load, unknown_names

WRONG_USE = 2
INTERRUPTED = 130
_FAILURES = (
    *(secret.SecretError, PortError, StoreError, tls.TlsError),
    *(TemplatesError, workers.StartError, backup.BackupError, administration.AdministrationError),
)
"""What a person can cause; the message says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for, and give the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if list(arguments) == ["worker"]:
        # For the parent process alone, hence not in the help.
        worker.work()
        return 0
    sys.excepthook = redaction.excepthook
    given = _parser().parse_args(arguments)
    try:
        settings = load(_flags(given), os.environ)
    except SettingsError as error:
        return _complain(str(error), WRONG_USE)
    settings.hide_secrets()
    # What a command has to say it says in words of its own; `run` has a log.
    logging.getLogger().addHandler(logging.NullHandler())
    if redaction.holds_password(given.redis_url or ""):
        _complain(
            "All users of this machine can read the store's password in the list of processes. "
            "Give --redis-url by the environment, as STACKVOTE_REDIS_URL.",
            0,
        )
    for name, meant in unknown_names(os.environ).items():
        hint = f" Did you mean {meant}?" if meant else ""
        _complain(f"{name} in the environment is no setting and is ignored.{hint}", 0)
    try:
        more = {name: getattr(given, name) for name in ("file", "code", "yes") if name in given}
        return int(given.command(settings, **more))
    except _FAILURES as error:
        return _complain(str(error), 1)
    except KeyboardInterrupt:
        return INTERRUPTED


def run(settings: Settings) -> int:
    """Serve until told to stop."""
    loglines.configure(settings)
    sys.excepthook = loglines.tell_of_end
    workers.run(settings)
    return 0


def check(settings: Settings) -> int:
    """Say whether a server could run with these settings, and how well; change nothing."""
    findings = examine(settings)
    for finding in findings:
        _say(f"{finding.weight:7} {redacted(finding.words)}")
    return 1 if faults(findings) else 0


def save(settings: Settings, file: str) -> int:
    """Write the boards of the embedded store, and the secret, into one file; also while the
    server runs.
    """
    boards = backup.backup(settings, Path(file), _say_damaged)
    _say(f"Wrote {_so_many(boards)} and the secret to {file}. Keep it closed to others.")
    return 0


def restore(settings: Settings, file: str) -> int:
    """Put a backup in the place of what is in the data folder; the server must not run."""
    done = backup.restore(settings, Path(file))
    _say(f"Restored {_so_many(done.boards)} of {done.taken_at} to {settings.data_dir}.")
    if done.boards < done.of:
        gone = done.of - done.boards
        _say(f"{_so_many(gone)} had not been touched for so long that they expired since.")
    for code, why in done.damaged.items():
        _say_damaged(code, why)
    if done.kept:
        _say(f"What was there before is in {done.kept}; delete it when all is well.")
    return 0


def host(settings: Settings, code: str) -> int:
    """Make a new host link for a board, whoever lost the old one. It adds a host named Operator
    to the board, which stands in the history of the meeting; other hosts keep their links.
    Works while the server runs and when it does not. Give the settings that the server has, so
    that the link begins with its address.
    """
    link = administration.add_host(settings, code)
    _say("This link makes a browser a host's. It is shown this once: keep it to yourself.")
    _say(link)
    return 0


def boards(settings: Settings) -> int:
    """List all boards, the one used last first: code, entries in the log, size in the store, last
    use, date of expiry (UTC), title.
    """
    for board in (found := administration.boards(settings)):
        size = "?" if board.size is None else f"{-(-board.size // 1024)} KiB"
        when = f"{_date(board.used_at)}  {_date(board.expires_at)}"
        _say(
            f"{show_code(board.code):10} {board.entries:>9}  {size:>10}  {when}  "
            f"{terminal.plain(board.title)}"
        )
    _say(_so_many(len(found)))
    return 0


def delete(settings: Settings, code: str, *, yes: bool) -> int:
    """Delete a board in the store and in all servers, for good. Asks first. Backups that were
    made before still hold it.
    """
    board = administration.summary(settings, code)
    if not yes and not _agrees(administration.warn_of_deletion(board)):
        return _complain("Nothing was deleted.", 1)
    administration.delete(settings, board.code)
    _say(f"The board {show_code(board.code)} is deleted.")
    return 0


def _agrees(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def _date(at: int | None) -> str:
    if at is None:
        return "?".ljust(len("2026-11-22 01:00"))
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(at / 1000))


def _say_damaged(code: str, why: str) -> None:
    _say(f"Board {code} was damaged when the backup was taken: {why}. It stays closed.")


def _so_many(boards: int) -> str:
    return f"{boards} board{'' if boards == 1 else 's'}"


class _Parser(argparse.ArgumentParser):
    """Argparse, whose messages quote what it was given: passwords, and what a terminal obeys."""

    def error(self, message: str) -> NoReturn:
        super().error(redacted(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        super()._print_message(printable(message, lines=True), file)


def _parser() -> argparse.ArgumentParser:
    knobs = _Parser(add_help=False)
    for knob in KNOBS:
        _add(knobs, knob)
    parser = _Parser(
        prog="stackvote",
        description="A voting board with which a team decides on its technology in a meeting.",
    )
    parser.add_argument("--version", action="version", version=f"stackvote {version('stackvote')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, done: Callable[..., int], words: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[knobs], help=words, description=done.__doc__)
        made.set_defaults(command=done)
        return made

    file: dict[str, Any] = {"metavar": "FILE", "help": "the file of the backup"}
    code: dict[str, Any] = {"metavar": "CODE", "help": "the board's code, as its pages show it"}
    command("run", run, "serve the boards until told to stop")
    command("check", check, "look whether a server could run with these settings")
    command("backup", save, "write all boards and the secret into one file").add_argument(
        "file", **file
    )
    command("restore", restore, "put back what a backup holds").add_argument("file", **file)
    command("boards", boards, "list all boards")
    command("host", host, "make a new host link for a board").add_argument("code", **code)
    removal = command("delete", delete, "delete a board for good")
    removal.add_argument("code", **code)
    removal.add_argument("--yes", action="store_true", help="do not ask")
    return parser


def _add(parser: argparse.ArgumentParser, knob: Knob) -> None:
    default = "" if knob.default in {None, "", ()} else f"{knob.default}"
    unit = f" {knob.unit}" if knob.unit and default else ""
    words = f"{knob.help} [{default}{unit}{'; ' if default else ''}{knob.environment}]"
    words = words.replace("%", "%%")
    if knob.is_switch:
        parser.add_argument(knob.flag, action=argparse.BooleanOptionalAction, help=words)
    else:
        parser.add_argument(knob.flag, help=words, metavar=knob.name.rpartition("_")[2].upper())


def _flags(given: argparse.Namespace) -> dict[str, str]:
    values = ((knob.name, getattr(given, knob.name)) for knob in KNOBS)
    return {name: str(value) for name, value in values if value is not None}


def _say(words: str) -> None:
    """Print a line; parts of it may come from a file, a store or the network."""
    print(printable(words))  # noqa: T201


def _complain(words: str, status: int) -> int:
    print(printable(f"stackvote: {redacted(words)}"), file=sys.stderr)  # noqa: T201
    return status
