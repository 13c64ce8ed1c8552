import gzip
import re

import brotli
import pytest

from server.resources import resources
from server.web.bundles import ENCODINGS, BundleError, Bundles
from server.words import browser
from support.worker import worker

STATIC = resources().static
PAGES = ("ballot", "home", "host", "screen")


@pytest.fixture
def static(tmp_path):
    """A folder of scripts and styles, filled with `static({"js/ballot/page.js": "…"})`."""

    def fill(sources):
        for name, text in sources.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return Bundles(tmp_path, "en").all()

    return fill


def test_each_page_has_its_script_and_all_have_styles():
    names = set(Bundles(STATIC, "en").all())
    assert {f"{page}.js" for page in PAGES} < names
    assert {f"{page}.css" for page in (*PAGES, "record")} < names


@pytest.mark.parametrize("around", ["{}", "@media (width) {{ {} }}"])
def test_what_a_selector_is_about_stays(static, around):
    """The space before a pseudo-class is a combinator, in a layer too."""
    inside = (
        ".a :is(td, th):not(.b) { color: red }",
        ".a ::before, .a > :first-child { color: red }",
    )
    joined = static(
        {
            "css/pages/ballot.css": '@import url("../parts.css") layer(parts);\n',
            "css/parts.css": "\n".join(around.format(each) for each in inside),
        }
    )
    sheet = joined["ballot.css"].body.decode()
    for selector in (".a *:is(td,th):not(.b)", ".a *::before", ".a>:first-child"):
        assert selector in sheet


def test_a_module_stands_after_all_that_it_imports_and_only_once(static):
    joined = static(
        {
            "js/ballot/page.js": 'import { b } from "./b.js";\nimport { a } from "../a.js";\nb(a);\n',
            "js/ballot/b.js": 'import { a as first } from "../a.js";\n'
            "/** Says it. */\nexport function b(it) {\n  return first + it;\n}\n",
            "js/a.js": "export const a = 1;\n",
        }
    )
    script = joined["ballot.js"].body.decode()
    assert script.index("const _a=") < script.index("const _ballot_b=") < script.index("b(a)")
    assert script.count("const a=1") == 1
    assert "const{a:first}=_a" in script.replace("{ ", "{").replace(" }", "}").replace(": ", ":")
    assert "Says it" not in script
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)


def test_what_a_page_loads_later_is_a_script_that_shares_its_modules(static):
    now, later = browser.ids_of("en")[:2]
    joined = static(
        {
            "js/ballot/page.js": 'import { a } from "../a.js";\nimport { t } from "../words.js";\n'
            f't("{now}", a);\nconst {{ more }} = await import("../more.js");\n',
            "js/more.js": 'import { a } from "./a.js";\nimport { b } from "./b.js";\n'
            f'import {{ t }} from "./words.js";\nexport const more = [a, b, t("{now}"), t("{later}")];\n',
            "js/a.js": "export const a = 1;\n",
            "js/b.js": "export const b = 2;\n",
            "js/words.js": "export const t = () => {};\nexport const addMessages = () => {};\n",
        }
    )
    first = joined["ballot.js"].body.decode()
    second = joined["ballot-more.js"].body.decode()
    assert 'await import("./ballot-more.js")' in first
    assert first.endswith("\nexport { _a, _words };\n")
    assert f'"{later}":' not in first
    assert "const b=2" not in first
    assert second.startswith('import { _a, _words } from "./ballot.js";\n_words.addMessages({')
    assert (f'"{now}":' in second, f'"{later}":' in second) == (False, True)
    assert ("const a=1" in second, "const b=2" in second) == (False, True)
    assert second.endswith("export const { more } = _more;\n")


@pytest.mark.parametrize(
    "line",
    [
        'import "./b.js";',
        'import * as all from "./b.js";',
        "export default 1;",
        "export let changing = 1;",
        "export { one };",
        'export * from "./b.js";',
    ],
)
def test_a_form_that_cannot_be_joined_is_named_with_its_file(static, line):
    with pytest.raises(
        BundleError, match=re.escape(f"ballot/page.js cannot be joined with others: {line}")
    ):
        static({"js/ballot/page.js": f"{line}\n", "js/ballot/b.js": ""})


