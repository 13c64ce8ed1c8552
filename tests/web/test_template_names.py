"""Every name in a template is there for something: a style, a script or a test."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def texts(folder, *endings):
    return "\n".join(
        path.read_text() for ending in endings for path in sorted((ROOT / folder).rglob(ending))
    )


TEMPLATES = texts("templates", "*.html")
STYLES = re.sub(r"/\*.*?\*/", "", texts("static/css", "*.css"), flags=re.DOTALL)
SCRIPTS = texts("static/js", "*.js")
TESTS = texts("tests", "*.py", "*.mjs")


def named(attribute):
    """The words of an attribute in all templates, without those that the server fills in."""
    values = re.findall(rf'\b{attribute}="((?:\{{\{{.*?\}}\}}|\{{%.*?%\}}|[^"])*)"', TEMPLATES)
    return {
        word
        for value in values
        for word in re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", value).split()
        # A name that the server completes, such as `hue-` with a number.
        if re.fullmatch(r"[a-z][\w-]*[a-z0-9]", word)
    }


def is_in(name, text, before):
    return re.search(rf"{before}{re.escape(name)}(?![\w-])", text) is not None


@pytest.mark.parametrize(
    ("attribute", "before"), [("class", r"\."), ("data-part", r"data-part=[\"']?")]
)
def test_each_name_is_used_by_a_style_a_script_or_a_test(attribute, before):
    unused = [
        name
        for name in sorted(named(attribute))
        if not is_in(name, STYLES + TESTS, before=before)
        and not is_in(name, SCRIPTS, before=r"(?<![\w-])")
    ]
    assert unused == []


def test_what_is_looked_for_is_found_in_the_first_place():
    assert {"option", "hero", "dialog-wide"} <= named("class")
    assert {"cards", "ring-voted", "error"} <= named("data-part")
    assert not is_in("no-such-name", STYLES + SCRIPTS, before="")
