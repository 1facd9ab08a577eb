"""A batch adds up, resumes, and is summed up by the command that renders reports."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnilog.cli import app

CASES = Path(__file__).parents[3] / "sample_logs"


def run(*arguments: str):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(app, list(arguments), prog_name="cnilog")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("batch")
    for name in ("ipv6-only-policy", "healthy-v1.23.0"):
        shutil.copytree(CASES / name / "logs", folder / "bundles" / name)
    bundles, out = str(folder / "bundles"), str(folder / "results")
    done = run("batch", bundles, "--out", out, "--jobs", "1")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "2 bundles = 2 done + 0 skipped + 0 failed + 0 given up\n"
    return bundles, out


def test_what_is_done_is_skipped(results: tuple[str, str]) -> None:
    again = run("batch", results[0], "--out", results[1], "--jobs", "1")

    assert again.stdout == "2 bundles = 0 done + 2 skipped + 0 failed + 0 given up\n"


def test_a_limit_is_a_number_of_bundles_or_one_of_each_bundle(
    results: tuple[str, str], tmp_path: Path
) -> None:
    out = ("--out", str(tmp_path / "out"), "--jobs", "1")
    one = run("batch", results[0], *out, "--limit", "1")
    small = run("batch", results[0], *out, "--limit", "members=1")
    files = json.loads(run("report", str(tmp_path / "out"), "--format", "json").stdout)

    assert one.stdout == "1 bundles = 1 done + 0 skipped + 0 failed + 0 given up\n"
    assert small.stdout == "2 bundles = 2 done + 0 skipped + 0 failed + 0 given up\n"
    assert files["bundles"] == 2


def test_a_limit_counts_what_is_new_though_a_killed_run_noted_nothing(
    results: tuple[str, str], tmp_path: Path
) -> None:
    arguments = ("batch", results[0], "--out", str(tmp_path / "out"), "--jobs", "1", "--limit", "1")
    run(*arguments)
    (seen,) = tmp_path.glob("out/*/seen")
    shutil.rmtree(seen)
    again = run(*arguments)

    assert again.stdout == "2 bundles = 1 done + 1 skipped + 0 failed + 0 given up\n"


def test_what_failed_before_is_said_when_it_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/empty.tar.gz").touch()
    arguments = ("batch", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--jobs", "1")
    first, again = run(*arguments), run(*arguments)

    assert (first.exit_code, again.exit_code) == (3, 0)
    assert "--retry-failed" not in first.stderr
    assert "1 of the skipped could not be analyzed before; --retry-failed" in again.stderr


def test_a_bucket_that_is_not_there_is_said_in_the_words_of_the_server(
    bucket: str, tmp_path: Path
) -> None:
    result = run("batch", f"{bucket}-gone/in", "--out", str(tmp_path / "out"))

    assert result.exit_code == 2
    assert "(NoSuchBucket: The specified bucket does not exist)" in result.stderr


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_a_batch_is_summed_up(results: tuple[str, str], format: str) -> None:
    summed = run("report", results[1], "--format", format)

    assert summed.exit_code == 0
    assert "2 of 2 bundles analyzed" in summed.stdout


def test_a_batch_is_summed_up_for_programs(results: tuple[str, str]) -> None:
    assert json.loads(run("report", results[1], "--format", "json").stdout)["bundles"] == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(["batch", "nowhere", "--out", "x"], "nowhere", id="no source"),
        pytest.param(["batch", ".", "--out", "x", "--shard", "4/4"], "is no part", id="shard"),
        pytest.param(["batch", ".", "--out", "x", "--limit", "0"], "is no number", id="limit 0"),
        pytest.param(["batch", ".", "--out", "x", "--limit", "mem=1"], "no limit 'mem'", id="mem"),
        pytest.param(["report", "tests"], "no batch results", id="no batch"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_2(
    arguments: list[str], complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tests").mkdir()
    result = run(*arguments)

    assert result.exit_code == 2
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_format_that_a_batch_lacks_is_refused(results: tuple[str, str]) -> None:
    result = run("report", results[1], "--format", "sarif")

    assert result.exit_code == 2
    assert "Known: html, json, markdown, text" in result.stderr


def test_a_batch_from_bucket_to_bucket(bucket: str) -> None:
    import obstore

    from cnilog.buckets import open_bucket, split
    from cnilog.discovery.generate import generate

    for name in ("irsa-trust", "healthy"):
        for path, data in generate(name, layout="bundle").items():
            obstore.put(open_bucket(split(bucket)[0]), f"in/{name}/{path}", data)
    arguments = ("batch", f"{bucket}/in", "--out", f"{bucket}/out", "--jobs", "1")
    first, again = run(*arguments), run(*arguments)
    summed, joined = (run("report", f"{bucket}/out", *more) for more in ((), ("--compact",)))

    assert first.stdout == "2 bundles = 2 done + 0 skipped + 0 failed + 0 given up\n"
    assert again.stdout == "2 bundles = 0 done + 2 skipped + 0 failed + 0 given up\n"
    assert "iam-irsa-trust: 1 bundle (50%)" in summed.stdout
    assert joined.stdout == summed.stdout == run("report", f"{bucket}/out").stdout
