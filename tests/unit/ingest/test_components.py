"""Who wrote what says nothing of its writer."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cnilog.ingest import read
from cnilog.ingest.components import usual
from cnilog.ingest.decode import FORMAT
from cnilog.ingest.hitting import MANY


@pytest.mark.parametrize(
    "pasted",
    [
        "Failed create pod sandbox: rpc error: code = Unknown desc = x",
        "problem running manager: policyendpoint caches failed to sync",
        "DataStore has no available IP/Prefix addresses",
    ],
)
def test_nobody_is_named_as_the_writer_of_a_bare_sentence(pasted: str, tmp_path: Path) -> None:
    (tmp_path / "kubelet.log").write_text(pasted + "\n", "utf-8")
    (tmp_path / "question.log").write_text(pasted + "\n", "utf-8")

    assert read(tmp_path).records["component"].to_list() == ["kubelet", None]


IPAMD = '{"level":"info","ts":"2026-01-05T09:15:02.104Z","caller":"ipamd/ipamd.go:463","msg":"x"}\n'
SCRIPT = 'time="2026-01-05T09:15:02Z" level=info msg="Retrying waiting for IPAM-D"\n'


@pytest.mark.parametrize(
    ("pasted", "program"), [(IPAMD, "ipamd"), (SCRIPT, "entrypoint"), (IPAMD + SCRIPT, None)]
)
def test_a_source_names_the_program_that_wrote_all_of_it(
    pasted: str, program: str | None, tmp_path: Path
) -> None:
    (tmp_path / "pasted.txt").write_text(pasted, "utf-8")

    assert [one.component for one in read(tmp_path).sources] == [program]


COPYING = "Copying config file... "
LOGRUS = 'time="2026-01-05T09:15:02{fraction}Z" level=info msg="{said}"{field}\n'


@pytest.mark.parametrize(
    ("said", "fraction", "field", "program"),
    [
        (COPYING, "", "", "entrypoint"),
        (COPYING, "", ' error="open /x: permission denied component=y"', "entrypoint"),
        (COPYING, "", " service=collector", "other"),
        ("Checking the network", "", "", "other"),
        ("Watching crd.k8s.amazonaws.com/v1alpha1, ENIConfig, default, 5", "", "", "entrypoint"),
        (COPYING, ".123456789", " namespace=k8s.io", "containerd"),
        (COPYING, ".123456789", ' error="rpc error"', "containerd"),
    ],
)
def test_a_line_of_logrus_is_the_entrypoint_s_where_it_looks_like_one(
    said: str, fraction: str, field: str, program: str, tmp_path: Path
) -> None:
    line = LOGRUS.format(said=said, fraction=fraction, field=field)
    (tmp_path / "pasted.txt").write_text(line, "utf-8")
    (tmp_path / "aws-node-init.log").write_text(line, "utf-8")

    found = dict(read(tmp_path).records.select("file", "component").iter_rows())

    assert {Path(file).name: one for file, one in found.items()} == {
        "pasted.txt": program,
        "aws-node-init.log": "init",
    }


def test_a_panic_among_another_program_s_lines_is_nobody_s_of_the_cni(tmp_path: Path) -> None:
    panic = "panic: runtime error: index out of range [3] with length 2\n"
    stranger = LOGRUS.format(said=COPYING, fraction="", field=" service=collector")
    (tmp_path / "crash.txt").write_text(stranger + panic, "utf-8")
    (tmp_path / "own.txt").write_text(SCRIPT + panic, "utf-8")

    found = read(tmp_path).records

    assert found.filter(found["level"] == "fatal")["component"].to_list() == ["other", "ipamd"]


AGENT = (
    '{"level":"info","timestamp":"2023-09-01T12:36:53.562Z","logger":"LOGGER","msg":"Flow Info:"}\n'
)


@pytest.mark.parametrize(
    ("logger", "program"),
    [("ebpf-client", "network-policy-agent"), ("controllers.service", "ipamd")],
)
def test_a_logger_of_the_policy_agent_names_it(logger: str, program: str, tmp_path: Path) -> None:
    (tmp_path / "pasted.txt").write_text(AGENT.replace("LOGGER", logger), "utf-8")

    assert read(tmp_path).records["component"].to_list() == [program]


@pytest.mark.parametrize(
    ("caller", "program"),
    [
        ("reflector.go:229", "ipamd"),  # of client-go, which ipamd and the agent import
        ("k8sutils.go:250", "ipamd"),
        ("kubelet.go:2263", "kubelet"),
        ("proxier.go:881", "kube-proxy"),
        ("metadata.go:81", "other"),
        ("retry_handler.go:87", "other"),
    ],
)
def test_a_line_of_klog_is_of_the_program_that_has_its_file(
    caller: str, program: str, tmp_path: Path
) -> None:
    line = f"E0105 09:15:02.104000       1 {caller}] no answer\n"
    (tmp_path / "pasted.txt").write_text(line, "utf-8")
    (tmp_path / "ipamd.log").write_text(line, "utf-8")  # a name tells more

    found = dict(read(tmp_path).records.select("file", "component").iter_rows())

    assert {Path(file).name: who for file, who in found.items()} == {
        "pasted.txt": program,
        "ipamd.log": "ipamd",
    }


@pytest.mark.parametrize(
    ("callers", "program"),
    [
        (("driver/driver.go:96", "util/util.go:3", None, "driver/driver.go:12"), "plugin"),
        (("util/util.go:3", None), "ipamd"),
        ((None,), "ipamd"),
    ],
)
def test_many_first_lines_name_the_program_that_few_name(
    callers: tuple[str | None, ...], program: str
) -> None:
    rows = [{"file": 0, "caller": caller, "format": "zap", "message": "said"} for caller in callers]
    types = {"caller": pl.String, "ts": pl.Datetime("us", "UTC"), "component": pl.String}
    few = pl.DataFrame(
        rows, schema={"file": pl.Int64, "format": FORMAT, "message": pl.String} | types
    )

    for frame in (few, pl.concat([few] * MANY)):
        assert usual(frame, "file").rows() == [(0, program)]
