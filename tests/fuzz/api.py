"""Send a real server the requests of its OpenAPI document, and worse, with schemathesis.

python -m fuzz.api --seconds 60 --seed 1
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from fuzz.asking import asked
from fuzz.fuzz_server import fuzzed_server

HERE = Path(__file__).parent
ST = Path(sys.executable).with_name("st")


def search(field, seconds, seed, folder):
    """Raise CalledProcessError for a finding; its report says how to reproduce it."""
    known = {
        "SCHEMATHESIS_HOOKS": str(HERE / "api_hooks.py"),
        "FUZZ_KEYS": json.dumps({field.other: field.key}),
        "FUZZ_COOKIE": field.guest,
        "FUZZ_SEED": str(seed),
    }
    address = f"http://127.0.0.1:{field.port}/api/openapi.json"
    run = [ST, "--no-color", "--config-file", HERE / "schemathesis.toml", "run", address]
    run += ["--max-time", str(seconds), "--seed", str(seed)]
    run += ["--continue-on-failure", "--max-response-time", "20"]
    subprocess.run(run, check=True, env=os.environ | known, cwd=folder)
    field.is_calm()


if __name__ == "__main__":
    wanted = asked()
    with tempfile.TemporaryDirectory() as folder, fuzzed_server(Path(folder)) as field:
        search(field, wanted.seconds, wanted.seed, folder)
