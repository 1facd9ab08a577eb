"""What another program says of its own calls is not laid at the CNI's door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import cnilog

if TYPE_CHECKING:
    from pathlib import Path

REFUSED = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"


def _line(**group: str) -> str:
    entry = {"level": "error", "ts": "2026-03-02T10:00:01.000Z", "msg": "Reconciler error"}
    return json.dumps({**entry, **group, "error": REFUSED})


@pytest.mark.parametrize(
    ("line", "causes"),
    [
        pytest.param(_line(controllerGroup="elbv2.k8s.aws"), [], id="the load balancer's"),
        pytest.param(_line(**{"reconciler group": "cert-manager.io"}), [], id="an old release"),
        pytest.param(_line(controllerGroup="networking.k8s.aws"), ["iam-irsa-trust"], id="agent"),
        pytest.param(_line(controllerGroup=""), ["iam-irsa-trust"], id="of core objects"),
        pytest.param(f"[pod/app-1/app] {_line()}", [], id="another pod's container"),
    ],
)
def test_a_refused_role_counts_where_its_program_may_be_the_cnis(
    line: str, causes: list[str], tmp_path: Path
) -> None:
    source = tmp_path / "controller.log"
    source.write_text(f"{line}\n")

    assert cnilog.analyze(source).causes["id"].to_list() == causes


REFUSES = "NoCredentialProviders: no valid providers in chain. Deprecated."


@pytest.mark.parametrize(
    ("fields", "causes"),
    [
        pytest.param('controller="awscluster" controllerGroup="x.io"', [], id="a controller's"),
        pytest.param('pod="kube-system/x"', ["iam-no-credentials"], id="kubelet's"),
    ],
)
def test_a_controller_whose_file_is_called_as_kubelet_s_speaks_for_itself(
    fields: str, causes: list[str], tmp_path: Path
) -> None:
    source = tmp_path / "paste.txt"
    head = 'E0302 10:00:01.000000       1 controller.go:329] "Reconciler error" err=<'
    source.write_text(f"{head}\n\tfailed to query: {REFUSES}\n > {fields}\n")

    assert cnilog.analyze(source).causes["id"].to_list() == causes


METADATA = "EC2MetadataError: failed to make EC2Metadata request\n\n\tstatus code: 401"


@pytest.mark.parametrize(
    ("time", "causes"),
    [
        pytest.param(1772445601.2021482, [], id="a count of seconds"),
        pytest.param("2026-03-02T10:00:01.202Z", ["imds-unreachable"], id="as the CNI writes it"),
    ],
)
def test_a_time_that_no_program_of_the_cni_writes_tells_of_another(
    time: float | str, causes: list[str], tmp_path: Path
) -> None:
    entry = {"level": "error", "ts": time, "logger": "setup", "msg": "x", "error": METADATA}
    source = tmp_path / "paste.txt"
    source.write_text(f"{json.dumps(entry)}\n")

    assert cnilog.analyze(source).causes["id"].to_list() == causes


LIMIT = (
    'msg="Unable to maintain ip pool of node" error="unable to attach ENI at index 3: '
    'AttachmentLimitExceeded: Interface count 4 exceeds the limit for t3.medium"'
)


@pytest.mark.parametrize(
    ("line", "causes"),
    [
        pytest.param(f"level=warning {LIMIT} subsys=ipam", [], id="Cilium's"),
        pytest.param(f"level=warning {LIMIT}", ["eni-limit-reached"], id="nobody's"),
    ],
)
@pytest.mark.parametrize("time", ["", 'time="2026-03-02T10:00:01Z" '])
def test_an_operator_of_another_network_has_its_own_limits(
    line: str, causes: list[str], time: str, tmp_path: Path
) -> None:
    source = tmp_path / "operator.log"
    source.write_text(f"{time}{line}\n")

    assert cnilog.analyze(source).causes["id"].to_list() == causes


@pytest.mark.parametrize(
    ("caller", "causes"),
    [
        pytest.param("aws_manager.go:265", [], id="a file of another program"),
        pytest.param("reflector.go:229", ["iam-irsa-trust"], id="one of client-go"),
    ],
)
def test_a_line_of_klog_names_whose_it_is_by_its_file(
    caller: str, causes: list[str], tmp_path: Path
) -> None:
    source = tmp_path / "pasted.log"
    source.write_text(f"E0302 10:00:01.000000       1 {caller}] cannot go on: {REFUSED}\n")

    assert cnilog.analyze(source).causes["id"].to_list() == causes


STAMP = "2026/03/02 10:00:01 "
JOURNAL = "Mar 02 10:00:01 ip-10-0-3-1 9f86d081884c[1234]: "
SYNC = 'time="2026-03-02T10:00:01Z" level={level} msg="{said}"\n'
AGENT = '{"client-addr":"127.0.0.1:1","level":"error","msg":"SAID","time":"2026-03-02T10:00:01Z"}\n'
PROBED = "Failed probe: Get http://169.254.170.23:80: context deadline exceeded"


@pytest.mark.parametrize(
    ("log", "causes"),
    [
        pytest.param(f"{STAMP}cannot go on: {REFUSED}\n", [], id="Go's plain logger"),
        pytest.param(f"{STAMP}exporter started\ncaused by: {REFUSED}\n", [], id="its cause"),
        pytest.param(f"{STAMP}one\n{STAMP}two\n{STAMP}no: {REFUSED}\n", [], id="at one second"),
        pytest.param(f"{STAMP}DEBUG: no: {REFUSED}\n", ["iam-irsa-trust"], id="the SDK"),
        pytest.param(SYNC.format(level="error", said=f"no zones: {REFUSED}"), [], id="logrus"),
        pytest.param(
            SYNC.format(level="info", said="zones synced") + f"caused by: {REFUSED}\n", [],
            id="a line behind logrus",
        ),
        pytest.param(
            SYNC.format(level="info", said="Starting IPAM daemon... ") + f"caused by: {REFUSED}\n",
            ["iam-irsa-trust"], id="a line behind the entrypoint's",
        ),
        pytest.param(f"caused by: {REFUSED}\n", ["iam-irsa-trust"], id="nobody's"),
        pytest.param(
            f"{JOURNAL}2019-03-02T10:00:01Z [ERROR] Failed to get ENI eni-01: {REFUSED}\n",
            ["iam-irsa-trust"], id="ipamd's, in a journal that names its container by a number",
        ),
        pytest.param(f"{JOURNAL}no zones: {REFUSED}\n", [], id="another's, in the same journal"),
        pytest.param(AGENT.replace("SAID", PROBED), [], id="the Pod Identity agent's own"),
        pytest.param(f"{PROBED}\n", ["iam-no-credentials"], id="of nobody that is named"),
    ],
)  # fmt: skip
def test_a_call_to_aws_is_of_the_program_whose_logger_wrote_it(
    log: str, causes: list[str], tmp_path: Path
) -> None:
    source = tmp_path / "pasted.log"
    source.write_text(log)

    assert cnilog.analyze(source).causes["id"].to_list() == causes


FULL = "no space left on device"


@pytest.mark.parametrize(
    ("log", "confidence"),
    [
        pytest.param(f"write /data/x: {FULL}\n", "possible", id="who knows who said so"),
        pytest.param(f"open /opt/cni/bin/aws-cni: {FULL}\n", "confirmed", id="of a CNI binary"),
        pytest.param(f"Failed to create pod sandbox: {FULL}\n", "confirmed", id="of the runtime"),
        pytest.param(
            f"write /data/x: {FULL}\nopen /opt/cni/bin/aws-cni: {FULL}\n", "confirmed", id="of both"
        ),
    ],
)
def test_a_sentence_that_names_nothing_of_the_cni_is_no_claim(
    log: str, confidence: str, tmp_path: Path
) -> None:
    (tmp_path / "pasted.log").write_text(log)
    cause = cnilog.analyze(tmp_path).report.causes[0]
    missing = [one.text for one in cause.reasons if one.effect == "missing"]

    assert (cause.id, cause.confidence) == ("disk-full-or-readonly", confidence)
    assert ("nothing tells which program said so" in missing) == (confidence == "possible")


THROTTLED = "RequestLimitExceeded: Request limit exceeded. status code: 503"


@pytest.mark.parametrize(
    ("caller", "confidence"), [("aws.go:61", "possible"), ("reflector.go:229", "confirmed")]
)
def test_another_program_s_refused_calls_make_the_cni_s_only_possible(
    caller: str, confidence: str, tmp_path: Path
) -> None:
    lines = (f"E0302 10:00:0{n}.000000       1 {caller}] no: {THROTTLED}\n" for n in range(3))
    source = tmp_path / "pasted.log"
    source.write_text("".join(lines))

    found = cnilog.analyze(source).causes.select("id", "confidence").rows()

    assert found == [("ec2-api-throttled", confidence)]


@pytest.mark.parametrize("prefix", ["", "[pod/app-1/app] "])
def test_what_a_pod_says_of_the_way_to_the_api_server_counts_whoever_it_is(
    prefix: str, tmp_path: Path
) -> None:
    url = "https://172.20.0.1:443/api/v1/nodes/n1"
    error = f'err="Get \\"{url}\\": dial tcp 172.20.0.1:443: i/o timeout"'
    line = f'{prefix}E0302 10:00:01.000000       1 main.go:81] "cannot list" {error}\n'
    (tmp_path / "app.log").write_text(line)

    symptoms = cnilog.analyze(tmp_path).symptoms["id"].to_list()

    assert symptoms == ["pod-apiserver-timeout"]


@pytest.mark.parametrize(("lost", "found"), [(3, []), (4, ["pod-apiserver-timeout"])])
def test_few_requests_that_a_pod_lost_in_a_long_log_are_no_symptom(
    lost: int, found: list[str], tmp_path: Path
) -> None:
    error = 'err="Get \\"https://172.20.0.1:443/version\\": dial tcp 172.20.0.1:443: i/o timeout"'
    says = ['"cannot list" ' + error if 50 <= i < 50 + lost else '"listed"' for i in range(99)]
    times = [f"10:{i // 60:02}:{i % 60:02}.000000" for i in range(99)]
    lines = [
        f"E0302 {time}       1 main.go:81] {text}" for time, text in zip(times, says, strict=True)
    ]
    (tmp_path / "app.log").write_text("\n".join(lines) + "\n")

    assert cnilog.analyze(tmp_path).symptoms["id"].to_list() == found
