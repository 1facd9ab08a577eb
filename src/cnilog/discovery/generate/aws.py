"""What the AWS SDK of a release prints when a call fails: v1 up to v1.19.3, v2 from v1.19.4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnilog.discovery.generate.world import Node

ACCOUNT: Final = "210987654321"
ROLE: Final = f"arn:aws:sts::{ACCOUNT}:assumed-role/demo-vpc-cni"
SERVICE_IP: Final = "172.20.0.1"


def request_id(node: Node) -> str:
    """Return a made-up request id."""
    parts = (8, 4, 4, 4, 12)
    return "-".join(node.hexadecimal(length) for length in parts)


def refused(node: Node, action: str, code: str, message: str, status: int = 400) -> str:
    """Return the error text of an EC2 call that EC2 answered with *code*."""
    if node.since(1, 19, 4):
        return (
            f"operation error EC2: {action}, https response error StatusCode: {status}, "
            f"RequestID: {request_id(node)}, api error {code}: {message}"
        )
    return f"{code}: {message}\n\tstatus code: {status}, request id: {request_id(node)}"


def unauthorized(node: Node, action: str, *, because: str) -> str:
    """Return the error text of a call that IAM refused."""
    session = f"{ROLE}/{node.names['instance']}"
    resource = f"arn:aws:ec2:{node.names['region']}:{ACCOUNT}:network-interface/*"
    message = (
        "You are not authorized to perform this operation. "
        f"User: {session} is not authorized to perform: ec2:{action} on resource: {resource} "
        f"{because}"
    )
    return refused(node, action, "UnauthorizedOperation", message, 403)


def missing_allow(node: Node, action: str) -> str:
    """Return the error text of a call that no policy allows."""
    because = f"because no identity-based policy allows the ec2:{action} action"
    return unauthorized(node, action, because=because)


def no_answer(node: Node, service: str, action: str, problem: str) -> str:
    """Return the error text of a call whose endpoint could not be reached."""
    host = f"{service}.{node.names['region']}.amazonaws.com"
    if node.since(1, 19, 4):
        return (
            f"operation error {service.upper()}: {action}, exceeded maximum number of attempts, 3, "
            f"https response error StatusCode: 0, RequestID: , request send failed, "
            f'Post "https://{host}/": {problem}'
        )
    return f'RequestError: send request failed\ncaused by: Post "https://{host}/": {problem}'


def web_identity_refused(node: Node) -> str:
    """Return the error text of a role whose trust policy does not name the service account."""
    denied = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    if node.since(1, 19, 4):
        return (
            "operation error EC2: DescribeNetworkInterfaces, get identity: get credentials: "
            "failed to refresh cached credentials, failed to retrieve credentials, "
            "operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 403, "
            f"RequestID: {request_id(node)}, api error AccessDenied: {denied}"
        )
    return (
        "WebIdentityErr: failed to retrieve credentials\n"
        f"caused by: AccessDenied: {denied}\n\tstatus code: 403, request id: {request_id(node)}"
    )


def no_credentials(node: Node) -> str:
    """Return the error text of a process that has no role at all."""
    if node.since(1, 19, 4):
        return (
            "operation error EC2: DescribeNetworkInterfaces, get identity: get credentials: "
            "failed to refresh cached credentials, no EC2 IMDS role found, operation error "
            "ec2imds: GetMetadata, http response error StatusCode: 404, request to EC2 IMDS failed"
        )
    return (
        "NoCredentialProviders: no valid providers in chain. Deprecated.\n"
        "\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors"
    )


def no_metadata(node: Node) -> str:
    """Return the error text of instance metadata that gives no answer."""
    if node.since(1, 19, 4):
        return "operation error ec2imds: GetRegion, request canceled, context deadline exceeded"
    return (
        "RequestError: send request failed\ncaused by: Get "
        '"http://169.254.169.254/latest/meta-data/placement/availability-zone": '
        "dial tcp 169.254.169.254:80: i/o timeout"
    )
