"""The same over TLS in this process: what is long comes whole, and who does not read is bounded."""

import ssl

import pytest
import trustme

from server.domain import actions as act
from server.live import outbox
from server.live.backlog import BACKLOG
from support.wait import eventually
from support.worker import worker


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory):
    """Settings of a server that speaks TLS, and what its clients trust."""
    folder, authority = tmp_path_factory.mktemp("tls"), trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(str(folder / "both.pem"))
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return {
        "trust": trust,
        "tls_cert": str(folder / "both.pem"),
        "tls_key": str(folder / "both.pem"),
    }


async def talk(server, code, count=150):
    room = await server.hub.room(code)
    for n in range(count):
        said = act.Comment(comment=f"c{n}", option="flask", kind=act.Kind.PRO, text="x" * 2000)
        server.append(code, act.Entry(by="ann", action=said))
    await eventually(lambda: len(room.board.comments) == count)


@pytest.mark.slow
async def test_a_long_welcome_comes_whole_and_one_copy_waits_for_all_who_do_not_read_it(
    embedded, encrypted, monkeypatch
):
    monkeypatch.setattr(outbox, "STALLED", 0.5)
    async with worker(embedded, own=True, **encrypted) as server:
        code, _ = await server.board()
        await talk(server, code)
        ann = await server.page(code)
        assert len(ann.welcome["comments"]) == 150
        deaf = [await server.connect(code, max_queue=1) for _ in range(5)]
        for each in deaf:
            await each.send({"type": "hello", "view": "screen"})
            each.socket.transport.pause_reading()
        await eventually(lambda: len(server.hub.clients) == 6)
        assert BACKLOG.size < 400_000
        for client in list(server.hub.clients):
            client.connection.check(client.connection.heard_at + 1)
        await ann.done("rename", name="Ann")
    await eventually(lambda: not BACKLOG.size)
