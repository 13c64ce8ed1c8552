from server.domain.rounds import Round
from server.domain.rules import Names, RoundSettings
from server.security.pseudonyms import Pseudonyms
from support.strategies import option

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
        KEYED.idempotency_key(seat, "BOARD", "1"),
        seat,
    }
    assert len(names) == 5
    assert KEYED.voter(seat, "BOARD", round_(1, Names.OPEN)) == seat


def test_names_stand_in_a_list_with_blanks_between():
    for n in range(200):
        assert not set(KEYED.seat(f"{n}", "BOARD")) & set(" \n")


def test_an_invitation_is_told_by_its_token_and_no_other():
    tokens = [KEYED.token("b1-1", renewal, "BOARD") for renewal in (0, 1, 12)]
    assert [KEYED.link_of(token, "BOARD") for token in tokens] == [
        ("b1-1", 0),
        ("b1-1", 1),
        ("b1-1", 12),
    ]
    for token in tokens:
        proof = token.partition(".")[2]
        others = (token[:-1], token + "x", token.replace("b1-1", "b1-2"), "b1-1", "", "ключ.x")
        for other in (*others, f"b1-1-0.{proof}", f"b1-1-01.{proof}", f"b1-1-2.{proof}"):
            assert KEYED.link_of(other, "BOARD") is None
        assert KEYED.link_of(token, "BOARD2") is None
        assert KEYED.invited("b1-1", 0, "BOARD") not in token


def test_a_link_of_before_there_were_renewals_stays_the_same():
    assert KEYED.token("b1-1", 0, "BOARD") == "b1-1.iPit_Z9LAgn1fwZZ"


def test_a_seat_is_another_after_each_renewal_and_none_is_the_one_that_was_shared():
    seats = {KEYED.invited("b1-1", renewal, "BOARD") for renewal in range(3)}
    assert len(seats | {KEYED.shared("b1-1", "BOARD")}) == 4
