"""Who wrote what says nothing of its writer."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnilog.ingest import read


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
