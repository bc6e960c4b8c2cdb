# /// script
# requires-python = ">=3.10"
# dependencies = ["awscli", "boto3"]
# ///
"""
Calls the simulator with clients that others wrote: boto3 and the AWS CLI. Prints a table and exits with code 1 if the simulator is
wrong by AWS's service model. `npm run test:clients` starts this with the packages above, the newest of each.
"""

import sys
from contextlib import ExitStack
from importlib.metadata import version

import with_cli
from operations import (
    CREATION,
    DELETION,
    OPERATIONS,
    PROVISION,
    UNKNOWN_REQUEST_ID,
    Known,
    parameters_of,
    remember_request,
    service_of,
)
from simulator import identity_token, simulator
from with_boto3 import Answer, Boto3, problems_of

STARTS = ["ProvisionPermissionSet", "CreateAccountAssignment", "DeleteAccountAssignment"]
DESCRIPTIONS = [f"Describe{kind}Status" for kind in (PROVISION, CREATION, DELETION)]
OTHER_INSTANCE = "arn:aws:sso:::instance/ssoins-0000000000000000"


def known_from(variables: dict[str, str]) -> Known:
    arns = variables["INSTANCE_ARN"], variables["PERMISSION_SET_ARN"]
    return Known(*arns, role_arn=variables["ROLE_ARN"], token=identity_token(variables))


def call_with_boto3(variables: dict[str, str], known: Known) -> tuple[dict[str, Answer], dict[str, list[str]]]:
    """The simulator's answer to each operation, and what is wrong with it. Lists are read to their second page."""
    client = Boto3(variables)
    for operation in STARTS:
        client.call(operation, parameters_of(operation, known))
    answers, problems = {}, {}
    for operation in OPERATIONS:
        parameters = parameters_of(operation, known)
        answer = client.call(operation, parameters)
        remember_request(known, answer.parsed)
        answers[operation] = answer
        problems[operation] = client.missing_parameters(operation, parameters)
        problems[operation] += problems_of(client, operation, parameters, answer)
        # There is only one instance, and one permission set.
        if "MaxResults" in parameters and operation not in ("ListInstances", "ListPermissionSets"):
            next_page = {**parameters, "NextToken": answer.parsed.get("NextToken", "")}
            second = client.call(operation, next_page)
            problems[operation] += problems_of(client, operation, next_page, second)
            if not any(second.parsed.values()) or second.parsed == answer.parsed:
                problems[operation].append("there is no second page")
    return answers, problems


def call_with_cli(
    variables: dict[str, str], known: Known, answers: dict[str, Answer]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What is wrong with each answer that the CLI prints, and the members that it leaves out."""
    problems, omissions = {}, {}
    for operation in OPERATIONS:
        try:
            answer = with_cli.call_with_cli(operation, parameters_of(operation, known), variables)
            problems[operation], omissions[operation] = with_cli.compare(answer, answers[operation].parsed)
        except with_cli.CommandFailed as error:
            problems[operation] = [str(error)]
    return problems, omissions


def failed_requests() -> dict[str, list[str]]:
    """What is wrong with the descriptions of requests that have failed. They have a reason."""
    with simulator("--fail", "--seconds", "0") as variables:
        client, known = Boto3(variables), known_from(variables)
        for operation in STARTS:
            remember_request(known, client.call(operation, parameters_of(operation, known)).parsed)
        problems = {}
        for operation in DESCRIPTIONS:
            parameters = parameters_of(operation, known)
            answer = client.call(operation, parameters)
            problems[operation] = problems_of(client, operation, parameters, answer)
            [status] = answer.parsed.values()
            if status["Status"] != "FAILED" or not status.get("FailureReason"):
                problems[operation].append("a failed request has no FailureReason")
        return problems


def errors_of_sso(variables: dict[str, str], known: Known) -> dict[str, list[str]]:
    """What is wrong with each error that the simulator gives, by operation."""
    operations = [operation for operation in OPERATIONS if service_of(operation) == "sso-admin"]
    denied = [option for operation in operations for option in ("--deny", f"sso:{operation}")]
    client = Boto3(variables)
    problems: dict[str, list[str]] = {operation: [] for operation in operations}

    for operation in operations:
        parameters = parameters_of(operation, known)
        invalid = {"NextToken": "!"} if operation == "ListInstances" else {"InstanceArn": "arn:aws:sso:::no-instance"}
        problems[operation] += client.error_problems(operation, {**parameters, **invalid}, "ValidationException")
        if "InstanceArn" in parameters:
            other = {**parameters, "InstanceArn": OTHER_INSTANCE}
            code = "AccessDeniedException" if operation == "DescribeInstance" else "ResourceNotFoundException"
            problems[operation] += client.error_problems(operation, other, code)
        if operation in DESCRIPTIONS:
            name = next(name for name in parameters if name.endswith("RequestId"))
            unknown = {**parameters, name: UNKNOWN_REQUEST_ID}
            problems[operation] += client.error_problems(operation, unknown, "ResourceNotFoundException")
    with simulator(*denied) as variables:
        client = Boto3(variables)
        for operation in operations:
            parameters = parameters_of(operation, known)
            problems[operation] += client.error_problems(operation, parameters, "AccessDeniedException")
    # It answers one call in ten seconds.
    with simulator("--throttle", "0.1") as variables:
        client = Boto3(variables)
        client.call("ListInstances", {})
        for operation in operations:
            parameters = parameters_of(operation, known)
            problems[operation] += client.error_problems(operation, parameters, "ThrottlingException")
    return problems


def errors_of_sts(variables: dict[str, str], known: Known) -> dict[str, list[str]]:
    client, operation = Boto3(variables), "AssumeRoleWithWebIdentity"
    wrong_token = {**parameters_of(operation, known), "WebIdentityToken": "a.b.c"}
    return {operation: client.error_problems(operation, wrong_token, "InvalidIdentityToken")}


def show(title: str, lines: list[str]) -> None:
    if lines:
        print(f"\n{title}\n" + "\n".join(f"  {line}" for line in lines))


def listed(problems: dict[str, list[str]]) -> list[str]:
    return [f"{operation}: {problem}" for operation in OPERATIONS for problem in problems.get(operation, [])]


def main() -> int:
    with ExitStack() as stack:
        variables = stack.enter_context(simulator("--seconds", "600", "--accounts", "3", "--requests", "1"))
        known = known_from(variables)
        answers, answer_problems = call_with_boto3(variables, known)
        cli_problems, cli_omissions = call_with_cli(variables, known, answers)
        error_problems = {**errors_of_sso(variables, known), **errors_of_sts(variables, known)}
    for operation, problems in failed_requests().items():
        answer_problems[operation] += problems

    columns = {
        f"boto3 {version('boto3')}": answer_problems,
        "its errors": error_problems,
        with_cli.version(): cli_problems,
    }
    width = max(map(len, OPERATIONS))
    print("  ".join(["".ljust(width), *columns]))
    for operation in OPERATIONS:
        cells = [("wrong" if problems[operation] else "right").ljust(len(name)) for name, problems in columns.items()]
        print("  ".join([operation.ljust(width), *cells]))

    for name, problems in columns.items():
        show(f"What is wrong, {name}:", listed(problems))
    show(f"What {with_cli.version()} leaves out, because its service model is older:", listed(cli_omissions))
    return 1 if any(listed(problems) for problems in columns.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
