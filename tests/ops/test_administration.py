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
from websockets.exceptions import ConnectionClosed

from server.ops.administration import add_host
from server.settings import Settings
from server.store import keys
from server.store.embedded import EmbeddedStore
from support.client import connect_blocking
from support.server import launched
from support.store import stores_on_ports
from support.wait import until


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
        with urllib.request.build_opener(Stay).open(f"{server.address}{path}", timeout=10) as got:
            return got.status
    except urllib.error.HTTPError as error:
        with error:
            return error.status


def made_board(server, title="Which one?"):
    body = json.dumps({"title": title, "options": [{"name": "A"}, {"name": "B"}]}).encode()
    with urllib.request.urlopen(f"{server.address}/api/boards", body) as got:
        made = json.load(got)
        return made["code"], made["host_key"]


def history(server, code, key):
    asked = urllib.request.Request(
        f"{server.address}/api/boards/{code}/history",
        headers={"Authorization": f"Bearer {key}"},
    )
    with urllib.request.urlopen(asked) as got:
        return got.read().decode()


def closed_with(connection):
    with contextlib.suppress(ConnectionClosed):
        while True:
            connection.recv(10)
    return connection.close_code


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
    for code, words in (
        ("K7QF2M", "There is no board K7Q-F2M."),
        ("k7q/f2m", "is not a board code"),
    ):
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
    (due,) = [line for line in lines if "will be deleted" in line]
    assert due == "EVI-L22 will be deleted on 1970-01-08 or later, unless it is used."
    assert lines[2].endswith(r"a\x1b[2J\u202eb c")
    assert "\x1b" not in said


