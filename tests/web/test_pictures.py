"""Pictures of a record over HTTP: drawn where a renderer and fonts are, else refused in words."""

import json
import os
import re
import struct
import subprocess
import sys

import pytest

from server.exports.picture import probe
from server.web import pictures
from server.web.pictures import NotDrawnError, Pictures
from web.test_record import meeting, worker

pytest.importorskip("resvg_py")


def has_fonts():
    done = subprocess.run(
        [sys.executable, "-m", "server.exports.raster"],
        input=probe().encode(),
        capture_output=True,
        check=True,
    )
    return b"No match for" not in done.stderr


FONTS = pytest.mark.skipif(not has_fonts(), reason="no fonts on this machine")


@pytest.fixture(autouse=True)
def nothing_drawn(monkeypatch):
    monkeypatch.setattr(pictures, "PICTURES", Pictures())


async def decided(played):
    await played.host.done("decide", option="flask", because="We know it.")


def preview(html):
    return dict(
        re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"', html)
    )


@FONTS
async def test_the_page_carries_the_picture_that_is_drawn(embedded):
    async with meeting(embedded, context='For "the" portal.') as played:
        await decided(played)
        meta = preview(await played.page())
        assert meta["og:title"] == "Which one? Flask"
        assert meta["og:description"] == "For &quot;the&quot; portal."
        assert meta["twitter:card"] == "summary_large_image"
        assert meta["og:url"].endswith(f"/b/{played.code}/record")
        address = meta["og:image"]
        assert address == meta["og:url"].replace(
            f"/b/{played.code}/record", f"/api/boards/{played.code}/record.png"
        )
        got = await played.get(re.sub(r"^https?://[^/]+", "", address))
        assert got.headers["Content-Type"] == "image/png"
        assert got.body.startswith(b"\x89PNG")
        assert struct.unpack(">II", got.body[16:24]) == (1200, 630)
        svg = await played.get("/api/boards/CODE/record.svg")
        assert svg.headers["Content-Type"] == "image/svg+xml"
        assert svg.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("file", ["record.svg", "record.png"])
async def test_a_hidden_round_is_refused_in_words(embedded, file):
    async with meeting(embedded, reveal=False) as played:
        got = await played.get(f"/api/boards/CODE/{file}")
        assert got.code == 409
        error = json.loads(got.body)["error"]
        assert error["code"] == "round_open"
        assert "Round 1 is not revealed yet" in error["message"]
        assert "og:image" not in preview(await played.page())
        assert preview(await played.page())["twitter:card"] == "summary"


async def test_without_the_renderer_the_page_has_no_picture_and_the_file_says_why(
    embedded, monkeypatch
):
    monkeypatch.setattr(pictures, "find_spec", lambda _: None)
    async with meeting(embedded) as played:
        await decided(played)
        html = await played.page()
        assert "og:image" not in preview(html)
        assert "/record.svg" in html
        got = await played.get("/api/boards/CODE/record.png")
        assert got.code == 501
        error = json.loads(got.body)["error"]
        assert error["code"] == "no_picture"
        assert (
            "its renderer is not installed. The same picture is at record.svg." in error["message"]
        )
        assert (await played.get("/api/boards/CODE/record.svg")).code == 200


async def test_a_machine_without_fonts_is_told():
    # As on such a machine, no family is found.
    svg = re.sub(r'font-family="[^"]+"', 'font-family="No such family"', probe())
    with pytest.raises(NotDrawnError, match="it has no fonts"):
        await Pictures().png(svg)


@FONTS
async def test_letters_that_no_font_has_are_named():
    # No font has a letter for a code point that is for private use, or for none.
    svg = probe().replace(">A<", ">A\U000f1234B<")
    made = Pictures()
    with pytest.raises(NotDrawnError, match="has no font for \U000f1234"):
        await made.png(svg)
    assert not await made.may_draw(svg)
    assert await made.may_draw(probe())


async def test_one_that_takes_too_long_fails_in_words_and_is_tried_again(monkeypatch):
    made = Pictures()
    monkeypatch.setattr(pictures, "PATIENCE", 0.0)
    with pytest.raises(NotDrawnError, match="Try again"):
        await made.png(probe())
    monkeypatch.undo()
    if has_fonts():
        assert await made.png(probe())


@FONTS
async def test_only_the_last_pictures_are_kept():
    made = Pictures()
    first = await made.png(probe())
    assert await made.png(probe()) is first
    for n in range(pictures.KEPT):
        await made.png(probe().replace('y="9"', f'y="{n + 10}"'))
    assert await made.png(probe()) is not first


def test_the_renderer_goes_behind_those_who_vote():
    before = os.nice(0)
    code = "import os, sys; from server.exports.raster import main; main(); sys.exit(os.nice(0))"
    done = subprocess.run(
        [sys.executable, "-c", code], input=probe().encode(), capture_output=True, check=False
    )
    assert done.returncode == min(19, before + 10)


async def test_an_unknown_board_has_no_picture(embedded):
    async with worker(embedded) as server:
        assert (await server.fetch("/api/boards/ZZZZZZ/record.svg")).code == 404
