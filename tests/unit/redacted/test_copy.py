"""A copy is whole or not there, never over its source, and wrapped as the original was."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from planted import tar, zipped
from typer.testing import CliRunner

from cnilog.analysis import analyze
from cnilog.cli import app
from cnilog.discovery.generate import generate
from cnilog.errors import OutputError, SourceError
from cnilog.redacted import redact

LINE = b"attached eni-0a1b2c3d4e5f60718 with 10.1.2.3 to ip-10-1-2-9\n"
KEY = b"0123456789abcdef"


def run(*arguments: object):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(app, ["redact", *map(str, arguments)], prog_name="cnilog")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "ipamd.log"
    path.write_bytes(LINE * 3)
    return path


def test_the_same_key_gives_the_same_copy_and_another_one_does_not(log: Path) -> None:
    copies = []
    for number, key in enumerate((KEY, KEY, b"fedcba9876543210", None)):
        out = log.parent / f"{number}.log"
        redact(log, out, key=key)
        copies.append(out.read_bytes())

    assert copies[0] == copies[1]
    assert len({copies[0], copies[2], copies[3]}) == 3


@pytest.mark.parametrize("out", ["ipamd.log", "folder", "nowhere/x.log"])
def test_a_place_that_cannot_be_is_refused_before_anything_is_written(log: Path, out: str) -> None:
    (log.parent / "folder").mkdir()
    before = sorted(log.parent.rglob("*"))
    result = run(log, "-o", log.parent / out)

    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert log.read_bytes() == LINE * 3
    assert sorted(log.parent.rglob("*")) == before


def test_a_copy_of_a_folder_may_not_lie_in_it_nor_over_another(log: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="lies in the source"):
        redact(tmp_path, tmp_path / "copy")
    with pytest.raises(OutputError, match="holds the source"):
        redact(log, tmp_path)


def test_a_link_to_the_source_is_the_source(log: Path) -> None:
    link = log.parent / "link.log"
    link.symlink_to(log)

    with pytest.raises(OutputError, match="the source itself"):
        redact(log, link)


def test_nothing_is_left_behind_where_the_work_is_cut(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cnilog.redacted.members.changed", cut)
    (log.parent / "in").mkdir()
    log.rename(log.parent / "in/ipamd.log")
    for source, out in (("in/ipamd.log", "copy.log"), ("in", "copy")):
        with pytest.raises(KeyboardInterrupt):
            redact(log.parent / source, log.parent / out)

    assert [path.name for path in log.parent.iterdir()] == ["in"]


def test_what_cannot_be_redacted_is_left_out_and_said(tmp_path: Path) -> None:
    locked = bytearray(zipped({"in.log": LINE}))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(sign) + offset] |= 1  # the bit that says: encrypted
    source = tmp_path / "bundle.tar.gz"
    files = {"ipamd.log": LINE, "core": bytes(range(256)) * 40, "locked.zip": bytes(locked)}
    source.write_bytes(gzip.compress(tar(files)))
    summary = redact(source, tmp_path / "out.tar.gz")

    assert {one.reason for one in summary.left_out} == {"is not text", "is encrypted"}
    with tarfile.open(tmp_path / "out.tar.gz") as archive:
        assert archive.getnames() == ["ipamd.log", "locked.zip"]
        inner = archive.extractfile("locked.zip")
        assert inner is not None
        assert zipfile.ZipFile(io.BytesIO(inner.read())).namelist() == []


def test_a_link_out_of_the_source_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.log").write_bytes(LINE)
    (tmp_path / "source").mkdir()
    (tmp_path / "source/ipamd.log").write_bytes(LINE)
    (tmp_path / "source/out.log").symlink_to(tmp_path / "secret.log")
    summary = redact(tmp_path / "source", tmp_path / "copy")

    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["ipamd.log"]
    assert [one.file for one in summary.left_out] == ["out.log"]


def test_a_name_in_an_archive_is_no_path(tmp_path: Path) -> None:
    source = tmp_path / "evil.tar"
    source.write_bytes(tar({"../../evil.log": LINE, "/abs.log": LINE}))
    redact(source, tmp_path / "out.tar")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.tar", "out.tar"]


def test_a_damaged_archive_gives_what_came_before_the_damage(tmp_path: Path) -> None:
    source = tmp_path / "cut.log.gz"
    whole = gzip.compress(b"".join(b"%d " % n + LINE for n in range(5_000)))
    source.write_bytes(whole[: len(whole) // 2])
    summary = redact(source, tmp_path / "out.log.gz")

    assert summary.damaged
    assert gzip.decompress((tmp_path / "out.log.gz").read_bytes()).count(b"attached") > 100


def bomb(size_mib: int, *names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b" " * (size_mib << 20))
    return made.getvalue()


@pytest.mark.parametrize("name", ["ipamd.log", "[Content_Types].xml"])  # an archive, and a sheet
def test_a_bomb_is_cut_off_and_said(tmp_path: Path, name: str) -> None:
    source = tmp_path / "bomb.zip"
    source.write_bytes(bomb(50, name))
    summary = redact(source, tmp_path / "out.zip")

    assert [one.reason for one in summary.damaged] == [
        "inflates to more than 200 times its size (more with --limit ratio=N); what came before "
        "was read"
    ]
    assert summary.size_bytes < 20 << 20


def test_limits_are_those_of_the_user(tmp_path: Path) -> None:
    source = tmp_path / "many.zip"
    source.write_bytes(zipped({f"{number}.log": LINE for number in range(5)}))
    result = run(source, "-o", tmp_path / "out.zip", "--limit", "members=3")

    with zipfile.ZipFile(tmp_path / "out.zip") as out:
        assert len(out.namelist()) == 3
    assert "holds more than 3 members (more with --limit members=N)" in result.stderr


def test_members_that_lie_over_one_another_are_left_out(tmp_path: Path) -> None:
    whole = bytearray(zipped({"a.log": LINE, "b.log": LINE}))
    second = whole.rindex(b"PK\x01\x02")
    whole[second + 42 : second + 46] = (1).to_bytes(4, "little")  # begins in the first
    source = tmp_path / "deceiving.zip"
    source.write_bytes(whole)
    summary = redact(source, tmp_path / "out.zip")

    reasons = [one.reason for one in summary.left_out]
    assert reasons[-1] == "lies over another member: the archive was made to deceive"
    # Since 3.12.2 Python refuses the member below, too.
    assert all("Overlapped entries" in reason for reason in reasons[:-1])


def test_the_mapping_is_its_owners_only_and_on_request(log: Path) -> None:
    mapping = log.parent / "map.tsv"
    mapping.write_text("old")
    mapping.chmod(0o644)
    result = run(log, "-o", log.parent / "out.log", "--map", mapping)

    assert result.exit_code == 0, result.stderr
    assert mapping.stat().st_mode & 0o777 == 0o600
    rows = [line.split("\t") for line in mapping.read_text().splitlines()]
    assert ["address", "10.1.2.3"] in [row[:2] for row in rows]
    assert "eni-0a1b2c3d4e5f60718" not in result.output + (log.parent / "out.log").read_text()


def test_a_mapping_in_the_copy_is_refused(log: Path, tmp_path: Path) -> None:
    result = run(tmp_path, "-o", tmp_path.parent / "c", "--map", tmp_path.parent / "c/map")

    assert result.exit_code == 2


def test_a_short_key_is_refused(log: Path) -> None:
    (log.parent / "key").write_text("short")
    result = run(log, "-o", log.parent / "out.log", "--key", log.parent / "key")

    assert result.exit_code == 2
    assert "guessed" in result.stderr


def test_a_binary_file_is_no_copy_but_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(bytes(range(256)) * 40)

    with pytest.raises(SourceError, match="is not text"):
        redact(tmp_path / "x.bin", tmp_path / "out")


def test_a_name_that_was_asked_for_goes_everywhere(log: Path) -> None:
    log.write_text("acme runs ACME Acme-prod of acme\n")
    redact(log, log.parent / "out.log", names=["acme"])

    assert "acme" not in (log.parent / "out.log").read_text().lower()


@pytest.mark.parametrize(
    ("scenario", "layout"),
    [("explicit-deny", "bundle"), ("subnet-exhausted", "cloudwatch"), ("imds-blocked", "kubectl")],
)
def test_the_diagnosis_of_the_copy_is_the_same(scenario: str, layout: str, tmp_path: Path) -> None:
    for path, data in generate(scenario, layout=layout, seed=5).items():
        target = tmp_path / "source" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    redact(tmp_path / "source", tmp_path / "copy")
    before, after = (analyze(tmp_path / name) for name in ("source", "copy"))

    assert after.accounting == before.accounting
    assert [(one.id, one.confidence, one.count, len(one.nodes)) for one in after.causes] == [
        (one.id, one.confidence, one.count, len(one.nodes)) for one in before.causes
    ]


def test_a_role_that_trusts_another_cluster_is_still_told(tmp_path: Path) -> None:
    cluster, other = "0123456789ABCDEF0123456789ABCDEF", "FEDCBA9876543210FEDCBA9876543210"
    issuer = "oidc.eks.us-west-2.amazonaws.com/id/"
    (tmp_path / "source").mkdir()
    described = {"cluster": {"identity": {"oidc": {"issuer": f"https://{issuer}{cluster}"}}}}
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{issuer}{other}"},
        "Condition": {"StringEquals": {f"{issuer}{other}:aud": "sts.amazonaws.com"}},
    }
    (tmp_path / "source/cluster.json").write_text(json.dumps(described))
    (tmp_path / "source/trust.json").write_text(json.dumps({"Statement": [trust]}))
    redact(tmp_path / "source", tmp_path / "copy")
    texts = {path.name: path.read_text() for path in (tmp_path / "copy").iterdir()}
    mine = texts["cluster.json"].partition("/id/")[2][:32]
    theirs = {text[:32] for text in texts["trust.json"].split("/id/")[1:]}

    assert cluster not in "".join(texts.values())
    assert len(theirs) == 1
    assert mine not in theirs


def test_one_long_line_is_redacted_in_parts_as_it_is_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "-----BEGIN EC PRIVATE KEY-----\\nMHcCAQEEIJ\\n-----END EC PRIVATE KEY-----"
    events = [
        {"message": f"Node ip-10-0-0-{n}.ec2.internal: Bearer {n}{'a' * 30} {key * (n % 7 == 0)}"}
        for n in range(400)
    ]
    source = tmp_path / "events.json"
    source.write_text(json.dumps({"events": events}))
    redact(source, tmp_path / "whole.json", key=b"k" * 16)
    monkeypatch.setattr("cnilog.redacted.texts.PIECE", 100)
    monkeypatch.setattr("cnilog.redacted.texts.LONGEST", 1_000)
    monkeypatch.setattr("cnilog.ingest.stream.READ", 64)
    redact(source, tmp_path / "parts.json", key=b"k" * 16)

    assert (tmp_path / "parts.json").read_text() == (tmp_path / "whole.json").read_text()
    assert "MHcCAQEEIJ" not in (tmp_path / "parts.json").read_text()
