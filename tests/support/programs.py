"""The optional programs that tests need, and the packages that provide them.

A test declares what it needs with `@pytest.mark.needs("nginx")`, on itself, on a parameter or on a
fixture's parameter, and is skipped before anything is opened. Run as a script, this prints the
missing Debian packages, one per line; it needs only the standard library.
"""

import platform
import shutil

PACKAGES = {
    # program: Debian's package, Homebrew's
    "caddy": ("caddy", "caddy"),
    "chromium": ("chromium", "chromium"),
    "chromium-headless-shell": ("chromium-headless-shell", None),
    "cc": ("gcc libc6-dev", "gcc"),
    "faketime": ("faketime", None),
    "firefox-esr": ("firefox-esr", None),
    "ip": ("iproute2", None),
    "nginx": ("nginx-light", "nginx"),
    "npm": ("npm", "node"),
    "promtool": ("prometheus", "prometheus"),
    "redis-server": ("redis-server", "redis"),
    "soffice": ("libreoffice-calc-nogui", "libreoffice"),
    "systemd-analyze": ("systemd", None),
    "WebKitWebDriver": ("webkit2gtk-driver", None),
    "Xvfb": ("xvfb", None),
}


def is_installed(program):
    return shutil.which(program) is not None


def path_of(program):
    """Return the path of a program. Tests that call this must declare it with the mark."""
    found = shutil.which(program)
    assert found, f"mark this test: @pytest.mark.needs({program!r})"
    return found


def why_missing(program):
    """Return the sentence about a missing program, which `how_to_install` recognises."""
    return f"{program} is not installed"


def how_to_install(reasons):
    """Return a command that installs what a set of reasons, from `why_missing`, reports missing."""
    missing = [program for program in PACKAGES if why_missing(program) in reasons]
    mac = platform.system() == "Darwin"
    packages = [PACKAGES[program][mac] for program in missing]
    command = "brew install" if mac else "apt-get install"
    return f"{command} {' '.join(filter(None, packages))}" if any(packages) else ""


if __name__ == "__main__":
    for program, (debian, _) in PACKAGES.items():
        if not is_installed(program):
            print(*debian.split(), sep="\n")  # noqa: T201 - what a script is for
