import pytest

from server.domain.hosts import Host
from server.live.create_board import (
    ALPHABET,
    DEFAULT_CODE,
    host_of,
    key_hash,
    open_default,
    read_code,
    show_code,
)
from support.worker import worker


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("K7QF2M", "K7QF2M"),
        (" k7q-f2m ", "K7QF2M"),
        ("k7q f2m", "K7QF2M"),
        ("frameworks", "FRAMEWORKS"),
        ("K7QF2M.", "K7QF2M"),
        ("<K7Q-F2M>,", "K7QF2M"),
        ("(k7qf2m)", "K7QF2M"),
        ("K7QF2M/", "K7QF2M"),
        ("K7QF2M\u200b", "K7QF2M"),
        ("https://vote.example.org/b/K7QF2M", "K7QF2M"),
        ("http://10.0.0.7:8888/b/k7qf2m/host?key=abc", "K7QF2M"),
        ("/b/", None),
        ("...", None),
        ("", None),
        ("--", None),
        ("k7q/f2m", None),
        ("ÄÖÜ", None),
        ("x" * 17, None),
    ],
)
def test_codes_are_read_as_people_type_them(typed, code):
    assert read_code(typed) == code


def test_codes_are_shown_in_halves():
    assert show_code("K7QF2M") == "K7Q-F2M"
    assert show_code(DEFAULT_CODE) == DEFAULT_CODE
    assert not set(ALPHABET) & set("01IOL")


def test_of_a_key_only_the_hash_is_kept():
    kept = key_hash("secret key")
    assert "secret" not in kept
    hosts = {"first": Host(None, kept), "other": Host("Maria", key_hash("another"))}
    assert host_of("secret key", hosts) == "first"
    assert host_of("another", hosts) == "other"
    assert host_of("secret kez", hosts) is None
    assert host_of("ключ", hosts) is None


async def test_the_first_board_opens_once_with_its_first_round(embedded):
    async with worker(embedded) as server:
        template = next(iter(server.site.templates.values()))
        opened = [await open_default(server.hub, template, "key") for _ in range(2)]
        assert opened == [True, False]
        _, state = await server.api("/api/boards/FRAMEWORKS")
        assert len(state["board"]["options"]) == 7
        assert len(state["board"]["criteria"]) == 4
        assert (state["round"]["method"], state["round"]["state"]) == ("approval", "open")
        assert state["round"]["settings"]["visibility"] == "live"
        # The first vote moves a bar, which it would not in a secret round.
        assert state["round"]["settings"]["names"] == "open"
        assert state["round"]["settings"]["shuffle"] is True
        assert state["tally"]["result"]["winners"] == []
