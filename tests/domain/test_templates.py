import re
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.domain.board_text import read_board
from server.domain.criteria import Criterion, CriterionDraft
from server.domain.criteria import complete as complete_criteria
from server.domain.options import HUES, OptionDraft, complete
from server.domain.templates import (
    MAX_BYTES,
    Template,
    TemplateDraft,
    TemplateError,
    load_template,
    load_templates,
    parse_template,
    write_template,
)
from server.domain.text import visible

REPOSITORY = Path(__file__).parents[2]
BOARDS = REPOSITORY / "data" / "boards"
DOCUMENT = (REPOSITORY / "docs" / "boards.md").read_text("utf-8")

PLAIN = """\
title: Teas
options:
  - name: Assam
  - name: Darjeeling
    link: https://example.org/
"""


def refusal(text, source="x.yaml"):
    with pytest.raises(TemplateError) as caught:
        parse_template(text, source)
    return str(caught.value)


MARKED = ["no", "C #1", "a: b", "- x", "3.10", "=", "~", "'q'", "null", "2020-01-01", "*a"]
letters = st.characters(exclude_categories=("C", "Z"))
line = st.text(letters, min_size=1, max_size=30).filter(visible) | st.sampled_from(MARKED)


@settings(deadline=None, max_examples=60)
@given(line, st.lists(line, max_size=3), line, st.lists(line, max_size=4))
def test_a_board_that_is_saved_as_a_template_reads_back(title, names, text, features):
    drafts = [OptionDraft(name="Ω first", strapline=text, features=tuple(features), tags=(text,))]
    drafts += [OptionDraft(name=f"{n} {name}") for n, name in enumerate(names)]
    options = complete(drafts)
    criteria = complete_criteria([CriterionDraft(name=text, weight=2.5)])
    written = write_template(title, f"{text}\n{title}", options, criteria)
    read = parse_template(written, "x.yaml")
    assert (read.title, read.context) == (title, f"{text}\n{title}")
    assert (read.options, read.criteria) == (options, criteria)
    again = read_board(written)
    assert (again.title, again.problem, complete(again.options)) == (title, "", options)


FACTS = {
    "django": "full-stack powerhouse; mature; open source; rapid development; secure, scalable web "
    "applications; built-in orm; object-relational mapper; admin interface; integrated "
    "authentication; vast ecosystem; reuse; any scale; simple website; complex enterprise",
    "flask": "minimalist; flexible; lightweight microframework; only the components you need; "
    "essentials; minimal setup; simple api; small to medium apps and apis; third-party plugins; "
    "highly extensible; clean documentation; flexible design; control; architecture",
    "fastapi": "blazing-fast; modern; high-performance apis; rapid; asynchronous; fast and scalable; "
    "interactive; documentation; openapi; swagger; built-in validation and serialization; pydantic; "
    "jinja; speed; developer's experience",
    "gradio": "without the effort; machine learning; web demo; minutes; shared; free; hugging face; "
    "no front-end expertise; basic python; popular; data science community; on the web; low barrier",
    "streamlit": "instant data apps; interactive web apps; directly from python scripts; dashboards; "
    "machine learning models; no html, css or javascript; intuitive api; quick prototypes; share; "
    "not technical; data scientists and engineers; insight; front-end code",
    "tornado": "non-blocking; scalable performance; web framework; asynchronous networking library; "
    "thousands of connections; real-time web services; live updates; chat; long polling; complex, "
    "high-performance applications; real-time communication",
    "reflex": "full-stack python; zero javascript; pynecone; compiles; modern web apps; production; "
    "front end and back end; end-to-end; python alone; interactive; without switching languages",
}


@pytest.mark.parametrize("id_", FACTS)
def test_the_first_board_has_every_fact_of_its_source(id_):
    board = load_template(BOARDS / "python-web-frameworks.yaml")
    option = next(each for each in board.options if each.id == id_)
    said = " | ".join([option.strapline, *option.features, option.suited_to]).casefold()
    assert [fact for fact in FACTS[id_].split("; ") if fact not in said] == []
    assert {option.id for option in board.options} == set(FACTS)


def test_a_folded_card_of_the_first_board_has_two_short_facts_for_each_option():
    board = load_template(BOARDS / "python-web-frameworks.yaml")
    for option in board.options:
        assert sum(len(feature) <= 32 for feature in option.features) >= 2


