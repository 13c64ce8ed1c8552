"""Words that would become a script: where a page could make one of a text, there is no such place.

What a real browser makes of them is in `tests/browser/test_payloads.py`.
"""

import re
from pathlib import Path

import pytest

from attacks.attempts import bearer
from server.domain.templates import TemplateError, parse_template
from server.resources import resources
from support.worker import worker

SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser"
    r"|createContextualFragment|srcdoc|setHTML|javascript:|\.setAttribute\(\"on"
    r"|set(?:Timeout|Interval)\(\s*[\"'`]"
)
RAW = {
    "flows[each.n]",
    "piece",
    "qr",
    "card.qr",
    "html_of[comment.text]",
    "html_of[said.text]",
    "html_of[answered.evidence]",
    "html_of[evidence]",
}
ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://x.example/1",
    "//evil.example/",
    "/b/x",
    "https:evil.example",
    "https:///evil.example",
    "https://",
    "https://user@evil.example/",
    "https://python.org@evil.example/",
    "https://python.org\\@evil.example/",
    "https://evil.example\\.python.org/",
    "https://evil.example/\u202egpj.exe",
    "https://evil.example/a b",
    "http://evil.example:99999/",
    "ftp://evil.example/",
    "view-source:https://x.example/",
]


def test_no_script_of_ours_makes_html_or_code_of_a_text():
    for path in resources().static.rglob("*.js"):
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.DOTALL)
        assert not SINKS.search(text), path


def test_no_template_writes_words_as_they_are():
    found = set()
    for path in resources().templates.rglob("*.html"):
        text = path.read_text()
        assert "autoescape" not in text, path
        found |= {raw.strip() for raw in re.findall(r"{%\s*raw\s(.*?)%}", text)}
        found |= {
            raw.strip() for raw in re.findall(r"{{[^}]*\b(?:xhtml_unescape|raw)\b[^}]*}}", text)
        }
        # A value without quotes would let a blank begin another attribute.
        assert not re.search(r"<[a-z][^>{]*\s[\w-]+=\{\{", text), path
        assert not re.search(r"\s(?:on\w+|style)=", text), path
    # `markup` escapes its arguments: tests/words/test_catalogue.py.
    sentence = re.compile(r'markup\("[a-z0-9-]+"(, \w+=[\w.]+)*\)')
    assert {raw for raw in found if not sentence.fullmatch(raw)} == RAW


@pytest.mark.parametrize("link", ADDRESSES)
async def test_a_link_that_is_no_link_comes_in_by_no_way(embedded, link):
    async with worker(embedded) as server:
        option = {"name": "Evil", "link": link}
        status, _ = await server.api("/api/boards", {"title": "T", "options": [option]})
        assert status == 422
        code, key = await server.board()
        path = f"/api/boards/{code}/actions"
        for message in (
            {"type": "add_option", "option": option},
            {"type": "edit_option", "option": {"id": "flask", "link": link}},
        ):
            status, answer = await server.api(path, {"id": "a"} | message, headers=bearer(key))
            assert (status, answer["code"]) == (422, "bad_settings")
        with pytest.raises(TemplateError):
            parse_template(
                f"title: T\noptions:\n  - name: Evil\n    link: {link!r}\n  - name: B\n",
                "evil.yaml",
            )


@pytest.mark.parametrize(
    "document",
    [
        "!!python/object/apply:os.system ['true']",
        "title: !!python/name:os.system\noptions: [{name: A}]",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ntitle: *c",
        "title: T\noptions: [{name: '\u202eA'}]",
        'title: "T\\0"\noptions: [{name: A}]',
        "title: T\noptions:\n  - name: A\n    features: ['\u2028']",
        "title: T\n<<: {options: [{name: A}]}",
    ],
)
def test_a_board_as_a_file_runs_nothing_and_hides_nothing(document):
    with pytest.raises(TemplateError):
        parse_template(document, "evil.yaml")


async def test_answers_for_programs_are_no_pages(embedded):
    """An answer that held a script would run it only if a browser took it for a page."""
    async with worker(embedded) as server:
        code, _ = await server.board(title="<script>alert(1)</script>")
        for path in (f"/api/boards/{code}", f"/api/boards/{code}/history", "/api/templates"):
            got = await server.fetch(path)
            assert got.headers["Content-Type"].startswith("application/json")
            assert got.headers["X-Content-Type-Options"] == "nosniff"
        for path in ("/api/<script>alert(1)</script>", "/<script>alert(1)</script>"):
            got = await server.fetch(path)
            assert b"<script>alert" not in got.body
        got = await server.fetch("/?code=<script>alert(1)</script>")
        assert b"<script>alert" not in got.body


def test_every_page_of_the_server_keeps_to_its_templates():
    """A page that is put together by hand would escape nothing."""
    for path in Path(__file__).parents[2].joinpath("server", "web").glob("*.py"):
        if path.name != "comment_html.py":
            assert not re.search(r"[\"']\s*<[a-z]+", path.read_text()), path
