"""The command line: `stackvote run`, `relay`, `check`, `backup`, `restore`, `boards`, `create`,
`host`, `record`, `export`, `import`, `delete`.
"""

import argparse
import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from server.brand import BrandError
from server.live.board_templates import TemplatesError
from server.live.create_board import show_code
from server.observability import logs
from server.ops import administration, backup, moving
from server.ops.adr import write_adr
from server.ops.check import examine
from server.ops.findings import faults
from server.ops.store_access import AdministrationError
from server.process import supervisor, worker
from server.process.sockets import PortError, listen, raise_file_limit
from server.sanitize import redaction
from server.sanitize.printable import one_line, printable
from server.sanitize.redaction import redacted
from server.security import secret, tls
from server.settings import SETTINGS, Setting, Settings, SettingsError, load, unknown_names
from server.store.data_folder import StoreError

WRONG_USE = 2
INTERRUPTED = 130
_FAILURES = (
    *(secret.SecretError, PortError, StoreError, tls.TlsError),
    *(
        TemplatesError,
        BrandError,
        supervisor.StartError,
        backup.BackupError,
        AdministrationError,
    ),
)
"""Errors that a person can cause; the message says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if list(arguments) == ["worker"]:
        # Only used by the parent process, so it is not in the help.
        worker.work()
        return 0
    sys.excepthook = redaction.excepthook
    given = _parser().parse_args(arguments)
    try:
        settings = load(_flags(given), os.environ)
    except SettingsError as error:
        return _print_error(str(error), WRONG_USE)
    settings.hide_secrets()
    # Commands print their own messages; `run` has a log.
    logging.getLogger().addHandler(logging.NullHandler())
    if redaction.holds_password(given.redis_url or ""):
        _print_error(
            "All users of this machine can read the store's password in the list of processes. "
            "Set it in the environment instead, as STACKVOTE_REDIS_URL.",
            0,
        )
    for name, meant in unknown_names(os.environ).items():
        hint = f" Did you mean {meant}?" if meant else ""
        _print_error(f"{name} in the environment is not a setting and is ignored.{hint}", 0)
    try:
        names = ("file", "code", "title", "yes", "adr", "new_code", "server")
        more = {name: getattr(given, name) for name in names if name in given}
        return int(given.command(settings, **more))
    except _FAILURES as error:
        return _print_error(str(error), 1)
    except KeyboardInterrupt:
        return INTERRUPTED


def run(settings: Settings) -> int:
    """Serve until told to stop."""
    logs.configure(settings)
    sys.excepthook = logs.log_uncaught
    supervisor.run(settings)
    return 0


def relay(settings: Settings, server: str) -> int:
    """Show boards to people who only watch, in place of the server that has them.

    A proxy sends the live connections of shared screens here, and everything else to the server
    (docs/relay.md). A relay needs no store and no secret, and uses one core: start one for each.
    """
    address = urlsplit(server)
    if address.scheme not in {"http", "https"} or not address.hostname or address.query:
        return _print_error(
            f"{server} is not the address of a server, such as https://vote.example.com.", WRONG_USE
        )
    # Only a process that serves loads the web framework.
    from server.relay.app import serve  # noqa: PLC0415

    logs.configure(settings)
    sys.excepthook = logs.log_uncaught
    raise_file_limit()
    sockets = listen(settings)
    for each in sockets:
        each.setblocking(False)
    asyncio.run(serve(settings, server.rstrip("/"), sockets))
    return 0


def check(settings: Settings) -> int:
    """Check whether a server could run with these settings, and how well. Changes nothing."""
    findings = examine(settings)
    for finding in findings:
        _print(f"{finding.weight:7} {redacted(finding.words)}")
    return 1 if faults(findings) else 0


def save(settings: Settings, file: str) -> int:
    """Write the embedded store's boards and the secret to a file; the server may be running."""
    boards = backup.backup(settings, Path(file), _print_damaged)
    _print(f"Wrote {_board_count(boards)} and the secret to {file}. Keep this file private.")
    return 0


def restore(settings: Settings, file: str) -> int:
    """Replace the data folder's boards with those of a backup; the server must not be running."""
    done = backup.restore(settings, Path(file))
    _print(f"Restored {_board_count(done.boards)} of {done.taken_at} to {settings.data_dir}.")
    if done.boards < done.of:
        gone = done.of - done.boards
        _print(f"{_board_count(gone)} had not been used for so long that they have expired.")
    for code, why in done.damaged.items():
        _print_damaged(code, why)
    if done.kept:
        _print(f"The previous data is in {done.kept}; delete it once everything works.")
    return 0


