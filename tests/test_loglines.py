import json
import logging

from server import loglines
from server.settings import Settings


def test_one_json_object_a_line(capsys):
    loglines.configure(Settings(log_format="json"))
    try:
        int("one\ntwo")
    except ValueError:
        logging.getLogger("stackvote.x").exception("It is %s.", "so")
    (line,) = capsys.readouterr().err.splitlines()
    read = json.loads(line)
    assert read["message"] == "It is so."
    assert read["level"] == "error"
    assert read["logger"] == "stackvote.x"
    assert "ValueError: invalid literal" in read["exception"]
    assert read["time"].endswith("Z")


def test_lines_for_people_and_the_level(capsys):
    loglines.configure(Settings(log_level="warning"))
    logging.getLogger("stackvote.x").info("hidden")
    logging.getLogger("stackvote.x").warning("shown")
    assert "hidden" not in (err := capsys.readouterr().err)
    assert err.rstrip().endswith("stackvote.x: shown")
