"""What bad input gets: its code, words for a person, nothing changed, at most one line a time."""

import contextlib
import json
import logging

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.security.guess_limit import network_of
from support.wait import eventually
from support.worker import worker


@contextlib.asynccontextmanager
async def meeting(store, **settings):
    """Run a board with an open round, and give its server, code, a voter and the host."""
    async with worker(store, **settings) as server:
        code, key = await server.board()
        host, ann = await server.host(code, key), await server.page(code, name="Ann")
        await host.receive("people", lambda f: f["people"]["names"])
        await host.done(
            "open_round", method="approval", settings={"visibility": "live", "names": "open"}
        )
        said = {"option": "flask", "kind": "pro", "text": "Fast.", "comment": "c1"}
        await ann.done("comment", **said)
        yield server, code, ann, host


async def state(server, code):
    got = (await server.api(f"/api/boards/{code}"))[1]
    got.pop("people")
    return got


def nothing_logged(caplog):
    """Check that at most the one line of an HTTP request was written."""
    lines = [record for record in caplog.records if record.levelno >= logging.INFO]
    assert len(lines) <= 1, [record.getMessage() for record in lines]
    return True


DEEP = (
    '{"type": "vote", "id": "a", "round": 1, "ballot": {"approve": '
    + "[" * 7000
    + "]" * 7000
    + "}}"
)
NOT_UNDERSTOOD = [
    "not JSON",
    "{",
    "",
    "[]",
    '"text"',
    "null",
    '{"type": "vote"}',
    '{"type": "vote", "id": ""}',
    '{"type": "vote", "id": 7}',
    json.dumps({"type": "vote", "id": "x" * 65}),
    '{"type": "hello", "view": "ballot"}',
    '{"type": "comment", "id": "a", "text": "\\ud800"}',
    DEEP,
    b"\x00binary",
]


async def test_a_text_that_is_no_text_closes_with_words_and_is_refused_over_http(embedded, caplog):
    async with meeting(embedded) as (server, code, ann, _):
        said = b'{"type":"rename","id":"a","name":"\xff"}'
        caplog.clear()
        async with ann.socket.send_context():
            ann.socket.protocol.send_text(said)
        assert await ann.closed() == (1007, "This is not valid UTF-8 text.")
        assert nothing_logged(caplog)
        for path in (f"/api/boards/{code}/actions", "/api/boards"):
            status, answer = await server.api(path, said, headers={"Cookie": ann.cookie})
            assert (status, answer["error"]["code"]) == (400, "not_understood")


def masked(payload, opcode=0x81):
    """Make a frame as a client sends it, right or wrong."""
    size = len(payload)
    head = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return bytes([opcode]) + head + b"\0\0\0\0" + payload


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (masked(b"\xff"), 1007),
        (masked(b'{"type": "rename", "id": "a", "name": "\xc3("}'), 1007),
        (masked(b"caf\xc3", 0x01) + masked(b"", 0x80), 1007),
        (masked((1000).to_bytes(2, "big") + b"\xff", 0x88), 1007),
        (masked(b"x", 0x83), 1002),
        (masked(b"x", 0xC1), 1002),
        (b"\x81\x01x", 1002),
        (masked(b"", 0x09), 1002),
        (masked(b"x" * 126, 0x89), 1002),
        (masked(b"x", 0x80), 1002),
        (masked(b"x", 0x01) + masked(b"x", 0x01), 1002),
        (masked(b"\x03", 0x88), 1002),
        (masked((999).to_bytes(2, "big"), 0x88), 1002),
        (masked((1005).to_bytes(2, "big"), 0x88), 1002),
        (masked(b"x" * (16 * 1024 + 1)), 1009),
        (masked(b"x" * 10_000, 0x01) + masked(b"x" * 10_000, 0x80), 1009),
        (masked(b"not JSON"), 4000),
        (masked(b"caf\xc3", 0x01) + masked(b"\xa9", 0x80), 4000),
        (masked(b"\xff", 0x82), 4000),
    ],
    ids=range(19),
)
@pytest.mark.parametrize("greeted", [True, False])
async def test_frames_that_break_the_standard_close_with_its_own_codes(
    embedded, caplog, greeted, said, code
):
    async with worker(embedded) as server:
        board, _ = await server.board()
        page = await (server.page if greeted else server.connect)(board)
        caplog.clear()
        page.socket.transport.write(said)
        assert (await page.closed())[0] == code
        assert nothing_logged(caplog)


