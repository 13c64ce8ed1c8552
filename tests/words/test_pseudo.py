import pytest
from fluent.syntax import FluentParser, FluentSerializer

from server.words.catalogue import Messages, languages, locale_of
from server.words.pseudo import accented
from server.words.sentences import Sentences


def changed(text):
    return FluentSerializer().serialize_entry(accented(FluentParser().parse_entry(text)))


def test_texts_get_accents_and_brackets():
    assert changed("join = Join a board\n").strip() == "join = [Ĵöîñ å ƀöåŕð öñé]"


def test_texts_are_forty_percent_longer():
    text = "Everyone votes on a phone and the room watches one screen"
    longer = changed(f"all = {text}\n").removeprefix("all = ").strip()
    assert 1.3 * len(text) < len(longer) < 1.6 * len(text)


def test_the_space_before_an_argument_stays_there():
    assert changed("join = Join the board { $title }\n").strip().endswith("öñé { $title }]")


def test_arguments_stay_and_variants_are_changed():
    shown = changed(
        "n = { $count ->\n    [one] { $count } vote\n   *[other] { $count } votes\n }\n"
    )
    assert "$count" in shown
    assert "vote" not in shown


@pytest.mark.parametrize("language", languages())
def test_every_sentence_of_every_language_can_be_said(language):
    messages = Messages(language)
    sentences = Sentences(messages, locale_of(language))
    assert len(messages) > 1
    for id_, message in messages.items():
        assert message.id.name == id_
        sentences.get(id_)
