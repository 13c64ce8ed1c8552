"""The messages and answers as TypeScript types: `python -m server.web.typescript`.

They are made from the structs that the server reads and writes, for `docs/protocol.d.ts`; `make
scripts` checks the scripts of the pages against it.
"""

from collections.abc import Iterator
from enum import Enum
from typing import get_args

from msgspec import UNSET, Struct, structs
from msgspec import inspect as shapes

from server.domain.methods import METHODS
from server.domain.replay import Replay
from server.live import messages
from server.live.commands.request import Hello
from server.live.commands.table import AnyRequest
from server.web import addresses, api, hosts, invites, lists, questions

_OPENING = """\
// Made by `make docs` from the code of the server; change it there. protocol.md says what it
// means.

"""
_COMMENT = "CommentView | DeletedComment"
_CHANGED = {
    "board": "BoardView",
    "comment": _COMMENT,
    "door": "LobbyView",
    "meeting": "MeetingView | null",
    "people": "PeopleView",
    "proposals": "ProposalView[]",
    "round": "RoundView | null",
    "sealed": "SealedView | null",
    "tally": "TallyView | null",
    "your_proposals": "OwnProposal[]",
    "stances": "StancesView | null",
    "your_sealed": "CommentView[]",
    "your_stance": "OwnStance | null",
    "your_experience": "Record<string, Level>",
    "your_moved_by": "string | null",
}
"""What frames carry whole, under the name of their type, as `messages.changed` makes them."""
_BY_HAND = _CHANGED | {"comments": f"({_COMMENT})[]"}
"""Fields of a welcome that are already encoded: their struct has no types for them."""
_REQUESTS: tuple[type[Struct], ...] = get_args(AnyRequest)
_ANSWERS: tuple[type[Struct], ...] = (
    api.BoardNow,
    api.CommentsPage,
    api.Told,
    api.AllRounds,
    addresses.JoinAddress,
    hosts.AllHosts,
    hosts.NewHost,
    questions.AllQuestions,
    questions.NewQuestion,
    invites.SomeInvites,
    lists.ListView,
    Replay,
)
_NAMED_BY_HAND: tuple[type[Struct], ...] = (
    messages.CommentView,
    messages.DeletedComment,
    messages.LobbyView,
    messages.ProposalView,
    messages.OwnProposal,
    messages.SealedView,
    messages.StancesView,
    messages.OwnStance,
)
_PLAIN: dict[type[shapes.Type], str] = {
    shapes.AnyType: "any",
    shapes.RawType: "any",
    shapes.BoolType: "boolean",
    shapes.DateType: "string",
    shapes.FloatType: "number",
    shapes.IntType: "number",
    shapes.NoneType: "null",
    shapes.StrType: "string",
}


def declarations() -> str:
    """Return the file: everything that crosses the wire, in the namespace `Wire`."""
    made = _Declarations()
    for struct in (*_NAMED_BY_HAND, *_ANSWERS):
        made.struct(struct)
    frames = [made.struct(struct, _camel(_tag(struct), "Frame")) for struct in messages.FRAMES]
    frames += [made.change(part, type_) for part, type_ in _CHANGED.items()]
    asked = [made.struct(each, _camel(_tag(each), "Request"), asked=True) for each in _REQUESTS]
    made.struct(Hello, "HelloRequest", asked=True)
    made.alias("Frame", frames)
    made.alias("Request", asked)
    made.enum(api.Sort)
    made.alias("AnyComment", [_COMMENT])
    made.alias("Method", [f'"{method}"' for method in METHODS])
    body = "\n\n".join(made.found[name] for name in sorted(made.found))
    lines = [f"  {line}".rstrip() for line in body.splitlines()]
    return "\n".join([f"{_OPENING}declare namespace Wire {{", *lines, "}", ""])


