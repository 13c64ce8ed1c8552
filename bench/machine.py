"""The machine: assigns cores, and reads CPU time and memory of processes. Linux only."""

import os
import platform
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

STABLE_KIB = 64
"""Memory is stable once two measurements differ by no more than this."""


class Cores(NamedTuple):
    """The core of each process. The server has one to itself if there are at least two."""

    server: int
    generator: int
    store: int


def cores() -> Cores:
    """Assign the cores that this process may use."""
    free = sorted(os.sched_getaffinity(0))
    return Cores(free[0], free[1 % len(free)], free[min(2, len(free) - 1)])


def pin(pid: int, core: int) -> None:
    """Pin a process, with all its threads, to one core."""
    for thread in _threads(pid):
        os.sched_setaffinity(int(thread.name), {core})


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process so far, user and system, in seconds."""
    used = (int((thread / "schedstat").read_text().split()[0]) for thread in _threads(pid))
    return sum(used) / 1e9


def busy_seconds(cores: Iterable[int]) -> float:
    """Return how long these cores have been busy, with any process, in seconds."""
    wanted = {f"cpu{core}" for core in cores}
    ticks = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *counts = line.split()
        if name in wanted:
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, counts[:8])
            ticks += user + nice + system + irq + softirq + steal
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_kib(*pids: int) -> int:
    """Return the resident memory of processes, in KiB."""
    statuses = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
    return sum(int(status.partition("VmRSS:")[2].split()[0]) for status in statuses)


def stable_kib(pids: Iterable[int], collect: Callable[[], None]) -> int | None:
    """Return the resident memory of processes once it is stable, in KiB; None if it never is.

    `collect` makes them collect garbage, and is called before each measurement.
    """
    before = 0
    for _ in range(50):
        collect()
        now = resident_kib(*pids)
        if abs(now - before) <= STABLE_KIB:
            return now
        before = now
        time.sleep(0.2)
    return None


def children(pid: int) -> dict[int, str]:
    """Return the child processes of a process, with their command lines."""
    found = {}
    for thread in _threads(pid):
        for child in (thread / "children").read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            found[int(child)] = command.replace(b"\0", b" ").decode()
    return found


def description(data: Path) -> dict[str, str]:
    """Return what results depend on: processor, memory, system, and the file system of `data`."""
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
    containing = [mount for mount in mounts if path.resolve().is_relative_to(mount[0])]
    return max(containing, key=lambda mount: len(mount[0]))[1]
