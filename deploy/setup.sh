#!/bin/sh
# Creates or updates the virtual environment that `make` works in:
#
#   PYTHON=python3 sh deploy/setup.sh .venv test,check
#
# The second argument names the optional dependencies in pyproject.toml, if any. When
# something is missing, the script says what it is and how to get it, and exits with 1.
set -u

venv=$1
extras=${2:-}
python=${PYTHON:-python3}

fail() {
    printf '\nmake: %s\n' "$@" >&2
    exit 1
}

command -v "$python" > /dev/null 2>&1 ||
    fail "$python was not found. Stackvote needs Python 3.11 or newer. If yours has another
      name, say so: make run PYTHON=python3.12"

version=$("$python" -c 'import platform; print(platform.python_version())' 2> /dev/null) ||
    fail "$python does not start. Try another: make run PYTHON=python3.12"

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$python is Python $version. Stackvote needs Python 3.11 or newer. If there is one under
      another name, say so: make run PYTHON=python3.12"

"$python" -c 'import os, sys; sys.exit(os.name != "posix")' ||
    fail "Stackvote runs on Linux and macOS. On Windows, use WSL or a container: see README.md"

"$python" -c 'import venv, ensurepip' 2> /dev/null ||
    fail "$python cannot create virtual environments. On Debian and Ubuntu, install its other half
      and run make again: apt-get install python3-venv"

[ -w "$(dirname "$venv")" ] ||
    fail "The folder $(cd "$(dirname "$venv")" && pwd) is read-only. make needs to create $venv in it."

began=$(date +%s)
printf 'Setting up %s with Python %s. This happens once and takes about half a minute, or as\n' \
    "$venv" "$version"
printf 'long as the libraries take to download.\n'

# An interrupted set-up leaves half an environment; a new Python makes the old one useless.
if ! "$venv/bin/python" -c 'import pip' 2> /dev/null; then
    said=$("$python" -m venv --clear "$venv" 2>&1) ||
        fail "The virtual environment could not be created. Python says:" "$said"
fi

log=$venv/setup.log
# For pip and for the pip that it runs to build: without a network, an answer within seconds.
export PIP_RETRIES="${PIP_RETRIES:-2}" PIP_DISABLE_PIP_VERSION_CHECK=1
if ! "$venv/bin/python" -m pip install --no-input --editable ".${extras:+[$extras]}" \
    > "$log" 2>&1; then
    if grep -qE 'Retrying \(|Max retries|NewConnectionError|Temporary failure in name' "$log"; then
        fail "The libraries could not be downloaded: the package index cannot be reached. Connect
      to a network, or set PIP_INDEX_URL to an index that you can reach, and run make again."
    fi
    tail -n 5 "$log" >&2
    fail "The libraries could not be installed. All that pip said is in $log"
fi
printf 'Set up in %s s.\n' "$(($(date +%s) - began))"
