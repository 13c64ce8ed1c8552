"""What clients send, as the live connection and the API read it, on a board of its own.

An input has one message per line: the sender, then the message. Each message either counts, and
then in the same way for all who read the log, or is refused in words with a code of the contract.
"""

import msgspec
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.board import Board
from server.domain.refusals import Code, Refusal, Refused
from server.domain.rounds import State
from server.live import create_board, messages
from server.live.authorization import Credentials, authorize, require_no_ballot, require_right, you
from server.live.commands.boards import DeleteBoard
from server.live.commands.options import completed_criteria
from server.live.commands.request import Hello
from server.live.commands.table import AnyRequest
from server.live.commands.texts import person_name
from server.live.create_board import BoardDraft
from server.live.parsing import (
    MAX_BYTES,
    NotUnderstoodError,
    RefusedRequestError,
    read_hello,
    read_request,
)
from server.web.errors import Problem
from server.web.parameters import fitting, plain
from support.strategies import CRITERIA, PSEUDONYMS, T0, create, replayed, told, visible

LINES = 60
WHO = {
    b"h": Credentials(browser="host", host="first"),
    b"a": Credentials("ann"),
    b"b": Credentials("ben"),
}
NEW = b"n"
"""Someone creates a board."""


def check(data):
    """Send every line. Raises AssertionError, or any other failure."""
    table = Table()
    for line in data.split(b"\n")[:LINES]:
        who, said = line[:1], line[1 : MAX_BYTES + 1]
        if who == NEW:
            make(said)
        elif who in WHO:
            greet(said)
            table.hear(WHO[who], said)
    table.compare()


class Table:
    """A board in one process, and its log."""

    def __init__(self):
        self.log = []
        self.board = Board()
        self._write(create(criteria=CRITERIA))

    @property
    def now(self):
        return T0 + 1000 * len(self.log)

    def hear(self, credentials, said):
        """Handle a message as a room does."""
        try:
            request = read_request(said)
        except NotUnderstoodError as error:
            in_words(str(error))
            return
        except RefusedRequestError as error:
            assert 1 <= len(error.id) <= 64
            in_words(error.refusal.message, error.refusal.code)
            return
        encoded = messages.encode(request)
        try:
            if isinstance(request, DeleteBoard):
                # It has no entry, and would leave nothing to compare.
                request.require_code(self.board)
                return
            entry = self._entry(credentials, request, encoded)
            self.board.check(self.now, entry)
        except Refused as refused:
            in_words(refused.message, refused.code)
        else:
            self._write(entry)

    def _entry(self, credentials, request, encoded):
        board = self.board
        actor = authorize(board, PSEUDONYMS, credentials, None)
        require_right(board, actor, request)
        idempotency_key = PSEUDONYMS.idempotency_key(actor.seat, board.code, encoded.decode())
        action = request.action(board)
        by, current = actor.seat, board.round
        voter = PSEUDONYMS.voter(actor.seat, board.code, current) if current else None
        if isinstance(action, act.ByVoter):
            board.latest_round(action.round)
            by = voter
        if isinstance(action, act.Observe) and action.on:
            require_no_ballot(board, current.ballot_of(voter) if current else None)
        host = credentials.host if request.for_host else ""
        return act.Entry(
            rules=act.RULES, by=by, host=host, idempotency_key=idempotency_key, action=action
        )

    def _write(self, entry):
        payload = act.encode(entry)
        assert b"\n" not in payload
        assert act.decode(payload) == entry
        self.log.append((len(self.log) + 1, self.now, payload))
        outcome = self.board.apply(*self.log[-1][:2], act.decode(payload))
        assert not isinstance(outcome, Refusal), outcome

    def compare(self):
        """Check that a later reader of the log holds the same board, and that it can be shown."""
        read = [(seq, at, act.decode(payload)) for seq, at, payload in self.log]
        later = replayed(read)
        assert visible(later) == visible(self.board)
        assert told(later) == told(self.board)
        for credentials in WHO.values():
            messages.encode(you(self.board, authorize(self.board, PSEUDONYMS, credentials, None)))
        if self.board.round and self.board.round.state is not State.OPEN:
            self.board.round.outliers()


def greet(said):
    """Read a first message."""
    try:
        hello = read_hello(said)
    except NotUnderstoodError as error:
        in_words(str(error))
        return
    try:
        person_name(hello.name)
    except Refused as refused:
        in_words(refused.message, refused.code)


def make(said):
    """Read a new board as the API does."""
    try:
        draft = fitting(plain(said), BoardDraft)
        create_board._checked(draft)
        completed_criteria(draft.criteria)
    except Problem as problem:
        in_words(problem.message, problem.code)
    except Refused as refused:
        in_words(refused.message, refused.code)


def in_words(message, code=Code.NOT_UNDERSTOOD):
    assert code in list(Code), code
    assert message.endswith("."), message
    assert len(message) < 1000, message
    message.encode()


# Messages: made from the shapes themselves, and nearly valid ones.

IDS = ("django", "flask", "tornado", "bottle", "further-discussion", "c1", "c2", "first", "speed")
ODD = (None, True, 0, -1, 1.0, 2**63, 1e308, "", "x" * 65, "\u202e", "\x00", "👍", [], {}, [[]])
TEXTS = st.sampled_from(IDS) | st.text(max_size=12)
BALLOTS = [
    {"choice": "flask"},
    {"approve": ["flask", "django"]},
    {"dots": {"flask": 3, "django": 2}},
    {"scores": {"flask": 5, "django": 0}, "no_opinion": ["tornado"]},
    {"scores": {"flask": {"speed": 5, "hiring": 4}}},
    {"ranking": [["flask"], ["django", "tornado"]]},
]
METHODS = ("approval", "single", "dots", "score", "ranked", "matrix")