def host(settings: Settings, code: str) -> int:
    """Create a new host link for a board, for example after the old one was lost.

    This adds a host named Operator to the board, which appears in the history of the meeting; other
    hosts keep their links. It works whether or not the server is running. Use the server's own
    settings, so that the link begins with its address.
    """
    link = administration.add_host(settings, code)
    _print("This link makes a browser a host. It is shown only once: keep it to yourself.")
    _print(link)
    return 0


def record(settings: Settings, code: str, adr: str) -> int:
    """Write a board's decision into a folder of architecture decision records.

    The file is Markdown in the form of MADR 4, under the next number of the folder, such as
    0012-which-queue-nats.md. Nothing that exists is changed.
    """
    _print(f"Wrote {write_adr(settings, code, Path(adr))}.")
    return 0


def boards(settings: Settings) -> int:
    """List all boards, most recently used first.

    The columns are code, entries in the log, size in the store, last use, date of expiry (UTC),
    title. Boards that expire soon are named once more below.
    """
    for board in (found := administration.boards(settings)):
        size = "?" if board.size is None else f"{-(-board.size // 1024)} KiB"
        when = f"{_date(board.used_at)}  {_date(board.expires_at)}"
        _print(
            f"{show_code(board.code):10} {board.entries:>9}  {size:>10}  {when}  "
            f"{one_line(board.title)}"
        )
    for board in found:
        if board.expires_soon:
            day = _date(board.expires_at)[:10]
            _print(f"{show_code(board.code)} will be deleted on {day} or later, unless it is used.")
    _print(_board_count(len(found)))
    return 0


def create(settings: Settings, file: str, title: str) -> int:
    """Make a board from a file: a list of options in any form, CSV, or a board as YAML or JSON.

    It works whether or not the server is running. Use the server's own settings, so that the links
    begin with its address.
    """
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        return _print_error(f"{file} cannot be read: {error.strerror}", 1)
    _print_links(administration.create(settings, content, title))
    return 0


def export(settings: Settings, code: str, file: str) -> int:
    """Write a whole board into one file, to import it on another server.

    People may vote meanwhile. The file holds everything that the store has of the board: every
    ballot, names, and what is hidden. With the server's secret one can tell who voted for what. So
    only its owner can read it.
    """
    contents, lines = moving.export_board(settings, code)
    if file == "-":
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()
        return 0
    path = Path(file or f"{contents.code}.board")
    moving.write_file(path, lines)
    _print(
        f"Wrote board {show_code(contents.code)} with {contents.entries} entries to {path}. It "
        "holds what is hidden on the board: keep this file private."
    )
    _print_unfinished(contents)
    return 0


def import_(settings: Settings, file: str, new_code: str) -> int:
    """Create a board from a file that `stackvote export` wrote: the whole board, or nothing.

    It works whether or not the server is running. Use the server's own settings, so that the links
    begin with its address. Import only what you or someone you trust has exported.
    """
    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as content:
            done = moving.import_board(settings, content, file, new_code)
    except OSError as error:
        return _print_error(f"{file} cannot be read: {error.strerror}", 1)
    contents, board = done.contents, show_code(done.contents.code)
    if done.links is None:
        more = f" and has {done.more} more entries" if done.more else ""
        _print(f"The board {board} with this history is here already{more}. Nothing was changed.")
        return 0
    _print(f"Imported board {board} with {contents.entries} entries.")
    _print_links(done.links)
    _print("The keys of its earlier hosts open it here, too.")
    _print_unfinished(contents)
    return 0


def delete(settings: Settings, code: str, *, yes: bool) -> int:
    """Delete a board for good, in the store and in all servers. Asks for confirmation.

    Backups made before still contain it.
    """
    board = administration.summary(settings, code)
    if not yes and not _confirms(administration.warn_of_deletion(board)):
        return _print_error("Nothing was deleted.", 1)
    administration.delete(settings, board.code)
    _print(f"The board {show_code(board.code)} is deleted.")
    return 0


def _print_links(links: administration.BoardLinks) -> None:
    _print(f"Vote: {links.ballot}")
    _print(f"Shared screen: {links.screen}")
    _print("The host's link makes a browser a host. It is shown only once: keep it to yourself.")
    _print(links.host)


