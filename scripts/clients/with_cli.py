"""Calls of the AWS CLI. PyPI has only version 1 of it. For version 2, CLIENTS_AWS_CLI is the path of its command."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from botocore import xform_name
from operations import service_of
from service_model import members_in
from simulator import environment_with


class CommandFailed(Exception):
    """The CLI failed or warned."""


def command() -> list[str]:
    given = os.environ.get("CLIENTS_AWS_CLI")
    # On Windows, pip installs the CLI as a script of Python.
    return [given] if given else [sys.executable, str(next(Path(sys.executable).parent.glob("aws")))]


def version() -> str:
    done = subprocess.run([*command(), "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[0]


def call_with_cli(operation: str, parameters: dict[str, Any], variables: dict[str, str]) -> Any:
    """
    The answer that the CLI prints. It reads all pages of a list by itself.

    Raises CommandFailed, also if the CLI prints a warning.
    """
    # The CLI has a copy of the service model, which can be older than that of boto3 and lack a parameter.
    known = run(operation, "--generate-cli-skeleton", "input")
    given = {name: value for name, value in parameters.items() if name in known}
    return run(operation, "--cli-input-json", json.dumps(given), env=environment_with(variables))


def run(operation: str, *arguments: str, env: dict[str, str] | None = None) -> Any:
    done = subprocess.run(
        [*command(), service_of(operation), xform_name(operation, "-"), "--output", "json", *arguments],
        env=env,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0 or done.stderr:
        raise CommandFailed(f"exit code {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def compare(answer: Any, parsed: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What is wrong with an answer beside the same from boto3, and the members that an older service model leaves out."""
    expected, actual = members_in(parsed), members_in(answer)
    wrong = [f"boto3 has no {path}" for path in sorted(actual - expected)]
    return wrong if actual else ["the answer is empty"], sorted(expected - actual)
