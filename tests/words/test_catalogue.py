import pytest

from server.words import catalogue
from server.words.catalogue import Catalogue, WordsError, listed, markup, words


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A catalogue in English with the sentences that a test writes."""

    def write(**files):
        folder = tmp_path / "en"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.ftl").write_text(text, encoding="utf-8")
        monkeypatch.setattr(catalogue, "_folder", lambda: tmp_path)
        catalogue.sources.cache_clear()
        made = Catalogue("en")
        monkeypatch.setattr(catalogue, "_catalogue", lambda: made)

    yield write
    catalogue.sources.cache_clear()


def test_a_sentence_takes_its_arguments_and_counts(written):
    written(one="voters = { $n ->\n    [one] { $n } voter\n   *[other] { $n } voters\n  }\n")
    assert words("voters", n=1) == "1 voter"


def test_all_files_are_one_catalogue(written):
    written(one="first = One, { second }\n", two="second = two\n")
    assert words("first") == "One, two"
    assert sorted(catalogue.sources("en")) == ["one.ftl", "two.ftl"]


@pytest.mark.parametrize(
    "files", [{"one": "first = One\n", "two": "first = two\n"}, {"one": "first = 1\nfirst = 2\n"}]
)
def test_an_id_stands_once_in_all_files(written, files):
    with pytest.raises(WordsError, match=r"first.* stands twice"):
        written(**files)


def test_a_message_ends_where_the_next_line_begins_at_the_margin(written):
    written(
        one="# About it.\nfirst =\n    { $n ->\n        [one] a\n\n       *[other] b\n}\n"
        "### Aside\n\n\nsecond = Two\n    lines\n"
    )
    assert (words("first", n=1), words("first", n=2)) == ("a", "b")
    assert words("second") == "Two\nlines"


def test_what_is_no_message_is_an_error(written):
    with pytest.raises(WordsError, match=r"belongs to no message of one\.ftl"):
        written(one="first = One\nsecond\n")


def test_what_fluent_does_not_understand_is_an_error(written):
    written(one="first = { $n\n")
    with pytest.raises(WordsError, match=r"first in the catalogue en: .* is not Fluent"):
        words("first")


def test_what_is_not_supported_is_an_error(written):
    written(one="first = { -brand }\n")
    with pytest.raises(WordsError, match=r"first in the catalogue en: TermReference"):
        words("first")


def test_an_unknown_language_is_an_error():
    with pytest.raises(WordsError, match="no catalogue for the language 'tlh'"):
        Catalogue("tlh")


def test_a_process_speaks_the_language_of_its_environment_or_english(monkeypatch, caplog):
    try:
        for wanted, spoken in (("en-XA", "en-XA"), ("tlh", "en"), ("../boards", "en"), ("", "en")):
            monkeypatch.setenv(catalogue.VARIABLE, wanted)
            catalogue._catalogue.cache_clear()
            assert catalogue.language() == spoken
        assert "'tlh', but the languages are en, en-XA" in caplog.text
    finally:
        catalogue._catalogue.cache_clear()


@pytest.mark.parametrize(("id_", "arguments"), [("unknown", {}), ("needs-name", {})])
def test_a_wrong_use_is_raised_in_tests_and_logged_on_a_page(
    written, monkeypatch, caplog, id_, arguments
):
    written(one="needs-name = Hello { $name }\n")
    with pytest.raises(WordsError):
        words(id_, **arguments)
    monkeypatch.setattr(catalogue, "strict", False)
    assert words(id_, **arguments) == id_
    assert id_ in caplog.text


def test_markup_has_elements_inside_and_escapes_arguments(written):
    written(one="edit = Edit{ $unseen } { $name }{ $unseen_end }\n")
    assert markup("edit", name="<b> & co") == (
        'Edit<span class="visually-hidden"> &lt;b&gt; &amp; co</span>'
    )


@pytest.mark.parametrize(
    ("names", "said"), [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_names_are_joined_as_a_person_would(names, said):
    assert listed(names) == said


def test_the_catalogue_holds_no_html():
    for id_, message in catalogue.Messages("en").items():
        assert not set("<>&") & set(str(message.value.to_json())), id_
