"""No command lets a log act on the terminal, or shows a secret in it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnilog.cli import app

ACTING = "\x1b[31m\x1b]8;;http://x\x07\x9b2J\u202eevil\u200b"
SECRET = "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYzzzz"
HIDDEN = "wJalrXUtnFEMIK7MDENG"
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


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
