"""Reads the texts of which boards are made, and shows what was understood before one is made."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, structs

from server.domain import limits
from server.domain.board_text import MAX_TEXT, BoardText, TextError, read_board
from server.domain.options import Option, OptionDraft
from server.domain.refusals import Code, Refused
from server.domain.rules import BoardSettings
from server.domain.templates import write_template
from server.domain.text import slug
from server.live.create_board import BoardDraft, draft_of_text
from server.web.errors import Problem
from server.web.handler import Access, Handler
from server.web.operations import operation
from server.web.parameters import Body
from server.words.catalogue import words

_SHORT = 2_000
"""Characters that are read within a few milliseconds."""
_TYPED = 200
_reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lists")


class ListText(Struct, frozen=True, forbid_unknown_fields=True):
    """A text as it was typed, pasted or dropped."""

    text: Annotated[str, Meta(max_length=MAX_TEXT)]
    board: Annotated[str, Meta(max_length=40)] = ""
    """The code of the board to which the options are to be added; empty for a new one."""


class ReadOption(Struct, frozen=True, kw_only=True):
    """An option as it was understood, not yet checked."""

    name: str
    strapline: str
    features: tuple[str, ...]
    suited_to: str
    link: str
    tags: tuple[str, ...]


class LineView(Struct, frozen=True, kw_only=True):
    """What was understood of a line."""

    line: int
    """Counted from 1; for an option of a JSON document, its number."""
    typed: str
    option: ReadOption | None
    """None: the line is the heading of a table, or the rule below it."""
    problem: str
    """Why there can be no such option, as the rest of a sentence; empty if there can."""


class ListView(Struct, frozen=True, kw_only=True):
    """What was understood of a text."""

    title: str
    context: str
    lines: list[LineView]
    problem: str
    """Why no board can be made of it, as a sentence; empty if one can."""


class BoardFromText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A board whose options are a text. What the text itself says of the board comes second."""

    title: Annotated[str, Meta(max_length=200)] = ""
    context: limits.Context = ""
    options: Annotated[str, Meta(max_length=MAX_TEXT)]
    settings: BoardSettings = BoardSettings()


async def understood(text: str, taken: tuple[Option, ...] = ()) -> BoardText:
    """Read a text. A long one takes long, so it is read in a thread, one after another.

    Raises TextError.
    """
    if len(text) <= _SHORT:
        return read_board(text, taken)
    return await asyncio.get_running_loop().run_in_executor(_reader, read_board, text, taken)


async def draft_of(asked: BoardFromText) -> BoardDraft:
    """Return the draft of a board made from a text. Raises Refused `bad_settings`."""
    try:
        read = await understood(asked.options)
    except TextError as error:
        raise Refused(Code.BAD_SETTINGS, str(error)) from error
    return draft_of_text(read, asked.title, asked.context, asked.settings)


async def list_view(text: str, taken: tuple[Option, ...] = ()) -> ListView:
    """Return what was understood of a text, for people to look over."""
    try:
        read = await understood(text, taken)
    except TextError as error:
        return ListView(title="", context="", lines=[], problem=str(error))
    lines = [
        LineView(
            line=each.line,
            typed=each.typed[:_TYPED],
            option=_read_option(each.option) if each.option else None,
            problem=each.problem,
        )
        for each in read.lines
    ]
    return ListView(title=read.title, context=read.context, lines=lines, problem=read.problem)


def _read_option(draft: OptionDraft) -> ReadOption:
    fields = structs.asdict(draft)
    return ReadOption(**{name: fields[name] for name in ReadOption.__struct_fields__})


class Lists(Handler):
    """Read a list of options, or a board as YAML or JSON; nothing is made."""

    access = Access.ANYONE

    @operation(refuses=(Code.NO_SUCH_BOARD, Code.STORE_AWAY, Code.GOING_AWAY, "too_fast"))
    async def post(self, body: Body[ListText]) -> ListView:
        if not self.site.messages.allows(("lists", self.network)):
            raise Problem(429, "too_fast", words("refusal-lists-rate"))
        asked = body.read()
        taken = (await self.room(asked.board)).board.options if asked.board else ()
        return await list_view(asked.text, taken)


class SaveAsTemplate(Handler):
    """Get a board as a YAML file, from which others like it can be started."""

    access = Access.ANYONE

    async def get(self, typed: str) -> None:
        board = (await self.room(typed)).board
        name = slug(board.title) or "board"
        self.set_header("Content-Type", "application/yaml; charset=UTF-8")
        self.set_header("Content-Disposition", f'attachment; filename="{name}.yaml"')
        self.finish(
            write_template(board.title, board.context, board.options, board.criteria, board.gates)
        )


def form_of(plain: dict[str, str]) -> BoardFromText:
    """Convert the fields of a form. Raises Refused `bad_settings`."""
    try:
        return msgspec.convert(plain, BoardFromText)
    except msgspec.ValidationError as error:
        field, problem, _ = limits.breach(error)
        raise Refused(
            Code.BAD_SETTINGS, words("breach-of-field", field=field, problem=problem)
        ) from error


routes = [
    (r"/api/lists", Lists),
    (r"/api/boards/([^/]+)/template", SaveAsTemplate),
]
