"""Starts simulators as a developer does, with `node simulator/serve.ts`."""

import json
import os
import subprocess
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_SECONDS = 30


@contextmanager
def simulator(*options: str) -> Iterator[dict[str, str]]:
    """Yields the variables that lead clients to a new simulator, and ends it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        variables = Path(folder) / "variables"
        command = ["node", "simulator/serve.ts", "--variables", str(variables), *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + START_LIMIT_SECONDS
            while not variables.exists() or not variables.read_text().endswith("\n"):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"The simulator did not start: {' '.join(command)}")
                time.sleep(0.05)
            yield dict(line.split("=", 1) for line in variables.read_text().splitlines())
        finally:
            process.terminate()
            process.wait()


def identity_token(variables: dict[str, str]) -> str:
    """The OIDC token that a job of GitHub gets, from the simulator."""
    request = urllib.request.Request(
        f"{variables['OIDC_URL']}&audience=sts.amazonaws.com",
        headers={"authorization": f"Bearer {variables['OIDC_REQUEST_TOKEN']}"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["value"]


def environment_with(variables: dict[str, str]) -> dict[str, str]:
    """The environment of a client that uses the simulator and no settings of this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**kept, **nowhere, **variables}
