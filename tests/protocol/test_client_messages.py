"""Each message of the contract, over the live connection and over HTTP."""

import pytest

from server.domain import actions as act
from support.wait import eventually
from support.worker import worker

# What each message carries, and the frames that follow for everybody.
SEAT = [
    ("vote", {"round": 1, "ballot": {"approve": ["flask"]}}, {"tally", "people"}),
    ("withdraw", {"round": 1}, {"tally", "people"}),
    (
        "comment",
        {"option": "flask", "kind": "pro", "text": "Fast.", "comment": "new"},
        {"comment"},
    ),
    ("edit_comment", {"comment": "mine", "text": "Faster."}, {"comment"}),
    ("delete_comment", {"comment": "mine"}, {"comment"}),
    ("react", {"comment": "mine", "emoji": "👍", "on": True}, {"comment"}),
    ("propose", {"proposal": "new", "name": "Quart", "strapline": "Async."}, {"proposals"}),
    ("withdraw_proposal", {"proposal": "mine"}, {"proposals"}),
    ("experience", {"round": 1, "option": "flask", "level": "tried"}, set()),
    ("moved_by", {"round": 2, "comment": "mine"}, set()),
    ("rename", {"name": "Zoë"}, {"people"}),
    ("observe", {"on": True}, {"people"}),
]
VOTING = [
    ("lock_round", {"round": 1}, {"round", "tally", "people"}),
    ("reveal_round", {"round": 1}, {"round", "tally", "people"}),
    ("reopen_round", {"round": 1}, {"round", "tally", "people"}),
    ("extend_round", {"round": 1, "seconds": 60}, {"round"}),
    ("pause_round", {"round": 1, "on": True}, {"round"}),
    ("hide_comment", {"comment": "mine", "on": True}, {"comment"}),
    ("pin_comment", {"comment": "mine", "on": True}, {"comment"}),
    ("set_argument", {"comment": "mine", "side": "pro", "text": "Hm!"}, {"comment"}),
    (
        "merge_proposal",
        {"proposal": "mine", "option": "flask", "word": "The same."},
        {"proposals"},
    ),
    ("decline_proposal", {"proposal": "mine", "word": "Too old."}, {"proposals"}),
    ("set_board", {"title": "New", "context": "", "settings": {"comments": "closed"}}, {"board"}),
]
BETWEEN = [
    ("open_round", {"method": "single", "settings": {"seconds": 60}}, {"round", "tally", "people"}),
    ("add_option", {"option": {"name": "Quart"}}, {"board"}),
    ("edit_option", {"option": {"id": "flask", "strapline": "Small"}}, {"board"}),
    ("remove_option", {"option": "flask"}, {"board"}),
    ("set_criteria", {"criteria": [{"name": "Speed", "weight": 2}]}, {"board"}),
    ("set_gates", {"gates": [{"name": "Open licence", "owner": "Ann"}]}, {"board"}),
    (
        "answer_gate",
        {"gate": "licence", "option": "flask", "answer": "fail", "evidence": "See https://a.test."},
        {"board"},
    ),
    ("accept_proposal", {"proposal": "mine", "word": "Good."}, {"board", "proposals"}),
    ("decide", {"option": "flask", "because": "Small.", "revisit_on": "2030-06-01"}, {"board"}),
    (
        "decide",
        {
            "option": "flask",
            "because": "Small.",
            "consequences": [{"text": "One service to learn.", "owner": "Ann"}],
            "confirmation": "Latency stays below 50 ms.",
        },
        {"board"},
    ),
    (
        "defer",
        {"owner": "Ann", "because": "Numbers are missing.", "revisit_on": "2030-06-01"},
        {"board"},
    ),
    ("open_premortem", {"option": "flask"}, {"board", "sealed"}),
    ("score_prediction", {"prediction": 1, "came_true": True}, {"board"}),
    ("reopen", {}, {"board"}),
    ("archive", {"on": True}, {"board"}),
    ("remove_host", {"host": "maria"}, set()),
    ("renew_invite", {"invite": "batch-1"}, set()),
    ("revoke_invite", {"invite": "batch-1"}, set()),
    ("go_to_question", {"question": "BBBBB2", "leaving": "AAAAA2"}, {"meeting"}),
    ("move_question", {"question": "BBBBB2", "place": 1}, {"meeting"}),
    ("remove_question", {"question": "BBBBB2"}, {"meeting"}),
]
HOST = VOTING + BETWEEN


