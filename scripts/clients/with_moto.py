"""Compares the simulator's answers with those of moto, which imitates AWS independently."""

from dataclasses import dataclass, field

from moto import mock_aws
from operations import OPERATIONS, UNKNOWN_REQUEST_ID, Known, parameters_of, remember_request
from service_model import members_in
from with_boto3 import Answer, Boto3, problems_of

MOTO = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}


@dataclass
class Comparison:
    """What moto does not have is left out."""

    answers: dict[str, Answer] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)


def call_moto(known_of_simulator: Known) -> Comparison:
    """moto's answer to each operation that it has, and what is wrong with it by the service model."""
    comparison = Comparison()
    with mock_aws():
        client = Boto3(MOTO)
        known = prepare(client, known_of_simulator)
        for operation in OPERATIONS:
            parameters = parameters_of(operation, known)
            try:
                answer = client.call(operation, parameters)
            except NotImplementedError:
                continue
            remember_request(known, answer.parsed)
            comparison.answers[operation] = answer
            comparison.problems[operation] = problems_of(client, operation, parameters, answer)
            unknown = {name: UNKNOWN_REQUEST_ID for name in parameters if name.endswith("RequestId")}
            if unknown:
                errors = client.error_problems(operation, {**parameters, **unknown}, "ResourceNotFoundException")
                comparison.problems[operation] += errors
    return comparison


def prepare(client: Boto3, known_of_simulator: Known) -> Known:
    """An instance with a permission set."""
    instances = client.call("ListInstances", {}).parsed["Instances"]
    instance_arn = instances[0]["InstanceArn"]
    created = client.call("CreatePermissionSet", {"InstanceArn": instance_arn, "Name": "ReadOnlyAccess"}).parsed
    permission_set_arn = created["PermissionSet"]["PermissionSetArn"]
    return Known(instance_arn, permission_set_arn, role_arn=known_of_simulator.role_arn, token=known_of_simulator.token)


def differences_of(operation: str, simulated: Answer, other: Answer) -> list[str]:
    """The members that only one of them has. The service model has them as optional, so that both are right."""
    one, two = members_in(simulated.parsed), members_in(other.parsed)
    return [f"only the simulator has {path}" for path in sorted(one - two)] + [
        f"only moto has {path}" for path in sorted(two - one)
    ]
