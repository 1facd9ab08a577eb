"""No command lets a log act on the terminal, or shows a secret in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnilog.cli import app

ACTING = "\x1b[31m\x1b]8;;http://x\x07\x9b2J\u202eevil\u200b"
MARKUP = "<img src=x onerror=alert(1)>|**x**`[a](http://x)"
SECRET = "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYzzzz"
HIDDEN = "wJalrXUtnFEMIK7MDENG"
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / f"ip-10-0-0-1{ACTING.replace('/', '')}"
    folder.mkdir()
    stamp = {"level": "error", "ts": "2026-11-20T09:15:07.659Z", "caller": "ipamd/ipamd.go:8"}
    texts = (f"Wholly unknown trouble {ACTING} {SECRET}", f"=cmd() {ACTING}", f"{SECRET} twice")
    lines = [json.dumps({**stamp, "msg": text}, ensure_ascii=False) for text in texts]
    lines += [f"no format knows this {ACTING} {SECRET}"]
    (folder / "ipamd.log").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["analyze", "LOGS", "--verbose"], id="analyze"),
        *(
            pytest.param(["analyze", "LOGS", "-v", "-f", name], id=name)
            for name in ("markdown", "json", "html", "junit", "sarif")
        ),
        pytest.param(["mine", "LOGS"], id="mine"),
        pytest.param(["mine", "LOGS", "-f", "json"], id="mine as JSON"),
        pytest.param(["undecoded", "LOGS"], id="undecoded"),
        pytest.param(["read", "LOGS"], id="read"),
        pytest.param(["explain", f"strange {ACTING} {SECRET}"], id="explain"),
        pytest.param(["diff", "LOGS", "LOGS"], id="diff"),
    ],
)
def test_nothing_acts_and_no_secret_shows(logs: Path, arguments: list[str]) -> None:
    told = [str(logs) if one == "LOGS" else one for one in arguments]
    result = CliRunner().invoke(app, told, prog_name="cnilog")

    assert result.exit_code in {0, 2}, result.output
    assert ACTS.findall(result.output) == []
    assert HIDDEN not in result.output


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_table_holds_no_secret_and_no_formula(logs: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"records.{ending}"
    CliRunner().invoke(app, ["read", str(logs), "-o", str(out)], prog_name="cnilog")
    text = out.read_text("utf-8")

    assert "[masked]" in text
    assert HIDDEN not in text
    assert not re.search(r'(?m)(?:^|,)"?=cmd', text)


def line(message: str) -> str:
    stamp = {"level": "error", "ts": "2026-11-20T09:15:07.659Z", "caller": "ipamd/ipamd.go:8"}
    return json.dumps({**stamp, "msg": message}, ensure_ascii=False) + "\n"


DENIED = line(
    f"AccessDenied: User: arn:aws:sts::111122223333:assumed-role/{ACTING}{MARKUP}/i-0 is not "
    f"authorized to perform: ec2:CreateNetworkInterface {SECRET}"
)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the folder of a batch over bundles whose names are as hostile as what is in them."""
    folder = tmp_path_factory.mktemp("batch")
    name = f"{ACTING}{MARKUP}".replace("/", "")
    for number, begin in enumerate(("node-", "\n=cmd()", "@SUM(1)", "-", "+")):
        bundle = folder / "bundles" / f"{begin}{name}{number}"
        bundle.mkdir(parents=True)
        (bundle / f"{name}ipamd.log").write_text(DENIED + line(f"trouble {number}"), "utf-8")
        (bundle / "pods.json").write_text(json.dumps(_pod(name), ensure_ascii=False), "utf-8")
    (folder / "bundles" / f"{name}.tar.gz").write_bytes(b"\x1f\x8b\x08broken")
    with tarfile.open(folder / "bundles" / f"{name}.tar", "w") as archive:
        archive.add(folder / "bundles" / f"-{name}3", f"../{name}")
    out = str(folder / "out")
    arguments = ["batch", str(folder / "bundles"), "--out", out, "--jobs", "1"]
    done = CliRunner().invoke(app, arguments, prog_name="cnilog")

    assert done.exit_code == 3
    assert ACTS.findall(done.output) == []
    assert "7 bundles = 6 done + 0 skipped + 1 failed + 0 given up" in done.stdout
    return out


def _pod(text: str) -> dict[str, object]:
    ended = {"terminated": {"exitCode": 1, "reason": text, "message": text}}
    status = {"name": "aws-node", "restartCount": 7, "lastState": ended}
    return {
        "kind": "Pod",
        "metadata": {"name": f"aws-node-{text}", "namespace": "kube-system"},
        "spec": {"nodeName": text, "containers": [{"name": "aws-node", "image": text}]},
        "status": {"containerStatuses": [status]},
    }


