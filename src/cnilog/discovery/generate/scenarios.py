"""What can happen to a cluster, told through its programs.

A scenario takes a node that has said nothing yet and lives through the failure on it. Each names
the cause an analysis should find, and the releases whose source can print it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnilog.discovery.generate import aws
from cnilog.discovery.generate.programs import (
    IPAMD_START,
    add_pod,
    crash_loop,
    delete_pod,
    entrypoint,
    exit_loop,
    init_container,
    ipamd_until,
    serve,
    start,
    steady,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilog.discovery.generate.world import Node

IPAMD: Final = "ipamd/ipamd.go:866"
MAIN: Final = "aws-k8s-agent/main.go:62"
CALLS: Final = "awsutils/awsutils.go:1214"
POOL: Final = "wait/wait.go:211"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story: what happens, the cause to find, and where it can happen."""

    name: str
    cause: str | None  # null: nothing is wrong
    tells: str
    live: Callable[[Node], None]
    since: str = "1.7.0"
    until: str = "99.0.0"
    nodes: int = 1
    certain: bool = True  # the logs alone determine the cause


def healthy(node: Node) -> None:
    """Start, run pods for some minutes."""
    start(node)
    steady(node, 4)


def scale_up(node: Node) -> None:
    """Take many pods at once; the pool keeps up."""
    start(node, pods=1)
    steady(node, 1)
    for _ in range(min(4, node.names["total"] - 1)):
        add_pod(node)
    steady(node, 2)


def scale_down(node: Node) -> None:
    """Lose pods; their addresses cool down."""
    start(node, pods=0)
    pods = [add_pod(node) for _ in range(3)]
    steady(node, 1)
    for pod in pods:
        delete_pod(node, pod)
    steady(node, 2)


def rolling_upgrade(node: Node) -> None:
    """Be replaced by the same release once, in good order."""
    start(node)
    steady(node, 2)
    node.say("ipamd", "Received shutdown signal, setting 'terminating' to true", caller=MAIN)
    node.wait(8)
    start(node, pods=2)
    steady(node, 2)


def late_api_server(node: Node) -> None:
    """Wait for kube-proxy at boot, then start well."""
    init_container(node)
    entrypoint(node, until="wait")
    ipamd_until(node, "apiserver")
    for _ in range(2):
        _api_server_timeout(node)
    node.play("ipamd", "ipamd-apiserver", resume="apiserver")
    for script in IPAMD_START[2:]:
        node.play("ipamd", script)
    serve(node, pods=3)
    steady(node, 3)


def _fail(node: Node, message: str, *, caller: str = MAIN) -> None:
    node.say("ipamd", f"Initialization failure: {message}", level="error", caller=caller)


def _describe_fails(node: Node, text: str) -> None:
    ipamd_until(node, "ec2")
    if node.since(1, 19, 4):
        node.say(
            "ipamd",
            f"checkAPIErrorAndBroadcastEvent resulted in {text}",
            level="debug",
            caller=CALLS,
            after=0.9,
        )
    node.say(
        "ipamd",
        f"Failed to call ec2:DescribeNetworkInterfaces for [{node.names['eni']}]: {text}",
        level="error",
        caller=CALLS,
        after=0.4,
    )
    cause = f": {text}" if node.since(1, 11, 3) else ""
    _fail(node, f"ipamd init: failed to retrieve attached ENIs info{cause}")


def _assign_fails(node: Node, text: str) -> None:
    ipamd_until(node, "assign")
    _say_not_allocated(node, text)
    if node.since(1, 13, 0):
        _fail(node, f"error while trying to increase datastore pool: {text}")
    else:
        _fail(node, text)


def ipv6_only_policy(node: Node) -> None:
    """Die on the first IPv4 action, again and again, for the policy allows only IPv6."""

    def attempt(turn: Node) -> None:
        text = aws.missing_allow(turn, "AssignPrivateIpAddresses")
        _assign_fails(turn, text)
        if turn.since(1, 11, 3):
            turn.event(
                "MissingIAMPermissions",
                "Unauthorized operation: failed to call ec2:AssignPrivateIpAddresses due to "
                "missing permissions. Please refer https://github.com/aws/amazon-vpc-cni-k8s/"
                "blob/master/docs/iam-policy.md to attach relevant policy to IAM role",
                count=2,
            )

    crash_loop(node, attempt)


