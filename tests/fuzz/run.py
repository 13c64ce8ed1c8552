"""Run all fuzzers, each in its own processes, two at a time: `make fuzz`.

SECONDS is how long each kind of input is searched, half an hour by default; names as arguments
select some of them. Exits with 1 if any of them has found something.
"""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

FUZZERS = {
    "frames": (1, "fuzz.thrown", "frames"),
    "api": (1, "fuzz.api"),
    "lines": (0.5, "fuzz.thrown", "lines"),
    "messages": (0.5, "fuzz.drawn", "messages"),
    "messages, guided": (0.5, "fuzz.guided", "messages"),
    "templates": (0.5, "fuzz.drawn", "templates"),
    "templates, guided": (0.5, "fuzz.guided", "templates"),
    "entries": (0.5, "fuzz.drawn", "entries"),
    "entries, guided": (0.5, "fuzz.guided", "entries"),
}
"""The share of the time that each fuzzer gets, and its module and arguments."""
AT_ONCE = 2
GRACE = 300
"""Seconds after its time within which a fuzzer must end; otherwise it hangs."""


def run(name, seconds):
    """Run one fuzzer to its end; return whether it found nothing."""
    share, module, *more = FUZZERS[name]
    seconds = max(1, round(seconds * share))
    seed = random.SystemRandom().getrandbits(31)
    command = ["-m", module, *more, "--seconds", str(seconds), "--seed", str(seed)]
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        process_group=0,
    ) as process:
        try:
            said = process.communicate(timeout=seconds + GRACE)[0]
        except subprocess.TimeoutExpired:
            # Including the server that it started.
            os.killpg(process.pid, signal.SIGKILL)
            said = process.communicate()[0] + b"\nIt hangs."
    well = process.returncode == 0
    lines = said.decode(errors="replace").splitlines()
    print(f"── {name}: {'found nothing' if well else 'FOUND'}, {time.monotonic() - began:.0f} s")
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
    if find_spec("atheris") is None:
        print("Without atheris, which is not made for this system: nothing is guided.")
        wanted = [name for name in wanted if "guided" not in name]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        well = list(pool.map(lambda name: run(name, seconds), wanted))
    print(f"{sum(well)} of {len(well)} fuzzers found nothing.")
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
