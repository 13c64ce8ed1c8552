import json
import logging
import re
from pathlib import Path

import pytest

from server.observability import logs
from server.observability.logs import A_MINUTE, event
from server.settings import Settings

ROOT = Path(__file__).parents[2]
log = logging.getLogger("stackvote.x")


@pytest.fixture
def minutes(monkeypatch):
    """A clock that is moved by hand."""
    clock = [1000.0]
    monkeypatch.setattr(logs.time, "monotonic", lambda: clock[0])
    return clock


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_one_json_object_a_line(capsys):
    logs.configure(Settings(log_format="json"))
    try:
        int("one\ntwo")
    except ValueError:
        log.exception("It is %s.", "so")
    (read,) = lines(capsys)
    assert read["message"] == "It is so."
    assert read["level"] == "error"
    assert read["logger"] == "stackvote.x"
    assert read["event"] == "other"
    assert "ValueError: invalid literal" in read["exception"]
    assert read["time"].endswith("Z")


def test_what_a_collector_is_told_stands_in_fields_of_its_own(capsys):
    logs.configure(Settings(log_format="json"))
    log.info("Worker %d ended.", 7, extra=event("worker_ended", worker=7, seconds=1.5))
    (read,) = lines(capsys)
    assert (read["event"], read["worker"], read["seconds"]) == ("worker_ended", 7, 1.5)


def test_lines_for_people_and_the_level(capsys):
    logs.configure(Settings(log_level="warning"))
    logging.getLogger("stackvote.x").info("hidden")
    logging.getLogger("stackvote.x").warning("shown")
    assert "hidden" not in (err := capsys.readouterr().err)
    assert err.rstrip().endswith("stackvote.x: shown")


def test_no_one_can_make_it_write_without_end(minutes, capsys):
    logs.configure(Settings(log_format="json"))
    for number in range(5000):
        log.info("%s was refused.", number, extra=event("http", code="not_found"))
    log.warning("Something else.")
    written = lines(capsys)
    assert len(written) == A_MINUTE + 1
    assert written[-1]["message"] == "Something else."
    minutes[0] += 61
    logs.log_summary()
    (summary,) = lines(capsys)
    assert summary["event"] == "left_out"
    assert summary["count"] == 5000 - A_MINUTE
    assert summary["of"] == "http not_found"
    assert summary["message"].endswith("more lines like this in a minute: http not_found")
    log.info("%s was refused.", "again", extra=event("http", code="not_found"))
    assert lines(capsys)[0]["message"] == "again was refused."


def test_what_was_left_out_is_shown_as_it_would_have_been_written(minutes, capsys):
    logs.configure(Settings())
    for number in range(A_MINUTE + 5):
        log.warning("%d of %s", number, "many")
    logging.getLogger().handlers[0].close()
    shown = capsys.readouterr().err.splitlines()[-1]
    assert shown.endswith("5 more lines like this in a minute: 0 of many")
    assert "%" not in shown


def test_what_was_left_out_is_said_at_the_end(minutes, capsys):
    logs.configure(Settings(log_format="json"))
    for _ in range(A_MINUTE + 5):
        log.info("again")
    logging.getLogger().handlers[0].close()
    assert lines(capsys)[-1]["count"] == 5


def test_one_kind_does_not_hide_another(minutes, capsys):
    logs.configure(Settings(log_format="json"))
    for _ in range(100):
        log.info("%s", "a", extra=event("http", code="not_found"))
    log.info("%s", "b", extra=event("http", code="foreign_origin"))
    assert lines(capsys)[-1]["message"] == "b"


def test_nor_by_making_each_line_of_a_kind_of_its_own(minutes, capsys):
    logs.configure(Settings(log_format="json"))
    for number in range(10_000):
        log.warning(f"invented {number}")  # noqa: G004 - as others do
    assert len(lines(capsys)) == logs._KINDS + A_MINUTE
    minutes[0] += 61
    log.warning("next")
    assert [line["event"] for line in lines(capsys)] == ["left_out", "other"]


def test_every_event_has_its_row_in_the_manual_and_no_other_has():
    code = "".join(file.read_text() for file in (ROOT / "server").rglob("*.py"))
    named = set(re.findall(r'event\(\s*"(\w+)"', code)) | {"other"}
    manual = (ROOT / "docs" / "operations.md").read_text().split("\n## The log\n")[1]
    shown = set(re.findall(r"^\| `(\w+)` \|", manual.split("\n## ")[0], re.MULTILINE))
    assert shown == named
