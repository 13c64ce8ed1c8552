import random

import pytest

from server.domain.comments import DOUBTS, Comment
from server.domain.refusals import Refused


@pytest.fixture
def said():
    return Comment("c1", seq=3, option="flask", text="It is fast.", author="ann", name="Ann")


def test_only_the_author_is_let_through(said):
    said.require_author("ann")
    with pytest.raises(Refused, match="Only its author can change a comment"):
        said.require_author("ben")


def test_a_reaction_that_no_one_gives_any_more_is_gone(said):
    said.react("ann", "👍", on=True)
    said.react("ben", "👍", on=True)
    said.react("ben", "👍", on=True)
    assert said.reactions == {"👍": {"ann", "ben"}}
    said.react("ann", "👍", on=False)
    said.react("ben", "👍", on=False)
    said.react("ben", "🎉", on=False)
    assert said.reactions == {}


def test_support_is_what_speaks_for_it_whatever_came_twice(said):
    dice = random.Random(1)
    for _ in range(500):
        said.react(dice.choice("abcd"), dice.choice("👍🎉🤔👎"), on=dice.random() < 0.5)
        for_it = [seats for emoji, seats in said.reactions.items() if emoji not in DOUBTS]
        assert said.support == sum(map(len, for_it))
    said.erase(9)
    assert said.support == 0


def test_erasing_leaves_the_place_and_nothing_of_the_text_or_the_name(said):
    said.react("ben", "👍", on=True)
    said.pinned = said.hidden = True
    said.parent = "c0"
    said.erase(9)
    assert (said.made, said.parent) == (9, None)
    assert (said.text, said.name, said.reactions) == ("", None, {})
    assert not said.pinned
    assert not said.hidden
    assert (said.id, said.option, said.deleted) == ("c1", "flask", True)


def test_no_two_comments_share_their_reactions(said):
    said.react("ben", "👍", on=True)
    assert Comment("c2", seq=4, option="flask").reactions == {}


def test_doubt_is_no_support(said):
    for seat, emoji in (("ann", "👍"), ("ben", "👍"), ("ben", "🎉"), ("cleo", "🤔"), ("dan", "👎")):
        said.react(seat, emoji, on=True)
    assert said.support == 3