def explicit_deny(node: Node) -> None:
    """Be refused by a service control policy."""
    because = "with an explicit deny in a service control policy"
    crash_loop(
        node,
        lambda turn: _assign_fails(
            turn, aws.unauthorized(turn, "AssignPrivateIpAddresses", because=because)
        ),
    )


def irsa_trust(node: Node) -> None:
    """Have a role that does not trust the service account."""
    crash_loop(node, lambda turn: _describe_fails(turn, aws.web_identity_refused(turn)))


def no_credentials(node: Node) -> None:
    """Have no role at all."""
    crash_loop(node, lambda turn: _describe_fails(turn, aws.no_credentials(turn)))


def ec2_unreachable(node: Node) -> None:
    """Have no route to the EC2 endpoint."""
    problem = "dial tcp 10.0.3.7:443: i/o timeout"
    crash_loop(
        node,
        lambda turn: _describe_fails(
            turn, aws.no_answer(turn, "ec2", "DescribeNetworkInterfaces", problem)
        ),
    )


def imds_blocked(node: Node) -> None:
    """Get no answer from instance metadata."""

    def attempt(turn: Node) -> None:
        turn.play("ipamd", "ipamd-begin")
        turn.play("ipamd", "ipamd-apiserver")
        text = aws.no_metadata(turn)
        turn.say(
            "ipamd",
            f"Failed to retrieve region data from instance metadata {text}",
            level="error",
            caller="ipamd/ipamd.go:380",
            after=12,
        )
        _fail(
            turn,
            "ipamd: can not initialize with AWS SDK interface: instance metadata: "
            f"failed to retrieve region data: {text}",
        )

    crash_loop(node, attempt)


def _api_server_timeout(node: Node) -> None:
    error = (
        f'Get "https://{aws.SERVICE_IP}:443/version?timeout=5s": net/http: request canceled while '
        "waiting for connection (Client.Timeout exceeded while awaiting headers)"
    )
    sign = ":" if node.since(1, 19, 4) else ","
    node.say(
        "ipamd",
        f"Unable to reach API Server{sign} {error}",
        level="error",
        caller=POOL,
        after=10 if node.since(1, 19, 4) else 7,
    )


def apiserver_down(node: Node) -> None:
    """Get no answer from the API server's service address."""

    def attempt(turn: Node) -> None:
        ipamd_until(turn, "apiserver")
        for _ in range(3 if turn.since(1, 19, 4) else 11):
            _api_server_timeout(turn)

    crash_loop(node, attempt)


def _pool_fails(node: Node, action: str, code: str, message: str) -> None:
    """Ask for more addresses every five seconds and be refused."""
    text = aws.refused(node, action, code, message)
    eni = node.names["eni"]
    node.say("ipamd", "Starting to increase pool size", level="debug", caller=IPAMD, after=5)
    node.say("ipamd", f"Trying to allocate 1 IP addresses on ENI {eni}", caller=IPAMD)
    _say_not_allocated(node, text)


def _say_not_allocated(node: Node, text: str) -> None:
    eni = node.names["eni"]
    slot = "IP/Prefix" if node.since(1, 9, 0) else "IP"
    message = f"Failed to allocate a private {slot} addresses on ENI {eni}: {text}"
    node.say("ipamd", message, level="error", caller=CALLS, after=0.2)
    what = "IPv4 Prefixes" if node.names["prefixes"] == "true" else "IP addresses"
    message = f"failed to allocate all available {what} on ENI {eni}, err: {text}"
    node.say("ipamd", message, level="warn", caller=IPAMD)


def _not_enough(node: Node) -> None:
    if not node.since(1, 9, 1):
        return
    node.say(
        "ipamd",
        "Unable to attach IPs/Prefixes for the ENI, subnet doesn't seem to have enough "
        "IPs/Prefixes. Consider using new subnet or carve a reserved range using "
        "create-subnet-cidr-reservation",
        level="error",
        caller=POOL,
    )
    for _ in range(3):
        node.say(
            "ipamd",
            "Recently we had InsufficientCidr error hence will wait for 2m0s before retrying",
            level="debug",
            caller=POOL,
            after=5,
        )


