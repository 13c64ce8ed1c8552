import pytest
from one_process import worker

from server.web.files import version_of


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
async def test_an_origin_that_is_no_address_is_nobodys(embedded, method):
    async with worker(embedded) as server:
        path = f"/static/{server.site.static_version}/css/tokens.css"
        body = b"" if method == "POST" else None
        got = await server.fetch(path, body, headers={"Origin": "http://[::1"})
        assert got.code == (403 if method == "POST" else 200)
