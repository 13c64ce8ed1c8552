"""Whole boards move between servers, log and all."""

import asyncio
import io
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from domain.test_actions import VERSIONS, rows
from ops.test_administration import made_board, open_link, stackvote
from server.domain import actions as act
from server.domain.board import Board
from server.live.outcomes import kept_until
from server.ops import board_file
from server.ops.moving import export_board, import_board, write_file
from server.ops.store_access import AdministrationError, opened_log
from server.settings import Settings
from server.store import keys
from server.store.client import Store
from server.store.imported_log import adopt_log
from support.decisions import meeting, whole_meeting
from support.server import launched
from support.store import REDIS, VALKEY, StoreProcess
from support.strategies import SEATS, visible

pytestmark = pytest.mark.slow

KINDS = [
    VALKEY,
    pytest.param(REDIS, marks=[pytest.mark.needs("redis-server"), pytest.mark.slow]),
]


@pytest.fixture(scope="module", params=KINDS)
def stores(request, tmp_path_factory):
    """Two stores of a kind, and the settings of a server on each."""
    with contextmanager(_stores)(request.param, tmp_path_factory.mktemp("moving")) as two:
        yield two


def _stores(program, folder):
    two = [StoreProcess(folder / name, program=program).start() for name in ("from", "to")]
    try:
        yield two
    finally:
        for store in two:
            store.stop()


@pytest.fixture
def here(stores, tmp_path):
    return settings_of(stores[0], tmp_path / "here")


@pytest.fixture
def there(stores, tmp_path):
    return settings_of(stores[1], tmp_path / "there")


def settings_of(store, data):
    with store.client() as client:
        client.flushall()
    data.mkdir()
    (data / "secret").write_text("x" * 64)
    (data / "secret").chmod(0o600)
    return Settings(data=data, redis_url=store.url)


def put(settings, entries, code="K7QF2M", keep=0):
    """Write a log into a store."""

    async def adopt():
        store = Store(settings.redis_url)
        assert await adopt_log(store, code, entries, keep)
        await store.close()

    asyncio.run(adopt())


def entries_of(made):
    return [(seq, at, act.encode(entry)) for seq, at, entry in made.log]


def exported(settings, code="K7QF2M"):
    return b"".join(export_board(settings, code)[1])


def imported(settings, content, code=""):
    return import_board(settings, io.BytesIO(content), "the file", code)


def seen(content):
    """What is seen of the board in a file."""
    board = Board()
    for seq, at, payload in board_file.read(io.BytesIO(content)).rows:
        board.apply(seq, at, act.decode(payload))
    return visible(board, SEATS)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_board_of_each_version_moves_to_the_byte(here, there, version):
    log = [(row.seq, row.at, bytes(row.entry)) for row in rows(version)]
    code = act.decode(log[0][2]).action.code
    put(here, log, code)
    before = exported(here, code)
    done = imported(there, before)
    assert done.contents.entries == before.count(b"\n") - 2
    after = exported(there, code)
    # All but the last line, which says that nothing follows; then comes the new host.
    begun, _, _ = before.rstrip(b"\n").rpartition(b"\n")
    assert after.startswith(begun + b"\n")
    more = after[len(begun) :].splitlines()[1:]
    types = [json.loads(line)["entry"]["action"]["type"] for line in more[:-1]]
    # An archived board takes a host, too.
    assert types == ["add_host"]
    board = Board()
    for row in log:
        board.apply(row[0], row[1], act.decode(row[2]))
    assert seen(before) == visible(board, SEATS)


def test_a_move_and_back_under_the_same_code_changes_nothing(here, there, stores):
    put(here, entries_of(whole_meeting()))
    before = exported(here)
    content = board_file.read(io.BytesIO(before))
    put(there, content.rows)
    assert exported(there) == before
    again = imported(there, before)
    assert again.links is None
    assert again.more == 0
    assert exported(there) == before


def test_what_was_erased_is_not_in_the_file_and_is_not_missed(here, there):
    made = meeting()
    made.say("ann", "c1", "a-secret-of-ann")
    made.say("ben", "c2", "stays")
    made.do(act.DeleteComment(comment="c1", option="flask"), "ann")
    made.say("ben", "c3", "comes after")
    # As if the store had been away when it should have erased the text.
    put(here, entries_of(made))
    before = exported(here)
    assert b"a-secret-of-ann" not in before
    assert seen(before) == visible(made.board, SEATS)
    imported(there, before)
    assert b"a-secret-of-ann" not in exported(there)


def test_the_date_to_look_again_keeps_the_board_there_too(here, there, stores):
    put(here, entries_of(whole_meeting()))
    imported(there, exported(here))
    with stores[1].client() as client:
        keep, touched = client.hmget(keys.meta("K7QF2M"), "keep", "touched")
        assert not client.keys("*incoming*")
        assert client.ttl(keys.log("K7QF2M")) == -1
    assert int(keep) == kept_until(whole_meeting().board.outcome)
    assert abs(int(touched) / 1000 - time.time()) < 60