def test_a_template_is_complete():
    template = parse_template(PLAIN, "some/where/Fine teas.yaml")
    assert (template.id, template.title) == ("fine-teas", "Teas")
    assert [(o.id, o.hue) for o in template.options] == [
        ("assam", HUES[0]),
        ("darjeeling", HUES[1]),
    ]
    assert template.options[1].link == "https://example.org/"
    assert template.criteria == ()


def test_a_text_from_nowhere_gets_an_id_all_the_same():
    assert parse_template(PLAIN, "").id == "board"


def test_space_is_taken_off_everywhere_and_lines_stay_where_they_may():
    template = parse_template(
        "title: ' Teas '\nstrapline: ' s '\ncontext: |\n  one\n  two\nsource: ' a '\n"
        "options: [{name: ' Assam '}]\ncriteria: [{id: a, name: ' Taste '}]\n",
        "x.yaml",
    )
    assert (template.title, template.strapline, template.source) == ("Teas", "s", "a")
    assert template.context == "one\ntwo"
    assert template.options[0].name == "Assam"
    assert template.criteria == (Criterion(id="a", name="Taste", weight=1.0),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "x.yaml:1: must be a group of fields, not a list"),
        ("\n\noptions: [{name: a}]\n", "x.yaml:3: title: is missing"),
        (PLAIN + "colour: red\n", "x.yaml:6: colour: is not a known field"),
        (PLAIN + "    lnk: x\n", "x.yaml:6: options[1].lnk: is not a known field"),
        (PLAIN + "  - link: x\n", "x.yaml:6: options[2].name: is missing"),
        (
            PLAIN + "  - name: no\n",
            "x.yaml:6: options[2].name: YAML reads “no” as true or false; put it in quotes to keep it as text",
        ),
        (
            PLAIN + "  - name: c\n\n    link: example.org\n",
            "x.yaml:8: options[2].link: must start with http:// or https://",
        ),
        (
            PLAIN + "    features:\n      - fine\n      - '  '\n",
            "x.yaml:8: options[1].features[1]: must not be empty",
        ),
        (
            PLAIN + "    features:\n      - fine\n      -\n",
            "x.yaml:8: options[1].features[1]: must be text, not nothing",
        ),
        (PLAIN + "  - name: ASSAM\n", "x.yaml:6: options[2].name: “ASSAM” is already in the list"),
        (
            PLAIN + "    hue: 400\n",
            "x.yaml:6: options[1].hue: must be at most 359",
        ),
        (
            PLAIN + "    hue: '4'\n",
            "x.yaml:6: options[1].hue: must be a whole number, not text",
        ),
        ("title: ' '\noptions: [{name: a}]\n", "x.yaml:1: title: must not be empty"),
        ("title: a\noptions: []\n", "x.yaml:2: options: must not be empty"),
        (
            'title: "a\\nb"\noptions: [{name: a}]\n',
            "x.yaml:1: title: must be on one line",
        ),
        (
            PLAIN + 'context: "a\\u202eb"\n',
            "x.yaml:6: context: must not contain the control character U+202E",
        ),
        (
            PLAIN + "criteria:\n  - {id: a, name: A}\n  - {id: a, name: B}\n",
            "x.yaml:8: criteria[1].id: “a” is already in the list",
        ),
        (
            PLAIN + "criteria:\n  - {id: a, name: A}\n  - {id: b, name: a}\n",
            "x.yaml:8: criteria[1].name: “a” is already in the list",
        ),
        (
            PLAIN + "criteria:\n  - {id: a, name: A, weight: 0}\n",
            "x.yaml:7: criteria[0].weight: must be more than 0",
        ),
        (
            "title: a: b\n",
            "x.yaml:1: this is not valid YAML: text that contains a colon needs quotes around it",
        ),
        ("é" * (MAX_BYTES // 2 + 1), "x.yaml:1: a template has at most 256 KiB"),
    ],
)
def test_an_error_names_file_line_and_field(text, message):
    assert refusal(text) == message


def test_too_many_options_are_counted():
    text = "title: a\noptions:\n" + "".join(f"  - name: Option {n}\n" for n in range(51))
    assert refusal(text) == "x.yaml:2: options: must have at most 50 entries"


def test_the_file_name_is_the_id(tmp_path):
    path = tmp_path / "black-teas.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + PLAIN.encode())
    assert load_template(path).id == "black-teas"
    assert list(load_templates(tmp_path)) == ["black-teas"]


