"""`docs/protocol.d.ts`, against which the scripts of the pages are checked, says what is true."""

import json
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from server.live import messages
from server.live.commands.table import AnyRequest
from server.web.typescript import declarations

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "protocol.d.ts"


def fields(name):
    body = re.search(rf"  interface {name} {{\n(.*?)\n  }}", declarations(), re.DOTALL)[1]
    return dict(re.findall(r"^ +(\w+\??): (.*);$", body, re.MULTILINE))


def test_the_file_is_what_the_code_says():
    assert PAGE.read_text() == declarations(), "run `make docs`"


@pytest.mark.parametrize("request_", get_args(AnyRequest))
def test_each_request_has_a_type_with_all_its_fields(request_):
    tag = request_.__struct_config__.tag
    name = "".join(word.capitalize() for word in tag.split("_")) + "Request"
    found = fields(name)
    assert found.pop("type") == f'"{tag}"'
    assert {each.rstrip("?"): not each.endswith("?") for each in found} == {
        field.name: field.required for field in msgspec.structs.fields(request_)
    }


def test_what_the_server_may_leave_out_is_optional_and_nothing_else():
    assert {name for name in fields("You") if name.endswith("?")} == {"seat_lost?", "waits?"}
    assert fields("BoardView")["decision"] == "Decision | null"
    assert {name for name in fields("Result") if not name.endswith("?")} == {
        *("order", "winners", "totals", "decided_by", "steps")
    }
    assert fields("Result")["histogram?"] == "Record<string, number[]>"


def test_pieces_that_a_welcome_carries_encoded_have_their_own_types():
    assert "any" not in {fields("WelcomeFrame")[name] for name in ("board", "round", "people")}
    assert set(fields("WelcomeFrame")) >= {"board", "comments", "tally", "more_comments?"}


def test_a_deleted_comment_is_told_from_others_by_its_mark():
    deleted = json.loads(messages.encode(messages.DeletedComment(id="a", option="b")))
    assert deleted["deleted"] is True
    assert fields("DeletedComment")["deleted"] == "true"
    assert fields("CommentView")["deleted?"] == "undefined"
