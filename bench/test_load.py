"""The load generator's C files: layered includes, and no file that compiles only with others."""

import os
import re
import subprocess
from pathlib import Path

import pytest

LOAD = Path(__file__).parent / "load"
LAYERS = (
    ("runtime", "json", "websocket"),
    ("adapter",),
    ("workload",),
    ("client",),
    ("checks",),
    ("event_loop", "latency"),
    ("ramp_up",),
    ("main",),
)
"""From the bottom up, as in `README.md`."""
FILES = sorted(LOAD.glob("*.[ch]"))
STRICT = ("-Wall", "-Wextra", "-Wshadow", "-Wstrict-prototypes", "-Wmissing-prototypes", "-Werror")


def includes(file: Path) -> set[str]:
    found = re.findall(r'^#include "(\w+)\.h"$', file.read_text(), flags=re.MULTILINE)
    return set(found) - {file.stem}


def test_every_file_has_a_layer() -> None:
    assert {file.stem for file in FILES} == {name for layer in LAYERS for name in layer}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_includes_only_headers_of_lower_layers(file: Path) -> None:
    layer = next(n for n, names in enumerate(LAYERS) if file.stem in names)
    assert includes(file) <= {name for names in LAYERS[:layer] for name in names}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_compiles_on_its_own_without_warnings(file: Path, tmp_path: Path) -> None:
    language = "c-header" if file.suffix == ".h" else "c"
    command = [os.environ.get("CC", "cc"), *STRICT, "-x", language, "-c", str(file)]
    compiled = subprocess.run(
        [*command, "-O2", "-o", str(tmp_path / "out")], capture_output=True, text=True, check=False
    )
    assert compiled.returncode == 0, compiled.stderr


def test_the_layers_are_documented() -> None:
    page = (Path(__file__).parent / "README.md").read_text()
    documented = re.findall(r"`(\w+)`", page[page.index("layers from the bottom up") :])
    names = [name for layer in LAYERS for name in layer]
    assert documented[: len(names)] == names
