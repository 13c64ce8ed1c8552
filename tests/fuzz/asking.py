"""The command line of a fuzzer, and its time limit."""

import argparse
import random
import time


def asked(*names):
    """Parse the arguments; print the seed, so that the run can be repeated."""
    parser = argparse.ArgumentParser()
    for name in names:
        parser.add_argument(name)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(31))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    return arguments


def turns(seconds):
    """Yield until the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
