"""Ask whether a fault is known in a library that the server runs with, as it is installed here.

Ends with status 1 where one is known. Where nobody can be asked, for want of a network or of a
service that knows these libraries, it says so and ends with 0: that is no finding.
`--service-url` names another service that speaks as https://api.osv.dev/v1/query does.
"""

import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = "stackvote"
SERVICES = (["--vulnerability-service", "pypi"], ["--vulnerability-service", "osv"])


def installed(project: str) -> dict[str, str]:
    """Return what a project needs in order to run, with all that those need: name to version."""
    found: dict[str, str] = {}
    wanted = [(Requirement(project), "")]
    while wanted:
        requirement, extra = wanted.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        needs = importlib.metadata.requires(name) or []
        extras = ("", *requirement.extras)
        if name not in found or requirement.extras:
            wanted += [(Requirement(need), each) for need in needs for each in extras]
        found[name] = importlib.metadata.version(name)
    return {name: version for name, version in sorted(found.items()) if name != project}


def ask(pins: dict[str, str], service: list[str]) -> list[dict[str, object]]:
    """Ask a service about each library; give what it says. Empty where it does not answer."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()))
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(wanted)]
        command += ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        command += ["--cache-dir", folder, "--timeout", "15", *service]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        said: list[dict[str, object]] = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        return []
    return said


def main(arguments: list[str]) -> int:
    services = SERVICES
    if arguments[:1] == ["--service-url"]:
        services = (["--vulnerability-service", "osv", "--osv-url", arguments[1]],)
        arguments = arguments[2:]
    pins = dict(pin.split("==") for pin in arguments) or installed(PROJECT)
    for service in services:
        answered = [each for each in ask(pins, service) if "vulns" in each]
        unknown = sorted(set(pins) - {str(each["name"]) for each in answered})
        known = [each for each in answered if each["vulns"]]
        for each in known:
            for fault in each["vulns"]:  # type: ignore[attr-defined]
                mended = ", ".join(fault["fix_versions"]) or "no version yet"
                print(f"{each['name']} {each['version']}: {fault['id']}, mended in {mended}")
        if known:
            return 1
        if not unknown:
            print(f"No fault is known in the {len(pins)} libraries that the server runs with.")
            return 0
    print(
        "NOT AUDITED: no service could be asked about "
        f"{', '.join(unknown)}. This is no finding, and no assurance either."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
