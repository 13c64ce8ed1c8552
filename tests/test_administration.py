"""The operator's way back in: boards are listed, deleted, and get new host links."""

import contextlib
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import redis
from running import launched, until
from tcp_stores import stores
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from server.administration import add_host
from server.log import keys
from server.log.embedded import EmbeddedStore
from server.settings import Settings


def stackvote(*arguments, typed="", **environment):
    """Give a command as an operator does: exit status, what it printed, what it complained of."""
    code = "import sys; from server.cli import main; sys.exit(main())"
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        input=typed,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), **environment},
        timeout=60,
        check=False,
    )
    return ended.returncode, ended.stdout, ended.stderr


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def open_link(server, link):
    """Open a host link in a browser without a cookie; give the status and where it leads."""
    path = "/b/" + link.strip().splitlines()[-1].partition("/b/")[2]
    try:
        with urllib.request.build_opener(Stay).open(
            f"http://127.0.0.1:{server.port}{path}", timeout=10
        ) as got:
            return got.status
    except urllib.error.HTTPError as error:
        with error:
            return error.status


def made_board(server, title="Which one?"):
    body = json.dumps({"title": title, "options": [{"name": "A"}, {"name": "B"}]}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/boards", body) as got:
        made = json.load(got)
        return made["code"], made["host_key"]


def history(server, code, key):
    asked = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/boards/{code}/history",
        headers={"Authorization": f"Bearer {key}"},
    )
    with urllib.request.urlopen(asked) as got:
        return got.read().decode()


def closed_with(line):
    with contextlib.suppress(ConnectionClosed):
        while True:
            line.recv(10)
    return line.close_code


def test_a_new_host_link_fits_at_once_and_after_a_restart_and_the_old_one_still_does(tmp_path):
    data = ("--data", str(tmp_path / "data"))
    with launched(tmp_path) as server:
        server.await_greeting()
        code, key = made_board(server)
        status, said, _ = stackvote("host", f"{code[:3]}-{code[3:].lower()}", *data)
        assert status == 0
        assert f"/b/{code}/host?key=" in said
        new = said.rpartition("key=")[2].strip()
        until(lambda: open_link(server, said) == 303, 5)
        assert open_link(server, f"/b/{code}/host?key={key}") == 303
        assert "made Operator a host" in history(server, code, new)
        assert new not in server.log
        server.stop()
    status, again, _ = stackvote("host", code, *data)
    assert status == 0
    with launched(tmp_path) as server:
        server.await_greeting()
        for link in (said, again, f"/b/{code}/host?key={key}"):
            assert open_link(server, link) == 303
        assert open_link(server, f"/b/{code}/host?key=wrong") == 403
        assert "made Operator 2 a host" in history(server, code, new)


def test_an_operator_finds_a_way_in_however_many_hosts_there_are(tmp_path):
    with launched(tmp_path) as server:
        server.await_greeting()
        settings = Settings(data=str(tmp_path / "data"))
        links = [add_host(settings, "FRAMEWORKS") for _ in range(21)]
        until(lambda: open_link(server, links[-1]) == 303, 5)
        until(lambda: open_link(server, links[0]) == 403, 5)


@pytest.mark.parametrize("command", ["host", "boards", "delete"])
def test_the_wrong_folder_is_told_and_nothing_is_made_there(tmp_path, command):
    code = [] if command == "boards" else ["FRAMEWORKS"]
    folder = tmp_path / "nothing"
    status, said, error = stackvote(command, *code, "--data", str(folder))
    assert (status, said) == (1, "")
    assert "is this the right --data?" in error
    assert not folder.exists()


@pytest.mark.parametrize("command", ["host", "delete"])
def test_a_board_that_is_none_is_told(tmp_path, command):
    with EmbeddedStore(tmp_path / "data"):
        pass
    (tmp_path / "data" / "secret").write_text("x" * 64)
    (tmp_path / "data" / "secret").chmod(0o600)
    data = ("--data", str(tmp_path / "data"))
    for code, words in (("K7QF2M", "There is no board"), ("k7q/f2m", "is no code of a board")):
        status, said, error = stackvote(command, code, *data)
        assert (status, said) == (1, "")
        assert words in error
        assert "Traceback" not in error


def test_a_store_that_is_away_is_told(tmp_path):
    (tmp_path / "secret").write_text("x" * 64)
    (tmp_path / "secret").chmod(0o600)
    for command in (["host", "FRAMEWORKS"], ["boards"], ["delete", "FRAMEWORKS"]):
        status, _, error = stackvote(
            *command,
            *("--data", str(tmp_path)),
            STACKVOTE_REDIS_URL="redis://:tiger-lily@127.0.0.1:1/0",
        )
        assert status == 1
        assert "Nothing listens there" in error
        assert "tiger-lily" not in error


