import pytest

from server.domain.criteria import Criterion, CriterionDraft, CriterionError, complete


def drafts(*names, **more):
    return [CriterionDraft(name=name, **more) for name in names]


def test_an_id_is_made_of_the_name_where_it_is_left_out():
    made = complete([CriterionDraft(name=" Time to learn ", weight=2), *drafts("C++", "日本")])
    assert made == (
        Criterion(id="time-to-learn", name="Time to learn", weight=2),
        Criterion(id="c-plus-plus", name="C++"),
        Criterion(id="criterion-3", name="日本"),
    )


def test_an_id_that_was_made_gives_way_to_one_that_was_given():
    made = complete([*drafts("Speed"), CriterionDraft(id="speed", name="Other")])
    assert [criterion.id for criterion in made] == ["speed-2", "speed"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (drafts("A", " a "), "Criterion 2: name “a” is already in the list."),
        (
            [CriterionDraft(id="x", name="A"), CriterionDraft(id="x", name="B")],
            "Criterion 2: id “x” is already in the list.",
        ),
        (drafts("A\nB"), "Criterion 1: name must be on one line."),
        (drafts("\u200b"), "Criterion 1: name must not be empty."),
    ],
)
def test_what_a_person_has_to_put_right(given, words):
    with pytest.raises(CriterionError) as caught:
        complete(given)
    assert str(caught.value) == words
