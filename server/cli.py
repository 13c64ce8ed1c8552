"""The command line: `stackvote run` and `stackvote check`."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from server import loglines, secret, tls, worker, workers
from server.examination import examine
from server.listening import PortError
from server.log.embedded import StoreError
from server.log.inspection import faults
from server.settings import KNOBS, Knob, Settings, SettingsError, load, unknown_names

WRONG_USE = 2
INTERRUPTED = 130


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
        return int(given.command(settings))
    except (secret.SecretError, PortError, StoreError, tls.TlsError, workers.StartError) as error:
        return _complain(str(error), 1)
    except KeyboardInterrupt:
        return INTERRUPTED


def run(settings: Settings) -> int:
    """Serve until told to stop."""
    loglines.configure(settings)
    workers.run(settings)
    return 0


def check(settings: Settings) -> int:
    """Say whether a server could run with these settings, and how well; change nothing."""
    findings = examine(settings)
    for finding in findings:
        print(f"{finding.weight:7} {finding.words}")  # noqa: T201
    return 1 if faults(findings) else 0


def _parser() -> argparse.ArgumentParser:
    knobs = argparse.ArgumentParser(add_help=False)
    for knob in KNOBS:
        _add(knobs, knob)
    parser = argparse.ArgumentParser(
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


def _complain(words: str, status: int) -> int:
    print(f"stackvote: {words}", file=sys.stderr)  # noqa: T201
    return status