def test_a_circle_of_modules_is_named(static):
    with pytest.raises(BundleError, match=r"in a circle: .*ballot/page\.js"):
        static(
            {
                "js/ballot/page.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "js/ballot/b.js": 'import { a } from "./page.js";\nexport const b = 1;\n',
            }
        )


def test_a_script_has_the_sentences_that_it_says_and_no_others(static):
    said, other = browser.ids_of("en")[:2]
    script = static({"js/ballot/page.js": f't("{said}");\n'})["ballot.js"].body.decode()
    assert script.startswith('globalThis.stackvoteWords={"language":"en","messages":{')
    assert f'"{said}":' in script
    assert f'"{other}":' not in script


@pytest.mark.parametrize("page", PAGES)
def test_each_sentence_that_the_modules_name_comes_with_them(page):
    script = Bundles(STATIC, "en").all()[f"{page}.js"].body.decode()
    sentences, modules = script.split("\n", 1)
    named = set(re.findall(r'\bt\("([\w-]+)"', modules))
    assert named
    assert {name for name in named if f'"{name}":' not in sentences} == set()


def test_style_sheets_are_joined_in_their_layers(static):
    joined = static(
        {
            "css/pages/home.css": '@import url("../all.css");\n@import url("../home.css") layer(pages);\n',
            "css/all.css": '@layer parts, pages;\n\n@import url("one.css") layer(parts);\n',
            "css/one.css": "/* One. */\n.one {\n  color: red;\n}\n",
            "css/home.css": ".home {\n  color: blue;\n}\n",
        }
    )
    assert joined["home.css"].body.decode() == (
        "@layer parts,pages;@layer parts{.one{color:red}}@layer pages{.home{color:blue}}"
    )


async def test_a_bundle_is_sent_compressed_to_those_who_accept_it(embedded):
    plain = {"br": brotli.decompress, "gzip": gzip.decompress}
    assert set(plain) == set(ENCODINGS)
    async with worker(embedded) as server:
        address = f"/static/{server.site.static_version}/pages/ballot.js"
        whole = await server.fetch(address, decompress_response=False)
        assert "Content-Encoding" not in whole.headers
        for encoding, decompressed in plain.items():
            got = await server.fetch(
                address, headers={"Accept-Encoding": encoding}, decompress_response=False
            )
            assert got.headers["Content-Encoding"] == encoding
            assert got.headers["Vary"] == "Accept-Encoding"
            assert got.headers["Content-Type"] == "text/javascript; charset=UTF-8"
            assert got.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert decompressed(got.body) == whole.body
            assert len(got.body) < len(whole.body) / 3
            known = {"Accept-Encoding": encoding, "If-None-Match": got.headers["Etag"]}
            again = await server.fetch(address, headers=known, decompress_response=False)
            assert (again.code, again.body) == (304, b"")
        missing = await server.fetch(f"/static/{server.site.static_version}/pages/none.js")
        assert missing.code == 404
        other = await server.fetch("/static/abcdef/pages/ballot.js")
        assert (other.body, other.headers["Cache-Control"]) == (whole.body, "no-cache")


async def test_a_page_is_compressed_unless_it_holds_a_key_or_a_ballot(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        _, cookie = await server.open_link(f"/b/{code}/host?key={key}")

        async def encoding(path, **headers):
            headers |= {"Accept-Encoding": "gzip, br"}
            got = await server.fetch(path, headers=headers, decompress_response=False)
            assert got.code == 200
            packed = got.headers.get("Content-Encoding")
            text = gzip.decompress(got.body) if packed else got.body
            assert text.startswith(b"<!doctype html>")
            return packed

        assert await encoding("/") == "gzip"
        assert await encoding(f"/b/{code}") == "gzip"
        assert await encoding(f"/b/{code}/screen") == "gzip"
        assert await encoding(f"/b/{code}/host", Cookie=cookie) is None
