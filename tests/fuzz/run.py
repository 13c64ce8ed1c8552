"""Run all fuzzers, each in processes of its own, two at a time: `make fuzz`.

SECONDS says how long each of them searches, half an hour where it is not given; names as
arguments choose some of them. Ends with 1 where any of them has found something.
"""

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

FUZZERS = {
    "frames": ("fuzz.thrown", "frames"),
    "lines": ("fuzz.thrown", "lines"),
    "api": ("fuzz.api",),
    "messages": ("fuzz.drawn", "messages"),
    "messages, guided": ("fuzz.guided", "messages"),
    "templates": ("fuzz.drawn", "templates"),
    "templates, guided": ("fuzz.guided", "templates"),
    "entries": ("fuzz.drawn", "entries"),
    "entries, guided": ("fuzz.guided", "entries"),
}
AT_ONCE = 2
GRACE = 300
"""Seconds after its time in which a fuzzer has to end, or it hangs."""


def run(name, seconds):
    """Run one to its end; say whether it found nothing."""
    module, *more = FUZZERS[name]
    seed = random.SystemRandom().getrandbits(31)
    command = ["-m", module, *more, "--seconds", str(seconds), "--seed", str(seed)]
    began = time.monotonic()
    try:
        ended = subprocess.run(
            [sys.executable, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds + GRACE,
            check=False,
        )
        said, well = ended.stdout.decode(errors="replace"), ended.returncode == 0
    except subprocess.TimeoutExpired as hung:
        said, well = (hung.stdout or b"").decode(errors="replace") + "\nIt hangs.", False
    lines = said.splitlines()
    print(f"── {name}: {'nothing' if well else 'FOUND'}, {time.monotonic() - began:.0f} s")
    print(f"   python {' '.join(command)}")
    if well:
        kept = [line for line in lines if line.endswith((" inputs", " cases")) or " MB " in line]
        kept += [line for line in lines if " generated" in line or "executed_units" in line]
        print("".join(f"   {line.strip()}\n" for line in kept), end="", flush=True)
    else:
        print("\n".join(lines[-200:]), flush=True)
    return well


def main():
    seconds = int(os.environ.get("SECONDS") or 1800)
    names = sys.argv[1:]
    wanted = [name for name in FUZZERS if not names or name.partition(",")[0] in names]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        well = list(pool.map(lambda name: run(name, seconds), wanted))
    print(f"{sum(well)} passed, {len(well) - sum(well)} failed")
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
