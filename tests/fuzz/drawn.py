"""Draw inputs for one of the readers with Hypothesis until the time is over.

python -m fuzz.drawn messages --seconds 60 --seed 1
"""

import argparse
import importlib
import itertools
import random
import sys
import time

from fuzz.corpus import save
from hypothesis import HealthCheck, Phase, given, seed, settings

AT_A_TIME = 200


def search(name, first, until):
    """Give how many inputs were tried. Raises what went wrong with the smallest of them."""
    target = importlib.import_module(f"fuzz.{name}")
    dice, tried, last = random.Random(first), 0, b""

    def attempt(data):
        nonlocal tried, last
        tried, last = tried + 1, data
        target.check(data)

    try:
        for data in target.seeds():
            attempt(data)
        for _ in itertools.takewhile(lambda _: time.monotonic() < until, itertools.count()):
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
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    tried = search(asked.name, asked.seed, time.monotonic() + asked.seconds)
    print(f"{tried} inputs", file=sys.stdout)
