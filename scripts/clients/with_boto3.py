"""Calls of boto3, which validates parameters and parses answers by AWS's service models."""

import datetime
import json
import logging
import warnings
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.config
import botocore.exceptions
from botocore import xform_name
from operations import service_of
from service_model import problems_in_json, problems_in_xml

CLOCK_TOLERANCE_SECONDS = 120


@dataclass
class Answer:
    parsed: dict[str, Any]
    # The body as it came over the network.
    raw: bytes
    problems: list[str]


class Complaints(logging.Handler):
    """Keeps the warnings that boto3 and its libraries log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []
        logging.getLogger().addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


class Boto3:
    """boto3 with the credentials and the endpoint in some variables."""

    def __init__(self, variables: dict[str, str]) -> None:
        session = boto3.Session(
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
            region_name=variables["AWS_REGION"],
        )
        once = botocore.config.Config(retries={"total_max_attempts": 1})
        self.raw = b""
        self.complaints = Complaints()
        self.clients = {
            service: session.client(service, endpoint_url=variables.get("AWS_ENDPOINT_URL"), config=once)
            for service in ("sso-admin", "sts")
        }
        for service, client in self.clients.items():
            client.meta.events.register(f"before-parse.{service}", self.keep_body)

    def keep_body(self, response_dict: dict[str, Any], **_: Any) -> None:
        self.raw = response_dict["body"]

    def model_of(self, operation: str) -> Any:
        return self.clients[service_of(operation)].meta.service_model.operation_model(operation)

    def missing_parameters(self, operation: str, parameters: dict[str, Any]) -> list[str]:
        """The parameters of the service model that a call does not have."""
        # The token comes from a page. STS takes the ProviderId of OAuth 2.0 only.
        missing = set(self.model_of(operation).input_shape.members) - set(parameters) - {"NextToken", "ProviderId"}
        return [f"the call has no {name}" for name in sorted(missing)]

    def call(self, operation: str, parameters: dict[str, Any]) -> Answer:
        """Raises botocore's exceptions."""
        self.complaints.texts.clear()
        method = getattr(self.clients[service_of(operation)], xform_name(operation))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            parsed = method(**parameters)
        problems = [f"warning: {warning.message}" for warning in caught]
        problems += [f"warning: {text}" for text in self.complaints.texts]
        metadata = parsed.pop("ResponseMetadata")
        if not metadata.get("RequestId"):
            problems.append("the answer has no request ID")
        return Answer(parsed, self.raw, problems)

    def error_of(self, operation: str, parameters: dict[str, Any]) -> botocore.exceptions.ClientError | None:
        try:
            self.call(operation, parameters)
        except botocore.exceptions.ClientError as error:
            return error
        return None

    def error_problems(self, operation: str, parameters: dict[str, Any], code: str) -> list[str]:
        """What is wrong with an error: its class in the model, its text, and whether the operation may give it."""
        client = self.clients[service_of(operation)]
        error = self.error_of(operation, parameters)
        if error is None:
            return [f"{code} was expected, and the call succeeded"]
        actual = error.response["Error"]["Code"]
        if actual != code:
            return [f"{code} was expected, and {actual} came"]
        problems = []
        if code not in [shape.error_code for shape in self.model_of(operation).error_shapes]:
            problems.append(f"the model does not have {code} for this operation")
        elif type(error) is not client.exceptions.from_code(code):
            problems.append(f"{code} became {type(error).__name__}")
        elif service_of(operation) == "sso-admin" and not error.response.get("Message"):
            problems.append(f"{code} has no Message")
        if not error.response["Error"]["Message"]:
            problems.append(f"{code} has no text")
        return problems


def problems_of(client: Boto3, operation: str, parameters: dict[str, Any], answer: Answer) -> list[str]:
    """What is wrong with an answer by the service model, with its times, and with the parameters that it repeats."""
    shape = client.model_of(operation).output_shape
    if service_of(operation) == "sts":
        problems = problems_in_xml(answer.raw.decode(), shape, operation)
    else:
        problems = problems_in_json(json.loads(answer.raw), shape)
    return problems + time_problems(answer.parsed) + echo_problems(parameters, answer.parsed)


def time_problems(value: Any, path: str = "") -> list[str]:
    """Times have a time zone. Those in the past are not older than the simulator."""
    if isinstance(value, dict):
        return [problem for name, child in value.items() for problem in time_problems(child, f"{path}.{name}")]
    if isinstance(value, list):
        return [problem for child in value for problem in time_problems(child, f"{path}[]")]
    if not isinstance(value, datetime.datetime):
        return []
    if value.tzinfo is None:
        return [f"{path} has no time zone"]
    age = (datetime.datetime.now(datetime.timezone.utc) - value).total_seconds()
    # The only time in the future is the end of a session of 900 s.
    is_right = -900 - CLOCK_TOLERANCE_SECONDS < age < CLOCK_TOLERANCE_SECONDS
    return [] if is_right else [f"{path} is {value.isoformat()}"]


def echo_problems(parameters: dict[str, Any], parsed: dict[str, Any]) -> list[str]:
    """A status repeats what was asked for. Of a provisioning, the account has another name."""
    status = next((child for name, child in parsed.items() if name.endswith("Status") and isinstance(child, dict)), {})
    given = {**parameters, "AccountId": parameters.get("TargetId")}
    return [
        f"{name} is {status[name]!r}, and the parameter was {value!r}"
        for name, value in given.items()
        if value is not None and name in status and status[name] != value
    ]