@pytest.mark.parametrize("message", NOT_UNDERSTOOD, ids=range(len(NOT_UNDERSTOOD)))
async def test_what_cannot_be_answered_closes_with_words(embedded, caplog, message):
    async with meeting(embedded) as (server, code, ann, _):
        before = await state(server, code)
        caplog.clear()
        await ann.send(message)
        status, reason = await ann.closed()
        assert status == 4000
        assert reason.endswith(".")
        assert nothing_logged(caplog)
        assert await state(server, code) == before


@pytest.mark.parametrize(
    "hello",
    [
        {"type": "vote", "id": "a", "round": 1, "ballot": {"approve": []}},
        {"type": "hello"},
        {"type": "hello", "view": "kitchen"},
        {"type": "hello", "view": "ballot", "colour": "red"},
        {"type": "hello", "view": "ballot", "name": "x" * 41},
        {"type": "hello", "view": "ballot", "name": "a\u202eb"},
        {"type": "hello", "view": "ballot", "since": {"epoch": "e", "seq": -1}},
        {"type": "hello", "view": "ballot", "since": "yesterday"},
    ],
)
async def test_without_a_proper_hello_nothing_begins(embedded, caplog, hello):
    async with worker(embedded) as server:
        code, _ = await server.board()
        page = await server.connect(code, cookie=await server.cookie(code))
        caplog.clear()
        await page.send(hello)
        status, reason = await page.closed()
        assert status == 4000
        assert reason
        assert nothing_logged(caplog)


async def test_anyone_who_says_nothing_is_not_waited_for(embedded, monkeypatch):
    monkeypatch.setattr("server.live.session.HELLO_SECONDS", 0.05)
    async with worker(embedded) as server:
        code, _ = await server.board()
        assert await (await server.connect(code)).closed() == (4000, "No hello was received.")


