import json
import re

import pytest

from server.web.static_files import static_version, version_of
from server.words import catalogue
from server.words.catalogue import words
from support.worker import worker


async def test_what_is_of_this_version_is_kept_for_good_and_other_versions_are_not(embedded):
    async with worker(embedded) as server:
        version = server.site.static_version
        got = await server.fetch(f"/static/{version}/css/tokens.css")
        assert got.code == 200
        assert got.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        other = await server.fetch("/static/abcdef/css/tokens.css")
        assert (other.code, other.body) == (200, got.body)
        assert other.headers["Cache-Control"] == "no-cache"
        head = await server.fetch(f"/static/{version}/css/tokens.css", method="HEAD")
        assert head.headers["Content-Length"] == str(len(got.body))
        known = await server.fetch(
            f"/static/{version}/css/tokens.css", headers={"If-None-Match": got.headers["Etag"]}
        )
        assert known.code == 304


@pytest.mark.parametrize(
    "path",
    [
        "../pyproject.toml",
        "..%2fpyproject.toml",
        "css/../../pyproject.toml",
        "%2e%2e/pyproject.toml",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "css",
        "nothing.js",
        "%00",
    ],
)
async def test_nothing_else_is_given_out(embedded, path):
    async with worker(embedded) as server:
        got = await server.fetch(f"/static/{server.site.static_version}/{path}")
        assert got.code in {301, 400, 403, 404}
        assert b"stackvote" not in got.body.lower() or got.code == 404
        assert b"root:" not in got.body


