"""The command line: `stackvote run` and `stackvote check`."""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from importlib.metadata import version

from server import loglines, secret, tls, worker, workers
from server.addresses import public_base
from server.listening import PortError
from server.log.embedded import EmbeddedStore, StoreError, is_held
from server.log.inspection import (
    Finding,
    StoreUnfitError,
    Weight,
    faults,
    inspect_store,
)
from server.log.store import StoreAwayError
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
    """Say whether a server could run with these settings; change nothing."""
    findings = [
        *_check_addresses(settings),
        _check_secret(settings),
        *_check_store(settings),
    ]
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


def _check_addresses(settings: Settings) -> list[Finding]:
    findings = [Finding(Weight.FINE, f"Links will begin with {public_base(settings)}.")]
    try:
        tls.context(settings)
    except tls.TlsError as error:
        findings.append(Finding(Weight.FAULT, str(error)))
    https = (settings.public_url or "").startswith("https://")
    if https and not settings.tls_cert and not settings.proxy_headers:
        findings.append(
            Finding(
                Weight.ADVICE,
                "The public address is https, which needs a proxy in front; then also give "
                "--proxy-headers, else all visitors seem to come from the proxy.",
            )
        )
    return findings


def _check_secret(settings: Settings) -> Finding:
    path = settings.secret_path
    try:
        secret.read(path)
    except FileNotFoundError:
        return Finding(Weight.FINE, f"A secret will be made at {path}.")
    except secret.SecretError as error:
        return Finding(Weight.FAULT, str(error))
    return Finding(Weight.FINE, f"The secret at {path} is closed to others and long enough.")


def _check_store(settings: Settings) -> list[Finding]:
    url = settings.redis_url
    if url is None:
        store = EmbeddedStore(settings.data_dir)
        if not is_held(settings.data_dir):
            return [_check_data(settings)]
        url = store.url
    try:
        return inspect_store(url, settings.durability)
    except StoreUnfitError as error:
        return [Finding(Weight.FAULT, str(error))]
    except StoreAwayError as error:
        return [Finding(Weight.FAULT, f"The store cannot be reached: {error}")]


def _check_data(settings: Settings) -> Finding:
    folder = next(each for each in (settings.data_dir, *settings.data_dir.parents) if each.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return Finding(Weight.FAULT, f"The data folder cannot be made or written to: {folder}.")
    free = shutil.disk_usage(folder).free // 2**20
    return Finding(
        Weight.FINE if free > 500 else Weight.ADVICE,
        f"The embedded store will keep its data in {settings.data_dir} ({free} MiB are free).",
    )