def _print_unfinished(contents: moving.Contents) -> None:
    """Say what does not move with a board, because it depends on the server's secret."""
    if contents.unrevealed:
        _print(
            f"Round {contents.unrevealed} is not revealed. On a server with another secret its "
            "ballots count, but their voters can vote a second time instead of changing them."
        )
    if contents.invitations:
        _print(
            "On a server with another secret its invitations are void: a host renews them and "
            "hands out the new links."
        )


def _confirms(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def _date(at: int | None) -> str:
    if at is None:
        return "?".ljust(len("2026-11-22 01:00"))
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(at / 1000))


def _print_damaged(code: str, why: str) -> None:
    _print(f"Board {code} was damaged when the backup was taken: {why}. It stays closed.")


def _board_count(boards: int) -> str:
    return f"{boards} board{'' if boards == 1 else 's'}"


class _Parser(argparse.ArgumentParser):
    """An ArgumentParser whose messages show no passwords and no terminal control characters."""

    def error(self, message: str) -> NoReturn:
        super().error(redacted(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        super()._print_message(printable(message, lines=True), file)


def _parser() -> argparse.ArgumentParser:
    options = _Parser(add_help=False)
    for setting in SETTINGS:
        _add(options, setting)
    parser = _Parser(
        prog="stackvote",
        description="A voting board for teams that choose their technology in a meeting.",
    )
    parser.add_argument("--version", action="version", version=f"stackvote {version('stackvote')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, done: Callable[..., int], words: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[options], help=words, description=done.__doc__)
        made.set_defaults(command=done)
        return made

    file: dict[str, Any] = {"metavar": "FILE", "help": "the file of the backup"}
    code: dict[str, Any] = {"metavar": "CODE", "help": "the board's code, as its pages show it"}
    command("run", run, "serve the boards until told to stop")
    relaying = command("relay", relay, "show boards to those who only watch, for a server")
    relaying.add_argument(
        "server", metavar="URL", help="the address of the server, such as https://vote.example.com"
    )
    command("check", check, "check whether a server could run with these settings")
    command("backup", save, "write all boards and the secret into one file").add_argument(
        "file", **file
    )
    command("restore", restore, "restore all boards and the secret from a backup").add_argument(
        "file", **file
    )
    command("boards", boards, "list all boards")
    creation = command("create", create, "make a board from a list, YAML, JSON or CSV")
    creation.add_argument("file", metavar="FILE", help="the file; - is what is piped in")
    creation.add_argument(
        "--title", default="", help="what is decided; by default the file says it"
    )
    command("host", host, "make a new host link for a board").add_argument("code", **code)
    kept = command("record", record, "write a decision into a folder of decision records")
    kept.add_argument("code", **code)
    kept.add_argument("--adr", metavar="DIR", required=True, help="the folder to write it to")
    outgoing = command("export", export, "write a whole board into one file")
    outgoing.add_argument("code", **code)
    outgoing.add_argument(
        "file", metavar="FILE", nargs="?", default="", help="the file [CODE.board]; - prints it"
    )
    incoming = command("import", import_, "create a board from such a file")
    incoming.add_argument("file", metavar="FILE", help="the file; - is what is piped in")
    incoming.add_argument(
        "--code", dest="new_code", default="", help="the code of the board, if not that in the file"
    )
    removal = command("delete", delete, "delete a board for good")
    removal.add_argument("code", **code)
    removal.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    return parser


def _add(parser: argparse.ArgumentParser, setting: Setting) -> None:
    default = "" if setting.default in {None, "", ()} else f"{setting.default}"
    unit = f" {setting.unit}" if setting.unit and default else ""
    words = f"{setting.help} [{default}{unit}{'; ' if default else ''}{setting.environment}]"
    words = words.replace("%", "%%")
    if setting.is_switch:
        parser.add_argument(setting.flag, action=argparse.BooleanOptionalAction, help=words)
    else:
        parser.add_argument(
            setting.flag, help=words, metavar=setting.name.rpartition("_")[2].upper()
        )


def _flags(given: argparse.Namespace) -> dict[str, str]:
    values = ((setting.name, getattr(given, setting.name)) for setting in SETTINGS)
    return {name: str(value) for name, value in values if value is not None}


def _print(words: str) -> None:
    """Print a line; parts of it may come from a file, a store or the network."""
    print(printable(words))  # noqa: T201


def _print_error(words: str, status: int) -> int:
    print(printable(f"stackvote: {redacted(words)}"), file=sys.stderr)  # noqa: T201
    return status
