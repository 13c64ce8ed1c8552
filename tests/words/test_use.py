"""Every sentence that the code names is in the catalogue, with these arguments, and no other is."""

import ast
import functools
import re
from pathlib import Path

import pytest
from fluent.syntax import visitor

from server.words import catalogue

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = catalogue.Messages("en")
OURS = ("pages.ftl", "refusals.ftl", "server.ftl")


class _Arguments(visitor.Visitor):
    def __init__(self):
        self.found, self.messages = set(), set()

    def visit_VariableReference(self, node):  # noqa: N802 - the library's name
        self.found.add(node.id.name)

    def visit_MessageReference(self, node):  # noqa: N802 - the library's name
        self.messages.add(node.id.name)


def arguments_of(message):
    seen = _Arguments()
    seen.visit(message)
    return seen


def sentences(*names):
    return {
        id_: arguments_of(MESSAGES[id_]) for name in names for id_ in catalogue.sources("en")[name]
    }


SENTENCES = sentences(*catalogue.sources("en"))


def expressions():
    """Give the code of the server, and what stands between the braces of its pages."""
    for path in sorted((ROOT / "server").rglob("*.py")):
        if path.parent.name != "words":
            yield path.name, ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for found in re.findall(
            r"\{\{(.*?)\}\}|\{% (?:raw|set|if|elif|for) (.*?)%\}", text, re.DOTALL
        ):
            code = next(filter(None, found)).strip()
            if "words(" in code or "markup(" in code:
                yield path.name, ast.parse(re.sub(r"^[\w, ]+ (?:=|in) ", "", code) or "None")


def calls():
    for name, tree in expressions():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"words", "markup"}:
                yield name, node


def ids_of(node):
    """Give the ids that an expression may name, `*` for what is only known at run time."""
    match node:
        case ast.Constant():
            return [node.value]
        case ast.IfExp():
            return ids_of(node.body) + ids_of(node.orelse)
        case ast.JoinedStr():
            return ["".join(v.value if isinstance(v, ast.Constant) else "*" for v in node.values)]
    return []


@functools.cache
def matching(id_):
    if "*" not in id_:
        return [id_] if id_ in SENTENCES else []
    pattern = re.escape(id_).replace(r"\*", "[a-z0-9-]+")
    return [known for known in SENTENCES if re.fullmatch(pattern, known)]


def test_every_sentence_that_is_named_exists_and_gets_its_arguments():
    checked = 0
    for place, call in calls():
        passed = {keyword.arg for keyword in call.keywords}
        if call.func.id == "markup":
            passed |= {*catalogue.ELEMENTS} & set().union(
                *(SENTENCES[known].found for id_ in ids_of(call.args[0]) for known in matching(id_))
            )
        for id_ in ids_of(call.args[0]):
            assert matching(id_), f"{place} names {id_}"
            for known in matching(id_):
                assert SENTENCES[known].found <= passed, f"{place}: {known} lacks arguments"
                checked += 1
    assert checked > 300


def test_every_sentence_is_used():
    named = {reference for seen in SENTENCES.values() for reference in seen.messages}
    for _, tree in expressions():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in SENTENCES:
                named.add(node.value)
            if isinstance(node, ast.JoinedStr):
                named.update(*[matching(id_) for id_ in ids_of(node) if id_.strip("*-")])
    for path in (ROOT / "static" / "js").rglob("*.js"):
        named.update(re.findall(r'"([a-z][a-z0-9-]+)"', path.read_text(encoding="utf-8")))
    # `listed` and `alternatively` are parts of the catalogue.
    assert set(sentences(*OURS)) - named <= {"list-and", "list-or"}


@pytest.mark.parametrize("name", OURS)
def test_ids_are_in_kebab_case(name):
    for id_ in catalogue.sources("en")[name]:
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", id_)
        assert not MESSAGES[id_].attributes