async def meeting(server, *, voting=True, locked=False, names="secret"):
    """Open a board with a comment by Ann and, where asked for, a round: Ann, host, screen."""
    code, key = await server.board()
    ann = await server.page(code, name="Ann")
    host = await server.host(code, key)
    screen = await server.page(code, "screen")
    await host.done("set_board", settings={"proposals": "open"})
    await ann.done("propose", proposal="mine", name="Bottle")
    if voting:
        settings = {"visibility": "live", "seconds": 600, "names": names, "experience": True}
        await host.done("open_round", method="approval", settings=settings)
        if locked:
            await host.done("lock_round", round=1)
    else:
        await host.done("set_gates", gates=[{"id": "licence", "name": "Open licence"}])
        predictions = [{"text": "It is live by March.", "confidence": 80}]
        await host.done("decide", option="django", because="For now.", predictions=predictions)
    for action in (
        act.AddHost(host="maria", name="Maria", key="0" * 64),
        act.AddQuestion(question="AAAAA2"),
        act.AddQuestion(question="BBBBB2"),
        act.GoToQuestion(question="AAAAA2", leaving=code),
        act.MakeInvites(batch="batch", count=1),
    ):
        server.append(code, act.Entry(by="host", action=action))
    await eventually(lambda: server.hub.rooms[code].board.invitations.count)
    said = {"option": "flask", "kind": "note", "text": "Hm.", "comment": "mine"}
    await ann.done("comment", **said)
    return code, key, ann, host, screen


async def _prepare(type_, ann, host):
    """Do what must have happened before a message of this type."""
    if type_ == "moved_by":
        await host.done("reveal_round", round=1)
        await host.done("open_round", method="approval")
        await ann.done("vote", round=2, ballot={"approve": ["flask"]})
    elif type_ == "withdraw":
        await ann.done("vote", round=1, ballot={"approve": ["flask"]})


@pytest.mark.parametrize(("type_", "fields", "frames"), SEAT, ids=[row[0] for row in SEAT])
async def test_what_a_seat_may_do(embedded, type_, fields, frames):
    async with worker(embedded) as server:
        _, _, ann, host, screen = await meeting(server)
        await _prepare(type_, ann, host)
        seq = await ann.done(type_, **fields)
        for page in (ann, host, screen):
            for frame in frames:
                told = await page.receive(frame, lambda f: f["seq"] >= seq)
                assert set(told) == {"type", "seq", frame}
        refused = await screen.ask(type_, **fields)
        assert refused["code"] == "not_allowed"
        assert set(refused) == {"type", "id", "code", "message"}


@pytest.mark.parametrize(("type_", "fields", "frames"), HOST, ids=[row[0] for row in HOST])
async def test_what_only_the_host_may_do(embedded, type_, fields, frames):
    async with worker(embedded) as server:
        voting = (type_, fields, frames) in VOTING
        locked = type_ == "reopen_round"
        code, key, ann, host, screen = await meeting(server, voting=voting, locked=locked)
        for page in (ann, screen):
            refused = await page.ask(type_, **fields)
            assert (refused["code"], refused["message"]) == (
                "not_allowed",
                "Only the host can do this.",
            )
        seq = await host.done(type_, **fields)
        for page in (ann, host, screen):
            for frame in frames:
                await page.receive(frame, lambda f: f["seq"] >= seq)
        # The host's right goes with the browser, so that the keys work on the screen as well.
        other = await server.page(code, "screen", key=key)
        assert other.welcome["you"]["role"] == "host"
        answer = await other.ask(type_, id="over there", **fields)
        assert answer.get("message") != "Only the host can do this."


@pytest.mark.parametrize(
    ("type_", "fields"), [row[:2] for row in SEAT + HOST], ids=[row[0] for row in SEAT + HOST]
)
async def test_the_same_over_http_and_the_same_message_again(embedded, type_, fields):
    async with worker(embedded) as server:
        voting = (type_, fields) not in [r[:2] for r in BETWEEN]
        locked = type_ == "reopen_round"
        code, key, ann, host, _ = await meeting(server, voting=voting, locked=locked)
        await _prepare(type_, ann, host)
        headers = {"Cookie": ann.cookie, "Authorization": f"Bearer {key}"}
        message = {"type": type_, "id": "by http", **fields}
        address = f"/api/boards/{code}/actions"
        status, answer = await server.api(address, message, headers=headers)
        assert status == 200, answer
        assert answer == {"type": "ack", "id": "by http", "seq": answer["seq"]}
        before = await server.api(f"/api/boards/{code}")
        assert await server.api(address, message, headers=headers) == (200, answer)
        assert (await ann.ask(type_, id="by http", **fields))["type"] in {"ack", "refused"}
        after = await server.api(f"/api/boards/{code}")
        for page in (before, after):
            page[1].pop("seq")
        assert after == before
        anonymous, refused = await server.api(address, message)
        assert anonymous == 403
        assert refused["error"]["code"] == "not_allowed"


