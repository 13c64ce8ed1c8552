"""Send invalid bytes to a real server until the time is over.

python -m fuzz.thrown frames --seconds 60 --seed 1
"""

import asyncio
import importlib
import random
import tempfile
import time
from pathlib import Path

from fuzz.asking import asked, turns
from fuzz.corpus import save
from fuzz.fuzz_server import GROWN_MB, encode, fuzzed_server

BATCH, AT_ONCE = 64, 16
WARM = 0.3
"""Share of the time after which nothing should grow any more."""


async def search(target, name, field, dice, seconds):
    """Return the number of cases sent. Raises the failure, after saving its case."""
    await field.serves()
    sockets, weight, thrown = field.sockets(), 0.0, 0
    warm = time.monotonic() + WARM * seconds
    for _ in turns(seconds):
        cases = [target.case(random.Random(dice.getrandbits(64))) for _ in range(BATCH)]
        thrown += BATCH
        try:
            await attempt(target, field, cases)
        except Exception:
            print(field.news())
            for case in await guilty(target, field, cases):
                print(f"kept: {save(name, encode(case))}")
            raise
        if not weight and time.monotonic() > warm:
            await field.is_left(sockets)
            weight = field.weight()
    await field.is_left(sockets)
    grown = field.weight() - weight
    print(
        f"{weight:.0f} MB warm, {grown:+.1f} MB at the end, {field.sockets()} of {sockets} sockets"
    )
    assert grown < GROWN_MB, f"the worker has grown by {grown:.0f} MB"
    return thrown


async def attempt(target, field, cases):
    """Send some cases, several at once; then check that all is well."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def throw(case):
        async with gate:
            target.check(case, await field.throw(case))

    await asyncio.gather(*map(throw, cases))
    await field.serves()
    field.is_calm()


async def guilty(target, field, cases):
    """Send the cases one by one, and return those that fail again."""
    found = []
    field.news()
    for case in cases:
        try:
            await attempt(target, field, [case])
        except Exception:
            found.append(case)
            field.news()
    return found


if __name__ == "__main__":
    wanted = asked("name")
    dice = random.Random(wanted.seed)
    target = importlib.import_module(f"fuzz.{wanted.name}")
    with tempfile.TemporaryDirectory() as folder, fuzzed_server(Path(folder)) as field:
        found = asyncio.run(search(target, wanted.name, field, dice, wanted.seconds))
    print(f"{found} cases")