def test_another_history_under_the_same_code_is_refused_and_stays(here, there):
    put(here, entries_of(whole_meeting()))
    put(there, entries_of(meeting()))
    before = exported(there)
    with pytest.raises(AdministrationError, match="K7Q-F2M here with another history"):
        imported(there, exported(here))
    assert exported(there) == before


def test_the_same_history_that_went_on_is_not_set_back(here, there):
    whole = whole_meeting()
    put(here, entries_of(whole)[:-2])
    put(there, entries_of(whole))
    before = exported(there)
    done = imported(there, exported(here))
    assert (done.links, done.more) == (None, 2)
    assert exported(there) == before
    # And one that did not come as far is not carried on.
    with pytest.raises(AdministrationError, match="another history"):
        imported(here, before)


def test_a_copy_gets_the_code_that_is_asked_for(here):
    put(here, entries_of(whole_meeting()))
    before = exported(here)
    done = imported(here, before, "px4-r7w")
    assert done.contents.code == "PX4R7W"
    assert "/b/PX4R7W/host?key=" in done.links.host
    assert exported(here) == before
    copy = exported(here, "PX4R7W")
    assert board_file.read(io.BytesIO(copy)).code == "PX4R7W"
    assert imported(here, before, "PX4R7W").more == 1
    with pytest.raises(AdministrationError, match="is too short"):
        imported(here, before, "ABC")


def altered(**more):
    """A file whose sums fit, and whose entry for this position is another."""
    log = entries_of(whole_meeting())
    for position, payload in more.items():
        n = int(position.removeprefix("at"))
        log[n - 1] = (n, log[n - 1][1], payload)
    return b"".join(board_file.lines_of("K7QF2M", log))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (altered(at5=b'{"rules":999,"action":{"type":"observe","on":true}}'), "Line 6 .*rules 999"),
        (altered(at5=b'{"rules":4,"action":{"type":"fly"}}'), "Line 6 cannot be read here"),
        (altered(at1=b'{"rules":4,"by":"a","action":{"type":"observe","on":true}}'), "Line 2"),
        (
            b"".join(board_file.lines_of("K7QF2N", entries_of(whole_meeting()))),
            "Line 2 is not the beginning of the board K7QF2N",
        ),
        (b"".join(board_file.lines_of("K7QF2M", [])), "Line 2"),
        (altered()[:-40], "the file is not imported. Line"),
    ],
)
def test_a_file_that_cannot_be_a_board_is_refused_and_leaves_nothing(there, stores, content, words):
    with pytest.raises(AdministrationError, match=words):
        imported(there, content)
    with stores[1].client() as client:
        assert client.keys("*") == []


def test_without_the_servers_secret_nothing_is_imported(here, there, stores):
    put(here, entries_of(whole_meeting()))
    (there.data_dir / "secret").unlink()
    with pytest.raises(AdministrationError, match="There is no secret"):
        imported(there, exported(here))
    with stores[1].client() as client:
        assert client.keys("*") == []


def test_entries_that_were_lost_on_the_way_make_no_board(there, stores):
    async def adopt():
        store = Store(there.redis_url)
        log = iter(entries_of(whole_meeting()))

        def losing():
            for n, row in enumerate(log):
                yield row
                if n == 501:
                    with stores[1].client() as client:
                        client.delete(*client.keys("*incoming*"))

        many = [(n, 1, b'{"action":{"type":"observe","on":true}}') for n in range(1, 1100)]
        log = iter(many)
        try:
            await adopt_log(store, "K7QF2M", losing(), 0)
        finally:
            await store.close()

    with pytest.raises(act.UnreadableError, match="it lost entries on the way"):
        asyncio.run(adopt())
    with stores[1].client() as client:
        assert not client.exists(keys.log("K7QF2M"), keys.meta("K7QF2M"))
        assert all(client.pttl(key) > 0 for key in client.keys("*"))


@pytest.mark.slow
def test_an_import_that_is_killed_leaves_no_board_or_a_whole_one(there, stores, tmp_path):
    votes = meeting()
    votes.open("approval")
    log = entries_of(votes)
    ballot = act.encode(
        act.Entry(rules=4, by="ann", action=act.Vote(round=1, ballot={"approve": ["flask"]}))
    )
    log += [(n, log[-1][1] + n, ballot) for n in range(len(log) + 1, 20_000)]
    file = tmp_path / "board"
    write_file(file, list(board_file.lines_of("K7QF2M", log)))
    command = "import sys; from server.cli import main; sys.exit(main())"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(sys.path)}
    outcomes = set()
    with stores[1].client() as client:
        for _ in range(4):
            importing = subprocess.Popen(
                [
                    *(sys.executable, "-c", command, "import", str(file)),
                    *("--data", str(there.data_dir), "--redis-url", there.redis_url),
                ],
                env=environment,
                stdout=subprocess.DEVNULL,
            )
            # Killed as soon as it has begun to write.
            while importing.poll() is None and not client.keys("sv:{K7QF2M}:*"):
                time.sleep(0.001)
            importing.kill()
            importing.wait()
            length = client.xlen(keys.log("K7QF2M"))
            assert client.exists(keys.meta("K7QF2M")) == bool(length)
            assert length in {0, len(log), len(log) + 1}
            outcomes.add(bool(length))
            client.flushall()
    assert False in outcomes


