from domain.happenings import option

from server.domain.rounds import Round
from server.domain.rules import Names, RoundSettings
from server.live.pseudonyms import Pseudonyms

KEYED, OTHER = Pseudonyms(b"k" * 32), Pseudonyms(b"o" * 32)


def round_(n, names=Names.SECRET):
    return Round(n, "single", RoundSettings(names=names), (option("a"), option("b")), 0)


def test_a_seat_is_the_same_on_every_machine_and_another_on_every_board():
    assert KEYED.seat("browser", "BOARD") == Pseudonyms(b"k" * 32).seat("browser", "BOARD")
    others = {
        KEYED.seat("browser", "BOARD2"),
        KEYED.seat("browser2", "BOARD"),
        OTHER.seat("browser", "BOARD"),
    }
    assert len(others | {KEYED.seat("browser", "BOARD")}) == 4


def test_a_voter_is_unrecognizable_in_secret_rounds_and_new_in_each():
    seat = KEYED.seat("browser", "BOARD")
    names = {
        KEYED.voter(seat, "BOARD", round_(1)),
        KEYED.voter(seat, "BOARD", round_(2)),
        KEYED.voter(seat, "BOARD2", round_(1)),
        KEYED.once(seat, "BOARD", "1"),
        seat,
    }
    assert len(names) == 5
    assert KEYED.voter(seat, "BOARD", round_(1, Names.OPEN)) == seat


def test_names_stand_in_a_list_with_blanks_between():
    for n in range(200):
        assert not set(KEYED.seat(f"{n}", "BOARD")) & set(" \n")


def test_an_invitation_is_told_by_its_token_and_no_other():
    token = KEYED.token("b1-1", "BOARD")
    assert KEYED.invite_of(token, "BOARD") == "b1-1"
    for other in (token[:-1], token + "x", token.replace("b1-1", "b1-2"), "b1-1", "", "ключ.x"):
        assert KEYED.invite_of(other, "BOARD") is None
    assert KEYED.invite_of(token, "BOARD2") is None
    assert KEYED.invited("b1-1", "BOARD") not in token