@pytest.mark.parametrize("format", ["text", "markdown", "json", "html"])
def test_nothing_of_a_bundle_acts_in_the_sum_of_a_batch(results: str, format: str) -> None:
    arguments = ["report", results, "--format", format]
    result = CliRunner().invoke(app, arguments, prog_name="cnilog")

    assert result.exit_code == 0
    assert "iam-missing-ipv4-permissions" in result.output
    assert ACTS.findall(result.output) == []
    assert HIDDEN not in result.output
    assert format not in {"html", "markdown"} or not re.search(r"(?<!\\)<img", result.output)


@pytest.mark.parametrize("format", ["text", "json"])
def test_nothing_acts_while_a_log_is_watched(format: str) -> None:
    command = [sys.executable, "-m", "cnilog", "watch", "--format", format]
    ended = subprocess.run(command, input=DENIED.encode(), capture_output=True, check=True)
    told = (ended.stdout + ended.stderr).decode()

    assert "iam-missing-ipv4-permissions" in told
    assert ACTS.findall(told) == []
    assert HIDDEN not in told


@pytest.mark.parametrize("format", ["text", "json"])
def test_no_policy_acts(tmp_path: Path, format: str) -> None:
    hostile = ACTING + MARKUP
    statement = {
        "Sid": hostile + SECRET, "Effect": "Deny", "Action": [f"ec2:{hostile}", "ec2:Describe*"],
        "Resource": f"arn:aws:ec2:*:*:{hostile}", "Condition": {"Bool": {hostile: hostile}},
    }  # fmt: skip
    allowed = {  # the key of its condition is told
        "Effect": "Allow", "Action": "ec2:*", "Resource": "*",
        "Condition": {"StringEquals": {f"aws:RequestTag/{hostile}{SECRET}": hostile}},
    }  # fmt: skip
    path = tmp_path / f"{hostile.replace('/', '')}.json"
    path.write_text(json.dumps({"Statement": [statement, allowed]}, ensure_ascii=False), "utf-8")
    arguments = ["iam", str(path), "--format", format]
    result = CliRunner().invoke(app, arguments, prog_name="cnilog")

    assert result.exit_code == 0
    assert "evil" in result.output
    assert "[masked]" in result.output
    assert ACTS.findall(result.output) == []
    assert HIDDEN not in result.output


def test_a_pattern_that_is_made_of_a_line_holds_no_secret_and_reads_as_the_line() -> None:
    import yaml

    text = f"Wholly unknown trouble {ACTING} {SECRET}"
    arguments = ["patterns", "new", line(text)]
    result = CliRunner().invoke(app, arguments, prog_name="cnilog")
    example = yaml.safe_load(result.stdout)["examples"]["match"][0]["log"]

    assert ACTS.findall(result.output) == []
    assert HIDDEN not in result.output
    assert "\u202eevil\u200b" in example


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["batch", f"nowhere{ACTING}", "--out", "x"], id="batch"),
        pytest.param(["batch", ".", "--out", "x", "--shard", ACTING], id="shard"),
        pytest.param(["batch", ".", "--out", "x", "--limit", f"{ACTING}=1"], id="limit"),
        pytest.param(["report", f"nowhere{ACTING}"], id="report"),
        pytest.param(["iam", f"nowhere{ACTING}"], id="iam"),
        pytest.param(["watch", f"nowhere{ACTING}"], id="watch"),
        pytest.param(["patterns", "show", ACTING], id="patterns"),
        pytest.param(["generate", ACTING], id="generate"),
        pytest.param(
            ["fetch", "cloudwatch", "--log-group", "g", "--since", ACTING, "-o", "x"], id="fetch"
        ),
    ],
)
def test_no_complaint_acts(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, arguments, prog_name="cnilog")

    assert result.exit_code == 2
    assert ACTS.findall(result.output) == []


def test_nothing_that_kubectl_says_acts(tmp_path: Path) -> None:
    (tmp_path / "pods.json").write_text(json.dumps({"items": [_pod(ACTING)]}), "utf-8")
    (tmp_path / "complaint").write_text(f"refused: {ACTING} {SECRET}\n", "utf-8")
    kubectl = tmp_path / "kubectl"
    answer = f'case "$*" in *pods*k8s-app=aws-node*) cat "{tmp_path}/pods.json"; exit;; esac'
    kubectl.write_text(f'#!/bin/sh\n{answer}\ncat "{tmp_path}/complaint" >&2; exit 1\n', "utf-8")
    kubectl.chmod(0o755)
    arguments = ["fetch", "kube", "-o", str(tmp_path / "out"), "--kubectl", str(kubectl)]
    result = CliRunner().invoke(app, arguments, prog_name="cnilog")

    assert result.exit_code == 0
    assert "left out: kubectl get all" in result.output
    assert "a pod of no proper name" in result.output
    assert ACTS.findall(result.output) == []
    assert HIDDEN not in result.output
