"""The operations that the simulator serves, and a call of each with all parameters that fit together."""

from dataclasses import dataclass, field
from typing import Any

PRINCIPAL_ID = "90e1a2b3c4-11112222-3333-4444-5555-666677778888"
ACCOUNT_ID = "111122223333"
UNKNOWN_REQUEST_ID = "00000000-0000-4000-8000-000000000000"

PROVISION, CREATION, DELETION = (
    "PermissionSetProvisioning",
    "AccountAssignmentCreation",
    "AccountAssignmentDeletion",
)


@dataclass
class Known:
    """What a service knows: the names that calls need. `request_ids` has one ID for each kind of request."""

    instance_arn: str
    permission_set_arn: str
    request_ids: dict[str, str] = field(default_factory=dict)
    role_arn: str = ""
    token: str = ""


def calls_with(known: Known) -> dict[str, dict[str, Any]]:
    """
    The parameters of a call of each operation, in an order in which an assignment is created before it is deleted. The ones of a list ask for
    its first page, which has one row.
    """
    instance = {"InstanceArn": known.instance_arn}
    permission_set = {**instance, "PermissionSetArn": known.permission_set_arn}
    target = {**permission_set, "TargetId": ACCOUNT_ID, "TargetType": "AWS_ACCOUNT"}
    assignment = {**target, "PrincipalType": "GROUP", "PrincipalId": PRINCIPAL_ID}
    page = {**instance, "MaxResults": 1, "Filter": {"Status": "IN_PROGRESS"}}

    def request(kind: str, name: str) -> dict[str, Any]:
        return {**instance, name: known.request_ids.get(kind, UNKNOWN_REQUEST_ID)}

    return {
        "ListInstances": {"MaxResults": 10, "RegionScope": "ALL_REGIONS"},
        "DescribeInstance": instance,
        "DescribePermissionSet": permission_set,
        "ListPermissionSets": {**instance, "MaxResults": 1},
        "ProvisionPermissionSet": target,
        "DescribePermissionSetProvisioningStatus": request(PROVISION, "ProvisionPermissionSetRequestId"),
        "ListPermissionSetProvisioningStatus": page,
        "CreateAccountAssignment": assignment,
        "DescribeAccountAssignmentCreationStatus": request(CREATION, "AccountAssignmentCreationRequestId"),
        "ListAccountAssignmentCreationStatus": page,
        "DeleteAccountAssignment": assignment,
        "DescribeAccountAssignmentDeletionStatus": request(DELETION, "AccountAssignmentDeletionRequestId"),
        "ListAccountAssignmentDeletionStatus": page,
        "ListAccountsForProvisionedPermissionSet": {
            **permission_set,
            "ProvisioningStatus": "LATEST_PERMISSION_SET_NOT_PROVISIONED",
            "MaxResults": 1,
        },
        "AssumeRoleWithWebIdentity": {
            "RoleArn": known.role_arn,
            "RoleSessionName": "independent-client",
            "WebIdentityToken": known.token,
            "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
            "Policy": '{"Version":"2012-10-17","Statement":[]}',
            "DurationSeconds": 900,
            "MinimumSessionTokenSize": 0,
        },
    }


OPERATIONS = list(calls_with(Known("", "")))


def parameters_of(operation: str, known: Known) -> dict[str, Any]:
    """The parameters of a call of one operation."""
    return calls_with(known)[operation]


def service_of(operation: str) -> str:
    return "sts" if operation == "AssumeRoleWithWebIdentity" else "sso-admin"


def remember_request(known: Known, answer: dict[str, Any]) -> None:
    """Keeps the ID of a request that an answer is about, for the operation that describes it."""
    for kind in (PROVISION, CREATION, DELETION):
        request_id = answer.get(f"{kind}Status", {}).get("RequestId")
        if request_id:
            known.request_ids[kind] = request_id
