"""Proposals from the room, over two processes on one store."""

import asyncio
import contextlib

import pytest
from redis import Redis

from server.domain import proposals as limits
from server.store import keys
from support.wait import eventually
from support.worker import worker

OPEN = {"proposals": "open"}


def names(frame):
    return [each["name"] for each in frame["proposals"]]


@contextlib.asynccontextmanager
async def meeting(store, **settings):
    """Run a board that takes proposals, with a host and a person in each of two processes."""
    async with worker(store) as one, worker(store, own=True) as two:
        code, key = await one.board(settings=OPEN | settings)
        hosts = [await each.host(code, key) for each in (one, two)]
        people = [await one.page(code, name="Ann"), await two.page(code, name="Ben")]
        for page in people if settings.get("show_names", True) else ():
            await page.receive("people", lambda f: len(f["people"]["names"]) == 2)
        yield one, two, code, hosts, people


async def in_both(one, two, code):
    """Wait until both processes hold the same; return both boards."""
    boards = [each.hub.rooms[code].board for each in (one, two)]
    await eventually(lambda: boards[0].seq == boards[1].seq)
    return boards


async def test_a_proposal_is_seen_by_all_and_its_answer_by_its_proposer_alone(embedded):
    async with meeting(embedded) as (one, two, code, (host, far_host), (ann, ben)):
        screen = await two.page(code, "screen")
        tab = await two.page(code, cookie=ann.cookie)
        assert screen.welcome["proposals"] == screen.welcome["your_proposals"] == []
        made = {"proposal": "p1", "name": "  Quart ", "strapline": "Async Flask."}
        seq = await ann.done("propose", **made)
        for page in (ann, tab, ben, host, far_host, screen):
            (shown,) = (await page.receive("proposals"))["proposals"]
            assert {**shown, "at": 0} == {
                "id": "p1",
                "name": "Quart",
                "strapline": "Async Flask.",
                "proposer": "Ann",
                "at": 0,
            }
        for page in (ann, tab):
            own = await page.receive("your_proposals")
            assert own["seq"] >= seq
            assert own["your_proposals"][0]["state"] == "open"
        await far_host.done("accept_proposal", proposal="p1", word="Only for Ann.")
        for page in (ann, tab):
            (own,) = (
                await page.receive("your_proposals", lambda f: f["your_proposals"][0]["word"])
            )["your_proposals"]
            assert (own["state"], own["option"], own["word"]) == (
                "accepted",
                "quart",
                "Only for Ann.",
            )
        for page in (ann, tab, ben, host, far_host, screen):
            await page.receive("proposals", lambda f: f["proposals"] == [])
            board = await page.receive("board", lambda f: len(f["board"]["options"]) == 4)
            assert board["board"]["proposed_by"] == {"quart": "Ann"}
            assert board["board"]["options"][-1]["strapline"] == "Async Flask."
        again = await one.page(code, cookie=ann.cookie)
        assert again.welcome["your_proposals"][0]["word"] == "Only for Ann."
        _, now = await one.api(f"/api/boards/{code}")
        _, told = await one.api(f"/api/boards/{code}/history")
        assert now["proposals"] == []
        assert told["history"][-1]["what"] == "accepted the proposal Quart"
        others = [*ben.raw, *host.raw, *far_host.raw, *screen.raw, str(now), str(told)]
        assert not any("Only for Ann" in text for text in others)
        assert not ben.of("your_proposals") + screen.of("your_proposals")


async def test_a_merged_one_names_its_option_and_a_declined_one_says_why(embedded):
    async with meeting(embedded) as (_, _, _, (host, far_host), (ann, ben)):
        await ann.done("propose", proposal="a", name="Flask 3")
        await ben.done("propose", proposal="b", name="Zope")
        merged = {"proposal": "a", "option": "flask", "word": "The same."}
        await host.done("merge_proposal", **merged)
        empty = await far_host.ask("decline_proposal", proposal="b", word="  ")
        assert empty["message"] == "Say in a word why, for the person who proposed it."
        assert (await far_host.ask("decline_proposal", proposal="b"))["type"] == "refused"
        await far_host.done("decline_proposal", proposal="b", word="No one maintains it.")
        for page, state, option, word in (
            (ann, "merged", "flask", "The same."),
            (ben, "declined", None, "No one maintains it."),
        ):
            told = await page.receive(
                "your_proposals", lambda f, s=state: f["your_proposals"][0]["state"] == s
            )
            (own,) = told["your_proposals"]
            assert (own["option"], own["word"]) == (option, word)