def _pod_without_address(node: Node) -> None:
    """Ask for a pod's address and get none."""
    names = {
        "workload": f"web-{node.hexadecimal(9)}-{node.hexadecimal(5)}",
        "sandbox": node.hexadecimal(64),
        "netns": f"/var/run/netns/cni-{node.hexadecimal(8)}",
    }
    node.names["assigned"] = node.names["total"]
    node.play("plugin", "plugin-add", until="backend", **names)
    node.play("ipamd", "ipamd-add", until="assign-pod", **names)
    function = "AssignPodIPAddress" if node.since(1, 20, 0) else "AssignPodIPv4Address"
    if not node.since(1, 16, 0):
        function = "assignPodIPv4AddressUnsafe"
    slot = "IP/Prefix addresses" if node.since(1, 9, 0) else "IP addresses"
    node.say("ipamd", f"{function}: no available {slot}", level="error", caller="rpc/rpc.pb.go:863")
    sandbox = names["sandbox"]
    node.say(
        "plugin",
        f"Failed to assign an IP address to container {sandbox}",
        level="error",
        caller="routed-eni-cni-plugin/cni.go:119",
    )
    node.event(
        "FailedCreatePodSandBox",
        "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network "
        f'for sandbox "{sandbox}": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: '
        "failed to assign an IP address to container",
        count=4,
    )


def subnet_exhausted(node: Node) -> None:
    """Run out of addresses in the subnet."""
    start(node, pods=2)
    steady(node, 0.5)
    message = "The specified subnet does not have enough free addresses to satisfy the request."
    for _ in range(4):
        code = "InsufficientFreeAddressesInSubnet"
        _pool_fails(node, "AssignPrivateIpAddresses", code, message)
        _not_enough(node)
        _pod_without_address(node)


def prefix_fragmented(node: Node) -> None:
    """Find no contiguous /28 although single addresses are free."""
    node.names["prefixes"] = "true"
    start(node, pods=2)
    message = (
        "There are not enough free cidr blocks in the specified subnet to satisfy the request."
    )
    for _ in range(4):
        _pool_fails(node, "AssignPrivateIpAddresses", "InsufficientCidrBlocks", message)
        _not_enough(node)
        _pod_without_address(node)


def api_throttled(node: Node) -> None:
    """Be throttled by EC2 while the fleet scales."""
    start(node, pods=2)
    for _ in range(8):
        message = "Request limit exceeded."
        _pool_fails(node, "AssignPrivateIpAddresses", "RequestLimitExceeded", message)


def eni_limit(node: Node) -> None:
    """Try to attach one ENI more than the instance type allows."""
    start(node, pods=2)
    kind = node.names["instance_type"]
    for _ in range(4):
        eni = "eni-0" + node.hexadecimal(16)
        node.say("ipamd", f"Created a new ENI: {eni}", caller=IPAMD, after=5)
        message = f"Interface count {node.names['max_enis'] + 1} exceeds the limit for {kind}"
        text = aws.refused(node, "AttachNetworkInterface", "AttachmentLimitExceeded", message)
        node.say(
            "ipamd", f"Failed to attach ENI {eni}: {text}", level="error", caller=IPAMD, after=0.6
        )
        node.say(
            "ipamd",
            "Failed to increase pool size due to not able to allocate ENI AllocENI: error "
            f"attaching ENI: {text}",
            level="error",
            caller=POOL,
        )
        _pod_without_address(node)


def security_group_missing(node: Node) -> None:
    """Create ENIs with a security group that is gone."""
    start(node, pods=2)
    group = "sg-0" + node.hexadecimal(16)
    for _ in range(4):
        text = aws.refused(
            node,
            "CreateNetworkInterface",
            "InvalidGroup.NotFound",
            f"The security group '{group}' does not exist",
        )
        where = f" for subnet {node.names['subnet']}" if node.since(1, 18, 0) else ""
        node.say(
            "ipamd",
            f"Failed to CreateNetworkInterface {text}{where}",
            level="error",
            caller=CALLS,
            after=5,
        )
        node.say(
            "ipamd",
            "Failed to increase pool size due to not able to allocate ENI AllocENI: failed to "
            f"create ENI: failed to create network interface: {text}",
            level="error",
            caller=POOL,
        )


def rbac_denied(node: Node) -> None:
    """Wait for caches that RBAC does not let fill."""

    def attempt(turn: Node) -> None:
        ipamd_until(turn, "cache" if turn.since(1, 19, 4) else "apiserver")
        if not turn.since(1, 19, 4):
            turn.play("ipamd", "ipamd-apiserver", until="cache")
        for _ in range(9):
            turn.say(
                "aws-node",
                f"E{turn.now:%m%d %H:%M:%S.%f}       1 reflector.go:138] pkg/mod/k8s.io/client-go/"
                "tools/cache/reflector.go:167: Failed to watch *v1alpha1.ENIConfig: failed to list "
                "*v1alpha1.ENIConfig: eniconfigs.crd.k8s.amazonaws.com is forbidden: User "
                '"system:serviceaccount:kube-system:aws-node" cannot list resource "eniconfigs" in '
                'API group "crd.k8s.amazonaws.com" at the cluster scope',
                plain=True,
                after=turn.random.uniform(1, 12),
            )

    crash_loop(node, attempt)


