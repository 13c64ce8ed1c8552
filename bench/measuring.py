"""What the commands of this folder share: a server under load, and from figures to a page."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from bench import machine, results
from bench.generator import BenchError, FailedError, Generator, Run, Window
from bench.results import Drawing, Measure, Outcome, Part
from bench.stackvote import code, commit, running

HERE = Path(__file__).resolve().parent


class Effort(NamedTuple):
    """How long everything is looked at, in seconds and windows."""

    windows: int
    window: float
    warm: float
    latency_window: float


class Bench:
    """What all scenarios share."""

    def __init__(self, folder: Path, effort: Effort, people: int) -> None:
        self.folder = folder
        self.effort = effort
        self.cores = machine.cores()
        self.generator = Generator(folder, self.cores)
        self.cookies = folder / "cookies"
        with running(folder, "cookies-server", self.cores) as server:
            server.write_cookies(server.open_board(), people, self.cookies)

    def load(
        self, name: str, *, clients: int, window: float, tally_window: int = 0, **plan: str | float
    ) -> Run:
        """Start a server, and let people vote on a board of it. Raises FailedError."""
        with running(self.folder, name, self.cores, tally_window=tally_window) as server:
            return self.generator.run(
                server,
                server.open_board(),
                self.cookies,
                clients=clients,
                windows=self.effort.windows,
                warm=self.effort.warm,
                seconds=window,
                **plan,
            )


class Measured(NamedTuple):
    """What one scenario gave."""

    measures: Sequence[Measure]
    load: Sequence[Measure] = ()
    drawing: Drawing | None = None


class Scenario(NamedTuple):
    name: str
    title: str
    measure: Callable[[], Measured]


def load_of(windows: Sequence[Window]) -> list[Measure]:
    """Say how busy everybody was."""
    return [
        Measure(who, "cores", [getattr(window, who) / window.seconds for window in windows])
        for who in ("server", "store", "generator", "others")
    ]


def produce(
    part: Part, begin: Callable[[Path], Iterable[Scenario]], given: argparse.Namespace
) -> int:
    """Measure all scenarios of a part, print them, write it; return the exit status.

    `begin` is told a folder for data. What was looked at only in part is not written.
    """
    try:
        # Beside the results, because what a durable vote costs depends on the disk.
        with tempfile.TemporaryDirectory(prefix="data-", dir=HERE) as folder:
            before = code()
            measured = {"commit": commit(), "server's files": before}
            held = results.conditions(
                measured | machine.description(Path(folder)), _command(part.command)
            )
            outcomes = []
            for scenario in begin(Path(folder)):
                outcomes.append(_attempt(scenario))
                _require_same(before)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    for name in results.disturbed(outcomes):
        print(f"bench: others kept the machine busy during {name}", file=sys.stderr)
    if not given.quick and not getattr(given, "only", None):
        results.write(HERE, part, held, outcomes)
        print(f"Written: bench/RESULTS.md, bench/{part.file}")
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def parser(
    module: str, words: str | None, scenarios: Sequence[str] = ()
) -> argparse.ArgumentParser:
    """Make the parser of what all commands take."""
    made = argparse.ArgumentParser(prog=f"python -m {module}", description=words)
    if scenarios:
        made.add_argument(
            "--only", nargs="+", choices=scenarios, metavar="NAME", help=", ".join(scenarios)
        )
    made.add_argument(
        "--quick", action="store_true", help="short windows: shows that it works, not how fast"
    )
    return made


def _attempt(scenario: Scenario) -> Outcome:
    name, title = scenario.name, scenario.title
    try:
        measures, load, drawing = scenario.measure()
        outcome = Outcome(name, title, measures, load, drawing=drawing)
    except FailedError as error:
        outcome = Outcome(name, title, [], [], failed=str(error))
    print(*results.lines(outcome), sep="\n", flush=True)
    return outcome


def _require_same(before: str) -> None:
    if code() != before:
        raise BenchError("The server's files were changed while it was measured. Start again.")


def _command(command: str) -> str:
    arguments = " ".join(sys.argv[1:])
    return f'{command} ARGS="{arguments}"' if arguments else command