async def test_of_two_hosts_who_answer_at_once_one_is_told_that_it_is_done(embedded):
    async with meeting(embedded) as (one, two, code, hosts, (ann, _)):
        for n in range(6):
            await ann.done("propose", proposal=f"p{n}", name=f"Choice {n}")
            for host in hosts:
                await host.receive("proposals", lambda f, n=n: f"Choice {n}" in names(f))
            other = [
                ("accept_proposal", {}),
                ("merge_proposal", {"option": "flask"}),
                ("decline_proposal", {"word": "No."}),
            ][n % 3]
            answers = await asyncio.gather(
                hosts[0].ask("accept_proposal", proposal=f"p{n}"),
                hosts[1].ask(other[0], proposal=f"p{n}", **other[1]),
            )
            assert sorted(answer["type"] for answer in answers) == ["ack", "refused"], answers
            (refused,) = [answer for answer in answers if answer["type"] == "refused"]
            assert refused["code"] in {"not_allowed", "bad_settings"}
            boards = await in_both(one, two, code)
            assert boards[0].options == boards[1].options
            assert len(set(boards[0].options)) == len(boards[0].options)
            assert not boards[0].proposals.waiting()


async def test_people_who_propose_the_same_at_once_are_told_who_was_first(embedded):
    async with meeting(embedded) as (one, two, code, _, (ann, ben)):
        for n in range(3):
            answers = await asyncio.gather(
                ann.ask("propose", proposal=f"a{n}", name=f"quart {n}"),
                ben.ask("propose", proposal=f"b{n}", name=f"QUART  {n}"),
            )
            assert sorted(answer["type"] for answer in answers) == ["ack", "refused"]
            (refused,) = [answer for answer in answers if answer["type"] == "refused"]
            assert "has already been proposed" in refused["message"]
        boards = await in_both(one, two, code)
        assert [len(board.proposals.waiting()) for board in boards] == [3, 3]


async def test_a_flood_from_two_processes_stops_at_the_limit_to_the_one(embedded):
    async with meeting(embedded) as (one, two, code, _, (ann, _)):
        tab = await two.page(code, cookie=ann.cookie)
        asked = [
            page.ask("propose", proposal=f"{n} {m}", name=f"Choice {n} {m}")
            for n, page in enumerate((ann, tab))
            for m in range(20)
        ]
        answers = await asyncio.gather(*asked)
        taken = [answer for answer in answers if answer["type"] == "ack"]
        assert len(taken) == limits.MAX_WAITING_OF_SEAT
        assert {a["code"] for a in answers if a["type"] == "refused"} == {"too_many"}
        boards = await in_both(one, two, code)
        assert [len(board.proposals.waiting()) for board in boards] == [3, 3]


async def test_proposals_are_limited_by_rate_like_every_message(embedded):
    async with worker(embedded, message_rate=1, message_burst=5) as server:
        code, _ = await server.board(settings=OPEN)
        page = await server.page(code)
        with contextlib.suppress(Exception):
            for n in range(20):
                await page.send({"type": "propose", "id": f"{n}", "proposal": f"{n}", "name": "x"})
        assert (await page.closed())[0] == 4029


async def test_one_that_is_taken_back_is_erased_from_the_store_and_from_every_process(embedded):
    async with meeting(embedded) as (one, two, code, (host, _), (ann, ben)):
        said = {"id": "m1", "proposal": "p1", "name": "Regretted", "strapline": "Too personal."}
        seq = await ann.done("propose", **said)
        await ben.receive("proposals", lambda f: names(f) == ["Regretted"])
        forged = await ben.ask("withdraw_proposal", proposal="p1")
        assert forged["message"] == "Only the person who made a proposal can take it back."
        await ann.done("withdraw_proposal", proposal="p1")
        for page in (ann, ben, host):
            await page.receive("proposals", lambda f: f["proposals"] == [])
        await ann.receive("your_proposals", lambda f: f["your_proposals"] == [])
        with Redis.from_url(embedded.url) as client:

            def kept():
                return b"".join(fields[b"e"] for _, fields in client.xrange(keys.log(code)))

            await eventually(lambda: b"Regretted" not in kept())
            assert b"Too personal" not in kept()
        async with worker(embedded, own=True) as late:
            page = await late.page(code, cookie=ann.cookie)
            assert page.welcome["proposals"] == page.welcome["your_proposals"] == []
            # A repeat is known everywhere, and a new one with this id is not taken.
            answers = [await each.ask("propose", **said) for each in (page, ann)]
            assert {answer["type"] for answer in answers} == {"ack"}
            assert seq in {answer["seq"] for answer in answers}
            other = await page.ask("propose", proposal="p1", name="Another")
            assert other["code"] == "no_such_proposal"
            boards = [each.hub.rooms[code].board for each in (one, two, late)]
            await eventually(lambda: len({board.seq for board in boards}) == 1)
            assert [len(board.proposals.waiting()) for board in boards] == [0, 0, 0]
            _, now = await late.api(f"/api/boards/{code}/history")
            assert "Regretted" not in str(now)


