import pytest
from redis.exceptions import ResponseError

from server.observability import logs
from server.store import damage as damage_module
from server.store.damage import (
    LARGEST_ENTRY,
    LARGEST_NUMBER,
    DamagedError,
    DamageLog,
    entry_of,
    head_of,
    is_epoch,
    position_of,
)

LOG = "sv:{BOARD}:log"
NO_KEY = ResponseError("no such key")
WRONG = ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value")
STREAM = {b"last-generated-id": b"0-7"}


@pytest.mark.parametrize(
    ("id_", "position"),
    [
        *((b"0-1", 1), (b"0-17", 17), (f"0-{LARGEST_NUMBER}".encode(), LARGEST_NUMBER)),
        *((b"1-5", None), (b"1795801855712-0", None), (b"0-", None), (b"", None), (b"00-1", None)),
        *((f"0-{2**53}".encode(), None), (b"0-18446744073709551615", None), (b"0--1", None)),
    ],
)
def test_a_position_is_read_from_our_ids_alone(id_, position):
    assert position_of(id_) == position


@pytest.mark.parametrize(
    ("epoch", "fine"),
    [
        *((b"0123456789ab", True), (b"E", True), (b"a" * 64, True), (b"a" * 65, False)),
        *((b"", False), (b"a\n", False), (b"\xff", False), (None, False), (WRONG, False)),
    ],
)
def test_an_epoch_is_hex_digits(epoch, fine):
    assert is_epoch(epoch) is fine


def test_an_entry_has_a_time_and_what_happened():
    assert entry_of(LOG, b"0-3", [b"t", b"17", b"e", b"{}"]) == (3, 17, b"{}")


@pytest.mark.parametrize(
    ("id_", "fields"),
    [
        (b"5-1", [b"t", b"1", b"e", b"{}"]),
        (b"0-1", [b"t", b"1"]),
        (b"0-1", [b"e", b"{}", b"t", b"1"]),
        (b"0-1", [b"t", b"-1", b"e", b"{}"]),
        (b"0-1", [b"t", b"9" * 17, b"e", b"{}"]),
        (b"0-1", [b"t", "²".encode(), b"e", b"{}"]),
        (b"0-1", [b"t", b"1", b"e", b"x" * (LARGEST_ENTRY + 1)]),
        (b"0-\x1b[2J", [b"t", b"1", b"e", b"{}"]),
    ],
)
def test_an_entry_of_another_form_is_damage_to_its_log(id_, fields):
    with pytest.raises(DamagedError) as found:
        entry_of(LOG, id_, fields)
    assert found.value.key == LOG


def test_a_board_has_two_keys():
    assert head_of("BOARD", b"abc", 1, STREAM) == (b"abc", b"0-7")
    assert head_of("BOARD", b"abc", 1, [b"last-generated-id", b"0-7"]).last_id == b"0-7"
    assert head_of("BOARD", None, 0, NO_KEY) is None
    assert head_of("BOARD", b"abc", 1, NO_KEY) is None
    assert head_of("BOARD", None, 0, STREAM) is None


@pytest.mark.parametrize(
    ("epoch", "stream", "key"),
    [
        (WRONG, STREAM, "meta"),
        (b"abc", WRONG, "log"),
        (None, STREAM, "meta"),
        (b"?", STREAM, "meta"),
        (WRONG, WRONG, "meta"),
    ],
)
def test_which_key_is_damaged_is_said(epoch, stream, key):
    with pytest.raises(DamagedError) as found:
        head_of("BOARD", epoch, 1, stream)
    assert found.value.key == f"sv:{{BOARD}}:{key}"


def test_an_operator_is_told_of_each_key_now_and_then(caplog, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(logs.time, "monotonic", lambda: clock[0])
    damage_log = DamageLog()
    for _ in range(100):
        damage_log.report(DamagedError("sv:{A}:here", "it is odd"), "It is skipped.")
    damage_log.report(DamagedError("sv:{B}:here", "it is odd"), "It is skipped.")
    assert [record.fields["board"] for record in caplog.records] == ["A", "B"]
    clock[0] += damage_module.SAY_AGAIN
    damage_log.report(DamagedError("sv:{A}:here", "it is odd"), "It is skipped.")
    assert len(caplog.records) == 3
    for n in range(5000):
        damage_log.report(DamagedError(f"sv:{{A}}:{n}", "it is odd"), "It is skipped.")
    assert len(damage_log._logged) <= 1000