async def test_the_hosts_page_is_for_the_host(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        page = await server.connect(code, cookie=await server.cookie(code))
        await page.send({"type": "hello", "view": "host"})
        assert await page.closed() == (4003, "This page is for the host.")


LONG = "x" * 2001
REFUSED = [
    ({"type": "dance"}, "not_understood", "no message of type 'dance'"),
    ({"type": 5}, "not_understood", "no message of type"),
    ({"type": "create", "code": "X"}, "not_understood", "no message of type"),
    ({}, "not_understood", "no message of type"),
    ({"type": "withdraw", "round": 1, "colour": 1}, "not_understood", "`colour`"),
    ({"type": "withdraw"}, "not_understood", "`round`"),
    ({"type": "withdraw", "round": "1"}, "not_understood", "`round`"),
    ({"type": "withdraw", "round": 0}, "not_understood", "`round`"),
    ({"type": "withdraw", "round": 7}, "no_such_round", "no round 7"),
    ({"type": "vote", "round": 1, "ballot": {"approve": ["nothing"]}}, "no_such_option", "nothing"),
    ({"type": "vote", "round": 1, "ballot": {"choice": "flask"}}, "bad_ballot", "looks like"),
    ({"type": "vote", "round": 1, "ballot": {}}, "bad_ballot", "looks like"),
    ({"type": "vote", "round": 1, "ballot": {"approve": "flask"}}, "bad_ballot", "a list"),
    ({"type": "vote", "round": 1, "ballot": ["flask"]}, "bad_ballot", "an object"),
    ({"type": "vote", "round": 1, "ballot": None}, "bad_ballot", "an object"),
    ({"type": "vote", "round": 1}, "bad_ballot", "an object"),
    ({"type": "comment", "text": LONG}, "too_long", "2000 characters"),
    ({"type": "comment", "text": ""}, "not_understood", "empty"),
    ({"type": "comment", "text": " \n "}, "not_understood", "empty"),
    ({"type": "comment", "text": "a\u0000b"}, "not_understood", "control character U+0000"),
    ({"type": "comment", "kind": "rant"}, "not_understood", "`kind`"),
    ({"type": "comment", "option": "nothing"}, "no_such_option", "nothing"),
    ({"type": "comment", "option": "No Such!"}, "not_understood", "`option`"),
    ({"type": "comment", "parent": "nothing"}, "no_such_comment", "does not exist"),
    ({"type": "comment", "parent": "c1", "option": "django"}, "not_allowed", "same option"),
    ({"type": "comment", "comment": "x" * 65}, "too_long", "64 characters"),
    ({"type": "edit_comment", "comment": "c9", "text": "x"}, "no_such_comment", "does not exist"),
    ({"type": "delete_comment", "comment": "c9"}, "no_such_comment", "does not exist"),
    (
        {"type": "react", "comment": "c1", "emoji": "x" * 17, "on": True},
        "too_long",
        "16 characters",
    ),
    ({"type": "react", "comment": "c1", "emoji": "👍", "on": 1}, "not_understood", "`on`"),
    ({"type": "rename", "name": "x" * 41}, "too_long", "40 characters"),
    ({"type": "rename", "name": "two\nlines"}, "not_understood", "one line"),
    ({"type": "lock_round", "round": 1}, "not_allowed", "Only the host"),
]
COMMENT = {"option": "flask", "kind": "pro", "text": "x", "comment": "c2"}


@pytest.mark.parametrize(("message", "code", "words"), REFUSED)
async def test_a_voter_is_refused_in_words_and_goes_on(embedded, caplog, message, code, words):
    if message.get("type") == "comment":
        message = COMMENT | message
    async with meeting(embedded) as (server, board, ann, _):
        before = await state(server, board)
        caplog.clear()
        message = {"id": "wrong"} | message
        await ann.send(message)
        refused = await ann.receive("refused")
        assert (refused["id"], refused["code"]) == ("wrong", code)
        assert words in refused["message"]
        assert nothing_logged(caplog)
        status, over_http = await server.api(
            f"/api/boards/{board}/actions", message, headers={"Cookie": ann.cookie}
        )
        assert 400 <= status < 500
        assert over_http["error"] == {"code": code, "message": refused["message"]}
        assert await state(server, board) == before
        await ann.done("vote", round=1, ballot={"approve": ["flask"]})


HOSTS = [
    ({"type": "open_round", "method": "single"}, "round_open", "Round 1 is not over"),
    ({"type": "add_option", "option": {"name": "X"}}, "round_open", "not over"),
    ({"type": "extend_round", "round": 1, "seconds": 0}, "not_understood", "`seconds`"),
    ({"type": "extend_round", "round": 1, "seconds": 86_401}, "not_understood", "`seconds`"),
    ({"type": "set_board", "title": ""}, "not_understood", "title"),
    ({"type": "set_board", "title": "x" * 201}, "too_long", "200 characters"),
    ({"type": "set_board", "context": "x" * 2001}, "too_long", "2000 characters"),
    ({"type": "set_board", "settings": {"colour": "red"}}, "bad_settings", "`settings.colour`"),
    (
        {"type": "set_board", "settings": {"comments": "maybe"}},
        "bad_settings",
        "`settings.comments`",
    ),
    ({"type": "hide_comment", "comment": "c9", "on": True}, "no_such_comment", "does not exist"),
    ({"type": "decide", "option": "flask", "because": "x" * 4001}, "too_long", "4000 characters"),
]
BETWEEN = [
    ({"type": "open_round", "method": "lottery"}, "unknown_method", "single and matrix"),
    (
        {"type": "open_round", "settings": {"dots": 5}},
        "bad_settings",
        "belongs to the method `dots`",
    ),
    (
        {"type": "open_round", "settings": {"criteria": [{"name": "X", "weight": 1}]}},
        "bad_settings",
        "belongs to the method `matrix`",
    ),
    ({"type": "open_round", "method": "matrix"}, "bad_settings", "name 1 to 20"),
    (
        {"type": "open_round", "method": "matrix", "settings": {"criteria": []}},
        "bad_settings",
        "name 1 to 20",
    ),
    (
        {"type": "open_round", "method": "matrix", "settings": {"criteria": [{"name": "X"}] * 21}},
        "too_many",
        "at most 20",
    ),
    (
        {"type": "open_round", "method": "matrix", "settings": {"criteria": [{"name": "X"}] * 2}},
        "bad_settings",
        "Criterion 2: name “X” is already in the list.",
    ),
    (
        {
            "type": "open_round",
            "method": "matrix",
            "settings": {"criteria": [{"name": "X", "weight": 0}]},
        },
        "bad_settings",
        "more than 0",
    ),
    ({"type": "open_round", "method": "dots", "settings": {"dots": 0}}, "bad_settings", "1 to 100"),
    ({"type": "open_round", "method": "dots", "settings": {"dots": 2.5}}, "bad_settings", "whole"),
    (
        {"type": "open_round", "method": "dots", "settings": {"dots": 2, "per_option": 3}},
        "bad_settings",
        "from 1 to 2 dots",
    ),
    ({"type": "open_round", "settings": {"tie_break": "coin"}}, "bad_settings", "tie_break"),
    ({"type": "open_round", "settings": {"shuffle": "yes"}}, "bad_settings", "true or false"),
    (
        {"type": "open_round", "settings": {"tie_break": "lot", "options": ["flask", "x"]}},
        "no_such_option",
        "'x'",
    ),
    ({"type": "open_round", "settings": {"seconds": 4}}, "bad_settings", "5 seconds"),
    ({"type": "open_round", "settings": {"colour": 4}}, "bad_settings", "`settings.colour`"),
    ({"type": "open_round", "settings": {"visibility": "all"}}, "bad_settings", "visibility"),
    ({"type": "open_round", "settings": {"options": ["flask"]}}, "bad_settings", "at least 2"),
    ({"type": "open_round", "settings": {"options": ["flask", "x"]}}, "no_such_option", "'x'"),
    ({"type": "add_option", "option": {"name": "FLASK"}}, "bad_settings", "already in the list"),
    ({"type": "add_option", "option": {"name": ""}}, "not_understood", "empty"),
    ({"type": "add_option", "option": {"name": "x" * 81}}, "too_long", "80 characters"),
    ({"type": "add_option", "option": {"name": "X", "link": "ftp://x"}}, "bad_settings", "http"),
    ({"type": "add_option", "option": {"name": "X", "tags": ["t"] * 13}}, "too_many", "12"),
    ({"type": "edit_option", "option": {"id": "nothing"}}, "no_such_option", "nothing"),
    ({"type": "remove_option", "option": "nothing"}, "no_such_option", "nothing"),
    ({"type": "decide", "option": "nothing", "because": ""}, "no_such_option", "nothing"),
    (
        {"type": "decide", "option": "flask", "because": "", "revisit_on": "soon"},
        "not_understood",
        "`revisit_on`",
    ),
    *(
        ({"type": "decide", "option": "flask", "because": "Small.", "revisit_on": day}, *refusal)
        for day, *refusal in (
            ("2017-06-01", "not_understood", "must lie ahead, and 2017-06-01 does not"),
            ("0202-06-01", "not_understood", "must lie ahead, and 0202-06-01 does not"),
            ("20270-06-01", "not_understood", "'20270-06-01' is no day"),
            ("2030-02-30", "not_understood", "'2030-02-30' is no day"),
            ("20300601", "not_understood", "such as 2027-06-01"),
            ("2030-W01-1", "not_understood", "is no day"),
            ("٢٠٣٠-06-01", "not_understood", "is no day"),
            ("", "not_understood", "'' is no day"),
            (20300601, "not_understood", "`revisit_on`"),
        )
    ),
    ({"type": "decide", "option": "flask", "because": ""}, "not_understood", "Say why"),
    *(
        ({"type": "decide", "option": "flask", "because": "Small.", **more}, *refusal)
        for more, *refusal in (
            (
                {"consequences": [{"text": "x", "owner": ""}]},
                "not_understood",
                "owner` must not be",
            ),
            ({"consequences": [{"text": "x", "owner": "\u200b"}]}, "not_understood", "an owner is"),
            ({"consequences": [{"text": " ", "owner": "Ann"}]}, "not_understood", "is empty"),
            ({"consequences": [{"text": "x"}]}, "not_understood", "owner` is missing"),
            ({"consequences": [{"text": "x", "by": "Ann"}]}, "not_understood", "consequences"),
            ({"consequences": "x"}, "not_understood", "`consequences`"),
            ({"predictions": [{"text": "x", "confidence": 101}]}, "not_understood", "confidence"),
            ({"predictions": [{"text": " ", "confidence": 1}]}, "not_understood", "is empty"),
            ({"predictions": [{"text": "x" * 281, "confidence": 1}]}, "too_long", "280"),
            ({"predictions": [{"text": "x", "confidence": 1}] * 6}, "too_many", "5 entries"),
            ({"consequences": [{"text": "x", "owner": "A"}] * 11}, "too_many", "10 entries"),
            ({"consequences": [{"text": "x" * 201, "owner": "A"}]}, "too_long", "200"),
            ({"consequences": [{"text": "a\nb", "owner": "A"}]}, "not_understood", "one line"),
            ({"confirmation": "x" * 501}, "too_long", "500 characters"),
            ({"confirmation": None}, "not_understood", "`confirmation`"),
            ({"confirmation": "\x07"}, "not_understood", "way to confirm"),
        )
    ),
    ({"type": "decide", "option": "flask", "because": " \u200b\n"}, "not_understood", "Say why"),
    (
        {"type": "decide", "option": "further-discussion", "because": "It won."},
        "no_such_option",
        "further-discussion",
    ),
    (
        {"type": "defer", "owner": "Ann", "because": " ", "revisit_on": "2030-06-01"},
        "not_understood",
        "Say why",
    ),
    (
        {"type": "defer", "owner": " ", "because": "Later.", "revisit_on": "2030-06-01"},
        "not_understood",
        "owner",
    ),
    (
        {"type": "defer", "owner": "Ann", "because": "Later.", "revisit_on": "2001-06-01"},
        "not_understood",
        "must lie ahead",
    ),
    (
        {"type": "defer", "owner": "Ann", "because": "Later."},
        "not_understood",
        "`revisit_on`",
    ),
    ({"type": "vote", "round": 1, "ballot": {"approve": []}}, "round_closed", "closed"),
    ({"type": "lock_round", "round": 1}, "round_closed", "already closed"),
]


@pytest.mark.parametrize("row", [*HOSTS, *BETWEEN])
async def test_the_host_is_refused_in_words_too(embedded, caplog, row):
    message, code, words = row
    async with meeting(embedded) as (server, board, _, host):
        if row in BETWEEN:
            await host.done("reveal_round", round=1)
        before = await state(server, board)
        caplog.clear()
        method = {"method": "single"} if message["type"] == "open_round" else {}
        await host.send({"id": "wrong"} | method | message)
        refused = await host.receive("refused")
        assert (refused["id"], refused["code"]) == ("wrong", code)
        assert words in refused["message"]
        assert nothing_logged(caplog)
        assert await state(server, board) == before


async def test_who_has_guessed_too_often_comes_back_later_and_is_not_told_wrong(embedded):
    async with worker(embedded, own=True) as server:
        async with worker(embedded) as other:
            code, _ = await other.board()
        here = network_of("127.0.0.1")
        while server.site.guess_limit.has_left(here):
            server.site.guess_limit.allows(here)
        page = await server.connect(code)
        closed, reason = await page.closed()
        assert closed == 4029
        assert "Wait a minute." in reason
        # Nor is it told of a board that is open here; but in time it comes in.
        await server.hub.room(code)
        page = await server.connect(code)
        assert (await page.closed())[0] == 4029
        await eventually(lambda: server.site.guess_limit.has_left(here))
        page = await server.connect(code)
        assert (await page.hello("screen"))["type"] == "welcome"


async def test_a_board_that_is_not_there(embedded, caplog):
    async with worker(embedded) as server:
        caplog.clear()
        page = await server.connect("ZZZZZZ")
        assert await page.closed() == (4004, "There is no board with this code.")
        assert nothing_logged(caplog)
        assert (await server.fetch("/b/ZZZZZZ")).code == 404


async def test_seventeen_kilobytes_are_too_much_and_sixteen_are_not(embedded, caplog):
    async with meeting(embedded) as (server, code, ann, _):
        before = await state(server, code)
        caplog.clear()
        await ann.send('{"type": "rename", "id": "big", "name": null}' + " " * 16_000)
        await ann.receive("ack")
        await ann.send('{"type": "rename", "id": "huge", "name": null}' + " " * 17 * 1024)
        status, _ = await ann.closed()
        assert status == 1009
        assert nothing_logged(caplog)
        again = await server.page(code, cookie=ann.cookie)
        await again.done("rename", name="Ann")
        after = await state(server, code)
        assert after["tally"] == before["tally"]


async def test_a_thousand_messages_in_a_second(embedded, caplog):
    async with meeting(embedded, message_rate=20, message_burst=60) as (_, _, ann, _):
        caplog.clear()
        with contextlib.suppress(ConnectionClosed):
            for n in range(1000):
                await ann.send({"type": "rename", "id": f"{n}", "name": "Ann"})
        assert await ann.closed() == (4029, "Too many messages; come back in ten seconds.")
        assert len(ann.of("ack")) <= 80
        assert nothing_logged(caplog)


async def test_a_forged_cookie_gets_no_seat(embedded, caplog):
    async with meeting(embedded) as (server, code, ann, _):
        name, _, value = ann.cookie.partition("=")
        forged = f"{name}={value[:-4]}AAAA"
        before = await state(server, code)
        caplog.clear()
        assert (await (await server.connect(code, cookie=forged)).closed())[0] == 4003
        assert nothing_logged(caplog)
        vote = {"type": "vote", "id": "a", "round": 1, "ballot": {"approve": []}}
        status, answer = await server.api(
            f"/api/boards/{code}/actions", vote, headers={"Cookie": forged}
        )
        assert (status, answer["error"]["code"]) == (403, "not_allowed")
        assert await state(server, code) == before
        renewed = await server.fetch(f"/b/{code}", headers={"Cookie": forged})
        assert renewed.code == 200
        assert renewed.headers["Set-Cookie"].startswith(name)


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://[::1"}, False),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"}, False),
        ({"Origin": "https://intranet.example"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({}, True),
    ],
)
async def test_pages_of_other_sites_stay_outside(embedded, caplog, headers, let_in):
    async with worker(embedded, trusted_origins=("https://intranet.example",)) as server:
        code, key = await server.board()
        caplog.clear()
        message = {"type": "set_board", "id": "a", "title": "Taken over"}
        status, answer = await server.api(
            f"/api/boards/{code}/actions",
            message,
            headers=headers | {"Authorization": f"Bearer {key}"},
        )
        if let_in:
            page = await server.connect(code, headers=headers)
            assert (await page.hello("screen"))["type"] == "welcome"
            assert status == 200
            return
        assert (status, answer["error"]["code"]) == (403, "foreign_origin")
        assert nothing_logged(caplog)
        with pytest.raises(InvalidStatus) as caught:
            await server.connect(code, headers=headers)
        assert caught.value.response.status_code == 403
        assert (await state(server, code))["board"]["title"] == "Which one?"


async def test_while_the_store_is_away_votes_are_refused_to_be_sent_again(embedded, caplog):
    async with meeting(embedded) as (server, code, ann, host):
        before = await state(server, code)
        store = server.hub.store
        caplog.clear()
        store.nodes[0].set_present(value=False, why="it was pulled out")
        vote = {"round": 1, "ballot": {"approve": ["flask"]}, "id": "kept"}
        refused = await ann.ask("vote", **vote)
        assert refused["code"] == "store_away"
        assert "again" in refused["message"]
        assert nothing_logged(caplog)
        await ann.receive("pulse", lambda f: f["store"] == "away")
        await eventually(lambda: store.present)
        await ann.done("vote", **vote)
        await host.receive("tally", lambda f: f["tally"]["voters"] == 1)
        assert (await state(server, code))["board"] == before["board"]


async def test_a_server_that_goes_away_says_so_and_takes_nothing_more(embedded):
    async with meeting(embedded, own=True) as (server, code, ann, host):
        server.hub.rooms[code].draining = True
        refused = await ann.ask("vote", round=1, ballot={"approve": []})
        assert refused["code"] == "going_away"
        await server.hub.drain(0.2)
        for page in (ann, host):
            goodbye = await page.receive("goodbye")
            assert set(goodbye) == {"type", "reason", "retry_after_ms"}
            assert goodbye["retry_after_ms"] > 0
            assert (await page.closed())[0] == 1012
