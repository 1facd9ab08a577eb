"""Whatever EC2 answers, at whichever step, in either SDK's words: the answer names the cause.

Steps and codes are those of the CNI's source; the words of codes are EC2's.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cnilog.analysis import analyze

if TYPE_CHECKING:
    from pathlib import Path

DENIED = "You are not authorized to perform this operation."
FORBIDDEN = (
    f"{DENIED} User: arn:aws:sts::111122223333:assumed-role/node/i-0a1b2c3d is not authorized to "
    "perform: ec2:CreateNetworkInterface with an explicit deny in a service control policy"
)
ANSWERS = [
    ("UnauthorizedOperation", DENIED, 403, "iam-missing-ipv4-permissions"),
    ("UnauthorizedOperation", FORBIDDEN, 403, "iam-explicit-deny"),
    ("AuthFailure", "AWS was not able to validate the credentials", 401, "iam-no-credentials"),
    ("InvalidClientTokenId", "The security token is invalid", 403, "iam-no-credentials"),
    ("ExpiredToken", "The security token is expired", 403, "iam-no-credentials"),
    ("RequestExpired", "Request has expired.", 400, "iam-no-credentials"),
    ("SignatureDoesNotMatch", "Signature expired", 403, "iam-no-credentials"),
    ("InsufficientFreeAddressesInSubnet", "not enough free addresses", 400, "subnet-exhausted"),
    ("InsufficientCidrBlocks", "not enough free cidr blocks", 400, "subnet-fragmented-prefix"),
    ("AttachmentLimitExceeded", "Interface count 4 exceeds the limit", 400, "eni-limit-reached"),
    ("NetworkInterfaceLimitExceeded", "You have reached the limit", 400, "eni-limit-reached"),
    ("RequestLimitExceeded", "Request limit exceeded.", 503, "ec2-api-throttled"),
    ("InvalidGroup.NotFound", "The group 'sg-0a1b' does not exist", 400, "security-group-missing"),
    ("InvalidSubnetID.NotFound", "'subnet-0a1b' does not exist", 400, "eniconfig-misconfigured"),
    ("TagLimitExceeded", "The maximum number of tags has been reached", 400, "env-misconfigured"),
]
V1 = "{code}: {words}\n\tstatus code: {status}, request id: 0aaa1111-2222"
V2 = (
    "operation error EC2: {call}, https response error StatusCode: {status}, RequestID: 0aaa1111, "
    "api error {code}: {words}"
)
STEPS = [
    ("AssignPrivateIpAddresses", "Failed to allocate a private IP/Prefix addresses on ENI eni-0a"),
    ("AttachNetworkInterface", "Failed to attach ENI eni-0a"),
    ("DescribeNetworkInterfaces", "Failed to call ec2:DescribeNetworkInterfaces for [eni-0a]"),
    ("DescribeNetworkInterfaces", "ipamd init: failed to retrieve attached ENIs info"),
    ("CreateTags", "Failed to tag the newly created ENI eni-0a"),
    ("DescribeInstances", "awsGetFreeDeviceNumber: Unable to retrieve instance data"),
    ("ModifyNetworkInterfaceAttribute", "AllocENI: unable to change the ENI's attribute"),
    ("UnassignPrivateIpAddresses", "Failed to deallocate a private IP address"),
    ("DetachNetworkInterface", "Failed to detach ENI eni-0a"),
]
CREDENTIALS = "get identity: get credentials: failed to refresh cached credentials, "
ELSEWHERE = [
    (f"{CREDENTIALS}no EC2 IMDS role found, operation error ec2imds: GetMetadata, http response "
     "error StatusCode: 404, request to EC2 IMDS failed", "iam-no-credentials"),
    (f"{CREDENTIALS}failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity,"
     " https response error StatusCode: 403, RequestID: 0a, api error AccessDenied: Not authorized"
     " to perform sts:AssumeRoleWithWebIdentity", "iam-irsa-trust"),
    (f"{CREDENTIALS}failed to load credentials, : [3f2a]: (AccessDeniedException): Unauthorized "
     "Exception! EKS does not have permissions to assume the associated role.", "iam-irsa-trust"),
    ('exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , '
     'request send failed, Post "https://ec2.us-west-2.amazonaws.com/": dial tcp 10.0.1.9:443: '
     "i/o timeout", "aws-endpoint-unreachable"),
]  # fmt: skip


def first(folder: Path, message: str) -> tuple[str, bool]:
    """Return the first cause of a log that says *message* every ten seconds, and if it is sure."""
    rows = [
        json.dumps({"level": "error", "ts": ts, "caller": "awsutils/awsutils.go:1", "msg": message})
        for ts in (f"2026-01-05T09:15:{second:02d}.010Z" for second in range(10, 50, 10))
    ]
    (folder / "ipamd.log").write_text("\n".join(rows) + "\n", "utf-8")
    found = analyze(folder).causes
    return (found[0].id, found[0].confidence != "possible") if found else ("", False)


@pytest.mark.parametrize("shape", [V1, V2], ids=["sdk-v1", "sdk-v2"])
@pytest.mark.parametrize(("code", "words", "status", "cause"), ANSWERS)
def test_an_answer_names_its_cause(
    tmp_path: Path, shape: str, code: str, words: str, status: int, cause: str
) -> None:
    answer = shape.format(call="CreateNetworkInterface", code=code, words=words, status=status)

    assert first(tmp_path, f"Failed to CreateNetworkInterface {answer} for subnet subnet-0a") == (
        cause,
        True,
    )


@pytest.mark.parametrize(("call", "step"), STEPS)
def test_a_refusal_is_told_at_every_step(tmp_path: Path, call: str, step: str) -> None:
    answer = V2.format(call=call, code="UnauthorizedOperation", words=DENIED, status=403)

    assert first(tmp_path, f"{step}: {answer}") == ("iam-missing-ipv4-permissions", True)


@pytest.mark.parametrize("call", ["AssignPrivateIpAddresses", "AssignIpv6Addresses"])
@pytest.mark.parametrize(("answer", "cause"), ELSEWHERE)
def test_what_comes_before_ec2_is_not_laid_at_its_door(
    tmp_path: Path, call: str, answer: str, cause: str
) -> None:
    step = "IPv6 Prefixes" if "v6" in call else "a private IP/Prefix addresses"
    message = f"Failed to allocate {step} on ENI eni-0a: operation error EC2: {call}, {answer}"

    assert first(tmp_path, message) == (cause, True)