@pytest.mark.parametrize("name", ["Black teas.yaml", "-a.yaml", "a--b.yaml", "thé.yaml"])
def test_a_file_name_that_is_no_id_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_text(PLAIN, "utf-8")
    with pytest.raises(TemplateError, match="the file's name must consist of"):
        load_template(path)


def test_a_file_that_is_not_text_or_too_long_is_refused(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"title: a\nstrapline: caf\xe9\n")
    with pytest.raises(TemplateError, match=r"a\.yaml:2: this is not UTF-8 text"):
        load_template(path)
    # The cut falls into the middle of a character, which must not count as bad text.
    path.write_text("a" + "é" * MAX_BYTES, "utf-8")
    with pytest.raises(TemplateError, match=r"a\.yaml:1: a template has at most 256 KiB"):
        load_template(path)
    path.write_text(PLAIN + "#" * MAX_BYTES, "utf-8")
    with pytest.raises(TemplateError, match=r"a\.yaml:1: a template has at most 256 KiB"):
        load_template(path)


def test_one_bad_file_in_the_folder_is_named(tmp_path):
    (tmp_path / "a.yaml").write_text(PLAIN, "utf-8")
    (tmp_path / "b.yaml").write_text("title: b\n", "utf-8")
    with pytest.raises(TemplateError, match=r"b\.yaml:1: options: is missing"):
        load_templates(tmp_path)


# The boards that come with the server


def test_the_boards_that_come_along_can_be_opened():
    templates = load_templates(BOARDS)
    assert len(templates) >= 5
    for template in templates.values():
        assert template.strapline
        assert template.context
        assert 5 <= len(template.options) <= 8
        assert len(template.criteria) >= 3
        for option in template.options:
            assert option.strapline
            assert len(option.features) >= 3
            assert option.suited_to
            assert option.link.startswith("https://")
            assert option.tags


def test_the_first_board_has_the_seven_frameworks():
    template = load_templates(BOARDS)["python-web-frameworks"]
    assert {option.id: option.link for option in template.options} == {
        "django": "https://www.djangoproject.com/",
        "flask": "https://flask.palletsprojects.com/",
        "fastapi": "https://fastapi.tiangolo.com/",
        "gradio": "https://www.gradio.app/",
        "streamlit": "https://streamlit.io/",
        "tornado": "https://www.tornadoweb.org/en/stable/guide.html",
        "reflex": "https://reflex.dev/",
    }
    assert [criterion.name for criterion in template.criteria] == [
        "Rapid prototyping",
        "Scalability",
        "ML integration",
        "Pure-Python development",
    ]
    assert "luvaha" in template.source


# Whatever is in a file


def loads_or_names_a_line(text):
    """A template, or an error that names a line of the text; any other exception fails."""
    try:
        template = parse_template(text, "x.yaml")
    except TemplateError as error:
        refused = error
    else:
        encoded = msgspec.json.encode(template)
        assert msgspec.json.decode(encoded, type=Template) == template
        return
    # YAML knows more line breaks than the line feed.
    lines = len(re.findall("\r\n|[\r\n\x85\u2028\u2029]", text)) + 1
    assert 1 <= refused.line <= lines
    assert str(refused).startswith(f"x.yaml:{refused.line}: ")
    assert refused.problem


BOARD_TEXTS = [path.read_text("utf-8") for path in sorted(BOARDS.glob("*.yaml"))]
# A whole board takes PyYAML long to read; its head has all there is to break.
HEADS = ["".join(text.splitlines(keepends=True)[:24]) for text in BOARD_TEXTS] + [
    PLAIN + "criteria:\n  - {id: a, name: A, weight: 2}\n"
]
SHARDS = st.text(max_size=6) | st.sampled_from(
    ["\t", ":", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "!x ", "|", ">", "'", '"',
     "#", "%", "@", "`", "?", "? ", "---\n", "...\n", "no", "null", "~", "1e9", "2024-01-01", "<<",
     "\\x", '"\\ud800"', '"\\UFFFFFFFF"', "\x00", "\x85", "\u2028", "\ufeff", "\r", "%YAML 9.9\n",
     "%TAG ! x\n", "!<", "!!python/object:x ", "9" * 30, "title: x\n", "  - name: x\n"]
)  # fmt: skip


