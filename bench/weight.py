"""Measure what a page loads the first time: `make bench-weight`.

A page loads its HTML, and what that names: a script, a style sheet and an icon. Over plain HTTP
browsers accept `gzip`, over TLS also `br`. Bytes are those of the answers as they travel, with
their headers. The live connection comes on top.
"""

import re
import socket
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import machine
from bench.generator import BenchError
from bench.harness import Measured, Scenario, options_parser, run_scenarios
from bench.results import WEIGHT, Measure
from bench.stackvote import Stackvote, running

PAGES = {"home": "/", "ballot": "/b/{code}", "screen": "/b/{code}/screen"}
ENCODINGS = {"gzip": "gzip, deflate", "br": "gzip, deflate, br, zstd", "nothing": "identity"}


def weight(server: Stackvote, path: str) -> Measured:
    sizes = {name: _sizes(server.port, path, header) for name, header in ENCODINGS.items()}
    return Measured(
        [
            Measure("requests", "", [len(sizes["gzip"])]),
            *(
                Measure(f"bytes, if the browser accepts {name}", "KB", [sum(each) / 1000])
                for name, each in sizes.items()
            ),
        ]
    )


def _sizes(port: int, path: str, encoding: str) -> list[int]:
    """Return the sizes of the answers for a page and for what it loads, in bytes."""
    html = _answer(port, path, "identity").decode()
    loaded = re.findall(
        r'<(?:script|link rel="(?:stylesheet|icon)")[^>]* (?:src|href)="(/[^"]+)', html
    )
    if not loaded:
        raise BenchError(f"The page at {path} loads nothing.")
    return [len(_answer(port, each, encoding)) for each in (path, *loaded)]


def _answer(port: int, path: str, encoding: str) -> bytes:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: {encoding}\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(f"{request}Connection: close\r\n\r\n".encode())
        answer = b"".join(iter(partial(line.recv, 65_536), b""))
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise BenchError(f"{path} was answered {answer[:40]!r}.")
    return answer


def main() -> int:
    options = options_parser("bench.weight", __doc__).parse_args()

    def scenarios(folder: Path) -> Iterator[Scenario]:
        with running(folder, "weight", machine.cores()) as server:
            code = server.open_board().path.split("/")[2]
            for name, path in PAGES.items():
                measure = partial(weight, server, path.format(code=code))
                yield Scenario(name, f"The {name} page", measure)

    return run_scenarios(WEIGHT, scenarios, options)


if __name__ == "__main__":
    sys.exit(main())