def test_boards_are_listed_with_what_people_wrote_made_harmless(tmp_path):
    with launched(tmp_path, "--retention-days", "7") as server:
        server.await_greeting()
        code, _ = made_board(server, "The \N{SNOWMAN} database")
        foreign = {"rules": 1, "action": {"type": "create", "code": "EVIL22", "host": "0"}}
        foreign["action"] |= {"title": "a\x1b[2J\u202eb\nc", "options": []}
        with redis.from_url(EmbeddedStore(tmp_path / "data").url) as client:
            client.hset(keys.meta("EVIL22"), "epoch", "e")
            client.xadd(keys.log("EVIL22"), {"t": "1000", "e": json.dumps(foreign)}, id="0-*")
            client.hset("sv:{check-1234}:meta", "epoch", "e")
        status, said, _ = stackvote(
            "boards", "--data", str(tmp_path / "data"), "--retention-days", "7"
        )
    lines = said.splitlines()
    assert (status, lines[-1]) == (0, "3 boards")
    assert lines[0].startswith(f"{code[:3]}-{code[3:]} ")
    assert lines[0].endswith("The ☃ database")
    assert time.strftime("%Y-%m-%d", time.gmtime()) in lines[0]
    assert time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 86_400)) in lines[0]
    assert " KiB " in lines[0]
    assert lines[1].startswith("FRAMEWORKS")
    assert lines[2].endswith(r"a\x1b[2J\u202eb c")
    assert "\x1b" not in said


def test_a_board_that_is_renamed_is_listed_by_its_new_name(tmp_path):
    with launched(tmp_path) as server:
        server.await_greeting()
        code, key = made_board(server)
        body = json.dumps({"type": "set_board", "id": "1", "title": "Another name"}).encode()
        asked = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/api/boards/{code}/actions",
            body,
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(asked).close()
        server.stop()
    assert "Another name" in stackvote("boards", "--data", str(tmp_path / "data"))[1]


def test_a_board_is_deleted_in_the_store_and_in_all_servers_but_not_unasked(tmp_path):
    with stores(tmp_path) as start:
        store = start()
        given = {"STACKVOTE_REDIS_URL": f"{store.url[:-1]}3"}
        with launched(tmp_path / "one", **given) as one, launched(tmp_path / "two", **given) as two:
            one.await_greeting()
            two.await_greeting()
            code, _ = made_board(one)
            with connect(
                f"ws://127.0.0.1:{two.port}/b/{code}/live", subprotocols=["stackvote.v1"]
            ) as line:
                line.send(json.dumps({"type": "hello", "view": "screen"}))
                assert json.loads(line.recv(10))["type"] == "welcome"
                for typed in ("", "n\n"):
                    status, said, error = stackvote("delete", code, typed=typed, **given)
                    assert status == 1
                    assert "Which one?" in said
                    assert "Nothing was deleted" in error
                assert two.get(f"/b/{code}")[0] == 200
                began = time.monotonic()
                status, said, _ = stackvote("delete", code, "--yes", **given)
                assert (status, said) == (0, f"The board {code[:3]}-{code[3:]} is deleted.\n")
                assert closed_with(line) == 4004
                assert time.monotonic() - began < 10  # Not by the comparison every 20 s.
            for server in (one, two):
                until(lambda server=server: server.get(f"/b/{code}")[0] == 404)
            with store.client(db=3) as client:
                assert not list(client.scan_iter(keys.all_of(code)))


def test_the_documented_user_of_a_store_may_do_all_that_is_needed(tmp_path):
    manual = (Path(__file__).parents[1] / "docs" / "operations.md").read_text()
    rule = re.search(r"^ACL SETUSER stackvote .*", manual, re.MULTILINE)[0]
    with stores(tmp_path) as start:
        store = start()
        store.command(*rule.replace("PASSWORD", "s3cret").split())
        given = {"STACKVOTE_REDIS_URL": store.as_user("stackvote", "s3cret", 1)}
        given |= {"STACKVOTE_DURABILITY": "local", "STACKVOTE_DATA": str(tmp_path / "x" / "data")}
        with launched(tmp_path / "x", **given) as server:
            server.await_greeting()
            code, _ = made_board(server)
            status, said, _ = stackvote("host", code, **given)
            assert status == 0
            until(lambda: open_link(server, said) == 303, 5)
            assert "KiB" in stackvote("boards", **given)[1]
            assert stackvote("delete", code, "--yes", **given)[0] == 0
            status, said, _ = stackvote("check", **given)
            assert status == 0, said
        assert "may not" not in server.log
        assert "lacks" not in said
