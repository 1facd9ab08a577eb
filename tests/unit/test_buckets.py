"""What lies in a bucket is read as it would be from a folder, with nothing kept on disk."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from cnilog import buckets
from cnilog.analysis import analyze
from cnilog.buckets import find_items, open_bucket, open_items, split
from cnilog.cli import app
from cnilog.discovery.generate import generate
from cnilog.errors import SourceError
from cnilog.ingest import read


def _put(address: str, files: dict[str, bytes]) -> str:
    import obstore

    bucket, prefix = split(address)
    for path, data in files.items():
        obstore.put(open_bucket(bucket), f"{prefix}/{path}" if prefix else path, data)
    return address


def _content(address: str) -> bytes:
    return b"".join(b"".join(one.blocks) for one in open_items(find_items(address)))


@pytest.mark.parametrize("layout", ["bundle", "folder", "cloudwatch"])
def test_a_bucket_reads_like_a_folder(layout: str, bucket: str, tmp_path: Path) -> None:
    files = generate("subnet-exhausted", layout=layout)
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    there = read(_put(f"{bucket}/case", files))
    here = read(tmp_path)

    assert there.accounting == here.accounting
    assert there.records["raw"].to_list() == here.records["raw"].to_list()


def test_nothing_is_kept_on_disk(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "none"))
    _put(bucket, generate("irsa-trust", layout="bundle"))

    assert analyze(f"{bucket}/").causes[0].id == "iam-irsa-trust"


def test_one_object_is_named_without_its_neighbours(bucket: str) -> None:
    _put(bucket, {"logs/a": b"one", "logs/ab": b"two", "logs/a/c": b"three"})

    assert [item.address for item in find_items(f"{bucket}/logs/a")] == [f"{bucket}/logs/a"]


def test_a_long_object_comes_whole_in_ranges(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "RANGE", 1_000)
    data = os.urandom(4_567)
    _put(bucket, {"long": data, "empty": b""})

    assert _content(f"{bucket}/long") == data
    assert _content(f"{bucket}/empty") == b""


def test_more_objects_than_are_fetched_ahead_come_in_order(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "AHEAD", 2)
    _put(bucket, {f"part-{number}": str(number).encode() for number in range(7)})

    assert _content(bucket) == b"0123456"


def test_an_object_that_was_replaced_while_it_was_read_is_said(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "RANGE", 10)
    _put(bucket, {"log": b"a" * 50})
    all_items = open_items(find_items(f"{bucket}/log"))
    opened = next(all_items)
    next(opened.blocks)
    _put(bucket, {"log": b"b" * 50})

    with pytest.raises(SourceError, match="was replaced while it was read"):
        b"".join(opened.blocks)


def test_an_object_that_is_gone_is_skipped_with_the_reason(bucket: str) -> None:
    import obstore

    _put(bucket, {"a.log": b"a"})
    items = list(find_items(bucket))
    obstore.delete(open_bucket(split(bucket)[0]), "a.log")

    assert [one.refused for one in open_items(items)] == ["was deleted after it was listed"]


@pytest.mark.parametrize("address", ["s3://no-such-bucket-here/x/", "s3://no-such-bucket-here"])
def test_a_bucket_that_is_not_there_is_one_sentence(address: str, bucket: str) -> None:
    del bucket  # it sets the environment
    with pytest.raises(SourceError, match="Check the name, the region and your credentials"):
        read(address)


def test_a_prefix_without_objects_is_one_sentence(bucket: str) -> None:
    with pytest.raises(SourceError, match="no object there"):
        read(f"{bucket}/nothing/")


def test_a_profile_gives_the_credentials_where_the_environment_has_none(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(bucket, {"a.log": b"text"})
    profile = "[prod]\naws_access_key_id = testing\naws_secret_access_key = testing\n"
    (tmp_path / "credentials").write_text(profile, "utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    assert _content(bucket) == b"text"


def test_the_command_reads_a_compressed_object(bucket: str) -> None:
    from typer.testing import CliRunner

    logs = generate("imds-blocked", layout="folder")
    _put(bucket, {f"{path}.gz": gzip.compress(data) for path, data in logs.items()})
    result = CliRunner().invoke(app, ["analyze", f"{bucket}/"], prog_name="cnilog")

    assert result.exit_code == 0
    assert "imds-unreachable" in result.stdout
