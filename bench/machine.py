"""The machine: which core does what, and what processes have cost it. Linux only."""

import os
import platform
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

STEADY_KIB = 64
"""Two looks at the memory that differ by no more show that it has come to rest."""


class Cores(NamedTuple):
    """Who runs where. The server has a core to itself wherever there are two."""

    server: int
    generator: int
    store: int


def cores() -> Cores:
    """Share out the cores that this process may use."""
    free = sorted(os.sched_getaffinity(0))
    return Cores(free[0], free[1 % len(free)], free[min(2, len(free) - 1)])


def pin(pid: int, core: int) -> None:
    """Put a process, with all of its threads, on one core."""
    for thread in _threads(pid):
        os.sched_setaffinity(int(thread.name), {core})


def cpu_seconds(pid: int) -> float:
    """Return the time that a process has run for so far, user and system, to the nanosecond."""
    spent = (int((thread / "schedstat").read_text().split()[0]) for thread in _threads(pid))
    return sum(spent) / 1e9


def busy_seconds(on: Iterable[int]) -> float:
    """Return the time for which these cores have done anything for anybody."""
    wanted = {f"cpu{core}" for core in on}
    ticks = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *spent = line.split()
        if name in wanted:
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, spent[:8])
            ticks += user + nice + system + irq + softirq + steal
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_kib(*pids: int) -> int:
    """Return the memory of processes that is in RAM, in KiB."""
    said = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
    return sum(int(status.partition("VmRSS:")[2].split()[0]) for status in said)


def steady_kib(pids: Iterable[int], collect: Callable[[], None]) -> int | None:
    """Return the memory of processes that have come to rest; None where they do not.

    `collect` has them collect their garbage, and is called before each look.
    """
    before = 0
    for _ in range(50):
        collect()
        now = resident_kib(*pids)
        if abs(now - before) <= STEADY_KIB:
            return now
        before = now
        time.sleep(0.2)
    return None


def children(pid: int) -> dict[int, str]:
    """Return the processes that a process has started, with their command lines."""
    found = {}
    for thread in _threads(pid):
        for child in (thread / "children").read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            found[int(child)] = command.replace(b"\0", b" ").decode()
    return found


def description(data: Path) -> dict[str, str]:
    """Say what a figure depends on: processor, memory, system, and the disk under `data`."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{len(os.sched_getaffinity(0))} cores, {_processor()}",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "disk": _filesystem(data),
    }


def _threads(pid: int) -> list[Path]:
    return list(Path(f"/proc/{pid}/task").iterdir())


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _filesystem(path: Path) -> str:
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    around = [mount for mount in mounts if path.resolve().is_relative_to(mount[0])]
    return max(around, key=lambda mount: len(mount[0]))[1]
