"""The command line: `stackvote run`, `check`, `backup` and `restore`."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from server import backup, loglines, secret, tls, worker, workers
from server.examination import examine
from server.listening import PortError
from server.log.embedded import StoreError
from server.log.inspection import faults
from server.printable import printable
from server.settings import KNOBS, Knob, Settings, SettingsError, load, unknown_names

WRONG_USE = 2
INTERRUPTED = 130
_FAILURES = (
    *(secret.SecretError, PortError, StoreError, tls.TlsError),
    *(workers.StartError, backup.BackupError),
)
"""What a person can cause; the message says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for, and give the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if list(arguments) == ["worker"]:
        # For the parent process alone, hence not in the help.
        worker.work()
        return 0
    given = _parser().parse_args(arguments)
    try:
        settings = load(_flags(given), os.environ)
    except SettingsError as error:
        return _complain(str(error), WRONG_USE)
    for name, meant in unknown_names(os.environ).items():
        hint = f" Did you mean {meant}?" if meant else ""
        _complain(f"{name} in the environment is no setting and is ignored.{hint}", 0)
    try:
        return int(given.command(settings, *([given.file] if "file" in given else [])))
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
        _show(f"{finding.weight:7} {finding.words}")
    return 1 if faults(findings) else 0


def save(settings: Settings, file: str) -> int:
    """Write the boards of the embedded store, and the secret, into one file; also while the
    server runs.
    """
    boards = backup.backup(settings, Path(file), _show_damaged)
    _show(f"Wrote {_so_many(boards)} and the secret to {file}. Keep it closed to others.")
    return 0


def restore(settings: Settings, file: str) -> int:
    """Put a backup in the place of what is in the data folder; the server must not run."""
    done = backup.restore(settings, Path(file))
    _show(f"Restored {_so_many(done.boards)} of {done.taken_at} to {settings.data_dir}.")
    if done.boards < done.of:
        gone = done.of - done.boards
        _show(f"{_so_many(gone)} had not been touched for so long that they expired since.")
    for code, why in done.damaged.items():
        _show_damaged(code, why)
    if done.kept:
        _show(f"What was there before is in {done.kept}; delete it when all is well.")
    return 0


def _show_damaged(code: str, why: str) -> None:
    _show(f"Board {code} was damaged when the backup was taken: {why}. It stays closed.")


def _so_many(boards: int) -> str:
    return f"{boards} board{'' if boards == 1 else 's'}"


class _Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: Any = None) -> None:
        # It quotes what it was given.
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
    for command, words in (
        (run, "serve the boards until told to stop"),
        (check, "look whether a server could run with these settings"),
    ):
        commands.add_parser(
            command.__name__, parents=[knobs], help=words, description=command.__doc__
        ).set_defaults(command=command)
    for name, copy, words in (
        ("backup", save, "write all boards and the secret into one file"),
        ("restore", restore, "put back what a backup holds"),
    ):
        made = commands.add_parser(name, parents=[knobs], help=words, description=copy.__doc__)
        made.add_argument("file", metavar="FILE", help="the file of the backup")
        made.set_defaults(command=copy)
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


def _show(words: str) -> None:
    """Print a line; parts of it may come from a file, a store or the network."""
    print(printable(words))  # noqa: T201


def _complain(words: str, status: int) -> int:
    print(printable(f"stackvote: {words}"), file=sys.stderr)  # noqa: T201
    return status