@st.composite
def mutations(draw):
    text = draw(st.sampled_from(HEADS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 12))
        text = text[:start] + draw(SHARDS) + text[end:]
    return text


@settings(deadline=None)
@given(mutations())
def test_a_damaged_board_loads_or_says_in_which_line_it_is_damaged(text):
    loads_or_names_a_line(text)


@settings(deadline=None)
@given(st.text())
@example("\r")
@example("!<")
@example("? ")
def test_any_text_loads_or_says_in_which_line_it_is_wrong(text):
    loads_or_names_a_line(text)


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates()
)
things = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "title", "options", "link", "tags", "hue", "weight"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(things, things, things)
def test_any_yaml_of_the_wrong_shape_is_named(title, options, criteria):
    value = {"title": title, "options": options, "criteria": criteria}
    loads_or_names_a_line(yaml.safe_dump(value, allow_unicode=True))


texts = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30)
written = st.builds(
    dict,
    title=texts,
    strapline=texts,
    options=st.lists(
        st.fixed_dictionaries(
            {"name": texts},
            optional={
                "strapline": texts,
                "features": st.lists(texts, max_size=4),
                "suited_to": texts,
                "link": st.just("https://example.org/"),
                "tags": st.lists(texts, max_size=4),
                "hue": st.integers(0, 359),
            },
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda option: re.sub(r"\W", "", option["name"]).casefold() or option["name"],
    ),
)


@settings(deadline=None)
@given(written)
def test_what_is_written_is_what_is_read(value):
    try:
        template = parse_template(yaml.safe_dump(value, allow_unicode=True), "x.yaml")
    except TemplateError as error:
        refused = error.problem
    else:
        assert (template.title, template.strapline) == (value["title"], value["strapline"])
        for option, given_fields in zip(template.options, value["options"], strict=True):
            for field, expected in given_fields.items():
                actual = getattr(option, field)
                assert (list(actual) if isinstance(actual, tuple) else actual) == expected
        return
    # Two different characters can be one name: half a letter and a sign, ﬁ and fi.
    assert "is already in the list" in refused


def test_a_template_written_as_yaml_reads_the_same():
    for name, template in load_templates(BOARDS).items():
        value = msgspec.to_builtins(template)
        del value["id"]
        text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
        assert parse_template(text, f"{name}.yaml") == template


# The page that documents the shape


def limit(of):
    """Say a msgspec type's limits as the page does."""
    match of:
        case msgspec.inspect.UnionType(types=types):
            (some,) = (t for t in types if not isinstance(t, msgspec.inspect.NoneType))
            return limit(some)
        case msgspec.inspect.StrType(pattern=str()):
            return "1 to 40 of a to z, 0 to 9 and hyphens"
        case msgspec.inspect.StrType(min_length=least, max_length=most):
            return f"{least} to {most}" if least else f"up to {most}"
        case msgspec.inspect.VarTupleType(min_length=least, max_length=most, item_type=item):
            entries = f"{least} to {most} entries" if least else f"up to {most} entries"
            known = isinstance(item, msgspec.inspect.StructType)
            return entries if known else f"{entries} of {limit(item)}"
        case msgspec.inspect.IntType(ge=least, le=most):
            return f"{least} to {most}"
        case msgspec.inspect.FloatType(gt=above, le=most):
            return f"more than {above:g}, up to {most:g}"
    raise AssertionError(of)


def documented(heading):
    section = DOCUMENT.split(f"### {heading}\n")[1].split("\n#")[0]
    return re.findall(r"^\| `(\w+)` \| (yes|no) \| ([^|]+) \|", section, re.MULTILINE)


@pytest.mark.parametrize(
    ("heading", "struct"),
    [("The board", TemplateDraft), ("An option", OptionDraft), ("A criterion", CriterionDraft)],
)
def test_the_page_lists_exactly_the_fields_and_their_limits(heading, struct):
    fields = msgspec.inspect.type_info(struct).fields
    assert documented(heading) == [
        (field.name, "yes" if field.required else "no", limit(field.type)) for field in fields
    ]


def test_the_example_on_the_page_loads():
    example_text = re.search(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)[1]
    template = parse_template(example_text, "example.yaml")
    assert [option.id for option in template.options] == ["hugo", "mkdocs"]
    assert [criterion.weight for criterion in template.criteria] == [2, 1]


def test_the_page_names_the_limit_of_a_file():
    assert f"{MAX_BYTES // 1024} KiB" in DOCUMENT
