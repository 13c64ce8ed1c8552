"""The harness that the benchmarks share: runs scenarios against servers, and writes the results."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from bench import machine, results
from bench.generator import BenchError, FailedError, Generator, Run, Window
from bench.results import Chart, Measure, Outcome, Part
from bench.stackvote import commit, running, source_hash

HERE = Path(__file__).resolve().parent


class Sampling(NamedTuple):
    """How many windows are measured, and how long they are, in seconds."""

    windows: int
    window: float
    warmup: float
    latency_window: float


class Bench:
    """What all scenarios share."""

    def __init__(self, folder: Path, sampling: Sampling, clients: int) -> None:
        self.folder = folder
        self.sampling = sampling
        self.cores = machine.cores()
        self.generator = Generator(folder, self.cores)
        self.cookies = folder / "cookies"
        with running(folder, "cookies-server", self.cores) as server:
            server.write_cookies(server.open_board(), clients, self.cookies)

    def load(
        self,
        name: str,
        *,
        clients: int,
        window: float,
        tally_window: int = 0,
        **workload: str | float,
    ) -> Run:
        """Start a server, and run a workload on one of its boards. Raises FailedError."""
        with running(self.folder, name, self.cores, tally_window=tally_window) as server:
            return self.generator.run(
                server,
                server.open_board(),
                self.cookies,
                clients=clients,
                windows=self.sampling.windows,
                warmup=self.sampling.warmup,
                seconds=window,
                **workload,
            )


class Measured(NamedTuple):
    """The measurements of one scenario."""

    measures: Sequence[Measure]
    cores: Sequence[Measure] = ()
    chart: Chart | None = None


class Scenario(NamedTuple):
    name: str
    title: str
    measure: Callable[[], Measured]


def core_usage(windows: Sequence[Window]) -> list[Measure]:
    """Return how many cores each process used, by window."""
    return [
        Measure(who, "cores", [getattr(window, who) / window.seconds for window in windows])
        for who in ("server", "store", "generator", "others")
    ]


def run_scenarios(
    part: Part, scenarios: Callable[[Path], Iterable[Scenario]], options: argparse.Namespace
) -> int:
    """Run the scenarios of a part, print and write the results, and return the exit status.

    `scenarios` is called with a folder for data. Partial results are not written.
    """
    try:
        # Next to the results, because the cost of a durable vote depends on the disk.
        with tempfile.TemporaryDirectory(prefix="data-", dir=HERE) as folder:
            before = source_hash()
            measured = {"commit": commit(), "server's files": before}
            conditions = results.conditions_now(
                measured | machine.description(Path(folder)), _command(part.command)
            )
            outcomes = []
            for scenario in scenarios(Path(folder)):
                outcomes.append(_run(scenario))
                _require_unchanged(before)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    for name in results.disturbed(outcomes):
        print(f"bench: other processes kept the machine busy during {name}", file=sys.stderr)
    if not options.quick and not getattr(options, "only", None):
        results.write(HERE, part, conditions, outcomes)
        print(f"Written: bench/RESULTS.md, bench/{part.file}")
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def options_parser(
    module: str, description: str | None, names: Sequence[str] = ()
) -> argparse.ArgumentParser:
    """Return a parser with the options that all commands take."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    if names:
        parser.add_argument(
            "--only", nargs="+", choices=names, metavar="NAME", help=", ".join(names)
        )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="short windows: shows that it works, not how fast it is",
    )
    return parser


def _run(scenario: Scenario) -> Outcome:
    name, title = scenario.name, scenario.title
    try:
        measures, cores, chart = scenario.measure()
        outcome = Outcome(name, title, measures, cores, chart=chart)
    except FailedError as error:
        outcome = Outcome(name, title, [], [], failed=str(error))
    print(*results.table_rows(outcome), sep="\n", flush=True)
    return outcome


def _require_unchanged(before: str) -> None:
    if source_hash() != before:
        raise BenchError("The server's files changed during the measurement. Start again.")


def _command(command: str) -> str:
    arguments = " ".join(sys.argv[1:])
    return f'{command} ARGS="{arguments}"' if arguments else command
