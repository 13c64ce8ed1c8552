"""The same over TLS in this process: what is long comes whole, and who does not read is bounded."""

import ssl

import pytest
import trustme
from one_process import until, worker

from server.domain import actions as act
from server.live import outlet
from server.live.backlog import BACKLOG


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
        room._submissions.submit(act.Entry(by="ann", action=said))
    await until(lambda: len(room.board.comments) == count)


async def test_a_long_welcome_comes_whole_and_one_copy_waits_for_all_who_do_not_read_it(
    embedded, encrypted, monkeypatch
):
    monkeypatch.setattr(outlet, "STALLED", 0.5)
    async with worker(embedded, own=True, **encrypted) as server:
        code, _ = await server.board()
        await talk(server, code)
        ann = await server.page(code)
        assert len(ann.welcome["comments"]) == 150
        deaf = [await server.line(code, max_queue=1) for _ in range(5)]
        for each in deaf:
            await each.send({"type": "hello", "view": "screen"})
            each.socket.transport.pause_reading()
        await until(lambda: len(server.hub.guests) == 6)
        assert BACKLOG.size < 400_000
        for guest in list(server.hub.guests):
            guest.check(guest.heard_at + 1)
        await ann.done("rename", name="Ann")
    await until(lambda: not BACKLOG.size)
