"""What others wrote is obeyed by no terminal, and begins no line of the log."""

import logging
import subprocess
import sys

import pytest

from server.observability import logs
from server.sanitize.printable import printable
from server.settings import Settings
from server.store.damage import DamagedError

HOSTILE = [
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m",
    "\r\nERROR forged",
    "\u202egpj.exe\u2066",
    "\u2028\u2029\x85\x0b\x0c",
    "\x00\x7f\x08\x1a",
    "\ud800",
    "\U000e0041\u200b\ufeff",
]


def is_safe(text):
    return all(each.isprintable() or each == "\n" for each in text)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_terminal_would_obey_is_shown(text):
    shown = printable(f"a{text}b")
    assert is_safe(shown)
    assert "\n" not in shown
    assert shown[0] + shown[-1] == "ab"
    assert shown.encode()


@pytest.mark.parametrize("text", ["plain", "Zoë, café: 投票 👍 e\u0301", "a\\x1b", ""])
def test_what_people_read_stays(text):
    assert printable(text) == text


def test_lines_may_stand():
    assert printable("a\nb\r\n", lines=True) == "a\nb\\r\n"


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_of_the_log_is_one_line_whatever_it_quotes(capfd, form, text):
    logs.configure(Settings(log_format=form))
    log = logging.getLogger("stackvote.x")
    log.warning("Here: %s.", text, extra=logs.event("other", why=text))
    (line,) = capfd.readouterr().err.splitlines()
    assert is_safe(line)
    log.error("Again: %s.", text, exc_info=DamagedError("sv:{X}:log", text))
    first, *others = capfd.readouterr().err.split("\n")
    assert is_safe(first)
    assert all(is_safe(line) and line[:2] in {"", "  "} for line in others)


def test_what_ends_a_process_is_logged_as_all_else(capfd, monkeypatch):
    logs.configure(Settings())
    logs.log_uncaught(ValueError, ValueError("\x1b[2J\nERROR forged"), None)
    first, *others = capfd.readouterr().err.split("\n")
    assert "CRITICAL" in first
    assert all(is_safe(line) and line[:2] in {"", "  "} for line in others)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["run", "--port", "\x1b[2J"], {}),
        (["check", "--public-url", "https://\x1b[2J\u202e.example"], {}),
        (["restore", "/no/\x1b[2J\n/file"], {}),
        (["\x1b[2J"], {}),
        (["run", "--\x1b[2J"], {}),
        (["backup", "x", "--data", "/no/\x1b]0;x\x07\x9b"], {"STACKVOTE_\x1b[2J": "x"}),
        (["run"], {"STACKVOTE_RETENTION_DAYS": "\x1b[2J\u202e"}),
    ],
)
def test_a_command_shows_what_it_was_given_and_a_terminal_obeys_nothing(
    tmp_path, arguments, environment
):
    done = subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        *(),
        env={"PATH": "/bin", "STACKVOTE_DATA": str(tmp_path / "d"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {1, 2}
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert is_safe(done.stdout + done.stderr), done.stderr
