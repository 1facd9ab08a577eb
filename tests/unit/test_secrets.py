"""Secrets are masked, names and surroundings stay."""

from __future__ import annotations

import time

import pytest

from cnilog.secrets import mask

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhd3Mtbm9kZSJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("id ASIAABCDEFGHIJKLMNOP end", "id ASIA[masked] end", id="access key"),
        pytest.param(
            "aws_secret_access_key = abcdefghijklmnop/+12",
            "aws_secret_access_key = [masked]",
            id="secret key",
        ),
        pytest.param(
            '{"SecretAccessKey": "abc/def+ghi=", "x": 1}',
            '{"SecretAccessKey": "[masked]", "x": 1}',
            id="secret key in JSON",
        ),
        pytest.param(
            r'"{\"SessionToken\":\"IQoJb3JpZ2luX2VjEAaCXVzLWVhc3QtMSJ\"}"',
            r'"{\"SessionToken\":\"[masked]\"}"',
            id="session token in JSON in JSON",
        ),
        pytest.param(f"token {JWT}!", "token [masked]!", id="JWT"),
        pytest.param("token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhd3M", "token [masked]", id="cut JWT"),
        pytest.param("x Bearer abcdef123456789012", "x Bearer [masked]", id="bearer"),
        pytest.param("authorization: AWS4-HMAC-SHA256", "authorization: [masked]", id="header"),
        pytest.param(
            "Encoded authorization failure message: 4GwyOh-bVqq_abcdefghijklm status code: 403",
            "Encoded authorization failure message: [masked] status code: 403",
            id="encoded message",
        ),
        pytest.param(
            "HTTPS_PROXY=http://me:hunter2@proxy.example:3128",
            "HTTPS_PROXY=http://me:[masked]@proxy.example:3128",
            id="password in a URL",
        ),
        pytest.param(
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nnext",
            "-----BEGIN RSA PRIVATE KEY-----[masked]\nnext",
            id="private key",
        ),
        pytest.param(
            "-----BEGIN PRIVATE KEY-----\nMIIE", "-----BEGIN PRIVATE KEY-----[masked]", id="cut key"
        ),
        pytest.param("password=hunter2hunter2;x=1", "password=[masked];x=1", id="password"),
        pytest.param("pa\u017f\u017fword=hunter2;", "pa\u017f\u017fword=[masked];", id="long s"),
    ],
)  # fmt: skip
def test_a_secret_is_masked(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "failed to retrieve token: operation error STS: AssumeRoleWithWebIdentity",
        "You are not authorized to perform this operation.",
        "dial tcp 10.0.0.1:443: i/o timeout",
        "arn:aws:iam::111122223333:role/AmazonEKSNodeRole AROAABCDEFGHIJKLMNOPQ",
        "basic networking is not configured, bearer of bad news",
        "http://169.254.169.254:80/latest/meta-data/ and user@host",
        "tokenFile: /var/run/secrets/eks.amazonaws.com/serviceaccount/token",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(text) == text


def test_masking_twice_changes_nothing_more() -> None:
    once = mask(f"Authorization: Bearer {JWT} password: correcthorse x-api_key=abcdefgh")

    assert mask(once) == once


@pytest.mark.parametrize("piece", ["a" * 9, "eyJ", "Authorization: ", "://:", "-----BEGIN "])
def test_long_texts_take_linear_time(piece: str) -> None:
    text = piece * 40_000
    began = time.process_time()
    mask(text)

    assert time.process_time() - began < 2
