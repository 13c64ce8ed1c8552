"""Check the installed runtime dependencies for known vulnerabilities.

The exit status is 1 if there are any. If no service can be reached, or none knows these libraries,
the script says so and exits with 0, because that is not a finding. `--service-url` is the address
of another service that is compatible with https://api.osv.dev/v1/query.
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
    """Return the runtime dependencies of a project, direct and indirect: name to version."""
    found: dict[str, str] = {}
    pending = [(Requirement(project), "")]
    while pending:
        requirement, extra = pending.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        needs = importlib.metadata.requires(name) or []
        extras = ("", *requirement.extras)
        if name not in found or requirement.extras:
            pending += [(Requirement(need), each) for need in needs for each in extras]
        found[name] = importlib.metadata.version(name)
    return {name: version for name, version in sorted(found.items()) if name != project}


def query(pins: dict[str, str], service: list[str]) -> list[dict[str, object]]:
    """Query a service about each library. Returns an empty list if it does not answer."""
    with tempfile.TemporaryDirectory() as folder:
        pins_file = Path(folder) / "requirements.txt"
        pins_file.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()))
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(pins_file)]
        command += ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        command += ["--cache-dir", folder, "--timeout", "15", *service]
        completed = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        dependencies: list[dict[str, object]] = json.loads(completed.stdout)["dependencies"]
    except (ValueError, KeyError):
        return []
    return dependencies


def main(arguments: list[str]) -> int:
    services = SERVICES
    if arguments[:1] == ["--service-url"]:
        services = (["--vulnerability-service", "osv", "--osv-url", arguments[1]],)
        arguments = arguments[2:]
    pins = dict(pin.split("==") for pin in arguments) or installed(PROJECT)
    for service in services:
        reported = [each for each in query(pins, service) if "vulns" in each]
        unknown = sorted(set(pins) - {str(each["name"]) for each in reported})
        vulnerable = [each for each in reported if each["vulns"]]
        for each in vulnerable:
            for vulnerability in each["vulns"]:  # type: ignore[attr-defined]
                fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
                print(f"{each['name']} {each['version']}: {vulnerability['id']}, fixed in {fixed}")
        if vulnerable:
            return 1
        if not unknown:
            print(f"No vulnerability is known in the {len(pins)} runtime dependencies.")
            return 0
    print(
        "NOT AUDITED: no service answered about "
        f"{', '.join(unknown)}. This is neither a finding nor an assurance."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
