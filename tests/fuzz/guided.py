"""Search inputs for one of the parsers by code coverage, with atheris.

python -m fuzz.guided messages --seconds 60 --seed 1
"""

import importlib
import sys
import tempfile
from pathlib import Path

import atheris

from fuzz.asking import asked
from fuzz.corpus import FOLDER

MOST = 16_384
"""The longest input, in bytes."""


def search(name, seconds, seed):
    """Search until the time is over; ends the process."""
    with atheris.instrument_imports(include=["server"]):
        target = importlib.import_module(f"fuzz.{name}")
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        begin, words = Path(folder) / "begin", Path(folder) / "words"
        begin.mkdir()
        for n, data in enumerate(each for each in target.seeds() if len(each) <= MOST):
            (begin / f"{n}").write_bytes(data)
        encoded = ["".join(f"\\x{byte:02x}" for byte in word.encode()) for word in target.TOKENS]
        words.write_text("".join(f'"{word}"\n' for word in encoded))
        atheris.Setup(
            [
                sys.argv[0],
                f"-max_total_time={seconds}",
                f"-seed={seed}",
                f"-dict={words}",
                f"-max_len={MOST}",
                "-rss_limit_mb=1500",
                "-timeout=60",
                "-report_slow_units=60",
                "-print_final_stats=1",
                f"-artifact_prefix={FOLDER / name}/",
                str(begin),
                str(FOLDER / name),
            ],
            target.check,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    wanted = asked("name")
    search(wanted.name, wanted.seconds, wanted.seed)
