"""Errors and the wraps the CNI puts around them: every pair must lead to one cause.

The wraps are templates of the CNI's source. The errors are what the AWS SDKs (v1 up to v1.19.3,
v2 from v1.19.4 on) and client-go print; `{call}` is the EC2 action that the wrap belongs to.
"""

from __future__ import annotations

EC2_WRAPS = {
    "Failed to call ec2:DescribeNetworkInterfaces for [eni-01]: {error}": "DescribeNetworkInterfaces",
    "Initialization failure: ipamd init: failed to retrieve attached ENIs info: {error}": (
        "DescribeNetworkInterfaces"
    ),
    "Failed to CreateNetworkInterface {error} for subnet subnet-01": "CreateNetworkInterface",
    "Failed to increase pool size due to not able to allocate ENI AllocENI: failed to create ENI: "
    "failed to create network interface: {error}": "CreateNetworkInterface",
    "Failed to allocate a private IP/Prefix addresses on ENI eni-01: {error}": (
        "AssignPrivateIpAddresses"
    ),
    "failed to allocate all available IPv4 Prefixes on ENI eni-01, err: {error}": (
        "AssignPrivateIpAddresses"
    ),
    "Initialization failure: error while trying to increase datastore pool: failed to allocate "
    "one IP addresses on ENI eni-01, err : {error}": "AssignPrivateIpAddresses",
    "Failed to attach ENI eni-01: {error}": "AttachNetworkInterface",
    "AllocENI: error attaching ENI: attachENI: failed to attach ENI: {error}": (
        "AttachNetworkInterface"
    ),
    "awsGetFreeDeviceNumber: Unable to retrieve instance data from EC2 control plane {error}": (
        "DescribeInstances"
    ),
    "AllocENI: unable to change the ENI's attribute: {error}": "ModifyNetworkInterfaceAttribute",
    "Failed calling DescribeInstanceTypes for `m9x.large`: {error}": "DescribeInstanceTypes",
    "Initialization failure: ipamd init: failed to tag managed ENI eni-01: {error}": "CreateTags",
    "Failed to get ENI eni-01 information from EC2 control plane {error}": (
        "DescribeNetworkInterfaces"
    ),
    "refreshSGIDs: unable to update ENI eni-01 security groups: {error}": (
        "ModifyNetworkInterfaceAttribute"
    ),
    "Failed to allocate IPv6 Prefixes on ENI eni-01: {error}": "AssignIpv6Addresses",
}
NOT_ALLOWED = "You are not authorized to perform this operation."
NAMED = (
    NOT_ALLOWED + " User: arn:aws:sts::111122223333:assumed-role/r/i is not authorized to perform: "
    "ec2:{call} on resource: arn:aws:ec2:eu-west-1:111122223333:x"
)
API_ERRORS = (  # cause, code, message, status
    ("iam-missing", "UnauthorizedOperation", NOT_ALLOWED, 403),
    ("iam-missing", "UnauthorizedOperation", NOT_ALLOWED + " Encoded message: zz", 403),
    (
        "iam-missing",
        "UnauthorizedOperation",
        NAMED + " because no identity-based policy allows the ec2:{call} action",
        403,
    ),
    ("iam-missing", "AccessDenied", NAMED, 403),
    (
        "iam-explicit-deny",
        "UnauthorizedOperation",
        NAMED + " with an explicit deny in a service control policy",
        403,
    ),
    (
        "iam-explicit-deny",
        "UnauthorizedOperation",
        NAMED + " because no permissions boundary allows the ec2:{call} action",
        403,
    ),
    (
        "subnet-exhausted",
        "InsufficientFreeAddressesInSubnet",
        "The specified subnet does not have enough free addresses to satisfy the request.",
        400,
    ),
    (
        "subnet-fragmented-prefix",
        "InsufficientCidrBlocks",
        "The specified subnet does not have enough free cidr blocks to satisfy the request.",
        400,
    ),
    (
        "subnet-fragmented-prefix",
        "InvalidParameterValue",
        "There aren't sufficient free Ipv4 addresses or prefixes",
        400,
    ),
    (
        "eni-limit-reached",
        "AttachmentLimitExceeded",
        "Interface count 4 exceeds the limit for t3.medium",
        400,
    ),
    (
        "eni-limit-reached",
        "NetworkInterfaceLimitExceeded",
        "The maximum number of network interfaces has been reached.",
        400,
    ),
    ("ec2-api-throttled", "RequestLimitExceeded", "Request limit exceeded.", 503),
    ("ec2-api-throttled", "Throttling", "Rate exceeded", 400),
    (
        "security-group-missing",
        "InvalidGroup.NotFound",
        "The security group 'sg-01' does not exist",
        400,
    ),
    (
        "security-group-missing",
        "SecurityGroupsPerInterfaceLimitExceeded",
        "The maximum number of security groups per interface has been reached.",
        400,
    ),
    (
        "eniconfig-misconfigured",
        "InvalidSubnetID.NotFound",
        "The subnet ID 'subnet-01' does not exist",
        400,
    ),
    (
        "eniconfig-misconfigured",
        "InvalidParameterCombination",
        "You may not attach a network interface to an instance if they are not in the same availability zone",
        400,
    ),
    (
        "iam-no-credentials",
        "AuthFailure",
        "AWS was not able to validate the provided access credentials",
        401,
    ),
    ("iam-no-credentials", "RequestExpired", "Request has expired.", 400),
)
_REFRESH = "operation error EC2: {call}, get identity: get credentials: failed to refresh cached credentials, "
_ATTEMPTS = "exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, "
_TOKEN = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
PLAIN_ERRORS = (
    (
        "iam-irsa-trust",
        "WebIdentityErr: failed to retrieve credentials\ncaused by: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity\n\tstatus code: 403, request id: 0a",
    ),
    (
        "iam-irsa-trust",
        "WebIdentityErr: failed to retrieve credentials\ncaused by: InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.eu-west-1.amazonaws.com/id/AB\n\tstatus code: 400, request id: 0a",
    ),
    (
        "iam-irsa-trust",
        _REFRESH
        + "failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 403, RequestID: 0a, api error AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    ),
    (
        "iam-irsa-trust",
        _REFRESH
        + "failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 400, RequestID: 0a, InvalidIdentityToken: Incorrect token audience",
    ),
    (
        "iam-irsa-trust",
        _REFRESH
        + "failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 400, RequestID: 0a, ExpiredTokenException: Token expired",
    ),
    (
        "iam-no-credentials",
        "NoCredentialProviders: no valid providers in chain. Deprecated.\n\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors",
    ),
    (
        "iam-no-credentials",
        _REFRESH
        + "no EC2 IMDS role found, operation error ec2imds: GetMetadata, http response error StatusCode: 404, request to EC2 IMDS failed",
    ),
    (
        "iam-no-credentials",
        _REFRESH
        + "no EC2 IMDS role found, operation error ec2imds: GetMetadata, canceled, context deadline exceeded",
    ),
    (
        "iam-no-credentials",
        _REFRESH
        + f"failed to retrieve jwt from provider source, unable to read file at {_TOKEN}: open {_TOKEN}: no such file or directory",
    ),
    (
        "iam-no-credentials",
        _REFRESH
        + 'failed to load credentials, exceeded maximum number of attempts, 3, request send failed, Get "http://169.254.170.23/v1/credentials": dial tcp 169.254.170.23:80: connect: connection refused',
    ),
    (
        "aws-endpoint-unreachable",
        'RequestError: send request failed\ncaused by: Post "https://ec2.us-east-1.amazonaws.com/": dial tcp 10.0.0.1:443: i/o timeout',
    ),
    (
        "aws-endpoint-unreachable",
        "RequestError: send request failed\ncaused by: Post https://ec2.us-east-1.amazonaws.com/: dial tcp: lookup ec2.us-east-1.amazonaws.com: no such host",
    ),
    (
        "aws-endpoint-unreachable",
        'WebIdentityErr: failed to retrieve credentials\ncaused by: RequestError: send request failed\ncaused by: Post "https://sts.amazonaws.com/": dial tcp 10.0.0.1:443: i/o timeout',
    ),
    (
        "aws-endpoint-unreachable",
        "operation error EC2: {call}, "
        + _ATTEMPTS
        + 'Post "https://ec2.cn-north-1.amazonaws.com.cn/": dial tcp: lookup ec2.cn-north-1.amazonaws.com.cn on 10.0.0.2:53: read udp 10.0.1.2:44->10.0.0.2:53: i/o timeout',
    ),
    (
        "aws-endpoint-unreachable",
        "operation error EC2: {call}, "
        + _ATTEMPTS
        + 'Post "https://ec2.us-east-1.amazonaws.com/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ),
    (
        "aws-endpoint-unreachable",
        "operation error EC2: {call}, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded",
    ),
    (
        "aws-endpoint-unreachable",
        _REFRESH
        + "failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, "
        + _ATTEMPTS
        + 'Post "https://sts.us-east-1.amazonaws.com/": dial tcp 10.0.0.1:443: i/o timeout',
    ),
    (
        "proxy-misconfigured",
        "operation error EC2: {call}, "
        + _ATTEMPTS
        + 'Post "https://ec2.us-east-1.amazonaws.com/": proxyconnect tcp: dial tcp 10.0.0.1:3128: i/o timeout',
    ),
)
KUBE_WRAPS = (
    "Unable to reach API Server, {error}",
    "Unable to reach API Server: {error}",
    "Failed to check API server connectivity: error communicating with apiserver: {error}",
    "Failed to create client: error communicating with apiserver: {error}",
    "Failed to create kube client: {error}",
    "Failed to get node, {error}",
    "Send AddNetworkReply: Failed to get pod: {error}",
    "error while retrieving eniconfig: {error}",
    "Initialization failure: {error}",
    "Failed to find host aws-node pod: {error}",
    "Failed to add the pod annotation: {error}",
    "Still waiting for API server connectivity in background: {error}",
    "Failed to add SGP feature to CNINode resource%!(EXTRA *url.Error={error})",
    "Failed to add feature custom networking into CNINode%!(EXTRA *url.Error={error})",
)
_GET = 'Get "https://172.20.0.1:443/api/v1/nodes/n?timeout=5s": '
_BY = 'is forbidden: User "system:serviceaccount:kube-system:aws-node" cannot'
KUBE_ERRORS = (
    ("apiserver-unreachable", _GET + "dial tcp 172.20.0.1:443: i/o timeout"),
    ("apiserver-unreachable", _GET + "dial tcp 172.20.0.1:443: connect: connection refused"),
    (
        "apiserver-unreachable",
        _GET
        + "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
    ),
    ("apiserver-unreachable", _GET + "context deadline exceeded"),
    ("apiserver-unreachable", _GET + "net/http: TLS handshake timeout"),
    ("apiserver-unreachable", _GET + "http2: client connection lost"),
    (
        "apiserver-unreachable",
        _GET + "read tcp 10.1.2.3:4->172.20.0.1:443: read: connection reset by peer",
    ),
    (
        "apiserver-unreachable",
        'Get "https://AB.gr7.us-east-1.eks.amazonaws.com/version?timeout=5s": dial tcp: lookup AB.gr7.us-east-1.eks.amazonaws.com on 10.0.0.2:53: no such host',
    ),
    ("apiserver-unreachable", "Unauthorized"),
    ("apiserver-tls", _GET + "x509: certificate signed by unknown authority"),
    (
        "apiserver-tls",
        _GET + "tls: failed to verify certificate: x509: certificate is valid for a, not b",
    ),
    ("apiserver-tls", _GET + "remote error: tls: internal error"),
    ("rbac-denied", f'nodes "n" {_BY} get resource "nodes" in API group "" at the cluster scope'),
    (
        "rbac-denied",
        f'eniconfigs.crd.k8s.amazonaws.com {_BY} list resource "eniconfigs" in API group "crd.k8s.amazonaws.com" at the cluster scope',
    ),
    (
        "crd-missing",
        "the server could not find the requested resource (get eniconfigs.crd.k8s.amazonaws.com)",
    ),
    ("crd-missing", 'no matches for kind "CNINode" in version "vpcresources.k8s.aws/v1alpha1"'),
    (
        "proxy-misconfigured",
        _GET + "proxyconnect tcp: dial tcp 10.1.1.1:3128: connect: connection refused",
    ),
    ("proxy-misconfigured", _GET + "Forbidden"),
)


def lines() -> list[tuple[str, str]]:
    """Return every pair as (cause wanted, message)."""
    found = []
    for wrap, call in EC2_WRAPS.items():
        family = "ipv6" if "Ipv6" in call else "ipv4"
        for cause, code, text, status in API_ERRORS:
            wanted = f"iam-missing-{family}-permissions" if cause == "iam-missing" else cause
            v1 = f"{code}: {text}\n\tstatus code: {status}, request id: 0a"
            v2 = (
                f"operation error EC2: {call}, https response error StatusCode: {status}, "
                f"RequestID: 0a, api error {code}: {text}"
            )
            found += [(wanted, wrap.format(error=e.replace("{call}", call))) for e in (v1, v2)]
        found += [(c, wrap.format(error=e.replace("{call}", call))) for c, e in PLAIN_ERRORS]
    for wrap in KUBE_WRAPS:
        found += [(cause, wrap.format(error=error)) for cause, error in KUBE_ERRORS]
    return found
