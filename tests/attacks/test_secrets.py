"""Someone with an account on the machine, the log, the error pages or a dump of the store."""

import ast
import contextlib
import os
import re
import stat
from pathlib import Path

import pytest

import server
from attacks.attempts import bearer, raw
from server.security import secret
from support.processes import command_of
from support.server import launched
from support.wait import until
from support.worker import KEY, worker

SOURCES = sorted(Path(server.__file__).parent.rglob("*.py"))
PRIVATE = re.compile(r"(^|_)(key|keys|secret|token|proof|signature|hash|hashed|password)$")
# Compared with `==` in plain sight, for what they are no secrets.
PLAIN = {
    "known != position",  # live/welcome_cache.py: what was encoded last.
}


def named(node):
    """The last word of a name, of an attribute, or of the function that is called."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.Call():
            return named(node.func)
        case ast.Subscript():
            return named(node.value)
    return ""


def compared_plainly(tree):
    """Comparisons by `==` or `!=` of which one side is called after something secret."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(
            isinstance(op, ast.Eq | ast.NotEq) for op in node.ops
        ):
            sides = (node.left, *node.comparators)
            if any(PRIVATE.search(named(side)) for side in sides):
                yield ast.unparse(node)


def test_nothing_secret_is_compared_in_a_time_that_tells_how_much_of_it_fits():
    found = [
        f"{path.name}: {comparison}"
        for path in SOURCES
        for comparison in compared_plainly(ast.parse(path.read_text()))
        if comparison not in PLAIN
    ]
    assert found == []
    assert sum("compare_digest" in path.read_text() for path in SOURCES) >= 2


@pytest.mark.parametrize("code", ["key == shown", "a.token != b", "kept == key_hash(key)"])
def test_a_plain_comparison_would_be_found(code):
    assert list(compared_plainly(ast.parse(code)))


def test_keys_and_codes_are_drawn_by_the_system_and_not_by_chance():
    """`random` can be foretold from what it gave before: it is for delays and lots that the
    system draws, and stands in no file that makes keys, codes or cookies.
    """
    users = {
        path.name
        for path in SOURCES
        if re.search(r"^import random", path.read_text(), re.MULTILINE)
    }
    assert users == {
        *(
            "expiry.py",
            "sentinel.py",
            "subscription.py",
            "event_log.py",
            "hub.py",
            "backoff.py",
            "round_timer.py",
            "socket.py",
        ),
        "rounds.py",
    }
    assert "random.SystemRandom()" in next(
        path.read_text() for path in SOURCES if path.match("commands/rounds.py")
    )
    makers = {
        path.name
        for path in SOURCES
        if re.search(r"^import secrets", path.read_text(), re.MULTILINE)
    }
    assert {"create_board.py", "host_commands.py", "handler.py", "secret.py"} <= makers
    assert makers & users == {"event_log.py"}  # The name of a history, and the jitter of a retry.


def others_rights(path):
    return stat.S_IMODE(path.lstat().st_mode) & 0o077


def test_what_lies_on_the_disk_is_for_its_owner_alone(tmp_path):
    # As careless as a system can be set up: everything is open unless it is closed.
    data = tmp_path / "here" / "data"
    data.mkdir(parents=True)
    data.chmod(0o755)
    with umask(0), launched(tmp_path / "here") as running:
        running.await_greeting()
        assert running.get("/b/FRAMEWORKS")[0] == 200
        lies_there = [path for path in data.rglob("*") if not path.is_symlink()]
        assert {"secret", "valkey.sock"} <= {path.name for path in lies_there}
        assert any(".aof" in path.name for path in lies_there)
        open_to_others = {path.name for path in lies_there if others_rights(path)}
        assert open_to_others <= {"valkey.log"}  # It names no board and no one.
    with umask(0), launched(tmp_path / "new") as running:
        running.await_greeting()
        assert others_rights(tmp_path / "new" / "data") == 0


