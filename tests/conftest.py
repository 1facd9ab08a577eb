"""Fixtures that every test may use: shared samples, and a real S3-compatible server process."""

from __future__ import annotations

import compileall
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[1]
LISTENING = b"Running on"

# How long one example takes says more about what else the machine does; speed has its benchmarks.
settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile what the processes of tests import, which each would do for itself otherwise.

    Where ``PYTHONDONTWRITEBYTECODE`` is set, that takes each of a hundred processes 1.5 s.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ and not session.config.option.collectonly:
        compileall.compile_dir(REPOSITORY / "src" / "cnilog", quiet=2)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared samples and cases, where there is one."""
    folder = Path(os.environ.get("CNILOG_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "cases").is_dir():
        pytest.skip("no shared cases and samples beside the repository")
    return folder.resolve()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """Start moto's server, wait until it says that it listens, stop it at the end."""
    pytest.importorskip("moto", reason="moto is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert server.stderr is not None
    for line in server.stderr:
        if LISTENING in line:
            break
    yield f"http://127.0.0.1:{port}"
    server.kill()
    server.wait()
    server.stderr.close()


@pytest.fixture
def bucket(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of an empty bucket on that server; the environment points there."""
    boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")
    for name, value in {
        "AWS_ENDPOINT_URL": s3_endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    name = f"bucket-{os.urandom(6).hex()}"
    boto3.client("s3", endpoint_url=s3_endpoint).create_bucket(Bucket=name)
    return f"s3://{name}"
