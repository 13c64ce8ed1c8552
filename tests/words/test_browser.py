"""The scripts say what the server would say, and all of what is in the catalogue for them."""

import json
import os
import re
import subprocess
import sys
from itertools import islice, product
from pathlib import Path

import pytest
from fluent.syntax import FluentParser

from server.words.browser import _Compiler, ids_of, script, sentences
from server.words.catalogue import Catalogue, Messages
from server.words.sentences import WordsError
from server.words.typescript import arguments_of, declarations
from support.programs import path_of

ROOT = Path(__file__).parents[2]
TYPES = ROOT / ".ci" / "scripts" / "words.d.ts"
SCRIPTS = {path: path.read_text() for path in (ROOT / "static" / "js").rglob("*.js")}
EN = {id_: Messages("en")[id_] for id_ in ids_of("en")}
# No ties: scripts round what is shown, as languages differ in how they round.
NUMBERS = [0, 1, 2, 3, 4, 5, 11, 12, 13, 21, 22, 23, 101, 1200, 0.2, 3.5]
SAMPLES = {
    "string | number": ["Tornado", "constructor", *NUMBERS],
    "string": ["dots", "other", "x"],
}


def compiled(language):
    return json.loads(sentences(language, ids_of(language)))


def samples(type_):
    """Values of an argument, by its type in TypeScript."""
    if type_ == "number":
        return NUMBERS
    return SAMPLES.get(type_) or [json.loads(word) for word in type_.split(" | ")]


def uses(message, most=400):
    """Arguments for a sentence: all combinations, up to a limit."""
    types = arguments_of(message)
    values = product(*(samples(type_) for type_ in types.values()))
    return [dict(zip(types, each, strict=True)) for each in islice(values, most)]


@pytest.mark.needs("npm")
@pytest.mark.parametrize("language", ["en", "en-XA"])
def test_the_browser_says_what_the_server_says(language):
    asked = [[id_, each] for id_, message in EN.items() for each in uses(message)]
    said = subprocess.run(
        [path_of("node"), "--import", "./.ci/scripts/browser_like.js", "tests/words/say.mjs"],
        input=json.dumps({"language": language, "sentences": compiled(language), "asked": asked}),
        cwd=ROOT,
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    catalogue = Catalogue(language)
    for (id_, arguments), text in zip(asked, json.loads(said.stdout), strict=True):
        assert text == catalogue.text(id_, **arguments), (id_, arguments)


def test_each_sentence_is_said_by_a_script():
    said = {word for text in SCRIPTS.values() for word in re.findall(r'"([a-z-]+)"', text)}
    assert set(EN) - said == set()


def test_what_a_script_says_is_in_the_catalogue():
    said = {id_ for text in SCRIPTS.values() for id_ in re.findall(r'\bt\(\s*"([^"]*)"', text)}
    assert len(said) > 200
    assert said - set(EN) == set()


def test_no_script_formats_by_itself():
    """Numbers, days and lists are formatted where the language is known."""
    for path, text in SCRIPTS.items():
        assert path.name == "words.js" or "Intl." not in text, path
        assert not re.search(r"toLocale(Date|Time)?String", text), path


def test_the_types_are_those_of_the_catalogue():
    assert TYPES.read_text() == declarations(), "run `make docs`"


def test_an_argument_has_the_type_that_its_sentence_asks_for():
    assert arguments_of(EN["board-phase"]) == {
        "phase": '"decided" | "locked" | "open" | "revealed" | "revealing" | "setup"'
    }
    assert arguments_of(EN["board-method"]) == {"method": "string"}
    assert arguments_of(EN["line-stopped"]) == {"code": "number"}
    assert arguments_of(EN["result-mean"]) == {"mean": "number"}
    assert arguments_of(EN["ballot-in-ranking"]) == {"place": "number"}
    assert arguments_of(EN["ballot-dots-gift"]) == {"n": "number", "option": "string | number"}
    assert arguments_of(EN["home-today"]) == {}


def test_a_translation_has_the_same_arguments():
    for language in ("en-XA",):
        found = Messages(language)
        assert {id_: set(arguments_of(found[id_])) for id_ in ids_of(language)} == {
            id_: set(arguments_of(each)) for id_, each in EN.items()
        }


def compile_(text):
    resource = FluentParser(with_spans=False).parse(text)
    known = {each.id.name: each for each in resource.body if hasattr(each, "value")}
    compiler = _Compiler(known)
    return [compiler.sentence(each.value) for each in known.values()]


def test_what_stands_in_several_sentences_is_put_into_each():
    assert compile_('one = two { $n }\ntwo = { one }, by { three }{ "!" }\nthree = us\n') == [
        ["two ", {"$": "n"}],
        ["two ", {"$": "n"}, ", by us!"],
        "us",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "one = { other }\n",
        "one = { -other }\n",
        'one = { DATETIME($day, dateStyle: "long") }\n',
        "one = { NUMBER(3) }\n",
        "one = { two.label }\ntwo = a\n    .label = b\n",
        "one = { NUMBER($n) ->\n   *[other] a\n }{ 3 }\n",
    ],
)
def test_what_the_scripts_do_not_understand_is_an_error(text):
    with pytest.raises(WordsError):
        compile_(text)


def test_the_script_has_the_language_and_its_sentences():
    sent = script("en-XA", ids_of("en-XA"))
    told = json.loads(sent.removeprefix("globalThis.stackvoteWords=").removesuffix(";\n"))
    assert told == {"language": "en-XA", "messages": compiled("en-XA"), "decimal": "."}
