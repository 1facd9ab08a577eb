"""A step is parted into words to read and commands to paste, and nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilog.report.steps import Step, step

STATEMENT = '{"Effect": "Allow", "Action": ["ec2:DescribeTags"], "Resource": "*"}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Restart the pods: kubectl -n kube-system rollout restart daemonset aws-node",
            Step(
                "Restart the pods", ("kubectl -n kube-system rollout restart daemonset aws-node",)
            ),
            id="after a colon",
        ),
        pytest.param(
            "Repair it: kubectl get apiservices; kubectl delete apiservice NAME",
            Step("Repair it", ("kubectl get apiservices", "kubectl delete apiservice NAME")),
            id="two commands",
        ),
        pytest.param(
            "Bring it back: kubectl describe ds kube-proxy, then mend the image",
            Step("Bring it back", ("kubectl describe ds kube-proxy",), "then mend the image"),
            id="words after the command",
        ),
        pytest.param(
            "kubectl get nodes -o wide",
            Step("", ("kubectl get nodes -o wide",)),
            id="alone",
        ),
        pytest.param(
            "Wait until it is `Ready`, then run `kubectl get pods -A`.",
            Step("Wait until it is `Ready`, then run", ("kubectl get pods -A",)),
            id="backticks",
        ),
        pytest.param(
            f"Add to the policy: {STATEMENT} and {STATEMENT}",
            Step("Add to the policy", (STATEMENT, STATEMENT)),
            id="policy statements",
        ),
        pytest.param(
            "Correct it: CLUSTER_ENDPOINT must be a name that the certificate lists",
            Step("Correct it: CLUSTER_ENDPOINT must be a name that the certificate lists"),
            id="words after a colon",
        ),
        pytest.param(
            "Install them: kubectl apply -f the aws-k8s-cni.yaml of the same version",
            Step("Install them: kubectl apply -f the aws-k8s-cni.yaml of the same version"),
            id="no command, only like one",
        ),
        pytest.param(
            "Bind it: kubectl get clusterrolebinding aws-node -o yaml must name aws-node",
            Step(
                "Bind it",
                ("kubectl get clusterrolebinding aws-node -o yaml",),
                "must name aws-node",
            ),
            id="what the command must show",
        ),
        pytest.param(
            "kubectl get cninode NODE -o yaml and kubectl describe node NODE",
            Step("", ("kubectl get cninode NODE -o yaml", "kubectl describe node NODE")),
            id="one command and another",
        ),
        pytest.param(
            "curl -sS https://ec2.example and https://sts.example",
            Step("", ("curl -sS https://ec2.example",), "and https://sts.example"),
            id="more words after the command",
        ),
        pytest.param("ipamd.log", Step("ipamd.log"), id="a file"),
    ],
)
def test_a_step_is_parted(text: str, expected: Step) -> None:
    assert step(text) == expected


@given(st.text(alphabet="ab {}\"':;,.`\n", max_size=80))
def test_any_text_is_taken_and_no_letter_of_it_lost(text: str) -> None:
    found = step(text)
    letters = sorted(c for c in found.words + "".join(found.commands) + found.then if c.isalpha())

    assert letters == sorted(c for c in text if c.isalpha())
