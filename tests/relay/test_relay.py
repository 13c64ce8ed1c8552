"""Boards at a relay: what those who watch there are told, next to what a worker tells them."""

import json
from contextlib import asynccontextmanager

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.testing import bind_unused_port

from server.cli import main
from server.live import messages
from server.relay import app as relaying
from server.relay import channel, feed
from server.settings import Settings
from support.client import LiveClient, connect
from support.wait import eventually
from support.worker import worker

IGNORED = {"now", "resumed"}


class Relaying:
    """A relay of a server, on a port of this machine."""

    def __init__(self, origin, **settings):
        self.socket, port = bind_unused_port()
        self.base = f"http://127.0.0.1:{port}"
        self.relay = relaying.Relay(Settings(**settings), origin)
        self.server = relaying.make_server(
            relaying.make_application(self.relay), self.relay.settings
        )
        self.pages = []

    async def open(self, code):
        """Connect, without a hello."""
        page = LiveClient(await connect(self.base, code))
        self.pages.append(page)
        return page

    async def watch(self, code, view="screen"):
        page = await self.open(code)
        page.welcome = await page.hello(view)
        return page

    async def fetch(self, path):
        return await AsyncHTTPClient().fetch(f"{self.base}{path}", raise_error=False)

    async def stop(self):
        await self.relay.drain()
        self.server.stop()
        await self.server.close_all_connections()
        for page in self.pages:
            await page.forget()


@asynccontextmanager
async def relay_of(server, **settings):
    made = Relaying(server.base, **settings)
    made.server.add_socket(made.socket)
    try:
        yield made
    finally:
        await made.stop()


def shown(welcome):
    return {name: value for name, value in welcome.items() if name not in IGNORED}


def board_of(page):
    """Put together what a page was told, as a page does."""
    told = {}
    for frame in page.frames:
        if frame["type"] == "welcome":
            told = {"comments": {c["id"]: c for c in frame["comments"]}} | {
                name: value
                for name, value in frame.items()
                if name not in IGNORED | {"comments", "type"}
            }
        elif frame["type"] == "comment":
            told["comments"][frame["comment"]["id"]] = frame["comment"]
        elif frame["type"] in told:
            told[frame["type"]] = frame[frame["type"]]
        told["seq"] = max(told.get("seq", 0), frame["seq"])
    return told


