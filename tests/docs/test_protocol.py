"""`docs/protocol.md` says what the code does: every message, field, code and address."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from server.domain.criteria import Criterion
from server.domain.decision import Consequence, Decision, Deferral, Prediction
from server.domain.experience import Group, Lens
from server.domain.insights import Insight
from server.domain.methods import METHODS, Result
from server.domain.methods.rule import Rule
from server.domain.movement import Flow, Movement, Moving
from server.domain.options import Option
from server.domain.refusals import Code
from server.domain.rules import OWN_SETTINGS, BoardSettings, RoundSettings
from server.domain.verdict.readings import Reading
from server.domain.verdict.verdict import Certainty, Verdict
from server.domain.verdict.weights import Reweighting
from server.live import messages
from server.live.commands.request import Hello
from server.live.commands.table import AnyRequest
from server.web import (
    api,
    health,
    hosts,
    invites,
    lists,
    openapi,
    pages,
    questions,
    record,
    record_api,
    replay,
    socket,
)
from server.web.errors import STATUS

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    section = re.split(r"\n#+ ", PAGE.split(f" {heading}\n", 1)[1], maxsplit=1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def names(cell: str) -> set[str]:
    return set(re.findall(r"`([a-z_]+)\??`", cell))


def row(heading: str, first: str) -> list[str]:
    return next(cells for cells in rows(heading) if first in cells[0])


@pytest.mark.parametrize("request_", [Hello, *get_args(AnyRequest)])
def test_each_request_has_its_row(request_):
    tag = request_.__struct_config__.tag
    _, fields, who = row("From the client", f"`{tag}`")
    wanted = {field.name: field.required for field in msgspec.structs.fields(request_)}
    wanted.pop("id", None)
    assert set(wanted) <= names(fields)
    for name, required in wanted.items():
        assert (f"`{name}?`" in fields) is not required
    if request_ is not Hello:
        assert who == ("host" if request_.for_host else "seat")


def test_there_is_no_row_for_a_request_that_the_server_does_not_know():
    tags = {each.__struct_config__.tag for each in get_args(AnyRequest)} | {"hello"}
    assert {name for cells in rows("From the client") for name in names(cells[0])} == tags


@pytest.mark.parametrize("frame", messages.FRAMES)
def test_each_frame_has_its_row(frame):
    fields = row("From the server", f"`{frame.__struct_config__.tag}`")[1]
    assert names(fields) == set(frame.__struct_fields__)


@pytest.mark.parametrize(
    ("name", "struct"),
    [
        ("`you`", messages.You),
        ("`board`", messages.BoardView),
        ("`settings` of a board", BoardSettings),
        ("`option`", Option),
        ("`round`", messages.RoundView),
        ("`settings` of a round", RoundSettings),
        ("`tally`", messages.TallyView),
        ("`insight`", Insight),
        ("`criterion`", Criterion),
        ("`decision`", Decision),
        ("`consequence`", Consequence),
        ("`prediction`", Prediction),
        ("`deferral`", Deferral),
        ("`result`", Result),
        ("`verdict`", Verdict),
        ("`movement`", Movement),
        ("`movement`", Flow),
        ("`movement`", Moving),
        ("`readings` of a verdict", Reading),
        ("`weights` of a verdict", Reweighting),
        ("`comment`", messages.CommentView),
        ("`talk`", messages.TalkView),
        ("`sealed`", messages.SealedView),
        ("`stances`", messages.StancesView),
        ("`lens`", Lens),
        ("`lens`", Group),
        ("`risk`", messages.RiskView),
        ("`your_stance`", messages.OwnStance),
        ("`premortem`", messages.PremortemView),
        ("`proposals`", messages.ProposalView),
        ("`your_proposals`", messages.OwnProposal),
        ("`people`", messages.PeopleView),
    ],
)
def test_each_object_has_its_fields(name, struct):
    fields = next(cells[1] for cells in rows("The objects") if cells[0].startswith(name))
    assert set(struct.__struct_fields__) <= names(fields)


@pytest.mark.parametrize(
    ("name", "values"), [("`verdict`", Certainty), ("`readings` of a verdict", Rule)]
)
def test_each_object_names_what_it_may_say(name, values):
    fields = next(cells[1] for cells in rows("The objects") if cells[0].startswith(name))
    assert {*values} <= names(fields)


def test_each_refusal_has_its_row():
    wanted = [[f"`{code}`", str(STATUS[code]), messages.REFUSALS[code]] for code in Code]
    assert rows("Of refusals") == wanted


def test_each_closing_code_has_its_row():
    wanted = [[str(close.code), close.reason, does] for close, does in messages.CLOSES.items()]
    assert rows("Of closing")[:-1] == wanted


def test_each_method_has_its_row():
    assert [cells[0] for cells in rows("Ballots")] == [f"`{method}`" for method in METHODS]


def test_each_setting_of_one_method_stands_in_its_row():
    for cells in rows("Ballots"):
        (method,) = names(cells[0])
        own = {name for name, owner in OWN_SETTINGS.items() if owner == method}
        assert names(cells[2]) == own


def test_each_evidence_stands_with_the_methods_that_give_it():
    always = {"order", "winners", "totals", "decided_by", "steps"}
    given = {names(cells[0]).pop(): names(cells[1]) for cells in rows("Evidence")}
    assert given.keys() == set(Result.__struct_fields__) - always
    criteria = (Criterion(id="speed", name="Speed"),)
    for id_, method in METHODS.items():
        settings = RoundSettings(criteria=criteria) if id_ == "matrix" else RoundSettings()
        result = method({"a": "A", "b": "B"}, settings).tally().result()
        found = {name for name in given if getattr(result, name) is not None}
        assert found == {name for name, methods in given.items() if id_ in methods}


def test_each_address_has_its_row():
    read = (record, record_api, replay, lists)
    rooms = (*read, pages, socket, api, hosts, questions, invites, health, openapi)
    patterns = [pattern for module in rooms for pattern, _ in module.routes]
    shown = {cells[0].strip("`").split(" ")[1] for cells in rows("Addresses")}
    assert shown == {pattern.replace("([^/]+)", "{code}") for pattern in patterns}