async def test_a_vote_sent_again_after_the_round_is_over_is_known(embedded):
    async with worker(embedded) as server:
        code, _, ann, host, _ = await meeting(server)
        vote = {"id": "in the lift", "round": 1, "ballot": {"approve": ["flask"]}}
        seq = await ann.done("vote", **vote)
        await host.done("reveal_round", round=1)
        await host.done("open_round", method="single")
        again = await server.page(code, cookie=ann.cookie)
        assert await again.ask("vote", **vote) == {"type": "ack", "id": "in the lift", "seq": seq}
        refused = await again.ask("vote", **vote | {"id": "another"})
        assert refused["code"] == "round_closed"
        deleted = await ann.done("delete_comment", id="away", comment="mine")
        assert await again.done("delete_comment", id="away", comment="mine") == deleted


async def test_an_id_belongs_to_a_seat_and_to_what_was_said_with_it(embedded):
    async with worker(embedded) as server:
        code, _, ann, _, _ = await meeting(server, names="open")
        ben = await server.page(code)
        for page in (ann, ben):
            await page.done("vote", id="1", round=1, ballot={"approve": ["flask"]})
        await ann.done("vote", id="1", round=1, ballot={"approve": ["django"]})
        tally = await ben.receive("tally", lambda f: f["tally"]["result"]["totals"]["django"] == 1)
        assert tally["tally"]["voters"] == 2


async def test_another_comment_with_a_known_id_is_refused_and_the_same_one_is_not(embedded):
    async with worker(embedded) as server:
        code, _, ann, _, _ = await meeting(server)
        ben = await server.page(code)
        said = {"option": "flask", "kind": "pro", "text": "First.", "comment": "one"}
        seq = await ann.done("comment", id="a", **said)
        assert await ann.done("comment", id="a", **said) == seq
        await ann.done("comment", id="b", **said)
        for page, other in (
            (ann, {"text": "Second."}),
            (ann, {"kind": "con"}),
            (ann, {"parent": "mine"}),
            (ben, {"text": "Second."}),
            (ben, {}),
        ):
            answer = await page.ask("comment", id=f"c {other}", **said | other)
            assert (answer["type"], answer["code"]) == ("refused", "not_allowed")
            assert "this id" in answer["message"]
        _, board = await server.api(f"/api/boards/{code}")
        assert [c["text"] for c in board["comments"] if c["id"] == "one"] == ["First."]
        await ann.done("delete_comment", id="d", comment="one")
        answer = await ann.ask("comment", id="e", **said | {"text": "Second."})
        assert answer["code"] == "no_such_comment"
        assert await ann.done("comment", id="a", **said) == seq


async def test_hello_says_who_one_is_and_what_one_knew(embedded):
    async with worker(embedded) as server:
        code, _, ann, host, screen = await meeting(server)
        await ann.receive(
            "people", lambda f: f["people"]["names"] == [{"name": "Ann", "voted": None}]
        )
        assert ann.welcome["you"]["role"] == "voter"
        assert screen.welcome["you"] == {
            "seat": None,
            "name": None,
            "role": "observer",
            "votes": False,
            "invite": None,
        }
        assert host.welcome["you"]["role"] == "host"
        known = {"epoch": ann.welcome["epoch"], "seq": host.frames[-1].get("seq", 2)}
        second = await server.page(code, cookie=ann.cookie)
        assert second.welcome["you"]["name"] == "Ann"
        assert second.welcome["you"]["seat"] == ann.welcome["you"]["seat"]
        assert not second.welcome["resumed"]
        seq = second.welcome["seq"]
        said = {"option": "flask", "kind": "pro", "text": "Later.", "comment": "later"}
        await ann.done("comment", **said)
        for since, resumed, comments in (
            ({"epoch": known["epoch"], "seq": seq}, True, ["later"]),
            ({"epoch": known["epoch"], "seq": 0}, True, ["mine", "later"]),
            ({"epoch": known["epoch"], "seq": seq + 99}, False, ["mine", "later"]),
            ({"epoch": "another", "seq": seq}, False, ["mine", "later"]),
        ):
            page = await server.page(code, cookie=ann.cookie, since=since)
            assert page.welcome["resumed"] is resumed
            assert [comment["id"] for comment in page.welcome["comments"]] == comments
            assert page.welcome["board"]["title"] == "Which one?"


async def test_no_two_boards_can_be_joined_up_by_their_seats(embedded):
    async with worker(embedded) as server:
        (one, _), (two, _) = await server.board(), await server.board()
        here = await server.page(one)
        there = await server.page(two, cookie=here.cookie)
        assert here.welcome["you"]["seat"] != there.welcome["you"]["seat"]