def test_the_version_changes_with_any_name_and_any_content(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.js").write_text("1")
    seen = [version_of(tmp_path)]
    (tmp_path / "a" / "one.js").write_text("2")
    seen.append(version_of(tmp_path))
    (tmp_path / "a" / "one.js").rename(tmp_path / "a" / "two.js")
    seen.append(version_of(tmp_path))
    assert len(set(seen)) == 3
    assert version_of(tmp_path) == seen[-1]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_origin_that_is_no_address_is_no_ones(embedded, method):
    async with worker(embedded) as server:
        path = f"/static/{server.site.static_version}/css/tokens.css"
        body = b"" if method == "POST" else None
        got = await server.fetch(path, body, headers={"Origin": "http://[::1"})
        assert got.code == (403 if method == "POST" else 200)


async def test_the_manifest_describes_the_site_in_the_language_of_its_pages(embedded):
    async with worker(embedded) as server:
        address = f"/static/{server.site.static_version}/stackvote.webmanifest"
        assert f'<link rel="manifest" href="{address}">' in (await server.fetch("/")).body.decode()
        got = await server.fetch(address)
        assert got.headers["Content-Type"] == "application/manifest+json"
        assert got.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        manifest = json.loads(got.body)
        assert manifest["description"] == words("site-description")
        assert (manifest["lang"], manifest["name"]) == ("en", "Stackvote")
        other = await server.fetch("/static/abcdef/stackvote.webmanifest")
        assert (other.body, other.headers["Cache-Control"]) == (got.body, "no-cache")
        head = await server.fetch(address, method="HEAD")
        assert (head.code, head.headers["Content-Length"]) == (200, str(len(got.body)))


async def test_the_service_worker_is_asked_for_anew_each_time_and_may_only_talk_to_the_server(
    embedded,
):
    async with worker(embedded) as server:
        got = await server.fetch("/worker.js")
        assert got.code == 200
        assert got.headers["Content-Type"] == "text/javascript; charset=UTF-8"
        assert got.headers["Cache-Control"] == "no-cache"
        policy = "default-src 'none'; connect-src 'self'"
        assert got.headers["Content-Security-Policy"] == policy
        # A worker of the plain kind, which every browser has, knows no modules.
        assert not re.search(rb"^(import|export)\b", got.body, re.MULTILINE)
        known = await server.fetch("/worker.js", headers={"If-None-Match": got.headers["Etag"]})
        assert known.code == 304


async def test_the_icons_of_the_manifest_and_of_the_pages_are_there(embedded):
    async with worker(embedded) as server:
        static = f"/static/{server.site.static_version}"
        manifest = json.loads((await server.fetch(f"{static}/stackvote.webmanifest")).body)
        for icon in manifest["icons"]:
            got = await server.fetch(f"{static}/{icon['src']}")
            assert (got.code, got.headers["Content-Type"]) == (200, icon["type"])
            if icon["type"] == "image/png":
                side = int.from_bytes(got.body[16:20])
                assert icon["sizes"] == f"{side}x{side}"
        assert {icon.get("purpose", "any") for icon in manifest["icons"]} == {"any", "maskable"}
        html = (await server.fetch("/")).body.decode()
        touch = re.search(r'<link rel="apple-touch-icon" href="([^"]+)">', html)[1]
        assert (await server.fetch(touch)).headers["Content-Type"] == "image/png"
        assert f'<meta name="theme-color" content="{server.site.brand.light}">' in html


LOGO = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


async def test_a_brand_is_on_every_page_and_its_logo_can_run_nothing(embedded, tmp_path):
    (tmp_path / "logo.svg").write_bytes(LOGO)
    brand = tmp_path / "brand.yaml"
    brand.write_text('name: "Acme <b>"\nlogo: logo.svg\naccent: {light: "#0b5fff"}')
    async with worker(embedded, brand=str(brand)) as server:
        code, key = await server.board()
        _, cookie = await server.open_link(f"/b/{code}/host?key={key}")
        static = f"/static/{server.site.static_version}"
        for path in (
            "",
            "nothing",
            *(f"b/{code}{end}" for end in ("", "/screen", "/host", "/record")),
        ):
            html = (await server.fetch(f"/{path}", headers={"Cookie": cookie})).body.decode()
            assert "Acme &lt;b&gt;</title>" in html
            assert f'<img class="logo-mark" src="{static}/brand/logo" alt="">' in html
            assert f'<link rel="icon" href="{static}/brand/logo" type="image/svg+xml">' in html
            assert "Stackvote" not in html
        logo = await server.fetch(f"{static}/brand/logo")
        assert (logo.code, logo.body) == (200, LOGO)
        assert logo.headers["Content-Type"] == "image/svg+xml"
        assert logo.headers["X-Content-Type-Options"] == "nosniff"
        assert logo.headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        )
        assert "immutable" in logo.headers["Cache-Control"]
        manifest = json.loads((await server.fetch(f"{static}/stackvote.webmanifest")).body)
        assert (manifest["name"], manifest["theme_color"]) == ("Acme <b>", "#0b5fff")
        assert [icon["src"] for icon in manifest["icons"]] == ["brand/logo"]
        styles = (await server.fetch(f"{static}/pages/ballot.css")).body.decode()
        assert styles.rindex("--brand-light:#0b5fff") > styles.rindex("--brand-light:#3b5bd4")
        more = (await server.fetch(f"{static}/pages/ballot-results.css")).body.decode()
        assert "--brand" not in more


async def test_without_a_brand_there_is_no_logo_of_it(embedded):
    async with worker(embedded) as server:
        missing = await server.fetch(f"/static/{server.site.static_version}/brand/logo")
        assert missing.code == 404


async def test_each_page_loads_one_script_and_one_style_sheet(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        _, cookie = await server.open_link(f"/b/{code}/host?key={key}")
        pages = {"": "home", f"b/{code}": "ballot", f"b/{code}/screen": "screen"}
        for path, page in (pages | {f"b/{code}/host": "host"}).items():
            html = (await server.fetch(f"/{path}", headers={"Cookie": cookie})).body.decode()
            assert re.findall(r'<script type="module" src="/static/[0-9a-f]+/(.*?)"', html) == [
                f"pages/{page}.js"
            ]
            assert re.findall(r'"stylesheet" href="/static/[0-9a-f]+/(.*?)"', html) == [
                f"pages/{page}.css"
            ]


def test_the_version_changes_with_the_words_of_the_scripts(tmp_path, monkeypatch):
    before = static_version(tmp_path)
    assert static_version(tmp_path) == before
    monkeypatch.setattr(catalogue, "sources", lambda _: {"one.ftl": {"one": "one = One"}})
    assert static_version(tmp_path) != before