async def test_who_watches_at_a_relay_is_told_what_a_shared_screen_is_told(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        screen = await server.page(code, "screen")
        ann = await server.page(code, name="Ann")
        async with relay_of(server) as relay:
            first = await relay.watch(code)
            await ann.done("comment", comment="c1", option="flask", kind="pro", text="Small.")
            await host.done("open_round", method="single", settings={"visibility": "live"})
            await ann.done("vote", round=1, ballot={"choice": "flask"})
            await ann.done("edit_comment", comment="c1", text="Very small.")
            await host.done("hide_comment", comment="c1", on=True)
            seq = await host.done("reveal_round", round=1, at_once=True)
            await eventually(lambda: board_of(screen)["seq"] >= seq)
            await eventually(lambda: board_of(first) == board_of(screen))
            late = await relay.watch(code)
            await eventually(lambda: board_of(late) == board_of(screen))
            assert "mall" not in json.dumps(late.frames)


async def test_a_hidden_result_never_reaches_a_relay(embedded):
    async with worker(embedded) as server:
        code, key = await server.board(settings={"host_sees_results": True})
        host = await server.host(code, key)
        people = [await server.page(code) for _ in range(3)]
        async with relay_of(server) as relay:
            page = await relay.watch(code)
            for visibility in ("on_reveal", "after_vote"):
                settings = {"visibility": visibility}
                n = await rounds(host)
                await host.done("open_round", method="single", settings=settings)
                for person in people:
                    await person.done("vote", round=n, ballot={"choice": "flask"})
                await page.receive(
                    "tally",
                    lambda f, n=n: (f["tally"]["round"], f["tally"]["voters"]) == (n, 3),
                )
                late = await relay.watch(code)
                raw = [*page.raw, *late.raw]
                assert not any(b'"result"' in as_bytes(each) for each in raw)
                page.raw.clear()
                await host.done("reveal_round", round=n, at_once=True)
                await page.receive("tally", lambda f: "result" in f["tally"])
                page.raw.clear()


async def rounds(host):
    known = [f["round"]["n"] for f in host.frames if f["type"] == "round" and f["round"]]
    return max(known, default=0) + 1


def as_bytes(raw):
    return raw.encode() if isinstance(raw, str) else raw


async def test_one_connection_carries_a_board_however_many_watch(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        async with relay_of(server) as relay:
            pages = [await relay.watch(code) for _ in range(20)]
            assert len(server.hub.clients) == 2
            seq = await host.done("set_board", title="Another?")
            for page in pages:
                await page.receive("board", lambda f: f["seq"] >= seq)


async def test_many_comments_end_in_a_newer_welcome(embedded, monkeypatch):
    monkeypatch.setattr(feed, "MOST_KEPT", 5)
    async with worker(embedded) as server:
        code, _ = await server.board()
        ann, screen = await server.page(code), await server.page(code, "screen")
        async with relay_of(server) as relay:
            page = await relay.watch(code)
            for n in range(20):
                await ann.done("comment", comment=f"c{n}", option="flask", kind="pro", text=f"{n}.")
            await eventually(lambda: len(board_of(page)["comments"]) == 20)
            kept = next(iter(relay.relay.channels.values())).feed

            await eventually(lambda: len(kept.since) <= 5)
            assert len(page.of("welcome")) == 1
            late = await relay.watch(code)
            await eventually(lambda: board_of(late)["comments"] == board_of(screen)["comments"])


async def test_people_take_part_on_the_server_and_not_at_a_relay(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        async with relay_of(server) as relay:
            page = await relay.watch(code)
            refused = await page.ask("rename", name="Eve")
            assert refused["code"] == "not_allowed"
            assert "only shows boards" in refused["message"]
            await page.send({"type": "rename"})
            assert (await page.closed())[0] == messages.NOT_UNDERSTOOD.code
            voter = await relay.open(code)
            await voter.send({"type": "hello", "view": "ballot"})
            code_, reason = await voter.closed()
            assert code_ == messages.NOT_ALLOWED.code
            assert "only shows boards" in reason
            got = await relay.fetch(f"/b/{code}")
            assert (got.code, b"relay" in got.body) == (404, True)
            assert (await relay.fetch(f"/b/{code}/live")).code == 426


async def test_a_board_that_does_not_exist_is_said_to_and_not_asked_for_again(embedded):
    async with worker(embedded) as server, relay_of(server) as relay:
        for typed in ("ZZZZZZ", "ZZZZZZ", "no.code"):
            page = await relay.open(typed)
            assert (await page.closed())[0] == messages.NO_SUCH_BOARD.code
        assert list(relay.relay.gone) == ["ZZZZZZ"]
        assert not relay.relay.channels


async def test_who_watches_is_told_that_the_server_is_away_and_shown_the_board_when_it_is_back(
    embedded, monkeypatch
):
    monkeypatch.setattr(channel, "AWAY", 0.0)
    monkeypatch.setattr(channel, "LOOK", 0.05)
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        async with relay_of(server) as relay:
            page = await relay.watch(code)
            assert (await relay.fetch("/readyz")).code == 200
            at = relay.relay.channels[code].feed
            monkeypatch.setattr(at, "address", "ws://127.0.0.1:1/b/AAAAAA/live")
            for client in list(server.hub.clients):
                if client.view == "screen":
                    client.connection.close(messages.RESTART)
            await page.receive("pulse", lambda f: f["store"] == "away")
            assert (await relay.fetch("/readyz")).code == 503
            seq = await host.done("set_board", title="Another?")
            monkeypatch.setattr(at, "address", f"{server.base}/b/{code}/live".replace("http", "ws"))
            back = await page.receive("welcome", lambda f: f["seq"] >= seq)
            assert back["board"]["title"] == "Another?"
            await eventually(lambda: relay.relay.ready)


async def test_a_board_that_no_one_watches_is_not_followed(embedded, monkeypatch):
    monkeypatch.setattr(channel, "LINGERS", 0.0)
    monkeypatch.setattr(channel, "LOOK", 0.05)
    async with worker(embedded) as server:
        code, _ = await server.board()
        async with relay_of(server) as relay:
            page = await relay.watch(code)
            await page.socket.close()
            await eventually(lambda: not relay.relay.channels)
            await eventually(lambda: not server.hub.clients)


async def test_a_relay_that_ends_sends_everyone_elsewhere(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        async with relay_of(server) as relay:
            page = await relay.watch(code)
            await relay.relay.drain()
            assert (await page.closed())[0] == messages.RESTART.code
            await page.receive("goodbye")
            late = await relay.open(code)
            assert (await late.closed())[0] == messages.RESTART.code
            assert (await relay.fetch("/readyz")).code == 503
            assert (await relay.fetch("/healthz")).code == 200


async def test_no_more_connect_than_are_allowed(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        async with relay_of(server, max_connections=1) as relay:
            await relay.watch(code)
            late = await relay.open(code)
            assert (await late.closed())[0] == messages.RESTART.code


async def test_the_time_of_a_welcome_is_now(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        async with relay_of(server) as relay:
            first = await relay.watch(code)
            before = server.hub.store.now()
            await eventually(lambda: server.hub.store.now() >= before + 300)
            late = await relay.watch(code)
            assert shown(late.welcome) == shown(first.welcome)
            assert abs(late.welcome["now"] - server.hub.store.now()) < 2_000
            assert late.welcome["now"] >= before + 250


@pytest.mark.parametrize(
    "address", ["vote.example.com", "ftp://a.test", "https://", "https://a/?b"]
)
def test_the_address_of_a_server_is_asked_for_in_words(address, capsys):
    assert main(["relay", address]) == 2
    assert "is not the address of a server" in capsys.readouterr().err