def ip_families_disabled(node: Node) -> None:
    """Run a new image on a manifest that names no IP family."""

    def attempt(turn: Node) -> None:
        turn.play("ipamd", "ipamd-begin")
        turn.play("ipamd", "ipamd-apiserver")
        turn.play("ipamd", "ipamd-metadata")
        turn.say(
            "ipamd",
            "IPv4 and IPv6 are both disabled. One of them have to be enabled",
            level="error",
            caller="ipamd/ipamd.go:380",
        )
        _fail(turn, "ipamd: failed to validate configuration")

    crash_loop(node, attempt)


def warm_prefix_zero(node: Node) -> None:
    """Refuse a contradictory environment before anything starts."""

    def attempt(turn: Node) -> None:
        if not turn.since(1, 12, 1):
            turn.say("aws-node", "Validating env variables ... ")
        turn.say(
            "aws-node",
            "Setting WARM_PREFIX_TARGET = 0 is not supported while WARM_IP_TARGET/"
            "MINIMUM_IP_TARGET is not set. Please configure either one of the WARM_{PREFIX/IP}"
            "_TARGET or MINIMUM_IP_TARGET env variables",
            level="error",
        )

    exit_loop(node, attempt)


def cri_socket(node: Node) -> None:
    """Wait for a container runtime socket that is not there."""
    crash_loop(node, lambda turn: ipamd_until(turn, "cri"))


def iptables_legacy(node: Node) -> None:
    """Fail to set up iptables."""

    def attempt(turn: Node) -> None:
        ipamd_until(turn, "iptables")
        _fail(
            turn,
            "ipamd init: failed to set up host network: host network setup: failed to add chain: "
            "running [/usr/sbin/iptables -t nat -N AWS-SNAT-CHAIN-0 --wait]: exit status 3: "
            "iptables v1.8.4 (legacy): can't initialize iptables table `nat': Table does not exist "
            "(do you need to insmod?)",
        )

    crash_loop(node, attempt)


def checkpoint_corrupt(node: Node) -> None:
    """Find a checkpoint that ends in the middle."""

    def attempt(turn: Node) -> None:
        ipamd_until(turn, "checkpoint")
        _fail(turn, "failed ipam state recovery from backing store: unexpected end of JSON input")

    crash_loop(node, attempt)


def npa_crash(node: Node) -> None:
    """Let the policy agent wait for an ipamd that it cannot reach, and panic."""
    start(node)
    target = "unix:/var/run/aws-node/ipamd.sock" if node.since(1, 23, 0) else "127.0.0.1:50051"
    for turn in range(4):
        node.play("npa", "npa-start", until="ipamd")
        error = "rpc error: code = DeadlineExceeded desc = context deadline exceeded"
        where = f" at {target}: {error}" if node.since(1, 23, 0) else f" {error}"
        node.say(
            "npa",
            f"Failed to connect to ipamd{where}",
            level="error",
            caller="runtime/proc.go:283",
            after=30,
        )
        node.event("BackOff", "Back-off restarting failed container aws-eks-nodeagent in pod")
        node.wait(10 * 2**turn)


def ebpf_maps(node: Node) -> None:
    """Fail to load the policy agent's eBPF programs on an old kernel."""
    start(node)
    for turn in range(4):
        node.play("npa", "npa-start", until="maps")
        node.say(
            "npa",
            "Unable to load events binary. Required for policy enforcement, exiting..",
            level="error",
            caller="ebpf/bpf_client.go:176",
        )
        node.wait(10 * 2**turn)


def ipamd_refused(node: Node) -> None:
    """Let pods come while ipamd does not serve; only the plugin tells."""
    for _ in range(5):
        sandbox = node.hexadecimal(64)
        target = (
            "dial unix /var/run/aws-node/ipamd.sock: connect: no such file or directory"
            if node.since(1, 23, 0)
            else "dial tcp 127.0.0.1:50051: connect: connection refused"
        )
        node.say(
            "plugin",
            f"Error received from AddNetwork grpc call for containerID {sandbox}: rpc error: "
            "code = Unavailable desc = connection error: desc = "
            f'"transport: Error while dialing: {target}"',
            level="error",
            caller="routed-eni-cni-plugin/cni.go:119",
            after=12,
        )