@contextlib.contextmanager
def umask(mask):
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_no_secret_is_seen_in_the_list_of_processes_or_the_log(tmp_path):
    folder = tmp_path / "here"
    with launched(folder, STACKVOTE_LOG_LEVEL="debug", STACKVOTE_PROCESSES="2") as running:
        running.await_greeting()
        key = re.search(r"/b/FRAMEWORKS/host\?key=([\w-]+)", running.greeting)[1]
        signing = (folder / "data" / "secret").read_text().strip()
        running.get(f"/b/FRAMEWORKS/host?key={key}")
        running.get("/b/FRAMEWORKS/host?key=wrong-key-in-an-address")
        running.get("/b/FRAMEWORKS?invite=wrong-token-in-an-address")
        family = {running.pid, *running.workers(), running.store()}
        shown = "".join(map(command_of, family))
        assert "server worker" in shown
        numbers = running.get("/metrics")[1]
        pages = "".join(
            running.get(path)[1]
            for path in ("/", "/nothing", "/b/FRAMEWORKS", "/b/FRAMEWORKS/host", "/api/x", "/b/x")
        )
        until(lambda: "GET /b/FRAMEWORKS/host" in running.log)
        for private in (key, signing, "wrong-key", "wrong-token", str(folder)):
            assert private not in pages
            assert private not in numbers
            if private != str(folder):
                assert private not in shown
                assert private not in running.log


async def test_a_malformed_request_does_not_carry_its_key_into_the_log(embedded, caplog):
    caplog.set_level("INFO")
    async with worker(embedded) as server:
        code, key = await server.board()
        head = f"GET /b/{code}/host HTTP/1.1\r\nHost: a\r\nCookie: stackvote_host_{code}={key}"
        for rest in (
            "\x00\r\n\r\n",
            "\r\n folded\r\n\r\n",
            "\r\nnot a header\r\n\r\n",
            "\x7f\r\n\r\n",
        ):
            await raw(server, (head + rest).encode("latin1"))
        assert key not in caplog.text


async def test_an_error_tells_nothing_of_the_inside(embedded, monkeypatch):
    async with worker(embedded, public_url="http://x.example") as server:
        code, key = await server.board()
        path = str(Path(__file__).parents[2])

        async def broken(*_, **__):
            raise RuntimeError(f"{key} {path}")

        monkeypatch.setattr(server.hub, "room", broken)
        for address in (f"/b/{code}", f"/api/boards/{code}", f"/b/{code}/live", f"/?code={code}"):
            got = await server.fetch(address, headers=bearer(key))
            text = got.body.decode()
            assert got.code in {426, 500}
            assert not any(word in text for word in (key, path, "Traceback", "RuntimeError", ".py"))
            assert not any(word in str(got.headers) for word in (key, "Tornado", "Python"))


async def test_the_handshake_tells_no_version(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        page = await server.connect(code)
        shown = {name.lower() for name in page.socket.response.headers}
        assert not shown & {"server", "x-powered-by", "via"}


async def test_a_dump_of_the_store_makes_no_one_a_host_or_a_voter(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        host = await server.host(code, key)
        await host.done("open_round", method="single")
        ann = await server.page(code, name="Ann")
        await ann.done("vote", round=1, ballot={"choice": "flask"})
        _, made = await server.api(f"/api/boards/{code}/invites", {"count": 1}, headers=bearer(key))
        token = made["invites"][0]["link"].partition("invite=")[2]
        entries = (await server.hub.log.read(code, 0)).entries
        dump = str(entries)
        seat = ann.welcome["you"]["seat"]
        for private in (key, token, token.split(".")[1], KEY.decode()):
            assert private not in dump
        (vote,) = [str(entry) for entry in entries if '"vote"' in str(entry)]
        assert seat not in vote
        # What stands there is neither a cookie nor a key.
        for word in set(re.findall(r"[\w=-]{8,}", dump)):
            for headers in (bearer(word), {"Cookie": f"stackvote_browser={word}"}):
                got = await server.fetch(f"/b/{code}/host", headers=headers)
                assert got.code in {403, 429}


def test_each_purpose_has_a_key_of_its_own():
    purposes = ("cookies", "pseudonyms", "host key")
    keys = {secret.derive(KEY, purpose) for purpose in purposes} | {KEY}
    assert len(keys) == 4