def test_an_export_while_people_act_is_a_prefix_of_what_they_did(here):
    made = meeting()
    made.open("approval")
    log = entries_of(made)
    put(here, log)
    ballot = act.encode(
        act.Entry(rules=4, by="ann", action=act.Vote(round=1, ballot={"approve": ["flask"]}))
    )

    answers = []

    async def voting():
        async with opened_log(here, here.redis_url, patience=100) as events:
            exporting = asyncio.get_running_loop().run_in_executor(None, several)
            while not exporting.done():
                for _ in range(100):
                    events.append("K7QF2M", ballot, answers.append)
                await events.drained()
            return await exporting

    def several():
        taken = []
        while len(answers) < 3000:
            taken.append(board_file.read(io.BytesIO(exported(here))).rows)
        return taken

    taken = asyncio.run(voting())
    whole = board_file.read(io.BytesIO(exported(here))).rows
    assert all(isinstance(answer, int) for answer in answers)
    assert len({len(each) for each in taken}) > 1
    assert all(whole[: len(each)] == each for each in taken)


@pytest.mark.slow
def test_the_commands_move_a_board_between_running_servers(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    file = tmp_path / "moved.board"
    with launched(one) as server, launched(other) as target:
        server.await_greeting()
        target.await_greeting()
        code, key = made_board(server)
        status, said, error = stackvote("export", code, str(file), "--data", str(one / "data"))
        assert (status, error) == (0, "")
        assert f"to {file}. It holds what is hidden on the board: keep this file private." in said
        assert file.stat().st_mode & 0o777 == 0o600
        data = ("--data", str(other / "data"))
        status, said, error = stackvote("import", str(file), *data)
        assert (status, error) == (0, "")
        assert said.startswith(f"Imported board {code[:3]}-{code[3:]} with 1 entries.\nVote: http")
        link = next(line for line in said.splitlines() if "/host?key=" in line)
        assert open_link(target, link) == 303
        # The key that its host has fits on the other server.
        assert open_link(target, f"/b/{code}/host?key={key}") == 303
        status, said, _ = stackvote("import", str(file), *data)
        assert status == 0
        assert "is here already and has 1 more entries. Nothing was changed." in said
        status, said, error = stackvote("import", str(file), "--code", "FRAMEWORKS", *data)
        assert (status, said) == (1, "")
        assert "There is a board FRAMEWORKS here with another history." in error
        file.write_bytes(file.read_bytes().replace(b"Which one?", b"Which two?"))
        status, said, error = stackvote("import", str(file), "--code", "PX4R7W", *data)
        assert (status, said) == (1, "")
        assert "moved.board is not imported. Line 2 is not as it was exported" in error


def test_a_round_in_progress_and_invitations_are_warned_of(here, there, tmp_path):
    made = meeting()
    made.do(act.MakeInvites(batch="b", count=3, by_claim=True), "host")
    made.open("approval")
    made.vote("ann", "flask")
    put(here, entries_of(made))
    file = tmp_path / "board"
    for settings, command in ((here, ["export", "K7QF2M"]), (there, ["import"])):
        status, said, error = stackvote(
            *(*command, str(file), "--data", str(settings.data_dir)),
            STACKVOTE_REDIS_URL=settings.redis_url,
        )
        assert (status, error) == (0, "")
        assert "Round 1 is not revealed. On a server with another secret" in said
        assert "its invitations are void" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "K7QF2P"], "There is no board K7Q-F2P."),
        (["export", "K7QF2M", "none/file"], "none/file cannot be written: No such file"),
        (["import", "none"], "none cannot be read: No such file"),
        (["import", "."], ". cannot be read: Is a directory"),
        (["import", "-"], "- is not imported. It is empty."),
    ],
)
def test_what_cannot_be_moved_is_told(here, arguments, words):
    put(here, entries_of(whole_meeting()))
    status, said, error = stackvote(
        *arguments, "--data", str(here.data_dir), STACKVOTE_REDIS_URL=here.redis_url
    )
    assert (status, said) == (1, "")
    assert words in error
    assert "Traceback" not in error


def test_a_file_is_piped_from_one_command_to_the_other(here, there):
    put(here, entries_of(whole_meeting()))
    status, file, error = stackvote(
        *("export", "K7QF2M", "-", "--data", str(here.data_dir)),
        STACKVOTE_REDIS_URL=here.redis_url,
    )
    assert (status, error) == (0, "")
    assert file.encode() == exported(here)
    status, said, error = stackvote(
        *("import", "-", "--data", str(there.data_dir)),
        typed=file,
        STACKVOTE_REDIS_URL=there.redis_url,
    )
    assert (status, error) == (0, "")
    assert "Imported board K7Q-F2M" in said
