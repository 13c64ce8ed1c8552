"""Somebody who wants a file that is not given out."""

import urllib.parse

import pytest

from attacks.attempts import raw, request
from support.worker import worker

UP = ["..", "%2e%2e", "%2E.", ".%2e", "..%00", "%252e%252e", "..;", "..%c0%af", "%c0%ae%c0%ae"]
UP += ["..%ef%bc%8f", "\u2025", "..%5c", "..\\", "%uff0e%uff0e", "....//", "..././"]
SEPARATORS = ["/", "%2f", "%252f", "\\", "%5c", "//", "/./", "%c0%af", "%00/"]
ABSOLUTE = ["/etc/passwd", "%2fetc%2fpasswd", "//etc/passwd", "file:///etc/passwd", "C:/x", "%00"]


def attempts():
    for up in UP:
        for separator in SEPARATORS:
            for times in (1, 2, 5):
                yield up.join([""] * times + [""]) + separator + "pyproject.toml"
                yield (up + separator) * times + "pyproject.toml"
                yield f"css{separator}" + (up + separator) * (times + 1) + "server/app.py"
            yield (up + separator) * 8 + "etc/passwd"
    yield from ABSOLUTE


def is_ours(body):
    return any(word in body for word in (b"root:", b"[project]", b"import asyncio", b"sqlite"))


async def test_no_path_leads_out_of_the_files_that_are_given_out(embedded):
    async with worker(embedded) as server:
        version = server.site.static_version
        for path in sorted(set(attempts())):
            got = await raw(server, request(f"GET /static/{version}/{path} HTTP/1.1".encode()))
            assert got.status in {400, 403, 404}, path
            assert not is_ours(got.body), path


@pytest.mark.parametrize("version", ["..", "%2e%2e", "abc%2f..", "", "a/../..", "0", "f" * 5000])
async def test_the_version_in_the_path_is_no_folder(embedded, version):
    async with worker(embedded) as server:
        for path in ("css/tokens.css", "../pyproject.toml", "server/app.py", ""):
            got = await raw(server, request(f"GET /static/{version}/{path} HTTP/1.1"))
            if path == "css/tokens.css" and got.status == 200:
                assert version in {"0", "f" * 5000}  # Any other version is the file of now.
                assert "no-cache" in got.head
            else:
                assert got.status in {400, 403, 404}
                assert not is_ours(got.body)


async def test_other_roots_of_the_server_give_out_nothing(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        beside = ("templates/base.html", "data/boards/databases.yaml", "server/app.py", ".git/HEAD")
        beside += (
            "secret",
            ".stackvote/secret",
            ".env",
            "robots.txt/../server",
            "static/../secret",
        )
        for path in beside:
            for root in (
                "/",
                "/static/",
                f"/b/{code}/",
                "/api/",
                "/api/boards/",
                "/api/templates/",
            ):
                got = await raw(server, request(f"GET {root}{path} HTTP/1.1"))
                assert got.status == 404, (root, path)


async def test_no_folder_is_listed(embedded):
    async with worker(embedded) as server:
        version = server.site.static_version
        for path in ("", "css", "css/", "js/", ".", "./"):
            got = await raw(server, request(f"GET /static/{version}/{path} HTTP/1.1"))
            assert got.status in {403, 404}, path
            assert b"tokens.css" not in got.body


@pytest.mark.parametrize(
    "name",
    [
        "../boards/databases",
        "databases.yaml",
        "/etc/passwd",
        "..",
        "",
        "databases\x00",
        "DATABASES",
        "%2e%2e%2fdatabases",
        "__init__",
        "get",
        None,
        [],
        {},
        True,
    ],
)
async def test_a_template_is_named_and_not_searched_for(embedded, name):
    async with worker(embedded) as server:
        status, answer = await server.api("/api/boards", {"template": name})
        assert status in {400, 404}
        assert set(answer) == {"error"}
        if isinstance(name, str) and name and "\x00" not in name:  # Tornado takes these out.
            form = urllib.parse.urlencode({"template": name}).encode()
            assert (await server.fetch("/", form)).code == 404