def test_a_board_that_is_renamed_is_listed_by_its_new_name(tmp_path):
    with launched(tmp_path) as server:
        server.await_greeting()
        code, key = made_board(server)
        body = json.dumps({"type": "set_board", "id": "1", "title": "Another name"}).encode()
        asked = urllib.request.Request(
            f"{server.address}/api/boards/{code}/actions",
            body,
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(asked).close()
        server.stop()
    assert "Another name" in stackvote("boards", "--data", str(tmp_path / "data"))[1]


@pytest.mark.parametrize("noted", [True, False])
def test_a_board_is_listed_with_the_day_until_which_its_decision_keeps_it(tmp_path, noted):
    """Also where an earlier version served it, which noted nothing."""
    with launched(tmp_path) as server:
        server.await_greeting()
        code, key = made_board(server)
        address = f"{server.address}/api/boards/{code}"
        added = urllib.request.Request(
            f"{address}/hosts", b'{"name": "Maria"}', {"Authorization": f"Bearer {key}"}
        )
        with urllib.request.urlopen(added) as got:
            maria = json.load(got)["host_key"]
        decided = {"type": "decide", "id": "1", "option": "a", "because": "It is there."}
        body = json.dumps(decided | {"revisit_on": "2040-06-30"}).encode()
        asked = urllib.request.Request(
            f"{address}/actions", body, {"Authorization": f"Bearer {maria}"}
        )
        urllib.request.urlopen(asked).close()
        with redis.from_url(EmbeddedStore(tmp_path / "data").url) as client:
            until(lambda: client.hget(keys.meta(code), "keep"))
            if not noted:
                client.hdel(keys.meta(code), "keep")
        server.stop()
    status, said, _ = stackvote("boards", "--data", str(tmp_path / "data"))
    assert status == 0
    (line,) = (line for line in said.splitlines() if line.startswith(code[:3]))
    assert " 2041-07-02 " in line


def test_a_board_is_deleted_in_the_store_and_in_all_servers_but_not_unasked(tmp_path):
    with stores_on_ports(tmp_path) as start:
        store = start()
        given = {"STACKVOTE_REDIS_URL": f"{store.url[:-1]}3"}
        with launched(tmp_path / "one", **given) as one, launched(tmp_path / "two", **given) as two:
            one.await_greeting()
            two.await_greeting()
            code, _ = made_board(one)
            with connect_blocking(two.address, code) as connection:
                connection.send(json.dumps({"type": "hello", "view": "screen"}))
                assert json.loads(connection.recv(10))["type"] == "welcome"
                for typed in ("", "n\n"):
                    status, said, error = stackvote("delete", code, typed=typed, **given)
                    assert status == 1
                    assert "Which one?" in said
                    assert "Nothing was deleted" in error
                assert two.get(f"/b/{code}")[0] == 200
                began = time.monotonic()
                status, said, _ = stackvote("delete", code, "--yes", **given)
                assert (status, said) == (0, f"The board {code[:3]}-{code[3:]} is deleted.\n")
                assert closed_with(connection) == 4004
                assert time.monotonic() - began < 10  # Not by the comparison every 20 s.
            for server in (one, two):
                until(lambda server=server: server.get(f"/b/{code}")[0] == 404)
            with store.client(db=3) as client:
                assert not list(client.scan_iter(keys.all_of(code)))


def test_the_documented_user_of_a_store_may_do_all_that_is_needed(tmp_path):
    manual = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    rule = re.search(r"^ACL SETUSER stackvote .*", manual, re.MULTILINE)[0]
    with stores_on_ports(tmp_path) as start:
        store = start()
        store.run(*rule.replace("PASSWORD", "s3%41/cret").split())
        password = tmp_path / "password"
        password.write_text("s3%41/cret\n")
        address = store.url_as("stackvote", "", 1).replace(":@", "@")
        given = {"STACKVOTE_REDIS_URL": f"{address}?password_file={password}"}
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
        assert "s3%" not in said + server.log


@pytest.mark.parametrize("running", [True, False])
def test_a_board_is_made_from_a_file_or_from_what_is_piped_in(tmp_path, running):
    file = tmp_path / "list.csv"
    file.write_bytes("name;strapline\r\nDjango;Größe\r\nFlask;\r\n".encode("cp1252"))
    data = ["--data", str(tmp_path / "server" / "data")]
    with launched(tmp_path / "server") as server:
        server.await_greeting()
        if running:
            status, said, told = stackvote("create", str(file), "--title", "Which?", *data)
    if not running:
        yaml = "title: Which?\noptions:\n- {name: Django, strapline: Größe}\n- Flask\n"
        status, said, told = stackvote("create", "-", *data, typed=yaml)
    assert (status, told) == (0, "")
    code = re.search(r"^Vote: \S+/b/(\w{6})$", said, re.MULTILINE)[1]
    assert re.search(rf"^\S+/b/{code}/host\?key=\S+$", said.splitlines()[-1])
    with launched(tmp_path / "server") as server:
        server.await_greeting()
        _, shown = server.get(f"/api/boards/{code}")
        board = json.loads(shown)["board"]
        assert board["title"] == "Which?"
        assert [(o["name"], o["strapline"]) for o in board["options"]] == [
            ("Django", "Größe"),
            ("Flask", ""),
        ]
        assert open_link(server, said) == 303


def test_a_file_of_which_no_board_can_be_made_is_told(tmp_path):
    data = ["--data", str(tmp_path / "server")]
    for text, words in (
        ("A\n\n- a\n", "stackvote: Line 3, “- a”: name “a” is already in the list.\n"),
        ("title: x\noptions:\n- C #1\n", "Line 3: options[0]: YAML ends it at “C”"),
    ):
        status, said, told = stackvote("create", "-", "--title", "T", *data, typed=text)
        assert (status, said) == (1, "")
        assert words in told
    status, _, told = stackvote("create", "-", *data, typed="A\nB")
    assert (status, told) == (1, "stackvote: The board needs a title.\n")
    status, _, told = stackvote("create", str(tmp_path / "no"), *data)
    assert (status, "cannot be read: No such file" in told) == (1, True)