def values(kind):
    """Return a strategy for JSON values that a type accepts."""
    match kind:
        case msgspec.inspect.StructType(fields=fields, tag=tag):
            needed = {f.encode_name: field(f) for f in fields if f.required}
            if tag is not None:
                needed["type"] = st.just(tag)
            optional = {f.encode_name: field(f) for f in fields if not f.required}
            return st.fixed_dictionaries(needed, optional=optional)
        case msgspec.inspect.UnionType(types=types):
            return st.one_of([values(each) for each in types])
        case msgspec.inspect.EnumType(cls=cls):
            return st.sampled_from(list(map(str, cls)))
        case msgspec.inspect.IntType(ge=least, le=most):
            return st.integers(1, 6) | st.integers(least or 0, most or 100)
        case msgspec.inspect.FloatType():
            return st.floats(0.01, 100)
        case msgspec.inspect.StrType(max_length=most):
            return TEXTS if most is None or most < 64 else TEXTS | st.text(max_size=40)
        case msgspec.inspect.BoolType():
            return st.booleans()
        case msgspec.inspect.NoneType():
            return st.none()
        case msgspec.inspect.DateType():
            return st.dates().map(str)
        case msgspec.inspect.Metadata(type=inner, extra_json_schema={"format": "date"}):
            return st.dates().map(str) | values(inner)
        case msgspec.inspect.VarTupleType(item_type=item):
            return st.lists(values(item), max_size=4)
        case msgspec.inspect.DictType():
            return st.sampled_from(BALLOTS) | anything
    raise AssertionError(kind)


def field(described):
    if described.name == "method":
        return st.sampled_from(METHODS)
    if described.name == "round":
        return st.integers(1, 3)
    return values(described.type)


anything = st.recursive(
    st.sampled_from(ODD) | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoilt(draw, whole):
    """Damage one place of a message, or leave it."""
    message = draw(whole)
    match draw(st.sampled_from(["", "", "", "drop", "add", "change", "bytes"])):
        case "drop" if message:
            del message[draw(st.sampled_from(sorted(message)))]
        case "add":
            message[draw(TEXTS)] = draw(anything)
        case "change" if message:
            message[draw(st.sampled_from(sorted(message)))] = draw(anything)
        case "bytes":
            encoded = msgspec.json.encode(message)
            at = draw(st.integers(0, len(encoded)))
            return encoded[:at] + draw(st.binary(max_size=3)) + encoded[at + 1 :]
    return msgspec.json.encode(message)


def sessions():
    """Return a strategy for whole inputs."""
    shapes = {b"h": AnyRequest, b"a": AnyRequest, b"b": Hello, NEW: BoardDraft}
    lines = [
        spoilt(values(msgspec.inspect.type_info(shape))).map(
            lambda said, who=who: who + said.replace(b"\n", b" ")
        )
        for who, shape in shapes.items()
    ]
    return st.lists(st.one_of(lines[0], lines[1], *lines), min_size=1, max_size=20).map(b"\n".join)


OPENING = [
    {"type": "open_round", "method": method, "settings": {"visibility": "live", "names": "open"}}
    for method in METHODS
]


def seeds():
    """Yield inputs to start from: valid meetings."""
    for opening, ballot in zip(OPENING, [BALLOTS[n] for n in (1, 0, 2, 3, 5, 4)], strict=True):
        said = [
            ("h", opening),
            ("a", {"type": "hello", "view": "ballot", "name": "Ann"}),
            ("a", {"type": "vote", "round": 1, "ballot": ballot}),
            (
                "a",
                {"type": "comment", "option": "flask", "kind": "pro", "text": "x", "comment": "c1"},
            ),
            ("b", {"type": "react", "comment": "c1", "emoji": "👍", "on": True}),
            ("b", {"type": "observe", "on": True}),
            ("a", {"type": "withdraw", "round": 1}),
            ("h", {"type": "set_board", "settings": {"proposals": "open"}}),
            ("a", {"type": "propose", "proposal": "c1", "name": "Quart"}),
            ("h", {"type": "merge_proposal", "proposal": "c1", "option": "flask", "word": "x"}),
            ("h", {"type": "pin_comment", "comment": "c1", "on": True}),
            ("h", {"type": "lock_round", "round": 1}),
            ("h", {"type": "reveal_round", "round": 1}),
            ("h", {"type": "add_option", "option": {"name": "X", "link": "https://x.example/"}}),
            ("h", {"type": "set_board", "title": "T", "settings": {"show_names": False}}),
            (
                "h",
                {
                    "type": "decide",
                    "option": "flask",
                    "because": "Small.",
                    "revisit_on": "2030-01-01",
                },
            ),
            ("n", {"title": "T", "options": [{"name": "A"}], "criteria": [{"name": "S"}]}),
        ]
        lines = [
            who.encode() + msgspec.json.encode({"id": f"m{n}"} | message if who != "n" else message)
            for n, (who, message) in enumerate(said)
        ]
        yield b"\n".join(lines)


TOKENS = [
    *(each.__struct_config__.tag for each in AnyRequest.__args__),
    *IDS,
    *METHODS,
    *("type", "id", "round", "ballot", "option", "comment", "settings", "text", "on", "name"),
    *("approve", "choice", "dots", "scores", "ranking", "criteria", "seconds", "tie_break", "lot"),
    *("no_opinion", "quorum"),
]