def exec_probe_slow(node: Node) -> None:
    """Kill a serving ipamd, because its probe gets no CPU."""
    for _ in range(3):
        start(node, pods=2)
        steady(node, 4)
        node.event(
            "Unhealthy",
            'Liveness probe failed: command "/app/grpc-health-probe -addr=:50051" timed out',
            count=3,
        )
        node.event("Killing", "Container aws-node failed liveness probe, will be restarted")
        node.restarts.append(node.now)
        node.wait(12)


_ALL: Final = (
    Scenario("healthy", None, "starts and runs", healthy),
    Scenario("scale-up", None, "many pods come", scale_up),
    Scenario("scale-down", None, "pods go, addresses cool down", scale_down),
    Scenario("rolling-upgrade", None, "the DaemonSet is rolled", rolling_upgrade, nodes=2),
    Scenario(
        "late-api-server", None, "kube-proxy is late at boot; all heals", late_api_server, "1.11.3"
    ),
    Scenario(
        "ipv6-only-policy",
        "iam-missing-ipv4-permissions",
        "the role's policy allows only the IPv6 actions",
        ipv6_only_policy,
    ),
    Scenario("explicit-deny", "iam-explicit-deny", "an SCP denies an EC2 action", explicit_deny),
    Scenario("irsa-trust", "iam-irsa-trust", "the role does not trust aws-node", irsa_trust),
    Scenario("no-credentials", "iam-no-credentials", "the node has no role", no_credentials),
    Scenario("ec2-unreachable", "aws-endpoint-unreachable", "no route to EC2", ec2_unreachable),
    Scenario("imds-blocked", "imds-unreachable", "instance metadata is blocked", imds_blocked),
    Scenario(
        "apiserver-down",
        "apiserver-unreachable",
        "the service address gives no answer",
        apiserver_down,
        "1.11.3",
    ),
    Scenario("subnet-exhausted", "subnet-exhausted", "no free address", subnet_exhausted),
    Scenario(
        "prefix-fragmented",
        "subnet-fragmented-prefix",
        "no contiguous /28",
        prefix_fragmented,
        "1.9.1",
    ),
    Scenario("api-throttled", "ec2-api-throttled", "EC2 throttles", api_throttled),
    Scenario("eni-limit", "eni-limit-reached", "one ENI too many", eni_limit),
    Scenario(
        "security-group-missing",
        "security-group-missing",
        "a security group was deleted",
        security_group_missing,
    ),
    Scenario(
        "rbac-denied", "rbac-denied", "the ClusterRole lacks ENIConfigs", rbac_denied, "1.13.0"
    ),
    Scenario(
        "ip-families-disabled",
        "manifest-version-skew",
        "the manifest names no IP family",
        ip_families_disabled,
        "1.10.0",
    ),
    Scenario(
        "warm-prefix-zero", "env-misconfigured", "WARM_PREFIX_TARGET=0", warm_prefix_zero, "1.9.0"
    ),
    Scenario(
        "cri-socket",
        "cri-socket-unreachable",
        "the runtime's socket is not there",
        cri_socket,
        "1.10.0",
        "1.11.5",
        certain=False,
    ),
    Scenario("iptables-legacy", "iptables-backend", "no nat table", iptables_legacy),
    Scenario(
        "checkpoint-corrupt", "ipam-state-corrupt", "ipam.json is cut", checkpoint_corrupt, "1.12.0"
    ),
    Scenario(
        "npa-crash",
        "network-policy-agent",
        "the policy agent cannot reach ipamd",
        npa_crash,
        "1.20.0",
        certain=False,
    ),
    Scenario("ebpf-load", "network-policy-agent", "eBPF does not load", ebpf_maps, "1.20.0"),
    Scenario(
        "ipamd-refused",
        "cni-config-missing",
        "only the plugin's side is there",
        ipamd_refused,
        certain=False,
    ),
    Scenario(
        "probe-timeout",
        "probe-timeout-cpu",
        "a healthy ipamd is killed by its probe",
        exec_probe_slow,
        certain=False,
    ),
)
SCENARIOS: Final = {scenario.name: scenario for scenario in _ALL}
