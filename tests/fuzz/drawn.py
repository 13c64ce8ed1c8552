"""Draw inputs for one of the parsers with Hypothesis until the time is over.

python -m fuzz.drawn messages --seconds 60 --seed 1
"""

import importlib
import random

from hypothesis import HealthCheck, Phase, given, seed, settings

from fuzz.asking import asked, turns
from fuzz.corpus import save

AT_A_TIME = 200


def search(name, first, seconds):
    """Return the number of inputs tried. Raises the failure of the smallest failing input."""
    target = importlib.import_module(f"fuzz.{name}")
    dice, tried, last = random.Random(first), 0, b""

    def attempt(data):
        nonlocal tried, last
        tried, last = tried + 1, data
        target.check(data)

    try:
        for data in target.seeds():
            attempt(data)
        for _ in turns(seconds):
            runs = given(target.sessions())(attempt)
            runs = settings(
                max_examples=AT_A_TIME,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate, Phase.shrink),
            )(runs)
            seed(dice.getrandbits(32))(runs)()
    except BaseException:
        print(f"kept: {save(name, last)}")
        raise
    return tried


if __name__ == "__main__":
    wanted = asked("name")
    tried = search(wanted.name, wanted.seed, wanted.seconds)
    print(f"{tried} inputs")