async def test_while_a_round_is_on_acceptance_waits_and_the_next_round_has_it(embedded):
    async with meeting(embedded) as (_, _, _, (host, far_host), (ann, ben)):
        await host.done("open_round", method="approval")
        await ann.done("propose", proposal="p1", name="Quart")
        refused = await far_host.ask("accept_proposal", proposal="p1")
        assert refused["code"] == "round_open"
        assert refused["message"].endswith(
            "accept it after the reveal, and it will be in the next round."
        )
        await ben.receive("proposals", lambda f: names(f) == ["Quart"])
        await host.done("reveal_round", round=1)
        await far_host.receive("round", lambda f: f["round"]["state"] == "revealed")
        await far_host.done("accept_proposal", proposal="p1")
        await host.receive("board", lambda f: len(f["board"]["options"]) == 4)
        await host.done("open_round", method="approval")
        opened = await ben.receive("round", lambda f: f["round"]["n"] == 2)
        assert "quart" in opened["round"]["options"]


@pytest.mark.parametrize("show_names", [True, False])
async def test_who_proposed_is_shown_only_where_names_are(embedded, show_names):
    async with meeting(embedded, show_names=show_names) as (one, _, code, (host, _), (ann, ben)):
        await eventually(lambda: len(one.hub.rooms[code].board.names) == 2)
        await ann.done("propose", proposal="p1", name="Quart")
        (shown,) = (await ben.receive("proposals", lambda f: f["proposals"]))["proposals"]
        assert shown["proposer"] == ("Ann" if show_names else None)
        await host.done("accept_proposal", proposal="p1")
        board = (await ben.receive("board", lambda f: len(f["board"]["options"]) == 4))["board"]
        assert board.get("proposed_by") == ({"quart": "Ann"} if show_names else None)
        pages = [*ben.raw, *host.raw, str(await one.api(f"/api/boards/{code}"))]
        assert any("Ann" in text for text in pages) is show_names
        assert not any(ann.welcome["you"]["seat"] in text for text in pages)


async def test_only_people_who_can_vote_propose(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(settings=OPEN)
        screen, watching = await server.page(code, "screen"), await server.page(code)
        await watching.done("observe", on=True)
        host = await server.host(code, key)
        made = {"proposal": "p1", "name": "Quart"}
        for page, words in (
            (screen, "You are watching only."),
            (watching, "You have chosen to watch only."),
        ):
            refused = await page.ask("propose", **made)
            assert refused["code"] == "not_allowed"
            assert refused["message"].startswith(words)
        status, refused = await server.api(
            f"/api/boards/{code}/actions", {"type": "propose", "id": "1"} | made
        )
        assert (status, refused["error"]["code"]) == (403, "not_allowed")
        await host.done("set_board", settings={"entry": "admitted"})
        await watching.receive("board", lambda f: f["board"]["settings"]["entry"] == "admitted")
        waiting = await server.page(code)
        assert "lets you in" in (await waiting.ask("propose", **made))["message"]
        await host.done("propose", **made)  # A host with a ballot is one of the people.
        invited, other_key = await server.board(settings=OPEN | {"entry": "invited"})
        alone = await server.host(invited, other_key)
        refused = await alone.ask("propose", **made)
        assert refused["message"].startswith("Only people who can vote on this board")
        watching_own = await watching.ask("withdraw_proposal", proposal="p1")
        assert watching_own["message"].startswith("Only the person who made")


async def test_who_proposed_and_then_only_watches_still_takes_it_back(embedded):
    async with meeting(embedded) as (_, _, _, (host, _), (ann, _)):
        await ann.done("propose", proposal="p1", name="Quart")
        await ann.done("observe", on=True)
        await host.done("set_board", settings={"proposals": "closed"})
        await ann.done("withdraw_proposal", proposal="p1")


async def test_a_board_that_never_took_proposals_says_nothing_of_them(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host, page = await server.host(code, key), await server.page(code)
        _, now = await server.api(f"/api/boards/{code}")
        for told in (page.welcome, host.welcome, now):
            assert not {"proposals", "your_proposals"} & set(told)
            assert not {"proposals", "proposed_by"} & {*told["board"], *told["board"]["settings"]}
        refused = await page.ask("propose", proposal="p1", name="Quart")
        assert refused["message"] == "The host does not take proposals right now."
        await host.done("set_board", settings={"proposals": "open"})
        await page.done("propose", proposal="p1", name="Quart")
        await host.done("set_board", settings={"proposals": "closed"})
        later = await server.page(code)
        assert names(later.welcome) == ["Quart"]
