"""What a fuzzer is asked for on its command line, and for how long."""

import argparse
import random
import time


def asked(*names):
    """Read the arguments; say the seed, so that the same can be asked for again."""
    parser = argparse.ArgumentParser()
    for name in names:
        parser.add_argument(name)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(31))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    return arguments


def turns(seconds):
    """Have one turn after the other until the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
