"""Draws an SVG from standard input as a PNG to standard output, in a process of its own.

The renderer holds Python's lock while it works, for a fifth of a second: in a worker, votes would
wait for it. What it could not draw is written to standard error, a line for each.
"""

import os
import sys


def main() -> None:
    """Draw one picture."""
    import resvg_py  # noqa: PLC0415 - optional, and needed here alone

    os.nice(10)
    # The renderer prints what it has to say.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        svg = sys.stdin.buffer.read().decode()
        out.write(resvg_py.svg_to_bytes(svg_string=svg, log_information=True))


if __name__ == "__main__":
    main()
