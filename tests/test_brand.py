"""An operator's brand: read strictly, and never hard to read."""

import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.brand import (
    LEAST,
    MAX_LOGO,
    ON_ACCENT,
    STACKVOTE,
    SURFACES,
    Brand,
    BrandError,
    contrast,
    low_contrasts,
    read_brand,
)

TOKENS = (Path(__file__).parents[1] / "static/css/tokens.css").read_text()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


def png(width=64, height=64):
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
        + struct.pack(">II", width, height)
        + b"\x08\x06\0\0\0"
    )


def written(folder, text, **files):
    for name, body in files.items():
        (folder / name).write_bytes(body)
    path = folder / "brand.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def value(token):
    """The value of a token of the first tier."""
    (found,) = set(re.findall(rf"--{token}: (#\w+);", TOKENS))
    return found if len(found) == 7 else "#" + "".join(2 * each for each in found[1:])


def test_without_a_file_it_is_our_own():
    assert read_brand(None) == STACKVOTE
    assert (STACKVOTE.is_own, STACKVOTE.styles()) == (False, "")


def test_our_own_is_that_of_the_styles_and_can_be_read():
    assert [value(f"brand-{theme}") for theme in SURFACES] == [*STACKVOTE[1:4]]
    assert list(low_contrasts(STACKVOTE)) == []


def test_colours_are_compared_with_what_the_pages_have_behind_them():
    light = {"the page": "sand-1", "cards": "sand-0", "washes": "sand-2"}
    dim = {"the page": "slate-10", "cards": "slate-9", "washes": "slate-8"}
    for theme, tokens in {"light": light, "dark": dim, "stage": dim}.items():
        for name, colour in SURFACES[theme].items():
            assert value(tokens[name]) == colour
    meanings = {"bg": "page", "card": "cards", "wash": "washes"}
    for meaning, surface in meanings.items():
        (pair,) = re.findall(
            rf"--{meaning}: var\(--light, var\(--([\w-]+)\)\) var\(--dim, var\(--([\w-]+)\)\);",
            TOKENS,
        )
        key = surface if surface != "page" else "the page"
        assert pair == (light[key], dim[key])
    assert [value("sand-0"), value("slate-10"), value("slate-10")] == [*ON_ACCENT.values()]


def test_everything_can_be_given(tmp_path):
    text = """
name: "  Acme   votes "
accent: {light: "#05f", dark: "#7FB0FF", stage: "#9cc2ff"}
logo: logo.svg
"""
    brand = read_brand(written(tmp_path, text, **{"logo.svg": SVG}))
    assert brand[:4] == ("Acme votes", "#0055ff", "#7fb0ff", "#9cc2ff")
    assert brand.logo.content_type == "image/svg+xml"
    assert brand.is_own
    assert brand.styles().startswith(":root{--brand-light:#0055ff;--brand-light-pressed:#")
    assert "--brand-light-wash:rgb(0 85 255 / 0.1)" in brand.styles()
    logo = read_brand(written(tmp_path, f"logo: {tmp_path / 'l.png'}", **{"l.png": png()})).logo
    assert logo == (png(), "image/png")


def test_what_is_left_out_stays_ours(tmp_path):
    brand = read_brand(written(tmp_path, 'accent: {light: "#0b5fff"}'))
    assert brand == STACKVOTE._replace(light="#0b5fff")
    assert "stage" not in brand.styles()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: "),
        ("- a list", "line 1: Write fields: name, accent, logo."),
        ("nom: Acme", "line 1, nom: There is no field nom. There are: name, accent, logo."),
        ("name: ''", "line 1, name: Write a name of 1 to 40 characters"),
        ("name: 42", "line 1, name: "),
        (f"name: {41 * 'x'}", "1 to 40 characters"),
        ('name: "a\\u202eb"', "1 to 40 characters"),
        ("accent: blue", "line 1, accent: Write fields: light, dark, stage."),
        ("accent: {night: '#fff'}", "There is no field night. There are: light, dark, stage."),
        ("accent:\n  light: #0b5fff", "line 2, accent.light: It is empty. A colour stands in quotation marks."),
        ("accent:\n  dark: '#12345'", 'line 2, accent.dark: Write a colour as "#0b5fff"'),
        ("accent: {dark: red}", 'Write a colour as "#0b5fff"'),
        ("accent: {dark: '#ffffff;}*{x:url(//x)'}", 'Write a colour as "#0b5fff"'),
        ("logo: 1", "line 1, logo: Write the name of a file, SVG or PNG."),
        ("logo: none.svg", "none.svg cannot be read: No such file or directory."),
        ("logo: .", "cannot be read: Is a directory."),
        ('logo: "a\\0b"', "line 1"),
        ("logo: large.svg", "large.svg is larger than 128 KiB."),
        ("logo: doctype.svg", "is neither a PNG nor an SVG without a document type."),
        ("logo: text.svg", "is neither a PNG nor an SVG without a document type."),
        ("logo: html.svg", "is neither a PNG nor an SVG without a document type."),
        ("logo: wide.png", "wide.png is 5000 by 1 pixels; at most 4096 are allowed on each side."),
        (b"name: \xff", "it is not UTF-8 text."),
        (17000 * " ", "is larger than 16 KiB."),
    ],
)  # fmt: skip
def test_each_mistake_has_a_sentence_of_its_own(tmp_path, text, words):
    files = {
        "large.svg": SVG + MAX_LOGO * b" ",
        "doctype.svg": b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG,
        "text.svg": b"hello",
        "html.svg": b"<html></html>",
        "wide.png": png(5000, 1),
    }
    with pytest.raises(BrandError) as error:
        read_brand(written(tmp_path, text, **files))
    assert words in str(error.value)
    assert "brand.yaml" in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BrandError, match=r"none\.yaml cannot be read: No such file"):
        read_brand(str(tmp_path / "none.yaml"))


def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(tmp_path):
    with pytest.raises(BrandError) as error:
        read_brand(written(tmp_path, 'accent: {light: "#fc0", stage: "#0b5fff"}'))
    assert str(error.value).endswith(
        "accent.light is #ffcc00: text on the accent (#ffffff) has a contrast of 1.51:1, and needs "
        "4.5:1; #856a00 would pass. accent.stage is #0b5fff: text on the accent (#0c101a) has a "
        "contrast of 3.7:1, and needs 7:1; #75a5ff would pass."
    )


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#3b5bd4", "#3b5bd4") == 1


COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(COLOURS, st.sampled_from([*SURFACES]))
def test_the_colour_that_is_proposed_passes(colour, theme):
    sentences = list(low_contrasts(Brand(**{theme: colour})))
    worst = min(contrast(colour, other) for other in (ON_ACCENT[theme], *SURFACES[theme].values()))
    assert bool(sentences) == (worst < LEAST[theme])
    for sentence in sentences:
        (proposed,) = re.findall(r"(#\w{6}) would pass", sentence)
        assert list(low_contrasts(Brand(**{theme: proposed}))) == []


@given(COLOURS, st.sampled_from([*SURFACES]))
def test_text_on_a_pressed_button_can_be_read(colour, theme):
    brand = Brand(**{theme: colour})
    if not list(low_contrasts(brand)) and brand.is_own:
        (pressed,) = re.findall(rf"--brand-{theme}-pressed:(#\w+)", brand.styles())
        assert contrast(pressed, ON_ACCENT[theme]) >= LEAST[theme]