class _Declarations:
    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def alias(self, name: str, choices: list[str]) -> str:
        shown = " | ".join(choices)
        if 80 < len(shown) <= 95:
            shown = f"\n  {shown}"
        elif len(shown) > 95:
            shown = "".join(f"\n  | {choice}" for choice in choices)
        return self._add(name, f"type {name} = {shown};".replace("= \n", "=\n"))

    def change(self, part: str, type_: str) -> str:
        """Declare a frame that carries one whole object."""
        fields = [f'type: "{part}";', "seq: number;", f"{part}: {type_};"]
        if part == "comment":
            fields.append("talk?: Record<string, TalkView>;")
        return self._interface(_camel(part, "Frame"), fields)

    def struct(self, struct: type[Struct], name: str = "", *, asked: bool = False) -> str:
        """Declare a struct; `asked` if the server reads it, and so has defaults for it."""
        fields = list(self._fields(struct, asked=asked))
        if tag := _tag(struct):
            fields.insert(0, f'type: "{tag}";')
        return self._interface(name or struct.__name__, fields)

    def enum(self, enum: type[Enum]) -> str:
        return self.alias(enum.__name__, [f'"{each.value}"' for each in enum])

    def _fields(self, struct: type[Struct], *, asked: bool) -> Iterator[str]:
        types = {field.name: field.type for field in _shape(struct).fields}
        omits = struct.__struct_config__.omit_defaults
        for field in structs.fields(struct):
            may_lack = not field.required and (asked or omits or field.default is UNSET)
            type_ = self._type(types[field.name], asked=asked)
            if isinstance(types[field.name], shapes.RawType):
                type_ = _BY_HAND[field.name]
            if struct is messages.DeletedComment and field.name == "deleted":
                type_ = "true"
            if omits and not field.required:
                type_ = type_.removesuffix(" | null")
            yield f"{field.encode_name}{'?' * may_lack}: {type_};"
        # Fields that only one of the two has, so that a script may access them on either.
        if struct is messages.CommentView:
            yield "deleted?: undefined;"
        if struct is messages.DeletedComment:
            for field in structs.fields(messages.CommentView):
                if field.name not in types:
                    yield f"{field.encode_name}?: undefined;"

    def _type(self, type_: shapes.Type, *, asked: bool) -> str:
        match type_:
            case shapes.Metadata(extra_json_schema={"anyOf": choices}):
                return " | ".join(choice["$ref"].rpartition("/")[2] for choice in choices)
            case shapes.Metadata():
                return self._type(type_.type, asked=asked)
            case shapes.StructType(cls=struct):
                return self.struct(struct, asked=asked)
            case shapes.EnumType(cls=enum):
                return self.enum(enum)
        return _PLAIN.get(type(type_)) or self._composed(type_, asked=asked)

    def _composed(self, type_: shapes.Type, *, asked: bool) -> str:
        match type_:
            case shapes.UnionType(types=types):
                # TypeScript has a single type for all numbers.
                return " | ".join(dict.fromkeys(self._type(each, asked=asked) for each in types))
            case shapes.DictType(value_type=value):
                return f"Record<string, {self._type(value, asked=asked)}>"
            case shapes.ListType(item_type=item) | shapes.VarTupleType(item_type=item):
                inner = self._type(item, asked=asked)
                return f"({inner})[]" if " | " in inner else f"{inner}[]"
        raise TypeError(f"there is no type for {type_}")

    def _interface(self, name: str, fields: list[str]) -> str:
        body = "\n".join(f"  {field}" for field in fields)
        return self._add(name, f"interface {name} {{\n{body}\n}}")

    def _add(self, name: str, text: str) -> str:
        """Keep a declaration. Raises ValueError if another one has the same name."""
        if self.found.setdefault(name, text) != text:
            raise ValueError(f"two types are called {name}")
        return name


def _shape(struct: type[Struct]) -> shapes.StructType:
    shape = shapes.type_info(struct)
    if not isinstance(shape, shapes.StructType):
        raise TypeError(struct)
    return shape


def _tag(struct: type[Struct]) -> str:
    return str(struct.__struct_config__.tag or "")


def _camel(tag: str, ending: str) -> str:
    return "".join(word.capitalize() for word in tag.split("_")) + ending


if __name__ == "__main__":
    print(declarations(), end="")  # noqa: T201
