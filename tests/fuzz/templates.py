"""Templates: any file is either a template, or an error in words that names the line."""

import re
import time

import msgspec
from hypothesis import strategies as st

from server.domain.templates import MAX_BYTES, Template, TemplateError, parse_template
from server.resources import resources

PATIENCE = 10.0
"""CPU seconds; a file of maximum size takes PyYAML several."""
BOARDS = sorted((resources().data / "boards").glob("*.yaml"))
HEADS = [b"".join(path.read_bytes().splitlines(keepends=True)[:24]) for path in BOARDS]
PLAIN = b"title: T\noptions:\n  - {name: A, tags: [x], hue: 7}\n  - name: B\n    link: https://b.example/\n"


def check(data):
    """Read it. Raises AssertionError, or any other failure."""
    text = data.decode(errors="replace")
    began = time.process_time()
    try:
        template = parse_template(text, "x.yaml")
    except TemplateError as error:
        lines = len(re.findall("\r\n|[\r\n\x85\u2028\u2029]", text)) + 1
        assert 1 <= error.line <= lines, error
        assert str(error).startswith(f"x.yaml:{error.line}: ")
        assert error.problem
        str(error).encode(errors="strict")
    else:
        encoded = msgspec.json.encode(template)
        assert msgspec.json.decode(encoded, type=Template) == template
    assert time.process_time() - began < PATIENCE


def _bombs():
    laughs = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    yield "a0: &a0 [lol]\n" + laughs + "title: *a9\n"
    yield "title: &t T\noptions: [{name: *t}]\n"
    yield "title: T\noptions: &o [*o]\n"
    yield "title: " + "[" * 5000 + "]" * 5000
    yield "- " * 5000
    yield "? " * 2000
    yield "{" * 3000
    yield "title: !!python/object/apply:os.system [true]\n"
    yield "title: !!binary aGk=\noptions: !!set {a, b}\n"
    yield "title: T\ntitle: T\n"
    yield "title: 2024-01-01\noptions: [{name: .nan}, {name: .inf}, {name: 0x10}, {name: 1_0}]\n"
    yield "title: T\noptions: [{name: A, hue: " + "9" * 5000 + "}]\n"
    yield "title: 1e" + "9" * 400 + "\n"
    yield "title: 1:" + "59:" * 3000 + "59\n"
    yield "<<: {title: T}\noptions: []\n"
    yield "%YAML " + "9" * 5000 + ".1\n---\ntitle: T\n"
    yield "%TAG ! tag:x," + "y" * 5000 + ":\n---\n!a title: T\n"
    yield 'title: "\\UFFFFFFFF"\n'
    yield "title: |9\n x\n"
    yield "--- \n" * 4000
    for unit in (
        "a: ",
        "- a\n",
        "a\n",
        "'",
        '"',
        "#\n",
        "\n",
        " ",
        "&a ",
        "!a ",
        "[a,",
        "a,\n",
        "\t",
        "? a\n",
        "\u2028",
        "{a: ",
        "a: |\n",
        "  - name: x\n",
    ):
        yield "title: T\noptions:\n" + unit * ((MAX_BYTES - 32) // len(unit.encode()))


def seeds():
    yield from HEADS
    yield PLAIN
    yield from (bomb.encode(errors="surrogatepass") for bomb in _bombs())


SHARDS = [
    *("\t", ":", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "!x ", "|", ">", "'", '"'),
    *("#", "%", "@", "`", "?", "? ", "---\n", "...\n", "no", "null", "~", "1e9", "2024-01-01"),
    *("<<", "\\x", "\x00", "\x85", "\u2028", "\ufeff", "\r", "%YAML 9.9\n", "%TAG ! x\n", "!<"),
    *("9" * 30, "title: x\n", "  - name: x\n", "\n", "criteria:\n", "weight: .inf", "hue: -1"),
]
TOKENS = SHARDS


@st.composite
def sessions(draw):
    """Damage a valid file."""
    text = draw(st.sampled_from([*HEADS, PLAIN])).decode()
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 40))
        text = text[:start] + draw(st.sampled_from(SHARDS) | st.text(max_size=6)) + text[end:]
    return text.encode(errors="surrogatepass")
